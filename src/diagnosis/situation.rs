//! Everything that the decision and the report look at, derived once from a case.

use super::facts::Facts;
use super::model::{Case, Confidence, Sent, StepUp, TokenEvidence};
use super::reading::{Reading, read};
use crate::manifest::Cause;
use crate::scope::{Comparison, Hierarchy, Requirement, ScopeSet, compare};
use crate::token::Validity;

/// A call with its evidence.
pub(super) struct Situation<'c, 'a> {
    pub(super) case: &'c Case<'a>,
    pub(super) facts: Facts<'a>,
    /// What the response states; `None` when no rule matches.
    pub(super) reading: Option<Reading<'a>>,
    /// Granted compared with required scopes, if both are known.
    pub(super) comparison: Option<Comparison>,
    /// The granted scopes, from the token or else from the server.
    pub(super) granted: Option<ScopeSet>,
    pub(super) hierarchy: Hierarchy,
    /// The alternatives that the server requires; empty when it names none.
    pub(super) required_by_server: Vec<ScopeSet>,
}

impl<'c, 'a> Situation<'c, 'a> {
    pub(super) fn new(case: &'c Case<'a>) -> Self {
        let facts = Facts::read(&case.response);
        let reading = read(&facts, case.api);
        let hierarchy = case.api.map(|api| api.hierarchy.clone()).unwrap_or_default();
        let in_token = case.sent.token().and_then(|token| token.granted.clone());
        let in_response = || reading.as_ref().and_then(|reading| reading.granted.clone());
        let granted = in_token.or_else(in_response).or_else(|| facts.granted_in_header());
        let endpoint = case.endpoint.zip(granted.as_ref());
        let comparison = endpoint.map(|(endpoint, granted)| compare(granted, &endpoint.requirement, &hierarchy));
        let required_by_server = required_by_server(reading.as_ref(), case);
        Self { case, facts, reading, comparison, granted, hierarchy, required_by_server }
    }

    /// The HTTP status.
    pub(super) fn status(&self) -> u16 {
        self.case.response.status
    }

    /// The causes that the response states, `None` when no rule matches it.
    pub(super) fn stated(&self) -> Option<&'a [Cause]> {
        self.reading.as_ref().map(|reading| reading.rule.causes.as_slice())
    }

    /// The first of the stated causes.
    pub(super) fn first_stated(&self) -> Option<Cause> {
        self.reading.as_ref().map(Reading::cause)
    }

    /// Whether the response states several possible causes, this one among them.
    pub(super) fn may_be(&self, cause: Cause) -> bool {
        self.is_ambiguous() && self.stated().is_some_and(|causes| causes.contains(&cause))
    }

    /// Whether the response states several possible causes.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.stated().is_some_and(|causes| causes.len() > 1)
    }

    /// Confidence in what the response states. A 404 may be true as well as hide the resource.
    pub(super) fn certainty(&self) -> Confidence {
        match &self.reading {
            None => Confidence::Certain,
            Some(reading) if self.status() == 404 && reading.cause() != Cause::Transport => reading.certainty.lowered(),
            Some(reading) => reading.certainty,
        }
    }

    /// Whether the scopes of the reading are guessed.
    pub(super) fn is_guess(&self) -> bool {
        self.reading.as_ref().is_some_and(Reading::is_guess)
    }

    /// Whether the request is known to have had no token.
    pub(super) fn no_token(&self) -> bool {
        matches!(self.case.sent, Sent::Nothing)
    }

    /// Whether the token is known.
    pub(super) fn has_token(&self) -> bool {
        self.case.sent.token().is_some()
    }

    /// Whether the comparison shows missing scopes; `None` without a comparison.
    pub(super) fn lacks_scopes(&self) -> Option<bool> {
        self.comparison.as_ref().map(|comparison| !comparison.is_allowed())
    }

    fn validity(&self) -> Option<&Validity> {
        self.case.sent.token().and_then(|token| token.validity.as_ref())
    }

    /// What is wrong with the token by its own claims.
    pub(super) fn token_fault(&self) -> Option<Cause> {
        match self.validity() {
            Some(Validity::Expired(_) | Validity::NotYet(_)) => Some(Cause::TokenExpired),
            Some(Validity::Malformed(_)) => Some(Cause::TokenInvalid),
            Some(Validity::Valid(_)) | None => None,
        }
    }

    /// Whether the stated cause implies that the server accepted the token itself. An expired token is never accepted.
    pub(super) fn accepted_token(&self) -> bool {
        let expired = matches!(self.validity(), Some(Validity::Expired(_) | Validity::NotYet(_)));
        !expired && matches!(self.first_stated(), Some(Cause::StepUp | Cause::Application | Cause::Scope))
    }

    /// The mismatch between the token's issuer or audience and those of the API.
    pub(super) fn mismatch(&self) -> Option<Cause> {
        let token: &TokenEvidence = self.case.sent.token()?;
        let api = self.case.api?;
        let issuer = api.issuer.as_ref().zip(token.issuer.as_deref());
        if issuer.is_some_and(|(expected, issuer)| expected.as_str() != issuer) {
            return Some(Cause::Issuer);
        }
        let expected = api.audience.as_ref().filter(|_| !token.audience.is_empty())?;
        (!token.audience.contains(expected)).then_some(Cause::Audience)
    }

    /// Whether the token is bound to a key and the server demands the proof (RFC 9449 section 7.1).
    pub(super) fn lacks_proof(&self) -> bool {
        self.case.sent.token().is_some_and(|token| token.bound)
            && self.facts.challenges.iter().any(|challenge| challenge.is_scheme("DPoP"))
    }

    /// The missing scopes for a cause: those that the server names, because it decides, else those of the manifest.
    pub(super) fn missing(&self, cause: Cause) -> Vec<ScopeSet> {
        let applies = match cause {
            Cause::Scope | Cause::Application => true,
            Cause::TokenInvalid => self.no_token(),
            _ => false,
        };
        if !applies {
            return Vec::new();
        }
        let none = ScopeSet::new();
        let granted = self.granted.as_ref().unwrap_or(&none);
        match Requirement::any_of(self.required_by_server.iter().cloned()) {
            Some(required_by_server) => {
                let missing = compare(granted, &required_by_server, &self.hierarchy).missing;
                // the server insists on scopes that the token has: report them, with a finding for the contradiction
                if missing.is_empty() { required_by_server.alternatives().to_vec() } else { missing }
            }
            None if cause == Cause::Scope => {
                self.comparison.as_ref().map(|comparison| comparison.missing.clone()).unwrap_or_default()
            }
            None => Vec::new(),
        }
    }

    /// Whether the sources that name scopes agree; `None` when fewer than two do.
    pub(super) fn agreement(&self, cause: Cause) -> Option<bool> {
        let comparison = self.comparison.as_ref().filter(|_| self.has_token())?;
        match (cause, self.required_by_server.as_slice()) {
            (Cause::None, []) => Some(comparison.is_allowed()),
            (Cause::Scope, []) => self.reading.as_ref().map(|_| !comparison.is_allowed()),
            (Cause::Scope, required_by_server) => {
                let required = self.case.endpoint?.requirement.alternatives();
                let expected = |set: &ScopeSet| required.contains(set) || comparison.missing.contains(set);
                let named = required_by_server.iter().any(expected) || self.missing(cause).iter().any(expected);
                Some(named && !comparison.is_allowed())
            }
            _ => None,
        }
    }

    /// The endpoints of the API that these scopes would also grant access to, without the called one.
    pub(super) fn also_granted(&self, missing: &ScopeSet) -> Vec<String> {
        let Some(api) = self.case.api else { return Vec::new() };
        let granted = self.granted.clone().unwrap_or_default();
        let widened = granted.union(missing);
        let satisfies = |granted: &ScopeSet, required: &Requirement| {
            required.alternatives().iter().any(|set| self.hierarchy.satisfies_all(granted, set))
        };
        let called = self.case.endpoint;
        api.endpoints
            .iter()
            .filter(|endpoint| called.is_none_or(|called| !std::ptr::eq(called, *endpoint)))
            .filter(|endpoint| {
                satisfies(&widened, &endpoint.requirement) && !satisfies(&granted, &endpoint.requirement)
            })
            .map(ToString::to_string)
            .collect()
    }

    /// The authentication that the server demands; `None` when it does not describe it.
    pub(super) fn step_up(&self) -> Option<StepUp> {
        let parameter = |name| self.facts.challenges.iter().find_map(|challenge| challenge.parameter(name));
        let step_up = StepUp {
            acr_values: parameter("acr_values").map(str::to_owned),
            max_age: parameter("max_age").and_then(|seconds| seconds.parse().ok()),
            claims: self.facts.challenges.iter().find_map(super::Challenge::claims),
            url: self.facts.sign_on_url().map(str::to_owned),
        };
        (step_up != StepUp::default()).then_some(step_up)
    }
}

/// The scopes that the server requires. A single list with every scope of the manifest's alternatives is taken for these
/// alternatives: a challenge can't express "or", so servers send the whole list.
fn required_by_server(reading: Option<&Reading<'_>>, case: &Case<'_>) -> Vec<ScopeSet> {
    let Some(reading) = reading else { return Vec::new() };
    let required = case.endpoint.map(|endpoint| endpoint.requirement.alternatives()).unwrap_or_default();
    match reading.needed.as_slice() {
        [listed] if required.len() > 1 && required.iter().flatten().cloned().collect::<ScopeSet>() == *listed => {
            required.to_vec()
        }
        needed => needed.to_vec(),
    }
}
