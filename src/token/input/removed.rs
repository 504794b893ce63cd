//! Tokens that were removed from a capture before it was shared.

/// Words that tools and users write in place of a token.
const WORDS: &[&str] = &["redact", "filtered", "masked", "hidden", "removed", "secret", "omitted", "snip", "xxxx"];

/// Length limit of a text that may replace a token, in bytes. A longer one is a token that happens to contain a word.
const MAX_BYTES: usize = 48;

/// Whether the credentials were removed: `***`, `[redacted]`, `<token>`, or cut off with an ellipsis.
#[must_use]
pub fn is_removed(text: &str) -> bool {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let is_word = text.len() <= MAX_BYTES && WORDS.iter().any(|word| lower.contains(word));
    text.contains(['*', '…', '•', '█'])
        || text.contains("...")
        || is_word
        || (text.starts_with('<') && text.ends_with('>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removed_credentials_are_distinguished_from_tokens() {
        for removed in ["***", "Bearer [Filtered]", "[REDACTED]", "<token>", "eyJhbGciOi...", "xxxxxxxx", "••••"]
        {
            assert!(is_removed(removed), "{removed}");
        }
        for token in ["eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "gho_16C7e42F292c6912E7710c838347Ae178B4a", "abc"] {
            assert!(!is_removed(token), "{token}");
        }
    }
}
