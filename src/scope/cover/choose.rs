//! Of the answers that weigh the same: the one that unlocks the least, has the fewest scopes, and comes first by name.
//!
//! Components share nothing, so each has answers of its own; but an endpoint that was not asked for may need something
//! of two of them, and then they have to be chosen together.

use std::cmp::Reverse;

use super::bits::Bits;
use super::search::Row;
use super::universe::Universe;

/// An endpoint that was not asked for: what it requires, and how many there are that require just that.
pub(super) type Other = (Row, usize);

/// The answers of one component, each as what it adds to what is held anyway.
#[derive(Clone, Debug)]
struct Component {
    answers: Vec<Bits>,
    /// Everything that some answer adds.
    reach: Bits,
    /// The fewest scopes of an answer, and the names that come first; `None` where these can't be added up over
    /// components, because an answer implies what is held anyway.
    fewest: Option<(usize, Bits)>,
}

/// What is minimised once the weight is the least: in this order. Of sets of the same number of scopes the first by
/// name is the one that holds the lowest number in which they differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) unlocks: usize,
    count: usize,
    names: Reverse<Names>,
}

/// Compared from the lowest number on: the set that holds it is the greater.
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

/// Where a closed set stands.
pub(super) fn rank(held: &Bits, others: &[Other], universe: &Universe<'_>) -> Rank {
    let generators = universe.generators(held);
    let unlocked = others.iter().filter(|(row, _)| row.is_satisfied(held)).map(|(_, count)| count);
    Rank { unlocks: unlocked.sum(), count: generators.len(), names: Reverse(Names(generators)) }
}

/// Takes one answer of each component. `held`: what every answer holds. The second value says whether no better
/// choice exists.
pub(super) fn choose(
    held: &Bits,
    components: Vec<Vec<Bits>>,
    others: &[Other],
    universe: &Universe<'_>,
    steps: &mut u64,
) -> (Bits, bool) {
    let mut held = held.clone();
    let mut proven = true;
    let mut open: Vec<Component> =
        components.into_iter().map(|answers| Component::new(&answers, &held, universe)).collect();
    // what is settled can settle others
    loop {
        let before = open.len();
        let live = live(others, &held, &open);
        for component in &mut open {
            component.drop_dominated(&live, universe);
        }
        let settled = open.extract_if(.., |component| component.answers.len() < 2);
        settled.for_each(|component| held.unite(&component.reach));
        if open.len() == before {
            break;
        }
    }
    let live = live(others, &held, &open);
    let mut whole = held.clone();
    for (group, others) in groups(open, &live, &held, universe) {
        let mut choice = Choice { universe, others: &others, steps, best: None, ended: false };
        choice.visit(&group, &held);
        proven &= !choice.ended;
        choice.best.into_iter().for_each(|(_, found)| whole.unite(&found));
    }
    (whole, proven)
}

impl Component {
    /// `answers` hold what every answer holds, too.
    fn new(answers: &[Bits], held: &Bits, universe: &Universe<'_>) -> Self {
        let answers: Vec<Bits> = answers.iter().map(|answer| answer.without(held)).collect();
        // one that makes something spare that is held anyway counts differently in other company
        let spares = |answer: &Bits| {
            answer.iter().filter_map(|number| universe.closure(number)).any(|closure| closure.intersects(held))
        };
        let plain = !answers.iter().any(spares);
        let mut component = Self { answers: Vec::new(), reach: universe.nothing(), fewest: None };
        component.keep(answers, plain, universe);
        component
    }

    fn keep(&mut self, answers: Vec<Bits>, plain: bool, universe: &Universe<'_>) {
        self.reach = universe.nothing();
        for answer in &answers {
            self.reach.unite(answer);
        }
        let generators = || answers.iter().map(|answer| universe.generators(answer));
        let count = generators().map(|generators| generators.len()).min();
        let first = generators().map(Names).max();
        self.fewest = count.zip(first).filter(|_| plain).map(|(count, names)| (count, names.0));
        self.answers = answers;
    }

    /// Drops answers that can't be better than another one, whatever the other components take: they unlock at least
    /// as much, and are no fewer scopes and no earlier names.
    fn drop_dominated(&mut self, live: &[Other], universe: &Universe<'_>) {
        if self.answers.len() < 2 || self.fewest.is_none() {
            return;
        }
        let mut matters = universe.nothing();
        live.iter().flat_map(|(row, _)| &row.alternatives).for_each(|alternative| matters.unite(&alternative.needs));
        let mut ordered: Vec<((usize, Reverse<Names>), Bits)> = self
            .answers
            .iter()
            .map(|answer| {
                let generators = universe.generators(answer);
                ((generators.len(), Reverse(Names(generators))), answer.clone())
            })
            .collect();
        ordered.sort_by(|one, other| one.0.cmp(&other.0));
        let mut kept: Vec<(Bits, Bits)> = Vec::new();
        for (_, answer) in ordered {
            let touched = answer.both(&matters);
            if !kept.iter().any(|(less, _)| less.is_subset(&touched)) {
                kept.push((touched, answer));
            }
        }
        self.keep(kept.into_iter().map(|(_, answer)| answer).collect(), true, universe);
    }
}

/// The others that the open components can still unlock, each with the alternatives that they can reach.
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

/// Components that unlock something together, with what that is.
fn groups(
    open: Vec<Component>,
    live: &[Other],
    held: &Bits,
    universe: &Universe<'_>,
) -> Vec<(Vec<Component>, Vec<Other>)> {
    let mut groups: Vec<(Bits, Vec<Component>, Vec<Other>)> =
        open.into_iter().map(|component| (component.reach.clone(), vec![component], Vec::new())).collect();
    for other in live {
        let mut needs = universe.nothing();
        other.0.alternatives.iter().for_each(|alternative| needs.unite(&alternative.needs.without(held)));
        let mut joined = (universe.nothing(), Vec::new(), vec![other.clone()]);
        groups.retain_mut(|(touched, components, others)| {
            let joins = touched.intersects(&needs);
            if joins {
                joined.0.unite(touched);
                joined.1.append(components);
                joined.2.append(others);
            }
            !joins
        });
        groups.push(joined);
    }
    groups.into_iter().map(|(_, components, others)| (components, others)).collect()
}

/// One search over a group.
struct Choice<'c> {
    universe: &'c Universe<'c>,
    others: &'c [Other],
    steps: &'c mut u64,
    best: Option<(Rank, Bits)>,
    ended: bool,
}

impl Choice<'_> {
    /// `chosen`: what is held, and the answers chosen so far.
    fn visit(&mut self, open: &[Component], chosen: &Bits) {
        let Some((first, rest)) = open.split_first() else {
            let rank = rank(chosen, self.others, self.universe);
            if self.best.as_ref().is_none_or(|(best, _)| rank < *best) {
                self.best = Some((rank, chosen.clone()));
            }
            return;
        };
        if let Some((best, _)) = &self.best {
            let work = self.others.len() * (open.len() + first.answers.len());
            match self.steps.checked_sub(u64::try_from(work).unwrap_or(u64::MAX)) {
                Some(left) => *self.steps = left,
                None => {
                    self.ended = true;
                    return;
                }
            }
            if self.bound(open, chosen) >= *best {
                return;
            }
        }
        let mut choices: Vec<(Rank, Bits)> = first
            .answers
            .iter()
            .map(|answer| {
                let mut next = chosen.clone();
                next.unite(answer);
                (rank(&next, self.others, self.universe), next)
            })
            .collect();
        choices.sort();
        for (_, next) in choices {
            self.visit(rest, &next);
        }
    }

    /// No choice below ranks lower: what is unlocked already, and for each open component the least that it unlocks of
    /// what no other one can; its fewest scopes; the names that come first.
    fn bound(&self, open: &[Component], chosen: &Bits) -> Rank {
        let mut rank = rank(chosen, self.others, self.universe);
        let mut pending: Vec<&Other> = self.others.iter().filter(|(row, _)| !row.is_satisfied(chosen)).collect();
        for component in open {
            let mut reach = chosen.clone();
            reach.unite(&component.reach);
            let own = |row: &Row| row.alternatives.iter().all(|alternative| alternative.needs.is_subset(&reach));
            let exclusive: Vec<&Other> = pending.iter().filter(|(row, _)| own(row)).copied().collect();
            let unlocks = component.answers.iter().map(|answer| {
                let unlocked = exclusive.iter().filter(|(row, _)| row.is_satisfied_by_both(chosen, answer));
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
