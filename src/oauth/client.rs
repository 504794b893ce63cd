//! Client authentication (RFC 6749 §2.3, RFC 7521 §4.2, RFC 8705 §2).

use std::sync::Arc;

use super::dpop::DpopKey;
use super::signing::SigningKey;
use super::{Metadata, OAuthError};
use crate::manifest::{ClientAuthentication, Dialect};
use crate::secret::Secret;

/// A client, as registered at an authorization server.
#[derive(Clone, Debug)]
pub struct ClientIdentity {
    /// `client_id`.
    pub client_id: String,
    /// Secret of a confidential client.
    pub secret: Option<Secret>,
    /// Private key for `private_key_jwt` and assertions.
    pub key: Option<Arc<SigningKey>>,
    /// Authentication method; `None` means the one that the secret and the metadata suggest. A mutual-TLS certificate
    /// is in the [`crate::net::Client`].
    pub authentication: Option<ClientAuthentication>,
    /// Key that the client's tokens are bound to (RFC 9449).
    pub dpop: Option<Arc<DpopKey>>,
    /// How the authorization server deviates from the RFCs.
    pub dialect: Arc<Dialect>,
}

impl ClientIdentity {
    /// Creates a client with an identifier and an optional secret.
    #[must_use]
    pub fn new(client_id: impl Into<String>, secret: Option<Secret>) -> Self {
        Self {
            client_id: client_id.into(),
            secret,
            key: None,
            authentication: None,
            dpop: None,
            dialect: Arc::default(),
        }
    }

    /// Returns the authentication method for this server: the one in the manifest; otherwise `client_secret_basic` with
    /// a secret (or `client_secret_post` if it is the only one listed), `private_key_jwt` with a key, or `none` (RFC
    /// 6749 §2.3.1, RFC 8414 §2).
    pub(super) fn authentication(&self, metadata: &Metadata) -> ClientAuthentication {
        use ClientAuthentication::{Basic, None as Public, Post, PrivateKeyJwt, SecretJwt};
        if let Some(named) = self.authentication {
            return named;
        }
        let offered = metadata.token_endpoint_auth_methods_supported.as_deref().unwrap_or_default();
        let offers = |method: ClientAuthentication| offered.iter().any(|offered| offered == method.as_str());
        match (&self.secret, &self.key) {
            (Some(_), _) if offered.is_empty() || offers(Basic) => Basic,
            (Some(_), _) if offers(Post) => Post,
            (Some(_), _) if offers(SecretJwt) => SecretJwt,
            (Some(_), _) => Basic,
            (None, Some(_)) => PrivateKeyJwt,
            (None, None) => Public,
        }
    }

    /// Creates the client assertion (RFC 7523 §2.2). The audience is the issuer, as in RFC 7523bis.
    pub(super) fn assertion(
        &self,
        metadata: &Metadata,
        method: ClientAuthentication,
    ) -> Result<Option<Secret>, OAuthError> {
        let missing = |what: &str| OAuthError::Client(format!("`{}` needs a {what}", method.as_str()));
        let claims = super::signing::assertion_claims(&self.client_id, &self.client_id, metadata.issuer.as_str())?;
        match method {
            ClientAuthentication::SecretJwt => {
                let secret = self.secret.as_ref().ok_or_else(|| missing("secret"))?;
                super::signing::hs256(secret, &claims).map(Some)
            }
            ClientAuthentication::PrivateKeyJwt => {
                let key = self.key.as_ref().ok_or_else(|| missing("key"))?;
                key.jwt("JWT", &claims).map(Some)
            }
            _ => Ok(None),
        }
    }
}
