//! The authorization code grant with PKCE (RFC 6749 §4.1, RFC 7636, RFC 8252, RFC 9207).

use std::time::Duration;

use url::Url;

use super::{ClientIdentity, Metadata, OAuthError, TokenSet};
use crate::net;
use crate::scope::ScopeSet;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client: ClientIdentity,
    /// Exactly these scopes.
    pub scopes: ScopeSet,
    /// Further parameters of the authorization and the token request, such as `resource`.
    pub extra: Vec<(String, String)>,
    /// A fixed port for the redirect; `None`: one that the system chooses.
    pub port: Option<u16>,
    /// How long the user may take.
    pub patience: Duration,
}

/// A request that waits for the browser to come back. Dropping it closes the listener.
#[derive(Debug)]
pub struct Pending {
    url: Url,
}

impl Pending {
    /// Where the user's browser must go. Always show it: a browser may not open.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Waits for the redirect, checks it, and trades the code for tokens. Cancel by dropping the future.
    ///
    /// # Errors
    /// When the user refuses, the time is over, or the server answers something that must not be believed.
    pub async fn finish(self, _http: &net::Client) -> Result<TokenSet, OAuthError> {
        todo!("oauth")
    }
}

/// Binds the listener, then builds the URL.
///
/// # Errors
/// When the server has no authorization endpoint or no PKCE S256, or no port can be bound.
pub async fn begin(_metadata: &Metadata, _request: AuthorizationRequest) -> Result<Pending, OAuthError> {
    todo!("oauth")
}
