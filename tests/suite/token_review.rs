//! `tokens review` with logs of requests, through the command line.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test panics")]

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::{Behavior, Home, MockServer, accepted, demand, ids, text, vault};

fn login(home: &Home, server: &MockServer) -> String {
    let login = ["login", "-e", "GET /orders", "-e", "POST /orders", "--client", "dev", "--no-browser"];
    demand(&home.run_and_sign_in(server, &login), 0);
    ids(home).pop().unwrap()
}

fn json(home: &Home, arguments: &[&str]) -> Value {
    let all: Vec<&str> = ["tokens", "review", "--json"].iter().chain(arguments).copied().collect();
    serde_json::from_str(&demand(&home.run(&all), 0)).unwrap()
}

fn state(found: &Value, scope: &str) -> String {
    let scopes = found["tokens"][0]["scopes"].as_array().unwrap();
    scopes.iter().find(|one| one["scope"] == scope).unwrap()["state"].as_str().unwrap().to_owned()
}

#[test]
fn logs_of_every_kind_show_the_use_of_a_token_that_was_passed_on() {
    let (server, home) = accepted();
    let before = Timestamp::now();
    login(&home, &server);
    demand(&home.run(&["exec", "-e", "GET /orders", "--client", "dev", "--no-interact", "--", "true"]), 0);
    assert_eq!(state(&json(&home, &[]), "orders:read"), "unknown");
    let now = Timestamp::now();
    let token = vault(&home).records().unwrap()[0].access_token.expose().to_owned();
    let common = |time: Timestamp, request: &str| {
        let time = time.strftime("%d/%b/%Y:%H:%M:%S +0000");
        format!("10.0.0.1 - dev [{time}] \"{request} HTTP/1.1\" 200 5\n")
    };
    let attribute = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let otlp = |time: Timestamp, path: &str| {
        let attributes = [("http.request.method", "GET"), ("url.path", path), ("client_id", "dev")]
            .map(|(key, value)| attribute(key, value));
        let record = json!({"timeUnixNano": time.as_nanosecond().to_string(), "attributes": attributes});
        json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}).to_string()
    };
    let har = |time: Timestamp, path: &str| {
        let headers = json!([{"name": "Authorization", "value": format!("Bearer {token}")}]);
        let request = json!({"method": "GET", "url": format!("{}/v1{path}", server.origin), "headers": headers});
        json!({"startedDateTime": time.to_string(), "request": request, "response": {"status": 200}})
    };
    let earlier = before.checked_sub(jiff::SignedDuration::from_secs(5)).unwrap();
    home.write("access.log", &(common(earlier, "GET /health") + &common(now, "GET /orders?page=2")));
    home.write("otlp.jsonl", &format!("{}\n{}\n", otlp(earlier, "/health"), otlp(now, "/orders")));
    let entries = [har(earlier, "/health"), har(now, "/orders")];
    home.write("session.har", &json!({"log": {"version": "1.2", "entries": entries}}).to_string());
    for log in ["access.log", "otlp.jsonl", "session.har"] {
        let found = json(&home, &["--log", log]);
        assert_eq!(
            (state(&found, "orders:read"), state(&found, "orders:write")),
            ("used".into(), "unused".into()),
            "{log}"
        );
        assert_eq!(found["log"]["requests"], 2, "{log}");
        assert_eq!(found["tokens"][0]["scopes"][0]["endpoints"], json!(["GET /orders"]), "{log}");
        let command = found["findings"][0]["command"].as_str().unwrap();
        assert!(command.starts_with("tokscope login --client dev -e 'GET /orders' && "), "{log}: {command}");
        for format in ["text", "csv", "markdown", "sarif", "json"] {
            let output = home.run(&["tokens", "review", "--log", log, "--format", format]);
            let printed = demand(&output, 0);
            assert!(printed.contains("orders:write"), "{log} {format}: {printed}");
            assert!(!printed.contains(&token) && !text(&output.stderr).contains(&token), "{log} {format}");
        }
    }
    // `scopes` reads the same files
    for log in ["access.log", "otlp.jsonl", "session.har"] {
        assert!(demand(&home.run(&["scopes", "--log", log]), 0).contains("orders:read"), "{log}");
    }
}

#[test]
fn a_log_needs_a_manifest_and_a_damaged_one_is_an_error() {
    let (_server, home) = accepted();
    home.write("broken.har", "{\"log\":{\"entries\":7}}");
    home.write("empty.log", "started\n");
    assert!(text(&home.run(&["tokens", "review", "--log", "empty.log"]).stderr).contains("1 line is not a request"));
    demand(&home.run(&["tokens", "review", "--log", "broken.har"]), 2);
    demand(&home.run(&["tokens", "review", "--log", "missing.log"]), 1);
    std::fs::remove_file(home.path().join("tokscope.toml")).unwrap();
    demand(&home.run(&["tokens", "review"]), 0);
    demand(&home.run(&["tokens", "review", "--log", "empty.log"]), 2);
}

fn applied(output: &str) -> Value {
    let document: Value = serde_json::from_str(output).unwrap();
    document["applied"][0].clone()
}

#[test]
fn a_broad_token_is_replaced_before_it_is_revoked_and_a_success_comes_in_between() {
    let (server, home) = accepted();
    server.behave(Behavior::new().introspection(Some(false)));
    let old = login(&home, &server);
    home.run(&["call", "GET /orders", "--client", "dev", "--no-interact"]);
    let apply = ["tokens", "review", "--json", "--apply", "--no-browser", "--yes", "--fail-on", "warning"];
    let applied = applied(&demand(&home.run_and_sign_in(&server, &apply), 0));
    assert_eq!((&applied["token"], &applied["result"]), (&json!(old), &json!("replaced")));
    assert_eq!(applied["revocation"], "confirmed", "the server was asked whether the old token is still active");
    let left = vault(&home).records().unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(
        (left[0].granted.to_string().as_str(), applied["by"].as_str()),
        ("orders:read", Some(left[0].id.as_str()))
    );
    let events: Vec<String> = demand(&home.run(&["audit", "log", "--json"]), 0)
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|record| record["phase"] == "outcome" && record["outcome"] == "ok")
        .map(|record| record["event"].as_str().unwrap().to_owned())
        .collect();
    let order: Vec<&str> = events.iter().map(String::as_str).filter(|event| event.starts_with("token.")).collect();
    let expected = ["token.granted", "token.used", "token.granted", "token.used", "token.revoked"];
    assert_eq!(&order[..5], expected, "{order:?}");
    demand(&home.run(&["tokens", "review", "--fail-on", "warning"]), 0);
}

#[test]
fn a_token_stays_until_a_call_with_its_replacement_succeeds() {
    let (server, home) = accepted();
    let old = login(&home, &server);
    home.run(&["call", "GET /orders", "--client", "dev", "--no-interact"]);
    // the first call with the new token is redirected, which does not count
    server.behave(Behavior::new().api_redirect("https://elsewhere.example.com/"));
    let apply = ["tokens", "review", "--json", "--apply", "--no-browser", "--yes"];
    let first = applied(&demand(&home.run_and_sign_in(&server, &apply), 0));
    assert_eq!((&first["result"], &first["revocation"]), (&json!("replaced"), &Value::Null));
    assert_eq!(ids(&home).len(), 2);
    assert!(server.take_revoked().is_empty());
    server.behave(Behavior::new());
    demand(&home.run(&["call", "GET /orders", "--client", "dev", "--no-interact"]), 0);
    let found = json(&home, &[]);
    assert_eq!(found["findings"][0]["code"], "token-superseded", "{found:#}");
    let second = applied(&demand(&home.run(&apply), 0));
    assert_eq!((&second["token"], &second["result"]), (&json!(old), &json!("revoked")));
    assert_eq!(second["revocation"], "accepted", "without introspection it is not confirmed");
    assert!(!ids(&home).contains(&old));
}

#[test]
fn nothing_is_changed_without_a_confirmation() {
    let (server, home) = accepted();
    login(&home, &server);
    let requests = server.requests();
    let output = home.run(&["tokens", "review", "--apply"]);
    demand(&output, 2);
    assert!(text(&output.stderr).contains("confirm with `--yes`"));
    assert_eq!((server.requests(), ids(&home).len()), (requests, 1));
    // an unused token is revoked
    demand(&home.run(&["tokens", "review", "--apply", "--yes"]), 0);
    assert!(ids(&home).is_empty());
    demand(&home.run(&["tokens", "review", "--yes"]), 2);
}
