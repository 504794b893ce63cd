//! The audit log under load: several processes, processes that are killed, and damage to every byte.
//!
//! `TOKSCOPE_TEST_RUNS=1000` sets the number of killed processes; the default is small.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr, reason = "a failing test panics")]

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokscope::audit::{AuditLog, Durability, KeyFile, Options};
use tokscope::usage::{Anchor, Event, LogKey, Record, Verifier, hash};

fn log(folder: &Path) -> AuditLog {
    let options = Options { segment_bytes: 256 << 10, ..Options::default() };
    AuditLog::new(folder, Arc::new(KeyFile), options)
}

/// The process that writes: prints the number of each record that it was told is written.
#[test]
#[ignore = "the process that the other tests start"]
fn writer_process() {
    let Some(folder) = std::env::var_os("TOKSCOPE_TEST_AUDIT") else { return };
    let count: u64 = std::env::var("TOKSCOPE_TEST_COUNT").unwrap().parse().unwrap();
    let log = log(Path::new(&folder));
    let mut out = std::io::stdout();
    for number in 1..=count {
        let record = Record { count: Some(number), ..Record::new(Event::Use) };
        log.append(record.into(), Durability::Disk).unwrap();
        out.write_all(format!("\nwritten {number}\n").as_bytes()).unwrap();
    }
}

fn start(folder: &Path, count: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "audit_processes::writer_process", "--ignored", "--nocapture"])
        .env("TOKSCOPE_TEST_AUDIT", folder)
        .env("TOKSCOPE_TEST_COUNT", count.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Number of records in the log, by process.
fn written(folder: &Path) -> HashMap<u64, u64> {
    let mut counts = HashMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            let text = fs::read_to_string(path).unwrap();
            for line in text.lines().filter(|line| line.contains("\"event\":\"token.used\"")) {
                let record: serde_json::Value = serde_json::from_str(line).unwrap();
                *counts.entry(record["pid"].as_u64().unwrap()).or_default() += 1;
            }
        }
    }
    counts
}

#[test]
fn sixteen_processes_write_every_record_once() {
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit");
    let mut children: Vec<Child> = (0..16).map(|_| start(&audit, 500)).collect();
    for child in &mut children {
        let mut said = String::new();
        std::io::Read::read_to_string(child.stdout.as_mut().unwrap(), &mut said).unwrap();
        assert!(child.wait().unwrap().success(), "{said}");
    }
    let summary = log(&audit).verify(&[]).unwrap().summary;
    assert_eq!(summary.problems, Vec::new());
    assert_eq!(summary.records, 16 * 500 + summary.last_segment);
    let counts = written(&audit);
    assert!(counts.len() == 16 && counts.values().all(|count| *count == 500), "{counts:?}");
}

#[test]
fn a_killed_process_loses_no_record_that_it_was_told_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit");
    let runs: u64 = std::env::var("TOKSCOPE_TEST_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(25);
    let mut told: HashMap<u64, u64> = HashMap::new();
    for run in 0..runs {
        let mut children: Vec<Child> = (0..2).map(|_| start(&audit, 100_000)).collect();
        let mut outputs = Vec::new();
        for child in &mut children {
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            // it writes by now
            let first = lines.by_ref().map(Result::unwrap).find(|line| line.starts_with("written "));
            assert!(first.is_some());
            outputs.push(lines);
        }
        std::thread::sleep(Duration::from_micros(500 + (run * 7_919) % 20_000));
        for (child, lines) in children.iter_mut().zip(outputs) {
            child.kill().unwrap();
            let last =
                lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("written ")?.parse().ok()).last();
            told.insert(u64::from(child.id()), last.unwrap_or(1));
            child.wait().unwrap();
        }
    }
    // what a killed process left incomplete is removed by the next record
    log(&audit).append(Record::new(Event::Use).into(), Durability::Disk).unwrap();
    let summary = log(&audit).verify(&[]).unwrap().summary;
    assert_eq!(summary.problems, Vec::new());
    let counts = written(&audit);
    for (process, told) in &told {
        let found = counts.get(process).copied().unwrap_or_default();
        assert!(found >= *told, "process {process}: {told} records were acknowledged, {found} are in the log");
    }
    let acknowledged: u64 = told.values().sum();
    eprintln!("{} processes killed, {acknowledged} acknowledged records, all in the log", told.len());
}

/// Damages a log of a thousand records in every way. Prints a table.
#[test]
fn every_kind_of_damage_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit");
    let writer = AuditLog::new(&audit, Arc::new(KeyFile), Options::default());
    for number in 0..1_000 {
        let record =
            Record { count: Some(number), granted: Some(vec!["orders:read".to_owned()]), ..Record::new(Event::Use) };
        writer.append(record.into(), Durability::System).unwrap();
    }
    let bytes = fs::read(audit.join("000001.jsonl")).unwrap();
    let stored: serde_json::Value = serde_json::from_slice(&fs::read(audit.join("key")).unwrap()).unwrap();
    let key = tokscope::usage::unhex(stored["key"].as_str().unwrap()).unwrap();
    let key = LogKey::new(key.try_into().unwrap());
    let lines: Vec<&[u8]> = bytes.strip_suffix(b"\n").unwrap().split(|byte| *byte == b'\n').collect();
    assert_eq!(lines.len(), 1_001);
    let anchor = Anchor { seq: 1_000, head: hash(lines[1_000]) };
    let is_found = |lines: &[&[u8]], torn: u64, key: Option<&LogKey>| {
        let mut verifier = Verifier::new(key.cloned(), std::slice::from_ref(&anchor));
        verifier.segment(1);
        for line in lines {
            verifier.line(line);
        }
        if torn > 0 {
            verifier.torn(torn);
        }
        verifier.finish().is_broken()
    };
    assert!(!is_found(&lines, 0, Some(&key)) && !is_found(&lines, 0, None));
    let mut table: Vec<(&str, u64, u64)> = Vec::new();
    // a flipped bit of any byte: the code of the line does not fit
    let (mut done, mut found) = (0, 0);
    let step = if cfg!(debug_assertions) { 7 } else { 1 };
    for line in &lines {
        let mut changed = line.to_vec();
        for at in (0..line.len()).step_by(step) {
            changed[at] ^= 1 << (at % 8);
            done += 1;
            found += u64::from(!key.fits(&changed));
            changed[at] = line[at];
        }
    }
    table.push(("byte changed", done, found));
    let whole = (0..lines.len()).step_by(50);
    let (mut done, mut found) = (0, 0);
    for index in whole.clone() {
        let mut kept = lines.clone();
        kept.remove(index);
        for key in [Some(&key), None] {
            done += 1;
            found += u64::from(is_found(&kept, 0, key));
        }
    }
    table.push(("line removed", done, found));
    let (mut done, mut found) = (0, 0);
    for index in whole {
        for torn in [0, 1, lines[index].len() as u64 / 2] {
            done += 1;
            found += u64::from(is_found(&lines[..index], torn, Some(&key)));
        }
    }
    table.push(("cut to a length", done, found));
    // the whole log is written again, by the holder of another key and by the holder of the key
    let rewritten = |with: &LogKey, records: usize| {
        let mut prev = tokscope::usage::GENESIS.to_owned();
        let write = |seq: usize| {
            let base = if seq == 0 { Record::example() } else { Record::new(Event::Use) };
            let record = Record {
                time: Some("2026-01-01T00:00:00.000000000Z".to_owned()),
                seq: Some(seq as u64),
                log: Some("log".to_owned()),
                segment: Some(1),
                prev: Some(prev.clone()),
                ..base
            };
            let line = with.line(&record);
            prev = hash(&line);
            line
        };
        (0..records).map(write).collect::<Vec<Vec<u8>>>()
    };
    for (name, with) in [("rewritten without the key", &LogKey::new([9; 32])), ("rewritten with the key", &key)] {
        let (mut done, mut found) = (0, 0);
        for records in [1, 500, 1_000, 1_001, 1_500] {
            let lines = rewritten(with, records);
            let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
            done += 1;
            found += u64::from(is_found(&lines, 0, Some(&key)));
        }
        table.push((name, done, found));
    }
    for (name, done, found) in &table {
        eprintln!("{name:<28} {done:>8} tried {found:>8} found");
        assert_eq!(done, found, "{name}");
    }
}
