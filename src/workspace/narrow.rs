//! Makes a narrower token of a stored one that is broader than needed: by a refresh (RFC 6749 §6), or else by an exchange
//! (RFC 8693).

use jiff::Timestamp;

use super::acquire::{keep_beside, narrow};
use super::obtain::{audience_parameters, obtained, refused};
use super::reuse::held;
use super::{EndpointId, Error, HeldToken, Kind, Obtained, Reuse, Reused, Workspace};
use crate::manifest::{Client, GrantType};
use crate::scope::{Scope, ScopeSet};
use crate::vault::{Life, Record, RecordId};

impl Workspace {
    /// A token narrowed from a broader one; `None` when it is no broader than needed, or can't be narrowed.
    pub(super) async fn narrowed(
        &self,
        record: &Record,
        client: &Client,
        endpoints: &[EndpointId],
        now: Timestamp,
    ) -> Result<Option<Reused>, Error> {
        // a ceiling that changed since is no reason not to use what there is
        let Ok(plan) = self.plan(endpoints, Some(&client.name), None) else { return Ok(None) };
        // what is always requested is for the server itself, which rarely says that it was granted
        let needed =
            |scope: &&Scope| plan.cover.scopes.contains(scope.as_str()) || record.granted.contains(scope.as_str());
        let scopes: ScopeSet = plan.scopes.iter().filter(needed).cloned().collect();
        let is_broader = |granted: &ScopeSet| self.breadth(granted, endpoints) > self.breadth(&scopes, endpoints);
        let is_less = |granted: &ScopeSet| self.breadth(granted, endpoints) < self.breadth(&record.granted, endpoints);
        // a refresh may name only scopes that were granted as such (RFC 6749 §6)
        let can_be_named = !scopes.is_empty() && scopes.is_subset(&record.granted);
        if record.keeps_breadth || !can_be_named || !is_broader(&record.granted) {
            return Ok(None);
        }
        let mut refusal = None;
        if record.refresh_token.is_some() {
            match self.refresh_record(record, client, Some(&scopes)).await {
                Ok(less) if is_less(&less.record.granted) => {
                    return Ok(Some(Reused { record: less.record, how: Reuse::Narrowed }));
                }
                Ok(_) => {}
                Err(error) if error.kind == Kind::Refused => refusal = Some(error),
                Err(error) => return Err(error),
            }
        }
        let _lock = self.lock_record(&record.id).await?;
        let known = self.tokens().await?;
        // another process may have narrowed it while this one waited
        let twin = |known: &&Record| {
            known.narrowed_from.as_ref() == Some(&record.id) && known.granted == scopes && known.life(now) == Life::Live
        };
        if let Some(twin) = known.iter().find(twin) {
            return Ok(Some(Reused { record: twin.clone(), how: Reuse::Narrowed }));
        }
        let Some(found) = known.into_iter().find(|known| known.id == record.id) else { return Ok(None) };
        if found.life(Timestamp::now()) == Life::Live {
            match self.exchanged(&held(&found, client, now), client, &scopes).await {
                Ok(Some(less)) if is_less(&less.granted) => return self.keep_narrow(&found, &less).await.map(Some),
                Ok(_) => {}
                Err(error) if error.kind == Kind::Refused => refusal = Some(error),
                Err(error) => return Err(error),
            }
        }
        // asked once, a server is not asked again
        self.mark_breadth(found.id).await?;
        refusal.map_or(Ok(None), Err)
    }

    /// Trades a token for one with these scopes; `None` where neither client nor server says that this can be done.
    async fn exchanged(
        &self,
        token: &HeldToken,
        client: &Client,
        scopes: &ScopeSet,
    ) -> Result<Option<Obtained>, Error> {
        let identity = self.identity(client, token.dpop.clone()).await?;
        let offered = identity.party().metadata.grant_types_supported.as_ref();
        let offers = offered
            .is_some_and(|grants| grants.iter().any(|grant| grant == GrantType::TokenExchange.registered_name()));
        if !offers && !client.grants.contains(&GrantType::TokenExchange) {
            return Ok(None);
        }
        let extra = audience_parameters(client, &token.audiences);
        let set = identity.party().exchange_token(&token.secret, scopes, &extra).await.map_err(refused)?;
        let mut less = obtained(set, client, scopes.clone(), &identity, token.audiences.clone()).await;
        // it would take the place of the broad one's
        less.token.refresh_token = None;
        Ok(Some(less))
    }

    /// Keeps a token beside the one that it was exchanged for, which keeps the refresh token.
    async fn keep_narrow(&self, found: &Record, obtained: &Obtained) -> Result<Reused, Error> {
        let now = Timestamp::now();
        let narrow = narrow(found, obtained, now)?;
        let kept = narrow.clone();
        self.in_vault(move |vault| vault.update(|records| keep_beside(records, narrow, now))).await?;
        Ok(Reused { record: kept, how: Reuse::Narrowed })
    }

    async fn mark_breadth(&self, id: RecordId) -> Result<(), Error> {
        let mark = move |records: &mut Vec<Record>| {
            records.iter_mut().filter(|known| known.id == id).for_each(|known| known.keeps_breadth = true);
        };
        self.in_vault(move |vault| vault.update(mark)).await
    }
}
