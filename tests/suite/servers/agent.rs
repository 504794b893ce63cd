//! `tokscope mcp` with the official client of the Model Context Protocol.

use std::path::Path;

use serde_json::{Value, json};

use crate::program;

#[test]
#[ignore = "needs the client of .ci/run"]
fn the_official_client_calls_every_tool() {
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/mcp-client");
    let folder = tempfile::tempdir().unwrap();
    let manifest = "[api.orders]\nbase_url = \"https://api.example.com\"\n[api.orders.scopes]\n\"orders:read\" = {}\n\
        [api.orders.endpoints]\n\"GET /orders\" = \"orders:read\"\n";
    std::fs::write(folder.path().join("tokscope.toml"), manifest).unwrap();
    let token = "eyJhbGciOiJub25lIn0.eyJzY29wZSI6Im9yZGVyczpyZWFkIiwiYXVkIjoiYSIsImV4cCI6NDEwMjQ0NDgwMH0.";
    let calls = json!([
        { "tool": "decode", "arguments": { "token": token } },
        { "tool": "explain", "arguments": { "name": "scp" } },
        { "tool": "check", "arguments": { "endpoint": "GET /orders", "token": token } },
        { "tool": "minimal_scopes", "arguments": { "endpoints": ["GET /orders"] } },
        { "tool": "diagnose", "arguments": { "response": "HTTP/1.1 401 Unauthorized\r\n\r\n", "endpoint": "GET /orders" } },
        { "tool": "lint_manifest", "arguments": {} },
        { "tool": "check", "arguments": { "endpoint": "GET /other" } },
    ]);
    let mut command = std::process::Command::new(client.join(".venv/bin/python"));
    command.arg(client.join("client.py")).arg(env!("CARGO_BIN_EXE_tokscope")).arg("mcp");
    command.current_dir(folder.path()).env_remove("TOKSCOPE_TOKEN").env_remove("TOKSCOPE_MANIFEST");
    let output = program::output(&mut command, calls.to_string());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["about"]["serverInfo"]["name"], "tokscope");
    assert_eq!(found["tools"].as_array().unwrap().len(), 6);
    let results = found["results"].as_array().unwrap();
    let errors: Vec<bool> = results.iter().map(|result| result["isError"].as_bool().unwrap()).collect();
    assert_eq!(errors, [false, false, false, false, false, false, true]);
    let schemas = ["decode", "explain", "check", "scopes", "why", "manifest-lint"];
    for (result, schema) in results.iter().zip(schemas) {
        let document: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(document["schema"], format!("tokscope.{schema}/v1"));
    }
}
