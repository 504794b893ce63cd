//! Implication between scopes.

mod graph;
mod implied;

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::OnceLock;

use self::graph::Graph;
pub(super) use self::implied::rarest;
use super::{Risk, Scope, ScopeError, ScopeSet};
use crate::text::matches_pieces;

/// An implied scope, in which `*` stands for any characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(Scope);

impl Pattern {
    /// Parses a scope in which `*` is a wildcard.
    ///
    /// # Errors
    /// If the string is not a valid scope (`*` is a valid character).
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        Scope::parse(text).map(Self)
    }

    /// Returns the pattern as a string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns whether the pattern contains `*`.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.as_str().contains('*')
    }

    /// Returns whether the pattern matches the whole scope. A `*` matches any characters, or none. Takes at most time
    /// proportional to the product of both lengths.
    #[must_use]
    pub fn matches(&self, scope: &str) -> bool {
        matches_pieces(self.as_str().split('*'), scope)
    }
}

impl Borrow<str> for Pattern {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// Declared scopes of an API, with risks and implications. Implication is transitive and reflexive.
#[derive(Clone, Debug, Default)]
pub struct Hierarchy {
    declared: BTreeMap<Scope, Declared>,
    /// Closure of the implications, computed on first use.
    graph: OnceLock<Graph>,
}

impl PartialEq for Hierarchy {
    fn eq(&self, other: &Self) -> bool {
        self.declared == other.declared
    }
}

impl Eq for Hierarchy {}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Declared {
    risk: Risk,
    implies: Vec<Pattern>,
    /// Known from elsewhere than the manifest.
    is_known: bool,
}

impl Hierarchy {
    /// Creates a hierarchy without declared scopes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares a scope, replacing an earlier declaration.
    pub fn declare(&mut self, scope: Scope, risk: Risk, implies: Vec<Pattern>) {
        self.declared.insert(scope, Declared { risk, implies, is_known: false });
        self.graph.take();
    }

    /// Adds what scopes imply at a known provider: to declared scopes without implications, and to scopes that are not
    /// declared. Nothing is added if a scope would imply itself.
    pub fn add_known(&mut self, known: &Self) {
        let mut extended = self.clone();
        for (scope, other) in &known.declared {
            let own = extended.declared.entry(scope.clone()).or_insert_with(|| Declared {
                risk: Risk::default(),
                implies: Vec::new(),
                is_known: true,
            });
            if own.implies.is_empty() {
                own.implies.clone_from(&other.implies);
            }
        }
        extended.graph.take();
        if !extended.is_too_large() && extended.cycle().is_none() {
            *self = extended;
        }
    }

    /// Returns whether the scope is declared.
    #[must_use]
    pub fn declares(&self, scope: &str) -> bool {
        self.declared.get(scope).is_some_and(|declared| !declared.is_known)
    }

    /// Returns the declared scope with this name.
    #[must_use]
    pub fn declared(&self, scope: &str) -> Option<&Scope> {
        let (scope, _) = self.declared.get_key_value(scope).filter(|(_, declared)| !declared.is_known)?;
        Some(scope)
    }

    /// Returns the risk of a scope; the default if it is not declared.
    #[must_use]
    pub fn risk(&self, scope: &str) -> Risk {
        self.declared.get(scope).map(|declared| declared.risk).unwrap_or_default()
    }

    /// Returns the patterns that the scope implies directly.
    #[must_use]
    pub fn implies(&self, scope: &str) -> &[Pattern] {
        self.declared.get(scope).map(|declared| declared.implies.as_slice()).unwrap_or_default()
    }

    /// Returns whether there are too many implications to compute: more than a million comparisons of scopes with
    /// wildcards, or more than 2^28 pairs of an implying and an implied scope. Then no scope implies another, so that
    /// nothing is granted by mistake.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.graph().is_too_large
    }

    /// Returns whether the scope `held` is or implies the scope `wanted`, over any number of steps.
    #[must_use]
    pub fn grants(&self, held: &str, wanted: &str) -> bool {
        held == wanted || (!self.implies(held).is_empty() && self.graph().reaches(held, &self.graph().target(wanted)))
    }

    /// Returns whether a scope in `held` is or implies `wanted`.
    #[must_use]
    pub fn satisfies(&self, held: &ScopeSet, wanted: &str) -> bool {
        if held.contains(wanted) {
            return true;
        }
        // most scopes imply nothing
        let mut implying = held.iter().filter(|scope| !self.implies(scope.as_str()).is_empty()).peekable();
        if implying.peek().is_none() {
            return false;
        }
        let target = self.graph().target(wanted);
        implying.any(|scope| self.graph().reaches(scope.as_str(), &target))
    }

    /// Returns whether every scope in `wanted` is in or implied by `held`.
    #[must_use]
    pub fn satisfies_all(&self, held: &ScopeSet, wanted: &ScopeSet) -> bool {
        if wanted.len() == 1 {
            return wanted.iter().all(|scope| self.satisfies(held, scope.as_str()));
        }
        wanted.is_subset(held) || {
            let reach = self.reach(held);
            wanted.iter().all(|scope| reach.grants(scope.as_str()))
        }
    }

    /// Returns the closure of these scopes, for comparing it with many scopes.
    #[must_use]
    pub fn reach<'h>(&'h self, held: &'h ScopeSet) -> Reach<'h> {
        let is_alone = held.iter().all(|scope| self.implies(scope.as_str()).is_empty());
        let bits = if is_alone { Vec::new() } else { self.graph().union(held.iter().map(Scope::as_str)) };
        Reach { hierarchy: self, held, bits }
    }

    /// Returns the scopes of `held` that `wanted` relies on: each wanted scope that is held, and of those that imply one that
    /// is not held the least risky.
    #[must_use]
    pub fn supporting<'s>(&self, held: &'s ScopeSet, wanted: &ScopeSet) -> BTreeSet<&'s Scope> {
        let mut supporting: BTreeSet<&Scope> = held.iter().filter(|scope| wanted.contains(scope.as_str())).collect();
        let mut implying: Vec<&Scope> = held.iter().filter(|scope| !self.implies(scope.as_str()).is_empty()).collect();
        if supporting.len() == wanted.len() || implying.is_empty() {
            return supporting;
        }
        implying.sort_by_key(|scope| self.risk(scope.as_str()));
        let lacking = wanted.iter().map(Scope::as_str).filter(|scope| !held.contains(scope));
        let mut open = self.graph().open(lacking);
        supporting.extend(implying.into_iter().filter(|scope| self.graph().first_to_reach(scope.as_str(), &mut open)));
        supporting
    }

    /// Returns the declared scopes that are or imply a scope in `wanted`.
    #[must_use]
    pub fn granting(&self, wanted: &ScopeSet) -> ScopeSet {
        let named = wanted.iter().filter(|scope| self.declares(scope.as_str())).cloned();
        if self.declared.values().all(|declared| declared.implies.is_empty()) {
            return named.collect();
        }
        let target: Vec<usize> = wanted.iter().flat_map(|scope| self.graph().target(scope.as_str())).collect();
        named.chain(self.graph().reaching(&target).cloned()).collect()
    }

    /// Returns the first scope of a set, by name, that another one implies.
    #[must_use]
    pub fn implied_by_another<'s>(&self, set: &'s ScopeSet) -> Option<&'s Scope> {
        // most scopes imply nothing
        if set.iter().all(|scope| self.implies(scope.as_str()).is_empty()) {
            return None;
        }
        let others = self.graph().union_without_own(set.iter().map(Scope::as_str));
        let is_implied =
            |scope: &&Scope| self.graph().target(scope.as_str()).iter().any(|number| graph::contains(&others, *number));
        set.iter().find(is_implied)
    }

    /// Returns the first declared scope, by name, that this one implies and that has a higher risk.
    #[must_use]
    pub fn riskier_implied(&self, scope: &str) -> Option<&Scope> {
        self.graph().riskier(scope, self.risk(scope))
    }

    /// Returns whether two hierarchies declare the same implications, whatever the risks.
    #[must_use]
    pub fn implies_the_same(&self, other: &Self) -> bool {
        let implied = |hierarchy: &Self| -> Vec<(Scope, Vec<Pattern>)> {
            hierarchy.declared.iter().map(|(scope, declared)| (scope.clone(), declared.implies.clone())).collect()
        };
        implied(self) == implied(other)
    }

    /// Returns the declared scopes in byte order.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope> {
        self.declared.keys()
    }

    /// Returns a cycle of implications, if there is one, with the first scope repeated at the end. A wildcard that
    /// matches its own scope is not a cycle.
    #[must_use]
    pub fn cycle(&self) -> Option<Vec<Scope>> {
        self.graph().cycle()
    }

    fn graph(&self) -> &Graph {
        self.graph.get_or_init(|| Graph::new(&self.declared))
    }
}

/// Closure of a set of scopes: see [`Hierarchy::reach`].
#[derive(Debug)]
pub struct Reach<'h> {
    hierarchy: &'h Hierarchy,
    held: &'h ScopeSet,
    /// Empty if no scope implies anything.
    bits: Vec<u64>,
}

impl Reach<'_> {
    /// Returns whether a scope of the set is or implies this scope.
    #[must_use]
    pub fn grants(&self, wanted: &str) -> bool {
        let is_implied = || {
            let target = self.hierarchy.graph().target(wanted);
            target.iter().any(|number| graph::contains(&self.bits, *number))
        };
        self.held.contains(wanted) || (!self.bits.is_empty() && is_implied())
    }

    /// Returns the numbers of the declared scopes of the closure, in the order of [`Hierarchy::scopes`]; none if no scope
    /// implies anything.
    pub(super) fn numbers(&self) -> impl Iterator<Item = usize> {
        let declared = self.hierarchy.declared.len();
        graph::ones(&self.bits).take_while(move |number| *number < declared)
    }

    /// Returns the declared scopes of the closure in byte order; none if no scope implies anything.
    pub fn declared(&self) -> impl Iterator<Item = &Scope> {
        self.hierarchy.graph().scopes(&self.bits)
    }
}

/// Whether a scope in `held` is `wanted`, or implies it in one of these hierarchies.
#[must_use]
pub fn satisfies_anywhere<'h>(
    held: &ScopeSet,
    wanted: &str,
    hierarchies: impl IntoIterator<Item = &'h Hierarchy>,
) -> bool {
    held.contains(wanted) || hierarchies.into_iter().any(|known| known.satisfies(held, wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hierarchy(lines: &[(&str, &[&str])]) -> Hierarchy {
        let mut hierarchy = Hierarchy::new();
        for (scope, implies) in lines {
            let implies = implies.iter().map(|pattern| Pattern::parse(pattern).unwrap()).collect();
            hierarchy.declare(Scope::parse(scope).unwrap(), Risk::Low, implies);
        }
        hierarchy
    }

    #[test]
    fn wildcards_match_any_characters() {
        for (pattern, scope, expected) in [
            ("orders:*", "orders:read", true),
            ("orders:*", "orders:", true),
            ("orders:*", "order:read", false),
            ("*", "anything", true),
            ("*:read", "orders:read", true),
            ("*:read", "orders:reader", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("ab*ba", "aba", false),
            ("a", "a", true),
            ("a", "ab", false),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().matches(scope), expected, "{pattern} {scope}");
        }
    }

    #[test]
    fn implication_is_transitive_through_wildcards_and_reaches_undeclared_scopes() {
        let hierarchy = hierarchy(&[
            ("admin", &["orders:*"]),
            ("orders:write", &["orders:read", "customers:read"]),
            ("orders:read", &[]),
        ]);
        assert!(hierarchy.grants("admin", "orders:read"));
        assert!(hierarchy.grants("admin", "customers:read"));
        assert!(hierarchy.grants("admin", "orders:undeclared"));
        assert!(!hierarchy.grants("orders:read", "orders:write"));
        assert!(!hierarchy.grants("Admin", "orders:read"));
        assert!(hierarchy.grants("unknown", "unknown"));
    }

    #[test]
    fn known_implications_complete_the_declared_ones() {
        let known = hierarchy(&[("repo", &["public_repo"]), ("write", &["read"]), ("user", &["read:user"])]);
        let mut own = hierarchy(&[("public_repo", &[]), ("write", &["other"]), ("user", &[])]);
        own.add_known(&known);
        for (held, wanted, expected) in [
            ("repo", "public_repo", true),
            ("user", "read:user", true),
            // the manifest's own implications take precedence
            ("write", "other", true),
            ("write", "read", false),
        ] {
            assert_eq!(own.grants(held, wanted), expected, "{held} {wanted}");
        }
        assert!(!own.declares("repo") && own.declares("public_repo"));
        // both directions would be a cycle
        let mut reversed = hierarchy(&[("public_repo", &["repo"])]);
        reversed.add_known(&known);
        assert!(!reversed.grants("repo", "public_repo") && reversed.grants("public_repo", "repo"));
    }

    #[test]
    fn cycles_are_found_and_self_matching_wildcards_are_allowed() {
        let names = |cycle: Option<Vec<Scope>>| cycle.map(|scopes| format!("{scopes:?}"));
        assert_eq!(names(hierarchy(&[("orders:admin", &["orders:*"]), ("orders:read", &[])]).cycle()), None);
        assert_eq!(names(hierarchy(&[("a", &["a"])]).cycle()).as_deref(), Some(r#"["a", "a"]"#));
        assert_eq!(
            names(hierarchy(&[("a", &["b"]), ("b", &["c"]), ("c", &["a"])]).cycle()).as_deref(),
            Some(r#"["a", "b", "c", "a"]"#)
        );
        assert!(hierarchy(&[("x:admin", &["x:*"]), ("x:read", &["x:admin"])]).cycle().is_some());
        // over one wildcard that both imply
        assert_eq!(
            names(hierarchy(&[("a", &["*"]), ("b", &["*"]), ("c", &[])]).cycle()).as_deref(),
            Some(r#"["a", "b", "a"]"#)
        );
    }
}
