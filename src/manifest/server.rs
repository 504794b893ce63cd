//! Other URLs of an API, with variables, used to match recorded requests.

use std::borrow::Cow;

use url::Url;

use super::percent::decode;
use super::template::{Segment, parse_path, parse_segment};

/// A URL in which `{name}` matches any run of characters within a host or a segment, as in the server variables of
/// `OpenAPI`. Used to match requests; nothing is ever sent to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    text: String,
    scheme: String,
    /// Host and port, in lower case.
    authority: Segment,
    path: Vec<Segment>,
}

impl Server {
    /// Parses `https://{tenant}.example.com/{version}`.
    ///
    /// # Errors
    /// Describes why it is not valid.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |(message, _): (&str, usize)| format!("`{text}` is not a valid server URL: {message}");
        let (scheme, after) = text.split_once("://").unwrap_or_default();
        if !matches!(scheme, "https" | "http") {
            return Err(wrong(("it must start with `https://`", 0)));
        }
        if after.contains(['?', '#', '@']) {
            return Err(wrong(("it must not have a query, a fragment or a user name", 0)));
        }
        let (authority, path) = after.split_once('/').unwrap_or((after, ""));
        if authority.is_empty() {
            return Err(wrong(("it has no host", 0)));
        }
        let path = path.trim_end_matches('/');
        Ok(Self {
            text: text.to_owned(),
            scheme: scheme.to_owned(),
            authority: parse_segment(authority).map_err(wrong)?.folded(),
            path: if path.is_empty() { Vec::new() } else { parse_path(&format!("/{path}")).map_err(wrong)? },
        })
    }

    /// Returns the URL as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Strips this server's path from a path; `None` if the URL is not below this server.
    pub(super) fn strip<'t>(&self, url: &Url, path: &'t str) -> Option<&'t str> {
        let host = url.host_str()?;
        let authority = url.port().map_or(Cow::Borrowed(host), |port| Cow::Owned(format!("{host}:{port}")));
        if self.scheme != url.scheme() || !self.authority.bind(&authority, |_, _| {}) {
            return None;
        }
        let mut rest = path;
        for wanted in &self.path {
            let after = rest.strip_prefix('/')?;
            let end = after.find(['/', '?', '#']).unwrap_or(after.len());
            let (segment, after) = after.split_at_checked(end)?;
            if !wanted.bind(&decode(segment), |_, _| {}) {
                return None;
            }
            rest = after;
        }
        Some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_variables_match_part_of_a_host_or_segment() {
        for (server, url, below) in [
            ("https://a.test", "https://a.test/x", Some("/x")),
            ("https://A.test/", "https://a.test/x", Some("/x")),
            ("https://{t}.a.test/api/{v}", "https://me.a.test/api/v1/x?y", Some("/x?y")),
            ("https://{t}.a.test/api/{v}", "https://a.test/api/v1/x", None),
            ("https://{t}.a.test/api/{v}", "https://me.a.test.evil/api/v1/x", None),
            ("https://{t}.a.test/api/{v}", "http://me.a.test/api/v1/x", None),
            ("https://a.test:{port}/v1", "https://a.test:8443/v1/x", Some("/x")),
            ("https://a.test/v1", "https://a.test/v10/x", None),
            ("https://a.test/v1", "https://a.test:8443/v1/x", None),
        ] {
            let path = url.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap();
            let found = Server::parse(server).unwrap();
            assert_eq!(found.strip(&Url::parse(url).unwrap(), &path), below, "{server} {url}");
        }
        for wrong in ["", "/v1", "ftp://a", "https://", "https:///x", "https://{a", "https://u@a", "https://a/?b"] {
            assert!(Server::parse(wrong).is_err(), "{wrong}");
        }
    }
}
