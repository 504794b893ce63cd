//! The open end of a log: chains records and appends their lines.

use std::io;
use std::time::Instant;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::custody::Held;
use super::entry::{Durability, Entry, Options};
use crate::files::{AppendFile, FileError, FileIdentity, FileLock};
use crate::secret::Secret;
use crate::usage::{Event, MOST_LINE, Phase, Record, hash};

/// Maximum size of the note in the lock file, in bytes.
const MOST_NOTE: usize = 512;

/// Where a log continues.
#[derive(Clone, Debug)]
pub(super) struct End {
    /// Number of the next record.
    pub(super) next: u64,
    /// Hash of the last record.
    pub(super) head: String,
    /// Time of the last record.
    pub(super) time: Timestamp,
}

/// The open end of a log.
pub(super) struct Writer {
    pub(super) held: Held,
    pub(super) segment: u64,
    pub(super) file: AppendFile,
    /// Identity of the file, with the length up to which this process knows it.
    pub(super) identity: FileIdentity,
    pub(super) end: End,
    pub(super) actor: (String, String),
    /// Whether a failed synchronization made the file suspect.
    pub(super) suspect: bool,
    /// When this process opened the log.
    pub(super) opened: Instant,
}

impl Writer {
    /// Whether the last record is anchored.
    pub(super) fn is_anchored(&self) -> bool {
        self.held.anchor.as_ref().is_some_and(|anchor| anchor.seq + 1 >= self.end.next)
    }

    /// Appends records in one write. After an error the log ends where it did: the records were not acknowledged.
    pub(super) fn append(&mut self, records: Vec<Record>, options: &Options, durability: Durability) -> io::Result<()> {
        let end = self.end.clone();
        let mut lines = Vec::new();
        for record in records {
            lines.extend_from_slice(&self.line(record, options));
        }
        let written = self.file.write(&lines).and_then(|()| match durability {
            Durability::Disk => self.file.sync().inspect_err(|_| self.suspect = true),
            Durability::System => Ok(()),
        });
        if written.is_ok() {
            self.identity.length += u64::try_from(lines.len()).unwrap_or_default();
        } else {
            self.end = end;
            // what can't be removed is repaired by the next writer
            let _ = self.file.truncate(self.identity.length);
        }
        written
    }

    /// Adds the fingerprints of the tokens.
    pub(super) fn finish(&self, entry: Entry) -> Record {
        let print = |token: &Option<Secret>| token.as_ref().map(|token| self.held.key.fingerprint(token.expose()));
        let mut record = entry.record;
        record.token = record.token.or_else(|| print(&entry.token));
        record.parent = record.parent.or_else(|| print(&entry.parent));
        record
    }

    /// Chains a record, and returns its line, after a record that the clock went back if it did.
    pub(super) fn line(&mut self, record: Record, options: &Options) -> Vec<u8> {
        let now = Timestamp::now();
        let is_header = record.event == Some(Event::SegmentOpened);
        let mut lines = Vec::new();
        if !is_header && now.duration_since(self.end.time).as_millis() < -1_000 {
            let back = self.end.time.duration_since(now).as_secs_f64() * 1_000.0;
            let record = Record { phase: Some(Phase::Single), ms: Some(back), ..Record::new(Event::ClockBack) };
            lines = self.chain(record, now, options);
        }
        lines.extend(self.chain(record, now, options));
        lines
    }

    fn chain(&mut self, record: Record, now: Timestamp, options: &Options) -> Vec<u8> {
        let record = Record {
            time: Some(as_time(now)),
            phase: record.phase.or(Some(Phase::Single)),
            seq: Some(self.end.next),
            log: Some(self.held.log.clone()),
            segment: Some(self.segment),
            prev: Some(self.end.head.clone()),
            actor: Some(self.actor.1.clone()),
            uid: Some(u64::from(options.uid)),
            pid: Some(u64::from(std::process::id())),
            host: Some(options.host.clone()).filter(|host| !host.is_empty()),
            terminal: Some(options.terminal.to_owned()),
            ..record
        };
        let mut line = self.held.key.line(record);
        self.end = End { next: self.end.next + 1, head: hash(&line), time: now };
        line.push(b'\n');
        line
    }

    /// Notes where the log ends.
    pub(super) fn note(&self, lock: &FileLock) -> Result<(), FileError> {
        let note = Note {
            log: self.held.log.clone(),
            segment: self.segment,
            device: self.identity.device,
            inode: self.identity.inode,
            length: self.identity.length,
            seq: self.end.next.saturating_sub(1),
            head: self.end.head.clone(),
        };
        let text = serde_json::to_string(&note).unwrap_or_default();
        lock.note(format!("{text:<width$}\n", width = MOST_NOTE - 1).as_bytes())
    }
}

/// Where a log ended, noted in the lock file after each write that reached the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    pub(super) log: String,
    pub(super) segment: u64,
    pub(super) device: u64,
    pub(super) inode: u64,
    pub(super) length: u64,
    pub(super) seq: u64,
    pub(super) head: String,
}

impl Note {
    pub(super) fn read(lock: &FileLock) -> Result<Option<Self>, FileError> {
        let bytes = lock.read(MOST_NOTE)?;
        Ok(serde_json::from_slice(bytes.trim_ascii()).ok())
    }
}

/// The last complete line of a segment.
pub(super) struct Tail {
    pub(super) line: Vec<u8>,
    /// Bytes behind it.
    pub(super) torn: u64,
}

/// Reads the last complete line of a file.
pub(super) fn tail(file: &AppendFile) -> io::Result<Tail> {
    let mut most = 4 << 10;
    loop {
        let bytes = file.tail(most)?;
        let whole = u64::try_from(bytes.len()).unwrap_or_default() < most;
        let end = bytes.iter().rposition(|byte| *byte == b'\n');
        let start = end.and_then(|end| bytes.get(..end)?.iter().rposition(|byte| *byte == b'\n').map(|at| at + 1));
        match (end, start) {
            (Some(end), start) if start.is_some() || whole => {
                let line = bytes.get(start.unwrap_or_default()..end).unwrap_or_default().to_vec();
                let torn = u64::try_from(bytes.len() - end - 1).unwrap_or_default();
                return Ok(Tail { line, torn });
            }
            _ if whole || most > 4 * MOST_LINE as u64 => {
                return Ok(Tail { line: Vec::new(), torn: u64::try_from(bytes.len()).unwrap_or_default() });
            }
            _ => most *= 8,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Position<'a> {
    pub(super) seq: u64,
    pub(super) log: &'a str,
    pub(super) time: &'a str,
}

pub(super) fn as_time(time: Timestamp) -> String {
    format!("{time:.9}")
}
