//! Percent-encoding (RFC 3986 §2.1) and dot segments (§5.2.4).

use std::borrow::Cow;
use std::fmt::Write as _;

/// `.` and `..`, written out or percent-encoded.
pub(super) fn is_dot_segment(segment: &str) -> bool {
    let mut rest = segment;
    let mut dots = 0_u8;
    while !rest.is_empty() && dots < 3 {
        let escaped = rest.get(..3).filter(|start| start.eq_ignore_ascii_case("%2e")).and_then(|_| rest.get(3..));
        match rest.strip_prefix('.').or(escaped) {
            Some(after) => rest = after,
            None => return false,
        }
        dots += 1;
    }
    matches!(dots, 1 | 2)
}

/// Percent-encodes everything that is not `pchar` (RFC 3986 §3.3); `%` too.
pub(super) fn encode(text: &str, keep_slashes: bool, path: &mut String) {
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte);
        if plain || (keep_slashes && byte == b'/') {
            path.push(char::from(byte));
        } else {
            // writing to a String can't fail
            let _ = write!(path, "%{byte:02X}");
        }
    }
}

/// The text with percent-encoded bytes decoded; what is no valid encoding stays.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let digits = after.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(b'%');
            rest = after;
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_written_out_or_encoded() {
        for dots in [".", "..", "%2e", "%2E.", ".%2e", "%2e%2E"] {
            assert!(is_dot_segment(dots), "{dots}");
        }
        for other in ["", "...", "a", ".a", "%2f", "%2e%2e%2e", "é", "%"] {
            assert!(!is_dot_segment(other), "{other}");
        }
    }

    #[test]
    fn what_is_no_encoding_stays() {
        for (text, decoded) in [("a%2Fb", "a/b"), ("%zz%4", "%zz%4"), ("%ff", "%ff"), ("%C3%A9", "é"), ("+", "+")] {
            assert_eq!(decode(text), decoded);
        }
    }
}
