//! Stored tokens: list, add, forget.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use jiff::Timestamp;
use url::Url;

use super::entries::record_entry;
use super::family::is_of;
use super::granted::GrantedToken;
use super::loaded::{LoadedToken, Origin};
use crate::app::error::quoted;
use crate::app::{Context, EndpointId, Error, ErrorKind};
use crate::manifest::{Api, Client, Dialect};
use crate::scope::{Additions, ScopeSet};
use crate::text::readable_url;
use crate::usage::Event;
use crate::vault::{ApprovalLink, Life, Record, RecordId, RecordLock, Vault, VaultError, WebOrigin};

/// How long a process waits for another one that is refreshing the same token: longer than the deadline of a request.
const LOCK_TIMEOUT: Duration = Duration::from_mins(1);

/// Interval between attempts to lock a record.
const LOCK_INTERVAL: Duration = Duration::from_millis(20);

/// Seconds within which a second use of a token is not recorded again.
const RECENT_USE: i64 = 60;

/// The tokens in the vault.
#[derive(Debug)]
pub struct TokenStore<'a> {
    context: &'a Context,
}

impl<'a> TokenStore<'a> {
    /// Creates a view of the vault's tokens.
    #[must_use]
    pub fn new(context: &'a Context) -> Self {
        Self { context }
    }

    /// Checks that a token can be stored, before a user signs in for it.
    ///
    /// # Errors
    /// If the vault can't be written.
    pub async fn probe(&self) -> Result<(), Error> {
        match self.context.vault() {
            Some(_) => self.context.in_vault(Vault::probe).await,
            None => Ok(()),
        }
    }

    /// Returns every stored token.
    ///
    /// # Errors
    /// If the vault can't be opened.
    pub async fn list(&self) -> Result<Vec<Record>, Error> {
        self.context.in_vault(Vault::records).await
    }

    /// Returns the token with this identifier, which may be shortened to an unambiguous prefix.
    ///
    /// # Errors
    /// If none or several match.
    pub async fn get(&self, prefix: &str) -> Result<Record, Error> {
        let prefix = prefix.to_owned();
        self.context.in_vault(move |vault| vault.record(&prefix)).await
    }

    /// Adds what the vault knows about a given opaque token: the scopes that it was granted, and its record. Any other token
    /// is returned as it is, and so is every token if the vault can't be opened.
    pub async fn recognize(&self, token: LoadedToken) -> LoadedToken {
        let is_unknown = token.origin == Origin::Given && token.granted.is_none() && token.decoded.claims().is_none();
        if !is_unknown || self.context.vault().is_none() {
            return token;
        }
        let known = self.list().await.unwrap_or_default();
        let record = known.into_iter().find(|record| {
            let (stored, given) = (record.access_token.expose().as_bytes(), token.secret.expose().as_bytes());
            verify_slices_are_equal(stored, given).is_ok()
        });
        match record {
            Some(record) => token.recorded(&record),
            None => token,
        }
    }

    /// Records that a token is used now, if it is in the vault. An earlier use within the last minute is close enough.
    ///
    /// # Errors
    /// If the vault can't be written.
    pub async fn mark_used(&self, token: &LoadedToken) -> Result<(), Error> {
        let Some(id) = token.record.clone().filter(|_| self.context.vault().is_some()) else { return Ok(()) };
        let now = Timestamp::now();
        let is_recent = |used: Timestamp| now.duration_since(used).as_secs() < RECENT_USE;
        let known = self.list().await?;
        if known.iter().find(|record| record.id == id).is_none_or(|record| record.last_used.is_some_and(is_recent)) {
            return Ok(());
        }
        let mark = move |records: &mut Vec<Record>| {
            if let Some(record) = records.iter_mut().find(|record| record.id == id) {
                record.last_used = Some(now);
            }
        };
        self.context.in_vault(move |vault| vault.update(mark)).await
    }

    /// Forgets tokens and those narrowed from them. The authorization server is not notified.
    ///
    /// # Errors
    /// If the vault can't be written.
    pub async fn forget(&self, ids: &[RecordId]) -> Result<Vec<RecordId>, Error> {
        // a refresh in progress would store the token again
        let mut locks = Vec::new();
        for id in ids {
            locks.push(self.lock(id).await?);
        }
        let mut acts = Vec::new();
        for record in self.list().await?.iter().filter(|record| ids.contains(&record.id)) {
            acts.push(self.context.begin(|| record_entry(self.context, Event::Forget, record)).await?);
        }
        let ids = ids.to_vec();
        let gone = self.context.in_vault(move |vault| vault.forget(|record| ids.contains(&record.id))).await;
        for act in acts {
            act.conclude_with(&gone).await;
        }
        gone
    }

    /// Stores a granted token; `None` without a vault. Removes the client's expired tokens that can't be refreshed.
    /// `added`: the scopes that were granted without being requested. `approval`: under which it was obtained.
    ///
    /// # Errors
    /// If it can't be stored.
    pub(in crate::app) async fn add(
        &self,
        obtained: &GrantedToken,
        client: &Client,
        endpoints: &[EndpointId],
        added: Additions,
        approval: Option<ApprovalLink>,
    ) -> Result<Option<Record>, Error> {
        if self.context.vault().is_none() {
            return Ok(None);
        }
        let now = Timestamp::now();
        let record = Record { added, approval, ..self.record(obtained, client, endpoints, now)? };
        let kept = record.clone();
        let keep = move |records: &mut Vec<Record>| {
            let is_dead = |known: &Record| {
                known.client_id == record.client_id
                    && known.issuer == record.issuer
                    && known.refresh_token.is_none()
                    // one that was obtained under an approval is revoked at the end of the window
                    && known.approval.is_none()
                    && known.life(now) == Life::Ended
            };
            records.retain(|known| !is_dead(known));
            records.push(record);
        };
        self.context.in_vault(move |vault| vault.update(keep)).await?;
        Ok(Some(kept))
    }

    fn record(
        &self,
        obtained: &GrantedToken,
        client: &Client,
        endpoints: &[EndpointId],
        now: Timestamp,
    ) -> Result<Record, Error> {
        let apis = apis_of(self.context, client, endpoints, &obtained.asked)?;
        let mut audiences: Vec<String> = apis.iter().filter_map(|api| api.audience.clone()).collect();
        audiences.sort_unstable();
        audiences.dedup();
        Ok(Record {
            id: RecordId::random()?,
            issuer: client.issuer.to_string(),
            client: client.name.clone(),
            client_id: client.client_id.clone(),
            audiences,
            origins: origins_with_facts(&apis, client, &obtained.facts),
            asked: obtained.asked.clone(),
            granted: obtained.granted.clone(),
            added: Additions::new(),
            created: now,
            expires: obtained.ends(now),
            last_used: None,
            token_type: obtained.token_type.clone(),
            access_token: obtained.token.secret.clone(),
            refresh_token: obtained.token.refresh_token.clone(),
            id_token: obtained.id_token.clone().filter(|_| self.context.is_identity_provider(client)),
            dpop_key: obtained.token.dpop.as_ref().map(|key| key.stored().clone()),
            narrowed_from: None,
            keeps_breadth: false,
            facts: obtained.facts.clone(),
            unreported: obtained.unreported,
            approval: None,
            signed_in: obtained.token.signed_in,
        })
    }

    /// Returns the manifest's client of a stored token.
    ///
    /// # Errors
    /// If the manifest has none for it.
    pub(in crate::app) fn client_of(&self, record: &Record) -> Result<&'a Client, Error> {
        let clients = &self.context.require_manifest()?.clients;
        clients.iter().find(|client| is_of(record, client)).ok_or_else(|| {
            let message = format!("the manifest has no client `{}` at `{}`", record.client_id, record.issuer);
            Error::new(ErrorKind::Usage, message)
                .hint("name the manifest that the token was obtained with: `--manifest FILE`")
        })
    }

    /// Waits for the lock of a record: one process refreshes a token, and the others find the new one.
    pub(in crate::app) async fn lock(&self, id: &RecordId) -> Result<RecordLock, Error> {
        let trying = async {
            loop {
                let id = id.clone();
                let locked =
                    self.context.in_vault(move |vault: &Vault| -> Result<_, VaultError> { vault.try_lock(&id) });
                if let Some(lock) = locked.await? {
                    return Ok(lock);
                }
                tokio::time::sleep(LOCK_INTERVAL).await;
            }
        };
        tokio::time::timeout(LOCK_TIMEOUT, trying).await.unwrap_or_else(|_| {
            let seconds = LOCK_TIMEOUT.as_secs();
            let message = format!("another process has been refreshing token `{id}` for more than {seconds} s");
            Err(Error::new(ErrorKind::Failed, message))
        })
    }
}

/// Returns the APIs that a token is for: those of the endpoints; without endpoints, those of the client's issuer that
/// declare one of the scopes, or otherwise all of that issuer.
pub(in crate::app) fn apis_of<'a>(
    context: &'a Context,
    client: &Client,
    endpoints: &[EndpointId],
    scopes: &ScopeSet,
) -> Result<Vec<&'a Api>, Error> {
    if !endpoints.is_empty() {
        return endpoints.iter().map(|id| Ok(context.require_endpoint(*id)?.0)).collect();
    }
    let of_issuer = |api: &&Api| api.issuer.as_ref() == Some(&client.issuer);
    let all: Vec<&Api> = context.require_manifest()?.apis.iter().filter(of_issuer).collect();
    let declares = |api: &&&Api| scopes.iter().any(|scope| api.hierarchy.declares(scope.as_str()));
    let some: Vec<&Api> = all.iter().filter(declares).copied().collect();
    Ok(if some.is_empty() { all } else { some })
}

/// Returns the origins of APIs, and that of the base URL in the token response if the client's dialect has one.
pub(in crate::app) fn origins_with_facts(
    apis: &[&Api],
    client: &Client,
    facts: &BTreeMap<String, String>,
) -> Vec<WebOrigin> {
    let mut known = origins(apis);
    let base = api_base(&client.dialect, facts).ok().flatten();
    known.extend(base.as_ref().and_then(WebOrigin::of));
    known.sort_unstable();
    known.dedup();
    known
}

/// Returns the base URL of the API that the authorization server has named, if the dialect has a fact for it.
///
/// # Errors
/// If a token must not be sent there: the URL is not `https`, or `http` on this machine, or belongs to another domain.
pub(in crate::app) fn api_base(dialect: &Dialect, facts: &BTreeMap<String, String>) -> Result<Option<Url>, Error> {
    let Some(text) = dialect.api_from.as_ref().and_then(|name| facts.get(name)) else { return Ok(None) };
    let refused = |why: &str| {
        let message = format!("the authorization server names `{text}` as the base URL of the API, which {why}");
        Error::new(ErrorKind::TokenUnusable, message)
    };
    let url = readable_url(text).ok().filter(|url| crate::net::is_permitted(url).is_ok());
    let url = url.ok_or_else(|| refused("is not a valid `https` URL"))?;
    if !dialect.permits_api_at(&url) {
        let domains = quoted(dialect.api_domains.iter().map(String::as_str));
        let refusal = refused(&format!("does not belong to {domains}"));
        return Err(refusal.hint("if the host is right, add its domain to `api_domains` of the client"));
    }
    Ok(Some(url))
}

/// Returns the origins of APIs, which their tokens may be sent to.
pub(in crate::app) fn origins(apis: &[&Api]) -> Vec<WebOrigin> {
    let mut origins: Vec<WebOrigin> = apis.iter().filter_map(|api| WebOrigin::of(&api.base_url)).collect();
    origins.sort_unstable();
    origins.dedup();
    origins
}
