//! What a server's answer says about its refusal, wherever it says it.

use serde_json::Value;

use super::{Answer, Challenge, parse_challenges};
use crate::scope::{Scope, ScopeSet};

/// The most bytes of a body that are read.
const MOST_BYTES: usize = 256 << 10;

/// The members of a body that name an error.
const ERROR_MEMBERS: &[&str] = &["error", "code", "errorCode", "reason", "status", "type"];

/// The members of a body that name the scopes which are needed.
const SCOPE_MEMBERS: &[&str] = &["needed", "scope", "scopes", "required_scopes", "requiredScopes"];

/// The evidence of one answer.
pub(super) struct Evidence {
    challenges: Vec<Challenge>,
    /// The names of errors, from challenges first, then from the body.
    errors: Vec<String>,
    /// The scopes that the server asks for, where it names some.
    pub(super) scopes: Option<ScopeSet>,
    /// Whether the body says that it failed, whatever the status.
    pub(super) failed_inside: bool,
    status: u16,
}

impl Evidence {
    pub(super) fn read(answer: &Answer<'_>) -> Self {
        let header = |name: &'static str| {
            let fields = answer.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name));
            fields.map(|(_, value)| value.as_str())
        };
        let challenges = parse_challenges(header("www-authenticate"));
        let mut errors: Vec<String> =
            challenges.iter().filter_map(|challenge| challenge.parameter("error")).map(str::to_owned).collect();
        let mut named: Option<ScopeSet> = None;
        for challenge in &challenges {
            // a challenge may name scopes without refusing for want of them (RFC 6750 §3)
            let refuses = challenge.parameter("error") == Some("insufficient_scope");
            if let Some(scopes) = challenge.parameter("scope").filter(|_| refuses) {
                named.get_or_insert_default().extend_from(scopes);
            }
        }
        let body: Option<Value> =
            answer.body.get(..answer.body.len().min(MOST_BYTES)).and_then(|body| serde_json::from_slice(body).ok());
        let mut failed_inside = false;
        if let Some(body) = &body {
            failed_inside = body.get("ok") == Some(&Value::Bool(false))
                || body.get("errors").and_then(Value::as_array).is_some_and(|errors| !errors.is_empty());
            let refused = failed_inside || answer.status >= 400;
            if refused {
                collect(body, 0, &mut errors, &mut named);
            }
        }
        if matches!(answer.status, 403 | 404) && named.is_none() {
            named = header("x-accepted-oauth-scopes").next().and_then(|scopes| {
                let mut set = ScopeSet::new();
                set.extend_from(scopes);
                (!set.is_empty()).then_some(set)
            });
        }
        Self { challenges, errors, scopes: named.filter(|set| !set.is_empty()), failed_inside, status: answer.status }
    }

    /// Whether one of these errors is named, without regard to case.
    pub(super) fn says(&self, errors: &[&str]) -> bool {
        self.errors.iter().any(|said| errors.iter().any(|error| said.eq_ignore_ascii_case(error)))
    }

    /// Whether a challenge of that scheme names an error.
    pub(super) fn is_scheme_error(&self, scheme: &str) -> bool {
        self.challenges.iter().any(|challenge| {
            challenge.is_scheme(scheme)
                && challenge.parameter("error").is_some_and(|error| !error.eq_ignore_ascii_case("insufficient_scope"))
        })
    }

    /// Whether the server says anything of its own beyond the status.
    pub(super) fn names_cause(&self) -> bool {
        !self.errors.is_empty()
    }

    /// What it says, in words.
    pub(super) fn words(&self) -> Option<String> {
        if self.status < 400 && !self.failed_inside {
            return Some(format!("answered {}", self.status));
        }
        Some(match (self.errors.first(), &self.scopes) {
            (Some(error), Some(scopes)) => format!("answered {}, {error}: asks for {scopes}", self.status),
            (None, Some(scopes)) => format!("answered {}: asks for {scopes}", self.status),
            (Some(error), None) => format!("answered {}, {error}", self.status),
            (None, None) => format!("answered {} and names no scope", self.status),
        })
    }
}

trait Extend {
    fn extend_from(&mut self, text: &str);
}

impl Extend for ScopeSet {
    fn extend_from(&mut self, text: &str) {
        for scope in text.split([' ', ',']).filter_map(|scope| Scope::parse(scope).ok()) {
            self.insert(scope);
        }
    }
}

/// Errors and scopes out of a body, some levels deep: servers wrap them in `error`, `errors`, `details`, `extensions`.
fn collect(value: &Value, depth: usize, errors: &mut Vec<String>, named: &mut Option<ScopeSet>) {
    if depth > 5 || errors.len() > 32 {
        return;
    }
    match value {
        Value::Array(items) => items.iter().take(32).for_each(|item| collect(item, depth + 1, errors, named)),
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if ERROR_MEMBERS.contains(&name.as_str()) && text.len() <= 100 => {
                        errors.push(text.clone());
                    }
                    Value::String(text) if SCOPE_MEMBERS.contains(&name.as_str()) => {
                        named.get_or_insert_default().extend_from(text);
                    }
                    Value::Array(items) if SCOPE_MEMBERS.contains(&name.as_str()) => {
                        let set = named.get_or_insert_default();
                        items.iter().filter_map(Value::as_str).for_each(|text| set.extend_from(text));
                    }
                    Value::Array(_) | Value::Object(_) => collect(value, depth + 1, errors, named),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}
