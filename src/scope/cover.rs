//! The least privileged set of scopes that satisfies several endpoints, with its certificate.

mod bits;
mod search;
mod universe;

use self::bits::Bits;
use self::search::{Alternative, Row, Search, components, reduce};
use self::universe::Universe;
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
    /// How many nodes the search may visit before it gives the best set found so far as not proven.
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

impl CoverProblem<'_> {
    /// The bound that callers use unless they know better.
    pub const STEPS: u64 = 2_000_000;

    /// Finds the cover that minimises, in this order: the number of scopes of each risk from the most critical down,
    /// counted over everything that the set amounts to (a scope that implies ten others weighs eleven, so a wide one
    /// never looks smaller than the narrow ones it contains); the endpoints unlocked beyond those asked for; the number
    /// of scopes; the names.
    #[must_use]
    pub fn solve(&self) -> Cover {
        let (wanted, uncovered) = self.below_the_ceiling();
        let requirements = wanted.iter().map(|(_, requirement)| requirement);
        let universe = Universe::new(self.hierarchy, requirements.chain(self.others.iter().copied()));
        let row = |requirement: &Requirement| {
            let alternatives = requirement.alternatives().iter();
            let alternative =
                |needed: &ScopeSet| Alternative { needs: universe.exactly(needed), closure: universe.closure(needed) };
            Row { alternatives: alternatives.map(alternative).collect() }
        };
        let mut rows: Vec<Row> = wanted.iter().map(|(_, requirement)| row(requirement)).collect();
        rows.sort_unstable();
        rows.dedup();
        let others = self.others.iter().filter(|requirement| !requirement.is_none());
        let others: Vec<Row> = others.map(|requirement| row(requirement)).collect();
        let (held, proven) = least(rows, &others, self.steps, &universe);
        let scopes = self.without_spare(universe.generators(&held), &wanted);
        Cover {
            unlocks: others.iter().filter(|row| row.is_satisfied(&universe.closure(&scopes))).count(),
            certificate: self.certify(&scopes, &wanted),
            scopes,
            proven,
            uncovered,
        }
    }

    /// What may be asked for of each endpoint, and the endpoints of which nothing may be.
    fn below_the_ceiling(&self) -> (Vec<(&str, Requirement)>, Vec<Uncovered>) {
        let Some(ceiling) = self.ceiling else {
            return (
                self.wanted.iter().map(|(name, requirement)| (*name, (*requirement).clone())).collect(),
                Vec::new(),
            );
        };
        let mut wanted = Vec::new();
        let mut uncovered = Vec::new();
        for (name, requirement) in &self.wanted {
            let beyond = |alternative: &ScopeSet| -> ScopeSet {
                let scopes = alternative.iter();
                scopes.filter(|scope| !self.hierarchy.satisfies(ceiling, scope.as_str())).cloned().collect()
            };
            let below = requirement.alternatives().iter().filter(|alternative| beyond(alternative).is_empty());
            match Requirement::any_of(below.cloned()) {
                Some(requirement) => wanted.push((*name, requirement)),
                None => uncovered.push(Uncovered {
                    endpoint: (*name).to_owned(),
                    beyond: requirement.alternatives().iter().map(beyond).collect(),
                }),
            }
        }
        (wanted, uncovered)
    }

    /// Drops scopes that nothing needs: there are none in a proven answer.
    fn without_spare(&self, mut scopes: ScopeSet, wanted: &[(&str, Requirement)]) -> ScopeSet {
        let mut order: Vec<Scope> = scopes.iter().cloned().collect();
        order.sort_by_key(|scope| std::cmp::Reverse(self.hierarchy.risk(scope.as_str())));
        for scope in order {
            scopes.remove(scope.as_str());
            if !wanted.iter().all(|(_, requirement)| self.satisfies(&scopes, requirement)) {
                scopes.insert(scope);
            }
        }
        scopes
    }

    fn satisfies(&self, scopes: &ScopeSet, requirement: &Requirement) -> bool {
        requirement.alternatives().iter().any(|alternative| self.hierarchy.satisfies_all(scopes, alternative))
    }

    fn certify(&self, scopes: &ScopeSet, wanted: &[(&str, Requirement)]) -> Certificate {
        let endpoints = wanted.iter().filter_map(|(name, requirement)| {
            let mut alternatives = requirement.alternatives().iter();
            let held = alternatives.find(|alternative| self.hierarchy.satisfies_all(scopes, alternative))?;
            Some(((*name).to_owned(), held.clone()))
        });
        let breaks_without = |scope: &Scope| {
            let mut rest = scopes.clone();
            rest.remove(scope.as_str());
            let broken = wanted.iter().filter(|(_, requirement)| !self.satisfies(&rest, requirement));
            (scope.clone(), broken.map(|(name, _)| (*name).to_owned()).collect())
        };
        Certificate { endpoints: endpoints.collect(), scopes: scopes.iter().map(breaks_without).collect() }
    }
}

/// The best closed set, and whether that is proven.
///
/// The weight of a set is the sum over components that share nothing, so each is searched by itself. What is unlocked
/// is not: an endpoint may need something of two components. Only where a component has several answers of the least
/// weight does that matter, so those are searched once more, together with the others that they can unlock.
fn least(rows: Vec<Row>, others: &[Row], mut steps: u64, universe: &Universe<'_>) -> (Bits, bool) {
    let mut held = universe.nothing();
    let rows = reduce(&rows, &mut held);
    let mut proven = true;
    let mut open: Vec<Row> = Vec::new();
    let mut settled = held.clone();
    for component in components(rows, &held, universe) {
        let mut search = Search {
            universe,
            others: &[],
            weight_only: true,
            steps: &mut steps,
            best: None,
            ambiguous: false,
            ended: false,
        };
        search.visit(&component, &held);
        proven &= !search.ended;
        match search.best {
            Some((_, found)) if !search.ambiguous => settled.unite(&found),
            _ => open.extend(component),
        }
    }
    for (component, others) in coupled(open, others, &settled, universe) {
        let mut search = Search {
            universe,
            others: &others,
            weight_only: false,
            steps: &mut steps,
            best: None,
            ambiguous: false,
            ended: false,
        };
        search.visit(&component, &settled);
        proven &= !search.ended;
        if let Some((_, found)) = search.best {
            held.unite(&found);
        }
    }
    held.unite(&settled);
    (held, proven)
}

/// Groups of rows that share nothing and unlock nothing together, each with the others that it can unlock.
fn coupled(rows: Vec<Row>, others: &[Row], held: &Bits, universe: &Universe<'_>) -> Vec<(Vec<Row>, Vec<Row>)> {
    let mut groups: Vec<(Bits, Vec<Row>, Vec<Row>)> = components(rows, held, universe)
        .into_iter()
        .map(|rows| {
            let mut reach = universe.nothing();
            for row in &rows {
                reach.unite(&row.reach(held, universe));
            }
            (reach, rows, Vec::new())
        })
        .collect();
    for other in others.iter().filter(|other| !other.is_satisfied(held)) {
        let reach = other.reach(held, universe);
        let mut joined = (universe.nothing(), Vec::new(), vec![other.clone()]);
        groups.retain_mut(|(touched, rows, others)| {
            let joins = touched.intersects(&reach);
            if joins {
                joined.0.unite(touched);
                joined.1.append(rows);
                joined.2.append(others);
            }
            !joins
        });
        if !joined.1.is_empty() {
            groups.push(joined);
        }
    }
    groups.into_iter().map(|(_, rows, others)| (rows, others)).collect()
}

#[cfg(test)]
mod tests;
