use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::{Declared, Hierarchy, Pattern};
use super::{Graph, MOST_COMPARED};
use crate::scope::{Requirement, Risk, Scope, ScopeSet, compare};

/// Declared in the tests below, each maybe.
const NAMES: [&str; 7] = ["a", "a:b", "a:c", "b", "b:c", "c", "d"];
/// Implied: names, wildcards, and names that are never declared.
const IMPLIED: [&str; 16] =
    ["a", "a:b", "a:c", "b", "b:c", "c", "d", "x", "b:y", "a*", "a:*", "*", "*:c", "*b*", "b*c", "zz*"];
/// Requested: names, and what only wildcards reach.
const WANTED: [&str; 13] = ["a", "a:b", "a:c", "b", "b:c", "c", "d", "x", "b:y", "a:x", "bxc", "z", ""];

fn scope(name: &str) -> Scope {
    Scope::parse(name).unwrap()
}

fn declared<'a>(lines: impl IntoIterator<Item = (&'a str, &'a [&'a str])>) -> BTreeMap<Scope, Declared> {
    let line = |(name, implies): (&str, &[&str])| {
        let implies = implies.iter().map(|pattern| Pattern::parse(pattern).unwrap()).collect();
        (scope(name), Declared { risk: Risk::Low, implies, is_known: false })
    };
    lines.into_iter().map(line).collect()
}

/// Whether one scope grants another, by following every implication in turn.
fn grants(hierarchy: &Hierarchy, held: &str, wanted: &str) -> bool {
    let mut known: BTreeSet<&str> = BTreeSet::from([held]);
    let mut open = vec![held];
    while let Some(next) = open.pop() {
        if next == wanted || hierarchy.implies(next).iter().any(|pattern| pattern.matches(wanted)) {
            return true;
        }
        let implied = |name: &&str| hierarchy.implies(next).iter().any(|pattern| pattern.matches(name));
        open.extend(hierarchy.scopes().map(Scope::as_str).filter(implied).filter(|name| known.insert(name)));
    }
    false
}

/// Whether a scope implies itself over others, or names itself. A wildcard that matches its own scope is not a cycle.
fn is_cyclic(hierarchy: &Hierarchy) -> bool {
    hierarchy.scopes().any(|start| {
        let names_itself = hierarchy.implies(start.as_str()).iter().any(|pattern| pattern.as_str() == start.as_str());
        let others = hierarchy.scopes().filter(|other| *other != start);
        let is_mutual = |other: &Scope| {
            grants(hierarchy, start.as_str(), other.as_str()) && grants(hierarchy, other.as_str(), start.as_str())
        };
        names_itself || others.into_iter().any(is_mutual)
    })
}

fn hierarchies() -> impl Strategy<Value = Hierarchy> {
    let implies = prop::collection::vec(prop::sample::select(&IMPLIED), 0..4);
    prop::collection::vec((prop::sample::select(&NAMES), 0..4_usize, implies), 0..8).prop_map(|lines| {
        let mut hierarchy = Hierarchy::new();
        for (name, risk, implies) in lines {
            let implies = implies.into_iter().map(|pattern| Pattern::parse(pattern).unwrap()).collect();
            hierarchy.declare(scope(name), Risk::DESCENDING[risk], implies);
        }
        hierarchy
    })
}

fn sets() -> impl Strategy<Value = ScopeSet> {
    let names: Vec<&str> = WANTED.into_iter().filter(|name| !name.is_empty()).collect();
    prop::collection::vec(prop::sample::select(names), 0..5).prop_map(|names| names.into_iter().map(scope).collect())
}

proptest! {
    #[test]
    fn a_graph_grants_what_following_each_implication_grants(hierarchy in hierarchies(), held in sets(), wanted in sets()) {
        for one in NAMES.into_iter().chain(WANTED) {
            for other in WANTED {
                prop_assert_eq!(hierarchy.grants(one, other), grants(&hierarchy, one, other), "{} {}", one, other);
            }
        }
        let any = |held: &ScopeSet, wanted: &str| held.iter().any(|scope| grants(&hierarchy, scope.as_str(), wanted));
        let reach = hierarchy.reach(&held);
        for name in WANTED {
            prop_assert_eq!(reach.grants(name), any(&held, name), "{}", name);
            prop_assert_eq!(hierarchy.satisfies(&held, name), any(&held, name), "{}", name);
        }
        let all = |held: &ScopeSet, wanted: &ScopeSet| wanted.iter().all(|scope| any(held, scope.as_str()));
        prop_assert_eq!(hierarchy.satisfies_all(&held, &wanted), all(&held, &wanted));
        let granting: ScopeSet = hierarchy
            .scopes()
            .filter(|scope| wanted.iter().any(|wanted| grants(&hierarchy, scope.as_str(), wanted.as_str())))
            .cloned()
            .collect();
        prop_assert_eq!(hierarchy.granting(&wanted), granting);
        let is_implied = |scope: &&Scope| {
            let mut others = held.iter().filter(|other| other != scope);
            others.any(|other| grants(&hierarchy, other.as_str(), scope.as_str()))
        };
        prop_assert_eq!(hierarchy.implied_by_another(&held), held.iter().find(is_implied));
        prop_assert_eq!(hierarchy.cycle().is_some(), is_cyclic(&hierarchy));
        if let Some(cycle) = hierarchy.cycle() {
            prop_assert!(cycle.len() > 1 && cycle.first() == cycle.last());
            for (one, other) in cycle.iter().zip(cycle.iter().skip(1)) {
                let mut patterns = hierarchy.implies(one.as_str()).iter();
                prop_assert!(patterns.any(|pattern| pattern.matches(other.as_str())), "{:?}", cycle);
            }
        }
        for name in NAMES {
            let risk = hierarchy.risk(name);
            let mut riskier = hierarchy.scopes().filter(|other| {
                hierarchy.risk(other.as_str()) > risk && other.as_str() != name && grants(&hierarchy, name, other.as_str())
            });
            prop_assert_eq!(hierarchy.riskier_implied(name), riskier.next().filter(|_| hierarchy.declares(name)));
        }
    }

    #[test]
    fn scopes_that_a_requirement_does_not_rely_on_are_not_needed(
        hierarchy in hierarchies(), held in sets(), wanted in sets(),
    ) {
        let supports = |scope: &Scope, required: &Scope| {
            if held.contains(required.as_str()) {
                return scope == required;
            }
            let supporting = held.iter().filter(|candidate| grants(&hierarchy, candidate.as_str(), required.as_str()));
            supporting.min_by_key(|candidate| (hierarchy.risk(candidate.as_str()), *candidate)) == Some(scope)
        };
        let is_spare = |scope: &&Scope| {
            !wanted.iter().any(|required| supports(scope, required))
                && !wanted.iter().any(|required| grants(&hierarchy, required.as_str(), scope.as_str()))
        };
        let expected: ScopeSet = held.iter().filter(is_spare).cloned().collect();
        prop_assert_eq!(compare(&held, &Requirement::all_of(wanted.clone()), &hierarchy).not_needed, expected);
    }

    #[test]
    fn an_alternative_that_implies_another_is_found(
        hierarchy in hierarchies(), alternatives in prop::collection::vec(sets(), 1..8),
    ) {
        let requirement = Requirement::any_of(alternatives).unwrap();
        let alternatives = requirement.alternatives();
        let implies = |one: &ScopeSet, other: &ScopeSet| {
            let granted = |wanted: &Scope| one.iter().any(|held| grants(&hierarchy, held.as_str(), wanted.as_str()));
            other.iter().all(granted)
        };
        let implied = hierarchy.implied_alternatives(alternatives, &mut 1000).unwrap();
        for (position, found) in implied.iter().enumerate() {
            let mut others = (0..alternatives.len()).filter(|other| *other != position);
            let is_implied = others.any(|other| implies(&alternatives[position], &alternatives[other]));
            prop_assert_eq!(found.is_some(), is_implied);
            if let Some(other) = found {
                prop_assert!(*other != position && implies(&alternatives[position], &alternatives[*other]));
            }
        }
    }
}

#[test]
fn scopes_that_imply_each_other_share_a_group() {
    let graph = Graph::new(&declared([
        ("a", &["b"][..]),
        ("b", &["c"]),
        ("c", &["a"]),
        ("d", &["a"]),
        ("e", &["d", "x"]),
        ("f", &[]),
    ]));
    let groups: Vec<Option<usize>> = graph.groups.clone();
    assert_eq!(graph.scopes.len(), 6);
    assert!(groups[0].is_some() && groups[0] == groups[1] && groups[1] == groups[2]);
    assert!(groups[3] != groups[0] && groups[4] != groups[3]);
    // what implies nothing has none, declared or not
    assert_eq!(groups[5..], [None, None]);
    assert_eq!(graph.reached.len(), 3);
}

#[test]
fn a_wildcard_is_expanded_once_however_many_scopes_imply_it() {
    let names: Vec<String> = (0..100).map(|number| format!("s{number}")).collect();
    let graph = Graph::new(&declared(names.iter().map(|name| (name.as_str(), &["*"][..]))));
    assert_eq!((graph.patterns.len(), graph.reached.len()), (1, 1));
}

#[test]
fn beyond_the_bound_no_scope_implies_another() {
    let hierarchy = |scopes: usize| {
        let mut hierarchy = Hierarchy::new();
        for number in 0..scopes {
            let pattern = Pattern::parse(&format!("*{number}")).unwrap();
            hierarchy.declare(scope(&format!("s{number}")), Risk::Low, vec![pattern]);
        }
        hierarchy
    };
    // each wildcard begins with `*`, and is compared with every scope
    let side = (0..1 << 16).find(|side| side * side > MOST_COMPARED).unwrap();
    let most = hierarchy(side - 1);
    assert!(!most.is_too_large() && most.grants("s1", "s11"));
    let beyond = hierarchy(side);
    assert!(beyond.is_too_large());
    assert!(!beyond.grants("s1", "s11") && beyond.grants("s1", "s1") && beyond.cycle().is_none());
}

#[test]
fn wildcards_that_begin_alike_are_compared_with_few() {
    let names: Vec<String> = (0..3000).map(|number| format!("s{number}:a")).collect();
    let patterns: Vec<[String; 1]> = (0..3000).map(|number| [format!("s{number}:*")]).collect();
    let mut hierarchy = Hierarchy::new();
    for (name, [pattern]) in names.iter().zip(&patterns) {
        hierarchy.declare(scope(name), Risk::Low, vec![Pattern::parse(pattern).unwrap()]);
    }
    assert!(!hierarchy.is_too_large());
    assert!(hierarchy.grants("s7:a", "s7:b") && !hierarchy.grants("s7:a", "s70:b"));
}

#[test]
fn a_chain_as_long_as_a_manifest_is_followed_without_recursion() {
    let mut hierarchy = Hierarchy::new();
    for number in 0..10_000 {
        let next = Pattern::parse(&format!("s{}", number + 1)).unwrap();
        hierarchy.declare(scope(&format!("s{number}")), Risk::Low, vec![next]);
    }
    assert!(hierarchy.grants("s0", "s10000") && !hierarchy.grants("s1", "s0"));
    assert_eq!(hierarchy.cycle(), None);
}
