//! Header fields of a request, with a check of those that the user sets.

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::request::CallRequest;
use crate::app::{Error, ErrorKind};

/// Reason why the user can't set a header field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SetBy {
    /// It carries the token.
    Token,
    /// It identifies the server: the token would be sent to another virtual host than the checked one.
    Url,
    /// It controls framing or the connection (RFC 9110 §7.6.1, RFC 9112 §6, RFC 9113 §8.2.2): a wrong value
    /// can split a request in two.
    Connection,
}

/// Header fields that the user can't set, in lower case.
const RESERVED: &[(&str, SetBy)] = &[
    ("authorization", SetBy::Token),
    ("connection", SetBy::Connection),
    ("content-length", SetBy::Connection),
    ("expect", SetBy::Connection),
    ("host", SetBy::Url),
    ("http2-settings", SetBy::Connection),
    ("keep-alive", SetBy::Connection),
    ("te", SetBy::Connection),
    ("trailer", SetBy::Connection),
    ("transfer-encoding", SetBy::Connection),
    ("upgrade", SetBy::Connection),
];

/// Prefix of proxy fields: `Proxy-Authorization`, `Proxy-Connection`.
const PROXY: &str = "proxy-";

/// Returns why a field can't be set; `None` if it can. `HeaderName` is lower case.
fn reserved(name: &HeaderName) -> Option<SetBy> {
    let known = RESERVED.iter().find(|(reserved, _)| *reserved == name.as_str()).map(|(_, by)| *by);
    known.or_else(|| name.as_str().starts_with(PROXY).then_some(SetBy::Connection))
}

/// Parses a header field from the user.
fn field(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Error> {
    let usage = |message: String| Error::new(ErrorKind::Usage, message);
    if name.starts_with(':') {
        return Err(usage(format!("`{name}` is an HTTP/2 pseudo-header field, which can't be set"))
            .hint("the URL of the endpoint determines it"));
    }
    let header = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| usage(format!("`{name}` is not a valid header field name")))?;
    match reserved(&header) {
        None => {}
        Some(SetBy::Token) => {
            return Err(usage("the header `Authorization` can't be set: it carries the token".to_owned())
                .hint("pass the token with `--token -` (stdin), or obtain one with `--client`"));
        }
        Some(SetBy::Url) => {
            return Err(usage(format!("the header `{name}` can't be set: it is derived from the URL"))
                .hint("set `base_url` in the manifest to call another server"));
        }
        Some(SetBy::Connection) => {
            return Err(usage(format!("the header `{name}` can't be set: it belongs to the connection"))
                .hint("omit it; the HTTP client sets framing and connection fields"));
        }
    }
    // the value may be a secret, so the error omits it
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| usage(format!("the value of header `{name}` has a line break or another control character")))?;
    value.set_sensitive(true);
    Ok((header, value))
}

/// Checks the header fields that the user gave.
///
/// # Errors
/// If one is not valid, or can't be set by the user.
pub fn check_headers(request: &CallRequest) -> Result<(), Error> {
    request.headers.iter().try_for_each(|(name, value)| field(name, value).map(|_| ()))
}

/// Returns the header fields of a request, without a token.
pub(in crate::app) fn fields(request: &CallRequest) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json, */*;q=0.5"));
    if request.body.as_deref().is_some_and(|body| serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    for (name, value) in &request.headers {
        let (name, value) = field(name, value)?;
        headers.insert(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn connection_and_host_fields_can_not_be_set_in_any_spelling() {
        for name in [
            ":authority",
            ":path",
            "Authorization",
            "Host",
            "Content-Length",
            "Transfer-Encoding",
            "Connection",
            "Upgrade",
            "TE",
            "Trailer",
            "Keep-Alive",
            "Proxy-Authorization",
            "Proxy-Connection",
            "Proxy-Anything",
            "Expect",
            "HTTP2-Settings",
        ] {
            for spelled in [name.to_owned(), name.to_ascii_lowercase(), name.to_ascii_uppercase()] {
                let error = field(&spelled, "1").unwrap_err();
                assert_eq!(error.kind, ErrorKind::Usage, "{spelled}");
                assert!(!error.hints.is_empty() && error.message.to_lowercase().contains(&name.to_lowercase()));
            }
        }
    }

    #[test]
    fn names_and_values_that_would_inject_a_field_are_refused() {
        for (name, value) in [
            ("X", "a\r\nHost: b"),
            ("X", "a\nb"),
            ("X", "a\rb"),
            ("X", "a\0b"),
            ("X\r\nHost", "b"),
            ("Host ", "b"),
            (" Host", "b"),
            (":authority", "b"),
            ("", "b"),
            ("Ho\u{17f}t", "b"),
        ] {
            let error = field(name, value).unwrap_err();
            assert!(!error.message.contains("Host: b"), "{name:?} {value:?}");
        }
    }

    #[test]
    fn other_fields_can_be_set() {
        for name in ["X-Trace", "Accept", "Content-Type", "If-Match", "Prefer", "X-Forwarded-Host", "Hostname"] {
            assert!(field(name, "1").is_ok(), "{name}");
        }
    }
}
