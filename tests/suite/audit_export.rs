//! Export of the audit log to a receiver of OTLP logs.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test panics")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, mpsc};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;

use crate::support::{accepted, demand, text};

/// What the receiver answers next, and what it has got.
#[derive(Default)]
struct Receiver {
    answers: Vec<(u16, &'static str)>,
    bodies: Vec<Value>,
    headers: Vec<HeaderMap>,
}

type Shared = Arc<Mutex<Receiver>>;

fn receiver() -> (String, Shared) {
    let shared = Shared::default();
    let state = Arc::clone(&shared);
    let (sender, started) = mpsc::channel();
    std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(format!("http://{}", listener.local_addr().unwrap())).unwrap();
            let take = |State(shared): State<Shared>, headers: HeaderMap, body: Bytes| async move {
                let mut receiver = shared.lock().unwrap();
                let (status, answer) = if receiver.answers.is_empty() { (200, "") } else { receiver.answers.remove(0) };
                if status == 200 {
                    receiver.bodies.push(serde_json::from_slice(&body).unwrap());
                }
                receiver.headers.push(headers);
                (StatusCode::from_u16(status).unwrap(), answer)
            };
            axum::serve(listener, Router::new().route("/v1/logs", post(take)).with_state(state)).await.unwrap();
        });
    });
    (started.recv().unwrap(), shared)
}

/// How often each record was taken, by its identifier.
fn taken(shared: &Shared) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for body in &shared.lock().unwrap().bodies {
        for record in body["resourceLogs"][0]["scopeLogs"][0]["logRecords"].as_array().unwrap() {
            let attributes = record["attributes"].as_array().unwrap();
            let uid = attributes.iter().find(|one| one["key"] == "log.record.uid").unwrap();
            *counts.entry(uid["value"]["stringValue"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    counts
}

const TOKEN: [&str; 4] = ["token", "-e", "GET /orders", "--client=machine"];

#[test]
fn each_run_exports_what_the_receiver_does_not_have() {
    let (server, mut home) = accepted();
    home.variables.insert("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20needle".to_owned());
    demand(&home.run(&TOKEN), 0);
    let (url, shared) = receiver();
    let export = ["audit", "export", "--otlp", url.as_str()];
    demand(&home.run(&export), 0);
    let first = taken(&shared).len();
    assert!(first >= 6, "{first}");
    demand(&home.run(&TOKEN), 0);
    demand(&home.run(&export), 0);
    let all = taken(&shared);
    assert!(all.len() > first && all.values().all(|count| *count == 1), "{all:?}");
    let receiver = shared.lock().unwrap();
    assert_eq!(receiver.headers[0]["content-type"], "application/json");
    assert_eq!(receiver.headers[0]["authorization"], "Bearer needle");
    drop(server);
}

#[test]
fn an_overloaded_receiver_is_asked_again_and_another_error_skips_nothing() {
    let (server, home) = accepted();
    demand(&home.run(&TOKEN), 0);
    let (url, shared) = receiver();
    let export = ["audit", "export", "--otlp", url.as_str()];
    shared.lock().unwrap().answers = vec![(429, ""), (503, ""), (400, "no")];
    let failed = home.run(&export);
    demand(&failed, 1);
    assert!(text(&failed.stderr).contains("nothing is skipped"), "{}", text(&failed.stderr));
    assert_eq!(taken(&shared).len(), 0);
    demand(&home.run(&export), 0);
    assert!(taken(&shared).len() >= 6);
    drop(server);
}

#[test]
fn what_a_partial_success_rejects_is_recorded_as_lost_and_not_sent_again() {
    let (server, home) = accepted();
    demand(&home.run(&TOKEN), 0);
    let (url, shared) = receiver();
    shared.lock().unwrap().answers =
        vec![(200, r#"{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}"#)];
    let export = ["audit", "export", "--otlp", url.as_str()];
    let output = home.run(&export);
    demand(&output, 1);
    assert!(text(&output.stderr).contains("2 records rejected"), "{}", text(&output.stderr));
    let sent = taken(&shared).len();
    demand(&home.run(&export), 0);
    let all = taken(&shared);
    assert!(all.len() > sent && all.values().all(|count| *count == 1), "{all:?}");
    let listed = demand(&home.run(&["audit", "log", "--event", "log.exported", "--json"]), 0);
    let record: Value = serde_json::from_str(listed.lines().next().unwrap()).unwrap();
    assert_eq!(record["lost"], 2);
    drop(server);
}

#[test]
fn the_exported_lines_are_those_of_the_log() {
    let (server, home) = accepted();
    demand(&home.run(&TOKEN), 0);
    let exported = demand(&home.run(&["audit", "export", "--jsonl"]), 0);
    let file = home.path().join("state/tokscope/audit/000001.jsonl");
    assert_eq!(exported, std::fs::read_to_string(&file).unwrap());
    let events = demand(&home.run(&["audit", "export", "--ocsf"]), 0);
    assert_eq!(events.lines().count() + 1, exported.lines().count(), "all but the first record of the segment");
    for line in events.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        assert_eq!(event["metadata"]["version"], "1.8.0");
    }
    drop(server);
}
