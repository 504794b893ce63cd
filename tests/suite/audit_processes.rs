//! The audit log under load: several processes, and processes that are killed.
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
use tokscope::usage::{Event, Record};

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
