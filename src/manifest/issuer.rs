//! Issuer identifiers (RFC 8414 §2), and the URLs that secrets may be sent to.

use std::fmt;

use url::Url;

use crate::text::readable_url;

/// An issuer identifier (RFC 8414 §2): `https`, no query, no fragment; `http` only on a loopback address. Compared
/// as the exact text (RFC 8414 §4), so `https://a` and `https://a/` are two issuers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Issuer {
    text: String,
    url: Url,
}

impl Issuer {
    /// Parses an issuer identifier and keeps its exact text.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = secure_url(text)?;
        if url.query().is_some() {
            return Err("an issuer has no query (RFC 8414 §2)".to_owned());
        }
        Ok(Self { text: text.to_owned(), url })
    }

    /// The exact text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same as a URL.
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

/// An absolute URL that secrets may travel to: `https`, or `http` to a loopback address; no user information, no
/// fragment.
pub(super) fn secure_url(text: &str) -> Result<Url, String> {
    let url = readable_url(text)?;
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(format!("`{text}` does not name a host")),
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        "http" => return Err("`http` is only for loopback addresses: use `https`".to_owned()),
        other => return Err(format!("`{other}` is no scheme for this: use `https`")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a URL here holds no user name and no password".to_owned());
    }
    if url.fragment().is_some() {
        return Err("a URL here has no fragment".to_owned());
    }
    Ok(url)
}
