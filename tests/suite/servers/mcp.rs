//! A server of the Model Context Protocol that no manifest knows: from its challenge to a token, and to a step-up.

use std::sync::LazyLock;

use serde_json::Value;

use super::harness::{self, PROVIDER, Server};

static MCP: LazyLock<Server> =
    LazyLock::new(|| Server::start_with("resource-servers", &["rs-mcp.mjs", &PROVIDER.base, "self"], &[]));

fn call(tool: &str, more: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, Value, String) {
    let url = format!("{}/", MCP.base);
    let mut arguments = vec!["call", "--mcp", &url, "tools/call", tool, "--data", "{\"a\":\"b\"}", "--json", "--yes"];
    arguments.extend(more);
    let output = harness::cli("", &arguments, environment, "");
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or(Value::Null), said)
}

#[test]
#[ignore = "needs the servers of .ci/run"]
fn a_server_that_nobody_declared_leads_to_a_token_by_itself() {
    let browser = harness::browser_script();
    let (code, called, said) = call("search", &[], &[("BROWSER", browser.as_str())]);
    assert_eq!((code, &called["status"]), (Some(0), &Value::from(200)), "{said}");
    assert_eq!(called["body"]["result"]["content"][0]["text"], "search with {\"a\":\"b\"}");
    for part in
        ["protected resource", "authorization server", "supports dynamic client registration", "registered the client"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(said.contains("requesting: api:read\n"), "no more than the challenge: {said}");
}

#[test]
#[ignore = "needs the servers of .ci/run"]
fn a_step_up_asks_for_the_union_and_shows_it() {
    // the client got a token for one tool; the other tool wants more
    let base = &MCP.base;
    let manifest = format!(
        "[api.m]\nbase_url = \"{base}/\"\nissuer = \"{}\"\naudience = \"{base}/\"\n[api.m.scopes]\n\"api:read\" = {{}}\n\
         \"api:write\" = {{}}\n[api.m.endpoints]\n\"MCP tools/call save\" = \"api:read\"\n[client.c]\n\
         issuer = \"{}\"\nclient_id = \"m2m\"\ngrants = [\"client_credentials\"]\nsecret = {{ env = \"S\" }}\n",
        PROVIDER.base, PROVIDER.base
    );
    let url = format!("{base}/");
    let arguments = ["call", "--mcp", &url, "tools/call", "save", "--client", "c", "--json", "--yes"];
    let output = harness::cli(&manifest, &arguments, &[("S", "m2m-secret")], "");
    let refused: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (output.status.code(), &refused["diagnosis"]["missing"]),
        (Some(3), &serde_json::json!([["api:write"]])),
        "{refused:#}"
    );
    let output = harness::cli(&manifest, &[&arguments[..], &["--step-up"]].concat(), &[("S", "m2m-secret")], "");
    let said = String::from_utf8(output.stderr).unwrap();
    let called: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &called["status"]), (Some(0), &Value::from(200)), "{said}");
    assert!(said.contains("step-up: api:write in addition to api:read"), "{said}");
    assert!(said.contains("requesting: api:read api:write"), "{said}");
}

#[test]
#[ignore = "needs the servers of .ci/run"]
fn nothing_is_registered_before_the_server_was_accepted() {
    let url = format!("{}/", MCP.base);
    let arguments = ["call", "--mcp", &url, "tools/call", "search", "--json", "--yes", "--store", "memory"];
    let output = harness::program("", &arguments, &[], "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() != Some(0) && !said.contains("registered the client"), "{said}");
    assert!(said.contains(&PROVIDER.base) && said.contains("--trust-manifest"), "{said}");
    // useless if no user can sign in
    let (code, _, said) = call("search", &["--no-interact"], &[]);
    assert!(code == Some(5) && !said.contains("registered the client"), "{said}");
}

#[test]
#[ignore = "needs the servers of .ci/run"]
fn why_follows_the_challenge_of_a_capture() {
    let transcript = format!(
        "> POST / HTTP/1.1\n> Host: {}\n>\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Bearer error=\"invalid_token\", \
         scope=\"api:read\", resource_metadata=\"{}/.well-known/oauth-protected-resource\"\n<\n",
        MCP.base.trim_start_matches("http://"),
        MCP.base
    );
    let output = harness::program("", &["why", "--follow", "--json"], &[], &transcript);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let chain: Vec<(&str, bool)> = found["chain"]
        .as_array()
        .unwrap()
        .iter()
        .map(|link| (link["what"].as_str().unwrap(), link["holds"].as_bool().unwrap()))
        .collect();
    let expected =
        [("API", true), ("protected resource", true), ("authorization server", true), ("registration", true)];
    assert_eq!(chain, expected, "{found:#}");
    assert_eq!((found["cause"].as_str(), output.status.code()), (Some("token-invalid"), Some(4)));
    assert_eq!(found["missing"], serde_json::json!([["api:read"]]));
}

/// Lists the tools of a server and calls one, with a token that is accepted and with one that lacks the scope.
fn demand_calls(name: &str, server: &Server) {
    // it makes the certificates that every run of the program gets
    std::sync::LazyLock::force(&PROVIDER);
    let url = format!("{}/mcp", server.base);
    let call = |token: &str, arguments: &[&str]| {
        let arguments = [&["call", "--mcp", &url], arguments, &["--json", "--yes"]].concat();
        let output = harness::cli("", &arguments, &[("TOKSCOPE_TOKEN", token)], "");
        let called: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code(), called, String::from_utf8(output.stderr).unwrap())
    };
    let (code, listed, said) = call("reader-0123456789abcdef", &["tools/list"]);
    assert_eq!(
        (code, &listed["body"]["result"]["tools"][0]["name"]),
        (Some(0), &"search".into()),
        "{name}: {said}{listed}"
    );
    let search = ["tools/call", "search", "--data", "{\"query\":\"tea\"}"];
    let (code, called, said) = call("reader-0123456789abcdef", &search);
    let text = &called["body"]["result"]["content"][0]["text"];
    assert_eq!((code, text), (Some(0), &"found tea".into()), "{name}: {said}{called}");
    let (code, refused, said) = call("nobody-0123456789abcdef", &search);
    let diagnosis = &refused["diagnosis"];
    let scope = serde_json::json!([["files:read"]]);
    assert_eq!(diagnosis["evidence"]["server"]["scopes"], scope, "{name}: {said}{refused}");
    // FastMCP 4.2.3 answers 401 `invalid_token` for a token that is valid and lacks the scope
    let (expected, missing) = if name == "fastmcp" { (4, serde_json::json!([])) } else { (3, scope) };
    assert_eq!((code, &diagnosis["missing"]), (Some(expected), &missing), "{name}: {said}{refused}");
}

// PyPI mcp 1.30.0 and 2.3.0 name the missing scope only in `error_description` ("Required scope: X")
#[test]
#[ignore = "needs the servers of .ci/run"]
fn python_servers_of_every_revision_are_called() {
    for arguments in [&["1"][..], &["1", "stateless"], &["2"], &["fastmcp"]] {
        demand_calls(&arguments.join(" "), &Server::start_with("mcp-python", arguments, &[]));
    }
}

#[test]
#[ignore = "needs the servers of .ci/run"]
fn javascript_servers_with_and_without_sessions_are_called() {
    for mode in ["sessions", "stateless"] {
        let server = Server::start_with("resource-servers", &["mcp-sessions.mjs", mode], &[]);
        demand_calls(mode, &server);
        assert_eq!(harness::get(&format!("{}/sessions", server.base)), "0", "{mode}: every session was ended");
    }
}
