//! Percent-encoding of paths (RFC 3986 §2.1) and dot segments (§5.2.4).

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Whether a segment is `.` or `..`, literal or percent-encoded.
pub(super) fn is_dot_segment(segment: &str) -> bool {
    if !segment.starts_with(['.', '%']) {
        return false;
    }
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

/// Everything but `pchar` (RFC 3986 §3.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// The same for several segments.
const PATH: &AsciiSet = &SEGMENT.remove(b'/');

/// Percent-encodes a segment of a path, including `%`, and appends it; `keep_slashes` for several segments.
pub(super) fn encode(text: &str, keep_slashes: bool, path: &mut String) {
    path.extend(utf8_percent_encode(text, if keep_slashes { PATH } else { SEGMENT }));
}

/// Decodes percent-encoded bytes. Invalid encodings are kept, and the whole string if the result is not UTF-8.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'%', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_segments_are_detected_literal_or_encoded() {
        for dots in [".", "..", "%2e", "%2E.", ".%2e", "%2e%2E"] {
            assert!(is_dot_segment(dots), "{dots}");
        }
        for other in ["", "...", "a", ".a", "%2f", "%2e%2e%2e", "é", "%"] {
            assert!(!is_dot_segment(other), "{other}");
        }
    }

    #[test]
    fn only_path_characters_are_not_encoded() {
        for (text, keep_slashes, encoded) in [
            ("aZ9-._~!$&'()*+,;=:@", false, "aZ9-._~!$&'()*+,;=:@"),
            ("a/b", false, "a%2Fb"),
            ("a/b", true, "a/b"),
            (" \"#%<>?[\\]^`{|}\u{7f}\n", false, "%20%22%23%25%3C%3E%3F%5B%5C%5D%5E%60%7B%7C%7D%7F%0A"),
            ("é", true, "%C3%A9"),
        ] {
            let mut path = String::new();
            encode(text, keep_slashes, &mut path);
            assert_eq!(path, encoded, "{text}");
        }
    }

    #[test]
    fn invalid_encodings_are_kept() {
        for (text, decoded) in [("a%2Fb", "a/b"), ("%zz%4", "%zz%4"), ("%ff", "%ff"), ("%C3%A9", "é"), ("+", "+")] {
            assert_eq!(decode(text), decoded);
        }
    }
}
