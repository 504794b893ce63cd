//! What goes into a diagnosis, and what comes out.

use jiff::Timestamp;

use super::Cause;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Api, Endpoint};
use crate::scope::ScopeSet;
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
    /// Whether it is bound to a key (`cnf`, RFC 7800).
    pub bound: bool,
}

/// What was sent with the request.
#[derive(Clone, Copy, Debug)]
pub enum Sent<'a> {
    /// Nobody knows.
    Unknown,
    /// A token that was not shown.
    Hidden,
    /// No token.
    Nothing,
    /// This token.
    Token(&'a TokenEvidence),
}

impl<'a> Sent<'a> {
    /// The token, if it is known.
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
    /// What the server answered.
    pub answer: Answer<'a>,
    /// The API of the manifest, if it is known.
    pub api: Option<&'a Api>,
    /// The endpoint of that API, if it is known.
    pub endpoint: Option<&'a Endpoint>,
    /// The token.
    pub sent: Sent<'a>,
    /// The time of the call.
    pub now: Timestamp,
}

/// How sure a diagnosis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Nothing better was found, or witnesses contradict each other.
    Guess,
    /// One witness says so and none contradicts.
    Likely,
    /// The server names it and nothing contradicts, or the evidence admits nothing else.
    Certain,
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

    /// One step less.
    #[must_use]
    pub(super) fn less(self) -> Self {
        if self == Self::Certain { Self::Likely } else { Self::Guess }
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

/// How the user must sign in, as the server names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepUp {
    /// `acr_values` (RFC 9470 §3).
    pub acr_values: Option<String>,
    /// `max_age`, in seconds (RFC 9470 §3).
    pub max_age: Option<u64>,
    /// The claims that are asked for (OpenID Connect Core §5.5), as JSON text.
    pub claims: Option<String>,
    /// Where to go and confirm a single sign-on.
    pub url: Option<String>,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The cause.
    pub cause: Cause,
    /// One sentence: `missing scope: orders:write`. May hold text from outside.
    pub sentence: String,
    /// What is missing, per alternative, cheapest first. Only for [`Cause::Scope`], for [`Cause::Application`] when
    /// the server names a scope, and for [`Cause::TokenInvalid`] when no token was sent and the server says what for.
    pub missing: Vec<ScopeSet>,
    /// For each of these the endpoints that it would open beside the one that was called.
    pub opens: Vec<Vec<String>>,
    /// How sure that is.
    pub confidence: Confidence,
    /// Whether the witnesses that speak of scopes agree; `None` when fewer than two do.
    pub agree: Option<bool>,
    /// What each says.
    pub witnesses: Witnesses,
    /// How the user must sign in, when the cause is [`Cause::StepUp`] and the server says so.
    pub step_up: Option<StepUp>,
    /// The rule that the answer was recognised by.
    pub rule: Option<String>,
    /// Where that rule is documented.
    pub source: Option<String>,
    /// Disagreements and oddities.
    pub findings: Vec<Diagnostic>,
    /// What to do next, in words: one step. Empty when there is nothing to do. May hold text from outside.
    pub next: String,
    /// The command that does it, where one does.
    pub command: Option<String>,
    /// What it would take to know more, in words.
    pub wanting: Vec<&'static str>,
}
