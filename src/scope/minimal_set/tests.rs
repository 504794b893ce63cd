use proptest::prelude::*;

use super::*;
use crate::scope::{Pattern, Risk, compare};

fn set(text: &str) -> ScopeSet {
    ScopeSet::parse(text).unwrap()
}

fn requirement(text: &str) -> Requirement {
    Requirement::any_of(text.split('|').map(set)).unwrap()
}

fn hierarchy(declared: &[(&str, Risk, &str)]) -> Hierarchy {
    let mut hierarchy = Hierarchy::new();
    for (scope, risk, implies) in declared {
        let implies = implies.split_whitespace().map(|pattern| Pattern::parse(pattern).unwrap()).collect();
        hierarchy.declare(Scope::parse(scope).unwrap(), *risk, implies);
    }
    hierarchy
}

fn orders() -> Hierarchy {
    hierarchy(&[
        ("orders:read", Risk::Low, ""),
        ("orders:write", Risk::High, "orders:read"),
        ("orders:delete", Risk::High, ""),
        ("orders:admin", Risk::Critical, "orders:*"),
        ("customers:read", Risk::Medium, ""),
        ("repo", Risk::Medium, "repo:*"),
        ("repo:status", Risk::Medium, ""),
        ("repo:deploy", Risk::Medium, ""),
    ])
}

fn solve(wanted: &[&str], others: &[&str], ceiling: Option<&str>) -> MinimalSet {
    let hierarchy = orders();
    let wanted: Vec<Requirement> = wanted.iter().map(|text| requirement(text)).collect();
    let others: Vec<Requirement> = others.iter().map(|text| requirement(text)).collect();
    let names: Vec<String> = (0..wanted.len()).map(|index| format!("e{index}")).collect();
    let ceiling = ceiling.map(set);
    let problem = MinimalSetProblem {
        wanted: names.iter().map(String::as_str).zip(&wanted).collect(),
        others: others.iter().collect(),
        hierarchy: &hierarchy,
        ceiling: ceiling.as_ref(),
        prefer: None,
        avoid: None,
        steps: MinimalSetProblem::STEPS,
    };
    problem.solve()
}

#[test]
fn the_least_privileged_set_is_found() {
    for (wanted, others, found, unlocks) in [
        (&[][..], &[][..], "", 0),
        (&[""], &["orders:read"], "", 0),
        (&["orders:read"], &["orders:read", "", "orders:write"], "orders:read", 1),
        (&["orders:read", "orders:write customers:read"], &[], "customers:read orders:write", 0),
        // the broader alternative has the higher risk, although it has fewer scopes
        (&["orders:admin|orders:write orders:delete"], &[], "orders:delete orders:write", 0),
        // a scope that implies two others of the same risk counts more than those two
        (&["repo:status", "repo:deploy"], &[], "repo:deploy repo:status", 0),
        (&["repo|repo:status"], &[], "repo:status", 0),
        // with equal risks, fewer other endpoints, then the name
        (&["customers:read|repo:status"], &["customers:read"], "repo:status", 0),
        (&["customers:read|repo:status"], &["repo:status"], "customers:read", 0),
        (&["customers:read|repo:status"], &[], "customers:read", 0),
        // a shared scope is better
        (&["customers:read|repo:status", "repo:status|repo:deploy"], &[], "repo:status", 0),
        // two choices that only together satisfy a third endpoint
        (&["customers:read|x:a", "repo:deploy|x:b"], &["customers:read repo:deploy", "x:a"], "customers:read x:b", 0),
    ] {
        let minimal_set = solve(wanted, others, None);
        assert_eq!(
            (minimal_set.scopes.to_string().as_str(), minimal_set.unlocks, minimal_set.proven),
            (found, unlocks, true),
            "{wanted:?}"
        );
    }
}

#[test]
fn endpoints_above_the_ceiling_are_not_covered() {
    let minimal_set = solve(&["orders:read", "orders:admin|orders:write orders:delete", ""], &[], Some("orders:write"));
    assert_eq!(minimal_set.scopes, set("orders:read"));
    let left: Vec<(String, Vec<String>)> = minimal_set
        .uncovered
        .into_iter()
        .map(|left| (left.endpoint, left.beyond.iter().map(ToString::to_string).collect()))
        .collect();
    assert_eq!(left, [("e1".to_owned(), vec!["orders:admin".to_owned(), "orders:delete".to_owned()])]);
}

#[test]
fn reasons_name_the_alternative_and_the_dependent_endpoints() {
    let minimal_set = solve(&["orders:read", "orders:write", "orders:read customers:read"], &[], None);
    let endpoints: Vec<String> =
        minimal_set.reasons.endpoints.iter().map(|(name, scopes)| format!("{name}={scopes}")).collect();
    assert_eq!(endpoints, ["e0=orders:read", "e1=orders:write", "e2=customers:read orders:read"]);
    let scopes: Vec<String> =
        minimal_set.reasons.scopes.iter().map(|(scope, names)| format!("{scope}={}", names.join(","))).collect();
    assert_eq!(scopes, ["customers:read=e2", "orders:write=e0,e1,e2"]);
}

#[test]
fn an_exhausted_search_returns_a_sufficient_set_that_is_not_proven() {
    // many overlapping pairs exceed a limit of one step
    let texts: Vec<String> =
        (0..12).flat_map(|one| (one + 1..12).map(move |other| format!("s{one} t{other}|s{other} t{one}"))).collect();
    let wanted: Vec<Requirement> = texts.iter().map(|text| requirement(text)).collect();
    let hierarchy = Hierarchy::new();
    let problem = MinimalSetProblem {
        wanted: texts.iter().map(String::as_str).zip(&wanted).collect(),
        others: Vec::new(),
        hierarchy: &hierarchy,
        ceiling: None,
        prefer: None,
        avoid: None,
        steps: 1,
    };
    let minimal_set = problem.solve();
    assert!(!minimal_set.proven);
    assert!(wanted.iter().all(|requirement| compare(&minimal_set.scopes, requirement, &hierarchy).is_allowed()));
}

#[test]
fn the_default_limit_ends_a_search_over_many_alternatives() {
    let mut seed = 7_u64;
    let mut is_chosen = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed >> 63 == 1
    };
    for (scopes, proven) in [(20, true), (80, false), (160, false)] {
        let wanted: Vec<Requirement> = (0..20)
            .map(|_| {
                let chosen = (0..scopes).filter(|_| is_chosen()).map(|number| set(&format!("s{number}")));
                Requirement::any_of(chosen).unwrap()
            })
            .collect();
        let hierarchy = Hierarchy::new();
        let problem = MinimalSetProblem {
            wanted: wanted.iter().map(|requirement| ("e", requirement)).collect(),
            others: wanted.iter().collect(),
            hierarchy: &hierarchy,
            ceiling: None,
            prefer: None,
            avoid: None,
            steps: MinimalSetProblem::STEPS,
        };
        for minimal_set in problem.alternatives(3).into_iter().chain([problem.solve()]) {
            assert_eq!(minimal_set.proven, proven, "{scopes}");
            assert!(wanted.iter().all(|one| compare(&minimal_set.scopes, one, &hierarchy).is_allowed()));
        }
    }
}

/// The minimized cost, computed from its definition.
fn cost(
    problem: &MinimalSetProblem<'_>,
    scopes: &ScopeSet,
    all: &[Scope],
) -> (usize, Vec<usize>, usize, usize, Vec<String>) {
    let hierarchy = problem.hierarchy;
    let held: Vec<&Scope> = all.iter().filter(|scope| hierarchy.satisfies(scopes, scope.as_str())).collect();
    let avoided = held.iter().filter(|scope| problem.avoid.unwrap().contains(scope.as_str())).count();
    let risks = Risk::DESCENDING
        .map(|risk| held.iter().filter(|scope| hierarchy.risk(scope.as_str()) == risk).count())
        .to_vec();
    let unlocks = |other: &&&Requirement| !other.is_none() && compare(scopes, other, hierarchy).is_allowed();
    let unlocked = problem.others.iter().filter(unlocks).count();
    (avoided, risks, unlocked, scopes.len(), scopes.iter().map(ToString::to_string).collect())
}

/// All sufficient sets without redundant scopes, best first.
fn brute_force(problem: &MinimalSetProblem<'_>, all: &[Scope]) -> Vec<ScopeSet> {
    let (prefer, hierarchy) = (problem.prefer.unwrap(), problem.hierarchy);
    let satisfied = |held: &ScopeSet| {
        problem.wanted.iter().all(|(_, requirement)| {
            let preferred = |alternative: &ScopeSet| alternative.iter().any(|scope| prefer.contains(scope.as_str()));
            let pinned = requirement.alternatives().iter().any(preferred);
            requirement.alternatives().iter().any(|one| (!pinned || preferred(one)) && one.is_subset(held))
        })
    };
    let least = |scopes: &ScopeSet| {
        let held: ScopeSet = all.iter().filter(|scope| hierarchy.satisfies(scopes, scope.as_str())).cloned().collect();
        let spare = |scope: &Scope| {
            scopes.iter().any(|other| other != scope && hierarchy.grants(other.as_str(), scope.as_str()))
        };
        !scopes.iter().any(spare)
            && satisfied(&held)
            && scopes.iter().all(|scope| {
                let mut fewer = held.clone();
                fewer.remove(scope.as_str());
                !satisfied(&fewer)
            })
    };
    let mut sets: Vec<ScopeSet> = (0u32..1 << all.len())
        .map(|mask| {
            let chosen = all.iter().enumerate().filter(|(index, _)| mask & (1 << index) != 0);
            chosen.map(|(_, scope)| scope.clone()).collect()
        })
        .filter(least)
        .collect();
    sets.sort_by_cached_key(|scopes| cost(problem, scopes, all));
    sets
}

#[test]
fn preferences_take_precedence_over_risks() {
    let hierarchy = orders();
    let wanted =
        [requirement("repo|repo:status"), requirement("orders:read|customers:read"), requirement("orders:read")];
    for (prefer, avoid, scopes) in [
        ("", "", "orders:read repo:status"),
        ("repo", "", "orders:read repo"),
        ("", "repo:status orders:read", "orders:read repo:status"),
        ("customers:read", "", "customers:read orders:read repo:status"),
        ("nowhere", "nowhere", "orders:read repo:status"),
    ] {
        let (prefer, avoid) = (set(prefer), set(avoid));
        let problem = MinimalSetProblem {
            wanted: wanted.iter().map(|one| ("e", one)).collect(),
            others: Vec::new(),
            hierarchy: &hierarchy,
            ceiling: None,
            prefer: Some(&prefer),
            avoid: Some(&avoid),
            steps: MinimalSetProblem::STEPS,
        };
        assert_eq!(problem.solve().scopes, set(scopes), "prefer {prefer} avoid {avoid}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn result_equals_brute_force(
        risks in prop::collection::vec(0usize..4, 7),
        implications in prop::collection::vec((0usize..7, 0usize..7), 0..4),
        wanted in prop::collection::vec(prop::collection::vec(prop::collection::vec(0usize..7, 0..3), 1..4), 0..5),
        others in prop::collection::vec(prop::collection::vec(prop::collection::vec(0usize..7, 0..3), 1..3), 0..6),
        prefer in prop::collection::vec(0usize..7, 0..2),
        avoid in prop::collection::vec(0usize..7, 0..3),
    ) {
        let all: Vec<Scope> = (0..7).map(|index| Scope::parse(&format!("s{index}")).unwrap()).collect();
        let mut hierarchy = Hierarchy::new();
        for (index, scope) in all.iter().enumerate() {
            // only downwards, to avoid cycles
            let implies = implications.iter().filter(|(from, to)| *from == index && to < from);
            let implies = implies.map(|(_, to)| Pattern::parse(all[*to].as_str()).unwrap()).collect();
            hierarchy.declare(scope.clone(), Risk::DESCENDING[risks[index]], implies);
        }
        let list = |numbers: &Vec<usize>| numbers.iter().map(|number| all[*number].clone()).collect::<ScopeSet>();
        let build = |lists: &Vec<Vec<Vec<usize>>>| -> Vec<Requirement> {
            lists.iter().map(|alternatives| Requirement::any_of(alternatives.iter().map(list)).unwrap()).collect()
        };
        let (wanted, others, prefer, avoid) = (build(&wanted), build(&others), list(&prefer), list(&avoid));
        let names: Vec<String> = (0..wanted.len()).map(|index| format!("e{index}")).collect();
        let problem = MinimalSetProblem {
            wanted: names.iter().map(String::as_str).zip(&wanted).collect(),
            others: others.iter().collect(),
            hierarchy: &hierarchy,
            ceiling: None,
            prefer: Some(&prefer),
            avoid: Some(&avoid),
            steps: MinimalSetProblem::STEPS,
        };
        let best = brute_force(&problem, &all);
        let found = problem.solve();
        prop_assert_eq!(&found.scopes, &best[0]);
        prop_assert!(found.proven);
        prop_assert_eq!(found.unlocks, cost(&problem, &best[0], &all).2);
        let sets: Vec<ScopeSet> = problem.alternatives(6).into_iter().map(|minimal_set| minimal_set.scopes).collect();
        prop_assert_eq!(sets, best.into_iter().take(6).collect::<Vec<_>>());
    }
}
