//! `probe --engine`: the matrix against a deployment, as its operator runs it.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::authorize::Authorize;
use super::harness::{Engine, program};
use super::setting::Setting;

/// Endpoints whose methods are not safe, which are named.
const NAMED: [&str; 4] = ["POST /orders", "DELETE /orders/{id}", "POST /orders/{id}:cancel", "GET /orders/{id}"];

/// Runs the probe, and returns its exit code and its calls.
fn probe(setting: &Setting, port: u16, named: &[&str]) -> (Option<i32>, Vec<Value>, String) {
    let state = setting.path().join("probe-state");
    let mut command = crate::program::tokscope();
    command.args(["probe", "--engine", &format!("http://127.0.0.1:{port}"), "--sign-key", "key.pem", "--rate", "100"]);
    command.args(["--format", "json"]).current_dir(setting.path());
    for endpoint in named {
        command.args(["--endpoint", endpoint]);
    }
    command.env("XDG_STATE_HOME", &state).env("XDG_DATA_HOME", &state);
    let output = crate::program::output(&mut command, "");
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {shown}"));
    let mut calls = Vec::new();
    for value in document.as_object().unwrap().values().filter_map(Value::as_array).flatten() {
        if value.get("with").is_some() {
            calls.push(value.clone());
        }
    }
    (output.status.code(), calls, format!("{document:#}{shown}"))
}

#[test]
fn decision_endpoint_passes_the_matrix_and_one_of_another_manifest_does_not() {
    let setting = Setting::new();
    let authorize = Authorize::start(&setting, &["--adapter", "native"]);
    let (code, calls, shown) = probe(&setting, authorize.port, &[]);
    assert_eq!(code, Some(0), "{shown}");
    // seven endpoints with a safe method
    assert!(calls.len() > 70, "{}: {shown}", calls.len());
    assert!(probe(&setting, authorize.port, &NAMED).0 == Some(0));
    // the endpoint still decides by the manifest that it has read
    let file = setting.path().join("tokscope.toml");
    let source = fs::read_to_string(&file).unwrap();
    drop(authorize);
    let weaker = source.replace("\"GET /orders\" = \"orders:read\"", "\"GET /orders\" = \"files:read\"");
    fs::write(&file, weaker).unwrap();
    let authorize = Authorize::start(&setting, &["--adapter", "native"]);
    fs::write(&file, &source).unwrap();
    let (code, _, shown) = probe(&setting, authorize.port, &["GET /orders"]);
    assert_eq!(code, Some(6), "{shown}");
    assert!(shown.contains("endpoint-over-enforced"), "{shown}");
}

#[test]
fn an_engine_needs_a_key_and_a_url() {
    let setting = Setting::new();
    for (arguments, code) in [
        (&["probe", "--engine", "http://127.0.0.1:1"][..], 2),
        (&["probe", "--sign-key", "key.pem"], 2),
        (&["probe", "--engine", "http://127.0.0.1:1", "--sign-key", "key.pem", "--token", "-"], 2),
        (&["probe", "--engine", "no url", "--sign-key", "key.pem"], 2),
    ] {
        let mut command = crate::program::tokscope();
        let output = crate::program::output(command.args(arguments).current_dir(setting.path()), "");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
#[ignore = "needs the engines of .ci/run"]
fn envoy_passes_the_matrix_as_exported_and_not_with_a_weakened_rule() {
    let setting = Setting::new();
    setting.export("envoy", "jwks.json", "envoy.json");
    let start = || {
        let mut command = Command::new(program("envoy"));
        command.args(["-c", "envoy.json", "--use-dynamic-base-id", "-l", "error", "--concurrency", "1"]);
        command.current_dir(setting.path());
        Engine::start(command, setting.path(), setting.port)
    };
    let engine = start();
    for named in [&[][..], &NAMED] {
        let (code, calls, shown) = probe(&setting, setting.port, named);
        assert_eq!(code, Some(0), "{shown}");
        assert!(calls.len() > 50, "{shown}");
    }
    drop(engine);
    let file = setting.path().join("envoy.json");
    let text = fs::read_to_string(&file).unwrap();
    let weaken = |line: &str| match line.trim_start().starts_with("{\"name\":\"POST /orders (") {
        true => line.replace("and_ids", "or_ids"),
        false => line.to_owned(),
    };
    fs::write(&file, text.lines().map(weaken).collect::<Vec<_>>().join("\n")).unwrap();
    let _engine = start();
    let (code, _, shown) = probe(&setting, setting.port, &NAMED);
    assert_eq!(code, Some(6), "{shown}");
    assert!(shown.contains("endpoint-under-enforced") && shown.contains("POST /orders"), "{shown}");
}
