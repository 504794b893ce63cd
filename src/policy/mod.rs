//! Decides whether a request is allowed, denied or needs an approval: `[[policy]]` of the manifest.
//!
//! Pure: the circumstances are passed in as [`Facts`]. The strictest effect of the matching rules wins: deny, then approve,
//! then allow, then the default. A fact that a rule needs and that is not known never allows.

mod conditions;
mod decision;
mod facts;
mod trace;

pub use self::decision::{Cause, Decision, RuleReference};
pub use self::facts::{Fact, Facts, Request};
pub use self::trace::{ConditionTrace, RuleTrace, trace};

use self::conditions::{Match, matches};
use crate::manifest::{Effect, Manifest, PolicyRule};

/// Decides about one request.
#[must_use]
pub fn decide(manifest: &Manifest, request: &Request<'_>, facts: &Facts) -> Decision {
    let policy = &manifest.policy;
    if policy.is_empty() {
        return Decision::without_policy();
    }
    let mut found = Found::default();
    for (index, rule) in policy.rules.iter().enumerate() {
        found.add(index, rule, matches(manifest, rule, request, facts));
    }
    let reference = |index: usize| RuleReference::new(manifest, index);
    if let Some(index) = found.denies {
        return Decision::by_rule(Effect::Deny, reference(index));
    }
    if let Some((index, fact)) = found.unknown {
        return Decision::unknown(reference(index), fact);
    }
    if let Some(first) = found.approves.first() {
        let approvals = found.approves.iter().copied().map(reference).collect();
        return Decision { approvals, ..Decision::by_rule(Effect::Approve, reference(*first)) };
    }
    if let Some(index) = found.allows {
        return Decision::by_rule(Effect::Allow, reference(index));
    }
    Decision::by_default(policy, found.almost.map(|(index, fact)| (reference(index), fact)))
}

/// Returns the decision about an act of several parts, such as the endpoints that a token is for, with the part that
/// decides: the first with the strictest decision. Every approval that a part needs is needed. `None` without parts.
pub fn strictest<T>(decisions: impl IntoIterator<Item = (T, Decision)>) -> Option<(T, Decision)> {
    decisions.into_iter().reduce(|(part, mut known), (other, decision)| {
        if decision.effect < known.effect {
            return (other, decision);
        }
        if decision.effect == known.effect {
            known.add_approvals(&decision);
        }
        (part, known)
    })
}

/// Indices of the rules that decide.
#[derive(Default)]
struct Found {
    denies: Option<usize>,
    /// A rule that denies or asks for an approval, if a fact were known.
    unknown: Option<(usize, Fact)>,
    approves: Vec<usize>,
    allows: Option<usize>,
    /// A rule that allows, if a fact were known.
    almost: Option<(usize, Fact)>,
}

impl Found {
    fn add(&mut self, index: usize, rule: &PolicyRule, outcome: Match) {
        match (rule.effect, outcome) {
            (_, Match::No) => {}
            (Effect::Deny, Match::Yes) => self.denies = self.denies.or(Some(index)),
            (Effect::Approve, Match::Yes) => self.approves.push(index),
            (Effect::Allow, Match::Yes) => self.allows = self.allows.or(Some(index)),
            (Effect::Deny | Effect::Approve, Match::Unknown(fact)) => {
                self.unknown = self.unknown.or(Some((index, fact)));
            }
            (Effect::Allow, Match::Unknown(fact)) => self.almost = self.almost.or(Some((index, fact))),
        }
    }
}

#[cfg(test)]
mod tests;
