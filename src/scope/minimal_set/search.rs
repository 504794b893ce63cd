//! Branch and bound over closed sets of scopes.
//!
//! What a set of scopes satisfies and risks depends only on its closure: the scopes and everything that they imply. So the
//! search runs over closed sets, and an alternative is the closed set that it adds.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::bits::Bits;
use super::inclusion::{self, ByRarest};
use super::universe::{Universe, Weight};
use super::work::Work;

/// Maximum number of solutions of equal weight that are kept for a component.
const MOST_SOLUTIONS: usize = 4096;

/// Number of sets up to which all pairs are compared, because an index would take longer.
const FEW: usize = 16;

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
    pub(super) fn reach(&self, held: &Bits) -> Bits {
        let mut reach = Bits::new();
        self.alternatives.iter().for_each(|alternative| reach.unite(&alternative.closure));
        reach.without(held)
    }
}

/// Reduces rows to what is undecided given `held`: drops satisfied rows and alternatives that add more than another one,
/// and takes the alternative of rows with only one. Every best solution remains reachable.
pub(super) fn reduce(rows: &[Row], held: &mut Bits, work: &Work) -> Vec<Row> {
    let mut left: Vec<Option<Row>> = rows.iter().cloned().map(Some).collect();
    let mut queue = Queue::new(rows.len());
    let mut affected: Option<Affected> = None;
    while let Some(position) = queue.pop() {
        let Some(row) = left.get_mut(position).and_then(Option::take) else { continue };
        work.spend(row.alternatives.len());
        if row.is_satisfied(held) {
            continue;
        }
        let row = absorb(row, held, work);
        if let [only] = row.alternatives.as_slice() {
            let added = only.closure.without(held);
            held.unite(&added);
            let affected = affected.get_or_insert_with(|| Affected::new(rows));
            affected.by(&added).for_each(|other| queue.push(other));
        } else if let Some(left) = left.get_mut(position) {
            *left = Some(row);
        }
    }
    let mut rows: Vec<Row> = left.into_iter().flatten().collect();
    rows.sort_unstable();
    rows.dedup();
    drop_implied(rows, held, work)
}

/// Positions of the rows to examine, each at most once at a time.
struct Queue {
    positions: VecDeque<usize>,
    is_waiting: Vec<bool>,
}

impl Queue {
    /// Contains all positions.
    fn new(rows: usize) -> Self {
        Self { positions: (0..rows).collect(), is_waiting: vec![true; rows] }
    }

    fn pop(&mut self) -> Option<usize> {
        let position = self.positions.pop_front()?;
        self.is_waiting.get_mut(position).into_iter().for_each(|waiting| *waiting = false);
        Some(position)
    }

    fn push(&mut self, position: usize) {
        if let Some(waiting) = self.is_waiting.get_mut(position).filter(|waiting| !**waiting) {
            *waiting = true;
            self.positions.push_back(position);
        }
    }
}

/// The rows in which scopes occur: only these change when a scope is added. They are indexed by the words of their scopes,
/// because a closure can contain every scope.
struct Affected<'r> {
    rows: &'r [Row],
    positions: HashMap<usize, Vec<usize>>,
}

impl<'r> Affected<'r> {
    fn new(rows: &'r [Row]) -> Self {
        let mut positions: HashMap<usize, Vec<usize>> = HashMap::new();
        for (position, row) in rows.iter().enumerate() {
            for word in row.alternatives.iter().flat_map(|alternative| alternative.closure.words()) {
                let rows = positions.entry(word).or_default();
                if rows.last() != Some(&position) {
                    rows.push(position);
                }
            }
        }
        Self { rows, positions }
    }

    fn by(&self, added: &Bits) -> impl Iterator<Item = usize> {
        let candidates = added.words().filter_map(|word| self.positions.get(&word)).flatten().copied();
        candidates.filter(|position| {
            let row = self.rows.get(*position);
            row.is_some_and(|row| row.alternatives.iter().any(|alternative| alternative.closure.intersects(added)))
        })
    }
}

fn absorb(row: Row, held: &Bits, work: &Work) -> Row {
    let added: Vec<Bits> = row.alternatives.iter().map(|alternative| alternative.closure.without(held)).collect();
    let by_rarest = (added.len() > FEW).then(|| ByRarest::new(&added, work));
    let is_dominated = |index: usize, bits: &Bits| {
        let is_less = |other: usize| {
            work.spend(1);
            let smaller = added.get(other).filter(|_| other != index);
            smaller.is_some_and(|smaller| smaller.is_subset(bits) && (smaller != bits || other < index))
        };
        match &by_rarest {
            Some(by_rarest) => by_rarest.candidates(bits).any(is_less),
            None => (0..added.len()).any(is_less),
        }
    };
    let kept: Vec<bool> = added.iter().enumerate().map(|(index, bits)| !is_dominated(index, bits)).collect();
    let alternatives = row.alternatives.into_iter().zip(kept).filter(|(_, kept)| *kept);
    Row { alternatives: alternatives.map(|(alternative, _)| alternative).collect() }
}

/// Drops rows that are satisfied whenever another row is.
fn drop_implied(rows: Vec<Row>, held: &Bits, work: &Work) -> Vec<Row> {
    let implies = |one: &Row, other: &Row| {
        one.alternatives.iter().all(|chosen| {
            other.alternatives.iter().any(|alternative| {
                work.spend(1);
                alternative.needs.is_subset_of_both(&chosen.closure, held)
            })
        })
    };
    let mut redundant = vec![false; rows.len()];
    let candidates = Implied::new(&rows, held, work);
    for (position, by) in rows.iter().enumerate() {
        for other in candidates.by(by) {
            let Some(row) = rows.get(other).filter(|_| other != position) else { continue };
            if implies(by, row) && (position < other || !implies(row, by)) {
                redundant.get_mut(other).into_iter().for_each(|redundant| *redundant = true);
            }
        }
    }
    rows.into_iter().zip(redundant).filter(|(_, redundant)| !redundant).map(|(row, _)| row).collect()
}

/// An index of rows, to find those that another row may imply.
struct Implied {
    rows: usize,
    /// The needs of all alternatives, and the row of each; `None` for few rows.
    needs: Option<(ByRarest, Vec<usize>)>,
}

impl Implied {
    /// Indexes rows, none of which is satisfied.
    fn new(rows: &[Row], held: &Bits, work: &Work) -> Self {
        let needs = (rows.len() > FEW).then(|| {
            let all = rows.iter().enumerate().flat_map(|(position, row)| {
                row.alternatives.iter().map(move |alternative| (alternative.needs.without(held), position))
            });
            let (needs, positions): (Vec<Bits>, Vec<usize>) = all.unzip();
            (ByRarest::new(&needs, work), positions)
        });
        Self { rows: rows.len(), needs }
    }

    /// Returns the rows that this row may imply, going by the alternative with the fewest candidates.
    fn by(&self, row: &Row) -> Vec<usize> {
        let Some((needs, positions)) = &self.needs else { return (0..self.rows).collect() };
        let least = row.alternatives.iter().min_by_key(|alternative| needs.count(&alternative.closure));
        let candidates = least.into_iter().flat_map(|alternative| needs.candidates(&alternative.closure));
        let mut rows: Vec<usize> = candidates.filter_map(|number| positions.get(number)).copied().collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

/// Splits rows into independent components, by their reach.
pub(super) fn components(rows: Vec<Row>, held: &Bits) -> Vec<Vec<Row>> {
    let reaches: Vec<Bits> = rows.iter().map(|row| row.reach(held)).collect();
    let mut groups: BTreeMap<usize, Vec<Row>> = BTreeMap::new();
    for (row, group) in rows.into_iter().zip(inclusion::groups(&reaches)) {
        groups.entry(group).or_default().push(row);
    }
    groups.into_values().collect()
}

/// Returns a closed set that satisfies every row: for each row in turn, the alternative that adds the least weight.
fn greedy(rows: &[Row], held: &Bits, universe: &Universe<'_>) -> Bits {
    let mut held = held.clone();
    for row in rows {
        if row.is_satisfied(&held) {
            continue;
        }
        let added = |alternative: &&Alternative| universe.weight(&alternative.closure.without(&held));
        if let Some(least) = row.alternatives.iter().min_by_key(added) {
            held.unite(&least.closure);
        }
    }
    held
}

/// A search for the closed sets of minimal weight that satisfy the rows of a component.
pub(super) struct Search<'s> {
    universe: &'s Universe<'s>,
    work: &'s Work,
    best: Option<Weight>,
    /// All sets of that weight.
    solutions: BTreeSet<Bits>,
    /// Whether a limit ended the search.
    ended: bool,
}

impl<'s> Search<'s> {
    /// Returns the solutions, and whether they are proven minimal. There is at least one, unless a row has no alternative.
    pub(super) fn run(rows: &[Row], held: &Bits, universe: &'s Universe<'s>, work: &'s Work) -> (Vec<Bits>, bool) {
        let mut search = Self { universe, work, best: None, solutions: BTreeSet::new(), ended: false };
        search.record(greedy(rows, held, universe));
        search.visit(rows, held);
        (search.solutions.into_iter().collect(), !search.ended)
    }

    /// Visits every node below this one that could be as good as the best solution so far.
    fn visit(&mut self, rows: &[Row], held: &Bits) {
        if self.work.is_spent() {
            self.ended = true;
            return;
        }
        let mut held = held.clone();
        let rows = reduce(rows, &mut held, self.work);
        // the bound and the choice go over the alternatives again
        self.work.spend(rows.iter().map(|row| 2 * row.alternatives.len()).sum::<usize>() + 1);
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
                let reach = row.reach(held);
                (reach.len(), reach, row)
            })
            .collect();
        reaches.sort_unstable();
        let mut taken = Bits::new();
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
