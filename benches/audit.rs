//! The audit log beside its peers.
//!
//! | argument | what is measured |
//! |---|---|
//! | `write` (default) | recorded acts beside a bare append with fdatasync on the same disk; 16 writers beside one |
//! | `make RECORDS DIRECTORY` | nothing: writes a log of this many records, as the state directory of `tokscope` |
//!
//! `cargo bench --bench audit -- write DIRECTORY` measures on the disk of a directory. `tests/audit/bench.sh` makes a log
//! and compares `audit verify` and `tokens review` with `DuckDB`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a bench prints, and ends when it can't go on"
)]

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokscope::audit::{AuditLog, Durability, Entry, KeyFile, Options};
use tokscope::secret::Secret;
use tokscope::usage::{Event, Outcome, Phase, Record};

/// Number of rounds, each of which times every variant once.
const ROUNDS: usize = 400;

fn options() -> Options {
    Options { person: "ana".to_owned(), uid: 1_000, host: "build-7".to_owned(), terminal: "tty", ..Options::default() }
}

fn log(folder: &Path) -> AuditLog {
    AuditLog::new(folder, Arc::new(KeyFile), options())
}

/// A record as `call` writes them. `number` chooses client, endpoint and scopes.
fn entry(number: u64, event: Event, phase: Phase) -> Entry {
    let text = |text: String| Some(text);
    let (client, endpoint) = (number % 7, number % 41);
    let scope = format!(
        "orders:{}",
        match endpoint % 4 {
            0 => "read",
            1 => "write",
            2 => "delete",
            _ => "admin",
        }
    );
    let record = Record {
        phase: Some(phase),
        act: text(format!("{number:032x}")),
        outcome: (phase == Phase::Outcome).then_some(Outcome::Ok),
        client: text(format!("client-{client}")),
        api: text("orders".to_owned()),
        endpoint: text(format!("GET /area{endpoint}/orders/{{id}}")),
        method: text("GET".to_owned()),
        destination: text("https://api.example.com".to_owned()),
        required: Some(vec![scope.clone()]),
        granted: Some(vec![scope.clone(), "profile".to_owned()]),
        used: Some(vec![scope]),
        excess: Some(vec!["profile".to_owned()]),
        decision: text("allowed".to_owned()),
        rule: text("manifest".to_owned()),
        line: Some(9 + endpoint),
        status: (phase == Phase::Outcome).then_some(200),
        ms: (phase == Phase::Outcome).then_some(12.5),
        ..Record::new(event)
    };
    Entry { record, token: Some(Secret::new(format!("token-{}", number % 50))), parent: None }
}

/// Passes a token on: intent and outcome are on the disk before it, as in `tokens::hand_out`.
fn hand_out(log: &AuditLog, number: u64) {
    let entries = [Phase::Intent, Phase::Outcome].map(|phase| entry(number, Event::HandOut, phase));
    log.append_all(entries.into(), Durability::Disk).unwrap();
}

fn timed(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

/// Returns median and 99th percentile in microseconds.
fn figures(times: &mut [Duration]) -> (f64, f64) {
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 100).map_or(0.0, |time| time.as_secs_f64() * 1e6);
    (at(50), at(99))
}

fn write(folder: &Path) {
    let folder = tempfile::tempdir_in(folder).unwrap();
    let mut bare = File::options().append(true).create(true).open(folder.path().join("bare")).unwrap();
    let line = vec![b'x'; 1_000];
    let known = log(&folder.path().join("known"));
    hand_out(&known, 0);
    let (mut appends, mut acts, mut opened) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS as u64 {
        appends.push(timed(|| {
            bare.write_all(&line).unwrap();
            bare.sync_data().unwrap();
        }));
        acts.push(timed(|| hand_out(&known, round)));
        // as a process that passes on one token
        opened.push(timed(|| hand_out(&log(&folder.path().join("known")), round)));
    }
    let bare = figures(&mut appends);
    println!("{:<44} {:>9} {:>9} {:>8}", "", "p50 us", "p99 us", "ratio");
    for (name, times) in [("a recorded hand-out", &mut acts), ("the same, with the log opened for it", &mut opened)] {
        let (median, most) = figures(times);
        println!("{name:<44} {median:>9.0} {most:>9.0} {:>8.2}", median / bare.0);
    }
    println!("{:<44} {:>9.0} {:>9.0}", "bare append of 1,000 bytes with fdatasync", bare.0, bare.1);
    let rate = |writers: u64| {
        let log = log(&folder.path().join(format!("writers-{writers}")));
        hand_out(&log, 0);
        let each = 16_000 / writers.max(4);
        let time = timed(|| {
            std::thread::scope(|scope| {
                for writer in 0..writers {
                    let log = &log;
                    scope.spawn(move || {
                        for number in 0..each {
                            log.append(entry(writer * each + number, Event::Use, Phase::Single), Durability::Disk)
                                .unwrap();
                        }
                    });
                }
            });
        });
        (writers * each) as f64 / time.as_secs_f64()
    };
    let one = rate(1);
    for writers in [1, 4, 16, 64] {
        let rate = if writers == 1 { one } else { rate(writers) };
        println!("{writers:>2} writers {rate:>44.0} records/s {:>8.2}", rate / one);
    }
}

fn make(records: u64, folder: &Path) {
    let log = log(&folder.join("tokscope/audit"));
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let log = &log;
            scope.spawn(move || {
                for number in (writer..records).step_by(4) {
                    let phase = if number % 2 == 0 { Phase::Intent } else { Phase::Outcome };
                    log.append(entry(number / 2, Event::Use, phase), Durability::System).unwrap();
                }
            });
        }
    });
    log.append(entry(records, Event::Use, Phase::Single), Durability::Disk).unwrap();
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => write(&std::env::temp_dir()),
        ["write", folder] => write(&PathBuf::from(folder)),
        ["make", records, folder] => make(records.parse().unwrap(), Path::new(folder)),
        _ => println!("usage: audit [write DIRECTORY | make RECORDS DIRECTORY]"),
    }
}
