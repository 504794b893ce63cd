//! Minimal set: the least privileged scopes that satisfy several endpoints, with reasons.

mod alternatives;
mod bits;
mod choose;
mod inclusion;
mod reasons;
mod search;
mod universe;
mod work;

use std::collections::{BTreeMap, HashMap};

use self::bits::Bits;
use self::choose::{Other, Rank, choose, rank};
use self::reasons::derive_reasons;
use self::search::{Alternative, Row, Search, components, reduce};
use self::universe::{Universe, Weight};
use self::work::Work;
use super::{Hierarchy, Reach, Requirement, Scope, ScopeSet};

/// The problem of finding the least privileged scopes that satisfy all endpoints in `wanted`.
#[derive(Clone, Debug)]
pub struct MinimalSetProblem<'a> {
    /// Requested endpoints: the name for the reasons, and the requirement.
    pub wanted: Vec<(&'a str, &'a Requirement)>,
    /// Requirements of the other endpoints of the API: a set is better if it satisfies fewer of them.
    pub others: Vec<&'a Requirement>,
    /// Risks and implication.
    pub hierarchy: &'a Hierarchy,
    /// Ceiling of the client (`may_request`): only scopes that it grants are chosen. `None`: no ceiling.
    pub ceiling: Option<&'a ScopeSet>,
    /// Preferred scopes: an endpoint with an alternative that contains one of them must be satisfied by such an
    /// alternative.
    pub prefer: Option<&'a ScopeSet>,
    /// Scopes to avoid: chosen only if nothing else satisfies an endpoint, whatever the risks.
    pub avoid: Option<&'a ScopeSet>,
    /// Maximum work, in comparisons of alternatives. If it is exceeded, the result is the best set so far, not proven
    /// minimal.
    pub steps: u64,
}

/// The least privileged set of scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinimalSet {
    /// Scopes to request.
    pub scopes: ScopeSet,
    /// Whether the set is proven minimal; false if the search reached its limit.
    pub proven: bool,
    /// Number of other endpoints that the set satisfies.
    pub unlocks: usize,
    /// Why each scope is needed.
    pub reasons: Reasons,
    /// Requested endpoints that can't be satisfied below the ceiling, in request order. The set does not cover them.
    pub uncovered: Vec<Uncovered>,
}

/// Reasons why a set is sufficient, and why each scope is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reasons {
    /// Each endpoint with the alternative that satisfies it, in request order.
    pub endpoints: Vec<(String, ScopeSet)>,
    /// Each scope with the endpoints that need it.
    pub scopes: Vec<(Scope, Vec<String>)>,
}

/// An endpoint that can't be satisfied below the ceiling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncovered {
    /// Name.
    pub endpoint: String,
    /// Scopes above the ceiling, per alternative.
    pub beyond: Vec<ScopeSet>,
}

impl<'a> MinimalSetProblem<'a> {
    /// Default limit: a fraction of a second, and many times what the largest known API takes.
    pub const STEPS: u64 = 3_000_000;

    /// Finds the set that minimizes, in this order: the number of scopes to avoid, and the number of scopes per risk from
    /// critical to low, both counted over the closure of the set (a scope that implies ten others counts as eleven, so that
    /// a broad scope never looks smaller than the narrow ones it implies); the other endpoints that are satisfied; the
    /// number of scopes; the names.
    #[must_use]
    pub fn solve(&self) -> MinimalSet {
        let wanted = self.allowed();
        let instance = Instance::new(self, &wanted);
        let work = Work::new(self.steps, instance.universe.len());
        let nothing = Bits::new();
        let (held, proven) = match instance.least(&nothing, &nothing, &work) {
            Some(found) => found,
            // unreachable: every row has an alternative
            None => (nothing, false),
        };
        minimal_set(&instance, &held, proven, &wanted)
    }

    /// Determines the alternatives of each endpoint that the ceiling and the preferred scopes allow, and the endpoints
    /// without any.
    fn allowed(&self) -> Wanted<'a> {
        let mut wanted = Wanted { endpoints: Vec::new(), distinct: Vec::new(), uncovered: Vec::new() };
        let ceiling = self.ceiling.map(|ceiling| self.hierarchy.reach(ceiling));
        let mut known: HashMap<&Requirement, Result<usize, Vec<ScopeSet>>> = HashMap::new();
        for (name, requirement) in &self.wanted {
            let allowed = known.entry(*requirement).or_insert_with(|| {
                let allowed = self.allowed_of(requirement, ceiling.as_ref())?;
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

    /// Returns the allowed alternatives or, if there are none, the scopes of each that are above the ceiling.
    fn allowed_of(&self, requirement: &Requirement, ceiling: Option<&Reach<'_>>) -> Result<Requirement, Vec<ScopeSet>> {
        let beyond = |alternative: &ScopeSet| -> ScopeSet {
            let above = |scope: &&Scope| ceiling.is_some_and(|ceiling| !ceiling.grants(scope.as_str()));
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

fn minimal_set(instance: &Instance<'_>, held: &Bits, proven: bool, wanted: &Wanted<'_>) -> MinimalSet {
    let held = instance.without_spare(held);
    let scopes = instance.universe.generators(&held);
    MinimalSet {
        unlocks: rank(&held, &instance.others, &instance.universe).unlocks,
        reasons: derive_reasons(&scopes, wanted, &instance.universe),
        scopes: instance.universe.scopes(&scopes),
        proven,
        uncovered: wanted.uncovered.clone(),
    }
}

/// Requested endpoints, with equal requirements merged.
struct Wanted<'a> {
    /// Each endpoint with the index of its requirement.
    endpoints: Vec<(&'a str, usize)>,
    distinct: Vec<Requirement>,
    uncovered: Vec<Uncovered>,
}

/// A problem with scopes replaced by indices.
struct Instance<'a> {
    universe: Universe<'a>,
    rows: Vec<Row>,
    others: Vec<Other>,
}

impl<'a> Instance<'a> {
    fn new(problem: &'a MinimalSetProblem<'_>, wanted: &'a Wanted<'_>) -> Self {
        let none = ScopeSet::new();
        let universe =
            Universe::new(problem.hierarchy, problem.avoid.unwrap_or(&none), &wanted.distinct, &problem.others);
        // skip alternatives with a scope that no solution can contain
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

    /// Returns the best closed set that contains `forced` and nothing of `forbidden`, and whether it is proven. `None` if
    /// there is no such set.
    ///
    /// The weight of a set is the sum over independent components, so each component is searched separately. The number of
    /// other endpoints that are satisfied is not additive, since an endpoint may need scopes of two components. This only
    /// matters if components have several solutions of minimal weight, among which `choose` decides.
    fn least(&self, forced: &Bits, forbidden: &Bits, work: &Work) -> Option<(Bits, bool)> {
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
        let rows = reduce(&rows, &mut held, work);
        let mut proven = true;
        let mut solutions: Vec<Vec<Bits>> = Vec::new();
        for component in components(rows, &held) {
            let (found, whole) = Search::run(&component, &held, &self.universe, work);
            proven &= whole;
            solutions.push(found);
        }
        let (held, chosen) = choose(&held, solutions, &self.others, &self.universe, work);
        Some((held, proven && chosen))
    }

    /// Removes the scopes that no row needs, the last name first. A proven solution has none.
    fn without_spare(&self, held: &Bits) -> Bits {
        let mut least = held.clone();
        let mut open: Vec<usize> = self.universe.generators(&least).iter().collect();
        // removing a scope affects only rows with an alternative that needs it
        let mut needing: Vec<Vec<&Row>> = vec![Vec::new(); self.universe.len()];
        for row in &self.rows {
            let mut needs = Bits::new();
            row.alternatives.iter().for_each(|alternative| needs.unite(&alternative.needs));
            for number in needs.iter() {
                needing.get_mut(number).into_iter().for_each(|rows| rows.push(row));
            }
        }
        while let Some(number) = open.pop() {
            let mut fewer = least.clone();
            fewer.remove(number);
            if needing.get(number).into_iter().flatten().all(|row| row.is_satisfied(&fewer)) {
                // the scopes that it implied may be redundant now
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
