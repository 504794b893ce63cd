//! Public and own test vectors: what is valid is verified, what is not is refused, and nothing panics or takes long.
//!
//! `TOKSCOPE_VECTORS` names a folder with the JOSE files of Wycheproof (C2SP/wycheproof, `testvectors_v1`). The own
//! vectors stand in `tests/vectors/`, beside the program that made them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that fails shall panic")]

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::Value;
use tokscope::token::decrypt::{DecryptionKey, decrypt};
use tokscope::token::key::{Algorithm, KeySet};
use tokscope::token::verify::{Expected, Status, Verifier};

/// The folder of the public vectors.
fn public() -> PathBuf {
    PathBuf::from(std::env::var_os("TOKSCOPE_VECTORS").unwrap())
}

fn read(path: PathBuf) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The result, which has to come within that time at least once in some attempts: the machine may be busy.
fn swift<T>(limit: Duration, mut work: impl FnMut() -> T) -> T {
    for _ in 0..50 {
        let started = Instant::now();
        let result = work();
        if started.elapsed() < limit {
            return result;
        }
    }
    panic!("it takes longer than {limit:?}")
}

fn is_verified(keys: &Value, token: &str) -> bool {
    KeySet::parse(keys.to_string().as_bytes(), "the vector").is_ok_and(|keys| verified(keys, token))
}

fn verified(keys: KeySet, token: &str) -> bool {
    // the vectors are about signatures: most of their payloads are not claims
    let verifier = Verifier { keys, expected: Expected { any_payload: true, ..Expected::default() } };
    verifier.verify(token, Timestamp::UNIX_EPOCH).status() == Status::Verified
}

/// The ids of the signature cases of a file that do not come out as it says, and how many there are.
fn deviations(file: &str) -> (Vec<u64>, usize) {
    let document = read(public().join(file));
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
            if swift(Duration::from_millis(50), || is_verified(keys, &token)) != (case["result"] == "valid") {
                wrong.push(case["tcId"].as_u64().unwrap());
            }
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
/// come out as they are labelled anyway.
const FAULTY: [(u64, bool, &str); 8] = [
    (346, false, "labelled valid, but the token says PS384 and the key is for PS256 (RFC 7517 §4.4)"),
    (347, true, "labelled valid, but the key is for `ES521`: read as the misspelling of ES512 that it is"),
    (350, false, "labelled valid, but the token says PS384 and the key is for PS256 (RFC 7517 §4.4)"),
    (351, true, "labelled valid, but the key is for `ES521`: read as the misspelling of ES512 that it is"),
    (367, false, "labelled invalid, but identical to the valid case 357"),
    (370, false, "labelled invalid, but identical to the valid case 357"),
    (372, false, "labelled valid, but `?` is not a base64url character (RFC 7515 §2)"),
    (373, false, "labelled valid, but `?` is not a base64url character (RFC 7515 §2)"),
];

#[test]
#[ignore = "needs the folder that TOKSCOPE_VECTORS names"]
fn wycheproof_signatures() {
    let deviating: Vec<u64> = FAULTY.iter().filter(|(_, fine, _)| !fine).map(|(id, ..)| *id).collect();
    assert_eq!(deviations("json_web_signature_test.json"), (deviating, 401));
}

#[test]
#[ignore = "needs the folder that TOKSCOPE_VECTORS names"]
fn wycheproof_keys_and_sets() {
    assert_eq!(deviations("json_web_key_test.json"), (vec![], 26));
    assert_eq!(deviations("json_web_crypto_test.json"), (vec![], 49));
}

/// The bytes that a JWE holds; `None` when it is refused.
fn decrypted(key: &Value, token: &str) -> Option<Vec<u8>> {
    let key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
    let key = DecryptionKey::parse(key.as_bytes()).ok()?;
    decrypt(token, &key).ok().map(|plain| plain.to_vec())
}

#[test]
fn own_encryption() {
    for case in read(PathBuf::from("tests/vectors/encryption.json")).as_array().unwrap() {
        let plain = swift(Duration::from_secs(1), || decrypted(&case["key"], case["token"].as_str().unwrap()));
        assert_eq!(plain.as_deref(), case["plain"].as_str().map(str::as_bytes), "{}", case["name"]);
    }
}

/// Valid tokens in JSON serialization (RFC 7516 §7.2), labelled invalid for parsers that only know the compact one.
const JSON_SERIALIZATION: [(&str, u64); 2] = [("json_web_encryption_test.json", 22), ("json_web_crypto_test.json", 66)];

/// Valid tokens that are refused anyway, by their header.
const REFUSED: [(&str, &str); 1] = [("RSA1_5", "its padding gives secrets away (RFC 8725 §3.2)")];

#[test]
#[ignore = "needs the folder that TOKSCOPE_VECTORS names"]
fn wycheproof_encryption() {
    let folder = public();
    let mut counts = [0; 3];
    for file in ["json_web_encryption_test.json", "json_web_crypto_test.json"] {
        let document = read(folder.join(file));
        for group in document["testGroups"].as_array().unwrap() {
            for case in group["tests"].as_array().unwrap().iter().filter(|case| case.get("jwe").is_some()) {
                let token = case["jwe"].as_str().map_or_else(|| case["jwe"].to_string(), str::to_owned);
                let plain = swift(Duration::from_millis(50), || decrypted(&group["private"], &token));
                let header =
                    token.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).unwrap_or_default();
                let header = String::from_utf8_lossy(&header);
                let refused = REFUSED.iter().any(|(alg, _)| header.contains(alg));
                let is_json = JSON_SERIALIZATION.contains(&(file, case["tcId"].as_u64().unwrap()));
                let valid = (case["result"] == "valid" || is_json) && !refused;
                assert_eq!(plain.is_some(), valid, "{file} {} {header}", case["tcId"]);
                if let (Some(plain), Some(expected)) = (plain, case["pt"].as_str()) {
                    let pairs = expected.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
                    let expected: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
                    assert_eq!(plain, expected, "{file} {}", case["tcId"]);
                }
                counts[if valid { 0 } else { usize::from(refused) + 1 }] += 1;
            }
        }
    }
    assert_eq!(counts.iter().sum::<usize>(), 139 + 34, "{counts:?}");
    eprintln!("decrypted {}, refused as they should be {}, refused by policy {}", counts[0], counts[1], counts[2]);
}
