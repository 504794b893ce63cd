//! Parts of a token: header, payload and signature, with their findings.

use super::base64url::{self, Base64Url};
use crate::diagnostic::Diagnostic;
use crate::token::findings::{
    BASE64_NOT_CANONICAL, BASE64_NOT_URL, MEMBER_NOT_TEXT, PAYLOAD_NO_CLAIMS, TOKEN_MALFORMED, TOKEN_TRUNCATED,
};
use crate::token::{Decoded, Json, Payload};

const COPY_AGAIN: &str = "copy the whole token again";

/// Decodes a part, and reports problems in `findings` and `whole`. A truncated part is decoded as far as possible.
pub(super) fn bytes(part: &str, name: &str, decoded: &mut Decoded) -> Option<Vec<u8>> {
    let oddity = |code, how: &str| Diagnostic::new(code, format!("the {name} {how}"));
    match base64url::read(part) {
        Base64Url::Canonical(bytes) => Some(bytes),
        Base64Url::OtherAlphabet(bytes) => {
            let how = "is not base64url without padding, which a JWT requires";
            decoded.findings.push(oddity(&BASE64_NOT_URL, how));
            Some(bytes)
        }
        Base64Url::NonCanonical(bytes) => {
            let how = "ends with unused bits that are not zero: another string decodes to the same bytes";
            decoded.findings.push(oddity(&BASE64_NOT_CANONICAL, how));
            Some(bytes)
        }
        Base64Url::Truncated(bytes) => {
            decoded.findings.push(oddity(&TOKEN_TRUNCATED, "is truncated within its base64url").help(COPY_AGAIN));
            decoded.whole = false;
            Some(bytes)
        }
        Base64Url::Malformed => {
            let how = match foreign_character(part) {
                Some((character, position)) => format!("is not base64url: `{character}` at position {position}"),
                None => "is not base64url".to_owned(),
            };
            decoded.findings.push(oddity(&TOKEN_MALFORMED, &how).help(COPY_AGAIN));
            decoded.whole = false;
            None
        }
    }
}

/// Returns the first character that base64url does not have, and its position, counted from 1.
fn foreign_character(part: &str) -> Option<(char, usize)> {
    let is_foreign = |character: char| !character.is_ascii_alphanumeric() && !"-_+/".contains(character);
    (1..)
        .zip(part.chars())
        .find(|(_, character)| is_foreign(*character))
        .map(|(position, character)| (character, position))
}

/// Parses a header. `last`: nothing follows it, so that it may be truncated.
pub(super) fn header(part: &str, last: bool, decoded: &mut Decoded) -> Option<Json> {
    let before = decoded.findings.len();
    let text = String::from_utf8(bytes(part, "header", decoded)?).ok();
    let finding = match text.as_deref().map(Json::parse) {
        Some(Ok(header @ Json::Object(_))) => return Some(header),
        Some(Err(error)) if last && text.as_deref().is_some_and(|text| error.offset >= text.len()) => cut("header"),
        _ => Diagnostic::new(&TOKEN_MALFORMED, "the header is not a JSON object"),
    };
    decoded.whole = false;
    // report one reason only
    decoded.findings.truncate(before);
    decoded.findings.push(finding);
    None
}

fn cut(name: &str) -> Diagnostic {
    Diagnostic::new(&TOKEN_TRUNCATED, format!("the token is truncated within its {name}")).help(COPY_AGAIN)
}

/// Parses the payload of a JWS from base64url.
pub(super) fn payload(part: &str, decoded: &mut Decoded) -> Payload {
    let before = decoded.findings.len();
    let Some(bytes) = bytes(part, "payload", decoded) else { return Payload::Absent };
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if !decoded.whole => {
            // truncated within a character: keep the text before it
            let whole = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            bytes.truncate(whole);
            String::from_utf8(bytes).unwrap_or_default()
        }
        Err(error) => {
            decoded.findings.push(Diagnostic::new(&PAYLOAD_NO_CLAIMS, "the payload is not UTF-8"));
            return Payload::Bytes(error.into_bytes());
        }
    };
    let (payload, finding) = content(text);
    if matches!(&finding, Some(finding) if finding.code == &TOKEN_TRUNCATED || finding.code == &TOKEN_MALFORMED) {
        decoded.whole = false;
        decoded.payload_whole = false;
        decoded.findings.truncate(before);
    }
    decoded.findings.extend(finding);
    payload
}

/// Sets the decrypted payload of a JWE.
pub(in crate::token) fn plain(bytes: &[u8], decoded: &mut Decoded) {
    let (payload, finding) = match std::str::from_utf8(bytes) {
        Ok(text) => content(text.to_owned()),
        Err(_) => {
            let finding = Diagnostic::new(&PAYLOAD_NO_CLAIMS, "the payload is not UTF-8");
            (Payload::Bytes(bytes.to_vec()), Some(finding))
        }
    };
    decoded.payload = payload;
    decoded.findings.extend(finding);
}

/// Parses the text of a payload.
pub(super) fn content(text: String) -> (Payload, Option<Diagnostic>) {
    match Json::parse(&text) {
        Ok(claims @ Json::Object(_)) => {
            let finding = text.contains("\\u").then(|| lone_surrogate(&text)).flatten();
            (Payload::Claims(claims), finding)
        }
        Ok(other) => {
            let finding = Diagnostic::new(&PAYLOAD_NO_CLAIMS, "the payload is JSON, but not an object");
            (Payload::Json(other), Some(finding))
        }
        Err(error) if text.trim_start().starts_with('{') => {
            if error.offset < text.len() {
                let finding = Diagnostic::new(&TOKEN_MALFORMED, format!("the payload is not valid JSON: {error}"));
                return (Payload::Text(text), Some(finding));
            }
            let payload = Json::parse_cut(&text).map_or(Payload::Text(text), Payload::Claims);
            (payload, Some(cut("payload")))
        }
        Err(_) => {
            let finding = Diagnostic::new(&PAYLOAD_NO_CLAIMS, "the payload is text, but not JSON");
            (Payload::Text(text), Some(finding))
        }
    }
}

/// Reports an unpaired surrogate (RFC 8259 §8.2), which is shown as U+FFFD.
fn lone_surrogate(text: &str) -> Option<Diagnostic> {
    let unit = |at: usize| u32::from_str_radix(text.get(at + 2..at + 6)?, 16).ok();
    let mut at = 0;
    while let Some(found) = text.get(at..)?.find('\\') {
        at += found;
        let escape = text.get(at..)?;
        match escape.starts_with("\\u").then(|| unit(at)).flatten() {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                let message =
                    "the payload contains an unpaired surrogate (`\\u` escape): parsers differ in how they read it";
                return Some(Diagnostic::new(&MEMBER_NOT_TEXT, message));
            }
            Some(_) => at += 6,
            None => at += 2,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpaired_surrogates_are_reported() {
        for (text, lone) in [
            (r#"{"a":"\ud83d\ude00"}"#, false),
            (r#"{"a":"\ud83d"}"#, true),
            (r#"{"a":"\ude00\ud83d"}"#, true),
            (r#"{"a":"\\ud83d"}"#, false),
            (r#"{"a":"\n\u00e9ü"}"#, false),
        ] {
            assert_eq!(lone_surrogate(text).is_some(), lone, "{text}");
        }
    }
}
