//! `decode --verify` as a user runs it: what rivals get wrong (forged, expired, not yet valid, unknown `crit`), the three
//! outcomes, the exit codes, and an issuer on loopback.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::program;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn message(header: &str, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

/// Signed by [`SECRET`].
fn hs256(header: &str, claims: &str) -> String {
    let message = message(header, claims);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // secret files that others can read are refused
        fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o700)).unwrap();
        fs::write(folder.path().join("secret"), format!("{SECRET}\n")).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = program::tokscope();
        command.args(arguments).current_dir(self.0.path()).env("SECRET_OF_THE_TEST", SECRET);
        program::output(&mut command, input)
    }

    /// The exit code, and the member `verification`.
    fn verify(&self, arguments: &[&str], token: &str) -> (Option<i32>, Value) {
        let output = self.run(&[&["decode", "--json", "--verify"], arguments].concat(), token);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code(), document["verification"].clone())
    }
}

fn result<'v>(verification: &'v Value, check: &str) -> &'v str {
    let checks = verification["checks"].as_array().unwrap();
    checks.iter().find(|one| one["check"] == check).unwrap()["result"].as_str().unwrap()
}

/// A case of the own vectors.
fn vector(name: &str) -> (Value, String) {
    let cases: Value = serde_json::from_str(include_str!("../vectors/signatures.json")).unwrap();
    let case = cases.as_array().unwrap().iter().find(|case| case["name"] == name).unwrap();
    (case["key"].clone(), case["token"].as_str().unwrap().to_owned())
}

#[test]
fn a_public_key_is_never_an_hmac_secret() {
    let folder = Folder::new();
    let cases: Value = serde_json::from_str(include_str!("../vectors/signatures.json")).unwrap();
    let mut seen = 0;
    for case in
        cases.as_array().unwrap().iter().filter(|case| case["name"].as_str().unwrap().starts_with("HS256 by the"))
    {
        let key = case["key"].as_str().map_or_else(|| case["key"].to_string(), str::to_owned);
        let (key, token) = (folder.file("key", key), case["token"].as_str().unwrap());
        let (code, verification) = folder.verify(&["--key", key.to_str().unwrap()], token);
        assert_eq!((code, &verification["status"]), (Some(4), &json!("failed")), "{}", case["name"]);
        assert_eq!(result(&verification, "signature"), "not-checked");
        let output = folder.run(&["decode", "--verify", "--secret-file", key.to_str().unwrap(), token], "");
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]), "{}", case["name"]);
        seen += 1;
    }
    assert!(seen >= 12, "{seen}");
}

#[test]
fn expired_is_expired_and_leeway_is_explicit() {
    let folder = Folder::new();
    for (ago, leeway, fine) in
        [(0, "0", false), (30, "0", false), (990, "0", false), (30, "60", true), (90, "60", false)]
    {
        let token = hs256(r#"{"alg":"HS256"}"#, &format!(r#"{{"exp":{}}}"#, now() - ago));
        let (code, verification) = folder.verify(&["--secret-file", "secret", "--leeway", leeway], &token);
        let expected = if fine { (Some(0), "ok", "verified") } else { (Some(4), "failed", "failed") };
        let seen = (code, result(&verification, "exp"), verification["status"].as_str().unwrap());
        assert_eq!(seen, expected, "{ago} s ago, leeway {leeway}");
        assert_eq!(result(&verification, "signature"), "ok");
        assert_eq!(verification["leeway"].to_string(), leeway);
    }
}

#[test]
fn not_yet_valid_and_wrong_types_fail() {
    let folder = Folder::new();
    let tomorrow = now() + 86_400;
    for (claims, check) in [
        (format!(r#"{{"nbf":{tomorrow}}}"#), "nbf"),
        (r#"{"nbf":"99999999999"}"#.to_owned(), "nbf"),
        (format!(r#"{{"iat":{tomorrow}}}"#), "iat"),
        (r#"{"exp":null}"#.to_owned(), "exp"),
        (r#"{"exp":[4102444800]}"#.to_owned(), "exp"),
        (r#"{"exp":true}"#.to_owned(), "exp"),
        (r#"{"exp":-5}"#.to_owned(), "exp"),
        (r#"{"aud":7}"#.to_owned(), "aud"),
        (r#"{"iss":{}}"#.to_owned(), "iss"),
    ] {
        let (code, verification) =
            folder.verify(&["--secret-env", "SECRET_OF_THE_TEST"], &hs256(r#"{"alg":"HS256"}"#, &claims));
        assert_eq!((code, result(&verification, check)), (Some(4), "failed"), "{claims}");
        assert_eq!(result(&verification, "signature"), "ok", "{claims}");
    }
    // beyond every calendar is far ahead, and no overflow
    for exp in ["9223372036854775807", "18446744073709551616", "1e300"] {
        let token = hs256(r#"{"alg":"HS256"}"#, &format!(r#"{{"exp":{exp}}}"#));
        assert_eq!(folder.verify(&["--secret-file", "secret"], &token).0, Some(0), "{exp}");
    }
}

#[test]
fn whatever_is_not_verified_has_its_exit_code() {
    let folder = Folder::new();
    let good = hs256(r#"{"alg":"HS256"}"#, r#"{"sub":"alice"}"#);
    let (start, _) = good.split_at(good.len() - 8);
    let (_, other_key) = vector("RS256");
    let unknown = hs256(r#"{"alg":"XX9"}"#, "{}");
    for (token, code, status) in [
        (good.as_str(), 0, "verified"),
        (&format!("{start}AAAAAAAA"), 4, "failed"),
        (&other_key, 4, "failed"),
        (&hs256(r#"{"alg":"HS256"}"#, r#"{"exp":"never"}"#), 4, "failed"),
        (&format!("{}.", message(r#"{"alg":"none"}"#, "{}")), 4, "failed"),
        (&unknown, 4, "not-checked"),
        ("gho_16C7e42F292c6912E7710c838347Ae178B4a", 4, "not-checked"),
    ] {
        let (seen, verification) = folder.verify(&["--secret-file", "secret"], token);
        assert_eq!((seen, &verification["status"]), (Some(code), &json!(status)), "{token}");
    }
    // without verification it is neither: the report states that, and the exit code is that of decoding
    let output = folder.run(&["decode", "--json", &good], "");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &document["verification"]["status"]), (Some(0), &json!("not-checked")));
}

#[test]
fn every_header_parameter_is_shown_and_an_unknown_crit_fails() {
    let folder = Folder::new();
    let header = r#"{"alg":"HS256","nonce":"n","x-custom":1,"crit":["x-custom"]}"#;
    let output = folder.run(&["decode", "--json", "--verify", "--secret-file", "secret", &hs256(header, "{}")], "");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["header"].to_string(), header);
    let verification = &document["verification"];
    assert_eq!((output.status.code(), result(verification, "crit")), (Some(4), "failed"));
    assert_eq!(result(verification, "signature"), "ok");
}

#[test]
fn a_part_of_a_token_that_is_not_verified_is_not_printed() {
    let folder = Folder::new();
    let (key, good) = vector("ES256");
    let key = folder.file("key", key.to_string());
    let (_, bad) = vector("ES256, another payload");
    for part in [&["--payload"][..], &["--claim", "sub"], &["--header"]] {
        // a token that comes with a line break is the same token
        for (token, code) in [(good.clone(), 0), (format!("{good}\n"), 0), (bad.clone(), 4)] {
            let output = folder.run(&[&["decode", "--verify", "--key", key.to_str().unwrap()], part].concat(), &token);
            assert_eq!(output.status.code(), Some(code), "{part:?}");
            assert_eq!(output.stdout.is_empty(), code != 0, "{part:?}");
        }
    }
    // the report says it first
    let output = folder.run(&["decode", "--key", key.to_str().unwrap(), &bad], "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("NOT verified: signature") && !text.contains("\n  verified"), "{text}");
}

#[test]
fn b14_the_signature_is_separate_from_the_claims() {
    let folder = Folder::new();
    let token = hs256(r#"{"alg":"HS256","typ":"at+jwt"}"#, r#"{"aud":["a","b"],"iss":"https://a.test/"}"#);
    for (expected, code, aud, iss, typ) in [
        (&[][..], 0, "not-checked", "not-checked", "not-checked"),
        (&["--audience", "b"], 0, "ok", "not-checked", "not-checked"),
        (&["--audience", "c", "--audience", "a"], 0, "ok", "not-checked", "not-checked"),
        (&["--audience", "c"], 4, "failed", "not-checked", "not-checked"),
        (&["--expect-issuer", "https://a.test/"], 0, "not-checked", "ok", "not-checked"),
        (&["--expect-issuer", "https://a.test"], 4, "not-checked", "failed", "not-checked"),
        (&["--expect-type", "application/AT+JWT"], 0, "not-checked", "not-checked", "ok"),
        (&["--expect-type", "JWT"], 4, "not-checked", "not-checked", "failed"),
        (&["--algorithm", "RS256,HS256"], 0, "not-checked", "not-checked", "not-checked"),
    ] {
        let (seen, verification) = folder.verify(&[&["--secret-file", "secret"], expected].concat(), &token);
        assert_eq!(seen, Some(code), "{expected:?}");
        assert_eq!(result(&verification, "signature"), "ok", "{expected:?}");
        let results = ["aud", "iss", "typ"].map(|check| result(&verification, check));
        assert_eq!(results, [aud, iss, typ], "{expected:?}");
    }
    let bare = hs256(r#"{"alg":"HS256"}"#, "{}");
    for expected in
        [&["--audience", "b"], &["--expect-issuer", "b"], &["--expect-type", "b"], &["--algorithm", "RS256"]]
    {
        assert_eq!(folder.verify(&[&["--secret-file", "secret"], &expected[..]].concat(), &bare).0, Some(4));
    }
}

#[test]
fn the_only_key_of_a_set_is_tried_for_a_token_that_names_none() {
    let folder = Folder::new();
    let (key, token) = vector("RS256 by SubjectPublicKeyInfo in PEM");
    assert!(key.is_string());
    let (jwk, _) = vector("RS256");
    let set = folder.file("jwks.json", json!({ "keys": [jwk] }).to_string());
    let (code, verification) = folder.verify(&["--jwks", set.to_str().unwrap()], &token);
    assert_eq!((code, &verification["key"]["kid"]), (Some(0), &json!("rsa")));
    let said = verification["checks"].to_string();
    assert!(said.contains("tried the only key"), "{said}");
}

#[test]
fn a_secret_argument_and_short_secrets_are_refused() {
    let folder = Folder::new();
    let good = hs256(r#"{"alg":"HS256"}"#, "{}");
    let output = folder.run(&["decode", "--verify", "--secret", SECRET, &good], "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(!said.contains(SECRET), "{said}");
    assert_eq!(folder.run(&["decode", "--verify", "--secret", "-", &good], SECRET).status.code(), Some(0));
    assert_eq!(folder.run(&["decode", "--verify", "--secret", "-"], SECRET).status.code(), Some(2));
    assert_eq!(folder.run(&["decode", "--verify", &good], "").status.code(), Some(2));

    let message = message(r#"{"alg":"HS256"}"#, "{}");
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"short"), message.as_bytes());
    let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag));
    folder.file("short", "short");
    let (code, verification) = folder.verify(&["--secret-file", "short"], &token);
    assert_eq!((code, result(&verification, "key"), result(&verification, "signature")), (Some(4), "failed", "ok"));
    assert_eq!(folder.verify(&["--secret-file", "short", "--allow-short-secret"], &token).0, Some(0));
}

/// A server of metadata and keys, which has the second set from the second time on. It counts what it is asked.
struct Server {
    url: String,
    asked: Arc<AtomicUsize>,
}

impl Server {
    fn start(sets: [Value; 2]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let (issuer, count) = (url.clone(), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
                let start = lines.next().unwrap_or_default();
                for _ in lines.by_ref().take_while(|line| !line.is_empty()) {}
                let body = if start.starts_with("GET /keys ") {
                    let times = count.fetch_add(1, Ordering::SeqCst);
                    sets[times.min(1)].to_string()
                } else {
                    json!({"issuer": issuer, "jwks_uri": format!("{issuer}/keys")}).to_string()
                };
                let length = body.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                );
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[test]
fn an_issuer_is_discovered_and_its_keys_are_fetched_again_once() {
    let folder = Folder::new();
    let pair =
        Ed25519KeyPair::from_pkcs8(Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap().as_ref()).unwrap();
    let jwk =
        |kid: &str| json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(pair.public_key()), "kid": kid});
    let sign = |issuer: &str, kid: &str| {
        let header = json!({"alg": "EdDSA", "kid": kid, "jku": format!("{issuer}/evil"), "x5u": "http://127.0.0.1:1/"});
        let message = message(&header.to_string(), &json!({ "iss": issuer }).to_string());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(pair.sign(message.as_bytes())))
    };
    for (kid, code, asked) in [("old", 0, 1), ("new", 0, 2), ("none", 4, 2)] {
        let server =
            Server::start([json!({"keys": [jwk("old"), jwk("other")]}), json!({"keys": [jwk("old"), jwk("new")]})]);
        let (seen, verification) = folder.verify(&["--issuer", &server.url], &sign(&server.url, kid));
        assert_eq!((seen, server.asked()), (Some(code), asked), "{kid}: {verification}");
        assert_eq!(result(&verification, "iss"), "ok");
    }
    // of many lines the first with an unknown key fetches them again, and its token decides about no other line
    let server = Server::start([json!({"keys": [jwk("old")]}), json!({"keys": [jwk("old"), jwk("new")]})]);
    let forged = |kid: &str| {
        let token = sign(&server.url, kid);
        format!("{}AAAA", token.get(..token.len() - 4).unwrap())
    };
    let lines = ["old", "none", "new", "old", "none"].map(|kid| sign(&server.url, kid)).join("\n");
    let lines = format!("{lines}\n{}\n{}\n{}", forged("new"), forged("old"), sign(&server.url, "new"));
    let output = folder.run(&["decode", "--lines", "--verify", "--issuer", &server.url], &lines);
    let documents = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let statuses: Vec<Value> = documents
        .map(|line| serde_json::from_slice::<Value>(line).unwrap()["verification"]["status"].clone())
        .collect();
    let expected = ["verified", "failed", "verified", "verified", "failed", "failed", "failed", "verified"];
    assert_eq!((statuses, server.asked()), (expected.map(Value::from).to_vec(), 2));
    let server = Server::start([json!({"keys": [jwk("k")]}), json!({"keys": [jwk("k")]})]);
    let keys = format!("{}/keys", server.url);
    assert_eq!(folder.verify(&["--jwks", &keys], &sign(&server.url, "k")).0, Some(0));
    // of another issuer, though the key is right
    let (code, verification) = folder.verify(&["--issuer", &server.url], &sign("https://other.example.com", "k"));
    assert_eq!((code, result(&verification, "iss"), result(&verification, "signature")), (Some(4), "failed", "ok"));
    // no server, no keys, no verdict
    assert_eq!(
        folder.run(&["decode", "--verify", "--issuer", "http://127.0.0.1:1", &sign("x", "k")], "").status.code(),
        Some(1)
    );
    assert_eq!(
        folder.run(&["decode", "--verify", "--issuer", "http://a.test", &sign("x", "k")], "").status.code(),
        Some(2)
    );
}

#[test]
fn an_encrypted_token_is_opened_by_its_key_and_the_token_inside_is_verified() {
    let folder = Folder::new();
    let cases: Value = serde_json::from_str(include_str!("../vectors/encryption.json")).unwrap();
    let run = |name: &str, more: &[&str]| {
        let case = cases.as_array().unwrap().iter().find(|case| case["name"] == name).unwrap();
        let key = case["key"].as_str().map_or_else(|| case["key"].to_string(), str::to_owned);
        let key = folder.file("key", key);
        let arguments = [&["decode", "--json", "--decrypt", key.to_str().unwrap()], more].concat();
        let output = folder.run(&arguments, case["token"].as_str().unwrap());
        (output.status.code(), serde_json::from_slice::<Value>(&output.stdout).unwrap_or_default())
    };
    for name in ["A256KW", "RSA-OAEP-256 by PEM", "ECDH-ES+A128KW on P-384", "compressed"] {
        let (code, document) = run(name, &[]);
        assert_eq!(
            (code, &document["claims"]["sub"], &document["kind"]),
            (Some(0), &json!("alice"), &json!("jwe")),
            "{name}"
        );
        assert_eq!(document["verification"]["status"], "not-checked", "{name}");
    }
    for name in
        ["A256KW by another key", "RSA1_5", "a bomb of 10000000 bytes", "PBES2-HS256+A128KW, 1000000000 iterations"]
    {
        assert_eq!(run(name, &[]), (Some(4), Value::Null), "{name}");
    }
    let secret: Vec<u8> = (0..32).collect();
    let jwk = folder.file("jwk", json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode(secret)}).to_string());
    let (code, document) = run("a token inside", &["--verify", "--key", jwk.to_str().unwrap()]);
    assert_eq!((code, &document["verification"]["status"]), (Some(0), &json!("verified")));
    assert_eq!(document["inner"]["claims"]["sub"], "alice", "{document}");
}

#[test]
fn each_signature_has_its_own_outcome_and_all_have_to_be_right() {
    let folder = Folder::new();
    let (keys, both) = vector("ES256 and EdDSA in general JSON serialization");
    let keys = folder.file("jwks.json", keys.to_string());
    let keys = ["--jwks", keys.to_str().unwrap()];
    let statuses = |verification: &Value| {
        let all = verification["signatures"].as_array().unwrap().iter();
        all.map(|one| one["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let (code, verification) = folder.verify(&keys, &both);
    assert_eq!((code, &verification["status"]), (Some(0), &json!("verified")));
    assert_eq!(statuses(&verification), "verified verified");
    assert_eq!(verification["signatures"][1]["key"]["kid"], "ed");
    let (_, other) = vector("general JSON serialization, one of two by another key");
    let (code, verification) = folder.verify(&keys, &other);
    assert_eq!((code, &verification["status"]), (Some(4), &json!("failed")));
    assert_eq!(statuses(&verification), "verified failed");
    let reason = verification["reason"].as_str().unwrap();
    assert!(reason.starts_with("signature 2 of 2: signature: it was not made by this key"), "{reason}");
    let report = folder.run(&[&["decode", "--verify"], &keys[..]].concat(), &other);
    let report = String::from_utf8(report.stdout).unwrap();
    for line in ["NOT verified: signature 2 of 2", "signature 1 of 2: verified with", "signature 2 of 2: NOT verified"]
    {
        assert!(report.contains(line), "{line}: {report}");
    }
    assert!(report.contains("header of signature 2"), "{report}");
    let (_, flat) = vector("EdDSA in flattened JSON serialization");
    let (code, verification) = folder.verify(&keys, &flat);
    assert_eq!((code, &verification["key"]["kid"], &verification["signatures"]), (Some(0), &json!("ed"), &Value::Null));
    let lines = folder.run(&[&["decode", "--lines", "--verify"], &keys[..]].concat(), &format!("{both}\n{other}\n"));
    let lines: Vec<Value> =
        String::from_utf8(lines.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["verification"]["status"], "verified");
    assert_eq!(
        (&lines[1]["verification"]["status"], &lines[1]["verification"]["reason"]),
        (&json!("failed"), &json!(reason))
    );
}

#[test]
fn a_token_around_a_token_is_verified_as_well_as_the_one_inside() {
    let folder = Folder::new();
    let inner = hs256(r#"{"alg":"HS256","typ":"at+jwt"}"#, r#"{"iss":"https://a.test","sub":"alice"}"#);
    let outer = hs256(r#"{"alg":"HS256","cty":"JWT"}"#, &inner);
    let expected = ["--secret-file", "secret", "--expect-issuer", "https://a.test", "--expect-type", "at+jwt"];
    let (code, verification) = folder.verify(&expected, &outer);
    assert_eq!((code, &verification["status"]), (Some(0), &json!("verified")), "{verification}");
    let (start, _) = outer.split_at(outer.len() - 8);
    let (code, verification) = folder.verify(&expected, &format!("{start}AAAAAAAA"));
    assert_eq!((code, &verification["status"]), (Some(4), &json!("failed")));
    assert_eq!(verification["signatures"][1]["status"], "verified");
    let unsigned = format!("{}.", message(r#"{"alg":"none","cty":"JWT"}"#, &inner));
    assert_eq!(folder.verify(&expected, &unsigned).0, Some(4));
    let (start, _) = inner.split_at(inner.len() - 8);
    let forged = hs256(r#"{"alg":"HS256","cty":"JWT"}"#, &format!("{start}AAAAAAAA"));
    assert_eq!(folder.verify(&expected, &forged).0, Some(4));
}

#[test]
fn a_payload_beside_the_token_and_disclosures_that_nobody_vouched_for() {
    let folder = Folder::new();
    let whole = hs256(r#"{"alg":"HS256"}"#, r#"{"sub":"alice"}"#);
    let parts: Vec<&str> = whole.split('.').collect();
    let detached = format!("{}..{}", parts[0], parts[2]);
    let body = folder.file("body", r#"{"sub":"alice"}"#);
    let body = ["--secret-file", "secret", "--detached", body.to_str().unwrap()];
    assert_eq!(folder.verify(&body, &detached).0, Some(0));
    assert_eq!(folder.verify(&body, &whole).0, Some(4));
    let (code, verification) = folder.verify(&["--secret-file", "secret"], &detached);
    assert_eq!(code, Some(4));
    assert!(verification["reason"].as_str().unwrap().contains("`--detached`"), "{verification}");

    let disclosure = URL_SAFE_NO_PAD.encode(r#"["s","role","admin"]"#);
    let (code, verification) = folder.verify(&["--secret-file", "secret"], &format!("{whole}~{disclosure}~"));
    assert_eq!((code, result(&verification, "form")), (Some(4), "failed"), "{verification}");
    assert_eq!(folder.verify(&["--secret-file", "secret"], &format!("{whole}~")).0, Some(0));
}

#[test]
fn a_signature_over_something_other_than_claims_does_not_verify_a_token() {
    let folder = Folder::new();
    for payload in ["\u{feff}{\"sub\":\"alice\"}", "{\"sub\":\"alice\"} x", "[]", "\"text\"", "text", ""] {
        let token = hs256(r#"{"alg":"HS256","typ":"JWT"}"#, payload);
        let (code, verification) = folder.verify(&["--secret-file", "secret"], &token);
        assert_eq!((code, &verification["status"]), (Some(4), &json!("failed")), "{payload}");
        assert_eq!((result(&verification, "signature"), result(&verification, "claims")), ("ok", "failed"));
        assert!(verification["reason"].as_str().unwrap().contains("is not a JSON claims set"), "{verification}");
    }
    let token = hs256(r#"{"alg":"HS256","typ":"JOSE"}"#, "text");
    assert_eq!(folder.verify(&["--secret-file", "secret"], &token).0, Some(0));
}

#[test]
fn a_verified_token_that_is_not_an_access_token_is_named() {
    let folder = Folder::new();
    for (header, claims, purpose, words) in [
        (
            r#"{"alg":"HS256","typ":"dpop+jwt"}"#,
            r#"{"htm":"GET","htu":"https://a.test","jti":"1","iat":1}"#,
            "dpop-proof",
            "a DPoP proof",
        ),
        (r#"{"alg":"HS256"}"#, r#"{"htm":"GET","htu":"https://a.test"}"#, "dpop-proof", "a DPoP proof"),
        (r#"{"alg":"HS256","typ":"logout+jwt"}"#, "{}", "logout-token", "a logout token"),
        (
            r#"{"alg":"HS256"}"#,
            r#"{"iss":"i","aud":"c","jti":"1","sid":"s","events":{}}"#,
            "logout-token",
            "a logout token",
        ),
        (r#"{"alg":"HS256"}"#, r#"{"iss":"i","sub":"s","aud":"c","nonce":"n"}"#, "id-token", "an ID token"),
    ] {
        let token = hs256(header, claims);
        let (code, verification) = folder.verify(&["--secret-file", "secret"], &token);
        assert_eq!(
            (code, &verification["status"], &verification["purpose"]),
            (Some(0), &json!("verified"), &json!(purpose))
        );
        assert!(verification["note"].as_str().unwrap().starts_with(&format!("it is {words} (")), "{verification}");
        let output = folder.run(&["decode", "--verify", "--secret-file", "secret"], &token);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(&format!("it is {words} (")) && text.contains("not an access token"), "{text}");
    }
    let (_, verification) =
        folder.verify(&["--secret-file", "secret"], &hs256(r#"{"alg":"HS256","typ":"at+jwt"}"#, "{}"));
    assert_eq!((&verification["purpose"], &verification["note"]), (&Value::Null, &Value::Null));
}

#[test]
fn a_token_that_had_to_be_repaired_is_a_finding() {
    let folder = Folder::new();
    let token = hs256(r#"{"alg":"HS256"}"#, r#"{"sub":"a"}"#);
    let (head, tail) = token.split_at(20);
    for text in [
        format!("{head}\u{202e}{tail}"),
        format!("{head}\0{tail}"),
        format!("{head}\n{tail}"),
        format!("{token}\u{200b}"),
    ] {
        let output = folder.run(&["decode", "--json", "--verify", "--secret-file", "secret"], &text);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let codes: Vec<&str> =
            document["findings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert!(codes.contains(&"token-not-as-given"), "{text:?}: {document}");
        // among many tokens it is not verified at all
        let output = folder.run(&["decode", "--lines", "--verify", "--secret-file", "secret"], &text);
        assert!(!String::from_utf8(output.stdout).unwrap().contains(r#""status":"verified""#), "{text:?}");
        assert_eq!(output.status.code(), Some(4));
    }
}

/// RFC 7515 A.4 signs the text `Payload`.
#[test]
fn a_payload_that_is_not_a_claims_set_is_verified_only_on_request() {
    let folder = Folder::new();
    let token = hs256(r#"{"alg":"HS256"}"#, "Payload");
    let (code, verification) = folder.verify(&["--secret-file", "secret"], &token);
    assert_eq!((code, result(&verification, "claims")), (Some(4), "failed"));
    let (code, verification) = folder.verify(&["--secret-file", "secret", "--any-payload"], &token);
    assert_eq!((code, &verification["status"]), (Some(0), &json!("verified")), "{verification}");
    assert_eq!(result(&verification, "claims"), "not-checked");
    let forged = format!("{}A", token.strip_suffix(token.chars().last().unwrap()).unwrap());
    assert_eq!(folder.verify(&["--secret-file", "secret", "--any-payload"], &forged).0, Some(4));
    let arguments = ["decode", "--verify", "--secret-file", "secret", "--any-payload", "--audience", "a"];
    assert_eq!(folder.run(&arguments, &token).status.code(), Some(2), "there is no audience to compare");
}
