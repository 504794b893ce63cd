//! Who asks, and how it proves who it is (RFC 6749 §2.3, RFC 7521 §4.2, RFC 8705 §2).

use std::sync::Arc;

use super::dpop::DpopKey;
use super::signing::SigningKey;
use super::{Metadata, OAuthError};
use crate::manifest::ClientAuthentication;
use crate::secret::Secret;

/// A client as an authorization server knows it.
#[derive(Clone, Debug)]
pub struct ClientIdentity {
    /// `client_id`.
    pub client_id: String,
    /// The secret of a confidential client.
    pub secret: Option<Secret>,
    /// Its private key, for `private_key_jwt` and for assertions.
    pub key: Option<Arc<SigningKey>>,
    /// How it proves who it is; `None`: as secret and metadata suggest. With mutual TLS the certificate belongs to the
    /// [`crate::net::Client`].
    pub authentication: Option<ClientAuthentication>,
    /// The key that its tokens are bound to (RFC 9449).
    pub dpop: Option<Arc<DpopKey>>,
}

impl ClientIdentity {
    /// A client with nothing but its identifier and perhaps a secret.
    #[must_use]
    pub fn new(client_id: impl Into<String>, secret: Option<Secret>) -> Self {
        Self { client_id: client_id.into(), secret, key: None, authentication: None, dpop: None }
    }

    /// How it proves who it is at this server: as the manifest says; else with its secret, by `client_secret_basic`
    /// unless the server only names `client_secret_post`; else with its key; else not at all (RFC 6749 §2.3.1, RFC 8414
    /// §2).
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

    /// The JWT that proves who the client is (RFC 7523 §2.2): audience is the issuer, as RFC 7523bis has it.
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
