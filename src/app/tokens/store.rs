//! Stored tokens: store, list, delete.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Context, EndpointId, Error, ErrorKind, GrantedToken, LoadedToken, Origin, Plan};
use crate::manifest::{Api, Client};
use crate::oauth::DpopKey;
use crate::scope::{Additions, Scope, ScopeSet};
use crate::token::Validity;
use crate::vault::{KeyringError, Life, Record, RecordId, Vault, VaultError, WebOrigin};

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Self {
        let kind = match &error {
            VaultError::Unknown(_)
            | VaultError::Ambiguous { .. }
            | VaultError::OtherStore { .. }
            | VaultError::PassphraseShort(_)
            | VaultError::PassphraseTrivial(_)
            | VaultError::WrongKey(_) => ErrorKind::Usage,
            VaultError::NoPassphrase(_) => ErrorKind::Refused,
            VaultError::Unfit(_) => ErrorKind::TokenUnusable,
            _ => ErrorKind::Failed,
        };
        error.hints().into_iter().fold(Self::new(kind, error.to_string()), Self::hint)
    }
}

impl From<KeyringError> for Error {
    fn from(error: KeyringError) -> Self {
        Self::new(ErrorKind::Failed, error.to_string())
    }
}

impl Context {
    /// Returns this context with a vault. Without one, no tokens are stored or found.
    #[must_use]
    pub fn with_vault(mut self, vault: Vault) -> Self {
        self.vault = Some(Arc::new(vault));
        self
    }

    /// Returns the vault.
    #[must_use]
    pub fn vault(&self) -> Option<&Arc<Vault>> {
        self.vault.as_ref()
    }

    /// Uses the vault on a blocking thread, since the keyring and locks block.
    pub(super) async fn in_vault<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Vault) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, Error> {
        let vault = self.vault.clone().ok_or_else(|| Error::new(ErrorKind::Usage, "no vault is open"))?;
        let done = tokio::task::spawn_blocking(move || work(&vault)).await;
        Ok(done.map_err(|_| Error::new(ErrorKind::Failed, "the vault's task failed"))??)
    }

    /// Verifies that a token can be stored, before the user signs in.
    ///
    /// # Errors
    /// If it can't be stored.
    pub async fn probe_vault(&self) -> Result<(), Error> {
        match self.vault {
            Some(_) => self.in_vault(Vault::probe).await,
            None => Ok(()),
        }
    }

    /// Returns every stored token.
    ///
    /// # Errors
    /// If the vault can't be opened.
    pub async fn tokens(&self) -> Result<Vec<Record>, Error> {
        self.in_vault(Vault::records).await
    }

    /// Returns the token with an ID or an unambiguous ID prefix.
    ///
    /// # Errors
    /// If none or several match.
    pub async fn token(&self, begin: &str) -> Result<Record, Error> {
        let begin = begin.to_owned();
        self.in_vault(move |vault| vault.record(&begin)).await
    }

    /// Stores a new token; `None` without a vault. Removes tokens of the same client that expired and can't be
    /// refreshed.
    /// `added`: scopes that were granted without being requested.
    ///
    /// # Errors
    /// If it can't be stored.
    pub(super) async fn keep(
        &self,
        obtained: &GrantedToken,
        plan: &Plan,
        added: Additions,
    ) -> Result<Option<Record>, Error> {
        if self.vault.is_none() {
            return Ok(None);
        }
        let now = Timestamp::now();
        let record = Record { added, ..self.record(obtained, plan, now)? };
        let kept = record.clone();
        let keep = move |records: &mut Vec<Record>| {
            let dead = |known: &Record| {
                known.client_id == record.client_id
                    && known.issuer == record.issuer
                    && known.refresh_token.is_none()
                    && known.life(now) == Life::Ended
            };
            records.retain(|known| !dead(known));
            records.push(record);
        };
        self.in_vault(move |vault| vault.update(keep)).await?;
        Ok(Some(kept))
    }

    fn record(&self, obtained: &GrantedToken, plan: &Plan, now: Timestamp) -> Result<Record, Error> {
        let client = self.client(&plan.client)?;
        let apis = self.apis_of(&plan.endpoints, client, &obtained.asked)?;
        let mut audiences: Vec<String> = apis.iter().filter_map(|api| api.audience.clone()).collect();
        audiences.sort_unstable();
        audiences.dedup();
        Ok(Record {
            id: RecordId::random()?,
            issuer: client.issuer.to_string(),
            client: client.name.clone(),
            client_id: client.client_id.clone(),
            audiences,
            origins: origins(&apis),
            asked: obtained.asked.clone(),
            granted: obtained.granted.clone(),
            added: Additions::new(),
            created: now,
            expires: obtained.ends(now),
            last_used: None,
            token_type: obtained.token_type.clone(),
            access_token: obtained.token.secret.clone(),
            refresh_token: obtained.token.refresh_token.clone(),
            dpop_key: obtained.token.dpop.as_ref().map(|key| key.stored().clone()),
            narrowed_from: None,
            keeps_breadth: false,
        })
    }

    /// Returns the APIs of a token: those of the endpoints; without endpoints those of the client's issuer that
    /// declare one of the scopes, or otherwise all of that issuer.
    fn apis_of(&self, endpoints: &[EndpointId], client: &Client, scopes: &ScopeSet) -> Result<Vec<&Api>, Error> {
        if !endpoints.is_empty() {
            return endpoints.iter().map(|id| Ok(self.require_endpoint(*id)?.0)).collect();
        }
        let of_issuer = |api: &&Api| api.issuer.as_ref() == Some(&client.issuer);
        let all: Vec<&Api> = self.require_manifest()?.apis.iter().filter(of_issuer).collect();
        let declares = |api: &&&Api| scopes.iter().any(|scope| api.hierarchy.declares(scope.as_str()));
        let some: Vec<&Api> = all.iter().filter(declares).copied().collect();
        Ok(if some.is_empty() { all } else { some })
    }

    /// Adds scopes from the user to a plan.
    ///
    /// # Errors
    /// If one exceeds the ceiling of the plan's client.
    pub fn add_scopes(&self, plan: &mut Plan, added: &ScopeSet) -> Result<(), Error> {
        let client = self.client(&plan.client)?;
        if let Some(ceiling) = &client.may_request {
            let apis = self.apis_of(&plan.endpoints, client, added)?;
            let below = |scope: &&Scope| {
                ceiling.contains(scope.as_str())
                    || apis.iter().any(|api| api.hierarchy.satisfies(ceiling, scope.as_str()))
            };
            let above: ScopeSet = added.iter().filter(|scope| !below(scope)).cloned().collect();
            if !above.is_empty() {
                let message = format!("client `{}` is not allowed to request {above}", client.name);
                return Err(
                    Error::new(ErrorKind::NotAllowed, message).hint(format!("its ceiling `may_request` is {ceiling}"))
                );
            }
        }
        plan.scopes = plan.scopes.union(added);
        Ok(())
    }

    /// Returns the endpoints that can need a scope, in manifest notation.
    #[must_use]
    pub fn needs(&self, scope: &str) -> Vec<String> {
        let endpoints = self.manifest.iter().flat_map(|manifest| &manifest.apis).flat_map(|api| &api.endpoints);
        let needing = endpoints.filter(|endpoint| endpoint.requirement.scopes().contains(scope));
        needing.map(ToString::to_string).collect()
    }

    /// Returns the origins that a token for these endpoints is bound to.
    pub(super) fn origins_of(&self, plan: &Plan) -> Result<Vec<WebOrigin>, Error> {
        Ok(origins(&self.apis_of(&plan.endpoints, self.client(&plan.client)?, &plan.scopes)?))
    }

    /// Deletes tokens, and those narrowed from them, without revoking them.
    ///
    /// # Errors
    /// If the vault can't be written.
    pub async fn forget(&self, ids: &[RecordId]) -> Result<Vec<RecordId>, Error> {
        // a refresh in progress would restore it
        let mut locks = Vec::new();
        for id in ids {
            locks.push(self.lock_record(id).await?);
        }
        let ids = ids.to_vec();
        self.in_vault(move |vault| vault.forget(|record| ids.contains(&record.id))).await
    }
}

fn origins(apis: &[&Api]) -> Vec<WebOrigin> {
    let mut origins: Vec<WebOrigin> = apis.iter().filter_map(|api| WebOrigin::of(&api.base_url)).collect();
    origins.sort_unstable();
    origins.dedup();
    origins
}

impl GrantedToken {
    /// Returns the token's expiry by this machine's clock: as stated by the server, or by the token if that is earlier.
    /// A new token that appears expired indicates a wrong clock.
    #[must_use]
    pub fn ends(&self, now: Timestamp) -> Option<Timestamp> {
        let said = self.expires_in.map(|lifetime| Record::end_of(now, lifetime));
        let own = match self.token.validity(now) {
            Some(Validity::Valid(end)) => end,
            Some(Validity::Expired(end)) if said.is_none() => end,
            Some(Validity::Expired(_) | Validity::NotYet(_) | Validity::Malformed(_)) | None => None,
        };
        [said, own].into_iter().flatten().min()
    }
}

impl LoadedToken {
    /// Loads a stored token, bound to its origins.
    #[must_use]
    pub fn stored(record: &Record, now: Timestamp) -> Self {
        let origin = Origin::Obtained { client: record.client.clone() };
        let mut token = Self::new(record.access_token.clone(), origin, Some(&record.granted), now);
        token.refresh_token.clone_from(&record.refresh_token);
        token.origins = Some(record.origins.clone());
        token.audiences.clone_from(&record.audiences);
        // an unreadable key is ignored: the server will report a missing proof
        token.dpop = record.dpop_key.clone().and_then(|key| DpopKey::restore(key).ok()).map(Arc::new);
        token
    }
}
