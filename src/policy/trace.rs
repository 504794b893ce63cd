//! How each rule was evaluated, for people.

use super::conditions::{Match, evaluate, matches};
use super::{Fact, Facts, Request, RuleReference};
use crate::manifest::{Effect, Manifest};

/// Evaluation of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleTrace {
    /// The rule.
    pub rule: RuleReference,
    /// Its effect.
    pub effect: Effect,
    /// Whether it matches; `None` if that depends on `unknown`.
    pub matches: Option<bool>,
    /// The fact that is not known.
    pub unknown: Option<Fact>,
    /// The conditions that it states, in a fixed order.
    pub conditions: Vec<ConditionTrace>,
}

/// Evaluation of one condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionTrace {
    /// Key in the manifest.
    pub key: &'static str,
    /// Values in the manifest.
    pub values: Vec<String>,
    /// Whether it holds; `None` if the fact is not known.
    pub holds: Option<bool>,
}

fn holds(outcome: Match) -> Option<bool> {
    match outcome {
        Match::Yes => Some(true),
        Match::No => Some(false),
        Match::Unknown(_) => None,
    }
}

/// Evaluates every rule, in the order of the manifest.
#[must_use]
pub fn trace(manifest: &Manifest, request: &Request<'_>, facts: &Facts) -> Vec<RuleTrace> {
    let rules = manifest.policy.rules.iter().enumerate();
    rules
        .map(|(index, rule)| {
            let parts = rule.parts();
            let mut conditions = Vec::new();
            evaluate(manifest, rule, request, facts, |key, outcome| {
                let values = parts.iter().find(|(known, _)| *known == key).map(|(_, values)| values.clone());
                conditions.push(ConditionTrace { key, values: values.unwrap_or_default(), holds: holds(outcome) });
                true
            });
            let outcome = matches(manifest, rule, request, facts);
            let unknown = match outcome {
                Match::Unknown(fact) => Some(fact),
                _ => None,
            };
            let rule_reference = RuleReference::new(manifest, index);
            RuleTrace { rule: rule_reference, effect: rule.effect, matches: holds(outcome), unknown, conditions }
        })
        .collect()
}
