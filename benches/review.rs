//! Review of a large manifest: loading, routing, the minimal set of all endpoints, comparison of two versions.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use tokscope::manifest::{self, Api, Manifest};
use tokscope::scope::{MinimalSetProblem, ScopeSet};

/// Generates a manifest with 11,000 endpoints and 700 scopes, as regular as large APIs: six endpoints per resource,
/// each with one to four alternative scopes.
fn source(risk: &str) -> String {
    let mut text = "[api.a]\nbase_url = \"https://a.test/v1\"\n[api.a.scopes]\n".to_owned();
    for scope in 0..700 {
        let _ = writeln!(text, "\"s{scope}\" = {{ risk = \"{}\" }}", if scope % 3 == 0 { risk } else { "medium" });
    }
    text.push_str("[api.a.endpoints]\n");
    for index in 0..11_000_usize {
        let (resource, operation) = (index / 6, index % 6);
        let path = match operation {
            0 => format!("GET /area{}/r{resource}", resource % 60),
            1 => format!("POST /area{}/r{resource}", resource % 60),
            2 => format!("GET /area{}/r{resource}/{{id}}", resource % 60),
            3 => format!("DELETE /area{}/r{resource}/{{id}}", resource % 60),
            4 => format!("GET /area{}/r{resource}/{{id}}/members/{{member}}", resource % 60),
            _ => format!("POST /area{}/r{resource}/{{id}}:close", resource % 60),
        };
        let group = resource % 150 * 4;
        let scopes: Vec<String> =
            (0..=operation % 4).map(|one| format!("\"s{}\"", (group + one * one) % 700)).collect();
        let _ = writeln!(text, "\"{path}\" = {{ any_of = [{}] }}", scopes.join(", "));
    }
    text
}

fn read(text: &str) -> Option<Manifest> {
    manifest::parse(text).manifest
}

fn minimal_set(api: &Api, names: &[String]) -> ScopeSet {
    let problem = MinimalSetProblem {
        wanted: names.iter().map(String::as_str).zip(api.endpoints.iter().map(|one| &one.requirement)).collect(),
        others: api.endpoints.iter().skip(names.len()).map(|one| &one.requirement).collect(),
        hierarchy: &api.hierarchy,
        ceiling: None,
        prefer: None,
        avoid: None,
        steps: MinimalSetProblem::STEPS,
    };
    problem.solve().scopes
}

fn review(criterion: &mut Criterion) {
    let (old, new) = (source("low"), source("high"));
    let (Some(before), Some(after)) = (read(&old), read(&new)) else { return };
    let Some(api) = before.apis.first() else { return };
    let names: Vec<String> = api.endpoints.iter().map(ToString::to_string).collect();
    let ten: Vec<String> = names.iter().take(10).cloned().collect();
    criterion.bench_function("route one request in 11,000 endpoints", |bencher| {
        bencher.iter(|| api.route("GET", black_box("/area17/r1097/0ad42/members/5aa")));
    });
    let mut group = criterion.benchmark_group("review");
    group.sample_size(20);
    group.bench_function("load a manifest of 11,000 endpoints", |bencher| bencher.iter(|| read(black_box(&old))));
    group.bench_function("cover of 10 of them", |bencher| bencher.iter(|| minimal_set(api, black_box(&ten))));
    group.bench_function("cover of all of them", |bencher| bencher.iter(|| minimal_set(api, black_box(&names))));
    group.bench_function("diff of two of them", |bencher| bencher.iter(|| manifest::diff(&before, black_box(&after))));
    group.bench_function("lint of one", |bencher| bencher.iter(|| manifest::lint(black_box(&before))));
    group.bench_function("fmt of one", |bencher| bencher.iter(|| manifest::format(black_box(&old), false)));
    group.finish();
}

criterion_group!(benches, review);
criterion_main!(benches);
