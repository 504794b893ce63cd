//! Tokens in the vault: kept, listed, forgotten.

use std::sync::Arc;

use jiff::Timestamp;

use super::{EndpointId, Error, HeldToken, Kind, Obtained, Origin, Plan, Workspace};
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
            | VaultError::WrongKey(_) => Kind::Usage,
            VaultError::NoPassphrase(_) => Kind::Refused,
            VaultError::Unfit(_) => Kind::TokenUnusable,
            _ => Kind::Failed,
        };
        error.hints().into_iter().fold(Self::new(kind, error.to_string()), Self::hint)
    }
}

impl From<KeyringError> for Error {
    fn from(error: KeyringError) -> Self {
        Self::new(Kind::Failed, error.to_string())
    }
}

impl Workspace {
    /// The same workspace with a vault. Without one, nothing is kept and nothing is found.
    #[must_use]
    pub fn with_vault(mut self, vault: Vault) -> Self {
        self.vault = Some(Arc::new(vault));
        self
    }

    /// The vault.
    #[must_use]
    pub fn vault(&self) -> Option<&Arc<Vault>> {
        self.vault.as_ref()
    }

    /// Works with the vault off the asynchronous threads: the keyring blocks, and so does a lock.
    pub(super) async fn in_vault<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Vault) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, Error> {
        let vault = self.vault.clone().ok_or_else(|| Error::new(Kind::Usage, "no vault is open"))?;
        let done = tokio::task::spawn_blocking(move || work(&vault)).await;
        Ok(done.map_err(|_| Error::new(Kind::Failed, "the vault's task failed"))??)
    }

    /// Makes sure that a token can be kept, before anybody signs in for it.
    ///
    /// # Errors
    /// When it can't.
    pub async fn probe_vault(&self) -> Result<(), Error> {
        match self.vault {
            Some(_) => self.in_vault(Vault::probe).await,
            None => Ok(()),
        }
    }

    /// Every token in the vault.
    ///
    /// # Errors
    /// When the vault can't be opened.
    pub async fn tokens(&self) -> Result<Vec<Record>, Error> {
        self.in_vault(Vault::records).await
    }

    /// The token of that identifier, or of the one that begins so.
    ///
    /// # Errors
    /// When none or several fit.
    pub async fn token(&self, begin: &str) -> Result<Record, Error> {
        let begin = begin.to_owned();
        self.in_vault(move |vault| vault.record(&begin)).await
    }

    /// Keeps what was obtained; `None` without a vault. Tokens of the same client that ended and can't be refreshed go.
    /// `added`: what is in it without having been requested.
    ///
    /// # Errors
    /// When it can't be kept.
    pub(super) async fn keep(
        &self,
        obtained: &Obtained,
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

    fn record(&self, obtained: &Obtained, plan: &Plan, now: Timestamp) -> Result<Record, Error> {
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

    /// The APIs that a token is for: those of the endpoints; without endpoints those of the client's issuer that
    /// declare one of the scopes, or else all of that issuer.
    fn apis_of(&self, endpoints: &[EndpointId], client: &Client, scopes: &ScopeSet) -> Result<Vec<&Api>, Error> {
        if !endpoints.is_empty() {
            return endpoints.iter().map(|id| Ok(self.known_endpoint(*id)?.0)).collect();
        }
        let of_issuer = |api: &&Api| api.issuer.as_ref() == Some(&client.issuer);
        let all: Vec<&Api> = self.require_manifest()?.apis.iter().filter(of_issuer).collect();
        let declares = |api: &&&Api| scopes.iter().any(|scope| api.hierarchy.declares(scope.as_str()));
        let some: Vec<&Api> = all.iter().filter(declares).copied().collect();
        Ok(if some.is_empty() { all } else { some })
    }

    /// Adds scopes by hand to what a plan asks for.
    ///
    /// # Errors
    /// When one is above the ceiling of the plan's client.
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
                let message = format!("client `{}` may not request {above}", client.name);
                return Err(
                    Error::new(Kind::NotAllowed, message).hint(format!("its ceiling `may_request` is {ceiling}"))
                );
            }
        }
        plan.scopes = plan.scopes.union(added);
        Ok(())
    }

    /// The endpoints of the manifest that can need a scope, as the manifest writes them.
    #[must_use]
    pub fn needs(&self, scope: &str) -> Vec<String> {
        let endpoints = self.manifest.iter().flat_map(|manifest| &manifest.apis).flat_map(|api| &api.endpoints);
        let needing = endpoints.filter(|endpoint| endpoint.requirement.scopes().contains(scope));
        needing.map(ToString::to_string).collect()
    }

    /// The origins that a token for these endpoints may be sent to.
    pub(super) fn origins_of(&self, plan: &Plan) -> Result<Vec<WebOrigin>, Error> {
        Ok(origins(&self.apis_of(&plan.endpoints, self.client(&plan.client)?, &plan.scopes)?))
    }

    /// Forgets tokens, and what was narrowed from them. The server is not told.
    ///
    /// # Errors
    /// When the vault can't be written.
    pub async fn forget(&self, ids: &[RecordId]) -> Result<Vec<RecordId>, Error> {
        // a refresh that is under way would bring it back
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

impl Obtained {
    /// When the token ends by this machine's clock: as the server said, or as the token itself says if that is sooner. A
    /// fresh token that says that it is over only says that this clock is wrong.
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

impl HeldToken {
    /// A token out of the vault, bound to the origins it was obtained for.
    #[must_use]
    pub fn stored(record: &Record, now: Timestamp) -> Self {
        let origin = Origin::Obtained { client: record.client.clone() };
        let mut token = Self::new(record.access_token.clone(), origin, Some(&record.granted), now);
        token.refresh_token.clone_from(&record.refresh_token);
        token.origins = Some(record.origins.clone());
        token.audiences.clone_from(&record.audiences);
        // a key that can't be read is as good as none: the server says that a proof is missing
        token.dpop = record.dpop_key.clone().and_then(|key| DpopKey::restore(key).ok()).map(Arc::new);
        token
    }
}
