//! Adds replies; goes ahead in an emergency.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::entries::{reply_entry, request_entry};
use super::keys::own_fingerprints;
use super::known::{ApprovalState, Approvals, KnownApproval, people};
use crate::app::{Error, ErrorKind};
use crate::approval::{NAMESPACE, Objection, REFUSAL_NAMESPACE, Refusal, accepted_keys, judge};
use crate::audit::Entry;
use crate::manifest::ApproverKey;
use crate::sshsig::{SIGNATURE_LABEL, Signature, SignatureError, blocks};
use crate::usage::{APPROVED, Event, Outcome};

/// Result of adding a reply.
#[derive(Clone, Debug)]
pub struct AddedReply {
    /// Request, as it stands now.
    pub approval: KnownApproval,
    /// Approvers whose signatures were added.
    pub approved: Vec<String>,
    /// Who has refused, and why.
    pub refused: Option<(String, String)>,
    /// Why signatures were not added.
    pub objections: Vec<Objection>,
}

impl Approvals<'_> {
    /// Adds the signatures or the refusal in a text to the request that they belong to.
    ///
    /// # Errors
    /// If the text has no signature, or none that counts for a request on this machine, with the reason.
    pub fn add(&self, text: &str) -> Result<AddedReply, Error> {
        let found = blocks(text, SIGNATURE_LABEL).map_err(|error| {
            Error::new(ErrorKind::Usage, format!("the reply can't be read: {error}"))
                .hint("copy everything from `-----BEGIN SSH SIGNATURE-----` to `-----END SSH SIGNATURE-----`")
        })?;
        let read = |block| {
            Signature::from_block(block).map_err(|error| {
                let refused = Error::new(ErrorKind::Policy, format!("the reply does not count: {error}"));
                match error {
                    SignatureError::Damaged => refused.hint("ask for the reply again, as a file or in a block of code"),
                    _ => refused,
                }
            })
        };
        let signatures = found.iter().map(read).collect::<Result<Vec<Signature>, Error>>()?;
        let known = self.list()?;
        if known.is_empty() {
            return Err(Error::new(ErrorKind::Usage, "no request on this machine waits for an approval"));
        }
        match Refusal::read(text) {
            Some(refusal) => self.add_refusal(&known, &refusal, &signatures),
            None => self.add_signatures(&known, &signatures),
        }
    }

    fn add_signatures(&self, known: &[KnownApproval], signatures: &[Signature]) -> Result<AddedReply, Error> {
        let made_for = |known: &&KnownApproval| {
            let text = known.request.text();
            signatures.iter().any(|signature| signature.verify(NAMESPACE, text.as_bytes()).is_ok())
        };
        let Some(target) = known.iter().find(made_for) else { return Err(unmatched(known, signatures)) };
        let id = target.request.id.clone();
        let required = self.required_by(&target.request);
        let manifest = self.context.require_manifest()?;
        let own = own_fingerprints(self.context);
        let judgment = judge(&target.request, signatures, manifest, &required, &own);
        let mut objections = judgment.objections;
        objections.retain(|objection| !matches!(objection, Objection::Short { .. }));
        if judgment.approvers.is_empty() {
            self.record_objections(target, &objections)?;
            let reasons: Vec<String> = objections.iter().map(ToString::to_string).collect();
            return Err(Error::new(ErrorKind::Policy, format!("the reply does not count: {}", reasons.join("; ")))
                .hint(format!(
                    "the request can be approved by {}",
                    people(self.context, &required, &target.request.keys)
                )));
        }
        // an approval that comes too late is refused, except after an emergency, which has to be approved afterwards
        let dead = matches!(target.state, ApprovalState::Ended | ApprovalState::Refused | ApprovalState::Used);
        let stale = target.objections.iter().any(|objection| matches!(objection, Objection::Manifest));
        if (dead || stale) && target.emergency.is_none() {
            let reasons: Vec<String> = target.objections.iter().map(ToString::to_string).collect();
            self.record_objections(target, &target.objections)?;
            return Err(Error::new(ErrorKind::Policy, format!("the reply does not count: {}", reasons.join("; ")))
                .hint("make a new request"));
        }
        let before: BTreeSet<String> =
            target.judgment.approvers.iter().map(|approver| approver.fingerprint.clone()).collect();
        let added: Vec<_> =
            judgment.approvers.iter().filter(|approver| !before.contains(&approver.fingerprint)).cloned().collect();
        let stored = self.context.approvals().all()?.get(&id).cloned().unwrap_or_default();
        let all: Vec<Signature> = stored.signatures.iter().flat_map(|text| super::known::signatures(text)).collect();
        let all = [all.as_slice(), signatures].concat();
        let suffices = judge(&target.request, &all, manifest, &required, &own).is_sufficient();
        for (position, approver) in added.iter().enumerate() {
            let entry = || {
                let mut entry = reply_entry(Event::ApprovalGranted, &target.request, &approver.name, None);
                entry.record.decision = (suffices && position + 1 == added.len()).then(|| APPROVED.to_owned());
                entry
            };
            let act = self.context.begin_now(entry)?;
            let stored = self.context.approvals().change(&id, |stored| {
                let of_them = |signature: &&Signature| signature.key().fingerprint() == approver.fingerprint;
                stored.signatures.extend(signatures.iter().find(of_them).map(Signature::armor));
                Ok(())
            });
            act.conclude_now(stored)?;
        }
        let approved = added.into_iter().map(|approver| approver.name).collect();
        Ok(AddedReply { approval: self.get(&id)?, approved, refused: None, objections })
    }

    fn add_refusal(
        &self,
        known: &[KnownApproval],
        refusal: &Refusal,
        signatures: &[Signature],
    ) -> Result<AddedReply, Error> {
        let target = known.iter().find(|known| known.request.digest() == refusal.request);
        let target = target.ok_or_else(|| Error::new(ErrorKind::Policy, "the refusal belongs to another request"))?;
        let required = self.required_by(&target.request);
        let keys = accepted_keys(self.context.require_manifest()?, &required);
        let (mut by, mut reasons) = (None, Vec::new());
        for signature in signatures {
            let listed: Option<&&ApproverKey> = keys.iter().find(|key| key.key == *signature.key());
            match (signature.verify(REFUSAL_NAMESPACE, refusal.text().as_bytes()), listed) {
                (Ok(()), Some(key)) => by = Some(key.identity()),
                (Ok(()), None) => {
                    let name = format!("the key {}", signature.key().fingerprint());
                    reasons.push(Objection::Stranger(name).to_string());
                }
                (Err(error), _) => reasons.push(error.to_string()),
            }
        }
        let by = by.ok_or_else(|| {
            Error::new(ErrorKind::Policy, format!("the refusal does not count: {}", reasons.join("; ")))
        })?;
        let entry = || reply_entry(Event::ApprovalRefused, &target.request, &by, Some(&refusal.reason));
        let act = self.context.begin_now(entry)?;
        let stored = self.context.approvals().change(&target.request.id, |stored| {
            stored.refused = Some((by.clone(), refusal.reason.clone()));
            Ok(())
        });
        act.conclude_now(stored)?;
        let refused = Some((by, refusal.reason.clone()));
        let approval = self.get(&target.request.id)?;
        Ok(AddedReply { approval, approved: Vec::new(), refused, objections: Vec::new() })
    }

    /// Records that a reply does not count.
    fn record_objections(&self, known: &KnownApproval, objections: &[Objection]) -> Result<(), Error> {
        let reasons: Vec<String> = objections.iter().map(ToString::to_string).collect();
        let entry = || {
            let reasons = reasons.join("; ");
            reply_entry(Event::ApprovalGranted, &known.request, "nobody", Some(&reasons))
        };
        self.context.begin_now(entry)?.end_now(Outcome::Denied, Entry::default());
        Ok(())
    }

    /// Goes ahead before an approval: the request can be used for a quarter of an hour, and has to be approved afterwards.
    ///
    /// # Errors
    /// If the approvers do not permit it, or the request is not pending.
    pub fn go_ahead(&self, prefix: &str, reason: &str) -> Result<KnownApproval, Error> {
        let known = self.get(prefix)?;
        let required = self.required_by(&known.request);
        let manifest = self.context.require_manifest()?;
        let mut groups = required.iter().flatten().filter_map(|name| manifest.approvers(name)).peekable();
        if groups.peek().is_none() || !groups.all(|group| group.emergency) {
            return Err(Error::new(ErrorKind::Policy, "the approvers do not permit to go ahead in an emergency")
                .hint("`emergency = true` in the group permits it"));
        }
        if reason.trim().is_empty() {
            return Err(Error::new(ErrorKind::Usage, "an emergency needs a reason"));
        }
        if known.emergency.is_some() {
            return Err(Error::new(ErrorKind::Policy, "this request was used in an emergency before")
                .hint("it has to be approved first"));
        }
        if known.state != ApprovalState::Pending {
            let state = known.state.as_str();
            return Err(Error::new(ErrorKind::Policy, format!("the request is not pending, but {state}")));
        }
        let entry = || {
            let mut entry = request_entry(Event::ApprovalEmergency, &known.request);
            entry.record.reason = Some(reason.to_owned());
            entry
        };
        let act = self.context.begin_now(entry)?;
        let stored = self.context.approvals().change(&known.request.id, |stored| {
            stored.emergency = Some((Timestamp::now().as_second(), reason.to_owned()));
            Ok(())
        });
        act.conclude_now(stored)?;
        self.get(&known.request.id)
    }

    /// Marks a request as ended, and records that.
    pub(in crate::app) fn close(&self, id: &str) -> Result<(), Error> {
        let known = self.get(id)?;
        let act = self.context.begin_now(|| request_entry(Event::ApprovalEnded, &known.request))?;
        let stored = self.context.approvals().change(&known.request.id, |stored| {
            stored.ended = true;
            Ok(())
        });
        act.conclude_now(stored)
    }

    /// Removes the requests that have ended or are void, except those of an emergency that nobody has approved. Returns
    /// their number.
    ///
    /// # Errors
    /// If the store can't be changed.
    pub fn forget_ended(&self) -> Result<usize, Error> {
        use ApprovalState::{Ended, Refused, Used, Void};
        let known = self.list()?;
        let is_over = |known: &&KnownApproval| {
            matches!(known.state, Ended | Refused | Used | Void) && !known.is_unsigned_emergency()
        };
        let ids: Vec<String> = known.iter().filter(is_over).map(|known| known.request.id.clone()).collect();
        self.context.approvals().remove(&ids)?;
        Ok(ids.len())
    }
}

/// Returns why signatures belong to no request.
fn unmatched(known: &[KnownApproval], signatures: &[Signature]) -> Error {
    let first = known.first().map(|known| known.request.text()).unwrap_or_default();
    let mut reasons: Vec<String> = Vec::new();
    for signature in signatures {
        let reason = match signature.verify(NAMESPACE, first.as_bytes()) {
            Err(SignatureError::Mismatch) | Ok(()) => "it belongs to no request on this machine".to_owned(),
            Err(error) => error.to_string(),
        };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    Error::new(ErrorKind::Policy, format!("the reply does not count: {}", reasons.join("; ")))
        .hint("a signature is made for the exact text of one request; ask for the reply to the latest one")
}
