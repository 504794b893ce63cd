//! Finds out whether a text carries a token, also one that lost its beginning.
//!
//! [`super::scan`] finds whole tokens in logs and has to be sure. Here the question is whether a text may be sent without
//! asking, so a part of a JWT is enough, and so is a token with a percent-encoded dot.

use url::form_urlencoded;

use super::opaque;

/// How the JSON object of a JOSE header or of a claims set begins in base64url: a brace, then a quote, a space or a line
/// break.
const OBJECTS: [&[u8]; 5] = [b"eyJ", b"eyA", b"ewo", b"ew0", b"ewk"];

/// The least number of characters of such a part. `eyJhIjoxfQ` is the shortest that says anything.
const SHORTEST_PART: usize = 10;

/// What kind of token a text carries, in words without any of its text; `None` when there is none.
#[must_use]
pub fn carried(text: &[u8]) -> Option<String> {
    directly(text).or_else(|| {
        // a query or a form: what is percent-encoded is the same token
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

/// Parts with dots between them, one of which is a JSON object.
fn is_jose(run: &[u8]) -> bool {
    let is_object = |part: &[u8]| part.len() >= SHORTEST_PART && OBJECTS.iter().any(|begin| part.starts_with(begin));
    run.contains(&b'.') && run.split(|byte| *byte == b'.').any(is_object)
}

/// A token with a published prefix at the beginning of a word.
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
        if let Some(known) = word.and_then(opaque::recognise) {
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
    fn a_token_is_noticed_wherever_it_stands_in_a_request() {
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
    fn a_jwt_without_its_first_key_or_its_end_is_noticed() {
        let whole = jwt(r#"{"alg":"RS256"}"#);
        for cut in 1..8 {
            assert!(carried(&whole.as_bytes()[cut..]).is_some(), "{cut}");
        }
        assert!(carried(&whole.as_bytes()[..whole.len() - 20]).is_some());
        assert!(carried(jwt("{ \"alg\":\"none\"}").as_bytes()).is_some());
    }

    #[test]
    fn ordinary_requests_carry_no_token() {
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
