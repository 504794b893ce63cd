//! `login`, `token`, `exec`, `tokens` and `trust`, against a local authorization server.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use crate::support::{Behavior, Home, Refresh, accepted, demand, ids, narrowing_by_refresh, text, vault};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokscope::vault::Record;

fn change(home: &Home, change: impl Fn(&mut Record)) {
    vault(home).update(|records| records.iter_mut().for_each(&change)).unwrap();
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&demand(output, 0)).unwrap()
}

#[test]
fn a_login_reports_reasons_and_stores_the_token() {
    let (server, home) = accepted();
    let output = home.run_and_sign_in(
        &server,
        &[
            "login",
            "--no-browser",
            "--client",
            "dev",
            "-e",
            "GET /orders",
            "-e",
            "POST /orders",
            "--scope",
            "orders:delete",
            "--json",
        ],
    );
    let document = json(&output);
    let said = text(&output.stderr);
    for line in [
        "orders:read   for GET /orders",
        "orders:write  for POST /orders",
        "orders:delete  added with --scope: only `DELETE /orders/{id}` needs it, which was not selected",
        "requesting: orders:delete orders:read orders:write",
    ] {
        assert!(said.contains(line), "`{line}` is not in: {said}");
    }
    assert_eq!(document["granted"].to_string(), r#"["orders:delete","orders:read","orders:write"]"#);
    assert_eq!(document["reasons"]["scopes"]["orders:write"].to_string(), r#"["POST /orders"]"#);
    let before = server.requests();
    let token = demand(&home.run(&["token", "-e", "DELETE /orders/7", "-e", "POST /orders"]), 0);
    assert_eq!(token, format!("{}-access-0\n", server.needle), "nothing else is on standard output");
    assert_eq!(server.requests(), before, "nobody was asked");
    let line = demand(&home.run(&["token", "-e", "DELETE /orders/7", "-e", "POST /orders", "--header"]), 0);
    assert_eq!(line, format!("Authorization: Bearer {}-access-0\n", server.needle));
    for (format, before) in [("env", "TOKSCOPE_ACCESS_TOKEN="), ("credentials", "Bearer "), ("raw", "")] {
        let arguments = ["token", "-e", "DELETE /orders/7", "-e", "POST /orders", "--format", format];
        let line = demand(&home.run(&arguments), 0);
        assert_eq!(line, format!("{before}{}-access-0\n", server.needle));
    }
    let document = json(&home.run(&["token", "-e", "DELETE /orders/7", "-e", "POST /orders", "--json"]));
    assert_eq!((&document["schema"], &document["reused"]), (&"tokscope.token/v1".into(), &true.into()));
}

#[test]
fn a_broad_token_is_narrowed_once_and_the_narrowest_is_used() {
    let (server, home) = narrowing_by_refresh();
    demand(
        &home.run_and_sign_in(
            &server,
            &["login", "--no-browser", "--client", "dev", "-e", "GET /orders", "-e", "POST /orders"],
        ),
        0,
    );
    let narrow = json(&home.run(&["token", "-e", "GET /orders", "--json"]));
    assert_eq!(narrow["granted"].to_string(), r#"["orders:read"]"#);
    let again = json(&home.run(&["token", "-e", "GET /orders", "--json"]));
    assert_eq!(again["access_token"], narrow["access_token"]);
    assert_eq!(server.refreshes(), 1);
    // the server's tokens are opaque, and it rotates: what came before may be over
    let broad = json(&home.run(&["token", "-e", "GET /orders", "-e", "POST /orders", "--json"]));
    assert_eq!(broad["granted"].to_string(), r#"["orders:read","orders:write"]"#);
    assert_eq!(server.refreshes(), 2);
    // one that only ends is refreshed by the refresh token of the one it came from
    change(&home, |record| record.expires = Some(Timestamp::now()));
    let renewed = json(&home.run(&["token", "-e", "GET /orders", "--json"]));
    assert_eq!(renewed["granted"].to_string(), r#"["orders:read"]"#);
    assert_eq!(renewed["id"], narrow["id"]);
    assert_eq!(ids(&home).len(), 2);
}

#[test]
fn a_server_that_does_not_narrow_is_tried_once() {
    let (server, home) = narrowing_by_refresh();
    demand(
        &home.run_and_sign_in(
            &server,
            &["login", "--no-browser", "--client", "dev", "-e", "GET /orders", "-e", "POST /orders"],
        ),
        0,
    );
    server.behave(Behavior::new().refresh(Refresh::KeepsScopes));
    for _ in 0..3 {
        demand(&home.run(&["token", "-e", "GET /orders"]), 0);
    }
    assert_eq!(server.refreshes(), 1);
    assert_eq!(ids(&home).len(), 1);
}

#[test]
fn a_permanently_narrowed_token_is_not_used_for_more() {
    let (server, home) = narrowing_by_refresh();
    server.behave(Behavior::new().refresh(Refresh::NarrowsGrant));
    let login = ["login", "--no-browser", "--client", "dev", "-e", "GET /orders", "-e", "POST /orders"];
    demand(&home.run_and_sign_in(&server, &login), 0);
    let narrow = json(&home.run(&["token", "-e", "GET /orders", "--json"]));
    assert_eq!(narrow["granted"].to_string(), r#"["orders:read"]"#);
    // the broad one ended with the rotation, and its refresh brings the little that is left
    let output = home.run(&["token", "-e", "POST /orders", "--client", "dev", "--no-interact"]);
    assert_eq!(demand(&output, 5), "");
    assert!(text(&output.stderr).contains("was refreshed, but has fewer scopes now"), "{}", text(&output.stderr));
    demand(&home.run(&["token", "-e", "GET /orders", "--no-interact"]), 0);
}

#[test]
fn an_exchanged_token_is_stored_beside_the_broad_one() {
    let (server, home) = accepted();
    server.behave(Behavior::new().token_exchange());
    let login = ["login", "--no-browser", "--client", "dev", "-e", "GET /orders", "-e", "POST /orders"];
    demand(&home.run_and_sign_in(&server, &login), 0);
    let narrow = json(&home.run(&["token", "-e", "GET /orders", "--json"]));
    assert_eq!(narrow["granted"].to_string(), r#"["orders:read"]"#);
    let asked: Vec<_> = server.token_requests().iter().map(|form| form["grant_type"].clone()).collect();
    assert_eq!(asked, ["authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange"]);
    let exchanged = server.token_requests()[1].clone();
    assert_eq!(exchanged["subject_token"], format!("{}-access-0", server.needle));
    assert_eq!(exchanged["scope"], "orders:read");
    // it is found again, and the broad one is still there with its refresh token
    let again = json(&home.run(&["token", "-e", "GET /orders", "--json"]));
    assert_eq!((&again["id"], server.token_requests().len()), (&narrow["id"], 2));
    let broad = json(&home.run(&["token", "-e", "POST /orders", "-e", "GET /orders", "--json"]));
    assert_eq!(broad["granted"].to_string(), r#"["orders:read","orders:write"]"#);
    assert!(vault(&home).records().unwrap().iter().any(|record| record.refresh_token.is_some()));
}

#[test]
fn sixteen_processes_make_one_refresh() {
    let (server, home) = accepted();
    demand(&home.run_and_sign_in(&server, &["login", "--no-browser", "--client", "dev", "-e", "GET /orders"]), 0);
    change(&home, |record| record.expires = Some(Timestamp::now() - SignedDuration::from_secs(1)));
    let children: Vec<_> = (0..16).map(|_| home.tokscope(&["token", "-e", "GET /orders"]).spawn().unwrap()).collect();
    let tokens: BTreeSet<String> =
        children.into_iter().map(|child| demand(&child.wait_with_output().unwrap(), 0)).collect();
    assert_eq!(server.refreshes(), 1);
    assert_eq!(tokens.into_iter().collect::<Vec<_>>(), [format!("{}-access-1\n", server.needle)]);
}

#[test]
fn a_needed_login_without_prompting_exits_with_5() {
    let (server, mut home) = accepted();
    let before = server.requests();
    for arguments in [
        &["token", "-e", "POST /orders", "--client", "dev", "--no-interact"][..],
        &["exec", "-e", "POST /orders", "--client", "dev", "--no-interact", "--", "true"],
        &["login", "-e", "POST /orders", "--client", "dev", "--no-interact"],
    ] {
        demand(&home.run(arguments), 5);
    }
    home.variables.insert("CI", "true".to_owned());
    demand(&home.run(&["token", "-e", "POST /orders", "--client", "dev"]), 5);
    assert_eq!(server.requests(), before);
    // a machine's client needs nobody
    demand(&home.run(&["token", "-e", "GET /orders", "--client", "machine"]), 0);
    assert_eq!(demand(&home.run(&["token", "-e", "GET /orders", "--client", "machine"]), 0).lines().count(), 1);
    assert_eq!(ids(&home).len(), 1, "the second one was found");
}

#[test]
fn a_vault_that_can_not_be_opened_is_the_reported_error() {
    let (server, mut home) = accepted();
    demand(&home.run_and_sign_in(&server, &["login", "--no-browser", "--client", "dev", "-e", "GET /orders"]), 0);
    home.write_private("wrong", "another passphrase\n");
    let right = home.variables["TOKSCOPE_PASSPHRASE_FILE"].clone();
    let wrong = home.path().join("wrong").to_string_lossy().into_owned();
    let error = |output: &Output| {
        text(&output.stderr).lines().skip_while(|line| !line.starts_with("error: ")).map(str::to_owned).collect()
    };
    let compare = |home: &Home, code: i32| {
        let listed = home.run(&["tokens", "list"]);
        demand(&listed, code);
        let listed: Vec<String> = error(&listed);
        for arguments in [
            &["token", "-e", "GET /orders", "--client", "dev", "--no-interact"][..],
            &["exec", "-e", "GET /orders", "--client", "dev", "--no-interact", "--", "true"],
        ] {
            let output = home.run(arguments);
            demand(&output, code);
            assert_eq!(error(&output), listed, "{arguments:?}");
        }
    };
    home.variables.insert("TOKSCOPE_PASSPHRASE_FILE", wrong);
    compare(&home, 2);
    home.variables.insert("TOKSCOPE_PASSPHRASE_FILE", right);
    fs::set_permissions(home.data(), fs::Permissions::from_mode(0o755)).unwrap();
    compare(&home, 1);
    fs::set_permissions(home.data(), fs::Permissions::from_mode(0o700)).unwrap();
    for file in fs::read_dir(home.data()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        fs::write(file, "garbage").unwrap();
    }
    compare(&home, 1);
}

#[test]
fn a_token_of_a_type_that_can_not_be_used_is_neither_stored_nor_printed() {
    let (server, home) = accepted();
    let body = r#"{"access_token":"mac-token","token_type":"mac","expires_in":3600}"#;
    server.behave(Behavior::new().token_response(200, "application/json", body));
    let output = home.run(&["token", "-e", "GET /orders", "--client", "machine"]);
    assert_eq!(demand(&output, 5), "");
    let said = text(&output.stderr);
    assert!(said.contains("a token of the type `mac`") && !said.contains("mac-token"), "{said}");
    assert_eq!(ids(&home), [] as [String; 0]);
}

#[test]
fn excess_scopes_are_not_accepted_silently() {
    let (server, home) = accepted();
    server.behave(Behavior::new().extra_scopes("orders:delete"));
    let arguments = ["token", "-e", "GET /orders", "--client", "machine"];
    let output = home.run(&arguments);
    assert_eq!(demand(&output, 5), "");
    assert!(text(&output.stderr).contains("granted more than requested: orders:delete"));
    assert_eq!(ids(&home), [] as [String; 0]);
    demand(&home.run(&[&arguments[..], &["--accept-more"]].concat()), 0);
    assert_eq!(ids(&home).len(), 1);
}

#[test]
fn the_store_is_checked_before_the_sign_in() {
    let (server, mut home) = accepted();
    let before = server.requests();
    for (store, spoil) in [
        // without a desktop there is no keyring
        ("keyring", (|_: &Path| ()) as fn(&Path)),
        ("passphrase", |data| {
            fs::create_dir_all(data).unwrap();
            fs::set_permissions(data, fs::Permissions::from_mode(0o755)).unwrap();
        }),
    ] {
        home.variables.insert("TOKSCOPE_STORE", store.to_owned());
        home.variables.insert("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent".to_owned());
        spoil(&home.data());
        let started = Instant::now();
        let output = home.run(&["login", "--no-browser", "--client", "dev", "-e", "POST /orders"]);
        demand(&output, 1);
        assert!(started.elapsed() < Duration::from_mins(1));
        assert!(text(&output.stderr).contains("hint:"), "{}", text(&output.stderr));
    }
    assert_eq!(server.requests(), before);
}

#[test]
fn the_memory_store_keeps_nothing_and_reports_it() {
    let (server, mut home) = accepted();
    home.variables.insert("TOKSCOPE_STORE", "memory".to_owned());
    let output = home.run_and_sign_in(&server, &["login", "--no-browser", "--client", "dev", "-e", "POST /orders"]);
    assert!(demand(&output, 0).contains("in memory only"), "{}", text(&output.stdout));
    demand(&home.run(&["token", "-e", "GET /orders", "--client", "machine"]), 0);
    assert!(!home.data().exists());
}

#[test]
fn a_locked_vault_does_not_block_the_terminal_ui() {
    let (_server, mut home) = accepted();
    demand(&home.run(&["token", "-e", "GET /orders", "--client", "machine"]), 0);
    let shown = demand(&home.run(&["--print", "--keys", "t<wait>"]), 0);
    assert!(shown.contains("client machine, stored") && !shown.contains("vault is locked"), "{shown}");
    home.variables.remove("TOKSCOPE_PASSPHRASE_FILE");
    let shown = demand(&home.run(&["--print"]), 0);
    assert!(!shown.contains("passphrase") && shown.contains("GET    /orders"), "{shown}");
    let shown = demand(&home.run(&["--print", "--keys", "t<wait>"]), 0);
    assert!(shown.contains("passphrase") && !shown.contains("client machine"), "{shown}");
    home.write_private("wrong", "another passphrase\n");
    home.variables.insert("TOKSCOPE_PASSPHRASE_FILE", home.path().join("wrong").to_string_lossy().into_owned());
    let shown = demand(&home.run(&["--print", "--keys", "t<wait>"]), 0);
    assert!(shown.contains("passphrase") && !shown.contains("client machine"), "{shown}");
}

#[test]
fn exec_passes_the_token_in_a_variable() {
    let (server, home) = accepted();
    let exec = |rest: &[&str]| home.run(&[&["exec", "-e", "GET /orders", "--client", "machine", "--"], rest].concat());
    let token = format!("{}-access-0", server.needle);
    let shown = demand(&exec(&["sh", "-c", "tr '\\0' '\\n' < /proc/self/environ; tr '\\0' ' ' < /proc/$$/cmdline"]), 0);
    assert_eq!(shown.matches(&server.needle).count(), 1, "{shown}");
    assert!(shown.contains(&format!("TOKSCOPE_ACCESS_TOKEN={token}\n")));
    assert!(!shown.contains("CLIENT_SECRET") && !shown.contains("TOKSCOPE_PASSPHRASE_FILE"), "{shown}");
    demand(&exec(&["sh", "-c", "exit 42"]), 42);
    let killed = exec(&["sh", "-c", "kill -TERM $$"]);
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&killed.status), Some(15));
    // nothing is obtained for a command that is not there
    let before = server.requests();
    for (command, code, message) in [
        ("./there-is-no-such-command", 127, "command `./there-is-no-such-command` not found"),
        ("there-is-no-such-command", 127, "command `there-is-no-such-command` not found"),
        ("/", 126, "command `/` is a directory"),
        ("./passphrase", 126, "command `./passphrase` is not executable"),
        ("/etc/passwd", 126, "command `/etc/passwd` is not executable"),
    ] {
        let output = home.run(&["exec", "-e", "POST /orders", "--client", "dev", "--", command]);
        demand(&output, code);
        assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
    }
    for name in ["LD_PRELOAD", "LD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES", "PATH", "BASH_ENV", "IFS", "1A", "A-B", ""] {
        let output = home.run(&["exec", "-e", "POST /orders", "--client", "dev", "--env", name, "--", "true"]);
        demand(&output, 2);
    }
    assert_eq!(server.requests(), before);
    let header = demand(
        &home.run(&[
            "exec",
            "-e",
            "GET /orders",
            "--client",
            "machine",
            "--env",
            "AUTH",
            "--header",
            "--",
            "sh",
            "-c",
            "printf %s \"$AUTH\"",
        ]),
        0,
    );
    assert_eq!(header, format!("Bearer {token}"));
    for wrong in ["A=B", "1A", "A B", ""] {
        demand(&home.run(&["exec", "-e", "GET /orders", "--env", wrong, "--", "true"]), 2);
    }
}

#[test]
fn a_call_uses_the_narrowest_stored_token_if_one_is_needed() {
    let (server, home) = accepted();
    let login = ["login", "--no-browser", "--client", "dev", "-e", "GET /orders", "-e", "POST /orders"];
    demand(&home.run_and_sign_in(&server, &login), 0);
    demand(&home.run(&["token", "-e", "GET /orders", "--client", "machine"]), 0);
    let sent = |arguments: &[&str]| {
        server.take_authorization_headers();
        demand(&home.run(&[&["call"], arguments].concat()), 0);
        server.take_authorization_headers()
    };
    // the machine's is the narrow one
    let narrow = format!("Bearer {}-access-1", server.needle);
    assert_eq!(sent(&["GET /orders"]), [narrow]);
    let broad = format!("Bearer {}-access-0", server.needle);
    assert_eq!(sent(&["POST /orders", "--yes"]), [broad]);
    assert_eq!(sent(&["GET /health"]), [] as [String; 0]);
    // no prompt for a missing token
    let before = server.token_requests().len();
    assert_eq!(sent(&["DELETE /orders/7", "--yes"]), [] as [String; 0]);
    assert_eq!(server.token_requests().len(), before);
    home.write("given", &format!("{}-given", server.needle));
    let given = format!("Bearer {}-given", server.needle);
    assert_eq!(sent(&["GET /orders", "--token-file", "given"]), [given.as_str()]);
    assert_eq!(sent(&["GET /health", "--token-file", "given"]), [given.as_str()]);
}

#[test]
fn a_step_up_requests_the_sign_in_that_the_api_requires() {
    let (server, home) = accepted();
    let login = ["login", "--no-browser", "--client", "dev", "-e", "GET /payments"];
    demand(&home.run_and_sign_in(&server, &login), 0);
    let output = home.run(&["call", "GET /payments"]);
    demand(&output, 5);
    assert!(text(&output.stderr).contains("sign in again with acr_values mfa"), "{}", text(&output.stderr));
    demand(&home.run(&["call", "GET /payments", "--step-up", "--no-interact"]), 5);
    let output = home.run_and_sign_in(&server, &["call", "GET /payments", "--step-up", "--no-browser"]);
    assert_eq!(demand(&output, 0), "{\"fine\":true}");
    let asked = server.authorization_request();
    assert_eq!(
        (asked["acr_values"].as_str(), asked["max_age"].as_str(), asked["scope"].as_str()),
        ("mfa", "5", "orders:read")
    );
    // the new one is kept, and taken by the next call
    demand(&home.run(&["call", "GET /payments"]), 0);
}

#[test]
fn without_a_browser_the_url_is_shown() {
    let (server, mut home) = accepted();
    home.variables.insert("BROWSER", "there-is-no-such-browser".to_owned());
    home.variables.insert("PATH", "/nonexistent".to_owned());
    let output = home.run_and_sign_in(&server, &["login", "--client", "dev", "-e", "GET /orders"]);
    demand(&output, 0);
    assert!(text(&output.stderr).contains("could not open a browser"), "{}", text(&output.stderr));
}

#[test]
fn only_one_of_several_processes_starts_a_sign_in() {
    let (server, mut home) = accepted();
    let browser = home.path().join("browser");
    fs::write(&browser, format!("#!/bin/sh\necho >> {}/opened\n", home.path().display())).unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    home.variables.insert("BROWSER", browser.to_string_lossy().into_owned());
    let arguments = ["token", "-e", "GET /orders", "--client", "dev"];
    let first = home.tokscope(&arguments).spawn().unwrap();
    let started = Instant::now();
    while !home.path().join("opened").exists() {
        assert!(started.elapsed() < Duration::from_mins(1));
        std::thread::sleep(Duration::from_millis(10));
    }
    let others: Vec<_> = (0..4).map(|_| home.tokscope(&arguments).spawn().unwrap()).collect();
    let token = demand(&Home::sign_in_to(&server, first), 0);
    for other in others {
        let output = other.wait_with_output().unwrap();
        assert_eq!(demand(&output, 0), token);
    }
    assert_eq!(fs::read_to_string(home.path().join("opened")).unwrap().lines().count(), 1);
    assert_eq!(server.token_requests().len(), 1);
}

#[test]
fn tokens_are_listed_shown_refreshed_and_deleted() {
    let (server, home) = accepted();
    demand(&home.run_and_sign_in(&server, &["login", "--no-browser", "--client", "dev", "-e", "POST /orders"]), 0);
    demand(&home.run(&["token", "-e", "GET /orders", "--client", "machine"]), 0);
    let [id, machine] = &ids(&home)[..] else { panic!("two tokens") };
    let document = json(&home.run(&["tokens", "list", "--json"]));
    assert_eq!(document["tokens"][0]["scopes"], Value::Null);
    assert_eq!(document["tokens"][0]["granted"].to_string(), r#"["orders:write"]"#);
    assert_eq!(document["tokens"][0]["origins"][0], server.origin);
    assert_eq!(document["tokens"][1]["client"], "machine");
    for arguments in [&["tokens", "list"][..], &["tokens", "list", "--json"], &["tokens", "show", id]] {
        assert!(!demand(&home.run(arguments), 0).contains(&server.needle));
    }
    demand(&home.run(&["tokens", "refresh", id]), 0);
    assert_eq!(server.refreshes(), 1);
    // RFC 6749 §6: the old refresh token is discarded
    let held = vault(&home).record(id).unwrap().refresh_token.unwrap();
    assert_eq!(held.expose(), format!("{}-refresh-2", server.needle));
    demand(&home.run(&["tokens", "refresh", machine]), 5);
    demand(&home.run(&["tokens", "show", "nothing"]), 2);
    demand(&home.run(&["tokens", "forget", id]), 2);
    assert_eq!(demand(&home.run(&["tokens", "forget", id, "--yes"]), 0), format!("{id}: forgotten\n"));
    demand(&home.run(&["tokens", "show", id]), 2);
    demand(&home.run(&["tokens", "forget", "--all", "--yes"]), 0);
    assert_eq!(ids(&home), [] as [String; 0]);
    let left: Vec<_> = fs::read_dir(home.data()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 5, "the vault, the IDs, its lock, that of signing in, and the anchor of the log: {left:?}");
}

#[test]
fn revoked_tokens_are_deleted_and_unconfirmed_ones_reported() {
    let (server, home) = narrowing_by_refresh();
    let login = ["login", "--no-browser", "--client", "dev", "-e", "GET /orders", "-e", "POST /orders"];
    for (active, code, result, forgotten) in
        [(None, 0, "accepted", true), (Some(false), 0, "confirmed", true), (Some(true), 5, "still-active", false)]
    {
        server.behave(Behavior::new().introspection(active));
        server.take_revoked();
        demand(&home.run_and_sign_in(&server, &login), 0);
        demand(&home.run(&["token", "-e", "GET /orders"]), 0);
        let id = ids(&home)[0].clone();
        demand(&home.run(&["tokens", "revoke", &id]), 2);
        assert!(server.take_revoked().is_empty(), "it was not confirmed");
        let output = home.run(&["tokens", "revoke", &id, "--yes", "--json"]);
        let document: Value = serde_json::from_str(&demand(&output, code)).unwrap();
        assert_eq!(document["revoked"][0]["result"], result);
        assert_eq!(document["revoked"][0]["forgotten"], forgotten);
        // the refresh token first, then the token and the one that was narrowed from it
        assert_eq!(server.take_revoked(), ["refresh_token", "access_token", "access_token"]);
        assert_eq!(ids(&home).is_empty(), forgotten);
    }
    let id = ids(&home)[0].clone();
    let said = demand(&home.run(&["tokens", "revoke", &id, "--yes"]), 5);
    assert!(said.contains("not revoked") && said.contains("still active"), "{said}");
    server.behave(Behavior::new().no_revocation());
    let output = home.run(&["tokens", "revoke", &id, "--yes"]);
    demand(&output, 5);
    assert!(text(&output.stderr).contains("no revocation endpoint"), "{}", text(&output.stderr));
    assert!(ids(&home).contains(&id));
    // one that is not taken goes back as well
    server.behave(Behavior::new().extra_scopes("orders:delete"));
    server.take_revoked();
    let output = home.run(&["login", "-e", "GET /orders", "--client", "machine"]);
    demand(&output, 5);
    assert!(text(&output.stderr).contains("the token was revoked"), "{}", text(&output.stderr));
    assert_eq!(server.take_revoked(), ["access_token"]);
}

#[test]
fn all_tokens_are_revoked_although_some_end_with_another() {
    let (server, home) = narrowing_by_refresh();
    let login = ["login", "--no-browser", "--client", "dev", "-e", "GET /orders", "-e", "POST /orders"];
    demand(&home.run_and_sign_in(&server, &login), 0);
    // a second record, which was narrowed from the first
    demand(&home.run(&["token", "-e", "GET /orders"]), 0);
    assert_eq!(ids(&home).len(), 2);
    demand(&home.run(&["tokens", "revoke", "--all", "--yes"]), 0);
    assert_eq!(ids(&home), [] as [String; 0]);
}

#[test]
fn the_vault_knows_the_scopes_of_an_opaque_token() {
    let (server, home) = accepted();
    demand(&home.run_and_sign_in(&server, &["login", "--no-browser", "--client", "dev", "-e", "GET /orders"]), 0);
    let token = demand(&home.run(&["token", "-e", "GET /orders"]), 0);
    home.write_private("token.txt", &token);
    home.write_private("other.txt", "another-opaque-token-0123456789");
    let check = |file: &str, endpoint: &str| {
        let output = home.run(&["check", "--file", file, "-e", endpoint, "--json"]);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), document["verdict"].as_str().unwrap().to_owned(), document["hint"].to_string())
    };
    assert_eq!(check("token.txt", "GET /orders").1, "allowed");
    assert_eq!(check("token.txt", "POST /orders").1, "missing");
    let (code, verdict, hint) = check("other.txt", "GET /orders");
    assert_eq!((code, verdict.as_str()), (Some(4), "unusable"));
    assert!(hint.contains("tokscope tokens introspect --token -"), "{hint}");
    // the same for a refused call, given with its token or captured
    home.write("response.txt", "HTTP/1.1 403 Forbidden\r\n\r\n");
    let why = home.run(&["why", "response.txt", "-e", "POST /orders", "--token-file", "token.txt", "--json"]);
    let document: Value = serde_json::from_slice(&why.stdout).unwrap();
    assert_eq!(document["missing"].to_string(), r#"[["orders:write"]]"#, "{document:#}");
    let authority = server.origin.trim_start_matches("http://");
    let capture = format!(
        "> POST /orders HTTP/1.1\n> Host: {authority}\n> Authorization: Bearer {}\n>\n< HTTP/1.1 403 Forbidden\n<\n",
        token.trim()
    );
    home.write_private("capture.txt", &capture);
    let why = home.run(&["why", "capture.txt", "-e", "POST /orders", "--json"]);
    let document: Value = serde_json::from_slice(&why.stdout).unwrap();
    assert_eq!(document["missing"].to_string(), r#"[["orders:write"]]"#, "{document:#}");
    assert!(!why.stdout.windows(token.trim().len()).any(|part| part == token.trim().as_bytes()));
}

#[test]
fn a_call_with_a_given_token_marks_it_as_used() {
    let (server, home) = accepted();
    demand(&home.run_and_sign_in(&server, &["login", "--no-browser", "--client", "dev", "-e", "GET /orders"]), 0);
    let token = demand(&home.run(&["token", "-e", "GET /orders"]), 0);
    home.write_private("token.txt", &token);
    change(&home, |record| record.last_used = None);
    home.run(&["call", "GET /orders", "--token-file", "token.txt", "--yes"]);
    let id = ids(&home)[0].clone();
    assert!(vault(&home).record(&id).unwrap().last_used.is_some());
}

#[test]
fn tokens_are_introspected_on_request() {
    let (server, home) = accepted();
    server.behave(Behavior::new().introspection(Some(true)));
    demand(&home.run_and_sign_in(&server, &["login", "--no-browser", "--client", "dev", "-e", "GET /orders"]), 0);
    let id = ids(&home)[0].clone();
    let document = json(&home.run(&["tokens", "introspect", &id, "--json"]));
    assert_eq!(
        (&document["introspection"]["active"], &document["schema"]),
        (&true.into(), &"tokscope.tokens/v1".into())
    );
    server.behave(Behavior::new().introspection(Some(false)));
    let said = demand(&home.run(&["tokens", "introspect", &id]), 0);
    assert!(said.contains("not active"), "{said}");
    home.write_private("token.txt", "another-opaque-token-0123456789");
    let given = ["tokens", "introspect", "--token-file", "token.txt", "--client", "dev"];
    demand(&home.run(&given), 0);
    // without a client nobody can ask
    demand(&home.run(&given[..4]), 2);
    server.behave(Behavior::new());
    let output = home.run(&["tokens", "introspect", &id]);
    demand(&output, 5);
    assert!(text(&output.stderr).contains("no introspection endpoint"), "{}", text(&output.stderr));
}

#[test]
fn a_clock_jump_does_not_cause_use_of_an_expired_token() {
    let (server, home) = accepted();
    demand(&home.run_and_sign_in(&server, &["login", "--no-browser", "--client", "dev", "-e", "GET /orders"]), 0);
    let year = SignedDuration::from_hours(365 * 24);
    for (jump, state, shown) in [(-year, "ended", "expired 1 year ago"), (year, "clock-behind", "the clock is earlier")]
    {
        // the token moves, so that the clock seems to
        let now = Timestamp::now();
        change(&home, |record| {
            record.created = now + jump;
            record.expires = Some(now + jump + SignedDuration::from_hours(1));
        });
        let document = json(&home.run(&["tokens", "list", "--json"]));
        assert_eq!(document["tokens"][0]["state"], state);
        let listed = demand(&home.run(&["tokens", "list"]), 0);
        assert!(state == "ended" || listed.contains(shown), "{listed}");
        let before = server.refreshes();
        demand(&home.run(&["token", "-e", "GET /orders"]), 0);
        assert_eq!(server.refreshes(), before + 1);
    }
}
