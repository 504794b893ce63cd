//! The vault with a real keyring: `tests/keyring/run.sh cargo test --test suite keyring:: -- --ignored`, and for a locked
//! one the same with `KEYRING_LOCKED=1`. Both belong to `.ci/run`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{self, Home, MockServer, demand, server, text};

const TOKEN: [&str; 5] = ["token", "-e", "GET /orders", "--client", "machine"];

fn is_locked() -> bool {
    std::env::var_os("KEYRING_LOCKED").is_some_and(|value| !value.is_empty())
}

/// A home directory whose vault uses the session's keyring.
fn home(server: &MockServer) -> Home {
    let mut home = Home::new(server);
    let bus = std::env::var("DBUS_SESSION_BUS_ADDRESS").unwrap();
    home.variables.insert("DBUS_SESSION_BUS_ADDRESS", bus);
    home.variables.remove("TOKSCOPE_STORE");
    demand(&home.run(&["trust", "--yes"]), 0);
    home
}

#[test]
#[ignore = "needs a real keyring: tests/keyring/run.sh"]
fn a_real_keyring_stores_the_key() {
    if is_locked() {
        return locked();
    }
    let server = server();
    let home = home(&server);
    demand(&home.run_and_sign_in(&server, &["login", "--no-browser", "-e", "POST /orders", "--client", "dev"]), 0);
    let first = demand(&home.run(&TOKEN), 0);
    assert!(home.data().join("vault").exists());
    assert_eq!(demand(&home.run(&TOKEN), 0), first, "another process opens the vault and finds it");
    assert!(demand(&home.run(&["tokens", "list"]), 0).contains("machine"));
    let found = Command::new("secret-tool").args(["search", "--all", "service", "tokscope"]).output().unwrap();
    // the key is binary
    let [out, err] = [&found.stdout, &found.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    let found = format!("{out}{err}");
    assert!(found.contains("tokscope: key of the vault"), "{found}");
    assert!(!found.contains(&server.needle), "the keyring holds the key, not the tokens");
    a_client_s_secret(&server, home);
    processes_that_create_the_vault_concurrently_agree();
}

/// Damage to a log: its folder, and a copy of it.
type Damage = fn(&Path, &Path);

/// The key of the log is in the keyring, and the anchor with it: a log that was shortened, replaced by an earlier copy of
/// itself or removed is found out, and nothing is done until it is accepted.
#[test]
#[ignore = "needs a real keyring: tests/keyring/run.sh"]
fn a_real_keyring_anchors_the_audit_log() {
    if is_locked() {
        return the_log_of_a_locked_keyring_is_unavailable();
    }
    let damages: [(&str, Damage); 4] = [
        ("shortened", |audit, _| {
            let file = audit.join("000001.jsonl");
            let text = fs::read_to_string(&file).unwrap();
            let length: usize = text.lines().take(text.lines().count() - 2).map(|line| line.len() + 1).sum();
            fs::File::options().write(true).open(&file).unwrap().set_len(length as u64).unwrap();
        }),
        // with its lock file, which notes where it ended
        ("replaced by an earlier copy", |audit, earlier| copy(earlier, audit)),
        ("removed", |audit, _| fs::remove_dir_all(audit).unwrap()),
        ("emptied", |audit, _| fs::write(audit.join("000001.jsonl"), "").unwrap()),
    ];
    for (name, damage) in damages {
        let server = server();
        let home = home(&server);
        demand(&home.run_and_sign_in(&server, &["login", "--no-browser", "-e", "POST /orders", "--client", "dev"]), 0);
        let (audit, earlier) = (home.path().join("state/tokscope/audit"), home.path().join("earlier"));
        copy(&audit, &earlier);
        std::thread::sleep(Duration::from_millis(1_100));
        demand(&home.run(&TOKEN), 0);
        let verified = demand(&home.run(&["audit", "verify"]), 0);
        assert!(verified.contains("anchored in the keyring up to record"), "{verified}");
        assert!(!audit.join("key").exists(), "the key is not beside the log");
        damage(&audit, &earlier);
        demand(&home.run(&["audit", "verify"]), 8);
        let requests = server.requests();
        let output = home.run(&TOKEN);
        demand(&output, 8);
        assert_eq!((server.requests(), output.stdout.len()), (requests, 0), "{name}");
        demand(&home.run(&["audit", "accept", "--yes"]), 0);
        demand(&home.run(&TOKEN), 0);
        demand(&home.run(&["audit", "verify"]), 0);
    }
}

/// Copies a directory with the modes of its files, in place of another.
fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
}

/// A log whose key is in the keyring can't be written while that is locked.
fn the_log_of_a_locked_keyring_is_unavailable() {
    let server = server();
    let home = home(&server);
    // the key of the log is not in its file
    fs::remove_file(home.path().join("state/tokscope/audit/key")).unwrap();
    let requests = server.requests();
    let output = home.run(&TOKEN);
    demand(&output, 8);
    let said = text(&output.stderr);
    assert!(said.contains("the key of the audit log is not available"), "{said}");
    assert_eq!(server.requests(), requests);
}

/// `secret = { keyring = true }`
fn a_client_s_secret(server: &MockServer, home: Home) {
    let manifest =
        support::manifest(&server.origin, &server.origin).replace("env = \"CLIENT_SECRET\"", "keyring = true");
    home.write("tokscope.toml", &manifest);
    let arguments = [&TOKEN[..], &["--trust-manifest"]].concat();
    demand(&home.run(&["tokens", "forget", "--all", "--yes"]), 0);
    let output = home.run(&arguments);
    demand(&output, 2);
    let said = text(&output.stderr);
    let (_, way_out) = said.split_once("store it with `").unwrap();
    let (command, _) = way_out.split_once('`').unwrap();
    let stored = Command::new("sh").args(["-c", &format!("printf the-secret | {command}")]).status().unwrap();
    assert!(stored.success());
    demand(&home.run(&arguments), 0);
}

/// Several processes create a vault at the same time.
fn processes_that_create_the_vault_concurrently_agree() {
    let server = server();
    let home = home(&server);
    let children: Vec<_> = (0..8).map(|_| home.tokscope(&TOKEN).spawn().unwrap()).collect();
    for child in children {
        demand(&child.wait_with_output().unwrap(), 0);
    }
    let listed = demand(&home.run(&["tokens", "list"]), 0);
    assert!((1..=8).contains(&listed.lines().count()), "{listed}");
}

/// Its prompt is not answered.
fn locked() {
    let server = server();
    let home = home(&server);
    let requests = server.requests();
    let started = Instant::now();
    let output = home.run(&["login", "--no-browser", "-e", "GET /orders", "--client", "dev"]);
    demand(&output, 1);
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    let said = text(&output.stderr);
    assert!(said.contains("the keyring") && said.contains("--store passphrase"), "{said}");
    assert!(!home.data().join("vault").exists());
    assert_eq!(server.requests(), requests);
    // a machine's token is as easily had again: it goes on, and says that nothing is kept
    let output = home.run(&TOKEN);
    demand(&output, 0);
    assert!(text(&output.stderr).contains("the token is not stored"), "{}", text(&output.stderr));
    assert!(!home.data().join("vault").exists());
}
