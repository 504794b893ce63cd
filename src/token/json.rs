//! JSON as it stands in a token: members in order, duplicates kept, numbers to the letter.

use std::fmt::{self, Write as _};

use thiserror::Error;

use crate::text::visible_json;

/// A JSON value (RFC 8259) that loses nothing: an object keeps the order of its members and every duplicate, a
/// number keeps its source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// The source text of a number, such as `123456789012345678901234567890` or `1.10`.
    Number(String),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// The members in their order, duplicates included.
    Object(Vec<(String, Json)>),
}

/// Why a text is no JSON.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message} at byte {offset}")]
pub struct JsonError {
    /// Where, in bytes from the start.
    pub offset: usize,
    /// What was expected or not allowed.
    pub message: &'static str,
}

impl Json {
    /// How deep arrays and objects may be nested.
    pub const DEPTH: usize = 127;

    /// Parses a whole JSON text. Nothing but white space may follow the value. A `\u` escape that is half of a
    /// surrogate pair without the other half becomes U+FFFD.
    ///
    /// # Errors
    /// When the text is no JSON by RFC 8259, or is nested deeper than [`Json::DEPTH`].
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let mut parser = Parser { text, at: 0 };
        parser.white_space();
        let value = parser.value(0)?;
        parser.white_space();
        if parser.at < text.len() {
            return Err(parser.error("nothing may follow the value"));
        }
        Ok(value)
    }

    /// What can be read of a JSON text that was cut off: everything before the last comma. `None` if not even that can
    /// be read.
    #[must_use]
    pub fn parse_cut(text: &str) -> Option<Self> {
        let mut open = Vec::new();
        let mut last = None;
        let mut within_string = false;
        let mut bytes = text.bytes().enumerate();
        while let Some((at, byte)) = bytes.next() {
            match byte {
                b'"' => within_string = !within_string,
                b'\\' if within_string => {
                    bytes.next();
                }
                _ if within_string => {}
                b'{' => open.push('}'),
                b'[' => open.push(']'),
                b'}' | b']' => {
                    open.pop();
                }
                b',' => last = Some((at, open.len())),
                _ => {}
            }
            if open.len() > Self::DEPTH {
                return None;
            }
        }
        let (at, depth) = last?;
        // the brackets that were open at that comma are open now, or more of them
        let closed: String = open.get(..depth)?.iter().rev().collect();
        Self::parse(&format!("{}{closed}", text.get(..at)?)).ok()
    }

    /// The members of an object; none of anything else.
    #[must_use]
    pub fn members(&self) -> &[(String, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// The last member of that name, as most parsers have it; `None` if this is no object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().rev().find(|(member, _)| member == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The items of an array; none of anything else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// Whether a name occurs twice among the members of this object.
    #[must_use]
    pub fn has_duplicates(&self) -> bool {
        let mut names: Vec<&str> = self.members().iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair.first() == pair.last())
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// On several lines, indented by two spaces, with deceptive characters as JSON escapes. The compact form is
    /// `to_string()`, escaped likewise.
    #[must_use]
    pub fn pretty(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, Some(0));
        visible_json(&text).into_owned()
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

/// A recursive descent, bounded by [`Json::DEPTH`]. `at` always stands on a character boundary.
struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn error(&self, message: &'static str) -> JsonError {
        JsonError { offset: self.at, message }
    }

    fn white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
        match self.peek() {
            Some(b'{' | b'[') if depth >= Json::DEPTH => Err(self.error("nested too deep")),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => {
                for (word, value) in [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))] {
                    if self.rest().starts_with(word) {
                        self.at += word.len();
                        return Ok(value);
                    }
                }
                Err(self.error("expected a value"))
            }
            None => Err(self.error("the text ends where a value is expected")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.at += 1;
        self.white_space();
        let mut members = Vec::new();
        if self.eat(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.white_space();
            if self.peek() != Some(b'"') {
                return Err(self.error("expected the name of a member"));
            }
            let name = self.string()?;
            self.white_space();
            if !self.eat(b':') {
                return Err(self.error("expected a colon"));
            }
            self.white_space();
            members.push((name, self.value(depth + 1)?));
            self.white_space();
            if self.eat(b'}') {
                return Ok(Json::Object(members));
            }
            if !self.eat(b',') {
                return Err(self.error("expected a comma or a closing brace"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.at += 1;
        self.white_space();
        let mut items = Vec::new();
        if self.eat(b']') {
            return Ok(Json::Array(items));
        }
        loop {
            self.white_space();
            items.push(self.value(depth + 1)?);
            self.white_space();
            if self.eat(b']') {
                return Ok(Json::Array(items));
            }
            if !self.eat(b',') {
                return Err(self.error("expected a comma or a closing bracket"));
            }
        }
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.error("expected a digit")) } else { Ok(()) }
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Ok(Json::Number(self.text.get(start..self.at).unwrap_or_default().to_owned()))
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut string = String::new();
        loop {
            let rest = self.rest();
            let plain = rest.find(|character: char| matches!(character, '"' | '\\') || character < ' ');
            let length = plain.unwrap_or(rest.len());
            string.push_str(rest.get(..length).unwrap_or_default());
            self.at += length;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(string);
                }
                Some(b'\\') => {
                    self.at += 1;
                    string.push(self.escape()?);
                }
                Some(_) => return Err(self.error("a control character must be escaped")),
                None => return Err(self.error("the text ends within a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let byte = self.peek();
        let character = match byte {
            Some(b'"' | b'\\' | b'/') => char::from(byte.unwrap_or_default()),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.error("no such escape")),
        };
        self.at += 1;
        Ok(character)
    }

    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let first = self.hex()?;
        if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            let back = self.at;
            self.at += 2;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = back;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let code = code.ok_or_else(|| self.error("expected four hexadecimal digits"))?;
        self.at += 4;
        Ok(code)
    }
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(number) => Self::Number(number.to_string()),
            serde_json::Value::String(text) => Self::String(text),
            serde_json::Value::Array(values) => Self::Array(values.into_iter().map(Self::from).collect()),
            serde_json::Value::Object(members) => {
                Self::Object(members.into_iter().map(|(name, value)| (name, Self::from(value))).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn order_duplicates_and_numbers_survive() {
        let text = r#"{"b":123456789012345678901234567890,"a":1.10,"b":[-0e+5,null,true],"":{}}"#;
        let parsed = Json::parse(text).unwrap();
        assert_eq!(parsed.to_string(), text);
        assert_eq!(parsed.get("b").unwrap().to_string(), "[-0e+5,null,true]");
        assert_eq!(parsed.pretty().lines().count(), 10);
        assert_eq!(Json::parse(&parsed.pretty()).unwrap(), parsed);
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        for (text, offset) in [
            ("", 0),
            ("01", 1),
            ("1.", 2),
            ("-", 1),
            ("[1,]", 3),
            ("{\"a\" 1}", 5),
            ("{a:1}", 1),
            ("\"a", 2),
            ("\"\n\"", 1),
            ("\"\\x\"", 2),
            ("\"\\u12\"", 3),
            ("nul", 0),
            ("1 2", 2),
            ("'a'", 0),
            ("[1", 2),
        ] {
            assert_eq!(Json::parse(text).map_err(|error| error.offset), Err(offset), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(Json::parse(&deep).unwrap_err().message, "nested too deep");
        assert!(Json::parse(&format!("{}{}", "[".repeat(Json::DEPTH), "]".repeat(Json::DEPTH))).is_ok());
    }

    #[test]
    fn what_stands_before_a_cut_is_read() {
        for (text, read) in [
            (r#"{"a":1,"b":[1,{"c":"x,}","d"#, Some(r#"{"a":1,"b":[1,{"c":"x,}"}]}"#)),
            (r#"{"a":{"b":1},"c":2"#, Some(r#"{"a":{"b":1}}"#)),
            (r#"{"a":"x\","#, None),
            (r#"{"a":"#, None),
            ("", None),
        ] {
            assert_eq!(Json::parse_cut(text).map(|json| json.to_string()).as_deref(), read, "{text}");
        }
        assert_eq!(Json::parse_cut(&"[1,".repeat(100_000)), None);
    }

    #[test]
    fn escapes() {
        let string = |text: &str| Json::parse(text).unwrap().as_str().unwrap().to_owned();
        assert_eq!(string(r#""\u00e9\ud83d\ude00\n\/""#), "é😀\n/");
        assert_eq!(string(r#""\ud83d""#), "\u{fffd}");
        assert_eq!(string(r#""\ud83dx\udc00""#), "\u{fffd}x\u{fffd}");
        assert_eq!(Json::String("\u{202e}\u{1}".to_owned()).to_string(), r#""\u202e\u0001""#);
    }

    proptest! {
        #[test]
        fn it_agrees_with_serde_json_on_what_is_json(text in r#"[ \[\]{}:,"\\a-fu0-9.eE+-]{0,24}"#) {
            let ours = Json::parse(&text).is_ok();
            // serde_json refuses numbers beyond f64 and lone surrogates, which are JSON by the grammar
            if serde_json::from_str::<serde_json::Value>(&text).is_ok() {
                prop_assert!(ours, "{text}");
            }
            if ours {
                let parsed = Json::parse(&text).unwrap();
                prop_assert_eq!(Json::parse(&parsed.to_string()).unwrap(), parsed);
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = Json::parse(&text);
        }
    }
}
