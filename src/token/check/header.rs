//! Checks of the JOSE header: algorithm, keys, extensions.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::text::is_deceptive;
use crate::token::findings::{
    ALG_CONFUSION, ALG_MISSING, ALG_NONE, ALG_UNKNOWN, ALG_WEAK, CRIT_MALFORMED, CRIT_UNKNOWN, KEY_BY_URL,
    KEY_EMBEDDED, KEY_ID_SUSPICIOUS, KEY_PRIVATE, PARAMETER_UNKNOWN, ROUNDS_UNSOUND, SIGNATURE_LENGTH, SIGNATURE_ZERO,
};
use crate::token::glossary::{ALGORITHMS, PARAMETERS, find};
use crate::token::provider::Habit;
use crate::token::{Decoded, Json, TokenKind};

/// Extensions that are supported in `crit`.
const UNDERSTOOD: &[&str] = &["b64"];

/// Parameters of RFC 7515 and RFC 7518, which are not allowed in `crit`.
const STANDARD: &[&str] = &[
    "alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "enc", "zip", "epk", "apu",
    "apv", "iv", "tag", "p2s", "p2c",
];

/// Lengths of signatures in bytes, for algorithms with a fixed length.
const LENGTHS: &[(&str, usize)] = &[
    ("HS256", 32),
    ("HS384", 48),
    ("HS512", 64),
    ("ES256", 64),
    ("ES256K", 64),
    ("ES384", 96),
    ("ES512", 132),
    ("Ed25519", 64),
    ("Ed448", 114),
    ("ML-DSA-44", 2420),
    ("ML-DSA-65", 3309),
    ("ML-DSA-87", 4627),
];

/// Substrings that are suspicious in a key ID, and what they are part of.
const KEY_ID_ATTACKS: &[(&str, &str)] = &[
    ("../", "a path"),
    ("..\\", "a path"),
    ("/dev/", "a path"),
    ("/etc/", "a path"),
    ("/proc/", "a path"),
    ("/tmp/", "a path"),
    ("file:", "a URL"),
    ("http://", "a URL"),
    ("'", "a query"),
    ("\"", "a query"),
    (" union ", "a query"),
    (" or ", "a query"),
    ("/*", "a query"),
    ("$(", "a command"),
    ("`", "a command"),
    ("|", "a command"),
    ("${", "a template"),
];

/// Kinds of tokens that contain a key by design.
const WITH_KEY: &[&str] = &["dpop-proof", "key-proof", "acme-request"];

/// Kinds of tokens that name the URL of a certificate by design (RFC 8225 §4: `x5u`).
const WITH_KEY_URL: &[&str] = &["call-identity"];

/// Acceptable iteration counts of PBES2: not too low (RFC 7518 §4.8.1.2), not an attack (RFC 8725bis §3.13).
const ITERATIONS: std::ops::RangeInclusive<u64> = 1000..=1_200_000;

pub(super) fn check(decoded: &Decoded, findings: &mut Vec<Diagnostic>) {
    if let Some(header) = &decoded.header {
        parameters(header, decoded, findings);
        let algorithm = header.get("alg").and_then(Json::as_str);
        signature(algorithm, &decoded.signature, findings);
    }
    for further in &decoded.further_signatures {
        parameters(&further.header, decoded, findings);
        signature(further.header.get("alg").and_then(Json::as_str), &further.signature, findings);
    }
}

fn parameters(header: &Json, decoded: &Decoded, findings: &mut Vec<Diagnostic>) {
    let mut say = |code, message: String| findings.push(Diagnostic::new(code, message));
    let text = |name: &str| header.get(name).and_then(Json::as_str);
    match text("alg") {
        None => say(&ALG_MISSING, "the header has no `alg`".to_owned()),
        Some("none") if decoded.kind != TokenKind::Jwe => {
            let signed = if decoded.signature.is_empty() { "" } else { ", although it has a signature" };
            say(&ALG_NONE, format!("the token is unsigned (`alg` is `none`){signed}: anyone could have created it"));
        }
        Some(name) if name.eq_ignore_ascii_case("none") => {
            say(&ALG_NONE, format!("`alg` is `{name}`, a spelling of `none` that some verifiers accept"));
        }
        Some("RSA1_5") => {
            say(&ALG_WEAK, "`RSA1_5` is vulnerable to padding oracles: use `RSA-OAEP-256` or `ECDH-ES`".to_owned());
        }
        Some(name) if find(ALGORITHMS, name).is_none() => {
            say(&ALG_UNKNOWN, format!("the algorithm `{name}` is not registered"));
        }
        Some(name) if name.starts_with("HS") => {
            if let Some(public) =
                ["x5c", "x5t", "x5t#S256", "x5u", "jwk", "jku"].iter().find(|name| header.get(name).is_some())
            {
                say(
                    &ALG_CONFUSION,
                    format!("`{name}` uses a shared secret, but the header has a public key (`{public}`)"),
                );
            } else if let Some(provider) = decoded.provider.filter(|provider| provider.has(Habit::KeyPair)) {
                say(
                    &ALG_CONFUSION,
                    format!("`{name}` uses a shared secret, but {} signs with a key pair", provider.title),
                );
            }
        }
        Some(_) => {}
    }
    if let Some(crit) = header.get("crit") {
        findings.extend(critical(crit, header));
    }
    findings.extend(keys(header, decoded));
    if let Some(count) = header.get("p2c") {
        let sound = matches!(count, Json::Number(text) if text.parse().is_ok_and(|count| ITERATIONS.contains(&count)));
        if !sound {
            let message =
                format!("`p2c` is {count}, but must be between {} and {}", ITERATIONS.start(), ITERATIONS.end());
            findings.push(Diagnostic::new(&ROUNDS_UNSOUND, message));
        }
    }
    for (name, _) in
        header.members().iter().filter(|(name, _)| find(PARAMETERS, name).is_none()).take(super::MOST_ALIKE)
    {
        let message = format!("the header parameter `{name}` is not registered");
        findings.push(Diagnostic::new(&PARAMETER_UNKNOWN, message));
    }
}

/// Checks `crit` (RFC 7515 §4.1.11).
fn critical(crit: &Json, header: &Json) -> Option<Diagnostic> {
    let names: Option<Vec<&str>> = match crit {
        Json::Array(names) if !names.is_empty() => names.iter().map(Json::as_str).collect(),
        _ => None,
    };
    let Some(names) = names else {
        return Some(Diagnostic::new(&CRIT_MALFORMED, format!("`crit` is not an array of names: {crit}")));
    };
    let present: HashSet<&str> = header.members().iter().map(|(name, _)| name.as_str()).collect();
    if let Some(name) = names.iter().find(|name| STANDARD.contains(name) || !present.contains(*name)) {
        let message = format!("`crit` lists `{name}`, which is a standard parameter or is not in the header");
        return Some(Diagnostic::new(&CRIT_MALFORMED, message));
    }
    let unknown: Vec<&str> = names.into_iter().filter(|name| !UNDERSTOOD.contains(name)).collect();
    if unknown.is_empty() {
        return None;
    }
    let list = unknown.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let message = format!("verifiers must reject the token unless they understand {list} (`crit`)");
    Some(Diagnostic::new(&CRIT_UNKNOWN, message))
}

fn keys(header: &Json, decoded: &Decoded) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let is = |kinds: &[&str]| decoded.purpose.as_ref().is_some_and(|named| kinds.contains(&named.purpose.name));
    if let Some(key) = header.get("jwk") {
        if key.get("d").is_some() || key.get("k").is_some() {
            findings.push(Diagnostic::new(&KEY_PRIVATE, "`jwk` contains the private key"));
        }
        if !is(WITH_KEY) {
            let message = "the token contains its own key (`jwk`), which proves nothing about its issuer";
            findings.push(Diagnostic::new(&KEY_EMBEDDED, message));
        }
    }
    for name in ["jku", "x5u"] {
        if let Some(url) = header.get(name).filter(|_| !is(WITH_KEY_URL)) {
            let message = format!("the header contains a URL for the key (`{name}`): {url}");
            findings.push(Diagnostic::new(&KEY_BY_URL, message));
        }
    }
    let id = header.get("kid").and_then(Json::as_str).unwrap_or_default();
    if let Some(what) = attack(id) {
        findings.push(Diagnostic::new(&KEY_ID_SUSPICIOUS, format!("`kid` looks like {what}: `{id}`")));
    }
    findings
}

/// Returns what a key ID looks like, if it is suspicious.
fn attack(id: &str) -> Option<&'static str> {
    if id.bytes().all(is_harmless) {
        return None;
    }
    let lower = id.to_ascii_lowercase();
    let attack = KEY_ID_ATTACKS.iter().find(|(part, _)| lower.contains(part)).map(|(_, what)| *what);
    attack.or_else(|| id.chars().any(is_deceptive).then_some("a terminal control sequence"))
}

/// Returns whether a byte is common in key IDs. Every attack contains another one.
fn is_harmless(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.=+".contains(&byte)
}

fn signature(algorithm: Option<&str>, signature: &[u8], findings: &mut Vec<Diagnostic>) {
    if signature.is_empty() {
        return;
    }
    if signature.iter().all(|byte| *byte == 0) {
        findings.push(Diagnostic::new(&SIGNATURE_ZERO, "the signature consists of zeros"));
    }
    let fixed = LENGTHS.iter().find(|(name, _)| Some(*name) == algorithm);
    if let Some((name, length)) = fixed.filter(|(_, length)| *length != signature.len()) {
        let message = format!("the signature has {} bytes, but `{name}` requires {length}", signature.len());
        findings.push(Diagnostic::new(&SIGNATURE_LENGTH, message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suspicious_key_ids_are_found_within_other_text() {
        for (part, what) in KEY_ID_ATTACKS {
            assert!(!part.bytes().all(is_harmless), "{part}");
            assert_eq!(attack(&format!("key-1{part}x")), Some(*what), "{part}");
        }
        assert_eq!(attack("2026-11_a.B=+"), None);
        assert_eq!(attack("a b"), None);
        assert_eq!(attack("a\u{1b}[2J"), Some("a terminal control sequence"));
    }
}
