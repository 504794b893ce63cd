//! Stage 1: reads captured exchanges: `curl -i`, `curl -v`, `curl --trace-ascii`, `wget -S`, raw HTTP, HAR, a body
//! without headers, the text of an error as a program prints it, or the URL of a redirect.

mod authorization;
mod har;
mod loose;
mod trace;
mod transcript;

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

use super::model::{AuthorizationFault, Request};
use crate::secret::Secret;
use crate::token::is_removed;

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
    /// The scheme of the `Authorization` header.
    pub scheme: Option<String>,
    /// The fault of the `Authorization` header.
    pub fault: Option<AuthorizationFault>,
    /// Whether the capture leaves out header fields that the client always sends.
    pub is_trimmed: bool,
    /// Whether the scheme of the URL is not in the capture.
    pub scheme_is_guessed: bool,
    /// The response status; 0 if it is not known.
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
            .finish_non_exhaustive()
    }
}

impl Capture {
    /// Returns what is known about the request, without its credentials.
    #[must_use]
    pub fn request(&self) -> Request<'_> {
        Request {
            method: self.method.as_deref(),
            host: self.host(),
            scheme: self.scheme.as_deref(),
            fault: self.fault.as_ref(),
            is_trimmed: self.is_trimmed,
        }
    }

    /// Returns the host of the URL.
    fn host(&self) -> Option<&str> {
        let (_, rest) = self.url.as_deref()?.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        authority.rsplit('@').next()?.split(':').next().filter(|host| !host.is_empty())
    }

    /// Returns the URL or path without user information, query and fragment.
    #[must_use]
    pub fn target(&self) -> Option<String> {
        self.url.as_deref().map(Self::target_of)
    }

    /// Returns a URL or path without user information, query and fragment.
    #[must_use]
    pub fn target_of(url: &str) -> String {
        let bare = url.split(['?', '#']).next().unwrap_or_default();
        match bare.split_once("://") {
            Some((scheme, rest)) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                format!("{scheme}://{}{path}", authority.rsplit('@').next().unwrap_or_default())
            }
            None => bare.to_owned(),
        }
    }
}

/// Error of [`read_captures`].
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CaptureError {
    /// The input is empty.
    #[error("the input is empty")]
    Empty,
    /// The input does not report a failure.
    #[error("the input has no status line and reports no error")]
    NoStatus,
    /// The input is a request without its response.
    #[error("the input is a request without its response")]
    Request(Option<AuthorizationFault>),
    /// The input looks like a HAR but can't be parsed.
    #[error("the input is not a valid HAR: {0}")]
    Har(String),
}

/// Reads the exchanges of a format; `None` when the input has another one.
type Reader = fn(&str) -> Result<Option<Vec<Capture>>, CaptureError>;

/// Input formats after HAR in order; the first that applies is used.
const FORMATS: &[Reader] = &[trace::read, transcript::read];

/// Reads every exchange of a capture: see [`each_capture`].
///
/// # Errors
/// See [`CaptureError`].
pub fn read_captures(input: &[u8], status: Option<u16>) -> Result<Vec<Capture>, CaptureError> {
    let mut captures = Vec::new();
    each_capture(input, status, &mut |capture| captures.push(capture))?;
    Ok(captures)
}

/// Passes every exchange of a capture to `take`: those of a HAR in order, one at a time, others with the latest first, because
/// it is what the user wants explained. `status`: the status of a body without headers; it also overrides that of a single
/// exchange, except in a HAR, where every exchange has its own.
///
/// # Errors
/// See [`CaptureError`]. In a HAR, exchanges before the error have been passed.
pub fn each_capture(input: &[u8], status: Option<u16>, take: &mut dyn FnMut(Capture)) -> Result<(), CaptureError> {
    let text = match std::str::from_utf8(input) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(input),
    };
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() && status.is_none() {
        return Err(CaptureError::Empty);
    }
    if har::each(text, take)? {
        return Ok(());
    }
    for read in FORMATS {
        if let Some(mut captures) = read(text)? {
            captures.reverse();
            with_status(captures, text, status)?.into_iter().for_each(take);
            return Ok(());
        }
    }
    with_status(Vec::new(), text, status)?.into_iter().for_each(take);
    Ok(())
}

/// Applies a given status: to a single exchange, or to the input as a body when there is none.
fn with_status(mut captures: Vec<Capture>, text: &str, status: Option<u16>) -> Result<Vec<Capture>, CaptureError> {
    match (captures.as_mut_slice(), status) {
        ([], None) => loose::read(text).map(|capture| vec![capture]),
        ([], Some(status)) => Ok(vec![with_given_status(text, status)]),
        ([only], Some(status)) => {
            only.status = status;
            Ok(captures)
        }
        _ => Ok(captures),
    }
}

/// Reads a body or the text of an error, whose status is given.
fn with_given_status(text: &str, status: u16) -> Capture {
    let body = bare_body(text, status);
    match loose::read(text) {
        Ok(loose) => Capture { status, body: body.body, ..loose },
        Err(_) => body,
    }
}

fn bare_body(text: &str, status: u16) -> Capture {
    Capture {
        method: None,
        url: None,
        credentials: Credentials::Unknown,
        scheme: None,
        fault: None,
        is_trimmed: false,
        scheme_is_guessed: false,
        status,
        headers: Vec::new(),
        body: text.trim().as_bytes().to_vec(),
    }
}

/// Returns the value of `Authorization`, if the request has one.
fn authorization(headers: &[(String, String)]) -> Option<&str> {
    headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization")).map(|(_, value)| value.as_str())
}

/// Returns the fault of the `Authorization` header of a request.
fn fault(headers: &[(String, String)]) -> Option<AuthorizationFault> {
    authorization(headers).and_then(authorization::fault)
}

/// Returns the scheme of the `Authorization` header of a request.
fn scheme(headers: &[(String, String)]) -> Option<String> {
    authorization(headers).and_then(authorization::scheme).map(str::to_owned)
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
    if fault(headers).is_some_and(|fault| fault.holds_no_token) {
        return Credentials::Hidden;
    }
    let token = text.rsplit(' ').next().unwrap_or_default();
    let hidden = token.len() < 8 || is_removed(token) || token.contains(['<', '[', '$', '{']);
    if hidden { Credentials::Hidden } else { Credentials::Shown(Secret::new(text)) }
}

#[cfg(test)]
mod tests;
