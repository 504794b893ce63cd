//! Authorization server metadata (RFC 8414, OpenID Connect Discovery 1.0).

use url::Url;

use super::OAuthError;
use crate::manifest::Issuer;
use crate::net;

/// What an authorization server says about itself, as far as this program uses it.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// Identical to the one that was asked.
    pub issuer: Issuer,
    /// Where the browser goes.
    pub authorization_endpoint: Option<Url>,
    /// Where codes become tokens.
    pub token_endpoint: Option<Url>,
    /// Where its keys are.
    pub jwks_uri: Option<Url>,
    /// RFC 7662.
    pub introspection_endpoint: Option<Url>,
    /// RFC 7009.
    pub revocation_endpoint: Option<Url>,
    /// RFC 8628.
    pub device_authorization_endpoint: Option<Url>,
    /// `scopes_supported`; `None` when it does not say.
    pub scopes_supported: Option<Vec<String>>,
    /// `grant_types_supported`; `None` when it does not say.
    pub grant_types_supported: Option<Vec<String>>,
    /// `code_challenge_methods_supported`; `None` when it does not say.
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// `token_endpoint_auth_methods_supported`; `None` when it does not say.
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// `authorization_response_iss_parameter_supported` (RFC 9207 §3).
    pub iss_parameter_supported: bool,
}

/// Fetches the metadata of an issuer: RFC 8414 first, then OpenID Connect.
///
/// # Errors
/// When neither document is there, or the issuer in it is not identical to the one asked.
pub async fn discover(_http: &net::Client, _issuer: &Issuer) -> Result<Metadata, OAuthError> {
    todo!("oauth")
}
