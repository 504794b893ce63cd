//! Bit sets.

use std::cmp::Ordering;

/// A set of indices, as the words of a bit set that are not zero, each with its position.
///
/// A requirement names few scopes, however many there are: operations on it take as long as it has words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Bits(Vec<(usize, u64)>);

/// Number of words that are inserted one by one; more are merged.
const FEW: usize = 4;

impl Bits {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Finds a word, or where it would be inserted. In a set that contains all words up to it, it is at its position.
    fn find(&self, position: usize) -> Result<usize, usize> {
        match self.0.get(position) {
            Some((found, _)) if *found == position => Ok(position),
            _ => self.0.binary_search_by_key(&position, |(position, _)| *position),
        }
    }

    fn word(&self, position: usize) -> u64 {
        self.find(position).ok().and_then(|at| self.0.get(at)).map_or(0, |(_, word)| *word)
    }

    fn add(&mut self, position: usize, bits: u64) {
        match self.find(position) {
            Ok(at) => self.0.get_mut(at).into_iter().for_each(|(_, word)| *word |= bits),
            Err(at) => self.0.insert(at, (position, bits)),
        }
    }

    pub(super) fn insert(&mut self, index: usize) {
        self.add(index / 64, 1 << (index % 64));
    }

    pub(super) fn remove(&mut self, index: usize) {
        self.clear(index / 64, 1 << (index % 64));
    }

    fn clear(&mut self, position: usize, bits: u64) {
        let Ok(at) = self.find(position) else { return };
        let Some((_, word)) = self.0.get_mut(at) else { return };
        *word &= !bits;
        if *word == 0 {
            self.0.remove(at);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|(_, word)| word.count_ones() as usize).sum()
    }

    pub(super) fn contains(&self, index: usize) -> bool {
        self.word(index / 64) & (1 << (index % 64)) != 0
    }

    pub(super) fn unite(&mut self, other: &Self) {
        let is_new = |(position, _): &&(usize, u64)| self.find(*position).is_err();
        if other.0.iter().filter(is_new).nth(FEW).is_none() {
            other.0.iter().for_each(|(position, word)| self.add(*position, *word));
            return;
        }
        let mut merged: Vec<(usize, u64)> = Vec::with_capacity(self.0.len() + other.0.len());
        let mut others = other.0.iter().copied().peekable();
        for (position, word) in self.0.drain(..) {
            while let Some(before) = others.next_if(|(other, _)| *other < position) {
                merged.push(before);
            }
            let same = others.next_if(|(other, _)| *other == position).map_or(0, |(_, word)| word);
            merged.push((position, word | same));
        }
        merged.extend(others);
        self.0 = merged;
    }

    pub(super) fn subtract(&mut self, other: &Self) {
        if other.0.len() <= FEW {
            other.0.iter().for_each(|(position, word)| self.clear(*position, *word));
        } else {
            *self = self.without(other);
        }
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        self.mapped(|position, word| word & !other.word(position))
    }

    /// Returns the intersection.
    pub(super) fn both(&self, other: &Self) -> Self {
        self.mapped(|position, word| word & other.word(position))
    }

    fn mapped(&self, change: impl Fn(usize, u64) -> u64) -> Self {
        let changed = self.0.iter().map(|(position, word)| (*position, change(*position, *word)));
        Self(changed.filter(|(_, word)| *word != 0).collect())
    }

    /// Compares by the lowest index that only one set contains: that set is greater.
    pub(super) fn compare_from_lowest(&self, other: &Self) -> Ordering {
        self.compare(other, |word, other| match word & (1 << (word ^ other).trailing_zeros()) {
            0 => Ordering::Less,
            _ => Ordering::Greater,
        })
    }

    /// Compares the first words that differ.
    fn compare(&self, other: &Self, differing: impl Fn(u64, u64) -> Ordering) -> Ordering {
        let Some(at) = self.0.iter().zip(&other.0).position(|(one, other)| one != other) else {
            return self.0.len().cmp(&other.0.len());
        };
        match (self.0.get(at), other.0.get(at)) {
            (Some((one, word)), Some((two, other))) if one == two => differing(*word, *other),
            // the set with the earlier position has a word where the other one has none
            (one, two) => two.map(|(position, _)| position).cmp(&one.map(|(position, _)| position)),
        }
    }

    pub(super) fn is_subset(&self, other: &Self) -> bool {
        self.0.iter().all(|(position, word)| word & !other.word(*position) == 0)
    }

    /// Returns whether this is a subset of the union of two sets.
    pub(super) fn is_subset_of_both(&self, one: &Self, other: &Self) -> bool {
        self.0.iter().all(|(position, word)| word & !(one.word(*position) | other.word(*position)) == 0)
    }

    pub(super) fn intersects(&self, other: &Self) -> bool {
        let (fewer, more) = if self.0.len() <= other.0.len() { (self, other) } else { (other, self) };
        fewer.0.iter().any(|(position, word)| word & more.word(*position) != 0)
    }

    /// Returns the positions of the words that are not zero.
    pub(super) fn words(&self) -> impl Iterator<Item = usize> {
        self.0.iter().map(|(position, _)| *position)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().flat_map(|(position, word)| {
            let mut word = *word;
            std::iter::from_fn(move || {
                let bit = usize::try_from(word.trailing_zeros()).ok().filter(|bit| *bit < 64)?;
                word &= word - 1;
                Some(position * 64 + bit)
            })
        })
    }
}

impl Ord for Bits {
    /// Compares the lowest words that differ, as numbers.
    fn cmp(&self, other: &Self) -> Ordering {
        self.compare(other, |word, other| word.cmp(&other))
    }
}

impl PartialOrd for Bits {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromIterator<usize> for Bits {
    fn from_iter<I: IntoIterator<Item = usize>>(indices: I) -> Self {
        let mut bits = Self::new();
        indices.into_iter().for_each(|index| bits.insert(index));
        bits
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn indices() -> impl Strategy<Value = BTreeSet<usize>> {
        prop_oneof![
            proptest::collection::btree_set(0_usize..130, 0..8),
            proptest::collection::btree_set(0_usize..2_000, 0..60)
        ]
    }

    /// The words of a bit set, all of them.
    fn words(indices: &BTreeSet<usize>) -> Vec<u64> {
        let mut words = vec![0; 32];
        for index in indices {
            words[index / 64] |= 1 << (index % 64);
        }
        words
    }

    proptest! {
        #[test]
        fn operations_are_those_of_sets(one in indices(), two in indices(), three in indices()) {
            let [a, b, c] = [&one, &two, &three].map(|set| set.iter().copied().collect::<Bits>());
            let made = |set: BTreeSet<usize>| set.into_iter().collect::<Bits>();
            prop_assert_eq!(a.iter().collect::<BTreeSet<_>>(), one.clone());
            prop_assert_eq!(a.len(), one.len());
            let mut united = a.clone();
            united.unite(&b);
            prop_assert_eq!(&united, &made(&one | &two));
            let mut less = a.clone();
            less.subtract(&b);
            prop_assert_eq!(&less, &made(&one - &two));
            prop_assert_eq!(a.without(&b), less);
            prop_assert_eq!(a.both(&b), made(&one & &two));
            prop_assert_eq!(a.intersects(&b), !one.is_disjoint(&two));
            prop_assert_eq!(a.is_subset(&b), one.is_subset(&two));
            prop_assert!(a.is_subset(&united) && b.is_subset(&united));
            prop_assert_eq!(a.is_subset_of_both(&b, &c), one.is_subset(&(&two | &three)));
            let mut removed = a.clone();
            one.iter().take(3).for_each(|index| removed.remove(*index));
            prop_assert_eq!(removed, made(one.iter().skip(3).copied().collect()));
            prop_assert!((0..200).all(|index| a.contains(index) == one.contains(&index)));
        }

        #[test]
        fn order_is_that_of_the_words(one in indices(), two in indices()) {
            let [a, b] = [&one, &two].map(|set| set.iter().copied().collect::<Bits>());
            prop_assert_eq!(a.cmp(&b), words(&one).cmp(&words(&two)));
            let lowest = one.symmetric_difference(&two).min();
            let expected = lowest.map_or(Ordering::Equal, |lowest| one.contains(lowest).cmp(&two.contains(lowest)));
            prop_assert_eq!(a.compare_from_lowest(&b), expected);
        }
    }
}
