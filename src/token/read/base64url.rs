//! Base64url of tokens (RFC 7515 §2), and its common deviations.

use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD};
use base64::{DecodeError, Engine as _};

/// Base64url that accepts unused bits that are not zero.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Result of decoding a string as base64url.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Base64Url {
    /// Conforming.
    Canonical(Vec<u8>),
    /// In the standard alphabet, or with padding.
    OtherAlphabet(Vec<u8>),
    /// With unused bits that are not zero: another string decodes to the same bytes (RFC 4648 §3.5).
    NonCanonical(Vec<u8>),
    /// Truncated within a byte: the bytes before.
    Truncated(Vec<u8>),
    /// Not base64url.
    Malformed,
}

pub(super) fn read(text: &str) -> Base64Url {
    if let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) {
        return Base64Url::Canonical(bytes);
    }
    let common: String = text
        .trim_end_matches('=')
        .chars()
        .map(|character| match character {
            '+' => '-',
            '/' => '_',
            other => other,
        })
        .collect();
    if let Ok(bytes) = URL_SAFE_NO_PAD.decode(&common) {
        return Base64Url::OtherAlphabet(bytes);
    }
    match LENIENT.decode(&common) {
        Ok(bytes) => Base64Url::NonCanonical(bytes),
        // a single character has only six bits
        Err(DecodeError::InvalidLength(_)) => {
            let whole = common.get(..common.len().saturating_sub(1)).unwrap_or_default();
            LENIENT.decode(whole).map_or(Base64Url::Malformed, Base64Url::Truncated)
        }
        Err(_) => Base64Url::Malformed,
    }
}

/// Decodes base64url and its deviations; `None` if it is malformed or truncated.
pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    match read(text) {
        Base64Url::Canonical(bytes) | Base64Url::OtherAlphabet(bytes) | Base64Url::NonCanonical(bytes) => Some(bytes),
        Base64Url::Truncated(_) | Base64Url::Malformed => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn deviations_are_distinguished() {
        for (text, reading) in [
            ("", Base64Url::Canonical(vec![])),
            ("-_8", Base64Url::Canonical(vec![0xfb, 0xff])),
            ("+/8", Base64Url::OtherAlphabet(vec![0xfb, 0xff])),
            ("-_8=", Base64Url::OtherAlphabet(vec![0xfb, 0xff])),
            ("-_9", Base64Url::NonCanonical(vec![0xfb, 0xff])),
            ("YWJjZ", Base64Url::Truncated(b"abc".to_vec())),
            ("YW?j", Base64Url::Malformed),
            ("ü", Base64Url::Malformed),
        ] {
            assert_eq!(read(text), reading, "{text}");
        }
    }

    proptest! {
        #[test]
        fn decoding_restores_the_encoded_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(read(&URL_SAFE_NO_PAD.encode(&bytes)), Base64Url::Canonical(bytes));
        }
    }
}
