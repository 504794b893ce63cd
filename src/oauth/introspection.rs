//! Token introspection (RFC 7662).

use http::StatusCode;
use oauth2::{AccessToken, IntrospectionUrl};
use serde_json::Value;
use url::Url;

use super::request::{EndpointRequest, Party};
use super::{OAuthError, token_set};
use crate::diagnostic::Diagnostic;
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// Token type hint (RFC 7009 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenHint {
    /// `access_token`
    AccessToken,
    /// `refresh_token`
    RefreshToken,
}

impl TokenHint {
    /// Returns the value of `token_type_hint`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::RefreshToken => "refresh_token",
        }
    }
}

/// An introspection response (RFC 7662 §2.2).
#[derive(Clone, Debug)]
pub struct Introspection {
    /// Whether the token is active. A token that the server does not know is inactive.
    pub active: bool,
    /// Scopes of the token, if reported.
    pub scope: Option<ScopeSet>,
    /// Expiry in seconds since 1970, if reported.
    pub expires_at: Option<i64>,
    /// Every member of the response.
    pub members: Value,
    /// Deviations of the response from the RFC.
    pub findings: Vec<Diagnostic>,
}

impl Party<'_> {
    /// Introspects a token.
    ///
    /// # Errors
    /// If the server has no introspection endpoint or refuses, or its response is not valid.
    pub async fn introspect(self, token: &Secret, hint: TokenHint) -> Result<Introspection, OAuthError> {
        let url = endpoint(self.metadata.introspection_endpoint.as_ref(), "introspection")?;
        let call = EndpointRequest::new(self, "introspection endpoint");
        let client = call.client().set_introspection_url(IntrospectionUrl::from_url(url));
        let token = AccessToken::new(token.expose().to_owned());
        let done = client.introspect(&token).set_token_type_hint(hint.as_str()).request_async(&call).await;
        let response = call.finish(done)?;
        let mut findings = Vec::new();
        let document = response.document(StatusCode::OK, &mut findings)?;
        let active = document.get("active").and_then(Value::as_bool);
        let active = active.ok_or_else(|| response.unreadable("it has no `active` (RFC 7662 §2.2)"))?;
        Ok(Introspection {
            active,
            scope: document.get("scope").and_then(|value| token_set::scopes(value, ' ', &mut findings)),
            // some servers send a fraction
            #[expect(clippy::cast_possible_truncation, reason = "out of range ends at the limits of i64")]
            expires_at: document.get("exp").and_then(Value::as_f64).map(|seconds| seconds as i64),
            members: document.value().clone(),
            findings,
        })
    }
}

/// Returns the URL of an endpoint, or an error if the metadata does not list it.
pub(super) fn endpoint(url: Option<&Url>, name: &str) -> Result<Url, OAuthError> {
    url.cloned().ok_or_else(|| OAuthError::Unsupported(format!("its metadata lists no {name} endpoint")))
}
