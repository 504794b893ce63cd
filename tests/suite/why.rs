//! `tokscope why` as the user runs it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests panic on failure")]

use std::process::Output;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::program;

const MANIFEST: &str = r#"
[api.orders]
base_url = "https://api.example.com/v1"
[api.orders.scopes]
"orders:read" = {}
"orders:write" = { risk = "high", implies = ["orders:read"] }
[api.orders.endpoints]
"GET /orders" = "orders:read"
"POST /orders" = "orders:write"
"PUT /orders" = "orders:write"
"#;

/// Runs `tokscope why` in a folder, optionally with the manifest.
fn run(arguments: &[&str], input: &str, with_manifest: bool) -> Output {
    let folder = tempfile::tempdir().unwrap();
    if with_manifest {
        std::fs::write(folder.path().join("tokscope.toml"), MANIFEST).unwrap();
    }
    let mut command = program::tokscope();
    command.arg("why").args(arguments).current_dir(folder.path());
    program::output(&mut command, input)
}

fn token(scope: &str) -> String {
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let claims = format!(r#"{{"scope":"{scope}","exp":4102444800}}"#);
    format!("{}.{}.c2lnbmF0dXJlb2Z0aGV0b2tlbjEyMw", part(r#"{"alg":"RS256"}"#), part(&claims))
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn verbose_curl_output_gives_endpoint_token_and_missing_scope() {
    let token = token("orders:read");
    let capture = format!(
        "* SSL connection using TLSv1.3\n> POST /v1/orders?key=needle HTTP/2\n> Host: api.example.com\n> Authorization: Bearer {token}\n>\n\
         < HTTP/2 403\n< www-authenticate: Bearer error=\"insufficient_scope\", scope=\"orders:write\"\n< set-cookie: a=needle\n<\nno\n"
    );
    let output = run(&["--json"], &capture, true);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(text(&output.stdout).starts_with("{\n  \"schema\": \"tokscope.why/v1\""));
    assert_eq!(document["cause"], "scope");
    assert_eq!(document["missing"].to_string(), r#"[["orders:write"]]"#);
    assert_eq!(document["opens"].to_string(), r#"[["PUT /orders"]]"#);
    assert_eq!((&document["confidence"], &document["agree"]), (&Value::from("certain"), &Value::from(true)));
    assert_eq!(document["request"]["endpoint"], "POST /orders");
    assert_eq!(document["evidence"]["token"]["says"], "has orders:read");
    assert_eq!(document["command"], "tokscope login --endpoint 'POST /orders'");
    assert_eq!((&document["rule"], &document["source"]), (&Value::from("scope"), &Value::from("RFC 6750 section 3.1")));
    for arguments in [&[][..], &["--json"], &["--markdown"]] {
        let output = run(arguments, &capture, true);
        let shown = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert!(shown.contains("orders:write"), "{shown}");
        assert!(!shown.contains("needle") && !shown.contains(&token), "{shown}");
    }
}

#[test]
fn markdown_masks_secrets_and_neutralizes_untrusted_markup() {
    let secret = token("a");
    let body = format!(r#"{{"message":"the token {secret} <b>@somebody</b> lacks the scope `x:y` | sorry"}}"#);
    let output = run(&["--status", "403", "--markdown"], &body, false);
    let shown = text(&output.stdout);
    assert!(shown.contains("missing scope: x:y"), "{shown}");
    assert!(!shown.contains("<b>") && !shown.contains("@somebody"), "{shown}");
    for part in secret.split('.') {
        assert!(!shown.contains(part), "{shown}");
    }
}
