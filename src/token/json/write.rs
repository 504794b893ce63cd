//! Writes a [`Json`] value, with deceptive characters escaped.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use super::Json;
use crate::text::visible_json;

impl Json {
    /// Formats the value on several lines, indented by two spaces, with deceptive characters as JSON escapes. The compact
    /// form, escaped likewise, is `to_string()`.
    #[must_use]
    pub fn pretty(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, Some(0));
        visible_json(&text).into_owned()
    }

    /// Returns a string as JSON text, escaped like the compact form of a value.
    pub(crate) fn string_text(string: &str) -> String {
        let mut text = String::with_capacity(string.len() + 2);
        write_string(string, &mut text);
        match visible_json(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(escaped) => escaped,
        }
    }

    fn write(&self, text: &mut String, indent: Option<usize>) {
        let inner = indent.map(|depth| depth + 1);
        match self {
            Self::Null => text.push_str("null"),
            Self::Bool(true) => text.push_str("true"),
            Self::Bool(false) => text.push_str("false"),
            Self::Number(number) => text.push_str(number),
            Self::String(string) => write_string(string, text),
            Self::Array(items) => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    separate(index, inner, text);
                    item.write(text, inner);
                }
                close(items.is_empty(), indent, ']', text);
            }
            Self::Object(members) => {
                text.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    separate(index, inner, text);
                    write_string(name, text);
                    text.push_str(if indent.is_some() { ": " } else { ":" });
                    value.write(text, inner);
                }
                close(members.is_empty(), indent, '}', text);
            }
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text, None);
        formatter.write_str(&visible_json(&text))
    }
}

fn separate(index: usize, inner: Option<usize>, text: &mut String) {
    if index > 0 {
        text.push(',');
    }
    if let Some(depth) = inner {
        new_line(depth, text);
    }
}

fn close(empty: bool, indent: Option<usize>, bracket: char, text: &mut String) {
    if let Some(depth) = indent.filter(|_| !empty) {
        new_line(depth, text);
    }
    text.push(bracket);
}

fn new_line(depth: usize, text: &mut String) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

fn write_string(string: &str, text: &mut String) {
    text.push('"');
    if !string.bytes().any(|byte| matches!(byte, b'"' | b'\\' | 0..b' ')) {
        text.push_str(string);
        text.push('"');
        return;
    }
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            control if control < ' ' => {
                // writing to a String can't fail
                let _ = write!(text, "\\u{:04x}", u32::from(control));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}
