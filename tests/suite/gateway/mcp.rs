//! Messages to MCP servers: each tool gets the token for it, and what the manifest does not allow is not sent.

use serde_json::{Value, json};

use super::{Response, Running, World};

/// A world whose API is an MCP server with the tools `search` and `save`.
fn world() -> World {
    let world = World::new();
    let manifest = std::fs::read_to_string(world.home.path().join("tokscope.toml")).unwrap();
    let tools = "\"MCP tools/list\" = \"orders:read\"\n\"MCP tools/call search\" = \"orders:read\"\n\
                 \"MCP tools/call save\" = \"orders:write\"\n\"MCP tools/call erase\" = \"orders:delete\"\n[client.machine]";
    world.home.write("tokscope.toml", &manifest.replace("[client.machine]", tools));
    crate::support::demand(&world.home.run(&["trust", "--yes"]), 0);
    world.upstream.respond("/v1", |request, stream| {
        let message: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let body =
            json!({ "jsonrpc": "2.0", "id": message["id"], "result": { "echo": message["params"] } }).to_string();
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        drop(std::io::Write::write_all(stream, format!("{head}{body}").as_bytes()));
    });
    world
}

fn send(gateway: &Running, body: &str, more: &str) -> Response {
    let fields = format!("Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n{more}");
    gateway.request("POST", "/v1", &fields, body.as_bytes())
}

fn call(gateway: &Running, tool: &str) -> Response {
    let params = json!({ "name": tool, "arguments": { "q": "tea" } });
    send(gateway, &json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params }).to_string(), "")
}

#[test]
fn each_tool_gets_the_token_with_the_scopes_for_it() {
    let world = world();
    let gateway = world.gateway(&[]);
    let initialize = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#;
    for (body, fields) in [
        (initialize, ""),
        (r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, "Mcp-Session-Id: s1\r\n"),
        (r#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#, "Mcp-Session-Id: s1\r\n"),
    ] {
        assert_eq!(send(&gateway, body, fields).status, 200, "{body}");
    }
    let found = call(&gateway, "search");
    assert_eq!(found.problemless()["result"]["echo"]["name"], "search");
    assert_eq!(call(&gateway, "save").status, 200);
    // the stream and the end of a session
    for method in ["GET", "DELETE"] {
        assert_eq!(gateway.request(method, "/v1", "Mcp-Session-Id: s1\r\n", b"").status, 200);
    }
    let received = world.upstream.take();
    assert!(received.iter().all(|it| it.target == "/v1"), "{received:?}");
    assert_eq!(received[1].field("mcp-session-id"), Some("s1"));
    let requested: Vec<String> = world.server.token_requests().iter().map(|it| it["scope"].clone()).collect();
    assert_eq!(requested, ["orders:read", "orders:write"]);
    let tokens: Vec<&str> = received.iter().map(super::upstream::Received::bearer).collect();
    assert_ne!(tokens[3], tokens[4], "the tools get different tokens");
    for message in [0, 1, 2, 5, 6] {
        assert_eq!(tokens[message], tokens[3], "messages of the protocol get the token of the least demanding tool");
    }
    gateway.end();
    let records = world.records();
    let seen: Vec<&str> =
        records.iter().filter(|it| it["phase"] == "intent").map(|it| it["endpoint"].as_str().unwrap()).collect();
    let expected = [
        "MCP initialize",
        "MCP notifications/initialized",
        "MCP tools/list",
        "MCP tools/call search",
        "MCP tools/call save",
        "MCP stream",
        "MCP end",
    ];
    assert_eq!(seen, expected);
    let learned = crate::support::demand(&world.home.run(&["gateway", "learn", "--json"]), 0);
    let learned: Value = serde_json::from_str(&learned).unwrap();
    assert_eq!(learned["apis"][0]["new"].as_array().unwrap().len(), 0, "messages of the protocol are not endpoints");
}

#[test]
fn a_tool_that_is_not_allowed_is_answered_with_the_diagnosis_as_a_json_rpc_error() {
    let world = world();
    let gateway = world.gateway(&[]);
    for (tool, code, missing) in
        [("erase", "scope-not-available", json!([["orders:delete"]])), ("drop", "endpoint-unknown", json!([]))]
    {
        let refused = call(&gateway, tool);
        assert_eq!((refused.status, refused.code()), (200, code));
        let response = refused.problemless();
        assert_eq!((&response["id"], &response["error"]["data"]["missing"]), (&json!(7), &missing), "{response}");
        assert!(response["error"]["message"].is_string());
    }
    // a notification has no response
    let refused = send(&gateway, r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"drop"}}"#, "");
    assert_eq!((refused.status, refused.code()), (403, "endpoint-unknown"));
    assert_eq!(world.upstream.take().len(), 0, "nothing was sent");
    gateway.end();
}

#[test]
fn messages_that_two_servers_may_read_differently_are_not_sent() {
    let world = world();
    let gateway = world.gateway(&[]);
    let search = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search"}}"#;
    for (body, fields, code) in [
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","name":"erase"}}"#,
            "",
            "mcp-ambiguous",
        ),
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","Method":"tools/call"}"#, "", "mcp-ambiguous"),
        (search, "Mcp-Name: erase\r\n", "mcp-header-mismatch"),
        (search, "Mcp-Method: tools/list\r\n", "mcp-header-mismatch"),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]"#, "", "mcp-batch"),
        ("not json", "", "mcp-malformed"),
    ] {
        let refused = send(&gateway, body, fields);
        assert_eq!((refused.status, refused.code()), (400, code), "{body}");
    }
    let large = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"search","x":"{}"}}}}"#,
        "x".repeat(5 << 20)
    );
    assert_eq!(send(&gateway, &large, "").code(), "mcp-too-large");
    let leaked = search.replace("search\"", &format!("search\",\"arguments\":{{\"t\":\"{}\"}}", gateway.token));
    assert_eq!(send(&gateway, &leaked, "").code(), "placeholder-misplaced");
    // the method of the manifest is not a method of HTTP
    assert_eq!(gateway.request("MCP", "/v1/tools/call/search", "", b"").code(), "method-refused");
    assert_eq!(world.upstream.take().len(), 0, "nothing was sent");
    gateway.end();
}

#[test]
fn a_refusal_of_the_server_is_a_json_rpc_error_with_the_diagnosis() {
    let world = world();
    world.upstream.answer(
        "/v1",
        "HTTP/1.1 403 Forbidden\r\nWWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"orders:admin\"\r\n\
         Content-Length: 0\r\n\r\n",
    );
    let gateway = world.gateway(&[]);
    let refused = call(&gateway, "search");
    assert_eq!((refused.status, refused.code()), (200, "scope"));
    assert_eq!(refused.problemless()["error"]["data"]["missing"], json!([["orders:admin"]]));
    gateway.end();
}
