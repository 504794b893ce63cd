//! Issuer identifiers (RFC 8414 §2), and the URLs that secrets may be sent to.

use std::fmt;

use url::Url;

use crate::text::readable_url;

/// An issuer identifier (RFC 8414 §2): `https`, no query, no fragment; `http` only for a loopback address. Compared as
/// an exact string (RFC 8414 §4), so `https://a` and `https://a/` are two issuers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Issuer {
    text: String,
    url: Url,
}

impl Issuer {
    /// Parses an issuer identifier and keeps its exact spelling.
    ///
    /// # Errors
    /// Describes why it is not valid.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = secure_url(text)?;
        if url.query().is_some() {
            return Err("an issuer must not have a query (RFC 8414 §2)".to_owned());
        }
        Ok(Self { text: text.to_owned(), url })
    }

    /// Returns the issuer exactly as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the issuer as a URL.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.text)
    }
}

/// Parses an absolute URL that secrets may be sent to: `https`, or `http` to a loopback address; no user information,
/// no fragment.
pub(super) fn secure_url(text: &str) -> Result<Url, String> {
    let url = readable_url(text)?;
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(format!("`{text}` has no host")),
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        "http" => return Err("`http` is allowed only for loopback addresses: use `https`".to_owned()),
        other => return Err(format!("scheme `{other}` is not supported: use `https`")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the URL must not contain a user name or password".to_owned());
    }
    if url.fragment().is_some() {
        return Err("the URL must not have a fragment".to_owned());
    }
    Ok(url)
}
