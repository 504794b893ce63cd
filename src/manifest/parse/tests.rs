use proptest::prelude::*;

use super::*;
use crate::manifest::{RouteError, line_column};

const EXAMPLE: &str = r#"[api.orders]
title    = "Orders"
base_url = "https://api.example.com/v1"
issuer   = "https://login.example.com"
audience = "https://api.example.com"

[api.orders.scopes]
"orders:read"  = { description = "Read orders",  risk = "low" }
"orders:write" = { description = "Change orders", risk = "high", implies = ["orders:read"] }
"orders:delete" = {}
"customers:read" = {}
"orders:admin" = { risk = "critical", implies = ["orders:*"] }

[api.orders.endpoints]
"GET /orders"         = "orders:read"
"POST /orders"        = ["orders:write", "customers:read"]
"DELETE /orders/{id}" = { any_of = ["orders:admin", ["orders:write", "orders:delete"]], summary = "Delete an order" }
"GET /orders/{id}"    = "orders:read"
"GET /orders/recent"  = "orders:read"
"GET /files/{+path}"  = "orders:read"
"POST /orders/{id}:cancel" = "orders:write"
"GET /health"         = []

[client.dev]
issuer    = "https://login.example.com"
client_id = "tokscope-dev"
grants    = ["authorization_code", "device_code"]
may_request  = ["orders:read", "orders:write"]
max_lifetime = "8h"
secret = { env = "NAME" }
"#;

#[test]
fn the_example_is_parsed() {
    let parsed = parse(EXAMPLE);
    assert_eq!(parsed.findings, []);
    let manifest = parsed.manifest.unwrap();
    let lines: Vec<String> =
        manifest.apis[0].endpoints.iter().map(|endpoint| format!("{endpoint}: {}", endpoint.requirement)).collect();
    assert_eq!(
        lines[..4],
        [
            "GET /orders: orders:read",
            "POST /orders: all of customers:read orders:write",
            "DELETE /orders/{id}: any of orders:admin | orders:delete orders:write",
            "GET /orders/{id}: orders:read",
        ]
    );
    assert_eq!(manifest.clients[0].max_lifetime, Some(28_800));
}

#[test]
fn requests_are_routed_to_their_endpoint() {
    let manifest = parse(EXAMPLE).manifest.unwrap();
    for (request, endpoint, parameters, url) in [
        ("GET /orders", "GET /orders", "", "https://api.example.com/v1/orders"),
        ("get /orders?page=2", "GET /orders", "", "https://api.example.com/v1/orders?page=2"),
        ("HEAD /orders", "GET /orders", "", "https://api.example.com/v1/orders"),
        ("GET /v1/orders", "GET /orders", "", "https://api.example.com/v1/orders"),
        ("GET https://api.example.com/v1/orders/7", "GET /orders/{id}", "id=7", "https://api.example.com/v1/orders/7"),
        ("GET https://API.example.com:443/v1/health", "GET /health", "", "https://api.example.com/v1/health"),
        ("GET /orders/recent", "GET /orders/recent", "", "https://api.example.com/v1/orders/recent"),
        ("GET /%6Frders/a%2Fb", "GET /orders/{id}", "id=a/b", "https://api.example.com/v1/orders/a%2Fb"),
        ("GET /files/a/b/c", "GET /files/{+path}", "path=a/b/c", "https://api.example.com/v1/files/a/b/c"),
        ("POST /orders/7:cancel", "POST /orders/{id}:cancel", "id=7", "https://api.example.com/v1/orders/7:cancel"),
        ("DELETE /orders/{id}", "DELETE /orders/{id}", "", "needs id"),
    ] {
        let route = manifest.route(request, None).unwrap();
        let bound: Vec<String> = route.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let called = route.url().map_or_else(|name| format!("needs {name}"), |url| url.to_string());
        assert_eq!(
            (route.endpoint.to_string().as_str(), bound.join(" ").as_str(), called.as_str()),
            (endpoint, parameters, url),
            "{request}"
        );
    }
    for request in [
        "GET /nothing",
        "DELETE /orders",
        "GET /orders/../health",
        "GET /orders/%2e%2E/health",
        "GET /Orders",
        "GET https://api.example.com.evil.test/v1/orders",
        "GET http://api.example.com/v1/orders",
        "GET /orders/",
        "GET https://api.example.com:8443/v1/orders",
    ] {
        assert!(matches!(manifest.route(request, None), Err(RouteError::Unknown { .. })), "{request}");
    }
    let nearest = manifest.route("GET /order", None).unwrap_err();
    assert!(matches!(nearest, RouteError::Unknown { nearest, .. } if nearest[0] == "GET /orders"));
    assert!(matches!(manifest.route("orders", None), Err(RouteError::Syntax(_))));
    for url in
        ["https://user:needle@api.example.com/orders", "https://needle@api.example.com/", "http://:needle@other/"]
    {
        let error = manifest.route(&format!("GET {url}"), None).map(|_| ()).unwrap_err();
        assert_eq!(error, RouteError::UserInformation);
        assert!(!error.to_string().contains("needle"));
    }
}

/// A manifest that is valid except for the given lines.
fn with(scopes: &str, endpoints: &str, client: &str) -> String {
    let text = format!(
        "[api.a]\nbase_url = \"https://a.test\"\n[api.a.scopes]\nr = {{}}\n{scopes}\n[api.a.endpoints]\n\
         \"GET /r\" = \"r\"\n{endpoints}\n[client.c]\nissuer = \"https://a.test\"\nclient_id = \"c\"\n{client}\n"
    );
    text.lines().filter(|line| !line.is_empty()).flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn errors_have_a_code_a_position_and_a_hint() {
    for (source, expected) in [
        ("[api.a".to_owned(), "manifest-syntax 1:7"),
        ("apis = 1".to_owned(), "key-unknown 1:1 did you mean `api`?"),
        ("api = 1".to_owned(), "value-wrong 1:7"),
        ("[api.a]\n".to_owned(), "key-missing 1:6"),
        ("[api.a]\nbase_url = \"http://a.test\"".to_owned(), "url-wrong 2:12"),
        ("[api.a]\nbase_url = \"https://u:p@a.test\"".to_owned(), "url-wrong 2:12"),
        ("[api.a]\nbase_url = 7".to_owned(), "value-wrong 2:12"),
        (with("", "\"GET /x\" = \"R\"", ""), "scope-undeclared 7:12 declare it in `scopes`, or did you mean `r`?"),
        (with("w = { implies = [\"q\"] }", "", ""), "scope-unused 5:1|scope-undeclared 5:18 declare it in `scopes`"),
        (with("w = { implies = [\"v\"] }\nv = { implies = [\"w\"] }", "\"GET /w\" = [\"w\"]", ""), "scope-cycle 5:1"),
        (
            with("w = { risk = \"bad\" }", "\"GET /w\" = \"w\"", ""),
            "value-wrong 5:14 valid risks: low, medium, high, critical",
        ),
        (with("\"a b\" = {}", "", ""), "scope-wrong 5:1"),
        (with("w = {}", "", ""), "scope-unused 5:1"),
        (with("", "\"GET /{a}\" = []\n\"GET /{b}\" = []", ""), "endpoint-duplicate 8:1"),
        (
            with("", "\"GET /x/{a\" = []", ""),
            "endpoint-wrong 7:1 write a method and a path, such as `GET /orders/{id}`",
        ),
        (with("", "\"get /x\" = []", ""), "endpoint-wrong 7:1 write a method and a path, such as `GET /orders/{id}`"),
        (with("", "\"GET /x\" = { any_of = [] }", ""), "value-wrong 7:23 write `[]` if no scope is required"),
        (with("", "\"GET /x\" = { any = [] }", ""), "key-missing 7:1|key-unknown 7:14 did you mean `any_of`?"),
        (
            with("", "", "grants = [\"password\"]"),
            "value-wrong 10:11 valid values: authorization_code, client_credentials, device_code, refresh_token, token_exchange, jwt_bearer",
        ),
        (with("", "", "max_lifetime = \"8 hours\""), "value-wrong 10:16 write it like `30m`, `8h`, `7d` or `1h30m`"),
        (
            with("", "", "secret = { file = \"../s\" }"),
            "secret-path 10:19 write a path relative to that directory, without `..`",
        ),
        (with("", "", "redirect_uri = \"http://a.test/cb\""), "url-wrong 10:16"),
        (with("", "", "redirect_uri = \"custom:/cb\""), "url-wrong 10:16"),
        (with("", "", "authentication = \"private_key_jwt\""), "key-missing 7:9"),
        (with("", "", "authentication = \"tls_client_auth\"\nkey = { env = \"K\" }"), "key-missing 7:9"),
        (with("", "", "authentication = \"client_secret_basic\""), "key-missing 7:9"),
        (
            with("", "", "narrow = true"),
            "value-wrong 10:10 omit it to narrow only if the server is known to keep the grant",
        ),
        (
            with("", "", "accept_granted = \"r\""),
            "value-wrong 10:18 write an array of scopes, as in [\"r\"], or \"any\"",
        ),
        (with("", "", "audience_parameter = \"aud\""), "value-wrong 10:22 valid values: resource, audience, none"),
        (with("", "", "grants = [\"jwt_bearer\"]"), "key-missing 7:9"),
        (with("", "", "dpop = \"yes\""), "value-wrong 10:8"),
        (
            with("", "", "certificate = \"/etc/cert.pem\""),
            "secret-path 10:15 write a path relative to that directory, without `..`",
        ),
        (
            with("", "", "authorization_details = [{ kind = \"x\" }]"),
            "value-wrong 10:25 write an array of tables, as in [{ type = \"payment\" }]",
        ),
        (with("", "", "authorization_details = [{ type = \"x\", since = 2026-01-01 }]"), "value-wrong 10:25"),
        // a manifest can't send secrets to a server other than its issuer
        (with("", "", "metadata = { token_endpoint = \"http://other.test/token\" }"), "value-wrong 10:31"),
        (with("", "", "refresh_endpoint = \"http://other.test/token\""), "url-wrong 10:20"),
        (with("", "", "metadata = { scopes_supported = [1] }"), "value-wrong 10:33"),
        (with("", "", "metadata = { token_endpoint = [\"https://a.test\"] }"), "value-wrong 10:31"),
    ] {
        let found: Vec<String> = parse(&source)
            .findings
            .iter()
            .map(|finding| {
                let (line, column) = line_column(&source, finding.span.as_ref().map_or(0, |span| span.start));
                format!("{} {line}:{column} {}", finding.code.name, finding.help.as_deref().unwrap_or_default())
                    .trim()
                    .to_owned()
            })
            .collect();
        assert_eq!(found.join("|"), expected, "{source}");
    }
}

#[test]
fn literal_secrets_are_rejected_and_not_repeated() {
    let source = with("", "", "secret = \"hunter2-needle\"");
    let parsed = parse(&source);
    assert!(parsed.manifest.is_none());
    let findings = format!("{:?}", parsed.findings);
    assert!(
        findings.contains("a secret must not be written in the manifest") && !findings.contains("needle"),
        "{findings}"
    );
    let shown = crate::manifest::render("t", &source, &parsed.findings[0]);
    assert!(!shown.contains("needle"), "{shown}");
}

#[test]
fn clients_can_add_to_the_server_metadata() {
    let source = with(
        "",
        "",
        "redirect_uri = \"http://127.0.0.1/cb\"\nalways_request = \"offline_access\"\nmax_age = \"5m\"\ndpop = true\n\
         metadata = { token_endpoint = \"https://a.test/t\", code_challenge_methods_supported = [\"S256\"] }\n\
         authorization_details = [{ type = \"payment\", amount = 1.5, to = [\"b\"] }]",
    );
    let client = parse(&source).manifest.unwrap().clients.remove(0);
    let redirect = client.redirect_uri.unwrap();
    assert!(redirect.is_loopback() && redirect.url().port().is_none());
    assert_eq!(
        (client.always_request.to_string().as_str(), client.max_age, client.dpop),
        ("offline_access", Some(300), true)
    );
    assert_eq!(
        serde_json::Value::from(client.metadata).to_string(),
        r#"{"token_endpoint":"https://a.test/t","code_challenge_methods_supported":["S256"]}"#
    );
    assert_eq!(client.authorization_details.unwrap().to_string(), r#"[{"type":"payment","amount":1.5,"to":["b"]}]"#);
}

proptest! {
    #[test]
    fn parsing_never_panics(position in 0usize..1200, text in "[\\[\\]{}=\",./a# \n]{0,3}") {
        let mut source = EXAMPLE.to_owned();
        let position = position.min(source.len());
        if source.is_char_boundary(position) {
            source.insert_str(position, &text);
        }
        let parsed = parse(&source);
        for finding in &parsed.findings {
            let _ = crate::manifest::render("t", &source, finding);
        }
    }

    #[test]
    fn filled_templates_are_routed_to_their_endpoint(id in "[a-z%/ é:]{1,6}") {
        let manifest = parse(EXAMPLE).manifest.unwrap();
        let endpoint = manifest.apis[0].endpoints.iter().find(|endpoint| endpoint.to_string() == "GET /orders/{id}").unwrap();
        let path = endpoint.template.fill(|_| Some(id.clone())).unwrap();
        let route = manifest.apis[0].route("GET", &path).unwrap();
        prop_assert_eq!(route.parameters, vec![("id".to_owned(), id)]);
    }
}

#[test]
fn non_ascii_hosts_are_reported() {
    let foreign = EXAMPLE.replace("login.example.com", "login.ex\u{430}mple.com");
    let parsed = parse(&foreign);
    assert!(parsed.manifest.is_some());
    let found: Vec<_> = parsed.findings.iter().filter(|finding| finding.code.name == "host-not-ascii").collect();
    assert_eq!(found.len(), 2, "{:?}", parsed.findings);
    assert!(found.iter().all(|finding| finding.message.contains("login.xn--exmple-4nf.com")));
}

#[test]
fn policy_errors_have_a_code_a_position_and_a_hint() {
    let policy = |rule: &str| format!("{}[[policy]]\n{rule}\n", with("", "", ""));
    for (source, expected) in [
        (policy("effect = \"permit\""), "value-wrong 11:10 valid values: deny, approve, allow"),
        (policy("reason = \"r\""), "key-missing 10:1"),
        (policy("effect = \"deny\"\nendpoint = \"GET /r\""), "key-unknown 12:1 did you mean `endpoints`?"),
        (policy("effect = \"deny\"\nwhen = { enviroment = \"p\" }"), "key-unknown 12:10 did you mean `environment`?"),
        (
            policy("effect = \"deny\"\nwhen = { moon = \"full\" }"),
            "key-unknown 12:10 valid keys: environment, ci, branch, hours, outside_hours, caller, interactive, \
             max_sign_in_age, min_sign_in_age",
        ),
        (policy("effect = \"deny\"\nwhen = { ci = \"yes\" }"), "value-wrong 12:15"),
        (
            policy("effect = \"deny\"\nendpoints = [\"/r\"]"),
            "endpoint-wrong 12:14 write it like `DELETE /orders/{id}`, `* /admin/*` or `*`",
        ),
        (
            policy("effect = \"deny\"\nendpoints = [\"get /r\"]"),
            "endpoint-wrong 12:14 write it like `DELETE /orders/{id}`, `* /admin/*` or `*`",
        ),
        (policy("effect = \"deny\"\nendpoints = []"), "value-wrong 12:13 omit `endpoints` to match any"),
        (
            policy("effect = \"deny\"\nmethods = \"get\""),
            "value-wrong 12:11 write `read`, `write` or a method in upper case",
        ),
        (policy("effect = \"deny\"\nclients = [\"cc\"]"), "policy-name-unknown 12:12 did you mean `c`?"),
        (policy("effect = \"deny\"\napis = \"orders\""), "policy-name-unknown 12:8 known: a"),
        (policy("effect = \"deny\"\nscopes = \"a b\""), "scope-wrong 12:10"),
        (policy("effect = \"deny\"\nrisk = \"severe\""), "value-wrong 12:8 valid values: low, medium, high, critical"),
        (
            policy("effect = \"deny\"\nwhen = { hours = \"09:00-18:00\" }"),
            "window-wrong 12:18 add a time zone, such as `Europe/Berlin` or `UTC`",
        ),
        (
            policy("effect = \"deny\"\nwhen = { hours = \"09:00-09:00 UTC\" }"),
            "window-wrong 12:18 write `00:00-24:00` for the whole day",
        ),
        (
            policy("effect = \"deny\"\nwhen = { hours = \"09:00-18:00 Europe/Berln\" }"),
            "window-wrong 12:18 did you mean `Europe/Berlin`?",
        ),
        (
            policy("effect = \"deny\"\nwhen = { hours = [\"09:00-12:00 UTC\", \"11:00-13:00 UTC\"] }"),
            "window-overlap 12:38 the end of a window does not belong to it: `09:00-12:00` and `12:00-18:00` don't overlap",
        ),
        (
            policy("effect = \"deny\"\nwhen = { hours = [\"09:00-12:00 UTC\", \"11:00-12:00 Europe/Berlin\"] }"),
            "window-overlap-zones 12:38 a time in one of them is enough",
        ),
        (
            policy("effect = \"deny\"\nwhen = { max_sign_in_age = \"1h\", min_sign_in_age = \"2h\" }"),
            "value-wrong 12:52 use one of them",
        ),
        (
            policy("effect = \"deny\"\napprovers = \"leads\""),
            "approvers-unknown 12:13 add `[approvers.leads]`|value-wrong 12:13 set `effect = \"approve\"`, or remove `approvers`",
        ),
        (format!("policy_default = \"ask\"\n{}", with("", "", "")), "value-wrong 1:18 valid values: allow, deny"),
        (
            format!("{}[policy]\neffect = \"deny\"\n", with("", "", "")),
            "value-wrong 10:1 write each rule as `[[policy]]`",
        ),
    ] {
        let found: Vec<String> = parse(&source)
            .findings
            .iter()
            .map(|finding| {
                let (line, column) = line_column(&source, finding.span.as_ref().map_or(0, |span| span.start));
                format!("{} {line}:{column} {}", finding.code.name, finding.help.as_deref().unwrap_or_default())
                    .trim()
                    .to_owned()
            })
            .collect();
        assert_eq!(found.join("|"), expected, "{source}");
    }
}
