//! What a manifest says.

use std::fmt;
use std::ops::Range;

use url::Url;

use super::Endpoint;
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
    /// Where its tokens come from.
    pub issuer: Option<Issuer>,
    /// Expected in `aud`.
    pub audience: Option<String>,
    /// The scopes, in the order of the file.
    pub scopes: Vec<DeclaredScope>,
    /// The same scopes with their risks and implications.
    pub hierarchy: Hierarchy,
    /// The endpoints, in the order of the file.
    pub endpoints: Vec<Endpoint>,
    /// Finds an endpoint by method and path.
    pub(super) router: super::route::Router,
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

/// One client: `[client.NAME]`.
#[derive(Clone, Debug)]
pub struct Client {
    /// The name in the manifest.
    pub name: String,
    /// Whose client it is.
    pub issuer: Issuer,
    /// `client_id` (RFC 6749 §2.2).
    pub client_id: String,
    /// The grants that it may use, in the order of preference.
    pub grants: Vec<GrantType>,
    /// The ceiling: nothing above it is ever requested. `None`: no ceiling.
    pub may_request: Option<ScopeSet>,
    /// The longest lifetime that is acceptable for its tokens, in seconds.
    pub max_lifetime: Option<u64>,
    /// Where its secret is found. A manifest never holds the secret itself.
    pub secret: Option<SecretReference>,
    /// A fixed port for the loopback redirect, for authorization servers that can't do without (RFC 8252 §7.3 says
    /// any port).
    pub redirect_port: Option<u16>,
    /// How the audience is asked for.
    pub audience_parameter: AudienceParameter,
}

/// A grant (RFC 6749 §1.3, RFC 8628).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantType {
    /// `authorization_code`
    AuthorizationCode,
    /// `client_credentials`
    ClientCredentials,
    /// `device_code`
    DeviceCode,
    /// `refresh_token`
    RefreshToken,
}

impl GrantType {
    /// Every grant.
    pub const ALL: [Self; 4] = [Self::AuthorizationCode, Self::ClientCredentials, Self::DeviceCode, Self::RefreshToken];

    /// The name in a manifest.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::ClientCredentials => "client_credentials",
            Self::DeviceCode => "device_code",
            Self::RefreshToken => "refresh_token",
        }
    }
}

/// Which request parameter carries the audience.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AudienceParameter {
    /// `resource` (RFC 8707).
    #[default]
    Resource,
    /// `audience`, as Auth0 and others have it.
    Audience,
    /// None: the authorization server knows.
    None,
}

/// Where a client's secret is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretReference {
    /// In an environment variable.
    Env(String),
    /// In a file below the manifest's folder.
    File(String),
    /// In the operating system's keyring.
    Keyring,
}

/// An issuer identifier (RFC 8414 §2): `https`, no query, no fragment; `http` only on a loopback address. Compared
/// as the exact text (RFC 8414 §4), so `https://a` and `https://a/` are two issuers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Issuer(String);

impl Issuer {
    /// Parses an issuer identifier and keeps its exact text.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(_text: &str) -> Result<Self, String> {
        todo!("manifest")
    }

    /// The exact text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same as a URL.
    ///
    /// # Panics
    /// Never: an issuer was parsed as a URL when it was made.
    #[must_use]
    pub fn url(&self) -> Url {
        todo!("manifest: keep the parsed URL beside the text")
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}
