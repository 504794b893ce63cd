//! Core operations: decoding a token, routing among 11,000 endpoints, the minimal set for all of them.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use tokscope::app::{Context, EndpointId, Planner};
use tokscope::manifest;
use tokscope::scope::MinimalSetProblem;
use tokscope::token;

const TOKEN: &str = "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.\
    eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuY29tIiwic3ViIjoiYWxpY2UiLCJleHAiOjQxMDI0NDQ4MDAsInNjb3BlIjoib3JkZXJzOnJlYWQifQ.c2ln";

/// Generates a manifest with this many endpoints and 700 scopes.
fn source(endpoints: usize) -> String {
    let mut text = "[api.a]\nbase_url = \"https://a.test/v1\"\n[api.a.scopes]\n".to_owned();
    for scope in 0..700 {
        let _ = writeln!(text, "\"s{scope}\" = {{}}");
    }
    text.push_str("[api.a.endpoints]\n");
    for index in 0..endpoints {
        let (one, other) = (index % 700, (index * 7 + 1) % 700);
        let _ = writeln!(text, "\"GET /g{}/{{id}}/r{index}\" = {{ any_of = [\"s{one}\", \"s{other}\"] }}", index % 50);
    }
    text
}

fn core(criterion: &mut Criterion) {
    let now = Timestamp::UNIX_EPOCH;
    criterion.bench_function("decode one token", |bencher| bencher.iter(|| token::decode(black_box(TOKEN), now)));
    let source = source(11_000);
    if let Ok(context) = Context::from_source("tokscope.toml", &source) {
        let planner = Planner::new(&context);
        let endpoints: Vec<EndpointId> = context.endpoints();
        let mut next = endpoints.iter().cycle();
        criterion.bench_function("minimal set of one endpoint among 11,000", |bencher| {
            bencher.iter(|| {
                planner.minimal_set(black_box(next.next().map(std::slice::from_ref).unwrap_or_default()), None)
            });
        });
    }
    let parsed = manifest::parse(&source);
    let Some(api) = parsed.manifest.as_ref().and_then(|manifest| manifest.apis.first()) else { return };
    criterion.bench_function("route among 11,000 endpoints", |bencher| {
        bencher.iter(|| api.route("GET", black_box("/g7/some-id/r10957")));
    });
    let mut group = criterion.benchmark_group("whole");
    group.sample_size(10);
    group.bench_function("parse a manifest of 11,000 endpoints", |bencher| {
        bencher.iter(|| manifest::parse(black_box(&source)));
    });
    let names: Vec<String> = api.endpoints.iter().take(500).map(ToString::to_string).collect();
    group.bench_function("cover of 500 endpoints", |bencher| {
        bencher.iter(|| {
            let problem = MinimalSetProblem {
                wanted: names
                    .iter()
                    .map(String::as_str)
                    .zip(api.endpoints.iter().map(|one| &one.requirement))
                    .collect(),
                others: Vec::new(),
                hierarchy: &api.hierarchy,
                ceiling: None,
                prefer: None,
                avoid: None,
                steps: MinimalSetProblem::STEPS,
            };
            problem.solve()
        });
    });
    group.finish();
}

criterion_group!(benches, core);
criterion_main!(benches);
