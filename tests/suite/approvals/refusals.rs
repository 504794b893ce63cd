//! Approvals that do not count, each with its reason.

use std::fs;

use super::{DELETE, Team, copy, demand_refused, key, leads};
use crate::support::{Home, demand, text};

/// Signs a text with `ssh-keygen` alone.
fn signed(home: &Home, namespace: &str, text: &str) -> String {
    home.write("signed.txt", text);
    let mut command = home.command("ssh-keygen", &["-Y", "sign", "-q", "-n", namespace, "-f", ".ssh/id_key"]);
    let file = fs::File::open(home.path().join("signed.txt")).unwrap();
    demand(&command.stdin(file).output().unwrap(), 0)
}

#[test]
fn replies_that_do_not_count_are_refused_with_their_reason() {
    let team = Team::new(&["ben"], |keys| leads(1, keys));
    let request = team.request(&["--for", "2h"]);
    let other = team.request(&["--for", "3h"]).replace("uses: 1", "uses: any");
    let ben = &team.approvers[0];
    let outsider = Home::new(&team.server);
    key(&outsider, "outsider", &["ed25519"]);
    let before = team.server.requests();
    for (reply, reason) in [
        (signed(ben, "git", &request), "the signature was made for the namespace `git`"),
        (signed(ben, "tokscope-refusal@v1", &request), "made for the namespace `tokscope-refusal@v1`"),
        (signed(ben, "tokscope-approval@v1", &other), "it belongs to no request on this machine"),
        (signed(ben, "tokscope-approval@v1", request.trim_end()), "it belongs to no request on this machine"),
        (signed(&outsider, "tokscope-approval@v1", &request), "is not an approver for this request"),
        (signed(&team.requester, "tokscope-approval@v1", &request), "made the request, and can't approve it"),
    ] {
        demand_refused(&team, &team.add(&reply), reason, before);
        demand_refused(&team, &team.requester.run(&DELETE), "orders:delete is above the ceiling", before);
    }
    let nothing = team.add("looks good to me");
    demand(&nothing, 2);
    assert!(text(&nothing.stderr).contains("no block `BEGIN SSH SIGNATURE` found"), "{}", text(&nothing.stderr));
    // the reply that counts
    demand(&team.add(&signed(ben, "tokscope-approval@v1", &request)), 0);
}

#[test]
fn an_approver_can_not_approve_their_own_request() {
    let team = Team::new(&["ben"], |keys| leads(1, keys));
    // the requester is an approver, too
    let own = fs::read_to_string(team.requester.path().join(".ssh/id_key.pub")).unwrap();
    let second = team.approvers[0].path().join(".ssh/id_key.pub");
    let ben = fs::read_to_string(second).unwrap();
    let base = team.manifest().split("[approvers").next().unwrap().to_owned();
    team.write_manifest(&format!("{base}{}", leads(1, &[own.trim().to_owned(), ben.trim().to_owned()])));
    let request = team.request(&[]);
    team.requester.write("request.txt", &request);
    let output = team.requester.run(&["approve", "request.txt", "--yes"]);
    demand(&output, 7);
    assert!(text(&output.stderr).contains("you made this request"), "{}", text(&output.stderr));
    let before = team.server.requests();
    let reply = signed(&team.requester, "tokscope-approval@v1", &request);
    demand_refused(&team, &team.add(&reply), "requester made the request, and can't approve it", before);
    // the same key in another home: the request names it
    let elsewhere = Home::new(&team.server);
    copy(&team.requester.path().join(".ssh"), &elsewhere.path().join(".ssh"));
    elsewhere.write("tokscope.toml", &team.manifest());
    elsewhere.write("request.txt", &request);
    let output = elsewhere.run(&["approve", "request.txt", "--yes"]);
    demand(&output, 7);
    assert!(text(&output.stderr).contains("made the request"), "{}", text(&output.stderr));
    demand(&team.add(&team.approve(0, &request)), 0);
}

#[test]
fn a_used_approval_can_not_be_replayed() {
    let team = Team::new(&["ben"], |keys| leads(1, keys));
    let request = team.request(&[]);
    let reply = team.approve(0, &request);
    demand(&team.add(&reply), 0);
    let saved = team.requester.path().join("saved");
    copy(&team.stored(), &saved);
    demand(&team.requester.run(&DELETE), 0);
    demand(&team.requester.run(&["tokens", "forget", "--all", "--yes"]), 0);
    // the files as they were before the use
    copy(&saved, &team.stored());
    assert_eq!(team.state()["state"], "used", "the audit log counts, not only the file");
    let before = team.server.requests();
    demand_refused(&team, &team.requester.run(&DELETE), "orders:delete is above the ceiling", before);
    demand_refused(&team, &team.add(&reply), "it was approved for one use, which is taken", before);
}

#[test]
fn an_approval_is_void_after_a_change_of_the_manifest_or_of_the_signers() {
    let team = Team::new(&["ben", "cem"], |keys| leads(1, keys));
    let request = team.request(&["--uses", "any"]);
    let reply = team.approve(0, &request);
    demand(&team.add(&reply), 0);
    let known = team.manifest();
    let before = team.server.requests();
    // a comment is a change, too
    team.requester.write("tokscope.toml", &format!("{known}# changed\n"));
    assert_eq!(team.state()["state"], "void");
    demand_refused(&team, &team.add(&reply), "the manifest has changed since the request", before);
    // without ben
    let cem = fs::read_to_string(team.approvers[1].path().join(".ssh/id_key.pub")).unwrap();
    let base = known.split("[approvers").next().unwrap();
    team.requester.write("tokscope.toml", &format!("{base}{}", leads(1, &[cem.trim().to_owned()])));
    let output = team.requester.run(&DELETE);
    demand(&output, 5);
    assert!(text(&output.stderr).contains("is not trusted"), "the list of approvers is pinned");
    demand(&team.requester.run(&["trust", "--yes"]), 0);
    let objections = team.state()["objections"].to_string();
    assert!(
        objections.contains("the manifest has changed") && objections.contains("is not an approver"),
        "{objections}"
    );
    demand_refused(&team, &team.add(&reply), "is not an approver for this request", before);
    demand_refused(&team, &team.requester.run(&DELETE), "orders:delete is above the ceiling", before);
    // as it was
    team.write_manifest(&known);
    demand(&team.requester.run(&DELETE), 0);
}

#[test]
fn a_window_that_has_not_begun_or_has_ended_does_not_count() {
    let team = Team::new(&["ben"], |keys| leads(1, keys));
    let tomorrow = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() + 86_400).unwrap().to_string();
    let request = team.request(&["--from", &tomorrow]);
    demand(&team.add(&team.approve(0, &request)), 0);
    assert_eq!(team.state()["state"], "approved");
    let before = team.server.requests();
    let waits = format!("the window begins at {tomorrow}");
    demand_refused(&team, &team.requester.run(&DELETE), &waits, before);
    let command = ["approve", "--request", "-e", "DELETE /orders/{id}", "--client", "machine"];
    for (options, reason) in [
        (&["--from", "2020-01-01T00:00:00Z"][..], "which has passed"),
        (&["--from", "2099-01-01T00:00:00Z"], "the window can begin at most"),
        (&["--for", "31d"], "a window of 2678400 s is not permitted"),
    ] {
        let output = team.requester.run(&[&command, options].concat());
        demand(&output, 2);
        assert!(text(&output.stderr).contains(reason), "{}", text(&output.stderr));
    }
}

#[test]
fn a_mangled_request_is_refused_by_the_approver_with_line_caret_and_hint() {
    let team = Team::new(&["ben"], |keys| leads(1, keys));
    let request = team.request(&["--reason", "remove test orders"]);
    for (from, to, expected) in [
        ("client: machine", "clint: machine", "did you mean `client`?"),
        ("uses: 1", "uses: 5", "the text was changed after it was written"),
        ("test orders", "all orders", "the text was changed after it was written"),
        ("version: 1", "version: 9", "version `9` of the request is not known"),
        ("-----END", "", "has no end"),
    ] {
        let output = team.reply(0, &request.replacen(from, to, 1), &[]);
        demand(&output, 2);
        let shown = text(&output.stderr);
        assert!(shown.contains(expected) && shown.contains("request.txt:"), "{shown}");
        assert!(text(&output.stdout).is_empty());
    }
    let mangled = format!("Please:\r\n> {}\r\n", request.replace('\n', "\r\n> "));
    demand(&team.add(&team.approve(0, &mangled)), 0);
}

#[test]
fn an_approver_sees_how_the_request_differs_from_their_checkout() {
    let team = Team::new(&["ben"], |keys| leads(1, keys));
    let request = team.request(&[]);
    let ben = &team.approvers[0];
    let known = team.manifest();
    for (from, to, difference) in [
        ("[client.machine]", "# other\n[client.machine]", "your manifest is"),
        ("\"orders:delete\"  =", "\"orders:remove\"  =", "your manifest does not declare the scope `orders:delete`"),
        ("\"DELETE /orders/{id}\"", "\"DELETE /orders/{id}/all\"", "has no endpoint `DELETE /orders/{id}`"),
        ("[\"orders:read\", \"orders:delete\"]", "\"orders:write\"", "requires orders:write here"),
        ("may_request = [\"orders:read\"]", "may_request = [\"orders:write\"]", "`orders:read` is above the ceiling"),
        (
            "\"orders:delete\"  = { risk = \"high\" }",
            "\"orders:delete\"  = { risk = \"critical\" }",
            "the highest risk is critical here",
        ),
        ("client_id   = \"machine\"", "client_id   = \"other\"", "the client ID of client `machine` is `other` here"),
        ("[client.machine]", "[client.robot]", "your manifest has no client `machine`"),
    ] {
        let changed = known.replace(from, to).replace("[\"orders:read\", \"orders:remove\"]", "\"orders:read\"");
        assert_ne!(changed, known, "{from}");
        let changed = match to.contains("orders:remove") {
            true => changed.replace("[\"orders:read\", \"orders:delete\"]", "[\"orders:read\", \"orders:remove\"]"),
            false => changed,
        };
        ben.write("tokscope.toml", &changed);
        let output = team.reply(0, &request, &[]);
        let shown = text(&output.stderr);
        assert!(shown.contains(difference), "expected `{difference}`\n{shown}");
        demand(&output, 6);
        assert!(text(&output.stdout).is_empty(), "nothing is signed");
    }
    ben.write("tokscope.toml", &format!("{known}# other\n"));
    demand(&team.reply(0, &request, &["--despite-differences"]), 0);
}
