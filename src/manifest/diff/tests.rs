use super::*;
use crate::manifest::parse;

const OLD: &str = r#"[api.orders]
base_url = "https://api.example.com/v1"
issuer = "https://login.example.com"
[api.orders.scopes]
read = { risk = "low" }
write = { risk = "high", implies = ["read"] }
delete = {}
admin = { risk = "critical", implies = ["write"] }
[api.orders.endpoints]
"GET /orders" = "read"
"POST /orders" = ["write", "delete"]
"DELETE /orders/{id}" = { any_of = ["admin", ["write", "delete"]] }
"GET /health" = []
[client.dev]
issuer = "https://login.example.com"
client_id = "dev"
grants = ["authorization_code"]
may_request = ["write"]
max_lifetime = "8h"
[client.other]
issuer = "https://elsewhere.example.com"
client_id = "other"
"#;

/// Returns the changes when `from` is replaced by `to`: kind, endpoints, clients.
fn changed(from: &str, to: &str) -> Vec<String> {
    assert!(OLD.contains(from), "{from}");
    let read = |source: &str| {
        let parsed = parse(source);
        parsed.manifest.unwrap_or_else(|| panic!("{:?}", parsed.findings))
    };
    let changes = diff(&read(OLD), &read(&OLD.replacen(from, to, 1)));
    let touched = |change: &Change| {
        format!("{} [{}] [{}]", change.kind.name, change.endpoints.join(", "), change.clients.join(", "))
    };
    changes.iter().map(touched).collect()
}

#[test]
fn changes_are_classified_by_their_effect_on_privilege() {
    for (from, to, expected) in [
        // same meaning, different text
        ("\"GET /orders\" = \"read\"", "\"GET /orders\" = { any_of = [\"read\"] } # why", ""),
        ("/orders/{id}", "/orders/{order}", ""),
        ("[\"write\", \"delete\"]\n", "[\"write\", \"read\", \"delete\"]\n", "endpoint-reworded [POST /orders] []"),
        // endpoints
        ("\"GET /orders\" = \"read\"", "\"GET /orders\" = \"write\"", "endpoint-needs-more [GET /orders] [dev]"),
        ("[\"write\", \"delete\"]\n", "[\"write\"]\n", "endpoint-needs-less [POST /orders] [dev]"),
        ("[\"write\", \"delete\"]\n", "\"admin\"\n", "endpoint-needs-other [POST /orders] []"),
        ("[\"write\", \"delete\"]\n", "[]\n", "endpoint-open [POST /orders] [dev]"),
        (
            "\"GET /orders\" = \"read\"",
            "\"GET /orders\" = { all_of = \"read\", optional = true }",
            "token-optional [GET /orders] [dev]",
        ),
        (
            "{ any_of = [\"admin\", ",
            "{ any_of = [\"read\", \"admin\", ",
            "alternative-added [DELETE /orders/{id}] [dev]",
        ),
        (
            "{ any_of = [\"admin\", [\"write\", \"delete\"]] }",
            "{ any_of = [\"admin\", \"delete\", ] }",
            "endpoint-needs-less [DELETE /orders/{id}] []",
        ),
        (
            "\"GET /orders\" = \"read\"",
            "\"GET /orders\" = { any_of = [\"read\", \"delete\"] }",
            "alternative-added [GET /orders] [dev]",
        ),
        (
            "{ any_of = [\"admin\", [\"write\", \"delete\"]] }",
            "\"admin\"",
            "alternative-removed [DELETE /orders/{id}] []",
        ),
        (
            "\"GET /health\" = []",
            "\"GET /health2\" = []",
            "endpoint-added-open [GET /health2] [dev]|endpoint-removed [GET /health] [dev]",
        ),
        // scopes
        ("delete = {}", "delete = { implies = [\"read\"] }", "scope-widened [GET /orders] []"),
        (", implies = [\"read\"] }", " }", "scope-narrowed [GET /orders] []|scope-narrowed [GET /orders] [dev]"),
        ("implies = [\"write\"]", "implies = [\"*\"]", "scope-widened [POST /orders] []"),
        ("risk = \"high\"", "risk = \"low\"", "risk-lowered [GET /orders] [dev]"),
        ("risk = \"low\"", "risk = \"high\"", "risk-raised [GET /orders] [dev]"),
        // clients
        ("[\"write\"]\nmax", "[\"write\", \"read\"]\nmax", ""),
        (
            "[\"write\"]\nmax",
            "[\"write\", \"delete\"]\nmax",
            "ceiling-raised [orders: POST /orders, orders: DELETE /orders/{id}] [dev]",
        ),
        ("[\"write\"]\nmax", "[\"read\"]\nmax", "ceiling-lowered [] [dev]"),
        ("may_request = [\"write\"]\n", "", "ceiling-raised [orders: POST /orders, orders: DELETE /orders/{id}] [dev]"),
        ("\"8h\"", "\"7d\"", "lifetime-raised [] [dev]"),
        ("max_lifetime = \"8h\"\n", "", "lifetime-raised [] [dev]"),
        ("\"8h\"", "\"1h\"", "lifetime-lowered [] [dev]"),
        ("[\"authorization_code\"]", "[\"client_credentials\"]", "grant-added [] [dev]|grant-removed [] [dev]"),
        (
            "client_id = \"other\"",
            "client_id = \"o\"\nsecret = { env = \"S\" }",
            "client-id-changed [] [other]|secret-moved [] [other]",
        ),
        (
            "client_id = \"other\"",
            "client_id = \"other\"\ndpop = true\nalways_request = [\"openid\"]",
            "always-request-raised [] [other]|binding-added [] [other]",
        ),
        (
            "client_id = \"other\"",
            "client_id = \"other\"\naccept_granted = [\"read\"]\nnarrow = \"exchange\"",
            "accept-granted-raised [] [other]|narrow-changed [] [other]",
        ),
        (
            "client_id = \"other\"",
            "client_id = \"other\"\naccept_granted = \"any\"\nnarrow = false",
            "accept-granted-raised [] [other]|narrow-dropped [] [other]",
        ),
        // where tokens go
        ("https://api.example.com/v1", "https://api.example.org/v1", "base-url-changed [] [dev]"),
    ] {
        assert_eq!(changed(from, to).join("|"), expected, "{from} -> {to}");
    }
}

#[test]
fn added_and_removed_apis_and_clients_are_reported() {
    let names = |from: &str, to: &str| -> Vec<String> {
        changed(from, to).iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
    };
    let (_, clients) = OLD.split_once("[client.dev]").unwrap();
    assert_eq!(names(OLD, &format!("[client.dev]{clients}")), ["api-removed"]);
    assert_eq!(names("[client.other]", "[client.third]"), ["client-removed", "client-added"]);
}

#[test]
fn change_names_are_unique() {
    let mut names: Vec<&str> = CHANGES.iter().map(|kind| kind.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), CHANGES.len());
}

#[test]
fn policy_changes_are_classified_by_their_effect_on_privilege() {
    let read = |default: &str, rules: &[&str]| {
        let rules = rules.iter().map(|rule| format!("[[policy]]\n{rule}\n")).collect::<Vec<_>>().concat();
        parse(&format!("{default}\n{OLD}{rules}")).manifest.unwrap()
    };
    let (deny, approve, allow) = (
        "effect = \"deny\"\nmethods = \"write\"",
        "effect = \"approve\"\nendpoints = \"POST /orders\"",
        "effect = \"allow\"\nclients = \"dev\"\nendpoints = \"GET /orders\"",
    );
    let by_deny = "policy_default = \"deny\"";
    for (old, new, expected) in [
        (("", &[] as &[&str]), ("", &[] as &[&str]), ""),
        (("", &[]), ("", &[deny]), "policy-deny-added relaxation"),
        (("", &[deny]), ("", &[]), "policy-deny-removed escalation"),
        (("", &[]), ("", &[approve]), "policy-approval-added relaxation"),
        (("", &[approve]), ("", &[]), "policy-approval-removed escalation"),
        ((by_deny, &[]), (by_deny, &[approve]), "policy-approval-opened escalation"),
        ((by_deny, &[approve]), (by_deny, &[]), "policy-approval-withdrawn relaxation"),
        ((by_deny, &[]), (by_deny, &[allow]), "policy-allow-added escalation"),
        ((by_deny, &[allow]), (by_deny, &[]), "policy-allow-removed relaxation"),
        ((by_deny, &[]), ("", &[]), "policy-default-allows escalation"),
        (("", &[]), ("", &[allow]), "policy-default-denies relaxation|policy-allow-added escalation"),
        (("", &[deny, approve]), ("", &[approve, deny]), ""),
        (("", &[deny]), ("", &["effect = \"deny\"\nmethods = [\"write\"]\nreason = \"r\""]), ""),
        (("", &[deny]), ("", &[deny, deny]), "policy-deny-added relaxation"),
    ] {
        let changes = diff(&read(old.0, old.1), &read(new.0, new.1));
        let found: Vec<String> =
            changes.iter().map(|change| format!("{} {}", change.kind.name, change.kind.direction)).collect();
        assert_eq!(found.join("|"), expected, "{old:?} {new:?}");
    }
    let changes = diff(&read(by_deny, &[]), &read(by_deny, &[allow]));
    assert_eq!(
        (changes[0].endpoints.join(" "), changes[0].clients.join(" ")),
        ("GET /orders".to_owned(), "dev".to_owned())
    );
    assert_eq!(changes[0].message, "allow, clients dev, endpoints GET /orders");
}
