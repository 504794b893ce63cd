//! From an answer to its cause.

use super::evidence::Evidence;
use super::findings::{
    ANSWER_PARTIAL, SCOPE_ALSO_MISSING, SCOPE_GRANTED, SCOPE_GUESSED, WITNESSES_AGREE, WITNESSES_DISAGREE,
};
use super::words::{next, sentence, wanting, witnesses};
use super::{Case, Cause, Confidence, Diagnosis, Sent, StepUp, TokenEvidence};
use crate::diagnostic::Diagnostic;
use crate::manifest::Tier;
use crate::scope::{Comparison, Hierarchy, Requirement, ScopeSet, compare};
use crate::token::Validity;

/// The most alternatives for which it is worked out what they would open.
const MOST_OPENED: usize = 8;

/// What is known when the cause is looked for.
pub(super) struct Known<'c, 'a> {
    pub(super) case: &'c Case<'a>,
    pub(super) server: Evidence<'a>,
    /// Granted x required, where both are known.
    pub(super) comparison: Option<Comparison>,
    /// What the token has: as it says itself, else as the server says.
    pub(super) granted: Option<ScopeSet>,
    pub(super) hierarchy: Hierarchy,
    /// The alternatives that the server asks for; none when it names none.
    asked: Vec<ScopeSet>,
}

/// Finds the cause: evidence first, then the rules in their order (see [`Cause`]).
#[must_use]
pub fn diagnose(case: &Case<'_>) -> Diagnosis {
    let server = Evidence::read(&case.answer, case.api);
    let hierarchy = case.api.map(|api| api.hierarchy.clone()).unwrap_or_default();
    let granted = case.sent.token().and_then(|token| token.granted.clone()).or_else(|| server.granted());
    let comparison = case
        .endpoint
        .zip(granted.as_ref())
        .map(|(endpoint, granted)| compare(granted, &endpoint.requirement, &hierarchy));
    let asked = asked(&server, case);
    let known = Known { case, server, comparison, granted, hierarchy, asked };
    let (cause, confidence) = known.cause();
    let missing = known.missing(cause);
    let agree = known.agreement(cause);
    let mut findings = Vec::new();
    let mut confidence = confidence;
    match agree {
        Some(true) if cause != Cause::None => {
            findings.push(Diagnostic::new(&WITNESSES_AGREE, "manifest, token and server say the same"));
            confidence = if cause == Cause::Scope && !known.server.guessed { Confidence::Certain } else { confidence };
        }
        Some(false) => {
            let message = "the server asks for other scopes than the manifest and the token would suggest";
            let finding = Diagnostic::new(&WITNESSES_DISAGREE, message);
            findings
                .push(finding.help("the manifest may be behind the server, or the server may name the wrong scope"));
            confidence = if cause == Cause::None { confidence } else { confidence.less() };
        }
        Some(true) | None => {}
    }
    known.note(cause, &mut findings);
    let rule = known.server.found.as_ref().filter(|_| cause != Cause::None).map(|found| found.rule);
    let opens = missing.iter().take(MOST_OPENED).map(|missing| known.opened(missing)).collect();
    let step_up = (cause == Cause::StepUp).then(|| known.step_up()).filter(|step_up| *step_up != StepUp::default());
    let (next, command) = next(cause, &known, &missing, agree, step_up.as_ref());
    Diagnosis {
        sentence: sentence(cause, &known, &missing),
        witnesses: witnesses(&known),
        wanting: wanting(cause, confidence, case),
        rule: rule.map(|rule| rule.name.clone()),
        source: rule.and_then(|rule| rule.source.clone()),
        next,
        command,
        cause,
        missing,
        opens,
        confidence,
        agree,
        step_up,
        findings,
    }
}

/// What the server asks for. A list that holds every alternative of the manifest's line and nothing else is the same
/// line: a challenge has no way to write "or", and servers send the whole list.
fn asked(server: &Evidence<'_>, case: &Case<'_>) -> Vec<ScopeSet> {
    let Some(found) = &server.found else { return Vec::new() };
    let required = case.endpoint.map(|endpoint| endpoint.requirement.alternatives()).unwrap_or_default();
    match found.needed.as_slice() {
        [listed] if required.len() > 1 && required.iter().flatten().cloned().collect::<ScopeSet>() == *listed => {
            required.to_vec()
        }
        needed => needed.to_vec(),
    }
}

impl Known<'_, '_> {
    /// The rules, first one that applies.
    fn cause(&self) -> (Cause, Confidence) {
        let status = self.case.answer.status;
        let Some(found) = &self.server.found else { return self.cause_without_words() };
        let first = found.rule.causes.first().copied().unwrap_or(Cause::Unknown);
        let certain = match found.tier {
            _ if self.server.guessed => Confidence::Guess,
            Tier::Own | Tier::Provider | Tier::Code => Confidence::Certain,
            Tier::Prose => Confidence::Likely,
        };
        // what is hidden behind "not found" may as well not be there
        let certain = if status == 404 && first != Cause::Transport { certain.less() } else { certain };
        let is_broken = status >= 500 && certain < Confidence::Certain && !self.server.hides_status();
        if status == 429 || first == Cause::Transport || is_broken {
            return (Cause::Transport, certain.max(Confidence::Likely));
        }
        if let Some(own) = self.token_fault().filter(|_| !self.server_looked_past(first)) {
            return (own, Confidence::Certain);
        }
        if matches!(self.case.sent, Sent::Nothing) && matches!(status, 401 | 403) && first >= Cause::TokenExpired {
            return (Cause::TokenInvalid, Confidence::Certain);
        }
        let (cause, confidence) = match found.rule.causes.as_slice() {
            [Cause::Unknown] => (Cause::Unknown, Confidence::Guess),
            [only] => (*only, certain),
            several => self.decide(several, first),
        };
        match (cause, self.refused_token()) {
            (Cause::TokenInvalid, Some(better)) => (better, Confidence::Likely),
            _ => (cause, confidence),
        }
    }

    /// Granted x required tells apart what the answer can't.
    fn decide(&self, causes: &[Cause], first: Cause) -> (Cause, Confidence) {
        let allowed = self.comparison.as_ref().map(Comparison::is_allowed);
        match allowed {
            Some(false) if causes.contains(&Cause::Scope) => (Cause::Scope, Confidence::Likely),
            Some(true) if causes.contains(&Cause::Role) => (Cause::Role, Confidence::Likely),
            Some(true) if first == Cause::Scope => (Cause::Unknown, Confidence::Guess),
            None if self.server.guessed => (Cause::Scope, Confidence::Guess),
            _ => (first, Confidence::Guess),
        }
    }

    /// The cause of an answer that no rule knows.
    fn cause_without_words(&self) -> (Cause, Confidence) {
        let status = self.case.answer.status;
        if !self.server.failed() {
            return (Cause::None, Confidence::Certain);
        }
        if status == 429 || (status >= 500 && !self.server.hides_status()) {
            return (Cause::Transport, if status == 500 { Confidence::Likely } else { Confidence::Certain });
        }
        if let Some(fault) = self.token_fault() {
            return (fault, if status == 401 { Confidence::Certain } else { Confidence::Likely });
        }
        let lacks = self.comparison.as_ref().is_some_and(|found| !found.is_allowed());
        match (status, self.case.sent) {
            (401, Sent::Nothing) => (Cause::TokenInvalid, Confidence::Certain),
            (403, Sent::Nothing) => (Cause::TokenInvalid, Confidence::Likely),
            (401, _) if self.bound_token_sent_bare() => (Cause::Binding, Confidence::Likely),
            (401 | 403, _) if self.refused_token().is_some() => {
                (self.refused_token().unwrap_or(Cause::TokenInvalid), Confidence::Likely)
            }
            (401 | 403, _) if lacks => (Cause::Scope, Confidence::Likely),
            (401, _) => {
                let challenged = !self.server.challenges.is_empty();
                (Cause::TokenInvalid, if challenged { Confidence::Likely } else { Confidence::Guess })
            }
            // a server may hide what a token is not enough for
            (404, Sent::Token(_)) if lacks => (Cause::Scope, Confidence::Guess),
            (403, Sent::Token(_)) if self.comparison.is_some() => (Cause::Role, Confidence::Likely),
            _ => (Cause::Unknown, Confidence::Guess),
        }
    }

    /// A server that refuses for one of these has taken the token itself.
    fn server_looked_past(&self, cause: Cause) -> bool {
        let expired = matches!(self.validity(), Some(Validity::Expired(_) | Validity::NotYet(_)));
        matches!(cause, Cause::StepUp | Cause::Application | Cause::Scope) && !expired
    }

    fn validity(&self) -> Option<&Validity> {
        self.case.sent.token().and_then(|token| token.validity.as_ref())
    }

    /// What is wrong with the token by its own claims.
    fn token_fault(&self) -> Option<Cause> {
        match self.validity() {
            Some(Validity::Expired(_) | Validity::NotYet(_)) => Some(Cause::TokenExpired),
            Some(Validity::Malformed(_)) => Some(Cause::TokenInvalid),
            Some(Validity::Valid(_)) | None => None,
        }
    }

    /// Why a server does not take a token that is within its time, where the claims show it.
    fn refused_token(&self) -> Option<Cause> {
        let token: &TokenEvidence = self.case.sent.token()?;
        let api = self.case.api?;
        let issuer = api.issuer.as_ref().zip(token.issuer.as_deref());
        if issuer.is_some_and(|(expected, issuer)| expected.as_str() != issuer) {
            return Some(Cause::Issuer);
        }
        let expected = api.audience.as_ref().filter(|_| !token.audience.is_empty())?;
        (!token.audience.contains(expected)).then_some(Cause::Audience)
    }

    /// Whether the token is bound to a key and the server asks for the proof (RFC 9449 §7.1).
    fn bound_token_sent_bare(&self) -> bool {
        self.case.sent.token().is_some_and(|token| token.bound)
            && self.server.challenges.iter().any(|challenge| challenge.is_scheme("DPoP"))
    }

    /// What the server names comes first: it is the one that decides. Else what the manifest lets expect.
    fn missing(&self, cause: Cause) -> Vec<ScopeSet> {
        let wanted = match cause {
            Cause::Scope | Cause::Application => true,
            Cause::TokenInvalid => matches!(self.case.sent, Sent::Nothing),
            _ => false,
        };
        if !wanted {
            return Vec::new();
        }
        let nothing = ScopeSet::new();
        let granted = self.granted.as_ref().unwrap_or(&nothing);
        match Requirement::any_of(self.asked.iter().cloned()) {
            Some(asked) => {
                let missing = compare(granted, &asked, &self.hierarchy).missing;
                // the server insists on what the token has: its word stands, and the contradiction is a finding
                if missing.is_empty() { asked.alternatives().to_vec() } else { missing }
            }
            None if cause == Cause::Scope => {
                self.comparison.as_ref().map(|found| found.missing.clone()).unwrap_or_default()
            }
            None => Vec::new(),
        }
    }

    /// Whether those that speak of scopes agree.
    fn agreement(&self, cause: Cause) -> Option<bool> {
        let comparison = self.comparison.as_ref().filter(|_| self.case.sent.token().is_some())?;
        match self.asked.as_slice() {
            [] => match cause {
                Cause::None => Some(comparison.is_allowed()),
                Cause::Scope if self.server.found.is_some() => Some(!comparison.is_allowed()),
                _ => None,
            },
            asked if cause == Cause::Scope => {
                let required = self.case.endpoint?.requirement.alternatives();
                let missing = self.missing(cause);
                let same = |set: &ScopeSet| required.contains(set) || comparison.missing.contains(set);
                let expected = asked.iter().any(same) || missing.iter().any(same);
                Some(expected && !comparison.is_allowed())
            }
            _ => None,
        }
    }

    fn note(&self, cause: Cause, findings: &mut Vec<Diagnostic>) {
        if cause == Cause::Scope && self.server.guessed {
            let message = "the scope was read out of a sentence that no rule knows";
            findings.push(Diagnostic::new(&SCOPE_GUESSED, message).help("compare it with the API's documentation"));
        }
        let has = |set: &ScopeSet| self.granted.as_ref().is_some_and(|held| self.hierarchy.satisfies_all(held, set));
        if cause == Cause::Scope && self.case.sent.token().is_some() && self.asked.iter().any(has) {
            let message = "the server asks for a scope that the token has";
            let help = "a grant may need a new token, or the server names the wrong scope";
            findings.push(Diagnostic::new(&SCOPE_GRANTED, message).help(help));
        }
        let lacks = self.comparison.as_ref().filter(|found| !found.is_allowed()).map(Comparison::cheapest);
        if let Some(lacks) = lacks.filter(|_| !matches!(cause, Cause::None | Cause::Scope)) {
            let message = format!("the manifest also requires {lacks}, which the token lacks");
            findings.push(Diagnostic::new(&SCOPE_ALSO_MISSING, message));
        }
        if cause == Cause::StepUp && self.case.answer.status < 400 {
            let message = "the answer is a success and leaves out what another sign-in would show";
            findings.push(Diagnostic::new(&ANSWER_PARTIAL, message));
        }
    }

    /// The endpoints of the API that these scopes would open, beside the one that was called.
    fn opened(&self, missing: &ScopeSet) -> Vec<String> {
        let Some(api) = self.case.api else { return Vec::new() };
        let granted = self.granted.clone().unwrap_or_default();
        let widened = granted.union(missing);
        let open = |granted: &ScopeSet, required: &Requirement| {
            required.alternatives().iter().any(|set| self.hierarchy.satisfies_all(granted, set))
        };
        let called = self.case.endpoint;
        api.endpoints
            .iter()
            .filter(|endpoint| called.is_none_or(|called| !std::ptr::eq(called, *endpoint)))
            .filter(|endpoint| open(&widened, &endpoint.requirement) && !open(&granted, &endpoint.requirement))
            .map(ToString::to_string)
            .collect()
    }

    fn step_up(&self) -> StepUp {
        let parameter = |name| self.server.challenges.iter().find_map(|challenge| challenge.parameter(name));
        StepUp {
            acr_values: parameter("acr_values").map(str::to_owned),
            max_age: parameter("max_age").and_then(|seconds| seconds.parse().ok()),
            claims: self.server.challenges.iter().find_map(super::Challenge::claims),
            url: self.server.sign_on_url().map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod shapes;
#[cfg(test)]
mod tests;
