//! A sample manifest and tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use crate::app::Context;

const MANIFEST: &str = r#"[api.orders]
title = "Orders"
base_url = "https://api.example.com/v1"
issuer = "https://login.example.com"
audience = "https://api.example.com"
[api.orders.scopes]
"orders:read" = { description = "Read orders", risk = "low" }
"orders:write" = { description = "Place and change orders", risk = "high", implies = ["orders:read"] }
"orders:delete" = { description = "Delete orders", risk = "high" }
"orders:admin" = { description = "Do anything with orders", risk = "critical", implies = ["orders:*"] }
"customers:read" = { description = "Read names and addresses of customers", risk = "medium" }
[api.orders.endpoints]
"GET /orders" = "orders:read"
"GET /orders/{id}" = "orders:read"
"POST /orders" = ["orders:write", "customers:read"]
"DELETE /orders/{id}" = { any_of = ["orders:admin", ["orders:write", "orders:delete"]], summary = "Delete an order" }
"DELETE /orders/{id}/lines/{line}" = "orders:write"
"GET /customers/{id}" = "customers:read"
"GET /health" = []
[client.dev]
issuer = "https://login.example.com"
client_id = "dev"
grants = ["authorization_code", "client_credentials"]
may_request = ["orders:read", "orders:write", "customers:read"]
[client.wide]
issuer = "https://login.example.com"
client_id = "wide"
"#;

/// 2025-11-23 19:40:00 UTC
pub(super) fn now() -> Timestamp {
    Timestamp::from_second(1_763_926_800).unwrap()
}

pub(super) fn context() -> Context {
    Context::from_source("tokscope.toml", MANIFEST).unwrap()
}

/// A token with these claims and an arbitrary signature.
pub(super) fn token(claims: &str) -> String {
    let header = r#"{"alg":"RS256","typ":"at+jwt","kid":"k1"}"#;
    format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims), URL_SAFE_NO_PAD.encode([7; 40]))
}

/// A token of Alice that expires in 54 minutes.
pub(super) fn alice() -> String {
    token(concat!(
        r#"{"iss":"https://login.example.com","sub":"alice","aud":"https://api.example.com","client_id":"dev","#,
        r#""scope":"orders:read profile","iat":1763926440,"exp":1763930040,"jti":"t-1"}"#
    ))
}

/// A manifest with many endpoints and scopes.
pub(super) fn large(endpoints: usize) -> Context {
    let mut manifest =
        String::from("[api.big]\nbase_url = \"https://a.test\"\nissuer = \"https://a.test\"\n[api.big.scopes]\n");
    for scope in 0..700 {
        manifest.push_str(&format!("\"area{scope}:read\" = {{}}\n"));
    }
    manifest.push_str("[api.big.endpoints]\n");
    for endpoint in 0..endpoints {
        manifest.push_str(&format!(
            "\"GET /area{}/things{endpoint}/{{id}}\" = \"area{}:read\"\n",
            endpoint % 700,
            endpoint % 700
        ));
    }
    manifest.push_str("[client.c]\nissuer = \"https://a.test\"\nclient_id = \"c\"\n");
    Context::from_source("big.toml", &manifest).unwrap()
}
