//! Policy of a manifest: `[[policy]]` and `policy_default`. What may happen, to which endpoints and scopes, and when.
//!
//! Only the model and its parser: `crate::policy` decides.

mod compare;
mod parse;
mod pattern;
mod window;

use std::ops::Range;

pub(super) use self::parse::{DEFAULT_KEY, KEYS, Names, WHEN_KEYS, policy};
pub use self::pattern::{EndpointPattern, MethodPattern, Wildcard};
pub use self::window::{Window, zone};
use super::Endpoint;
use super::named::named;
use crate::scope::{Pattern, Risk};

named! {
    /// Effect of a rule, from the strictest.
    #[derive(PartialOrd, Ord, Hash)]
    Effect {
        Deny = "deny",
        Approve = "approve",
        Allow = "allow",
    }
}

/// The policy of a manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The rules, in the order of the file.
    pub rules: Vec<PolicyRule>,
    /// `policy_default`: the effect if no rule matches.
    pub default: Option<StatedDefault>,
}

/// `policy_default`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedDefault {
    /// `Allow` or `Deny`.
    pub effect: Effect,
    /// Line in the manifest, from 1.
    pub line: u64,
    /// Position in bytes of the source.
    pub span: Range<usize>,
}

impl Policy {
    /// Whether the manifest has no policy.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.default.is_none()
    }

    /// Returns the effect if no rule matches: `policy_default`; without it, `Deny` if a rule allows, since such a rule
    /// would have no effect otherwise, and `Allow` if none does.
    #[must_use]
    pub fn default_effect(&self) -> Effect {
        let implied = || match self.rules.iter().any(|rule| rule.effect == Effect::Allow) {
            true => Effect::Deny,
            false => Effect::Allow,
        };
        self.default.as_ref().map_or_else(implied, |stated| stated.effect)
    }
}

/// A rule: `[[policy]]`. It matches if every condition holds; a condition that is not stated always holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRule {
    /// Effect if it matches.
    pub effect: Effect,
    /// `clients`: names of clients.
    pub clients: Vec<Wildcard>,
    /// `apis`: names of APIs.
    pub apis: Vec<Wildcard>,
    /// `endpoints`.
    pub endpoints: Vec<EndpointPattern>,
    /// `methods`.
    pub methods: Vec<MethodPattern>,
    /// `scopes`: a rule that denies or asks for an approval matches if any scope matches, one that allows if all do.
    pub scopes: Vec<Pattern>,
    /// `risk`: a rule that denies or asks for an approval matches from this risk up, one that allows up to it.
    pub risk: Option<Risk>,
    /// `when`.
    pub when: When,
    /// `approvers`: the name of a list of approvers.
    pub approvers: Option<String>,
    /// `reason`.
    pub reason: Option<String>,
    /// Line in the manifest, from 1.
    pub line: u64,
    /// Position in bytes of the source, and that of the name of the list of approvers.
    pub span: Range<usize>,
    /// Position of `approvers`.
    pub approvers_span: Option<Range<usize>>,
}

/// Circumstances of a rule: `when`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// `environment`: the label that the operator gave.
    pub environment: Vec<Wildcard>,
    /// `ci`: whether this runs in continuous integration.
    pub ci: Option<bool>,
    /// `branch`: name of the branch.
    pub branch: Vec<Wildcard>,
    /// `hours`: the time is in one of these windows.
    pub hours: Vec<Window>,
    /// `outside_hours`: the time is in none of these windows.
    pub outside_hours: Vec<Window>,
    /// `caller`: the program that uses the token.
    pub caller: Vec<Wildcard>,
    /// `interactive`: whether a user is present.
    pub interactive: Option<bool>,
    /// `max_sign_in_age`: the user signed in at most that long ago, in seconds.
    pub max_sign_in_age: Option<u64>,
    /// `min_sign_in_age`: the user signed in at least that long ago, in seconds.
    pub min_sign_in_age: Option<u64>,
}

impl PolicyRule {
    /// Returns every key with its values, in a fixed order, however the rule is written: equal parts mean equal rules.
    /// `reason` is not part of the meaning and left out.
    #[must_use]
    pub fn parts(&self) -> Vec<(&'static str, Vec<String>)> {
        fn all<T: ToString>(values: &[T]) -> Vec<String> {
            let mut texts: Vec<String> = values.iter().map(T::to_string).collect();
            texts.sort_unstable();
            texts.dedup();
            texts
        }
        fn one<T: ToString>(value: Option<T>) -> Vec<String> {
            value.iter().map(T::to_string).collect()
        }
        let when = &self.when;
        let parts = [
            ("effect", vec![self.effect.as_str().to_owned()]),
            ("clients", all(&self.clients)),
            ("apis", all(&self.apis)),
            ("endpoints", all(&self.endpoints)),
            ("methods", all(&self.methods)),
            ("scopes", all(&self.scopes)),
            ("risk", one(self.risk.map(Risk::as_str))),
            ("environment", all(&when.environment)),
            ("ci", one(when.ci)),
            ("branch", all(&when.branch)),
            ("hours", all(&when.hours)),
            ("outside_hours", all(&when.outside_hours)),
            ("caller", all(&when.caller)),
            ("interactive", one(when.interactive)),
            ("max_sign_in_age", one(when.max_sign_in_age.map(|seconds| format!("{seconds}s")))),
            ("min_sign_in_age", one(when.min_sign_in_age.map(|seconds| format!("{seconds}s")))),
            ("approvers", one(self.approvers.as_deref())),
        ];
        parts.into_iter().filter(|(_, values)| !values.is_empty()).collect()
    }

    /// Whether the rule is about an endpoint of an API, as far as the endpoint decides that.
    #[must_use]
    pub fn is_about(&self, api: &str, endpoint: &Endpoint) -> bool {
        (self.apis.is_empty() || self.apis.iter().any(|pattern| pattern.matches(api)))
            && (self.endpoints.is_empty() || self.endpoints.iter().any(|pattern| pattern.matches(endpoint)))
            && (self.methods.is_empty() || self.methods.iter().any(|pattern| pattern.matches(endpoint)))
    }

    /// Whether the rule states a condition about endpoints.
    pub(super) fn names_endpoints(&self) -> bool {
        !(self.apis.is_empty() && self.endpoints.is_empty() && self.methods.is_empty())
    }

    /// Whether the rule has no condition and so always matches.
    #[must_use]
    pub fn is_unconditional(&self) -> bool {
        self.parts().iter().all(|(key, values)| match *key {
            "effect" | "approvers" => true,
            "clients" | "apis" | "endpoints" | "methods" | "scopes" => values.iter().any(|value| value == "*"),
            _ => false,
        })
    }

    /// Describes the rule in one line: `deny, endpoints DELETE /orders/{id}, environment production`.
    #[must_use]
    pub fn summary(&self) -> String {
        let parts = self.parts().into_iter().map(|(key, values)| match key {
            "effect" => values.join(""),
            _ => format!("{key} {}", values.join(" | ")),
        });
        parts.collect::<Vec<_>>().join(", ")
    }
}
