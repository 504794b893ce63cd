//! The end of an approval: its tokens are revoked. Where the client may obtain the rest of their scopes without a user, a
//! narrower token replaces them.

use std::fmt;

use jiff::Timestamp;

use super::grant::{GrantOptions, PendingGrant};
use super::plan::Planner;
use crate::app::tokens::{Revoker, TokenStore, excess};
use crate::app::{Approvals, Context, Error, PolicyGate, Question, QuestionScopes};
use crate::audit::Entry;
use crate::manifest::{Client, GrantType};
use crate::oauth::Revocation;
use crate::scope::{Scope, ScopeSet};
use crate::usage::{Event, Record as LogRecord};
use crate::vault::{Life, Record, RecordId};

impl fmt::Display for EndedApproval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (token, approval) = (&self.token, self.approval.get(..8).unwrap_or(&self.approval));
        write!(formatter, "approval {approval} has ended: token `{token}` was ")?;
        match &self.narrowed {
            Some((other, scopes)) => write!(formatter, "replaced by `{other}` with {scopes}")?,
            None => formatter.write_str("removed")?,
        }
        match (&self.reason, self.revoked) {
            (_, true) => formatter.write_str(" and revoked"),
            (Some(reason), false) => write!(formatter, ", but could not be revoked: {reason}"),
            (None, false) => formatter.write_str(", but the authorization server still reports it as active"),
        }
    }
}

/// A token that was obtained under an approval that has ended.
#[derive(Clone, Debug)]
pub struct EndedApproval {
    /// Request.
    pub approval: String,
    /// Token.
    pub token: RecordId,
    /// Whether the authorization server has revoked it; otherwise it was only removed from the vault.
    pub revoked: bool,
    /// Why it was not revoked.
    pub reason: Option<String>,
    /// The token that replaces it, with the scopes that need no approval.
    pub narrowed: Option<(RecordId, ScopeSet)>,
}

impl Approvals<'_> {
    /// Revokes the tokens of approvals whose window has ended, and removes them from the vault. A narrower token replaces them
    /// if the client can obtain one without a user. `only`: ends this approval
    /// now. A token that can't be revoked is removed, too, since it must not be used any more.
    ///
    /// # Errors
    /// If the vault or the store can't be used, or the end can't be recorded.
    pub async fn end(&self, only: Option<&str>) -> Result<Vec<EndedApproval>, Error> {
        let now = Timestamp::now();
        if let Some(id) = only {
            self.close(id)?;
        }
        if self.context.vault().is_none() {
            return Ok(Vec::new());
        }
        let is_over = |record: &Record| {
            record.approval.as_ref().is_some_and(|link| link.until <= now || only == Some(link.id.as_str()))
        };
        let records = TokenStore::new(self.context).list().await?;
        let mut ended = Vec::new();
        for record in Revoker::roots(&records.iter().filter(|record| is_over(record)).cloned().collect::<Vec<_>>()) {
            ended.push(end_token(self.context, record).await?);
        }
        Ok(ended)
    }
}

async fn end_token(context: &Context, record: &Record) -> Result<EndedApproval, Error> {
    let approval = record.approval.as_ref().map(|link| link.id.clone()).unwrap_or_default();
    let entry = || {
        Entry::from(LogRecord {
            approval: Some(approval.clone()),
            client: Some(record.client.clone()),
            issuer: Some(record.issuer.clone()),
            granted: Some(record.granted.names()),
            token_id: Some(record.id.to_string()),
            ..LogRecord::new(Event::ApprovalExpired)
        })
    };
    let act = context.begin(entry).await?;
    // obtained first, so that nobody is without a token in between; a failure must not keep the broad one alive
    let narrowed = Box::pin(narrower(context, record)).await.unwrap_or_default();
    let revoked = Box::pin(Revoker::new(context).revoke_stored(record)).await;
    let (is_revoked, reason) = match &revoked {
        Ok(report) => (report.revocation != Revocation::StillActive, None),
        Err(error) => (false, Some(error.message.clone())),
    };
    let removed = match &revoked {
        Ok(report) if report.forgotten => Ok(()),
        _ => TokenStore::new(context).forget(std::slice::from_ref(&record.id)).await.map(|_| ()),
    };
    let kept = narrowed.as_ref().map(|narrowed| narrowed.granted.names());
    act.conclude(removed, |()| Entry::from(LogRecord { granted: kept, ..LogRecord::default() })).await?;
    let narrowed = narrowed.map(|narrowed| (narrowed.id, narrowed.granted));
    Ok(EndedApproval { approval, token: record.id.clone(), revoked: is_revoked, reason, narrowed })
}

/// Obtains a token with the scopes of a record that need no approval, and stores it. `None` if there are none, the client
/// needs a user for it, the policy does not allow it, or another stored token has them.
async fn narrower(context: &Context, record: &Record) -> Result<Option<Record>, Error> {
    let client = TokenStore::new(context).client_of(record)?;
    let is_own =
        client.grants.contains(&GrantType::ClientCredentials) && !client.grants.iter().any(|it| it.needs_user());
    let scopes = rest(context, client, record)?;
    if !is_own || scopes.is_empty() || has_another(context, record, &scopes).await? {
        return Ok(None);
    }
    let plan = Planner::new(context).whole(&[], Some(&client.name), None, &scopes)?;
    let question =
        Question { client: Some(&client.name), scopes: QuestionScopes::Exactly(&plan.scopes), ..Question::default() };
    if PolicyGate::new(context).need(&question, Timestamp::now())?.is_some() {
        return Ok(None);
    }
    let options = GrantOptions::new(GrantType::ClientCredentials, false);
    let obtained = PendingGrant::start(context, &plan, options).await?.finish().await?;
    let found = excess(context, client, &obtained.asked, &obtained.granted);
    if !found.unexpected.is_empty() {
        Revoker::new(context).reject(&client.name, &obtained.token).await;
        return Ok(None);
    }
    TokenStore::new(context).add(&obtained, client, &[], found.additions, None).await
}

/// Returns the scopes of a record that the client may request without an approval.
fn rest(context: &Context, client: &Client, record: &Record) -> Result<ScopeSet, Error> {
    let above = Planner::new(context).above(client, &[], &record.granted)?;
    let is_identity = |scope: &Scope| client.dialect.vocabulary.is_identity_scope(scope.as_str());
    Ok(record.granted.difference(&above).iter().filter(|scope| !is_identity(scope)).cloned().collect())
}

/// Whether another live token of the client has these scopes.
async fn has_another(context: &Context, record: &Record, scopes: &ScopeSet) -> Result<bool, Error> {
    let now = Timestamp::now();
    let has_them = |other: &Record| {
        other.id != record.id
            && other.client == record.client
            && other.approval.is_none()
            && other.life(now) == Life::Live
            && scopes.is_subset(&other.granted)
    };
    Ok(TokenStore::new(context).list().await?.iter().any(has_them))
}
