//! What a change of the manifest means, whatever its text looks like.

mod api;
mod client;

use std::fmt;

use super::Manifest;

pub(super) use self::api::requirement;

/// Which way privilege moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Neither.
    Neutral,
    /// Less privilege: less has to be asked for, a scope gives less, or a client may ask for less.
    Relaxation,
    /// More privilege: more has to be asked for, a scope gives more, a client may ask for more, an endpoint is open to
    /// everybody, or tokens go elsewhere.
    Escalation,
}

impl Direction {
    /// `escalation`, `relaxation` or `neutral`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Relaxation => "relaxation",
            Self::Escalation => "escalation",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// The kind of a change.
#[derive(Debug, PartialEq, Eq)]
pub struct ChangeKind {
    /// In kebab-case. Stable: scripts may rely on it.
    pub name: &'static str,
    /// Which way privilege moves.
    pub direction: Direction,
    /// One line: what such a change means.
    pub summary: &'static str,
}

macro_rules! changes {
    ($($constant:ident = $name:literal, $direction:ident, $summary:literal;)*) => {
        $(
            #[doc = $summary]
            pub(super) static $constant: ChangeKind =
                ChangeKind { name: $name, direction: Direction::$direction, summary: $summary };
        )*
        /// Every kind of change.
        pub static CHANGES: &[&ChangeKind] = &[$(&$constant),*];
    };
}

changes! {
    API_ADDED = "api-added", Neutral, "an API is new";
    API_REMOVED = "api-removed", Neutral, "an API is gone";
    BASE_URL_CHANGED = "base-url-changed", Escalation, "tokens are sent elsewhere";
    ISSUER_CHANGED = "issuer-changed", Escalation, "tokens come from elsewhere";
    AUDIENCE_CHANGED = "audience-changed", Escalation, "tokens are asked for another audience";
    PINS_CHANGED = "pins-changed", Neutral, "other scopes are preferred or avoided";
    ENDPOINT_ADDED = "endpoint-added", Neutral, "an endpoint is new";
    ENDPOINT_REMOVED = "endpoint-removed", Neutral, "an endpoint is gone";
    ENDPOINT_OPEN = "endpoint-open", Escalation, "an endpoint needs no scope any more";
    ENDPOINT_NEEDS_MORE = "endpoint-needs-more", Escalation, "tokens that were enough are not any more";
    ENDPOINT_NEEDS_OTHER = "endpoint-needs-other", Escalation, "some tokens that were enough are not any more, others are now";
    ENDPOINT_NEEDS_LESS = "endpoint-needs-less", Relaxation, "every alternative is enough as before, and less is, too";
    ALTERNATIVE_ADDED = "alternative-added", Relaxation, "an endpoint accepts something else, too";
    ALTERNATIVE_REMOVED = "alternative-removed", Escalation, "an endpoint accepts something no more";
    ENDPOINT_REWORDED = "endpoint-reworded", Neutral, "a requirement is written otherwise and means the same";
    SCOPE_ADDED = "scope-added", Neutral, "a scope is new";
    SCOPE_REMOVED = "scope-removed", Neutral, "a scope is gone";
    SCOPE_WIDENED = "scope-widened", Escalation, "a scope implies more";
    SCOPE_NARROWED = "scope-narrowed", Relaxation, "a scope implies less";
    RISK_LOWERED = "risk-lowered", Escalation, "a scope counts as less of a risk, and is taken more readily";
    RISK_RAISED = "risk-raised", Relaxation, "a scope counts as more of a risk, and is taken less readily";
    CLIENT_ADDED = "client-added", Escalation, "a client is new";
    CLIENT_REMOVED = "client-removed", Relaxation, "a client is gone";
    CLIENT_ISSUER_CHANGED = "client-issuer-changed", Escalation, "a client asks elsewhere";
    CLIENT_ID_CHANGED = "client-id-changed", Escalation, "users sign in to, and tokens are issued to, another client";
    CEILING_RAISED = "ceiling-raised", Escalation, "a client may request more";
    CEILING_LOWERED = "ceiling-lowered", Relaxation, "a client may request less";
    GRANT_ADDED = "grant-added", Escalation, "a client may use another grant";
    GRANT_REMOVED = "grant-removed", Relaxation, "a client may not use a grant any more";
    LIFETIME_RAISED = "lifetime-raised", Escalation, "a client's tokens may live longer";
    LIFETIME_LOWERED = "lifetime-lowered", Relaxation, "a client's tokens may live less long";
    ALWAYS_RAISED = "always-request-raised", Escalation, "a client requests more every time";
    ALWAYS_LOWERED = "always-request-lowered", Relaxation, "a client requests less every time";
    ACCEPTANCE_RAISED = "accept-granted-raised", Escalation, "a client accepts more than it requested";
    ACCEPTANCE_LOWERED = "accept-granted-lowered", Relaxation, "a client accepts less beyond what it requested";
    NARROWING_CHANGED = "narrow-changed", Neutral, "a client's tokens are narrowed in another way";
    NARROWING_DROPPED = "narrow-dropped", Escalation, "a client's tokens are no longer narrowed";
    BINDING_DROPPED = "binding-dropped", Escalation, "a client's tokens are no longer bound to a key";
    BINDING_ADDED = "binding-added", Relaxation, "a client's tokens are bound to a key";
    REDIRECT_CHANGED = "redirect-changed", Escalation, "a client's answers go elsewhere";
    SERVER_METADATA_CHANGED = "server-metadata-changed", Escalation, "a client is told otherwise about its server";
    SECRET_MOVED = "secret-moved", Escalation, "another secret of the user is used for a client";
    AUTHENTICATION_CHANGED = "authentication-changed", Escalation, "a client authenticates in another way";
    AUDIENCE_PARAMETER_CHANGED = "audience-parameter-changed", Escalation, "a client requests the audience in another way, or not at all";
    DETAILS_CHANGED = "authorization-details-changed", Escalation, "a client requests other authorization details (RFC 9396)";
    SUBJECT_CHANGED = "subject-changed", Escalation, "a client's assertions are about another subject";
    SIGN_IN_CHANGED = "sign-in-changed", Escalation, "a client asks for another strength or age of the sign-in";
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind of change it is.
    pub kind: &'static ChangeKind,
    /// What changed: `orders: GET /orders`, `orders: orders:read`, `client dev`.
    pub subject: String,
    /// From what to what, in a sentence.
    pub message: String,
    /// The endpoints that it touches, as they are called in the new manifest, or in the old one where they are gone.
    pub endpoints: Vec<String>,
    /// The clients that it touches.
    pub clients: Vec<String>,
}

/// Compares what two manifests mean. APIs and clients are the same by name, endpoints by method and template whatever
/// their parameters are called, scopes by name. The changes come in that order.
#[must_use]
pub fn diff(old: &Manifest, new: &Manifest) -> Vec<Change> {
    let mut changes = Vec::new();
    for before in &old.apis {
        match new.api(&before.name) {
            Some(after) => api::compare(before, after, old, new, &mut changes),
            None => changes.push(Change {
                kind: &API_REMOVED,
                subject: before.name.clone(),
                message: format!("it had {} endpoints", before.endpoints.len()),
                endpoints: before.endpoints.iter().map(ToString::to_string).collect(),
                clients: Vec::new(),
            }),
        }
    }
    for after in new.apis.iter().filter(|api| old.api(&api.name).is_none()) {
        changes.push(Change {
            kind: &API_ADDED,
            subject: after.name.clone(),
            message: format!("it has {} endpoints at {}", after.endpoints.len(), after.base_url),
            endpoints: after.endpoints.iter().map(ToString::to_string).collect(),
            clients: Vec::new(),
        });
    }
    client::compare(old, new, &mut changes);
    changes
}

#[cfg(test)]
mod tests;
