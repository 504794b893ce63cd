//! Requests that were used in an emergency, before anyone approved them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::super::findings::{EMERGENCY_REFUSED, EMERGENCY_UNAPPROVED};
use super::super::record::{Event, Outcome};
use super::ReviewFinding;
use super::record::UseRecord;
use crate::diagnostic::Diagnostic;

/// How long after an emergency the request has to be approved.
pub const EMERGENCY_DUE: SignedDuration = SignedDuration::from_hours(24);

/// `decision` of the record of the approval with which enough people have approved a request.
pub const APPROVED: &str = "approved";

/// An emergency that nobody has approved.
#[derive(Clone, Debug, Default)]
struct Emergency {
    client: String,
    seq: u64,
    time: String,
    refused_by: Option<String>,
}

/// The emergencies of a log, by request.
#[derive(Debug, Default)]
pub(super) struct Emergencies {
    open: BTreeMap<String, Emergency>,
}

impl Emergencies {
    /// Adds a record of an approval.
    pub(super) fn add(&mut self, event: Event, record: &UseRecord<'_>) {
        if !matches!(record.outcome, Some(Outcome::Ok) | None) {
            return;
        }
        let id = record.approval.as_ref();
        match event {
            Event::ApprovalEmergency => {
                let emergency = Emergency {
                    client: record.client.to_string(),
                    seq: record.seq,
                    time: record.time.to_string(),
                    refused_by: None,
                };
                self.open.insert(id.to_owned(), emergency);
            }
            Event::ApprovalGranted if record.decision == APPROVED => drop(self.open.remove(id)),
            Event::ApprovalRefused => {
                if let Some(open) = self.open.get_mut(id) {
                    open.refused_by = Some(record.approver.to_string());
                }
            }
            _ => {}
        }
    }

    /// Reports each emergency that is not approved.
    pub(super) fn report(&self, now: Timestamp, into: &mut Vec<ReviewFinding>) {
        for (id, one) in &self.open {
            let short = id.get(..8).unwrap_or(id);
            let used = format!("request `{short}` was used in an emergency at {}", one.time);
            let due = one.time.parse::<Timestamp>().ok().and_then(|time| time.checked_add(EMERGENCY_DUE).ok());
            let finding = match (&one.refused_by, due) {
                (Some(by), _) => {
                    let message = format!("{used}, and {by} has refused it");
                    Diagnostic::new(&EMERGENCY_REFUSED, message).help("revoke what was obtained with it")
                }
                (None, due) => {
                    let when = match due {
                        Some(due) if due < now => format!(", and was not approved by {due}"),
                        Some(due) => format!(", and has to be approved by {due}"),
                        None => ", and is not approved".to_owned(),
                    };
                    let help = format!("`tokscope approve --show {short}` prints it for the approvers");
                    Diagnostic::new(&EMERGENCY_UNAPPROVED, format!("{used}{when}")).help(help)
                }
            };
            into.push(ReviewFinding {
                finding,
                token: None,
                client: one.client.clone(),
                action: None,
                evidence: Some(one.seq),
            });
        }
    }
}
