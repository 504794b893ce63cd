//! `--sql` in real databases (`DuckDB` 2.0, and `ClickHouse` 26.9 as chDB) equals the review of the same log as a file.
//!
//! `.ci/run` installs them in `tests/servers/databases/`, and runs these with `--ignored`.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test panics")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use jiff::Timestamp;
use serde_json::{Value, json};

const MANIFEST: &str = r#"[api.orders]
base_url = "https://api.example.com/v1"
servers = ["https://{tenant}.example.org/api/{version}"]
issuer = "https://login.example.com"
[api.orders.scopes]
"orders:read" = { risk = "low" }
"orders:write" = { risk = "high", implies = ["orders:read"] }
"orders:delete" = { risk = "high" }
"orders:admin" = { risk = "critical", implies = ["orders:*"] }
"files:read" = {}
[api.orders.endpoints]
"GET /orders" = "orders:read"
"GET /orders/{id}" = "orders:read"
"GET /orders/latest" = []
"GET /orders/{id}:pdf" = { any_of = ["orders:admin", "orders:write"] }
"POST /orders" = "orders:write"
"DELETE /orders/{id}" = { any_of = ["orders:admin", ["orders:write", "orders:delete"]] }
"GET /files/{+path}" = "files:read"
"GET /files/{+path}/raw" = "orders:admin"
"POST /?Action=Close&id={id}" = "orders:write"
"POST /" = "orders:admin"
"HEAD /health" = "orders:admin"
"GET /health" = []
"GET /list#first" = "orders:read"
"GET /list#second" = "orders:write"
[api.people]
base_url = "https://people.example.com"
ignore_case = true
issuer = "https://login.example.com"
[api.people.scopes]
"users:read" = {}
[api.people.endpoints]
"GET /Users/{id}" = "users:read"
"GET /users/Me" = { any_of = [[], ["users:read"]] }
[client.dev]
issuer = "https://login.example.com"
client_id = "dev-1"
may_request = ["orders:write", "orders:delete", "users:read"]
[client.ci]
issuer = "https://login.example.com"
client_id = "ci-1"
may_request = ["orders:read", "files:read"]
[client.root]
issuer = "https://login.example.com"
client_id = "o'root\\"
may_request = ["orders:admin"]
"#;

const TARGETS: &[&str] = &[
    "/v1/orders",
    "/orders?page=2",
    "/orders/7",
    "/orders/latest",
    "/v1/orders/a%2Fb",
    "/orders/7:pdf",
    "/orders/:pdf",
    "/orders/",
    "/orders//7",
    "/orders/..",
    "/orders/%2e%2E",
    "/orders/%ff",
    "/orders/%zz",
    "/orders/{id}",
    "/files/a/b%2Fc",
    "/files/a/raw",
    "/files/",
    "/?Action=Close&id=7",
    "/?Action=Close&id=",
    "/?id=3&x&Action=Clos%65",
    "/",
    "/v1",
    "/health",
    "/list#second",
    "/list#third",
    "/USERS/7",
    "/Users/7",
    "/users/me",
    "https://api.example.com/v1/orders?x=1",
    "https://API.example.com:443/v1/orders/9#f",
    "https://u@api.example.com/v1/orders",
    "https://api.example.com:8443/v1/orders",
    "https://api.example.com",
    "https://me.example.org/api/v2/orders",
    "https://people.example.com/users/9",
    "https://evil.example.net/orders",
    "/unknown/x?token=s",
];

/// A directory with a manifest and a log.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new(manifest: &str, log: &str) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::write(folder.path("tokscope.toml"), manifest).unwrap();
        fs::write(folder.path("access.log"), log).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokscope"));
        command.args(arguments).current_dir(self.0.path()).env_clear().env("HOME", self.0.path());
        success(&command.output().unwrap())
    }

    /// Runs the script in a database.
    fn database(&self, name: &str) -> Value {
        let log = self.path("access.log");
        let script = self.run(&["tokens", "review", "--sql", name, "--log", log.to_str().unwrap()]);
        fs::write(self.path("review.sql"), script).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/databases");
        let mut command = Command::new(folder.join(".venv/bin/python"));
        command.arg(folder.join("run.py")).arg(name).arg(self.path("review.sql"));
        let output = command.current_dir(self.0.path()).stdin(Stdio::null()).output().expect("run .ci/run first");
        serde_json::from_str(&success(&output)).unwrap()
    }

    /// Compares each database with the review of the file. Returns the number of uses of scopes.
    pub(crate) fn compare(&self) -> usize {
        let review: Value =
            serde_json::from_str(&self.run(&["tokens", "review", "--json", "--log", "access.log"])).unwrap();
        let expected = expected(&review);
        for name in ["duckdb", "clickhouse"] {
            let found = self.database(name);
            for (question, rows) in expected.as_object().unwrap() {
                let rows = rows.as_array().unwrap();
                let found = normal(&found[question]);
                let missing: Vec<&Value> = rows.iter().filter(|row| !found.contains(row)).take(5).collect();
                let wrong: Vec<&Value> = found.iter().filter(|row| !rows.contains(row)).take(5).collect();
                assert!(
                    missing.is_empty() && wrong.is_empty(),
                    "{name} {question}: {missing:#?} instead of {wrong:#?}"
                );
                assert_eq!(found.len(), rows.len(), "{name} {question}");
            }
        }
        expected["scope_use"].as_array().unwrap().len()
    }
}

fn success(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A time in microseconds, as databases have it.
fn microseconds(text: &str) -> Value {
    let text = text.trim_end_matches('Z').replace(' ', "T");
    let time: Timestamp = format!("{text}Z").parse().unwrap();
    json!(time.as_microsecond())
}

/// Numbers can be strings, and times are in the form of the database.
fn normal(rows: &Value) -> Vec<Value> {
    let cell = |cell: &Value| match cell.as_str() {
        Some(text) if text.len() >= 19 && text.starts_with("20") && text.contains(':') => microseconds(text),
        Some(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            json!(text.parse::<u64>().unwrap())
        }
        _ => cell.clone(),
    };
    let rows = rows.as_array().unwrap();
    rows.iter().map(|row| row.as_array().unwrap().iter().map(cell).collect()).collect()
}

/// The answers according to the review of the file.
fn expected(review: &Value) -> Value {
    let clients = review["clients"].as_array().unwrap();
    let each = |member: &str, row: &dyn Fn(Value, &Value) -> Option<Value>| -> Vec<Value> {
        let rows = clients.iter().flat_map(|client| {
            let name = json!(client["client"].as_str().unwrap_or_default());
            client[member].as_array().unwrap().iter().filter_map(move |one| row(name.clone(), one))
        });
        rows.collect()
    };
    let last = |one: &Value| one["last"].as_str().map_or(Value::Null, microseconds);
    let under: std::collections::BTreeSet<(String, String)> = review["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["code"] == "under-enforced")
        .map(|finding| {
            let endpoint = finding["message"].as_str().unwrap().split('`').nth(1).unwrap().to_owned();
            (finding["client"].as_str().unwrap().to_owned(), endpoint)
        })
        .collect();
    json!({
        "scope_use": each("scopes", &|client, one| (one["state"] == "used")
            .then(|| json!([client, one["scope"], one["log_uses"], last(one), one["endpoints"]]))),
        "unused": each("scopes", &|client, one| (one["state"] != "used")
            .then(|| json!([client, one["scope"], one["state"]]))),
        "endpoint_use": each("endpoints", &|client, one|
            Some(json!([client, one["endpoint"], one["calls"], one["denied"]]))),
        "under_enforced": under.into_iter().map(|(client, name)| json!([client, name])).collect::<Vec<_>>(),
        "requests": [[review["log"]["requests"]]],
    })
}

/// Every target with several methods, clients, statuses and formats.
fn log() -> String {
    let mut lines = vec!["# a comment".to_owned(), String::new(), "started".to_owned(), "{broken".to_owned()];
    let clients = ["dev-1", "ci-1", "ci", "alice", "-", "other", "o'root\\"];
    let scopes =
        [json!(["orders:read"]), json!("orders:write  orders:read"), json!([]), json!("orders:admin"), json!("")];
    let mut number = 0_usize;
    for target in TARGETS {
        for method in ["GET", "POST", "DELETE", "HEAD", "get"] {
            for format in 0..5 {
                number += 1;
                let client = clients[number % clients.len()];
                // this client reads no files, but others do
                if client.starts_with("ci") && target.contains("files") {
                    continue;
                }
                let status = [200, 200, 201, 403, 401, 404, 500, 302][number % 8];
                let (day, hour, second) = (1 + number % 28, number % 24, number % 60);
                let time = format!("2026-11-{day:02}T{hour:02}:00:{second:02}");
                let escaped = json!(client).to_string();
                lines.push(match format {
                    0 => format!(
                        "10.0.0.1 - {client} [{day:02}/Nov/2026:{hour:02}:00:{second:02} +0130] \"{method} {target} HTTP/1.1\" \
                         {status} 12 \"-\" \"agent/200\"\r"
                    ),
                    1 => format!(
                        r#"{{"time":"{time}+02:00","request_method":"{method}","request_uri":"{target}","status":{status},"client_id":{escaped}}}"#
                    ),
                    2 => format!(
                        r#"{{"ts":{}.25,"request":{{"method":"{method}","uri":"{target}"}},"status":"{status}","claims":{{"azp":{escaped},"scp":{}}}}}"#,
                        1_700_000_000 + number,
                        scopes[number % scopes.len()]
                    ),
                    3 => format!(
                        r#"{{"http.request.method":"{method}","url":{{"path":"{target}"}},"http.response.status_code":{status},"@timestamp":"{time}.123456789Z","scope":{}}}"#,
                        scopes[number % scopes.len()]
                    ),
                    _ => format!(
                        "https {time}.5Z app/lb 10.0.0.1:5 10.0.0.2:80 0.1 0.2 0.0 {status} {status} 34 366 \"{method} {target} HTTP/1.1\" \"agent\""
                    ),
                });
            }
        }
    }
    lines.push(r#"{"request":"GET /orders HTTP/1.1","status":"200"}"#.to_owned());
    lines.push(r#"{"method":"GET","path":"/orders","time":"2026-11-29 10:00:00","client_id":null}"#.to_owned());
    lines.join("\n")
}

#[test]
#[ignore = "needs the databases of .ci/run"]
fn both_databases_find_what_a_review_of_the_file_finds() {
    let folder = Folder::new(MANIFEST, &log());
    assert!(folder.compare() > 10);
    // an empty log, and a manifest without clients
    assert_eq!(Folder::new(MANIFEST, "started\n").compare(), 0);
    let manifest = MANIFEST.split("[client.dev]").next().unwrap();
    assert!(Folder::new(manifest, &log()).compare() > 5);
}

#[test]
fn scripts_are_printed_without_a_database() {
    let folder = Folder::new(MANIFEST, "");
    for (database, keyword) in [("duckdb", "read_csv(['a''b.log']"), ("clickhouse", "file('a\\'b.log', LineAsString")] {
        let script = folder.run(&["tokens", "review", "--sql", database, "--log", "a'b.log"]);
        assert!(script.contains(keyword) && script.contains("tokscope_scope_use"), "{script}");
        assert!(!script.contains('\u{1}'), "control characters are written as codes");
        let script = folder.run(&["manifest", "drift", "--sql", database, "--api", "people"]);
        assert!(script.contains("'GET /Users/{id}'") && !script.contains("'GET /orders'"), "{script}");
        assert!(script.contains("never requested") && script.contains("access.log"));
    }
}
