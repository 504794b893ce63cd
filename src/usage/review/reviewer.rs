//! Collects the records of the audit log by token. A token that was refreshed, narrowed or exchanged belongs to the grant
//! that it was made from.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::super::findings::{DENIAL_BURST, UNUSUAL_HOUR};
use super::super::record::{Event, Outcome};
use super::emergencies::Emergencies;
use super::family::{Family, of};
use super::judge::{Judge, since};
use super::observed::Observed;
use super::patterns::{BURST, BURST_SECONDS, Denials, Hours};
use super::record::UseRecord;
use super::{ApprovalUse, Coverage, HeldToken, Review, ReviewFinding};
use crate::diagnostic::{Code, Diagnostic};

/// Collects records. Feed it every line of the log in order, then [`Self::finish`].
#[derive(Debug, Default)]
pub struct Reviewer {
    /// Position of a token's family, by fingerprint.
    places: HashMap<Box<str>, usize>,
    families: Vec<Family>,
    coverage: Coverage,
    denials: BTreeMap<String, Denials>,
    hours: BTreeMap<String, Hours>,
    approvals: BTreeMap<String, ApprovalUse>,
    /// Approvals that were used in the last minute of their window, with the record.
    last_minute: BTreeMap<String, u64>,
    emergencies: Emergencies,
    critical: BTreeSet<String>,
}

impl Reviewer {
    /// Creates a reviewer. `critical`: scopes whose excess is a finding.
    #[must_use]
    pub fn new(critical: BTreeSet<String>) -> Self {
        Self { critical, ..Self::default() }
    }

    fn family(&mut self, token: &str) -> Option<&mut Family> {
        let place = match self.places.get(token) {
            Some(place) => *place,
            None => {
                self.places.insert(token.into(), self.families.len());
                self.families.push(Family::default());
                self.families.len() - 1
            }
        };
        self.families.get_mut(place)
    }

    /// Adds a line of the log. What is not a record is left out.
    pub fn add(&mut self, line: &[u8]) {
        let Some(record) = UseRecord::parse(line) else { return };
        let (Some(event), token) = (record.event, record.token.as_ref()) else { return };
        if self.coverage.from.is_none() {
            self.coverage.from = Some(record.time.to_string());
        }
        let to = self.coverage.to.get_or_insert_default();
        to.clear();
        to.push_str(&record.time);
        if event.is_use() || matches!(event, Event::Probe | Event::Denied) {
            return self.add_use(event, &record);
        }
        self.emergencies.add(event, &record);
        match event {
            Event::Refresh | Event::Narrow | Event::Exchange
                if record.outcome == Some(Outcome::Ok)
                    && !token.is_empty()
                    && !record.parent.is_empty()
                    && record.parent != record.token =>
            {
                self.family(&record.parent);
                if let Some(place) = self.places.get(record.parent.as_ref()).copied() {
                    self.places.insert(token.into(), place);
                }
            }
            Event::Grant if !token.is_empty() => {
                let approval = Some(record.approval.to_string()).filter(|approval| !approval.is_empty());
                if let Some(family) = self.family(token) {
                    family.granted_here = true;
                    family.approval = approval;
                }
            }
            Event::HandOut if !token.is_empty() => {
                self.coverage.hand_outs += 1;
                let Some(family) = self.family(token) else { return };
                family.hand_outs += 1;
                if record.recipient == "exec" {
                    family.first_hand_out.get_or_insert_with(|| record.program.to_string());
                }
            }
            // a reply that does not count is recorded as denied
            Event::ApprovalGranted if matches!(record.outcome, Some(Outcome::Ok) | None) => {
                let approval = of(&mut self.approvals, &record.approval);
                record.approval.as_ref().clone_into(&mut approval.id);
                if !record.approver.is_empty() {
                    approval.approvers.push(record.approver.to_string());
                }
                if !record.expires.is_empty() {
                    approval.until = Some(record.expires.to_string());
                }
            }
            Event::ApprovalUsed => self.add_approval(&record),
            _ => {}
        }
    }

    fn add_approval(&mut self, record: &UseRecord<'_>) {
        let until = self.approvals.get(record.approval.as_ref()).and_then(|approval| approval.until.as_deref());
        let (Some(until), Ok(time)) = (until.and_then(since), record.time.parse::<Timestamp>()) else { return };
        if (0..60).contains(&until.duration_since(time).as_secs()) {
            self.last_minute.insert(record.approval.to_string(), record.seq);
        }
    }

    fn add_use(&mut self, event: Event, record: &UseRecord<'_>) {
        let is_denied = record.is_denied();
        let time = record.time.parse::<Timestamp>();
        if let (true, Ok(time)) = (is_denied, &time) {
            of(&mut self.denials, &record.client).add(*time, record.seq);
        }
        if !event.is_use() {
            return;
        }
        self.coverage.uses += 1;
        if let Ok(time) = time {
            of(&mut self.hours, &record.client).add(time, record.seq);
        }
        if record.token.is_empty() {
            return;
        }
        let critical = std::mem::take(&mut self.critical);
        if let Some(family) = self.family(&record.token) {
            family.add_use(record, is_denied, &critical);
        }
        self.critical = critical;
    }

    /// Compares the stored tokens with what was recorded, and with what was observed in logs of requests. `off`: names of
    /// findings that are left out.
    #[must_use]
    pub fn finish(self, held: &[HeldToken], observed: Option<&Observed<'_>>, off: &[String], now: Timestamp) -> Review {
        let none = Family::default();
        let family = |token: &HeldToken| {
            let place = token.fingerprint.as_deref().and_then(|fingerprint| self.places.get(fingerprint));
            place.and_then(|place| self.families.get(*place)).unwrap_or(&none)
        };
        let mut review = Review { coverage: self.coverage.clone(), ..Review::default() };
        let judge = Judge { held, observed, approvals: &self.approvals, now };
        judge.tokens(family, &mut review);
        if let Some(observed) = observed {
            observed.report(held, &mut review);
        }
        let about_client = |code: &'static Code, client: &str, message: String, seq: u64| ReviewFinding {
            finding: Diagnostic::new(code, message),
            token: None,
            client: client.to_owned(),
            action: None,
            evidence: Some(seq),
        };
        for (client, denials) in &self.denials {
            if let Some(seq) = denials.burst {
                let message = format!("client `{client}`: {BURST} or more calls were denied within {BURST_SECONDS} s");
                review.findings.push(about_client(&DENIAL_BURST, client, message, seq));
            }
        }
        for (client, hours) in &self.hours {
            if let Some((seq, hour, time)) = hours.unusual {
                let message = format!(
                    "client `{client}`: a call on {} at {hour:02} h UTC is outside its usual hours",
                    time.strftime("%Y-%m-%d")
                );
                review.findings.push(about_client(&UNUSUAL_HOUR, client, message, seq));
            }
        }
        judge.approvals(&self.last_minute, &mut review.findings);
        self.emergencies.report(now, &mut review.findings);
        review.findings.retain(|one| !off.iter().any(|name| name == one.finding.code.name));
        review
    }
}
