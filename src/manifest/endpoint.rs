//! An endpoint: a method and a path template.

use std::fmt::{self, Write as _};
use std::ops::Range;

use thiserror::Error;

use crate::scope::Requirement;
use crate::text::is_deceptive;

/// A line of `[api.NAME.endpoints]`.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The method, in upper case.
    pub method: String,
    /// The path template, relative to the base URL.
    pub template: Template,
    /// What it requires.
    pub requirement: Requirement,
    /// What it does, in words.
    pub summary: Option<String>,
    /// Where the line stands, in bytes of the source.
    pub span: Range<usize>,
}

/// `GET /orders/{id}`
impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.template)
    }
}

/// A path template: literals, `{parameter}`, `{+rest}` for several segments, literals around a parameter within a
/// segment such as `{id}:cancel`, and a `#fragment` that is part of the name only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    segments: Vec<Segment>,
}

/// What stands between two slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment(pub(super) Vec<Piece>);

/// A part of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Percent-decoded.
    Literal(String),
    Parameter(String),
    /// Any number of characters and segments.
    Rest(String),
}

/// Why a text is no template.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub struct TemplateError {
    /// What is wrong.
    pub message: String,
    /// Where, in bytes of the template.
    pub offset: usize,
}

impl Template {
    /// Parses a template. It starts with `/`.
    ///
    /// # Errors
    /// When a brace is not closed, a parameter has no name or repeats, or the text does not start with `/`.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let wrong = |message: &str, offset: usize| TemplateError { message: message.to_owned(), offset };
        let Some(path) = text.strip_prefix('/') else {
            return Err(wrong("a path template starts with `/`", 0));
        };
        if text.contains(|character: char| character.is_whitespace() || is_deceptive(character)) {
            return Err(wrong("a path template has no white space", 0));
        }
        let path = path.split('#').next().unwrap_or_default();
        let mut segments = Vec::new();
        let mut offset = 1;
        let mut names: Vec<String> = Vec::new();
        for segment in path.split('/') {
            let parsed = parse_segment(segment).map_err(|(message, at)| wrong(message, offset + at))?;
            for piece in &parsed.0 {
                if let Piece::Parameter(name) | Piece::Rest(name) = piece {
                    if names.contains(name) {
                        return Err(wrong("a parameter occurs twice", offset));
                    }
                    names.push(name.clone());
                }
            }
            offset += segment.len() + 1;
            segments.push(parsed);
        }
        Ok(Self { text: text.to_owned(), segments })
    }

    /// The template as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.segments.iter().flat_map(|segment| &segment.0)
    }

    /// The names of the parameters, in their order.
    #[must_use]
    pub fn parameters(&self) -> Vec<&str> {
        let name = |piece: &'_ Piece| matches!(piece, Piece::Parameter(_) | Piece::Rest(_));
        self.pieces()
            .filter(|piece| name(piece))
            .map(|piece| match piece {
                Piece::Literal(text) | Piece::Parameter(text) | Piece::Rest(text) => text.as_str(),
            })
            .collect()
    }

    /// The path with the parameters filled in, percent-encoded (RFC 3986 §3.3); a `{+rest}` keeps its slashes. The
    /// fragment is dropped. The name of the first parameter without a value is the error; a value that is empty or
    /// would be read as a dot segment (RFC 3986 §5.2.4) is none.
    ///
    /// # Errors
    /// When a parameter has no value.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> Result<String, String> {
        let mut path = String::new();
        for segment in &self.segments {
            path.push('/');
            let start = path.len();
            let mut last = "";
            for piece in &segment.0 {
                match piece {
                    Piece::Literal(text) => encode(text, false, &mut path),
                    Piece::Parameter(name) | Piece::Rest(name) => {
                        let value = value(name).filter(|value| !value.is_empty()).ok_or_else(|| name.clone())?;
                        encode(&value, matches!(piece, Piece::Rest(_)), &mut path);
                        last = name;
                    }
                }
            }
            if path.get(start..).unwrap_or_default().split('/').any(is_dot_segment) {
                return Err(last.to_owned());
            }
        }
        Ok(path)
    }
}

impl fmt::Display for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.text)
    }
}

/// `.` and `..`, written out or percent-encoded.
pub(super) fn is_dot_segment(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

/// Percent-encodes everything that is not `pchar` (RFC 3986 §3.3); `%` too.
fn encode(text: &str, keep_slashes: bool, path: &mut String) {
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
pub(super) fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
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
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn parse_segment(segment: &str) -> Result<Segment, (&'static str, usize)> {
    let mut pieces = Vec::new();
    let mut rest = segment;
    while !rest.is_empty() {
        let at = segment.len() - rest.len();
        let Some((before, after)) = rest.split_once('{') else {
            if rest.contains('}') {
                return Err(("a brace is closed that was not opened", at));
            }
            pieces.push(Piece::Literal(decode(rest)));
            break;
        };
        if before.contains('}') {
            return Err(("a brace is closed that was not opened", at));
        }
        if !before.is_empty() {
            pieces.push(Piece::Literal(decode(before)));
        } else if matches!(pieces.last(), Some(Piece::Parameter(_) | Piece::Rest(_))) {
            return Err(("two parameters stand side by side: nothing tells where one ends", at));
        }
        let (name, after) = after.split_once('}').ok_or(("a brace is not closed", at + before.len()))?;
        let piece = match name.strip_prefix('+') {
            Some(name) => Piece::Rest(name.to_owned()),
            None => Piece::Parameter(name.to_owned()),
        };
        if name.trim_start_matches('+').is_empty() || name.contains('{') {
            return Err(("a parameter has no name", at + before.len()));
        }
        pieces.push(piece);
        rest = after;
    }
    Ok(Segment(pieces))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn templates_and_what_is_none() {
        for (text, parameters) in [
            ("/", ""),
            ("/orders/{id}", "id"),
            ("/v1/{+name}:setIamPolicy", "name"),
            ("/repos/{owner}/{repo}/compare/{base}...{head}", "owner repo base head"),
            ("/orders#list", ""),
        ] {
            assert_eq!(Template::parse(text).unwrap().parameters().join(" "), parameters, "{text}");
        }
        for (text, offset) in
            [("orders", 0), ("/a/{id", 3), ("/a/{}", 3), ("/a/b}", 3), ("/{a}/{a}", 5), ("/{a}{b}", 4), ("/a b", 0)]
        {
            assert_eq!(Template::parse(text).map_err(|error| error.offset), Err(offset), "{text}");
        }
    }

    #[test]
    fn a_value_cannot_leave_its_segment() {
        let fill = |template: &str, value: &str| Template::parse(template).unwrap().fill(|_| Some(value.to_owned()));
        assert_eq!(fill("/a/{id}/b", "x/../y?z#é").as_deref(), Ok("/a/x%2F..%2Fy%3Fz%23%C3%A9/b"));
        assert_eq!(fill("/a/{+id}", "x/y").as_deref(), Ok("/a/x/y"));
        assert_eq!(fill("/a/{id}/b", ".."), Err("id".to_owned()));
        assert_eq!(fill("/a/{+id}", "x/../y"), Err("id".to_owned()));
        assert_eq!(fill("/a/{id}", ""), Err("id".to_owned()));
        assert_eq!(fill("/a/{id}", "%2e%2e").as_deref(), Ok("/a/%252e%252e"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "/[a{}+/#.%:]{0,12}", value in "\\PC{0,6}") {
            if let Ok(template) = Template::parse(&text) {
                let _ = template.fill(|_| Some(value.clone()));
            }
        }
    }
}
