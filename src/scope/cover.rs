//! The least privileged set of scopes that satisfies several endpoints, with its certificate.

mod alternatives;
mod bits;
mod certificate;
mod choose;
mod search;
mod universe;

use std::collections::{BTreeMap, HashMap};

use self::bits::Bits;
use self::certificate::certify;
use self::choose::{Other, Rank, choose, rank};
use self::search::{Alternative, Row, Search, components, reduce};
use self::universe::{Universe, Weight};
use super::{Hierarchy, Requirement, Scope, ScopeSet};

/// The question: which scopes satisfy all of `wanted` with the least privilege.
#[derive(Clone, Debug)]
pub struct CoverProblem<'a> {
    /// The endpoints asked for: a name each, as it shall stand in the certificate, and what it requires.
    pub wanted: Vec<(&'a str, &'a Requirement)>,
    /// What the other endpoints of the API require: a set is better when it unlocks fewer of them.
    pub others: Vec<&'a Requirement>,
    /// Risks and implication.
    pub hierarchy: &'a Hierarchy,
    /// A client's `may_request`: no scope is taken that these don't grant. `None`: no ceiling.
    pub ceiling: Option<&'a ScopeSet>,
    /// Where an endpoint accepts an alternative with one of these, it has to be satisfied by such a one.
    pub prefer: Option<&'a ScopeSet>,
    /// Taken only where nothing else will do, whatever the risks.
    pub avoid: Option<&'a ScopeSet>,
    /// How much work the search may do, in alternatives looked at, before it gives the best set found so far as not
    /// proven.
    pub steps: u64,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// The scopes to ask for.
    pub scopes: ScopeSet,
    /// Whether no better set exists; false when the search was ended by its bound.
    pub proven: bool,
    /// How many of the other endpoints the set unlocks.
    pub unlocks: usize,
    /// Why each of them is needed.
    pub certificate: Certificate,
    /// The endpoints that can't be satisfied below the ceiling, in the order in which they were asked for. They are
    /// not covered, and nothing is asked for on their behalf.
    pub uncovered: Vec<Uncovered>,
}

/// Why a cover is sufficient, and why nothing can be left out of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// For each endpoint the alternative that satisfies it, in the order in which they were asked for.
    pub endpoints: Vec<(String, ScopeSet)>,
    /// For each scope of the cover the endpoints that would break without it.
    pub scopes: Vec<(Scope, Vec<String>)>,
}

/// An endpoint that the ceiling leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncovered {
    /// Its name.
    pub endpoint: String,
    /// For each alternative the scopes that are above the ceiling.
    pub beyond: Vec<ScopeSet>,
}

impl<'a> CoverProblem<'a> {
    /// The bound that callers use unless they know better: about a second.
    pub const STEPS: u64 = 50_000_000;

    /// Finds the cover that minimises, in this order: the number of scopes to avoid, and of each risk from the most
    /// critical down, counted over everything that the set amounts to (a scope that implies ten others weighs eleven, so
    /// a wide one never looks smaller than the narrow ones it contains); the endpoints unlocked beyond those asked for;
    /// the number of scopes; the names.
    #[must_use]
    pub fn solve(&self) -> Cover {
        let wanted = self.allowed();
        let instance = Instance::new(self, &wanted);
        let mut steps = self.steps;
        let nothing = instance.universe.nothing();
        let (held, proven) = match instance.least(&nothing, &nothing, &mut steps) {
            Some(found) => found,
            // there is no row without an alternative
            None => (nothing, false),
        };
        cover(&instance, &held, proven, &wanted)
    }

    /// What each endpoint may be satisfied by, below the ceiling and by the preferred scopes, and the endpoints that may
    /// not be satisfied at all.
    fn allowed(&self) -> Wanted<'a> {
        let mut wanted = Wanted { endpoints: Vec::new(), distinct: Vec::new(), uncovered: Vec::new() };
        let mut known: HashMap<&Requirement, Result<usize, Vec<ScopeSet>>> = HashMap::new();
        for (name, requirement) in &self.wanted {
            let allowed = known.entry(*requirement).or_insert_with(|| {
                let allowed = self.allowed_of(requirement)?;
                wanted.distinct.push(allowed);
                Ok(wanted.distinct.len() - 1)
            });
            match allowed {
                Ok(number) => wanted.endpoints.push((*name, *number)),
                Err(beyond) => {
                    wanted.uncovered.push(Uncovered { endpoint: (*name).to_owned(), beyond: beyond.clone() });
                }
            }
        }
        wanted
    }

    /// The alternatives that may be taken; where there is none, what of each is above the ceiling.
    fn allowed_of(&self, requirement: &Requirement) -> Result<Requirement, Vec<ScopeSet>> {
        let beyond = |alternative: &ScopeSet| -> ScopeSet {
            let above =
                |scope: &&Scope| self.ceiling.is_some_and(|ceiling| !self.hierarchy.satisfies(ceiling, scope.as_str()));
            alternative.iter().filter(above).cloned().collect()
        };
        let preferred = |alternative: &&ScopeSet| {
            self.prefer.is_some_and(|prefer| alternative.iter().any(|scope| prefer.contains(scope.as_str())))
        };
        let below: Vec<&ScopeSet> =
            requirement.alternatives().iter().filter(|alternative| beyond(alternative).is_empty()).collect();
        let mut pinned = below.iter().copied().filter(preferred).peekable();
        let allowed = match pinned.peek() {
            Some(_) => Requirement::any_of(pinned.cloned()),
            None => Requirement::any_of(below.into_iter().cloned()),
        };
        allowed.ok_or_else(|| requirement.alternatives().iter().map(beyond).collect())
    }
}

fn cover(instance: &Instance<'_>, held: &Bits, proven: bool, wanted: &Wanted<'_>) -> Cover {
    let held = instance.without_spare(held);
    let scopes = instance.universe.generators(&held);
    Cover {
        unlocks: rank(&held, &instance.others, &instance.universe).unlocks,
        certificate: certify(&scopes, wanted, &instance.universe),
        scopes: instance.universe.scopes(&scopes),
        proven,
        uncovered: wanted.uncovered.clone(),
    }
}

/// What is asked for, equal requirements once.
struct Wanted<'a> {
    /// Each endpoint with the number of what it may be satisfied by.
    endpoints: Vec<(&'a str, usize)>,
    distinct: Vec<Requirement>,
    uncovered: Vec<Uncovered>,
}

/// A problem by numbers.
struct Instance<'a> {
    universe: Universe<'a>,
    rows: Vec<Row>,
    others: Vec<Other>,
}

impl<'a> Instance<'a> {
    fn new(problem: &'a CoverProblem<'_>, wanted: &'a Wanted<'_>) -> Self {
        let none = ScopeSet::new();
        let universe =
            Universe::new(problem.hierarchy, problem.avoid.unwrap_or(&none), &wanted.distinct, &problem.others);
        // an alternative with a scope that no answer can hold plays no part
        let row = |requirement: &Requirement| {
            let needs = requirement.alternatives().iter().filter_map(|alternative| universe.exactly(alternative));
            Row { alternatives: needs.map(|needs| Alternative { closure: universe.closed(&needs), needs }).collect() }
        };
        let mut rows: Vec<Row> = wanted.distinct.iter().map(row).collect();
        rows.sort_unstable();
        rows.dedup();
        let mut others: BTreeMap<Row, usize> = BTreeMap::new();
        for other in problem.others.iter().filter(|other| !other.is_none()) {
            let row = row(other);
            if !row.alternatives.is_empty() {
                *others.entry(row).or_default() += 1;
            }
        }
        let others = others.into_iter().collect();
        Self { universe, rows, others }
    }

    /// The best closed set that holds `forced` and nothing of `forbidden`, and whether that is proven. `None` when there
    /// is no such set.
    ///
    /// The weight of a set is the sum over components that share nothing, so each is searched by itself. What is unlocked
    /// is not: an endpoint may need something of two components. Only where components have several answers of the least
    /// weight does that matter: then one of each is chosen.
    fn least(&self, forced: &Bits, forbidden: &Bits, steps: &mut u64) -> Option<(Bits, bool)> {
        let mut held = self.universe.closed(forced);
        if held.intersects(forbidden) {
            return None;
        }
        let mut rows = self.rows.clone();
        for row in &mut rows {
            row.alternatives.retain(|alternative| !alternative.closure.intersects(forbidden));
        }
        if rows.iter().any(|row| row.alternatives.is_empty()) {
            return None;
        }
        let rows = reduce(&rows, &mut held);
        let mut proven = true;
        let mut answers: Vec<Vec<Bits>> = Vec::new();
        for component in components(rows, &held, &self.universe) {
            let (found, whole) = Search::run(&component, &held, &self.universe, steps);
            proven &= whole;
            answers.push(found);
        }
        let (held, chosen) = choose(&held, answers, &self.others, &self.universe, steps);
        Some((held, proven && chosen))
    }

    /// The closed set without what no row needs, the last name first: a proven answer has nothing of that.
    fn without_spare(&self, held: &Bits) -> Bits {
        let mut least = held.clone();
        let mut open: Vec<usize> = self.universe.generators(&least).iter().collect();
        while let Some(number) = open.pop() {
            let mut fewer = least.clone();
            fewer.remove(number);
            if self.rows.iter().all(|row| row.is_satisfied(&fewer)) {
                // what it implied may be spare now, too
                let before = self.universe.generators(&least);
                open.extend(self.universe.generators(&fewer).without(&before).iter());
                least = fewer;
            }
        }
        least
    }

    fn cost(&self, held: &Bits) -> (Weight, Rank) {
        (self.universe.weight(held), rank(held, &self.others, &self.universe))
    }
}

#[cfg(test)]
mod tests;
