//! A decision with its place in the manifest.

use std::fmt;

use crate::app::{ApprovedBy, EndpointId, Error, ErrorKind};
use crate::manifest::Effect;
use crate::policy::{Cause, Decision, Fact, Facts};
use crate::scope::ScopeSet;

/// A decision about an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRuling {
    /// The decision.
    pub decision: Decision,
    /// The endpoint that it is about.
    pub endpoint: Option<EndpointId>,
    /// The name of that endpoint, or the scopes, for display.
    pub subject: String,
    /// The scopes that were considered.
    pub scopes: ScopeSet,
    /// The facts.
    pub facts: Facts,
    /// Name of the manifest.
    pub manifest: String,
    /// Whether it is about an endpoint that was not named, but that the token grants access to.
    pub is_implied: bool,
    /// The approval that satisfies it.
    pub approved_by: Option<ApprovedBy>,
}

impl PolicyRuling {
    /// Whether the act may be done without an approval.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.decision.is_allowed()
    }

    /// Returns the reason, unless it only repeats which rule decided.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        let is_own = self.decision.rule.as_ref().is_none_or(|rule| rule.reason.is_some());
        (is_own || self.decision.cause != Cause::Rule).then_some(self.decision.reason.as_str())
    }

    /// Returns the file and line of what decided: `tokscope.toml:41`.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        self.decision.line.map(|line| format!("{}:{line}", self.manifest))
    }

    /// Returns what decided: `rule 2 (tokscope.toml:41)`.
    #[must_use]
    pub fn source(&self) -> String {
        let decision = &self.decision;
        let what = match (decision.cause, &decision.rule) {
            (Cause::Rule | Cause::Unknown(_), Some(rule)) => format!("rule {}", rule.number()),
            _ => "the default".to_owned(),
        };
        match self.place() {
            Some(place) => format!("{what} ({place})"),
            None => what,
        }
    }

    /// Returns the name of what decided in the audit log: `policy 2`, or `policy default`.
    #[must_use]
    pub fn rule(&self) -> String {
        match &self.decision.rule {
            Some(rule) => format!("policy {}", rule.number()),
            None => "policy default".to_owned(),
        }
    }

    /// Returns the error for an act that is denied or needs an approval.
    #[must_use]
    pub fn error(&self) -> Error {
        let subject = &self.subject;
        let reason = self.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
        let message = match self.decision.effect {
            Effect::Approve => format!("{subject} needs an approval{reason}"),
            Effect::Allow | Effect::Deny => format!("the policy denies {subject}{reason}"),
        };
        let error = Error::new(ErrorKind::Policy, message).by_rule(&self.rule(), self.decision.line);
        let mut error = error.hint(format!("decided by {}", self.source()));
        if self.is_implied {
            error = error.hint("the token that would be passed on grants access to this endpoint, too");
        }
        let approvers: Vec<String> = self.decision.approvers().map(|name| format!("`{name}`")).collect();
        if !approvers.is_empty() {
            error = error.hint(format!("approved by {}", approvers.join(" and ")));
        }
        self.decision.cause.unknown_fact().map(hint).into_iter().fold(error, Error::hint)
    }
}

/// `policy: allowed by rule 2 (tokscope.toml:41)`
impl fmt::Display for PolicyRuling {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = match self.decision.effect {
            Effect::Allow => "allowed",
            Effect::Deny => "denied",
            Effect::Approve => "approval needed",
        };
        write!(formatter, "policy: {effect} by {}", self.source())?;
        match self.reason() {
            Some(reason) if !self.is_allowed() => write!(formatter, ": {reason}"),
            _ => Ok(()),
        }
    }
}

/// Returns how to supply a fact that is not known.
fn hint(fact: Fact) -> &'static str {
    match fact {
        Fact::Environment => "set TOKSCOPE_ENVIRONMENT to the label of this environment, such as `production`",
        Fact::Caller => "set TOKSCOPE_CALLER to the name of the program that uses the token",
        Fact::Branch => "run it in a git checkout with a branch",
        Fact::SignInAge => "sign in with `tokscope login`",
        Fact::Client => "name the client with `--client`",
        _ => "`tokscope policy test` shows the facts",
    }
}
