//! Covers against an independent solver, and on the largest real API.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a failing test panics")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem, SolveOutcome};
use proptest::prelude::*;
use tokscope::scope::{Hierarchy, MinimalSet, MinimalSetProblem, Requirement, Risk, Scope, ScopeSet, compare};

/// What a scope of each risk costs the solver: more than all that are less risky together.
const COSTS: [(Risk, f64); 4] = [(Risk::Low, 1.0), (Risk::Medium, 1e2), (Risk::High, 1e4), (Risk::Critical, 1e6)];

fn solve(wanted: &[Requirement], others: &[Requirement], hierarchy: &Hierarchy) -> MinimalSet {
    let names: Vec<String> = (0..wanted.len()).map(|index| format!("e{index}")).collect();
    let problem = MinimalSetProblem {
        wanted: names.iter().map(String::as_str).zip(wanted).collect(),
        others: others.iter().collect(),
        hierarchy,
        ceiling: None,
        prefer: None,
        avoid: None,
        steps: MinimalSetProblem::STEPS,
    };
    problem.solve()
}

fn cost(scopes: &ScopeSet, hierarchy: &Hierarchy) -> Vec<usize> {
    let count = |risk| scopes.iter().filter(|scope| hierarchy.risk(scope.as_str()) == risk).count();
    Risk::DESCENDING.into_iter().map(count).collect()
}

/// The same question as an integer program: a variable for each scope, and for each alternative one that needs all of
/// its scopes. No scope implies another one here.
fn by_integer_program(wanted: &[Requirement], hierarchy: &Hierarchy) -> ScopeSet {
    let mut program = Problem::new(OptimizationDirection::Minimize);
    let scopes: BTreeSet<&Scope> =
        wanted.iter().flat_map(|one| one.alternatives().iter().flat_map(ScopeSet::iter)).collect();
    let variables: BTreeMap<&Scope, _> = scopes
        .into_iter()
        .map(|scope| {
            let risk = hierarchy.risk(scope.as_str());
            let (_, cost) = COSTS.iter().find(|(known, _)| *known == risk).unwrap();
            (scope, program.add_binary_var(*cost))
        })
        .collect();
    for requirement in wanted {
        let mut one_of = LinearExpr::empty();
        for alternative in requirement.alternatives() {
            let taken = program.add_binary_var(0.0);
            one_of.add(taken, 1.0);
            for scope in alternative {
                program.add_constraint([(taken, 1.0), (variables[scope], -1.0)], ComparisonOp::Le, 0.0);
            }
        }
        program.add_constraint(one_of, ComparisonOp::Ge, 1.0);
    }
    let SolveOutcome::Solution(solution) = program.solve().unwrap() else { panic!("the solver was interrupted") };
    variables.into_iter().filter(|(_, variable)| solution[*variable] > 0.5).map(|(scope, _)| scope.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn it_weighs_what_an_integer_program_finds(
        risks in prop::collection::vec(0usize..4, 60),
        wanted in prop::collection::vec(prop::collection::vec(prop::collection::vec(0usize..60, 1..4), 1..5), 1..60),
    ) {
        let all: Vec<Scope> = (0..60).map(|index| Scope::parse(&format!("s{index}")).unwrap()).collect();
        let mut hierarchy = Hierarchy::new();
        for (scope, risk) in all.iter().zip(risks) {
            hierarchy.declare(scope.clone(), Risk::DESCENDING[risk], Vec::new());
        }
        let set = |numbers: &Vec<usize>| numbers.iter().map(|number| all[*number].clone()).collect::<ScopeSet>();
        let wanted: Vec<Requirement> =
            wanted.iter().map(|sets| Requirement::any_of(sets.iter().map(set)).unwrap()).collect();
        let minimal_set = solve(&wanted, &[], &hierarchy);
        prop_assert!(wanted.iter().all(|one| compare(&minimal_set.scopes, one, &hierarchy).is_allowed()));
        let expected = cost(&by_integer_program(&wanted, &hierarchy), &hierarchy);
        if minimal_set.proven {
            prop_assert_eq!(cost(&minimal_set.scopes, &hierarchy), expected);
        } else {
            prop_assert!(cost(&minimal_set.scopes, &hierarchy) >= expected);
        }
    }
}

/// What the endpoints of Microsoft Graph require of a signed-in user, and how risky its scopes are: read here by the
/// shortest way, apart from the importer.
fn graph() -> (Vec<Requirement>, Hierarchy) {
    let folder = PathBuf::from(std::env::var_os("TOKSCOPE_SPECS").unwrap());
    let text = std::fs::read_to_string(folder.join("msgraph-permissions.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut hierarchy = Hierarchy::new();
    let mut endpoints: BTreeMap<(&str, &str), Vec<ScopeSet>> = BTreeMap::new();
    let strings = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    };
    for (name, permission) in document["permissions"].as_object().unwrap() {
        let scope = Scope::parse(name).unwrap();
        let level = permission["schemes"]["DelegatedWork"]["privilegeLevel"].as_u64().unwrap_or(3);
        let risk = match level {
            0..=2 => Risk::Low,
            3 => Risk::Medium,
            4 => Risk::High,
            _ => Risk::Critical,
        };
        hierarchy.declare(scope.clone(), risk, Vec::new());
        for paths in permission["pathSets"].as_array().unwrap() {
            if !strings(&paths["schemeKeys"]).iter().any(|scheme| scheme == "DelegatedWork") {
                continue;
            }
            for (path, details) in paths["paths"].as_object().unwrap() {
                let also = details.as_str().unwrap().split(';').find_map(|part| part.strip_prefix("AlsoRequires="));
                let also = also.into_iter().flat_map(|list| list.split(',')).map(str::trim).map(Scope::parse);
                let alternative: ScopeSet = also.map(Result::unwrap).chain([scope.clone()]).collect();
                for method in paths["methods"].as_array().unwrap() {
                    endpoints.entry((method.as_str().unwrap(), path)).or_default().push(alternative.clone());
                }
            }
        }
    }
    (endpoints.into_values().filter_map(Requirement::any_of).collect(), hierarchy)
}

#[test]
#[ignore = "needs the directory named by TOKSCOPE_SPECS"]
fn every_endpoint_of_the_largest_api_at_once() {
    let (wanted, hierarchy) = graph();
    assert!(wanted.len() > 10_000, "{}", wanted.len());
    assert!(solve(&wanted, &[], &hierarchy).proven);
    // the solver's numbers are too coarse for the risks of that many scopes: without them
    let hierarchy = Hierarchy::new();
    let minimal_set = solve(&wanted, &[], &hierarchy);
    assert!(minimal_set.proven);
    let distinct: BTreeSet<&Requirement> = wanted.iter().collect();
    assert!(distinct.len() > 900, "{}", distinct.len());
    let distinct: Vec<Requirement> = distinct.into_iter().cloned().collect();
    assert_eq!(cost(&minimal_set.scopes, &hierarchy), cost(&by_integer_program(&distinct, &hierarchy), &hierarchy));
}

#[test]
#[ignore = "needs the directory named by TOKSCOPE_SPECS"]
fn ten_thousand_covers_of_the_largest_api_are_sufficient() {
    let (endpoints, hierarchy) = graph();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % u64::try_from(below).unwrap()).unwrap()
    };
    let (mut insufficient, mut unproven, mut spare) = (0, 0, 0);
    for round in 0..10_000 {
        // 2 to 200, most of them few
        let count = 2 + random(199).min(random(199)).min(random(199));
        let wanted: Vec<Requirement> = (0..count).map(|_| endpoints[random(endpoints.len())].clone()).collect();
        let others = if round % 500 == 0 { endpoints.as_slice() } else { &[] };
        let minimal_set = solve(&wanted, others, &hierarchy);
        insufficient += wanted.iter().filter(|one| !compare(&minimal_set.scopes, one, &hierarchy).is_allowed()).count();
        unproven += usize::from(!minimal_set.proven);
        spare += minimal_set.reasons.scopes.iter().filter(|(_, endpoints)| endpoints.is_empty()).count();
    }
    assert_eq!((insufficient, unproven, spare), (0, 0, 0));
}
