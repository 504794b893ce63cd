//! Verification of the key binding JWT of an SD-JWT (RFC 9901 §4.3, §7.3).

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use super::{Check, CheckResult, Expected, Facts, Subject, Verification, Verifier, Wording};
use crate::token::key::KeySet;
use crate::token::read::digest_algorithm;
use crate::token::{Decoded, Json, Payload};

/// Verifies the key binding JWT with the key in the `cnf` claim of the issuer-signed JWT, and compares `sd_hash` with the
/// presentation. Returns `None` if there is none. Its `aud` and `nonce` are for the verifier that requested it.
pub(super) fn check(decoded: &Decoded, token: &str, leeway: u32, now: Timestamp) -> Option<Verification> {
    decoded.key_binding.as_ref()?;
    let (presentation, binding) = match token.trim() {
        text if text.starts_with('{') => of_json(text)?,
        text => text.rsplit_once('~').map(|(before, binding)| (format!("{before}~"), binding.to_owned()))?,
    };
    let Payload::Claims(signed) = &decoded.payload else { return None };
    let keys = match holder_key(decoded.claims().unwrap_or(signed)) {
        Ok(keys) => keys,
        Err((outcome, reason)) => {
            let checks = vec![Check::new(Subject::Key, outcome, reason)];
            return Some(Verification { checks, key: None, unknown_key: false });
        }
    };
    let expected = Expected { kind: Some("kb+jwt".to_owned()), leeway, ..Expected::default() };
    let facts = Facts::read(&binding, None);
    let mut verification = Verifier { keys, expected }.check(facts.first()?, Wording::All, now);
    verification.checks.push(hash(decoded, signed, &presentation));
    Some(verification)
}

/// Returns the key that the holder must prove possession of (RFC 7800 §3.2).
fn holder_key(claims: &Json) -> Result<KeySet, (CheckResult, String)> {
    let Some(jwk) = claims.get("cnf").and_then(|key| key.get("jwk")) else {
        return Err((CheckResult::NotChecked, "the token has no key of its holder (`cnf/jwk`)".to_owned()));
    };
    // a symmetric key would be known to everyone who sees the token
    if jwk.get("kty").and_then(Json::as_str) == Some("oct") {
        return Err((CheckResult::Failed, "the holder's key (`cnf/jwk`) is not a public key".to_owned()));
    }
    KeySet::parse(jwk.to_string().as_bytes(), "`cnf/jwk` of the token")
        .map_err(|error| (CheckResult::Failed, format!("the holder's key (`cnf/jwk`) is not usable: {error}")))
}

/// Compares `sd_hash` with the digest of the presentation, by the hash algorithm of the issuer-signed JWT.
fn hash(decoded: &Decoded, signed: &Json, presentation: &str) -> Check {
    let stated = decoded.key_binding.as_ref().and_then(|binding| binding.claims()?.get("sd_hash")?.as_str());
    let Some(algorithm) = digest_algorithm(signed) else {
        return Check::new(Subject::Presentation, CheckResult::Failed, "the digest algorithm (`_sd_alg`) is unknown");
    };
    let own = URL_SAFE_NO_PAD.encode(digest::digest(algorithm, presentation.as_bytes()));
    let (outcome, detail) = match stated {
        Some(stated) if stated == own => (CheckResult::Ok, "the digest of the presented disclosures"),
        Some(_) => (CheckResult::Failed, "the holder signed another set of disclosures"),
        None => (CheckResult::Failed, "`sd_hash` is missing"),
    };
    Check::new(Subject::Presentation, outcome, detail)
}

/// Returns the presentation in compact form, and the key binding JWT, of an SD-JWT in JSON serialization (RFC 9901 §8.1).
fn of_json(token: &str) -> Option<(String, String)> {
    let object = Json::parse(token).ok()?;
    let signature = match object.get("signatures") {
        Some(signatures) => signatures.items().first()?,
        None => &object,
    };
    let text = |object: &Json, name: &str| object.get(name).and_then(Json::as_str).map(str::to_owned);
    let header = signature.get("header")?;
    let disclosures = header.get("disclosures").map(Json::items).unwrap_or_default();
    let parts = [text(signature, "protected")?, text(&object, "payload")?, text(signature, "signature")?];
    let disclosed = disclosures.iter().filter_map(Json::as_str).map(|disclosure| format!("{disclosure}~"));
    Some((format!("{}~{}", parts.join("."), disclosed.collect::<String>()), text(header, "kb_jwt")?))
}
