//! The vault with concurrent processes, and with processes that are killed at random moments.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::collections::{BTreeSet, VecDeque};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::key_file::vault;
use jiff::Timestamp;
use tokscope::scope::ScopeSet;
use tokscope::secret::Secret;
use tokscope::vault::{Record, RecordId};

const FOLDER: &str = "TOKSCOPE_TEST_VAULT";
const KILLS: usize = 200;
const WRITERS: usize = 4;

fn record() -> Record {
    Record {
        id: RecordId::random().unwrap(),
        issuer: "https://login.example.com".to_owned(),
        client: "dev".to_owned(),
        client_id: "dev".to_owned(),
        audiences: Vec::new(),
        origins: Vec::new(),
        asked: ScopeSet::new(),
        granted: ScopeSet::new(),
        created: Timestamp::now(),
        expires: None,
        last_used: None,
        token_type: "Bearer".to_owned(),
        access_token: Secret::new("a".repeat(400)),
        refresh_token: None,
        dpop_key: None,
        id_token: None,
        narrowed_from: None,
        added: tokscope::scope::Additions::new(),
        keeps_breadth: false,
        facts: std::collections::BTreeMap::new(),
        unreported: false,
        approval: None,
        signed_in: None,
    }
}

/// Adds tokens one after the other, and reports each once stored.
#[test]
#[ignore = "a process of the other tests"]
fn writer() {
    let vault = vault(Path::new(&std::env::var_os(FOLDER).unwrap()));
    for _ in 0..std::env::var("TOKSCOPE_TEST_COUNT").unwrap().parse::<usize>().unwrap() {
        let record = record();
        let id = record.id.clone();
        vault.update(|records| records.push(record)).unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "kept {id}").unwrap();
        out.flush().unwrap();
    }
}

fn start(folder: &Path, count: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "vault_processes::writer", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .env("TOKSCOPE_TEST_COUNT", count.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Records a writer's output on a separate thread.
fn listen(child: &mut Child, kept: &Arc<Mutex<BTreeSet<String>>>) -> thread::JoinHandle<()> {
    let (out, kept) = (child.stdout.take().unwrap(), Arc::clone(kept));
    thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            // the harness may have begun the line
            if let Some((_, id)) = line.split_once("kept ") {
                kept.lock().unwrap().insert(id.to_owned());
            }
        }
    })
}

fn random(below: u64) -> u64 {
    let mut bytes = [0; 8];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    u64::from_be_bytes(bytes) % below
}

#[test]
fn kills_lose_no_stored_token_and_leave_no_partial_file() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("tokscope");
    let reader = vault(&folder);
    reader.probe().unwrap();
    let kept = Arc::new(Mutex::new(BTreeSet::new()));
    let (mut all, mut before) = (BTreeSet::new(), 0);
    let mut writers = VecDeque::new();
    for kill in 0..KILLS {
        while writers.len() < WRITERS {
            let mut child = start(&folder, usize::MAX);
            let ear = listen(&mut child, &kept);
            writers.push_back((child, ear));
        }
        // the killed are those that write: the others still start
        let started = Instant::now();
        while kept.lock().unwrap().len() <= before {
            assert!(started.elapsed() < Duration::from_mins(1), "nobody writes");
            thread::sleep(Duration::from_micros(200));
        }
        thread::sleep(Duration::from_micros(random(20_000)));
        let (mut child, ear) = writers.pop_front().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        ear.join().unwrap();
        let said = kept.lock().unwrap().clone();
        let found: BTreeSet<String> = reader.records().unwrap().iter().map(|record| record.id.to_string()).collect();
        let lost: Vec<_> = said.difference(&found).collect();
        assert!(lost.is_empty(), "after {kill} kills {lost:?} are lost");
        // the file stays small: what was found is taken out again
        if found.len() > 300 {
            reader.forget(|record| found.contains(record.id.as_str())).unwrap();
            kept.lock().unwrap().retain(|id| !found.contains(id));
        }
        before = kept.lock().unwrap().len();
        all.extend(found);
    }
    for (mut child, ear) in writers {
        child.kill().unwrap();
        child.wait().unwrap();
        ear.join().unwrap();
    }
    assert!(all.len() > KILLS, "the writers wrote {}", all.len());
    reader.probe().unwrap();
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["token-ids", "vault", "vault.lock"], "nothing is left of the killed");
}

#[test]
fn concurrent_creators_and_writers_lose_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("tokscope");
    let kept = Arc::new(Mutex::new(BTreeSet::new()));
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let mut child = start(&folder, 20);
            let ear = listen(&mut child, &kept);
            (child, ear)
        })
        .collect();
    for (mut child, ear) in writers {
        assert!(child.wait().unwrap().success());
        ear.join().unwrap();
    }
    let found: BTreeSet<String> =
        vault(&folder).records().unwrap().iter().map(|record| record.id.to_string()).collect();
    assert_eq!(found.len(), 160);
    assert_eq!(*kept.lock().unwrap(), found);
}
