//! OAuth clients: `[client.NAME]`.

use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value};
use url::Url;

use super::named::named;
use super::{Dialect, Issuer};
use crate::scope::{Acceptance, ScopeSet};

/// An OAuth client.
#[derive(Clone, Debug)]
pub struct Client {
    /// Name in the manifest.
    pub name: String,
    /// Issuer that it is registered with.
    pub issuer: Issuer,
    /// `client_id` (RFC 6749 §2.2).
    pub client_id: String,
    /// Grants that it may use, in order of preference.
    pub grants: Vec<GrantType>,
    /// Ceiling: scopes above it are never requested. `None`: no ceiling.
    pub may_request: Option<ScopeSet>,
    /// Group that can approve scopes above the ceiling. `None`: each group of the manifest.
    pub approvers: Option<String>,
    /// Scopes that are always requested, though no endpoint requires them: `openid`, `offline_access`.
    pub always_request: ScopeSet,
    /// Scopes that it accepts if the server grants more than was requested.
    pub accept_granted: Acceptance,
    /// Method for narrowing a token that is broader than needed. `None`: as the server is known to allow.
    pub narrow: Option<Narrowing>,
    /// Maximum acceptable lifetime of its tokens, in seconds.
    pub max_lifetime: Option<u64>,
    /// Reference to its secret. A manifest never contains the secret itself.
    pub secret: Option<SecretReference>,
    /// Client authentication method. `None`: chosen from its secret and the server's metadata.
    pub authentication: Option<ClientAuthentication>,
    /// Reference to its private key, in PEM: for `private_key_jwt`, mutual TLS and assertions.
    pub key: Option<SecretReference>,
    /// `kid` header parameter of JWTs signed with that key.
    pub key_id: Option<String>,
    /// Path of its certificate in PEM, inside the manifest's directory: for mutual TLS (RFC 8705).
    pub certificate: Option<String>,
    /// Registered redirect URI. `None`: `http://127.0.0.1/callback` on any port.
    pub redirect_uri: Option<RedirectUri>,
    /// Request parameter that carries the audience.
    pub audience_parameter: AudienceParameter,
    /// Whether to push the authorization request (RFC 9126) even if the server does not require it.
    pub pushed: bool,
    /// Whether to bind tokens to a key with DPoP (RFC 9449).
    pub dpop: bool,
    /// `prompt` of the authorization request (OpenID Connect Core §3.1.2.1).
    pub prompt: Option<String>,
    /// `acr_values` of the authorization request.
    pub acr_values: Option<String>,
    /// `max_age` of the authorization request, in seconds.
    pub max_age: Option<u64>,
    /// `authorization_details` (RFC 9396 §2): an array of objects, each with a `type`.
    pub authorization_details: Option<Value>,
    /// Reference to the JWT for the grant `jwt_bearer` (RFC 7523 §2.1). `None`: one is signed with `key`.
    pub assertion: Option<SecretReference>,
    /// `sub` claim of a signed assertion. `None`: the client itself.
    pub subject: Option<String>,
    /// Name of the client at the identity provider that vouches for the user: the assertion for `jwt_bearer` is then an
    /// identity assertion (draft-ietf-oauth-identity-assertion-authz-grant).
    pub identity_provider: Option<String>,
    /// Additions to the server's metadata, under the names of RFC 8414 §2. They never replace what the server
    /// publishes. `trust` shows the endpoints in it, which may have any origin.
    pub metadata: Map<String, Value>,
    /// Name of the preset that it was completed from.
    pub provider: Option<String>,
    /// How its authorization server deviates from the RFCs.
    pub dialect: Arc<Dialect>,
    /// Position in bytes of the source.
    pub span: Range<usize>,
}

impl Client {
    /// Whether the client has a grant with a sign-in, at its own server or at its identity provider.
    #[must_use]
    pub fn signs_users_in(&self) -> bool {
        self.identity_provider.is_some() || self.grants.iter().any(|grant| grant.needs_user())
    }
}

named! {
    /// A grant (RFC 6749 §1.3, RFC 8628, RFC 8693, RFC 7523).
    GrantType {
        AuthorizationCode = "authorization_code",
        ClientCredentials = "client_credentials",
        DeviceCode = "device_code",
        RefreshToken = "refresh_token",
        TokenExchange = "token_exchange",
        JwtBearer = "jwt_bearer",
    }
}

impl GrantType {
    /// Returns the name in `grant_types_supported` and in the parameter `grant_type`.
    #[must_use]
    pub fn registered_name(self) -> &'static str {
        match self {
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
            Self::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
            other => other.as_str(),
        }
    }

    /// Whether the grant needs user interaction.
    #[must_use]
    pub fn needs_user(self) -> bool {
        matches!(self, Self::AuthorizationCode | Self::DeviceCode)
    }
}

named! {
    /// Client authentication method (RFC 7591 §2, OpenID Connect Core §9, RFC 8705 §2).
    ClientAuthentication {
        None = "none",
        Basic = "client_secret_basic",
        Post = "client_secret_post",
        SecretJwt = "client_secret_jwt",
        PrivateKeyJwt = "private_key_jwt",
        Tls = "tls_client_auth",
        SelfSignedTls = "self_signed_tls_client_auth",
    }
}

impl ClientAuthentication {
    /// Whether it uses a client certificate in the TLS handshake.
    #[must_use]
    pub fn is_tls(self) -> bool {
        matches!(self, Self::Tls | Self::SelfSignedTls)
    }
}

named! {
    /// Request parameter that carries the audience.
    AudienceParameter {
        /// RFC 8707:
        Resource = "resource",
        /// Used by Auth0 and others:
        Audience = "audience",
        /// No parameter; the authorization server determines the audience:
        None = "none",
    }
}

/// Method for narrowing a token that is broader than needed: `narrow` of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Narrowing {
    /// `"refresh"`: a refresh that requests fewer scopes (RFC 6749 §6).
    Refresh,
    /// `"exchange"`: token exchange (RFC 8693).
    Exchange,
    /// `false`: tokens are not narrowed.
    Never,
}

impl Narrowing {
    /// Methods with their names in a manifest.
    pub const NAMED: [(&'static str, Self); 2] = [("refresh", Self::Refresh), ("exchange", Self::Exchange)];
}

/// Reference to a client's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretReference {
    /// In an environment variable.
    Env(String),
    /// In a file inside the manifest's directory.
    File(String),
    /// In the operating system's keyring.
    Keyring,
}

/// A registered redirect URI: `http` on a loopback host (RFC 8252 §7.3), where no port means any port; or `https`
/// elsewhere, where tokscope does not listen and the user pastes the redirect URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri {
    url: Url,
    /// Whether it is written without a path, not even a slash.
    is_bare: bool,
}

impl RedirectUri {
    /// Parses a redirect URI.
    ///
    /// # Errors
    /// Describes why it is not valid.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = super::issuer::secure_url(text)?;
        match url.query() {
            None => Ok(Self { is_bare: url.path() == "/" && !text.ends_with('/'), url }),
            Some(_) => Err("a redirect URI must not have a query".to_owned()),
        }
    }

    /// Returns the URI as a URL.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Whether tokscope can listen for the redirect.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// Returns the path to send: none if it is written without one, since some servers compare it exactly.
    #[must_use]
    pub fn path(&self) -> &str {
        if self.is_bare { "" } else { self.url.path() }
    }
}
