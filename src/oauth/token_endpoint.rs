//! The grants without a user: client credentials (RFC 6749 §4.4), refresh (§6), token exchange (RFC 8693) and JWT bearer
//! (RFC 7523 §2.1); and the code's own request (RFC 6749 §4.1.3).

use oauth2::{AuthorizationCode, PkceCodeVerifier, RedirectUrl, RefreshToken, TokenUrl};
use url::Url;

use super::request::{Exchange, Party};
use super::{OAuthError, TokenSet, signing, token_set};
use crate::manifest::GrantType;
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// A parameter of a request that this room does not know, such as `resource`.
pub type Parameter = (String, String);

/// The URI of an access token as a token type (RFC 8693 §3).
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

impl Party<'_> {
    /// Obtains a token for the client itself.
    ///
    /// # Errors
    /// When the server refuses or answers something that must not be believed. So it is with the other grants.
    pub async fn client_credentials(self, scopes: &ScopeSet, extra: &[Parameter]) -> Result<TokenSet, OAuthError> {
        let exchange = Exchange::for_tokens(self);
        let client = exchange.client().set_token_uri(TokenUrl::from_url(self.token_endpoint()?));
        let mut request = client.exchange_client_credentials().add_scopes(names(scopes));
        for (name, value) in extra {
            request = request.add_extra_param(name.as_str(), value.as_str());
        }
        let done = request.request_async(&exchange).await;
        token_set::read(&exchange.finish(done)?, self.identity.dpop.is_some())
    }

    /// Refreshes, and narrows when scopes are given. `extra`: the audience again, as RFC 8707 §2.2 has it.
    ///
    /// # Errors
    /// See [`Self::client_credentials`].
    pub async fn refresh(
        self,
        refresh_token: &Secret,
        scopes: Option<&ScopeSet>,
        extra: &[Parameter],
    ) -> Result<TokenSet, OAuthError> {
        let exchange = Exchange::for_tokens(self);
        let client = exchange.client().set_token_uri(TokenUrl::from_url(self.token_endpoint()?));
        let refresh_token = RefreshToken::new(refresh_token.expose().to_owned());
        let mut request = client.exchange_refresh_token(&refresh_token).add_scopes(scopes.into_iter().flat_map(names));
        for (name, value) in extra {
            request = request.add_extra_param(name.as_str(), value.as_str());
        }
        let done = request.request_async(&exchange).await;
        token_set::read(&exchange.finish(done)?, self.identity.dpop.is_some())
    }

    /// Trades an access token for another one, narrower or for another audience (RFC 8693 §2.1).
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

    /// Presents an assertion about a subject (RFC 7523 §2.1).
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

    /// An assertion about `subject` that the client signs itself with its key (RFC 7523 §3). Its audience is the token
    /// endpoint, as the RFC recommends for this grant.
    ///
    /// # Errors
    /// When the client has no key.
    pub fn sign_assertion(self, subject: &str) -> Result<Secret, OAuthError> {
        let key = self.identity.key.as_ref();
        let key = key.ok_or_else(|| OAuthError::Client("an assertion needs a key to sign it".to_owned()))?;
        let audience = self.token_endpoint()?;
        let claims = signing::assertion_claims(&self.identity.client_id, subject, audience.as_str())?;
        key.jwt("JWT", &claims)
    }

    /// A grant that has no builder in the crate.
    async fn extension(
        self,
        grant: GrantType,
        own: &[(&str, &str)],
        scopes: &ScopeSet,
        extra: &[Parameter],
    ) -> Result<TokenSet, OAuthError> {
        let scope = scopes.to_string();
        let mut parameters = vec![("grant_type", grant.registered_name())];
        parameters.extend(own);
        parameters.extend((!scope.is_empty()).then_some(("scope", scope.as_str())));
        parameters.extend(extra.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let answer = Exchange::for_tokens(self).form(self.token_endpoint()?, &parameters).await?;
        token_set::read(&answer, self.identity.dpop.is_some())
    }

    /// Trades a code for tokens.
    pub(super) async fn code(
        self,
        code: &str,
        verifier: PkceCodeVerifier,
        redirect_uri: &str,
        extra: &[Parameter],
    ) -> Result<TokenSet, OAuthError> {
        let exchange = Exchange::for_tokens(self);
        let redirect_uri = RedirectUrl::new(redirect_uri.to_owned())
            .map_err(|error| OAuthError::Client(format!("its redirect URI is no URL: {error}")))?;
        let client =
            exchange.client().set_token_uri(TokenUrl::from_url(self.token_endpoint()?)).set_redirect_uri(redirect_uri);
        let mut request = client.exchange_code(AuthorizationCode::new(code.to_owned())).set_pkce_verifier(verifier);
        for (name, value) in extra {
            request = request.add_extra_param(name.as_str(), value.as_str());
        }
        let done = request.request_async(&exchange).await;
        token_set::read(&exchange.finish(done)?, self.identity.dpop.is_some())
    }

    pub(super) fn token_endpoint(self) -> Result<Url, OAuthError> {
        let url = self.metadata.token_endpoint.clone();
        url.ok_or_else(|| OAuthError::Unsupported("it names no token endpoint".to_owned()))
    }
}

/// The scopes as the crate wants them.
pub(super) fn names(scopes: &ScopeSet) -> impl Iterator<Item = oauth2::Scope> {
    scopes.iter().map(|scope| oauth2::Scope::new(scope.as_str().to_owned())).collect::<Vec<_>>().into_iter()
}
