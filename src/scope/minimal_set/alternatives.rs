//! Alternative sets: the next best solutions.

use std::collections::BTreeSet;

use super::bits::Bits;
use super::choose::Rank;
use super::universe::Weight;
use super::work::Work;
use super::{Instance, MinimalSet, MinimalSetProblem, minimal_set};

/// A part of the solution space: the sets with some forced and some forbidden scopes, ordered by the best one. The parts
/// and the solutions already taken partition all sets (Lawler 1972, k best solutions).
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    cost: (Weight, Rank),
    best: Bits,
    proven: bool,
    forced: Bits,
    forbidden: Bits,
}

impl MinimalSetProblem<'_> {
    /// Returns up to `most` sets, best first, without redundant scopes: none could drop a scope, or replace it by what it
    /// implies. The work limit applies to all of them together; sets found after it was reached are not proven.
    #[must_use]
    pub fn alternatives(&self, most: usize) -> Vec<MinimalSet> {
        let wanted = self.allowed();
        let instance = Instance::new(self, &wanted);
        let work = Work::new(self.steps, instance.universe.len());
        let nothing = Bits::new();
        let mut parts: BTreeSet<Part> = instance.part(&nothing, &nothing, &work).into_iter().collect();
        let mut sets: Vec<MinimalSet> = Vec::new();
        let mut proven = true;
        while let Some(part) = parts.pop_first().filter(|_| sets.len() < most) {
            proven &= part.proven;
            let scopes = instance.universe.generators(&part.best);
            if instance.without_spare(&part.best) == part.best {
                sets.push(minimal_set(&instance, &part.best, proven, &wanted));
            }
            let mut forced = part.forced.clone();
            for scope in scopes.without(&part.forced).iter() {
                if work.is_spent() {
                    break;
                }
                let mut forbidden = part.forbidden.clone();
                forbidden.insert(scope);
                // a part without solution counts as work too
                work.spend(instance.rows.len());
                parts.extend(instance.part(&forced, &forbidden, &work));
                forced.insert(scope);
            }
        }
        sets
    }
}

impl Instance<'_> {
    fn part(&self, forced: &Bits, forbidden: &Bits, work: &Work) -> Option<Part> {
        let (best, proven) = self.least(forced, forbidden, work)?;
        Some(Part { cost: self.cost(&best), best, proven, forced: forced.clone(), forbidden: forbidden.clone() })
    }
}
