//! Narrows a stored token that is broader than needed, if that does not cost the grant.
//!
//! At most authorization servers a refresh that requests fewer scopes permanently reduces the grant
//! (`docs/narrowing.md`). So a refresh is used only if that is known to be harmless; token exchange and client
//! credentials do not affect the grant. Otherwise the broad token is used, which is reported.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::entries::exchange_entry;
use super::grant::{GrantOptions, PendingGrant};
use super::matching::{TokenMatch, TokenMatcher, TokenSource};
use super::plan::{Plan, Planner};
use crate::app::clients::Identity;
use crate::app::tokens::{
    Refresher, Revoker, TokenStore, audience_parameters, excess, keep_beside, load, narrow, obtained, refreshed,
};
use crate::app::{Context, EndpointId, Error, ErrorKind, GrantedToken, LoadedToken};
use crate::manifest::{Client, GrantType, Narrowing};
use crate::scope::{Additions, Scope, ScopeSet};
use crate::vault::{ApprovalLink, Life, NarrowingEffect, NarrowingObservation, Record};

/// A method of narrowing that does not affect the grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    /// Client credentials: no grant can be lost.
    ClientCredentials,
    /// Token exchange (RFC 8693).
    Exchange,
    /// A refresh that requests fewer scopes (RFC 6749 §6), if harmless.
    Refresh,
}

/// Returns the methods to try, in order. `exchanges`: the server or the client supports token exchange. `refused`: the
/// server did not narrow the token with one of the first two.
fn methods(client: &Client, exchanges: bool, refused: bool, observed: Option<NarrowingEffect>) -> Vec<Method> {
    let own = client.grants.contains(&GrantType::ClientCredentials) && !client.grants.iter().any(|it| it.needs_user());
    let harmless = match client.narrow {
        Some(Narrowing::Refresh) => observed.is_none_or(|effect| effect == NarrowingEffect::Harmless),
        Some(Narrowing::Exchange | Narrowing::Never) => false,
        None => observed == Some(NarrowingEffect::Harmless),
    };
    let exchange = match client.narrow {
        Some(Narrowing::Exchange) => true,
        Some(Narrowing::Refresh | Narrowing::Never) => false,
        None => exchanges,
    };
    let own = own && client.narrow.is_none();
    let candidates = [
        (own && !refused, Method::ClientCredentials),
        (exchange && !refused, Method::Exchange),
        (harmless, Method::Refresh),
    ];
    candidates.into_iter().filter_map(|(may, method)| may.then_some(method)).collect()
}

/// Returns why a token was not narrowed.
fn reason(client: &Client, observed: Option<NarrowingEffect>) -> &'static str {
    match (client.narrow, observed) {
        (Some(Narrowing::Never), _) => "`narrow` is false",
        (_, Some(NarrowingEffect::CostsGrant)) => "a refresh for fewer scopes costs the grant at this server",
        (Some(_), _) | (_, Some(NarrowingEffect::Ignored | NarrowingEffect::Harmless)) => {
            "the server does not narrow it"
        }
        (None, None) => "narrowing it could cost the grant",
    }
}

/// Narrows the tokens of a client for a set of endpoints.
pub(super) struct Narrower<'w> {
    pub(super) context: &'w Context,
    pub(super) client: &'w Client,
    pub(super) endpoints: &'w [EndpointId],
}

/// Outcome of an attempt.
enum Attempt {
    Narrowed(Record),
    /// The server refuses, or does not narrow the token.
    Not,
    /// The server has reduced the grant.
    Shrunk,
}

impl Narrower<'_> {
    /// Returns a narrower token if the endpoints need less, otherwise the token. `notes`: notes for the user.
    pub(super) async fn narrowest(
        &self,
        record: Record,
        source: TokenSource,
        notes: &mut Vec<String>,
    ) -> Result<TokenMatch, Error> {
        let as_it_is = |record: Record| TokenMatch { record, source, beyond: ScopeSet::new(), reason: "" };
        // a ceiling that changed since does not invalidate a stored token
        let Ok(plan) = Planner::new(self.context).plan(self.endpoints, Some(&self.client.name), None) else {
            return Ok(as_it_is(record));
        };
        if !self.is_broader(&record.granted, &plan.scopes) {
            return Ok(as_it_is(record));
        }
        let observed = self.observed().await?;
        if self.client.narrow != Some(Narrowing::Never) {
            // `always_request` scopes are for the server itself, which rarely confirms them
            let needed = |scope: &&Scope| {
                plan.minimal_set.scopes.contains(scope.as_str()) || record.granted.contains(scope.as_str())
            };
            let scopes: ScopeSet = plan.scopes.iter().filter(needed).cloned().collect();
            let exchanges = match record.keeps_breadth || self.client.narrow.is_some() {
                true => Ok(false),
                false => self.exchanges().await,
            };
            let mut unknown = exchanges.is_err();
            let refused = record.keeps_breadth;
            for method in methods(self.client, exchanges.unwrap_or_default(), refused, observed) {
                match self.attempt(method, &record, &plan, &scopes).await {
                    Ok(Some(Attempt::Narrowed(narrow))) => {
                        return Ok(TokenMatch { source: TokenSource::Narrowed, ..as_it_is(narrow) });
                    }
                    Ok(Some(Attempt::Shrunk)) => {
                        notes.push(format!("the grant of token `{}` has been reduced at the server", record.id));
                        let now = TokenStore::new(self.context).get(record.id.as_str()).await?;
                        return Ok(TokenMatch { source: TokenSource::Refreshed, ..as_it_is(now) });
                    }
                    Ok(Some(Attempt::Not) | None) => {}
                    Err(error) => {
                        unknown |= error.kind != ErrorKind::Refused;
                        notes.push(format!("token `{}` could not be narrowed: {error}", record.id));
                    }
                }
            }
            // after one attempt, do not try again
            if !refused
                && !unknown
                && let Err(error) = self.mark_breadth(&record).await
            {
                notes.push(format!("the vault can't store that token `{}` can't be narrowed: {error}", record.id));
            }
        }
        let beyond = self.beyond(&record.granted, &plan);
        let reason = reason(self.client, self.observed().await?);
        // the attempt may have refreshed it
        let record = TokenStore::new(self.context).get(record.id.as_str()).await?;
        Ok(TokenMatch { beyond, reason, ..as_it_is(record) })
    }

    /// Whether a narrowed token may be refreshed, which narrows again.
    pub(super) async fn refreshes_narrowed(&self) -> Result<bool, Error> {
        Ok(methods(self.client, false, true, self.observed().await?).contains(&Method::Refresh))
    }

    /// Returns the observed effect of narrowing by refresh.
    async fn observed(&self) -> Result<Option<NarrowingEffect>, Error> {
        let (issuer, client_id) = (self.client.issuer.to_string(), self.client.client_id.clone());
        self.context.in_vault(move |vault| vault.narrowing(&issuer, &client_id)).await
    }

    /// Stores an observation.
    pub(super) async fn observe(&self, effect: NarrowingEffect) -> Result<(), Error> {
        let observation = NarrowingObservation {
            issuer: self.client.issuer.to_string(),
            client_id: self.client.client_id.clone(),
            effect,
            observed: Timestamp::now(),
        };
        self.context.in_vault(move |vault| vault.remember(observation)).await
    }

    fn store(&self) -> TokenStore<'_> {
        TokenStore::new(self.context)
    }

    fn is_broader(&self, granted: &ScopeSet, than: &ScopeSet) -> bool {
        let matcher = TokenMatcher::new(self.context);
        matcher.breadth(granted, self.endpoints) > matcher.breadth(than, self.endpoints)
    }

    /// Returns the scopes of a token that these endpoints do not need. OpenID Connect scopes and `always_request`
    /// are ignored.
    fn beyond(&self, granted: &ScopeSet, plan: &Plan) -> ScopeSet {
        let apis: BTreeSet<usize> = self.endpoints.iter().map(|id| id.api).collect();
        let apis: Vec<_> = apis.into_iter().filter_map(|index| self.context.manifest()?.apis.get(index)).collect();
        let needed = |scope: &Scope| {
            let name = scope.as_str();
            self.client.dialect.vocabulary.is_identity_scope(name)
                || plan.scopes.contains(name)
                || apis.iter().any(|api| api.hierarchy.satisfies(&plan.scopes, name))
        };
        granted.iter().filter(|scope| !needed(scope)).cloned().collect()
    }

    /// Whether token exchange is supported.
    async fn exchanges(&self) -> Result<bool, Error> {
        if self.client.grants.contains(&GrantType::TokenExchange) {
            return Ok(true);
        }
        let identity = Identity::of(self.context, self.client, None).await?;
        let offered = identity.party().metadata.grant_types_supported.as_ref();
        let exchange = GrantType::TokenExchange.registered_name();
        Ok(offered.is_some_and(|grants| grants.iter().any(|grant| grant == exchange)))
    }

    /// Tries a method; `None` if it does not apply to the token.
    async fn attempt(
        &self,
        method: Method,
        record: &Record,
        plan: &Plan,
        scopes: &ScopeSet,
    ) -> Result<Option<Attempt>, Error> {
        let can_be_named = !scopes.is_empty() && scopes.is_subset(&record.granted);
        match method {
            Method::ClientCredentials => self.by_client_credentials(record, plan).await.map(Some),
            Method::Exchange if can_be_named => self.by_exchange(record, scopes).await,
            // a refresh may only request granted scopes (RFC 6749 §6)
            Method::Refresh if can_be_named && record.refresh_token.is_some() => {
                self.by_refresh(record, scopes).await.map(Some)
            }
            Method::Exchange | Method::Refresh => Ok(None),
        }
    }

    /// Obtains a token with client credentials for exactly the needed scopes, and stores it.
    async fn by_client_credentials(&self, record: &Record, plan: &Plan) -> Result<Attempt, Error> {
        let obtained = PendingGrant::start(self.context, plan, GrantOptions::new(GrantType::ClientCredentials, false))
            .await?
            .finish()
            .await?;
        let found = excess(self.context, self.client, &obtained.asked, &obtained.granted);
        if !found.unexpected.is_empty() || !self.is_broader(&record.granted, &obtained.granted) {
            Revoker::new(self.context).reject(&self.client.name, &obtained.token).await;
            return Ok(Attempt::Not);
        }
        let kept =
            self.store().add(&obtained, self.client, &plan.endpoints, found.additions, record.approval.clone()).await?;
        Ok(kept.map_or(Attempt::Not, Attempt::Narrowed))
    }

    async fn by_exchange(&self, record: &Record, scopes: &ScopeSet) -> Result<Option<Attempt>, Error> {
        let _lock = self.store().lock(&record.id).await?;
        let now = Timestamp::now();
        let known = self.store().list().await?;
        // another process may have narrowed it while this one waited
        let twin = |known: &&Record| {
            known.narrowed_from.as_ref() == Some(&record.id)
                && known.granted == *scopes
                && known.life(now) == Life::Live
        };
        if let Some(twin) = known.iter().find(twin) {
            return Ok(Some(Attempt::Narrowed(twin.clone())));
        }
        let Some(found) = known.into_iter().find(|known| known.id == record.id) else { return Ok(None) };
        let less = self.exchanged(&load(&found, self.client, now), scopes, found.approval.as_ref()).await?;
        if !self.is_broader(&record.granted, &less.granted) {
            return Ok(Some(Attempt::Not));
        }
        let kept = Record { added: Additions::new(), ..narrow(&found, &less, Timestamp::now())? };
        let beside = kept.clone();
        self.context.in_vault(move |vault| vault.update(|records| keep_beside(records, beside, now))).await?;
        Ok(Some(Attempt::Narrowed(kept)))
    }

    /// Exchanges a token for one with these scopes. `approval`: under which the token was obtained.
    async fn exchanged(
        &self,
        token: &LoadedToken,
        scopes: &ScopeSet,
        approval: Option<&ApprovalLink>,
    ) -> Result<GrantedToken, Error> {
        let entry = || {
            let mut entry = exchange_entry(self.context, self.client, &token.secret, scopes);
            entry.record.approval = approval.map(|link| link.id.clone());
            entry
        };
        let act = self.context.begin(entry).await?;
        let less = Box::pin(self.exchanged_unrecorded(token, scopes)).await;
        act.conclude(less, |less| refreshed(less, &token.secret)).await
    }

    async fn exchanged_unrecorded(&self, token: &LoadedToken, scopes: &ScopeSet) -> Result<GrantedToken, Error> {
        let identity = Identity::of(self.context, self.client, token.dpop.clone()).await?;
        let extra = audience_parameters(self.client, &token.audiences);
        let set = identity.party().exchange_token(&token.secret, scopes, &extra).await?;
        let mut less = obtained(set, self.client, scopes.clone(), &identity, token.audiences.clone()).await;
        // it would replace the refresh token of the broad token
        less.token.refresh_token = None;
        Ok(less)
    }

    async fn by_refresh(&self, record: &Record, scopes: &ScopeSet) -> Result<Attempt, Error> {
        let refresher = Refresher::new(self.context).for_endpoints(self.endpoints);
        match refresher.refresh_record(record, self.client, Some(scopes)).await {
            Ok(outcome)
                if outcome.excess.unexpected.is_empty()
                    && self.is_broader(&record.granted, &outcome.record.granted) =>
            {
                Ok(Attempt::Narrowed(outcome.record))
            }
            Ok(_) => {
                self.observe(NarrowingEffect::Ignored).await?;
                Ok(Attempt::Not)
            }
            // granted scopes can be requested again (RFC 6749 §6), so the refused ones are no longer granted
            Err(error) if error.refusal.as_deref() == Some("invalid_scope") => {
                self.correct(record).await?;
                Ok(Attempt::Shrunk)
            }
            Err(error) => Err(error),
        }
    }

    /// Corrects the record of a grant that the server has reduced.
    async fn correct(&self, record: &Record) -> Result<(), Error> {
        self.observe(NarrowingEffect::CostsGrant).await?;
        // use the remaining scopes if the server states them
        let refresher = Refresher::new(self.context).for_endpoints(self.endpoints);
        if let Ok(outcome) = refresher.refresh_record(record, self.client, None).await
            && outcome.obtained.is_some_and(|obtained| obtained.stated)
        {
            return Ok(());
        }
        // otherwise only the result of the last narrowing is certain
        let id = record.id.clone();
        let change = move |records: &mut Vec<Record>| {
            let narrowed = records.iter().filter(|known| known.narrowed_from.as_ref() == Some(&id));
            let left =
                narrowed.max_by_key(|known| known.created).map(|known| known.granted.clone()).unwrap_or_default();
            records.iter_mut().filter(|known| known.id == id).for_each(|known| known.granted.clone_from(&left));
        };
        self.context.in_vault(move |vault| vault.update(change)).await
    }

    async fn mark_breadth(&self, record: &Record) -> Result<(), Error> {
        let id = record.id.clone();
        let mark = move |records: &mut Vec<Record>| {
            records.iter_mut().filter(|known| known.id == id).for_each(|known| known.keeps_breadth = true);
        };
        self.context.in_vault(move |vault| vault.update(mark)).await
    }
}

/// Tests the effect of a refresh with fewer scopes with a token whose grant may be lost, such as one that is
/// about to be revoked, and stores it for the issuer and the client. `None` if the token can't be used for that, since it
/// has no refresh token or fewer than two scopes.
///
/// # Errors
/// If the manifest has no client for it, or the server can't be reached. Nothing is stored then.
pub async fn learn_narrowing(context: &Context, record: &Record) -> Result<Option<NarrowingEffect>, Error> {
    let client = TokenStore::new(context).client_of(record)?;
    let vocabulary = &client.dialect.vocabulary;
    let scopes = record.granted.iter().filter(|scope| !vocabulary.is_identity_scope(scope.as_str()));
    let scopes: ScopeSet = scopes.cloned().collect();
    let Some(one) = scopes.iter().next().filter(|_| scopes.len() > 1 && record.refresh_token.is_some()) else {
        return Ok(None);
    };
    let effect = narrowing_effect(context, record, client, &ScopeSet::from_iter([one.clone()])).await?;
    Narrower { context, client, endpoints: &[] }.observe(effect).await?;
    Ok(Some(effect))
}

async fn narrowing_effect(
    context: &Context,
    record: &Record,
    client: &Client,
    less: &ScopeSet,
) -> Result<NarrowingEffect, Error> {
    // whatever the server refuses from here on, it granted before
    let costs = |error: Error| match error.kind {
        ErrorKind::Refused => Ok(NarrowingEffect::CostsGrant),
        _ => Err(error),
    };
    let (store, refresher) = (TokenStore::new(context), Refresher::new(context));
    let narrowed = refresher.refresh_record(record, client, Some(less)).await?;
    if record.granted.is_subset(&narrowed.record.granted) {
        return Ok(NarrowingEffect::Ignored);
    }
    // by name, since a server that states no scopes would not say that it grants less
    let record = store.get(record.id.as_str()).await?;
    let whole = match refresher.refresh_record(&record, client, Some(&record.granted)).await {
        Ok(whole) => whole.obtained.is_none_or(|obtained| record.granted.is_subset(&obtained.granted)),
        Err(error) => return costs(error),
    };
    if !whole {
        return Ok(NarrowingEffect::CostsGrant);
    }
    // the refresh token that is left has to work, too
    let record = store.get(record.id.as_str()).await?;
    match refresher.refresh_record(&record, client, None).await {
        Ok(_) => Ok(NarrowingEffect::Harmless),
        Err(error) => costs(error),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn refresh_narrows_only_if_known_to_be_harmless() {
        use Method::{ClientCredentials, Exchange, Refresh};
        use NarrowingEffect::{CostsGrant, Harmless, Ignored};
        let client = |keys: &str| {
            let source = format!("[client.c]\nissuer = \"https://a.test\"\nclient_id = \"c\"\n{keys}\n");
            crate::manifest::parse(&source).manifest.unwrap().clients.remove(0)
        };
        for (keys, exchanges, observed, expected) in [
            ("", false, None, &[][..]),
            ("", true, None, &[Exchange]),
            ("", false, Some(Harmless), &[Refresh]),
            ("", true, Some(Harmless), &[Exchange, Refresh]),
            ("", false, Some(CostsGrant), &[]),
            ("", false, Some(Ignored), &[]),
            ("narrow = \"refresh\"", true, None, &[Refresh]),
            ("narrow = \"refresh\"", true, Some(CostsGrant), &[]),
            ("narrow = \"refresh\"", true, Some(Ignored), &[]),
            ("narrow = \"exchange\"", false, Some(Harmless), &[Exchange]),
            ("narrow = false", true, Some(Harmless), &[]),
            ("grants = [\"client_credentials\"]", false, None, &[ClientCredentials]),
            ("grants = [\"client_credentials\"]\nnarrow = false", false, None, &[]),
            ("grants = [\"authorization_code\", \"client_credentials\"]", false, None, &[]),
        ] {
            let found = methods(&client(keys), exchanges, false, observed);
            assert_eq!(found, expected, "{keys} {exchanges} {observed:?}");
            let after_refusal = methods(&client(keys), exchanges, true, observed);
            assert!(after_refusal.iter().all(|method| *method == Refresh), "{keys}");
        }
    }
}
