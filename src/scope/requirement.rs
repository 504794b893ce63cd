//! What an endpoint requires.

use std::fmt;

use super::ScopeSet;

/// An OR of ANDs of scopes: the alternatives of which one must be held whole.
///
/// There is always at least one alternative. An empty alternative means that no scope is needed. Alternatives keep
/// the order in which they were written; one that repeats another or contains another whole is dropped, since it
/// can never be the reason that a call is allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement(Vec<ScopeSet>);

impl Requirement {
    /// No scope is needed.
    #[must_use]
    pub fn none() -> Self {
        Self(vec![ScopeSet::new()])
    }

    /// Every one of these scopes is needed.
    #[must_use]
    pub fn all_of(scopes: ScopeSet) -> Self {
        Self(vec![scopes])
    }

    /// One of these alternatives is needed, whole. Without an alternative nothing could ever be allowed, so that is
    /// no requirement: `None`.
    #[must_use]
    pub fn any_of(alternatives: impl IntoIterator<Item = ScopeSet>) -> Option<Self> {
        let all: Vec<ScopeSet> = alternatives.into_iter().collect();
        let mut kept: Vec<ScopeSet> = Vec::with_capacity(all.len());
        for (index, alternative) in all.iter().enumerate() {
            let absorbed = all.iter().enumerate().any(|(other_index, other)| {
                other.is_subset(alternative) && (other.len() < alternative.len() || other_index < index)
            });
            if !absorbed {
                kept.push(alternative.clone());
            }
        }
        (!kept.is_empty()).then_some(Self(kept))
    }

    /// The alternatives, in the order in which they were written.
    #[must_use]
    pub fn alternatives(&self) -> &[ScopeSet] {
        &self.0
    }

    /// Whether a call needs no scope at all.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.iter().any(ScopeSet::is_empty)
    }

    /// Every scope that some alternative names.
    #[must_use]
    pub fn scopes(&self) -> ScopeSet {
        self.0.iter().flatten().cloned().collect()
    }
}

/// In words: `no scope`, `a`, `all of a b`, `any of a | b c`.
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
    fn alternatives_that_another_one_absorbs_are_dropped() {
        let requirement = Requirement::any_of([set("a b"), set("c"), set("a"), set("c"), set("d c")]).unwrap();
        assert_eq!(requirement.alternatives(), [set("c"), set("a")]);
        assert_eq!(requirement.to_string(), "any of c | a");
        assert!(Requirement::any_of([set("a"), set("")]).unwrap().is_none());
        assert_eq!(Requirement::any_of([]), None);
    }

    #[test]
    fn words() {
        assert_eq!(Requirement::none().to_string(), "no scope");
        assert_eq!(Requirement::all_of(set("a")).to_string(), "a");
        assert_eq!(Requirement::all_of(set("b a")).to_string(), "all of a b");
    }
}
