//! The anchor in the passphrase store: it finds a log that was removed, shortened or replaced, whatever is left of its
//! directory.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test panics")]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use tokscope::audit::{AuditLog, Durability, KeyFile, Options};
use tokscope::usage::{Event, Record};

use crate::support::{Home, accepted, demand, text};

const TOKEN: [&str; 4] = ["token", "-e", "GET /orders", "--client=machine"];
const CALL: [&str; 4] = ["call", "GET /orders", "--client=machine", "--no-interact"];

fn folder(home: &Home) -> PathBuf {
    home.path().join("state/tokscope/audit")
}

fn anchor(home: &Home) -> PathBuf {
    home.path().join("data/tokscope/audit-anchor")
}

fn verified(home: &Home, code: i32) -> Value {
    serde_json::from_str(&demand(&home.run(&["audit", "verify", "--json"]), code)).unwrap()
}

/// Writes records as whoever has the key of the log can.
fn forge(home: &Home, records: usize) {
    let log = AuditLog::new(&folder(home), Arc::new(KeyFile), Options::default());
    (0..records).for_each(|_| log.append(Record::new(Event::Use).into(), Durability::Disk).unwrap());
}

fn without_the_last_records(home: &Home) {
    let file = folder(home).join("000001.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    let kept: usize = text.lines().take(3).map(|line| line.len() + 1).sum();
    fs::File::options().write(true).open(&file).unwrap().set_len(kept as u64).unwrap();
    fs::remove_file(folder(home).join("lock")).unwrap();
}

#[test]
fn the_passphrase_store_knows_a_log_that_was_removed_shortened_or_replaced() {
    type Change = fn(&Home);
    let changes: [(&str, &str, Change); 6] = [
        ("was removed", "removed", |home| fs::remove_dir_all(folder(home)).unwrap()),
        ("was replaced by another log", "other-log", |home| {
            fs::remove_dir_all(folder(home)).unwrap();
            forge(home, 50);
        }),
        ("was shortened", "shortened", without_the_last_records),
        ("was shortened", "shortened", |home| {
            fs::remove_file(folder(home).join("000001.jsonl")).unwrap();
            fs::remove_file(folder(home).join("lock")).unwrap();
            // the key is still there
            forge(home, 1);
        }),
        ("has an anchor that can't be read", "anchor-unreadable", |home| {
            let mut bytes = fs::read(anchor(home)).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            fs::write(anchor(home), bytes).unwrap();
        }),
        ("was replaced by another log", "anchor-unreadable", |home| {
            let bytes = fs::read(anchor(home)).unwrap();
            let line = bytes.iter().position(|byte| *byte == b'\n').unwrap();
            fs::write(anchor(home), [&b"0123456789abcdef"[..], &bytes[line..]].concat()).unwrap();
        }),
    ];
    for (reason, kind, change) in changes {
        let (server, home) = accepted();
        demand(&home.run(&TOKEN), 0);
        assert_eq!(verified(&home, 0)["anchor_place"], "passphrase store");
        change(&home);
        let found = verified(&home, 8);
        let kinds: Vec<&str> =
            found["problems"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
        assert!(kinds.contains(&kind), "{reason}: {found:#}");
        // a process that does not have the passphrase sees only whether it is the same log
        let before = server.requests();
        let is_visible = ["removed", "other-log"].contains(&kind) || reason == "was replaced by another log";
        for store in ["passphrase", "memory"].into_iter().filter(|store| is_visible || *store == "passphrase") {
            let output = home.run(&[&CALL[..], &["--store", store]].concat());
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(8), "{reason} {store}: {said}");
            assert_eq!(server.requests(), before, "{reason} {store}");
        }
        demand(&home.run(&["audit", "accept", "--yes"]), 0);
        assert_eq!(verified(&home, 0)["verified"], true, "{reason}");
        demand(&home.run(&CALL), 0);
        demand(&home.run(&["audit", "verify"]), 0);
    }
}

#[test]
fn a_log_that_outgrew_its_anchor_without_the_passphrase_is_still_found_to_be_shortened() {
    let (_server, home) = accepted();
    (0..4).for_each(|_| drop(demand(&home.run(&TOKEN), 0)));
    without_the_last_records(&home);
    // without the passphrase, the anchor can't be compared, and stays
    let anchored = fs::read(anchor(&home)).unwrap();
    for _ in 0..6 {
        demand(&home.run(&[&TOKEN[..], &["--store", "memory"]].concat()), 0);
    }
    assert_eq!(fs::read(anchor(&home)).unwrap(), anchored);
    let output = home.run(&CALL);
    assert_eq!(output.status.code(), Some(8), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("was replaced"), "{}", text(&output.stderr));
    assert_eq!(fs::read(anchor(&home)).unwrap(), anchored);
    let kind = verified(&home, 8)["problems"][0]["kind"].clone();
    assert_eq!(kind, "replaced");
    demand(&home.run(&["audit", "accept", "--yes"]), 0);
    demand(&home.run(&CALL), 0);
    verified(&home, 0);
}

#[test]
fn without_a_vault_the_log_says_that_it_is_not_anchored() {
    let (_server, mut home) = accepted();
    home.variables.insert("TOKSCOPE_STORE", "memory".to_owned());
    demand(&home.run(&TOKEN), 0);
    let text = fs::read_to_string(folder(&home).join("000001.jsonl")).unwrap();
    assert!(text.lines().next().unwrap().contains("\"anchor\":\"none\""), "{text}");
    let verified = demand(&home.run(&["audit", "verify"]), 0);
    assert!(verified.contains("not anchored: without a vault"), "{verified}");
    assert!(!anchor(&home).exists());
}
