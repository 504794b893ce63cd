//! The token endpoint: client credentials (RFC 6749 §4.4) and refresh (§6).

use super::{ClientIdentity, Metadata, OAuthError, TokenSet};
use crate::net;
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// Obtains a token for the client itself.
///
/// # Errors
/// When the server refuses or answers something that must not be believed.
pub async fn client_credentials(
    _http: &net::Client,
    _metadata: &Metadata,
    _client: &ClientIdentity,
    _scopes: &ScopeSet,
    _extra: &[(String, String)],
) -> Result<TokenSet, OAuthError> {
    todo!("oauth")
}

/// Refreshes, and narrows when scopes are given.
///
/// # Errors
/// When the server refuses or answers something that must not be believed.
pub async fn refresh(
    _http: &net::Client,
    _metadata: &Metadata,
    _client: &ClientIdentity,
    _refresh_token: &Secret,
    _scopes: Option<&ScopeSet>,
) -> Result<TokenSet, OAuthError> {
    todo!("oauth")
}
