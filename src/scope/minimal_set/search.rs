//! Branch and bound over closed sets of scopes.
//!
//! What a set of scopes satisfies and risks depends only on its closure: the scopes and everything that they imply. So the
//! search runs over closed sets, and an alternative is the closed set that it adds.

use std::collections::BTreeSet;

use super::bits::Bits;
use super::universe::{Universe, Weight};

/// Maximum number of solutions of equal weight that are kept for a component.
const MOST_SOLUTIONS: usize = 4096;

/// A requirement in the search.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) alternatives: Vec<Alternative>,
}

/// An alternative: the required scopes, and their closure.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Alternative {
    pub(super) needs: Bits,
    pub(super) closure: Bits,
}

impl Row {
    pub(super) fn is_satisfied(&self, held: &Bits) -> bool {
        self.alternatives.iter().any(|alternative| alternative.needs.is_subset(held))
    }

    /// Returns whether the union of two sets satisfies the row.
    pub(super) fn is_satisfied_by_both(&self, one: &Bits, other: &Bits) -> bool {
        self.alternatives.iter().any(|alternative| alternative.needs.is_subset_of_both(one, other))
    }

    /// Returns everything that any alternative would add.
    pub(super) fn reach(&self, held: &Bits, universe: &Universe<'_>) -> Bits {
        let mut reach = universe.nothing();
        self.alternatives.iter().for_each(|alternative| reach.unite(&alternative.closure));
        reach.without(held)
    }
}

/// Reduces rows to what is undecided given `held`: drops satisfied rows and alternatives that add more than another one,
/// and takes the alternative of rows with only one. Every best solution remains reachable.
pub(super) fn reduce(rows: &[Row], held: &mut Bits) -> Vec<Row> {
    let mut rows: Vec<Row> = rows.to_vec();
    loop {
        let mut forced = false;
        let mut left = Vec::with_capacity(rows.len());
        for row in rows {
            if row.is_satisfied(held) {
                continue;
            }
            let row = absorb(row, held);
            match row.alternatives.as_slice() {
                [only] => {
                    held.unite(&only.closure);
                    forced = true;
                }
                _ => left.push(row),
            }
        }
        rows = left;
        if !forced {
            break;
        }
    }
    rows.sort_unstable();
    rows.dedup();
    drop_implied(rows, held)
}

fn absorb(row: Row, held: &Bits) -> Row {
    let added: Vec<Bits> = row.alternatives.iter().map(|alternative| alternative.closure.without(held)).collect();
    let dominated = |index: usize, bits: &Bits| {
        added
            .iter()
            .enumerate()
            .any(|(other, smaller)| other != index && smaller.is_subset(bits) && (smaller != bits || other < index))
    };
    let kept: Vec<bool> = added.iter().enumerate().map(|(index, bits)| !dominated(index, bits)).collect();
    let alternatives = row.alternatives.into_iter().zip(kept).filter(|(_, kept)| *kept);
    Row { alternatives: alternatives.map(|(alternative, _)| alternative).collect() }
}

/// Drops rows that are satisfied whenever another row is.
fn drop_implied(rows: Vec<Row>, held: &Bits) -> Vec<Row> {
    let implies = |one: &Row, other: &Row| {
        one.alternatives.iter().all(|chosen| {
            other.alternatives.iter().any(|alternative| alternative.needs.is_subset_of_both(&chosen.closure, held))
        })
    };
    let redundant: Vec<bool> = rows
        .iter()
        .enumerate()
        .map(|(index, row)| {
            rows.iter()
                .enumerate()
                .any(|(other, by)| other != index && implies(by, row) && (other < index || !implies(row, by)))
        })
        .collect();
    rows.into_iter().zip(redundant).filter(|(_, redundant)| !redundant).map(|(row, _)| row).collect()
}

/// Splits rows into independent components, by their reach.
pub(super) fn components(rows: Vec<Row>, held: &Bits, universe: &Universe<'_>) -> Vec<Vec<Row>> {
    let mut groups: Vec<(Bits, Vec<Row>)> = Vec::new();
    for row in rows {
        let mut reach = row.reach(held, universe);
        let mut members = vec![row];
        groups.retain_mut(|(touched, rows)| {
            let joins = touched.intersects(&reach);
            if joins {
                reach.unite(touched);
                members.append(rows);
            }
            !joins
        });
        groups.push((reach, members));
    }
    groups.into_iter().map(|(_, rows)| rows).collect()
}

/// A search for the closed sets of minimal weight that satisfy the rows of a component.
pub(super) struct Search<'s> {
    universe: &'s Universe<'s>,
    /// Remaining work, in examined alternatives.
    steps: &'s mut u64,
    best: Option<Weight>,
    /// All sets of that weight.
    solutions: BTreeSet<Bits>,
    /// Whether a limit ended the search.
    ended: bool,
}

impl<'s> Search<'s> {
    /// Returns the solutions, and whether they are proven minimal. There is at least one, unless a row has no alternative.
    pub(super) fn run(rows: &[Row], held: &Bits, universe: &'s Universe<'s>, steps: &'s mut u64) -> (Vec<Bits>, bool) {
        let mut search = Self { universe, steps, best: None, solutions: BTreeSet::new(), ended: false };
        search.visit(rows, held);
        (search.solutions.into_iter().collect(), !search.ended)
    }

    /// Visits every node below this one that could be as good as the best solution so far.
    fn visit(&mut self, rows: &[Row], held: &Bits) {
        if self.best.is_some() {
            let work = rows.iter().map(|row| row.alternatives.len()).sum::<usize>() * rows.len() + 1;
            match self.steps.checked_sub(u64::try_from(work).unwrap_or(u64::MAX)) {
                Some(left) => *self.steps = left,
                None => {
                    self.ended = true;
                    return;
                }
            }
        }
        let mut held = held.clone();
        let rows = reduce(rows, &mut held);
        if self.best.is_some_and(|best| self.bound(&rows, &held) > best) {
            return;
        }
        let Some(branch) = rows.iter().min_by_key(|row| row.alternatives.len()) else {
            self.record(held);
            return;
        };
        let mut choices: Vec<(Weight, &Alternative)> = branch
            .alternatives
            .iter()
            .map(|alternative| (self.universe.weight(&alternative.closure.without(&held)), alternative))
            .collect();
        choices.sort();
        for (_, choice) in choices {
            let mut next = held.clone();
            next.unite(&choice.closure);
            self.visit(&rows, &next);
        }
    }

    /// Returns a lower bound of the weight below this node: the held scopes, and the minimum that each of several
    /// independent rows adds. Rows with the smallest reach come first, to leave room for more of them.
    fn bound(&self, rows: &[Row], held: &Bits) -> Weight {
        let mut reaches: Vec<(usize, Bits, &Row)> = rows
            .iter()
            .map(|row| {
                let reach = row.reach(held, self.universe);
                (reach.len(), reach, row)
            })
            .collect();
        reaches.sort_unstable();
        let mut taken = self.universe.nothing();
        let mut bound = self.universe.weight(held);
        for (_, reach, row) in reaches {
            if reach.intersects(&taken) {
                continue;
            }
            taken.unite(&reach);
            let added = row.alternatives.iter().map(|choice| self.universe.weight(&choice.closure.without(held)));
            bound = bound + added.min().unwrap_or_default();
        }
        bound
    }

    fn record(&mut self, held: Bits) {
        let weight = self.universe.weight(&held);
        if self.best.is_none_or(|best| weight < best) {
            self.best = Some(weight);
            self.solutions.clear();
        } else if self.best.is_some_and(|best| weight > best) {
            return;
        }
        self.solutions.insert(held);
        if self.solutions.len() > MOST_SOLUTIONS {
            self.solutions.pop_last();
            self.ended = true;
        }
    }
}
