//! Takes a use of an approval.

use std::sync::Arc;

use jiff::Timestamp;

use super::entries::request_entry;
use super::known::{ApprovalState, Approvals, KnownApproval};
use super::requesting::Need;
use crate::app::approval_storage::ApprovalStorage;
use crate::app::recording::Act;
use crate::app::{Error, ErrorKind};
use crate::approval::RequestRule;
use crate::audit::Entry;
use crate::usage::{Event, Outcome};

/// A use that was taken. Without a conclusion it counts.
#[derive(Debug, Default)]
pub(in crate::app) struct ApprovalUse {
    taken: Option<(String, Arc<ApprovalStorage>)>,
    act: Act,
}

impl ApprovalUse {
    /// Returns a use of nothing.
    pub(in crate::app) fn none() -> Self {
        Self::default()
    }

    /// Records that the use takes place now.
    pub(in crate::app) fn conclude_now(self) {
        self.act.end_now(Outcome::Ok, Entry::default());
    }

    /// Records the outcome. A use that failed does not count.
    pub(in crate::app) async fn conclude<T>(self, result: &Result<T, Error>) {
        let Some((id, storage)) = self.taken else { return };
        if result.is_err() {
            let give_back = storage.change(&id, |stored| {
                stored.used = stored.used.saturating_sub(1);
                Ok(())
            });
            // the audit log has the outcome too
            drop(give_back);
        }
        self.act.conclude_with(result).await;
    }
}

impl Approvals<'_> {
    /// Returns the approval that permits what is needed now, if there is one.
    ///
    /// # Errors
    /// If the stored requests or the audit log can't be read.
    pub fn active(&self, need: &Need) -> Result<Option<KnownApproval>, Error> {
        let client = self.context.client(&need.client)?;
        let fits = |known: &KnownApproval| {
            let request = &known.request;
            let is_same_rule = match (&request.rule, &need.rule) {
                (RequestRule::Ceiling, RequestRule::Ceiling) => true,
                // who has to approve is decided by the rule, not by the request
                (RequestRule::Policy(_), RequestRule::Policy(_)) => request.approvers == need.required,
                _ => false,
            };
            known.state.is_usable()
                && is_same_rule
                && request.covers(&client.name, &client.client_id, client.issuer.as_str(), &need.above)
                && need.endpoints.iter().filter_map(|id| self.context.endpoint(*id)).all(|(api, endpoint)| {
                    // scopes above the ceiling may be used for every endpoint that they grant access to
                    request.rule == RequestRule::Ceiling || request.covers_endpoint(&api.name, &endpoint.to_string())
                })
        };
        Ok(self.list()?.into_iter().find(fits))
    }

    /// Takes a use of an approval, and records it before it happens.
    ///
    /// # Errors
    /// If it can't be used now, with the reasons.
    pub(in crate::app) fn take(&self, id: &str) -> Result<ApprovalUse, Error> {
        let history = self.history()?;
        let act = self.context.approvals().change(id, |stored| {
            let known = self.known(stored, &history, Timestamp::now())?;
            if let Some(obstacle) = known.obstacle() {
                return Err(Error::new(
                    ErrorKind::Policy,
                    format!("approval {}: {obstacle}", known.request.short_id()),
                ));
            }
            let act = self.context.begin_now(|| {
                let mut entry = request_entry(Event::ApprovalUsed, &known.request);
                if known.state == ApprovalState::Emergency {
                    entry.record.decision = Some("emergency".to_owned());
                }
                entry.record.approver = Some(names(&known));
                entry
            })?;
            stored.used += 1;
            Ok(act)
        })?;
        Ok(ApprovalUse { taken: Some((id.to_owned(), Arc::clone(self.context.approvals()))), act })
    }
}

/// Returns the names of those who have approved, with commas.
fn names(known: &KnownApproval) -> String {
    let names: Vec<&str> = known.judgment.approvers.iter().map(|approver| approver.name.as_str()).collect();
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}
