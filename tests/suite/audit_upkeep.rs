//! Following, pruning and erasing, through the command line.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test panics")]

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::Arc;

use serde_json::Value;
use tokscope::audit::{AuditLog, Durability, KeyFile, Options};
use tokscope::usage::{Event, Record};

use crate::support::{accepted, demand};

const TOKEN: [&str; 4] = ["token", "-e", "GET /orders", "--client=machine"];

#[test]
fn a_follower_gets_every_record_once_and_ends_when_nobody_reads() {
    let (_server, home) = accepted();
    let mut child = home
        .tokscope(&["audit", "log", "--follow", "--json"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    demand(&home.run(&TOKEN), 0);
    let listed = demand(&home.run(&["audit", "log", "--json"]), 0);
    for expected in listed.lines() {
        assert_eq!(lines.next().unwrap().unwrap(), expected);
    }
    demand(&home.run(&TOKEN), 0);
    let next: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!((next["event"].as_str(), next["phase"].as_str()), (Some("token.provided"), Some("intent")));
    drop(lines);
    demand(&home.run(&TOKEN), 0);
    demand(&home.run(&TOKEN), 0);
    child.wait().unwrap();
}

#[test]
fn old_segments_are_removed_and_the_rest_verifies() {
    let (_server, home) = accepted();
    let folder = home.path().join("state/tokscope/audit");
    // small segments, with the key of the log
    let options = Options { segment_bytes: 4_000, person: "ana".to_owned(), ..Options::default() };
    let log = AuditLog::new(&folder, Arc::new(KeyFile), options);
    (0..40).for_each(|_| log.append(Record::new(Event::Use).into(), Durability::Disk).unwrap());
    drop(log);
    demand(&home.run(&TOKEN), 0);
    let before = std::fs::read_dir(&folder).unwrap().count();
    let prune = ["audit", "prune", "--older-than", "0"];
    demand(&home.run(&prune), 2);
    demand(&home.run(&[&prune[..], &["--yes"]].concat()), 0);
    let left = std::fs::read_dir(&folder).unwrap().count();
    assert!(left < before, "{left} of {before} files are left");
    let verified = demand(&home.run(&["audit", "verify"]), 0);
    assert!(verified.contains("were removed") && verified.contains("the log verifies"), "{verified}");
    demand(&home.run(&TOKEN), 0);
    demand(&home.run(&["audit", "verify"]), 0);
}

#[test]
fn records_of_an_erased_user_stay_without_a_name() {
    let (_server, home) = accepted();
    demand(&home.run(&TOKEN), 0);
    let named = |listed: &str| listed.lines().filter(|line| line.contains("  by ")).count();
    let listed = demand(&home.run(&["audit", "log"]), 0);
    assert_eq!(named(&listed), listed.lines().count());
    let name = listed.lines().next().unwrap().rsplit("  by ").next().unwrap();
    demand(&home.run(&["audit", "erase", name, "--yes"]), 0);
    let erased = demand(&home.run(&["audit", "log"]), 0);
    assert_eq!((named(&erased), erased.lines().count()), (0, listed.lines().count()));
    demand(&home.run(&["audit", "verify"]), 0);
    // the same user gets a new code
    demand(&home.run(&TOKEN), 0);
    let after = demand(&home.run(&["audit", "log"]), 0);
    assert_eq!(named(&after), after.lines().count() - erased.lines().count());
}
