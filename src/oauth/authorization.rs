//! The authorization code grant with PKCE (RFC 6749 §4.1, RFC 7636, RFC 8252, RFC 9207).

use std::time::Duration;

use oauth2::{CsrfToken, PkceCodeChallenge, PkceCodeVerifier};
use url::Url;

use super::endpoint;
use super::loopback::{Listener, Redirect};
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
    listener: Listener,
    metadata: Metadata,
    client: ClientIdentity,
    verifier: PkceCodeVerifier,
    extra: Vec<(String, String)>,
    patience: Duration,
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
    pub async fn finish(self, http: &net::Client) -> Result<TokenSet, OAuthError> {
        let waiting = tokio::time::timeout(self.patience, self.listener.redirect());
        let redirect = waiting.await.map_err(|_| OAuthError::TimedOut(self.patience.as_secs()))??;
        let redirect_uri = self.listener.url().to_owned();
        let code = check(&self.metadata, &redirect)?;
        // the port is not needed while the token endpoint is asked
        drop(self.listener);
        let mut parameters = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &redirect_uri),
            ("code_verifier", self.verifier.secret()),
        ];
        parameters.extend(self.extra.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        endpoint::request(http, &self.metadata, &self.client, &parameters).await
    }
}

/// The state was checked by the listener already, before anything else was read. Next comes who answers (RFC 9207
/// §2.4), and only then what.
fn check<'r>(metadata: &Metadata, redirect: &'r Redirect) -> Result<&'r str, OAuthError> {
    let invalid = |description: &str| OAuthError::Refused {
        error: "invalid_response".to_owned(),
        description: Some(description.to_owned()),
    };
    // else an `iss` or `error` that is there twice would count as one that is not there
    if ["iss", "error", "code"].into_iter().any(|name| redirect.is_repeated(name)) {
        return Err(invalid("a parameter of the redirect occurs twice (RFC 6749 §3.1)"));
    }
    match redirect.parameter("iss") {
        Some(issuer) if issuer != metadata.issuer.as_str() => return Err(OAuthError::WrongIssuer),
        None if metadata.iss_parameter_supported => return Err(OAuthError::WrongIssuer),
        _ => {}
    }
    if let Some(error) = redirect.parameter("error") {
        return Err(OAuthError::Refused {
            error: error.chars().take(100).collect(),
            description: redirect.parameter("error_description").map(|text| text.chars().take(500).collect()),
        });
    }
    redirect.parameter("code").ok_or_else(|| invalid("the redirect brought neither a code nor an error"))
}

/// Binds the listener, then builds the URL.
///
/// # Errors
/// When the server has no authorization endpoint or no PKCE S256, or no port can be bound.
pub async fn begin(metadata: &Metadata, request: AuthorizationRequest) -> Result<Pending, OAuthError> {
    let unsupported = |what: &str| OAuthError::Unsupported(what.to_owned());
    let mut url =
        metadata.authorization_endpoint.clone().ok_or_else(|| unsupported("it names no authorization endpoint"))?;
    // silence is no refusal: many servers that do PKCE do not say so
    if metadata
        .code_challenge_methods_supported
        .as_ref()
        .is_some_and(|methods| !methods.iter().any(|method| method == "S256"))
    {
        return Err(unsupported("it has no PKCE with S256"));
    }
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let state = CsrfToken::new_random_len(32);
    let path = CsrfToken::new_random_len(16);
    let listener = Listener::bind(request.port, path.secret(), state.secret()).await?;
    let mut query = url.query_pairs_mut();
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", &request.client.client_id)
        .append_pair("redirect_uri", listener.url())
        .append_pair("state", state.secret())
        .append_pair("code_challenge", challenge.as_str())
        .append_pair("code_challenge_method", "S256");
    if !request.scopes.is_empty() {
        query.append_pair("scope", &request.scopes.to_string());
    }
    query.extend_pairs(&request.extra);
    drop(query);
    Ok(Pending {
        url,
        listener,
        metadata: metadata.clone(),
        client: request.client,
        verifier,
        extra: request.extra,
        patience: request.patience,
    })
}
