//! Recorded requests: matching the lines of an access log with 11,000 endpoints, and diagnosing the exchanges of a HAR.
//! `TOKSCOPE_BENCH_MANIFEST` is the manifest of a real API; without it one is generated.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use tokscope::app::{CaptureHints, Context, RequestMatch, diagnose_capture};
use tokscope::diagnosis::each_capture;
use tokscope::manifest::requests::log_requests;

/// Number of log lines, and of exchanges.
const COUNT: usize = 1000;

/// Generates a manifest with 11,000 endpoints whose paths ignore case.
fn generated() -> String {
    let mut text = "[api.a]\nignore_case = true\nbase_url = \"https://a.test/v1\"\n[api.a.scopes]\n".to_owned();
    for scope in 0..700 {
        let _ = writeln!(text, "\"Area{scope}.Read.All\" = {{}}");
    }
    text.push_str("[api.a.endpoints]\n");
    for index in 0..11_000 {
        let (scope, area) = (index % 700, index % 60);
        let _ = writeln!(text, "\"GET /area{area}/{{id}}/resources{index}/{{id2}}\" = \"Area{scope}.Read.All\"");
    }
    text
}

/// Returns the paths of some endpoints, with values for their parameters.
fn paths(context: &Context) -> Vec<String> {
    let apis = context.manifest().into_iter().flat_map(|manifest| &manifest.apis);
    let endpoints = apis.flat_map(|api| api.endpoints.iter().map(move |endpoint| (api, endpoint)));
    let gets = endpoints.filter(|(_, endpoint)| endpoint.method == "GET").step_by(7).take(COUNT);
    gets.filter_map(|(api, endpoint)| {
        let path = endpoint.template.fill(|name| Some(format!("{name}-77"))).ok()?;
        Some(format!("{}{path}", api.base_url.path().trim_end_matches('/')))
    })
    .collect()
}

fn recordings(criterion: &mut Criterion) {
    let given = std::env::var_os("TOKSCOPE_BENCH_MANIFEST").and_then(|path| std::fs::read_to_string(path).ok());
    let Ok(context) = Context::from_source("tokscope.toml", &given.unwrap_or_else(generated)) else { return };
    let Some(manifest) = context.manifest() else { return };
    let paths = paths(&context);
    let mut group = criterion.benchmark_group("recorded requests");
    let log: Vec<String> = paths
        .iter()
        .map(|path| {
            format!("10.1.2.3 - - [29/Nov/2026:13:01:02 +0000] \"GET {path} HTTP/1.1\" 403 12345 \"-\" \"Mozilla/5.0\"")
        })
        .collect();
    group.throughput(Throughput::Bytes(log.iter().map(|line| line.len() as u64 + 1).sum()));
    group.bench_function("lines of a log", |bencher| {
        bencher.iter(|| {
            for line in &log {
                log_requests(black_box(line), |request| drop(black_box(RequestMatch::of(manifest, &request, None))));
            }
        });
    });
    let entries: Vec<String> = paths
        .iter()
        .map(|path| {
            format!(
                r#"{{"request":{{"method":"GET","url":"https://a.test{path}","headers":[{{"name":"authorization","value":"Bearer abc"}}]}},"response":{{"status":403,"headers":[],"content":{{"text":"{{\"error\":\"insufficient privileges\"}}"}}}}}}"#
            )
        })
        .collect();
    let har = format!("{{\"log\":{{\"entries\":[{}]}}}}", entries.join(","));
    group.throughput(Throughput::Bytes(har.len() as u64));
    group.bench_function("exchanges of a HAR", |bencher| {
        bencher.iter(|| {
            let hints = CaptureHints::default();
            let mut diagnose = |capture| {
                black_box(diagnose_capture(&context, &capture, &hints, Timestamp::UNIX_EPOCH));
            };
            each_capture(black_box(har.as_bytes()), None, &mut diagnose)
        });
    });
    group.finish();
}

criterion_group!(benches, recordings);
criterion_main!(benches);
