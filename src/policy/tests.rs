#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::manifest::parse;
use crate::scope::ScopeSet;

const BASE: &str = r#"[api.orders]
base_url = "https://api.test/v1"
[api.orders.scopes]
"orders:read"  = { risk = "low" }
"orders:write" = { risk = "high", implies = ["orders:read"] }
"orders:admin" = { risk = "critical", implies = ["orders:*"] }
[api.orders.endpoints]
"GET /orders"         = "orders:read"
"POST /orders"        = "orders:write"
"DELETE /orders/{id}" = { any_of = ["orders:admin", "orders:write"] }
"GET /health"         = []
[api.tools]
base_url = "https://tools.test/mcp"
[api.tools.scopes]
"tools:use" = {}
[api.tools.endpoints]
"MCP tools/call search" = "tools:use"
"MCP tools/list"        = "tools:use"
[client.dev]
issuer    = "https://login.test"
client_id = "dev"
[client.ci]
issuer    = "https://login.test"
client_id = "ci"
[approvers.leads]
keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJfH3mJjjnG2g2nWqzRk1Yc3xPsrU8LkqGmR1jYy9Y9Q ana"]
[approvers.security]
keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJfH3mJjjnG2g2nWqzRk1Yc3xPsrU8LkqGmR1jYy9Y9Q ana"]
[approvers.nobody]
keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJfH3mJjjnG2g2nWqzRk1Yc3xPsrU8LkqGmR1jYy9Y9Q ana"]
"#;

/// Parses the base manifest with a default, if it is not empty, and rules.
fn manifest(default: &str, rules: &[&str]) -> Manifest {
    let default = if default.is_empty() { String::new() } else { format!("policy_default = \"{default}\"\n") };
    let rules = rules.iter().map(|rule| format!("[[policy]]\n{rule}\n")).collect::<Vec<_>>().concat();
    let source = format!("{default}{BASE}{rules}");
    let parsed = parse(&source);
    assert!(parsed.manifest.is_some(), "{source}\n{:?}", parsed.findings);
    parsed.manifest.unwrap()
}

fn decided<'r, 'm>(manifest: &'m Manifest, requests: &'r [Request<'m>]) -> Option<(&'r Request<'m>, Decision)> {
    strictest(requests.iter().map(|request| (request, decide(manifest, request, &known()))))
}

/// Tuesday, 13:00 in Berlin.
fn known() -> Facts {
    Facts {
        client: Some("dev".to_owned()),
        environment: Some("production".to_owned()),
        ci: Some(false),
        branch: Some("main".to_owned()),
        caller: Some("cli".to_owned()),
        interactive: Some(true),
        sign_in_age: Some(3600),
        time: Some("2026-12-01T12:00:00Z".parse().unwrap()),
    }
}

fn find<'m>(manifest: &'m Manifest, name: &str) -> (&'m crate::manifest::Api, &'m crate::manifest::Endpoint) {
    let all = manifest.apis.iter().flat_map(|api| api.endpoints.iter().map(move |endpoint| (api, endpoint)));
    all.into_iter().find(|(_, endpoint)| endpoint.to_string() == name).unwrap()
}

fn decision(manifest: &Manifest, endpoint: &str, scopes: &str, facts: &Facts) -> Decision {
    let scopes = ScopeSet::parse(scopes).unwrap();
    let endpoint = (!endpoint.is_empty()).then(|| find(manifest, endpoint));
    decide(manifest, &Request { endpoint, scopes: &scopes }, facts)
}

fn effect(default: &str, rules: &[&str], endpoint: &str, scopes: &str, facts: &Facts) -> &'static str {
    decision(&manifest(default, rules), endpoint, scopes, facts).effect.as_str()
}

#[test]
fn the_strictest_matching_rule_decides_whatever_the_order() {
    let (deny, approve, allow) = ("effect = \"deny\"", "effect = \"approve\"", "effect = \"allow\"");
    for (default, rules, expected, rule) in [
        ("", &[] as &[&str], "allow", None),
        ("allow", &[], "allow", None),
        ("deny", &[], "deny", None),
        ("deny", &[allow], "allow", Some(1)),
        ("allow", &[deny], "deny", Some(1)),
        ("allow", &[approve], "approve", Some(1)),
        ("allow", &[allow, approve], "approve", Some(2)),
        ("allow", &[approve, allow], "approve", Some(1)),
        ("allow", &[allow, approve, deny], "deny", Some(3)),
        ("allow", &[deny, approve, allow], "deny", Some(1)),
        ("deny", &[approve, approve], "approve", Some(1)),
        // the first of several with the same effect is named
        ("deny", &[allow, allow], "allow", Some(1)),
        ("deny", &[allow, deny, deny], "deny", Some(2)),
    ] {
        let decision = decision(&manifest(default, rules), "GET /orders", "orders:read", &known());
        let named = decision.rule.as_ref().map(RuleReference::number);
        assert_eq!((decision.effect.as_str(), named), (expected, rule), "default `{default}` {rules:?}");
    }
}

#[test]
fn the_default_is_deny_as_soon_as_a_rule_allows() {
    let allow = "effect = \"allow\"\nendpoints = \"GET /orders\"";
    let deny = "effect = \"deny\"\nendpoints = \"POST /orders\"";
    for (default, rules, endpoint, expected) in [
        ("", &[deny] as &[&str], "GET /orders", "allow"),
        ("", &[allow], "GET /orders", "allow"),
        ("", &[allow], "GET /health", "deny"),
        ("", &[allow, deny], "GET /health", "deny"),
        ("allow", &[allow], "GET /health", "allow"),
        ("deny", &[deny], "GET /health", "deny"),
    ] {
        assert_eq!(effect(default, rules, endpoint, "", &known()), expected, "`{default}` {rules:?} {endpoint}");
    }
    let decision = decision(&manifest("deny", &[deny]), "GET /health", "", &known());
    assert_eq!(
        (decision.line, decision.cause, decision.reason.as_str()),
        (Some(1), Cause::Default(None), "no rule allows it")
    );
}

/// Conditions with a request and facts for which they hold, and some for which they do not.
#[test]
fn every_condition_is_evaluated() {
    let facts = |change: &dyn Fn(&mut Facts)| {
        let mut facts = known();
        change(&mut facts);
        facts
    };
    let label = |environment: &str| facts(&|facts| facts.environment = Some(environment.to_owned()));
    let branch = |branch: &str| facts(&|facts| facts.branch = Some(branch.to_owned()));
    let caller = |caller: &str| facts(&|facts| facts.caller = Some(caller.to_owned()));
    let client = |client: &str| facts(&|facts| facts.client = Some(client.to_owned()));
    let age = |age: u64| facts(&|facts| facts.sign_in_age = Some(age));
    let at = |time: &str| facts(&|facts| facts.time = Some(time.parse().unwrap()));
    for (condition, endpoint, facts, matches) in [
        ("clients = \"dev\"", "GET /orders", known(), true),
        ("clients = [\"ci\", \"d*\"]", "GET /orders", known(), true),
        ("clients = \"ci\"", "GET /orders", known(), false),
        ("clients = \"dev\"", "GET /orders", client("Dev"), false),
        ("apis = \"orders\"", "GET /orders", known(), true),
        ("apis = \"tools\"", "GET /orders", known(), false),
        ("endpoints = \"GET /orders\"", "GET /orders", known(), true),
        ("endpoints = \"POST /orders\"", "GET /orders", known(), false),
        ("endpoints = \"* /orders\"", "POST /orders", known(), true),
        ("endpoints = \"DELETE /orders/{order}\"", "DELETE /orders/{id}", known(), true),
        ("endpoints = \"DELETE /orders/7\"", "DELETE /orders/{id}", known(), false),
        ("endpoints = \"* /orders/*\"", "DELETE /orders/{id}", known(), true),
        ("endpoints = \"* /orders/*\"", "GET /orders", known(), false),
        ("endpoints = \"GET *\"", "GET /health", known(), true),
        ("endpoints = \"*\"", "DELETE /orders/{id}", known(), true),
        ("endpoints = \"MCP tools/call *\"", "MCP tools/call search", known(), true),
        ("endpoints = \"MCP tools/call search\"", "MCP tools/call search", known(), true),
        ("endpoints = \"MCP tools/call *\"", "MCP tools/list", known(), false),
        ("endpoints = \"*\"", "", known(), false),
        ("methods = \"read\"", "GET /orders", known(), true),
        ("methods = \"write\"", "GET /orders", known(), false),
        ("methods = \"write\"", "DELETE /orders/{id}", known(), true),
        ("methods = [\"POST\", \"DELETE\"]", "DELETE /orders/{id}", known(), true),
        ("methods = \"POST\"", "DELETE /orders/{id}", known(), false),
        ("methods = \"read\"", "MCP tools/list", known(), true),
        ("methods = \"write\"", "MCP tools/call search", known(), true),
        ("when = { environment = \"production\" }", "GET /orders", known(), true),
        ("when = { environment = \"prod*\" }", "GET /orders", known(), true),
        ("when = { environment = \"production\" }", "GET /orders", label("staging"), false),
        ("when = { ci = false }", "GET /orders", known(), true),
        ("when = { ci = true }", "GET /orders", known(), false),
        ("when = { branch = [\"main\", \"release/*\"] }", "GET /orders", branch("release/2"), true),
        ("when = { branch = [\"main\", \"release/*\"] }", "GET /orders", branch("feature"), false),
        ("when = { caller = \"agent-*\" }", "GET /orders", caller("agent-1"), true),
        ("when = { caller = \"agent-*\" }", "GET /orders", known(), false),
        ("when = { interactive = true }", "GET /orders", known(), true),
        ("when = { interactive = false }", "GET /orders", known(), false),
        ("when = { max_sign_in_age = \"1h\" }", "GET /orders", age(3600), true),
        ("when = { max_sign_in_age = \"1h\" }", "GET /orders", age(3601), false),
        ("when = { min_sign_in_age = \"1h\" }", "GET /orders", age(3600), true),
        ("when = { min_sign_in_age = \"1h\" }", "GET /orders", age(3599), false),
        ("when = { hours = \"09:00-18:00 Europe/Berlin\" }", "GET /orders", known(), true),
        ("when = { hours = \"09:00-18:00 Europe/Berlin\" }", "GET /orders", at("2026-12-01T17:00:00Z"), false),
        ("when = { hours = [\"08:00-09:00 UTC\", \"11:00-13:00 UTC\"] }", "GET /orders", known(), true),
        ("when = { outside_hours = \"09:00-18:00 Europe/Berlin\" }", "GET /orders", known(), false),
        ("when = { outside_hours = \"09:00-18:00 Europe/Berlin\" }", "GET /orders", at("2026-12-01T17:00:00Z"), true),
        ("clients = \"dev\"\nmethods = \"read\"\nwhen = { ci = false }", "GET /orders", known(), true),
        ("clients = \"dev\"\nmethods = \"read\"\nwhen = { ci = true }", "GET /orders", known(), false),
    ] {
        for (rule, default) in [("deny", "allow"), ("approve", "allow"), ("allow", "deny")] {
            let rules = [format!("effect = \"{rule}\"\n{condition}")];
            let expected = if matches { rule } else { default };
            assert_eq!(effect(default, &[&rules[0]], endpoint, "", &facts), expected, "{rule} {condition} {endpoint}");
        }
    }
}

#[test]
fn scopes_and_risks_are_those_that_a_token_would_grant() {
    for (rule, condition, scopes, matches) in [
        ("deny", "scopes = \"orders:read\"", "orders:read", true),
        ("deny", "scopes = \"orders:read\"", "", false),
        // implied, through a scope and through a wildcard
        ("deny", "scopes = \"orders:read\"", "orders:write", true),
        ("deny", "scopes = \"orders:delete\"", "orders:admin", true),
        ("deny", "scopes = \"orders:admin\"", "orders:write", false),
        ("approve", "scopes = [\"orders:*\"]", "openid orders:read", true),
        ("approve", "scopes = [\"billing:*\"]", "orders:read", false),
        // a rule that allows has to list every scope
        ("allow", "scopes = \"orders:read\"", "orders:read", true),
        ("allow", "scopes = \"orders:read\"", "orders:read orders:write", false),
        ("allow", "scopes = \"orders:write\"", "orders:read orders:write", true),
        ("allow", "scopes = \"orders:read\"", "orders:read openid offline_access", true),
        ("allow", "scopes = \"orders:*\"", "orders:read billing:read", false),
        ("allow", "scopes = \"orders:read\"", "", true),
        ("deny", "risk = \"high\"", "orders:read", false),
        ("deny", "risk = \"high\"", "orders:write", true),
        ("deny", "risk = \"high\"", "orders:admin", true),
        ("deny", "risk = \"high\"", "orders:read orders:write", true),
        ("deny", "risk = \"low\"", "", false),
        ("allow", "risk = \"medium\"", "orders:read", true),
        ("allow", "risk = \"medium\"", "orders:read orders:write", false),
        ("allow", "risk = \"low\"", "openid orders:read", true),
        ("allow", "risk = \"critical\"", "orders:admin", true),
        ("allow", "risk = \"low\"", "", true),
        // an undeclared scope has the default risk, medium
        ("allow", "risk = \"low\"", "unheard:of", false),
        ("deny", "risk = \"medium\"", "unheard:of", true),
    ] {
        let default = if rule == "allow" { "deny" } else { "allow" };
        for endpoint in ["GET /orders", ""] {
            let rules = [format!("effect = \"{rule}\"\n{condition}")];
            let expected = if matches { rule } else { default };
            assert_eq!(
                effect(default, &[&rules[0]], endpoint, scopes, &known()),
                expected,
                "{rule} {condition} {scopes}"
            );
        }
    }
}

/// Conditions with the fact that they need.
const NEEDING: [(&str, Fact); 8] = [
    ("clients = \"dev\"", Fact::Client),
    ("when = { environment = \"production\" }", Fact::Environment),
    ("when = { ci = true }", Fact::Ci),
    ("when = { branch = \"main\" }", Fact::Branch),
    ("when = { caller = \"cli\" }", Fact::Caller),
    ("when = { interactive = true }", Fact::Interactive),
    ("when = { max_sign_in_age = \"1h\" }", Fact::SignInAge),
    ("when = { hours = \"09:00-18:00 UTC\" }", Fact::Time),
];

#[test]
fn a_fact_that_is_not_known_never_allows() {
    for (condition, fact) in NEEDING {
        for (rule, default, cause) in [
            ("deny", "allow", Cause::Unknown(fact)),
            ("approve", "allow", Cause::Unknown(fact)),
            ("allow", "deny", Cause::Default(Some(fact))),
        ] {
            let rules = [format!("effect = \"{rule}\"\n{condition}")];
            let decision = decision(&manifest(default, &[&rules[0]]), "GET /orders", "", &Facts::default());
            assert_eq!((decision.effect, decision.cause), (Effect::Deny, cause), "{rule} {condition}");
            assert_eq!(decision.rule.unwrap().number(), 1);
            assert!(decision.reason.contains(&format!("the {fact}, which is not known")), "{}", decision.reason);
        }
        // a condition that does not hold makes the fact irrelevant
        let rules = [format!("effect = \"deny\"\nendpoints = \"POST /orders\"\n{condition}")];
        assert_eq!(effect("allow", &[&rules[0]], "GET /orders", "", &Facts::default()), "allow", "{condition}");
    }
}

#[test]
fn every_matching_rule_that_asks_for_an_approval_is_named() {
    let manifest = manifest(
        "allow",
        &[
            "effect = \"approve\"\nmethods = \"write\"\napprovers = \"leads\"\nreason = \"needs a second person\"",
            "effect = \"approve\"\nmethods = \"read\"\napprovers = \"nobody\"",
            "effect = \"approve\"\nscopes = \"orders:admin\"\napprovers = \"security\"",
        ],
    );
    let admin = decision(&manifest, "DELETE /orders/{id}", "orders:admin", &known());
    assert_eq!(admin.approvers().collect::<Vec<_>>(), ["leads", "security"]);
    assert_eq!((admin.reason.as_str(), admin.line), ("needs a second person", Some(32)));
    let write = decision(&manifest, "DELETE /orders/{id}", "orders:write", &known());
    assert_eq!(write.approvers().collect::<Vec<_>>(), ["leads"]);
    let scopes = ScopeSet::parse("orders:admin").unwrap();
    let requests = ["GET /orders", "DELETE /orders/{id}"]
        .map(|name| Request { endpoint: Some(find(&manifest, name)), scopes: &scopes });
    let (_, both) = decided(&manifest, &requests).unwrap();
    assert_eq!(both.approvers().collect::<Vec<_>>(), ["nobody", "security", "leads"]);
}

#[test]
fn the_strictest_of_several_requests_decides() {
    let manifest =
        manifest("allow", &["effect = \"approve\"\nmethods = \"POST\"", "effect = \"deny\"\nmethods = \"DELETE\""]);
    let none = ScopeSet::new();
    let request = |name| Request { endpoint: Some(find(&manifest, name)), scopes: &none };
    for (names, expected, about) in [
        (vec!["GET /orders", "GET /health"], "allow", "GET /orders"),
        (vec!["GET /orders", "POST /orders"], "approve", "POST /orders"),
        (vec!["POST /orders", "DELETE /orders/{id}", "GET /orders"], "deny", "DELETE /orders/{id}"),
    ] {
        let requests: Vec<Request<'_>> = names.into_iter().map(request).collect();
        let (request, decision) = decided(&manifest, &requests).unwrap();
        assert_eq!((decision.effect.as_str(), request.endpoint.unwrap().1.to_string().as_str()), (expected, about));
    }
    assert!(decided(&manifest, &[]).is_none());
}

#[test]
fn a_trace_names_each_condition_and_whether_it_holds() {
    let manifest = manifest(
        "deny",
        &["effect = \"allow\"\nmethods = \"read\"\nwhen = { environment = \"staging\", branch = \"main\" }"],
    );
    let scopes = ScopeSet::new();
    let request = Request { endpoint: Some(find(&manifest, "GET /orders")), scopes: &scopes };
    let facts = Facts { environment: Some("staging".to_owned()), ..Facts::default() };
    let traced = trace(&manifest, &request, &facts);
    assert_eq!((traced[0].matches, traced[0].unknown), (None, Some(Fact::Branch)));
    let conditions: Vec<_> = traced[0]
        .conditions
        .iter()
        .map(|condition| (condition.key, condition.values.join(" "), condition.holds))
        .collect();
    assert_eq!(
        conditions,
        [
            ("methods", "read".to_owned(), Some(true)),
            ("environment", "staging".to_owned(), Some(true)),
            ("branch", "main".to_owned(), None)
        ]
    );
}

fn any_rule() -> impl Strategy<Value = String> {
    let conditions = prop::sample::select(vec![
        "",
        "clients = \"dev\"",
        "clients = \"ci\"",
        "apis = \"orders\"",
        "endpoints = \"* /orders\"",
        "endpoints = \"GET *\"",
        "methods = \"write\"",
        "methods = \"read\"",
        "scopes = \"orders:read\"",
        "scopes = \"orders:*\"",
        "risk = \"low\"",
        "risk = \"high\"",
        "when = { environment = \"production\" }",
        "when = { environment = \"staging\", ci = false }",
        "when = { branch = \"main\" }",
        "when = { hours = \"09:00-18:00 Europe/Berlin\" }",
        "when = { outside_hours = \"sat,sun 00:00-24:00 UTC\" }",
        "when = { interactive = true }",
        "when = { max_sign_in_age = \"30m\" }",
        "when = { min_sign_in_age = \"30m\" }",
    ]);
    (prop::sample::select(vec!["deny", "approve", "allow"]), conditions)
        .prop_map(|(effect, condition)| format!("effect = \"{effect}\"\n{condition}"))
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let name =
        |names: &'static [&'static str]| prop::option::of(prop::sample::select(names.to_vec()).prop_map(str::to_owned));
    (
        name(&["dev", "ci"]),
        name(&["production", "staging"]),
        any::<Option<bool>>(),
        name(&["main", "other"]),
        any::<Option<bool>>(),
        prop::option::of(0_u64..7200),
        prop::option::of(1_790_000_000_i64..1_792_000_000),
    )
        .prop_map(|(client, environment, ci, branch, interactive, sign_in_age, time)| Facts {
            client,
            environment,
            ci,
            branch,
            caller: None,
            interactive,
            sign_in_age,
            time: time.map(|seconds| jiff::Timestamp::from_second(seconds).unwrap()),
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn adding_a_rule_that_denies_never_allows_more(
        rules in prop::collection::vec(any_rule(), 0..5),
        more in any_rule(),
        position in 0_usize..5,
        default in prop::sample::select(vec!["", "allow", "deny"]),
        facts in any_facts(),
    ) {
        let deny = more.replacen("\"approve\"", "\"deny\"", 1).replacen("\"allow\"", "\"deny\"", 1);
        let approve = deny.replacen("\"deny\"", "\"approve\"", 1);
        let before: Vec<&str> = rules.iter().map(String::as_str).collect();
        let with = |rule| {
            let mut rules = before.clone();
            rules.insert(position.min(before.len()), rule);
            manifest(default, &rules)
        };
        let (known, denied, approved) = (manifest(default, &before), with(&deny), with(&approve));
        for (endpoint, scopes) in
            [("GET /orders", "orders:read"), ("POST /orders", "orders:write"), ("GET /health", ""), ("", "orders:admin")]
        {
            let effect = decision(&known, endpoint, scopes, &facts).effect;
            prop_assert!(decision(&denied, endpoint, scopes, &facts).effect <= effect);
            // a rule that asks for an approval does so only where the default denies
            prop_assert!(default != "allow" || decision(&approved, endpoint, scopes, &facts).effect <= effect);
        }
    }

    #[test]
    fn the_order_of_rules_does_not_matter(
        rules in prop::collection::vec(any_rule(), 0..5),
        default in prop::sample::select(vec!["", "allow", "deny"]),
        facts in any_facts(),
    ) {
        let forwards: Vec<&str> = rules.iter().map(String::as_str).collect();
        let backwards: Vec<&str> = rules.iter().rev().map(String::as_str).collect();
        let (forwards, backwards) = (manifest(default, &forwards), manifest(default, &backwards));
        for endpoint in ["GET /orders", "POST /orders", ""] {
            let effect = |manifest| decision(manifest, endpoint, "orders:write", &facts).effect;
            prop_assert_eq!(effect(&forwards), effect(&backwards));
        }
    }

    #[test]
    fn forgetting_a_fact_never_allows_more(
        rules in prop::collection::vec(any_rule(), 0..5),
        default in prop::sample::select(vec!["", "allow", "deny"]),
        facts in any_facts(),
    ) {
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        let manifest = manifest(default, &rules);
        let effect = |facts: &Facts| decision(&manifest, "POST /orders", "orders:write", facts).effect;
        let all = effect(&facts);
        let mut less = vec![facts.clone(); 6];
        less[0].client = None;
        less[1].environment = None;
        less[2].branch = None;
        less[3].time = None;
        less[4].interactive = None;
        less[5].sign_in_age = None;
        for facts in less {
            prop_assert!(effect(&facts) <= all, "{:?}", facts);
        }
    }
}
