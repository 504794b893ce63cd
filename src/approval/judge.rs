//! Which approvers have signed, and whether they are sufficient.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;

use super::NAMESPACE;
use super::request::{Request, Uses};
use crate::manifest::{ApproverKey, ApproverRule, Approvers, Manifest};
use crate::sshsig::{Signature, SignatureError};

/// Groups that have to approve: of each inner list, one.
pub type Required = Vec<Vec<String>>;

/// Someone who has approved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Approver {
    /// Name in the manifest, or the fingerprint.
    pub name: String,
    /// Fingerprint of the key.
    pub fingerprint: String,
}

/// Why a request is not approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// A signature is not valid for the text of the request.
    Signature {
        /// Name of the signer, or the fingerprint.
        signer: String,
        /// Reason.
        error: SignatureError,
    },
    /// The signer is in none of the groups.
    Stranger(String),
    /// The signer is the requester.
    Requester(String),
    /// Too few have approved.
    Short {
        /// What is missing, such as `leads: 1 of 2`.
        missing: Vec<String>,
    },
    /// Someone has refused.
    Refused {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// The manifest is another one than that of the request.
    Manifest,
    /// The window has not begun.
    Early(Timestamp),
    /// The window has ended.
    Late(Timestamp),
    /// Every use is taken.
    Used(u64),
    /// The approval was ended.
    Ended,
}

impl fmt::Display for Objection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature { signer, error } => write!(formatter, "signature of {signer}: {error}"),
            Self::Stranger(signer) => write!(formatter, "{signer} is not an approver for this request"),
            Self::Requester(signer) => write!(formatter, "{signer} made the request, and can't approve it"),
            Self::Short { missing } => write!(formatter, "too few approvals ({})", missing.join("; ")),
            Self::Refused { by, reason } => write!(formatter, "refused by {by}: {reason}"),
            Self::Manifest => formatter.write_str("the manifest has changed since the request"),
            Self::Early(from) => write!(formatter, "the window begins at {from}"),
            Self::Late(until) => write!(formatter, "the window ended at {until}"),
            Self::Used(1) => formatter.write_str("it was approved for one use, which is taken"),
            Self::Used(uses) => write!(formatter, "it was approved for {uses} uses, which are taken"),
            Self::Ended => formatter.write_str("the approval was ended"),
        }
    }
}

/// Result of looking at the signatures of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgment {
    /// Those whose signatures count.
    pub approvers: Vec<Approver>,
    /// Why signatures do not count, or are not sufficient.
    pub objections: Vec<Objection>,
}

impl Judgment {
    /// Whether the signatures are sufficient. A signature that does not count does not invalidate the others.
    #[must_use]
    pub fn is_sufficient(&self) -> bool {
        !self.objections.iter().any(|objection| matches!(objection, Objection::Short { .. }))
    }
}

/// Looks at signatures of a request. `own`: fingerprints of further keys of the requester.
#[must_use]
pub fn judge(
    request: &Request,
    signatures: &[Signature],
    manifest: &Manifest,
    required: &Required,
    own: &[String],
) -> Judgment {
    let text = request.text();
    let known = accepted_keys(manifest, required);
    let barred = barred(request, &known, own);
    let mut judgment = Judgment::default();
    let mut signed: BTreeSet<Approver> = BTreeSet::new();
    for signature in signatures {
        let fingerprint = signature.key().fingerprint();
        let listed = known.iter().find(|known| known.key == *signature.key());
        let name = listed.map_or_else(|| format!("the key {fingerprint}"), |key| key.identity());
        if let Err(error) = signature.verify(NAMESPACE, text.as_bytes()) {
            judgment.objections.push(Objection::Signature { signer: name, error });
        } else if barred.contains(&fingerprint) || barred.contains(&name) {
            judgment.objections.push(Objection::Requester(name));
        } else if listed.is_none() {
            judgment.objections.push(Objection::Stranger(name));
        } else {
            signed.insert(Approver { name, fingerprint });
        }
    }
    let missing: Vec<String> = required.iter().filter_map(|groups| missing(manifest, groups, &signed)).collect();
    if !missing.is_empty() || required.is_empty() {
        judgment.objections.push(Objection::Short { missing });
    }
    judgment.approvers = signed.into_iter().collect();
    judgment
}

/// Returns the identities that can't approve: keys of the requester, and owners of such keys.
fn barred(request: &Request, known: &[&ApproverKey], own: &[String]) -> BTreeSet<String> {
    let mut barred: BTreeSet<String> = request.keys.iter().chain(own).cloned().collect();
    let owners = known.iter().filter(|key| barred.contains(&key.key.fingerprint())).map(|key| key.identity());
    let owners: Vec<String> = owners.collect();
    barred.extend(owners);
    barred
}

/// Returns the keys that can approve.
#[must_use]
pub fn accepted_keys<'m>(manifest: &'m Manifest, required: &Required) -> Vec<&'m ApproverKey> {
    let mut open: Vec<&str> = required.iter().flatten().map(String::as_str).collect();
    let mut seen = BTreeSet::new();
    let mut keys: Vec<&ApproverKey> = Vec::new();
    while let Some(name) = open.pop() {
        let Some(group) = manifest.approvers(name).filter(|_| seen.insert(name)) else { continue };
        keys.extend(group.keys());
        if let ApproverRule::AnyOf(alternatives) = &group.rule {
            open.extend(alternatives.iter().flatten().map(String::as_str));
        }
    }
    keys
}

/// Returns the people who can approve, as `1 of ana, ben (leads)`. `own`: fingerprints of the requester, who can't.
#[must_use]
pub fn people(manifest: &Manifest, required: &Required, own: &[String]) -> String {
    let describe = |name: &String| match manifest.approvers(name).map(|group| (&group.rule, group)) {
        Some((ApproverRule::Keys { need, keys }, _)) => {
            let barred: BTreeSet<String> =
                keys.iter().filter(|key| own.contains(&key.key.fingerprint())).map(ApproverKey::identity).collect();
            let names: BTreeSet<String> =
                keys.iter().map(ApproverKey::identity).filter(|name| !barred.contains(name)).collect();
            format!("{need} of {} ({name})", names.into_iter().collect::<Vec<_>>().join(", "))
        }
        Some((ApproverRule::AnyOf(alternatives), _)) => {
            let alternatives: Vec<String> = alternatives.iter().map(|groups| groups.join(" and ")).collect();
            format!("{} ({name})", alternatives.join(", or "))
        }
        None => name.clone(),
    };
    let each: Vec<String> =
        required.iter().map(|groups| groups.iter().map(describe).collect::<Vec<_>>().join(", or ")).collect();
    each.join("; and ")
}

/// Returns what one of these groups is missing, if none is satisfied.
fn missing(manifest: &Manifest, groups: &[String], signed: &BTreeSet<Approver>) -> Option<String> {
    let mut lacks = Vec::new();
    for name in groups {
        match lack(manifest, name, signed, 0) {
            None => return None,
            Some(lack) => lacks.push(lack),
        }
    }
    Some(lacks.join(" or "))
}

/// Maximum depth of groups in groups: no group contains itself.
const MOST_DEPTH: usize = 100;

/// Returns what a group is missing; `None` if it is satisfied.
fn lack(manifest: &Manifest, name: &str, signed: &BTreeSet<Approver>, depth: usize) -> Option<String> {
    let Some(group) = manifest.approvers(name).filter(|_| depth < MOST_DEPTH) else {
        return Some(format!("no group `{name}`"));
    };
    match &group.rule {
        ApproverRule::Keys { need, keys } => {
            let counts = |approver: &&Approver| keys.iter().any(|key| key.key.fingerprint() == approver.fingerprint);
            let people: BTreeSet<&str> = signed.iter().filter(counts).map(|approver| approver.name.as_str()).collect();
            (people.len() < *need).then(|| format!("{name}: {} of {need}", people.len()))
        }
        ApproverRule::AnyOf(alternatives) => {
            let mut lacks = Vec::new();
            for groups in alternatives {
                let lacking: Vec<String> =
                    groups.iter().filter_map(|group| lack(manifest, group, signed, depth + 1)).collect();
                if lacking.is_empty() {
                    return None;
                }
                lacks.push(lacking.join(" and "));
            }
            Some(lacks.join(" or "))
        }
    }
}

/// What has happened to a request so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Number of uses.
    pub used: Uses,
    /// Who has refused it, and why.
    pub refused: Option<(String, String)>,
    /// Whether its approval was ended.
    pub ended: bool,
    /// Whether enough people had approved it once, even if one of them is no longer listed.
    pub was_approved: bool,
}

/// Returns why a request can't be used now, whoever has approved it. `manifest`: SHA-256 of the manifest.
#[must_use]
pub fn check_now(request: &Request, state: &State, manifest: &str, now: Timestamp) -> Vec<Objection> {
    let mut objections = Vec::new();
    if let Some((by, reason)) = &state.refused {
        objections.push(Objection::Refused { by: by.clone(), reason: reason.clone() });
    }
    if state.ended {
        objections.push(Objection::Ended);
    }
    if request.manifest != manifest {
        objections.push(Objection::Manifest);
    }
    if now < request.from {
        objections.push(Objection::Early(request.from));
    }
    if now >= request.until {
        objections.push(Objection::Late(request.until));
    }
    if let Some(uses) = request.uses.filter(|_| request.use_kinds().all(|kind| request.is_used_up(state.used, kind))) {
        objections.push(Objection::Used(uses));
    }
    objections
}

impl Request {
    /// Returns the length of the window in seconds.
    #[must_use]
    pub fn window(&self) -> i64 {
        self.until.duration_since(self.from).as_secs()
    }
}

/// Returns the longest window that the groups permit, in seconds. Of several, the shortest counts.
#[must_use]
pub fn longest_window(manifest: &Manifest, required: &Required) -> u64 {
    let groups = required.iter().flatten().filter_map(|name| manifest.approvers(name));
    groups.map(Approvers::longest_window).min().unwrap_or(Approvers::LONGEST)
}
