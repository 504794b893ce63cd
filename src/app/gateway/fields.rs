//! Header fields that pass through the gateway, in both directions (RFC 9110 §7.6).

use http::header::{CONNECTION, HOST, LOCATION, TE, VIA};
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

/// Fields of a connection (RFC 9110 §7.6.1), and of proxies.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// Fields of a request that are not passed on: credentials, what the gateway sets itself, and what some servers take for
/// the path or the address of the client.
const OF_REQUEST: [&str; 14] = [
    "authorization",
    "client-ip",
    "content-length",
    "cookie",
    "cookie2",
    "dpop",
    "expect",
    "forwarded",
    "host",
    "origin",
    "true-client-ip",
    "x-original-url",
    "x-real-ip",
    "x-rewrite-url",
];
const OF_REQUEST_PREFIXES: [&str; 3] = ["sec-fetch-", "x-forwarded-", "x-original-"];

/// Fields that replace the method of a request at some servers.
const METHOD_OVERRIDES: [&str; 3] = ["x-http-method", "x-http-method-override", "x-method-override"];

/// Fields of a response that are for the origin of the API, not for that of the gateway.
const OF_RESPONSE: [&str; 6] =
    ["alt-svc", "clear-site-data", "public-key-pins", "set-cookie", "set-cookie2", "strict-transport-security"];
const OF_RESPONSE_PREFIX: &str = "access-control-";

/// Why the fields of a request are rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldError {
    /// The request overrides its method.
    MethodOverride,
    /// The request has already passed this gateway.
    Loop,
}

impl FieldError {
    /// Returns the code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::MethodOverride => "method-override",
            Self::Loop => "gateway-loop",
        }
    }

    /// Returns the description.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::MethodOverride => "a header field overrides the method of the request",
            Self::Loop => "the request has passed this gateway before: the base URL of the API leads back to it",
        }
    }
}

/// Returns the name in the spelling that servers compare: some read `_` as `-`.
fn canonical(name: &HeaderName) -> String {
    name.as_str().replace('_', "-")
}

/// Returns the names that `Connection` fields nominate.
fn nominated(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(CONNECTION).iter();
    values
        .flat_map(|value| {
            let words = value.as_bytes().split(|byte| *byte == b',');
            words.map(|word| String::from_utf8_lossy(word.trim_ascii()).to_ascii_lowercase()).collect::<Vec<_>>()
        })
        .collect()
}

fn has_word(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    let words = headers.get_all(name).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    let names = words.map(|word| word.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii());
    names.into_iter().any(|word| word.eq_ignore_ascii_case(wanted.as_bytes()))
}

/// Returns the fields of a request that are sent to the API, without its token. `own`: the field in which the API expects
/// the token, if not `Authorization`. `pseudonym`: name of this gateway in `Via`.
///
/// # Errors
/// If the request is rejected because of a field.
pub fn request_fields(
    incoming: &HeaderMap,
    own: Option<&HeaderName>,
    pseudonym: &str,
) -> Result<HeaderMap, FieldError> {
    let nominated = nominated(incoming);
    let mut headers = HeaderMap::with_capacity(incoming.len());
    for (name, value) in incoming {
        let known = canonical(name);
        if METHOD_OVERRIDES.contains(&known.as_str()) {
            return Err(FieldError::MethodOverride);
        }
        let dropped = HOP_BY_HOP.contains(&known.as_str())
            || OF_REQUEST.contains(&known.as_str())
            || OF_REQUEST_PREFIXES.iter().any(|prefix| known.starts_with(prefix))
            || nominated.iter().any(|other| *other == name.as_str())
            || own.is_some_and(|own| canonical(own) == known);
        if !dropped {
            headers.append(name.clone(), value.clone());
        }
    }
    if has_word(incoming, &TE, "trailers") {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
    let passed =
        incoming.get_all(VIA).iter().any(|value| String::from_utf8_lossy(value.as_bytes()).contains(pseudonym));
    if passed {
        return Err(FieldError::Loop);
    }
    // a gateway has to add itself (RFC 9110 §7.6.3)
    if let Ok(value) = HeaderValue::from_str(&format!("1.1 {pseudonym}")) {
        headers.append(VIA, value);
    }
    Ok(headers)
}

/// Returns the fields of a response that are sent to the caller. `base`: the base URL of the API; `own`: that of the
/// gateway in its place.
#[must_use]
pub fn response_fields(incoming: &HeaderMap, base: &Url, own: &str) -> HeaderMap {
    let nominated = nominated(incoming);
    let mut headers = HeaderMap::with_capacity(incoming.len());
    for (name, value) in incoming {
        let known = name.as_str();
        let dropped = HOP_BY_HOP.contains(&known)
            || OF_RESPONSE.contains(&known)
            || known.starts_with(OF_RESPONSE_PREFIX)
            || name == HOST
            || nominated.iter().any(|other| other == known);
        if dropped {
            continue;
        }
        let rewritten = (name == LOCATION).then(|| rewritten(value, base, own)).flatten();
        headers.append(name.clone(), rewritten.unwrap_or_else(|| value.clone()));
    }
    headers
}

/// Returns a URL below the base URL of the API as one below that of the gateway. A path of the same server needs no change
/// if it is below the path of the base URL, which both have.
fn rewritten(value: &HeaderValue, base: &Url, own: &str) -> Option<HeaderValue> {
    let text = value.to_str().ok()?;
    // the parser resolves dot segments, so a URL that only begins like the base URL is not taken for one below it
    let url = Url::parse(text).ok().filter(|url| url.origin() == base.origin() && url.username().is_empty())?;
    let path = base.path().trim_end_matches('/');
    let below = url.path().strip_prefix(path).filter(|below| below.is_empty() || below.starts_with('/'))?;
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let fragment = url.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default();
    HeaderValue::from_str(&format!("{own}{below}{query}{fragment}")).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn map(fields: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn names(headers: &HeaderMap) -> Vec<String> {
        headers.keys().map(ToString::to_string).collect()
    }

    #[test]
    fn fields_of_the_connection_and_nominated_fields_are_removed_in_both_directions() {
        let fields = map(&[
            ("connection", "close, X-One"),
            ("connection", "x-two"),
            ("keep-alive", "timeout=5"),
            ("proxy-authorization", "Basic x"),
            ("proxy-connection", "keep-alive"),
            ("te", "trailers;q=1, deflate"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "websocket"),
            ("x-one", "1"),
            ("x-two", "2"),
            ("x-three", "3"),
            ("trailer", "x-sum"),
        ]);
        let sent = request_fields(&fields, None, "tokscope-1").unwrap();
        assert_eq!(names(&sent), ["x-three", "trailer", "te", "via"]);
        assert_eq!(sent.get("te").unwrap(), "trailers");
        assert_eq!(sent.get("via").unwrap(), "1.1 tokscope-1");
        let base = Url::parse("https://api.example.com/v1").unwrap();
        assert_eq!(names(&response_fields(&fields, &base, "http://127.0.0.1:1/v1")), ["x-three", "trailer"]);
    }

    #[test]
    fn credentials_and_forwarding_fields_of_the_caller_are_not_passed_on() {
        let fields = map(&[
            ("authorization", "Bearer x"),
            ("x-api-token", "x"),
            ("x_api_token", "x"),
            ("cookie", "a=b"),
            ("dpop", "x"),
            ("expect", "100-continue"),
            ("forwarded", "for=x"),
            ("x-forwarded-for", "x"),
            ("x_forwarded_host", "x"),
            ("x-original-url", "/admin"),
            ("x_rewrite_url", "/admin"),
            ("origin", "https://a.test"),
            ("sec-fetch-site", "none"),
            ("content-length", "5"),
            ("host", "127.0.0.1:1"),
            ("accept", "*/*"),
            ("user-agent", "curl"),
        ]);
        let own = HeaderName::from_static("x-api-token");
        assert_eq!(names(&request_fields(&fields, Some(&own), "p").unwrap()), ["accept", "user-agent", "via"]);
        for name in ["x-http-method-override", "x_http_method_override", "x-http-method", "x-method-override"] {
            let refused = request_fields(&map(&[(name, "DELETE")]), None, "p");
            assert_eq!(refused.unwrap_err(), FieldError::MethodOverride, "{name}");
        }
        assert_eq!(request_fields(&map(&[("via", "1.1 a, 1.1 p")]), None, "p").unwrap_err(), FieldError::Loop);
    }

    #[test]
    fn responses_set_nothing_for_the_origin_of_the_gateway() {
        let fields = map(&[
            ("set-cookie", "a=b"),
            ("alt-svc", "h3=x"),
            ("strict-transport-security", "max-age=1"),
            ("clear-site-data", "*"),
            ("access-control-allow-origin", "*"),
            ("www-authenticate", "Bearer"),
            ("etag", "x"),
        ]);
        let base = Url::parse("https://api.example.com").unwrap();
        assert_eq!(names(&response_fields(&fields, &base, "http://127.0.0.1:1")), ["www-authenticate", "etag"]);
    }

    #[test]
    fn only_locations_below_the_base_url_are_rewritten() {
        let base = Url::parse("https://api.example.com/v1").unwrap();
        for (location, expected) in [
            ("https://api.example.com/v1/orders/7?a=b#c", "http://127.0.0.1:9/v1/orders/7?a=b#c"),
            ("https://api.example.com/v1", "http://127.0.0.1:9/v1"),
            ("https://api.example.com:443/v1/x", "http://127.0.0.1:9/v1/x"),
            ("https://api.example.com/v1x", "https://api.example.com/v1x"),
            ("https://api.example.com/v1/../admin", "https://api.example.com/v1/../admin"),
            ("https://api.example.com/login", "https://api.example.com/login"),
            ("https://api.example.com.evil.example/v1/x", "https://api.example.com.evil.example/v1/x"),
            ("http://api.example.com/v1/x", "http://api.example.com/v1/x"),
            ("https://u@api.example.com/v1/x", "https://u@api.example.com/v1/x"),
            ("//api.example.com/v1/x", "//api.example.com/v1/x"),
            ("/v1/orders/7", "/v1/orders/7"),
            ("orders/7", "orders/7"),
        ] {
            let sent = response_fields(&map(&[("location", location)]), &base, "http://127.0.0.1:9/v1");
            assert_eq!(sent.get("location").unwrap(), expected, "{location}");
        }
    }
}
