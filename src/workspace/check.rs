//! Granted x required, for one endpoint.

use jiff::Timestamp;

use super::{EndpointId, HeldToken, Workspace};
use crate::scope::Comparison;

/// How a check ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The token may call the endpoint.
    Allowed,
    /// A scope is missing.
    Missing,
    /// The token is expired, malformed, unreadable or for someone else: why, in words.
    Unusable(String),
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// The verdict.
    pub outcome: Outcome,
    /// Granted x required; `None` when nothing says what the token was granted.
    pub comparison: Option<Comparison>,
}

impl Workspace {
    /// Compares what a token was granted with what an endpoint requires. `None` when there is no such endpoint.
    #[must_use]
    pub fn check(&self, _token: &HeldToken, _endpoint: EndpointId, _now: Timestamp) -> Option<Check> {
        todo!("workspace")
    }
}
