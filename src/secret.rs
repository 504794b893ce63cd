//! The type of all secrets, and masking of secrets in text.

use std::borrow::Cow;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A secret: a token, client secret, authorization code or verifier.
///
/// `Debug` is redacted, and the memory is overwritten on drop (best effort: copies made by the allocator, the TLS stack or
/// the kernel are out of reach). The content is only accessible through [`Secret::expose`], which is easy to search for.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// Returns the secret itself. Review every call.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns a masked form for display: up to four leading characters and the length in bytes. A secret shorter than 24
    /// bytes shows no characters.
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

/// Known prefixes of secrets, which are masked even if they are short.
const PREFIXES: &[&str] = &["eyJ", "github_pat_", "gho_", "ghp_", "ghs_", "ghu_", "glpat-", "rk_", "sk_", "xox"];

/// Words that are followed by a secret.
const INTRODUCTIONS: &[&str] =
    &["access_token", "basic", "bearer", "client_secret", "dpop", "password", "refresh_token"];

/// Masks everything that looks like a secret: words after `Bearer` and similar, words with a known prefix, and words of 20
/// or more characters with both letters and digits. Best effort: a secret of plain words is not masked.
#[must_use]
pub fn masked_within(text: &str) -> Cow<'_, str> {
    masked(text, |word| {
        let digit = word.bytes().any(|byte| byte.is_ascii_digit());
        let letter = word.bytes().any(|byte| byte.is_ascii_alphabetic());
        word.len() >= 20 && digit && letter
    })
}

/// Masks only words after `Bearer` and similar, and words with a known prefix. For text with file names and endpoints,
/// which may be long and contain digits.
#[must_use]
pub fn masked_tokens(text: &str) -> Cow<'_, str> {
    masked(text, |_| false)
}

fn masked(text: &str, looks_secret: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "-_~+".contains(character);
    let mut result = String::new();
    let mut last = "";
    let mut hidden = false;
    // a token continues after a dot
    let mut continues = false;
    for part in text.split_inclusive(|character| !is_part(character)) {
        let word = part.trim_end_matches(|character| !is_part(character));
        let digit = word.bytes().any(|byte| byte.is_ascii_digit());
        let known = word.len() >= 12 && PREFIXES.iter().any(|prefix| word.starts_with(prefix));
        let introduced = word.len() >= 8 && INTRODUCTIONS.iter().any(|before| last.eq_ignore_ascii_case(before));
        // a parameter of a challenge is not a secret
        let introduced = introduced && (digit || part.ends_with('.')) && !part.ends_with('=');
        let secret = known || introduced || (continues && word.len() >= 2) || looks_secret(word);
        continues = secret && part.ends_with('.');
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
    fn debug_and_masked_form_hide_the_secret() {
        let secret = Secret::new("eyJhbGciOiJub25lIn0.needle.needle");
        assert_eq!(format!("{secret:?}"), "Secret([redacted])");
        assert_eq!(secret.masked(), "eyJh… (33 bytes)");
        assert_eq!(Secret::new("hunter2").masked(), "… (7 bytes)");
    }

    #[test]
    fn tokens_in_text_are_masked() {
        for (text, masked) in [
            ("`eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJl` can't be read", "`….….…` can't be read"),
            ("`openapi-of-the-year-2026-v2.yaml` can't be read", "`openapi-of-the-year-2026-v2.yaml` can't be read"),
            ("the scope orders.read2 is not declared", "the scope orders.read2 is not declared"),
        ] {
            assert_eq!(masked_tokens(text), masked);
        }
    }

    #[test]
    fn secrets_in_text_are_masked() {
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
