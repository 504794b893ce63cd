//! Path templates: the fixed parts and the parameters of a request path.

mod query;
mod segment;

use std::fmt;

use thiserror::Error;

use self::query::Query;
use super::percent::{encode, is_dot_segment};
use crate::text::is_deceptive;

pub use self::segment::{Piece, Segment};
pub(super) use self::segment::{parse_path, parse_segment};

/// A path template, in the forms used by published APIs:
///
/// ```text
/// /orders/{id}                     a parameter matches one segment or part of one, never empty
/// /orders/{id}:cancel              literals around a parameter (https://google.aip.dev/136)
/// /users(name='{name}')            likewise (OData URL Conventions, §4.3)
/// /files/{+path}  /files/{path+}   one or more segments (RFC 6570 §3.2.3); also {*path}, {**path}, {path*}
/// /orders?action=close             requires that query; `?expand` and `?id={id}` accept any value
/// /orders{?page,limit}             an optional query (RFC 6570 §3.2.8), ignored
/// /files/{id}#copy                 a fragment is part of the name and is never sent
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    segments: Vec<Segment>,
    query: Query,
}

/// Error in a path template.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub struct TemplateError {
    /// Description of the error.
    pub message: String,
    /// Position in bytes of the template.
    pub offset: usize,
}

impl Template {
    /// Parses a template, which must start with `/`.
    ///
    /// # Errors
    /// When a brace is not closed, a parameter has no name or repeats, or the string does not start with `/`.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let wrong = |message: &str, offset: usize| TemplateError { message: message.to_owned(), offset };
        if !text.starts_with('/') {
            return Err(wrong("a path template must start with `/`", 0));
        }
        let is_hidden = |character: char| character.is_whitespace() || is_deceptive(character);
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) && text.contains(is_hidden) {
            return Err(wrong("a path template must not contain white space or control characters", 0));
        }
        let (path, query) = split_target(without_optional_query(without_fragment(text)));
        let segments = parse_path(path).map_err(|(message, offset)| wrong(message, offset))?;
        let template = Self { text: text.to_owned(), segments, query: Query::parse(query.unwrap_or_default()) };
        if memchr::memchr(b'{', text.as_bytes()).is_none() {
            return Ok(template);
        }
        let names = template.names();
        for (index, name) in names.iter().enumerate() {
            if names.iter().take(index).any(|earlier| earlier == name) {
                let repeated = text.match_indices('{').nth(index).map_or(0, |(offset, _)| offset);
                return Err(wrong("a parameter name is used twice", repeated));
            }
        }
        Ok(template)
    }

    /// Returns the template as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the segments of the path.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the fragment, which is part of the name and never sent.
    #[must_use]
    pub fn fragment(&self) -> Option<&str> {
        self.text.get(without_fragment(&self.text).len() + 1..)
    }

    /// Returns the number of terms that the query must contain: more terms are more specific.
    #[must_use]
    pub fn query_terms(&self) -> usize {
        self.query.len()
    }

    /// Returns the decoded names that the query of a request must contain.
    pub fn required_query(&self) -> impl Iterator<Item = &str> {
        self.query.required()
    }

    /// Whether a request's query, without its question mark, contains everything that the template requires.
    pub(super) fn accepts_query(&self, query: Option<&str>) -> bool {
        self.query.accepts(query)
    }

    /// Returns the terms of the query: see [`super::MatchKey::query`].
    pub(super) fn query_keys(&self) -> Vec<String> {
        self.query.keys()
    }

    /// Adds the values of the query parameters.
    pub(super) fn bind_query(&self, query: Option<&str>, bound: &mut Vec<(String, String)>) {
        self.query.bind(query, bound);
    }

    /// Returns the segments with their literals in lower case.
    pub(super) fn folded(&self) -> Vec<Segment> {
        self.segments.iter().map(Segment::folded).collect()
    }

    /// Returns the template without its parameter names: two templates with the same shape match the same requests.
    pub(super) fn shape(&self) -> String {
        let mut shape = String::with_capacity(self.text.len());
        for segment in &self.segments {
            shape.push('/');
            segment.write_shape(&mut shape);
        }
        self.query.write_shape(&mut shape);
        shape.extend(self.fragment().into_iter().flat_map(|fragment| ["#", fragment]));
        shape
    }

    fn names(&self) -> Vec<&str> {
        let path = self.segments.iter().flat_map(|segment| &segment.0).filter_map(|piece| match piece {
            Piece::Literal(_) => None,
            Piece::Parameter(name) | Piece::Rest(name) => Some(name.as_ref()),
        });
        path.chain(self.query.names()).collect()
    }

    /// Returns the parameter names, in order.
    #[must_use]
    pub fn parameters(&self) -> Vec<&str> {
        self.names()
    }

    /// Returns the path with the parameters filled in, percent-encoded (RFC 3986 §3.3); a `{+rest}` keeps its slashes,
    /// and the fragment is dropped. A value that is empty or would be read as a dot segment (RFC 3986 §5.2.4) counts as
    /// missing.
    ///
    /// # Errors
    /// Returns the name of the first parameter without a value.
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
                        let value = value(name).filter(|value| !value.is_empty()).ok_or_else(|| name.to_string())?;
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

    /// Returns the given query with the terms that the template requires added, percent-encoded; `None` if there is
    /// neither.
    ///
    /// # Errors
    /// Returns the name of the first parameter without a value.
    pub fn fill_query(
        &self,
        given: Option<&str>,
        value: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<String>, String> {
        self.query.fill(given, value)
    }
}

impl fmt::Display for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.text)
    }
}

/// Finds the first occurrence of a character outside braces.
fn outside_braces(text: &str, wanted: char) -> Option<usize> {
    // most templates have neither query nor fragment
    text.find(wanted)?;
    let mut depth = 0_usize;
    text.char_indices().find_map(|(at, character)| {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (character == wanted && depth == 0).then_some(at)
    })
}

fn without_fragment(text: &str) -> &str {
    outside_braces(text, '#').and_then(|at| text.get(..at)).unwrap_or(text)
}

/// Strips `{?page,limit}` and `{&page}` from the end.
fn without_optional_query(text: &str) -> &str {
    let mut text = text;
    while let Some((before, inside)) = text.strip_suffix('}').and_then(|text| text.rsplit_once('{'))
        && inside.starts_with(['?', '&'])
    {
        text = before;
    }
    text
}

/// Splits a template into path and query.
fn split_target(text: &str) -> (&str, Option<&str>) {
    match outside_braces(text, '?').and_then(|at| text.split_at_checked(at)) {
        Some((path, query)) => (path, query.get(1..)),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn invalid_templates_are_rejected() {
        for (text, parameters) in [
            ("/", ""),
            ("/orders/{id}", "id"),
            ("/v1/{+name}:setIamPolicy", "name"),
            ("/repos/{owner}/{repo}/compare/{base}...{head}", "owner repo base head"),
            ("/users(name='{name}',kind={kind})/photo", "name kind"),
            ("/{a}{b}", "a b"),
            ("/proxy/{proxy+}", "proxy"),
            ("/static/{**rest}", "rest"),
            ("/orders#list", ""),
            ("/orders?action=close&id={id}&expand", "id"),
            ("/orders{?page,limit}", ""),
        ] {
            assert_eq!(Template::parse(text).unwrap().parameters().join(" "), parameters, "{text}");
        }
        for (text, offset) in [
            ("orders", 0),
            ("/a/{id", 3),
            ("/a/{}", 3),
            ("/a/{+}", 3),
            ("/a/b}", 3),
            ("/{a}/{a}", 5),
            ("/{a}?b={a}", 7),
            ("/a b", 0),
        ] {
            assert_eq!(Template::parse(text).map_err(|error| error.offset), Err(offset), "{text}");
        }
    }

    #[test]
    fn parameter_values_cannot_escape_their_segment() {
        let fill = |template: &str, value: &str| Template::parse(template).unwrap().fill(|_| Some(value.to_owned()));
        assert_eq!(fill("/a/{id}/b", "x/../y?z#é").as_deref(), Ok("/a/x%2F..%2Fy%3Fz%23%C3%A9/b"));
        assert_eq!(fill("/a/{+id}", "x/y").as_deref(), Ok("/a/x/y"));
        assert_eq!(fill("/a/{id}/b", ".."), Err("id".to_owned()));
        assert_eq!(fill("/a/{+id}", "x/../y"), Err("id".to_owned()));
        assert_eq!(fill("/a/{id}", ""), Err("id".to_owned()));
        assert_eq!(fill("/a/{id}", "%2e%2e").as_deref(), Ok("/a/%252e%252e"));
        let template = Template::parse("/a?action=close&id={id}&all").unwrap();
        let query = |given, value: &str| template.fill_query(given, |_| Some(value.to_owned()));
        assert_eq!(query(None, "x&y+z").unwrap().as_deref(), Some("action=close&id=x%26y%2Bz&all"));
        assert_eq!(query(Some("all=&id=7&action=close"), "").unwrap().as_deref(), Some("all=&id=7&action=close"));
        assert_eq!(query(Some("page=2"), ""), Err("id".to_owned()));
    }

    #[test]
    fn shapes_ignore_parameter_names() {
        let shape = |text: &str| Template::parse(text).unwrap().shape();
        assert_eq!(shape("/a/{x}:b?d={y}&c=1#f"), shape("/a/{z}:b?c=1&d={w}#f"));
        for other in ["/a/{x}:b?d={y}&c=1", "/a/{+x}:b?d={y}&c=1#f", "/a/{x}:b?d={y}&c=2#f", "/a/{x}:b?d&c=1#f"] {
            assert_ne!(shape("/a/{x}:b?d={y}&c=1#f"), shape(other));
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "/[a{}+*/#?&=.%:]{0,12}", value in "\\PC{0,6}", path in "[a/:.é]{0,8}") {
            if let Ok(template) = Template::parse(&text) {
                let _ = template.fill(|_| Some(value.clone()));
                let _ = template.fill_query(Some(&path), |_| Some(value.clone()));
                let _ = (template.shape(), template.fragment());
                template.segments().iter().for_each(|segment| { segment.bind(&path, |_, _| {}); });
            }
        }
    }
}
