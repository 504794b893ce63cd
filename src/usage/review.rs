//! What was granted compared with what was used: unused scopes and tokens, excess, and conspicuous use.
//!
//! A scope counts as used only if an endpoint needed it. Whether something is unused is only known if every use was
//! recorded; otherwise it is unknown, which is a different verdict.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::findings::{
    CRITICAL_EXCESS, DENIAL_BURST, EXCESS_IN_EVERY_USE, SCOPE_FIRST_USED, SCOPE_NOT_IN_MANIFEST, SCOPE_UNUSED,
    TOKEN_DUPLICATE, TOKEN_TOO_OLD, TOKEN_UNUSED, USE_UNKNOWN, USED_AFTER_HAND_OUT,
};
use super::record::{Event, Outcome, Phase, Record};
use crate::diagnostic::{Code, Diagnostic};
use crate::text::shell_word;

/// Number of denials within [`BURST_SECONDS`] that are conspicuous.
const BURST: usize = 5;
const BURST_SECONDS: i64 = 60;

/// A stored token, as far as a review needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldToken {
    /// ID.
    pub id: String,
    /// Fingerprint, if the key of the log is available.
    pub fingerprint: Option<String>,
    /// Client.
    pub client: String,
    /// Granted scopes.
    pub granted: Vec<String>,
    /// Granted scopes for the authorization server itself, whose use no call shows.
    pub identity: BTreeSet<String>,
    /// Granted scopes that the manifest does not declare or allow; empty if there is no manifest.
    pub undeclared: Vec<String>,
    /// Granted scopes of critical risk.
    pub critical: BTreeSet<String>,
    /// When it was obtained.
    pub created: Timestamp,
    /// When it has to be replaced, by the client's longest lifetime.
    pub replace_after: Option<Timestamp>,
    /// Whether it can be refreshed.
    pub refreshable: bool,
    /// Token that it was narrowed from.
    pub narrowed_from: Option<String>,
}

/// Whether a scope or a token was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A recorded call needed it.
    Used,
    /// Every use would have been recorded, and none was.
    Unused,
    /// Not every use can be seen.
    Unknown,
}

impl Use {
    /// Returns the word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Unused => "unused",
            Self::Unknown => "unknown",
        }
    }
}

/// Use of a scope of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeUse {
    /// Scope.
    pub scope: String,
    /// Verdict.
    pub state: Use,
    /// Number of calls that needed it.
    pub uses: u64,
    /// Time of the last one.
    pub last: Option<String>,
}

/// Use of a token, with the tokens that it was refreshed or narrowed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenUse {
    /// ID.
    pub id: String,
    /// Client.
    pub client: String,
    /// Verdict.
    pub state: Use,
    /// Number of calls.
    pub uses: u64,
    /// Time of the last call.
    pub last: Option<String>,
    /// Number of calls by endpoint.
    pub endpoints: BTreeMap<String, u64>,
    /// Scopes.
    pub scopes: Vec<ScopeUse>,
    /// Number of times that it was passed on.
    pub hand_outs: u64,
    /// Whether the record begins before the token was obtained.
    pub covered: bool,
}

/// What the record covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Time of the first record.
    pub from: Option<String>,
    /// Time of the last record.
    pub to: Option<String>,
    /// Number of calls.
    pub uses: u64,
    /// Number of times that a token was passed on, whose use can't be seen.
    pub hand_outs: u64,
}

/// A finding about a token or a client, with the command that mends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewFinding {
    /// Finding.
    pub finding: Diagnostic,
    /// ID of the token, if it is about one.
    pub token: Option<String>,
    /// Client.
    pub client: String,
    /// Command that narrows, rotates or revokes.
    pub command: Option<String>,
    /// Number of the record that is the evidence.
    pub evidence: Option<u64>,
}

/// Result of a review.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// What the record covers.
    pub coverage: Coverage,
    /// Use of each stored token that was not narrowed from another.
    pub tokens: Vec<TokenUse>,
    /// Findings, in the order of the tokens.
    pub findings: Vec<ReviewFinding>,
}

/// What is known about a token and those that were made from it.
#[derive(Debug, Default)]
struct Family {
    uses: u64,
    last: Option<String>,
    endpoints: BTreeMap<String, u64>,
    scopes: BTreeMap<String, (u64, String)>,
    hand_outs: u64,
    first_hand_out: Option<String>,
    granted_here: bool,
    /// Calls without excess.
    exact: u64,
    used_after_hand_out: Option<u64>,
    critical_excess: BTreeMap<String, u64>,
    first_uses: BTreeMap<String, (String, u64)>,
}

/// Collects records. Feed it every record of the log in order, then [`Self::finish`].
#[derive(Debug, Default)]
pub struct Reviewer {
    /// Token that a token was made from, by fingerprint.
    parents: HashMap<String, String>,
    families: HashMap<String, Family>,
    coverage: Coverage,
    /// Times and numbers of recent denials, by client.
    denials: BTreeMap<String, Vec<(Timestamp, u64)>>,
    bursts: BTreeMap<String, u64>,
    critical: BTreeSet<String>,
}

impl Reviewer {
    /// Creates a reviewer. `critical`: scopes whose excess is a finding.
    #[must_use]
    pub fn new(critical: BTreeSet<String>) -> Self {
        Self { critical, ..Self::default() }
    }

    /// Returns the token that a token was originally made from.
    fn root(&self, token: &str) -> String {
        let mut root = token;
        // a circle can't occur in an intact log
        for _ in 0..10_000 {
            match self.parents.get(root) {
                Some(parent) if parent != root => root = parent,
                _ => break,
            }
        }
        root.to_owned()
    }

    fn family(&mut self, token: &str) -> &mut Family {
        let root = self.root(token);
        self.families.entry(root).or_default()
    }

    /// Adds a record.
    pub fn add(&mut self, record: &Record) {
        let Some(event) = record.event.filter(|event| *event != Event::SegmentOpened) else { return };
        let time = record.time.clone().unwrap_or_default();
        self.coverage.from.get_or_insert_with(|| time.clone());
        self.coverage.to = Some(time.clone());
        if record.phase == Some(Phase::Intent) {
            return;
        }
        let seq = record.seq.unwrap_or_default();
        match (event, record.token.as_deref()) {
            (Event::Refresh | Event::Narrow | Event::Exchange, Some(token)) if record.outcome == Some(Outcome::Ok) => {
                if let Some(parent) = record.parent.as_ref().filter(|parent| *parent != token) {
                    self.parents.insert(token.to_owned(), parent.clone());
                }
            }
            (Event::Grant, Some(token)) => self.family(token).granted_here = true,
            (Event::HandOut, Some(token)) => {
                self.coverage.hand_outs += 1;
                let family = self.family(token);
                family.hand_outs += 1;
                family.first_hand_out.get_or_insert(time);
            }
            (event, token) if event.is_use() || event == Event::Probe => {
                self.add_use(record, token.map(str::to_owned), &time, seq);
            }
            _ => {}
        }
    }

    fn add_use(&mut self, record: &Record, token: Option<String>, time: &str, seq: u64) {
        let is_denied = record.outcome != Some(Outcome::Ok) || matches!(record.status, Some(401 | 403));
        if is_denied {
            self.add_denial(record.client.clone().unwrap_or_default(), time, seq);
        }
        if record.event == Some(Event::Probe) {
            return;
        }
        self.coverage.uses += 1;
        let Some(token) = token else { return };
        let critical = self.critical.clone();
        let family = self.family(&token);
        family.uses += 1;
        family.last = Some(time.to_owned());
        *family.endpoints.entry(record.endpoint.clone().unwrap_or_default()).or_default() += 1;
        if is_denied {
            return;
        }
        for scope in record.used.iter().flatten() {
            let (uses, last) = family.scopes.entry(scope.clone()).or_default();
            *uses += 1;
            time.clone_into(last);
            family.first_uses.entry(scope.clone()).or_insert_with(|| (time.to_owned(), seq));
        }
        let excess = record.excess.iter().flatten();
        family.exact += u64::from(excess.clone().next().is_none());
        for scope in excess.filter(|scope| critical.contains(*scope)) {
            family.critical_excess.entry(scope.clone()).or_insert(seq);
        }
        if family.first_hand_out.is_some() {
            family.used_after_hand_out.get_or_insert(seq);
        }
    }

    fn add_denial(&mut self, client: String, time: &str, seq: u64) {
        let Ok(time) = time.parse::<Timestamp>() else { return };
        let recent = self.denials.entry(client.clone()).or_default();
        recent.retain(|(before, _)| time.duration_since(*before).as_secs() <= BURST_SECONDS);
        recent.push((time, seq));
        if recent.len() >= BURST {
            self.bursts.entry(client).or_insert(seq);
        }
    }

    /// Compares the stored tokens with what was recorded. `off`: names of findings that are left out.
    #[must_use]
    pub fn finish(mut self, held: &[HeldToken], off: &[String], now: Timestamp) -> Review {
        let mut review = Review { coverage: self.coverage.clone(), ..Review::default() };
        let mut sets: BTreeMap<(String, Vec<String>), String> = BTreeMap::new();
        for token in held.iter().filter(|token| token.narrowed_from.is_none()) {
            let family = match &token.fingerprint {
                Some(fingerprint) => {
                    let root = self.root(fingerprint);
                    self.families.remove(&root).unwrap_or_default()
                }
                None => Family::default(),
            };
            let token_use = judge(token, &family);
            findings(token, &family, &token_use, now, &mut review.findings);
            let set = (token.client.clone(), token.granted.clone());
            if let Some(other) = sets.get(&set) {
                let message = format!("tokens `{other}` and `{}` have the same scopes", token.id);
                let command = Some(format!("tokscope tokens revoke {other}"));
                review.findings.push(finding(&TOKEN_DUPLICATE, message, token, command, None));
            }
            sets.insert(set, token.id.clone());
            review.tokens.push(token_use);
        }
        for (client, seq) in &self.bursts {
            let message = format!("client `{client}`: {BURST} or more calls were denied within {BURST_SECONDS} s");
            review.findings.push(ReviewFinding {
                finding: Diagnostic::new(&DENIAL_BURST, message),
                token: None,
                client: client.clone(),
                command: None,
                evidence: Some(*seq),
            });
        }
        review.findings.retain(|one| !off.iter().any(|name| name == one.finding.code.name));
        review
    }
}

fn judge(token: &HeldToken, family: &Family) -> TokenUse {
    // all uses are recorded only if the log knows the grant, and the token never left
    let covered = family.granted_here;
    let state = |used: bool| match used {
        true => Use::Used,
        false if covered && family.hand_outs == 0 => Use::Unused,
        false => Use::Unknown,
    };
    let scopes = token.granted.iter().map(|scope| {
        let known = family.scopes.get(scope);
        let state = if token.identity.contains(scope) { Use::Unknown } else { state(known.is_some()) };
        let uses = known.map_or(0, |(uses, _)| *uses);
        ScopeUse { scope: scope.clone(), state, uses, last: known.map(|(_, last)| last.clone()) }
    });
    TokenUse {
        id: token.id.clone(),
        client: token.client.clone(),
        state: state(family.uses > 0),
        uses: family.uses,
        last: family.last.clone(),
        endpoints: family.endpoints.clone(),
        scopes: scopes.collect(),
        hand_outs: family.hand_outs,
        covered,
    }
}

fn finding(
    code: &'static Code,
    message: String,
    token: &HeldToken,
    command: Option<String>,
    evidence: Option<u64>,
) -> ReviewFinding {
    ReviewFinding {
        finding: Diagnostic::new(code, message),
        token: Some(token.id.clone()),
        client: token.client.clone(),
        command,
        evidence,
    }
}

fn quoted(scopes: &[&str]) -> String {
    scopes.iter().map(|scope| format!("`{scope}`")).collect::<Vec<_>>().join(", ")
}

fn findings(token: &HeldToken, family: &Family, used: &TokenUse, now: Timestamp, into: &mut Vec<ReviewFinding>) {
    let id = &token.id;
    let revoke = || Some(format!("tokscope tokens revoke {id}"));
    // a narrower token for what was called, and only that
    let narrow = || {
        let endpoints =
            used.endpoints.keys().fold(String::new(), |all, endpoint| format!("{all} -e {}", shell_word(endpoint)));
        let client = shell_word(&token.client);
        Some(format!("tokscope login --client {client}{endpoints} && tokscope tokens revoke {id}"))
    };
    let with = |state: Use| -> Vec<&str> {
        let judged = used.scopes.iter().filter(|scope| !token.identity.contains(&scope.scope));
        judged.filter(|scope| scope.state == state).map(|scope| scope.scope.as_str()).collect()
    };
    let (unused, unknown) = (with(Use::Unused), with(Use::Unknown));
    match used.state {
        Use::Unused => into.push(finding(&TOKEN_UNUSED, format!("token `{id}` was never used"), token, revoke(), None)),
        _ if !unused.is_empty() => {
            let message = format!("token `{id}`: no call needed {}", quoted(&unused));
            into.push(finding(&SCOPE_UNUSED, message, token, narrow(), None));
        }
        _ => {}
    }
    if !unknown.is_empty() {
        let why = match (used.covered, used.hand_outs) {
            (false, _) => "the token was obtained before the record begins".to_owned(),
            (true, 1) => "the token was passed on once".to_owned(),
            (true, times) => format!("the token was passed on {times} times"),
        };
        let message = format!("token `{id}`: use of {} is unknown: {why}", quoted(&unknown));
        into.push(finding(&USE_UNKNOWN, message, token, None, None));
    }
    if family.uses > 0 && family.exact == 0 && unused.is_empty() && !family.scopes.is_empty() {
        let message = format!("token `{id}`: none of its {} calls needed all of its scopes", family.uses);
        into.push(finding(&EXCESS_IN_EVERY_USE, message, token, None, None));
    }
    if token.replace_after.is_some_and(|end| end < now) {
        let command = match token.refreshable {
            true => Some(format!("tokscope tokens refresh {id}")),
            false => revoke(),
        };
        let message = format!("token `{id}` is older than `max_lifetime` of client `{}` allows", token.client);
        into.push(finding(&TOKEN_TOO_OLD, message, token, command, None));
    }
    if !token.undeclared.is_empty() {
        let names: Vec<&str> = token.undeclared.iter().map(String::as_str).collect();
        let message = format!("token `{id}` has {}, which the manifest does not declare or allow", quoted(&names));
        into.push(finding(&SCOPE_NOT_IN_MANIFEST, message, token, revoke(), None));
    }
    for (scope, seq) in &family.critical_excess {
        let message = format!("token `{id}` was used with the critical scope `{scope}` where it was not needed");
        into.push(finding(&CRITICAL_EXCESS, message, token, narrow(), Some(*seq)));
    }
    if let Some(seq) = family.used_after_hand_out {
        let message = format!("token `{id}` was used after it was passed on to another program");
        into.push(finding(&USED_AFTER_HAND_OUT, message, token, None, Some(seq)));
    }
    for (scope, (time, seq)) in &family.first_uses {
        let is_new = time.parse::<Timestamp>().is_ok_and(|time| now.duration_since(time).as_hours() < 24);
        if is_new && now.duration_since(token.created).as_hours() >= 24 {
            let message = format!("token `{id}`: scope `{scope}` was used for the first time");
            into.push(finding(&SCOPE_FIRST_USED, message, token, None, Some(*seq)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(event: Event, token: &str) -> Record {
        Record {
            time: Some("2026-11-29T10:00:00.000000000Z".to_owned()),
            phase: Some(Phase::Outcome),
            outcome: Some(Outcome::Ok),
            client: Some("dev".to_owned()),
            token: Some(token.to_owned()),
            ..Record::new(event)
        }
    }

    fn used(token: &str, scopes: &[&str], excess: &[&str]) -> Record {
        let list = |scopes: &[&str]| Some(scopes.iter().map(|scope| (*scope).to_owned()).collect());
        Record {
            endpoint: Some("GET /orders".to_owned()),
            used: list(scopes),
            excess: list(excess),
            status: Some(200),
            ..record(Event::Use, token)
        }
    }

    fn held(id: &str, fingerprint: &str, scopes: &[&str]) -> HeldToken {
        HeldToken {
            id: id.to_owned(),
            fingerprint: Some(fingerprint.to_owned()),
            client: "dev".to_owned(),
            granted: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            created: "2026-11-29T09:00:00Z".parse().unwrap(),
            ..HeldToken::default()
        }
    }

    fn review(records: &[Record], held: &[HeldToken]) -> Review {
        let mut reviewer = Reviewer::new(["admin".to_owned()].into());
        for record in records {
            reviewer.add(record);
        }
        reviewer.finish(held, &[], "2026-11-29T12:00:00Z".parse().unwrap())
    }

    fn codes(review: &Review) -> Vec<&str> {
        review.findings.iter().map(|one| one.finding.code.name).collect()
    }

    #[test]
    fn a_scope_is_unused_only_if_every_use_was_recorded() {
        let token = [held("1", "t", &["read", "write"])];
        let grant = record(Event::Grant, "t");
        let call = used("t", &["read"], &["write"]);
        let seen = review(&[grant.clone(), call.clone()], &token);
        assert_eq!(codes(&seen), ["scope-never-needed"]);
        assert!(seen.findings[0].finding.message.ends_with("needed `write`"));
        let command = seen.findings[0].command.as_deref().unwrap();
        assert_eq!(command, "tokscope login --client dev -e 'GET /orders' && tokscope tokens revoke 1");
        // passed on, or obtained before the record begins
        assert_eq!(codes(&review(&[grant, record(Event::HandOut, "t"), call.clone()], &token))[0], "use-unknown");
        assert_eq!(codes(&review(&[call], &token))[0], "use-unknown");
        assert_eq!(codes(&review(&[record(Event::Grant, "t")], &token)), ["token-unused"]);
    }

    #[test]
    fn a_scope_that_a_token_merely_had_is_not_used() {
        let token = [held("1", "t", &["read"])];
        let call = Record { status: Some(403), ..used("t", &["read"], &[]) };
        let seen = review(&[record(Event::Grant, "t"), call], &token);
        assert_eq!(seen.tokens[0].scopes[0].state, Use::Unused);
        assert_eq!((seen.tokens[0].uses, seen.tokens[0].state), (1, Use::Used));
    }

    #[test]
    fn uses_of_refreshed_and_narrowed_tokens_count_for_the_grant() {
        let child =
            |event, token: &str, parent: &str| Record { parent: Some(parent.to_owned()), ..record(event, token) };
        let records = [
            record(Event::Grant, "a"),
            used("a", &["read"], &["write"]),
            child(Event::Refresh, "b", "a"),
            child(Event::Narrow, "c", "b"),
            used("c", &["write"], &[]),
        ];
        let seen = review(&records, &[held("1", "b", &["read", "write"])]);
        assert_eq!(seen.tokens[0].uses, 2);
        assert!(seen.tokens[0].scopes.iter().all(|scope| scope.state == Use::Used));
        assert_eq!(codes(&seen), Vec::<&str>::new());
    }

    #[test]
    fn conspicuous_use_is_reported_with_its_evidence() {
        let denied = |seq| Record { status: Some(403), seq: Some(seq), ..used("t", &[], &[]) };
        let mut records = vec![record(Event::Grant, "t")];
        records.extend((10..15).map(denied));
        records.push(Record { seq: Some(20), ..used("t", &["read"], &["admin"]) });
        let seen = review(&records, &[held("1", "t", &["admin", "read"])]);
        let found: Vec<(&str, Option<u64>)> =
            seen.findings.iter().map(|one| (one.finding.code.name, one.evidence)).collect();
        assert_eq!(found, [("scope-never-needed", None), ("critical-excess", Some(20)), ("denial-burst", Some(14))]);
        let mut reviewer = Reviewer::new(BTreeSet::new());
        for record in &records {
            reviewer.add(record);
        }
        let off = ["denial-burst".to_owned()];
        let quiet = reviewer.finish(&[], &off, Timestamp::UNIX_EPOCH);
        assert_eq!(quiet.findings, Vec::new(), "a rule can be switched off by name");
    }

    #[test]
    fn the_first_use_of_a_scope_of_an_older_token_is_reported() {
        let old = HeldToken { created: "2026-11-20T09:00:00Z".parse().unwrap(), ..held("1", "t", &["read"]) };
        let call = Record { seq: Some(7), ..used("t", &["read"], &[]) };
        let seen = review(&[record(Event::Grant, "t"), call], &[old]);
        assert_eq!(codes(&seen), ["scope-first-used"]);
        assert_eq!(seen.findings[0].evidence, Some(7));
    }

    #[test]
    fn stored_tokens_are_judged_without_records() {
        let now: Timestamp = "2026-11-29T12:00:00Z".parse().unwrap();
        let old = HeldToken {
            replace_after: Some("2026-11-29T11:00:00Z".parse().unwrap()),
            undeclared: vec!["gone".to_owned()],
            ..held("1", "a", &["read"])
        };
        let seen = Reviewer::default().finish(&[old, held("2", "b", &["read"])], &["use-unknown".to_owned()], now);
        assert_eq!(codes(&seen), ["token-too-old", "scope-not-in-manifest", "token-duplicate"]);
        assert_eq!(seen.findings[2].command.as_deref(), Some("tokscope tokens revoke 1"));
    }
}
