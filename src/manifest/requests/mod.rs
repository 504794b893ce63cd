//! Requests found in recordings, access logs, request collections and source code.

mod collection;
mod log;
mod source_code;

use std::borrow::Cow;

use serde::Deserialize;
use thiserror::Error;

pub use self::collection::collection;
pub use self::log::log_line;
pub use self::source_code::{Language, Mention, language, mentions};

/// A recorded request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordedRequest {
    /// Method, in upper case.
    pub method: String,
    /// Path with its query, or URL.
    pub target: String,
}

/// Why requests could not be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RecordError {
    /// The text does not have the expected format.
    #[error("it is not a valid {format}: {reason}")]
    Format {
        /// Expected format.
        format: &'static str,
        /// What is wrong, with line and column if known.
        reason: String,
    },
}

impl RecordedRequest {
    /// Returns `None` if the method is not valid (RFC 9110 §9.1) or the target is neither a path nor a URL.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Option<Self> {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        let is_method = !method.is_empty() && method.len() <= 32 && method.bytes().all(token);
        let is_target = target.starts_with('/') || target.contains("://");
        (is_method && is_target).then(|| Self { method: method.to_ascii_uppercase(), target: target.to_owned() })
    }
}

/// Parses a line of a list of requests: `GET /orders/7`, `GET https://… HTTP/1.1`, or a URL alone, which is a GET.
/// `None` for anything else. The caller skips empty lines and comments.
#[must_use]
pub fn request_line(line: &str) -> Option<RecordedRequest> {
    let mut words = line.split_whitespace();
    let first = words.next()?;
    let Some(second) = words.next() else { return RecordedRequest::new("GET", first) };
    match (words.next(), words.next()) {
        (None, _) => RecordedRequest::new(first, second),
        (Some(version), None) if version.starts_with("HTTP/") => RecordedRequest::new(first, second),
        _ => None,
    }
}

/// Reads the requests of a HAR file (HTTP Archive 1.2), in order; bodies and headers are ignored.
///
/// # Errors
/// When the text is not a valid HAR file.
pub fn har(text: &str) -> Result<Vec<RecordedRequest>, RecordError> {
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
        .map_err(|error| RecordError::Format { format: "HAR file", reason: error.to_string() })?;
    let requests = har.log.entries.iter().map(|entry| &entry.request);
    Ok(requests.filter_map(|request| RecordedRequest::new(&request.method, &request.url)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(recorded: Option<RecordedRequest>) -> String {
        recorded.map_or_else(|| "none".to_owned(), |one| format!("{} {}", one.method, one.target))
    }

    #[test]
    fn request_lines_are_parsed() {
        for (line, expected) in [
            ("GET /orders/7?x=1", "GET /orders/7?x=1"),
            ("  post\thttps://a.test/x HTTP/1.1 ", "POST https://a.test/x"),
            ("https://a.test/x", "GET https://a.test/x"),
            ("GET", "none"),
            ("GET orders", "none"),
            ("GET /a b c", "none"),
            ("G\u{1b}T /a", "none"),
        ] {
            assert_eq!(shown(request_line(line)), expected, "{line}");
        }
    }

    #[test]
    fn har_files_are_read() {
        let text = "\u{feff}{\"log\":{\"version\":\"1.2\",\"entries\":[\
            {\"request\":{\"method\":\"GET\",\"url\":\"https://a.test/x\\u002fy\",\"headers\":[]},\"response\":{}},\
            {\"request\":{\"method\":\"GET\",\"url\":\"data:image/png,\"}}]}}";
        let found = har(text).unwrap();
        assert_eq!(found, [RecordedRequest { method: "GET".to_owned(), target: "https://a.test/x/y".to_owned() }]);
        for wrong in ["", "{}", "[]", "{\"log\":{\"entries\":[{}]}}"] {
            assert!(har(wrong).is_err(), "{wrong}");
        }
    }
}
