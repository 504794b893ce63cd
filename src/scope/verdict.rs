//! Comparison of granted and required scopes.

use super::{Hierarchy, Reach, Requirement, Scope, ScopeSet};

/// Whether the granted scopes satisfy a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// One alternative is satisfied.
    Allowed,
    /// Every alternative lacks a scope.
    Missing,
}

/// Result of comparing granted scopes with a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Verdict.
    pub verdict: Verdict,
    /// Deciding alternative: the first one that is satisfied, or else the one that lacks the least. Empty if no scope is
    /// required.
    pub alternative: ScopeSet,
    /// Scopes that each alternative lacks, least privileged first: by risks from critical to low, then by number, then
    /// in the order of the manifest. Empty if allowed.
    pub missing: Vec<ScopeSet>,
    /// Granted scopes that the deciding alternative neither uses nor implies: the token doesn't need them here.
    pub not_needed: ScopeSet,
}

impl Comparison {
    /// Returns whether an alternative is satisfied.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.verdict == Verdict::Allowed
    }

    /// Returns what the least privileged alternative lacks; empty if allowed.
    #[must_use]
    pub fn cheapest(&self) -> ScopeSet {
        self.missing.first().cloned().unwrap_or_default()
    }
}

/// Compares granted scopes with a requirement.
#[must_use]
pub fn compare(granted: &ScopeSet, required: &Requirement, hierarchy: &Hierarchy) -> Comparison {
    let reach = hierarchy.reach(granted);
    let lacks = |alternative: &ScopeSet| -> ScopeSet {
        alternative.iter().filter(|scope| !reach.grants(scope.as_str())).cloned().collect()
    };
    let mut lacking: Vec<(ScopeSet, &ScopeSet)> =
        required.alternatives().iter().map(|alternative| (lacks(alternative), alternative)).collect();
    lacking.sort_by_cached_key(|(missing, _)| cost(missing, hierarchy));
    let (verdict, alternative) = match lacking.first() {
        Some((missing, alternative)) if missing.is_empty() => (Verdict::Allowed, (*alternative).clone()),
        Some((_, alternative)) => (Verdict::Missing, (*alternative).clone()),
        None => (Verdict::Missing, ScopeSet::new()),
    };
    let supporting = hierarchy.supporting(granted, &alternative);
    let contained = hierarchy.reach(&alternative);
    let is_spare = |scope: &&Scope| !supporting.contains(*scope) && !contained.grants(scope.as_str());
    let not_needed = granted.iter().filter(is_spare).cloned().collect();
    let missing = match verdict {
        Verdict::Allowed => Vec::new(),
        Verdict::Missing => lacking.into_iter().map(|(missing, _)| missing).collect(),
    };
    Comparison { verdict, alternative, missing, not_needed }
}

/// Returns whether scopes satisfy a requirement: the verdict of [`compare`], without the rest.
#[must_use]
pub fn is_allowed(granted: &Reach<'_>, required: &Requirement) -> bool {
    required.alternatives().iter().any(|alternative| alternative.iter().all(|scope| granted.grants(scope.as_str())))
}

/// Returns the sort key of least privilege: number of scopes per risk from critical to low, then in total.
pub(super) fn cost(scopes: &ScopeSet, hierarchy: &Hierarchy) -> ([usize; 4], usize) {
    let count = |risk| scopes.iter().filter(|scope| hierarchy.risk(scope.as_str()) == risk).count();
    (super::Risk::DESCENDING.map(count), scopes.len())
}

#[cfg(test)]
mod tests {
    use super::super::{Pattern, Risk};
    use super::*;

    fn set(text: &str) -> ScopeSet {
        ScopeSet::parse(text).unwrap()
    }

    fn orders() -> Hierarchy {
        let mut hierarchy = Hierarchy::new();
        for (scope, risk, implies) in [
            ("orders:read", Risk::Low, ""),
            ("orders:write", Risk::High, "orders:read"),
            ("orders:delete", Risk::High, ""),
            ("orders:admin", Risk::Critical, "orders:*"),
            ("customers:read", Risk::Medium, ""),
        ] {
            let implies = implies.split_whitespace().map(|pattern| Pattern::parse(pattern).unwrap()).collect();
            hierarchy.declare(Scope::parse(scope).unwrap(), risk, implies);
        }
        hierarchy
    }

    #[test]
    fn verdicts_and_missing_scopes_follow_least_privilege() {
        // granted, alternatives, allowed, missing cheapest first, not_needed
        for (granted, required, allowed, missing, not_needed) in [
            ("orders:read profile", "orders:read", true, "", "profile"),
            ("orders:write", "orders:read", true, "", ""),
            ("orders:write orders:read", "orders:read", true, "", "orders:write"),
            ("orders:admin orders:write", "orders:read", true, "", "orders:admin"),
            ("orders:read profile", "orders:write customers:read", false, "customers:read orders:write", "profile"),
            ("orders:write", "orders:write customers:read", false, "customers:read", ""),
            ("", "orders:admin|orders:write orders:delete", false, "orders:delete orders:write|orders:admin", ""),
            ("orders:write", "orders:admin|orders:write orders:delete", false, "orders:delete|orders:admin", ""),
            ("orders:admin", "orders:write orders:delete", true, "", ""),
            ("profile", "", true, "", "profile"),
            ("Orders:Read", "orders:read", false, "orders:read", "Orders:Read"),
        ] {
            let requirement = Requirement::any_of(required.split('|').map(set)).unwrap();
            let comparison = compare(&set(granted), &requirement, &orders());
            let lists: Vec<String> = comparison.missing.iter().map(ToString::to_string).collect();
            assert_eq!(
                (comparison.is_allowed(), lists.join("|").as_str(), comparison.not_needed.to_string().as_str()),
                (allowed, missing, not_needed),
                "granted `{granted}` required `{required}`"
            );
        }
    }
}
