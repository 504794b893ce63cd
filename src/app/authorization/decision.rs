//! Responses to the proxy.

use crate::manifest::Endpoint;
use crate::policy::Decision;
use crate::scope::ScopeSet;

/// Who the client acts as. Every member is sent to the upstream, even if it is empty, so that a client can't set it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// `sub`.
    pub subject: String,
    /// `iss`.
    pub issuer: String,
    /// `client_id` or `azp`.
    pub client: String,
    /// Granted scopes that count at the API, separated by spaces.
    pub scopes: String,
}

/// Why a request is denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Error code: of RFC 6750 §3.1, `no_endpoint`, `policy` or `unavailable`.
    pub error: &'static str,
    /// Reason; untrusted, since it may quote the token.
    pub detail: String,
    /// Required scopes of the first alternative.
    pub scope: String,
    /// The policy rule that decided, with its line in the manifest.
    pub rule: Option<(String, Option<u64>)>,
}

/// The response about a request: 200, 401, 403 or 503. Proxies turn other statuses into something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Status.
    pub status: u16,
    /// Value of `WWW-Authenticate` (RFC 6750 §3).
    pub challenge: Option<String>,
    /// Name of the endpoint.
    pub endpoint: Option<String>,
    /// Identity for the upstream; empty if the request is denied.
    pub identity: Identity,
    /// Why it is denied.
    pub problem: Option<Problem>,
}

impl Authorization {
    pub(super) fn allowed(endpoint: &Endpoint, identity: Identity) -> Self {
        Self { status: 200, challenge: None, endpoint: Some(endpoint.to_string()), identity, problem: None }
    }

    fn denied(status: u16, endpoint: Option<&Endpoint>, challenge: Option<String>, problem: Problem) -> Self {
        let endpoint = endpoint.map(ToString::to_string);
        Self { status, challenge, endpoint, identity: Identity::default(), problem: Some(problem) }
    }

    pub(super) fn no_token(endpoint: &Endpoint, required: &ScopeSet) -> Self {
        let scope = required.to_string();
        let challenge = if scope.is_empty() { "Bearer".to_owned() } else { format!("Bearer scope=\"{scope}\"") };
        let detail = "the request has no token".to_owned();
        Self::denied(401, Some(endpoint), Some(challenge), Problem { error: "no_token", detail, scope, rule: None })
    }

    pub(super) fn invalid_token(endpoint: &Endpoint, detail: String) -> Self {
        let problem = Problem { error: "invalid_token", detail, scope: String::new(), rule: None };
        Self::denied(401, Some(endpoint), Some("Bearer error=\"invalid_token\"".to_owned()), problem)
    }

    pub(super) fn missing(endpoint: &Endpoint, required: &ScopeSet) -> Self {
        let scope = required.to_string();
        let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
        let detail = format!("`{endpoint}` requires {}", endpoint.requirement);
        let problem = Problem { error: "insufficient_scope", detail, scope, rule: None };
        Self::denied(403, Some(endpoint), Some(challenge), problem)
    }

    pub(super) fn no_endpoint(detail: String) -> Self {
        Self::denied(403, None, None, Problem { error: "no_endpoint", detail, scope: String::new(), rule: None })
    }

    pub(super) fn policy(endpoint: &Endpoint, decision: &Decision) -> Self {
        let name = decision.rule.as_ref().map_or("policy".to_owned(), |rule| format!("policy {}", rule.number()));
        let problem = Problem {
            error: "policy",
            detail: decision.reason.clone(),
            scope: String::new(),
            rule: Some((name, decision.line)),
        };
        Self::denied(403, Some(endpoint), None, problem)
    }

    /// A question without a readable method, target or `Authorization` field: the proxy is not configured for the adapter.
    #[must_use]
    pub fn unreadable() -> Self {
        Self::no_endpoint("the method or target of the client is not passed on as configured".to_owned())
    }

    pub(super) fn unavailable(detail: String) -> Self {
        Self::denied(503, None, None, Problem { error: "unavailable", detail, scope: String::new(), rule: None })
    }
}
