//! Everything that the decision and the report look at, derived once from a case.

use std::borrow::Cow;

use super::breadth::narrowest_first;
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
    pub(super) hierarchy: Cow<'a, Hierarchy>,
    /// The alternatives that the server requires; empty when it names none.
    pub(super) required_by_server: Vec<ScopeSet>,
}

impl<'c, 'a> Situation<'c, 'a> {
    pub(super) fn new(case: &'c Case<'a>) -> Self {
        let facts = Facts::read(&case.response);
        let reading = read(&facts, case.api);
        let hierarchy = case.api.map(|api| Cow::Borrowed(&api.hierarchy)).unwrap_or_default();
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
        // a server that names a missing scope had a token
        let is_left_out = self.case.request.is_trimmed && self.accepted_token();
        matches!(self.case.sent, Sent::Nothing) && !is_left_out
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
            Some(Validity::Expired(_)) => Some(Cause::TokenExpired),
            Some(Validity::NotYet(_)) => Some(Cause::TokenNotYetValid),
            Some(Validity::Malformed(_)) => Some(Cause::TokenInvalid),
            Some(Validity::Valid(_)) | None => None,
        }
    }

    /// Whether the response is about a login: no access token was sent.
    pub(super) fn is_login(&self) -> bool {
        matches!(self.first_stated(), Some(Cause::Login | Cause::Client))
    }

    /// Whether the stated cause implies that the server accepted the token itself. An expired token is never accepted.
    pub(super) fn accepted_token(&self) -> bool {
        let expired = matches!(self.validity(), Some(Validity::Expired(_) | Validity::NotYet(_)));
        !expired
            && (self.is_login()
                || matches!(self.first_stated(), Some(Cause::StepUp | Cause::Application | Cause::Scope)))
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

    /// Whether the token is intended for another site than that of the request: its audiences are URLs, and none is on the
    /// same site. Only a hint, because an audience need not be the address of its API.
    pub(super) fn has_foreign_audience(&self) -> bool {
        let Some(token) = self.case.sent.token() else { return false };
        let Some(host) = self.case.request.host else { return false };
        let other = |audience: &String| {
            let rest = audience.strip_prefix("https://")?;
            let audience = rest.split(['/', ':', '?']).next()?;
            Some(site(audience) != site(host))
        };
        !token.audience.is_empty() && token.audience.iter().all(|audience| other(audience) == Some(true))
    }

    /// Whether the response states that it rejects the token, without a reason that concerns something else.
    pub(super) fn rejects_token(&self) -> bool {
        matches!(self.first_stated(), Some(Cause::TokenInvalid | Cause::Audience | Cause::Issuer))
    }

    /// Whether the response says that a scope is missing without naming one that the token lacks.
    pub(super) fn is_vague_about_scope(&self) -> bool {
        self.first_stated() == Some(Cause::Scope) && self.lacks_named() != Some(true)
    }

    /// Whether the token lacks what the server names; `None` when one of the two is not known.
    pub(super) fn lacks_named(&self) -> Option<bool> {
        let granted = self.granted.as_ref().filter(|_| self.has_token())?;
        let required = Requirement::any_of(self.required_by_server.iter().cloned())?;
        Some(!compare(granted, &required, &self.hierarchy).is_allowed())
    }

    /// Whether the token can be decoded and has no permission at all.
    pub(super) fn has_no_permissions(&self) -> bool {
        self.case
            .sent
            .token()
            .is_some_and(|token| token.validity.is_some() && token.granted.as_ref().is_none_or(ScopeSet::is_empty))
    }

    /// Whether the server states that no token was sent.
    pub(super) fn names_no_token(&self) -> bool {
        const RULES: &[&str] = &["token-missing", "token-missing-text"];
        self.reading.as_ref().is_some_and(|reading| RULES.contains(&reading.rule.name.as_str()))
    }

    /// Whether the request has no token, by its `Authorization` header.
    pub(super) fn holds_no_token(&self) -> bool {
        self.case.request.fault.is_some_and(|fault| fault.holds_no_token)
    }

    /// What is wrong with the `Authorization` header, as a predicate.
    pub(super) fn authorization_fault(&self) -> Option<String> {
        if let Some(fault) = self.case.request.fault {
            return Some(fault.predicate.clone());
        }
        let sent = self.case.request.scheme?;
        let mut schemes = self.facts.challenges.iter().map(|challenge| challenge.scheme.as_str());
        let is_demanded = schemes.clone().any(|scheme| scheme.is_empty() || scheme.eq_ignore_ascii_case(sent));
        let demanded = schemes.next().filter(|_| !is_demanded)?;
        Some(format!("has the scheme `{sent}`, and the server requires `{demanded}`"))
    }

    /// Whether a challenge comes without an error: the request had no token, or the server does not say what is wrong with
    /// it (RFC 6750 section 3.1).
    pub(super) fn is_bare_challenge(&self) -> bool {
        !self.facts.challenges.is_empty()
            && self.facts.challenges.iter().all(|challenge| challenge.parameter("error").is_none())
    }

    /// The next step of the rule that explains the response.
    pub(super) fn next(&self) -> Option<&'a str> {
        self.reading.as_ref()?.rule.next.as_deref()
    }

    /// Whether the server demands a proof that the request lacks (RFC 9449 section 7.1).
    pub(super) fn lacks_proof(&self) -> bool {
        let challenges = &self.facts.challenges;
        let only = !challenges.is_empty() && challenges.iter().all(|challenge| challenge.is_scheme("DPoP"));
        let bound = self.case.sent.token().is_some_and(|token| token.bound)
            && challenges.iter().any(|challenge| challenge.is_scheme("DPoP"));
        // a bearer token is not accepted where only DPoP is, and a request without a token is answered with 401
        bound || only && (self.has_token() || self.case.request.scheme.is_some() || self.status() == 400)
    }

    /// The missing scopes for a cause: those that the server names, because it decides, else those of the manifest.
    pub(super) fn missing(&self, cause: Cause) -> Vec<ScopeSet> {
        let applies = match cause {
            Cause::Scope | Cause::Application => true,
            Cause::TokenInvalid => self.no_token() || (self.is_bare_challenge() && !self.has_token()),
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
                let mut missing = if missing.is_empty() { required_by_server.alternatives().to_vec() } else { missing };
                if !missing.iter().flatten().any(|scope| self.hierarchy.declares(scope.as_str())) {
                    self.narrowest_first(&mut missing);
                }
                missing
            }
            None if cause == Cause::Scope => {
                // what is granted is not known: the whole requirement may be missing
                let required = || Some(compare(&none, &self.case.endpoint?.requirement, &self.hierarchy).missing);
                let missing = self.comparison.as_ref().map(|comparison| comparison.missing.clone());
                missing.or_else(required).unwrap_or_default()
            }
            None => Vec::new(),
        }
    }

    /// Sorts alternatives that the manifest does not declare.
    fn narrowest_first(&self, alternatives: &mut [ScopeSet]) {
        let none = Hierarchy::new();
        let implies = self.reading.as_ref().map_or(&none, |reading| &reading.rule.hierarchy);
        let method = self.case.endpoint.map(|endpoint| endpoint.method.as_str()).or(self.case.request.method);
        narrowest_first(alternatives, method, implies);
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

/// The site of a host: its last two labels.
fn site(host: &str) -> &str {
    let labels = host.rmatch_indices('.').nth(1).map_or(0, |(at, _)| at + 1);
    host.get(labels..).unwrap_or(host)
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
