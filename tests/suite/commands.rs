//! The program as a user runs it: arguments, stdin, exit codes, output streams.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test should panic")]

use std::process::Output;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::program;

const MANIFEST: &str = r#"[api.orders]
base_url = "https://api.example.com/v1"
issuer   = "https://login.example.com"
audience = "https://api.example.com"
[api.orders.scopes]
"orders:read"    = { risk = "low" }
"orders:write"   = { risk = "high", implies = ["orders:read"] }
"orders:delete"  = { risk = "high" }
"orders:admin"   = { risk = "critical", implies = ["orders:*"] }
"customers:read" = {}
[api.orders.endpoints]
"GET /orders"         = "orders:read"
"GET /orders/{id}"    = "orders:read"
"POST /orders"        = ["orders:write", "customers:read"]
"DELETE /orders/{id}" = { any_of = ["orders:admin", ["orders:write", "orders:delete"]] }
"GET /health"         = []
[client.dev]
issuer      = "https://login.example.com"
client_id   = "dev"
may_request = ["orders:read", "orders:write", "customers:read"]
"#;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tokscope.toml"), MANIFEST).unwrap();
        Self(folder)
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = program::tokscope();
        command.args(arguments).current_dir(self.0.path());
        program::output(&mut command, input)
    }
}

fn token(header: &str, payload: &str) -> String {
    format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
}

fn granting(scope: &str, rest: &str) -> String {
    token(
        r#"{"alg":"RS256","typ":"at+jwt"}"#,
        &format!(
            r#"{{"iss":"https://login.example.com","aud":"https://api.example.com","exp":4102444800,"scope":"{scope}"{rest}}}"#
        ),
    )
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn check_reports_exactly_the_missing_scopes() {
    let folder = Folder::new();
    for (token, endpoint, code, verdict, missing, not_needed) in [
        (granting("orders:read", ""), "POST /orders", 3, "missing", r#"[["customers:read","orders:write"]]"#, "[]"),
        (granting("orders:write customers:read", ""), "POST /orders", 0, "allowed", "[]", "[]"),
        (granting("orders:write profile", ""), "GET /orders/7", 0, "allowed", "[]", "[\"profile\"]"),
        (
            granting("orders:write", ""),
            "DELETE /orders/7",
            3,
            "missing",
            r#"[["orders:delete"],["orders:admin"]]"#,
            "[]",
        ),
        (granting("", ""), "GET /health", 0, "allowed", "[]", "[]"),
        (granting("orders:read", r#","exp":1"#), "GET /orders", 4, "unusable", "[]", "[]"),
        (granting("orders:read", r#","nbf":4102444000"#), "GET /orders", 4, "unusable", "[]", "[]"),
        (granting("orders:read", r#","aud":"other""#), "GET /orders", 4, "unusable", "[]", "[]"),
        (granting("orders:read", r#","iss":"https://evil.test""#), "GET /orders", 4, "unusable", "[]", "[]"),
        ("opaque-reference-token".to_owned(), "GET /orders", 4, "unusable", "[]", "[]"),
    ] {
        let output = folder.run(&["check", &token, "--endpoint", endpoint, "--json"], "");
        assert_eq!(output.status.code(), Some(code), "{endpoint} {}", text(&output.stderr));
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["schema"], "tokscope.check/v1");
        assert_eq!(document["verdict"], verdict);
        assert_eq!(document["missing"].to_string(), missing, "{endpoint}");
        assert_eq!(document["not_needed"].to_string(), not_needed, "{endpoint}");
    }
    let output = folder.run(&["check", "--endpoint", "GET /order"], &granting("x", ""));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("similar endpoints: `GET /orders`"), "{}", text(&output.stderr));
}

#[test]
fn decode_reports_every_oddity_of_a_token() {
    let folder = Folder::new();
    let signed = r#"{"alg":"RS256"}"#;
    for (token, code, said) in [
        (token(r#"{"alg":"none"}"#, "{}"), 0, "alg-none"),
        (token(r#"{"alg":"ES512"}"#, "{}"), 0, "ECDSA on P-521"),
        (token(r#"{"alg":"XYZ","frob":1}"#, "{}"), 0, "parameter-unknown"),
        (token(signed, r#"{"n":123456789012345678901234567890}"#), 0, "123456789012345678901234567890"),
        (token(signed, r#"{"a":1,"a":2}"#), 0, "member-duplicate"),
        (token(signed, r#"{"exp":9223372036854775807}"#), 0, "time-out-of-range"),
        (token(signed, r#"{"exp":4102444800000}"#), 0, "time-milliseconds"),
        ("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aXY.Y2lwaGVy.dGFn".to_owned(), 0, "encrypted"),
        ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSIsImV".to_owned(), 4, "token-truncated"),
        (token(signed, "{\"sub\":\"\u{1b}[31mred\u{202e}\"}"), 4, "token-malformed"),
        (token(signed, r#"{"sub":"\u001b[31mred\u202e"}"#), 0, r"\u{1b}[31mred\u{202e}"),
    ] {
        let output = folder.run(&["decode", &token], "");
        assert_eq!(output.status.code(), Some(code), "{token}: {}", text(&output.stderr));
        let shown = text(&output.stdout);
        assert!(shown.contains(said), "{token}: {shown}");
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown}");
        let output = folder.run(&["decode", "--json"], &format!("Authorization: Bearer {token}\n"));
        assert_eq!(output.status.code(), Some(code));
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["verification"]["status"], "not-checked");
    }
    let token = token(signed, r#"{"sub":"alice","realm_access":{"roles":["a"]}}"#);
    assert_eq!(text(&folder.run(&["decode", "--claim", "sub", &token], "").stdout), "alice\n");
    assert_eq!(text(&folder.run(&["decode", "--claim", "/realm_access/roles/0", &token], "").stdout), "a\n");
    assert_eq!(folder.run(&["decode", "--claim", "none", &token], "").status.code(), Some(1));
    assert_eq!(folder.run(&["decode"], "").status.code(), Some(2));
}

#[test]
fn demo_runs_as_text_and_names_the_missing_scope() {
    let folder = Folder::new();
    let output = folder.run(&["demo"], "");
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for line in [
        "missing scope: customers:read (certain)",
        "requested customers:read orders:read",
        "customers/1: 200 in",
        "missing scope: reports:read (likely)",
        "the sources disagree",
        "requested but not granted:",
    ] {
        assert!(shown.contains(line), "`{line}` is not in: {shown}");
    }
    assert!(!shown.contains('\u{1b}'));
}

#[test]
fn misplaced_tokens_are_not_repeated_in_errors() {
    let folder = Folder::new();
    let token = granting("orders:read", r#","needle":"a-b""#);
    let (_, rest) = token.split_once('.').unwrap();
    let needle = &rest.as_bytes()[..40];
    for arguments in [
        &["why", &token][..],
        &["decode", "--file", &token],
        &["decode", "--env", &token],
        &["decode", "x", &token],
        &["check", "-e", &token, "x"],
        &["scopes", "-e", &token],
        &["call", &token],
        &["explain", &token],
        &["manifest", "import", &token],
        &["discover", &token],
        &[&token],
    ] {
        let output = folder.run(arguments, "");
        assert_ne!(output.status.code(), Some(0), "{arguments:?}");
        for bytes in [&output.stdout, &output.stderr] {
            assert!(!bytes.windows(needle.len()).any(|window| window == needle), "{arguments:?}");
        }
    }
}
