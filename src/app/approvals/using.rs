//! Takes a use of an approval.

use std::sync::Arc;

use jiff::Timestamp;

use super::entries::{ApprovedBy, request_entry};
use super::known::{ApprovalState, Approvals, KnownApproval};
use super::need::Need;
use crate::app::approval_storage::{ApprovalStorage, StoredRequest};
use crate::app::recording::Act;
use crate::app::{Error, ErrorKind};
use crate::approval::{Request, RequestRule, UseKind};
use crate::audit::Entry;
use crate::usage::{Event, Outcome};

/// A use that was taken. Without a conclusion it counts.
#[derive(Debug, Default)]
pub(in crate::app) struct ApprovalUse {
    taken: Option<(ApprovedBy, UseKind, Arc<ApprovalStorage>)>,
    act: Act,
}

impl ApprovalUse {
    /// Returns the approval; `None` for a use of nothing.
    pub(in crate::app) fn approved_by(&self) -> Option<&ApprovedBy> {
        self.taken.as_ref().map(|(approved, ..)| approved)
    }

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
        let Some((approved, kind, storage)) = self.taken else { return };
        if result.is_err() {
            let give_back = storage.change(&approved.id, |stored| {
                let used = counter(stored, kind);
                *used = used.saturating_sub(1);
                Ok(())
            });
            // the audit log has the outcome too
            drop(give_back);
        }
        self.act.conclude_with(result).await;
    }
}

impl Approvals<'_> {
    /// Returns the approval that permits what is needed now, and that `fits`, if there is one.
    ///
    /// # Errors
    /// If the stored requests or the audit log can't be read.
    pub fn active(&self, need: &Need, fits: impl Fn(&Request) -> bool) -> Result<Option<KnownApproval>, Error> {
        for known in self.list()? {
            let is_usable = || need.use_kinds().all(|kind| known.obstacle_to(kind).is_none());
            if self.permits(&known.request, need)? && fits(&known.request) && is_usable() {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    /// Takes a use of an approval, and records it before it happens.
    ///
    /// # Errors
    /// If it can't be used now, with the reasons.
    pub(in crate::app) fn take(&self, id: &str, kind: UseKind) -> Result<ApprovalUse, Error> {
        let history = self.history()?;
        let (act, approved) = self.context.approvals().change(id, |stored| {
            let known = self.known(stored, &history, Timestamp::now())?;
            if let Some(obstacle) = known.obstacle_to(kind) {
                return Err(Error::new(
                    ErrorKind::Policy,
                    format!("approval {}: {obstacle}", known.request.short_id()),
                ));
            }
            let approved = known.approved_by();
            let act = self.context.begin_now(|| {
                let mut entry = request_entry(Event::ApprovalUsed, &known.request);
                if known.state == ApprovalState::Emergency {
                    entry.record.decision = Some("emergency".to_owned());
                }
                approved.note(&mut entry.record);
                entry.record.rule = Some(rule_names(&known.request, kind));
                entry
            })?;
            *counter(stored, kind) += 1;
            Ok((act, approved))
        })?;
        Ok(ApprovalUse { taken: Some((approved, kind, Arc::clone(self.context.approvals()))), act })
    }
}

/// Returns where uses of a kind are counted.
fn counter(stored: &mut StoredRequest, kind: UseKind) -> &mut u64 {
    match kind {
        UseKind::Token => &mut stored.used,
        UseKind::Act => &mut stored.acts,
    }
}

/// Returns the names of what asks for the approval of a use: the history counts uses by them.
fn rule_names(request: &Request, kind: UseKind) -> String {
    let of_kind = |rule: &&RequestRule| (**rule == RequestRule::Ceiling) == (kind == UseKind::Token);
    request.rules.iter().filter(of_kind).map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
