//! Reasons why a set is sufficient, and why each scope is needed.

use std::collections::{BTreeMap, HashMap};

use super::bits::Bits;
use super::universe::Universe;
use super::{Reasons, Wanted};
use crate::scope::{Requirement, ScopeSet};

/// Derives the reasons for `scopes`, which must satisfy everything wanted.
pub(super) fn derive_reasons(scopes: &Bits, wanted: &Wanted<'_>, universe: &Universe<'_>) -> Reasons {
    let closed = universe.closed(scopes);
    let sole = sole_grantors(scopes, universe);
    let examined: Vec<(Option<&ScopeSet>, Bits)> =
        wanted.distinct.iter().map(|requirement| examine(requirement, scopes, &closed, &sole, universe)).collect();
    let mut broken: BTreeMap<usize, Vec<String>> = scopes.iter().map(|number| (number, Vec::new())).collect();
    let mut endpoints = Vec::with_capacity(wanted.endpoints.len());
    for (name, number) in &wanted.endpoints {
        let Some((held, critical)) = examined.get(*number) else { continue };
        endpoints.extend(held.map(|alternative| ((*name).to_owned(), alternative.clone())));
        for number in critical.iter() {
            broken.entry(number).or_default().push((*name).to_owned());
        }
    }
    let named = broken.into_iter().filter_map(|(number, names)| Some((universe.name(number)?.clone(), names)));
    Reasons { endpoints, scopes: named.collect() }
}

/// Returns for each granted number the scope that grants it, or `None` if several do.
fn sole_grantors(scopes: &Bits, universe: &Universe<'_>) -> HashMap<usize, Option<usize>> {
    let mut sole: HashMap<usize, Option<usize>> = HashMap::new();
    for scope in scopes.iter() {
        for granted in universe.closure(scope).into_iter().flat_map(Bits::iter) {
            sole.entry(granted).and_modify(|only| *only = None).or_insert(Some(scope));
        }
    }
    sole
}

/// Returns the first satisfied alternative, and the scopes that every satisfied alternative depends on.
fn examine<'r>(
    requirement: &'r Requirement,
    scopes: &Bits,
    closed: &Bits,
    sole: &HashMap<usize, Option<usize>>,
    universe: &Universe<'_>,
) -> (Option<&'r ScopeSet>, Bits) {
    let mut first = None;
    let mut critical = scopes.clone();
    for alternative in requirement.alternatives() {
        let Some(needs) = universe.exactly(alternative).filter(|needs| needs.is_subset(closed)) else { continue };
        first = first.or(Some(alternative));
        // scopes that alone grant a needed scope
        let mut needed = Bits::new();
        needs.iter().filter_map(|need| sole.get(&need).copied().flatten()).for_each(|only| needed.insert(only));
        critical = critical.both(&needed);
    }
    (first, critical)
}
