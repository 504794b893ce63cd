//! Public and own test vectors: what is valid is verified, what is not is refused, and nothing panics or takes long.
//!
//! `TOKSCOPE_VECTORS` names a folder with the JOSE files of Wycheproof (C2SP/wycheproof, `testvectors_v1`). The own
//! vectors stand in `tests/vectors/`, beside the program that made them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]
#![allow(clippy::print_stderr, reason = "what was not run has to be said")]

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::Value;
use tokscope::token::key::{Algorithm, KeySet};
use tokscope::token::verify::{Expected, Status, Verifier};

/// The folder of the public vectors. Without it, only the own ones are run, and that is said.
fn public() -> Option<PathBuf> {
    let folder = std::env::var_os("TOKSCOPE_VECTORS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("TOKSCOPE_VECTORS is not set: the public vectors were NOT run");
    }
    folder
}

fn read(path: PathBuf) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn is_verified(keys: &Value, token: &str) -> bool {
    KeySet::parse(keys.to_string().as_bytes(), "the vector").is_ok_and(|keys| verified(keys, token))
}

fn verified(keys: KeySet, token: &str) -> bool {
    let verifier = Verifier { keys, expected: Expected::default() };
    verifier.verify(token, Timestamp::UNIX_EPOCH).status() == Status::Verified
}

/// The ids of the signature cases of a file that do not come out as it says, and how many there are.
fn deviations(file: &str) -> (Vec<u64>, usize) {
    let document = read(public().unwrap().join(file));
    let (mut wrong, mut count) = (Vec::new(), 0);
    for group in document["testGroups"].as_array().unwrap() {
        let keys = if group["public"].is_object() { &group["public"] } else { &group["private"] };
        for case in group["tests"].as_array().unwrap() {
            let token = match &case["jws"] {
                Value::Null if case.get("jws").is_none() => continue,
                Value::String(token) => token.clone(),
                other => other.to_string(),
            };
            count += 1;
            let started = Instant::now();
            if is_verified(keys, &token) != (case["result"] == "valid") {
                wrong.push(case["tcId"].as_u64().unwrap());
            }
            assert!(started.elapsed() < Duration::from_millis(50), "{} took too long", case["tcId"]);
        }
    }
    (wrong, count)
}

#[test]
fn own_signatures() {
    let cases = read(PathBuf::from("tests/vectors/signatures.json"));
    let cases = cases.as_array().unwrap();
    let mut seen = Vec::new();
    for case in cases {
        let text = |name: &str| case[name].as_str().unwrap();
        let key = match &case["key"] {
            Value::String(pem) => pem.clone().into_bytes(),
            key if key["der"].is_string() => STANDARD.decode(key["der"].as_str().unwrap()).unwrap(),
            key => key.to_string().into_bytes(),
        };
        let keys = KeySet::parse(&key, "the vector");
        let verified = keys.is_ok_and(|keys| verified(keys, text("token")));
        assert_eq!(verified, case["valid"].as_bool().unwrap(), "{}", text("name"));
        if verified {
            seen.extend(Algorithm::all().filter(|algorithm| text("name").starts_with(algorithm.name())));
        }
    }
    for algorithm in Algorithm::all() {
        assert!(seen.contains(&algorithm), "no vector for {algorithm}");
    }
}

/// The cases of `json_web_signature_test.json` that contradict other cases or an RFC, with the reason, and whether they
/// come out as they are labelled all the same.
const FAULTY: [(u64, bool, &str); 8] = [
    (346, false, "labelled valid, but the token says PS384 and the key is for PS256 (RFC 7517 §4.4)"),
    (347, true, "labelled valid, but the key is for `ES521`: read as the misspelling of ES512 that it is"),
    (350, false, "labelled valid, but the token says PS384 and the key is for PS256 (RFC 7517 §4.4)"),
    (351, true, "labelled valid, but the key is for `ES521`: read as the misspelling of ES512 that it is"),
    (367, false, "labelled invalid, but identical to the valid case 357"),
    (370, false, "labelled invalid, but identical to the valid case 357"),
    (372, false, "labelled valid, but `?` is no character of base64url (RFC 7515 §2)"),
    (373, false, "labelled valid, but `?` is no character of base64url (RFC 7515 §2)"),
];

#[test]
fn wycheproof_signatures() {
    if public().is_none() {
        return;
    }
    let deviating: Vec<u64> = FAULTY.iter().filter(|(_, fine, _)| !fine).map(|(id, ..)| *id).collect();
    assert_eq!(deviations("json_web_signature_test.json"), (deviating, 401));
}

#[test]
fn wycheproof_keys_and_sets() {
    if public().is_none() {
        return;
    }
    assert_eq!(deviations("json_web_key_test.json"), (vec![], 26));
    assert_eq!(deviations("json_web_crypto_test.json"), (vec![], 49));
}
