//! Responses of the gateway itself: problem details (RFC 9457) with the diagnosis.

use serde_json::{Map, Value, json};

use super::caller::CallerError;
use super::fields::FieldError;
use super::target::TargetError;
use crate::app::{Error, ErrorKind};
use crate::diagnosis::{Diagnosis, Statement};
use crate::net::NetError;
use crate::scope::ScopeSet;
use crate::text::visible_json;

/// Media type of the document.
pub const PROBLEM: &str = "application/problem+json";

/// Seconds after which a caller may try again when the authorization server or the log is not available.
const RETRY_AFTER: u64 = 5;

/// A response of the gateway in place of one of the API. Its texts may be untrusted, and hold no secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// Status.
    pub status: u16,
    /// Code in kebab case.
    pub code: String,
    /// What happened, as a sentence without a full stop.
    pub detail: String,
    /// Name of the API, and the endpoint.
    pub endpoint: Option<(String, String)>,
    /// Missing scopes per alternative.
    pub missing: Vec<ScopeSet>,
    /// What the manifest, the token and the server state, by name.
    pub evidence: Vec<(&'static str, Statement)>,
    /// Next step.
    pub next: String,
    /// Command that takes it.
    pub command: Option<String>,
    /// Response of the API, if the refusal is the API's.
    pub upstream: Option<Value>,
    /// Seconds for `Retry-After`.
    pub retry_after: Option<u64>,
    /// Exit code of the command line for the same refusal.
    pub exit: Option<u8>,
}

impl Refusal {
    /// Creates a refusal without a diagnosis.
    #[must_use]
    pub fn new(status: u16, code: &str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            detail: detail.into(),
            endpoint: None,
            missing: Vec::new(),
            evidence: Vec::new(),
            next: String::new(),
            command: None,
            upstream: None,
            retry_after: None,
            exit: None,
        }
    }

    /// Sets the next step.
    #[must_use]
    pub fn next(self, next: impl Into<String>) -> Self {
        Self { next: next.into(), ..self }
    }

    /// Names the endpoint.
    #[must_use]
    pub(super) fn at(self, endpoint: Option<(String, String)>) -> Self {
        Self { endpoint: endpoint.or(self.endpoint), ..self }
    }

    /// Adds a diagnosis.
    #[must_use]
    pub(super) fn diagnosed(self, diagnosis: &Diagnosis) -> Self {
        let sources = diagnosis.evidence.sources().into_iter();
        Self {
            detail: diagnosis.sentence.clone(),
            missing: diagnosis.missing.clone(),
            evidence: sources.filter_map(|(name, statement)| Some((name, statement?.clone()))).collect(),
            next: diagnosis.next.clone(),
            command: diagnosis.command.clone(),
            ..self
        }
    }

    /// Returns the refusal of a use case that failed before a request was sent.
    #[must_use]
    pub(super) fn of_error(error: &Error) -> Self {
        let (status, code, retry_after) = match error.kind {
            ErrorKind::NotAllowed => (403, "scope-not-available", None),
            ErrorKind::Policy => (403, "policy", None),
            ErrorKind::Refused => (403, "login-needed", None),
            ErrorKind::TokenUnusable => (403, "token-unusable", None),
            ErrorKind::AuditLog => (503, "audit-log", Some(RETRY_AFTER)),
            ErrorKind::Failed => (503, "token-unavailable", Some(RETRY_AFTER)),
            _ => (403, "token-not-configured", None),
        };
        let next = error.hints.join("; ");
        let exit = Some(error.kind.exit_code());
        let command = error.command.clone();
        Self { command, retry_after, exit, ..Self::new(status, code, error.message.clone()).next(next) }
    }

    /// Returns the refusal of a request without a response of the API.
    #[must_use]
    pub fn of_network(error: &NetError) -> Self {
        let (status, code) = match error {
            NetError::TimedOut { .. } => (504, "upstream-timeout"),
            NetError::NotPermitted { .. } | NetError::TooNear { .. } => (403, "upstream-not-permitted"),
            _ => (502, "upstream-unreachable"),
        };
        Self::new(status, code, error.to_string()).next(error.hint().unwrap_or_default())
    }

    /// Returns the document.
    #[must_use]
    pub fn document(&self) -> String {
        let mut members = Map::new();
        let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
        add("schema", json!("tokscope.gateway-problem/v1"));
        add("status", json!(self.status));
        add("code", json!(self.code));
        add("detail", json!(self.detail));
        if let Some((api, endpoint)) = &self.endpoint {
            add("api", json!(api));
            add("endpoint", json!(endpoint));
        }
        let sets = |sets: &[ScopeSet]| sets.iter().map(ScopeSet::names).collect::<Vec<_>>();
        add("missing", json!(sets(&self.missing)));
        let evidence = self.evidence.iter().map(|(name, statement)| {
            ((*name).to_owned(), json!({ "says": statement.text, "scopes": sets(&statement.scopes) }))
        });
        add("evidence", Value::Object(evidence.collect()));
        add("next", json!(self.next));
        if let Some(command) = &self.command {
            add("command", json!(command));
        }
        if let Some(exit) = self.exit {
            add("exit", json!(exit));
        }
        if let Some(upstream) = &self.upstream {
            add("upstream", upstream.clone());
        }
        visible_json(&Value::Object(members).to_string()).into_owned()
    }
}

impl From<Box<Refusal>> for Refusal {
    fn from(refusal: Box<Refusal>) -> Self {
        *refusal
    }
}

impl From<CallerError> for Refusal {
    fn from(error: CallerError) -> Self {
        Self::new(error.status(), error.code(), error.about()).next(error.next())
    }
}

impl From<TargetError> for Refusal {
    fn from(error: TargetError) -> Self {
        let status = match error {
            TargetError::TooLong => 414,
            TargetError::OutsideBase => 404,
            _ => 400,
        };
        let next = match error {
            TargetError::OutsideBase => "use the base URL exactly as the gateway prints it",
            TargetError::CredentialInQuery => "send the placeholder in `Authorization` only",
            TargetError::MethodOverride => "send the method itself",
            _ => "send the target in one unambiguous spelling",
        };
        Self::new(status, error.code(), error.about()).next(next)
    }
}

impl From<FieldError> for Refusal {
    fn from(error: FieldError) -> Self {
        let (status, next) = match error {
            FieldError::MethodOverride => (400, "send the method itself"),
            FieldError::Loop => (508, "correct `base_url` of the API in the manifest"),
        };
        Self::new(status, error.code(), error.about()).next(next)
    }
}
