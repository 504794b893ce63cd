//! Branch and bound over closed sets of scopes.
//!
//! What a set of scopes satisfies, unlocks and risks depends only on what it amounts to, itself and everything that it
//! implies: a closed set. So the search runs over closed sets, and an alternative is the closed set that it adds.

use std::ops::Add;

use super::bits::Bits;
use super::universe::Universe;
use crate::scope::{Risk, ScopeSet};

/// How many scopes of each risk, the most critical first: compared in that order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weight([usize; 4]);

impl Weight {
    pub(super) fn add(&mut self, risk: Risk) {
        let position = Risk::DESCENDING.iter().position(|candidate| *candidate == risk);
        if let Some(count) = position.and_then(|position| self.0.get_mut(position)) {
            *count += 1;
        }
    }
}

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

/// A requirement as the search sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) alternatives: Vec<Alternative>,
}

/// One alternative: what has to be held, and what holding it amounts to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Alternative {
    pub(super) needs: Bits,
    pub(super) closure: Bits,
}

impl Row {
    pub(super) fn is_satisfied(&self, held: &Bits) -> bool {
        self.alternatives.iter().any(|alternative| alternative.needs.is_subset(held))
    }

    /// Everything that some alternative would add.
    pub(super) fn reach(&self, held: &Bits, universe: &Universe<'_>) -> Bits {
        let mut reach = universe.nothing();
        self.alternatives.iter().for_each(|alternative| reach.unite(&alternative.closure));
        reach.without(held)
    }
}

/// Brings rows down to what is still undecided once `held` is held: satisfied rows go, alternatives that add more
/// than another one go, rows with one alternative are held. Every best answer of the whole is still reachable.
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

/// Drops every row that is satisfied whichever way some other one is.
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

/// The rows in groups that share nothing, by what `reach` says that each touches.
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

/// What is minimised, in order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    weight: Weight,
    unlocks: usize,
    count: usize,
    names: Vec<String>,
}

/// One search.
pub(super) struct Search<'s> {
    pub(super) universe: &'s Universe<'s>,
    /// The requirements of endpoints that were not asked for, as far as this search can unlock them. Empty in a search
    /// for the least weight alone.
    pub(super) others: &'s [Row],
    /// Look only at weight, and for a second answer of the same one.
    pub(super) weight_only: bool,
    /// Nodes that may still be visited.
    pub(super) steps: &'s mut u64,
    pub(super) best: Option<(Cost, Bits)>,
    /// Whether a second set of the best weight exists (only with `weight_only`).
    pub(super) ambiguous: bool,
    /// Whether the bound ended the search.
    pub(super) ended: bool,
}

impl Search<'_> {
    /// Visits everything below this node that could be better than the best so far.
    pub(super) fn visit(&mut self, rows: &[Row], held: &Bits) {
        if self.best.is_some() {
            if *self.steps == 0 {
                self.ended = true;
                return;
            }
            *self.steps -= 1;
        }
        let mut held = held.clone();
        let rows = reduce(rows, &mut held);
        if self.is_hopeless(&rows, &held) {
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

    fn is_hopeless(&self, rows: &[Row], held: &Bits) -> bool {
        let Some((best, _)) = &self.best else { return false };
        let bound = self.bound(rows, held);
        if self.weight_only {
            return bound > best.weight || (bound == best.weight && self.ambiguous);
        }
        (bound, self.unlocks(held)) > (best.weight, best.unlocks)
    }

    /// No answer below weighs less: what is held, and of rows that share nothing the least that each adds.
    fn bound(&self, rows: &[Row], held: &Bits) -> Weight {
        let mut taken = self.universe.nothing();
        let mut bound = self.universe.weight(held);
        for row in rows {
            let reach = row.reach(held, self.universe);
            if reach.intersects(&taken) {
                continue;
            }
            taken.unite(&reach);
            let added = row.alternatives.iter().map(|choice| self.universe.weight(&choice.closure.without(held)));
            bound = bound + added.min().unwrap_or_default();
        }
        bound
    }

    fn unlocks(&self, held: &Bits) -> usize {
        self.others.iter().filter(|row| row.is_satisfied(held)).count()
    }

    fn record(&mut self, held: Bits) {
        let weight = self.universe.weight(&held);
        let cost = if self.weight_only {
            Cost { weight, unlocks: 0, count: 0, names: Vec::new() }
        } else {
            let generators: ScopeSet = self.universe.generators(&held);
            let names: Vec<String> = generators.iter().map(ToString::to_string).collect();
            Cost { weight, unlocks: self.unlocks(&held), count: names.len(), names }
        };
        match &self.best {
            Some((best, _)) if cost > *best => {}
            Some((best, known)) if cost == *best => self.ambiguous |= *known != held,
            _ => {
                self.ambiguous = false;
                self.best = Some((cost, held));
            }
        }
    }
}
