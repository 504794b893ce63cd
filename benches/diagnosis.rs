//! Diagnosis: parsing a challenge, and a whole diagnosis. Ten thousand captured responses per second would
//! be slow.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use tokscope::diagnosis::{Case, Request, Response, Sent, diagnose, parse_challenges};

const CHALLENGE: &str = "Bearer realm=\"api\", error=\"invalid_token\", error_description=\"\"exp\" claim timestamp check \
    failed\", scope=\"api:read\", DPoP algs=\"RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA\"";

fn challenges(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("challenge");
    group.throughput(Throughput::Bytes(CHALLENGE.len().try_into().unwrap_or_default()));
    group.bench_function("parse", |bencher| bencher.iter(|| parse_challenges([black_box(CHALLENGE)])));
    group.finish();
}

fn diagnoses(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("diagnosis");
    let insufficient = r#"Bearer error="insufficient_scope", scope="orders:write""#;
    // a complete challenge, a message with a rule, a message without a rule, an HTML page
    let lines: Vec<String> = (0..400).map(|line| format!("<p>Nothing to see in line {line} of this</p>")).collect();
    let page = format!("<!doctype html><html><body>{}</body></html>", lines.join(""));
    let items: Vec<String> = (0..200).map(|id| format!("{{\"id\":\"id-{id}\",\"type\":\"item-{id}\"}}")).collect();
    let list = format!("{{\"error\":{{\"message\":\"no such thing\",\"items\":[{}]}}}}", items.join(","));
    for (name, status, challenge, body) in [
        ("challenge", 403, Some(insufficient), ""),
        ("provider", 403, None, r#"{"message":"Invalid scope(s): a:read. This endpoint requires the b:read scope."}"#),
        ("general", 403, None, r#"{"error":{"message":"this wants permission files:write, dear"}}"#),
        ("page", 403, None, page.as_str()),
        ("list", 403, None, list.as_str()),
        ("success", 200, None, r#"{"orders":[{"id":1,"item":"tea"},{"id":2,"item":"milk"}]}"#),
    ] {
        let headers: Vec<(String, String)> =
            challenge.map(|text| ("WWW-Authenticate".to_owned(), text.to_owned())).into_iter().collect();
        let case = Case {
            response: Response { status, headers: &headers, body: body.as_bytes() },
            api: None,
            endpoint: None,
            request: Request::default(),
            sent: Sent::Unknown,
            now: Timestamp::UNIX_EPOCH,
        };
        group.bench_function(name, |bencher| bencher.iter(|| diagnose(black_box(&case))));
    }
    group.finish();
}

criterion_group!(benches, challenges, diagnoses);
criterion_main!(benches);
