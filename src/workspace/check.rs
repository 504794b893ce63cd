//! Granted x required, for one endpoint.

use jiff::Timestamp;

use super::open::quoted;
use super::{EndpointId, HeldToken, Workspace};
use crate::manifest::Api;
use crate::scope::{Comparison, compare};
use crate::token::{TokenKind, Validity};

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

impl Outcome {
    /// The name in `tokscope.check/v1`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Missing => "missing",
            Self::Unusable(_) => "unusable",
        }
    }
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// The verdict.
    pub outcome: Outcome,
    /// Granted x required; `None` when nothing can say what the token was granted.
    pub comparison: Option<Comparison>,
}

impl Workspace {
    /// Compares what a token was granted with what an endpoint requires. `None` when there is no such endpoint.
    ///
    /// A JWT that can be read and names no scope at all was granted none; of a token that can't be read nothing is
    /// known, so it is unusable here.
    #[must_use]
    pub fn check(&self, token: &HeldToken, endpoint: EndpointId, now: Timestamp) -> Option<Check> {
        let (api, details) = self.endpoint(endpoint)?;
        let readable = token.granted.is_some() || token.decoded.claims().is_some();
        let comparison = readable.then(|| compare(&token.scopes(), &details.requirement, &api.hierarchy));
        let outcome = match (unusable(token, api, now), &comparison) {
            (Some(reason), _) => Outcome::Unusable(reason),
            (None, Some(comparison)) if comparison.is_allowed() => Outcome::Allowed,
            (None, Some(_)) => Outcome::Missing,
            (None, None) => Outcome::Unusable(unreadable(token)),
        };
        Some(Check { endpoint, outcome, comparison })
    }
}

/// Why a token can't be used with an API, whatever its scopes.
fn unusable(token: &HeldToken, api: &Api, now: Timestamp) -> Option<String> {
    if !token.decoded.whole {
        return Some("it is malformed or was cut off".to_owned());
    }
    let evidence = token.evidence(now);
    match evidence.validity {
        Some(Validity::Valid(_)) | None => {}
        Some(validity) => return Some(format!("it {}", validity.words(now))),
    }
    if let Some(issuer) = &evidence.issuer
        && api.issuer.as_ref().is_some_and(|expected| expected.as_str() != issuer)
    {
        return Some(format!("it was issued by `{issuer}`, which is not this API's issuer"));
    }
    if let Some(expected) = &api.audience
        && !evidence.audience.is_empty()
        && !evidence.audience.contains(expected)
    {
        let audience = quoted(evidence.audience.iter().map(String::as_str));
        return Some(format!("it is meant for {audience}, not for `{expected}`"));
    }
    None
}

fn unreadable(token: &HeldToken) -> String {
    match token.decoded.kind {
        TokenKind::Jwe => "it is encrypted: only the one it was made for can read its scopes".to_owned(),
        _ => "it is opaque: only the authorization server can say what it was granted".to_owned(),
    }
}
