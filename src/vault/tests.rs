//! Tests of the vault on a real file system, with the keyring library's mock.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use keyring_core::mock;

use super::*;
use crate::files::FileError;
use crate::scope::ScopeSet;
use crate::secret::Secret;

const NEEDLE: &str = "needle-5f1d9c3b7a";

pub(super) fn keyring() -> Keyring {
    let store = mock::Store::new().unwrap();
    Keyring::new(move || Ok(Arc::clone(&store) as Arc<keyring_core::CredentialStore>))
}

fn record(token: &str) -> Record {
    Record {
        id: RecordId::random().unwrap(),
        issuer: "https://login.example.com".to_owned(),
        client: "dev".to_owned(),
        client_id: "tokscope-dev".to_owned(),
        audiences: vec!["https://api.example.com".to_owned()],
        origins: vec![WebOrigin::parse("https://api.example.com").unwrap()],
        asked: ScopeSet::parse("orders:read").unwrap(),
        granted: ScopeSet::parse("orders:read profile").unwrap(),
        created: Timestamp::from_second(1_800_000_000).unwrap(),
        expires: Some(Timestamp::from_second(1_800_003_600).unwrap()),
        last_used: None,
        token_type: "Bearer".to_owned(),
        access_token: Secret::new(token),
        refresh_token: Some(Secret::new(format!("refresh-{token}"))),
        dpop_key: None,
        id_token: None,
        narrowed_from: None,
        added: crate::scope::Additions::new(),
        keeps_breadth: false,
        facts: std::collections::BTreeMap::new(),
        unreported: false,
        approval: None,
        signed_in: Timestamp::from_second(1_800_000_000).ok(),
    }
}

fn scratch() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokscope");
    (folder, path)
}

#[test]
fn records_survive_a_round_trip() {
    let (_scratch, path) = scratch();
    let keyring = keyring();
    let vault = || Vault::in_folder(&path, Keys::Keyring(keyring.clone()));
    assert!(vault().records().unwrap().is_empty());
    assert_eq!(Vault::made_with(&path).unwrap(), None);
    let mut kept = record(NEEDLE);
    kept.last_used = Some(Timestamp::from_second(1_800_000_001).unwrap());
    kept.dpop_key = Some(Secret::new("a key \"quoted\" \\"));
    kept.narrowed_from = RecordId::parse("0123abcd");
    vault().update(|records| records.push(kept.clone())).unwrap();
    let found = vault().record(kept.id.as_str().get(..4).unwrap()).unwrap();
    assert_eq!(format!("{found:?}"), format!("{kept:?}"));
    assert_eq!(found.access_token.expose(), NEEDLE);
    assert_eq!(found.refresh_token.unwrap().expose(), kept.refresh_token.unwrap().expose());
    assert_eq!(found.dpop_key.unwrap().expose(), "a key \"quoted\" \\");
    assert_eq!(Vault::made_with(&path).unwrap(), Some(StoreKind::Keyring));
    let bytes = fs::read(path.join("vault")).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"needle" || window == b"orders"));
    for entry in fs::read_dir(&path).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().mode() & 0o7777, 0o600);
    }
    assert!(!format!("{found:?} {:?}", vault(), found = vault().records().unwrap()).contains("needle"));
    assert_eq!(vault().forget(|_| true).unwrap(), [kept.id]);
    assert!(vault().records().unwrap().is_empty());
}

#[test]
fn a_vault_that_was_opened_keeps_nothing_of_a_file_that_was_replaced() {
    let ((_one, one), (_other, other)) = (scratch(), scratch());
    let keyring = keyring();
    let vault = |path: &PathBuf| Vault::in_folder(path, Keys::Keyring(keyring.clone()));
    let (first, second) = (vault(&one), vault(&other));
    first.update(|records| records.push(record("one"))).unwrap();
    second.update(|records| records.push(record("other"))).unwrap();
    let tokens = |vault: &Vault| -> Vec<String> {
        vault.records().unwrap().iter().map(|record| record.access_token.expose().to_owned()).collect()
    };
    assert_eq!((tokens(&first), tokens(&second)), (vec!["one".to_owned()], vec!["other".to_owned()]));
    let before = fs::read(one.join("vault")).unwrap();
    fs::copy(other.join("vault"), one.join("vault")).unwrap();
    assert_eq!(tokens(&first), ["other"]);
    fs::write(one.join("vault"), before).unwrap();
    assert_eq!(tokens(&first), ["one"]);
}

#[test]
fn the_lock_of_a_record_is_its_own() {
    let (_scratch, path) = scratch();
    let keyring = keyring();
    let vault = || Vault::in_folder(&path, Keys::Keyring(keyring.clone()));
    let (one, other) = (record("one"), record("other"));
    vault().update(|records| records.extend([one.clone(), other.clone()])).unwrap();
    let held = vault().try_lock(&one.id).unwrap().unwrap();
    assert!(vault().try_lock(&one.id).unwrap().is_none());
    assert!(vault().try_lock(&other.id).unwrap().is_some());
    drop(held);
    assert!(vault().try_lock(&one.id).unwrap().is_some());
}

#[test]
fn removing_a_token_removes_those_narrowed_from_it() {
    let vault = Vault::in_memory();
    let (wide, other) = (record("wide"), record("other"));
    let mut narrow = record("narrow");
    narrow.narrowed_from = Some(wide.id.clone());
    vault.update(|records| records.extend([wide.clone(), narrow, other.clone()])).unwrap();
    vault.forget(|record| record.id == wide.id).unwrap();
    let left: Vec<_> = vault.records().unwrap().into_iter().map(|record| record.id).collect();
    assert_eq!(left, [other.id]);
}

#[test]
fn only_the_right_passphrase_unlocks_the_vault() {
    let (_scratch, path) = scratch();
    let asked = Arc::new(AtomicUsize::new(0));
    let vault = |passphrase: &'static str| {
        let asked = Arc::clone(&asked);
        let ask = move |_| {
            asked.fetch_add(1, Ordering::Relaxed);
            Ok(Secret::new(passphrase))
        };
        Vault::in_folder(&path, Keys::Passphrase(Arc::new(ask)))
    };
    assert_eq!(vault("short").probe().unwrap_err(), VaultError::PassphraseShort(8));
    let open = vault("correct horse");
    open.update(|records| records.push(record(NEEDLE))).unwrap();
    open.records().unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 2, "prompted once per process");
    assert_eq!(vault("correct horse").records().unwrap().len(), 1);
    for attempt in [vault("correct horsf").records().map(|_| ()), vault("correct horsf").probe()] {
        assert_eq!(attempt.unwrap_err(), VaultError::WrongKey(StoreKind::Passphrase));
    }
    let error = Vault::in_folder(&path, Keys::Keyring(keyring())).records().unwrap_err();
    assert_eq!(error, VaultError::OtherStore { found: StoreKind::Passphrase, named: StoreKind::Keyring });
}

#[test]
fn a_missing_or_wrong_key_never_overwrites_the_vault() {
    let (_scratch, path) = scratch();
    Vault::in_folder(&path, Keys::Keyring(keyring())).update(|records| records.push(record(NEEDLE))).unwrap();
    let before = fs::read(path.join("vault")).unwrap();
    let without = Vault::in_folder(&path, Keys::Keyring(keyring()));
    assert!(matches!(without.probe(), Err(VaultError::KeyMissing(_))));
    for damage in [&before[..50], b"", b"{\"plain\":true}"] {
        fs::write(path.join("vault"), damage).unwrap();
        assert!(matches!(without.probe(), Err(VaultError::Damaged(_))));
        assert_eq!(fs::read(path.join("vault")).unwrap(), damage);
    }
    fs::remove_file(path.join("vault")).unwrap();
    symlink(path.join("vault.lock"), path.join("vault")).unwrap();
    assert!(matches!(without.probe(), Err(VaultError::File(FileError::NotPlain { .. }))));
}

#[test]
fn tokens_with_control_characters_are_not_stored() {
    let (_scratch, path) = scratch();
    let vault = Vault::in_folder(&path, Keys::Keyring(keyring()));
    vault.probe().unwrap();
    let before = fs::read(path.join("vault")).unwrap();
    for byte in (0..=0x1f_u8).chain([0x7f]) {
        let bad = format!("a{}b", char::from(byte));
        let spoil: [fn(&mut Record, String); 7] = [
            |record, bad| record.access_token = Secret::new(bad),
            |record, bad| record.refresh_token = Some(Secret::new(bad)),
            |record, bad| record.issuer = bad,
            |record, bad| record.client = bad,
            |record, bad| record.client_id = bad,
            |record, bad| record.audiences = vec![bad],
            |record, bad| record.token_type = bad,
        ];
        for spoil in spoil {
            let mut spoilt = record("fine");
            spoil(&mut spoilt, bad.clone());
            let error = vault.update(|records| records.push(spoilt)).unwrap_err();
            assert!(matches!(error, VaultError::Unfit(_)), "{byte:#x}");
        }
    }
    assert_eq!(fs::read(path.join("vault")).unwrap(), before);
}

#[test]
fn a_record_lock_is_exclusive() {
    let (_scratch, path) = scratch();
    let keyring = keyring();
    let file = || Vault::in_folder(&path, Keys::Keyring(keyring.clone()));
    let (id, other) = (RecordId::parse("0123abcd").unwrap(), RecordId::parse("0123abce").unwrap());
    let memory = Vault::in_memory();
    let (one, two) = (file(), file());
    for (first, second) in [(&memory, &memory), (&one, &two)] {
        let lock = first.try_lock(&id).unwrap().unwrap();
        assert!(second.try_lock(&id).unwrap().is_none());
        assert!(second.try_lock(&other).unwrap().is_some());
        drop(lock);
        assert!(second.try_lock(&id).unwrap().is_some());
    }
}

#[test]
fn an_id_prefix_must_be_unambiguous() {
    let vault = Vault::in_memory();
    let ids = ["0123abcd", "0123abce"].map(|id| RecordId::parse(id).unwrap());
    vault.update(|records| records.extend(ids.clone().map(|id| Record { id, ..record("t") }))).unwrap();
    assert_eq!(vault.record("0123abce").unwrap().id, ids[1]);
    assert!(matches!(vault.record("0123"), Err(VaultError::Ambiguous { ids, .. }) if ids.len() == 2));
    assert!(matches!(vault.record("f"), Err(VaultError::Unknown(_))));
    assert!(matches!(vault.record(""), Err(VaultError::Ambiguous { .. })));
}

#[test]
fn clock_jumps_are_handled() {
    let record = record("t");
    let at = |seconds: i64| record.created + SignedDuration::from_secs(seconds);
    let year = 366 * 86_400;
    for (now, life) in [
        (at(0), Life::Live),
        (at(3500), Life::Live),
        (at(3571), Life::Ended),
        (at(3601), Life::Ended),
        (at(year), Life::Ended),
        (at(-299), Life::Live),
        (at(-301), Life::ClockBehind),
        (at(-year), Life::ClockBehind),
        (Timestamp::MIN, Life::ClockBehind),
        (Timestamp::MAX, Life::Ended),
    ] {
        assert_eq!(record.life(now), life, "{now}");
    }
    assert_eq!(Record::end_of(Timestamp::MAX, Duration::from_secs(1)), Timestamp::MAX);
    assert_eq!(Record::end_of(at(0), Duration::from_secs(u64::MAX)), Timestamp::MAX);
}

#[test]
fn a_keyring_that_hangs_times_out() {
    let (_scratch, path) = scratch();
    let hanging = Keyring::new(|| {
        std::thread::sleep(Duration::from_mins(1));
        Err(keyring_core::Error::NoDefaultStore)
    });
    let started = Instant::now();
    let error = Vault::in_folder(&path, Keys::Keyring(hanging)).probe().unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(30));
    assert_eq!(error, VaultError::Keyring(KeyringError::TimedOut(Duration::from_secs(3))));
    assert!(!path.join("vault").exists());
}

/// Creates a vault with one token, and returns it with the token's lock and the path of its journal.
fn with_journal(path: &std::path::Path, keyring: &Keyring) -> (Vault, Record, RecordLock, PathBuf) {
    let vault = Vault::in_folder(path, Keys::Keyring(keyring.clone()));
    let kept = record(NEEDLE);
    vault.update(|records| records.push(kept.clone())).unwrap();
    let lock = vault.try_lock(&kept.id).unwrap().unwrap();
    let file = path.join(format!("{}.lock", kept.id));
    (vault, kept, lock, file)
}

#[test]
fn the_journal_keeps_intent_and_outcome_until_applied() {
    let (_scratch, path) = scratch();
    let keyring = keyring();
    let (vault, kept, lock, file) = with_journal(&path, &keyring);
    assert!(vault.unfinished(&lock).unwrap().is_none());
    assert!(vault.reserve(&lock).unwrap());
    assert!(fs::metadata(&file).unwrap().blocks() * 512 >= 64 << 10, "space is reserved");
    let spent = kept.refresh_token.clone().unwrap();
    let scopes = ScopeSet::parse("orders:read");
    let intent = Intent::new(&spent, kept.id.clone(), scopes.ok(), true).unwrap();
    let sealed = vault.seal_intent(&intent).unwrap();
    let journal = lock.journal().unwrap().unwrap();
    journal.begin(&sealed).unwrap();
    let found = vault.unfinished(&lock).unwrap().unwrap();
    assert!(found.outcome.is_none());
    journal.finish(&sealed, intent.key(), b"the response with needle").unwrap();
    drop((journal, lock));
    // the next process
    let next = Vault::in_folder(&path, Keys::Keyring(keyring));
    assert!(next.has_unfinished(&kept.id).unwrap());
    let lock = next.try_lock(&kept.id).unwrap().unwrap();
    let found = next.unfinished(&lock).unwrap().unwrap();
    let read = found.intent.unwrap();
    assert!(read.spends(&spent) && !read.spends(&Secret::new("another")));
    assert_eq!((&read.target, &read.scopes, read.repeated), (&kept.id, &intent.scopes, true));
    assert_eq!(found.outcome.unwrap().as_slice(), b"the response with needle");
    assert!(!fs::read(&file).unwrap().windows(6).any(|window| window == b"needle"));
    assert!(!format!("{read:?}").contains(&format!("{:?}", read.key().expose())));
    lock.in_doubt().unwrap();
    let found = next.unfinished(&lock).unwrap().unwrap();
    assert!(found.intent.is_some() && found.outcome.is_none());
    lock.settled().unwrap();
    assert!(next.unfinished(&lock).unwrap().is_none() && !next.has_unfinished(&kept.id).unwrap());
}

#[test]
fn a_failed_attempt_is_kept_until_a_refresh_succeeds() {
    let (_scratch, path) = scratch();
    let (vault, kept, lock, file) = with_journal(&path, &keyring());
    let spent = kept.refresh_token.clone().unwrap();
    let ended = Timestamp::now();
    let failed = FailedAttempt::new(&spent, None, ended, "the needle".repeat(40));
    assert_eq!(vault.failed_attempt(&lock).unwrap(), None);
    vault.record_failure(&lock, &failed).unwrap();
    // neither a later process nor space that is released removes it
    lock.release().unwrap();
    let found = vault.failed_attempt(&lock).unwrap().unwrap();
    assert_eq!((&found, found.ended()), (&failed, Some(ended)));
    assert!(found.spends(&spent) && !found.spends(&Secret::new("another")));
    assert!(found.requests(None) && !found.requests(ScopeSet::parse("a").ok().as_ref()));
    assert!(!vault.has_unfinished(&kept.id).unwrap() && vault.unfinished(&lock).unwrap().is_none());
    assert!(!fs::read(&file).unwrap().windows(6).any(|window| window == b"needle"));
    // the next attempt overwrites it, and records its own after an intent in doubt, or after an outcome
    let intent = Intent::new(&spent, kept.id.clone(), None, false).unwrap();
    let sealed = vault.seal_intent(&intent).unwrap();
    let journal = lock.journal().unwrap().unwrap();
    journal.begin(&sealed).unwrap();
    assert_eq!(vault.failed_attempt(&lock).unwrap(), None);
    lock.in_doubt().unwrap();
    vault.record_failure(&lock, &failed).unwrap();
    assert_eq!(vault.failed_attempt(&lock).unwrap().as_ref(), Some(&failed));
    assert!(vault.unfinished(&lock).unwrap().unwrap().outcome.is_none());
    journal.finish(&sealed, intent.key(), b"response").unwrap();
    vault.record_failure(&lock, &failed).unwrap();
    lock.release().unwrap();
    assert_eq!(vault.failed_attempt(&lock).unwrap().as_ref(), Some(&failed));
    assert_eq!(vault.unfinished(&lock).unwrap().unwrap().outcome.unwrap().as_slice(), b"response");
    lock.settled().unwrap();
    assert_eq!(vault.failed_attempt(&lock).unwrap(), None);
    assert_eq!(fs::metadata(&file).unwrap().len(), 0);
}

#[test]
fn a_truncated_journal_is_never_read_as_an_outcome() {
    let (_scratch, path) = scratch();
    let (vault, kept, lock, file) = with_journal(&path, &keyring());
    let intent = Intent::new(&kept.refresh_token.clone().unwrap(), kept.id.clone(), None, false).unwrap();
    let sealed = vault.seal_intent(&intent).unwrap();
    let journal = lock.journal().unwrap().unwrap();
    journal.begin(&sealed).unwrap();
    journal.finish(&sealed, intent.key(), b"response").unwrap();
    let whole = fs::read(&file).unwrap();
    let intent_ends = 17 + 4 + sealed.len();
    for cut in 0..whole.len() {
        fs::write(&file, &whole[..cut]).unwrap();
        let found = vault.unfinished(&lock).unwrap();
        // from the first byte of an intent on, a request may have been sent
        assert_eq!(found.is_some(), cut >= 17, "{cut}");
        let Some(found) = found else { continue };
        assert_eq!(found.intent.is_some(), cut >= intent_ends, "{cut}");
        assert!(found.outcome.is_none(), "{cut}");
    }
    for index in 0..whole.len() {
        let mut changed = whole.clone();
        changed[index] ^= 1;
        fs::write(&file, &changed).unwrap();
        let found = vault.unfinished(&lock).unwrap();
        assert!(found.is_none_or(|found| found.outcome.is_none()), "byte {index}");
    }
    fs::write(&file, [0; 4096]).unwrap();
    assert!(vault.unfinished(&lock).unwrap().is_none());
    lock.release().unwrap();
    assert_eq!(fs::metadata(&file).unwrap().len(), 0);
}

#[test]
fn an_outcome_belongs_to_one_intent() {
    let (_scratch, path) = scratch();
    let (vault, kept, lock, _) = with_journal(&path, &keyring());
    let spent = kept.refresh_token.clone().unwrap();
    let journal = lock.journal().unwrap().unwrap();
    for answer in [&b"the first response, which is long"[..], b"second"] {
        let intent = Intent::new(&spent, kept.id.clone(), None, false).unwrap();
        let sealed = vault.seal_intent(&intent).unwrap();
        journal.begin(&sealed).unwrap();
        assert!(vault.unfinished(&lock).unwrap().unwrap().outcome.is_none());
        journal.finish(&sealed, intent.key(), answer).unwrap();
        let found = vault.unfinished(&lock).unwrap().unwrap();
        assert_eq!(found.outcome.unwrap().as_slice(), answer);
    }
}

#[test]
fn the_lock_is_held_while_the_passed_journal_exists() {
    let (_scratch, path) = scratch();
    let (vault, kept, lock, _) = with_journal(&path, &keyring());
    let passed_on = Journal::inherited(lock.journal().unwrap().unwrap().into_descriptor().unwrap());
    drop(lock);
    assert!(vault.try_lock(&kept.id).unwrap().is_none());
    drop(passed_on);
    assert!(vault.try_lock(&kept.id).unwrap().is_some());
}
