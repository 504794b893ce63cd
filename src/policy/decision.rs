//! The result of a decision: effect, rule and reason.

use super::Fact;
use crate::manifest::{Effect, Manifest, Policy};

/// A rule of the manifest, by its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleReference {
    /// Index in `manifest.policy.rules`, from 0.
    pub index: usize,
    /// Line of `[[policy]]` in the manifest, from 1.
    pub line: u64,
    /// Name of its list of approvers.
    pub approvers: Option<String>,
    /// Its `reason`.
    pub reason: Option<String>,
}

impl RuleReference {
    pub(super) fn new(manifest: &Manifest, index: usize) -> Self {
        let rule = manifest.policy.rules.get(index);
        Self {
            index,
            line: rule.map(|rule| rule.line).unwrap_or_default(),
            approvers: rule.and_then(|rule| rule.approvers.clone()),
            reason: rule.and_then(|rule| rule.reason.clone()),
        }
    }

    /// Returns the number for people, from 1.
    #[must_use]
    pub fn number(&self) -> usize {
        self.index + 1
    }
}

/// Why a decision has its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A rule matches.
    Rule,
    /// A rule that denies or asks for an approval depends on a fact that is not known.
    Unknown(Fact),
    /// No rule matches. The fact that a rule that allows depends on, and that is not known.
    Default(Option<Fact>),
    /// The manifest has no policy.
    NoPolicy,
}

impl Cause {
    /// Returns the name: `rule`, `unknown-fact`, `default` or `no-policy`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Unknown(_) => "unknown-fact",
            Self::Default(_) => "default",
            Self::NoPolicy => "no-policy",
        }
    }

    /// Returns the fact that is not known.
    #[must_use]
    pub fn unknown_fact(self) -> Option<Fact> {
        match self {
            Self::Unknown(fact) | Self::Default(Some(fact)) => Some(fact),
            _ => None,
        }
    }
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Effect.
    pub effect: Effect,
    /// The rule that decided, or that could not be evaluated. For a default of deny, the rule that would allow if a fact were
    /// known.
    pub rule: Option<RuleReference>,
    /// Line in the manifest of what decided: the rule or `policy_default`. `None` if nothing is written there.
    pub line: Option<u64>,
    /// Why.
    pub cause: Cause,
    /// Reason in one line: that of the rule, or a generated one. Not escaped.
    pub reason: String,
    /// Rules that ask for an approval, all of which have to be satisfied; empty unless the effect is `Approve`.
    pub approvals: Vec<RuleReference>,
}

impl Decision {
    pub(super) fn without_policy() -> Self {
        Self {
            effect: Effect::Allow,
            rule: None,
            line: None,
            cause: Cause::NoPolicy,
            reason: "the manifest has no policy".to_owned(),
            approvals: Vec::new(),
        }
    }

    pub(super) fn by_rule(effect: Effect, rule: RuleReference) -> Self {
        let reason = rule.reason.clone().unwrap_or_else(|| {
            let verb = match effect {
                Effect::Deny => "denies it",
                Effect::Approve => "asks for an approval",
                Effect::Allow => "allows it",
            };
            format!("rule {} {verb}", rule.number())
        });
        Self { effect, line: Some(rule.line), rule: Some(rule), cause: Cause::Rule, reason, approvals: Vec::new() }
    }

    pub(super) fn unknown(rule: RuleReference, fact: Fact) -> Self {
        Self {
            effect: Effect::Deny,
            line: Some(rule.line),
            reason: format!("rule {} depends on the {fact}, which is not known", rule.number()),
            rule: Some(rule),
            cause: Cause::Unknown(fact),
            approvals: Vec::new(),
        }
    }

    pub(super) fn by_default(policy: &Policy, almost: Option<(RuleReference, Fact)>) -> Self {
        let effect = policy.default_effect();
        let (rule, fact) = almost.filter(|_| effect != Effect::Allow).unzip();
        let reason = match (&rule, fact) {
            (Some(rule), Some(fact)) => {
                format!("no rule allows it: rule {} depends on the {fact}, which is not known", rule.number())
            }
            _ if effect == Effect::Allow => "no rule denies it".to_owned(),
            _ => "no rule allows it".to_owned(),
        };
        let line = rule.as_ref().map(|rule| rule.line).or(policy.default.as_ref().map(|stated| stated.line));
        Self { effect, rule, line, cause: Cause::Default(fact), reason, approvals: Vec::new() }
    }

    /// Adds the rules of another decision about the same act that also need an approval.
    pub(super) fn add_approvals(&mut self, other: &Self) {
        for rule in &other.approvals {
            if !self.approvals.contains(rule) {
                self.approvals.push(rule.clone());
            }
        }
    }

    /// Whether it is allowed without an approval.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.effect == Effect::Allow
    }

    /// Returns the names of the lists of approvers, each of which has to approve. A rule without a name is not listed.
    pub fn approvers(&self) -> impl Iterator<Item = &str> {
        self.approvals.iter().filter_map(|rule| rule.approvers.as_deref())
    }
}
