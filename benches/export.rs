//! Export of a large manifest to each engine: the endpoints of Microsoft Graph if `TOKSCOPE_SPECS` names the directory with
//! `msgraph-permissions.json`, or as many generated ones. What is measured is parsing the manifest and exporting it.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and ends when it can't go on"
)]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::PathBuf;

use criterion::{Criterion, criterion_group, criterion_main};
use tokscope::enforcement::{Engine, ExportOptions, Keys, export};
use tokscope::manifest::import::{Options, Policy, Target, import};
use tokscope::manifest::parse;

/// Endpoints of a generated manifest.
const ENDPOINTS: usize = 10_900;

fn generated() -> String {
    let mut text = String::from("[api.graph]\nbase_url = \"https://graph.example.com/v1.0\"\n[api.graph.scopes]\n");
    for scope in 0..400 {
        let _ = writeln!(text, "\"s{scope}\" = {{}}");
    }
    text.push_str("[api.graph.endpoints]\n");
    for number in 0..ENDPOINTS {
        let (group, method) = (number % 90, ["GET", "POST", "PATCH", "DELETE"][number % 4]);
        let _ = writeln!(
            text,
            "\"{method} /g{group}/{{id}}/r{}/{{other}}/n{number}\" = {{ any_of = [\"s{}\", \"s{}\"] }}",
            number % 700,
            number % 400,
            (number + 7) % 400
        );
    }
    text
}

fn graph() -> Option<String> {
    let path = PathBuf::from(std::env::var_os("TOKSCOPE_SPECS")?).join("msgraph-permissions.json");
    let bytes = fs::read(path).ok()?;
    let read = import("msgraph-permissions.json", &bytes, &Options::default(), &mut |_| Err(String::new())).ok()?;
    let mut target = Target::new("", "graph").ok()?;
    target.merge(&read, None, "msgraph-permissions.json", Policy::default());
    Some(target.manifest())
}

fn exports(criterion: &mut Criterion) {
    let source = graph().unwrap_or_else(generated);
    let source = source.replacen(
        "base_url",
        "issuer = \"https://login.example.com\"\naudience = \"https://graph.example.com\"\nbase_url",
        1,
    );
    let count = parse(&source).manifest.unwrap().apis[0].endpoints.len();
    let mut group = criterion.benchmark_group("export");
    group.sample_size(10);
    for engine in [Engine::Envoy, Engine::Nginx, Engine::Haproxy, Engine::Cedar] {
        let keys = match engine {
            Engine::Cedar => None,
            _ => Some(Keys::File("/etc/keys".to_owned())),
        };
        let options = ExportOptions {
            manifest: "tokscope.toml".to_owned(),
            keys,
            algorithm: "RS256".to_owned(),
            listen: "127.0.0.1:8080".to_owned(),
            upstream: None,
            claims: Vec::new(),
            denied: std::collections::BTreeSet::new(),
            without_policy: true,
            selector: None,
        };
        group.bench_function(format!("{count} endpoints to {}", engine.as_str()), |bencher| {
            bencher.iter(|| {
                let manifest = parse(black_box(&source)).manifest.unwrap();
                export(engine, &manifest, &manifest.apis[0], &source, &options).unwrap().len()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, exports);
criterion_main!(benches);
