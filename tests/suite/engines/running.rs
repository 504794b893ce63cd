//! What runs, compared with the manifest: one file of each format, with the findings and their lines.

use std::fs;
use std::path::Path;

use serde_json::Value;

const MANIFEST: &str = r#"[api.orders]
base_url = "https://api.example.com/v1"
issuer = "https://login.example.com"
audience = "https://api.example.com"

[api.orders.scopes]
"orders:read" = {}
"orders:write" = { implies = ["orders:read"] }
"customers:read" = {}

[api.orders.endpoints]
"GET /orders" = "orders:read"
"GET /orders/{id}" = "orders:read"
"POST /orders" = ["orders:write", "customers:read"]
"GET /health" = []

[client.dev]
issuer = "https://login.example.com"
client_id = "orders-dev"
grants = ["authorization_code"]
may_request = ["orders:read"]
"#;

/// Compares a file, and returns each finding as `line: code: message`.
fn drift(folder: &Path, manifest: &str, name: &str, text: &str) -> (String, Vec<String>) {
    fs::write(folder.join("tokscope.toml"), manifest).unwrap();
    fs::write(folder.join(name), text).unwrap();
    let mut command = crate::program::tokscope();
    command.args(["manifest", "drift", "--json", "--running", name]).current_dir(folder);
    let output = crate::program::output(&mut command, "");
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(matches!(output.status.code(), Some(0 | 6)), "{name}: {shown}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let line = |finding: &Value| {
        let line = finding["line"].as_u64().or_else(|| finding["place"]["line"].as_u64()).unwrap_or_default();
        format!("{line}: {}: {}", finding["code"].as_str().unwrap(), finding["message"].as_str().unwrap())
    };
    let mut lines: Vec<String> = document["findings"].as_array().unwrap().iter().map(line).collect();
    lines.sort();
    (shown, lines)
}

#[track_caller]
fn assert_drift(name: &str, text: &str, format: &str, expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let (shown, found) = drift(folder.path(), MANIFEST, name, text);
    assert!(shown.contains(&format!("{name}: {format}")), "{name}: {shown}");
    assert_eq!(found, expected, "{name}");
}

#[test]
fn routes_of_a_listener_with_envoy_rbac_are_compared() {
    let text = r#"static_resources:
  listeners:
    - filter_chains:
        - filters:
            - typed_config:
                route_config:
                  virtual_hosts: [{ name: all, domains: ["*"], routes: [{ match: { prefix: / }, route: { cluster: api } }] }]
                http_filters:
                  - name: jwt
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
                      providers:
                        login: { issuer: "https://login.example.com", audiences: ["https://api.example.com"] }
                      rules: [{ match: { prefix: / }, requires: { provider_name: login } }]
                  - name: rbac
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
                      rules:
                        action: ALLOW
                        policies:
                          read:
                            permissions:
                              - and_rules:
                                  rules:
                                    - header: { name: ":method", string_match: { exact: GET } }
                                    - url_path: { path: { prefix: /v1/orders } }
                            principals:
                              - metadata:
                                  filter: envoy.filters.http.jwt_authn
                                  path: [{ key: payload }, { key: scope }]
                                  value: { string_match: { contains: "orders:read" } }
                          write:
                            permissions:
                              - and_rules:
                                  rules:
                                    - header: { name: ":method", string_match: { exact: POST } }
                                    - url_path: { path: { exact: /v1/orders } }
                            principals:
                              - metadata: { path: [{ key: scope }], value: { list_match: { one_of: { string_match: { exact: "orders:write" } } } } }
                              - metadata: { path: [{ key: scope }], value: { list_match: { one_of: { string_match: { exact: "customers:read" } } } } }
"#;

    assert_drift(
        "envoy.yaml",
        text,
        "Envoy",
        &[
            "0: running-missing: `GET /health` is denied: no route allows it",
            "23: running-weaker: `GET /orders/{id}` requires orders:read in the manifest, but accepts `*orders:read*` here",
            "23: running-weaker: `GET /orders` requires orders:read in the manifest, but accepts `*orders:read*` here",
            "34: running-any-of: `POST /orders` requires all of customers:read orders:write in the manifest, but any of orders:write | customers:read here",
        ],
    );
}

#[test]
fn policies_of_istio_are_compared_as_a_set() {
    let text = r#"apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: orders }
spec:
  jwtRules:
    - issuer: https://login.example.com
      audiences: [https://other.example.com]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: orders }
spec:
  rules:
    - to:
        - operation: { methods: [GET], paths: ["/v1/orders", "/v1/orders/*"] }
      when:
        - { key: "request.auth.claims[groups]", values: ["orders:read", "orders:write"] }
    - to:
        - operation: { methods: [POST], paths: ["/v1/orders"] }
      from:
        - source: { requestPrincipals: ["*"] }
    - to:
        - operation: { methods: [GET], paths: ["/v1/health", "/v1/metrics"] }
"#;
    assert_drift(
        "istio.yaml",
        text,
        "Istio",
        &[
            "17: running-claim: scopes are read from `groups`, but tokens have them in `scope` or `scp`",
            "19: running-open: `POST /orders` requires all of customers:read orders:write in the manifest, but any valid token here, also an ID token",
            "23: running-unlisted: `GET /v1/metrics` is not in the manifest",
            "7: running-token: tokens with the audience `https://other.example.com` are accepted, but the API's is `https://api.example.com`",
        ],
    );
}

#[test]
fn a_mesh_without_a_policy_that_allows_is_open() {
    let text = "apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nspec:\n  jwtRules:\n    - issuer: https://login.example.com\n      audiences: [https://api.example.com]\n";
    let folder = tempfile::tempdir().unwrap();
    let found = drift(folder.path(), MANIFEST, "istio.yaml", text).1;
    assert!(
        found.contains(&"0: running-default: requests that match no route pass without a token".to_owned()),
        "{found:?}"
    );
    assert_eq!(found.iter().filter(|line| line.contains("running-open")).count(), 3, "{found:?}");
}

#[test]
fn scopes_of_api_gateway_are_alternatives() {
    let text = r#"{
  "openapi": "3.0.1",
  "components": { "securitySchemes": { "login": {
    "type": "oauth2",
    "x-amazon-apigateway-authorizer": {
      "type": "jwt",
      "jwtConfiguration": { "issuer": "https://login.example.com", "audience": ["https://api.example.com"] }
    }
  } } },
  "paths": {
    "/orders": {
      "get": { "security": [{ "login": [] }] },
      "post": { "security": [{ "login": ["orders:write", "customers:read"] }] }
    },
    "/orders/{id}": { "x-amazon-apigateway-any-method": { "security": [{ "login": ["orders:read", "orders:write"] }] } },
    "/health": { "get": {} },
    "/{proxy+}": { "x-amazon-apigateway-any-method": {} }
  }
}
"#;
    assert_drift(
        "export.json",
        text,
        "AWS API Gateway",
        &[
            "12: running-open: `GET /orders` requires orders:read in the manifest, but any valid token here, also an ID token",
            "13: running-any-of: `POST /orders` requires all of customers:read orders:write in the manifest, but any of orders:write | customers:read here",
            "17: running-default: `* /{proxy+}` lets requests pass without a token that match no endpoint",
        ],
    );
}

#[test]
fn routes_of_sam_and_cloudformation_are_compared() {
    let text = r#"Transform: AWS::Serverless-2016-10-31
Resources:
  Gateway:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Login
        Authorizers:
          Login:
            JwtConfiguration: { issuer: "https://login.example.com", audience: ["https://api.example.com"] }
  List:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        All: { Type: HttpApi, Properties: { ApiId: !Ref Gateway, Method: GET, Path: /orders } }
        One: { Type: HttpApi, Properties: { ApiId: !Ref Gateway, Method: GET, Path: "/orders/{id}", Auth: { Authorizer: NONE } } }
        New:
          Type: HttpApi
          Properties:
            ApiId: !Ref Gateway
            Method: POST
            Path: /orders
            Auth: { AuthorizationScopes: ["orders:write"] }
        Health: { Type: HttpApi, Properties: { ApiId: !Ref Gateway, Method: GET, Path: /health, Auth: { Authorizer: NONE } } }
"#;
    assert_drift(
        "template.yaml",
        text,
        "AWS SAM template",
        &[
            "15: running-any-of: `POST /orders` requires all of customers:read orders:write in the manifest, but orders:write here",
            "15: running-open: `GET /orders` requires orders:read in the manifest, but any valid token here, also an ID token",
            "16: running-open: `GET /orders/{id}` requires orders:read in the manifest, but nothing here",
        ],
    );
}

#[test]
fn a_state_of_terraform_is_compared() {
    let text = r#"{
  "format_version": "1.0",
  "values": { "root_module": {
    "resources": [
      { "address": "aws_apigatewayv2_authorizer.login", "type": "aws_apigatewayv2_authorizer",
        "values": { "jwt_configuration": [{ "issuer": "https://login.example.com", "audience": ["https://api.example.com"] }] } }
    ],
    "child_modules": [{ "resources": [
      { "address": "module.api.aws_apigatewayv2_route.list", "type": "aws_apigatewayv2_route",
        "values": { "route_key": "GET /orders", "authorization_type": "JWT", "authorization_scopes": ["orders:read", "orders:write"] } },
      { "address": "module.api.aws_apigatewayv2_route.one", "type": "aws_apigatewayv2_route",
        "values": { "route_key": "GET /orders/{id}", "authorization_type": "NONE", "authorization_scopes": null } },
      { "address": "module.api.aws_apigatewayv2_route.new", "type": "aws_apigatewayv2_route",
        "values": { "route_key": "POST /orders", "authorization_type": "CUSTOM" } },
      { "address": "module.api.aws_apigatewayv2_route.health", "type": "aws_apigatewayv2_route",
        "values": { "route_key": "GET /health", "authorization_type": "NONE" } },
      { "address": "module.login.okta_auth_server_policy.dev", "type": "okta_auth_server_policy",
        "values": { "id": "00p1", "client_whitelist": ["orders-dev"] } },
      { "address": "module.login.okta_auth_server_policy_rule.dev", "type": "okta_auth_server_policy_rule",
        "values": { "policy_id": "00p1", "scope_whitelist": ["*"] } },
      { "address": "module.login.okta_auth_server_scope.read", "type": "okta_auth_server_scope",
        "values": { "name": "orders:read" } }
    ] }]
  } }
}
"#;
    assert_drift(
        "state.json",
        text,
        "Terraform",
        &[
            "0: server-scope-missing: `customers:read` is required, but does not exist at the authorization server",
            "0: server-scope-missing: `orders:write` is required, but does not exist at the authorization server",
            "11: running-open: `GET /orders/{id}` requires orders:read in the manifest, but nothing here",
            "13: running-unread: `POST /orders` is not compared: its authorization has the type `CUSTOM`",
            "19: server-client-wider: client `dev` may request every scope at the authorization server",
        ],
    );
}

#[test]
fn plugins_of_kong_are_read_from_route_service_and_configuration() {
    let text = r#"_format_version: "3.0"
services:
  - name: orders
    url: http://orders.internal/v1
    plugins:
      - name: openid-connect
        config:
          issuer: https://login.example.com/.well-known/openid-configuration
          audience_required: [https://api.example.com]
          scopes_required: ["orders:read", "orders:write"]
    routes:
      - name: read
        methods: [GET]
        paths: ["~/orders$", "~/orders/[^/]+$"]
      - name: create
        methods: [POST]
        paths: ["/orders"]
        plugins:
          - name: openid-connect
            config:
              audience_required: [https://api.example.com]
              scopes_required: ["orders:write customers:read", "orders:admin"]
  - name: open
    routes:
      - name: health
        paths: ["/health"]
"#;
    assert_drift(
        "kong.yaml",
        text,
        "Kong",
        &[
            "17: running-weaker: `POST /orders` requires all of customers:read orders:write in the manifest, but accepts `orders:admin` here",
        ],
    );
}

#[test]
fn a_matcher_of_krakend_is_all_only_if_it_says_so() {
    let text = r#"{
  "version": 3,
  "endpoints": [
    { "endpoint": "/v1/orders", "backend": [{}], "extra_config": { "auth/validator": {
      "issuer": "https://login.example.com", "audience": ["https://api.example.com"],
      "scopes": ["orders:read"], "scopes_key": "scope" } } },
    { "endpoint": "/v1/orders/{id}", "backend": [{}], "extra_config": { "auth/validator": {
      "issuer": "https://login.example.com", "audience": ["https://api.example.com"], "scopes": ["orders:read"] } } },
    { "endpoint": "/v1/orders", "method": "POST", "backend": [{}], "extra_config": { "auth/validator": {
      "scopes": ["orders:write", "customers:read"], "scopes_key": "scope", "scopes_matcher": "ALL" } } },
    { "endpoint": "/v1/health", "backend": [{}] }
  ]
}
"#;
    assert_drift(
        "krakend.json",
        text,
        "KrakenD",
        &[
            "7: running-open: `GET /orders/{id}` requires orders:read in the manifest, but any valid token here, also an ID token",
            "9: running-any-of: `POST /orders` requires all of customers:read orders:write in the manifest, but any of orders:write | customers:read here",
            "9: running-token: tokens with any audience are accepted, but the API's is `https://api.example.com`",
        ],
    );
}

const SERVER: [&str; 4] = [
    "server-client-wider: client `dev` may request `orders:write` at the authorization server, but not in the manifest",
    "server-scope-missing: `customers:read` is required, but does not exist at the authorization server",
    "server-scope-unneeded: `orders:export` exists at the authorization server, but no endpoint requires it",
    "server-client-unlisted: `batch` may request `orders:read`, and is not a client of the manifest",
];

#[track_caller]
fn assert_server(name: &str, text: &str, format: &str, more: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let (shown, found) = drift(folder.path(), MANIFEST, name, text);
    assert!(shown.contains(&format!("{name}: {format}")), "{name}: {shown}");
    let found: Vec<String> = found.iter().map(|line| line.split_once(": ").unwrap().1.to_owned()).collect();
    let mut expected: Vec<&str> = SERVER.iter().chain(more).copied().collect();
    expected.sort_unstable();
    let mut sorted = found.clone();
    sorted.sort();
    assert_eq!(sorted, expected, "{name}");
}

#[test]
fn scopes_and_ceilings_of_authorization_servers_are_compared() {
    assert_server(
        "realm.json",
        r#"{ "realm": "main",
  "clientScopes": [
    { "name": "orders:read", "protocol": "openid-connect", "attributes": { "include.in.token.scope": "true" } },
    { "name": "orders:write", "protocol": "openid-connect" },
    { "name": "orders:export", "protocol": "openid-connect" },
    { "name": "customers:read", "protocol": "openid-connect", "attributes": { "include.in.token.scope": "false" } },
    { "name": "profile", "protocol": "openid-connect" }
  ],
  "clients": [
    { "clientId": "orders-dev", "defaultClientScopes": ["profile", "orders:read"], "optionalClientScopes": ["orders:write"] },
    { "clientId": "batch", "optionalClientScopes": ["orders:read"], "defaultClientScopes": [] },
    { "clientId": "account", "defaultClientScopes": ["profile"] }
  ]
}"#,
        "Keycloak",
        &["server-scope-default: client `orders-dev` gets `orders:read` even if it does not request it"],
    );
    assert_server(
        "tenant.yaml",
        "resourceServers:\n  - identifier: https://api.example.com\n    scopes:\n      - value: orders:read\n      - value: orders:write\n      - value: orders:export\n  \
         - identifier: https://other.example.com\n    scopes:\n      - value: other:read\nclients:\n  - { name: Orders, client_id: orders-dev }\nclientGrants:\n  \
         - { client_id: Orders, audience: https://api.example.com, scope: [orders:read, orders:write] }\n  \
         - { client_id: batch, audience: https://api.example.com, scope: [orders:read] }\n  \
         - { client_id: batch, audience: https://other.example.com, scope: [orders:write] }\n",
        "Auth0",
        &[],
    );
    assert_server(
        "okta.json",
        r#"{ "scopes": [
    { "name": "openid", "system": true, "consent": "IMPLICIT" },
    { "name": "orders:read", "consent": "IMPLICIT", "default": true },
    { "name": "orders:write", "consent": "IMPLICIT" },
    { "name": "orders:export", "metadataPublish": "NO_CLIENTS" } ],
  "policies": [
    { "conditions": { "clients": { "include": ["orders-dev"] } }, "rules": [{ "conditions": { "scopes": { "include": ["openid", "orders:read", "orders:write"] } } }] },
    { "conditions": { "clients": { "include": ["batch"] } }, "rules": [{ "conditions": { "scopes": { "include": ["orders:read"] } } }] }
  ] }"#,
        "Okta",
        &["server-scope-default: `orders:read` is granted to clients that request no scope"],
    );
    assert_server(
        "apps.json",
        r#"{ "value": [
    { "appId": "api", "api": { "oauth2PermissionScopes": [
      { "id": "1", "value": "orders:read", "isEnabled": true }, { "id": "2", "value": "orders:write" } ] },
      "appRoles": [ { "id": "3", "value": "orders:export" }, { "id": "4", "value": "customers:read", "isEnabled": false } ] },
    { "appId": "orders-dev", "requiredResourceAccess": [{ "resourceAppId": "api", "resourceAccess": [{ "id": "1", "type": "Scope" }, { "id": "2", "type": "Scope" }] }] },
    { "appId": "batch", "requiredResourceAccess": [{ "resourceAppId": "api", "resourceAccess": [{ "id": "1", "type": "Scope" }, { "id": "9", "type": "Role" }] }] }
  ] }"#,
        "Microsoft Entra ID",
        &[],
    );
}

#[test]
fn what_was_exported_is_read_without_findings() {
    let folder = tempfile::tempdir().unwrap();
    let realm = |text: &str| {
        text.replace("https://login.example.com", "https://login.example.com/realms/main").replace(
            "audience = \"https://api.example.com\"",
            "audience = \"api://6f1c8e9a-0b57-4d2e-9a3c-2f4b1d7c5e80\"",
        )
    };
    let manifest = realm(MANIFEST);
    fs::write(folder.path().join("tokscope.toml"), &manifest).unwrap();
    for (engine, options) in [
        ("envoy", &["--keys", "/etc/jwks.json"][..]),
        ("istio", &[]),
        ("aws", &["--deny", "POST /orders"]),
        ("keycloak", &[]),
        ("auth0", &[]),
        ("okta", &[]),
        ("entra", &[]),
    ] {
        let mut command = crate::program::tokscope();
        command.args(["manifest", "export", engine]).args(options).current_dir(folder.path());
        let output = crate::program::output(&mut command, "");
        assert!(output.status.success(), "{engine}: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let (_, found) = drift(folder.path(), &manifest, engine, &text);
        let expected: &[&str] = match engine {
            "aws" => &["0: running-missing: `POST /orders` is denied: no route allows it"],
            _ => &[],
        };
        assert_eq!(found, expected, "{engine}: {text}");
    }
}

#[test]
fn routes_of_a_running_engine_are_imported() {
    let folder = tempfile::tempdir().unwrap();
    let kong = r#"_format_version: "3.0"
services:
  - name: orders
    routes:
      - { name: read, methods: [GET], paths: ["/orders"], plugins: [{ name: openid-connect, config: { issuer: "https://login.example.com", audience_required: ["https://api.example.com"], scopes_required: ["orders:read", "orders:write customers:read"] } }] }
      - { name: rest, methods: [GET], paths: ["~/files/.*"] }
"#;
    fs::write(folder.path().join("kong.yaml"), kong).unwrap();
    let mut command = crate::program::tokscope();
    command
        .args(["manifest", "import", "kong.yaml", "--base-url", "https://api.example.com"])
        .current_dir(folder.path());
    let output = crate::program::output(&mut command, "");
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    let manifest = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains("Kong: 1 operations") && shown.contains("its path is a pattern"), "{shown}");
    assert!(manifest.contains("issuer = \"https://login.example.com\""), "{manifest}");
    assert!(manifest.contains("audience = \"https://api.example.com\""), "{manifest}");
    let line = manifest.lines().find(|line| line.starts_with("\"GET /orders\"")).unwrap_or_default();
    assert!(line.contains("any_of = [\"orders:read\", [\"customers:read\", \"orders:write\"]]"), "{manifest}");
}

#[test]
fn files_that_are_not_known_are_refused_with_the_formats_that_are() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tokscope.toml"), MANIFEST).unwrap();
    for (text, reason) in [
        ("a: 1\n", "its format is not known"),
        ("", "the file is empty"),
        ("{\"a\": ", "did not find expected node content"),
        (&("[".repeat(200) + &"]".repeat(200)), "nested too deeply"),
    ] {
        fs::write(folder.path().join("x.yaml"), text).unwrap();
        let mut command = crate::program::tokscope();
        command.args(["manifest", "drift", "--running", "x.yaml"]).current_dir(folder.path());
        let output = crate::program::output(&mut command, "");
        let shown = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{shown}");
        assert!(shown.contains(reason), "{shown}");
    }
}
