//! Who asks: `[client.NAME]`.

use std::ops::Range;

use serde_json::{Map, Value};
use url::Url;

use super::Issuer;
use crate::scope::{Acceptance, ScopeSet};

/// One client.
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
    /// Requested every time, though no endpoint needs it: `openid`, `offline_access`.
    pub always_request: ScopeSet,
    /// What it accepts when the server grants more than was requested.
    pub accept_granted: Acceptance,
    /// How a token that is broader than needed is narrowed. `None`: as the server is known to allow.
    pub narrow: Option<Narrowing>,
    /// The longest lifetime that is acceptable for its tokens, in seconds.
    pub max_lifetime: Option<u64>,
    /// Where its secret is found. A manifest never holds the secret itself.
    pub secret: Option<SecretReference>,
    /// How it proves who it is. `None`: as its secret and the server's metadata suggest.
    pub authentication: Option<ClientAuthentication>,
    /// Where its private key is found, as PEM: for `private_key_jwt`, mutual TLS and assertions.
    pub key: Option<SecretReference>,
    /// `kid` in the header of what is signed with that key.
    pub key_id: Option<String>,
    /// The file of its certificate, as PEM, below the manifest's folder: for mutual TLS (RFC 8705).
    pub certificate: Option<String>,
    /// The redirect URI that is registered for it. `None`: `http://127.0.0.1/callback` on any port.
    pub redirect_uri: Option<RedirectUri>,
    /// How the audience is asked for.
    pub audience_parameter: AudienceParameter,
    /// Push the authorization request (RFC 9126), even where the server does not insist.
    pub pushed: bool,
    /// Bind tokens to a key (RFC 9449).
    pub dpop: bool,
    /// `prompt` of the authorization request (OpenID Connect Core §3.1.2.1).
    pub prompt: Option<String>,
    /// `acr_values` of the authorization request.
    pub acr_values: Option<String>,
    /// `max_age` of the authorization request, in seconds.
    pub max_age: Option<u64>,
    /// `authorization_details` (RFC 9396 §2): a list of objects, each with its `type`.
    pub authorization_details: Option<Value>,
    /// A JWT that the grant `jwt_bearer` presents (RFC 7523 §2.1). `None`: one is signed with `key`.
    pub assertion: Option<SecretReference>,
    /// `sub` of a signed assertion. `None`: the client itself.
    pub subject: Option<String>,
    /// What the server's metadata leaves out, under the names of RFC 8414 §2. It never replaces what the server says.
    /// Endpoints in it have the issuer's origin.
    pub metadata: Map<String, Value>,
    /// Where it stands, in bytes of the source.
    pub span: Range<usize>,
}

/// Gives a fieldless enum its names in a manifest.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$each])* #[doc = concat!("`", $text, "`")] $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in a manifest.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
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
    /// The name in `grant_types_supported` and in the parameter `grant_type`.
    #[must_use]
    pub fn registered_name(self) -> &'static str {
        match self {
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
            Self::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
            other => other.as_str(),
        }
    }

    /// Whether a person has to be there.
    #[must_use]
    pub fn needs_user(self) -> bool {
        matches!(self, Self::AuthorizationCode | Self::DeviceCode)
    }
}

named! {
    /// How a client proves who it is (RFC 7591 §2, OpenID Connect Core §9, RFC 8705 §2).
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
    /// Whether it goes by a certificate in the TLS handshake.
    #[must_use]
    pub fn is_tls(self) -> bool {
        matches!(self, Self::Tls | Self::SelfSignedTls)
    }
}

named! {
    /// Which request parameter carries the audience.
    AudienceParameter {
        /// RFC 8707:
        Resource = "resource",
        /// As Auth0 and others have it:
        Audience = "audience",
        /// No parameter, the authorization server knows:
        None = "none",
    }
}

/// How a token that is broader than needed is narrowed: `narrow` of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Narrowing {
    /// `"refresh"`: by a refresh that asks for less (RFC 6749 §6).
    Refresh,
    /// `"exchange"`: by token exchange (RFC 8693).
    Exchange,
    /// `false`: not at all.
    Never,
}

impl Narrowing {
    /// The methods that a manifest can name.
    pub const NAMED: [(&'static str, Self); 2] = [("refresh", Self::Refresh), ("exchange", Self::Exchange)];
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

/// A registered redirect URI: `http` on a loopback host (RFC 8252 §7.3), where no port means any port; or `https`
/// elsewhere, where nobody of ours listens and the user pastes what comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri(Url);

impl RedirectUri {
    /// Parses a redirect URI.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = super::issuer::secure_url(text)?;
        match url.query() {
            None => Ok(Self(url)),
            Some(_) => Err("a redirect URI here has no query".to_owned()),
        }
    }

    /// As a URL.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Whether this machine can wait for the redirect.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.0.scheme() == "http"
    }
}
