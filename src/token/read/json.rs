//! JWS and JWE in JSON serialization (RFC 7515 §7.2, RFC 7516 §7.2), flattened and general.

use super::{base64url, compact, part, sd_jwt};
use crate::diagnostic::Diagnostic;
use crate::token::decoded::FurtherSignature;
use crate::token::findings::{ALG_UNPROTECTED, PAYLOAD_DETACHED, TOKEN_ENCRYPTED, TOKEN_MALFORMED};
use crate::token::{Decoded, Json, Payload, Serialization, TokenKind};

/// Parses a token in JSON serialization; `None` if the text is not such an object.
pub(in crate::token) fn json(text: &str) -> Option<Decoded> {
    let object = Json::parse(text).ok()?;
    if object.get("ciphertext").is_some() {
        return Some(encrypted(&object));
    }
    // a detached payload is absent (RFC 7515 Appendix F)
    if object.get("payload").is_some_and(|payload| payload.as_str().is_none()) {
        return None;
    }
    match object.get("signatures") {
        Some(Json::Array(signatures)) => Some(signed(&object, signatures, Serialization::JsonGeneral)),
        None if object.get("signature").is_some()
            || (object.get("payload").is_some() && object.get("protected").is_some()) =>
        {
            Some(signed(&object, std::slice::from_ref(&object), Serialization::JsonFlattened))
        }
        _ => None,
    }
}

fn signed(object: &Json, signatures: &[Json], serialization: Serialization) -> Decoded {
    let mut decoded = Decoded::new(TokenKind::Jws, serialization);
    for (index, signature) in signatures.iter().enumerate() {
        let header = header(signature, &mut decoded);
        let bytes = text(signature, "signature").map(|part| part::bytes(part, "signature", &mut decoded));
        let bytes = bytes.flatten().unwrap_or_default();
        match index {
            0 => {
                decoded.header = Some(header);
                decoded.signature = bytes;
            }
            _ => decoded.further_signatures.push(FurtherSignature { header, signature: bytes }),
        }
    }
    if decoded.header.is_none() {
        decoded.findings.push(Diagnostic::new(&TOKEN_MALFORMED, "the array of signatures is empty"));
        decoded.whole = false;
    }
    let encoded = decoded.header.as_ref().and_then(|header| header.get("b64")) != Some(&Json::Bool(false));
    let payload = text(object, "payload").unwrap_or_default();
    decoded.payload = if payload.is_empty() {
        let message = "the payload is detached: verifying the signature needs it from elsewhere";
        decoded.findings.push(Diagnostic::new(&PAYLOAD_DETACHED, message));
        Payload::Absent
    } else if encoded {
        part::payload(payload, &mut decoded)
    } else {
        let (payload, finding) = part::content(payload.to_owned());
        decoded.findings.extend(finding);
        payload
    };
    // RFC 9901 §8: the disclosures are in the unprotected header of the first signature
    let unprotected = signatures.first().and_then(|signature| signature.get("header"));
    if let Some(Json::Array(disclosures)) = unprotected.and_then(|header| header.get("disclosures")) {
        let disclosures: Vec<&str> = disclosures.iter().filter_map(Json::as_str).collect();
        sd_jwt::disclose(&mut decoded, &disclosures);
        let binding = unprotected.and_then(|header| header.get("kb_jwt")).and_then(Json::as_str);
        decoded.key_binding = binding.and_then(compact).map(Box::new);
    }
    decoded
}

/// Returns the protected, then the unprotected parameters of a signature.
fn header(signature: &Json, decoded: &mut Decoded) -> Json {
    let protected = text(signature, "protected").filter(|part| !part.is_empty());
    let protected = protected.and_then(|part| part::header(part, false, decoded));
    if protected.as_ref().and_then(|header| header.get("alg")).is_none()
        && signature.get("header").is_some_and(|header| header.get("alg").is_some())
    {
        let message = "the algorithm is in the unprotected header: anyone can change it";
        decoded.findings.push(Diagnostic::new(&ALG_UNPROTECTED, message));
    }
    joined([protected.as_ref(), signature.get("header")])
}

fn encrypted(object: &Json) -> Decoded {
    let recipients = object.get("recipients");
    let general = recipients.is_some();
    let serialization = if general { Serialization::JsonGeneral } else { Serialization::JsonFlattened };
    let mut decoded = Decoded::new(TokenKind::Jwe, serialization);
    let protected = text(object, "protected").filter(|part| !part.is_empty());
    let protected = protected.and_then(|part| part::header(part, false, &mut decoded));
    let recipient = match recipients {
        Some(Json::Array(recipients)) => recipients.first(),
        _ => Some(object),
    };
    let header = joined([
        protected.as_ref(),
        object.get("unprotected"),
        recipient.and_then(|recipient| recipient.get("header")),
    ]);
    decoded.header = Some(header);
    let ciphertext = text(object, "ciphertext").and_then(base64url::bytes);
    decoded.payload = Payload::Encrypted(ciphertext.map_or(0, |bytes| bytes.len()));
    let message = "the token is encrypted: only its recipients can read its claims";
    decoded.findings.push(Diagnostic::new(&TOKEN_ENCRYPTED, message));
    decoded
}

fn text<'j>(object: &'j Json, name: &str) -> Option<&'j str> {
    object.get(name)?.as_str()
}

fn joined<const N: usize>(headers: [Option<&Json>; N]) -> Json {
    Json::Object(headers.into_iter().flatten().flat_map(Json::members).cloned().collect())
}
