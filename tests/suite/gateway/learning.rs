//! `gateway learn`: the manifest from traffic.

use serde_json::Value;

use super::World;
use crate::support::{demand, text};

/// The manifest without its endpoints and scopes.
fn empty(world: &World) -> String {
    let known = std::fs::read_to_string(world.home.path().join("tokscope.toml")).unwrap();
    let (before, rest) = known.split_once("[api.orders.scopes]").unwrap();
    let (_, clients) = rest.split_once("[client.machine]").unwrap();
    format!("{before}[client.machine]{clients}")
}

fn learned(world: &World, arguments: &[&str]) -> Value {
    let mut all = vec!["gateway", "learn", "--json"];
    all.extend(arguments);
    serde_json::from_str(&demand(&world.home.run(&all), 0)).unwrap()
}

#[test]
fn the_traffic_through_the_gateway_returns_the_manifest_that_it_ran_with() {
    let world = World::new();
    let gateway = world.gateway(&[]);
    for (method, target) in [
        ("GET", "/v1/orders?page=1"),
        ("GET", "/v1/orders/7"),
        ("GET", "/v1/orders/8"),
        ("POST", "/v1/orders"),
        ("PUT", "/v1/files/a"),
    ] {
        assert_eq!(gateway.request(method, target, "", b"").status, 200, "{method} {target}");
    }
    assert_eq!(gateway.get("/v1/nothing").code(), "endpoint-unknown");
    gateway.end();
    let path = world.home.path().join("tokscope.toml");
    let known = std::fs::read_to_string(&path).unwrap();
    let report = learned(&world, &[]);
    let api = &report["apis"][0];
    assert_eq!((&api["requests"], &api["endpoints"]), (&5.into(), &7.into()));
    assert_eq!(api["seen"].as_array().unwrap().len(), 4, "4 of 7 endpoints");
    assert_eq!((report["changes"].as_array().unwrap().len(), api["new"].as_array().unwrap().len()), (0, 0));
    assert_eq!(report["minimal_set"], serde_json::json!(["orders:read", "orders:write"]));
    world.home.write("tokscope.toml", &empty(&world));
    let output = world.home.run(&["gateway", "learn", "--write"]);
    let printed = demand(&output, 0);
    assert!(printed.contains("GET /orders/{id} = orders:read  (2 requests, 2xx: 2; proven"), "{printed}");
    assert!(text(&output.stderr).contains("added 4 endpoints"), "{}", text(&output.stderr));
    let after = std::fs::read_to_string(&path).unwrap();
    assert!(after.contains("orders:write") && !after.contains("nothing") && !after.contains("unknown"), "{after}");
    world.home.write("known.toml", &known);
    // what was not called is missing, and nothing else differs
    let output = world.home.run(&["manifest", "diff", "known.toml", "tokscope.toml", "--json"]);
    let changes: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    let changes: Vec<String> = changes["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| format!("{} {}", change["change"].as_str().unwrap(), change["subject"].as_str().unwrap()))
        .filter(|change| change.starts_with("endpoint-") && !change.contains("/files/"))
        .collect();
    assert_eq!(changes, ["endpoint-removed orders: DELETE /orders/{id}", "endpoint-removed orders: GET /health"]);
    // a second run changes nothing
    let output = world.home.run(&["gateway", "learn", "--write"]);
    assert!(!text(&output.stderr).contains("added"), "{}", text(&output.stderr));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
}

#[test]
fn endpoints_are_added_one_by_one_if_the_user_accepts_them() {
    let world = World::new();
    let gateway = world.gateway(&[]);
    for (method, target) in [("GET", "/v1/orders"), ("POST", "/v1/orders")] {
        assert_eq!(gateway.request(method, target, "", b"").status, 200);
    }
    gateway.end();
    world.home.write("tokscope.toml", &empty(&world));
    // the first is accepted, the second is not
    let output = crate::program::output(&mut world.home.tokscope(&["gateway", "learn", "--write", "--ask"]), "y\nn\n");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr).matches("add it? [y/N]").count(), 2, "{}", text(&output.stderr));
    let written = std::fs::read_to_string(world.home.path().join("tokscope.toml")).unwrap();
    let has = |name: &str| written.contains(name);
    assert!(has("\"GET /orders\"") != has("\"POST /orders\""), "{written}");
}

#[test]
fn scopes_that_the_api_names_are_learned_while_observing() {
    let world = World::new();
    demand(&world.home.run(&["token", "--client", "machine", "-e", "GET /orders", "-e", "POST /orders"]), 0);
    world.upstream.answer(
        "/v1/reports/2026",
        "HTTP/1.1 403 Forbidden\r\nWWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"reports:read\"\r\n\
         Content-Length: 0\r\n\r\n",
    );
    let gateway = world.gateway(&["--observe"]);
    assert_eq!(gateway.get("/v1/reports/2026").status, 403);
    assert_eq!(gateway.get("/v1/customers").status, 200);
    gateway.end();
    let report = learned(&world, &["--least", "stated"]);
    let api = &report["apis"][0];
    let new = &api["new"][0];
    assert_eq!((&new["endpoint"], &new["certainty"]), (&"GET /reports/{id}".into(), &"stated".into()));
    assert_eq!(new["required"], serde_json::json!([["reports:read"]]));
    assert_eq!(api["undetermined"][0]["endpoint"], "GET /customers", "two scopes are only an upper bound");
    assert_eq!(report["changes"][0]["change"], "endpoint-added", "{report}");
}

#[test]
fn recordings_and_access_logs_are_read() {
    let world = World::new();
    world.home.write("tokscope.toml", &empty(&world));
    demand(&world.home.run(&["trust", "--yes"]), 0);
    let lines = (1..4)
        .map(|number| {
            format!("1.2.3.4 - - [29/Nov/2026:10:00:0{number} +0000] \"GET /v1/teams/t{number} HTTP/1.1\" 200 2\n")
        })
        .collect::<Vec<_>>()
        .concat();
    world.home.write("access.log", &lines);
    let report = learned(&world, &["access.log"]);
    let api = &report["apis"][0];
    assert_eq!(api["new"].as_array().unwrap().len(), 0, "an access log does not tell the scopes");
    assert_eq!(api["undetermined"].as_array().unwrap().len(), 3);
    assert_eq!(api["proposals"][0], serde_json::json!({ "template": "/teams/{name}", "paths": 3 }));
    let report = learned(&world, &["access.log", "--template", "/teams/{name}"]);
    assert_eq!(report["apis"][0]["undetermined"][0]["endpoint"], "GET /teams/{name}");
    let output = world.home.run(&["gateway", "learn"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--observe"), "{}", text(&output.stderr));
}
