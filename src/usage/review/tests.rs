//! Tests of reviews.

use super::super::record::{Event, Outcome, Phase, Record};
use super::*;
use crate::scope::ScopeSet;

fn record(event: Event, token: &str) -> Record {
    Record {
        time: Some("2026-11-29T10:00:00.000000000Z".to_owned()),
        phase: Some(Phase::Outcome),
        outcome: Some(Outcome::Ok),
        client: Some("dev".to_owned()),
        token: Some(token.to_owned()),
        ..Record::new(event)
    }
}

fn used(token: &str, scopes: &[&str], excess: &[&str]) -> Record {
    let list = |scopes: &[&str]| Some(scopes.iter().map(|scope| (*scope).to_owned()).collect());
    Record {
        endpoint: Some("GET /orders".to_owned()),
        used: list(scopes),
        excess: list(excess),
        status: Some(200),
        ..record(Event::Use, token)
    }
}

fn held(id: &str, fingerprint: &str, scopes: &[&str]) -> HeldToken {
    HeldToken {
        id: id.to_owned(),
        fingerprint: Some(fingerprint.to_owned()),
        client: "dev".to_owned(),
        granted: ScopeSet::parse(&scopes.join(" ")).unwrap(),
        reach: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        endpoints: ["GET /orders".to_owned()].into(),
        created: "2026-11-29T09:00:00Z".parse().unwrap(),
        ..HeldToken::default()
    }
}

fn review(records: &[Record], held: &[HeldToken]) -> Review {
    let mut reviewer = Reviewer::new(["admin".to_owned()].into());
    for record in records {
        reviewer.add(record.to_json().as_bytes());
    }
    reviewer.finish(held, None, &[], "2026-11-29T12:00:00Z".parse().unwrap())
}

fn codes(review: &Review) -> Vec<&str> {
    review.findings.iter().map(|one| one.finding.code.name).collect()
}

#[test]
fn a_scope_is_unused_only_if_every_use_was_recorded() {
    let token = [held("1", "t", &["read", "write"])];
    let grant = record(Event::Grant, "t");
    let call = used("t", &["read"], &["write"]);
    let seen = review(&[grant.clone(), call.clone()], &token);
    assert_eq!(codes(&seen), ["scope-never-needed"]);
    assert!(seen.findings[0].finding.message.ends_with("needed `write`"));
    let command = seen.findings[0].action.as_ref().unwrap().to_string();
    assert_eq!(command, "tokscope login --client dev -e 'GET /orders' && tokscope tokens revoke 1");
    // passed on, or obtained before the record begins
    assert_eq!(codes(&review(&[grant, record(Event::HandOut, "t"), call.clone()], &token))[0], "use-unknown");
    assert_eq!(codes(&review(&[call], &token))[0], "use-unknown");
    assert_eq!(codes(&review(&[record(Event::Grant, "t")], &token)), ["token-unused"]);
}

#[test]
fn a_scope_that_a_token_merely_had_is_not_used() {
    let token = [held("1", "t", &["read"])];
    let call = Record { status: Some(403), ..used("t", &["read"], &[]) };
    let seen = review(&[record(Event::Grant, "t"), call], &token);
    assert_eq!(seen.tokens[0].scopes[0].state, Use::Unused);
    assert_eq!((seen.tokens[0].uses, seen.tokens[0].state), (1, Use::Used));
}

#[test]
fn uses_of_refreshed_and_narrowed_tokens_count_for_the_grant() {
    let child = |event, token: &str, parent: &str| Record { parent: Some(parent.to_owned()), ..record(event, token) };
    let records = [
        record(Event::Grant, "a"),
        used("a", &["read"], &["write"]),
        child(Event::Refresh, "b", "a"),
        child(Event::Narrow, "c", "b"),
        used("c", &["write"], &[]),
    ];
    let seen = review(&records, &[held("1", "b", &["read", "write"])]);
    assert_eq!(seen.tokens[0].uses, 2);
    assert!(seen.tokens[0].scopes.iter().all(|scope| scope.state == Use::Used));
    assert_eq!(codes(&seen), Vec::<&str>::new());
}

#[test]
fn conspicuous_use_is_reported_with_its_evidence() {
    let denied = |seq| Record { status: Some(403), seq: Some(seq), ..used("t", &[], &[]) };
    let mut records = vec![record(Event::Grant, "t")];
    records.extend((10..15).map(denied));
    records.push(Record { seq: Some(20), ..used("t", &["read"], &["admin"]) });
    let seen = review(&records, &[held("1", "t", &["admin", "read"])]);
    let found: Vec<(&str, Option<u64>)> =
        seen.findings.iter().map(|one| (one.finding.code.name, one.evidence)).collect();
    assert_eq!(found, [("scope-never-needed", None), ("critical-excess", Some(20)), ("denial-burst", Some(14))]);
    let mut reviewer = Reviewer::new(BTreeSet::new());
    for record in &records {
        reviewer.add(record.to_json().as_bytes());
    }
    let off = ["denial-burst".to_owned()];
    let quiet = reviewer.finish(&[], None, &off, Timestamp::UNIX_EPOCH);
    assert_eq!(quiet.findings, Vec::new(), "a rule can be switched off by name");
}

#[test]
fn the_first_use_of_a_scope_of_an_older_token_is_reported() {
    let old = HeldToken { created: "2026-11-20T09:00:00Z".parse().unwrap(), ..held("1", "t", &["read"]) };
    let call = Record { seq: Some(7), ..used("t", &["read"], &[]) };
    let seen = review(&[record(Event::Grant, "t"), call], &[old]);
    assert_eq!(codes(&seen), ["scope-first-used"]);
    assert_eq!(seen.findings[0].evidence, Some(7));
}

#[test]
fn stored_tokens_are_judged_without_records() {
    let now: Timestamp = "2026-11-29T12:00:00Z".parse().unwrap();
    let old = HeldToken {
        replace_after: Some("2026-11-29T11:00:00Z".parse().unwrap()),
        undeclared: vec!["gone".to_owned()],
        ..held("1", "a", &["read"])
    };
    let seen = Reviewer::default().finish(&[old, held("2", "b", &["read"])], None, &["use-unknown".to_owned()], now);
    assert_eq!(codes(&seen), ["token-too-old", "scope-not-in-manifest", "token-duplicate"]);
    assert_eq!(seen.findings[2].action.as_ref().map(ToString::to_string).as_deref(), Some("tokscope tokens revoke 1"));
}

const MANIFEST: &str = "[api.a]\nbase_url = \"https://a.test\"\n[api.a.scopes]\nread = {}\nwrite = {}\nadmin = { risk = \"critical\", implies = [\"*\"] }\n\
    [api.a.endpoints]\n\"GET /x\" = \"read\"\n\"PUT /x\" = { any_of = [\"admin\", \"write\"] }\n\"GET /open\" = []\n\
    [client.dev]\nissuer = \"https://l.test\"\nclient_id = \"d1\"\n[client.ci]\nissuer = \"https://l.test\"\nclient_id = \"c1\"\n\
    may_request = [\"read\", \"write\"]\n";

/// Adds lines of a log in JSON to the observations of a manifest.
fn observed<'m>(manifest: &'m crate::manifest::Manifest, lines: &[&str]) -> Observed<'m> {
    let mut observed = Observed::new(manifest);
    for line in lines {
        for entry in crate::manifest::requests::log_entries(line) {
            let found = manifest.answers(&entry.request.method, &entry.request.target).pop();
            let place = found.and_then(|route| route.api.endpoints.element_offset(route.endpoint)).map(|at| (0, at));
            observed.add(&entry, place, None);
        }
    }
    observed
}

fn line(method: &str, status: u16, more: &str) -> String {
    format!(r#"{{"time":"2026-11-29T10:30:00Z","method":"{method}","path":"/x","status":{status}{more}}}"#)
}

fn with_log(held: &[HeldToken], records: &[Record], lines: &[&str]) -> Review {
    let manifest = crate::manifest::parse(MANIFEST).manifest.unwrap();
    let mut reviewer = Reviewer::default();
    for record in records {
        reviewer.add(record.to_json().as_bytes());
    }
    reviewer.finish(held, Some(&observed(&manifest, lines)), &[], "2026-11-29T12:00:00Z".parse().unwrap())
}

/// Scope, state and number of uses in the logs.
fn states(scopes: &[ScopeUse]) -> String {
    let one = |scope: &ScopeUse| format!("{} {} {}", scope.scope, scope.state.as_str(), scope.log_uses);
    scopes.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[test]
fn logs_show_what_happened_with_a_token_that_was_passed_on() {
    let token = [held("1", "t", &["read", "write"])];
    let records = [record(Event::Grant, "t"), record(Event::HandOut, "t")];
    let before = r#"{"time":"2026-11-29T08:00:00Z","method":"GET","path":"/open","status":200,"client_id":"d1"}"#;
    let read = line("GET", 200, r#","client_id":"d1""#);
    let seen = with_log(&token, &records, &[before, &read, &line("PUT", 403, r#","client_id":"d1""#)]);
    assert_eq!(states(&seen.tokens[0].scopes), "read used 1, write unused 0", "the request for write was denied");
    assert_eq!(codes(&seen), ["scope-never-needed"]);
    let command = seen.findings[0].action.as_ref().unwrap().to_string();
    assert_eq!(command, "tokscope login --client dev -e 'GET /x' && tokscope tokens revoke 1");
    // the log begins too late, and a request that needed the scope names no client
    for lines in [vec![read.as_str()], vec![before, &read, &line("PUT", 200, "")]] {
        let seen = with_log(&token, &records, &lines);
        assert_eq!(states(&seen.tokens[0].scopes), "read used 1, write unknown 0", "{lines:?}");
        assert!(codes(&seen).contains(&"use-unknown"));
    }
}

#[test]
fn uses_by_client_are_counted_by_the_scopes_that_it_was_granted() {
    let lines = [
        line("PUT", 200, r#","client_id":"c1""#),
        line("PUT", 201, r#","client_id":"c1""#),
        line("PUT", 200, ""),
        line("GET", 200, r#","client_id":"other""#),
        r#"1.2.3.4 - ci [29/Nov/2026:10:00:00 +0000] "GET /gone HTTP/1.1" 404 1"#.to_owned(),
        r#"1.2.3.4 - alice [29/Nov/2026:10:00:00 +0000] "GET /x HTTP/1.1" 200 1"#.to_owned(),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let seen = with_log(&[], &[], &lines);
    let shown: Vec<String> = seen
        .clients
        .iter()
        .map(|client| format!("{}: {}", client.client.as_deref().unwrap_or("-"), states(&client.scopes)))
        .collect();
    // without a client the least privileged alternative counts; users are not clients
    assert_eq!(shown, ["-: read used 1, write used 1", "ci: read unknown 0, write used 2", "other: read used 1"]);
    let log = seen.log.unwrap();
    assert_eq!((log.requests, log.unmatched, log.without_client, log.undated), (6, 1, 2, 0));
    assert_eq!(log.from.as_deref(), Some("2026-11-29T10:00:00Z"));
    assert_eq!(seen.findings, Vec::new(), "read may have been used without a client");
    let seen = with_log(&[], &[], &lines[..2]);
    assert_eq!(codes(&seen), ["client-scope-unused"]);
}

#[test]
fn requests_that_succeed_without_a_sufficient_scope_are_reported() {
    let named = line("PUT", 200, r#","client_id":"d1","scope":"read""#);
    let open = r#"{"time":"2026-11-29T10:30:00Z","method":"GET","path":"/open","status":200,"scope":""}"#;
    let denied = line("PUT", 403, r#","client_id":"d1","scope":"read""#);
    let seen = with_log(&[], &[], &[&named, open, &denied]);
    assert_eq!(codes(&seen), ["under-enforced"]);
    let message = &seen.findings[0].finding.message;
    assert_eq!(message, "`PUT /x` succeeded once with `read`, but requires any of admin | write");
}

#[test]
fn a_token_that_a_narrower_one_replaces_can_be_revoked() {
    let old = held("1", "a", &["read", "write"]);
    let new = HeldToken { created: "2026-11-29T09:30:00Z".parse().unwrap(), ..held("2", "b", &["read"]) };
    let records = [
        record(Event::Grant, "a"),
        used("a", &["read"], &["write"]),
        record(Event::Grant, "b"),
        used("b", &["read"], &[]),
    ];
    let pair = [old, new];
    let seen = review(&records, &pair);
    assert_eq!(codes(&seen), ["token-superseded"]);
    assert_eq!(seen.findings[0].action, Some(Action::Revoke { token: "1".to_owned() }));
    assert_eq!(codes(&review(&records[..3], &pair)), ["scope-never-needed", "token-unused"], "not used yet");
}

#[test]
fn a_token_is_reported_at_the_end_of_its_approval_and_a_late_use_of_the_approval_too() {
    let approval = |event, time: &str| Record {
        approval: Some("q1".to_owned()),
        time: Some(time.to_owned()),
        ..record(event, "t")
    };
    let granted = Record {
        approver: Some("ana".to_owned()),
        expires: Some("2026-11-29T10:00:00.000000000Z".to_owned()),
        ..approval(Event::ApprovalGranted, "2026-11-29T09:00:00.000000000Z")
    };
    let late = Record { seq: Some(9), ..approval(Event::ApprovalUsed, "2026-11-29T09:59:30.000000000Z") };
    let grant = approval(Event::Grant, "2026-11-29T09:59:31.000000000Z");
    let seen = review(&[granted.clone(), late, grant], &[held("1", "t", &["read"])]);
    assert_eq!(codes(&seen), ["token-unused", "approval-ended", "approval-last-minute"]);
    assert_eq!(seen.findings[2].evidence, Some(9));
    assert_eq!(seen.tokens[0].approval.as_ref().unwrap().approvers, ["ana"]);
    // the vault knows the approval, too
    let stored = HeldToken { approval: Some(("q1".to_owned(), Timestamp::UNIX_EPOCH)), ..held("1", "t", &["read"]) };
    assert!(codes(&review(&[], &[stored])).contains(&"approval-ended"));
    let early = approval(Event::ApprovalUsed, "2026-11-29T09:10:00.000000000Z");
    assert_eq!(codes(&review(&[granted, early], &[])), Vec::<&str>::new());
}

#[test]
fn an_emergency_is_reported_with_its_deadline_until_it_is_approved() {
    let about = |event, hour: u64| Record {
        approval: Some("q1q1q1q1q1".to_owned()),
        time: Some(format!("2026-11-29T{hour:02}:00:00.000000000Z")),
        seq: Some(hour),
        ..record(event, "")
    };
    let emergency = about(Event::ApprovalEmergency, 10);
    let granted = |decision: Option<&str>, outcome| Record {
        approver: Some("ana".to_owned()),
        decision: decision.map(str::to_owned),
        outcome: Some(outcome),
        ..about(Event::ApprovalGranted, 11)
    };
    let message = |records: &[Record]| {
        let seen = review(records, &[]);
        seen.findings.iter().map(|one| (one.finding.code.name, one.finding.message.clone())).next()
    };
    let waits = "request `q1q1q1q1` was used in an emergency at 2026-11-29T10:00:00.000000000Z, and has to be approved by \
        2026-11-30T10:00:00Z";
    assert_eq!(message(std::slice::from_ref(&emergency)), Some(("emergency-unapproved", waits.to_owned())));
    // one of two approvals, and a reply that does not count
    for grant in [granted(None, Outcome::Ok), granted(Some("approved"), Outcome::Denied)] {
        let seen = review(&[emergency.clone(), grant], &[]);
        assert_eq!(codes(&seen), ["emergency-unapproved"]);
        assert!(seen.has_unapproved_emergency() && seen.findings[0].evidence == Some(10));
    }
    let approved = review(&[emergency.clone(), granted(Some("approved"), Outcome::Ok)], &[]);
    assert!(approved.findings.is_empty() && !approved.has_unapproved_emergency());
    let refused = Record { approver: Some("ben".to_owned()), ..about(Event::ApprovalRefused, 11) };
    let refused = review(&[emergency.clone(), refused], &[]);
    assert_eq!(codes(&refused), ["emergency-refused"]);
    assert!(!refused.has_unapproved_emergency() && refused.findings[0].finding.message.contains("ben has refused it"));
    let failed = Record { outcome: Some(Outcome::Failed), ..emergency.clone() };
    assert_eq!(message(&[failed]), None);
    let late = Record { time: Some("2026-11-27T10:00:00.000000000Z".to_owned()), ..emergency };
    assert!(message(&[late]).unwrap().1.ends_with("and was not approved by 2026-11-28T10:00:00Z"));
}

#[test]
fn replies_that_do_not_count_name_no_approver() {
    let reply = Record {
        approval: Some("q1".to_owned()),
        approver: Some("nobody".to_owned()),
        outcome: Some(Outcome::Denied),
        ..record(Event::ApprovalGranted, "")
    };
    let grant = Record { approval: Some("q1".to_owned()), ..record(Event::Grant, "t") };
    let seen = review(&[reply, grant], &[held("1", "t", &["read"])]);
    assert_eq!(seen.tokens[0].approval.as_ref().unwrap().approvers, Vec::<String>::new());
}

#[test]
fn a_call_at_an_unusual_hour_is_reported() {
    let call = |day: u64, hour: u64, seq| Record {
        time: Some(format!("2026-11-{day:02}T{hour:02}:00:00.000000000Z")),
        seq: Some(seq),
        ..used("t", &["read"], &[])
    };
    let mut records: Vec<Record> = (1..8).flat_map(|day| (0..4).map(move |seq| call(day, 9, day * 10 + seq))).collect();
    records.push(call(8, 2, 99));
    let seen = review(&records, &[]);
    assert_eq!(codes(&seen), ["unusual-hour"]);
    assert_eq!(seen.findings[0].evidence, Some(99));
    assert!(seen.findings[0].finding.message.contains("at 02 h UTC"));
}
