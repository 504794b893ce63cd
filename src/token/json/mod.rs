//! Lossless JSON: members in order, with duplicates, numbers as written.

mod parse;
mod write;

pub use self::parse::JsonError;

/// A lossless JSON value (RFC 8259): an object keeps the order of its members and duplicates, a number keeps its source
/// text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// Source text of a number, such as `123456789012345678901234567890` or `1.10`.
    Number(String),
    /// Unescaped string.
    String(String),
    /// Array.
    Array(Vec<Json>),
    /// Members in order, with duplicates.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Maximum nesting depth.
    pub const DEPTH: usize = 127;

    /// Returns the members of an object; empty for other values.
    #[must_use]
    pub fn members(&self) -> &[(String, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// Returns the last member with this name, as most parsers do; `None` if the value is not an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => {
                // most names differ in their length or their first byte
                let first = name.as_bytes().first();
                let is_named = |member: &String| member.as_bytes().first() == first && member == name;
                members.iter().rev().find(|(member, _)| is_named(member)).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// Returns the items of an array; empty for other values.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// Returns whether a member name of this object occurs twice.
    #[must_use]
    pub fn has_duplicates(&self) -> bool {
        let mut names: Vec<&str> = self.members().iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair.first() == pair.last())
    }

    /// Returns the content of a string; `None` for other values.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
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
    fn order_duplicates_and_numbers_are_preserved() {
        let text = r#"{"b":123456789012345678901234567890,"a":1.10,"b":[-0e+5,null,true],"":{}}"#;
        let parsed = Json::parse(text).unwrap();
        assert_eq!(parsed.to_string(), text);
        assert_eq!(parsed.get("b").unwrap().to_string(), "[-0e+5,null,true]");
        assert_eq!(parsed.pretty().lines().count(), 10);
        assert_eq!(Json::parse(&parsed.pretty()).unwrap(), parsed);
    }

    #[test]
    fn invalid_json_is_rejected_with_its_offset() {
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
    fn members_before_a_cut_are_read() {
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
    fn escapes_are_decoded_and_written() {
        let string = |text: &str| Json::parse(text).unwrap().as_str().unwrap().to_owned();
        assert_eq!(string(r#""\u00e9\ud83d\ude00\n\/""#), "é😀\n/");
        assert_eq!(string(r#""\ud83d""#), "\u{fffd}");
        assert_eq!(string(r#""\ud83dx\udc00""#), "\u{fffd}x\u{fffd}");
        assert_eq!(Json::String("\u{202e}\u{1}".to_owned()).to_string(), r#""\u202e\u0001""#);
    }

    proptest! {
        #[test]
        fn accepts_what_serde_json_accepts(text in r#"[ \[\]{}:,"\\a-fu0-9.eE+-]{0,24}"#) {
            let ours = Json::parse(&text).is_ok();
            // serde_json rejects numbers beyond f64 and unpaired surrogates, which the grammar allows
            if serde_json::from_str::<serde_json::Value>(&text).is_ok() {
                prop_assert!(ours, "{text}");
            }
            if ours {
                let parsed = Json::parse(&text).unwrap();
                prop_assert_eq!(Json::parse(&parsed.to_string()).unwrap(), parsed);
            }
        }

        #[test]
        fn arbitrary_input_does_not_panic(text in "\\PC*") {
            let _ = Json::parse(&text);
        }
    }
}
