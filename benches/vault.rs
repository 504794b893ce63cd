//! Opening a vault with a passphrase: Argon2id over 64 MiB in four lanes, on all cores. With `RAYON_NUM_THREADS=1`, the same
//! on one core.

use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use tokscope::secret::Secret;
use tokscope::vault::{Keys, Vault};

fn vault(criterion: &mut Criterion) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let opened = || {
        let keys = Keys::Passphrase(Arc::new(|_| Ok(Secret::new("correct horse battery staple"))));
        Vault::in_folder(folder.path(), keys)
    };
    // creates the file
    if opened().update(|_| ()).is_err() {
        return;
    }
    let mut group = criterion.benchmark_group("vault");
    group.sample_size(10);
    group.bench_function("open with a passphrase", |bencher| {
        bencher.iter(|| opened().records().map(|records| records.len()));
    });
    group.finish();
}

criterion_group!(benches, vault);
criterion_main!(benches);
