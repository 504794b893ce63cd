//! Selects stored tokens by what they can do.

use std::cmp::Reverse;

use jiff::Timestamp;

use super::plan::Planner;
use crate::app::tokens::{TokenStore, is_of, is_refreshable};
use crate::app::{Context, EndpointId, Error};
use crate::manifest::{Client, Endpoint};
use crate::scope::{Risk, ScopeSet, compare};
use crate::vault::{Life, Record, WebOrigin};

/// A stored token that covers a request.
#[derive(Clone, Debug)]
pub struct TokenMatch {
    /// Record in the vault.
    pub record: Record,
    /// Source of the token.
    pub source: TokenSource,
    /// Scopes beyond the request, if it could not be narrowed.
    pub beyond: ScopeSet,
    /// Reason why it was not narrowed.
    pub reason: &'static str,
}

/// Where an acquired token comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// Vault, unchanged.
    Stored,
    /// Vault, refreshed by this or another process.
    Refreshed,
    /// Narrowed from a broader stored token.
    Narrowed,
    /// Newly obtained.
    Obtained,
}

/// Selects stored tokens for endpoints.
#[derive(Debug)]
pub struct TokenMatcher<'a> {
    context: &'a Context,
}

impl<'a> TokenMatcher<'a> {
    /// Creates a matcher.
    #[must_use]
    pub fn new(context: &'a Context) -> Self {
        Self { context }
    }

    /// Returns the stored token that a search would begin with. Nothing is sent.
    ///
    /// # Errors
    /// If the vault can't be used.
    pub async fn first(&self, endpoints: &[EndpointId]) -> Result<Option<Record>, Error> {
        if self.context.vault().is_none() || endpoints.is_empty() {
            return Ok(None);
        }
        let now = Timestamp::now();
        let usable = |record: &Record| record.life(now) == Life::Live || is_refreshable(record);
        let fitting = self.fitting(endpoints, &Planner::new(self.context).clients(endpoints)?, now).await?;
        Ok(fitting.into_iter().map(|(record, _)| record).find(usable))
    }

    /// Returns the stored tokens of these clients that may call all of these endpoints, the narrowest first.
    pub(super) async fn fitting<'c>(
        &self,
        endpoints: &[EndpointId],
        clients: &[&'c Client],
        now: Timestamp,
    ) -> Result<Vec<(Record, &'c Client)>, Error> {
        let mut fitting: Vec<(Record, &Client)> = Vec::new();
        for record in TokenStore::new(self.context).list().await? {
            let owner = clients.iter().find(|client| is_of(&record, client));
            let is_usable = || !record.has_approval_ended(now) && self.may_call(&record, endpoints);
            if let Some(owner) = owner.filter(|_| is_usable()) {
                fitting.push((record, owner));
            }
        }
        fitting.sort_by_key(|(record, _)| {
            let ended = record.life(now) != Life::Live;
            (self.breadth(&record.granted, endpoints), ended, Reverse(record.expires.unwrap_or(Timestamp::MAX)))
        });
        Ok(fitting)
    }

    /// Returns whether a stored token is for these endpoints and was granted what each of them requires.
    pub(in crate::app) fn may_call(&self, record: &Record, endpoints: &[EndpointId]) -> bool {
        endpoints.iter().all(|id| {
            self.context.endpoint(*id).is_some_and(|(api, endpoint)| {
                WebOrigin::of(&api.base_url).is_some_and(|origin| record.origins.contains(&origin))
                    && api.audience.as_ref().is_none_or(|audience| record.audiences.contains(audience))
                    && compare(&record.granted, &endpoint.requirement, &api.hierarchy).is_allowed()
            })
        })
    }

    /// Returns how much scopes can do at the APIs of these endpoints: the number of scopes, including implied ones, of each
    /// risk from critical to low; the number of endpoints that they grant access to; the number of scopes.
    pub(in crate::app) fn breadth(&self, granted: &ScopeSet, endpoints: &[EndpointId]) -> ([usize; 4], usize, usize) {
        let mut apis: Vec<usize> = endpoints.iter().map(|id| id.api).collect();
        apis.sort_unstable();
        apis.dedup();
        let apis = apis.into_iter().filter_map(|index| self.context.manifest()?.apis.get(index));
        let (mut risks, mut opened) = ([0; 4], 0);
        for api in apis {
            let held = api.hierarchy.scopes().filter(|scope| api.hierarchy.satisfies(granted, scope.as_str()));
            let held: Vec<Risk> = held.map(|scope| api.hierarchy.risk(scope.as_str())).collect();
            for (count, risk) in risks.iter_mut().zip(Risk::DESCENDING) {
                *count += held.iter().filter(|held| **held == risk).count();
            }
            let opens = |endpoint: &&Endpoint| compare(granted, &endpoint.requirement, &api.hierarchy).is_allowed();
            opened += api.endpoints.iter().filter(opens).count();
        }
        (risks, opened, granted.len())
    }

    /// Records when a token was last used.
    pub(super) async fn touch(&self, mut record: Record) -> Result<Record, Error> {
        let now = Timestamp::now();
        let id = record.id.clone();
        record.last_used = Some(now);
        self.context
            .in_vault(move |vault| {
                vault.update(|records| {
                    if let Some(known) = records.iter_mut().find(|known| known.id == id) {
                        known.last_used = Some(now);
                    }
                })
            })
            .await?;
        Ok(record)
    }
}
