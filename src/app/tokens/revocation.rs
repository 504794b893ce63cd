//! Revokes tokens at their authorization server.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::entries::record_entry;
use super::family::root;
use super::loaded::LoadedToken;
use super::refresh::Refresher;
use super::store::TokenStore;
use crate::app::clients::{Identity, token_entry};
use crate::app::{Context, Error, ErrorKind};
use crate::audit::Entry;
use crate::manifest::RevocationReach;
use crate::oauth::{Revocation, TokenHint};
use crate::secret::Secret;
use crate::usage::Event;
use crate::vault::{Record, RecordId};

/// Outcome of revoking a stored token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationReport {
    /// The token's identifier.
    pub id: RecordId,
    /// The least certain outcome of the token and of those narrowed from it.
    pub revocation: Revocation,
    /// Until when an API that verifies JWTs itself still accepts the token; `None` for an opaque token or one without an
    /// expiry.
    pub works_until: Option<Timestamp>,
    /// Whether the server ended every token of the user for the client.
    pub ends_grant: bool,
    /// Whether the token was removed from the vault. One that is still active stays, so that it can be revoked again.
    pub forgotten: bool,
}

/// Revokes tokens.
#[derive(Debug)]
pub struct Revoker<'a> {
    context: &'a Context,
}

impl<'a> Revoker<'a> {
    /// Creates a revoker.
    #[must_use]
    pub fn new(context: &'a Context) -> Self {
        Self { context }
    }

    /// Revokes a token of a client (RFC 7009).
    ///
    /// # Errors
    /// If there is no such client, or the server has no revocation endpoint or refuses.
    pub async fn revoke(&self, client: &str, token: &Secret, hint: TokenHint) -> Result<Revocation, Error> {
        let client = self.context.client(client)?;
        let is_refresh = hint == TokenHint::RefreshToken;
        let entry = || token_entry(self.context, Event::Revoke, client, token, is_refresh);
        let act = self.context.begin(entry).await?;
        let revoked = async {
            self.context.demand_trust()?;
            Ok(Identity::of(self.context, client, None).await?.party().revoke(token, hint).await?)
        };
        act.conclude(Box::pin(revoked).await, |_| Entry::default()).await
    }

    /// Returns the tokens to revoke in place of `chosen`: one that was narrowed from another of them ends with it, and is
    /// not revoked again.
    #[must_use]
    pub fn roots(chosen: &[Record]) -> Vec<&Record> {
        let mut seen = BTreeSet::new();
        let is_chosen = |id: &RecordId| chosen.iter().any(|record| record.id == *id);
        let ends_with_another = |record: &Record| record.narrowed_from.as_ref().is_some_and(is_chosen);
        chosen.iter().filter(|record| !ends_with_another(record) && seen.insert(&record.id)).collect()
    }

    /// Revokes a stored token and those narrowed from it (RFC 7009): the refresh token first, since that ends the grant at
    /// most servers, then the access tokens. Tokens that were revoked are removed from the vault.
    ///
    /// # Errors
    /// If the manifest has no client for it, or the server has no revocation endpoint or refuses.
    pub async fn revoke_stored(&self, record: &Record) -> Result<RevocationReport, Error> {
        let revoked = Box::pin(self.revoke_family(record)).await;
        self.context.or_denied(revoked, || record_entry(self.context, Event::Revoke, record)).await
    }

    async fn revoke_family(&self, record: &Record) -> Result<RevocationReport, Error> {
        let store = TokenStore::new(self.context);
        let owner = store.client_of(record)?;
        let client = owner.name.clone();
        self.context.demand_trust()?;
        if owner.dialect.revocation == RevocationReach::None {
            let who = owner.dialect.title.as_deref().unwrap_or("the authorization server");
            return Err(Error::new(ErrorKind::Refused, format!("{who} has no revocation"))
                .hint("the token is valid until it expires; `tokscope tokens forget` deletes it here"));
        }
        // the newest refresh token is revoked, not one that was used
        Refresher::new(self.context).finish_earlier(record, owner).await?;
        let lock = store.lock(root(record)).await?;
        let record = store.get(record.id.as_str()).await?;
        let narrowed = store.list().await?.into_iter().filter(|known| known.narrowed_from.as_ref() == Some(&record.id));
        let family: Vec<Record> = std::iter::once(record.clone()).chain(narrowed).collect();
        let mut outcomes = Vec::new();
        if let Some(token) = &record.refresh_token {
            outcomes.push(self.revoke(&client, token, TokenHint::RefreshToken).await?);
        }
        for token in family.iter().map(|record| &record.access_token) {
            match self.revoke(&client, token, TokenHint::AccessToken).await {
                Ok(revocation) => outcomes.push(revocation),
                // support for access tokens is optional (RFC 7009 §2); without the grant they can only expire
                Err(error) if !outcomes.is_empty() && error.kind != ErrorKind::AuditLog => {
                    outcomes.push(Revocation::Accepted);
                }
                Err(error) => return Err(error),
            }
        }
        let revocation = [Revocation::StillActive, Revocation::Accepted]
            .into_iter()
            .find(|least| outcomes.contains(least))
            .unwrap_or(Revocation::Confirmed);
        let now = Timestamp::now();
        let own = |record: &Record| LoadedToken::stored(record, now).decoded.claims().and(record.expires);
        let works_until = family.iter().filter_map(own).filter(|end| *end > now).max();
        drop(lock);
        let forgotten = revocation != Revocation::StillActive;
        if forgotten {
            store.forget(std::slice::from_ref(&record.id)).await?;
        }
        let ends_grant = owner.dialect.revocation == RevocationReach::Grant;
        Ok(RevocationReport { id: record.id, revocation, works_until, ends_grant, forgotten })
    }

    /// Revokes a token that was granted and is not used, unless that would end other tokens too. Returns the outcome as
    /// a predicate.
    pub async fn reject(&self, client: &str, token: &LoadedToken) -> &'static str {
        let reach = self.context.client(client).map(|client| client.dialect.revocation);
        match reach {
            Ok(RevocationReach::Grant) => {
                return "was not revoked, because that would end the client's other tokens too";
            }
            Ok(RevocationReach::None) => return "could not be revoked, because the server has no revocation",
            Ok(RevocationReach::Token) | Err(_) => {}
        }
        match self.revoke_loaded(client, token).await {
            true => "was revoked",
            false => "could not be revoked",
        }
    }

    /// Revokes a token that is not in the vault. Returns whether the server accepted that.
    pub async fn revoke_loaded(&self, client: &str, token: &LoadedToken) -> bool {
        let (secret, hint) = match &token.refresh_token {
            Some(refresh_token) => (refresh_token, TokenHint::RefreshToken),
            None => (&token.secret, TokenHint::AccessToken),
        };
        self.revoke(client, secret, hint).await.is_ok_and(|outcome| outcome != Revocation::StillActive)
    }
}
