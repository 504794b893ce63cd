//! Real clients through the gateway, unchanged: each reads the base URL and the placeholder from its own environment variables,
//! which docs/gateway.md lists.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use super::harness::{self, PROVIDER_WITH_NONCES, Server};
use crate::gateway::World;
use crate::support::{Behavior, demand, text};

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/gateway-clients")
}

fn python() -> String {
    clients().join(".venv/bin/python").to_string_lossy().into_owned()
}

fn script(name: &str) -> String {
    clients().join(name).to_string_lossy().into_owned()
}

/// An API with what the clients call, and the variables that they read.
fn world() -> World {
    let world = World::new();
    let manifest = std::fs::read_to_string(world.home.path().join("tokscope.toml")).unwrap();
    let endpoints = "\"POST /chat/completions\" = \"orders:write\"\n\"GET /repos/{owner}/{repo}/issues\" = \"orders:read\"\n\
                     \"GET /servers\" = \"orders:read\"\n[client.machine]";
    let manifest = manifest.replace("[client.machine]", endpoints);
    let gateway =
        "gateway = { sdk = [\"openai\", \"github\", \"hcloud\"], token_env = \"SHOP_KEY\" }\n[api.orders.scopes]";
    world.home.write("tokscope.toml", &manifest.replace("[api.orders.scopes]", gateway));
    demand(&world.home.run(&["trust", "--yes"]), 0);
    let json = |status: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    let (listed, created) = (json("200 OK", "[{\"id\":1}]"), json("201 Created", "{\"id\":2}"));
    world.upstream.respond("/v1/orders", move |request, stream| {
        let response = if request.method == "POST" { &created } else { &listed };
        drop(std::io::Write::write_all(stream, response.as_bytes()));
    });
    world.upstream.answer("/v1/repos/o/r/issues", &json("200 OK", "[{\"number\":5}]"));
    let pagination =
        "{\"page\":1,\"per_page\":50,\"previous_page\":null,\"next_page\":null,\"last_page\":1,\"total_entries\":0}";
    let servers = format!("{{\"servers\":[],\"meta\":{{\"pagination\":{pagination}}}}}");
    world.upstream.answer("/v1/servers", &json("200 OK", &servers));
    let event = |text: &str| {
        let delta = json!({ "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": null }] });
        let data = format!("data: {delta}\n\n");
        format!("{:x}\r\n{data}\r\n", data.len())
    };
    let events = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n{}{}e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n",
        event("hel"),
        event("lo")
    );
    world.upstream.answer("/v1/chat/completions", &events);
    world
}

fn run(world: &World, program: &[&str]) -> Output {
    let mut arguments = vec!["gateway", "run", "--"];
    arguments.extend(program);
    world.home.run(&arguments)
}

/// Demands that a client works, and that the API got this scheme, and a token with these scopes.
fn demand_works(world: &World, program: &[&str], printed: &str, scopes: &[&str]) {
    world.upstream.take();
    let recorded = world.records().len();
    let output = run(world, program);
    let shown = demand(&output, 0);
    assert!(shown.contains(printed), "{program:?}: {shown}{}", text(&output.stderr));
    let received = world.upstream.take();
    assert_eq!(received.len(), scopes.len(), "{program:?}: {received:?}");
    for request in &received {
        assert!(request.bearer().starts_with(&world.server.needle), "{program:?}: {request:?}");
        assert!(request.fields.iter().all(|(_, value)| !value.contains("tokscope_gw_")), "{program:?}: {request:?}");
    }
    let records = world.records();
    let outcomes = records.iter().skip(recorded).filter(|record| record["phase"] == "outcome");
    let granted: Vec<&str> = outcomes.map(|record| record["granted"][0].as_str().unwrap()).collect();
    assert_eq!(granted, scopes, "{program:?}: each request has the token for its endpoint");
    let requested = world.server.token_requests();
    assert!(
        requested.iter().all(|request| !request["scope"].contains(' ')),
        "{program:?}: no broader token is requested"
    );
}

#[test]
#[ignore = "needs the clients of .ci/run"]
fn clients_with_a_base_url_in_the_program_work() {
    let world = world();
    let curl = "curl -sS -H \"Authorization: Bearer $ORDERS_TOKEN\" $ORDERS_BASE_URL/orders";
    demand_works(&world, &["sh", "-c", curl], "[{\"id\":1}]", &["orders:read"]);
    let basic = "curl -sS -u x-access-token:$SHOP_KEY $ORDERS_BASE_URL/orders";
    demand_works(&world, &["sh", "-c", basic], "[{\"id\":1}]", &["orders:read"]);
    demand_works(&world, &[&python(), &script("requests_client.py")], "200 1 201", &["orders:read", "orders:write"]);
}

#[test]
#[ignore = "needs the clients of .ci/run"]
fn a_client_generated_from_an_api_description_works() {
    let world = world();
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("orders_client");
    let generator = clients().join(".venv/bin/openapi-python-client");
    let generated = std::process::Command::new(generator)
        .args(["generate", "--meta", "none", "--path", &script("openapi.json"), "--output-path"])
        .arg(&target)
        .output()
        .unwrap();
    assert!(generated.status.success(), "{}", text(&generated.stderr));
    let folder = folder.path().to_string_lossy().into_owned();
    let program = [&python(), &script("generated_client.py"), &folder];
    demand_works(&world, &program.map(String::as_str), "1 2", &["orders:read", "orders:write"]);
}

#[test]
#[ignore = "needs the clients of .ci/run"]
fn sdks_that_read_their_own_variables_work() {
    let world = world();
    demand_works(&world, &[&python(), &script("openai_client.py")], "hello", &["orders:write"]);
    demand_works(&world, &["node", &script("openai_client.mjs")], "hello", &["orders:write"]);
    demand_works(&world, &["node", &script("octokit_client.mjs")], "5", &["orders:read"]);
}

#[test]
#[ignore = "needs the clients of .ci/run"]
fn command_line_tools_with_a_base_url_variable_work() {
    demand_works(&world(), &["hcloud", "server", "list"], "ID", &["orders:read"]);
}

/// A world whose API is a real MCP server, with the tools `search` and `delete` in the manifest.
fn mcp_world(server: &Server, path: &str) -> World {
    let world = World::new();
    let issuer = &world.server.origin;
    // the server knows this token, which has the scope
    let body = "{\"access_token\":\"reader-0123456789abcdef\",\"token_type\":\"Bearer\",\"expires_in\":3600}";
    world.server.behave(Behavior::new().token_response(200, "application/json", body));
    let manifest = format!(
        "[api.files]\nbase_url = \"{}{path}\"\nissuer = \"{issuer}\"\n[api.files.scopes]\n\"files:read\" = {{}}\n\
         \"files:delete\" = {{}}\n[api.files.endpoints]\n\"MCP tools/list\" = \"files:read\"\n\
         \"MCP tools/call search\" = \"files:read\"\n\"MCP tools/call delete\" = \"files:delete\"\n[client.machine]\n\
         issuer = \"{issuer}\"\nclient_id = \"machine\"\ngrants = [\"client_credentials\"]\n\
         secret = {{ env = \"CLIENT_SECRET\" }}\nmay_request = [\"files:read\"]\n",
        server.base
    );
    world.home.write("tokscope.toml", &manifest);
    demand(&world.home.run(&["trust", "--yes"]), 0);
    world
}

fn demand_mcp(name: &str, server: &Server) {
    let world = mcp_world(server, "/mcp");
    let (python, py, mjs) = (python(), script("mcp_client.py"), script("mcp_client.mjs"));
    for client in [&[python.as_str(), &py][..], &["node", &mjs]] {
        let called = |tool: &str| -> Value {
            let output = run(&world, &[client, &[tool]].concat());
            let shown = demand(&output, 0);
            serde_json::from_str(&shown).unwrap_or_else(|_| panic!("{name} {client:?}: {shown}"))
        };
        let found = called("search");
        assert_eq!(
            (&found["tools"][0], &found["answer"]),
            (&"search".into(), &"found tea".into()),
            "{name} {client:?}"
        );
        let refused = called("delete")["answer"].as_str().unwrap().to_owned();
        assert!(
            refused.starts_with("refused: ") && refused.contains("not allowed to request"),
            "{name} {client:?}: {refused}"
        );
    }
    let requested: Vec<String> = world.server.token_requests().iter().map(|request| request["scope"].clone()).collect();
    assert!(requested.iter().all(|scopes| scopes == "files:read"), "{name}: {requested:?}");
}

#[test]
#[ignore = "needs the servers and clients of .ci/run"]
fn mcp_clients_without_oauth_reach_python_servers() {
    for arguments in [&["1"][..], &["1", "stateless"], &["2"], &["fastmcp"]] {
        demand_mcp(&arguments.join(" "), &Server::start_with("mcp-python", arguments, &[]));
    }
}

#[test]
#[ignore = "needs the servers and clients of .ci/run"]
fn mcp_clients_without_oauth_reach_javascript_servers() {
    for mode in ["sessions", "stateless"] {
        let server = Server::start_with("resource-servers", &["mcp-sessions.mjs", mode], &[]);
        demand_mcp(mode, &server);
        assert_eq!(harness::get(&format!("{}/sessions", server.base)), "0", "{mode}: every session was ended");
    }
}

#[test]
#[ignore = "needs the servers of .ci/run"]
fn a_plain_client_uses_a_bound_token_of_a_server_that_requires_nonces() {
    let server = &*PROVIDER_WITH_NONCES;
    let world = World::new();
    let base = &server.base;
    let manifest = format!(
        "[api.user]\nbase_url = \"{base}\"\nissuer = \"{base}\"\n[api.user.scopes]\nopenid = {{}}\n[api.user.endpoints]\n\
         \"GET /me\" = \"openid\"\n[client.cli]\nissuer = \"{base}\"\nclient_id = \"cli-dpop\"\ndpop = true\n\
         audience_parameter = \"none\"\ngrants = [\"authorization_code\"]\n"
    );
    world.home.write("tokscope.toml", &manifest);
    demand(&world.home.run(&["trust", "--yes"]), 0);
    let mut login = world.home.tokscope(&["login", "--client", "cli", "-e", "GET /me"]);
    let output = crate::program::output(login.env("BROWSER", harness::browser_script()), "");
    demand(&output, 0);
    let curl = "curl -sS -H \"Authorization: Bearer $USER_TOKEN\" $USER_BASE_URL/me";
    let output = run(&world, &["sh", "-c", curl]);
    assert!(demand(&output, 0).contains("\"sub\""), "{}{}", text(&output.stdout), text(&output.stderr));
}
