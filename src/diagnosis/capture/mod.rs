//! Stage 1: reads captured exchanges: `curl -i`, `curl -v`, `curl --trace-ascii`, `wget -S`, raw HTTP, HAR, or a body
//! without headers.

mod har;
mod trace;
mod transcript;

use std::fmt;

use thiserror::Error;

use crate::secret::Secret;

/// Limit for the exchanges of one capture.
const MAX_EXCHANGES: usize = 100_000;

/// The credentials of a captured request.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// The request was not captured.
    Unknown,
    /// The request had none.
    None,
    /// The request had credentials, which were removed from the capture.
    Hidden,
    /// The value of `Authorization`, or the token in the query.
    Shown(Secret),
}

/// One captured exchange.
#[derive(Clone)]
pub struct Capture {
    /// The method, if the request was captured.
    pub method: Option<String>,
    /// The URL or only its path, if the request was captured.
    pub url: Option<String>,
    /// The credentials that were sent.
    pub credentials: Credentials,
    /// The response status.
    pub status: u16,
    /// The response header fields, with folded lines joined.
    pub headers: Vec<(String, String)>,
    /// The response body.
    pub body: Vec<u8>,
}

/// Leaves out query, header values and body, which may hold secrets.
impl fmt::Debug for Capture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Capture")
            .field("method", &self.method)
            .field("url", &self.target())
            .field("credentials", &self.credentials)
            .field("status", &self.status)
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("body", &self.body.len())
            .finish()
    }
}

impl Capture {
    /// Returns the URL or path without user information, query and fragment.
    #[must_use]
    pub fn target(&self) -> Option<String> {
        let bare = self.url.as_deref()?.split(['?', '#']).next().unwrap_or_default();
        Some(match bare.split_once("://") {
            Some((scheme, rest)) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                format!("{scheme}://{}{path}", authority.rsplit('@').next().unwrap_or_default())
            }
            None => bare.to_owned(),
        })
    }
}

/// Error of [`read_captures`].
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CaptureError {
    /// The input is empty.
    #[error("the input is empty")]
    Empty,
    /// The input has no status line, so it may be a body.
    #[error("the input has no status line")]
    NoStatus,
    /// The input looks like a HAR but can't be parsed.
    #[error("the input is not a valid HAR: {0}")]
    Har(String),
}

/// An input format.
struct Format {
    /// Reads the exchanges; `None` when the input has another format.
    read: fn(&str) -> Result<Option<Vec<Capture>>, CaptureError>,
    /// Whether every exchange has its status, so that a given status does not apply.
    is_complete: bool,
}

/// Input formats in order; the first that applies is used.
const FORMATS: &[Format] = &[
    Format { read: har::read, is_complete: true },
    Format { read: trace::read, is_complete: false },
    Format { read: transcript::read, is_complete: false },
];

/// Reads every exchange of a capture, in order. `status`: the status of a body without headers; it also overrides that of
/// a single exchange.
///
/// # Errors
/// See [`CaptureError`].
pub fn read_captures(input: &[u8], status: Option<u16>) -> Result<Vec<Capture>, CaptureError> {
    let text = String::from_utf8_lossy(input);
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() && status.is_none() {
        return Err(CaptureError::Empty);
    }
    for format in FORMATS {
        match (format.read)(text)? {
            Some(captures) if format.is_complete => return Ok(captures),
            Some(captures) => return with_status(captures, text, status),
            None => {}
        }
    }
    with_status(Vec::new(), text, status)
}

/// Applies a given status: to a single exchange, or to the input as a body when there is none.
fn with_status(mut captures: Vec<Capture>, text: &str, status: Option<u16>) -> Result<Vec<Capture>, CaptureError> {
    match (captures.as_mut_slice(), status) {
        ([], None) => Err(CaptureError::NoStatus),
        ([], Some(status)) => Ok(vec![bare_body(text, status)]),
        ([only], Some(status)) => {
            only.status = status;
            Ok(captures)
        }
        _ => Ok(captures),
    }
}

fn bare_body(text: &str, status: u16) -> Capture {
    Capture {
        method: None,
        url: None,
        credentials: Credentials::Unknown,
        status,
        headers: Vec::new(),
        body: text.trim().as_bytes().to_vec(),
    }
}

/// Returns the credentials in the header fields and the URL of a request.
fn credentials(headers: &[(String, String)], url: Option<&str>) -> Credentials {
    let named = |wanted: &str| headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    let query = url.and_then(|url| url.split_once('?')).map(|(_, query)| query).unwrap_or_default();
    let in_query = query.split('&').find_map(|pair| pair.strip_prefix("access_token="));
    let Some(text) = named("authorization").map(|(_, value)| value.trim()).or(in_query) else {
        // an API key or a cookie is a credential too
        let other = ["cookie", "x-api-key", "private-token"].iter().any(|name| named(name).is_some());
        return if other { Credentials::Hidden } else { Credentials::None };
    };
    let token = text.rsplit(' ').next().unwrap_or_default();
    let hidden = token.len() < 8 || token.contains(['*', '<', '[', '…', '$', '{']);
    if hidden { Credentials::Hidden } else { Credentials::Shown(Secret::new(text)) }
}

#[cfg(test)]
mod tests;
