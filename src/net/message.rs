//! Requests, responses and their limits.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode, Version};
use url::Url;
use zeroize::Zeroizing;

use super::proxy::is_loopback;
use super::timing::Timing;

/// Limits of a request and its response.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time from the start of the connection to the last byte of the body.
    pub deadline: Duration,
    /// Maximum size of the body, in bytes.
    pub body: usize,
}

/// A request. `Debug` omits the query, header values and body, which may hold secrets.
#[derive(Clone)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// URL. See [`is_permitted`].
    pub url: Url,
    /// Header fields. The caller marks those that carry secrets as sensitive.
    pub headers: HeaderMap,
    /// Body.
    pub body: Option<Vec<u8>>,
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("method", &self.method)
            .field("url", &without_query(&self.url))
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.as_ref().map(Vec::len))
            .finish()
    }
}

/// A response. Redirects are not followed.
#[derive(Clone)]
pub struct Response {
    /// HTTP version.
    pub version: Version,
    /// Status.
    pub status: StatusCode,
    /// Header fields.
    pub headers: HeaderMap,
    /// Body, overwritten when dropped because it may hold tokens.
    pub body: Zeroizing<Vec<u8>>,
    /// Timing.
    pub timing: Timing,
}

/// Body of a streamed request or response.
pub use reqwest::Body as StreamBody;

/// Returns a URL as errors show it: without user, password, query and fragment.
pub(super) fn without_query(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    // neither fails on a URL with a host, and one without is refused
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.to_string()
}

/// Checks that secrets can be sent to this URL: `https`, or `http` to a loopback address; a host; no user information.
///
/// # Errors
/// The reason why not.
pub fn is_permitted(url: &Url) -> Result<(), String> {
    if url.host().is_none() {
        return Err("it has no host".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it has a user name or password".to_owned());
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => Err("`http` is only allowed for loopback addresses".to_owned()),
        other => Err(format!("`{other}` is not a supported scheme")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_a_request_holds_no_secret() {
        let request = Request {
            method: Method::POST,
            url: Url::parse("https://user:needle@a.test/token?code=needle#needle").unwrap(),
            headers: HeaderMap::from_iter([(http::header::COOKIE, http::HeaderValue::from_static("needle"))]),
            body: Some(b"needle".to_vec()),
        };
        let said = format!("{request:?}");
        assert!(said.contains("https://a.test/token") && said.contains("cookie"), "{said}");
        // as a string, and as the numbers that a derived `Debug` prints for bytes
        assert!(!said.contains("needle") && !said.contains("110, 101"), "{said}");
    }

    #[test]
    fn secrets_are_sent_only_over_https_or_to_loopback() {
        for (url, permitted) in [
            ("https://a.test/", true),
            ("http://127.0.0.1:8/", true),
            ("http://[::1]/", true),
            ("http://localhost/", true),
            ("http://a.test/", false),
            ("http://127.0.0.1.evil.test/", false),
            ("https://u:p@a.test/", false),
            ("ftp://a.test/", false),
            ("file:///etc/passwd", false),
            ("http://localhost.evil.test/", false),
        ] {
            assert_eq!(is_permitted(&Url::parse(url).unwrap()).is_ok(), permitted, "{url}");
        }
    }
}
