//! A client of the manifest with its secrets and its authorization server's metadata.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::obtain::refused;
use super::{Context, Error, ErrorKind};
use crate::manifest::{Client, ClientAuthentication};
use crate::net;
use crate::oauth::{
    self, ClientIdentity, Discovered, DpopKey, Introspection, Metadata, Party, Revocation, SigningKey, TokenHint,
};
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// A client with its secrets, its server's metadata and an HTTP client.
#[derive(Debug)]
pub(super) struct Identity {
    http: net::Client,
    metadata: Metadata,
    client: ClientIdentity,
}

impl Identity {
    pub(super) fn party(&self) -> Party<'_> {
        Party { http: &self.http, metadata: &self.metadata, identity: &self.client }
    }

    /// Returns the key that its tokens are bound to, if any.
    pub(super) fn dpop_key(&self) -> Option<Arc<DpopKey>> {
        self.client.dpop.clone()
    }

    /// Introspects a token, if this client is allowed to.
    pub(super) async fn introspected(&self, token: &Secret) -> Option<ScopeSet> {
        if self.client.secret.is_none() && self.client.key.is_none() {
            return None;
        }
        self.party().introspect(token, TokenHint::AccessToken).await.ok()?.scope
    }
}

impl Context {
    /// `dpop`: key of an earlier token.
    pub(super) async fn identity(&self, client: &Client, dpop: Option<Arc<DpopKey>>) -> Result<Identity, Error> {
        let secret = self.client_secret(client)?;
        let pem = client.key.as_ref().map(|reference| self.referenced(client, "key", reference)).transpose()?;
        let tls = client.authentication.is_some_and(ClientAuthentication::is_tls);
        // the issuer is trusted; URLs in its metadata must not be nearer than the issuer itself
        let mut http = self.http()?.following(client.issuer.url(), net::Follow::NotNearer).within(oauth::USE_CASE);
        let mut key = None;
        if let Some(pem) = pem {
            if tls {
                let certificate = self.certificate(client)?;
                let both = Zeroizing::new(format!("{certificate}\n{}", pem.expose()));
                http = http.with_identity(Secret::new(both.as_str())).map_err(|error| usage(&error))?;
            } else {
                key = Some(Arc::new(SigningKey::from_pem(&pem, client.key_id.clone()).map_err(refused)?));
            }
        }
        let dpop = match dpop {
            None if client.dpop => Some(Arc::new(DpopKey::generate().map_err(refused)?)),
            known => known,
        };
        let Discovered { metadata, .. } =
            oauth::discover(&http, &client.issuer, &client.metadata).await.map_err(refused)?;
        Ok(Identity {
            http,
            metadata: if tls { metadata.for_mutual_tls() } else { metadata },
            client: ClientIdentity {
                client_id: client.client_id.clone(),
                secret,
                key,
                authentication: client.authentication,
                dpop,
            },
        })
    }

    fn certificate(&self, client: &Client) -> Result<String, Error> {
        let path = client.certificate.as_deref().ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("client `{}` needs a `certificate` for mutual TLS", client.name))
        })?;
        self.public_file(path)
    }

    /// Introspects a token at the authorization server of a client (RFC 7662).
    ///
    /// # Errors
    /// If there is no such client, or the server has no such endpoint or refuses.
    pub async fn introspect(&self, client: &str, token: &Secret, hint: TokenHint) -> Result<Introspection, Error> {
        self.demand_trust()?;
        let client = self.client(client)?.clone();
        self.identity(&client, None).await?.party().introspect(token, hint).await.map_err(refused)
    }

    /// Revokes a token at the authorization server of a client (RFC 7009).
    ///
    /// # Errors
    /// If there is no such client, or the server has no such endpoint or refuses.
    pub async fn revoke(&self, client: &str, token: &Secret, hint: TokenHint) -> Result<Revocation, Error> {
        self.demand_trust()?;
        let client = self.client(client)?.clone();
        self.identity(&client, None).await?.party().revoke(token, hint).await.map_err(refused)
    }
}

fn usage(error: &net::NetError) -> Error {
    Error::new(ErrorKind::Usage, error.to_string())
}
