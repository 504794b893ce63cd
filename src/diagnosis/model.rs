//! Input and output of a diagnosis.

use jiff::Timestamp;

use crate::diagnostic::Diagnostic;
use crate::manifest::{Api, Cause, Endpoint};
use crate::scope::ScopeSet;
use crate::token::Validity;

/// An HTTP response.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// The status code; 0 when it is not known.
    pub status: u16,
    /// The header fields in order; names in any case.
    pub headers: &'a [(String, String)],
    /// The body as far as it was read.
    pub body: &'a [u8],
}

/// A fault of an `Authorization` header, shown by the header itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationFault {
    /// What the header has or lacks, as a predicate: ``has `undefined` in place of a token``. Never a token.
    pub predicate: String,
    /// Whether there is no token at all.
    pub holds_no_token: bool,
}

/// What is known about the request, without its credentials.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// The method.
    pub method: Option<&'a str>,
    /// The host of the URL.
    pub host: Option<&'a str>,
    /// The scheme of the `Authorization` header.
    pub scheme: Option<&'a str>,
    /// The fault of the `Authorization` header.
    pub fault: Option<&'a AuthorizationFault>,
    /// Whether the capture leaves out header fields that the client always sends.
    pub is_trimmed: bool,
}

/// What is known about the token that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenEvidence {
    /// The granted scopes; `None` when the token can't be decoded or names none.
    pub granted: Option<ScopeSet>,
    /// Whether the token was within its validity period; `None` when it can't be decoded.
    pub validity: Option<Validity>,
    /// The audiences (`aud`).
    pub audience: Vec<String>,
    /// The issuer (`iss`).
    pub issuer: Option<String>,
    /// Whether the token is bound to a key (`cnf`, RFC 7800).
    pub bound: bool,
}

/// The token that was sent with the request.
#[derive(Clone, Copy, Debug)]
pub enum Sent<'a> {
    /// The request is not known.
    Unknown,
    /// The request had a token, which is not known.
    Hidden,
    /// The request had no token.
    Nothing,
    /// The request had this token.
    Token(&'a TokenEvidence),
}

impl<'a> Sent<'a> {
    /// Returns the token if it is known.
    #[must_use]
    pub fn token(self) -> Option<&'a TokenEvidence> {
        match self {
            Self::Token(token) => Some(token),
            Self::Unknown | Self::Hidden | Self::Nothing => None,
        }
    }
}

/// Everything that is known about a call.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The response.
    pub response: Response<'a>,
    /// The API in the manifest, if known.
    pub api: Option<&'a Api>,
    /// The endpoint of that API, if known.
    pub endpoint: Option<&'a Endpoint>,
    /// The request.
    pub request: Request<'a>,
    /// The token that was sent.
    pub sent: Sent<'a>,
    /// The time of the call.
    pub now: Timestamp,
}

/// Confidence in a diagnosis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Nothing better was found, or the evidence is contradictory.
    Guess,
    /// One source states it and none contradicts it.
    Likely,
    /// The server names the cause and nothing contradicts it, or the evidence allows no other.
    Certain,
}

impl Confidence {
    /// Returns the name used in `tokscope.why/v1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Guess => "guess",
        }
    }

    /// Returns the next lower level.
    #[must_use]
    pub(super) fn lowered(self) -> Self {
        if self == Self::Certain { Self::Likely } else { Self::Guess }
    }
}

/// What one source states about a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The statement as a phrase: lower case, no full stop. May hold untrusted text.
    pub text: String,
    /// The scopes it names: required (manifest), granted (token), required (server).
    pub scopes: Vec<ScopeSet>,
}

/// What the three sources state, kept apart; `None` for a source that is not available.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The requirement of the manifest.
    pub manifest: Option<Statement>,
    /// The scopes of the token.
    pub token: Option<Statement>,
    /// The response of the server.
    pub server: Option<Statement>,
}

impl Evidence {
    /// Returns the sources by name, in the order in which they are shown.
    #[must_use]
    pub fn sources(&self) -> [(&'static str, Option<&Statement>); 3] {
        [("manifest", self.manifest.as_ref()), ("token", self.token.as_ref()), ("server", self.server.as_ref())]
    }
}

/// The authentication that a server demands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepUp {
    /// `acr_values` (RFC 9470 section 3).
    pub acr_values: Option<String>,
    /// `max_age`, in seconds (RFC 9470 section 3).
    pub max_age: Option<u64>,
    /// The requested claims (OpenID Connect Core section 5.5), as JSON.
    pub claims: Option<String>,
    /// The URL at which to authorize the token for single sign-on.
    pub url: Option<String>,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The cause.
    pub cause: Cause,
    /// The diagnosis in one sentence: `missing scope: orders:write`. May hold untrusted text.
    pub sentence: String,
    /// The missing scopes per alternative, least privileged first. Only for [`Cause::Scope`], for [`Cause::Application`]
    /// when the server names a scope, and for [`Cause::TokenInvalid`] when no token was sent and the server names scopes.
    pub missing: Vec<ScopeSet>,
    /// For each alternative in `missing`, the other endpoints that it would grant access to.
    pub opens: Vec<Vec<String>>,
    /// Confidence in the cause.
    pub confidence: Confidence,
    /// Whether the sources that name scopes agree; `None` when fewer than two do.
    pub agree: Option<bool>,
    /// What each source states.
    pub evidence: Evidence,
    /// The authentication that is demanded, for [`Cause::StepUp`] when the server describes it.
    pub step_up: Option<StepUp>,
    /// The name of the rule that decided: a response rule, or a row of the decision table.
    pub rule: String,
    /// The documentation of that rule.
    pub source: Option<String>,
    /// Contradictions and oddities.
    pub findings: Vec<Diagnostic>,
    /// The next step as a phrase. Empty when there is nothing to do. May hold untrusted text.
    pub next: String,
    /// The command that takes the next step, if there is one.
    pub command: Option<String>,
    /// The inputs that would make the diagnosis more precise.
    pub wanting: Vec<&'static str>,
}
