//! Revokes stored tokens at their authorization server, then deletes them.

use jiff::Timestamp;

use super::reuse::root;
use super::{Context, Error, LoadedToken};
use crate::oauth::{Revocation, TokenHint};
use crate::vault::{Record, RecordId};

/// Outcome of revoking a stored token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationReport {
    /// ID of the token.
    pub id: RecordId,
    /// Result from the server: the weakest of all parts of the token.
    pub revocation: Revocation,
    /// Time until which an API that verifies tokens locally accepts it; `None` if it is opaque
    /// or has no expiry.
    pub works_until: Option<Timestamp>,
    /// Whether it was deleted from the vault. A token that is still active is kept, so that the user can retry.
    pub forgotten: bool,
}

impl Context {
    /// Revokes a stored token and those narrowed from it (RFC 7009): the refresh token first, which ends the
    /// whole grant at most servers, then the access tokens. Deletes the tokens that the server accepted.
    ///
    /// # Errors
    /// If the manifest has no client for it, or the server has no revocation endpoint or refuses.
    pub async fn give_back(&self, record: &Record) -> Result<RevocationReport, Error> {
        let owner = self.client_of(record)?;
        let client = owner.name.clone();
        self.demand_trust()?;
        // revoke the newest refresh token, not a used one
        self.finish_earlier(record, owner).await?;
        let lock = self.lock_record(root(record)).await?;
        let record = self.token(record.id.as_str()).await?;
        let narrowed =
            self.tokens().await?.into_iter().filter(|known| known.narrowed_from.as_ref() == Some(&record.id));
        let family: Vec<Record> = std::iter::once(record.clone()).chain(narrowed).collect();
        let mut said = Vec::new();
        if let Some(token) = &record.refresh_token {
            said.push(self.revoke(&client, token, TokenHint::RefreshToken).await?);
        }
        for token in family.iter().map(|record| &record.access_token) {
            match self.revoke(&client, token, TokenHint::AccessToken).await {
                Ok(revocation) => said.push(revocation),
                // a server need not revoke access tokens (RFC 7009 §2); without the grant they just expire
                Err(_) if !said.is_empty() => said.push(Revocation::Accepted),
                Err(error) => return Err(error),
            }
        }
        let revocation = [Revocation::StillActive, Revocation::Accepted]
            .into_iter()
            .find(|least| said.contains(least))
            .unwrap_or(Revocation::Confirmed);
        let now = Timestamp::now();
        let own = |record: &Record| LoadedToken::stored(record, now).decoded.claims().and(record.expires);
        let works_until = family.iter().filter_map(own).filter(|end| *end > now).max();
        drop(lock);
        let forgotten = revocation != Revocation::StillActive;
        if forgotten {
            self.forget(std::slice::from_ref(&record.id)).await?;
        }
        Ok(RevocationReport { id: record.id, revocation, works_until, forgotten })
    }

    /// Revokes a token that was obtained but not accepted. Returns whether the server accepted the revocation.
    pub async fn decline(&self, client: &str, token: &LoadedToken) -> bool {
        let (secret, hint) = match &token.refresh_token {
            Some(refresh_token) => (refresh_token, TokenHint::RefreshToken),
            None => (&token.secret, TokenHint::AccessToken),
        };
        self.revoke(client, secret, hint).await.is_ok_and(|said| said != Revocation::StillActive)
    }
}
