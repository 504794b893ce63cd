//! A path template: what of a request's path is fixed, and what is a parameter.

use std::cmp::Reverse;
use std::fmt;

use thiserror::Error;

use super::percent::{decode, encode, is_dot_segment};
use crate::text::is_deceptive;

/// A path template, in the forms that published APIs use:
///
/// ```text
/// /orders/{id}                     a parameter is one segment, or a part of one, and never empty
/// /orders/{id}:cancel              literals around a parameter (https://google.aip.dev/136)
/// /users(name='{name}')            the same (OData URL Conventions, §4.3)
/// /files/{+path}  /files/{path+}   one segment or more (RFC 6570 §3.2.3); also {*path}, {**path}, {path*}
/// /orders?action=close             only with that query; `?expand` and `?id={id}`: with any value
/// /orders{?page,limit}             a query that may be there (RFC 6570 §3.2.8): not looked at
/// /files/{id}#copy                 a fragment is part of the name and never sent
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    segments: Vec<Segment>,
    query: Vec<QueryTerm>,
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

/// What a request's query must hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct QueryTerm {
    name: String,
    value: QueryValue,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum QueryValue {
    Any,
    Parameter(String),
    Exactly(String),
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
        if !text.starts_with('/') {
            return Err(wrong("a path template starts with `/`", 0));
        }
        if text.contains(|character: char| character.is_whitespace() || is_deceptive(character)) {
            return Err(wrong("a path template has no white space", 0));
        }
        let (path, query) = split_target(without_optional_query(without_fragment(text)));
        let segments = parse_path(path).map_err(|(message, offset)| wrong(message, offset))?;
        let terms = query.unwrap_or_default().split('&').filter(|term| !term.is_empty());
        let template = Self { text: text.to_owned(), segments, query: terms.map(QueryTerm::parse).collect() };
        let names = template.names();
        for (index, name) in names.iter().enumerate() {
            if names.iter().take(index).any(|earlier| earlier == name) {
                let repeated = text.match_indices('{').nth(index).map_or(0, |(offset, _)| offset);
                return Err(wrong("a parameter occurs twice", repeated));
            }
        }
        Ok(template)
    }

    /// The template as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The part of the name that is never sent.
    #[must_use]
    pub fn fragment(&self) -> Option<&str> {
        self.text.get(without_fragment(&self.text).len() + 1..)
    }

    /// How many things a query must hold: more of them are more specific.
    pub(super) fn query_terms(&self) -> usize {
        self.query.len()
    }

    /// Whether a request's query, without its question mark, holds everything that the template asks for.
    pub(super) fn accepts_query(&self, query: Option<&str>) -> bool {
        self.query.iter().all(|term| {
            let mut pairs = query.unwrap_or_default().split('&');
            pairs.any(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                let wanted = match &term.value {
                    QueryValue::Exactly(text) => decode(value) == text.as_str(),
                    QueryValue::Parameter(_) => !value.is_empty(),
                    QueryValue::Any => true,
                };
                wanted && decode(name) == term.name.as_str()
            })
        })
    }

    /// Adds the values of parameters that stand in the query.
    pub(super) fn bind_query(&self, query: Option<&str>, bound: &mut Vec<(String, String)>) {
        for term in &self.query {
            let QueryValue::Parameter(parameter) = &term.value else { continue };
            let mut pairs = query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
            let value = pairs.find(|(name, _)| decode(name) == term.name.as_str());
            bound.extend(value.map(|(_, value)| (parameter.clone(), decode(value).into_owned())));
        }
    }

    /// The segments with their literals in lower case.
    pub(super) fn folded(&self) -> Vec<Segment> {
        self.segments.iter().map(Segment::folded).collect()
    }

    /// What tells this template from another one, whatever the parameters are called.
    pub(super) fn shape(&self) -> String {
        let mut shape = String::with_capacity(self.text.len());
        for segment in &self.segments {
            shape.push('/');
            segment.write_shape(&mut shape);
        }
        let mut terms: Vec<String> = self
            .query
            .iter()
            .map(|term| match &term.value {
                QueryValue::Any => format!("?{}", term.name),
                QueryValue::Parameter(_) => format!("?{}={{}}", term.name),
                QueryValue::Exactly(value) => format!("?{}={value}", term.name),
            })
            .collect();
        terms.sort_unstable();
        shape.extend(terms);
        shape.extend(self.fragment().into_iter().flat_map(|fragment| ["#", fragment]));
        shape
    }

    fn names(&self) -> Vec<&str> {
        let path = self.segments.iter().flat_map(|segment| &segment.0).filter_map(|piece| match piece {
            Piece::Literal(_) => None,
            Piece::Parameter(name) | Piece::Rest(name) => Some(name.as_str()),
        });
        let query = self.query.iter().filter_map(|term| match &term.value {
            QueryValue::Parameter(name) => Some(name.as_str()),
            QueryValue::Any | QueryValue::Exactly(_) => None,
        });
        path.chain(query).collect()
    }

    /// The names of the parameters, in their order.
    #[must_use]
    pub fn parameters(&self) -> Vec<&str> {
        self.names()
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

    /// The query that the template asks for beyond the one given, percent-encoded; `None` when there is neither.
    ///
    /// # Errors
    /// The name of the first parameter without a value.
    pub fn fill_query(
        &self,
        given: Option<&str>,
        value: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<String>, String> {
        if self.query.is_empty() || self.accepts_query(given) {
            return Ok(given.map(str::to_owned));
        }
        let mut query = given.map(str::to_owned).unwrap_or_default();
        for term in &self.query {
            if !query.is_empty() {
                query.push('&');
            }
            encode(&term.name, false, &mut query);
            let text = match &term.value {
                QueryValue::Any => continue,
                QueryValue::Exactly(text) => text.clone(),
                QueryValue::Parameter(name) => {
                    value(name).filter(|value| !value.is_empty()).ok_or_else(|| name.clone())?
                }
            };
            query.push('=');
            let mut encoded = String::new();
            encode(&text, false, &mut encoded);
            // what separates pairs, or is read as a space, must not stand in a value
            query.push_str(&encoded.replace('&', "%26").replace('+', "%2B"));
        }
        Ok(Some(query))
    }
}

impl fmt::Display for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.text)
    }
}

impl Segment {
    /// Whether it can stand for several segments.
    pub(super) fn has_rest(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Rest(_)))
    }

    /// How many bytes are fixed.
    pub(super) fn literal_length(&self) -> usize {
        self.0.iter().map(|piece| if let Piece::Literal(text) = piece { text.len() } else { 0 }).sum()
    }

    /// How specific it is among segments with a parameter: the least first.
    pub(super) fn specificity(&self) -> (Reverse<usize>, String) {
        (Reverse(self.literal_length()), self.shape())
    }

    /// The text of a segment without a parameter.
    pub(super) fn as_literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether some text fits both. Neither has a catch-all.
    pub(super) fn meets(&self, other: &Self) -> bool {
        let fits = |segment: &Self, text: &str| segment.bind(text, |_, _| {});
        match (self.as_literal(), other.as_literal()) {
            (Some(one), Some(two)) => one == two,
            (Some(text), None) => fits(other, text),
            (None, Some(text)) => fits(self, text),
            // what is between a start and an end can be anything, and so hold whatever both ask for
            (None, None) => {
                let ends = |segment: &Self| match segment.0.as_slice() {
                    [Piece::Literal(start), .., Piece::Literal(end)] => (start.clone(), end.clone()),
                    [Piece::Literal(start), ..] => (start.clone(), String::new()),
                    [.., Piece::Literal(end)] => (String::new(), end.clone()),
                    _ => (String::new(), String::new()),
                };
                let ((start, end), (other_start, other_end)) = (ends(self), ends(other));
                (start.starts_with(&other_start) || other_start.starts_with(&start))
                    && (end.ends_with(&other_end) || other_end.ends_with(&end))
            }
        }
    }

    /// Whether every text that fits this one fits the other. A parameter is taken as a character that no literal has.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        let text: String =
            self.0.iter().map(|piece| if let Piece::Literal(text) = piece { text.as_str() } else { "\u{0}" }).collect();
        other.bind(&text, |_, _| {})
    }

    /// Whether it is a parameter of one segment and nothing else.
    pub(super) fn is_parameter(&self) -> bool {
        matches!(self.0.as_slice(), [Piece::Parameter(_)])
    }

    /// What every text that fits ends with, as far as it can be told from the text alone: a whole literal, or
    /// everything from the last colon on.
    pub(super) fn fixed_end(&self) -> Option<&str> {
        self.as_literal().or_else(|| match self.0.last() {
            Some(Piece::Literal(text)) => text.rfind(':').and_then(|at| text.get(at..)),
            _ => None,
        })
    }

    /// The same with its literals in lower case.
    pub(super) fn folded(&self) -> Self {
        let fold = |piece: &Piece| match piece {
            Piece::Literal(text) => Piece::Literal(text.to_lowercase()),
            parameter => parameter.clone(),
        };
        Self(self.0.iter().map(fold).collect())
    }

    /// What tells it from another one, whatever the parameters are called.
    pub(super) fn shape(&self) -> String {
        let mut shape = String::new();
        self.write_shape(&mut shape);
        shape
    }

    fn write_shape(&self, shape: &mut String) {
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => shape.push_str(&text.replace('{', "{{")),
                Piece::Parameter(_) => shape.push_str("{}"),
                Piece::Rest(_) => shape.push_str("{+}"),
            }
        }
    }

    /// The values of the parameters where the text fits: none is empty, and each is as short as it can be. Takes time
    /// in the order of the length of the text: a literal that is found early never hides a match.
    pub(super) fn bind<'t>(&self, text: &'t str, mut bound: impl FnMut(&str, &'t str)) -> bool {
        let mut rest = text;
        let mut open: Option<&str> = None;
        for (index, piece) in self.0.iter().enumerate() {
            match (piece, open) {
                (Piece::Literal(literal), None) => match rest.strip_prefix(literal.as_str()) {
                    Some(after) => rest = after,
                    None => return false,
                },
                (Piece::Literal(literal), Some(name)) => {
                    let least = rest.chars().next().map_or(0, char::len_utf8);
                    let at = match index + 1 == self.0.len() {
                        true => rest.len().checked_sub(literal.len()).filter(|_| rest.ends_with(literal.as_str())),
                        false => rest.get(least..).and_then(|after| after.find(literal.as_str())).map(|at| at + least),
                    };
                    let at = at.filter(|at| *at >= least && least > 0);
                    let Some((value, after)) = at.and_then(|at| rest.split_at_checked(at)) else { return false };
                    bound(name, value);
                    open = None;
                    rest = after.get(literal.len()..).unwrap_or_default();
                }
                (Piece::Parameter(name) | Piece::Rest(name), None) => open = Some(name),
                (Piece::Parameter(name) | Piece::Rest(name), Some(earlier)) => {
                    // side by side: one character each, and what is left for the last
                    let Some(first) = rest.chars().next() else { return false };
                    let Some((value, after)) = rest.split_at_checked(first.len_utf8()) else { return false };
                    bound(earlier, value);
                    open = Some(name);
                    rest = after;
                }
            }
        }
        match open {
            Some(_) if rest.is_empty() => false,
            Some(name) => {
                bound(name, rest);
                true
            }
            None => rest.is_empty(),
        }
    }
}

impl QueryTerm {
    fn parse(text: &str) -> Self {
        let (name, value) = match text.split_once('=') {
            None | Some((_, "")) => (text.trim_end_matches('='), QueryValue::Any),
            Some((name, value)) => match value.strip_prefix('{').and_then(|value| value.strip_suffix('}')) {
                Some(parameter) => (name, QueryValue::Parameter(parameter.to_owned())),
                None => (name, QueryValue::Exactly(decode(value).into_owned())),
            },
        };
        Self { name: decode(name).into_owned(), value }
    }
}

/// The first of these characters that stands outside braces.
fn outside_braces(text: &str, wanted: char) -> Option<usize> {
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

/// Without `{?page,limit}` or `{&page}` at the end.
fn without_optional_query(text: &str) -> &str {
    let mut text = text;
    while let Some((before, inside)) = text.strip_suffix('}').and_then(|text| text.rsplit_once('{'))
        && inside.starts_with(['?', '&'])
    {
        text = before;
    }
    text
}

/// Path and query of a template.
fn split_target(text: &str) -> (&str, Option<&str>) {
    match outside_braces(text, '?').and_then(|at| text.split_at_checked(at)) {
        Some((path, query)) => (path, query.get(1..)),
        None => (text, None),
    }
}

/// The segments of a path that starts with `/`, or what is wrong and where.
pub(super) fn parse_path(path: &str) -> Result<Vec<Segment>, (&'static str, usize)> {
    let mut segments = Vec::new();
    let mut offset = 1;
    for segment in path.get(1..).unwrap_or_default().split('/') {
        segments.push(parse_segment(segment).map_err(|(message, at)| (message, offset + at))?);
        offset += segment.len() + 1;
    }
    Ok(segments)
}

pub(super) fn parse_segment(segment: &str) -> Result<Segment, (&'static str, usize)> {
    let mut pieces = Vec::new();
    let mut rest = segment;
    while !rest.is_empty() {
        let at = segment.len() - rest.len();
        let Some((before, after)) = rest.split_once('{') else {
            if rest.contains('}') {
                return Err(("a brace is closed that was not opened", at));
            }
            pieces.push(Piece::Literal(decode(rest).into_owned()));
            break;
        };
        if before.contains('}') {
            return Err(("a brace is closed that was not opened", at));
        }
        if !before.is_empty() {
            pieces.push(Piece::Literal(decode(before).into_owned()));
        }
        let (inside, after) = after.split_once('}').ok_or(("a brace is not closed", at + before.len()))?;
        let name = inside.trim_matches(['+', '*']);
        if name.is_empty() || name.contains('{') {
            return Err(("a parameter has no name", at + before.len()));
        }
        pieces.push(match name.len() == inside.len() {
            true => Piece::Parameter(name.to_owned()),
            false => Piece::Rest(name.to_owned()),
        });
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
    fn a_segment_binds_the_shortest_values() {
        for (segment, text, values) in [
            ("{id}", "7", Some("7")),
            ("{id}", "", None),
            ("{id}:cancel", "7:cancel", Some("7")),
            ("{id}:cancel", ":cancel", None),
            ("{id}:cancel", "a:cancel:cancel", Some("a:cancel")),
            ("{a}...{b}", "x...y...z", Some("x|y...z")),
            ("{a}...{b}", "....", None),
            ("{a}...{b}", "é....", Some("é|.")),
            ("({a},{b})", "(1,2)", Some("1|2")),
            ("{a}{b}", "xyz", Some("x|yz")),
            ("{a}{b}", "x", None),
            ("{a}x{b}x", "xxxx", Some("x|x")),
            ("{a}x{b}x", "xxx", None),
            ("", "", Some("")),
            ("a", "ab", None),
        ] {
            let mut found = Vec::new();
            let fits = parse_segment(segment).unwrap().bind(text, |_, value| found.push(value));
            assert_eq!(fits.then(|| found.join("|")).as_deref(), values, "{segment} {text}");
        }
    }

    #[test]
    fn a_value_cannot_leave_its_place() {
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
    fn a_shape_is_the_same_whatever_the_names() {
        let shape = |text: &str| Template::parse(text).unwrap().shape();
        assert_eq!(shape("/a/{x}:b?d={y}&c=1#f"), shape("/a/{z}:b?c=1&d={w}#f"));
        for other in ["/a/{x}:b?d={y}&c=1", "/a/{+x}:b?d={y}&c=1#f", "/a/{x}:b?d={y}&c=2#f", "/a/{x}:b?d&c=1#f"] {
            assert_ne!(shape("/a/{x}:b?d={y}&c=1#f"), shape(other));
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "/[a{}+*/#?&=.%:]{0,12}", value in "\\PC{0,6}", path in "[a/:.é]{0,8}") {
            if let Ok(template) = Template::parse(&text) {
                let _ = template.fill(|_| Some(value.clone()));
                let _ = template.fill_query(Some(&path), |_| Some(value.clone()));
                let _ = (template.shape(), template.fragment());
                template.segments().iter().for_each(|segment| { segment.bind(&path, |_, _| {}); });
            }
        }
    }
}
