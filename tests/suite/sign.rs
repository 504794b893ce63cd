//! `sign`: test tokens verify with the printed key set, and are never taken for real ones.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::program;

fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = program::tokscope();
    command.args(arguments).current_dir(folder).env("STRONG", "a secret of more than thirty-two bytes");
    command.env("WEAK", "your-256-bit-secret").env("PUBLISHED", "a-string-secret-at-least-256-bits-long");
    program::output(&mut command, input)
}

fn signed(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, &[&["sign"], arguments].concat(), "");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn decoded(folder: &Path, arguments: &[&str], token: &str) -> Value {
    let output = run(folder, &[&["decode", "--json"], arguments].concat(), token);
    serde_json::from_slice(&output.stdout).unwrap()
}

fn codes(document: &Value) -> Vec<&str> {
    document["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

#[test]
fn test_tokens_verify_with_their_key_set_for_every_algorithm() {
    let folder = tempfile::tempdir().unwrap();
    for algorithm in ["ES256", "ES384", "EdDSA", "RS256"] {
        let token = signed(folder.path(), &["--alg", algorithm, "--jwks", "jwks.json", "--audience", "orders"]);
        let document = decoded(folder.path(), &["--verify", "--jwks", "jwks.json", "--audience", "orders"], &token);
        assert_eq!(document["verification"]["status"], "verified", "{algorithm}: {document}");
        assert_eq!(document["header"]["alg"], algorithm);
        let published = std::fs::read_to_string(folder.path().join("jwks.json")).unwrap();
        assert!(!published.contains("\"d\""), "the private key is published: {published}");
    }
    let token = signed(folder.path(), &["--secret-env", "STRONG"]);
    let document = decoded(folder.path(), &["--verify", "--secret-env", "STRONG"], &token);
    assert_eq!(document["verification"]["status"], "verified", "{document}");
}

#[test]
fn test_tokens_are_marked_and_the_mark_can_not_be_removed() {
    let folder = tempfile::tempdir().unwrap();
    let token = signed(folder.path(), &["--audience", "orders"]);
    let document = decoded(folder.path(), &[], &token);
    assert_eq!(document["header"]["tokscope_test"], true);
    assert_eq!(document["claims"]["iss"], "https://tokscope.invalid");
    assert_eq!(codes(&document), ["test-token"]);
    for value in ["tokscope_test=false", "tokscope_test=null"] {
        let output = run(folder.path(), &["sign", "--header", value], "");
        assert_eq!(output.status.code(), Some(2), "{value}");
    }
    // the names of a real issuer and kind do not hide it
    let token =
        signed(folder.path(), &["--issuer", "https://login.example.com", "--typ", "JWT", "--audience", "orders"]);
    assert_eq!(codes(&decoded(folder.path(), &[], &token)), ["test-token"]);
}

#[test]
fn claims_come_from_a_file_then_options_then_pairs() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("claims.json"), r#"{"sub":"file","tenant":"a","scope":"x","jti":"1"}"#).unwrap();
    let arguments = [
        &["--claims", "claims.json", "--subject", "option", "--scope", "orders:read", "--scope", "b a"][..],
        &["--claim", "tenant=b", "--claim", "roles=[\"admin\"]", "--claim", "jti=null", "--expires-in", "5m"],
    ];
    let document = decoded(folder.path(), &[], &signed(folder.path(), &arguments.concat()));
    let claims = &document["claims"];
    assert_eq!((&claims["sub"], &claims["tenant"]), (&json!("option"), &json!("b")));
    assert_eq!((&claims["scope"], &claims["roles"]), (&json!("a b orders:read"), &json!(["admin"])));
    assert!(claims.get("jti").is_none());
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
}

#[cfg(unix)]
#[test]
fn a_saved_key_is_private_and_signs_again_and_is_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    signed(folder.path(), &["--save-key", "key.pem", "--jwks", "jwks.json"]);
    let key = folder.path().join("key.pem");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let token = signed(folder.path(), &["--key", "key.pem", "--audience", "orders"]);
    let document = decoded(folder.path(), &["--verify", "--jwks", "jwks.json", "--audience", "orders"], &token);
    assert_eq!(document["verification"]["status"], "verified", "{document}");
    let before = std::fs::read(&key).unwrap();
    let output = run(folder.path(), &["sign", "--save-key", "key.pem"], "");
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read(&key).unwrap(), before);
    let output = run(folder.path(), &["sign", "--key", "key.pem", "--header", "alg=RS256"], "");
    assert_eq!(output.status.code(), Some(2), "the key decides the algorithm");
}

#[test]
fn published_secrets_are_reported_and_short_ones_refused() {
    let folder = tempfile::tempdir().unwrap();
    let token = signed(folder.path(), &["--secret-env", "PUBLISHED", "--audience", "orders"]);
    assert_eq!(codes(&decoded(folder.path(), &[], &token)), ["test-token", "secret-well-known"]);
    let output = run(folder.path(), &["sign", "--secret-env", "WEAK"], "");
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
}
