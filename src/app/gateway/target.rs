//! Matches a request target with the manifest, and rebuilds it from the match.
//!
//! What was matched is what is sent. A target that two servers may read differently is rejected, and the URL is built from
//! the template and the decoded parameters, never copied from the request.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;
use url::Url;

use crate::app::{Context, EndpointId};
use crate::manifest::{Api, Route};
use crate::usage::is_identifier;

/// Maximum length of a target, in bytes.
const MOST_BYTES: usize = 8 << 10;

/// Query parameters that carry credentials (RFC 6750 §2.3), with `-` as `_`.
const CREDENTIALS: [&str; 10] = [
    "access_token",
    "api_key",
    "apikey",
    "auth_token",
    "authorization",
    "bearer_token",
    "client_secret",
    "id_token",
    "oauth_token",
    "refresh_token",
];

/// Declares the reasons with their codes.
macro_rules! reasons {
    ($($name:ident = $code:literal, $about:literal;)+) => {
        /// Why a request target is rejected, whatever the manifest says.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum TargetError {
            $(#[doc = $about] $name,)+
        }

        impl TargetError {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Returns the code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// Returns the description.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Self::$name => $about,)+ }
            }
        }
    };
}

reasons! {
    TooLong = "target-too-long", "the target has more than 8192 bytes";
    NotAscii = "target-not-ascii", "the target has characters that must be percent-encoded";
    Encoding = "target-encoding", "the target has an invalid percent-encoding, or is not UTF-8";
    DoubleEncoding = "target-double-encoding", "the target is percent-encoded twice";
    Control = "target-control-character", "the target has an encoded control character";
    Backslash = "target-backslash", "the target has a backslash";
    DotSegment = "target-dot-segment", "the path has a dot segment";
    EmptySegment = "target-empty-segment", "the path has an empty segment";
    EncodedSlash = "target-encoded-slash", "a segment of the path has an encoded slash";
    PathParameter = "target-path-parameter", "the path has a semicolon";
    Fragment = "target-fragment", "the target has a fragment";
    CredentialInQuery = "credential-in-query", "the query has a parameter for credentials";
    MethodOverride = "method-override", "the request overrides its method";
    RepeatedParameter = "query-repeated-parameter", "a query parameter that selects the endpoint is repeated";
    OutsideBase = "target-outside-base", "the path is not below the base URL of the API";
    Ambiguous = "target-ambiguous", "the rebuilt target matches another endpoint";
}

/// A request target that matches an endpoint, or is safe but unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedTarget {
    /// Endpoint; `None` if the manifest has none.
    pub endpoint: Option<EndpointId>,
    /// Decoded values of the path parameters.
    pub parameters: Vec<(String, String)>,
    /// Rebuilt query.
    pub query: Option<String>,
    /// Decoded segments below the base URL.
    segments: Vec<String>,
}

/// Matches the path and query of a request with the endpoints of an API. `path`: as received, with the path of the base URL.
///
/// # Errors
/// The reason why it is rejected.
pub fn match_target(
    context: &Context,
    api: usize,
    method: &str,
    path: &str,
    query: Option<&str>,
) -> Result<MatchedTarget, TargetError> {
    if path.len() + query.map_or(0, str::len) > MOST_BYTES {
        return Err(TargetError::TooLong);
    }
    let Some(details) = context.manifest().and_then(|manifest| manifest.apis.get(api)) else {
        return Err(TargetError::OutsideBase);
    };
    let query = query.map(rebuilt_query).transpose()?;
    let base = details.base_url.path().trim_end_matches('/');
    let below = path.strip_prefix(base).filter(|below| below.is_empty() || below.starts_with('/'));
    // before anything else, so that the reason does not depend on the base URL
    let segments = segments(below.unwrap_or(path))?;
    let below = below.ok_or(TargetError::OutsideBase)?;
    let target = match &query {
        Some(query) => format!("{below}?{query}"),
        None => below.to_owned(),
    };
    let Some(route) = details.route(method, &target) else {
        return Ok(MatchedTarget { endpoint: None, parameters: Vec::new(), query, segments });
    };
    check_query(&route, query.as_deref())?;
    let url = route.url().map_err(|_| TargetError::Ambiguous)?;
    check_rebuilt(details, method, &route, &url)?;
    let endpoint = context.endpoint_id(route.endpoint);
    Ok(MatchedTarget { endpoint, parameters: route.parameters, query, segments })
}

impl MatchedTarget {
    /// Returns the target of an endpoint that is not selected by a path.
    pub(super) fn of_endpoint(endpoint: Option<EndpointId>) -> Self {
        Self { endpoint, parameters: Vec::new(), query: None, segments: Vec::new() }
    }

    /// Returns the path below the base URL, encoded from the decoded segments: for a request that matches no endpoint.
    #[must_use]
    pub fn path(&self) -> String {
        self.segments.iter().fold(String::new(), |mut path, segment| {
            path.push('/');
            path.extend(percent_encoding::utf8_percent_encode(segment, SEGMENT));
            path
        })
    }

    /// Returns the path as a template: segments that look like an identifier become parameters.
    #[must_use]
    pub fn shape(&self) -> String {
        let mut shape = String::new();
        for segment in &self.segments {
            shape.push('/');
            match is_identifier(segment) {
                true => shape.push_str("{id}"),
                false => shape.extend(percent_encoding::utf8_percent_encode(segment, SEGMENT)),
            }
        }
        shape
    }
}

/// Everything but unreserved characters (RFC 3986 §2.3).
const SEGMENT: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Checks a path, and returns its decoded segments.
fn segments(path: &str) -> Result<Vec<String>, TargetError> {
    check_characters(path)?;
    if path.contains(';') || has_encoded(path, b';') {
        return Err(TargetError::PathParameter);
    }
    if has_encoded(path, b'/') {
        return Err(TargetError::EncodedSlash);
    }
    let Some(inside) = path.strip_prefix('/') else { return Ok(Vec::new()) };
    let raw: Vec<&str> = inside.split('/').collect();
    let mut decoded = Vec::with_capacity(raw.len());
    for (index, segment) in raw.iter().enumerate() {
        let text = percent_decode_str(segment).decode_utf8().map_err(|_| TargetError::Encoding)?.into_owned();
        if matches!(text.as_str(), "." | "..") {
            return Err(TargetError::DotSegment);
        }
        if text.is_empty() && index + 1 < raw.len() {
            return Err(TargetError::EmptySegment);
        }
        decoded.push(text);
    }
    Ok(decoded)
}

/// Checks the characters of a path or query, literal and encoded.
fn check_characters(text: &str) -> Result<(), TargetError> {
    if text.contains('#') {
        return Err(TargetError::Fragment);
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(TargetError::NotAscii);
    }
    if text.contains('\\') || has_encoded(text, b'\\') {
        return Err(TargetError::Backslash);
    }
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('%') {
        let byte = encoded_byte(after).ok_or(TargetError::Encoding)?;
        if byte < b' ' || byte == 0x7f {
            return Err(TargetError::Control);
        }
        rest = after.get(2..).unwrap_or_default();
        if byte == b'%' && encoded_byte(rest).is_some() {
            return Err(TargetError::DoubleEncoding);
        }
    }
    match percent_decode_str(text).decode_utf8() {
        Ok(_) => Ok(()),
        Err(_) => Err(TargetError::Encoding),
    }
}

/// Returns the byte of two hexadecimal digits at the start.
fn encoded_byte(text: &str) -> Option<u8> {
    let digits = text.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

fn has_encoded(text: &str, wanted: u8) -> bool {
    text.split('%').skip(1).any(|after| encoded_byte(after) == Some(wanted))
}

/// Rebuilds a query: each encoded byte that needs no encoding is decoded, the others are encoded in one spelling.
fn rebuilt_query(query: &str) -> Result<String, TargetError> {
    check_characters(query)?;
    let mut rebuilt = String::with_capacity(query.len());
    for (index, pair) in query.split('&').enumerate() {
        if index > 0 {
            rebuilt.push('&');
        }
        let (name, value) = match pair.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (pair, None),
        };
        let decoded = percent_decode_str(name).decode_utf8_lossy().to_ascii_lowercase().replace('-', "_");
        if CREDENTIALS.contains(&decoded.as_str()) {
            return Err(TargetError::CredentialInQuery);
        }
        if decoded == "_method" {
            return Err(TargetError::MethodOverride);
        }
        reencode(name, &mut rebuilt);
        if let Some(value) = value {
            rebuilt.push('=');
            reencode(value, &mut rebuilt);
        }
    }
    Ok(rebuilt)
}

fn reencode(text: &str, rebuilt: &mut String) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        match encoded_byte(after).filter(|_| first == '%') {
            Some(byte) => {
                let unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
                match unreserved {
                    true => rebuilt.push(char::from(byte)),
                    false => rebuilt.push_str(&format!("%{byte:02X}")),
                }
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                // allowed in a query (RFC 3986 §3.4)
                match first.is_ascii_alphanumeric() || "-._~!$'()*+,;=:@/?".contains(first) {
                    true => rebuilt.push(first),
                    false => rebuilt.extend(first.to_string().bytes().map(|byte| format!("%{byte:02X}"))),
                }
                rest = after;
            }
        }
    }
}

/// Checks that the terms of the query that select an endpoint are not ambiguous: some servers read the first of several
/// values, others the last, and some split at a semicolon.
fn check_query(route: &Route<'_>, query: Option<&str>) -> Result<(), TargetError> {
    let required: HashSet<&str> = route.endpoint.template.required_query().collect();
    let Some(query) = query.filter(|_| !required.is_empty()) else { return Ok(()) };
    let mut seen = HashSet::new();
    for pair in query.split(['&', ';']) {
        let name = percent_decode_str(pair.split('=').next().unwrap_or_default()).decode_utf8_lossy();
        let repeated = required.contains(name.as_ref()) && !seen.insert(name.into_owned());
        if repeated {
            return Err(TargetError::RepeatedParameter);
        }
    }
    match query.contains(';') {
        true => Err(TargetError::RepeatedParameter),
        false => Ok(()),
    }
}

/// Checks that the rebuilt URL is the same endpoint with the same parameters.
fn check_rebuilt(api: &Api, method: &str, route: &Route<'_>, url: &Url) -> Result<(), TargetError> {
    let base = api.base_url.path().trim_end_matches('/');
    let below = url.path().strip_prefix(base).ok_or(TargetError::Ambiguous)?;
    let target = url.query().map_or_else(|| below.to_owned(), |query| format!("{below}?{query}"));
    let again = api.route(method, &target).ok_or(TargetError::Ambiguous)?;
    match std::ptr::eq(again.endpoint, route.endpoint) && again.parameters == route.parameters {
        true => Ok(()),
        false => Err(TargetError::Ambiguous),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::*;
    use crate::manifest::Route;

    const MANIFEST: &str = "[api.a]\nbase_url = \"https://api.example.com/v1\"\n[api.a.endpoints]\n\
        \"GET /orders\" = []\n\"GET /orders/{id}\" = []\n\"GET /orders/{id}/items\" = []\n\"GET /files/{+path}\" = []\n\
        \"GET /dir/\" = []\n\"POST /jobs?action=close&id={id}\" = []\n";

    fn context() -> Context {
        Context::from_source("t", MANIFEST).unwrap()
    }

    /// The endpoint and the URL that is sent, or the code of the reason.
    fn sent(method: &str, target: &str) -> String {
        let context = context();
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let matched = match match_target(&context, 0, method, path, query) {
            Ok(matched) => matched,
            Err(error) => return error.code().to_owned(),
        };
        let Some(id) = matched.endpoint else { return format!("unknown {}", matched.path()) };
        let (api, endpoint) = context.endpoint(id).unwrap();
        let route = Route { api, endpoint, parameters: matched.parameters, query: matched.query };
        let url = route.url().unwrap();
        format!("{endpoint} {}", url.as_str().strip_prefix("https://api.example.com").unwrap())
    }

    #[test]
    fn a_target_that_two_servers_may_read_differently_is_rejected() {
        for (target, expected) in [
            ("/v1/orders", "GET /orders /v1/orders"),
            ("/v1/orders/7", "GET /orders/{id} /v1/orders/7"),
            ("/v1/orders/%37", "GET /orders/{id} /v1/orders/7"),
            ("/v1/%6frders/7", "GET /orders/{id} /v1/orders/7"),
            ("/v1/orders/a%20b", "GET /orders/{id} /v1/orders/a%20b"),
            ("/v1/orders/%C3%A9", "GET /orders/{id} /v1/orders/%C3%A9"),
            ("/v1/orders/a%3Fb%23c", "GET /orders/{id} /v1/orders/a%3Fb%23c"),
            ("/v1/orders/{id}", "GET /orders/{id} /v1/orders/%7Bid%7D"),
            ("/v1/files/a/b", "GET /files/{+path} /v1/files/a/b"),
            ("/v1/dir/", "GET /dir/ /v1/dir/"),
            ("/v1/dir", "unknown /dir"),
            ("/v1/orders/", "unknown /orders/"),
            ("/v1/ORDERS", "unknown /ORDERS"),
            ("/v1", "unknown "),
            ("/orders", "target-outside-base"),
            ("/v1x/orders", "target-outside-base"),
            ("/%761/orders", "target-outside-base"),
            ("/", "target-outside-base"),
            ("*", "target-outside-base"),
            ("/v1/orders/..", "target-dot-segment"),
            ("/v1/orders/%2e%2E", "target-dot-segment"),
            ("/v1/orders/.%2e/x", "target-dot-segment"),
            ("/v1/./orders", "target-dot-segment"),
            ("/../v1/orders", "target-dot-segment"),
            ("/v1/orders/..;/x", "target-path-parameter"),
            ("/v1/orders/7;x=1", "target-path-parameter"),
            ("/v1/orders/7%3bx=1", "target-path-parameter"),
            ("/v1//orders", "target-empty-segment"),
            ("//v1/orders", "target-empty-segment"),
            ("/v1/orders//", "target-empty-segment"),
            ("/v1/orders/a%2Fb", "target-encoded-slash"),
            ("/v1/files/a%2fb", "target-encoded-slash"),
            ("/v1/orders/a%5Cb", "target-backslash"),
            ("/v1/orders/a\\b", "target-backslash"),
            ("/v1/orders/%252e%252e", "target-double-encoding"),
            ("/v1/orders/%25zz", "GET /orders/{id} /v1/orders/%25zz"),
            ("/v1/orders/%00", "target-control-character"),
            ("/v1/orders/%0d%0a", "target-control-character"),
            ("/v1/orders/%7f", "target-control-character"),
            ("/v1/orders/%ff", "target-encoding"),
            ("/v1/orders/%", "target-encoding"),
            ("/v1/orders/%4", "target-encoding"),
            ("/v1/orders/%zz", "target-encoding"),
            ("/v1/orders/é", "target-not-ascii"),
            ("/v1/orders/a b", "target-not-ascii"),
            ("/v1/orders#x", "target-fragment"),
        ] {
            assert_eq!(sent("GET", target), expected, "{target}");
        }
        assert_eq!(sent("GET", &format!("/v1/orders/{}", "a".repeat(9000))), "target-too-long");
        assert_eq!(sent("get", "/v1/orders"), "unknown /orders");
        assert_eq!(sent("HEAD", "/v1/orders"), "GET /orders /v1/orders");
    }

    #[test]
    fn queries_are_rebuilt_and_credentials_in_them_rejected() {
        for (query, expected) in [
            ("a=1&b=x%20y+z", "GET /orders /v1/orders?a=1&b=x%20y+z"),
            ("%61=%31&flag&empty=", "GET /orders /v1/orders?a=1&flag&empty="),
            ("q=%2b%26%3d", "GET /orders /v1/orders?q=%2B%26%3D"),
            ("filter[a]=1|2", "GET /orders /v1/orders?filter%5Ba%5D=1%7C2"),
            ("access_token=x", "credential-in-query"),
            ("a=1&Access-Token=x", "credential-in-query"),
            ("%61pi_key=x", "credential-in-query"),
            ("_method=DELETE", "method-override"),
            ("a=%0a", "target-control-character"),
            ("a=%", "target-encoding"),
            ("a=%ff", "target-encoding"),
            ("a=%2500", "target-double-encoding"),
        ] {
            assert_eq!(sent("GET", &format!("/v1/orders?{query}")), expected, "{query}");
        }
        for (query, expected) in [
            ("action=close&id=7", "POST /jobs?action=close&id={id} /v1/jobs?action=close&id=7"),
            ("x=1&id=7&action=close", "POST /jobs?action=close&id={id} /v1/jobs?x=1&id=7&action=close"),
            ("action=close&id=7&action=delete", "query-repeated-parameter"),
            ("action=close&id=7&%61ction=delete", "query-repeated-parameter"),
            ("action=close&id=7&id=8", "query-repeated-parameter"),
            ("action=close&id=7;action=delete", "query-repeated-parameter"),
            ("action=delete&id=7", "unknown /jobs"),
        ] {
            assert_eq!(sent("POST", &format!("/v1/jobs?{query}")), expected, "{query}");
        }
    }

    #[test]
    fn shapes_replace_identifiers_by_parameters() {
        for (path, shape) in [
            ("/v1/users/17/posts", "/users/{id}/posts"),
            ("/v1/users/8f14e45f-ceea-467f-a0e6-6c3b1d2f9a11", "/users/{id}"),
            ("/v1/users/ana%40example.com", "/users/{id}"),
            ("/v1/blobs/deadbeef1234", "/blobs/{id}"),
            ("/v1/blobs/deadbeef", "/blobs/deadbeef"),
            ("/v1/sessions/a1B2c3D4e5F6g7H8i9J0", "/sessions/{id}"),
            ("/v1/v2/orders", "/v2/orders"),
        ] {
            assert_eq!(match_target(&context(), 0, "PUT", path, None).unwrap().shape(), shape, "{path}");
        }
    }

    #[test]
    fn reasons_have_distinct_codes() {
        let codes: HashSet<&str> = TargetError::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), TargetError::ALL.len());
    }

    proptest! {
        /// Whatever is sent has the decoded segments that were matched.
        #[test]
        fn what_was_matched_is_what_is_sent(path in "[a.;/%25eEfF0-9é\\\\]{0,24}", query in "[a=&;%2b+]{0,12}") {
            let context = context();
            let path = format!("/v1/files/{path}");
            if let Ok(matched) = match_target(&context, 0, "GET", &path, Some(&query)) {
                let decoded = percent_decode_str(path.strip_prefix("/v1").unwrap()).decode_utf8().unwrap();
                let wire = matched.path();
                prop_assert_eq!(percent_decode_str(&wire).decode_utf8().unwrap(), decoded);
                let again = match_target(&context, 0, "GET", &format!("/v1{wire}"), matched.query.as_deref());
                prop_assert_eq!(again.unwrap(), matched);
            }
        }
    }
}
