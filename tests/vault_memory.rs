//! After a token was deleted, no part of it is in the file or in this process's memory. A separate binary, so that
//! no other test's memory is searched.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

#[path = "suite/key_file.rs"]
mod key_file;

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};

use jiff::Timestamp;
use key_file::vault;
use tokscope::scope::ScopeSet;
use tokscope::secret::Secret;
use tokscope::vault::{Record, RecordId};

/// Length of a part that must not be found: an eighth of the token.
const PART: usize = 16;

/// How often a part of the token, each byte of `hidden` turned over, is in this process's writable memory.
fn found_in_memory(hidden: &[u8; 128]) -> usize {
    let mut memory = File::open("/proc/self/mem").unwrap();
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mut found = 0;
    for line in maps.lines().filter(|line| line.contains(" rw") && !line.contains("[vvar")) {
        let (begin, end) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let [begin, end] = [begin, end].map(|number| u64::from_str_radix(number, 16).unwrap());
        let mut left = end - begin;
        memory.seek(SeekFrom::Start(begin)).unwrap();
        // turned over at once, so that no copy of what is searched for is made
        let mut piece = vec![0_u8; 1 << 16];
        while left > 0 {
            let length = usize::try_from(left.min(1 << 16)).unwrap();
            if memory.read_exact(&mut piece[..length]).is_err() {
                break;
            }
            piece[..length].iter_mut().for_each(|byte| *byte ^= 0xff);
            for part in hidden.chunks_exact(PART) {
                found += piece[..length].windows(PART).filter(|window| window == &part).count();
            }
            left -= u64::try_from(length).unwrap();
        }
        piece.fill(0);
    }
    found
}

fn token(hidden: &[u8; 128]) -> Secret {
    // in its full length at once: growing would leave copies that nobody wipes
    let mut text = String::with_capacity(hidden.len());
    text.extend(hidden.iter().map(|byte| char::from(byte ^ 0xff)));
    Secret::new(text)
}

#[test]
fn a_deleted_token_is_in_no_memory_or_file() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("tokscope");
    let mut hidden = [0; 128];
    aws_lc_rs::rand::fill(&mut hidden).unwrap();
    // printable, and turned over
    hidden = hidden.map(|byte| (b'!' + byte % 90) ^ 0xff);
    let id = RecordId::random().unwrap();
    let record = Record {
        id: id.clone(),
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
        access_token: token(&hidden),
        refresh_token: Some(token(&hidden)),
        dpop_key: None,
        id_token: None,
        narrowed_from: None,
        added: tokscope::scope::Additions::new(),
        keeps_breadth: false,
        facts: std::collections::BTreeMap::new(),
        unreported: false,
        approval: None,
        signed_in: None,
    };
    assert!(found_in_memory(&hidden) >= 16, "the search sees what is there");
    let vault = vault(&folder);
    vault.update(|records| records.push(record)).unwrap();
    let found = vault.record(id.as_str()).unwrap();
    assert_eq!(found.access_token.expose(), token(&hidden).expose());
    drop(found);
    assert_eq!(vault.forget(|record| record.id == id).unwrap(), [id]);
    assert_eq!(found_in_memory(&hidden), 0);
    for entry in fs::read_dir(&folder).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        let turned: Vec<u8> = bytes.iter().map(|byte| byte ^ 0xff).collect();
        assert!(!hidden.chunks_exact(PART).any(|part| turned.windows(PART).any(|window| window == part)));
    }
}
