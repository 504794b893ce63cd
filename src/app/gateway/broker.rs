//! Tokens for requests: the narrowest for each endpoint, obtained once for all requests that wait for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::app::acquire::{
    AcquiredToken, Acquisition, ApprovedPlanner, GrantOptions, Interaction, MOST_SETS, Notice, PendingGrant, Plan,
    StoragePolicy, Terms, TokenMatcher, TokenSource,
};
use crate::app::tokens::{TokenStore, is_of, is_refreshable};
use crate::app::{Context, EndpointId, Error, ErrorKind, ExcessQuestion, LoadedToken};
use crate::manifest::GrantType;
use crate::scope::ScopeSet;
use crate::secret::Secret;
use crate::vault::{Life, Record, WebOrigin};

/// How long before its expiry a token is renewed: the same as in the vault.
const MARGIN: SignedDuration = SignedDuration::from_secs(30);

/// How long a token without a known expiry is used before the vault is asked again.
const UNKNOWN_EXPIRY: Duration = Duration::from_mins(5);

/// How long an endpoint counts as in use, for the token that several of them share.
const IN_USE: Duration = Duration::from_mins(10);

/// A token for requests, and how it was obtained.
#[derive(Clone, Debug)]
pub struct Lease {
    /// Token.
    pub token: LoadedToken,
    /// Source.
    pub source: TokenSource,
    /// Scopes that the endpoint does not need.
    pub beyond: ScopeSet,
    /// Why the token is broader than needed; empty if it is not.
    pub reason: String,
    /// The record in the vault.
    record: Option<Record>,
    expires: Option<Timestamp>,
    taken: Instant,
}

impl Lease {
    fn is_usable(&self) -> bool {
        let now = Timestamp::now();
        if self.record.as_ref().is_some_and(|record| record.has_approval_ended(now)) {
            return false;
        }
        match self.expires {
            Some(expires) => now + MARGIN < expires,
            None => self.taken.elapsed() < UNKNOWN_EXPIRY,
        }
    }

    /// Returns the time until the token expires or its approval ends, zero afterwards; `None` if neither is known.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        let approval = self.record.as_ref().and_then(|record| record.approval.as_ref());
        time_to_first([self.expires, approval.map(|link| link.until)], Timestamp::now())
    }

    /// Returns whether half of the token's life has passed; `false` if it is not known.
    pub(super) fn is_past_half(&self) -> bool {
        let created = self.record.as_ref().map(|record| record.created);
        let Some((created, expires)) = created.zip(self.expires) else { return false };
        let now = Timestamp::now();
        now.duration_since(created) > expires.duration_since(now)
    }
}

/// Requests that share a token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// Endpoints of an API that need the same scopes, with the same client.
    Scopes { api: usize, client: String, scopes: Vec<String> },
    /// Endpoints that share a token because there would be too many.
    Shared { api: usize },
    /// Requests that match no endpoint.
    Unknown { api: usize },
}

/// The current token of a key.
#[derive(Debug, Default)]
struct Slot {
    lease: Mutex<Option<Arc<Lease>>>,
    /// Held while the token is obtained.
    turn: tokio::sync::Mutex<()>,
    /// The last failure, which is the result of every request that waited.
    failure: Mutex<Option<(Instant, Error)>>,
}

/// Provides tokens.
#[derive(Debug)]
pub(super) struct Broker {
    client: Option<String>,
    accept_more: bool,
    keys: Mutex<HashMap<EndpointId, Key>>,
    slots: Mutex<HashMap<Key, Arc<Slot>>>,
    /// When each endpoint was last used.
    used: Mutex<HashMap<EndpointId, Instant>>,
}

/// Collects what an acquisition reports. No prompt is possible.
#[derive(Debug, Default)]
struct Silent {
    notes: Vec<String>,
    broader: Option<String>,
}

impl Interaction for Silent {
    fn show_sign_in(&mut self, _: &PendingGrant) {}

    fn notice(&mut self, notice: &Notice<'_>) {
        match notice {
            Notice::Broader { reason, .. } => self.broader = Some((*reason).to_owned()),
            Notice::Note(_) | Notice::NotKept(_) | Notice::Added(_) => self.notes.push(notice.to_string()),
            _ => {}
        }
    }

    async fn confirm_excess(&mut self, _: &ExcessQuestion) -> Result<bool, Error> {
        Ok(false)
    }

    async fn pasted_redirect(&mut self) -> Result<Secret, Error> {
        std::future::pending().await
    }
}

fn grip<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Broker {
    pub(super) fn new(client: Option<String>, accept_more: bool) -> Self {
        Self { client, accept_more, keys: Mutex::default(), slots: Mutex::default(), used: Mutex::default() }
    }

    fn terms(&self) -> Terms {
        Terms {
            client: self.client.clone(),
            grant: None,
            start: GrantOptions::new(GrantType::ClientCredentials, false),
            may_sign_in: false,
            accept_more: self.accept_more,
            keeping: StoragePolicy::RequiredForUsers,
        }
    }

    /// Returns the token for an endpoint, or for a request of the API that matches none. `notes`: notes for the user.
    pub(super) async fn lease(
        &self,
        context: &Context,
        api: usize,
        endpoint: Option<EndpointId>,
        notes: &mut Vec<String>,
    ) -> Result<Arc<Lease>, Error> {
        let key = self.key(context, api, endpoint)?;
        let slot = self.slot(&key);
        if let Some(lease) = self.current(context, &key, &slot, endpoint) {
            return Ok(lease);
        }
        let asked = Instant::now();
        let _turn = slot.turn.lock().await;
        if let Some(lease) = self.current(context, &key, &slot, endpoint) {
            return Ok(lease);
        }
        self.settle(&slot, asked, Box::pin(self.acquire(context, &key, endpoint, notes))).await
    }

    /// Replaces a token that the API has rejected, once for all requests that had it.
    pub(super) async fn renew(
        &self,
        context: &Context,
        api: usize,
        endpoint: Option<EndpointId>,
        rejected: &Arc<Lease>,
        notes: &mut Vec<String>,
    ) -> Result<Arc<Lease>, Error> {
        let key = self.key(context, api, endpoint)?;
        let slot = self.slot(&key);
        let asked = Instant::now();
        let _turn = slot.turn.lock().await;
        let current = grip(&slot.lease).clone();
        if let Some(lease) = current.filter(|lease| !Arc::ptr_eq(lease, rejected) && lease.is_usable()) {
            return Ok(lease);
        }
        self.settle(&slot, asked, Box::pin(self.replace(context, &key, endpoint, rejected, notes))).await
    }

    /// Obtains a token. Requests that waited for it share a failure.
    async fn settle(
        &self,
        slot: &Slot,
        asked: Instant,
        obtain: impl Future<Output = Result<Lease, Error>>,
    ) -> Result<Arc<Lease>, Error> {
        let earlier = grip(&slot.failure).clone();
        if let Some((_, error)) = earlier.filter(|(failed, _)| *failed > asked) {
            return Err(error);
        }
        match obtain.await {
            Ok(lease) => {
                let lease = Arc::new(lease);
                *grip(&slot.lease) = Some(Arc::clone(&lease));
                *grip(&slot.failure) = None;
                Ok(lease)
            }
            Err(error) => {
                *grip(&slot.lease) = None;
                *grip(&slot.failure) = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    fn slot(&self, key: &Key) -> Arc<Slot> {
        Arc::clone(grip(&self.slots).entry(key.clone()).or_default())
    }

    /// Returns the token of a slot if it is usable; a shared one only if it covers the endpoint.
    fn current(&self, context: &Context, key: &Key, slot: &Slot, endpoint: Option<EndpointId>) -> Option<Arc<Lease>> {
        if let Some(endpoint) = endpoint {
            grip(&self.used).insert(endpoint, Instant::now());
        }
        let lease = grip(&slot.lease).clone().filter(|lease| lease.is_usable())?;
        let covers = match (key, endpoint, &lease.record) {
            (Key::Shared { .. }, Some(endpoint), Some(record)) => {
                TokenMatcher::new(context).may_call(record, &[endpoint])
            }
            (Key::Shared { .. }, _, None) => false,
            _ => true,
        };
        covers.then_some(lease)
    }

    /// Returns the key of an endpoint's token.
    fn key(&self, context: &Context, api: usize, endpoint: Option<EndpointId>) -> Result<Key, Error> {
        let Some(endpoint) = endpoint else { return Ok(Key::Unknown { api }) };
        if let Some(key) = grip(&self.keys).get(&endpoint) {
            return Ok(key.clone());
        }
        let plan = plan(context, &[endpoint], self.client.as_deref())?;
        let scopes = plan.scopes.iter().map(ToString::to_string).collect();
        let key = Key::Scopes { api, client: plan.client, scopes };
        let slots = grip(&self.slots);
        let is_full = slots.len() >= MOST_SETS && !slots.contains_key(&key);
        drop(slots);
        let key = if is_full { Key::Shared { api } } else { key };
        grip(&self.keys).insert(endpoint, key.clone());
        Ok(key)
    }

    /// Returns the endpoints that a token has to cover.
    fn endpoints(&self, key: &Key, endpoint: EndpointId) -> Vec<EndpointId> {
        if !matches!(key, Key::Shared { .. }) {
            return vec![endpoint];
        }
        let keys = grip(&self.keys);
        let used = grip(&self.used);
        let is_used = |id: &EndpointId| used.get(id).is_some_and(|used| used.elapsed() < IN_USE);
        let mut endpoints: Vec<EndpointId> =
            keys.iter().filter(|(_, known)| *known == key).map(|(id, _)| *id).filter(is_used).collect();
        endpoints.push(endpoint);
        endpoints.sort_unstable();
        endpoints.dedup();
        endpoints
    }

    async fn acquire(
        &self,
        context: &Context,
        key: &Key,
        endpoint: Option<EndpointId>,
        notes: &mut Vec<String>,
    ) -> Result<Lease, Error> {
        let Some(endpoint) = endpoint else { return self.broadest(context, key, notes).await };
        let endpoints = self.endpoints(key, endpoint);
        let mut silent = Silent::default();
        let acquired = Box::pin(Acquisition::new(context, self.terms(), &mut silent).token(&endpoints)).await;
        notes.append(&mut silent.notes);
        let mut lease = lease(acquired?, silent.broader);
        if endpoints.len() > 1 && lease.reason.is_empty() {
            lease.reason = format!("endpoints share a token beyond {MOST_SETS} distinct scope sets");
        }
        Ok(lease)
    }

    /// Returns the broadest stored token for an API: a request that matches no endpoint has no known requirement.
    async fn broadest(&self, context: &Context, key: &Key, notes: &mut Vec<String>) -> Result<Lease, Error> {
        let Key::Unknown { api } = key else { return Err(login_needed(self.client.as_deref())) };
        let details = context.require_manifest()?.apis.get(*api);
        let details = details.ok_or_else(|| Error::new(ErrorKind::Failed, "the API is not in the manifest"))?;
        let own: Vec<EndpointId> = context.endpoints().into_iter().filter(|id| id.api == *api).collect();
        let origin = WebOrigin::of(&details.base_url);
        let matcher = TokenMatcher::new(context);
        let clients = &context.require_manifest()?.clients;
        let records = if context.vault().is_some() { TokenStore::new(context).list().await? } else { Vec::new() };
        let fits = |record: &Record| {
            let client = clients.iter().find(|client| is_of(record, client));
            client.is_some_and(|client| self.client.as_ref().is_none_or(|name| *name == client.name))
                && origin.as_ref().is_some_and(|origin| record.origins.contains(origin))
                && details.audience.as_ref().is_none_or(|audience| record.audiences.contains(audience))
                && (record.life(Timestamp::now()) == Life::Live || is_refreshable(record))
        };
        let found = records.into_iter().filter(fits).max_by_key(|record| matcher.breadth(&record.granted, &own));
        let record = found.ok_or_else(|| login_needed(self.client.as_deref()))?;
        let record = match record.life(Timestamp::now()) {
            Life::Live => record,
            _ => self.refreshed(context, &record, notes).await?,
        };
        Ok(Lease { reason: "the endpoint is not in the manifest".to_owned(), ..of_record(record, TokenSource::Stored) })
    }

    async fn refreshed(&self, context: &Context, record: &Record, notes: &mut Vec<String>) -> Result<Record, Error> {
        let mut silent = Silent::default();
        let refreshed = Box::pin(Acquisition::new(context, self.terms(), &mut silent).refresh(record)).await;
        notes.append(&mut silent.notes);
        refreshed
    }

    /// Refreshes a rejected token, or obtains another if it has no refresh token and no sign-in is needed.
    async fn replace(
        &self,
        context: &Context,
        key: &Key,
        endpoint: Option<EndpointId>,
        rejected: &Lease,
        notes: &mut Vec<String>,
    ) -> Result<Lease, Error> {
        if let Some(record) = rejected.record.as_ref().filter(|record| is_refreshable(record)) {
            match self.refreshed(context, record, notes).await {
                Ok(refreshed) => {
                    let (beyond, reason) = (rejected.beyond.clone(), rejected.reason.clone());
                    return Ok(Lease { beyond, reason, ..of_record(refreshed, TokenSource::Refreshed) });
                }
                // it can be narrowed again from the original token
                Err(error) if record.narrowed_from.is_some() && error.kind == ErrorKind::Refused => {}
                Err(error) => return Err(error),
            }
        }
        let endpoint = endpoint.ok_or_else(|| login_needed(self.client.as_deref()))?;
        let endpoints = self.endpoints(key, endpoint);
        let plan = plan(context, &endpoints, self.client.as_deref())?;
        let mut silent = Silent::default();
        let mut acquisition = Acquisition::new(context, self.terms(), &mut silent);
        let grant = acquisition.grant(&plan);
        match (grant, &rejected.record) {
            (Ok(_), _) => {
                let obtained = Box::pin(acquisition.obtain(&plan)).await?;
                if let Some(record) = &rejected.record {
                    TokenStore::new(context).forget(std::slice::from_ref(&record.id)).await?;
                }
                Ok(lease(obtained, None))
            }
            (Err(_), Some(record)) if record.narrowed_from.is_some() => {
                TokenStore::new(context).forget(std::slice::from_ref(&record.id)).await?;
                self.acquire(context, key, Some(endpoint), notes).await
            }
            (Err(error), _) => Err(error),
        }
    }
}

/// Plans a request, also above the ceiling if that is approved; otherwise a request for the approval is made.
fn plan(context: &Context, endpoints: &[EndpointId], client: Option<&str>) -> Result<Plan, Error> {
    ApprovedPlanner::new(context).plan(endpoints, client, None, &ScopeSet::new())
}

fn login_needed(client: Option<&str>) -> Error {
    Error::login_needed(client).hint("run `tokscope login` first; the gateway then uses the stored token")
}

fn of_record(record: Record, source: TokenSource) -> Lease {
    Lease {
        token: LoadedToken::stored(&record, Timestamp::now()),
        source,
        beyond: ScopeSet::new(),
        reason: String::new(),
        expires: record.expires,
        record: Some(record),
        taken: Instant::now(),
    }
}

fn lease(acquired: AcquiredToken, broader: Option<String>) -> Lease {
    let reason = match (acquired.beyond.is_empty(), acquired.source) {
        (true, _) => String::new(),
        (false, TokenSource::Obtained) => "the server granted more than requested".to_owned(),
        (false, _) => broader.unwrap_or_default(),
    };
    Lease {
        token: acquired.token,
        source: acquired.source,
        beyond: acquired.beyond,
        reason,
        record: acquired.record,
        expires: acquired.expires,
        taken: Instant::now(),
    }
}

/// Returns the time to the first of these ends that is known, zero if it has passed.
fn time_to_first(ends: [Option<Timestamp>; 2], now: Timestamp) -> Option<Duration> {
    let end = ends.into_iter().flatten().min()?;
    Some(Duration::try_from(end.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_end_counts_and_no_time_is_left_after_it() {
        let now = Timestamp::UNIX_EPOCH;
        let at = |seconds: i64| now + SignedDuration::from_secs(seconds);
        for (expires, approval_end, expected) in [
            (None, None, None),
            (Some(3_600), None, Some(3_600)),
            (Some(3_600), Some(60), Some(60)),
            (None, Some(60), Some(60)),
            (Some(-5), None, Some(0)),
        ] {
            let left = time_to_first([expires.map(at), approval_end.map(at)], now);
            assert_eq!(left, expected.map(Duration::from_secs), "{expires:?} {approval_end:?}");
        }
    }
}
