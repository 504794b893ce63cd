//! The one type that holds a secret.

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
}
