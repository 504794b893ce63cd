//! The one type that holds a secret.

use std::borrow::Cow;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A token, a client secret, a code or a verifier.
///
/// `Debug` and `Display` are redacted, the memory is overwritten on drop (best effort: copies made by the
/// allocator, the TLS stack or the kernel are out of reach), and the only way to the text is [`Secret::expose`],
/// a name that is easy to search for.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes ownership of the text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text itself. Every call is a place to look at in a review.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What may be shown in place of the secret: up to four leading characters and the length in bytes,
    /// nothing at all of a secret shorter than 24 bytes.
    #[must_use]
    pub fn masked(&self) -> String {
        let text = self.expose();
        if text.len() < 24 {
            return format!("… ({} bytes)", text.len());
        }
        let head: String = text.chars().take(4).filter(char::is_ascii_graphic).collect();
        format!("{head}… ({} bytes)", text.len())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret([redacted])")
    }
}

/// Beginnings of secrets by which their makers are known; after them even a short one is masked.
const PREFIXES: &[&str] = &["eyJ", "github_pat_", "gho_", "ghp_", "ghs_", "ghu_", "glpat-", "rk_", "sk_", "xox"];

/// Words after which a secret follows, whatever it looks like.
const INTRODUCTIONS: &[&str] =
    &["access_token", "basic", "bearer", "client_secret", "dpop", "password", "refresh_token"];

/// A text with everything that looks like a secret masked: what follows `Bearer` and its like, what has a known
/// beginning, and every run of 20 letters and digits, both of them in it. Best effort: a secret of plain words stays.
#[must_use]
pub fn masked_within(text: &str) -> Cow<'_, str> {
    masked(text, |word| {
        let digit = word.bytes().any(|byte| byte.is_ascii_digit());
        let letter = word.bytes().any(|byte| byte.is_ascii_alphabetic());
        word.len() >= 20 && digit && letter
    })
}

/// The same without a guess: what follows `Bearer` and its like, and what has a known beginning, to its end. For texts
/// that name files and endpoints, which may be long and hold digits.
#[must_use]
pub fn masked_tokens(text: &str) -> Cow<'_, str> {
    masked(text, |_| false)
}

fn masked(text: &str, looks_secret: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "-_~+".contains(character);
    let mut result = String::new();
    let mut last = "";
    let mut hidden = false;
    // a token goes on behind its dots
    let mut goes_on = false;
    for part in text.split_inclusive(|character| !is_part(character)) {
        let word = part.trim_end_matches(|character| !is_part(character));
        let digit = word.bytes().any(|byte| byte.is_ascii_digit());
        let known = word.len() >= 12 && PREFIXES.iter().any(|prefix| word.starts_with(prefix));
        let introduced = word.len() >= 8 && INTRODUCTIONS.iter().any(|before| last.eq_ignore_ascii_case(before));
        // a parameter of a challenge is no secret
        let introduced = introduced && (digit || part.ends_with('.')) && !part.ends_with('=');
        let secret = known || introduced || (goes_on && word.len() >= 2) || looks_secret(word);
        goes_on = secret && part.ends_with('.');
        if secret {
            hidden = true;
            result.push('…');
            result.push_str(part.get(word.len()..).unwrap_or_default());
        } else {
            result.push_str(part);
        }
        if !word.is_empty() {
            last = word;
        }
    }
    if hidden { result.into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_and_mask_hide_the_text() {
        let secret = Secret::new("eyJhbGciOiJub25lIn0.needle.needle");
        assert_eq!(format!("{secret:?}"), "Secret([redacted])");
        assert_eq!(secret.masked(), "eyJh… (33 bytes)");
        assert_eq!(Secret::new("hunter2").masked(), "… (7 bytes)");
    }

    #[test]
    fn tokens_within_a_text() {
        for (text, masked) in [
            ("`eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJl` can't be read", "`….….…` can't be read"),
            ("`openapi-of-the-year-2026-v2.yaml` can't be read", "`openapi-of-the-year-2026-v2.yaml` can't be read"),
            ("the scope orders.read2 is not declared", "the scope orders.read2 is not declared"),
        ] {
            assert_eq!(masked_tokens(text), masked);
        }
    }

    #[test]
    fn secrets_within_a_text() {
        for (text, masked) in [
            ("the token eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0. is bad", "the token ….…. is bad"),
            ("Authorization: Bearer 2YotnFZFEjr1zCsicMWpAA", "Authorization: Bearer …"),
            ("Bearer abc12345, x", "Bearer …, x"),
            ("sk_live_abcdefgh", "…"),
            ("missing scope orders:write on /v1/orders/123", "missing scope orders:write on /v1/orders/123"),
            ("calendar.v3.CalendarList.List", "calendar.v3.CalendarList.List"),
            ("Bearer error=\"insufficient_scope\"", "Bearer error=\"insufficient_scope\""),
            ("ticket=016f84e8-f9b9-11e0-bd6f-0021cc6004de", "ticket=…"),
            ("é", "é"),
        ] {
            assert_eq!(masked_within(text), masked);
        }
    }
}
