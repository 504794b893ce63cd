//! The requests on this machine with their state.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::entries::ApprovedBy;
use super::need::Need;
use crate::app::approval_storage::StoredRequest;
use crate::app::error::quoted;
use crate::app::{AuditReader, Context, Error, ErrorKind, ReadPosition};
use crate::approval::{
    self, Judgment, Objection, Request, RequestRule, Required, State, UseKind, Uses, check_now, judge, parse,
};
use crate::audit::AuditLog;
use crate::manifest::{Api, Client, Endpoint};
use crate::sshsig::{SIGNATURE_LABEL, Signature, blocks};
use crate::usage::{APPROVED, EMERGENCY_DUE, Event, Filter, Outcome, Phase};

/// How long an emergency lasts, in seconds.
pub(super) const EMERGENCY: i64 = 15 * 60;

/// Approvals of a context.
#[derive(Debug)]
pub struct Approvals<'a> {
    pub(in crate::app) context: &'a Context,
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalState {
    /// It waits for approvals.
    Pending,
    /// It is approved, and the window has not begun.
    Approved,
    /// It can be used now.
    Active,
    /// The requester went ahead; it can be used for a few minutes.
    Emergency,
    /// Every use is taken.
    Used,
    /// An approver has refused it.
    Refused,
    /// The window has ended, or the approval was ended.
    Ended,
    /// The manifest has changed.
    Void,
}

impl ApprovalState {
    /// Returns the name in output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Active => "active",
            Self::Emergency => "emergency",
            Self::Used => "used",
            Self::Refused => "refused",
            Self::Ended => "ended",
            Self::Void => "void",
        }
    }

    /// Whether the request can be used now.
    #[must_use]
    pub fn is_usable(self) -> bool {
        matches!(self, Self::Active | Self::Emergency)
    }
}

/// A request on this machine.
#[derive(Clone, Debug)]
pub struct KnownApproval {
    /// Request.
    pub request: Request,
    /// Where it stands.
    pub state: ApprovalState,
    /// Signatures, and why they are not sufficient.
    pub judgment: Judgment,
    /// Why it can't be used now.
    pub objections: Vec<Objection>,
    /// Number of uses.
    pub used: Uses,
    /// Reason of the emergency, if the requester went ahead.
    pub emergency: Option<String>,
    /// Until when the emergency has to be approved; `None` without one, or if it is approved or refused.
    pub due: Option<Timestamp>,
}

impl KnownApproval {
    /// Whether the requester went ahead in an emergency, and nobody has approved it since.
    #[must_use]
    pub fn is_unsigned_emergency(&self) -> bool {
        self.due.is_some()
    }

    /// Returns what has to be done about an emergency that nobody has approved, with the deadline.
    #[must_use]
    pub fn emergency_note(&self, now: Timestamp) -> Option<String> {
        let (id, due) = (self.request.short_id(), self.due?);
        let when = match due < now {
            true => format!("was not approved by {due}"),
            false => format!("has to be approved by {due}"),
        };
        Some(format!("request {id} was used in an emergency and {when}: `tokscope approve --show {id}`"))
    }

    /// Whether enough approvers have signed it, and none has refused it.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.judgment.is_sufficient() && self.state != ApprovalState::Refused
    }

    /// Returns the approval as records of acts under it name it.
    pub(in crate::app) fn approved_by(&self) -> ApprovedBy {
        let names: Vec<&str> = self.judgment.approvers.iter().map(|approver| approver.name.as_str()).collect();
        let approvers = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
        ApprovedBy { id: self.request.id.clone(), approvers }
    }

    /// Returns every reason why it can't be used now.
    pub fn all_objections(&self) -> impl Iterator<Item = &Objection> {
        self.objections.iter().chain(&self.judgment.objections)
    }

    /// Returns why it can't be used now, in one line; `None` if it can.
    #[must_use]
    pub fn obstacle(&self) -> Option<String> {
        if self.state.is_usable() {
            return None;
        }
        let all: Vec<String> = self.all_objections().map(ToString::to_string).collect();
        Some(all.join("; "))
    }

    /// Returns why it can't be used for this now, in one line; `None` if it can.
    #[must_use]
    pub fn obstacle_to(&self, kind: UseKind) -> Option<String> {
        let used_up = || match (self.state, self.request.uses) {
            (ApprovalState::Emergency, _) | (_, None) => None,
            (_, Some(uses)) => self.request.is_used_up(self.used, kind).then(|| Objection::Used(uses).to_string()),
        };
        self.obstacle().or_else(used_up)
    }
}

impl<'a> Approvals<'a> {
    /// Creates a view of the approvals.
    #[must_use]
    pub fn new(context: &'a Context) -> Self {
        Self { context }
    }

    /// Returns the groups that can approve scopes above the ceiling of a client: the one that it names, or each of the
    /// manifest. Empty if there are none.
    #[must_use]
    pub fn required_for(&self, client: &Client) -> Required {
        let groups = self.context.manifest().map(|manifest| manifest.approvers.as_slice()).unwrap_or_default();
        match &client.approvers {
            Some(group) => vec![vec![group.clone()]],
            None if groups.is_empty() => Vec::new(),
            None => vec![groups.iter().map(|group| group.name.clone()).collect()],
        }
    }

    /// Returns the groups that have to approve a request, by the manifest; never by the request itself.
    pub(super) fn required_by(&self, request: &Request) -> Required {
        let mut required = Required::new();
        if request.is_above_ceiling() {
            let client = self.context.client(&request.client).ok();
            required = client.map(|client| self.required_for(client)).unwrap_or_default();
        }
        if request.is_by_policy() {
            // the rule is part of the manifest, whose digest the request has; the groups are compared at each use
            let by_rule = request.approvers.iter().filter(|groups| !required.contains(groups) && !groups.is_empty());
            let by_rule: Required = by_rule.cloned().collect();
            required.extend(by_rule);
        }
        required
    }

    /// Whether the approval of a request permits what is needed.
    ///
    /// # Errors
    /// If the client is not in the manifest.
    pub(super) fn permits(&self, request: &Request, need: &Need) -> Result<bool, Error> {
        let client = self.context.client(&need.client)?;
        let covers_endpoint =
            |(api, endpoint): (&Api, &Endpoint)| request.covers_endpoint(&api.name, &endpoint.to_string());
        let permits_rule = |rule: &RequestRule| match rule {
            // scopes above the ceiling may be used for every endpoint that they grant access to
            RequestRule::Ceiling => request.is_above_ceiling(),
            // who has to approve is decided by the rule, not by the request
            RequestRule::Policy(_) => {
                request.is_by_policy()
                    && need.required.iter().all(|groups| request.approvers.contains(groups))
                    && need.endpoints.iter().filter_map(|id| self.context.endpoint(*id)).all(covers_endpoint)
            }
        };
        Ok(need.rules.iter().all(permits_rule)
            && request.covers(&client.name, &client.client_id, client.issuer.as_str(), &need.above))
    }

    /// Returns every request, the latest first.
    ///
    /// # Errors
    /// If the stored requests or the audit log can't be read, or no manifest is open.
    pub fn list(&self) -> Result<Vec<KnownApproval>, Error> {
        let stored = self.context.approvals().all()?;
        if stored.is_empty() {
            return Ok(Vec::new());
        }
        let history = self.history()?;
        let now = Timestamp::now();
        let known = stored.values().map(|stored| self.known(stored, &history, now));
        let mut known = known.collect::<Result<Vec<KnownApproval>, Error>>()?;
        known.sort_by_key(|known| std::cmp::Reverse(known.request.created));
        Ok(known)
    }

    /// Returns what has to be done about emergencies that nobody has approved, one line each.
    ///
    /// # Errors
    /// See [`Self::list`].
    pub fn emergency_notes(&self) -> Result<Vec<String>, Error> {
        if self.context.approvals().all()?.values().all(|stored| stored.emergency.is_none()) {
            return Ok(Vec::new());
        }
        let now = Timestamp::now();
        Ok(self.list()?.iter().filter_map(|known| known.emergency_note(now)).collect())
    }

    /// Returns the request with an id, which may be shortened.
    ///
    /// # Errors
    /// If none or several match.
    pub fn get(&self, prefix: &str) -> Result<KnownApproval, Error> {
        let mut known = self.list()?;
        known.retain(|known| !prefix.is_empty() && known.request.id.starts_with(prefix));
        match known.len() {
            1 => known.pop().ok_or_else(|| Error::new(ErrorKind::Failed, "no request")),
            0 => Err(Error::new(ErrorKind::Usage, format!("no request `{prefix}` on this machine"))
                .hint("`tokscope approve --list` lists the requests")),
            _ => {
                let ids: Vec<String> = known.iter().map(|known| known.request.id.clone()).collect();
                Err(Error::new(ErrorKind::Usage, format!("`{prefix}` matches several requests"))
                    .hint(quoted(ids.iter().map(String::as_str))))
            }
        }
    }

    /// Returns a stored request with its state.
    pub(super) fn known(
        &self,
        stored: &StoredRequest,
        history: &HashMap<String, State>,
        now: Timestamp,
    ) -> Result<KnownApproval, Error> {
        let request = parse(&stored.request).map_err(|findings| {
            let reason = findings.first().map_or(String::new(), |finding| finding.message.clone());
            Error::new(ErrorKind::Failed, format!("a stored request is damaged: {reason}"))
        })?;
        let manifest = self.context.require_manifest()?;
        let signatures: Vec<Signature> = stored.signatures.iter().flat_map(|text| signatures(text)).collect();
        let required = self.required_by(&request);
        let judgment = judge(&request, &signatures, manifest, &required, &[]);
        let logged = history.get(&request.id).cloned().unwrap_or_default();
        let state = State {
            used: logged.used.max(Uses { tokens: stored.used, acts: stored.acts }),
            refused: stored.refused.clone().or(logged.refused),
            ended: logged.ended || stored.ended,
            was_approved: logged.was_approved,
        };
        let digest = self.context.manifest_digest().unwrap_or_default();
        let mut objections = check_now(&request, &state, &digest, now);
        let lasts = |(begin, _): &(i64, String)| (*begin..*begin + EMERGENCY).contains(&now.as_second());
        let is_emergency = stored.emergency.as_ref().is_some_and(lasts);
        if is_emergency {
            objections.retain(|objection| !matches!(objection, Objection::Used(_) | Objection::Early(_)));
        }
        let is_settled = judgment.is_sufficient() || state.was_approved || state.refused.is_some();
        let began = stored.emergency.as_ref().filter(|_| !is_settled);
        let due = began.and_then(|(begin, _)| Timestamp::from_second(*begin).ok()?.checked_add(EMERGENCY_DUE).ok());
        let state_now = stand(&objections, judgment.is_sufficient(), is_emergency);
        Ok(KnownApproval {
            request,
            state: state_now,
            judgment,
            objections,
            used: state.used,
            emergency: stored.emergency.as_ref().map(|(_, reason)| reason.clone()),
            due,
        })
    }

    /// Returns what the audit log says about each request. Empty if acts are not recorded.
    pub(super) fn history(&self) -> Result<HashMap<String, State>, Error> {
        match self.context.audit()? {
            Some(log) => read_history(log),
            None => Ok(HashMap::new()),
        }
    }
}

/// Decides where a request stands.
fn stand(objections: &[Objection], is_sufficient: bool, is_emergency: bool) -> ApprovalState {
    let has = |wanted: fn(&Objection) -> bool| objections.iter().any(wanted);
    if has(|objection| matches!(objection, Objection::Refused { .. })) {
        ApprovalState::Refused
    } else if has(|objection| matches!(objection, Objection::Late(_) | Objection::Ended)) {
        ApprovalState::Ended
    } else if has(|objection| matches!(objection, Objection::Manifest)) {
        ApprovalState::Void
    } else if has(|objection| matches!(objection, Objection::Used(_))) {
        ApprovalState::Used
    } else if !is_sufficient {
        if is_emergency { ApprovalState::Emergency } else { ApprovalState::Pending }
    } else if objections.is_empty() {
        ApprovalState::Active
    } else {
        ApprovalState::Approved
    }
}

/// Returns the signatures in a text that can be read.
pub(super) fn signatures(text: &str) -> Vec<Signature> {
    let found = blocks(text, SIGNATURE_LABEL).unwrap_or_default();
    found.iter().filter_map(|block| Signature::from_block(block).ok()).collect()
}

/// Reads what the audit log says about each request.
fn read_history(log: &std::sync::Arc<AuditLog>) -> Result<HashMap<String, State>, Error> {
    let filter = Filter { events: vec!["approval".to_owned()], ..Filter::default() };
    let mut history: HashMap<String, State> = HashMap::new();
    // a use counts from its intent on, unless its outcome says that it did not take place
    let mut uses: BTreeMap<(String, String), (UseKind, bool)> = BTreeMap::new();
    AuditReader::of(std::sync::Arc::clone(log)).read(ReadPosition::default(), &filter, |logged| {
        let record = logged.record;
        let Some(id) = record.approval else { return true };
        let state = history.entry(id.clone()).or_default();
        match record.event {
            Some(Event::ApprovalUsed) => {
                let took = record.phase != Some(Phase::Outcome)
                    || matches!(record.outcome, Some(Outcome::Ok | Outcome::Unknown) | None);
                let kind = match record.rule.is_some_and(|rule| rule.starts_with("policy")) {
                    true => UseKind::Act,
                    false => UseKind::Token,
                };
                uses.entry((id, record.act.unwrap_or_default())).or_insert((kind, took)).1 = took;
            }
            Some(Event::ApprovalRefused) if record.outcome == Some(Outcome::Ok) => {
                let by = record.approver.unwrap_or_default();
                state.refused = Some((by, record.reason.unwrap_or_default()));
            }
            Some(Event::ApprovalGranted) if record.outcome == Some(Outcome::Ok) => {
                state.was_approved |= record.decision.as_deref() == Some(APPROVED);
            }
            Some(Event::ApprovalEnded) if record.outcome == Some(Outcome::Ok) => state.ended = true,
            _ => {}
        }
        true
    })?;
    for ((id, _), (kind, _)) in uses.into_iter().filter(|(_, (_, took))| *took) {
        history.entry(id).or_default().used.add(kind);
    }
    Ok(history)
}

/// Returns the people who can approve, for a message. `own`: fingerprints of the requester's keys, which can't approve.
pub(super) fn people(context: &Context, required: &Required, own: &[String]) -> String {
    context.manifest().map(|manifest| approval::people(manifest, required, own)).unwrap_or_default()
}
