//! What could be asked for instead: the next best sets.

use std::collections::BTreeSet;

use super::bits::Bits;
use super::choose::Rank;
use super::universe::Weight;
use super::{Cover, CoverProblem, Instance, cover};

/// The sets that hold some scopes and lack others, by the best of them. Together with the best sets of all such parts
/// that were looked into, the parts hold every set once (Lawler 1972, on the k best solutions).
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    cost: (Weight, Rank),
    best: Bits,
    proven: bool,
    forced: Bits,
    forbidden: Bits,
}

impl CoverProblem<'_> {
    /// The best covers, the best of all first: at most `most`, none of which could do without one of its scopes or
    /// with what that implies instead. The bound holds for all of them together; once it ended the search those that follow are not proven to be the next.
    #[must_use]
    pub fn alternatives(&self, most: usize) -> Vec<Cover> {
        let wanted = self.allowed();
        let instance = Instance::new(self, &wanted);
        let mut steps = self.steps;
        let nothing = instance.universe.nothing();
        let mut parts: BTreeSet<Part> = instance.part(&nothing, &nothing, &mut steps).into_iter().collect();
        let mut covers: Vec<Cover> = Vec::new();
        let mut proven = true;
        while let Some(part) = parts.pop_first().filter(|_| covers.len() < most) {
            proven &= part.proven;
            let scopes = instance.universe.generators(&part.best);
            if instance.without_spare(&part.best) == part.best {
                covers.push(cover(&instance, &part.best, proven, &wanted));
            }
            let mut forced = part.forced.clone();
            for scope in scopes.without(&part.forced).iter() {
                if steps == 0 {
                    break;
                }
                let mut forbidden = part.forbidden.clone();
                forbidden.insert(scope);
                // the work of a part that has no answer counts, too
                steps = steps.saturating_sub(u64::try_from(instance.rows.len()).unwrap_or(u64::MAX));
                parts.extend(instance.part(&forced, &forbidden, &mut steps));
                forced.insert(scope);
            }
        }
        covers
    }
}

impl Instance<'_> {
    fn part(&self, forced: &Bits, forbidden: &Bits, steps: &mut u64) -> Option<Part> {
        let (best, proven) = self.least(forced, forbidden, steps)?;
        Some(Part { cost: self.cost(&best), best, proven, forced: forced.clone(), forbidden: forbidden.clone() })
    }
}
