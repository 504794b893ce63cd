//! Token revocation (RFC 7009).

use std::time::Duration;

use http::StatusCode;

use super::OAuthError;
use super::introspection::{TokenHint, endpoint};
use super::request::{EndpointRequest, Party};
use crate::manifest::ClientAuthentication;
use crate::secret::Secret;

/// Outcome of a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// The server accepted it, and reports that the token is no longer active.
    Confirmed,
    /// The server accepted it, but does not support introspection. It also accepts unknown tokens (RFC
    /// 7009 §2.2), and an API that verifies tokens locally accepts this one until it expires.
    Accepted,
    /// The server accepted it, but reports that the token is still active.
    StillActive,
}

/// Maximum delay before the request to a busy server is repeated.
const LONGEST_RETRY: Duration = Duration::from_secs(3);

impl Party<'_> {
    /// Revokes a token, and introspects it afterwards if the server supports that.
    ///
    /// # Errors
    /// If the server has no revocation endpoint, can't be reached securely, or refuses.
    pub async fn revoke(self, token: &Secret, hint: TokenHint) -> Result<Revocation, OAuthError> {
        // the crate requires `https` even for loopback; `net` refuses `http` to any other host
        let url = endpoint(self.metadata.revocation_endpoint.as_ref(), "revocation")?;
        let mut parameters = vec![("token", token.expose()), ("token_type_hint", hint.as_str())];
        let public = self.identity.authentication(self.metadata) == ClientAuthentication::None;
        let mut again = true;
        loop {
            let response = EndpointRequest::new(self, "revocation endpoint").form(url.clone(), &parameters).await?;
            // RFC 7009 §2.2.1: the token still exists; try once more
            if response.status() == StatusCode::SERVICE_UNAVAILABLE && again {
                again = false;
                tokio::time::sleep(response.retry_after().unwrap_or(Duration::from_secs(1)).min(LONGEST_RETRY)).await;
                continue;
            }
            // some servers require an empty secret from public clients
            if response.status() == StatusCode::UNAUTHORIZED && public && parameters.len() == 2 {
                parameters.push(("client_secret", ""));
                continue;
            }
            if response.status() == StatusCode::OK || response.status() == StatusCode::NO_CONTENT {
                break;
            }
            // an empty body, a web page, or an error: not a success in any case
            response.document(StatusCode::OK, &mut Vec::new())?;
            return Err(response.unreadable("it is not a success response"));
        }
        if self.metadata.introspection_endpoint.is_none() {
            return Ok(Revocation::Accepted);
        }
        Ok(match self.introspect(token, hint).await {
            Ok(known) if known.active => Revocation::StillActive,
            Ok(_) => Revocation::Confirmed,
            // not every client is allowed to introspect
            Err(_) => Revocation::Accepted,
        })
    }
}
