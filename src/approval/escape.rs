//! Values in one line.

use std::fmt::Write as _;

use crate::text::is_deceptive;

/// Escapes a value: backslashes, control and invisible characters, and spaces that a mail program would remove.
pub(super) fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    let mut characters = value.chars().peekable();
    // a space is safe between two other characters
    let mut is_after_text = false;
    while let Some(character) = characters.next() {
        let is_space = character.is_whitespace();
        let is_before_text = characters.peek().is_some_and(|next| !next.is_whitespace());
        match character {
            '\\' => escaped.push_str("\\\\"),
            ' ' if is_after_text && is_before_text => escaped.push(' '),
            _ if is_space || is_deceptive(character) => {
                // writing to a String can't fail
                let _ = write!(escaped, "\\u{{{:x}}}", u32::from(character));
            }
            _ => escaped.push(character),
        }
        is_after_text = !is_space;
    }
    escaped
}

/// Reads an escaped value; `None` if it is not valid.
pub(super) fn unescape(escaped: &str) -> Option<String> {
    let mut value = String::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some((before, after)) = rest.split_once('\\') {
        value.push_str(before);
        if let Some(after) = after.strip_prefix('\\') {
            value.push('\\');
            rest = after;
            continue;
        }
        let (digits, after) = after.strip_prefix("u{")?.split_once('}')?;
        let is_number = (1..=6).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        value.push(char::from_u32(u32::from_str_radix(digits, 16).ok().filter(|_| is_number)?)?);
        rest = after;
    }
    value.push_str(rest);
    Some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_stay_in_one_line_and_visible() {
        for (value, escaped) in [
            ("orders:read", "orders:read"),
            ("a b", "a b"),
            ("a  b", "a\\u{20}\\u{20}b"),
            (" a ", "\\u{20}a\\u{20}"),
            ("a\nb", "a\\u{a}b"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("a\u{a0}b", "a\\u{a0}b"),
            ("\\u{20}", "\\\\u{20}"),
            ("\u{e9}", "\u{e9}"),
            ("", ""),
        ] {
            assert_eq!(escape(value), escaped);
            assert_eq!(unescape(escaped).as_deref(), Some(value));
        }
        for wrong in ["\\", "\\x", "\\u{", "\\u{}", "\\u{110000}", "\\u{d800}", "\\u{+41}"] {
            assert_eq!(unescape(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_value_survives(value in any::<String>()) {
            let escaped = escape(&value);
            prop_assert!(!escaped.chars().any(is_deceptive) && escaped.trim() == escaped && !escaped.contains("  "));
            prop_assert_eq!(unescape(&escaped), Some(value));
        }
    }
}
