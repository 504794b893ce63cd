//! Scopes that an endpoint requires.

use std::collections::HashMap;
use std::fmt;

use super::hierarchy::rarest;
use super::{Scope, ScopeSet};

/// Most alternatives that are compared pair by pair.
const FEW: usize = 8;

/// An OR of ANDs of scopes: alternatives, one of which must be satisfied.
///
/// There is at least one alternative. An empty one means that no scope is required. Alternatives keep the order in which
/// they were written, without those that equal or contain another one, since they never decide.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement(Vec<ScopeSet>);

impl Requirement {
    /// Requires no scope.
    #[must_use]
    pub fn none() -> Self {
        Self(vec![ScopeSet::new()])
    }

    /// Requires all of these scopes.
    #[must_use]
    pub fn all_of(scopes: ScopeSet) -> Self {
        Self(vec![scopes])
    }

    /// Requires any of these alternatives. `None` without alternatives, because nothing could satisfy that.
    #[must_use]
    pub fn any_of(alternatives: impl IntoIterator<Item = ScopeSet>) -> Option<Self> {
        let all: Vec<ScopeSet> = alternatives.into_iter().collect();
        if let Some(empty) = all.iter().find(|alternative| alternative.is_empty()) {
            return Some(Self(vec![empty.clone()]));
        }
        let absorbs = |(index, alternative): (usize, &ScopeSet), other_index: usize| {
            all.get(other_index).is_some_and(|other| {
                (other.len() < alternative.len() || other_index < index) && other.is_subset(alternative)
            })
        };
        let is_kept: Vec<bool> = if all.len() <= FEW {
            let is_kept = |one| !(0..all.len()).any(|other| absorbs(one, other));
            all.iter().enumerate().map(is_kept).collect()
        } else {
            // an alternative that another one contains has its rarest scope, too
            let mut by_rarest: HashMap<&Scope, Vec<usize>> = HashMap::new();
            for (index, rarest) in rarest(&all).into_iter().enumerate() {
                by_rarest.entry(rarest?).or_default().push(index);
            }
            let is_kept = |(index, alternative): (usize, &ScopeSet)| {
                let mut candidates = alternative.iter().filter_map(|scope| by_rarest.get(scope)).flatten();
                !candidates.any(|other| absorbs((index, alternative), *other))
            };
            all.iter().enumerate().map(is_kept).collect()
        };
        let kept: Vec<ScopeSet> =
            all.into_iter().zip(is_kept).filter(|(_, is_kept)| *is_kept).map(|(alternative, _)| alternative).collect();
        (!kept.is_empty()).then_some(Self(kept))
    }

    /// Returns the alternatives in the order in which they were written.
    #[must_use]
    pub fn alternatives(&self) -> &[ScopeSet] {
        &self.0
    }

    /// Returns whether no scope is required.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.iter().any(ScopeSet::is_empty)
    }

    /// Returns the scopes of all alternatives.
    #[must_use]
    pub fn scopes(&self) -> ScopeSet {
        self.0.iter().flatten().cloned().collect()
    }
}

/// Formats as `no scope`, `a`, `all of a b` or `any of a | b c`.
impl fmt::Display for Requirement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            _ if self.is_none() => formatter.write_str("no scope"),
            [only] if only.len() == 1 => write!(formatter, "{only}"),
            [only] => write!(formatter, "all of {only}"),
            several => {
                formatter.write_str("any of ")?;
                for (index, alternative) in several.iter().enumerate() {
                    if index > 0 {
                        formatter.write_str(" | ")?;
                    }
                    write!(formatter, "{alternative}")?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> ScopeSet {
        ScopeSet::parse(text).unwrap()
    }

    #[test]
    fn redundant_alternatives_are_dropped() {
        let requirement = Requirement::any_of([set("a b"), set("c"), set("a"), set("c"), set("d c")]).unwrap();
        assert_eq!(requirement.alternatives(), [set("c"), set("a")]);
        assert_eq!(requirement.to_string(), "any of c | a");
        assert!(Requirement::any_of([set("a"), set("")]).unwrap().is_none());
        assert_eq!(Requirement::any_of([]), None);
        // the same among many alternatives
        let many: Vec<ScopeSet> = (0..20).map(|number| set(&format!("x{number} y"))).collect();
        let several = [set("a b"), set("c"), set("a"), set("c"), set("d c")].into_iter().chain(many.clone());
        let expected: Vec<ScopeSet> = [set("c"), set("a")].into_iter().chain(many).collect();
        assert_eq!(Requirement::any_of(several).unwrap().alternatives(), expected);
    }

    #[test]
    fn requirements_are_formatted_for_people() {
        assert_eq!(Requirement::none().to_string(), "no scope");
        assert_eq!(Requirement::all_of(set("a")).to_string(), "a");
        assert_eq!(Requirement::all_of(set("b a")).to_string(), "all of a b");
    }
}
