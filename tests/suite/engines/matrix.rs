//! The matrix: tokens and requests, with what `tokscope check` says about each pair.

use std::path::Path;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokscope::app::{CheckOutcome, Context, LoadedToken, SigningSource, TestTokenRequest, check, sign_test_token};

pub(crate) const ISSUER: &str = "https://login.example.com";
pub(crate) const AUDIENCE: &str = "https://api.example.com";

/// Endpoints of every kind: literal, parameter, catch-all, HEAD, any of, all of, implied, a literal beside a parameter, a
/// literal after a parameter, public.
pub(crate) const MANIFEST: &str = r#"[api.orders]
base_url = "https://api.example.com/v1"
issuer = "https://login.example.com"
audience = "https://api.example.com"

[api.orders.scopes]
"orders:read" = {}
"orders:write" = { implies = ["orders:read"] }
"orders:delete" = {}
"orders:cancel" = {}
"orders:admin" = { implies = ["orders:*"] }
"customers:read" = {}
"files:read" = {}
"https://api.example.com/auth/reports.readonly" = {}
"reports:head" = {}

[api.orders.endpoints]
"GET /orders" = "orders:read"
"GET /orders/{id}" = "orders:read"
"GET /orders/mine" = "orders:delete"
"POST /orders" = ["orders:write", "customers:read"]
"DELETE /orders/{id}" = { any_of = ["orders:admin", ["orders:write", "orders:delete"]] }
"POST /orders/{id}:cancel" = "orders:cancel"
"POST /orders/{id}" = "orders:write"
"GET /orders/{id}/lines/{line}.json" = "orders:read"
"GET /files/{+path}" = "files:read"
"GET /reports" = "https://api.example.com/auth/reports.readonly"
"HEAD /reports" = "reports:head"
"GET /health" = []
"#;

/// Requests, each with its path below `/v1`.
pub(crate) const REQUESTS: [(&str, &str); 19] = [
    ("GET", "/orders"),
    ("GET", "/orders?page=2"),
    ("HEAD", "/orders"),
    ("GET", "/orders/7"),
    ("HEAD", "/orders/7"),
    ("GET", "/orders/mine"),
    ("GET", "/orders/minelike"),
    ("POST", "/orders"),
    ("DELETE", "/orders/7"),
    ("POST", "/orders/7:cancel"),
    ("POST", "/orders/7"),
    ("GET", "/orders/7/lines/3.json"),
    ("GET", "/files/a"),
    ("GET", "/files/a/b.txt"),
    ("GET", "/reports"),
    ("HEAD", "/reports"),
    ("GET", "/health"),
    ("HEAD", "/health"),
    ("DELETE", "/orders/mine"),
];

/// Requests that match no endpoint, or that servers read differently: every engine denies them, whatever the token.
pub(crate) const STRAY: [(&str, &str); 17] = [
    ("GET", "/"),
    ("GET", "/unknown"),
    ("PUT", "/orders"),
    ("DELETE", "/orders"),
    ("get", "/orders"),
    ("GET", "/ORDERS"),
    ("GET", "/orders/"),
    ("GET", "/orders/7/"),
    ("GET", "/ordersx"),
    ("GET", "/orders/7/lines/3xjson"),
    ("GET", "/files/"),
    ("GET", "/files"),
    ("GET", "/orders/7%2Flines%2F3.json"),
    ("GET", "/orders/..%2f..%2fadmin"),
    ("GET", "/orders/7%5C..%5Cmine"),
    ("GET", "/orders/7;x=1"),
    ("GET", "/orders%0A"),
];

/// A token by its name.
pub(crate) struct Token {
    pub(crate) name: &'static str,
    /// The token, if there is one.
    pub(crate) text: Option<String>,
}

/// A signing key in a folder: `key.pem`, `jwks.json` and `public.pem`.
pub(crate) fn key(folder: &Path) {
    let save = folder.join("key.pem");
    let source = SigningSource::Generated { algorithm: "RS256".to_owned(), save: Some(save.clone()) };
    let request = TestTokenRequest { claims: Map::new(), header: Map::new(), key: source };
    let made = sign_test_token(&request, Timestamp::now()).unwrap();
    std::fs::write(folder.join("jwks.json"), made.key_set.unwrap().to_string()).unwrap();
    let mut openssl = std::process::Command::new("openssl");
    openssl.args(["pkey", "-pubout", "-in"]).arg(&save).arg("-out").arg(folder.join("public.pem"));
    assert!(openssl.status().unwrap().success());
}

/// Signs claims with the key of a folder.
pub(crate) fn token(folder: &Path, header: Value, claims: Value) -> String {
    let object = |value: Value| if let Value::Object(members) = value { members } else { Map::new() };
    let mut all = Map::from_iter([("iss".to_owned(), json!(ISSUER)), ("aud".to_owned(), json!(AUDIENCE))]);
    all.extend(object(claims));
    let key = SigningSource::File(folder.join("key.pem"));
    let request = TestTokenRequest { claims: all, header: object(header), key };
    sign_test_token(&request, Timestamp::now()).unwrap().token.expose().to_owned()
}

/// Tokens of every kind, signed with the key of `folder`; `other`: a folder with another key.
pub(crate) fn tokens(folder: &Path, other: &Path) -> Vec<Token> {
    let now = Timestamp::now().as_second();
    let url = "https://api.example.com/auth/reports.readonly";
    let claims: [(&str, Value); 24] = [
        ("right scope", json!({ "scope": "orders:read" })),
        ("look-alike", json!({ "scope": "orders:readonly xorders:read orders.read Orders:Read" })),
        ("two scopes", json!({ "scope": "orders:write customers:read" })),
        ("two scopes of an alternative", json!({ "scope": "orders:delete orders:write" })),
        ("half of an alternative", json!({ "scope": "orders:delete" })),
        ("array", json!({ "scope": ["profile", "orders:read", "files:read"] })),
        ("array of a look-alike", json!({ "scope": ["orders:readonly"] })),
        ("scp", json!({ "scp": "profile orders:read" })),
        ("scp as an array", json!({ "scp": ["orders:cancel"] })),
        ("scope and scp", json!({ "scope": "orders:write", "scp": ["customers:read"] })),
        ("implying scope", json!({ "scope": "openid orders:admin" })),
        ("URL", json!({ "scope": format!("openid {url}") })),
        ("look-alike of a URL", json!({ "scope": "https://apixexample.com/auth/reports.readonly" })),
        ("HEAD only", json!({ "scope": "reports:head files:read" })),
        ("no scope", json!({})),
        ("empty scope", json!({ "scope": "" })),
        ("scope of another claim", json!({ "nested": { "scope": ["orders:read"] } })),
        ("expired", json!({ "scope": "orders:read orders:admin", "exp": now - 3600 })),
        ("wrong audience", json!({ "scope": "orders:read orders:admin", "aud": "https://other.example.com" })),
        ("several audiences", json!({ "scope": "orders:read", "aud": ["https://other.example.com", AUDIENCE] })),
        ("other issuer", json!({ "scope": "orders:read orders:admin", "iss": "https://evil.example.com" })),
        ("ID token", json!({ "scope": "orders:read", "nonce": "n", "at_hash": "x", "sub": "u" })),
        ("everything", json!({ "scope": format!("orders:admin customers:read files:read reports:head {url}") })),
        (
            "no audience match in a longer name",
            json!({ "scope": "orders:admin", "aud": format!("{AUDIENCE}.evil.test") }),
        ),
    ];
    let plain = |claims: &Value| token(folder, json!({ "typ": "JWT" }), claims.clone());
    let mut tokens: Vec<Token> =
        claims.iter().map(|(name, claims)| Token { name, text: Some(plain(claims)) }).collect();
    let scope = json!({ "scope": "orders:read orders:admin" });
    tokens.push(Token { name: "at+jwt", text: Some(token(folder, json!({}), scope.clone())) });
    tokens.push(Token { name: "other type", text: Some(token(folder, json!({ "typ": "dpop+jwt" }), scope.clone())) });
    tokens.push(Token { name: "other key", text: Some(token(other, json!({ "typ": "JWT" }), scope)) });
    tokens.push(Token { name: "not a JWT", text: Some("opaque".to_owned()) });
    tokens.push(Token { name: "none", text: None });
    tokens
}

/// What `tokscope check` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Allowed,
    /// A scope is missing.
    Missing,
    /// There is no usable token.
    Unusable,
}

impl Expected {
    /// Returns the status of RFC 6750 §3.1.
    pub(crate) fn status(self) -> u16 {
        match self {
            Self::Allowed => 200,
            Self::Missing => 403,
            Self::Unusable => 401,
        }
    }
}

/// Returns what `tokscope check` says. A signature is not checked there, and the matrix has one token with a wrong one.
pub(crate) fn expected(context: &Context, token: &Token, method: &str, path: &str) -> Expected {
    let endpoint = context.find(&format!("{method} {path}"), None).unwrap().id;
    let requirement = &context.endpoint(endpoint).unwrap().1.requirement;
    let now = Timestamp::now();
    let Some(text) = &token.text else {
        return if requirement.is_none() { Expected::Allowed } else { Expected::Unusable };
    };
    if token.name == "other key" {
        return Expected::Unusable;
    }
    let Ok(loaded) = LoadedToken::read(text, now) else { return Expected::Unusable };
    match check(context, &loaded, endpoint, now).unwrap().outcome {
        CheckOutcome::Allowed => Expected::Allowed,
        CheckOutcome::Missing | CheckOutcome::Unknown(_) => Expected::Missing,
        CheckOutcome::Unusable(_) => Expected::Unusable,
    }
}
