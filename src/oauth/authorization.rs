//! The authorization code grant with PKCE (RFC 6749 §4.1, RFC 7636, RFC 8252, RFC 9207), pushed where the server wants it
//! (RFC 9126).

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

use http::StatusCode;
use oauth2::{AuthUrl, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl};
use url::Url;

use super::request::{Exchange, Party};
use super::token_endpoint::{Parameter, names};
use super::id_token::{self, Expected};
use super::loopback::{Listener, Redirect};
use super::{ClientIdentity, Metadata, OAuthError, TokenSet, signing};
use crate::manifest::RedirectUri;
use crate::net;
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// The redirect URI of a client that names none. Any port (RFC 8252 §7.3); the path is one that can be registered, since
/// servers compare it.
pub(super) const REDIRECT_URI: &str = "http://127.0.0.1/callback";

/// What is asked for.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// Exactly these scopes.
    pub scopes: ScopeSet,
    /// Further parameters of the authorization request alone, such as `prompt`.
    pub parameters: Vec<Parameter>,
    /// Further parameters of the authorization and the token request, such as `resource`.
    pub extra: Vec<Parameter>,
    /// The registered redirect URI; `None`: `http://127.0.0.1/callback` on a port that the system chooses.
    pub redirect_uri: Option<RedirectUri>,
    /// Push the request (RFC 9126), even where the server does not insist.
    pub pushed: bool,
    /// The user pastes what comes back: nobody has to listen.
    pub paste: bool,
    /// `max_age`, in seconds: the ID token must say that the user signed in since.
    pub max_age: Option<u64>,
    /// How long the user may take.
    pub patience: Duration,
}

/// A request that waits for the browser to come back. Dropping it closes the listener.
#[derive(Debug)]
pub struct Pending {
    url: Url,
    listener: Option<Listener>,
    redirect_uri: String,
    state: Secret,
    nonce: Option<Secret>,
    metadata: Metadata,
    identity: ClientIdentity,
    verifier: PkceCodeVerifier,
    request: AuthorizationRequest,
}

/// What is new with every request: nobody can guess it, and it is used once (RFC 9700 §2.1.1, §4.7.1).
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
/// When the server has no authorization endpoint or does not say that it has PKCE with S256 (RFC 9700 §2.1.1), or no port
/// can be bound.
pub async fn begin(party: Party<'_>, request: AuthorizationRequest) -> Result<Pending, OAuthError> {
    let Party { metadata, identity, .. } = party;
    let unsupported = |what: &str| OAuthError::Unsupported(what.to_owned());
    let endpoint = metadata.authorization_endpoint.clone();
    let endpoint = endpoint.ok_or_else(|| unsupported("it names no authorization endpoint"))?;
    if !metadata.has_pkce() {
        return Err(OAuthError::NoPkce);
    }
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
    let client =
        Exchange::new(party, "authorization endpoint").client().set_auth_uri(AuthUrl::from_url(endpoint.clone()));
    let redirect = RedirectUrl::new(redirect_uri.clone())
        .map_err(|error| OAuthError::Client(format!("its redirect URI is no URL: {error}")))?;
    let mut url = client
        .authorize_url(|| CsrfToken::new(state.expose().to_owned()))
        .set_redirect_uri(Cow::Owned(redirect))
        .set_pkce_challenge(challenge)
        .add_scopes(names(&request.scopes));
    for (name, value) in request.parameters.iter().chain(&request.extra) {
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
        verifier,
        request,
    })
}

/// Pushes the parameters (RFC 9126 §2), and gives the URL that refers to them.
async fn push(party: Party<'_>, endpoint: &Url, url: &Url) -> Result<Url, OAuthError> {
    let target = party.metadata.pushed_authorization_request_endpoint.clone();
    let target = target
        .ok_or_else(|| OAuthError::Unsupported("it names no endpoint for pushed authorization requests".to_owned()))?;
    // the crate adds `client_id` itself, and the endpoint's own query stays in the browser's URL
    let own = endpoint.query_pairs().count();
    let pairs: Vec<_> = url.query_pairs().skip(own).filter(|(name, _)| name != "client_id").collect();
    let parameters: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
    let answer = Exchange::new(party, "pushed authorization request endpoint").form(target, &parameters).await?;
    let document = answer.document(StatusCode::CREATED, &mut Vec::new())?;
    let reference = document.text("request_uri").ok_or_else(|| answer.unreadable("it has no `request_uri`"))?;
    let mut url = endpoint.clone();
    url.query_pairs_mut().append_pair("client_id", &party.identity.client_id).append_pair("request_uri", reference);
    Ok(url)
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
        self.finish_pasted(http, std::future::pending()).await
    }

    /// The same, or with what the user pastes before the redirect comes: the whole URL that the browser was sent to, its
    /// query, or the code alone.
    ///
    /// # Errors
    /// As [`Self::finish`], and when what was pasted is no answer to this request.
    pub async fn finish_pasted(
        mut self,
        http: &net::Client,
        pasted: impl Future<Output = Secret>,
    ) -> Result<TokenSet, OAuthError> {
        // it is dropped before the token endpoint is asked: the port is not needed any more
        let listener = self.listener.take();
        let redirect = async {
            match &listener {
                Some(listener) => listener.redirect().await,
                None => std::future::pending().await,
            }
        };
        let either = async {
            tokio::select! {
                redirect = redirect => redirect,
                pasted = pasted => self.read_pasted(pasted.expose().trim()),
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
            return redirect.ok_or(OAuthError::Pasted("its `state` is not that of this request"));
        }
        if text.is_empty() || text.contains(|character: char| character.is_whitespace() || character.is_control()) {
            return Err(OAuthError::Pasted("it is neither an address nor a code"));
        }
        // without its redirect nothing says who sent the code (RFC 9207 §2.4); PKCE binds it to this request
        if self.metadata.iss_parameter_supported {
            return Err(OAuthError::Pasted("a code alone does not say which server it is from"));
        }
        Ok(Redirect::of_code(text))
    }

    async fn trade(self, http: &net::Client, redirect: &Redirect) -> Result<TokenSet, OAuthError> {
        let code = check(&self.metadata, redirect)?;
        // what was asked before the user went to the browser is another matter
        let http = &http.afresh().within(super::USE_CASE);
        let party = Party { http, metadata: &self.metadata, identity: &self.identity };
        let mut set = party.code(code, self.verifier, &self.redirect_uri, &self.request.extra).await?;
        let expected =
            Expected { nonce: self.nonce.as_ref(), max_age: self.request.max_age, access_token: &set.access_token };
        if let Some(token) = &set.id_token {
            let findings = id_token::check(party, token, &expected).await?;
            set.findings.extend(findings);
        }
        Ok(set)
    }
}

/// Reads the authorization code from the query of a redirect (RFC 6749 §4.1.2), as it is read when the browser comes back.
///
/// # Errors
/// When the redirect answers another request, comes from another server, names a parameter more than once, or holds an
/// error or no code.
pub fn authorization_code(metadata: &Metadata, query: &str, state: &Secret) -> Result<Secret, OAuthError> {
    let redirect = Redirect::read(query, state);
    let redirect = redirect.ok_or(OAuthError::Pasted("its `state` is not that of this request"))?;
    check(metadata, &redirect).map(Secret::new)
}

/// The state was checked before anything else was read. Next comes who answers (RFC 9207 §2.4), and only then what.
fn check<'r>(metadata: &Metadata, redirect: &'r Redirect) -> Result<&'r str, OAuthError> {
    let invalid = |description: &str| OAuthError::Refused {
        error: "invalid_response".to_owned(),
        description: Some(description.to_owned()),
    };
    // else an `iss` or `error` that is there twice would count as one that is not there
    if ["iss", "error", "code"].into_iter().any(|name| redirect.is_repeated(name)) {
        return Err(invalid("a parameter of the redirect occurs more than once (RFC 6749 §3.1)"));
    }
    match redirect.parameter("iss") {
        Some(issuer) if issuer != metadata.issuer.as_str() => return Err(OAuthError::WrongIssuer),
        // some servers leave it out of errors: that it may be one is said, as hearsay
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
    redirect.parameter("code").ok_or_else(|| invalid("the redirect brought neither a code nor an error"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Transaction;

    #[test]
    fn no_two_requests_share_a_state_or_a_verifier() {
        let mut seen = HashSet::new();
        for _ in 0..100_000 {
            let Transaction { state, challenge, verifier } = Transaction::random();
            assert_eq!(challenge.method().as_str(), "S256");
            for text in [state.expose(), verifier.secret(), challenge.as_str()] {
                // 256 bits in base64url, which RFC 7636 §4.1 allows in a verifier
                let fits =
                    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
                assert!(fits, "{text}");
                assert!(seen.insert(text.to_owned()), "{text} came twice");
            }
        }
    }
}
