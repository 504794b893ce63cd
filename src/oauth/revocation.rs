//! Token revocation (RFC 7009).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

use super::OAuthError;
use super::introspection::{TokenHint, endpoint};
use super::metadata::LIMITS;
use super::request::{EndpointRequest, Party};
use super::response::ServerResponse;
use crate::manifest::{ClientAuthentication, RevocationRequest};
use crate::net;
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
        match self.identity.dialect.revocation_request {
            RevocationRequest::Standard => {}
            // these end with the access token, and do not know refresh tokens
            _ if hint == TokenHint::RefreshToken => return Ok(Revocation::Accepted),
            RevocationRequest::Bearer => return self.revoke_by_bearer(token).await,
            RevocationRequest::Delete => return self.revoke_by_deletion(token).await,
        }
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
            let read = response.document(StatusCode::OK, &mut Vec::new());
            // the token endpoint accepted this client, so its identifier is right
            let by_code = matches!(&read, Err(OAuthError::Refused { error, .. })
                if ["invalid_client", "unauthorized_client"].contains(&error.as_str()));
            let by_status = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&response.status());
            if public && (by_code || by_status) {
                return Err(OAuthError::PublicRevocation);
            }
            return Err(read.err().unwrap_or_else(|| response.unreadable("it is not a success response")));
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

    /// Sends the token in the header, as to Slack, Strava and Dropbox.
    async fn revoke_by_bearer(self, token: &Secret) -> Result<Revocation, OAuthError> {
        let url = endpoint(self.metadata.revocation_endpoint.as_ref(), "revocation")?;
        let value = Zeroizing::new(format!("Bearer {}", token.expose()));
        self.send_revocation(Method::POST, url, &value, None, token).await
    }

    /// Deletes the token with the client's credentials, as at GitHub.
    async fn revoke_by_deletion(self, token: &Secret) -> Result<Revocation, OAuthError> {
        let url = endpoint(self.metadata.revocation_endpoint.as_ref(), "revocation")?;
        let secret = self.identity.secret.as_ref();
        let secret =
            secret.ok_or_else(|| OAuthError::Client("a revocation at this server needs its secret".to_owned()))?;
        let pair = Zeroizing::new(format!("{}:{}", self.identity.client_id, secret.expose()));
        let value = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
        let body = json!({ "access_token": token.expose() }).to_string().into_bytes();
        self.send_revocation(Method::DELETE, url, &value, Some(body), token).await
    }

    async fn send_revocation(
        self,
        method: Method,
        url: Url,
        authorization: &str,
        body: Option<Vec<u8>>,
        token: &Secret,
    ) -> Result<Revocation, OAuthError> {
        let mut value = HeaderValue::from_str(authorization)
            .map_err(|_| OAuthError::Client("its credentials do not fit in a header".to_owned()))?;
        value.set_sensitive(true);
        let json = HeaderValue::from_static("application/json");
        let headers = HeaderMap::from_iter([(AUTHORIZATION, value), (ACCEPT, json.clone()), (CONTENT_TYPE, json)]);
        let response = self.http.send(net::Request { method, url, headers, body }, LIMITS).await?;
        let sent = vec![token.clone()];
        let response = ServerResponse::new("revocation endpoint", response, sent);
        match response.document(StatusCode::OK, &mut Vec::new()) {
            // Slack reports errors with status 200
            Err(refused @ OAuthError::Refused { .. }) => Err(refused),
            _ if response.status().is_success() => Ok(Revocation::Accepted),
            Err(error) => Err(error),
            Ok(_) => Err(response.unreadable("it is not a success response")),
        }
    }
}
