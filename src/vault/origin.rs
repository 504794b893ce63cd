//! Web origins, which a token is bound to.

use std::fmt;

use url::{Host, Url};

/// A web origin (RFC 6454 §4): scheme, host and port, each compared as a whole.
///
/// Taken from a parsed URL, so the host is lower-case ASCII, and the port is always set. Nothing is
/// compared by suffix, by pattern, or without its port: `api.example.com.evil.test`, `api.example.com.` and
/// `api.example.com:8443` are different origins from `api.example.com`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebOrigin {
    scheme: String,
    host: Host<String>,
    port: u16,
}

impl WebOrigin {
    /// Returns the origin of a URL; `None` if it has no host, no known port, or user information.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        Some(Self { scheme: url.scheme().to_owned(), host: url.host()?.to_owned(), port: url.port_or_known_default()? })
    }

    /// Parses the output of `Display`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::of(&Url::parse(text).ok()?)
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}:{}", self.scheme, self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn origins_match_only_by_scheme_host_and_port() {
        let own = WebOrigin::parse("https://api.example.com/v1").unwrap();
        assert_eq!(WebOrigin::parse(&own.to_string()).unwrap(), own);
        for (url, same) in [
            ("https://api.example.com", true),
            ("https://API.EXAMPLE.com:443/other?query#fragment", true),
            ("https://api.example.com.evil.test/v1", false),
            ("https://api.example.com@evil.test/v1", false),
            ("https://user:password@api.example.com/v1", false),
            ("https://evil.test/api.example.com", false),
            ("https://evil.test#api.example.com", false),
            ("https://evil.test\\@api.example.com/", false),
            ("https://xapi.example.com", false),
            ("https://example.com", false),
            ("https://api.example.com.", false),
            ("https://api.example.com:8443", false),
            ("http://api.example.com", false),
            ("http://api.example.com:443", false),
            ("wss://api.example.com", false),
            ("https://\u{430}pi.example.com", false),
            ("https://api.ex\u{e4}mple.com", false),
            ("https://api\u{3002}example\u{ff0e}com", true),
            ("https://api.example.com%2eevil.test", false),
            ("https://api.example.com%00.evil.test", false),
            ("//api.example.com", false),
            ("api.example.com", false),
            ("data:text/plain,api.example.com", false),
        ] {
            assert_eq!(WebOrigin::parse(url).is_some_and(|origin| origin == own), same, "{url}");
        }
        for (one, other, same) in [
            ("https://127.1", "https://127.0.0.1:443", true),
            ("http://[::1]:80", "http://[0:0:0:0:0:0:0:1]", true),
            ("https://127.0.0.1", "https://127.0.0.1.nip.io", false),
            ("https://127.0.0.1", "https://localhost", false),
            ("https://m\u{fc}nchen.test", "https://xn--mnchen-3ya.test", true),
        ] {
            assert_eq!(WebOrigin::parse(one) == WebOrigin::parse(other), same, "{one} {other}");
        }
    }
}
