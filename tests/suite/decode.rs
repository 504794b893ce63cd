//! `decode` and `explain`, run as a user runs them, including mistakes that popular token decoders make (mistakes in
//! verification are in `verify.rs`).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test should panic")]

use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::Value;

use crate::program;

fn run(arguments: &[&str], input: &str) -> Output {
    let mut command = program::tokscope();
    command.args(arguments).env("API_TOKEN_OF_THE_TEST", input.get(..1000).unwrap_or(input));
    program::output(&mut command, input)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn token(header: &str, payload: &str) -> String {
    format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
}

/// Returns the text report and the JSON document; both must exit with 0.
fn decoded(token: &str) -> (String, Value) {
    let report = run(&["decode"], token);
    let document = run(&["decode", "--json"], token);
    assert_eq!((report.status.code(), document.status.code()), (Some(0), Some(0)), "{}", text(&report.stderr));
    (text(&report.stdout), serde_json::from_slice(&document.stdout).unwrap())
}

fn codes(document: &Value) -> Vec<&str> {
    document["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

const RS: &str = r#"{"alg":"RS256","kid":"1"}"#;

#[test]
fn times_out_of_range_are_shown_and_reported() {
    for value in ["9223372036854775807", "-9223372036854775808", "1e300", "99999999999999999999999999"] {
        let (report, document) = decoded(&token(RS, &format!(r#"{{"aud":"a","exp":{value}}}"#)));
        assert!(report.contains(value) && report.contains("out of range"), "{report}");
        assert!(codes(&document).contains(&"time-out-of-range"), "{document}");
    }
}

#[test]
fn times_in_milliseconds_are_reported() {
    let (report, document) = decoded(&token(RS, r#"{"aud":"a","exp":4102444800000}"#));
    assert!(report.contains("as milliseconds: 2100-01-01 00:00:00 UTC"), "{report}");
    assert_eq!(codes(&document), ["time-milliseconds"]);
}

#[test]
fn every_algorithm_is_decoded() {
    for name in ["none", "ES512", "ES256K", "EdDSA", "Ed25519", "ML-DSA-65", "PS384", "HS256", "XYZ"] {
        let (report, document) = decoded(&token(&format!(r#"{{"alg":"{name}"}}"#), r#"{"sub":"alice"}"#));
        assert_eq!(
            (&document["header"]["alg"], &document["claims"]["sub"]),
            (&Value::from(name), &Value::from("alice"))
        );
        assert!(report.contains(name));
        assert_eq!(codes(&document).contains(&"alg-none"), name == "none");
        assert_eq!(codes(&document).contains(&"alg-unknown"), name == "XYZ");
    }
}

#[test]
fn every_header_parameter_is_shown_even_with_an_unknown_extension() {
    let header = r#"{"alg":"RS256","nonce":"n","crit":["x-custom"],"x-custom":{"a":1}}"#;
    let (report, document) = decoded(&token(header, r#"{"sub":"alice"}"#));
    assert_eq!(document["header"], serde_json::from_str::<Value>(header).unwrap());
    assert!(report.contains("x-custom") && report.contains("nonce"), "{report}");
    assert!(codes(&document).contains(&"crit-unknown"));
}

#[test]
fn duplicate_claims_are_shown_and_reported() {
    let token = token(RS, r#"{"aud":"a","exp":4102444800,"sub":"alice","sub":"bob"}"#);
    let (report, document) = decoded(&token);
    assert!(report.contains("alice") && report.contains("bob"), "{report}");
    assert_eq!(codes(&document), ["member-duplicate"]);
    let printed = text(&run(&["decode", "--json"], &token).stdout);
    assert!(printed.contains(r#""sub": "alice""#) && printed.contains(r#""sub": "bob""#), "{printed}");
}

#[test]
fn payloads_that_are_not_objects_are_shown() {
    for (payload, shown) in
        [("plain text", "plain text"), ("[1,2.50]", "[1,2.50]"), ("\"text\"", "\"text\""), ("7", "7")]
    {
        let (report, document) = decoded(&token(RS, payload));
        assert!(report.contains(shown), "{report}");
        assert_eq!(codes(&document), ["payload-no-claims"]);
    }
    let bytes = format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(RS), URL_SAFE_NO_PAD.encode([0xff, 0x00, 0xfe]));
    assert!(decoded(&bytes).0.contains("3 bytes, not text"));
    assert_eq!(run(&["decode", "--payload"], &bytes).stdout, [0xff, 0x00, 0xfe]);
}

#[test]
fn deceptive_characters_are_escaped_in_every_output() {
    let header = r#"{"alg":"RS256","kid":"\u001b]0;owned\u0007","x\u202e":"\u009b2J"}"#;
    let payload = r#"{"sub":"user\u202enimda","n\u200b":"\u0000\u007f","scope":"a\u001bb"}"#;
    let token = token(header, payload);
    for arguments in [
        &["decode"][..],
        &["decode", "--json"],
        &["decode", "--claim", "sub"],
        &["decode", "--header"],
        &["decode", "--payload"],
    ] {
        let output = run(arguments, &token);
        let shown = text(&[output.stdout, output.stderr].concat());
        let is_deceptive =
            |character: char| character != '\n' && (character.is_control() || "\u{202e}\u{200b}".contains(character));
        assert!(!shown.chars().any(is_deceptive), "{shown:?}");
    }
    let (report, document) = decoded(&token);
    assert!(report.contains(r"\u{1b}]0;owned\u{7}") && report.contains(r"user\u{202e}nimda"), "{report}");
    assert!(codes(&document).contains(&"key-id-suspicious") && codes(&document).contains(&"text-deceptive"));
}

#[test]
fn piped_output_has_no_color() {
    let output = run(&["decode", &token(RS, r#"{"exp":1}"#)], "");
    assert!(!output.stdout.contains(&0x1b) && !output.stdout.is_empty());
}

#[test]
fn exit_codes_distinguish_failures() {
    let fine = token(RS, r#"{"aud":"a","exp":4102444800}"#);
    let odd = token(RS, r#"{"aud":"a"}"#);
    let wrong = token(r#"{"alg":"none"}"#, r#"{"aud":"a","exp":4102444800}"#);
    for (arguments, input, code) in [
        (&["decode"][..], fine.as_str(), 0),
        (&["decode"], &wrong, 0),
        (&["decode", "--fail-on", "info"], &fine, 0),
        (&["decode", "--fail-on", "warning"], &odd, 6),
        (&["decode", "--fail-on", "error"], &odd, 0),
        (&["decode", "--fail-on", "error"], &wrong, 6),
        (&["decode", "--fail-on", "fatal"], &fine, 2),
        (&["decode"], "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJh", 4),
        (&["decode"], "there is no token here", 4),
        (&["decode"], "", 2),
        (&["decode", "--env", "NOT_SET_ANYWHERE"], "", 2),
        (&["decode", "--file", "/nowhere/at/all"], "", 1),
        (&["decode", "--file", "/"], "", 1),
        (&["decode", "--lines", "--file", "/nowhere/at/all"], "", 1),
        (&["decode", "--scan", "--file", "/"], "", 1),
        (&["decode", "--key", "/nowhere/at/all"], &fine, 1),
        (&["decode", "--jwks", "/nowhere/at/all"], &fine, 1),
        (&["decode", "--secret-file", "/nowhere/at/all"], &fine, 1),
        (&["decode", "--decrypt", "/nowhere/at/all"], &fine, 1),
        (&["--ca-file", "/nowhere/at/all", "decode"], &fine, 1),
        (&["why", "/nowhere/at/all"], "", 1),
        (&["manifest", "import", "/nowhere/at/all"], "", 1),
        (&["decode"], "\u{fffd}\u{1}\u{fffd}", 4),
        (&["decode", "--max-bytes", "10"], &fine, 4),
        (&["decode", "--max-bytes", "many"], &fine, 2),
        (&["explain", "alg-none"], "", 0),
        (&["explain", "no-such-name-at-all"], "", 2),
    ] {
        let output = run(arguments, input);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn max_lifetime_sets_the_limit_for_long_lived_tokens() {
    let token = token(RS, r#"{"aud":"a","iat":1763926800,"exp":1763934000}"#);
    let found = |arguments: &[&str]| {
        let output = run(arguments, &token);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        codes(&document).contains(&"token-long-lived")
    };
    assert!(!found(&["decode", "--json"]));
    assert!(found(&["decode", "--json", "--max-lifetime", "1h"]));
    assert!(!found(&["decode", "--json", "--max-lifetime", "2h"]));
}

#[test]
fn tokens_are_read_from_files_variables_and_har_files() {
    let token =
        token(RS, r#"{"iss":"https://i","sub":"alice","aud":"c","iat":4102441200,"exp":4102444800,"nonce":"n"}"#);
    let folder = tempfile::tempdir().unwrap();
    let har = folder.path().join("session.har");
    let filler = "x".repeat(2 << 20);
    let entry = format!(
        r#"{{"log":{{"comment":"{filler}","entries":[{{"request":{{"url":"https://a/","headers":[{{"name":"Authorization","value":"Bearer {token}"}}]}}}}]}}}}"#
    );
    std::fs::write(&har, entry).unwrap();
    let output = run(&["decode", "--json", "--file", har.to_str().unwrap()], "");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&document["claims"]["sub"], &document["purpose"]), (&Value::from("alice"), &Value::from("id-token")));
    // an ID token was sent to an API
    assert_eq!(codes(&document), ["token-from-the-future", "id-token-as-access-token"]);
    let output = run(&["decode", "--claim", "sub", "--env", "API_TOKEN_OF_THE_TEST"], &token);
    assert_eq!(text(&output.stdout), "alice\n");
}

/// Encodes as some Windows shells do.
fn utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn utf16_is_read_except_in_line_modes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token.txt");
    let token = token(RS, r#"{"sub":"alice","aud":"a","exp":4102444800}"#);
    std::fs::write(&file, utf16(&format!("Authorization: Bearer {token}\r\n"))).unwrap();
    let file = file.to_str().unwrap();
    let output = run(&["decode", "--claim", "sub", "--file", file], "");
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), "alice\n"));
    for mode in ["--lines", "--scan"] {
        let output = run(&["decode", mode, "--file", file], "");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{mode}");
        assert!(text(&output.stderr).contains("is UTF-16, but UTF-8 is required"), "{}", text(&output.stderr));
    }
}

#[test]
fn a_first_line_that_begins_like_utf16_does_not_hide_the_other_lines() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tokens.txt");
    let token = token(RS, r#"{"sub":"alice","aud":"a","exp":4102444800}"#);
    for start in [&b"\xff\xfe"[..], b"\xfe\xff", b"\xff\xfea\0", b"\xff\xfe\x00\xd8"] {
        std::fs::write(&file, [start, b"\n", token.as_bytes(), b"\n"].concat()).unwrap();
        let output = run(&["decode", "--lines", "--file", file.to_str().unwrap()], "");
        let lines: Vec<Value> = text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((output.status.code(), lines.len()), (Some(4), 2), "{start:?}: {lines:?}");
        assert!(lines[0]["error"].is_string() && lines[1]["claims"]["sub"] == "alice", "{lines:?}");
        let output = run(&["decode", "--scan", "--file", file.to_str().unwrap()], "");
        assert_eq!((output.status.code(), text(&output.stdout).lines().count()), (Some(0), 1), "{start:?}");
    }
}

#[test]
fn truncated_tokens_are_not_reported_to_lack_claims() {
    let whole = token(RS, r#"{"iss":"https://i","sub":"alice","scope":"a b","exp":4102444800,"aud":"a"}"#);
    let (cut, _) = whole.split_at(90);
    let output = run(&["decode", "--json"], cut);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), codes(&document)), (Some(4), vec!["token-truncated"]));
    let claim = run(&["decode", "--claim", "aud"], cut);
    assert_eq!(claim.status.code(), Some(4));
    assert!(text(&claim.stderr).contains("no claim `aud` before the cut"), "{}", text(&claim.stderr));
    let report = text(&run(&["decode"], cut).stdout);
    assert!(report.contains("expires   unknown: the token is truncated"), "{report}");
    assert!(!report.contains("any API") && !report.contains("never"), "{report}");
}

#[test]
fn size_limit_is_reported_and_can_be_raised() {
    let large = token(RS, &format!(r#"{{"sub":"{}"}}"#, "x".repeat(1 << 20)));
    let refused = run(&["decode"], &large);
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(4));
    assert!(said.contains("more than 1048576 bytes") && said.contains("`decode --max-bytes`"), "{said}");
    assert_eq!(run(&["decode", "--max-bytes", "2000000"], &large).status.code(), Some(0));
    assert_eq!(run(&["decode", "--max-bytes", "2000000", "--lines"], &large).status.code(), Some(0));
    // rejected without reading all of a large input
    let document = run(&["decode"], &format!("{{\"x\":\"{}", "x".repeat(65 << 20)));
    assert!(text(&document.stderr).contains("more than 67108864 bytes"), "{}", text(&document.stderr));
}

#[test]
#[cfg(target_os = "linux")]
fn full_disks_are_reported() {
    let token = token(RS, "{}");
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["decode", "--help"],
        &["decode", &token],
        &["decode", "--json", &token],
        &["decode", "--payload", &token],
        &["explain", "exp"],
        &["completions", "bash"],
        &["man"],
        &["demo", "--print"],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_tokscope")).args(arguments).stdout(full).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains("No space left"), "{arguments:?}: {said}");
    }
}

#[test]
fn large_inputs_are_rejected_or_read() {
    let claim = token(RS, &format!(r#"{{"sub":"{}"}}"#, "x".repeat(700_000)));
    assert_eq!(run(&["decode"], &".".repeat(10 << 20)).status.code(), Some(4));
    assert_eq!(run(&["decode"], &token(RS, &"x".repeat(10 << 20))).status.code(), Some(4));
    assert_eq!(run(&["decode", "--json"], &claim).status.code(), Some(0));
    assert_eq!(run(&["decode"], &format!("{{\"a\":{}", "[".repeat(2 << 20))).status.code(), Some(4));
}

#[test]
fn opaque_tokens_are_identified_by_their_prefix() {
    let (report, document) = decoded("glpat-bzoxCnU6MnMAAQIDBAUGBwgJCgsMDQ4PEA.01.0y0f1b977");
    assert_eq!(document["kind"], "opaque");
    assert_eq!(document["opaque"]["issuer"], "GitLab");
    assert_eq!(document["opaque"]["checksum"], "right");
    assert_eq!(document["opaque"]["facts"]["user id"], "100");
    assert!(report.contains("personal_access_tokens/self"), "{report}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn output_is_clean_and_the_document_parses_whatever_the_token_contains(claim in any::<String>(), name in any::<String>()) {
        let payload = serde_json::json!({ name.as_str(): claim, "scope": claim });
        let token = token(&serde_json::json!({ "alg": claim, "kid": name }).to_string(), &payload.to_string());
        for arguments in [&["decode"][..], &["decode", "--json"]] {
            let output = run(arguments, &token);
            let shown = text(&output.stdout);
            prop_assert!(!shown.chars().any(|character| character != '\n' && tokscope::text::is_deceptive(character)), "{shown:?}");
            if arguments.len() > 1 {
                prop_assert!(serde_json::from_str::<Value>(&shown).is_ok(), "{shown}");
            }
        }
    }
}
