//! Verdicts and findings about stored tokens.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::findings::{
    APPROVAL_ENDED, APPROVAL_LAST_MINUTE, CRITICAL_EXCESS, EXCESS_IN_EVERY_USE, SCOPE_FIRST_USED,
    SCOPE_NOT_IN_MANIFEST, SCOPE_UNUSED, TOKEN_DUPLICATE, TOKEN_SUPERSEDED, TOKEN_TOO_OLD, TOKEN_UNUSED, USE_UNKNOWN,
    USED_AFTER_HAND_OUT,
};
use super::family::Family;
use super::observed::Observed;
use super::{Action, ApprovalUse, HeldToken, Review, ReviewFinding, ScopeUse, TokenUse, Use, quoted};
use crate::diagnostic::{Code, Diagnostic};

/// Judges stored tokens.
pub(super) struct Judge<'j, 'm> {
    pub(super) held: &'j [HeldToken],
    pub(super) observed: Option<&'j Observed<'m>>,
    pub(super) approvals: &'j BTreeMap<String, ApprovalUse>,
    pub(super) now: Timestamp,
}

/// A stored token with what is known about it.
struct Known<'j> {
    token: &'j HeldToken,
    family: &'j Family,
    seen: TokenUse,
}

/// Parses a time of the log.
pub(super) fn since(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

impl<'j> Judge<'j, '_> {
    /// Judges each stored token that was not narrowed from another.
    pub(super) fn tokens(&self, family: impl Fn(&HeldToken) -> &'j Family, review: &mut Review) {
        let roots = self.held.iter().filter(|token| token.narrowed_from.is_none());
        let known: Vec<Known<'_>> = roots
            .map(|token| {
                let family = family(token);
                Known { token, family, seen: self.seen(token, family) }
            })
            .collect();
        for one in &known {
            self.use_of(one, &known, &mut review.findings);
            self.state_of(one, &mut review.findings);
            self.patterns(one, &mut review.findings);
            if let Some(other) = earlier_duplicate(one, &known) {
                let message = format!("tokens `{}` and `{}` have the same scopes", other.token.id, one.token.id);
                let revoke = Action::Revoke { token: other.token.id.clone() };
                one.report(&TOKEN_DUPLICATE, message, Some(revoke), None, &mut review.findings);
            }
        }
        review.tokens = known.into_iter().map(|known| known.seen).collect();
    }

    fn seen(&self, token: &HeldToken, family: &Family) -> TokenUse {
        // all uses are recorded only if the log knows the grant, and the token never left
        let covered = family.granted_here;
        let state = |used: bool| match used {
            true => Use::Used,
            false if covered && family.hand_outs == 0 => Use::Unused,
            false => Use::Unknown,
        };
        let scope_use = |scope: String| {
            let known = family.scopes.get(&scope);
            ScopeUse {
                state: if token.identity.contains(&scope) { Use::Unknown } else { state(known.is_some()) },
                uses: known.map_or(0, |known| known.tally.uses),
                log_uses: 0,
                last: known.map(|known| known.tally.last.clone()),
                endpoints: known.map(|known| known.endpoints.iter().cloned().collect()).unwrap_or_default(),
                scope,
            }
        };
        let mut scopes: Vec<ScopeUse> = token.granted.names().into_iter().map(scope_use).collect();
        let mut token_state = state(family.calls.uses > 0);
        let mut successful = family.successful.clone();
        if let Some(observed) = self.observed {
            observed.join(token, observed.covers(token, self.now), &mut scopes);
            successful.extend(scopes.iter().flat_map(|scope| scope.endpoints.iter().cloned()));
            let judged = || scopes.iter().filter(|scope| !token.identity.contains(&scope.scope));
            if scopes.iter().any(|scope| scope.log_uses > 0) {
                token_state = Use::Used;
            } else if token_state == Use::Unknown && judged().all(|scope| scope.state == Use::Unused) {
                token_state = judged().next().map_or(Use::Unknown, |_| Use::Unused);
            }
        }
        let stored = token.approval.as_ref();
        let approval = stored.map(|(id, _)| id).or(family.approval.as_ref()).map(|id| {
            let known = self.approvals.get(id).cloned().unwrap_or_default();
            let until = known.until.clone().or_else(|| stored.map(|(_, until)| format!("{until:.9}")));
            ApprovalUse { id: id.clone(), until, ..known }
        });
        TokenUse {
            id: token.id.clone(),
            client: token.client.clone(),
            state: token_state,
            uses: family.calls.uses,
            last: Some(family.calls.last.clone()).filter(|last| !last.is_empty()),
            endpoints: family.endpoints.clone(),
            successful,
            scopes,
            hand_outs: family.hand_outs,
            covered,
            approval,
        }
    }

    /// Unused scopes and tokens, and excess.
    fn use_of(&self, one: &Known<'_>, all: &[Known<'_>], into: &mut Vec<ReviewFinding>) {
        let (id, seen) = (&one.token.id, &one.seen);
        if let Some(newer) = all.iter().find(|other| one.is_superseded_by(other)) {
            let message =
                format!("token `{id}` is replaced by `{}`, which has fewer scopes and was used", newer.token.id);
            return one.report(&TOKEN_SUPERSEDED, message, Some(one.revoke()), None, into);
        }
        let (unused, unknown) = (one.with(Use::Unused), one.with(Use::Unknown));
        if seen.state == Use::Unused {
            one.report(&TOKEN_UNUSED, format!("token `{id}` was never used"), Some(one.revoke()), None, into);
        } else if !unused.is_empty() {
            let message = format!("token `{id}`: no call needed {}", quoted(unused.iter().copied()));
            one.report(&SCOPE_UNUSED, message, Some(one.narrow()), None, into);
        }
        if !unknown.is_empty() {
            let message = format!("token `{id}`: use of {} is unknown: {}", quoted(unknown), self.why_unknown(one));
            one.report(&USE_UNKNOWN, message, None, None, into);
        }
        if one.family.calls.uses > 0 && one.family.exact == 0 && unused.is_empty() && !one.family.scopes.is_empty() {
            let message = format!("token `{id}`: none of its {} calls needed all of its scopes", one.family.calls.uses);
            let most = one.family.endpoints.iter().filter(|(endpoint, _)| one.family.successful.contains(*endpoint));
            let most = most.max_by_key(|(_, calls)| **calls).map(|(endpoint, _)| Action::Separate {
                client: one.token.client.clone(),
                endpoints: vec![endpoint.clone()],
            });
            one.report(&EXCESS_IN_EVERY_USE, message, most, None, into);
        }
    }

    fn why_unknown(&self, one: &Known<'_>) -> String {
        let why = match (one.seen.covered, one.seen.hand_outs) {
            (false, _) => "the token was obtained before the record begins".to_owned(),
            (true, 1) => "the token was passed on once".to_owned(),
            (true, times) => format!("the token was passed on {times} times"),
        };
        match self.observed {
            None => why,
            Some(observed) if !observed.covers(one.token, self.now) => {
                format!("{why}, and the logs do not cover its whole life")
            }
            Some(_) => format!("{why}, and requests in the logs that needed it name no client"),
        }
    }

    /// Age, scopes that the manifest does not have, and the end of an approval.
    fn state_of(&self, one: &Known<'_>, into: &mut Vec<ReviewFinding>) {
        let (token, id) = (one.token, &one.token.id);
        if token.replace_after.is_some_and(|end| end < self.now) {
            let action = match token.refreshable {
                true => Action::Refresh { token: id.clone() },
                false => Action::Replace {
                    token: id.clone(),
                    client: token.client.clone(),
                    scopes: token.granted.names(),
                    endpoints: one.seen.successful.iter().cloned().collect(),
                },
            };
            let message = format!("token `{id}` is older than `max_lifetime` of client `{}` allows", token.client);
            one.report(&TOKEN_TOO_OLD, message, Some(action), None, into);
        }
        if !token.undeclared.is_empty() {
            let names = token.undeclared.iter().map(String::as_str);
            let message = format!("token `{id}` has {}, which the manifest does not declare or allow", quoted(names));
            let action = if one.seen.successful.is_empty() { one.revoke() } else { one.narrow() };
            one.report(&SCOPE_NOT_IN_MANIFEST, message, Some(action), None, into);
        }
        let approval = one.seen.approval.as_ref();
        if let Some((approval, until)) = approval.and_then(|approval| Some((approval, approval.until.as_deref()?)))
            && since(until).is_some_and(|until| until < self.now)
        {
            let message =
                format!("token `{id}` is still stored, although its approval `{}` ended at {until}", approval.id);
            one.report(&APPROVAL_ENDED, message, Some(one.revoke()), None, into);
        }
    }

    /// Conspicuous use.
    fn patterns(&self, one: &Known<'_>, into: &mut Vec<ReviewFinding>) {
        let (token, id, family) = (one.token, &one.token.id, one.family);
        for (scope, seq) in &family.critical_excess {
            let message = format!("token `{id}` was used with the critical scope `{scope}` where it was not needed");
            one.report(&CRITICAL_EXCESS, message, Some(one.narrow()), Some(*seq), into);
        }
        if let (Some(seq), Some(program)) = (family.used_after_hand_out, &family.first_hand_out) {
            let message = format!("token `{id}` was used after it was passed on to `{program}`");
            one.report(&USED_AFTER_HAND_OUT, message, None, Some(seq), into);
        }
        for (scope, known) in &family.scopes {
            let (time, seq) = &known.first;
            let is_new = since(time).is_some_and(|time| self.now.duration_since(time).as_hours() < 24);
            if is_new && self.now.duration_since(token.created).as_hours() >= 24 {
                let message = format!("token `{id}`: scope `{scope}` was used for the first time");
                one.report(&SCOPE_FIRST_USED, message, None, Some(*seq), into);
            }
        }
    }

    /// Approvals that were used at the end of their window. `used`: the records, by approval.
    pub(super) fn approvals(&self, used: &BTreeMap<String, u64>, into: &mut Vec<ReviewFinding>) {
        for (id, seq) in used {
            let until = self.approvals.get(id).and_then(|approval| approval.until.as_deref()).unwrap_or_default();
            let message = format!("approval `{id}` was used in the last minute of its window, which ended at {until}");
            into.push(ReviewFinding {
                finding: Diagnostic::new(&APPROVAL_LAST_MINUTE, message),
                token: None,
                client: String::new(),
                action: None,
                evidence: Some(*seq),
            });
        }
    }
}

/// Returns the token with the same client and scopes that comes before another one.
fn earlier_duplicate<'k, 'j>(one: &Known<'_>, all: &'k [Known<'j>]) -> Option<&'k Known<'j>> {
    let before = all.iter().take_while(|other| other.token.id != one.token.id);
    before.filter(|other| other.token.client == one.token.client && other.token.granted == one.token.granted).last()
}

impl Known<'_> {
    fn with(&self, state: Use) -> Vec<&str> {
        let judged = self.seen.scopes.iter().filter(|scope| !self.token.identity.contains(&scope.scope));
        judged.filter(|scope| scope.state == state).map(|scope| scope.scope.as_str()).collect()
    }

    /// Whether a newer token of the client with fewer scopes was used, and would have been sufficient for each use.
    fn is_superseded_by(&self, other: &Self) -> bool {
        let reaches = |held: &HeldToken, wanted: &HeldToken| {
            wanted.granted.iter().all(|scope| held.reach.contains(scope.as_str()))
        };
        let is_narrower = reaches(self.token, other.token) && !reaches(other.token, self.token);
        let is_sufficient = || self.seen.successful.iter().all(|endpoint| other.token.endpoints.contains(endpoint));
        self.token.client == other.token.client
            // the vault knows the second
            && other.token.created >= self.token.created
            && is_narrower
            && is_sufficient()
            && !other.family.last_success.is_empty()
            && other.family.last_success >= self.family.last_success
    }

    fn revoke(&self) -> Action {
        Action::Revoke { token: self.token.id.clone() }
    }

    /// A narrower token for what was called, and only that; without a successful call the token is not needed.
    fn narrow(&self) -> Action {
        if self.seen.successful.is_empty() {
            return self.revoke();
        }
        Action::Narrow {
            token: self.token.id.clone(),
            client: self.token.client.clone(),
            endpoints: self.seen.successful.iter().cloned().collect(),
        }
    }

    fn report(
        &self,
        code: &'static Code,
        message: String,
        action: Option<Action>,
        evidence: Option<u64>,
        into: &mut Vec<ReviewFinding>,
    ) {
        into.push(ReviewFinding {
            finding: Diagnostic::new(code, message),
            token: Some(self.token.id.clone()),
            client: self.token.client.clone(),
            action,
            evidence,
        });
    }
}
