//! From the request to the end of the window.

use jiff::Timestamp;
use serde_json::Value;

use super::{DELETE, Team, demand_refused, leads};
use crate::gateway::Running;
use crate::support::{demand, ids, text, vault};

fn events(team: &Team, prefix: &str) -> Vec<String> {
    let listed = demand(&team.requester.run(&["audit", "log", "--json", "--event", prefix]), 0);
    let records = listed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let done = records.filter(|record| record["phase"] != "intent");
    done.map(|record| format!("{} {}", record["event"].as_str().unwrap(), record["outcome"].as_str().unwrap()))
        .collect()
}

#[test]
fn a_request_above_the_ceiling_is_approved_by_a_second_key_and_used_once() {
    let team = Team::new(&["ben"], |keys| leads(1, keys));
    let before = team.server.requests();
    let output = team.requester.run(&DELETE);
    demand_refused(&team, &output, "orders:delete is above the ceiling of client `machine`", before);
    let shown = text(&output.stderr);
    let path = shown.split('`').find(|word| word.strip_suffix(".txt").is_some()).unwrap();
    assert!(shown.contains("1 of ben (leads)"), "{shown}");
    let request = std::fs::read_to_string(path).unwrap();
    // the same need makes no second request
    demand_refused(&team, &team.requester.run(&DELETE), "is waiting: too few approvals (leads: 0 of 1)", before);
    assert_eq!(team.state()["state"], "pending");

    let reply = team.approve(0, &request);
    let mangled = format!("Hi,\r\nok!\r\n> {}\r\n-- \r\nBen", reply.trim_end().replace('\n', "\r\n> "));
    let added = demand(&team.add(&mangled), 0);
    assert!(added.contains("approved by ben") && added.contains("active"), "{added}");
    let token = demand(&team.requester.run(&DELETE), 0);
    assert!(!token.trim().is_empty());
    assert_eq!((&team.state()["state"], &team.state()["used"]), (&Value::from("used"), &Value::from(1)));

    // the stored token is used until the end of the window, without another use
    assert_eq!(demand(&team.requester.run(&DELETE), 0), token);
    demand(&team.requester.run(&["tokens", "forget", "--all", "--yes"]), 0);
    let before = team.server.requests();
    demand_refused(&team, &team.requester.run(&DELETE), "orders:delete is above the ceiling", before);
    assert_eq!(
        events(&team, "approval"),
        [
            "approval.requested ok",
            "approval.granted ok",
            "approval.used ok",
            // for the second need
            "approval.requested ok",
        ]
    );
}

#[test]
fn what_is_done_under_an_approval_is_recorded_with_it_and_its_approvers() {
    let rule = "[[policy]]\neffect = \"approve\"\nendpoints = [\"GET /payments\"]\napprovers = \"leads\"\n";
    let team = Team::new(&["ben", "cem"], |keys| format!("{}{rule}", leads(2, keys)));
    let request = team.request(&["--uses", "any"]);
    team.add(&team.approve(0, &request));
    demand(&team.add(&team.approve(1, &request)), 0);
    let id = team.state()["id"].clone();
    team.requester.run(&["call", "DELETE /orders/7", "--client", "machine", "--yes"]);
    let records = || -> Vec<Value> {
        let listed = demand(&team.requester.run(&["audit", "log", "--json"]), 0);
        listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let approved = |records: &[Value], event: &str| {
        let of = |phase: &str| {
            let fits = |one: &&Value| one["event"] == event && one["phase"] == phase;
            let record = records.iter().rfind(fits).unwrap_or_else(|| panic!("no {phase} of {event}"));
            (record["approval"].clone(), record["approver"].clone())
        };
        assert_eq!(of("intent"), of("outcome"), "{event}");
        of("outcome")
    };
    let expected = (id.clone(), Value::from("ben, cem"));
    assert_eq!(approved(&records(), "token.granted"), expected);
    let listed = demand(&team.requester.run(&["audit", "log", "--event", "token.granted"]), 0);
    assert!(listed.contains("approved by ben, cem"), "{listed}");
    let review = demand(&team.requester.run(&["tokens", "review", "--json"]), 0);
    let review: Value = serde_json::from_str(&review).unwrap();
    assert_eq!(review["tokens"][0]["approval"]["id"], id, "{review:#}");
    assert_eq!(review["tokens"][0]["approval"]["approvers"], serde_json::json!(["ben", "cem"]));

    // a call that a rule lets pass only with an approval
    let payments = ["call", "GET /payments", "--client", "machine"];
    team.requester.run(&payments);
    let pending = demand(&team.requester.run(&["approve", "--list", "--json"]), 0);
    let pending: Value = serde_json::from_str(&pending).unwrap();
    let waiting = |one: &&Value| one["state"] == "pending";
    let id = pending["requests"].as_array().unwrap().iter().find(waiting).unwrap()["id"].clone();
    let request = demand(&team.requester.run(&["approve", "--show", id.as_str().unwrap()]), 0);
    team.add(&team.approve(0, &request));
    demand(&team.add(&team.approve(1, &request)), 0);
    team.requester.run(&payments);
    assert_eq!(approved(&records(), "token.used"), (id, Value::from("ben, cem")));
}

#[test]
fn every_command_that_gets_a_token_asks_for_the_same_approval() {
    let team = Team::new(&["ben"], |keys| leads(1, keys));
    let before = team.server.requests();
    for command in [
        &["login", "-e", "DELETE /orders/{id}", "--client", "machine"][..],
        &["login", "--scope", "orders:delete", "--client", "machine"],
        &["exec", "-e", "DELETE /orders/{id}", "--client", "machine", "--", "true"],
        &["call", "DELETE /orders/7", "--client", "machine", "--yes"],
        &DELETE,
    ] {
        demand_refused(&team, &team.requester.run(command), "orders:delete is above the ceiling", before);
    }
    let request = demand(&team.requester.run(&["approve", "--show", team.state()["id"].as_str().unwrap()]), 0);
    demand(&team.add(&team.approve(0, &request)), 0);
    demand(&team.requester.run(&["exec", "-e", "DELETE /orders/{id}", "--client", "machine", "--", "true"]), 0);
}

#[test]
fn approvals_are_counted_and_a_refusal_ends_the_request() {
    let team = Team::new(&["ben", "cem", "dora"], |keys| leads(2, keys));
    let request = team.request(&["--reason", "remove test orders", "--for", "2h", "--uses", "any"]);
    let output = team.add(&team.approve(0, &request));
    demand(&output, 7);
    assert!(text(&output.stdout).contains("leads: 1 of 2"), "{}", text(&output.stdout));
    let again = team.add(&team.approve(0, &request));
    assert!(text(&again.stderr).contains("nothing new in this reply"), "{}", text(&again.stderr));
    demand(&team.add(&team.approve(1, &request)), 0);
    demand(&team.requester.run(&DELETE), 0);

    let refused = demand(&team.reply(2, &request, &["--refuse", "not on a Friday"]), 0);
    let output = team.add(&refused);
    demand(&output, 7);
    assert!(text(&output.stderr).contains("refused by dora: not on a Friday"), "{}", text(&output.stderr));
    assert_eq!(team.state()["state"], "refused");
    demand(&team.requester.run(&["tokens", "forget", "--all", "--yes"]), 0);
    demand(&team.requester.run(&DELETE), 7);
    // an approval after the refusal does not count
    let late = team.add(&team.approve(2, &request));
    demand(&late, 7);
    assert!(text(&late.stderr).contains("refused by dora"), "{}", text(&late.stderr));
    assert!(events(&team, "approval.refused").contains(&"approval.refused ok".to_owned()));
}

#[test]
fn the_end_of_an_approval_revokes_its_token() {
    let team = Team::new(&["ben"], |keys| leads(1, keys));
    let request = team.request(&["--uses", "any"]);
    demand(&team.add(&team.approve(0, &request)), 0);
    let first = demand(&team.requester.run(&DELETE), 0);
    // the window has passed
    let set_back = |records: &mut Vec<tokscope::vault::Record>| {
        for link in records.iter_mut().filter_map(|record| record.approval.as_mut()) {
            link.until = Timestamp::from_second(Timestamp::now().as_second() - 1).unwrap();
        }
    };
    vault(&team.requester).update(set_back).unwrap();
    let output = team.requester.run(&["token", "-e", "GET /orders", "--client", "machine"]);
    let other = demand(&output, 0);
    assert_ne!(other, first, "a token of an approval that has ended is not used");
    // narrowed to what the ceiling allows, and the broad token is revoked
    let shown = text(&output.stderr);
    assert!(shown.contains("was replaced by `") && shown.contains("with orders:read and revoked"), "{shown}");
    assert_eq!(ids(&team.requester).len(), 1);
    let stored = demand(&team.requester.run(&["tokens", "list", "--json"]), 0);
    assert!(stored.contains("orders:read") && !stored.contains("orders:delete"), "{stored}");
    assert_eq!(events(&team, "approval.expired"), ["approval.expired ok"]);
    assert!(!events(&team, "token.revoked").is_empty());
    // it needs no approval, so it stays
    let output = team.requester.run(&["token", "-e", "GET /orders", "--client", "machine"]);
    assert_eq!(demand(&output, 0), other);
    assert!(!text(&output.stderr).contains("has ended"), "{}", text(&output.stderr));

    // ended early
    demand(&team.requester.run(&DELETE), 0);
    let ended = team.requester.run(&["approve", "--end", team.state()["id"].as_str().unwrap()]);
    assert!(text(&ended.stdout).contains("has ended: token"), "{}{}", text(&ended.stdout), text(&ended.stderr));
    assert_eq!(team.state()["state"], "ended");
    demand(&team.requester.run(&DELETE), 7);
    assert_eq!(ids(&team.requester).len(), 1, "the narrower token is still there");
}

#[test]
fn a_token_without_a_scope_below_the_ceiling_is_revoked_at_the_end_of_its_approval() {
    let team = Team::new(&["ben"], |keys| leads(1, keys));
    let login = ["login", "--scope", "orders:delete", "--client", "machine"];
    demand(&team.requester.run(&login), 7);
    let id = team.state()["id"].as_str().unwrap().to_owned();
    let request = demand(&team.requester.run(&["approve", "--show", &id]), 0);
    demand(&team.add(&team.approve(0, &request)), 0);
    demand(&team.requester.run(&login), 0);
    let output = team.requester.run(&["approve", "--end", &id]);
    assert!(
        text(&output.stdout).contains("was removed and revoked"),
        "{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    demand(&output, 0);
    assert_eq!(ids(&team.requester).len(), 0);
}

#[test]
fn an_emergency_is_used_before_the_approval_and_reported_until_it_is_approved() {
    let group = |keys: &[String]| format!("{}emergency = true\nreason = true\n", leads(1, keys));
    let team = Team::new(&["ben"], group);
    let output = team.requester.run(&DELETE);
    demand(&output, 7);
    assert!(text(&output.stderr).contains("the approvers require a reason"), "{}", text(&output.stderr));
    let request = team.request(&["--reason", "clean up"]);
    let id = team.state()["id"].as_str().unwrap().to_owned();
    demand(&team.requester.run(&["approve", "--emergency", &id]), 2);
    demand(&team.requester.run(&["approve", "--emergency", &id, "--reason", "production is down"]), 0);
    assert_eq!(team.state()["state"], "emergency");
    demand(&team.requester.run(&DELETE), 0);
    let again = team.requester.run(&["approve", "--emergency", &id, "--reason", "once more"]);
    demand(&again, 7);
    let listed = demand(&team.requester.run(&["approve", "--list"]), 0);
    assert!(listed.contains("used in an emergency, not approved yet (due 2"), "{listed}");
    // until it is approved, every review fails, and commands that use tokens remind of it
    let due = team.state()["due"].as_str().unwrap().to_owned();
    let reminds = format!(
        "used in an emergency and has to be approved by {due}: `tokscope approve --show {}`",
        id.get(..8).unwrap()
    );
    let output = team.requester.run(&["tokens", "review", "--json"]);
    demand(&output, 6);
    let review: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = review["findings"].as_array().unwrap().iter();
    let found = findings.filter(|one| one["code"] == "emergency-unapproved").collect::<Vec<_>>();
    assert_eq!(found.len(), 1, "{review}");
    assert!(found[0]["message"].as_str().unwrap().contains("has to be approved by"), "{review}");
    let token = demand(&team.requester.run(&DELETE), 0);
    team.requester.write("token.txt", &token);
    let check = ["check", "--file", "token.txt", "-e", "GET /orders"];
    for command in [&DELETE[..], &check] {
        let output = team.requester.run(command);
        assert!(text(&output.stderr).contains(&reminds), "{command:?}: {}", text(&output.stderr));
    }
    demand(&team.add(&team.approve(0, &request)), 0);
    let listed = demand(&team.requester.run(&["approve", "--list"]), 0);
    assert!(!listed.contains("not approved yet"), "{listed}");
    demand(&team.requester.run(&["tokens", "review"]), 0);
    assert!(!text(&team.requester.run(&check).stderr).contains("emergency"));
    // the approver leaves later: what they approved stays approved
    let without = team.manifest().replace(" ben\"", " dora\"");
    team.write_manifest(&without.replace("need = 1", "need = 1\nmax_window = \"9h\""));
    demand(&team.requester.run(&["tokens", "review"]), 0);
    assert_eq!(team.state()["due"], Value::Null);
    assert_eq!(events(&team, "approval.emergency"), ["approval.emergency ok"]);

    let calm = Team::new(&["ben"], |keys| leads(1, keys));
    calm.request(&[]);
    let id = calm.state()["id"].as_str().unwrap().to_owned();
    let output = calm.requester.run(&["approve", "--emergency", &id, "--reason", "production is down"]);
    demand(&output, 7);
    assert!(text(&output.stderr).contains("do not permit"), "{}", text(&output.stderr));
}

#[test]
fn a_rule_that_asks_for_an_approval_is_satisfied_by_one_use_each() {
    let rule = "[[policy]]\neffect = \"approve\"\nendpoints = [\"GET /payments\"]\napprovers = \"leads\"\n\
        reason = \"payments are confidential\"\n";
    let team = Team::new(&["ben"], |keys| format!("{}{rule}", leads(1, keys)));
    let payments = ["token", "-e", "GET /payments", "--client", "machine"];
    let before = team.server.requests();
    let output = team.requester.run(&payments);
    demand_refused(&team, &output, "payments are confidential", before);
    assert!(text(&output.stderr).contains("1 of ben (leads)"), "{}", text(&output.stderr));
    // other endpoints need none, though the same scope grants access to them
    let orders = ["call", "GET /orders", "--client", "machine"];
    demand(&team.requester.run(&orders), 0);
    let id = team.state()["id"].as_str().unwrap().to_owned();
    let request = demand(&team.requester.run(&["approve", "--show", &id]), 0);
    assert!(request.contains("rule: policy line"), "{request}");
    demand(&team.add(&team.approve(0, &request)), 0);
    demand(&team.requester.run(&payments), 0);
    assert_eq!(team.state()["state"], "used");
    let output = team.requester.run(&payments);
    demand(&output, 7);
    // an approval for something else does not count
    let other = team.request(&["--uses", "any"]);
    demand(&team.add(&team.approve(0, &other)), 0);
    demand(&team.requester.run(&payments), 7);
}

#[test]
fn one_request_names_the_ceiling_and_the_rule_that_both_want_an_approval() {
    let rule = "[[policy]]\neffect = \"approve\"\nendpoints = [\"DELETE /orders/{id}\"]\napprovers = \"security\"\n\
        reason = \"deleting needs a second person\"\n";
    let team = Team::new(&["ben", "cem"], |keys| {
        let security = leads(1, &keys[1..]).replace("leads", "security");
        format!("{}{security}{rule}", leads(1, &keys[..1]))
    });
    let named = team.manifest().replace("[client.machine]", "[client.machine]\napprovers = \"leads\"");
    team.write_manifest(&named);
    let (before, call) = (team.server.requests(), ["call", "DELETE /orders/7", "--client", "machine", "--yes"]);
    let login = ["login", "-e", "DELETE /orders/{id}", "--client", "machine"];
    let exec = ["exec", "-e", "DELETE /orders/{id}", "--client", "machine", "--", "touch", "ran"];
    for command in [&call[..], &login, &exec, &DELETE] {
        let output = team.requester.run(command);
        demand_refused(&team, &output, "above the ceiling of client `machine`", before);
        let shown = text(&output.stderr);
        assert!(
            shown.contains("deleting needs a second person") || shown.contains("the policy asks for it"),
            "{shown}"
        );
        assert!(shown.contains("1 of ben (leads); and 1 of cem (security)"), "{shown}");
    }
    let listed = demand(&team.requester.run(&["approve", "--list", "--json"]), 0);
    let requests = serde_json::from_str::<Value>(&listed).unwrap()["requests"].as_array().unwrap().len();
    assert_eq!(requests, 1, "one request for both: {listed}");
    let id = team.state()["id"].as_str().unwrap().to_owned();
    let request = demand(&team.requester.run(&["approve", "--show", &id]), 0);
    let line = named.lines().position(|line| line == "[[policy]]").unwrap() + 1;
    let rules = format!("rule: ceiling\nrule: policy line {line}\napprovers: leads\napprovers: security\n");
    assert!(request.contains(&rules), "{request}");

    // each group has to approve
    demand(&team.add(&team.approve(0, &request)), 7);
    demand_refused(&team, &team.requester.run(&call), "too few approvals (security: 0 of 1)", before);
    demand(&team.add(&team.approve(1, &request)), 0);
    // one use obtains the token and makes the call
    let sent = team.server.requests();
    let output = team.requester.run(&call);
    assert!(team.server.requests() > sent, "{}", text(&output.stderr));
    assert_eq!((&team.state()["state"], &team.state()["used"]), (&Value::from("used"), &Value::from(1)));
    let sent = team.server.requests();
    demand_refused(&team, &team.requester.run(&call), "deleting needs a second person", sent);
    demand_refused(&team, &team.requester.run(&exec), "deleting needs a second person", sent);
    assert!(!team.requester.path().join("ran").exists());
    // the token is still stored: the next request is for the rule only
    let listed = demand(&team.requester.run(&["approve", "--list", "--json"]), 0);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let next = listed["requests"].as_array().unwrap().iter().find(|request| request["state"] != "used").unwrap();
    let request = demand(&team.requester.run(&["approve", "--show", next["id"].as_str().unwrap()]), 0);
    assert!(
        request.contains(&format!("\nrule: policy line {line}\n")) && !request.contains("rule: ceiling"),
        "{request}"
    );
    // made by hand, a request names both again
    let request = team.request(&["--uses", "2"]);
    assert!(request.contains(&rules), "{request}");
}

#[test]
fn a_denial_comes_before_a_request_for_an_approval_above_the_ceiling() {
    let rule = "[[policy]]\neffect = \"deny\"\nendpoints = [\"DELETE /orders/{id}\"]\nreason = \"frozen\"\n";
    let team = Team::new(&["ben"], |keys| format!("{}{rule}", leads(1, keys)));
    let before = team.server.requests();
    let by_hand = ["approve", "--request", "-e", "DELETE /orders/{id}", "--client", "machine"];
    for command in [&["login", "-e", "DELETE /orders/{id}", "--client", "machine"][..], &DELETE, &by_hand] {
        demand_refused(&team, &team.requester.run(command), "frozen", before);
    }
    assert_eq!(team.state(), Value::Null, "no request was made");
}

#[test]
fn the_terminal_ui_shows_the_request_that_a_rule_asks_for() {
    let rule = "[[policy]]\neffect = \"approve\"\nendpoints = [\"GET /payments\"]\napprovers = \"leads\"\n\
        reason = \"payments are confidential\"\n";
    let team = Team::new(&["ben"], |keys| format!("{}{rule}", leads(1, keys)));
    let before = team.server.requests();
    let screen = ["--print=120x40", "--keys", "/GET /payments<enter>o<wait><enter><wait><wait>"];
    let shown = demand(&team.requester.run(&screen), 0);
    for part in ["Send the request to 1 of ben (leads).", "policy: line ", "payments are confidential"] {
        assert!(shown.contains(part), "expected `{part}`\n{shown}");
    }
    assert_eq!(team.server.requests(), before, "nothing was sent");
    assert_eq!(team.state()["state"], "pending");
}

#[test]
fn each_request_through_the_gateway_takes_a_use() {
    let rule = "[[policy]]\neffect = \"approve\"\nendpoints = [\"GET /payments\"]\napprovers = \"leads\"\n";
    let team = Team::new(&["ben"], |keys| format!("{}{rule}", leads(1, keys)));
    let gateway = Running::start(&team.requester, &["--client", "machine"]);
    assert_eq!(gateway.get("/v1/payments").code(), "policy");
    let id = team.state()["id"].as_str().unwrap().to_owned();
    let request = demand(&team.requester.run(&["approve", "--show", &id]), 0);
    demand(&team.add(&team.approve(0, &request)), 0);
    assert_eq!(gateway.get("/v1/payments").code(), "step-up", "the response of the API");
    assert_eq!(team.state()["state"], "used");
    assert_eq!(gateway.get("/v1/payments").code(), "policy", "the token is still there");
    gateway.end();
}
