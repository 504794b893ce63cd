//! `decode --lines` as a user runs it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::program;

fn run(arguments: &[&str], input: Vec<u8>) -> Output {
    let mut command = program::tokscope();
    command.arg("decode").args(arguments);
    program::output(&mut command, input)
}

fn token(claims: &str) -> String {
    format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"k"}"#), URL_SAFE_NO_PAD.encode(claims))
}

fn documents(output: &Output) -> Vec<Value> {
    output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

#[test]
fn every_line_has_its_answer_in_its_place() {
    // more than one block for each core
    let lines: Vec<String> = (0..20_000)
        .map(|index| match index % 1000 {
            7 => "this is not a token".to_owned(),
            8 => String::new(),
            9 => format!("Bearer {}", token(&format!("{{\"n\":{index}}}"))),
            _ => token(&format!("{{\"n\":{index},\"scope\":\"a b\",\"z\":1.10}}")),
        })
        .collect();
    let output = run(&["--lines"], lines.join("\n").into_bytes());
    assert_eq!(output.status.code(), Some(4), "two lines in a thousand hold no token");
    let documents = documents(&output);
    assert_eq!(documents.len(), lines.len());
    for (index, document) in documents.iter().enumerate() {
        assert_eq!((&document["schema"], &document["line"]), (&"tokscope.decode/v1".into(), &(index + 1).into()));
        match index % 1000 {
            7 | 8 => assert!(document["error"].is_string(), "{document}"),
            _ => assert_eq!(document["claims"]["n"], index, "{document}"),
        }
    }
    assert_eq!(run(&["--lines"], token("{}").into_bytes()).status.code(), Some(0));
}

#[test]
fn a_line_says_what_a_single_token_says() {
    for claims in [
        r#"{"sub":"alice","scope":"b a","exp":4102444800}"#,
        r#"{"realm_access":{"roles":["r"]},"n":123456789012345678901234567890}"#,
        "{\"a\":\"\u{202e}\"}",
        "plain text",
        "[1]",
    ] {
        let token = token(claims);
        let single: Value = serde_json::from_slice(&run(&["--json", &token], Vec::new()).stdout).unwrap();
        let line = &documents(&run(&["--lines"], token.into_bytes()))[0];
        for member in ["kind", "whole", "header", "claims", "payload", "scopes"] {
            assert_eq!(line[member], single[member], "{member} of {claims}");
        }
        assert_eq!(line["verification"]["status"], "not-checked");
    }
}

#[test]
fn lines_are_verified() {
    let cases: Value = serde_json::from_str(include_str!("../vectors/signatures.json")).unwrap();
    let named = |name: &str| {
        let case = cases.as_array().unwrap().iter().find(|case| case["name"] == name).unwrap().clone();
        (case["key"].to_string(), case["token"].as_str().unwrap().to_owned())
    };
    let folder = tempfile::tempdir().unwrap();
    let (key, good) = named("ES256");
    let (_, bad) = named("ES256, another payload");
    let (_, none) = named("`alg` none");
    let path = folder.path().join("key.json");
    std::fs::write(&path, key).unwrap();
    let arguments = ["--lines", "--verify", "--key", path.to_str().unwrap()];
    let output = run(&arguments, format!("{good}\n{bad}\n{none}\nopaque-token\n{good}\n").into_bytes());
    let statuses: Vec<Value> = documents(&output).iter().map(|one| one["verification"]["status"].clone()).collect();
    assert_eq!(statuses, ["verified", "failed", "failed", "not-checked", "verified"]);
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(run(&arguments, good.into_bytes()).status.code(), Some(0));
}

#[test]
fn a_line_is_answered_as_if_it_stood_alone() {
    let cases: Value = serde_json::from_str(include_str!("../vectors/signatures.json")).unwrap();
    let named = |name: &str| cases.as_array().unwrap().iter().find(|case| case["name"] == name).unwrap().clone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    std::fs::write(&path, named("ES256")["key"].to_string()).unwrap();
    let good = named("ES256")["token"].as_str().unwrap().to_owned();
    let (header, rest) = good.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    let other = URL_SAFE_NO_PAD.encode(r#"{"sub":"other"}"#);
    let refused = URL_SAFE_NO_PAD.encode("{\"alg\":\"ES256\"},\"claims\":{\"sub\":\"other\"}}\n{\"n\":{}");
    let kinds = [
        good.clone(),
        // parts of the line before, with and without its header, its claims or its signature
        format!("{header}.{other}.{signature}"),
        format!(".{claims}.{signature}"),
        format!("{header}..{signature}"),
        format!("{header}.{claims}."),
        format!("{refused}.{claims}.{signature}"),
        format!(".{other}.{signature}"),
        format!("{good}\r"),
        format!("Bearer {good}"),
        format!("{good} {good}"),
        token(r#"{"sub":"other","sub":"again","exp":1}"#),
        named("`alg` none")["token"].as_str().unwrap().to_owned(),
        "opaque-token".to_owned(),
        String::new(),
        format!("{header}\u{200b}.{claims}.{signature}"),
    ];
    let key = path.to_str().unwrap();
    for arguments in [&["--lines"][..], &["--lines", "--findings"], &["--lines", "--verify", "--key", key]] {
        let answers = |input: Vec<u8>| {
            let mut all = documents(&run(arguments, input));
            for answer in &mut all {
                answer.as_object_mut().unwrap().remove("line");
            }
            all
        };
        let alone: Vec<Vec<Value>> = kinds.iter().map(|kind| answers(format!("{kind}\n").into_bytes())).collect();
        assert!(alone.iter().all(|answers| answers.len() == 1));
        // each kind behind each other one, in several blocks
        let pairs = (0..kinds.len()).flat_map(|one| (0..kinds.len()).flat_map(move |other| [one, other]));
        let order: Vec<usize> = pairs.cycle().take(4 * 2 * kinds.len() * kinds.len()).collect();
        let lines: Vec<&str> = order.iter().map(|kind| kinds[*kind].as_str()).collect();
        let together = answers(format!("{}\n", lines.join("\n")).into_bytes());
        assert_eq!(together.len(), order.len());
        for (kind, answer) in order.iter().zip(&together) {
            assert_eq!(answer, &alone[*kind][0], "{:?} {arguments:?}", kinds[*kind]);
        }
    }
}

#[test]
fn lines_have_findings_on_request() {
    let fine = token(r#"{"aud":"a","exp":4102444800}"#);
    let odd = token(r#"{"aud":"a"}"#);
    let unsigned = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode("{}"));
    let input = format!("{fine}\n{odd}\nno token\n{unsigned}\n").into_bytes();
    let output = run(&["--lines", "--findings"], input.clone());
    let codes = |document: &Value| match document["findings"].as_array() {
        Some(findings) => findings.iter().map(|one| one["code"].as_str().unwrap()).collect::<Vec<_>>().join(" "),
        None => "none at all".to_owned(),
    };
    let found: Vec<String> = documents(&output).iter().map(codes).collect();
    assert_eq!(found, ["", "no-expiry", "none at all", "alg-none no-expiry no-audience"]);
    assert_eq!(documents(&output)[1]["findings"][0]["severity"], "warning");
    // without, the same line but for the findings
    let mut with = documents(&output)[0].clone();
    with.as_object_mut().unwrap().remove("findings");
    assert_eq!(documents(&run(&["--lines"], fine.clone().into_bytes()))[0], with);
    for (input, least, code) in [
        (format!("{fine}\n{odd}\n{fine}"), "warning", 6),
        (format!("{fine}\n{odd}"), "error", 0),
        (format!("{fine}\n{unsigned}"), "error", 6),
        (format!("{unsigned}\nno token\n{odd}"), "info", 4),
        (fine.clone(), "info", 0),
    ] {
        let output = run(&["--lines", "--fail-on", least], input.clone().into_bytes());
        assert_eq!(output.status.code(), Some(code), "{input}");
    }
    assert_eq!(run(&["--findings", &fine], Vec::new()).status.code(), Some(2));
}

#[test]
fn a_reader_that_goes_away_ends_it() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tokscope"))
        .args(["decode", "--lines"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let line = format!("{}\n", token("{}"));
    // endless: only its own end ends it
    let writer = std::thread::spawn(move || while stdin.write_all(line.as_bytes()).is_ok() {});
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("\"line\":1,"), "{first}");
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn a_log_is_scanned_for_tokens_which_stay_masked() {
    let (one, other) = (token("{\"sub\":\"alice\"}"), format!("ghp_{}", "b".repeat(36)));
    let log = format!("GET / 200\nauthorization: Bearer {one}\n\n{}{other} and {one}\n", "x ".repeat(300_000));
    let output = run(&["--scan", "--json"], log.clone().into_bytes());
    let places: Vec<(u64, u64, String)> = documents(&output)
        .iter()
        .map(|one| {
            (one["line"].as_u64().unwrap(), one["column"].as_u64().unwrap(), one["kind"].as_str().unwrap().to_owned())
        })
        .collect();
    let expected = [(2, 23, "jws"), (4, 600_001, "opaque"), (4, 600_046, "jws")];
    assert_eq!(places, expected.map(|(line, column, kind)| (line, column, kind.to_owned())));
    for arguments in [&["--scan"][..], &["--scan", "--json"]] {
        let said = String::from_utf8(run(arguments, log.clone().into_bytes()).stdout).unwrap();
        assert_eq!(said.lines().count(), 3);
        assert!(!said.contains(&one) && !said.contains(&other), "{said}");
    }
    assert!(run(&["--scan"], b"nothing".to_vec()).stdout.is_empty());
}
