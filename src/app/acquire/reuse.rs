//! Finds a stored token that covers the endpoints, and makes it usable.

use jiff::Timestamp;

use super::matching::{TokenMatch, TokenMatcher, TokenSource};
use super::narrow::Narrower;
use super::plan::Planner;
use super::{Acquisition, Interaction, Notice};
use crate::app::tokens::{Refresher, TokenStore, is_refreshable};
use crate::app::{EndpointId, Error, ErrorKind, ExcessQuestion};
use crate::manifest::Client;
use crate::vault::{Life, NarrowingEffect, Record};

/// Result of a search in the vault.
#[derive(Clone, Debug, Default)]
pub struct TokenSearch {
    /// Narrowest token that covers the request.
    pub found: Option<TokenMatch>,
    /// Failures with other candidates.
    pub notes: Vec<String>,
    /// Outage of an authorization server, which is not a reason to ask the user to sign in.
    pub outage: Option<Error>,
    /// Why a candidate could not be refreshed: a refusal, or an unusable response of the authorization server.
    pub obstacle: Option<Error>,
}

impl<I: Interaction> Acquisition<'_, I> {
    /// Searches the vault for the narrowest token that covers all endpoints. An expired one is refreshed;
    /// one that is broader than needed is narrowed if that does not cost the grant. The user is not asked to sign in.
    ///
    /// # Errors
    /// If the vault is not usable.
    pub async fn search(&mut self, endpoints: &[EndpointId]) -> Result<TokenSearch, Error> {
        let (mut search, began) = (TokenSearch::default(), Timestamp::now());
        let context = self.context;
        let matcher = TokenMatcher::new(context);
        if context.vault().is_none() || endpoints.is_empty() {
            return Ok(search);
        }
        let named = self.terms.client.clone();
        let fits = |client: &&Client| named.as_ref().is_none_or(|name| client.name == *name);
        let clients: Vec<&Client> = Planner::new(context).clients(endpoints)?.into_iter().filter(fits).collect();
        for (record, client) in matcher.fitting(endpoints, &clients, Timestamp::now()).await? {
            let id = record.id.clone();
            let narrower = Narrower { context, client, endpoints };
            let usable = Box::pin(self.usable((record, began), &narrower, &mut search.notes)).await;
            let found = match usable {
                Ok(Some((record, source))) if matcher.may_call(&record, endpoints) => {
                    Box::pin(narrower.narrowest(record, source, &mut search.notes)).await?
                }
                // some servers narrow permanently, so a refresh may return fewer scopes
                Ok(Some(_)) => {
                    search.notes.push(format!("token `{id}` was refreshed, but has fewer scopes now"));
                    continue;
                }
                Ok(None) => continue,
                Err(error) => {
                    let message = format!("token `{id}` could not be refreshed: {error}");
                    search.notes.push(message.clone());
                    if error.kind == ErrorKind::Failed {
                        search.outage.get_or_insert(error);
                    } else {
                        let login = error.is_remedied_by_login();
                        let error = Error { message, ..error };
                        let hint = "`tokscope login` obtains a new grant";
                        search.obstacle.get_or_insert(if login { error.hint(hint) } else { error });
                    }
                    continue;
                }
            };
            // observations about the grant take precedence over the token
            if matcher.may_call(&found.record, endpoints) {
                // the token is usable even if the vault can't be written, as on a full disk
                let record = match matcher.touch(found.record.clone()).await {
                    Ok(record) => record,
                    Err(error) => {
                        search.notes.push(format!("the last use of token `{id}` could not be stored: {error}"));
                        found.record
                    }
                };
                search.found = Some(TokenMatch { record, ..found });
                return Ok(search);
            }
        }
        Ok(search)
    }

    /// Makes a token usable, by a refresh if needed. `None` if it expired and can't be refreshed. `began`: start of the
    /// search, see [`Refresher::since`].
    async fn usable(
        &mut self,
        (seen, began): (Record, Timestamp),
        narrower: &Narrower<'_>,
        notes: &mut Vec<String>,
    ) -> Result<Option<(Record, TokenSource)>, Error> {
        Refresher::since(self.context, began).finish_earlier(&seen, narrower.client).await?;
        let known = TokenStore::new(self.context).list().await?;
        let Some(record) = known.iter().find(|known| known.id == seen.id).cloned() else { return Ok(None) };
        if record.life(Timestamp::now()) == Life::Live {
            let source = if record.created == seen.created { TokenSource::Stored } else { TokenSource::Refreshed };
            return Ok(Some((record, source)));
        }
        let may_refresh = record.narrowed_from.is_none() || narrower.refreshes_narrowed().await?;
        if !is_refreshable(&record) || !may_refresh {
            return Ok(None);
        }
        let refreshed = self.refreshed((&record, began), narrower, notes).await?;
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
        (record, began): (&Record, Timestamp),
        narrower: &Narrower<'_>,
        notes: &mut Vec<String>,
    ) -> Result<Record, Error> {
        let client = narrower.client;
        let refresher = Refresher::since(self.context, began).for_endpoints(narrower.endpoints);
        let outcome = refresher.refresh_record(record, client, None).await?;
        notes.extend(outcome.notes);
        let Some(obtained) = outcome.obtained.filter(|_| !outcome.excess.unexpected.is_empty()) else {
            if !outcome.excess.additions.is_empty() {
                self.interaction.notice(&Notice::Added(&outcome.excess.additions));
            }
            return Ok(outcome.record);
        };
        let question = ExcessQuestion {
            client: client.name.clone(),
            requested: record.granted.clone(),
            granted: obtained.granted.clone(),
            unexpected: outcome.excess.unexpected.clone(),
            refresh: true,
        };
        if !self.accepts(&question).await? {
            return Err(question.refusal().hint("the new access token was discarded; the grant itself is kept"));
        }
        let record = Refresher::new(self.context).accept(&outcome.record, &obtained, outcome.excess).await?;
        self.interaction.notice(&Notice::Added(&record.added));
        Ok(record)
    }
}
