//! Semantic diff of two manifests, whatever their text looks like.

mod api;
mod approvers;
mod client;
mod policy;

use std::fmt;

use super::Manifest;

pub(super) use self::api::requirement;

/// Effect on privilege.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// No effect on privilege.
    Neutral,
    /// Less privilege: an endpoint requires less, a scope grants less, or a client may request less.
    Relaxation,
    /// More privilege: an endpoint requires more, a scope grants more, a client may request more, an endpoint requires
    /// no scope anymore, or tokens are sent elsewhere.
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

/// Kind of a change.
#[derive(Debug, PartialEq, Eq)]
pub struct ChangeKind {
    /// Name in kebab-case. Stable: scripts may rely on it.
    pub name: &'static str,
    /// Effect on privilege.
    pub direction: Direction,
    /// What such a change means, in one line.
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
    API_ADDED = "api-added", Neutral, "an API was added";
    API_REMOVED = "api-removed", Neutral, "an API was removed";
    BASE_URL_CHANGED = "base-url-changed", Escalation, "tokens are sent to another URL";
    ISSUER_CHANGED = "issuer-changed", Escalation, "tokens are issued by another authorization server";
    SCOPES_CLAIM_CHANGED = "scopes-claim-changed", Escalation, "granted scopes are read from other claims";
    AUDIENCE_CHANGED = "audience-changed", Escalation, "tokens are requested for another audience";
    PINS_CHANGED = "pins-changed", Neutral, "different scopes are preferred or avoided";
    ENDPOINT_ADDED = "endpoint-added", Neutral, "an endpoint was added";
    ENDPOINT_REMOVED = "endpoint-removed", Neutral, "an endpoint was removed";
    ENDPOINT_ADDED_OPEN = "endpoint-added-open", Escalation, "an endpoint that requires no scope was added to an API with scopes";
    TOKEN_OPTIONAL = "token-optional", Escalation, "an endpoint also works without a token";
    UPGRADE_ALLOWED = "upgrade-allowed", Escalation, "the gateway passes WebSockets of an endpoint through";
    UPGRADE_REMOVED = "upgrade-removed", Relaxation, "the gateway no longer passes WebSockets of an endpoint through";
    VARIABLES_CHANGED = "variables-changed", Neutral, "programs under the gateway get other environment variables";
    TOKEN_REQUIRED = "token-required", Relaxation, "an endpoint no longer works without a token";
    ENDPOINT_OPEN = "endpoint-open", Escalation, "an endpoint no longer requires a scope";
    ENDPOINT_NEEDS_MORE = "endpoint-needs-more", Escalation, "tokens that were sufficient no longer are";
    ENDPOINT_NEEDS_OTHER = "endpoint-needs-other", Escalation, "some tokens that were sufficient no longer are, and others now are";
    ENDPOINT_NEEDS_LESS = "endpoint-needs-less", Relaxation, "every alternative is still sufficient, and fewer scopes are, too";
    ALTERNATIVE_ADDED = "alternative-added", Relaxation, "an endpoint accepts another alternative";
    ALTERNATIVE_REMOVED = "alternative-removed", Escalation, "an endpoint no longer accepts an alternative";
    ENDPOINT_REWORDED = "endpoint-reworded", Neutral, "a requirement is written differently but means the same";
    SCOPE_ADDED = "scope-added", Neutral, "a scope was added";
    SCOPE_REMOVED = "scope-removed", Neutral, "a scope was removed";
    SCOPE_WIDENED = "scope-widened", Escalation, "a scope implies more";
    SCOPE_NARROWED = "scope-narrowed", Relaxation, "a scope implies less";
    RISK_LOWERED = "risk-lowered", Escalation, "a scope has a lower risk, so it is chosen more readily";
    RISK_RAISED = "risk-raised", Relaxation, "a scope has a higher risk, so it is chosen less readily";
    CLIENT_ADDED = "client-added", Escalation, "a client was added";
    CLIENT_REMOVED = "client-removed", Relaxation, "a client was removed";
    CLIENT_ISSUER_CHANGED = "client-issuer-changed", Escalation, "a client uses another authorization server";
    CLIENT_ID_CHANGED = "client-id-changed", Escalation, "a client has another client identifier";
    CEILING_RAISED = "ceiling-raised", Escalation, "a client may request more";
    CEILING_LOWERED = "ceiling-lowered", Relaxation, "a client may request less";
    GRANT_ADDED = "grant-added", Escalation, "a client may use another grant";
    GRANT_REMOVED = "grant-removed", Relaxation, "a client may no longer use a grant";
    LIFETIME_RAISED = "lifetime-raised", Escalation, "a client's tokens may have a longer lifetime";
    LIFETIME_LOWERED = "lifetime-lowered", Relaxation, "a client's tokens must have a shorter lifetime";
    ALWAYS_RAISED = "always-request-raised", Escalation, "a client always requests more scopes";
    ALWAYS_LOWERED = "always-request-lowered", Relaxation, "a client always requests fewer scopes";
    ACCEPTANCE_RAISED = "accept-granted-raised", Escalation, "a client accepts more scopes than it requested";
    ACCEPTANCE_LOWERED = "accept-granted-lowered", Relaxation, "a client accepts fewer scopes that it did not request";
    NARROWING_CHANGED = "narrow-changed", Neutral, "a client's tokens are narrowed with another method";
    NARROWING_DROPPED = "narrow-dropped", Escalation, "a client's tokens are no longer narrowed";
    BINDING_DROPPED = "binding-dropped", Escalation, "a client's tokens are no longer bound to a key";
    BINDING_ADDED = "binding-added", Relaxation, "a client's tokens are bound to a key";
    REDIRECT_CHANGED = "redirect-changed", Escalation, "a client's authorization responses are sent elsewhere";
    SERVER_METADATA_CHANGED = "server-metadata-changed", Escalation, "a client's overrides of its server's metadata changed";
    SECRET_MOVED = "secret-moved", Escalation, "a client uses another of the user's secrets";
    AUTHENTICATION_CHANGED = "authentication-changed", Escalation, "a client uses another authentication method";
    AUDIENCE_PARAMETER_CHANGED = "audience-parameter-changed", Escalation, "a client requests the audience with another parameter, or with none";
    DETAILS_CHANGED = "authorization-details-changed", Escalation, "a client requests different authorization details (RFC 9396)";
    SUBJECT_CHANGED = "subject-changed", Escalation, "a client's assertions have another subject";
    IDENTITY_PROVIDER_CHANGED = "identity-provider-changed", Escalation, "another identity provider vouches for a client's users";
    POLICY_DEFAULT_ALLOWS = "policy-default-allows", Escalation, "what no policy rule matches is now allowed";
    POLICY_DEFAULT_DENIES = "policy-default-denies", Relaxation, "what no policy rule matches is now denied";
    POLICY_ALLOW_ADDED = "policy-allow-added", Escalation, "a policy rule that allows was added";
    POLICY_ALLOW_REMOVED = "policy-allow-removed", Relaxation, "a policy rule that allows was removed";
    POLICY_DENY_ADDED = "policy-deny-added", Relaxation, "a policy rule that denies was added";
    POLICY_DENY_REMOVED = "policy-deny-removed", Escalation, "a policy rule that denies was removed";
    POLICY_APPROVAL_ADDED = "policy-approval-added", Relaxation, "something that was allowed now needs an approval";
    POLICY_APPROVAL_REMOVED = "policy-approval-removed", Escalation, "something no longer needs an approval";
    POLICY_APPROVAL_OPENED = "policy-approval-opened", Escalation, "something that was denied is now possible with an approval";
    POLICY_APPROVAL_WITHDRAWN = "policy-approval-withdrawn", Relaxation, "something is no longer possible with an approval";
    SIGN_IN_CHANGED = "sign-in-changed", Escalation, "a client requires another strength or age of authentication";
    CLIENT_APPROVERS_CHANGED = "client-approvers-changed", Escalation, "others can approve scopes above the ceiling of a client";
    APPROVERS_ADDED = "approvers-added", Escalation, "a group of approvers was added";
    APPROVERS_REMOVED = "approvers-removed", Relaxation, "a group of approvers was removed";
    APPROVERS_CHANGED = "approvers-changed", Escalation, "a group approves under other conditions";
    APPROVER_ADDED = "approver-added", Escalation, "another key can approve";
    APPROVER_REMOVED = "approver-removed", Relaxation, "a key can no longer approve";
    APPROVAL_LOWERED = "approval-lowered", Escalation, "fewer approvers are needed";
    APPROVAL_RAISED = "approval-raised", Relaxation, "more approvers are needed";
    WINDOW_RAISED = "approval-window-raised", Escalation, "a longer window can be approved";
    EMERGENCY_ALLOWED = "emergency-allowed", Escalation, "a requester may go ahead before the approval in an emergency";
    EMERGENCY_DENIED = "emergency-denied", Relaxation, "a requester can no longer go ahead before the approval";
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Kind of the change.
    pub kind: &'static ChangeKind,
    /// Subject of the change: `orders: GET /orders`, `orders: orders:read`, `client dev`.
    pub subject: String,
    /// Old and new value, as a sentence.
    pub message: String,
    /// Affected endpoints, as named in the new manifest, or in the old one if they were removed.
    pub endpoints: Vec<String>,
    /// Affected clients.
    pub clients: Vec<String>,
}

/// Compares the meaning of two manifests. APIs and clients are matched by name, endpoints by method and template
/// regardless of parameter names, scopes by name. The changes are returned in that order.
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
        let open = after.endpoints.iter().filter(|endpoint| endpoint.requirement.is_none() && api::has_scopes(after));
        changes.extend(open.map(|endpoint| Change {
            kind: &ENDPOINT_ADDED_OPEN,
            subject: format!("{}: {endpoint}", after.name),
            message: format!("requires {}", endpoint.requirement),
            endpoints: vec![endpoint.to_string()],
            clients: Vec::new(),
        }));
    }
    client::compare(old, new, &mut changes);
    policy::compare(old, new, &mut changes);
    approvers::compare(old, new, &mut changes);
    changes
}

#[cfg(test)]
mod tests;
