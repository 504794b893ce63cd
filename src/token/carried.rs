//! Detects a token in a text that is about to be sent, even if its beginning is missing.
//!
//! [`super::scan`] finds complete tokens in logs and must be certain. Here a token must not be sent without a confirmation,
//! so a part of a JWT counts, and so does a token that is percent-encoded or in base64.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::opaque;

/// Beginnings of a JOSE header or a claims set in base64url: a brace, then a quote, a space or a line break.
const OBJECTS: [&[u8]; 5] = [b"eyJ", b"eyA", b"ewo", b"ew0", b"ewk"];

/// Minimum length of such a part: that of `eyJhIjoxfQ`, the shortest object with a member.
const SHORTEST_PART: usize = 10;

/// How many encodings around a token are removed, such as base64 in a percent-encoded query.
const DEPTH: usize = 3;

/// Minimum length of a run of base64 that is decoded: that of a secret of 8 bytes.
const SHORTEST_RUN: usize = 11;

/// Decoders that tolerate what servers tolerate: missing padding, and bits that are not zero at the end.
const TOLERANT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, TOLERANT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, TOLERANT);

/// Describes the kind of token in a text, without quoting it; `None` if there is none.
#[must_use]
pub fn carried(text: &[u8]) -> Option<String> {
    find_in_readings(text, &mut directly)
}

/// Removes one encoding from a text; `None` if the text does not have it.
type Reading = fn(&[u8]) -> Option<Zeroizing<Vec<u8>>>;

/// Searches a text, and the text without its percent-encoding and base64, also nested.
pub fn find_in_readings<T>(text: &[u8], find: &mut impl FnMut(&[u8]) -> Option<T>) -> Option<T> {
    in_readings(text, DEPTH, find)
}

fn in_readings<T>(text: &[u8], depth: usize, find: &mut impl FnMut(&[u8]) -> Option<T>) -> Option<T> {
    if let Some(found) = find(text) {
        return Some(found);
    }
    let readings: [Reading; 4] = [
        percent_decoded,
        form_decoded,
        |text| base64_decoded(text, &STANDARD, *b"+/"),
        |text| base64_decoded(text, &URL_SAFE, *b"-_"),
    ];
    let mut readings = readings.iter().filter(|_| depth > 0).filter_map(|read| read(text));
    readings.find_map(|reading| in_readings(&reading, depth - 1, find))
}

/// Returns a text without its percent-encoding; `None` if it has none.
fn percent_decoded(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let decoded = || Zeroizing::new(percent_encoding::percent_decode(text).collect::<Vec<u8>>());
    text.contains(&b'%').then(decoded).filter(|decoded| decoded.len() < text.len())
}

/// Returns a text with spaces for plus signs, as in a form; `None` if it has none.
fn form_decoded(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let spaced = || text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect::<Vec<u8>>();
    text.contains(&b'+').then(|| Zeroizing::new(spaced()))
}

/// Returns the decoded runs of base64 in a text, separated by line breaks; `None` if there are none. `special`: the last
/// two characters of the alphabet.
fn base64_decoded(text: &[u8], engine: &GeneralPurpose, special: [u8; 2]) -> Option<Zeroizing<Vec<u8>>> {
    let runs = text.split(|byte| !(byte.is_ascii_alphanumeric() || special.contains(byte)));
    let mut decoded = Zeroizing::new(Vec::new());
    for run in runs.filter(|run| run.len() >= SHORTEST_RUN) {
        // a single character at the end encodes nothing
        let whole = run.len() - usize::from(run.len() % 4 == 1);
        if engine.decode_vec(run.get(..whole).unwrap_or_default(), &mut decoded).is_ok() {
            decoded.push(b'\n');
        }
    }
    (!decoded.is_empty()).then_some(decoded)
}

fn directly(text: &[u8]) -> Option<String> {
    text.split(|byte| !(is_word(*byte) || *byte == b'.'))
        .any(is_jose)
        .then(|| "a JWT, or a part of one".to_owned())
        .or_else(|| opaque_within(text))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// Returns whether a word has parts separated by dots, one of which is a JSON object.
fn is_jose(run: &[u8]) -> bool {
    let is_object = |part: &[u8]| part.len() >= SHORTEST_PART && OBJECTS.iter().any(|begin| part.starts_with(begin));
    run.contains(&b'.') && run.split(|byte| *byte == b'.').any(is_object)
}

/// Finds a token with a published prefix at the beginning of a word.
fn opaque_within(text: &[u8]) -> Option<String> {
    let is_part = |byte: u8| is_word(byte) || b".~+/=".contains(&byte);
    let mut before = b' ';
    let mut end = 0;
    for (start, byte) in text.iter().copied().enumerate() {
        let begins = is_word(byte) && !is_word(before);
        before = byte;
        if !begins || !opaque::may_begin(text.get(start..).unwrap_or_default()) {
            continue;
        }
        if start >= end {
            let length = text.get(start..).unwrap_or_default().iter().take_while(|byte| is_part(**byte)).count();
            end = start + length;
        }
        let word = text.get(start..end).and_then(|word| std::str::from_utf8(word).ok());
        if let Some(known) = word.and_then(opaque::detect) {
            return Some(format!("{} of {}", known.what, known.issuer));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

    use super::*;

    fn jwt(header: &str) -> String {
        format!("{}.{}.c2lnbmF0dXJl", BASE64.encode(header), BASE64.encode(r#"{"sub":"alice"}"#))
    }

    #[test]
    fn tokens_are_detected_anywhere_in_a_request() {
        let jwt = jwt(r#"{"alg":"RS256"}"#);
        let github = format!("ghp_{}", "a".repeat(36));
        for token in [&jwt, &github] {
            for text in [
                token.clone(),
                format!("access_token={token}&x=1"),
                format!("x=1&access_token={}", token.replace('.', "%2E").replace('_', "%5f")),
                format!("{{\"t\":\"{token}\"}}"),
                format!("Bearer {token}"),
                format!("orders/{token}/lines"),
                format!("a line\r\n{token}\r\n"),
                token.replace('.', "%2E").replace('_', "%5f"),
                format!("x={}", token.replace('.', "%252E").replace('_', "%255F")),
                BASE64.encode(token),
                STANDARD.encode(token),
                format!("Basic {}", STANDARD.encode(format!("user:{token}"))),
                format!("x=1&t={}", STANDARD.encode(token).replace('=', "%3D")),
                format!("/v1/{}/x", BASE64.encode(token)),
                STANDARD.encode(BASE64.encode(token)),
                format!("a+{token}+b"),
            ] {
                assert!(carried(text.as_bytes()).is_some(), "{text}");
            }
        }
    }

    #[test]
    fn incomplete_jwts_are_detected() {
        let whole = jwt(r#"{"alg":"RS256"}"#);
        for cut in 1..8 {
            assert!(carried(&whole.as_bytes()[cut..]).is_some(), "{cut}");
        }
        assert!(carried(&whole.as_bytes()[..whole.len() - 20]).is_some());
        assert!(carried(jwt("{ \"alg\":\"none\"}").as_bytes()).is_some());
    }

    #[test]
    fn ordinary_requests_contain_no_token() {
        for text in [
            "",
            "state=open&limit=5",
            "cursor=eyJpZCI6MTIzNDU2fQ",
            "cursor=eyJpZCI6MTIzNDU2fQ%3D%3D",
            r#"{"item":"tea","note":"the ghp_ prefix is GitHub's"}"#,
            "version=1.2.3-rc.4",
            "file=report.eyJ.txt",
            "4/0 of 10",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "f47ac10b-58cc-4372-a567-0e02b2c3d479",
            "Basic dXNlcjpwYXNzd29yZA==",
            "filter=a%20eq%20%27b.c%27&cursor=ZXlKaVp5STZNWDA",
        ] {
            assert_eq!(carried(text.as_bytes()), None, "{text}");
        }
    }
}
