//! Token requests: client credentials (RFC 6749 §4.4), refresh (§6), token exchange (RFC 8693), JWT bearer
//! (RFC 7523 §2.1) and authorization code (RFC 6749 §4.1.3).

use std::collections::BTreeMap;

use oauth2::{AuthorizationCode, PkceCodeVerifier, RedirectUrl, RefreshToken, TokenUrl};
use url::Url;

use super::request::{EndpointRequest, Party};
use super::token_set::REDIRECT_FACT;
use super::{OAuthError, TokenSet, signing, token_set};
use crate::manifest::GrantType;
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// An additional request parameter, such as `resource`.
pub type Parameter = (String, String);

/// Token type URI of an access token (RFC 8693 §3).
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

impl Party<'_> {
    /// Requests a token for the client itself.
    ///
    /// # Errors
    /// If the server refuses, or its response is not valid.
    pub async fn client_credentials(self, scopes: &ScopeSet, extra: &[Parameter]) -> Result<TokenSet, OAuthError> {
        let call = EndpointRequest::for_tokens(self);
        let client = call.client().set_token_uri(TokenUrl::from_url(self.token_endpoint()?));
        let mut request = client.exchange_client_credentials();
        let scopes = self.identity.dialect.scope_parameters(scopes, false);
        for (name, value) in scopes.iter().chain(extra).chain(&self.identity.dialect.token_parameters) {
            request = request.add_extra_param(name.as_str(), value.as_str());
        }
        let done = request.request_async(&call).await;
        token_set::read(&call.finish(done)?, self.identity)
    }

    /// Refreshes a token. `scopes` narrow it; `extra` repeats the audience (RFC 8707 §2.2); `facts` are those of the
    /// token.
    ///
    /// # Errors
    /// See [`Self::client_credentials`].
    pub async fn refresh(
        self,
        refresh_token: &Secret,
        scopes: Option<&ScopeSet>,
        extra: &[Parameter],
        facts: &BTreeMap<String, String>,
    ) -> Result<TokenSet, OAuthError> {
        let dialect = &self.identity.dialect;
        let call = EndpointRequest::for_tokens(self);
        let url = dialect.refresh_endpoint.clone().map_or_else(|| self.token_endpoint(), Ok)?;
        let client = call.client().set_token_uri(TokenUrl::from_url(url));
        let refresh_token = RefreshToken::new(refresh_token.expose().to_owned());
        let mut request = client.exchange_refresh_token(&refresh_token);
        if let Some(redirect_uri) = facts.get(REDIRECT_FACT).filter(|_| dialect.refresh_sends_redirect_uri) {
            request = request.add_extra_param("redirect_uri", redirect_uri.as_str());
        }
        let scopes = scopes.map(|scopes| dialect.scope_parameters(scopes, false)).unwrap_or_default();
        for (name, value) in scopes.iter().chain(extra).chain(&dialect.refresh_parameters) {
            request = request.add_extra_param(name.as_str(), value.as_str());
        }
        let done = request.request_async(&call).await;
        token_set::read(&call.finish(done)?, self.identity)
    }

    /// Exchanges an access token for one that is narrower or has another audience (RFC 8693 §2.1).
    ///
    /// # Errors
    /// See [`Self::client_credentials`].
    pub async fn exchange_token(
        self,
        subject: &Secret,
        scopes: &ScopeSet,
        extra: &[Parameter],
    ) -> Result<TokenSet, OAuthError> {
        let own = [
            ("subject_token", subject.expose()),
            ("subject_token_type", ACCESS_TOKEN),
            ("requested_token_type", ACCESS_TOKEN),
        ];
        self.extension(GrantType::TokenExchange, &own, scopes, extra).await
    }

    /// Requests a token with an assertion about a subject (RFC 7523 §2.1).
    ///
    /// # Errors
    /// See [`Self::client_credentials`].
    pub async fn jwt_bearer(
        self,
        assertion: &Secret,
        scopes: &ScopeSet,
        extra: &[Parameter],
    ) -> Result<TokenSet, OAuthError> {
        self.extension(GrantType::JwtBearer, &[("assertion", assertion.expose())], scopes, extra).await
    }

    /// Signs an assertion about `subject` with the client's key (RFC 7523 §3). Its audience is the token
    /// endpoint, as the RFC recommends for this grant.
    ///
    /// # Errors
    /// If the client has no key.
    pub fn sign_assertion(self, subject: &str) -> Result<Secret, OAuthError> {
        let key = self.identity.key.as_ref();
        let key = key.ok_or_else(|| OAuthError::Client("signing an assertion requires a key".to_owned()))?;
        let audience = self.token_endpoint()?;
        let claims = signing::assertion_claims(&self.identity.client_id, subject, audience.as_str())?;
        key.jwt("JWT", &claims)
    }

    /// Requests a token with a grant that the crate has no builder for.
    async fn extension(
        self,
        grant: GrantType,
        own: &[(&str, &str)],
        scopes: &ScopeSet,
        extra: &[Parameter],
    ) -> Result<TokenSet, OAuthError> {
        let dialect = &self.identity.dialect;
        let scopes = dialect.scope_parameters(scopes, false);
        let mut parameters = vec![("grant_type", grant.registered_name())];
        parameters.extend(own);
        let extra = scopes.iter().chain(extra).chain(&dialect.token_parameters);
        parameters.extend(extra.map(|(name, value)| (name.as_str(), value.as_str())));
        let response = EndpointRequest::for_tokens(self).form(self.token_endpoint()?, &parameters).await?;
        match grant {
            GrantType::TokenExchange => token_set::read_exchanged(&response, self.identity),
            _ => token_set::read(&response, self.identity),
        }
    }

    /// Exchanges a code for tokens.
    pub(super) async fn code(
        self,
        code: &str,
        verifier: Option<PkceCodeVerifier>,
        redirect_uri: &str,
        extra: &[Parameter],
    ) -> Result<TokenSet, OAuthError> {
        let call = EndpointRequest::for_tokens(self);
        let redirect_uri = RedirectUrl::new(redirect_uri.to_owned())
            .map_err(|error| OAuthError::Client(format!("its redirect URI is not a valid URL: {error}")))?;
        let client =
            call.client().set_token_uri(TokenUrl::from_url(self.token_endpoint()?)).set_redirect_uri(redirect_uri);
        let mut request = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        if let Some(verifier) = verifier {
            request = request.set_pkce_verifier(verifier);
        }
        for (name, value) in extra.iter().chain(&self.identity.dialect.token_parameters) {
            request = request.add_extra_param(name.as_str(), value.as_str());
        }
        let done = request.request_async(&call).await;
        token_set::read(&call.finish(done)?, self.identity)
    }

    pub(super) fn token_endpoint(self) -> Result<Url, OAuthError> {
        let url = self.metadata.token_endpoint.clone();
        url.ok_or_else(|| OAuthError::Unsupported("its metadata lists no token endpoint".to_owned()))
    }
}
