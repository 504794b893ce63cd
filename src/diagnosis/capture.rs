//! Answers that were captured elsewhere: `curl -i`, `curl -v`, `curl --trace-ascii`, `wget -S`, raw HTTP, HAR, or a body
//! alone.

mod har;
mod trace;
mod transcript;

use std::fmt;

use thiserror::Error;

use crate::secret::Secret;

/// The most exchanges of one capture.
const MOST: usize = 100_000;

/// What a capture shows of the credentials that were sent.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// The request was not captured.
    Unknown,
    /// The request was captured, and has none.
    None,
    /// The request has some, and they were taken out.
    Hidden,
    /// The value of `Authorization`, or the token of the query.
    Shown(Secret),
}

/// One exchange.
#[derive(Clone)]
pub struct Capture {
    /// The method, where the request was captured.
    pub method: Option<String>,
    /// The URL, or the path alone, where the request was captured.
    pub url: Option<String>,
    /// What was sent to be let in.
    pub credentials: Credentials,
    /// The status of the answer.
    pub status: u16,
    /// The header fields of the answer, folded lines joined.
    pub headers: Vec<(String, String)>,
    /// The body of the answer.
    pub body: Vec<u8>,
}

/// Without query, header values and body: they may hold secrets.
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
    /// The URL or the path without user information, query and fragment.
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

/// Why a text is no capture.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CaptureError {
    /// There is nothing in it.
    #[error("there is no answer: the input is empty")]
    Empty,
    /// There is no status line, so it may be a body.
    #[error("the input has no status line")]
    NoStatus,
    /// It looks like a HAR and can't be read as one.
    #[error("the input is no HAR: {0}")]
    Har(String),
}

/// Reads every exchange of a capture, in order. `status`: that of a body that comes alone; it also overrides the one
/// of a single exchange.
///
/// # Errors
/// See [`CaptureError`].
pub fn read_captures(input: &[u8], status: Option<u16>) -> Result<Vec<Capture>, CaptureError> {
    let text = String::from_utf8_lossy(input);
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() && status.is_none() {
        return Err(CaptureError::Empty);
    }
    if text.trim_start().starts_with('{') {
        match har::read(text) {
            Ok(Some(captures)) => return Ok(captures),
            Ok(None) => {}
            Err(error) => return Err(CaptureError::Har(error)),
        }
    }
    let plain = trace::plain(text);
    let mut captures = transcript::read(plain.as_deref().unwrap_or(text));
    match (captures.as_mut_slice(), status) {
        ([], None) => Err(CaptureError::NoStatus),
        ([], Some(status)) => Ok(vec![Capture {
            method: None,
            url: None,
            credentials: Credentials::Unknown,
            status,
            headers: Vec::new(),
            body: text.trim().as_bytes().to_vec(),
        }]),
        ([only], Some(status)) => {
            only.status = status;
            Ok(captures)
        }
        _ => Ok(captures),
    }
}

/// What the header fields and the URL of a request show.
fn credentials(headers: &[(String, String)], url: Option<&str>) -> Credentials {
    let named = |wanted: &str| headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    let query = url.and_then(|url| url.split_once('?')).map(|(_, query)| query).unwrap_or_default();
    let in_query = query.split('&').find_map(|pair| pair.strip_prefix("access_token="));
    let Some(text) = named("authorization").map(|(_, value)| value.trim()).or(in_query) else {
        // a key or a cookie may let in as well
        let other = ["cookie", "x-api-key", "private-token"].iter().any(|name| named(name).is_some());
        return if other { Credentials::Hidden } else { Credentials::None };
    };
    let token = text.rsplit(' ').next().unwrap_or_default();
    let hidden = token.len() < 8 || token.contains(['*', '<', '[', '…', '$', '{']);
    if hidden { Credentials::Hidden } else { Credentials::Shown(Secret::new(text)) }
}

#[cfg(test)]
mod tests;
