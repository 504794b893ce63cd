//! Choice among solutions of equal weight: the fewest other endpoints, then the fewest scopes, then the first names.
//!
//! Components are independent, so each has its own solutions; but another endpoint may need scopes of two components, and
//! then their solutions must be chosen together.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::bits::Bits;
use super::inclusion;
use super::search::Row;
use super::universe::Universe;
use super::work::Work;

/// A requirement of other endpoints, and the number of endpoints with it.
pub(super) type Other = (Row, usize);

/// Solutions of a component: the scopes that each adds to the common ones.
#[derive(Clone, Debug)]
struct Component {
    solutions: Vec<Bits>,
    /// Union of the solutions.
    reach: Bits,
    /// Fewest scopes and first names of a solution; `None` if they are not additive over components, because a solution
    /// implies a common scope.
    fewest: Option<(usize, Bits)>,
}

/// Criteria after the weight, in order of priority. Of sets with the same number of scopes, the first by name contains
/// the lowest index in which they differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) unlocks: usize,
    count: usize,
    names: Reverse<Names>,
}

/// Names of a set, compared from the lowest index: the set that contains it is greater.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Names(Bits);

impl Ord for Names {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.compare_from_lowest(&other.0)
    }
}

impl PartialOrd for Names {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Ranks a closed set.
pub(super) fn rank(held: &Bits, others: &[Other], universe: &Universe<'_>) -> Rank {
    let generators = universe.generators(held);
    let unlocked = others.iter().filter(|(row, _)| row.is_satisfied(held)).map(|(_, count)| count);
    Rank { unlocks: unlocked.sum(), count: generators.len(), names: Reverse(Names(generators)) }
}

/// Chooses a solution of each component. `held`: scopes common to all solutions. The second value is whether the choice is
/// proven.
pub(super) fn choose(
    held: &Bits,
    components: Vec<Vec<Bits>>,
    others: &[Other],
    universe: &Universe<'_>,
    work: &Work,
) -> (Bits, bool) {
    let mut held = held.clone();
    let mut proven = true;
    let mut open: Vec<Component> =
        components.into_iter().map(|solutions| Component::new(&solutions, &held, universe)).collect();
    // a settled component can settle others
    loop {
        let before = open.len();
        let live = live(others, &held, &open);
        for component in &mut open {
            proven &= component.drop_dominated(&live, universe, work);
        }
        let settled = open.extract_if(.., |component| component.solutions.len() < 2);
        settled.for_each(|component| held.unite(&component.reach));
        if open.len() == before {
            break;
        }
    }
    let live = live(others, &held, &open);
    let mut whole = held.clone();
    for (group, others) in groups(open, &live, &held) {
        let mut choice = Choice { universe, others: &others, work, best: None, ended: false };
        choice.visit(&group, &held);
        proven &= !choice.ended;
        choice.best.into_iter().for_each(|(_, found)| whole.unite(&found));
    }
    (whole, proven)
}

impl Component {
    /// `solutions` include the common scopes.
    fn new(solutions: &[Bits], held: &Bits, universe: &Universe<'_>) -> Self {
        let solutions: Vec<Bits> = solutions.iter().map(|solution| solution.without(held)).collect();
        // a solution that implies a common scope changes the number of scopes
        let spares = |solution: &Bits| {
            solution.iter().filter_map(|number| universe.closure(number)).any(|closure| closure.intersects(held))
        };
        let plain = !solutions.iter().any(spares);
        let mut component = Self { solutions: Vec::new(), reach: Bits::new(), fewest: None };
        component.keep(solutions, plain, universe);
        component
    }

    fn keep(&mut self, solutions: Vec<Bits>, plain: bool, universe: &Universe<'_>) {
        self.reach = Bits::new();
        for solution in &solutions {
            self.reach.unite(solution);
        }
        let generators = || solutions.iter().map(|solution| universe.generators(solution));
        let count = generators().map(|generators| generators.len()).min();
        let first = generators().map(Names).max();
        self.fewest = count.zip(first).filter(|_| plain).map(|(count, names)| (count, names.0));
        self.solutions = solutions;
    }

    /// Drops solutions that are never better than another one, whatever is chosen for the other components: they satisfy
    /// at least the same endpoints, with no fewer scopes and no earlier names. Returns false if the limit ended the
    /// comparison: then solutions that were not compared are dropped as well.
    fn drop_dominated(&mut self, live: &[Other], universe: &Universe<'_>, work: &Work) -> bool {
        if self.solutions.len() < 2 || self.fewest.is_none() {
            return true;
        }
        let mut matters = Bits::new();
        live.iter().flat_map(|(row, _)| &row.alternatives).for_each(|alternative| matters.unite(&alternative.needs));
        let mut ordered: Vec<((usize, Reverse<Names>), Bits)> = self
            .solutions
            .iter()
            .map(|solution| {
                let generators = universe.generators(solution);
                ((generators.len(), Reverse(Names(generators))), solution.clone())
            })
            .collect();
        ordered.sort_by(|one, other| one.0.cmp(&other.0));
        let mut kept: Vec<(Bits, Bits)> = Vec::new();
        let mut proven = true;
        for (_, solution) in ordered {
            if work.is_spent() && !kept.is_empty() {
                proven = false;
                break;
            }
            work.spend(kept.len() + 1);
            let touched = solution.both(&matters);
            if !kept.iter().any(|(less, _)| less.is_subset(&touched)) {
                kept.push((touched, solution));
            }
        }
        self.keep(kept.into_iter().map(|(_, solution)| solution).collect(), true, universe);
        proven
    }
}

/// Returns the other requirements that the open components can still satisfy, with their reachable alternatives.
fn live(others: &[Other], held: &Bits, open: &[Component]) -> Vec<Other> {
    let mut reach = held.clone();
    for component in open {
        reach.unite(&component.reach);
    }
    others
        .iter()
        .filter(|(row, _)| !row.is_satisfied(held))
        .filter_map(|(row, count)| {
            let reachable = row.alternatives.iter().filter(|alternative| alternative.needs.is_subset(&reach));
            let row = Row { alternatives: reachable.cloned().collect() };
            (!row.alternatives.is_empty()).then_some((row, *count))
        })
        .collect()
}

/// Groups components that can satisfy a requirement together.
fn groups(open: Vec<Component>, live: &[Other], held: &Bits) -> Vec<(Vec<Component>, Vec<Other>)> {
    let needs = |(row, _): &Other| {
        let mut needs = Bits::new();
        row.alternatives.iter().for_each(|alternative| needs.unite(&alternative.needs.without(held)));
        needs
    };
    let touched: Vec<Bits> =
        open.iter().map(|component| component.reach.clone()).chain(live.iter().map(needs)).collect();
    let numbers = inclusion::groups(&touched);
    let (components, others) = numbers.split_at_checked(open.len()).unwrap_or((&numbers, &[]));
    let mut groups: BTreeMap<usize, (Vec<Component>, Vec<Other>)> = BTreeMap::new();
    for (component, group) in open.into_iter().zip(components) {
        groups.entry(*group).or_default().0.push(component);
    }
    for (other, group) in live.iter().zip(others) {
        groups.entry(*group).or_default().1.push(other.clone());
    }
    groups.into_values().collect()
}

/// A search over a group.
struct Choice<'c> {
    universe: &'c Universe<'c>,
    others: &'c [Other],
    work: &'c Work,
    best: Option<(Rank, Bits)>,
    ended: bool,
}

impl Choice<'_> {
    /// `chosen`: the common scopes and the solutions chosen so far.
    fn visit(&mut self, open: &[Component], chosen: &Bits) {
        let Some((first, rest)) = open.split_first() else {
            let rank = rank(chosen, self.others, self.universe);
            if self.best.as_ref().is_none_or(|(best, _)| rank < *best) {
                self.best = Some((rank, chosen.clone()));
            }
            return;
        };
        if self.work.is_spent() {
            self.ended = true;
            // without time to compare, take the first solution of each component
            if self.best.is_none()
                && let Some(solution) = first.solutions.first()
            {
                let mut next = chosen.clone();
                next.unite(solution);
                self.visit(rest, &next);
            }
            return;
        }
        let compared: usize = self.others.iter().map(|(row, _)| row.alternatives.len()).sum();
        self.work.spend((compared + 1).saturating_mul(open.len() + first.solutions.len()));
        if let Some((best, _)) = &self.best
            && self.bound(open, chosen) >= *best
        {
            return;
        }
        let mut choices: Vec<(Rank, Bits)> = first
            .solutions
            .iter()
            .map(|solution| {
                let mut next = chosen.clone();
                next.unite(solution);
                (rank(&next, self.others, self.universe), next)
            })
            .collect();
        choices.sort();
        for (_, next) in choices {
            self.visit(rest, &next);
        }
    }

    /// Returns a lower bound of the rank below this node: the endpoints already satisfied, and for each open component the
    /// fewest that only it can satisfy, its fewest scopes and its first names.
    fn bound(&self, open: &[Component], chosen: &Bits) -> Rank {
        let mut rank = rank(chosen, self.others, self.universe);
        let mut pending: Vec<&Other> = self.others.iter().filter(|(row, _)| !row.is_satisfied(chosen)).collect();
        for component in open {
            let mut reach = chosen.clone();
            reach.unite(&component.reach);
            let own = |row: &Row| row.alternatives.iter().all(|alternative| alternative.needs.is_subset(&reach));
            let exclusive: Vec<&Other> = pending.iter().filter(|(row, _)| own(row)).copied().collect();
            let unlocks = component.solutions.iter().map(|solution| {
                let unlocked = exclusive.iter().filter(|(row, _)| row.is_satisfied_by_both(chosen, solution));
                unlocked.map(|(_, count)| count).sum::<usize>()
            });
            rank.unlocks += unlocks.min().unwrap_or_default();
            pending.retain(|(row, _)| !own(row));
        }
        let fewest: Option<Vec<&(usize, Bits)>> = open.iter().map(|component| component.fewest.as_ref()).collect();
        match fewest {
            Some(fewest) => {
                for (count, names) in fewest {
                    rank.count += count;
                    rank.names.0.0.unite(names);
                }
            }
            None => rank.count = 0,
        }
        rank
    }
}
