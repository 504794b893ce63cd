//! Requests that were recorded somewhere: which endpoints a session, a log, a collection or a program needs.

mod code;
mod collection;
mod log;

use std::borrow::Cow;

use serde::Deserialize;
use thiserror::Error;

pub use self::code::{Language, Mention, language, mentions};
pub use self::collection::collection;
pub use self::log::log_line;

/// A request as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Recorded {
    /// The method, in upper case.
    pub method: String,
    /// A path with its query, or a URL.
    pub target: String,
}

/// Why a text is no record of requests.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RecordError {
    /// It is not of the format.
    #[error("it is no {format}: {reason}")]
    Format {
        /// The format that was expected.
        format: &'static str,
        /// What is wrong, with line and column where these are known.
        reason: String,
    },
}

impl Recorded {
    /// `None` when that is no method (RFC 9110 §9.1) or neither a path nor a URL.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Option<Self> {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        let is_method = !method.is_empty() && method.len() <= 32 && method.bytes().all(token);
        let is_target = target.starts_with('/') || target.contains("://");
        (is_method && is_target).then(|| Self { method: method.to_ascii_uppercase(), target: target.to_owned() })
    }
}

/// One line of a list of requests: `GET /orders/7`, `GET https://… HTTP/1.1`, or a URL alone, which is a GET. `None`
/// when it is none of these; an empty line and one that begins with `#` are to be left out before.
#[must_use]
pub fn request_line(line: &str) -> Option<Recorded> {
    let mut words = line.split_whitespace();
    let first = words.next()?;
    let Some(second) = words.next() else { return Recorded::new("GET", first) };
    match (words.next(), words.next()) {
        (None, _) => Recorded::new(first, second),
        (Some(version), None) if version.starts_with("HTTP/") => Recorded::new(first, second),
        _ => None,
    }
}

/// The requests of a HAR (HTTP Archive 1.2), in their order; bodies and header fields are not looked at.
///
/// # Errors
/// When the text is no HAR.
pub fn har(text: &str) -> Result<Vec<Recorded>, RecordError> {
    #[derive(Deserialize)]
    struct Har<'t> {
        #[serde(borrow)]
        log: Log<'t>,
    }
    #[derive(Deserialize)]
    struct Log<'t> {
        #[serde(borrow)]
        entries: Vec<Entry<'t>>,
    }
    #[derive(Deserialize)]
    struct Entry<'t> {
        #[serde(borrow)]
        request: Request<'t>,
    }
    #[derive(Deserialize)]
    struct Request<'t> {
        #[serde(borrow)]
        method: Cow<'t, str>,
        #[serde(borrow)]
        url: Cow<'t, str>,
    }
    let har: Har<'_> = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| RecordError::Format { format: "HAR", reason: error.to_string() })?;
    let requests = har.log.entries.iter().map(|entry| &entry.request);
    Ok(requests.filter_map(|request| Recorded::new(&request.method, &request.url)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(recorded: Option<Recorded>) -> String {
        recorded.map_or_else(|| "nothing".to_owned(), |one| format!("{} {}", one.method, one.target))
    }

    #[test]
    fn a_list_of_requests() {
        for (line, expected) in [
            ("GET /orders/7?x=1", "GET /orders/7?x=1"),
            ("  post\thttps://a.test/x HTTP/1.1 ", "POST https://a.test/x"),
            ("https://a.test/x", "GET https://a.test/x"),
            ("GET", "nothing"),
            ("GET orders", "nothing"),
            ("GET /a b c", "nothing"),
            ("G\u{1b}T /a", "nothing"),
        ] {
            assert_eq!(shown(request_line(line)), expected, "{line}");
        }
    }

    #[test]
    fn a_har() {
        let text = "\u{feff}{\"log\":{\"version\":\"1.2\",\"entries\":[\
            {\"request\":{\"method\":\"GET\",\"url\":\"https://a.test/x\\u002fy\",\"headers\":[]},\"response\":{}},\
            {\"request\":{\"method\":\"GET\",\"url\":\"data:image/png,\"}}]}}";
        let found = har(text).unwrap();
        assert_eq!(found, [Recorded { method: "GET".to_owned(), target: "https://a.test/x/y".to_owned() }]);
        for wrong in ["", "{}", "[]", "{\"log\":{\"entries\":[{}]}}"] {
            assert!(har(wrong).is_err(), "{wrong}");
        }
    }
}
