//! The scopes of a problem by number, with their risks and with what each of them amounts to.

use std::collections::{BTreeMap, BTreeSet};

use super::bits::Bits;
use super::search::Weight;
use crate::scope::{Hierarchy, Requirement, Risk, Scope, ScopeSet};

/// The scopes that play a part, by number.
pub(super) struct Universe<'a> {
    names: Vec<&'a Scope>,
    numbers: BTreeMap<&'a Scope, usize>,
    risks: Vec<Risk>,
    /// What holding a scope amounts to: itself and everything that it implies.
    closures: Vec<Bits>,
}

impl<'a> Universe<'a> {
    pub(super) fn new(hierarchy: &'a Hierarchy, requirements: impl Iterator<Item = &'a Requirement>) -> Self {
        let mut scopes: BTreeSet<&Scope> = hierarchy.scopes().collect();
        scopes.extend(requirements.flat_map(|requirement| requirement.alternatives().iter().flat_map(ScopeSet::iter)));
        let names: Vec<&Scope> = scopes.into_iter().collect();
        let closures = names.iter().enumerate().map(|(number, scope)| {
            let mut closure = Bits::new(names.len());
            closure.insert(number);
            if !hierarchy.implies(scope.as_str()).is_empty() {
                let implied = names.iter().enumerate();
                let implied = implied.filter(|(_, wanted)| hierarchy.grants(scope.as_str(), wanted.as_str()));
                implied.for_each(|(number, _)| closure.insert(number));
            }
            closure
        });
        Self {
            closures: closures.collect(),
            risks: names.iter().map(|scope| hierarchy.risk(scope.as_str())).collect(),
            numbers: names.iter().enumerate().map(|(number, scope)| (*scope, number)).collect(),
            names,
        }
    }

    pub(super) fn nothing(&self) -> Bits {
        Bits::new(self.names.len())
    }

    /// Exactly these scopes.
    pub(super) fn exactly(&self, scopes: &ScopeSet) -> Bits {
        let mut bits = self.nothing();
        scopes.iter().filter_map(|scope| self.numbers.get(scope)).for_each(|number| bits.insert(*number));
        bits
    }

    /// These scopes and everything that they imply.
    pub(super) fn closure(&self, scopes: &ScopeSet) -> Bits {
        let mut bits = self.nothing();
        let numbers = scopes.iter().filter_map(|scope| self.numbers.get(scope));
        numbers.filter_map(|number| self.closures.get(*number)).for_each(|closure| bits.unite(closure));
        bits
    }

    /// How many scopes of each risk there are, the most critical first.
    pub(super) fn weight(&self, bits: &Bits) -> Weight {
        let mut weight = Weight::default();
        for risk in bits.iter().filter_map(|number| self.risks.get(number)) {
            weight.add(*risk);
        }
        weight
    }

    /// The fewest scopes that amount to a closed set: those that no other member implies. Of scopes that imply each
    /// other the first by name stays.
    pub(super) fn generators(&self, held: &Bits) -> ScopeSet {
        let implied = |number: usize| {
            held.iter().filter(|other| *other != number).any(|other| {
                let implies =
                    |from: usize, to: usize| self.closures.get(from).is_some_and(|closure| closure.contains(to));
                implies(other, number) && (other < number || !implies(number, other))
            })
        };
        held.iter()
            .filter(|number| !implied(*number))
            .filter_map(|number| self.names.get(number))
            .copied()
            .cloned()
            .collect()
    }
}
