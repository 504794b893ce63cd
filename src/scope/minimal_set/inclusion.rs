//! Subsets and connected groups among many sets, without comparing all pairs.

use std::collections::HashMap;

use super::bits::Bits;
use super::work::Work;

/// What it costs to index a member of a set, in comparisons of sets.
const COST: usize = 8;

/// An index of sets by their rarest member. A set can contain only those whose rarest member it has.
pub(super) struct ByRarest {
    positions: HashMap<usize, Vec<usize>>,
}

impl ByRarest {
    /// Indexes sets, none of which is empty.
    pub(super) fn new(sets: &[Bits], work: &Work) -> Self {
        work.spend(sets.iter().map(|set| COST * (1 + set.len())).sum());
        let mut counts: HashMap<usize, usize> = HashMap::new();
        for member in sets.iter().flat_map(Bits::iter) {
            *counts.entry(member).or_default() += 1;
        }
        let mut positions: HashMap<usize, Vec<usize>> = HashMap::new();
        for (position, set) in sets.iter().enumerate() {
            if let Some(rarest) = set.iter().min_by_key(|member| counts.get(member).copied().unwrap_or_default()) {
                positions.entry(rarest).or_default().push(position);
            }
        }
        Self { positions }
    }

    /// Returns the positions of the sets that this one may contain.
    pub(super) fn candidates(&self, set: &Bits) -> impl Iterator<Item = usize> {
        set.iter().filter_map(|member| self.positions.get(&member)).flatten().copied()
    }

    /// Returns the number of candidates.
    pub(super) fn count(&self, set: &Bits) -> usize {
        set.iter().filter_map(|member| self.positions.get(&member)).map(Vec::len).sum()
    }
}

/// Returns the number of each set's group, in order of first appearance. Sets that share a member are in the same group,
/// directly or through other sets.
pub(super) fn groups(sets: &[Bits]) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..sets.len()).collect();
    let mut owners: HashMap<usize, usize> = HashMap::new();
    for (position, set) in sets.iter().enumerate() {
        for member in set.iter() {
            let owner = *owners.entry(member).or_insert(position);
            let (one, other) = (root(&mut parents, owner), root(&mut parents, position));
            if let Some(parent) = parents.get_mut(one.max(other)) {
                *parent = one.min(other);
            }
        }
    }
    let mut numbers: HashMap<usize, usize> = HashMap::new();
    (0..sets.len())
        .map(|position| {
            let next = numbers.len();
            *numbers.entry(root(&mut parents, position)).or_insert(next)
        })
        .collect()
}

/// Returns the first set of a group, and shortens the path to it.
fn root(parents: &mut [usize], mut position: usize) -> usize {
    while let Some(parent) = parents.get(position).copied().filter(|parent| *parent != position) {
        let above = parents.get(parent).copied().unwrap_or(parent);
        if let Some(shortened) = parents.get_mut(position) {
            *shortened = above;
        }
        position = above;
    }
    position
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets(all: &[&[usize]]) -> Vec<Bits> {
        all.iter().map(|members| members.iter().copied().collect()).collect()
    }

    #[test]
    fn sets_are_grouped_through_shared_members() {
        let all = sets(&[&[1, 2], &[100], &[3], &[2, 3], &[150, 151], &[100, 150], &[]]);
        assert_eq!(groups(&all), [0, 1, 0, 0, 1, 1, 2]);
    }

    #[test]
    fn every_set_that_is_contained_is_a_candidate() {
        let all = sets(&[&[1], &[1, 2], &[2, 3], &[1, 2, 3, 199], &[4]]);
        let index = ByRarest::new(&all, &Work::new(u64::MAX, 200));
        for set in &all {
            let candidates: Vec<usize> = index.candidates(set).collect();
            assert_eq!(candidates.len(), index.count(set));
            let contained = all.iter().enumerate().filter(|(_, other)| other.is_subset(set));
            assert!(contained.map(|(position, _)| position).all(|position| candidates.contains(&position)));
        }
        assert!(!index.candidates(&all[4]).any(|position| position < 4));
    }
}
