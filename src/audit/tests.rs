//! The log on the disk.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test panics")]

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::files::PrivateFolder;
use crate::usage::{Event, Phase, ProblemKind, Record, hash, sealed};

/// A keyring in memory.
#[derive(Debug, Default)]
struct Ring(Mutex<Option<Held>>);

impl Custody for Ring {
    fn load(&self, _: &PrivateFolder) -> Result<Option<Held>, CustodyError> {
        Ok(self.0.lock().unwrap().clone())
    }

    fn create(&self, _: &PrivateFolder, held: &Held) -> Result<KeySource, CustodyError> {
        *self.0.lock().unwrap() = Some(Held { source: KeySource::Keyring, ..held.clone() });
        Ok(KeySource::Keyring)
    }

    fn anchor(&self, _: &PrivateFolder, held: &Held) -> Result<bool, CustodyError> {
        *self.0.lock().unwrap() = Some(held.clone());
        Ok(true)
    }

    fn place(&self, _: KeySource) -> AnchorPlace {
        AnchorPlace::Keyring
    }
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("audit")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }
}

fn log(folder: &Folder, custody: &Arc<Ring>) -> AuditLog {
    AuditLog::new(&folder.path(), Arc::clone(custody) as Arc<dyn Custody>, Options::default())
}

fn small(folder: &Folder, custody: &Arc<Ring>) -> AuditLog {
    let options = Options { segment_bytes: 2_000, ..Options::default() };
    AuditLog::new(&folder.path(), Arc::clone(custody) as Arc<dyn Custody>, options)
}

fn write(log: &AuditLog) -> Result<(), AuditError> {
    log.append(Record::new(Event::Use).into(), Durability::Disk)
}

fn problems(log: &AuditLog) -> Vec<ProblemKind> {
    log.verify(&[]).unwrap().summary.problems.into_iter().map(|problem| problem.kind).collect()
}

fn cause(result: Result<(), AuditError>) -> &'static str {
    match result {
        Err(AuditError::Changed { cause, .. }) => cause,
        other => panic!("{other:?}"),
    }
}

fn append(path: &Path, bytes: &[u8]) {
    fs::File::options().append(true).open(path).unwrap().write_all(bytes).unwrap();
}

/// Parses a line without its code.
fn record_of(line: &str) -> Record {
    let (body, _) = sealed(line.as_bytes()).unwrap();
    serde_json::from_slice(&[body, b"}"].concat()).unwrap()
}

#[test]
fn records_are_chained_over_segments_and_processes() {
    let (folder, ring) = (Folder::new(), Arc::new(Ring::default()));
    let (one, other) = (small(&folder, &ring), small(&folder, &ring));
    for _ in 0..20 {
        write(&one).unwrap();
        write(&other).unwrap();
    }
    let verified = one.verify(&[]).unwrap();
    assert_eq!(verified.summary.problems, Vec::new());
    assert!(verified.summary.last_segment > 3, "{}", verified.summary.last_segment);
    assert_eq!(verified.summary.records, 40 + verified.summary.last_segment);
    assert_eq!(verified.source, Some(KeySource::Keyring));
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(folder.path()), mode(folder.file("000001.jsonl"))), (0o700, 0o600));
}

#[test]
fn records_of_many_threads_are_all_written() {
    let (folder, ring) = (Folder::new(), Arc::new(Ring::default()));
    let log = log(&folder, &ring);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| (0..50).for_each(|_| write(&log).unwrap()));
        }
    });
    let summary = log.verify(&[]).unwrap().summary;
    assert_eq!((summary.records, summary.problems), (801, Vec::new()));
}

#[test]
fn an_incomplete_line_is_removed_by_a_record_that_says_so() {
    let (folder, ring) = (Folder::new(), Arc::new(Ring::default()));
    write(&log(&folder, &ring)).unwrap();
    append(&folder.file("000001.jsonl"), b"{\"time\":\"2026");
    assert_eq!(problems(&log(&folder, &ring)), [ProblemKind::Torn(13)]);
    write(&log(&folder, &ring)).unwrap();
    let text = fs::read_to_string(folder.file("000001.jsonl")).unwrap();
    let repaired = text.lines().find(|line| line.contains("log.repaired")).unwrap();
    assert!(repaired.contains("\"count\":13"), "{repaired}");
    assert_eq!(problems(&log(&folder, &ring)), []);
}

#[test]
fn a_changed_log_is_refused_until_it_is_accepted() {
    type Change = fn(&Folder);
    let changes: [(&str, &str, Change); 5] = [
        ("removed file", "removed", |folder| fs::remove_file(folder.file("000001.jsonl")).unwrap()),
        ("shortened", "shortened", |folder| {
            let text = fs::read_to_string(folder.file("000001.jsonl")).unwrap();
            let keep: usize = text.lines().take(2).map(|line| line.len() + 1).sum();
            fs::File::options().write(true).open(folder.file("000001.jsonl")).unwrap().set_len(keep as u64).unwrap();
        }),
        ("replaced", "replaced", |folder| {
            let text = fs::read_to_string(folder.file("000001.jsonl")).unwrap();
            fs::remove_file(folder.file("000001.jsonl")).unwrap();
            fs::write(folder.file("000001.jsonl"), text + "{}\n").unwrap();
            fs::set_permissions(folder.file("000001.jsonl"), fs::Permissions::from_mode(0o600)).unwrap();
        }),
        ("linked", "replaced", |folder| {
            fs::hard_link(folder.file("000001.jsonl"), folder.file("other")).unwrap();
        }),
        ("foreign line", "damaged", |folder| append(&folder.file("000001.jsonl"), b"{}\n")),
    ];
    for (name, expected, change) in changes {
        let (folder, ring) = (Folder::new(), Arc::new(Ring::default()));
        let open = log(&folder, &ring);
        (0..5).for_each(|_| write(&open).unwrap());
        change(&folder);
        // a process that has the log open, and one that opens it
        assert_eq!(cause(write(&open)), expected, "{name}, open");
        let fresh = log(&folder, &ring);
        let found = cause(write(&fresh));
        assert!(found == expected || (name == "replaced" && found == "damaged"), "{name}: {found}");
        assert!(cause(write(&fresh)) == found, "{name}: still refused");
        assert!(fresh.accept().unwrap().is_some(), "{name}");
        write(&fresh).unwrap();
        let _ = fs::remove_file(folder.file("other"));
        let summary = fresh.verify(&[]).unwrap().summary;
        assert!(!summary.is_broken(), "{name}: {:?}", summary.problems);
        assert_eq!(fresh.accept().unwrap(), None, "{name}: nothing is left to accept");
    }
}

#[test]
fn a_removed_directory_is_known_from_the_keyring() {
    let (folder, ring) = (Folder::new(), Arc::new(Ring::default()));
    write(&log(&folder, &ring)).unwrap();
    fs::remove_dir_all(folder.path()).unwrap();
    assert_eq!(cause(write(&log(&folder, &ring))), "removed");
}

#[test]
fn a_log_that_was_rewritten_with_its_key_contradicts_the_anchor() {
    let (folder, ring) = (Folder::new(), Arc::new(Ring::default()));
    let first = log(&folder, &ring);
    (0..5).for_each(|_| write(&first).unwrap());
    drop(first);
    let anchored = ring.0.lock().unwrap().clone().unwrap();
    assert!(anchored.anchor.is_some());
    // the same key writes another log
    fs::remove_dir_all(folder.path()).unwrap();
    *ring.0.lock().unwrap() = Some(Held { anchor: None, ..anchored.clone() });
    write(&log(&folder, &ring)).unwrap();
    *ring.0.lock().unwrap() = Some(anchored);
    assert!(log(&folder, &ring).verify(&[]).unwrap().summary.is_broken());
    assert!(matches!(cause(write(&log(&folder, &ring))), "replaced" | "shortened"));
}

#[test]
fn the_last_record_is_anchored_when_the_log_is_closed() {
    let (folder, ring) = (Folder::new(), Arc::new(Ring::default()));
    let anchored = || ring.0.lock().unwrap().as_ref().and_then(|held| held.anchor.as_ref().map(|anchor| anchor.seq));
    let (one, other) = (log(&folder, &ring), log(&folder, &ring));
    (0..5).for_each(|_| write(&one).unwrap());
    assert_eq!(anchored(), None, "a short process writes one anchor");
    write(&other).unwrap();
    // another process has written since: its record is anchored
    drop(one);
    assert_eq!(anchored(), Some(6));
    drop(other);
    assert_eq!(anchored(), Some(6), "at most once a second");
    assert_eq!(problems(&log(&folder, &ring)), []);
}

#[test]
fn removed_segments_leave_a_log_that_verifies() {
    let (folder, ring) = (Folder::new(), Arc::new(Ring::default()));
    let log = small(&folder, &ring);
    (0..20).for_each(|_| write(&log).unwrap());
    assert_eq!(log.prune(Timestamp::now() - SignedDuration::from_hours(1)).unwrap(), 0);
    let removed = log.prune(Timestamp::now() + SignedDuration::from_hours(1)).unwrap();
    assert!(removed > 2, "{removed}");
    let summary = log.verify(&[]).unwrap().summary;
    assert_eq!((summary.problems, summary.first_segment), (Vec::new(), removed + 1));
    // a second time, and by another process
    (0..10).for_each(|_| write(&log).unwrap());
    assert!(small(&folder, &ring).prune(Timestamp::now() + SignedDuration::from_hours(1)).unwrap() > 0);
    assert_eq!(problems(&log), []);
    // without the record it is a log without its start
    fs::remove_file(folder.file(&format!("{:06}.jsonl", log.verify(&[]).unwrap().summary.first_segment))).unwrap();
    assert!(!problems(&log).is_empty());
}

#[test]
fn a_segment_without_a_record_is_begun_again() {
    let (folder, ring) = (Folder::new(), Arc::new(Ring::default()));
    write(&log(&folder, &ring)).unwrap();
    fs::write(folder.file("000002.jsonl"), "").unwrap();
    fs::set_permissions(folder.file("000002.jsonl"), fs::Permissions::from_mode(0o600)).unwrap();
    write(&log(&folder, &ring)).unwrap();
    let summary = log(&folder, &ring).verify(&[]).unwrap().summary;
    assert_eq!((summary.problems, summary.last_segment), (Vec::new(), 2));
}

#[test]
fn a_checkpoint_finds_a_log_that_was_shortened_later() {
    let (folder, ring) = (Folder::new(), Arc::new(Ring::default()));
    let log = log(&folder, &ring);
    write(&log).unwrap();
    let (text, _) = log.checkpoint().unwrap();
    let anchor = log.read_checkpoint(&text).unwrap().unwrap();
    write(&log).unwrap();
    assert_eq!(log.verify(std::slice::from_ref(&anchor)).unwrap().summary.problems, Vec::new());
    let other = crate::usage::Anchor { head: "00".repeat(32), ..anchor };
    assert!(log.verify(&[other]).unwrap().summary.is_broken());
}

#[test]
fn a_user_is_known_by_a_pseudonym_until_the_year_is_erased() {
    let folder = Folder::new();
    let private = PrivateFolder::create(&folder.path()).unwrap();
    let one = People::pseudonym(&private, "2025", "ana").unwrap();
    assert_eq!(People::pseudonym(&private, "2025", "ana").unwrap(), one);
    let other = People::pseudonym(&private, "2026", "ana").unwrap();
    assert_ne!(one, other);
    assert_eq!(People::read(&private).unwrap().name(&one), Some("ana"));
    assert_eq!(People::erase(&private, Some("2026"), None).unwrap(), 1);
    let people = People::read(&private).unwrap();
    assert_eq!((people.name(&one), people.name(&other)), (None, Some("ana")));
    assert_eq!(People::erase(&private, None, Some("ana")).unwrap(), 1);
    assert_eq!(People::read(&private).unwrap().name(&other), None);
    assert_ne!(People::pseudonym(&private, "2026", "ana").unwrap(), other);
}

#[test]
fn a_clock_that_was_set_back_is_recorded() {
    let (folder, ring) = (Folder::new(), Arc::new(Ring::default()));
    write(&log(&folder, &ring)).unwrap();
    let text = fs::read_to_string(folder.file("000001.jsonl")).unwrap();
    let last = text.lines().last().unwrap();
    let held = ring.0.lock().unwrap().clone().unwrap();
    // written before the clock was set back
    let record = Record {
        time: Some("2099-01-01T00:00:00.000000000Z".to_owned()),
        phase: Some(Phase::Single),
        seq: Some(2),
        log: Some(held.log.clone()),
        segment: Some(1),
        prev: Some(hash(last.as_bytes())),
        ..Record::new(Event::Use)
    };
    append(&folder.file("000001.jsonl"), &[&held.key.line(record)[..], b"\n"].concat());
    write(&log(&folder, &ring)).unwrap();
    write(&log(&folder, &ring)).unwrap();
    let text = fs::read_to_string(folder.file("000001.jsonl")).unwrap();
    let back: Vec<&str> = text.lines().skip(1).filter(|line| line.contains("log.clock-back")).collect();
    assert_eq!(back.len(), 1, "{text}");
    assert_eq!(problems(&log(&folder, &ring)), []);
}

#[test]
fn a_log_whose_key_was_lost_verifies_after_it_was_accepted() {
    let folder = Folder::new();
    let log = || AuditLog::new(&folder.path(), Arc::new(KeyFile), Options::default());
    write(&log()).unwrap();
    fs::remove_file(folder.file("key")).unwrap();
    assert!(matches!(write(&log()), Err(AuditError::Locked(_))));
    assert_eq!(log().accept().unwrap(), Some("key-lost"));
    (0..3).for_each(|_| write(&log()).unwrap());
    let summary = log().verify(&[]).unwrap().summary;
    assert!(!summary.is_broken(), "{:#?}", summary.problems);
    // a line without the key is still found
    let text = fs::read_to_string(folder.file("000002.jsonl")).unwrap();
    fs::write(folder.file("000002.jsonl"), text.replacen("token.used\",\"phase", "token.probed\",\"phase", 1)).unwrap();
    assert!(log().verify(&[]).unwrap().summary.is_broken());
}

#[test]
fn a_replaced_log_is_left_as_it_is_even_if_its_last_line_is_incomplete() {
    let (folder, ring) = (Folder::new(), Arc::new(Ring::default()));
    let open = log(&folder, &ring);
    (0..5).for_each(|_| write(&open).unwrap());
    drop(open);
    let file = folder.file("000001.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    let kept: usize = text.lines().take(3).map(|line| line.len() + 1).sum();
    fs::write(&file, [&text.as_bytes()[..kept], b"{\"time\""].concat()).unwrap();
    let before = fs::read(&file).unwrap();
    assert_eq!(cause(write(&log(&folder, &ring))), "shortened");
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn records_that_are_written_together_come_one_after_the_other() {
    let (folder, ring) = (Folder::new(), Arc::new(Ring::default()));
    let log = log(&folder, &ring);
    let pair = |act: &str| {
        [Phase::Intent, Phase::Outcome]
            .map(|phase| Record { act: Some(act.to_owned()), phase: Some(phase), ..Record::new(Event::HandOut) }.into())
    };
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (log, pair) = (&log, &pair);
            scope.spawn(move || {
                (0..20).for_each(|number| {
                    log.append_all(pair(&format!("{thread}-{number}")).into(), Durability::Disk).unwrap();
                });
            });
        }
    });
    let text = fs::read_to_string(folder.file("000001.jsonl")).unwrap();
    let records: Vec<Record> = text.lines().skip(1).map(record_of).collect();
    assert_eq!(records.len(), 320);
    for pair in records.chunks(2) {
        assert_eq!((pair[0].phase, pair[1].phase), (Some(Phase::Intent), Some(Phase::Outcome)));
        assert_eq!(pair[0].act, pair[1].act);
    }
    assert_eq!(problems(&log), []);
}
