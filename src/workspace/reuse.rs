//! Finds a stored token by what it can do; refreshes and narrows it, one process at a time.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{EndpointId, Error, HeldToken, Kind, Obtained, Origin, Workspace};
use crate::manifest::Client;
use crate::scope::{Risk, ScopeSet, compare};
use crate::vault::{Life, Record, RecordId, RecordLock, SignInLock, Vault, VaultError, WebOrigin};

/// How long one process waits for another that refreshes the same token: longer than a server may take to answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long one process waits for another that asks somebody to sign in, and how often it looks.
const SIGN_IN_PATIENCE: Duration = Duration::from_mins(11);
const SIGN_IN_AGAIN: Duration = Duration::from_millis(200);

/// How often the lock of a token is tried.
const TRY_AGAIN: Duration = Duration::from_millis(20);

/// A token out of the vault that covers a request.
#[derive(Clone, Debug)]
pub struct Reused {
    /// The record, as it is in the vault now.
    pub record: Record,
    /// How it came to be usable.
    pub how: Reuse,
}

/// How a stored token came to be usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// It was.
    AsItWas,
    /// It was refreshed, by this process or by another one meanwhile.
    Refreshed,
    /// A broader one was narrowed to what is needed.
    Narrowed,
}

/// What came of looking into the vault.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// The narrowest token that covers the request.
    pub found: Option<Reused>,
    /// What went wrong with others that would have: each in a sentence.
    pub notes: Vec<String>,
}

impl Workspace {
    /// Finds the narrowest stored token that may call all of these endpoints. One that ended is refreshed; one that is
    /// broader than needed is narrowed where the server can. Nobody is asked anything.
    ///
    /// # Errors
    /// When the vault can't be used.
    pub async fn reuse(&self, endpoints: &[EndpointId], client: Option<&str>) -> Result<Search, Error> {
        let mut search = Search::default();
        if self.vault.is_none() || endpoints.is_empty() {
            return Ok(search);
        }
        let clients: Vec<&Client> =
            self.clients(endpoints)?.into_iter().filter(|known| client.is_none_or(|name| known.name == name)).collect();
        let now = Timestamp::now();
        for (record, client) in self.fitting(endpoints, &clients, now).await? {
            let id = record.id.clone();
            let usable = match self.narrowed(&record, client, endpoints, now).await {
                Ok(Some(narrow)) => Ok(Some(narrow)),
                Ok(None) => self.live(record, client, &mut search.notes).await,
                Err(error) => {
                    search.notes.push(format!("token `{id}` could not be narrowed: {error}"));
                    self.live(record, client, &mut search.notes).await
                }
            };
            match usable {
                // some servers narrow for ever, and a refresh brings less than there was
                Ok(Some(reused)) if !self.may_call(&reused.record, endpoints) => {
                    search.notes.push(format!("token `{id}` was refreshed, and can do less now"));
                }
                Ok(Some(reused)) => {
                    search.found = Some(Reused { record: self.touch(reused.record).await?, how: reused.how });
                    return Ok(search);
                }
                Ok(None) => {}
                Err(error) => search.notes.push(format!("token `{id}` could not be refreshed: {error}")),
            }
        }
        Ok(search)
    }

    /// The stored token that [`Self::reuse`] would begin with. Nothing is sent.
    ///
    /// # Errors
    /// When the vault can't be used.
    pub async fn covering(&self, endpoints: &[EndpointId]) -> Result<Option<Record>, Error> {
        if self.vault.is_none() || endpoints.is_empty() {
            return Ok(None);
        }
        let now = Timestamp::now();
        let usable = |record: &Record| record.life(now) == Life::Live || is_refreshable(record);
        let fitting = self.fitting(endpoints, &self.clients(endpoints)?, now).await?;
        Ok(fitting.into_iter().map(|(record, _)| record).find(usable))
    }

    /// The stored tokens of these clients that may call all of these endpoints, the narrowest first.
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

    /// The manifest's client that a stored token belongs to.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn client_of(&self, record: &Record) -> Result<&Client, Error> {
        let clients = &self.require_manifest()?.clients;
        clients.iter().find(|client| is_of(record, client)).ok_or_else(|| {
            let message = format!("the manifest has no client `{}` of `{}`", record.client_id, record.issuer);
            Error::new(Kind::Usage, message).hint("name the manifest that the token was obtained by: `--manifest FILE`")
        })
    }

    /// Whether a stored token is for these endpoints and was granted what each of them requires.
    fn may_call(&self, record: &Record, endpoints: &[EndpointId]) -> bool {
        endpoints.iter().all(|id| {
            self.endpoint(*id).is_some_and(|(api, endpoint)| {
                WebOrigin::of(&api.base_url).is_some_and(|origin| record.origins.contains(&origin))
                    && api.audience.as_ref().is_none_or(|audience| record.audiences.contains(audience))
                    && compare(&record.granted, &endpoint.requirement, &api.hierarchy).is_allowed()
            })
        })
    }

    /// How much scopes amount to at the APIs of these endpoints: of each risk, from the most critical down, the scopes
    /// they imply or are; the endpoints they open; how many they are.
    pub(super) fn breadth(&self, granted: &ScopeSet, endpoints: &[EndpointId]) -> ([usize; 4], usize, usize) {
        let mut apis: Vec<usize> = endpoints.iter().map(|id| id.api).collect();
        apis.sort_unstable();
        apis.dedup();
        let apis = apis.into_iter().filter_map(|index| self.manifest.as_ref()?.apis.get(index));
        let (mut risks, mut opened) = ([0; 4], 0);
        for api in apis {
            let held = api.hierarchy.scopes().filter(|scope| api.hierarchy.satisfies(granted, scope.as_str()));
            let held: Vec<Risk> = held.map(|scope| api.hierarchy.risk(scope.as_str())).collect();
            for (count, risk) in risks.iter_mut().zip(Risk::DESCENDING) {
                *count += held.iter().filter(|held| **held == risk).count();
            }
            let opens = |endpoint: &&crate::manifest::Endpoint| {
                compare(granted, &endpoint.requirement, &api.hierarchy).is_allowed()
            };
            opened += api.endpoints.iter().filter(opens).count();
        }
        (risks, opened, granted.len())
    }

    /// The token, usable: as it is, or refreshed. `None` when it ended and has no refresh token.
    async fn live(&self, seen: Record, client: &Client, notes: &mut Vec<String>) -> Result<Option<Reused>, Error> {
        self.finish_earlier(&seen, client).await?;
        // the attempt to narrow it may have put another one in its place
        let Some(record) = self.tokens().await?.into_iter().find(|known| known.id == seen.id) else { return Ok(None) };
        if record.life(Timestamp::now()) == Life::Live {
            let how = if record.created == seen.created { Reuse::AsItWas } else { Reuse::Refreshed };
            return Ok(Some(Reused { record, how }));
        }
        if !is_refreshable(&record) {
            return Ok(None);
        }
        let refreshed = self.refresh_record(&record, client, None).await?;
        notes.extend(refreshed.notes);
        Ok(Some(Reused { record: refreshed.record, how: Reuse::Refreshed }))
    }

    /// Notes when a token was last handed out or sent.
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

    /// Waits until no other process of this user asks a person to sign in. What that one obtained may do here as well.
    /// `waits`: is told once when there is another.
    ///
    /// # Errors
    /// When the other one takes longer than a person may.
    pub async fn sign_in_alone(&self, waits: impl FnOnce()) -> Result<Option<SignInLock>, Error> {
        if self.vault.is_none() {
            return Ok(None);
        }
        let (started, mut waits) = (Instant::now(), Some(waits));
        loop {
            if let Some(lock) = self.in_vault(Vault::try_lock_sign_in).await? {
                return Ok(Some(lock));
            }
            if let Some(waits) = waits.take() {
                waits();
            }
            if started.elapsed() > SIGN_IN_PATIENCE {
                return Err(Error::new(Kind::Failed, "another process waits for somebody to sign in"));
            }
            tokio::time::sleep(SIGN_IN_AGAIN).await;
        }
    }

    /// Waits for the lock of a record: of all processes one refreshes, and the others find its new token.
    pub(super) async fn lock_record(&self, id: &RecordId) -> Result<RecordLock, Error> {
        let trying = async {
            loop {
                let id = id.clone();
                let locked = self.in_vault(move |vault: &Vault| -> Result<_, VaultError> { vault.try_lock(&id) });
                if let Some(lock) = locked.await? {
                    return Ok(lock);
                }
                tokio::time::sleep(TRY_AGAIN).await;
            }
        };
        tokio::time::timeout(PATIENCE, trying).await.unwrap_or_else(|_| {
            let seconds = PATIENCE.as_secs();
            Err(Error::new(Kind::Failed, format!("another process refreshes token `{id}` for more than {seconds} s")))
        })
    }
}

fn is_of(record: &Record, client: &Client) -> bool {
    record.issuer == client.issuer.as_str() && record.client_id == client.client_id
}

/// By its own refresh token, or by that of the token it was narrowed from.
fn is_refreshable(record: &Record) -> bool {
    record.refresh_token.is_some() || record.narrowed_from.is_some()
}

/// Whose refresh token a record lives by.
pub(super) fn root(record: &Record) -> &RecordId {
    record.narrowed_from.as_ref().unwrap_or(&record.id)
}

/// As [`Workspace::refresh`] wants it, under the name that the client has in this manifest.
pub(super) fn held(record: &Record, client: &Client, now: Timestamp) -> HeldToken {
    HeldToken { origin: Origin::Obtained { client: client.name.clone() }, ..HeldToken::stored(record, now) }
}

pub(super) fn rotated(old: &Record, obtained: &Obtained) -> bool {
    let texts = [old.refresh_token.as_ref(), obtained.token.refresh_token.as_ref()];
    let [before, after] = texts.map(|token| token.map(crate::secret::Secret::expose));
    after.is_some() && before != after
}

/// Whether a server can end such a token at once: one that says everything itself is good until its end.
pub(super) fn is_opaque(obtained: &Obtained) -> bool {
    obtained.token.decoded.claims().is_none()
}

/// Some servers end the access tokens that came before when they rotate a refresh token: such are not handed out again.
pub(super) fn retire(records: &mut [Record], family: &RecordId, now: Timestamp) {
    records.iter_mut().filter(|record| root(record) == family).for_each(|record| record.expires = Some(now));
}
