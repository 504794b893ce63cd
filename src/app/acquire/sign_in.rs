//! Obtains a token with a grant, one process at a time, and stores it before anything else.

use std::time::{Duration, Instant};

use super::{
    AcquiredToken, Acquisition, BrowserUse, GrantOptions, Interaction, Notice, PendingGrant, Plan, StoragePolicy,
    TokenSource,
};
use crate::app::clients::request_entry;
use crate::app::tokens::{Revoker, TokenStore, excess, excess_entry};
use crate::app::{Error, ErrorKind, ExcessQuestion, GrantedToken};
use crate::manifest::GrantType;
use crate::scope::Additions;
use crate::usage::Outcome;
use crate::vault::{Record, SignInLock, Vault};

/// Time limit and interval for waiting for the sign-in of another process.
const PATIENCE: Duration = Duration::from_mins(11);
const TRY_AGAIN: Duration = Duration::from_millis(200);

impl<I: Interaction> Acquisition<'_, I> {
    /// Selects the requested grant, or the client's first; one with a sign-in only if that is allowed.
    ///
    /// # Errors
    /// If the client is not allowed to use it, or a sign-in is needed but not allowed.
    pub fn grant(&self, plan: &Plan) -> Result<GrantType, Error> {
        let found = match self.terms.grant.as_deref() {
            None => plan.grants.first(),
            Some(name) => plan.grants.iter().find(|grant| grant.as_str() == name),
        };
        let grant = found.copied().ok_or_else(|| {
            let grants: Vec<&str> = plan.grants.iter().map(|grant| grant.as_str()).collect();
            let named = self.terms.grant.as_deref().unwrap_or_default();
            Error::new(ErrorKind::Usage, format!("client `{}` is not allowed to use the grant `{named}`", plan.client))
                .hint(format!("allowed grants: {}", grants.join(", ")))
        })?;
        if grant.needs_user() && !self.terms.may_sign_in {
            return Err(Error::login_needed(Some(&plan.client))
                .hint("run `tokscope login` in a terminal first; the stored token is then used")
                .hint("or select a client that has `client_credentials` with `--client`"));
        }
        Ok(grant)
    }

    /// Obtains a token by a plan, and stores it.
    ///
    /// # Errors
    /// If it can't be stored although required, the user or the server refuses, or the server grants more than
    /// requested and that is not accepted.
    pub async fn obtain(&mut self, plan: &Plan) -> Result<AcquiredToken, Error> {
        let obtained = Box::pin(self.obtain_unrecorded(plan)).await;
        let entry = || request_entry(self.context, Some(&plan.client), &plan.endpoints, &plan.scopes);
        self.context.or_denied(obtained, entry).await
    }

    async fn obtain_unrecorded(&mut self, plan: &Plan) -> Result<AcquiredToken, Error> {
        let grant = self.grant(plan)?;
        let usable = TokenStore::new(self.context).probe().await;
        let keeps = self.keeps(grant, usable)?;
        let _alone = self.alone(grant, keeps).await?;
        Box::pin(self.sign_in(plan, grant, keeps)).await
    }

    /// Checks whether the token can be stored before the user signs in: a new token must not be lost.
    pub(super) fn keeps(&mut self, grant: GrantType, usable: Result<(), Error>) -> Result<bool, Error> {
        let Err(error) = usable else { return Ok(true) };
        let may_lose = match self.terms.keeping {
            StoragePolicy::Required => false,
            // without a user the next token is cheap; a user's sign-in would be lost
            StoragePolicy::RequiredForUsers => !grant.needs_user(),
            StoragePolicy::BestEffort => true,
        };
        if !may_lose {
            return Err(error);
        }
        self.interaction.notice(&Notice::NotKept(&error));
        Ok(false)
    }

    /// Waits until no other process of this user has a sign-in in progress, so that only one opens a browser.
    pub(super) async fn alone(&mut self, grant: GrantType, keeps: bool) -> Result<Option<SignInLock>, Error> {
        if !grant.needs_user() || !keeps || self.context.vault().is_none() {
            return Ok(None);
        }
        let started = Instant::now();
        let mut waits = false;
        loop {
            if let Some(lock) = self.context.in_vault(Vault::try_lock_sign_in).await? {
                return Ok(Some(lock));
            }
            if !std::mem::replace(&mut waits, true) {
                self.interaction.notice(&Notice::Waiting);
            }
            if started.elapsed() > PATIENCE {
                return Err(Error::new(ErrorKind::Failed, "another process is still waiting for a sign-in"));
            }
            tokio::time::sleep(TRY_AGAIN).await;
        }
    }

    pub(super) async fn sign_in(&mut self, plan: &Plan, grant: GrantType, keeps: bool) -> Result<AcquiredToken, Error> {
        let subject = match (&self.context.client(&plan.client)?.identity_provider, &self.terms.start.subject) {
            (Some(provider), None) if grant == GrantType::JwtBearer => {
                let provider = self.context.client(provider)?;
                Some(Box::pin(self.id_token(provider)).await?)
            }
            (_, given) => given.clone(),
        };
        for left in &plan.minimal_set.uncovered {
            self.interaction.notice(&Notice::LeftOut { endpoint: &left.endpoint, client: &plan.client });
        }
        self.interaction.notice(&Notice::Requesting(&plan.scopes));
        let browser = match (grant, self.terms.start.browser) {
            // the code is for a browser on another device
            (GrantType::DeviceCode, BrowserUse::Open) => BrowserUse::Show,
            (_, browser) => browser,
        };
        let start = GrantOptions { grant, browser, subject, ..self.terms.start.clone() };
        let (pastes, advice_after) = (start.paste, start.advice_after);
        let pending = PendingGrant::start(self.context, plan, start).await?;
        if let Some(ruling) = &pending.ruling {
            self.interaction.notice(&Notice::Note(&ruling.to_string()));
        }
        self.interaction.show_sign_in(&pending);
        let obtained = match pending.can_paste() {
            true => self.redirected(pending, pastes, advice_after).await?,
            false => pending.finish().await?,
        };
        self.interaction.notice(&Notice::Granted(&obtained));
        let additions = match self.judge(plan, &obtained).await {
            Ok(additions) => additions,
            Err(error) => {
                let outcome = Revoker::new(self.context).reject(&plan.client, &obtained.token).await;
                return Err(error.hint(format!("the token {outcome}, and not stored")));
            }
        };
        if !additions.is_empty() {
            self.interaction.notice(&Notice::Added(&additions));
        }
        let record = match keeps {
            true => match self.store(&obtained, plan, additions).await {
                Err(error) if self.terms.keeping == StoragePolicy::BestEffort => {
                    self.interaction.notice(&Notice::NotKept(&error));
                    None
                }
                kept => kept?,
            },
            false => None,
        };
        Ok(AcquiredToken::fresh(obtained, record, TokenSource::Obtained))
    }

    /// Waits for the redirect, which the user may paste. A browser that shows an error page sends none, so the usual causes
    /// are reported once.
    async fn redirected(
        &mut self,
        pending: PendingGrant,
        pastes: bool,
        advice_after: Duration,
    ) -> Result<GrantedToken, Error> {
        let advice = pending.advice();
        let mut timer = std::pin::pin!(tokio::time::sleep(advice_after));
        let mut is_advised = false;
        let interaction = &mut *self.interaction;
        let finished = pending.finish_pasted(async |rejected: Option<Error>| {
            if let Some(error) = &rejected {
                interaction.notice(&Notice::Rejected(error));
            }
            loop {
                let pasted = async {
                    match pastes {
                        true => interaction.pasted_redirect().await,
                        false => std::future::pending().await,
                    }
                };
                tokio::select! {
                    text = pasted => return text,
                    () = &mut timer, if !is_advised => is_advised = true,
                }
                interaction.notice(&Notice::Advice(&advice));
            }
        });
        finished.await
    }

    async fn store(&self, obtained: &GrantedToken, plan: &Plan, additions: Additions) -> Result<Option<Record>, Error> {
        let client = self.context.client(&plan.client)?;
        let approval = plan.approval.clone();
        TokenStore::new(self.context).add(obtained, client, &plan.endpoints, additions, approval).await
    }

    /// Returns the reason why each additional scope is accepted.
    async fn judge(&mut self, plan: &Plan, obtained: &GrantedToken) -> Result<Additions, Error> {
        let client = self.context.client(&plan.client)?;
        let excess = excess(self.context, client, &plan.scopes, &obtained.granted);
        if excess.unexpected.is_empty() {
            return Ok(excess.additions);
        }
        let question = ExcessQuestion {
            client: plan.client.clone(),
            requested: plan.scopes.clone(),
            granted: obtained.granted.clone(),
            unexpected: excess.unexpected.clone(),
            refresh: false,
        };
        match self.accepts(&question).await? {
            true => Ok(excess.confirmed()),
            false => Err(question.refusal()),
        }
    }

    /// Keeps a token that was granted more than requested only if that is accepted.
    pub(super) async fn accepts(&mut self, question: &ExcessQuestion) -> Result<bool, Error> {
        let act = self.context.begin(|| excess_entry(self.context, question)).await?;
        let accepted = match self.terms.accept_more {
            true => Ok(true),
            false => self.interaction.confirm_excess(question).await,
        };
        match accepted {
            Ok(accepted) => {
                act.decide(if accepted { Outcome::Ok } else { Outcome::Refused }).await?;
                Ok(accepted)
            }
            Err(error) => Err(act.fail(error).await),
        }
    }
}
