//! Detects a token in a text that is about to be sent, even if its beginning is missing.
//!
//! [`super::scan`] finds complete tokens in logs and must be certain. Here a token must not be sent without a confirmation,
//! so a part of a JWT counts, and so does a token with percent-encoded dots.

use url::form_urlencoded;

use super::opaque;

/// Beginnings of a JOSE header or a claims set in base64url: a brace, then a quote, a space or a line break.
const OBJECTS: [&[u8]; 5] = [b"eyJ", b"eyA", b"ewo", b"ew0", b"ewk"];

/// Minimum length of such a part: that of `eyJhIjoxfQ`, the shortest object with a member.
const SHORTEST_PART: usize = 10;

/// Describes the kind of token in a text, without quoting it; `None` if there is none.
#[must_use]
pub fn carried(text: &[u8]) -> Option<String> {
    directly(text).or_else(|| {
        // a query or a form may be percent-encoded
        let decoded = || form_urlencoded::parse(text).flat_map(|(name, value)| [name, value]);
        text.contains(&b'%').then(|| decoded().find_map(|part| directly(part.as_bytes()))).flatten()
    })
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
        ] {
            assert_eq!(carried(text.as_bytes()), None, "{text}");
        }
    }
}
