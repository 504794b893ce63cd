//! `call` and `probe`, against the demo's servers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::program;

/// The demo's servers, and a folder with their manifest.
struct Demo {
    servers: Child,
    folder: tempfile::TempDir,
    about: Value,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.servers.kill();
        let _ = self.servers.wait();
    }
}

impl Demo {
    fn start() -> Self {
        let mut servers = Command::new(env!("CARGO_BIN_EXE_tokscope"))
            .args(["demo", "--serve", "--port", "0", "--json"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = servers.stdout.take().unwrap();
        let about = serde_json::Deserializer::from_reader(out).into_iter::<Value>().next().unwrap().unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tokscope.toml"), about["manifest"].as_str().unwrap()).unwrap();
        Self { servers, folder, about }
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = program::tokscope();
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env("XDG_DATA_HOME", self.folder.path())
            .env("XDG_STATE_HOME", self.folder.path())
            .env("TOKSCOPE_STORE", "memory")
            .env(self.about["secret_env"].as_str().unwrap(), self.about["secret"].as_str().unwrap());
        program::output(&mut command, input)
    }

    /// A token of the client `service` with what these endpoints need.
    fn token(&self, endpoints: &[&str]) -> String {
        let mut arguments = vec!["token", "--client", "ci", "--trust-manifest"];
        arguments.extend(endpoints.iter().flat_map(|endpoint| ["--endpoint", endpoint]));
        let output = self.run(&arguments, "");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout).trim().to_owned()
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn calls_accept_parameters_from_arguments_files_and_stdin() {
    let demo = Demo::start();
    let token = demo.token(&["GET /orders"]);
    std::fs::write(demo.folder.path().join("id"), "7\n").unwrap();
    let call = |arguments: &[&str], input: &str| {
        let mut all = vec!["call", "--trust-manifest"];
        all.extend(arguments);
        demo.run(&all, input)
    };
    let output =
        call(&["GET /orders/{id}", "--param", "id=@id", "--query", "a b=c&d", "--token", "-", "--json"], &token);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(document["url"].as_str().unwrap().ends_with("/v1/orders/7?a+b=c%26d"), "{document}");
    assert_eq!((&document["version"], &document["body"]["id"]), (&Value::from("HTTP/1.1"), &Value::from(7)));
    let timing = &document["timing_ms"];
    assert!(timing["connect"].as_f64().unwrap() <= timing["first_byte"].as_f64().unwrap());
    assert!(timing["first_byte"].as_f64().unwrap() <= timing["total"].as_f64().unwrap());
    assert!(timing["dns"].is_null() && timing["connect_tls"].is_null(), "{timing}");
    // one version of HTTP and no other: the demo speaks HTTP/1.1
    let output = call(&["GET /orders/7", "--token", "-", "--http1", "--include"], &token);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("timing: connect "), "{}", text(&output.stderr));
    assert_eq!(call(&["GET /orders/7", "--token", "-", "--http2"], &token).status.code(), Some(1));
    // the body into a file; what is shown besides
    let output = call(&["GET /orders/7", "--token", "-", "--output", "answer.json", "--include"], &token);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty() && text(&output.stderr).starts_with("HTTP/1.1 200\n"), "{}", text(&output.stderr));
    let saved = std::fs::read_to_string(demo.folder.path().join("answer.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&saved).unwrap()["id"], 7);
    let output = call(&["GET /orders/7", "--token", "-", "--pretty"], &token);
    assert!(text(&output.stdout).contains("\n  \"id\": 7"), "{}", text(&output.stdout));
    // too much, and twice the same input
    let output = call(&["GET /orders", "--token", "-", "--max-size", "10"], &token);
    assert_eq!(output.status.code(), Some(1));
    let output = call(&["PATCH /orders/7", "--token", "-", "--data", "@-"], &token);
    assert_eq!(output.status.code(), Some(2));
    for shown in [&output.stdout, &output.stderr] {
        assert!(!text(shown).contains(&token));
    }
}

#[test]
fn a_dry_run_prints_a_command_without_the_token() {
    let demo = Demo::start();
    let token = demo.token(&["GET /orders"]);
    let arguments = [
        "call",
        "POST /orders",
        "--token",
        "-",
        "--data",
        "{\"item\":\"it's\"}",
        "-H",
        "X-A: b",
        "--dry-run",
        "--trust-manifest",
    ];
    let output = demo.run(&arguments, &token);
    let expected = format!(
        "curl --request POST {}/orders \\\n  --header \"authorization: Bearer $TOKEN\" \\\n  \
         --header 'user-agent: tokscope/{}' \\\n  --header 'accept: application/json, */*;q=0.5' \\\n  \
         --header 'content-type: application/json' \\\n  --header 'x-a: b' \\\n  --data-raw '{{\"item\":\"it'\\''s\"}}'\n",
        demo.about["api"].as_str().unwrap(),
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(text(&output.stdout), expected, "{}", text(&output.stderr));
}

#[test]
fn a_step_up_obtains_the_scope_that_the_server_names() {
    let demo = Demo::start();
    let arguments = ["call", "GET /reports/sales", "--client", "ci", "--trust-manifest"];
    let output = demo.run(&arguments, "");
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let shown = text(&output.stderr);
    assert!(
        shown.contains("missing scope: reports:read (likely)") && shown.contains("the sources disagree"),
        "{shown}"
    );
    let output = demo.run(&[&arguments[..], &["--step-up"]].concat(), "");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("\"sales\""));
    assert!(
        text(&output.stderr).contains("step-up: reports:read in addition to orders:read"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn a_probe_finds_exactly_the_planted_deviations() {
    let demo = Demo::start();
    let token = demo.token(&["GET /orders", "GET /customers"]);
    let probe = |arguments: &[&str]| {
        let mut all =
            vec!["probe", "--token", "-", "--client", "ci", "--param", "id=1", "--rate", "100", "--trust-manifest"];
        all.extend(arguments);
        demo.run(&all, &token)
    };
    let output = probe(&["--format", "json", "--state", "state"]);
    assert_eq!(output.status.code(), Some(6), "{}", text(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings: Vec<String> = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| format!("{} {}", finding["code"].as_str().unwrap(), finding["message"].as_str().unwrap()))
        .collect();
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(findings[0].starts_with("endpoint-under-enforced `GET /reports`"), "{findings:?}");
    assert!(findings[1].starts_with("endpoint-over-enforced `GET /reports/sales`"), "{findings:?}");
    let calls = document["calls"].as_array().unwrap();
    assert!(calls.len() > 15 && calls.iter().all(|call| call["observed"] != "unclear"), "{document:#}");
    assert!(calls.iter().any(|call| call["with"] == "a token without customers:read" && call["status"] == 403));
    // a second run has nothing left to do: it reports the same without a call, and so without a token that it needs
    let again = probe(&["--format", "json", "--state", "state"]);
    assert_eq!(again.stdout, output.stdout);
    let output = probe(&["--format", "junit", "--state", "state"]);
    let xml = text(&output.stdout);
    assert!(xml.contains("<failure type=\"endpoint-under-enforced\"") && xml.ends_with("</testsuite>\n"), "{xml}");
    let output = probe(&["--format", "sarif", "--state", "state"]);
    let sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "endpoint-under-enforced");
    // no unsafe calls unless selected, and missing values are reported
    let output = demo.run(&["probe", "--most", "3", "--rate", "100", "--trust-manifest"], "");
    let shown = text(&output.stderr);
    assert!(shown.contains("skipped: missing value for the path parameter `id` of `GET /orders/{id}`"), "{shown}");
    assert!(!text(&output.stdout).contains("PATCH"), "{}", text(&output.stdout));
}

/// An unsigned token with these claims.
fn given(claims: &Value) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"at+jwt"}"#);
    format!("{header}.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[test]
fn a_given_token_of_another_issuer_or_audience_is_sent_only_with_yes() {
    let demo = Demo::start();
    let manifest: toml::Table = demo.about["manifest"].as_str().unwrap().parse().unwrap();
    let (_, api) = manifest["api"].as_table().unwrap().iter().next().unwrap();
    let (issuer, audience) = (api["issuer"].as_str().unwrap(), api["audience"].as_str().unwrap());
    let claims =
        |iss: &str, aud: &str| serde_json::json!({"iss": iss, "aud": aud, "sub": "alice", "scope": "orders:read"});
    let foreign = [claims("https://other.example", audience), claims(issuer, "https://other.example/api")];
    for claims in &foreign {
        for command in [&["call", "GET /orders"][..], &["probe", "-e", "GET /orders"]] {
            let arguments = [command, &["--token", "-", "--trust-manifest"]].concat();
            let output = demo.run(&arguments, &given(claims));
            assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
            let shown = text(&output.stderr);
            assert!(shown.contains("other.example") && shown.contains("--yes"), "{shown}");
            let output = demo.run(&[&arguments[..], &["--yes"]].concat(), &given(claims));
            assert!(matches!(output.status.code(), Some(0 | 4..=6)), "{}", text(&output.stderr));
        }
    }
    // what agrees, or can't be read, is sent without a question; the server refuses the signature
    for token in [given(&claims(issuer, audience)), "2YotnFZFEjr1zCsicMWpAA".to_owned()] {
        let output = demo.run(&["call", "GET /orders", "--token", "-", "--trust-manifest"], &token);
        assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    }
}

#[test]
fn a_token_in_a_request_is_sent_only_with_yes_and_never_shown() {
    let demo = Demo::start();
    let token = demo.token(&["GET /orders"]);
    let opaque = format!("ghp_{}", "a1B2".repeat(9));
    let header = format!("X-Note: {opaque}");
    let query = format!("q={token}");
    let parameter = format!("id={opaque}");
    let body = format!("{{\"t\":\"{token}\"}}");
    for part in [
        &["GET /orders", "--query", &query][..],
        &["GET /orders", "-H", &header],
        &["GET /orders/{id}", "--param", &parameter],
        &["GET /orders", "--data", &body],
    ] {
        let arguments = [&["call", "--token", "-", "--trust-manifest"], part].concat();
        let output = demo.run(&arguments, &token);
        let shown = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{shown}");
        assert!(shown.contains("contains") && shown.contains("--yes"), "{shown}");
        assert!(!shown.contains(&opaque) && !shown.contains(&token), "{shown}");
        let output = demo.run(&[&arguments[..], &["--yes"]].concat(), &token);
        assert_ne!(output.status.code(), Some(2), "{}", text(&output.stderr));
    }
}

#[test]
fn header_fields_of_the_connection_are_refused_before_anything_is_sent() {
    let demo = Demo::start();
    for field in [
        "Host: other.example",
        "hOST: other.example",
        "Content-Length: 0",
        "transfer-encoding: chunked",
        "Connection: close",
        "Upgrade: h2c",
        "Proxy-Authorization: x",
        "Expect: 100-continue",
        "X-A: a\r\nHost: other.example",
    ] {
        for more in [&["--yes"][..], &["--dry-run"]] {
            let arguments = [&["call", "GET /health", "-H", field, "--trust-manifest"], more].concat();
            let output = demo.run(&arguments, "");
            assert_eq!(output.status.code(), Some(2), "{field}: {}", text(&output.stderr));
            assert!(output.stdout.is_empty());
        }
    }
}
