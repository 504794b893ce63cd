//! Damage to a log of a thousand records, of every kind: all of it is found.
//!
//! By default every 61st byte is changed; `TOKSCOPE_TEST_RUNS=1000` changes each in several ways, with and without the key.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr, reason = "a failing test panics")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tokscope::audit::{AuditLog, Durability, KeyFile, Options};
use tokscope::usage::{Anchor, Event, GENESIS, LogKey, Record, Summary, Verifier, hash};

const RECORDS: u64 = 1_000;

fn log(folder: &Path) -> AuditLog {
    AuditLog::new(folder, Arc::new(KeyFile), Options::default())
}

/// A log on the disk, and what is known of it.
struct Original {
    folder: tempfile::TempDir,
    bytes: Vec<u8>,
    /// Beginning of each line, and the end.
    starts: Vec<usize>,
    key: LogKey,
    anchor: Anchor,
}

impl Original {
    fn write() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let audit = folder.path().join("audit");
        let writer = log(&audit);
        for number in 0..RECORDS {
            let record = Record {
                count: Some(number),
                endpoint: Some("GET /orders/{id}".to_owned()),
                granted: Some(vec!["orders:read".to_owned()]),
                ..Record::new(Event::Use)
            };
            writer.append(record.into(), Durability::System).unwrap();
        }
        let bytes = fs::read(audit.join("000001.jsonl")).unwrap();
        let stored: serde_json::Value = serde_json::from_slice(&fs::read(audit.join("key")).unwrap()).unwrap();
        let key = tokscope::usage::unhex(stored["key"].as_str().unwrap()).unwrap();
        let breaks = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
        let starts: Vec<usize> = std::iter::once(0).chain(breaks).collect();
        let last = &bytes[starts[starts.len() - 2]..bytes.len() - 1];
        let anchor = Anchor { seq: RECORDS, head: hash(last) };
        Self { folder, key: LogKey::new(key.try_into().unwrap()), anchor, starts, bytes }
    }

    fn lines(&self) -> usize {
        self.starts.len() - 1
    }

    fn line(&self, index: usize) -> &[u8] {
        &self.bytes[self.starts[index]..self.starts[index + 1]]
    }

    /// The state of a verification before each line. Damage behind it can't change it.
    fn states(&self, key: Option<&LogKey>) -> Vec<Verifier> {
        let mut verifier = Verifier::new(key.cloned(), std::slice::from_ref(&self.anchor));
        verifier.segment(1);
        let mut states = vec![verifier.clone()];
        for index in 0..self.lines() {
            feed(&mut verifier, self.line(index));
            states.push(verifier.clone());
        }
        states
    }
}

/// Feeds the bytes of a file.
fn feed(verifier: &mut Verifier, bytes: &[u8]) {
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => verifier.line(line),
            None => verifier.torn(line.len() as u64),
        }
    }
}

/// Kind of damage, how often it was done, how often it was found.
type Row = (String, u64, u64);

fn count(name: &str, found: impl Iterator<Item = bool>) -> Row {
    let (mut all, mut good) = (0, 0);
    found.for_each(|found| {
        all += 1;
        good += u64::from(found);
    });
    (name.to_owned(), all, good)
}

/// Whether damage is found: from the state before the first damaged line, with the damaged bytes and a line behind them.
/// More lines could only add to what was found, since no record in this log accepts anything.
fn is_found(state: &Verifier, bytes: &[u8]) -> bool {
    let mut verifier = state.clone();
    feed(&mut verifier, bytes);
    verifier.finish().is_broken()
}

fn with_and_without(key: &LogKey) -> [(&'static str, Option<&LogKey>); 2] {
    [("with the key", Some(key)), ("without the key", None)]
}

fn sweep(log: &Original, step: usize, masks: &[u8]) -> Vec<Row> {
    let mut table = Vec::new();
    for (name, key) in with_and_without(&log.key) {
        let states = log.states(key);
        let last = log.lines() - 1;
        let changed = (0..log.lines()).flat_map(|index| {
            let (start, after) = (log.starts[index], log.starts[(index + 2).min(last + 1)]);
            let length = log.line(index).len();
            let (states, bytes) = (&states, &log.bytes);
            (0..length).filter(move |at| (start + at) % step == 0).flat_map(move |at| {
                masks.iter().map(move |mask| {
                    let mut damaged = bytes[start..after].to_vec();
                    damaged[at] ^= mask;
                    is_found(&states[index], &damaged)
                })
            })
        });
        table.push(count(&format!("byte changed, {name}"), changed));
        let dropped = (0..log.lines()).map(|index| {
            let rest = &log.bytes[log.starts[index + 1]..log.starts[(index + 2).min(last + 1)]];
            is_found(&states[index], rest)
        });
        table.push(count(&format!("line dropped, {name}"), dropped));
        let cut =
            (0..log.bytes.len()).filter(|length| length % step == 0 || log.starts.contains(length)).map(|length| {
                let index = log.starts.partition_point(|start| *start <= length) - 1;
                is_found(&states[index], &log.bytes[log.starts[index]..length])
            });
        table.push(count(&format!("cut to a length, {name}"), cut));
    }
    table
}

/// A whole log, written by the holder of a key.
fn rewritten(with: &LogKey, records: u64) -> Vec<u8> {
    let mut prev = GENESIS.to_owned();
    let write = |seq: u64| {
        let base = if seq == 0 { Record::example() } else { Record::new(Event::Use) };
        let record = Record {
            time: Some("2026-01-01T00:00:00.000000000Z".to_owned()),
            seq: Some(seq),
            log: Some("log".to_owned()),
            segment: Some(1),
            prev: Some(prev.clone()),
            ..base
        };
        let line = with.line(record);
        prev = hash(&line);
        [line.as_slice(), b"\n"].concat()
    };
    (0..records).flat_map(write).collect()
}

#[test]
fn every_kind_of_damage_is_found() {
    let log = Original::write();
    assert_eq!(log.lines() as u64, RECORDS + 1);
    for (name, key) in with_and_without(&log.key) {
        let summary: Summary = log.states(key).pop().unwrap().finish();
        assert_eq!(summary.problems, [], "{name}: an intact log");
    }
    let is_full =
        std::env::var("TOKSCOPE_TEST_RUNS").is_ok_and(|runs| runs.parse().is_ok_and(|runs: u64| runs >= 1_000));
    let (step, masks): (usize, &[u8]) = if is_full { (1, &[0x01, 0x20, 0xff]) } else { (61, &[0x01]) };
    let mut table = sweep(&log, step, masks);
    for (name, with) in [("rewritten without the key", &LogKey::new([9; 32])), ("rewritten with the key", &log.key)] {
        let found = [1, RECORDS / 2, RECORDS, RECORDS + 1, RECORDS + 500].map(|records| {
            let mut verifier = Verifier::new(Some(log.key.clone()), std::slice::from_ref(&log.anchor));
            verifier.segment(1);
            is_found(&verifier, &rewritten(with, records))
        });
        table.push(count(name, found.into_iter()));
    }
    for (name, done, found) in &table {
        eprintln!("{name:<36} {done:>9} times, {found:>9} found");
        assert_eq!(done, found, "{name}");
    }
}

/// The same through the files, for some of the damage: the verification of the disk agrees with that of the bytes.
#[test]
fn damage_to_the_file_is_found() {
    let original = Original::write();
    let audit = original.folder.path().join("audit");
    let file = audit.join("000001.jsonl");
    let anchors = std::slice::from_ref(&original.anchor);
    let is_found = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        log(&audit).verify(anchors).unwrap().summary.is_broken()
    };
    assert!(!is_found(&original.bytes), "an intact log");
    for place in (0..original.bytes.len()).step_by(original.bytes.len() / 12) {
        let mut damaged = original.bytes.clone();
        damaged[place] ^= 0x20;
        assert!(is_found(&damaged), "byte {place} changed");
        assert!(is_found(&original.bytes[..place]), "cut to {place}");
    }
    assert!(is_found(&rewritten(&original.key, RECORDS + 1)), "rewritten with the key");
    assert!(is_found(&[]), "emptied");
    fs::write(&file, &original.bytes).unwrap();
    fs::remove_file(audit.join("key")).unwrap();
    assert!(log(&audit).verify(anchors).unwrap().summary.is_broken(), "without a key");
}
