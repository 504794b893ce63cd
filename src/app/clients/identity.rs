//! Authenticates a client of the manifest at its authorization server.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::entries::token_entry;
use super::secret::ClientSecrets;
use crate::app::{Context, Error, ErrorKind};
use crate::audit::Entry;
use crate::manifest::{Client, ClientAuthentication};
use crate::net;
use crate::oauth::{self, ClientIdentity, DpopKey, Introspection, Metadata, OAuthError, Party, SigningKey, TokenHint};
use crate::scope::ScopeSet;
use crate::secret::Secret;
use crate::usage::Event;

/// A client with its secrets, its server's metadata and an HTTP client.
#[derive(Debug)]
pub(in crate::app) struct Identity {
    http: net::Client,
    metadata: Metadata,
    client: ClientIdentity,
}

/// A client whose secrets have been read, before anything is sent.
#[derive(Debug)]
pub(in crate::app) struct Credentials<'c> {
    http: net::Client,
    client: &'c Client,
    identity: ClientIdentity,
}

impl<'c> Credentials<'c> {
    /// Reads the secrets of a client. `dpop`: the key of an earlier token.
    ///
    /// # Errors
    /// If a secret can't be read.
    pub(in crate::app) fn read(
        context: &Context,
        client: &'c Client,
        dpop: Option<Arc<DpopKey>>,
    ) -> Result<Self, Error> {
        let secrets = ClientSecrets::new(context);
        let secret = secrets.secret(client)?;
        let pem = client.key.as_ref().map(|reference| secrets.referenced(client, "key", reference)).transpose()?;
        let tls = client.authentication.is_some_and(ClientAuthentication::is_tls);
        // the issuer is trusted; its metadata may not lead to a nearer network than its own
        let mut http = context.http()?.following(client.issuer.url(), net::Follow::NotNearer).within(oauth::USE_CASE);
        let mut key = None;
        if let Some(pem) = pem {
            if tls {
                let certificate = secrets.certificate(client)?;
                let both = Zeroizing::new(format!("{certificate}\n{}", pem.expose()));
                http = http.with_identity(Secret::new(both.as_str())).map_err(|error| usage(&error))?;
            } else {
                key = Some(Arc::new(SigningKey::from_pem(&pem, client.key_id.clone())?));
            }
        }
        let dpop = match dpop {
            None if client.dpop => Some(Arc::new(DpopKey::generate()?)),
            known => known,
        };
        let identity = ClientIdentity {
            client_id: client.client_id.clone(),
            secret,
            key,
            authentication: client.authentication,
            dpop,
            dialect: Arc::clone(&client.dialect),
        };
        Ok(Self { http, client, identity })
    }

    /// Fetches the metadata of the client's server, unless the manifest has all of it.
    ///
    /// # Errors
    /// If it can't be fetched or is not usable.
    pub(in crate::app) async fn discover(self) -> Result<Identity, OAuthError> {
        let metadata = match self.client.dialect.discovery {
            true => oauth::discover(&self.http, &self.client.issuer, &self.client.metadata).await?.metadata,
            false => Metadata::configured(&self.client.issuer, &self.client.metadata)?,
        };
        let tls = self.client.authentication.is_some_and(ClientAuthentication::is_tls);
        let metadata = if tls { metadata.for_mutual_tls() } else { metadata };
        Ok(Identity { http: self.http, metadata, client: self.identity })
    }
}

impl Identity {
    /// Prepares a client: reads its secrets and fetches its server's metadata. `dpop`: the key of an earlier token.
    ///
    /// # Errors
    /// If a secret can't be read, or the server's metadata can't be fetched.
    pub(in crate::app) async fn of(
        context: &Context,
        client: &Client,
        dpop: Option<Arc<DpopKey>>,
    ) -> Result<Self, Error> {
        Ok(Credentials::read(context, client, dpop)?.discover().await?)
    }

    /// Returns the client as a party of the protocol.
    pub(in crate::app) fn party(&self) -> Party<'_> {
        Party { http: &self.http, metadata: &self.metadata, identity: &self.client }
    }

    /// Returns the key that its tokens are bound to (RFC 9449).
    pub(in crate::app) fn dpop_key(&self) -> Option<Arc<DpopKey>> {
        self.client.dpop.clone()
    }

    /// Returns the scopes of a token by introspection (RFC 7662), if the client is confidential.
    pub(in crate::app) async fn introspected(&self, token: &Secret) -> Option<ScopeSet> {
        if self.client.secret.is_none() && self.client.key.is_none() {
            return None;
        }
        self.party().introspect(token, TokenHint::AccessToken).await.ok()?.scope
    }
}

/// Converts an error of a request of a client. What is known about its authorization server replaces the general hint.
pub(in crate::app) fn explained(error: OAuthError, client: &Client) -> Error {
    let known = match &error {
        OAuthError::Refused { error, description } => client.dialect.explain(error, description.as_deref()),
        _ => None,
    };
    let failure = Error::from(error.clone());
    match known {
        Some(known) => Error { hints: Vec::new(), ..failure }.hint(known.cause.clone()).hint(known.fix.clone()),
        None => failure,
    }
}

/// Introspects a token of a client (RFC 7662).
///
/// # Errors
/// If there is no such client, or the server has no introspection endpoint or refuses.
pub async fn introspect(
    context: &Context,
    client: &str,
    token: &Secret,
    hint: TokenHint,
) -> Result<Introspection, Error> {
    let client = context.client(client)?;
    let is_refresh = hint == TokenHint::RefreshToken;
    let act = context.begin(|| token_entry(context, Event::Introspect, client, token, is_refresh)).await?;
    let introspected = async {
        context.demand_trust()?;
        Ok(Identity::of(context, client, None).await?.party().introspect(token, hint).await?)
    };
    act.conclude(Box::pin(introspected).await, |_| Entry::default()).await
}

fn usage(error: &net::NetError) -> Error {
    Error::new(ErrorKind::Usage, error.to_string())
}
