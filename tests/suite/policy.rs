//! The policy of the manifest: every front end obeys the same decision, and sends nothing when it denies.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::sync::Arc;

use serde_json::Value;

use crate::support::MockServer;
use crate::support::{Home, accepted, demand, ids, manifest, text};

/// Replaces the manifest by one with a policy, and trusts it.
fn adopt(server: &MockServer, home: &Home, default: &str, rules: &str) {
    let default = if default.is_empty() { String::new() } else { format!("policy_default = \"{default}\"\n") };
    home.write("tokscope.toml", &format!("{default}{}{rules}", manifest(&server.origin, &server.origin)));
    demand(&home.run(&["trust", "--yes"]), 0);
}

fn with_tokens() -> (Arc<MockServer>, Home) {
    let (server, home) = accepted();
    for endpoint in ["GET /orders", "POST /orders"] {
        let login = ["login", "--no-browser", "--client", "dev", "-e", endpoint, "--scope", "offline_access"];
        demand(&home.run_and_sign_in(&server, &login), 0);
    }
    (server, home)
}

/// The line of the first `[[policy]]`.
fn line(home: &Home) -> usize {
    let source = std::fs::read_to_string(home.path().join("tokscope.toml")).unwrap();
    source.lines().position(|line| line == "[[policy]]").unwrap() + 1
}

#[test]
fn nothing_is_sent_or_passed_on_when_the_policy_denies() {
    let (server, home) = with_tokens();
    let id = ids(&home)[1].clone();
    for (effect, word) in [("deny", "the policy denies"), ("approve", "needs an approval")] {
        let rule = format!("[[policy]]\neffect = \"{effect}\"\nmethods = \"write\"\nreason = \"frozen\"\n");
        adopt(&server, &home, "", &rule);
        let (place, before) = (format!("/tokscope.toml:{})", line(&home)), server.requests());
        for arguments in [
            &["call", "POST /orders", "--client", "dev", "--yes", "--data", "{}"][..],
            &["call", "POST /orders", "--yes"],
            &["call", "POST /orders", "--client", "machine", "--yes"],
            &["token", "-e", "POST /orders", "--client", "dev"],
            &["token", "-e", "GET /orders", "-e", "POST /orders", "--client", "dev"],
            &["exec", "-e", "POST /orders", "--client", "dev", "--", "touch", "ran"],
            &["login", "-e", "POST /orders", "--client", "dev", "--no-browser"],
            &["login", "--scope", "orders:write", "--client", "dev", "--no-browser"],
            &["tokens", "refresh", &id],
            &["probe", "-e", "POST /orders", "--yes"],
        ] {
            let output = home.run(arguments);
            demand(&output, 7);
            let said = text(&output.stderr);
            assert!(said.contains(word) && said.contains("frozen"), "{arguments:?}: {said}");
            assert!(said.contains("decided by rule 1 (") && said.contains(&place), "{arguments:?}: {said}");
            assert!(output.stdout.is_empty(), "{arguments:?}: {}", text(&output.stdout));
        }
        assert_eq!(server.requests(), before, "{effect}");
        assert!(!home.path().join("ran").exists());
        // the same decision without a request
        let output = home.run(&["policy", "test", "POST /orders", "--client", "dev"]);
        demand(&output, 7);
        assert!(text(&output.stdout).contains(&place), "{}", text(&output.stdout));
        // what the rule is not about still works
        demand(&home.run(&["call", "GET /orders", "--client", "dev"]), 0);
        let output = home.run(&["token", "-e", "GET /orders", "--client", "dev"]);
        demand(&output, 0);
        assert!(text(&output.stderr).contains("policy: allowed by the default"), "{}", text(&output.stderr));
    }
}

#[test]
fn a_default_of_deny_also_denies_servers_that_the_manifest_does_not_have() {
    let (server, home) = accepted();
    let url = format!("{}/mcp", server.origin);
    let call = ["call", "--mcp", url.as_str(), "tools/list", "--no-interact", "--yes"];
    adopt(&server, &home, "deny", "");
    let before = server.requests();
    let output = home.run(&call);
    demand(&output, 7);
    assert!(text(&output.stderr).contains("the default denies"), "{}", text(&output.stderr));
    assert_eq!(server.requests(), before);
    adopt(&server, &home, "allow", "");
    home.run(&call);
    assert!(server.requests() > before);
}

#[test]
fn check_reports_the_decision_beside_the_verdict() {
    let (server, home) = with_tokens();
    let token = demand(&home.run(&["token", "-e", "POST /orders", "--client", "dev"]), 0);
    home.write("token.txt", &token);
    let check =
        |endpoint: &str| home.run(&["check", "--file", "token.txt", "-e", endpoint, "--json", "--client", "dev"]);
    let document = |output: &std::process::Output| -> Value { serde_json::from_slice(&output.stdout).unwrap() };
    assert_eq!(document(&check("POST /orders"))["policy"], Value::Null);
    adopt(&server, &home, "", "[[policy]]\neffect = \"deny\"\nendpoints = \"POST /orders\"\nreason = \"frozen\"\n");
    let output = check("POST /orders");
    demand(&output, 7);
    let found = document(&output);
    assert_eq!(found["verdict"], "allowed");
    assert_eq!((&found["policy"]["effect"], &found["policy"]["rule"]), (&"deny".into(), &1.into()));
    assert_eq!(found["policy"]["line"], line(&home));
    assert_eq!(found["policy"]["reason"], "frozen");
    assert!(found["policy"]["file"].as_str().unwrap().ends_with("/tokscope.toml"));
    let output = home.run(&["check", "--file", "token.txt", "-e", "POST /orders"]);
    demand(&output, 7);
    assert!(text(&output.stdout).contains("policy: denied by rule 1"), "{}", text(&output.stdout));
    demand(&check("GET /health"), 0);
}

#[test]
fn a_token_that_is_passed_on_is_not_broader_than_the_policy_allows() {
    let (server, home) = accepted();
    let login = ["login", "--no-browser", "--client", "dev", "-e", "GET /orders", "-e", "DELETE /orders/7"];
    demand(&home.run_and_sign_in(&server, &login), 0);
    let rule = "[[policy]]\neffect = \"approve\"\nendpoints = \"DELETE /orders/{order}\"\nreason = \"needs two\"\n";
    adopt(&server, &home, "", rule);
    // the only stored token could delete; a call for which it is sufficient is allowed
    demand(&home.run(&["call", "GET /orders", "--client", "dev"]), 0);
    let output = home.run(&["token", "-e", "GET /orders", "--client", "dev"]);
    demand(&output, 7);
    let said = text(&output.stderr);
    assert!(said.contains("DELETE /orders/{id}") && output.stdout.is_empty(), "{said}");
}

#[test]
fn facts_come_from_the_environment_and_a_missing_one_denies() {
    let (server, home) = with_tokens();
    let rule = "[[policy]]\neffect = \"deny\"\nmethods = \"read\"\nwhen = { environment = \"production\" }\n";
    adopt(&server, &home, "", rule);
    let call = |variables: &[(&str, &str)]| {
        let mut command = home.tokscope(&["call", "GET /orders", "--client", "dev"]);
        command.env_remove("CI").envs(variables.iter().copied());
        command.output().unwrap()
    };
    let before = server.requests();
    let output = call(&[]);
    demand(&output, 7);
    let said = text(&output.stderr);
    assert!(said.contains("depends on the environment, which is not known"), "{said}");
    assert!(said.contains("set TOKSCOPE_ENVIRONMENT"), "{said}");
    demand(&call(&[("TOKSCOPE_ENVIRONMENT", "production")]), 7);
    assert_eq!(server.requests(), before);
    demand(&call(&[("TOKSCOPE_ENVIRONMENT", "staging")]), 0);
    for (when, variables, code) in [
        ("ci = true", &[("CI", "true")][..], 7),
        ("ci = true", &[("CI", "false")], 0),
        ("caller = \"agent-*\"", &[("TOKSCOPE_CALLER", "agent-7")], 7),
        ("caller = \"agent-*\"", &[], 0),
        ("interactive = false", &[], 7),
        ("branch = \"main\"", &[("CI", "1"), ("CI_COMMIT_BRANCH", "main")], 7),
        ("branch = \"main\"", &[("CI", "1"), ("CI_COMMIT_BRANCH", "other")], 0),
        ("branch = \"main\"", &[], 7),
        ("min_sign_in_age = \"1h\"", &[], 0),
        ("max_sign_in_age = \"1h\"", &[], 7),
    ] {
        adopt(&server, &home, "", &format!("[[policy]]\neffect = \"deny\"\nmethods = \"read\"\nwhen = {{ {when} }}\n"));
        demand(&call(variables), code);
    }
}

#[test]
fn a_rule_about_the_caller_names_the_program_of_exec() {
    let (server, home) = with_tokens();
    adopt(&server, &home, "", "[[policy]]\neffect = \"deny\"\nwhen = { caller = \"touch\" }\n");
    let before = server.requests();
    demand(&home.run(&["exec", "-e", "GET /orders", "--client", "dev", "--", "touch", "ran"]), 7);
    assert_eq!(server.requests(), before);
    demand(&home.run(&["exec", "-e", "GET /orders", "--client", "dev", "--", "true"]), 0);
}

#[test]
fn denials_are_recorded_with_the_rule() {
    let (server, home) = with_tokens();
    adopt(&server, &home, "deny", "[[policy]]\neffect = \"allow\"\nmethods = \"read\"\nclients = \"dev\"\n");
    demand(&home.run(&["call", "GET /orders", "--client", "dev"]), 0);
    demand(&home.run(&["call", "POST /orders", "--client", "dev", "--yes"]), 7);
    demand(&home.run(&["token", "-e", "GET /orders", "--client", "machine"]), 7);
    let log = demand(&home.run(&["audit", "log", "--json"]), 0);
    let records: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let denied: Vec<&Value> = records.iter().filter(|record| record["event"] == "request.denied").collect();
    assert_eq!(denied.len(), 2, "{log}");
    assert_eq!((&denied[0]["endpoint"], &denied[0]["decision"]), (&"POST /orders".into(), &"deny".into()));
    assert_eq!((&denied[0]["rule"], &denied[0]["line"]), (&"policy default".into(), &1.into()));
    assert_eq!((&denied[1]["client"], &denied[1]["outcome"]), (&"machine".into(), &"denied".into()));
    let used = records.iter().find(|record| record["event"] == "token.used").unwrap();
    assert_eq!((&used["rule"], &used["line"]), (&"policy 1".into(), &line(&home).into()));
}

#[test]
fn a_changed_policy_needs_trust_again() {
    let (server, home) = with_tokens();
    let known = manifest(&server.origin, &server.origin);
    let rule = "[[policy]]\neffect = \"deny\"\nmethods = \"write\"\nreason = \"frozen\"\n";
    adopt(&server, &home, "", rule);
    let call = ["call", "GET /orders", "--client", "dev", "--no-interact"];
    demand(&home.run(&call), 0);
    for (changed, code) in [
        (known.clone(), 0),
        (format!("{known}{}", rule.replace("write", "POST")), 5),
        (format!("{known}{}", rule.replace("deny", "allow")), 5),
        (format!("policy_default = \"allow\"\n{known}{rule}"), 5),
        (format!("{known}{rule}[[policy]]\neffect = \"allow\"\n"), 5),
        // a reason and a comment have no effect
        (format!("{known}# comment\n{}", rule.replace("frozen", "thawed")), 0),
    ] {
        home.write("tokscope.toml", &changed);
        demand(&home.run(&call), code);
    }
}

#[test]
fn the_terminal_ui_sends_and_passes_on_nothing_that_the_policy_denies() {
    let (server, home) = with_tokens();
    let screen = |keys: &str| demand(&home.run(&["--print=120x36", "--keys", keys]), 0);
    // the keys work as long as the policy allows it
    let sent = server.requests();
    let shown = screen("/POST /orders<enter>c<wait><enter><wait>");
    assert!(server.requests() > sent, "{shown}");
    let shown = screen("/POST /orders<enter>o<wait>u<wait>");
    assert!(shown.contains("using a stored token"), "{shown}");
    for (effect, word) in [("deny", "the policy denies"), ("approve", "needs an approval")] {
        let rule = format!("[[policy]]\neffect = \"{effect}\"\nmethods = \"write\"\nreason = \"frozen\"\n");
        adopt(&server, &home, "", &rule);
        let before = server.requests();
        for keys in [
            "/POST /orders<enter>c<wait><enter><wait>",
            "/POST /orders<enter>o<wait><enter><wait>",
            "/POST /orders<enter>o<wait>u<wait>",
            "t<wait>jr<wait>",
        ] {
            let shown = screen(keys);
            assert!(shown.contains(word) && shown.contains("frozen"), "{keys}: {shown}");
        }
        assert_eq!(server.requests(), before, "{effect}");
    }
}
