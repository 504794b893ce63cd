//! JWS and JWE in compact serialization (RFC 7515 §7.1, RFC 7516 §7.1), possibly truncated.

use super::{base64url, part};
use crate::diagnostic::Diagnostic;
use crate::token::findings::{PAYLOAD_DETACHED, SIGNATURE_MISSING, TOKEN_ENCRYPTED, TOKEN_MALFORMED, TOKEN_TRUNCATED};
use crate::token::{Decoded, Json, Payload, Serialization, TokenKind};

/// Maximum number of parts. One more is split off to detect that there are too many.
const MOST_PARTS: usize = 5;

/// Parses a token in compact serialization; `None` if it does not begin like one.
pub(in crate::token) fn compact(token: &str) -> Option<Decoded> {
    let parts: Vec<&str> = token.splitn(MOST_PARTS + 1, '.').collect();
    let mut decoded = Decoded::new(TokenKind::Jws, Serialization::Compact);
    let first = parts.first()?;
    decoded.header = part::header(first, parts.len() == 1, &mut decoded);
    // base64url of `{"` and of `{` before a line feed: a JOSE header, even if it can't be read
    if decoded.header.is_none() && !first.starts_with("eyJ") && !first.starts_with("ewo") {
        return None;
    }
    if parts.len() > 3 || decoded.header.as_ref().is_some_and(|header| header.get("enc").is_some()) {
        encrypted(&parts, &mut decoded);
    } else {
        signed(&parts, &mut decoded);
    }
    Some(decoded)
}

fn encrypted(parts: &[&str], decoded: &mut Decoded) {
    decoded.kind = TokenKind::Jwe;
    let ciphertext = parts.get(3).and_then(|part| base64url::bytes(part));
    decoded.payload = Payload::Encrypted(ciphertext.map_or(0, |bytes| bytes.len()));
    decoded
        .findings
        .push(Diagnostic::new(&TOKEN_ENCRYPTED, "the token is encrypted: only its recipient can read its claims"));
    if parts.len() < MOST_PARTS {
        let message = format!("an encrypted token has five parts, but this one has {}", parts.len());
        decoded.findings.push(Diagnostic::new(&TOKEN_TRUNCATED, message).help("copy the whole token again"));
        decoded.whole = false;
    } else if parts.len() > MOST_PARTS {
        let message = "an encrypted token has five parts, but this one has more";
        decoded.findings.push(Diagnostic::new(&TOKEN_MALFORMED, message));
        decoded.whole = false;
    }
}

fn signed(parts: &[&str], decoded: &mut Decoded) {
    let parameter = |name: &str| decoded.header.as_ref().and_then(|header| header.get(name)).cloned();
    let unsigned = parameter("alg").is_some_and(|algorithm| algorithm.as_str() == Some("none"));
    let encoded = parameter("b64") != Some(Json::Bool(false));
    match parts {
        // report a truncation only once
        [_] | [_, ""] if decoded.header.is_some() => {
            let message = "the token ends after its header: the payload is missing";
            decoded.findings.push(Diagnostic::new(&TOKEN_TRUNCATED, message));
            decoded.whole = false;
        }
        // the payload is complete, only the signature is missing
        [_, _, ""] if !unsigned => {
            let message = "the signature is empty, but the header names an algorithm";
            decoded.findings.push(Diagnostic::new(&SIGNATURE_MISSING, message));
        }
        _ => {}
    }
    decoded.payload = match parts.get(1) {
        None => Payload::Absent,
        Some(&"") if parts.len() == 2 => {
            (decoded.whole, decoded.payload_whole) = (false, false);
            Payload::Absent
        }
        Some(&"") if parts.len() == 3 => {
            let message = "the payload is detached: verifying the signature needs it from elsewhere";
            decoded.findings.push(Diagnostic::new(&PAYLOAD_DETACHED, message));
            Payload::Absent
        }
        Some(payload) if encoded => part::payload(payload, decoded),
        Some(payload) => {
            let (payload, finding) = part::content((*payload).to_owned());
            decoded.findings.extend(finding);
            payload
        }
    };
    match parts.get(2) {
        Some(signature) => {
            decoded.signature = part::bytes(signature, "signature", decoded).unwrap_or_default();
        }
        None if parts.len() == 2 && decoded.payload_whole => {
            let message = "the token ends after its payload: the signature is missing";
            decoded.findings.push(Diagnostic::new(&TOKEN_TRUNCATED, message));
            decoded.whole = false;
        }
        None => {}
    }
}
