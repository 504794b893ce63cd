//! The end of an approval: its tokens are revoked.

use std::fmt;

use jiff::Timestamp;

use super::revocation::Revoker;
use super::store::TokenStore;
use crate::app::{Approvals, Context, Error};
use crate::audit::Entry;
use crate::oauth::Revocation;
use crate::usage::{Event, Record as LogRecord};
use crate::vault::{Record, RecordId};

impl fmt::Display for EndedApproval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (token, approval) = (&self.token, self.approval.get(..8).unwrap_or(&self.approval));
        write!(formatter, "approval {approval} has ended: token `{token}` was removed")?;
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
}

impl Approvals<'_> {
    /// Revokes the tokens of approvals whose window has ended, and removes them from the vault. `only`: ends this approval
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
    let revoked = Box::pin(Revoker::new(context).revoke_stored(record)).await;
    let (is_revoked, reason) = match &revoked {
        Ok(report) => (report.revocation != Revocation::StillActive, None),
        Err(error) => (false, Some(error.message.clone())),
    };
    let removed = match &revoked {
        Ok(report) if report.forgotten => Ok(()),
        _ => TokenStore::new(context).forget(std::slice::from_ref(&record.id)).await.map(|_| ()),
    };
    act.conclude(removed, |()| Entry::default()).await?;
    Ok(EndedApproval { approval, token: record.id.clone(), revoked: is_revoked, reason })
}
