//! Indexed scopes of a problem, with their weights and closures.

use std::collections::{BTreeSet, HashMap};
use std::ops::Add;

use super::bits::Bits;
use crate::scope::{Hierarchy, Requirement, Risk, Scope, ScopeSet};

/// Number of scopes to avoid, then of scopes per risk from critical to low: compared in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weight([usize; 5]);

impl Add for Weight {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let mut sum = self;
        for (count, other) in sum.0.iter_mut().zip(other.0) {
            *count += other;
        }
        sum
    }
}

/// Scopes that a solution can contain, indexed by name order.
pub(super) struct Universe<'a> {
    names: Vec<&'a Scope>,
    numbers: HashMap<&'a Scope, usize>,
    weights: Vec<Weight>,
    /// Closure of each scope: itself and everything that it implies.
    closures: Vec<Bits>,
}

impl<'a> Universe<'a> {
    /// Collects the scopes in `wanted`, and the declared scopes and scopes in `others` that these imply.
    pub(super) fn new(
        hierarchy: &'a Hierarchy,
        avoid: &ScopeSet,
        wanted: &'a [Requirement],
        others: &[&'a Requirement],
    ) -> Self {
        let named = |requirement: &'a Requirement| requirement.alternatives().iter().flat_map(ScopeSet::iter);
        let mut scopes: BTreeSet<&Scope> = wanted.iter().flat_map(named).collect();
        let implies = |scope: &Scope| !hierarchy.implies(scope.as_str()).is_empty();
        if scopes.iter().any(|scope| implies(scope)) {
            let held: ScopeSet = scopes.iter().copied().cloned().collect();
            let reach = hierarchy.reach(&held);
            let known = hierarchy.scopes().chain(others.iter().copied().flat_map(named));
            scopes.extend(known.filter(|scope| reach.grants(scope.as_str())));
        }
        let names: Vec<&Scope> = scopes.into_iter().collect();
        let numbers: HashMap<&Scope, usize> = names.iter().copied().zip(0..).collect();
        // the number here of each declared scope
        let by_declared: Vec<Option<usize>> =
            hierarchy.scopes().map(|declared| numbers.get(declared).copied()).collect();
        let undeclared: Vec<(usize, &Scope)> =
            names.iter().copied().enumerate().filter(|(_, name)| !hierarchy.declares(name.as_str())).collect();
        let closures = names.iter().enumerate().map(|(number, scope)| {
            let mut closure = Bits::new();
            closure.insert(number);
            if implies(scope) {
                let alone = ScopeSet::from_iter([(*scope).clone()]);
                let reach = hierarchy.reach(&alone);
                let known = reach.numbers().filter_map(|declared| by_declared.get(declared).copied().flatten());
                known.for_each(|number| closure.insert(number));
                let granted = undeclared.iter().filter(|(_, name)| reach.grants(name.as_str()));
                granted.for_each(|(number, _)| closure.insert(*number));
            }
            closure
        });
        let weight = |scope: &&Scope| {
            let level = Risk::DESCENDING.iter().position(|risk| *risk == hierarchy.risk(scope.as_str()));
            let mut weight = Weight([usize::from(avoid.contains(scope.as_str())), 0, 0, 0, 0]);
            weight.0.iter_mut().skip(1).nth(level.unwrap_or_default()).into_iter().for_each(|count| *count = 1);
            weight
        };
        Self { closures: closures.collect(), weights: names.iter().map(weight).collect(), numbers, names }
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Returns the indices of these scopes; `None` if a solution can't contain one of them.
    pub(super) fn exactly(&self, scopes: &ScopeSet) -> Option<Bits> {
        let mut bits = Bits::new();
        for scope in scopes {
            bits.insert(*self.numbers.get(scope)?);
        }
        Some(bits)
    }

    /// Returns the closure: these scopes and everything that they imply.
    pub(super) fn closed(&self, scopes: &Bits) -> Bits {
        let mut bits = Bits::new();
        scopes.iter().filter_map(|number| self.closures.get(number)).for_each(|closure| bits.unite(closure));
        bits
    }

    pub(super) fn closure(&self, number: usize) -> Option<&Bits> {
        self.closures.get(number)
    }

    /// Returns the weight of a set.
    pub(super) fn weight(&self, bits: &Bits) -> Weight {
        bits.iter().filter_map(|number| self.weights.get(number)).fold(Weight::default(), |sum, one| sum + *one)
    }

    /// Returns the smallest set with this closure: the scopes that no other one implies. Of scopes that imply each other,
    /// the first by name is kept.
    pub(super) fn generators(&self, held: &Bits) -> Bits {
        let mut kept = held.clone();
        for (from, closure) in held.iter().filter_map(|from| Some((from, self.closures.get(from)?))) {
            // a removed scope is implied by another one, and so is everything that it implies
            if !kept.contains(from) {
                continue;
            }
            kept.subtract(closure);
            kept.insert(from);
        }
        kept
    }

    pub(super) fn scopes(&self, bits: &Bits) -> ScopeSet {
        bits.iter().filter_map(|number| self.names.get(number)).copied().cloned().collect()
    }

    pub(super) fn name(&self, number: usize) -> Option<&'a Scope> {
        self.names.get(number).copied()
    }
}
