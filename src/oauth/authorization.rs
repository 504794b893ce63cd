//! The authorization code grant with PKCE (RFC 6749 §4.1, RFC 7636, RFC 8252, RFC 9207), pushed where the server wants
//! it (RFC 9126).

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use oauth2::{AuthUrl, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl};
use serde_json::Value;
use url::Url;

use super::id_token::{self, Expected};
use super::loopback::{Listener, Redirect};
use super::request::{EndpointRequest, Party};
use super::token_endpoint::Parameter;
use super::token_set::REDIRECT_FACT;
use super::{ClientIdentity, Metadata, OAuthError, TokenSet, signing};
use crate::manifest::{Pkce, Place, RedirectUri};
use crate::net;
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// Default redirect URI. The port is arbitrary (RFC 8252 §7.3); the path is fixed because servers compare it with the
/// registered one.
pub const REDIRECT_URI: &str = "http://127.0.0.1/callback";

/// Parameters of an authorization request.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// Requested scopes.
    pub scopes: ScopeSet,
    /// Additional parameters of the authorization request only, such as `prompt`.
    pub parameters: Vec<Parameter>,
    /// Additional parameters of both the authorization and the token request, such as `resource`.
    pub extra: Vec<Parameter>,
    /// Registered redirect URI; `None` means `http://127.0.0.1/callback` on a port that the system chooses.
    pub redirect_uri: Option<RedirectUri>,
    /// Push the request (RFC 9126) even if the server does not require it.
    pub pushed: bool,
    /// The user pastes the redirect URL, so no listener is needed.
    pub paste: bool,
    /// `max_age`, in seconds: the ID token must report a sign-in within it.
    pub max_age: Option<u64>,
    /// How long to wait for the user.
    pub patience: Duration,
}

/// An authorization request that waits for the redirect. Dropping it closes the listener.
#[derive(Debug)]
pub struct Pending {
    url: Url,
    listener: Option<Listener>,
    redirect_uri: String,
    state: Secret,
    nonce: Option<Secret>,
    metadata: Metadata,
    identity: ClientIdentity,
    /// `None` if the server ignores PKCE.
    verifier: Option<PkceCodeVerifier>,
    request: AuthorizationRequest,
}

/// Unguessable values that are used for one request only (RFC 9700 §2.1.1, §4.7.1).
struct Transaction {
    state: Secret,
    challenge: PkceCodeChallenge,
    verifier: PkceCodeVerifier,
}

impl Transaction {
    /// 256 bits each of state and verifier, from the operating system (RFC 7636 §7.1).
    fn random() -> Self {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        Self { state: Secret::new(CsrfToken::new_random_len(32).into_secret()), challenge, verifier }
    }
}

/// Binds the listener, then builds the URL.
///
/// # Errors
/// If the server has no authorization endpoint or does not announce PKCE with S256 (RFC 9700 §2.1.1), or no port
/// can be bound.
pub async fn begin(party: Party<'_>, request: AuthorizationRequest) -> Result<Pending, OAuthError> {
    let Party { metadata, identity, .. } = party;
    let unsupported = |what: &str| OAuthError::Unsupported(what.to_owned());
    let endpoint = metadata.authorization_endpoint.clone();
    let endpoint = endpoint.ok_or_else(|| unsupported("its metadata lists no authorization endpoint"))?;
    let dialect = &identity.dialect;
    if dialect.pkce.is_none() && !metadata.has_pkce() {
        let announced = metadata.code_challenge_methods_supported.clone().unwrap_or_default();
        return Err(OAuthError::NoPkce(announced));
    }
    let has_pkce = dialect.pkce != Some(Pkce::Ignored);
    let default = RedirectUri::parse(REDIRECT_URI).map_err(OAuthError::Client)?;
    let redirect_uri = request.redirect_uri.as_ref().unwrap_or(&default);
    let Transaction { state, challenge, verifier } = Transaction::random();
    let listener = match redirect_uri.is_loopback() {
        true => Some(Listener::bind(redirect_uri, &state)?),
        false if request.paste => None,
        false => return Err(OAuthError::NotLoopback(redirect_uri.url().to_string())),
    };
    let redirect_uri = listener.as_ref().map_or_else(|| redirect_uri.url().as_str(), Listener::url).to_owned();
    let nonce = match request.scopes.contains("openid") {
        true => Some(Secret::new(signing::identifier()?)),
        false => None,
    };
    let client = EndpointRequest::new(party, "authorization endpoint")
        .client()
        .set_auth_uri(AuthUrl::from_url(endpoint.clone()));
    let redirect = RedirectUrl::new(redirect_uri.clone())
        .map_err(|error| OAuthError::Client(format!("its redirect URI is not a valid URL: {error}")))?;
    let mut url =
        client.authorize_url(|| CsrfToken::new(state.expose().to_owned())).set_redirect_uri(Cow::Owned(redirect));
    if has_pkce {
        url = url.set_pkce_challenge(challenge);
    }
    let scopes = dialect.scope_parameters(&request.scopes, false);
    // the client's own parameters take precedence over those of its server
    let own = |name: &str| request.parameters.iter().chain(&request.extra).any(|(own, _)| own == name);
    let others = dialect.authorization_parameters.iter().filter(|(name, _)| !own(name));
    for (name, value) in scopes.iter().chain(&request.parameters).chain(&request.extra).chain(others) {
        url = url.add_extra_param(name.as_str(), value.as_str());
    }
    if let Some(nonce) = &nonce {
        url = url.add_extra_param("nonce", nonce.expose());
    }
    if let Some(key) = &identity.dpop {
        url = url.add_extra_param("dpop_jkt", key.thumbprint());
    }
    let (mut url, _) = url.url();
    if request.pushed || metadata.pushed_required {
        url = push(party, &endpoint, &url).await?;
    }
    Ok(Pending {
        url,
        listener,
        redirect_uri,
        state,
        nonce,
        metadata: metadata.clone(),
        identity: identity.clone(),
        verifier: has_pkce.then_some(verifier),
        request,
    })
}

/// Pushes the parameters (RFC 9126 §2), and returns the URL that refers to them.
async fn push(party: Party<'_>, endpoint: &Url, url: &Url) -> Result<Url, OAuthError> {
    let target = party.metadata.pushed_authorization_request_endpoint.clone();
    let target = target.ok_or_else(|| {
        OAuthError::Unsupported("its metadata lists no pushed authorization request endpoint".to_owned())
    })?;
    // the crate adds `client_id` itself, and the endpoint's own query stays in the browser's URL
    let own = endpoint.query_pairs().count();
    let pairs: Vec<_> = url.query_pairs().skip(own).filter(|(name, _)| name != "client_id").collect();
    let parameters: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
    let response =
        EndpointRequest::new(party, "pushed authorization request endpoint").form(target, &parameters).await?;
    let document = response.document(StatusCode::CREATED, &mut Vec::new())?;
    let reference = document.text("request_uri").ok_or_else(|| response.unreadable("it has no `request_uri`"))?;
    let mut url = endpoint.clone();
    url.query_pairs_mut().append_pair("client_id", &party.identity.client_id).append_pair("request_uri", reference);
    Ok(url)
}

impl Pending {
    /// Redirect URI of the request, which the server compares with the registered ones.
    #[must_use]
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// URL to open in the user's browser. Always show it, since the browser may fail to open.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Waits for the redirect, checks it, and exchanges the code for tokens. Drop the future to cancel.
    ///
    /// # Errors
    /// If the user refuses, the time runs out, or the server's response is not valid.
    pub async fn finish(self, http: &net::Client) -> Result<TokenSet, OAuthError> {
        self.finish_pasted(http, async |_| std::future::pending().await).await
    }

    /// Like [`Self::finish`], but also accepts what the user pastes before the redirect arrives: the whole redirect
    /// URL, its query, or the code alone. `pasted` waits for it, and is called again with the reason if the text is not a
    /// response to this request. `None` ends the wait with that reason.
    ///
    /// # Errors
    /// See [`Self::finish`]; also if the last pasted text is not a response to this request.
    pub async fn finish_pasted(
        mut self,
        http: &net::Client,
        mut pasted: impl AsyncFnMut(Option<&OAuthError>) -> Option<Secret>,
    ) -> Result<TokenSet, OAuthError> {
        // the listener is dropped before the token request: the port is not needed any more
        let listener = self.listener.take();
        let redirect = async {
            match &listener {
                Some(listener) => listener.redirect().await,
                None => std::future::pending().await,
            }
        };
        let pasted = async {
            let mut rejected = None;
            loop {
                let Some(text) = pasted(rejected.as_ref()).await else {
                    return Err(rejected.unwrap_or(OAuthError::Pasted("the input ended")));
                };
                match self.read_pasted(text.expose().trim()) {
                    Err(error @ OAuthError::Pasted(_)) => rejected = Some(error),
                    read => return read,
                }
            }
        };
        let either = async {
            tokio::select! {
                redirect = redirect => redirect,
                pasted = pasted => pasted,
            }
        };
        let patience = self.request.patience;
        let redirect = tokio::time::timeout(patience, either).await;
        let redirect = redirect.map_err(|_| OAuthError::TimedOut(patience.as_secs()))??;
        drop(listener);
        self.trade(http, &redirect).await
    }

    fn read_pasted(&self, text: &str) -> Result<Redirect, OAuthError> {
        let query = match Url::parse(text) {
            Ok(url) if url.has_host() => Some(url.query().unwrap_or_default().to_owned()),
            _ => text.contains("state=").then(|| text.trim_start_matches(['?', '/']).to_owned()),
        };
        if let Some(query) = query {
            let redirect = Redirect::read(&query, &self.state);
            return redirect.ok_or(OAuthError::Pasted("its `state` is not the one of this request"));
        }
        if !looks_like_code(text) {
            return Err(OAuthError::Pasted("it is neither a URL nor an authorization code"));
        }
        // without the redirect the sender of the code is unknown (RFC 9207 §2.4); PKCE binds it to this request
        if self.metadata.iss_parameter_supported {
            return Err(OAuthError::Pasted("a code alone does not identify the server that issued it"));
        }
        Ok(Redirect::of_code(text))
    }

    async fn trade(self, http: &net::Client, redirect: &Redirect) -> Result<TokenSet, OAuthError> {
        let dialect = Arc::clone(&self.identity.dialect);
        let code = check(&self.metadata, redirect)?;
        // requests made before the browser was opened do not count
        let http = &http.afresh().within(super::USE_CASE);
        let party = Party { http, metadata: &self.metadata, identity: &self.identity };
        let mut set = party.code(code, self.verifier, &self.redirect_uri, &self.request.extra).await?;
        set.read_places(&dialect, |place| match place {
            Place::Redirect(name) => redirect.parameter(name).map(Value::from),
            _ => None,
        });
        set.facts.insert(REDIRECT_FACT.to_owned(), self.redirect_uri.clone());
        let expected =
            Expected { nonce: self.nonce.as_ref(), max_age: self.request.max_age, access_token: &set.access_token };
        if let Some(token) = &set.id_token {
            let findings = id_token::check(party, token, &expected).await?;
            set.findings.extend(findings);
        }
        Ok(set)
    }
}

/// Returns whether a text may be an authorization code, and not a word that the user typed. A code can't be guessed (RFC
/// 6749 §10.10), so it is long, and real ones have digits or both cases.
fn looks_like_code(text: &str) -> bool {
    const SHORTEST: usize = 12;
    let has = |of: fn(&char) -> bool| text.chars().any(|character| of(&character));
    let is_mixed = has(char::is_ascii_digit) || (has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase));
    text.len() >= SHORTEST && is_mixed && text.chars().all(|character| character.is_ascii_graphic())
}

/// Returns the authorization code in the query of a redirect (RFC 6749 §4.1.2), with the checks of the loopback
/// listener.
///
/// # Errors
/// If the redirect belongs to another request or comes from another server, repeats a parameter, or has an error or no
/// code.
pub fn authorization_code(metadata: &Metadata, query: &str, state: &Secret) -> Result<Secret, OAuthError> {
    let redirect = Redirect::read(query, state);
    let redirect = redirect.ok_or(OAuthError::Pasted("its `state` is not the one of this request"))?;
    check(metadata, &redirect).map(Secret::new)
}

/// Reads a redirect whose `state` was checked. The issuer is compared next (RFC 9207 §2.4), before anything else is
/// read.
fn check<'r>(metadata: &Metadata, redirect: &'r Redirect) -> Result<&'r str, OAuthError> {
    let invalid = |description: &str| OAuthError::Refused {
        error: "invalid_response".to_owned(),
        description: Some(description.to_owned()),
    };
    // a repeated `iss` or `error` must not count as absent
    if ["iss", "error", "code"].into_iter().any(|name| redirect.is_repeated(name)) {
        return Err(invalid("the redirect repeats a parameter (RFC 6749 §3.1)"));
    }
    match redirect.parameter("iss") {
        Some(issuer) if issuer != metadata.issuer.as_str() => return Err(OAuthError::WrongIssuer),
        // some servers omit `iss` from errors: report the error, but as unconfirmed
        None if metadata.iss_parameter_supported => {
            let error = redirect.parameter("error").map(|error| error.chars().take(100).collect());
            return Err(OAuthError::NoIssuer(error));
        }
        _ => {}
    }
    if let Some(error) = redirect.parameter("error") {
        return Err(OAuthError::Refused {
            error: error.chars().take(100).collect(),
            description: redirect.parameter("error_description").map(|text| text.chars().take(500).collect()),
        });
    }
    redirect.parameter("code").ok_or_else(|| invalid("the redirect has neither a code nor an error"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Transaction;

    #[test]
    fn state_and_verifier_are_new_for_each_request() {
        let mut seen = HashSet::new();
        for _ in 0..100_000 {
            let Transaction { state, challenge, verifier } = Transaction::random();
            assert_eq!(challenge.method().as_str(), "S256");
            for text in [state.expose(), verifier.secret(), challenge.as_str()] {
                // 256 bits in base64url, which RFC 7636 §4.1 allows in a verifier
                let fits =
                    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
                assert!(fits, "{text}");
                assert!(seen.insert(text.to_owned()), "{text} is repeated");
            }
        }
    }
}
