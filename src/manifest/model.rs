//! What a manifest says.

use std::fmt;
use std::ops::Range;

use url::Url;

use super::import::Reading;
use super::{AnswerRule, Client, Endpoint, Server};
use crate::scope::{Hierarchy, Pattern, Risk, Scope, ScopeSet};

/// A whole manifest, valid by construction: it only comes out of [`super::parse`].
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The APIs, in the order of the file.
    pub apis: Vec<Api>,
    /// The clients, in the order of the file.
    pub clients: Vec<Client>,
}

impl Manifest {
    /// The API of that name.
    #[must_use]
    pub fn api(&self, name: &str) -> Option<&Api> {
        self.apis.iter().find(|api| api.name == name)
    }

    /// The client of that name.
    #[must_use]
    pub fn client(&self, name: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.name == name)
    }
}

/// One API: `[api.NAME]`.
#[derive(Clone, Debug)]
pub struct Api {
    /// The name in the manifest.
    pub name: String,
    /// The name for people.
    pub title: Option<String>,
    /// What the templates are relative to. `http` only on a loopback address; no user information, query or fragment.
    pub base_url: Url,
    /// Where else it answers: by these recorded requests are recognised, and nothing is sent there.
    pub servers: Vec<Server>,
    /// Whether letters of a path that differ only by case are the same to it.
    pub ignore_case: bool,
    /// Where its tokens come from.
    pub issuer: Option<Issuer>,
    /// Expected in `aud`.
    pub audience: Option<String>,
    /// How an import read lists of several scopes, if these endpoints were imported.
    pub reading: Option<Reading>,
    /// The scopes, in the order of the file.
    pub scopes: Vec<DeclaredScope>,
    /// The same scopes with their risks and implications.
    pub hierarchy: Hierarchy,
    /// Where an endpoint accepts one of these, it shall be satisfied by it.
    pub prefer: ScopeSet,
    /// Taken only where nothing else will do.
    pub avoid: ScopeSet,
    /// The endpoints, in the order of the file.
    pub endpoints: Vec<Endpoint>,
    /// How its answers say why they refuse, beyond what is known of providers: `errors`.
    pub errors: Vec<AnswerRule>,
    /// Finds an endpoint by method and path.
    pub(super) router: super::router::Router,
}

impl Api {
    /// The title, or the name.
    #[must_use]
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.name)
    }
}

/// A scope of an API.
#[derive(Clone, Debug)]
pub struct DeclaredScope {
    /// The scope.
    pub scope: Scope,
    /// What it allows, in words.
    pub description: Option<String>,
    /// How much harm it can do, where the manifest says so.
    pub risk: Option<Risk>,
    /// What it implies.
    pub implies: Vec<Pattern>,
    /// Where it stands, in bytes of the source.
    pub span: Range<usize>,
}

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
    let url = Url::parse(text).map_err(|error| format!("`{text}` is no URL: {error}"))?;
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(format!("`{text}` names no host")),
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
