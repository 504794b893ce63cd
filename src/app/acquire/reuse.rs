//! Finds a stored token that covers the endpoints, and makes it usable.

use std::cmp::Reverse;

use jiff::Timestamp;

use super::super::reuse::{is_of, is_refreshable};
use super::super::{Context, EndpointId, Error, ErrorKind};
use super::narrow::Narrower;
use super::{Acquisition, Interaction, Notice};
use crate::manifest::{Client, Endpoint};
use crate::scope::{Risk, ScopeSet, compare};
use crate::vault::{Life, NarrowingEffect, Record, WebOrigin};

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

/// Source of a token.
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

/// Result of a search in the vault.
#[derive(Clone, Debug, Default)]
pub struct TokenSearch {
    /// Narrowest token that covers the request.
    pub found: Option<TokenMatch>,
    /// Failures with other candidates.
    pub notes: Vec<String>,
    /// Outage of an authorization server, which is not a reason to ask the user to sign in.
    pub outage: Option<Error>,
}

impl<I: Interaction> Acquisition<'_, I> {
    /// Searches the vault for the narrowest token that covers all endpoints. An expired one is refreshed;
    /// one that is broader than needed is narrowed if that does not cost the grant. The user is not asked to sign in.
    ///
    /// # Errors
    /// If the vault is not usable.
    pub async fn search(&mut self, endpoints: &[EndpointId]) -> Result<TokenSearch, Error> {
        let mut search = TokenSearch::default();
        let context = self.context;
        if context.vault().is_none() || endpoints.is_empty() {
            return Ok(search);
        }
        let named = self.terms.client.clone();
        let fits = |client: &&Client| named.as_ref().is_none_or(|name| client.name == *name);
        let clients: Vec<&Client> = context.clients(endpoints)?.into_iter().filter(fits).collect();
        for (record, client) in context.fitting(endpoints, &clients, Timestamp::now()).await? {
            let id = record.id.clone();
            let narrower = Narrower { context, client, endpoints };
            let found = match self.usable(record, &narrower, &mut search.notes).await {
                Ok(Some((record, source))) if context.may_call(&record, endpoints) => {
                    narrower.narrowest(record, source, &mut search.notes).await?
                }
                // some servers narrow permanently, so a refresh may return fewer scopes
                Ok(Some(_)) => {
                    search.notes.push(format!("token `{id}` was refreshed, but has fewer scopes now"));
                    continue;
                }
                Ok(None) => continue,
                Err(error) => {
                    search.notes.push(format!("token `{id}` could not be refreshed: {error}"));
                    search.outage = search.outage.or_else(|| (error.kind == ErrorKind::Failed).then_some(error));
                    continue;
                }
            };
            // observations about the grant take precedence over the token
            if context.may_call(&found.record, endpoints) {
                let record = context.touch(found.record).await?;
                search.found = Some(TokenMatch { record, ..found });
                return Ok(search);
            }
        }
        Ok(search)
    }

    /// Makes a token usable, by a refresh if needed. `None` if it expired and can't be refreshed.
    async fn usable(
        &mut self,
        seen: Record,
        narrower: &Narrower<'_>,
        notes: &mut Vec<String>,
    ) -> Result<Option<(Record, TokenSource)>, Error> {
        let context = self.context;
        context.finish_earlier(&seen, narrower.client).await?;
        let known = context.tokens().await?;
        let Some(record) = known.iter().find(|known| known.id == seen.id).cloned() else { return Ok(None) };
        if record.life(Timestamp::now()) == Life::Live {
            let source = if record.created == seen.created { TokenSource::Stored } else { TokenSource::Refreshed };
            return Ok(Some((record, source)));
        }
        let may_refresh = record.narrowed_from.is_none() || narrower.refreshes_narrowed().await?;
        if !is_refreshable(&record) || !may_refresh {
            return Ok(None);
        }
        let refreshed = self.refreshed(&record, narrower.client, notes).await?;
        // fewer scopes after a narrowing refresh: narrowing costs the grant at this server
        let lost = !record.granted.is_subset(&refreshed.granted);
        let narrowed = known.iter().any(|known| known.narrowed_from.as_ref() == Some(&record.id));
        if lost && narrowed && narrower.refreshes_narrowed().await? {
            narrower.observe(NarrowingEffect::CostsGrant).await?;
        }
        Ok(Some((refreshed, TokenSource::Refreshed)))
    }

    /// Refreshes a stored token. Scopes beyond the record are kept only if the user accepts them.
    pub(super) async fn refreshed(
        &mut self,
        record: &Record,
        client: &Client,
        notes: &mut Vec<String>,
    ) -> Result<Record, Error> {
        let outcome = self.context.refresh_record(record, client, None).await?;
        notes.extend(outcome.notes);
        let Some(obtained) = outcome.obtained.filter(|_| !outcome.excess.unexpected.is_empty()) else {
            if !outcome.excess.additions.is_empty() {
                self.interaction.notice(&Notice::Added(&outcome.excess.additions));
            }
            return Ok(outcome.record);
        };
        let question = super::ExcessQuestion {
            client: client.name.clone(),
            requested: record.granted.clone(),
            granted: obtained.granted.clone(),
            unexpected: outcome.excess.unexpected.clone(),
            refresh: true,
        };
        if !self.accepts(&question).await? {
            return Err(question.refusal().hint("the new access token was discarded; the grant itself is kept"));
        }
        let record = self.context.accept_refreshed(&outcome.record, &obtained, outcome.excess).await?;
        self.interaction.notice(&Notice::Added(&record.added));
        Ok(record)
    }
}

impl Context {
    /// Returns the stored token that a search would try first, without sending a request.
    ///
    /// # Errors
    /// If the vault is not usable.
    pub async fn covering(&self, endpoints: &[EndpointId]) -> Result<Option<Record>, Error> {
        if self.vault().is_none() || endpoints.is_empty() {
            return Ok(None);
        }
        let now = Timestamp::now();
        let usable = |record: &Record| record.life(now) == Life::Live || is_refreshable(record);
        let fitting = self.fitting(endpoints, &self.clients(endpoints)?, now).await?;
        Ok(fitting.into_iter().map(|(record, _)| record).find(usable))
    }

    /// Returns the stored tokens of these clients that cover the endpoints, the narrowest first.
    async fn fitting<'c>(
        &self,
        endpoints: &[EndpointId],
        clients: &[&'c Client],
        now: Timestamp,
    ) -> Result<Vec<(Record, &'c Client)>, Error> {
        let mut fitting: Vec<(Record, &Client)> = Vec::new();
        for record in self.tokens().await? {
            let owner = clients.iter().find(|client| is_of(&record, client));
            if let Some(owner) = owner.filter(|_| self.may_call(&record, endpoints)) {
                fitting.push((record, owner));
            }
        }
        fitting.sort_by_key(|(record, _)| {
            let ended = record.life(now) != Life::Live;
            (self.breadth(&record.granted, endpoints), ended, Reverse(record.expires.unwrap_or(Timestamp::MAX)))
        });
        Ok(fitting)
    }

    /// Whether a stored token is for these endpoints, with the scopes that each requires.
    fn may_call(&self, record: &Record, endpoints: &[EndpointId]) -> bool {
        endpoints.iter().all(|id| {
            self.endpoint(*id).is_some_and(|(api, endpoint)| {
                WebOrigin::of(&api.base_url).is_some_and(|origin| record.origins.contains(&origin))
                    && api.audience.as_ref().is_none_or(|audience| record.audiences.contains(audience))
                    && compare(&record.granted, &endpoint.requirement, &api.hierarchy).is_allowed()
            })
        })
    }

    /// Returns the privilege of scopes at the APIs of these endpoints, for comparison: for each risk, from the most
    /// critical down, the scopes that they include; the endpoints that they grant access to; their number.
    pub(super) fn breadth(&self, granted: &ScopeSet, endpoints: &[EndpointId]) -> ([usize; 4], usize, usize) {
        let mut apis: Vec<usize> = endpoints.iter().map(|id| id.api).collect();
        apis.sort_unstable();
        apis.dedup();
        let apis = apis.into_iter().filter_map(|index| self.manifest()?.apis.get(index));
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

    /// Records the last use of a token.
    async fn touch(&self, mut record: Record) -> Result<Record, Error> {
        let now = Timestamp::now();
        let id = record.id.clone();
        record.last_used = Some(now);
        self.in_vault(move |vault| {
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
