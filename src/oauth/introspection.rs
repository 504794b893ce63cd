//! What can be done about a token that is there: ask what it may do (RFC 7662), give it back (RFC 7009).

use std::time::Duration;

use http::StatusCode;
use oauth2::{AccessToken, IntrospectionUrl};
use serde_json::Value;
use url::Url;

use super::request::{Exchange, Party};
use super::{OAuthError, token_set};
use crate::diagnostic::Diagnostic;
use crate::manifest::ClientAuthentication;
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// Which kind of token it is (RFC 7009 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenHint {
    /// `access_token`
    AccessToken,
    /// `refresh_token`
    RefreshToken,
}

impl TokenHint {
    /// `token_type_hint`
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
    /// Whether the token is good. A token that the server does not know is not.
    pub active: bool,
    /// What it may do, where the server says so.
    pub scope: Option<ScopeSet>,
    /// When it expires, in seconds since 1970, where the server says so.
    pub expires_at: Option<i64>,
    /// Everything that the server said.
    pub members: Value,
    /// Where the server bent the rules.
    pub findings: Vec<Diagnostic>,
}

/// What came of giving a token back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// The server accepted it and, asked, says that the token is good no more.
    Confirmed,
    /// The server accepted it, and can't be asked: success is also the answer for a token that it does not know (RFC
    /// 7009 §2.2), and an API that verifies tokens by itself takes this one until it expires.
    Accepted,
    /// The server accepted it, and the token is still good.
    StillActive,
}

/// How long a server that is busy is waited for, at most.
const LONGEST_RETRY: Duration = Duration::from_secs(3);

impl Party<'_> {
    /// Asks the server what a token may do.
    ///
    /// # Errors
    /// When the server has no such endpoint, refuses, or answers something that must not be believed.
    pub async fn introspect(self, token: &Secret, hint: TokenHint) -> Result<Introspection, OAuthError> {
        let url = endpoint(self.metadata.introspection_endpoint.as_ref(), "introspection")?;
        let exchange = Exchange::new(self, "introspection endpoint");
        let client = exchange.client().set_introspection_url(IntrospectionUrl::from_url(url));
        let token = AccessToken::new(token.expose().to_owned());
        let done = client.introspect(&token).set_token_type_hint(hint.as_str()).request_async(&exchange).await;
        let answer = exchange.finish(done)?;
        let mut findings = Vec::new();
        let document = answer.document(StatusCode::OK, &mut findings)?;
        let active = document.get("active").and_then(Value::as_bool);
        let active = active.ok_or_else(|| answer.unreadable("it has no `active` (RFC 7662 §2.2)"))?;
        Ok(Introspection {
            active,
            scope: document.get("scope").and_then(|value| token_set::scopes(value, &mut findings)),
            // a fraction at some servers
            #[expect(clippy::cast_possible_truncation, reason = "out of range ends at the limits of i64")]
            expires_at: document.get("exp").and_then(Value::as_f64).map(|seconds| seconds as i64),
            members: document.value().clone(),
            findings,
        })
    }

    /// Gives a token back, and asks whether it is gone where the server can be asked.
    ///
    /// # Errors
    /// When the server has no such endpoint, is not reached safely, or refuses.
    pub async fn revoke(self, token: &Secret, hint: TokenHint) -> Result<Revocation, OAuthError> {
        // the crate wants `https` even of this machine; `net` refuses `http` to any other
        let url = endpoint(self.metadata.revocation_endpoint.as_ref(), "revocation")?;
        let mut parameters = vec![("token", token.expose()), ("token_type_hint", hint.as_str())];
        let public = self.identity.authentication(self.metadata) == ClientAuthentication::None;
        let mut again = true;
        loop {
            let answer = Exchange::new(self, "revocation endpoint").form(url.clone(), &parameters).await?;
            // RFC 7009 §2.2.1: the token is still there, and a busy server may be asked once more
            if answer.status() == StatusCode::SERVICE_UNAVAILABLE && again {
                again = false;
                tokio::time::sleep(answer.retry_after().unwrap_or(Duration::from_secs(1)).min(LONGEST_RETRY)).await;
                continue;
            }
            // some servers take no token of a public client unless it sends an empty secret
            if answer.status() == StatusCode::UNAUTHORIZED && public && parameters.len() == 2 {
                parameters.push(("client_secret", ""));
                continue;
            }
            if answer.status() == StatusCode::OK || answer.status() == StatusCode::NO_CONTENT {
                break;
            }
            // an empty body, a page, or an error: in every case no success
            answer.document(StatusCode::OK, &mut Vec::new())?;
            return Err(answer.unreadable("it is no success"));
        }
        if self.metadata.introspection_endpoint.is_none() {
            return Ok(Revocation::Accepted);
        }
        Ok(match self.introspect(token, hint).await {
            Ok(known) if known.active => Revocation::StillActive,
            Ok(_) => Revocation::Confirmed,
            // not every client may introspect
            Err(_) => Revocation::Accepted,
        })
    }
}

fn endpoint(url: Option<&Url>, name: &str) -> Result<Url, OAuthError> {
    url.cloned().ok_or_else(|| OAuthError::Unsupported(format!("it names no {name} endpoint")))
}
