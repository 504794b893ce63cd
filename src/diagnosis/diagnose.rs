//! From an answer to its cause.

use jiff::Timestamp;

use super::evidence::Evidence;
use super::findings::WITNESSES_DISAGREE;
use crate::diagnostic::Diagnostic;
use crate::scope::{Comparison, Hierarchy, Requirement, ScopeSet, compare};
use crate::token::{Validity, relative};

/// The answer of a server.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The header fields in their order; names in any case.
    pub headers: &'a [(String, String)],
    /// The body as far as it was read.
    pub body: &'a [u8],
}

/// What is known of the token that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenEvidence {
    /// The granted scopes; `None` when the token can't be read or names none.
    pub granted: Option<ScopeSet>,
    /// Whether it was within its time; `None` when the token can't be read.
    pub validity: Option<Validity>,
    /// `aud`, as a list.
    pub audience: Vec<String>,
    /// `iss`.
    pub issuer: Option<String>,
}

/// Everything that is known about a call.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// What the server answered.
    pub answer: Answer<'a>,
    /// What the manifest requires, if it knows the endpoint.
    pub required: Option<&'a Requirement>,
    /// The API's scopes.
    pub hierarchy: &'a Hierarchy,
    /// The token that was sent, if one was sent.
    pub token: Option<&'a TokenEvidence>,
    /// The audience that the manifest expects.
    pub expected_audience: Option<&'a str>,
    /// The issuer that the manifest expects.
    pub expected_issuer: Option<&'a str>,
    /// The time of the call.
    pub now: Timestamp,
}

/// Why a call failed, in the order in which causes are considered (the first that applies is the cause).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// It did not fail.
    None,
    /// The answer is not the API's: gateway, rate limit, not HTTP.
    Transport,
    /// The token's time is over, or has not come.
    TokenExpired,
    /// No token, or one that the server can't use.
    TokenInvalid,
    /// The token is meant for another API.
    Audience,
    /// The token was issued by another authorization server.
    Issuer,
    /// The token is bound to a key that was not proven (RFC 9449, RFC 8705).
    Binding,
    /// The user must sign in again or stronger (RFC 9470, claims challenge, SSO).
    StepUp,
    /// The application, not the token, lacks the permission.
    Application,
    /// The token lacks a scope.
    Scope,
    /// The user's role, plan or tenant forbids it.
    Role,
    /// None of these could be shown.
    Unknown,
}

impl Cause {
    /// The name in `tokscope.why/v1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Transport => "transport",
            Self::TokenExpired => "token-expired",
            Self::TokenInvalid => "token-invalid",
            Self::Audience => "audience",
            Self::Issuer => "issuer",
            Self::Binding => "binding",
            Self::StepUp => "step-up",
            Self::Application => "application",
            Self::Scope => "scope",
            Self::Role => "role",
            Self::Unknown => "unknown",
        }
    }
}

/// How sure a diagnosis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// The server names it and nothing contradicts, or the evidence admits nothing else.
    Certain,
    /// One witness says so and none contradicts.
    Likely,
    /// Nothing better was found, or witnesses contradict each other.
    Guess,
}

impl Confidence {
    /// The name in `tokscope.why/v1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Guess => "guess",
        }
    }
}

/// What one witness says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// In words: lower case, no full stop. May hold text from outside.
    pub says: String,
    /// The scopes that it names: required (manifest), granted (token), asked for (server).
    pub scopes: Vec<ScopeSet>,
}

/// The three witnesses, kept apart; `None` where one has nothing to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witnesses {
    /// What the manifest requires.
    pub manifest: Option<Witness>,
    /// What the token has.
    pub token: Option<Witness>,
    /// What the server says.
    pub server: Option<Witness>,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The cause.
    pub cause: Cause,
    /// One sentence: `missing scope: orders:write`. May hold text from outside.
    pub sentence: String,
    /// What is missing, per alternative, cheapest first. Empty unless the cause is [`Cause::Scope`].
    pub missing: Vec<ScopeSet>,
    /// How sure that is.
    pub confidence: Confidence,
    /// Whether the witnesses that speak of scopes agree; `None` when fewer than two do.
    pub agree: Option<bool>,
    /// What each says.
    pub witnesses: Witnesses,
    /// Disagreements and oddities.
    pub findings: Vec<Diagnostic>,
    /// What to do next, in words: one step.
    pub next: String,
}

/// Finds the cause: evidence first, then the rules in their order (see [`Cause`]).
#[must_use]
pub fn diagnose(case: &Case<'_>) -> Diagnosis {
    let server = Evidence::read(&case.answer);
    let comparison = case
        .required
        .zip(case.token)
        .and_then(|(required, token)| Some(compare(token.granted.as_ref()?, required, case.hierarchy)));
    let cause = cause(case, &server, comparison.as_ref());
    let mut missing = Vec::new();
    if cause == Cause::Scope {
        missing = missing_scopes(case, &server, comparison.as_ref());
    }
    let witnesses = witnesses(case, &server);
    let agree = agreement(cause, case, &server, comparison.as_ref());
    let mut findings = Vec::new();
    if agree == Some(false) {
        let message = "the server asks for other scopes than the manifest and the token would suggest";
        findings.push(Diagnostic::new(&WITNESSES_DISAGREE, message).help("the manifest may be behind the server"));
    }
    let named = server.scopes.is_some() || server.names_cause();
    let confidence = match (cause, named, agree) {
        (Cause::None, _, _) => Confidence::Certain,
        (Cause::Unknown, _, _) | (Cause::Scope, false, Some(false)) => Confidence::Guess,
        (_, true, Some(false)) | (_, false, _) => Confidence::Likely,
        (_, true, _) => Confidence::Certain,
    };
    Diagnosis {
        sentence: sentence(cause, case, &missing),
        next: next(cause, &missing, agree),
        cause,
        missing,
        confidence,
        agree,
        witnesses,
        findings,
    }
}

/// The rules, first one that applies.
fn cause(case: &Case<'_>, server: &Evidence, comparison: Option<&Comparison>) -> Cause {
    let status = case.answer.status;
    if (200..400).contains(&status) && !server.failed_inside {
        return Cause::None;
    }
    if status == 429 || (500..600).contains(&status) {
        return Cause::Transport;
    }
    let Some(token) = case.token else { return token_missing(case, server) };
    match &token.validity {
        Some(Validity::Expired(_) | Validity::NotYet(_)) => return Cause::TokenExpired,
        Some(Validity::Malformed(_)) => return Cause::TokenInvalid,
        Some(Validity::Valid(_)) | None => {}
    }
    // a server that names a scope has looked past these
    let refused = refused_token(case, token);
    if refused != Cause::TokenInvalid && server.scopes.is_none() && matches!(status, 401 | 403) {
        return refused;
    }
    if server.is_scheme_error("DPoP") || server.says(&["use_dpop_nonce", "invalid_dpop_proof"]) {
        return Cause::Binding;
    }
    if server.says(&[
        "insufficient_user_authentication",
        "interaction_required",
        "login_required",
        "insufficient_claims",
    ]) {
        return Cause::StepUp;
    }
    if server.says(&["invalid_token", "invalid_auth", "token_expired", "unauthenticated"]) {
        return refused;
    }
    if server.says(&["accessNotConfigured", "SERVICE_DISABLED", "app_not_approved"]) {
        return Cause::Application;
    }
    if server.scopes.is_some() || server.says(SCOPE_ERRORS) || comparison.is_some_and(|found| !found.is_allowed()) {
        return Cause::Scope;
    }
    if status == 401 {
        return refused;
    }
    if status == 403 && comparison.is_some_and(Comparison::is_allowed) {
        return Cause::Role;
    }
    Cause::Unknown
}

/// What servers call a missing scope.
const SCOPE_ERRORS: &[&str] =
    &["insufficient_scope", "missing_scope", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"];

fn token_missing(case: &Case<'_>, server: &Evidence) -> Cause {
    if matches!(case.answer.status, 401 | 403) || server.failed_inside {
        return Cause::TokenInvalid;
    }
    Cause::Unknown
}

/// Why a server does not take a token that is within its time.
fn refused_token(case: &Case<'_>, token: &TokenEvidence) -> Cause {
    if case.expected_issuer.zip(token.issuer.as_deref()).is_some_and(|(expected, issuer)| expected != issuer) {
        return Cause::Issuer;
    }
    let audience = &token.audience;
    if case
        .expected_audience
        .is_some_and(|expected| !audience.is_empty() && !audience.iter().any(|one| one == expected))
    {
        return Cause::Audience;
    }
    Cause::TokenInvalid
}

/// What the server names comes first: it is the one that decides. Else what the manifest lets expect.
fn missing_scopes(case: &Case<'_>, server: &Evidence, comparison: Option<&Comparison>) -> Vec<ScopeSet> {
    let Some(asked) = &server.scopes else {
        return comparison.map(|found| found.missing.clone()).unwrap_or_default();
    };
    let granted = case.token.and_then(|token| token.granted.clone()).unwrap_or_default();
    let lacking: ScopeSet =
        asked.iter().filter(|scope| !case.hierarchy.satisfies(&granted, scope.as_str())).cloned().collect();
    let Some(found) = comparison.filter(|found| found.missing.contains(&lacking)) else {
        return if lacking.is_empty() { Vec::new() } else { vec![lacking] };
    };
    let mut missing = vec![lacking.clone()];
    missing.extend(found.missing.iter().filter(|other| **other != lacking).cloned());
    missing
}

/// Whether those that speak of scopes agree.
fn agreement(cause: Cause, case: &Case<'_>, server: &Evidence, comparison: Option<&Comparison>) -> Option<bool> {
    let comparison = comparison.filter(|_| case.token.is_some())?;
    match (&server.scopes, cause) {
        (Some(asked), _) => {
            let required = case.required?;
            let granted = case.token?.granted.clone()?;
            let lacking: ScopeSet =
                asked.iter().filter(|scope| !case.hierarchy.satisfies(&granted, scope.as_str())).cloned().collect();
            let expected = required.alternatives().iter().any(|alternative| alternative == asked)
                || comparison.missing.contains(&lacking);
            Some(expected && !comparison.is_allowed())
        }
        (None, Cause::None) => Some(comparison.is_allowed()),
        (None, Cause::Scope) if server.says(SCOPE_ERRORS) => Some(!comparison.is_allowed()),
        (None, _) => None,
    }
}

fn witnesses(case: &Case<'_>, server: &Evidence) -> Witnesses {
    let manifest = case
        .required
        .map(|required| Witness { says: format!("requires {required}"), scopes: required.alternatives().to_vec() });
    let token = case.token.map(|token| match &token.granted {
        Some(granted) if granted.is_empty() => Witness { says: "has no scope".to_owned(), scopes: Vec::new() },
        Some(granted) => Witness { says: format!("has {granted}"), scopes: vec![granted.clone()] },
        None => Witness { says: "names no scopes".to_owned(), scopes: Vec::new() },
    });
    let server = server.words().map(|says| Witness { says, scopes: server.scopes.iter().cloned().collect() });
    Witnesses { manifest, token, server }
}

fn list(missing: &[ScopeSet]) -> String {
    missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", or ")
}

fn sentence(cause: Cause, case: &Case<'_>, missing: &[ScopeSet]) -> String {
    let expired = |validity: &Option<Validity>| match validity {
        Some(Validity::NotYet(at)) => format!("the token is not valid yet: {}", relative(*at, case.now)),
        Some(Validity::Expired(at)) => format!("the token expired {}", relative(*at, case.now)),
        _ => "the token's time is over".to_owned(),
    };
    match cause {
        Cause::None => "it worked".to_owned(),
        Cause::Transport => format!("the server or something before it failed with {}", case.answer.status),
        Cause::TokenExpired => case.token.map_or_else(String::new, |token| expired(&token.validity)),
        Cause::TokenInvalid if case.token.is_none() => "no token was sent".to_owned(),
        Cause::TokenInvalid => "the server does not take the token".to_owned(),
        Cause::Audience => "the token is meant for another API".to_owned(),
        Cause::Issuer => "the token was issued by another authorization server".to_owned(),
        Cause::Binding => "the token is bound to a key that was not proven".to_owned(),
        Cause::StepUp => "the user must sign in again or stronger".to_owned(),
        Cause::Application => "the application lacks the permission, not the token".to_owned(),
        Cause::Scope if missing.is_empty() => "a scope is missing, and nobody names it".to_owned(),
        Cause::Scope => format!("missing scope: {}", list(missing)),
        Cause::Role => "the scopes are enough: the user's role, plan or tenant forbids it".to_owned(),
        Cause::Unknown => format!("the server answered {}, and nothing says why", case.answer.status),
    }
}

fn next(cause: Cause, missing: &[ScopeSet], agree: Option<bool>) -> String {
    let cheapest = missing.first();
    match (cause, cheapest) {
        (Cause::None, _) => String::new(),
        (Cause::Scope, Some(scopes)) if agree == Some(false) => {
            format!("obtain a token that also has {scopes}, and bring the manifest's line up to date")
        }
        (Cause::Scope, Some(scopes)) => format!("obtain a token that also has {scopes}"),
        (Cause::Scope, None) => "look the endpoint up in the API's documentation".to_owned(),
        (Cause::Transport, _) => "try again later".to_owned(),
        (Cause::TokenExpired | Cause::TokenInvalid | Cause::Audience | Cause::Issuer, _) => {
            "obtain a token for this API".to_owned()
        }
        (Cause::Binding, _) => "send a proof of the key with the token (RFC 9449)".to_owned(),
        (Cause::StepUp, _) => "sign in again in the way that the server names".to_owned(),
        (Cause::Application, _) => "give the application the permission where it is registered".to_owned(),
        (Cause::Role, _) => "ask whoever administers the API for the role".to_owned(),
        (Cause::Unknown, _) => "read the answer".to_owned(),
    }
}

#[cfg(test)]
mod tests;
