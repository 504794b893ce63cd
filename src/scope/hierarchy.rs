//! Which scopes imply which others.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Risk, Scope, ScopeError, ScopeSet};

/// The right side of an implication: a scope, or a scope with `*` standing for any run of characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(Scope);

impl Pattern {
    /// Parses a scope in which `*` is a wildcard.
    ///
    /// # Errors
    /// When the text is no scope (`*` is a character that RFC 6749 §3.3 allows).
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        Scope::parse(text).map(Self)
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether the pattern has a `*`.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.as_str().contains('*')
    }

    /// Whether the whole scope is matched. A `*` matches any run, the empty one too. Takes time in the order of the
    /// product of both lengths at most.
    #[must_use]
    pub fn matches(&self, scope: &str) -> bool {
        let mut parts = self.as_str().split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = scope.strip_prefix(first) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            match rest.split_once(part) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        rest.len() >= last.len() && rest.ends_with(last)
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

/// The declared scopes of one API: their risks, and what each implies. Implication is transitive and reflexive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hierarchy {
    declared: BTreeMap<Scope, Declared>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Declared {
    risk: Risk,
    implies: Vec<Pattern>,
}

impl Hierarchy {
    /// One in which no scope implies another and every risk is the default.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares a scope, in place of an earlier declaration of the same one.
    pub fn declare(&mut self, scope: Scope, risk: Risk, implies: Vec<Pattern>) {
        self.declared.insert(scope, Declared { risk, implies });
    }

    /// Whether the scope was declared.
    #[must_use]
    pub fn declares(&self, scope: &str) -> bool {
        self.declared.contains_key(scope)
    }

    /// The risk of a scope; the default one for a scope that was not declared.
    #[must_use]
    pub fn risk(&self, scope: &str) -> Risk {
        self.declared.get(scope).map(|declared| declared.risk).unwrap_or_default()
    }

    /// The patterns that the scope implies directly.
    #[must_use]
    pub fn implies(&self, scope: &str) -> &[Pattern] {
        self.declared.get(scope).map(|declared| declared.implies.as_slice()).unwrap_or_default()
    }

    /// Whether holding `held` is as good as holding `wanted`: the same scope, or one that implies it over any number
    /// of steps.
    #[must_use]
    pub fn grants(&self, held: &str, wanted: &str) -> bool {
        held == wanted || self.patterns(held).iter().any(|pattern| pattern.matches(wanted))
    }

    /// What the scope implies over any number of steps.
    pub(super) fn patterns(&self, held: &str) -> Vec<&Pattern> {
        let mut patterns: Vec<&Pattern> = Vec::new();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut queue: Vec<&str> = vec![held];
        while let Some(scope) = queue.pop() {
            for pattern in self.implies(scope) {
                patterns.push(pattern);
                queue.extend(self.reached_by(pattern).filter(|reached| seen.insert(*reached)));
            }
        }
        patterns
    }

    /// Whether some member of `held` grants `wanted`.
    #[must_use]
    pub fn satisfies(&self, held: &ScopeSet, wanted: &str) -> bool {
        // most scopes imply nothing
        let mut implying = held.iter().filter(|scope| !self.implies(scope.as_str()).is_empty());
        held.contains(wanted) || implying.any(|scope| self.grants(scope.as_str(), wanted))
    }

    /// Whether every member of `wanted` is granted by some member of `held`.
    #[must_use]
    pub fn satisfies_all(&self, held: &ScopeSet, wanted: &ScopeSet) -> bool {
        wanted.iter().all(|scope| self.satisfies(held, scope.as_str()))
    }

    /// The declared scopes, in the order of their bytes.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope> {
        self.declared.keys()
    }

    /// A chain of declared scopes that implies itself again, first member repeated at the end, if there is one. A
    /// wildcard that matches its own scope is no cycle.
    #[must_use]
    pub fn cycle(&self) -> Option<Vec<Scope>> {
        let mut done: BTreeSet<&str> = BTreeSet::new();
        for start in self.declared.keys() {
            // depth first without recursion: a manifest may be made to be deep
            let mut path: Vec<(&str, Vec<&str>)> = vec![(start.as_str(), self.successors(start.as_str()))];
            while let Some((scope, successors)) = path.last_mut() {
                let scope = *scope;
                let Some(next) = successors.pop() else {
                    done.insert(scope);
                    path.pop();
                    continue;
                };
                if let Some(position) = path.iter().position(|(seen, _)| *seen == next) {
                    let names = path.iter().skip(position).map(|(name, _)| *name).chain([next]);
                    return Some(names.filter_map(|name| Scope::parse(name).ok()).collect());
                }
                if !done.contains(next) {
                    path.push((next, self.successors(next)));
                }
            }
        }
        None
    }

    fn successors(&self, scope: &str) -> Vec<&str> {
        let implied = self.implies(scope).iter();
        implied
            .flat_map(|pattern| {
                self.reached_by(pattern).filter(move |reached| *reached != scope || !pattern.is_wildcard())
            })
            .collect()
    }

    fn reached_by<'a>(&'a self, pattern: &'a Pattern) -> impl Iterator<Item = &'a str> {
        let exact = (!pattern.is_wildcard())
            .then(|| self.declared.get_key_value(pattern.as_str()))
            .flatten()
            .map(|(scope, _)| scope.as_str());
        let wild = pattern
            .is_wildcard()
            .then(|| self.declared.keys().map(Scope::as_str).filter(|scope| pattern.matches(scope)))
            .into_iter()
            .flatten();
        exact.into_iter().chain(wild)
    }
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
    fn wildcards_match_any_run() {
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
    fn cycles_are_found_and_a_wildcard_over_itself_is_none() {
        let names = |cycle: Option<Vec<Scope>>| cycle.map(|scopes| format!("{scopes:?}"));
        assert_eq!(names(hierarchy(&[("orders:admin", &["orders:*"]), ("orders:read", &[])]).cycle()), None);
        assert_eq!(names(hierarchy(&[("a", &["a"])]).cycle()).as_deref(), Some(r#"["a", "a"]"#));
        assert_eq!(
            names(hierarchy(&[("a", &["b"]), ("b", &["c"]), ("c", &["a"])]).cycle()).as_deref(),
            Some(r#"["a", "b", "c", "a"]"#)
        );
        assert!(hierarchy(&[("x:admin", &["x:*"]), ("x:read", &["x:admin"])]).cycle().is_some());
    }
}
