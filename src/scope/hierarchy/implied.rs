//! Implication between the alternatives of a requirement.

use std::collections::HashMap;

use super::super::{Scope, ScopeSet};
use super::{Hierarchy, graph};

impl Hierarchy {
    /// Returns for each alternative the position of another one that it implies, if any; `None` if that takes more than
    /// `most` comparisons.
    ///
    /// An alternative is compared only with those whose rarest scope it grants.
    #[must_use]
    pub fn implied_alternatives(&self, alternatives: &[ScopeSet], most: &mut usize) -> Option<Vec<Option<usize>>> {
        if alternatives.len() < 2 {
            return Some(vec![None; alternatives.len()]);
        }
        let mut by_node: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut mask = self.graph().union(std::iter::empty());
        for (position, rarest) in rarest(alternatives).into_iter().enumerate() {
            let Some(rarest) = rarest else { continue };
            for node in self.graph().target(rarest.as_str()) {
                graph::insert(&mut mask, node);
                by_node.entry(node).or_default().push(position);
            }
            if !self.declares(rarest.as_str()) {
                by_name.entry(rarest.as_str()).or_default().push(position);
            }
        }
        let mut implied = Vec::with_capacity(alternatives.len());
        for (position, alternative) in alternatives.iter().enumerate() {
            // most scopes imply nothing, and no alternative contains another
            if alternative.iter().all(|scope| self.implies(scope.as_str()).is_empty()) {
                implied.push(None);
                continue;
            }
            let reach = self.reach(alternative);
            let both: Vec<u64> = reach.bits.iter().zip(&mask).map(|(word, mask)| word & mask).collect();
            let by_node = graph::ones(&both).filter_map(|node| by_node.get(&node)).flatten();
            let by_name = alternative.iter().filter_map(|scope| by_name.get(scope.as_str())).flatten();
            let mut found = None;
            for other in by_node.chain(by_name).copied().filter(|other| *other != position) {
                *most = most.checked_sub(1)?;
                let is_implied = |other: &ScopeSet| other.iter().all(|scope| reach.grants(scope.as_str()));
                if alternatives.get(other).is_some_and(is_implied) {
                    found = Some(other);
                    break;
                }
            }
            implied.push(found);
        }
        Some(implied)
    }
}

/// Returns the member of each set that the fewest sets have; `None` for an empty set.
pub(in crate::scope) fn rarest(sets: &[ScopeSet]) -> Vec<Option<&Scope>> {
    let mut counts: HashMap<&Scope, usize> = HashMap::new();
    for scope in sets.iter().flatten() {
        *counts.entry(scope).or_default() += 1;
    }
    sets.iter().map(|set| set.iter().min_by_key(|scope| counts.get(scope).copied().unwrap_or_default())).collect()
}
