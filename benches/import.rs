//! Import of API descriptions. `TOKSCOPE_SPECS` is the directory of real ones; without it
//! a generated one is imported.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tokscope::manifest::import::{Options, Policy, Target, import};

/// The largest of each kind: YAML, JSON by permission, a file per operation, JSON.
const FILES: &[&str] = &[
    "okta-management.yaml",
    "asana-sdk.yaml",
    "msgraph-permissions.json",
    "digitalocean/DigitalOcean-public.v2.yaml",
    "jira-platform.v3.json",
];

/// Generates a YAML description with this many operations.
fn made_up(operations: usize) -> String {
    let mut text =
        "openapi: 3.1.0\ninfo: {title: Made up, version: '1'}\nservers: [{url: 'https://a.test'}]\npaths:\n".to_owned();
    for index in 0..operations {
        let _ = write!(
            text,
            "  /things/{{id}}/r{index}:\n    get:\n      summary: Read r{index}\n      security:\n        - o: [r{}]\n      \
             parameters:\n        - name: id\n          in: path\n          required: true\n          schema: {{type: string}}\n      \
             responses:\n        '200':\n          description: Done\n",
            index % 300
        );
    }
    text
}

fn import_one(name: &str, bytes: &[u8], folder: &Path) -> usize {
    let mut files = |path: &str| fs::read(folder.join(path)).map_err(|error| error.to_string());
    import(name, bytes, &Options::default(), &mut files).map_or(0, |import| import.operations)
}

fn imports(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("import");
    group.sample_size(10);
    let text = made_up(11_000);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("11,000 operations in YAML", |bencher| {
        bencher.iter(|| import_one("made-up.yaml", black_box(text.as_bytes()), Path::new(".")));
    });
    let folder = std::env::var_os("TOKSCOPE_SPECS").map(PathBuf::from);
    for file in FILES {
        let Some(path) = folder.as_ref().map(|folder| folder.join(file)) else { break };
        let name = path.file_name().and_then(|name| name.to_str());
        let (Ok(bytes), Some(folder), Some(name)) = (fs::read(&path), path.parent(), name) else { continue };
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(*file, |bencher| bencher.iter(|| import_one(name, black_box(&bytes), folder)));
    }
    let read = import("made-up.yaml", text.as_bytes(), &Options::default(), &mut |_| Err(String::new()));
    if let (Ok(read), Ok(target)) = (read, Target::new("", "made-up")) {
        group.bench_function("11,000 operations into a manifest", |bencher| {
            bencher.iter(|| target.clone().merge(&read, None, "made-up.yaml", Policy::default()).len());
        });
    }
    group.finish();
}

criterion_group!(benches, imports);
criterion_main!(benches);
