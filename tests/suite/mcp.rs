//! A Model Context Protocol server over HTTP that names the scope of a tool, and the step-up that follows.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::collections::HashMap;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use serde_json::{Value, json};

/// Runs until the test's process ends; the origin.
fn server() -> String {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let origin = format!("http://{}", listener.local_addr().unwrap());
            let router = Router::new()
                .route("/.well-known/oauth-authorization-server", get(metadata))
                .route("/token", post(token))
                .route("/mcp", post(call))
                .with_state(origin.clone());
            sender.send(origin).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

async fn metadata(State(origin): State<String>) -> Json<Value> {
    Json(json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["client_credentials"],
    }))
}

/// The token says what was granted: `needle.a:b.c:d`.
async fn token(Form(form): Form<HashMap<String, String>>) -> Json<Value> {
    let scope = &form["scope"];
    Json(json!({
        "access_token": format!("needle-{}", scope.replace(' ', "~").replace(':', ".")),
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": scope,
    }))
}

/// `save` takes two scopes, of which the manifest knows one.
async fn call(State(origin): State<String>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let named = (header("mcp-method"), header("mcp-name"), header("mcp-protocol-version"));
    let meta = &body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"];
    if named != ("tools/call", "save", "2026-07-28") || meta != "2026-07-28" || body["params"]["name"] != "save" {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let metadata = format!("resource_metadata=\"{origin}/.well-known/oauth-protected-resource\"");
    let refuse = |status, parameters: &str| {
        (status, [("www-authenticate", format!("Bearer {parameters}{metadata}"))]).into_response()
    };
    let sent = header("authorization");
    if sent.is_empty() {
        return refuse(StatusCode::UNAUTHORIZED, "scope=\"files:read\", ");
    }
    if !sent.contains("files.write") || !sent.contains("files.read") {
        return refuse(StatusCode::FORBIDDEN, "error=\"insufficient_scope\", scope=\"files:write\", ");
    }
    let result = json!({ "jsonrpc": "2.0", "id": 1, "result": { "content": [body["params"]["arguments"]] } });
    ([("content-type", "text/event-stream")], format!("event: message\ndata: {result}\n\n")).into_response()
}

fn run(folder: &tempfile::TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tokscope"))
        .args(arguments)
        .current_dir(folder.path())
        .env_remove("TOKSCOPE_MANIFEST")
        .env_remove("TOKSCOPE_TOKEN")
        .env("HOME", folder.path())
        .env("XDG_DATA_HOME", folder.path())
        .env("XDG_STATE_HOME", folder.path())
        .env("TOKSCOPE_STORE", "memory")
        .env("CI_SECRET", "a-secret-of-the-client")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn a_tool_step_up_requests_the_union_of_scopes() {
    let origin = server();
    let folder = tempfile::tempdir().unwrap();
    let manifest = format!(
        "[api.files]\nbase_url = \"{origin}/mcp\"\nissuer = \"{origin}\"\n[api.files.scopes]\n\"files:read\" = {{}}\n\
         \"files:write\" = {{ risk = \"high\" }}\n[api.files.endpoints]\n\"MCP tools/call save\" = \"files:read\"\n\
         \"MCP tools/call drop\" = \"files:write\"\n[client.ci]\nissuer = \"{origin}\"\nclient_id = \"ci\"\n\
         grants = [\"client_credentials\"]\nsecret = {{ env = \"CI_SECRET\" }}\n"
    );
    std::fs::write(folder.path().join("tokscope.toml"), manifest).unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let url = format!("{origin}/mcp");
    let save =
        ["call", "--mcp", &url, "tools/call", "save", "--data", r#"{"name":"tea"}"#, "--yes", "--trust-manifest"];
    // without a token: what the first contact asks for
    let output = run(&folder, &[&save[..], &["--json"]].concat());
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["endpoint"], "MCP tools/call save");
    assert_eq!(document["diagnosis"]["missing"].to_string(), r#"[["files:read"]]"#);
    // with what the manifest knows: the server names another
    let output = run(&folder, &[&save[..], &["--client", "ci"]].concat());
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("missing scope: files:write"), "{}", text(&output.stderr));
    // and with both
    let output = run(&folder, &[&save[..], &["--client", "ci", "--step-up"]].concat());
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("step-up: files:write in addition to files:read"), "{said}");
    assert!(said.contains("requesting: files:read files:write"), "{said}");
    assert!(text(&output.stdout).contains(r#"{"name":"tea"}"#), "{}", text(&output.stdout));
    assert!(!said.contains("needle"), "{said}");
    // arguments must be an object, and the server must be in the manifest
    let wrong = ["call", "MCP tools/call save", "--data", "[1]", "--yes", "--trust-manifest"];
    assert_eq!(run(&folder, &wrong).status.code(), Some(2));
    let stranger = ["call", "--mcp", "https://other.test/mcp", "tools/call", "save", "--trust-manifest"];
    assert_eq!(run(&folder, &stranger).status.code(), Some(2));
}
