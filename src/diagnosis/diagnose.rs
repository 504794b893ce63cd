//! From an answer to its cause.

use jiff::Timestamp;

use crate::diagnostic::Diagnostic;
use crate::scope::{Hierarchy, Requirement, ScopeSet};
use crate::token::Validity;

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

/// Finds the cause.
#[must_use]
pub fn diagnose(_case: &Case<'_>) -> Diagnosis {
    todo!("diagnosis")
}
