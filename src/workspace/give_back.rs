//! Gives stored tokens back to their authorization server, then forgets them.

use jiff::Timestamp;

use super::reuse::root;
use super::{Error, HeldToken, Workspace};
use crate::oauth::{Revocation, TokenHint};
use crate::vault::{Record, RecordId};

/// What came of giving a stored token back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenBack {
    /// Its identifier.
    pub id: RecordId,
    /// What the server said, of the least sure of its parts.
    pub revocation: Revocation,
    /// An API that verifies the token by itself takes it until then, whatever the server says; `None` when it is opaque
    /// or says no end.
    pub works_until: Option<Timestamp>,
    /// Whether it was forgotten here. One that the server goes on honouring is kept, so that it can be tried again.
    pub forgotten: bool,
}

impl Workspace {
    /// Revokes a stored token and what was narrowed from it (RFC 7009): the refresh token first, since that ends the
    /// whole grant at most servers, then the access tokens. What the server accepted is forgotten.
    ///
    /// # Errors
    /// When the manifest has no client for it, the server has no such endpoint, or it refuses.
    pub async fn give_back(&self, record: &Record) -> Result<GivenBack, Error> {
        let owner = self.client_of(record)?;
        let client = owner.name.clone();
        self.demand_trust()?;
        // the newest refresh token is given back, not one that is spent
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
                // a server need not take access tokens back (RFC 7009 §2); with the grant gone they only run out
                Err(_) if !said.is_empty() => said.push(Revocation::Accepted),
                Err(error) => return Err(error),
            }
        }
        let revocation = [Revocation::StillActive, Revocation::Accepted]
            .into_iter()
            .find(|least| said.contains(least))
            .unwrap_or(Revocation::Confirmed);
        let now = Timestamp::now();
        let own = |record: &Record| HeldToken::stored(record, now).decoded.claims().and(record.expires);
        let works_until = family.iter().filter_map(own).filter(|end| *end > now).max();
        drop(lock);
        let forgotten = revocation != Revocation::StillActive;
        if forgotten {
            self.forget(std::slice::from_ref(&record.id)).await?;
        }
        Ok(GivenBack { id: record.id, revocation, works_until, forgotten })
    }

    /// Gives a token back that was obtained and is not taken. Whether the server accepted that.
    pub async fn decline(&self, client: &str, token: &HeldToken) -> bool {
        let (secret, hint) = match &token.refresh_token {
            Some(refresh_token) => (refresh_token, TokenHint::RefreshToken),
            None => (&token.secret, TokenHint::AccessToken),
        };
        self.revoke(client, secret, hint).await.is_ok_and(|said| said != Revocation::StillActive)
    }
}
