//! Base64url as tokens have it (RFC 7515 §2), and the ways in which they fail to.

use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD};
use base64::{DecodeError, Engine as _};

/// Base64url that does not mind bits left over at its end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What a text says as base64url.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Exactly as it has to be.
    Canonical(Vec<u8>),
    /// Readable, in the standard alphabet or with padding.
    OtherAlphabet(Vec<u8>),
    /// Readable, with bits left over at its end that are not zero: another text has the same bytes (RFC 4648 §3.5).
    LeftOver(Vec<u8>),
    /// It ends within a character: the bytes before.
    Cut(Vec<u8>),
    /// No base64url.
    Malformed,
}

pub(super) fn read(text: &str) -> Reading {
    if let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) {
        return Reading::Canonical(bytes);
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
        return Reading::OtherAlphabet(bytes);
    }
    match LENIENT.decode(&common) {
        Ok(bytes) => Reading::LeftOver(bytes),
        // one character holds six bits: it can't end here
        Err(DecodeError::InvalidLength(_)) => {
            let whole = common.get(..common.len().saturating_sub(1)).unwrap_or_default();
            LENIENT.decode(whole).map_or(Reading::Malformed, Reading::Cut)
        }
        Err(_) => Reading::Malformed,
    }
}

/// The bytes, however they are written; `None` if the text is no base64url or ends within a character.
pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    match read(text) {
        Reading::Canonical(bytes) | Reading::OtherAlphabet(bytes) | Reading::LeftOver(bytes) => Some(bytes),
        Reading::Cut(_) | Reading::Malformed => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_way_of_writing() {
        for (text, reading) in [
            ("", Reading::Canonical(vec![])),
            ("-_8", Reading::Canonical(vec![0xfb, 0xff])),
            ("+/8", Reading::OtherAlphabet(vec![0xfb, 0xff])),
            ("-_8=", Reading::OtherAlphabet(vec![0xfb, 0xff])),
            ("-_9", Reading::LeftOver(vec![0xfb, 0xff])),
            ("YWJjZ", Reading::Cut(b"abc".to_vec())),
            ("YW?j", Reading::Malformed),
            ("ü", Reading::Malformed),
        ] {
            assert_eq!(read(text), reading, "{text}");
        }
    }

    proptest! {
        #[test]
        fn decode_of_an_encode_is_the_identity(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(read(&URL_SAFE_NO_PAD.encode(&bytes)), Reading::Canonical(bytes));
        }
    }
}
