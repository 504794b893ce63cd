//! Finds the token in whatever was pasted or piped.

use std::time::Duration;

use thiserror::Error;

use super::Json;
use crate::secret::Secret;
use crate::text::is_deceptive;

/// A token, and what stood around it.
#[derive(Clone, Debug)]
pub struct Input {
    /// The token itself.
    pub token: Secret,
    /// `scope` of the token response that it came in (RFC 6749 §5.1).
    pub scope: Option<String>,
    /// `expires_in` of the token response that it came in.
    pub expires_in: Option<Duration>,
}

/// Why there is no token in an input.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum InputError {
    /// Nothing but white space.
    #[error("the input is empty: there is no token in it")]
    Empty,
    /// Larger than any token.
    #[error("the input has {0} bytes: more than any token")]
    TooLarge(usize),
    /// JSON without a token in it.
    #[error("the input is JSON, but has no `access_token`")]
    NoTokenInJson,
    /// A token response that is an error (RFC 6749 §5.2).
    #[error("the input is an error response, not a token: `{0}`")]
    ErrorResponse(String),
    /// Several words, none of which is a token.
    #[error("no token was found in the input")]
    NotFound,
}

/// The most bytes that are looked at.
pub(super) const MOST_BYTES: usize = 1 << 20;

/// Finds the token in a bare token, `Bearer …` or `DPoP …`, a whole `Authorization:` line, quotes, a token response
/// in JSON (RFC 6749 §5.1), a `curl` command, or a URL with `access_token` in it; white space and line breaks around
/// or inside a token are dropped, and so are characters that can't be seen.
///
/// # Errors
/// When there is no token.
pub fn recognise(text: &str) -> Result<Input, InputError> {
    if text.len() > MOST_BYTES {
        return Err(InputError::TooLarge(text.len()));
    }
    // copied from a page or a document, a token often comes with a byte order mark or zero-width spaces
    let cleaned: String =
        text.chars().filter(|character| character.is_whitespace() || !is_deceptive(*character)).collect();
    let text = unquote(cleaned.trim());
    if text.is_empty() {
        return Err(InputError::Empty);
    }
    if text.starts_with('{') {
        return from_json(text);
    }
    let token = from_words(text).ok_or(InputError::NotFound)?;
    Ok(Input { token: Secret::new(token), scope: None, expires_in: None })
}

fn from_json(text: &str) -> Result<Input, InputError> {
    let response = Json::parse(text).map_err(|_| InputError::NotFound)?;
    let member = |name: &str| response.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
    let Some(token) = member("access_token").or_else(|| member("id_token")).or_else(|| member("token")) else {
        return Err(match member("error") {
            Some(error) => InputError::ErrorResponse(error.to_owned()),
            None => InputError::NoTokenInJson,
        });
    };
    let seconds = match response.get("expires_in") {
        Some(Json::Number(text) | Json::String(text)) => text.parse().ok(),
        _ => None,
    };
    Ok(Input {
        token: Secret::new(token.trim()),
        scope: member("scope").map(str::to_owned),
        expires_in: seconds.map(Duration::from_secs),
    })
}

fn from_words(text: &str) -> Option<String> {
    if let Some(token) = after_parameter(text) {
        return Some(token);
    }
    let words: Vec<&str> =
        text.split_whitespace().map(unquote).filter(|word| !word.is_empty() && *word != "\\").collect();
    if let Some(position) = words.iter().position(|word| word.eq_ignore_ascii_case("--oauth2-bearer")) {
        return words.get(position + 1).map(|word| (*word).to_owned());
    }
    if let Some(position) = words.iter().position(|word| is_scheme(word)) {
        let rest = words.get(position + 1..)?;
        // within a command only the next word belongs to it; otherwise a token may be wrapped over several lines
        let is_command = words.first().is_some_and(|word| *word == "curl");
        let taken = if is_command { rest.get(..1)? } else { rest };
        return joined(taken);
    }
    if let Some((name, rest)) = text.split_once(':')
        && name.trim().eq_ignore_ascii_case("authorization")
    {
        return joined(&rest.split_whitespace().map(unquote).collect::<Vec<_>>());
    }
    match words.as_slice() {
        [only] => Some((*only).to_owned()),
        several if several.first().is_some_and(|word| word.starts_with("eyJ")) => joined(several),
        _ => None,
    }
}

/// The words of a wrapped token without their breaks: all of them have to look like parts of one.
fn joined(words: &[&str]) -> Option<String> {
    let is_part = |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte));
    (!words.is_empty() && words.iter().all(is_part)).then(|| words.concat())
}

/// `Bearer` (RFC 6750 §2.1) or `DPoP` (RFC 9449 §7.1) in any case, alone or at the end of `Authorization:Bearer`.
fn is_scheme(word: &str) -> bool {
    let scheme = word.rsplit([':', '"', '\'']).next().unwrap_or(word);
    ["bearer", "dpop"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

/// `access_token=` in the query or the fragment of a URL (RFC 6750 §2.3).
fn after_parameter(text: &str) -> Option<String> {
    let (before, after) = text.split_once("access_token=")?;
    if !before.is_empty() && !before.ends_with(['?', '&', '#']) {
        return None;
    }
    let end = after.find(|character: char| character == '&' || character == '#' || character.is_whitespace());
    let token = unquote(after.get(..end.unwrap_or(after.len()))?);
    (!token.is_empty()).then(|| token.to_owned())
}

fn unquote(text: &str) -> &str {
    text.trim_matches(['"', '\'', '`', '“', '”', '‘', '’', '«', '»', ',', ';'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_is_found_in_whatever_was_pasted() {
        for text in [
            "eyJh.eyJz.c2ln",
            "  eyJh.eyJz.c2ln\r\n",
            "\"eyJh.eyJz.c2ln\"",
            "'eyJh.eyJz.c2ln',",
            "“eyJh.eyJz.c2ln”",
            "\u{feff}eyJh.\u{200b}eyJz.c2ln",
            "Bearer eyJh.eyJz.c2ln",
            "bEARER   eyJh.eyJz.c2ln",
            "DPoP eyJh.eyJz.c2ln",
            "Authorization: Bearer eyJh.eyJz.c2ln",
            "authorization:bearer eyJh.eyJz.c2ln",
            "Authorization: eyJh.eyJz.c2ln",
            "\"Authorization: Bearer eyJh.eyJz.c2ln\"",
            "eyJh.\n  eyJz.\n  c2ln",
            "Bearer eyJh.\neyJz.c2ln",
            r#"{"token_type":"Bearer","access_token":"eyJh.eyJz.c2ln","expires_in":"60","scope":"a b"}"#,
            r#"{"id_token":"eyJh.eyJz.c2ln"}"#,
            "curl -H 'Authorization: Bearer eyJh.eyJz.c2ln' https://api.example.com/orders -d x",
            "curl --oauth2-bearer eyJh.eyJz.c2ln https://api.example.com/",
            "curl https://api.example.com/ \\\n  --header \"Authorization: Bearer eyJh.eyJz.c2ln\" \\\n  -X POST",
            "https://app.example.com/cb#access_token=eyJh.eyJz.c2ln&token_type=bearer",
            "https://api.example.com/x?a=1&access_token=eyJh.eyJz.c2ln",
        ] {
            let found = recognise(text).map(|input| input.token.expose().to_owned());
            assert_eq!(found.as_deref(), Ok("eyJh.eyJz.c2ln"), "{text}");
        }
        let response = recognise(r#"{"access_token":"opaque","expires_in":60,"scope":"a b"}"#).unwrap();
        assert_eq!((response.scope.as_deref(), response.expires_in), (Some("a b"), Some(Duration::from_mins(1))));
    }

    #[test]
    fn where_there_is_no_token_it_says_why() {
        for (text, error) in [
            ("", InputError::Empty),
            (" \n\u{feff}\"\" ", InputError::Empty),
            ("{}", InputError::NoTokenInJson),
            (r#"{"error":"invalid_grant"}"#, InputError::ErrorResponse("invalid_grant".to_owned())),
            ("{\"access_token\":", InputError::NotFound),
            ("there is no token here", InputError::NotFound),
            ("Bearer", InputError::NotFound),
            ("curl https://api.example.com/", InputError::NotFound),
        ] {
            assert_eq!(recognise(text).map(|_| ()), Err(error), "{text}");
        }
        assert_eq!(recognise(&"a".repeat(MOST_BYTES + 1)).map(|_| ()), Err(InputError::TooLarge(MOST_BYTES + 1)));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(?s).{0,80}") {
            let _ = recognise(&text);
        }
    }
}
