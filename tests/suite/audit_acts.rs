//! The acts that are recorded: each event of the catalogue with the command that causes it, and each denial.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test panics")]

use serde_json::Value;
use tokscope::usage::Event;

use crate::support::{self, Behavior, Home, MockServer, accepted, demand, ids, narrowing_by_refresh, text};

const TOKEN: [&str; 4] = ["token", "-e", "GET /orders", "--client=machine"];
const LOGIN: [&str; 8] = ["login", "-e", "GET /orders", "-e", "POST /orders", "--client", "dev", "--no-browser"];

fn records(home: &Home) -> Vec<Value> {
    let listed = demand(&home.run(&["audit", "log", "--json"]), 0);
    listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn signed_in((server, home): (std::sync::Arc<MockServer>, Home)) -> (std::sync::Arc<MockServer>, Home) {
    demand(&home.run_and_sign_in(&server, &LOGIN), 0);
    (server, home)
}

/// Does something that causes an event. `None`: the event is part of keeping the log, or belongs to the gateway, to a
/// policy or to an approval, which have tests of their own.
fn cause(event: Event) -> Option<Vec<Value>> {
    let with = |arguments: &[&str]| {
        let (_server, home) = accepted();
        home.run(arguments);
        records(&home)
    };
    let stored = |arguments: &[&str]| {
        let (server, home) = signed_in(accepted());
        server.behave(Behavior::new().introspection(Some(true)));
        let id = ids(&home).remove(0);
        let arguments: Vec<&str> = arguments.iter().map(|word| if *word == "ID" { &id } else { *word }).collect();
        home.run(&arguments);
        records(&home)
    };
    Some(match event {
        Event::SegmentOpened
        | Event::Repaired
        | Event::WriteRefused
        | Event::Accepted
        | Event::Rekeyed
        | Event::Retention
        | Event::Exported
        | Event::Checkpoint
        | Event::ClockBack
        | Event::Denied
        | Event::ApprovalRequested
        | Event::ApprovalGranted
        | Event::ApprovalRefused
        | Event::ApprovalUsed
        | Event::ApprovalEmergency
        | Event::ApprovalEnded
        | Event::ApprovalExpired
        | Event::GatewayStarted
        | Event::GatewayStopped
        | Event::GatewayRequest => return None,
        Event::TrustAccepted => with(&["trust", "--yes"]),
        Event::TrustWithdrawn => with(&["trust", "revoke"]),
        Event::ManifestChanged => with(&["manifest", "fmt"]),
        Event::ClientRegistered => crate::registration::discovered("--register"),
        Event::ClientUnregistered => crate::registration::discovered("--unregister"),
        Event::Grant | Event::HandOut => with(&TOKEN),
        Event::Use => with(&["call", "GET /health"]),
        Event::Probe => with(&["probe", "-e", "GET /orders", "--client=machine", "--yes"]),
        Event::Refresh => stored(&["tokens", "refresh", "ID"]),
        Event::Revoke => stored(&["tokens", "revoke", "ID", "--yes"]),
        Event::Forget => stored(&["tokens", "forget", "ID", "--yes"]),
        Event::Introspect => stored(&["tokens", "introspect", "ID"]),
        Event::Narrow => {
            let (_server, home) = signed_in(narrowing_by_refresh());
            demand(&home.run(&["token", "-e", "GET /orders", "--client", "dev", "--no-interact"]), 0);
            records(&home)
        }
        Event::Exchange => {
            let (server, home) = signed_in(accepted());
            server.behave(Behavior::new().token_exchange());
            demand(&home.run(&["token", "-e", "GET /orders", "--client", "dev", "--no-interact"]), 0);
            records(&home)
        }
        Event::Excess => {
            let (server, home) = accepted();
            server.behave(Behavior::new().extra_scopes("orders:delete"));
            demand(&home.run(&[&TOKEN[..], &["--accept-more"]].concat()), 0);
            records(&home)
        }
    })
}

#[test]
fn every_act_has_an_intent_before_it_and_an_outcome_after_it() {
    for (event, _) in Event::ALL {
        let Some(records) = cause(*event) else { continue };
        let of = |phase: &str| {
            records
                .iter()
                .find(|record| record["event"] == event.as_str() && record["phase"] == phase)
                .unwrap_or_else(|| panic!("{event}: no {phase} in {records:#?}"))
        };
        let (intent, outcome) = (of("intent"), of("outcome"));
        assert_eq!(intent["act"], outcome["act"], "{event}");
        assert!(intent["seq"].as_u64() < outcome["seq"].as_u64(), "{event}");
        assert!(outcome["outcome"].is_string() && intent["outcome"].is_null(), "{event}");
    }
}

/// Runs a command that is denied on this machine: exactly one record says so, and the server gets no request.
fn denied(
    name: &str,
    (server, home): (&MockServer, &Home),
    command: &[&str],
    code: i32,
    event: &str,
    rule: Option<&str>,
) {
    let before = (server.requests(), records(home).len());
    let output = home.run(command);
    demand(&output, code);
    assert_eq!(server.requests(), before.0, "{name}: a request was sent");
    let all = records(home);
    let denials: Vec<&Value> = all[before.1..]
        .iter()
        .filter(|record| ["denied", "refused"].contains(&record["outcome"].as_str().unwrap_or_default()))
        .collect();
    let [denial] = denials.as_slice() else {
        panic!("{name}: {denials:#?}\n{}", text(&output.stderr));
    };
    assert_eq!((denial["event"].as_str(), denial["rule"].as_str()), (Some(event), rule), "{name}: {denial:#?}");
    assert!(denial["cause"].is_string(), "{name}: {denial:#?}");
}

#[test]
fn every_local_denial_is_recorded_once() {
    let server = support::server();
    let home = Home::new(&server);
    denied("untrusted manifest", (&server, &home), &TOKEN, 5, "trust.accepted", Some("trust"));
    let (server, home) = accepted();
    let both = (&*server, &home);
    let ceiling = ["token", "-e", "POST /orders", "--client=machine"];
    denied("above the ceiling", both, &ceiling, 3, "token.granted", Some("ceiling"));
    let ceiling = ["login", "--client=machine", "-e", "GET /orders", "--scope", "orders:write"];
    denied("scope above the ceiling", both, &ceiling, 3, "token.granted", Some("ceiling"));
    let sign_in = ["token", "-e", "POST /orders", "--client=dev", "--no-interact"];
    denied("login needed", both, &sign_in, 5, "token.granted", None);
    let unsafe_method = ["call", "DELETE /orders/7", "--no-interact"];
    denied("unconfirmed method", both, &unsafe_method, 2, "token.used", Some("confirmation"));
    // {"alg":"none"} {"iss":"https://other.test"}
    home.write_private("other", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL290aGVyLnRlc3QifQ.");
    let other = ["call", "GET /orders", "--token-file", "other", "--no-interact"];
    denied("token of another issuer", both, &other, 2, "token.used", Some("confirmation"));
    let probe = ["probe", "-e", "GET /orders", "--token-file", "other", "--no-interact"];
    denied("probe with it", both, &probe, 2, "token.probed", Some("confirmation"));
    demand(&home.run(&TOKEN), 0);
    let id = ids(&home).remove(0);
    denied("no refresh token", both, &["tokens", "refresh", &id], 5, "token.refreshed", None);
}

#[test]
fn a_token_that_is_not_passed_on_is_recorded() {
    let exec = ["exec", "--accept-more", "-e", "GET /orders", "--client=machine", "--", "true"];
    let cases: [(&str, &[&str], i32, &str); 2] = [
        (r#"{"access_token":"t-short","token_type":"Bearer","scope":"other"}"#, &exec, 3, "manifest"),
        (r#"{"access_token":"t space","token_type":"Bearer"}"#, &TOKEN, 4, "token"),
    ];
    for (response, command, code, rule) in cases {
        let (server, home) = accepted();
        server.behave(Behavior::new().token_response(200, "application/json", response));
        let output = home.run(command);
        demand(&output, code);
        let all = records(&home);
        let denial = all.iter().find(|record| record["outcome"] == "denied");
        let denial = denial.unwrap_or_else(|| panic!("{response}: {all:#?}\n{}", text(&output.stderr)));
        assert_eq!((&denial["event"], &denial["rule"]), (&"token.provided".into(), &rule.into()), "{denial:#?}");
        assert!(!all.iter().any(|record| record["event"] == "token.provided" && record["outcome"] == "ok"));
    }
}

#[test]
fn a_decision_about_excess_is_recorded_before_it_takes_effect() {
    let (server, home) = accepted();
    server.behave(Behavior::new().extra_scopes("orders:delete"));
    demand(&home.run(&TOKEN), 5);
    let all = records(&home);
    let story: Vec<String> = all
        .iter()
        .map(|record| format!("{} {}", record["event"].as_str().unwrap(), record["outcome"].as_str().unwrap_or("-")))
        .collect();
    let at = |line: &str| story.iter().position(|one| one == line).unwrap_or_else(|| panic!("{line}: {story:#?}"));
    assert!(at("token.granted ok") < at("token.excess -"), "{story:#?}");
    assert!(at("token.excess -") < at("token.excess refused"), "{story:#?}");
    assert!(at("token.excess refused") < at("token.revoked -"), "{story:#?}");
    let refused = &all[at("token.excess refused")];
    assert_eq!((&refused["rule"], &refused["excess"]), (&"confirmation".into(), &serde_json::json!(["orders:delete"])));
}
