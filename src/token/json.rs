//! JSON as it stands in a token: members in order, duplicates kept, numbers to the letter.

use std::fmt;

use thiserror::Error;

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

    /// Parses a whole JSON text. Nothing but white space may follow the value.
    ///
    /// # Errors
    /// When the text is no JSON by RFC 8259, or is nested deeper than [`Json::DEPTH`].
    pub fn parse(_text: &str) -> Result<Self, JsonError> {
        todo!("json")
    }

    /// The last member of that name, as most parsers have it; `None` if this is no object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().rev().find(|(member, _)| member == name).map(|(_, value)| value),
            _ => None,
        }
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
        todo!("json")
    }
}

impl fmt::Display for Json {
    fn fmt(&self, _formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!("json")
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
