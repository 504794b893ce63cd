//! `mcp`: the server for coding agents, by raw messages. `tests/suite/servers/agent.rs` uses the official client.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::program;

const MANIFEST: &str = "[api.orders]\nbase_url = \"https://api.example.com/v1\"\nissuer = \"https://login.example.com\"\n\
    [api.orders.scopes]\n\"orders:read\" = {}\n\"orders:write\" = {}\n[api.orders.endpoints]\n\"GET /orders\" = \"orders:read\"\n\
    \"POST /orders\" = \"orders:write\"\n";

fn token() -> String {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let claims = r#"{"iss":"https://login.example.com","aud":"https://api.example.com/v1","exp":4102444800,"scope":"orders:read","password":"needle-hunter22"}"#;
    format!("{}.{}.{}", encode(r#"{"alg":"RS256","typ":"at+jwt"}"#), encode(claims), encode("needle-signature"))
}

/// Sends lines to the server, and returns its replies and its standard error.
fn talk(input: &str, environment: &[(&str, &str)]) -> (Vec<Value>, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tokscope.toml"), MANIFEST).unwrap();
    let mut command = program::tokscope();
    command.arg("mcp").current_dir(folder.path()).envs(environment.iter().copied());
    let output = program::output(&mut command, input);
    assert_eq!(output.status.code(), Some(0));
    let stdout = String::from_utf8(output.stdout).unwrap();
    let replies = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (replies, String::from_utf8(output.stderr).unwrap())
}

fn call(tool: &str, arguments: &Value, environment: &[(&str, &str)]) -> (bool, String) {
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": tool, "arguments": arguments } });
    let (replies, _) = talk(&format!("{message}\n"), environment);
    let result = &replies[0]["result"];
    (result["isError"].as_bool().unwrap(), result["content"][0]["text"].as_str().unwrap().to_owned())
}

#[test]
fn malformed_messages_get_an_error_and_do_not_end_the_server() {
    let long = format!("{{\"x\":\"{}\"}}", "a".repeat(9 << 20));
    let ping = r#"{"jsonrpc":"2.0","id":"last","method":"ping"}"#;
    for (message, code) in [
        ("{", -32700),
        ("[]", -32600),
        ("1", -32600),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"resources/list"}"#, -32601),
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"login"}}"#, -32602),
        (long.as_str(), -32600),
    ] {
        let (replies, said) = talk(&format!("{message}\n\n{ping}\n"), &[]);
        let shown: String = message.chars().take(80).collect();
        assert_eq!(replies[0]["error"]["code"], code, "{shown}");
        assert_eq!(replies[1], json!({ "jsonrpc": "2.0", "id": "last", "result": {} }), "{shown}");
        assert_eq!((replies.len(), said.as_str()), (2, ""), "{shown}");
    }
}

#[test]
fn notifications_and_responses_get_no_reply() {
    let messages = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n";
    assert_eq!(talk(messages, &[]).0, [] as [Value; 0]);
}

#[test]
fn the_requested_protocol_version_is_used_if_it_is_known() {
    for (requested, used) in [("2024-11-05", "2024-11-05"), ("2025-06-18", "2025-06-18"), ("1999-01-01", "2025-11-25")]
    {
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "protocolVersion": requested } });
        let (replies, _) = talk(&message.to_string(), &[]);
        assert_eq!(replies[0]["result"]["protocolVersion"], used);
    }
}

#[test]
fn every_tool_is_read_only_and_no_result_has_a_token_or_a_secret() {
    let (replies, _) = talk(r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#, &[]);
    let tools = replies[0]["result"]["tools"].as_array().unwrap();
    let token = token();
    let response = format!(
        "> POST /v1/orders HTTP/1.1\n> Host: api.example.com\n> Authorization: Bearer {token}\n>\n< HTTP/1.1 403 Forbidden\n\
         < WWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"orders:write\"\n<\n{{\"echo\":\"{token}\"}}\n"
    );
    let examples = json!({
        "decode": { "token": token },
        "explain": { "name": token },
        "check": { "endpoint": "POST /orders", "token": token },
        "minimal_scopes": { "endpoints": ["GET /orders", token] },
        "diagnose": { "response": response },
        "lint_manifest": { "text": format!("token = \"{token}\"") },
    });
    assert_eq!(tools.len(), examples.as_object().unwrap().len());
    for tool in tools {
        let name = tool["name"].as_str().unwrap();
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{name}");
        let (_, text) = call(name, &examples[name], &[]);
        let parts: Vec<&str> = token.split('.').collect();
        for secret in ["needle-hunter22", parts[1], parts[2]] {
            assert!(!text.contains(secret), "{name}: {text}");
        }
    }
}

#[test]
fn the_agent_need_not_see_the_token() {
    let token = token();
    let environment = [("TOKSCOPE_TOKEN", token.as_str())];
    let (_, text) = call("check", &json!({ "endpoint": "POST /orders" }), &environment);
    let checked: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&checked["verdict"], &checked["missing"]), (&json!("missing"), &json!([["orders:write"]])));
    let (is_error, text) = call("check", &json!({ "endpoint": "POST /orders" }), &[]);
    assert!(is_error && text.contains("no token given"), "{text}");
}

#[test]
fn wrong_arguments_are_errors_that_the_agent_sees() {
    for (tool, arguments, reason) in [
        ("check", json!({}), "`endpoint` is missing"),
        ("check", json!({ "endpoint": 1 }), "`endpoint` must be a JSON string"),
        ("check", json!({ "endpoint": "GET /orders", "file": "/etc/passwd" }), "no argument `file`"),
        ("check", json!([]), "must be an object"),
        ("check", json!({ "endpoint": "GET /other", "token": "x" }), "GET /other"),
        ("minimal_scopes", json!({ "endpoints": [1] }), "array of strings"),
        ("minimal_scopes", json!({ "endpoints": [] }), "no endpoints given"),
        ("diagnose", json!({ "response": "" }), "empty"),
    ] {
        let (is_error, text) = call(tool, &arguments, &[]);
        assert!(is_error && text.contains(reason), "{tool} {arguments}: {text}");
    }
}

#[test]
fn results_are_bounded() {
    let claims = format!("{{\"groups\":[{}\"x\"]}}", "\"group\",".repeat(40_000));
    let large = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode(claims));
    let (is_error, text) = call("decode", &json!({ "token": large }), &[]);
    assert!(!is_error && text.len() < 70_000 && text.contains("… cut after"), "{}", text.len());
}
