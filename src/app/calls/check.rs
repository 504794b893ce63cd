//! Compares granted scopes with those that an endpoint requires.

use jiff::Timestamp;

use crate::app::error::quoted;
use crate::app::{Context, EndpointId, LoadedToken};
use crate::manifest::Api;
use crate::scope::{Comparison, compare};
use crate::token::{TokenKind, Validity};

/// Outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// The token is allowed to call the endpoint.
    Allowed,
    /// A scope is missing.
    Missing,
    /// The token is expired, malformed, unreadable, or issued for another API, with the reason.
    Unusable(String),
}

impl CheckOutcome {
    /// Returns the name in `tokscope.check/v1`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Missing => "missing",
            Self::Unusable(_) => "unusable",
        }
    }
}

/// Result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Endpoint.
    pub endpoint: EndpointId,
    /// The outcome.
    pub outcome: CheckOutcome,
    /// The comparison; `None` if the granted scopes are not known.
    pub comparison: Option<Comparison>,
}

/// Compares the granted scopes of a token with the requirement of an endpoint. `None` if there is no such endpoint.
///
/// A readable JWT without scopes was granted none. Of an unreadable token nothing is known, so it is unusable.
#[must_use]
pub fn check(context: &Context, token: &LoadedToken, endpoint: EndpointId, now: Timestamp) -> Option<Check> {
    let (api, details) = context.endpoint(endpoint)?;
    let readable = token.granted.is_some() || token.decoded.claims().is_some();
    let comparison = readable.then(|| compare(&token.scopes(), &details.requirement, &api.hierarchy));
    let outcome = match (unusable(token, api, now), &comparison) {
        (Some(reason), _) => CheckOutcome::Unusable(reason),
        (None, Some(comparison)) if comparison.is_allowed() => CheckOutcome::Allowed,
        (None, Some(_)) => CheckOutcome::Missing,
        (None, None) => CheckOutcome::Unusable(unreadable(token)),
    };
    Some(Check { endpoint, outcome, comparison })
}

/// Returns why a token is unusable with an API, regardless of its scopes.
fn unusable(token: &LoadedToken, api: &Api, now: Timestamp) -> Option<String> {
    if !token.decoded.whole {
        return Some("it is malformed or truncated".to_owned());
    }
    let evidence = token.evidence(now);
    match evidence.validity {
        Some(Validity::Valid(_)) | None => {}
        Some(validity) => return Some(format!("it {}", validity.words(now))),
    }
    if let Some(issuer) = &evidence.issuer
        && api.issuer.as_ref().is_some_and(|expected| expected.as_str() != issuer)
    {
        return Some(format!("its issuer `{issuer}` is not this API's issuer"));
    }
    if let Some(expected) = &api.audience
        && !evidence.audience.is_empty()
        && !evidence.audience.contains(expected)
    {
        let audience = quoted(evidence.audience.iter().map(String::as_str));
        return Some(format!("its audience is {audience}, not `{expected}`"));
    }
    None
}

fn unreadable(token: &LoadedToken) -> String {
    match token.decoded.kind {
        TokenKind::Jwe => "it is encrypted, so only its recipient can read the scopes".to_owned(),
        _ => "it is opaque, so only the authorization server knows its scopes".to_owned(),
    }
}
