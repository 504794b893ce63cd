//! Refreshes stored tokens without losing the grant.
//!
//! Every refresh of a stored token uses [`Refresher::refresh_record`]. A rotated refresh token can be used
//! once, so its successor must reach the disk in any case. See `vault::journal` for how, and `delivery` for who sends
//! the request.
//!
//! | event | consequence |
//! |---|---|
//! | disk full before the request | an error; nothing is sent |
//! | disk full after it | an error; the response is in the journal, in space that was reserved, and applied later |
//! | SIGINT, SIGTERM, SIGHUP | wait until the token is stored, at most the request's deadline; then the process ends |
//! | SIGKILL of this process | the helper finishes; the next process applies the response |
//! | no connection, 429, 503 | the refresh token is unused, and can be sent again |
//! | no connection, 5xx, a refusal, while other processes wait | they report the same failure; nothing is sent again |
//! | SIGKILL of the helper too, power failure, lost response | in doubt: see below |
//!
//! In doubt means that the server may have used the refresh token. While the access token is valid, the
//! refresh token is not sent. After that it is, with a notice: if it is unused, or the server has a grace
//! period, the grant continues; if it was used, the grant was lost already, and the server may revoke the rest of it.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::delivery::{Courier, DeliveryOutcome, read_outcome};
use super::entries::{refresh_entry, refreshed};
use super::excess::excess;
use super::failure;
use super::family::{is_opaque, load, retire, root, rotated};
use super::granted::{GrantedToken, audience_parameters, obtained};
use super::loaded::{LoadedToken, Origin};
use super::store::TokenStore;
use crate::app::clients::{Credentials, Identity, explained, token_entry};
use crate::app::environment::SignalHold;
use crate::app::{Context, EndpointId, Error, ErrorKind, PolicyGate, Question, QuestionScopes};
use crate::manifest::Client;
use crate::oauth::{OAuthError, Party};
use crate::scope::{Additions, Excess, ScopeSet};
use crate::secret::Secret;
use crate::usage::Event;
use crate::vault::{FailedAttempt, Intent, Life, Record, RecordId, RecordLock, Vault};

/// Outcome of refreshing a stored token.
#[derive(Clone, Debug)]
pub struct RefreshOutcome {
    /// The stored token: the refreshed one, or one that was narrowed from it.
    pub record: Record,
    /// Response; `None` if another process has refreshed the token.
    pub obtained: Option<GrantedToken>,
    /// Notes for the user.
    pub notes: Vec<String>,
    /// Scopes that the response grants beyond the record. If some are unexpected, only the new refresh token is
    /// stored: `Refresher::accept` stores the access token.
    pub excess: Excess,
}

/// Purpose of a refresh.
#[derive(Clone, Debug)]
struct RefreshPurpose {
    target: RecordId,
    scopes: Option<ScopeSet>,
    /// Whether an earlier refresh with the same refresh token has no known outcome.
    repeated: bool,
}

/// Refreshes tokens.
#[derive(Debug)]
pub struct Refresher<'a> {
    context: &'a Context,
    store: TokenStore<'a>,
    /// Start of the use case. An attempt that failed later is not repeated.
    since: Timestamp,
    /// Endpoints that the token is refreshed for, if known.
    endpoints: &'a [EndpointId],
}

impl<'a> Refresher<'a> {
    /// Creates a refresher for a use case that starts now.
    #[must_use]
    pub fn new(context: &'a Context) -> Self {
        Self::since(context, Timestamp::now())
    }

    /// Creates a refresher for a use case that started at this time.
    pub(in crate::app) fn since(context: &'a Context, since: Timestamp) -> Self {
        Self { context, store: TokenStore::new(context), since, endpoints: &[] }
    }

    /// Refreshes for these endpoints: the policy decides about them, instead of about all that the scopes grant access to.
    pub(in crate::app) fn for_endpoints(self, endpoints: &'a [EndpointId]) -> Self {
        Self { endpoints, ..self }
    }

    /// Asks the policy before anything is sent.
    async fn permit(&self, client: &str, scopes: &ScopeSet, signed_in: Option<Timestamp>) -> Result<(), Error> {
        let scopes = match self.endpoints.is_empty() {
            true => QuestionScopes::Exactly(scopes),
            false => QuestionScopes::Needed(Some(scopes)),
        };
        let question =
            Question { client: Some(client), endpoints: self.endpoints, scopes, signed_in, ..Question::default() };
        PolicyGate::new(self.context).permit(&question).await.map(drop)
    }

    /// Refreshes a stored token and stores the result. A token that was narrowed from another is refreshed with the
    /// refresh token of that one. With `scopes`, which must have been granted as such (RFC 6749 §6), a narrower token
    /// is stored beside the broad one, which keeps the refresh token.
    ///
    /// Takes the lock of the record: the caller must not hold it. When another process did the same meanwhile, its
    /// token or its failure is returned and nothing is sent.
    ///
    /// # Errors
    /// If there is no refresh token, an earlier refresh is in doubt while the access token is valid, the
    /// disk is full, or the server can't be reached or refuses.
    pub(in crate::app) async fn refresh_record(
        &self,
        record: &Record,
        client: &Client,
        scopes: Option<&ScopeSet>,
    ) -> Result<RefreshOutcome, Error> {
        let refreshed = Box::pin(self.refresh_under_lock(record, client, scopes)).await;
        let event = if scopes.is_some() { Event::Narrow } else { Event::Refresh };
        self.context.or_denied(refreshed, || refresh_entry(self.context, event, record, scopes)).await
    }

    async fn refresh_under_lock(
        &self,
        record: &Record,
        client: &Client,
        scopes: Option<&ScopeSet>,
    ) -> Result<RefreshOutcome, Error> {
        self.context.demand_trust()?;
        self.permit(
            &client.name,
            scopes.unwrap_or(&record.granted),
            LoadedToken::stored(record, self.since).sign_in_time(),
        )
        .await?;
        let lock = Arc::new(self.store.lock(root(record)).await?);
        let doubt = self.settle(&lock, root(record), client).await?;
        let known = self.store.list().await?;
        let now = Timestamp::now();
        if let Some(done) = done_meanwhile(record, scopes, &known, now) {
            return Ok(RefreshOutcome { record: done, obtained: None, notes: Vec::new(), excess: Excess::default() });
        }
        let find = |id: &RecordId| known.iter().find(|known| known.id == *id).cloned();
        let gone = || Error::new(ErrorKind::Failed, format!("token `{}` is no longer in the vault", record.id));
        let (owner, target) = (find(root(record)).ok_or_else(gone)?, find(&record.id).ok_or_else(gone)?);
        let narrowed = record.narrowed_from.is_some();
        let scopes = scopes.cloned().or_else(|| narrowed.then(|| target.granted.clone()));
        if let Some(error) = self.failed_meanwhile(&lock, &owner, scopes.as_ref()).await? {
            return Err(error);
        }
        if let Some(begun) = &doubt
            && target.life(now) == Life::Live
        {
            let message = format!("{begun}, so its refresh token may have been used");
            return Err(Error::new(ErrorKind::Refused, message)
                .hint("the access token is still valid; the refresh token is sent again when it expires")
                .hint("`tokscope login` obtains a new grant"));
        }
        let purpose = RefreshPurpose { target: target.id.clone(), scopes, repeated: doubt.is_some() };
        match (self.spend(&lock, &owner, client, purpose, None).await, doubt) {
            (Ok(((obtained, excess), record)), doubt) => {
                let notes = doubt.into_iter().map(|begun| format!("{begun}; its refresh token was sent again"));
                Ok(RefreshOutcome { record, obtained: Some(obtained), notes: notes.collect(), excess })
            }
            (Err(error), None) => Err(error),
            (Err(error), Some(begun)) => {
                let message = format!("{begun}, and its refresh token was sent again: {}", error.message);
                Err(Error { message, ..error })
            }
        }
    }

    /// Refreshes a token that is not in the vault, narrowed if scopes are given (RFC 6749 §6). It is discarded when
    /// process ends.
    ///
    /// # Errors
    /// If the token was not obtained here, has no refresh token, or the server refuses.
    pub async fn refresh(&self, token: &LoadedToken, scopes: Option<&ScopeSet>) -> Result<GrantedToken, Error> {
        let Origin::Obtained { client: name } = &token.origin else {
            return Err(Error::new(ErrorKind::Usage, "only a token that tokscope obtained can be refreshed"));
        };
        let refresh_token = refresh_token(token)?;
        let client = self.context.client(name)?.clone();
        self.permit(name, scopes.unwrap_or(&token.scopes()), token.sign_in_time()).await?;
        let event = if scopes.is_some() { Event::Narrow } else { Event::Refresh };
        let act = self.context.begin(|| token_entry(self.context, event, &client, &token.secret, false)).await?;
        let obtained = Box::pin(self.refresh_unrecorded(token, &client, refresh_token, scopes)).await;
        act.conclude(obtained, |obtained| refreshed(obtained, &token.secret)).await
    }

    async fn refresh_unrecorded(
        &self,
        token: &LoadedToken,
        client: &Client,
        refresh_token: &Secret,
        scopes: Option<&ScopeSet>,
    ) -> Result<GrantedToken, Error> {
        self.context.demand_trust()?;
        // a refresh token of a public client is bound to the key of its first token (RFC 9449 §5)
        let identity = Identity::of(self.context, client, token.dpop.clone()).await?;
        let extra = audience_parameters(client, &token.audiences);
        let set = identity.party().refresh(refresh_token, scopes, &extra, &token.facts).await;
        let set = set.map_err(|error| explained(error, client))?;
        let asked = scopes.cloned().unwrap_or_else(|| token.scopes());
        let mut obtained = obtained(set, client, asked, &identity, token.audiences.clone()).await;
        // a server that does not rotate leaves the old one in force (RFC 6749 §6)
        obtained.token.refresh_token.get_or_insert_with(|| refresh_token.clone());
        obtained.token.origins.clone_from(&token.origins);
        keep_facts(&mut obtained, token);
        Ok(obtained)
    }

    /// Applies the response to a refresh that an earlier process started, if there is one.
    ///
    /// # Errors
    /// If it can't be applied now. It stays in the journal.
    pub(in crate::app) async fn finish_earlier(&self, record: &Record, client: &Client) -> Result<(), Error> {
        let id = root(record).clone();
        let begun = id.clone();
        if self.context.in_vault(move |vault| vault.has_unfinished(&begun)).await? {
            let lock = Arc::new(self.store.lock(&id).await?);
            self.settle(&lock, &id, client).await?;
        }
        Ok(())
    }

    /// Applies the journal. The lock holder calls this first. Returns the start of a
    /// message if the refresh token may have been used.
    async fn settle(&self, lock: &Arc<RecordLock>, id: &RecordId, client: &Client) -> Result<Option<String>, Error> {
        let begun = |when: &str| Some(format!("an earlier refresh of token `{id}`{when} was interrupted"));
        let unfinished = || {
            let lock = Arc::clone(lock);
            self.context.in_vault(move |vault| vault.unfinished(&lock))
        };
        let Some(found) = unfinished().await? else {
            // space reserved by a process that was killed
            self.released(lock).await;
            return Ok(None);
        };
        let Some(intent) = found.intent else { return Ok(begun("")) };
        let owner = self.store.list().await?.into_iter().find(|known| known.id == *id);
        let spends =
            owner.as_ref().and_then(|owner| owner.refresh_token.as_ref()).is_some_and(|own| intent.spends(own));
        let Some(owner) = owner.filter(|_| spends) else {
            // applied already, but not yet removed from the journal
            self.settled(lock).await?;
            return Ok(None);
        };
        let when = format!(" at {}", intent.started);
        let Some(outcome) = found.outcome.as_ref().and_then(|outcome| read_outcome(outcome)) else {
            return Ok(begun(&when));
        };
        // applying it needs the metadata, which another process could not fetch while this one waited
        if let Some(error) = self.failed_meanwhile(lock, &owner, intent.scopes.as_ref()).await? {
            return Err(error);
        }
        let purpose = RefreshPurpose { target: intent.target, scopes: intent.scopes, repeated: intent.repeated };
        let Err(error) = self.spend(lock, &owner, client, purpose, Some(outcome)).await else { return Ok(None) };
        match unfinished().await? {
            // it was refused or not sent
            None => Ok(None),
            Some(left) if left.outcome.is_none() => Ok(begun(&when)),
            Some(_) => Err(error),
        }
    }

    /// Sends a refresh token, or uses an earlier outcome, and stores the result. The caller holds the lock.
    async fn spend(
        &self,
        lock: &Arc<RecordLock>,
        owner: &Record,
        client: &Client,
        purpose: RefreshPurpose,
        recovered: Option<DeliveryOutcome>,
    ) -> Result<((GrantedToken, Excess), Record), Error> {
        let event = if purpose.scopes.is_some() { Event::Narrow } else { Event::Refresh };
        let act = self.context.begin(|| refresh_entry(self.context, event, owner, purpose.scopes.as_ref())).await?;
        let spent = Box::pin(self.spend_unrecorded(lock, owner, client, purpose, recovered)).await;
        act.conclude(spent, |((obtained, _), record)| {
            let mut entry = refreshed(obtained, &owner.access_token);
            entry.record.token_id = Some(record.id.to_string());
            entry
        })
        .await
    }

    async fn spend_unrecorded(
        &self,
        lock: &Arc<RecordLock>,
        owner: &Record,
        client: &Client,
        purpose: RefreshPurpose,
        recovered: Option<DeliveryOutcome>,
    ) -> Result<((GrantedToken, Excess), Record), Error> {
        let mut token = load(owner, client, Timestamp::now());
        let refresh_token = refresh_token(&token)?.clone();
        if recovered.is_none() {
            // before anything is sent
            let lock = Arc::clone(lock);
            self.context.in_vault(move |vault| vault.reserve(&lock)).await?;
        }
        // a refresh token of a public client is bound to the key of its first token (RFC 9449 §5)
        let credentials = match Credentials::read(self.context, client, token.dpop.take()) {
            Ok(credentials) => credentials,
            Err(error) => {
                self.released(lock).await;
                return Err(error);
            }
        };
        let attempt = (&refresh_token, purpose.scopes.as_ref());
        let identity = match credentials.discover().await {
            Ok(identity) => identity,
            Err(error) => {
                let error = Error::from(error);
                self.released(lock).await;
                self.record_failure(lock, attempt, Timestamp::now(), &error).await;
                return Err(error);
            }
        };
        let hold = SignalHold::new();
        let extra = audience_parameters(client, &token.audiences);
        let intent = {
            let (refresh_token, purpose) = (refresh_token.clone(), purpose.clone());
            move || Intent::new(&refresh_token, purpose.target.clone(), purpose.scopes.clone(), purpose.repeated)
        };
        let vault = self.context.vault().cloned().ok_or_else(|| Error::new(ErrorKind::Usage, "no vault is open"))?;
        let variables = self.context.hidden_variables();
        let courier = Arc::new(Courier::new(
            (vault, Arc::clone(lock)),
            (self.context.launcher().map(Path::to_path_buf), variables),
            intent,
            recovered,
        ));
        let party = identity.party();
        let carried = party.http.with_carrier(Arc::new(Arc::clone(&courier)));
        let http = if lock.is_durable() { &carried } else { party.http };
        let party = Party { http, ..party };
        let set = match party.refresh(&refresh_token, purpose.scopes.as_ref(), &extra, &token.facts).await {
            Ok(set) => set,
            Err(error) => {
                let unspent = self.after_failure(lock, courier.last().as_ref(), &error, purpose.repeated).await;
                // an error of this machine, such as a full disk, is not shared
                if let Some(local) = courier.failure() {
                    return Err(local);
                }
                let unchanged = unspent && matches!(error, OAuthError::Unavailable { .. });
                let failure = explained(error, client);
                let failure = if unchanged { failure.hint("the stored token is unchanged") } else { failure };
                let ended = courier.last().map_or_else(Timestamp::now, |outcome| outcome.received);
                self.record_failure(lock, attempt, ended, &failure).await;
                return Err(failure);
            }
        };
        let received = courier.last().map_or_else(Timestamp::now, |outcome| outcome.received);
        let asked = purpose.scopes.clone().unwrap_or_else(|| token.scopes());
        let mut obtained = obtained(set, client, asked, &identity, token.audiences.clone()).await;
        // without rotation the old refresh token stays valid (RFC 6749 §6)
        obtained.token.refresh_token.get_or_insert(refresh_token);
        obtained.token.origins.clone_from(&token.origins);
        keep_facts(&mut obtained, &token);
        // RFC 6749 §6: a refresh must not add scopes
        let excess = excess(self.context, client, &owner.granted.union(&owner.asked), &obtained.granted);
        let record = self.store(owner, &purpose, (&obtained, &excess), received).await?;
        self.settled(lock).await?;
        drop(hold);
        Ok(((obtained, excess), record))
    }

    /// Updates the journal for the next process. Returns whether the refresh token is certainly unused.
    async fn after_failure(
        &self,
        lock: &Arc<RecordLock>,
        last: Option<&DeliveryOutcome>,
        error: &OAuthError,
        repeated: bool,
    ) -> bool {
        let Some(last) = last else {
            self.released(lock).await;
            return true;
        };
        let refused = matches!(error, OAuthError::Refused { .. });
        let unspent = match &last.result {
            Ok(response) if response.status.is_success() => refused,
            Ok(response) => !response.status.is_server_error(),
            Err(_) => false,
        };
        let lock = Arc::clone(lock);
        let certain = unspent || (last.is_unsent() && !repeated);
        // an unchanged journal reports the refresh as in doubt
        let _ = self.context.in_vault(move |_| if certain { lock.settled() } else { lock.in_doubt() }).await;
        certain
    }

    /// Returns the failure of an attempt that ended after this use case began.
    async fn failed_meanwhile(
        &self,
        lock: &Arc<RecordLock>,
        owner: &Record,
        scopes: Option<&ScopeSet>,
    ) -> Result<Option<Error>, Error> {
        let shared = Arc::clone(lock);
        let Some(failed) = self.context.in_vault(move |vault| vault.failed_attempt(&shared)).await? else {
            return Ok(None);
        };
        let meanwhile = failed.ended().is_some_and(|ended| (self.since..=Timestamp::now()).contains(&ended));
        let same_token = owner.refresh_token.as_ref().is_some_and(|own| failed.spends(own));
        // an outage concerns any refresh, a refusal the request that was refused
        let applies = |error: &Error| error.kind == ErrorKind::Failed || failed.requests(scopes);
        let error = failure::read(&failed.report).filter(|error| meanwhile && same_token && applies(error));
        Ok(error.map(|error| {
            error.hint("another process failed to refresh this token while this one waited, so nothing was sent")
        }))
    }

    /// Records a failure for the processes that wait for the lock. They try themselves if it can't be written.
    async fn record_failure(
        &self,
        lock: &Arc<RecordLock>,
        (refresh_token, scopes): (&Secret, Option<&ScopeSet>),
        ended: Timestamp,
        error: &Error,
    ) {
        let report = failure::write(error);
        let failed = FailedAttempt::new(refresh_token, scopes, ended, report);
        let lock = Arc::clone(lock);
        let _ = self.context.in_vault(move |vault| vault.record_failure(&lock, &failed)).await;
    }

    async fn settled(&self, lock: &Arc<RecordLock>) -> Result<(), Error> {
        let lock = Arc::clone(lock);
        self.context.in_vault(move |_| lock.settled()).await
    }

    /// Releases the reserved space; on failure the next refresh does it.
    async fn released(&self, lock: &Arc<RecordLock>) {
        let lock = Arc::clone(lock);
        let _ = self.context.in_vault(move |_| lock.release()).await;
    }

    /// Stores the access token of a refresh that granted more than expected, once that is accepted. If another process
    /// has refreshed the token meanwhile, its token stays.
    ///
    /// # Errors
    /// If the token is no longer in the vault, or the vault can't be written.
    pub(in crate::app) async fn accept(
        &self,
        record: &Record,
        obtained: &GrantedToken,
        excess: Excess,
    ) -> Result<Record, Error> {
        let now = Timestamp::now();
        let _lock = self.store.lock(root(record)).await?;
        let (old, obtained, added) = (record.clone(), obtained.clone(), excess.confirmed());
        let change = move |records: &mut Vec<Record>| {
            let known = records.iter_mut().find(|known| known.id == old.id)?;
            if known.access_token.expose() == old.access_token.expose() {
                *known = Record {
                    added: additions(known, &obtained, added),
                    granted: obtained.granted.clone(),
                    created: now,
                    expires: obtained.ends(now),
                    token_type: obtained.token_type.clone(),
                    access_token: obtained.token.secret.clone(),
                    facts: obtained.facts.clone(),
                    unreported: obtained.unreported,
                    ..known.clone()
                };
            }
            Some(known.clone())
        };
        let kept = self.context.in_vault(move |vault: &Vault| vault.update(change)).await?;
        kept.ok_or_else(|| Error::new(ErrorKind::Failed, format!("token `{}` is no longer in the vault", record.id)))
    }

    /// Stores the new token: in place of the old one, or beside it if it is narrower.
    async fn store(
        &self,
        owner: &Record,
        purpose: &RefreshPurpose,
        (obtained, excess): (&GrantedToken, &Excess),
        now: Timestamp,
    ) -> Result<Record, Error> {
        let unexpected = !excess.unexpected.is_empty();
        let narrower = purpose.target == owner.id
            && !unexpected
            && purpose.scopes.is_some()
            && !owner.granted.is_subset(&obtained.granted);
        let target = match narrower {
            true => Some(narrow(owner, obtained, now)?),
            false => self.store.list().await?.into_iter().find(|known| known.id == purpose.target),
        };
        let own = purpose.target == owner.id && !narrower;
        let retires = purpose.target == owner.id && rotated(owner, obtained) && is_opaque(obtained);
        // a narrow token that was deleted meanwhile is not restored
        let stored = target.map(|target| match narrower {
            true => target,
            // the broader token is dropped, but its refresh token is stored, since the earlier one may have been used
            false if unexpected => target,
            false => Record {
                added: additions(&target, obtained, excess.additions.clone()),
                granted: obtained.granted.clone(),
                created: now,
                expires: obtained.ends(now),
                token_type: obtained.token_type.clone(),
                access_token: obtained.token.secret.clone(),
                refresh_token: obtained.token.refresh_token.clone().filter(|_| own),
                // only of an identity provider: see `TokenStore::add`
                id_token: target.id_token.as_ref().map(|known| obtained.id_token.as_ref().unwrap_or(known).clone()),
                keeps_breadth: target.keeps_breadth || !own,
                facts: obtained.facts.clone(),
                unreported: obtained.unreported,
                ..target
            },
        });
        let (owner, kept, refresh_token) = (owner.id.clone(), stored.clone(), obtained.token.refresh_token.clone());
        let change = move |records: &mut Vec<Record>| {
            if retires {
                retire(records, &owner, now);
            }
            if let Some(known) = records.iter_mut().find(|known| known.id == owner) {
                known.refresh_token = refresh_token.or(known.refresh_token.take());
            }
            let Some(stored) = stored.filter(|_| !unexpected) else { return };
            if narrower {
                keep_beside(records, stored, now);
            } else if let Some(known) = records.iter_mut().find(|known| known.id == stored.id) {
                *known = stored;
            }
        };
        let written = self.context.in_vault(move |vault: &Vault| vault.update(change)).await;
        written.map_err(|error| error.hint("the new token is safe in the journal of the vault"))?;
        kept.ok_or_else(|| {
            Error::new(ErrorKind::Failed, format!("token `{}` is no longer in the vault", purpose.target))
        })
    }
}

/// Keeps the facts that the response to a refresh does not repeat.
fn keep_facts(obtained: &mut GrantedToken, token: &LoadedToken) {
    for (name, fact) in &token.facts {
        obtained.facts.entry(name.clone()).or_insert_with(|| fact.clone());
    }
    obtained.token.facts.clone_from(&obtained.facts);
}

/// Returns the additional scopes of a token that were granted again.
fn additions(known: &Record, obtained: &GrantedToken, added: Additions) -> Additions {
    let before = known.added.iter().filter(|(scope, _)| obtained.granted.contains(scope.as_str()));
    before.map(|(scope, reason)| (scope.clone(), *reason)).chain(added).collect()
}

/// Returns the refresh token of a token.
///
/// # Errors
/// If it has none.
pub(in crate::app) fn refresh_token(token: &LoadedToken) -> Result<&Secret, Error> {
    token.refresh_token.as_ref().ok_or_else(|| {
        Error::new(ErrorKind::Refused, "the token has no refresh token").hint(
            "obtain a new token; for a refresh token many servers require `always_request = [\"offline_access\"]` \
             and some `prompt = \"consent\"` in the client",
        )
    })
}

/// Creates a record for a narrowed token; the original keeps the refresh token.
pub(in crate::app) fn narrow(owner: &Record, obtained: &GrantedToken, now: Timestamp) -> Result<Record, Error> {
    Ok(Record {
        id: RecordId::random()?,
        asked: obtained.asked.clone(),
        granted: obtained.granted.clone(),
        created: now,
        expires: obtained.ends(now),
        last_used: None,
        token_type: obtained.token_type.clone(),
        access_token: obtained.token.secret.clone(),
        refresh_token: None,
        id_token: None,
        dpop_key: obtained.token.dpop.as_ref().map(|key| key.stored().clone()),
        narrowed_from: Some(owner.id.clone()),
        keeps_breadth: true,
        ..owner.clone()
    })
}

/// Adds a narrow token, replacing an equivalent one.
pub(in crate::app) fn keep_beside(records: &mut Vec<Record>, narrow: Record, now: Timestamp) {
    records.retain(|known| {
        known.narrowed_from != narrow.narrowed_from || known.granted != narrow.granted || known.life(now) == Life::Live
    });
    records.push(narrow);
}

/// Returns a sufficient token that another process has stored since `record` was read.
fn done_meanwhile(record: &Record, scopes: Option<&ScopeSet>, known: &[Record], now: Timestamp) -> Option<Record> {
    let is_live = |known: &&Record| known.life(now) == Life::Live;
    let found = match scopes {
        None => known
            .iter()
            .filter(|known| known.id == record.id)
            .find(|known| known.access_token.expose() != record.access_token.expose()),
        Some(scopes) => known
            .iter()
            .filter(is_live)
            .find(|known| known.narrowed_from.as_ref() == Some(&record.id) && known.granted == *scopes),
    };
    found.filter(is_live).cloned()
}
