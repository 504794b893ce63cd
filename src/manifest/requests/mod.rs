//! Requests found in recordings, access logs, request collections and source code.

mod collection;
mod har;
mod log;
mod log_json;
mod log_time;
mod source_code;

use jiff::Timestamp;
use thiserror::Error;

pub use self::collection::collection;
pub use self::har::har;
pub use self::log::{is_document, log_document, log_entries, log_requests};
pub use self::log_json::{CLIENTS, LINES, METHODS, SCOPES, STATUSES, TARGETS, TIMES};
pub use self::source_code::{Language, Mention, language, mentions};
use crate::secret::Secret;

/// A recorded request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordedRequest {
    /// Method, in upper case.
    pub method: String,
    /// Path with its query, or URL.
    pub target: String,
}

/// A recorded request with what the record tells about it.
#[derive(Clone, Debug)]
pub struct LogEntry {
    /// Request.
    pub request: RecordedRequest,
    /// Status of the response.
    pub status: Option<u16>,
    /// Time of the request.
    pub time: Option<Timestamp>,
    /// Client that sent it: its `client_id`.
    pub client: Option<String>,
    /// Authenticated user of the common log format, who can be a client.
    pub user: Option<String>,
    /// Scopes of the token.
    pub scopes: Option<Vec<String>>,
    /// Bearer token, where it was recorded.
    pub token: Option<Secret>,
}

impl LogEntry {
    /// Creates an entry that tells nothing but the request.
    #[must_use]
    pub fn new(request: RecordedRequest) -> Self {
        Self { request, status: None, time: None, client: None, user: None, scopes: None, token: None }
    }

    /// Whether the server refused the request. A record without a status does not tell.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        matches!(self.status, Some(401 | 403))
    }
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

/// Parses the request line of a log: `GET /orders/7 HTTP/1.1`; HTTP/0.9 has no version.
fn request_of(text: &str) -> Option<RecordedRequest> {
    let (method, rest) = text.split_once(' ')?;
    if !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let target = rest.rsplit_once(" HTTP/").map_or(rest, |(target, _)| target);
    RecordedRequest::new(method, target)
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
}
