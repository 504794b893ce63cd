//! Identity providers: ID tokens with which another authorization server vouches for the user.

use jiff::Timestamp;

use super::{Acquisition, Interaction, Notice, Planner};
use crate::app::tokens::{LoadedToken, Origin, TokenStore, is_of};
use crate::app::{Error, ErrorKind};
use crate::manifest::Client;
use crate::scope::Scope;
use crate::secret::Secret;
use crate::token::Validity;
use crate::vault::Record;

impl<I: Interaction> Acquisition<'_, I> {
    /// Returns an ID token of the user for an identity provider: a stored one, refreshed if it has expired, or a new one
    /// after a sign-in there.
    ///
    /// # Errors
    /// If a sign-in is needed but not allowed, or fails, or the identity provider issues no ID token.
    pub(super) async fn id_token(&mut self, provider: &Client) -> Result<Secret, Error> {
        if let Some(stored) = self.stored_id_token(provider).await? {
            return Ok(stored);
        }
        let name = &provider.name;
        let Some(grant) = provider.grants.iter().copied().find(|grant| grant.needs_user()) else {
            return Err(Error::new(ErrorKind::Usage, format!("client `{name}` has no grant with a sign-in")));
        };
        if !self.terms.may_sign_in {
            return Err(Error::login_needed(Some(name))
                .hint(format!("run `tokscope login --client {name} --scope openid` in a terminal first")));
        }
        let mut plan = Planner::new(self.context).plan(&[], Some(name), None)?;
        plan.scopes.extend(Scope::parse("openid").ok());
        self.interaction.notice(&Notice::IdentityProvider(provider));
        let usable = TokenStore::new(self.context).probe().await;
        let keeps = self.keeps(grant, usable)?;
        let alone = self.alone(grant, keeps).await?;
        if alone.is_some() {
            // another process may have signed in meanwhile
            let records = self.id_token_records(provider).await?;
            if let Some(usable) = records.iter().find_map(usable_id_token) {
                return Ok(usable);
            }
        }
        let acquired = Box::pin(self.sign_in(&plan, grant, keeps)).await?;
        acquired.id_token.ok_or_else(|| {
            let message = format!("the identity provider `{}` issued no ID token", provider.issuer);
            Error::new(ErrorKind::Refused, message).hint(format!("allow client `{name}` the scope `openid` there"))
        })
    }

    /// Returns the stored tokens of an identity provider that have an ID token, the latest first.
    async fn id_token_records(&self, provider: &Client) -> Result<Vec<Record>, Error> {
        if self.context.vault().is_none() {
            return Ok(Vec::new());
        }
        let mut records = TokenStore::new(self.context).list().await?;
        records.retain(|record| is_of(record, provider) && record.id_token.is_some());
        records.sort_by_key(|record| std::cmp::Reverse(record.created));
        Ok(records)
    }

    /// Returns the stored ID token with the latest sign-in, refreshed if it has expired.
    async fn stored_id_token(&mut self, provider: &Client) -> Result<Option<Secret>, Error> {
        let records = self.id_token_records(provider).await?;
        if let Some(usable) = records.iter().find_map(usable_id_token) {
            return Ok(Some(usable));
        }
        let Some(record) = records.iter().find(|record| record.refresh_token.is_some()) else { return Ok(None) };
        match Box::pin(self.refresh(record)).await {
            Ok(refreshed) => Ok(usable_id_token(&refreshed)),
            // an outage is not a reason to ask the user to sign in
            Err(error) if error.kind == ErrorKind::Failed => Err(error),
            Err(error) => {
                let note = format!("token `{}` could not be refreshed: {error}", record.id);
                self.interaction.notice(&Notice::Note(&note));
                Ok(None)
            }
        }
    }
}

/// Returns the ID token of a record, unless it has expired.
fn usable_id_token(record: &Record) -> Option<Secret> {
    let (now, token) = (Timestamp::now(), record.id_token.clone()?);
    let loaded = LoadedToken::new(token.clone(), Origin::Given, None, now);
    matches!(loaded.validity(now), Some(Validity::Valid(_))).then_some(token)
}
