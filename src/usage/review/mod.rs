//! What was granted compared with what was used: unused scopes and tokens, excess, and conspicuous use.
//!
//! A scope counts as used only if an endpoint needed it. Whether something is unused is only known if every use was
//! recorded; otherwise it is unknown, which is a different verdict.
//!
//! | module | part |
//! |---|---|
//! | `record` | the members of a record that a review needs |
//! | `family` | uses of a token and of those that were made from it |
//! | `reviewer` | collects the records of the log |
//! | `patterns` | conspicuous use: bursts of denials, unusual hours |
//! | `observed` | uses in logs of requests, by client |
//! | `emergencies` | requests that were used before their approval |
//! | `judge` | verdicts and findings about stored tokens |

mod emergencies;
mod family;
mod judge;
mod observed;
mod patterns;
mod record;
mod reviewer;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use super::findings::EMERGENCY_UNAPPROVED;
use crate::diagnostic::Diagnostic;
use crate::scope::ScopeSet;
use crate::text::shell_word;

pub use emergencies::{APPROVED, EMERGENCY_DUE};
pub use observed::{ClientUse, EndpointUse, LogCoverage, Observed, uses_of};
pub use reviewer::Reviewer;

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
    pub granted: ScopeSet,
    /// Granted scopes, and those that they imply.
    pub reach: BTreeSet<String>,
    /// Endpoints for which its scopes are sufficient.
    pub endpoints: BTreeSet<String>,
    /// Granted scopes for the authorization server itself, whose use no call shows.
    pub identity: BTreeSet<String>,
    /// Granted scopes that the manifest does not declare or allow; empty if there is no manifest.
    pub undeclared: Vec<String>,
    /// Granted scopes of critical risk.
    pub critical: BTreeSet<String>,
    /// When it was obtained.
    pub created: Timestamp,
    /// When it expires, if that is known and it can't be refreshed.
    pub expires: Option<Timestamp>,
    /// When it has to be replaced, by the client's longest lifetime.
    pub replace_after: Option<Timestamp>,
    /// Whether it can be refreshed.
    pub refreshable: bool,
    /// Token that it was narrowed from.
    pub narrowed_from: Option<String>,
    /// Approval that it was obtained with: identifier, and end of its window.
    pub approval: Option<(String, Timestamp)>,
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

/// Use of a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeUse {
    /// Scope.
    pub scope: String,
    /// Verdict.
    pub state: Use,
    /// Number of calls in the audit log that needed it.
    pub uses: u64,
    /// Number of requests in the logs that needed it.
    pub log_uses: u64,
    /// Time of the last one.
    pub last: Option<String>,
    /// Endpoints that needed it, sorted.
    pub endpoints: Vec<String>,
}

/// An approval that a token was obtained with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApprovalUse {
    /// Identifier of the request.
    pub id: String,
    /// Who approved it.
    pub approvers: Vec<String>,
    /// End of its window.
    pub until: Option<String>,
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
    /// Endpoints of calls that were not denied.
    pub successful: BTreeSet<String>,
    /// Scopes.
    pub scopes: Vec<ScopeUse>,
    /// Number of times that it was passed on.
    pub hand_outs: u64,
    /// Whether the record begins before the token was obtained.
    pub covered: bool,
    /// Approval that it was obtained with.
    pub approval: Option<ApprovalUse>,
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

/// What mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Obtain a token for these endpoints only, and revoke this one.
    Narrow {
        /// ID of the token.
        token: String,
        /// Client.
        client: String,
        /// Endpoints.
        endpoints: Vec<String>,
    },
    /// Obtain a token for these endpoints, beside this one.
    Separate {
        /// Client.
        client: String,
        /// Endpoints.
        endpoints: Vec<String>,
    },
    /// Replace the token by one with the same scopes.
    Refresh {
        /// ID of the token.
        token: String,
    },
    /// Obtain a token with these scopes, and revoke this one.
    Replace {
        /// ID of the token.
        token: String,
        /// Client.
        client: String,
        /// Scopes.
        scopes: Vec<String>,
        /// Endpoints of calls that were not denied.
        endpoints: Vec<String>,
    },
    /// Revoke the token.
    Revoke {
        /// ID of the token.
        token: String,
    },
}

/// The command that does it.
impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let login = |formatter: &mut fmt::Formatter<'_>, client: &str| {
            write!(formatter, "tokscope login --client {}", shell_word(client))
        };
        match self {
            Self::Narrow { client, endpoints, .. } | Self::Separate { client, endpoints } => {
                login(formatter, client)?;
                endpoints.iter().try_for_each(|endpoint| write!(formatter, " -e {}", shell_word(endpoint)))?;
            }
            Self::Replace { client, scopes, .. } => {
                login(formatter, client)?;
                scopes.iter().try_for_each(|scope| write!(formatter, " --scope {}", shell_word(scope)))?;
            }
            Self::Refresh { token } => write!(formatter, "tokscope tokens refresh {token}")?,
            Self::Revoke { token } => write!(formatter, "tokscope tokens revoke {token}")?,
        }
        match self {
            Self::Narrow { token, .. } | Self::Replace { token, .. } => {
                write!(formatter, " && tokscope tokens revoke {token}")
            }
            Self::Separate { .. } | Self::Refresh { .. } | Self::Revoke { .. } => Ok(()),
        }
    }
}

/// A finding about a token or a client, with what mends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewFinding {
    /// Finding.
    pub finding: Diagnostic,
    /// ID of the token, if it is about one.
    pub token: Option<String>,
    /// Client.
    pub client: String,
    /// What narrows, rotates or revokes.
    pub action: Option<Action>,
    /// Number of the record that is the evidence.
    pub evidence: Option<u64>,
}

/// Result of a review.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// What the audit log covers.
    pub coverage: Coverage,
    /// What the logs of requests cover; `None` without logs.
    pub log: Option<LogCoverage>,
    /// Use of each stored token that was not narrowed from another.
    pub tokens: Vec<TokenUse>,
    /// Use by client in the logs of requests.
    pub clients: Vec<ClientUse>,
    /// Findings, in the order of the tokens.
    pub findings: Vec<ReviewFinding>,
}

impl Action {
    /// Returns the token that it ends or replaces.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        match self {
            Self::Narrow { token, .. }
            | Self::Replace { token, .. }
            | Self::Refresh { token }
            | Self::Revoke { token } => Some(token),
            Self::Separate { .. } => None,
        }
    }

    /// Order among the actions for a token: what ends it comes before what replaces it.
    fn rank(&self) -> u8 {
        match self {
            Self::Revoke { .. } => 0,
            Self::Narrow { .. } => 1,
            Self::Replace { .. } => 2,
            Self::Refresh { .. } => 3,
            Self::Separate { .. } => 4,
        }
    }
}

impl Review {
    /// Whether a request was used in an emergency and not approved since, which fails every review.
    #[must_use]
    pub fn has_unapproved_emergency(&self) -> bool {
        self.findings.iter().any(|one| one.finding.code.name == EMERGENCY_UNAPPROVED.name)
    }

    /// Returns what to do, in the order of the tokens: one action for each, the most thorough one.
    #[must_use]
    pub fn actions(&self) -> Vec<&Action> {
        let mut actions: Vec<&Action> = Vec::new();
        for action in self.findings.iter().filter_map(|one| one.action.as_ref()) {
            let Some(token) = action.token() else { continue };
            match actions.iter_mut().find(|known| known.token() == Some(token)) {
                Some(known) if action.rank() < known.rank() => *known = action,
                Some(_) => {}
                None => actions.push(action),
            }
        }
        actions
    }
}

fn quoted<'s>(names: impl IntoIterator<Item = &'s str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
