//! The log: group commit across tasks, a file lock across processes.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::rand;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::AuditError;
use super::custody::{AnchorPlace, Anchored, Custody, Held, KeySource};
use super::identifier::random_id;
use super::people::People;
use super::reading::{Lines, name, segments};
use crate::files::{AppendFile, FileError, FileIdentity, FileLock, PrivateFolder};
use crate::secret::Secret;
use crate::usage::hash;
use crate::usage::{
    Anchor, Checkpoint, Event, GENESIS, LogKey, MOST_LINE, Outcome, Phase, Record, SCHEMA, Summary, Verifier,
};

/// Name of the lock file, whose content notes where the log ended.
const LOCK: &str = "lock";

/// Name of the file that occupies space for the last record on a full disk, and its size in bytes.
const RESERVE: &str = "reserve";
const RESERVE_BYTES: usize = 64 << 10;

/// Minimum free space beside a new reserve, in bytes: more than the record of a refusal occupies, in blocks.
const SPARE_BYTES: usize = 16 << 10;

/// Maximum size of the note in the lock file, in bytes.
const MOST_NOTE: usize = 512;

/// Time limit for the lock, which each writer holds for milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// Minimum time between two anchors: a write to the keyring takes up to 40 ms.
const ANCHOR_INTERVAL: Duration = Duration::from_secs(1);

/// Options of a log.
#[derive(Clone, Debug)]
pub struct Options {
    /// Size at which a segment is closed, in bytes.
    pub segment_bytes: u64,
    /// Name of the user, which is recorded as a pseudonym.
    pub person: String,
    /// Numeric ID of the user.
    pub uid: u32,
    /// Name of this machine.
    pub host: String,
    /// `tty`, `ci` or `none`.
    pub terminal: &'static str,
}

impl Default for Options {
    fn default() -> Self {
        Self { segment_bytes: 16 << 20, person: String::new(), uid: 0, host: String::new(), terminal: "none" }
    }
}

/// When an entry counts as recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// When it is on the disk.
    Disk,
    /// When it was handed to the system: it survives the end of the process, but not of the machine.
    System,
}

/// A record with the tokens that it is about, of which only fingerprints are recorded.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Members of the record.
    pub record: Record,
    /// Token.
    pub token: Option<Secret>,
    /// Token that it was made from.
    pub parent: Option<Secret>,
}

impl From<Record> for Entry {
    fn from(record: Record) -> Self {
        Self { record, token: None, parent: None }
    }
}

/// Time limit for the lock at the end of the process, for an anchor.
const LAST_PATIENCE: Duration = Duration::from_millis(500);

type Slot = Arc<Mutex<Option<Result<(), AuditError>>>>;

struct Pending {
    entry: Entry,
    durability: Durability,
    slot: Slot,
}

/// Records that wait to be written by the next thread that finds nobody writing.
#[derive(Default)]
struct Queue {
    pending: Vec<Pending>,
    is_writing: bool,
    /// Number of records that were written last, and how long that took.
    last: (usize, Duration),
}

/// A log in a private directory. Its methods block, usually for milliseconds.
pub struct AuditLog {
    folder: PathBuf,
    custody: Arc<dyn Custody>,
    options: Options,
    queue: Mutex<Queue>,
    /// Wakes the threads whose records were written.
    written: Condvar,
    /// Wakes the thread that collects records before it writes.
    collected: Condvar,
    writer: Mutex<Option<Writer>>,
}

impl fmt::Debug for AuditLog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AuditLog").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Result of a verification, with the place of the anchor.
#[derive(Clone, Debug)]
pub struct Verified {
    /// What was found.
    pub summary: Summary,
    /// Last record that is anchored.
    pub anchor: Option<Anchored>,
    /// Where the key is kept; `None` if there is none, so that the codes were not checked.
    pub source: Option<KeySource>,
}

/// Where a log ended, noted in the lock file after each write that reached the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    log: String,
    segment: u64,
    device: u64,
    inode: u64,
    length: u64,
    seq: u64,
    head: String,
}

/// Where a log continues.
#[derive(Clone, Debug)]
struct End {
    /// Number of the next record.
    next: u64,
    /// Hash of the last record.
    head: String,
    /// Time of the last record.
    time: Timestamp,
}

/// The open end of a log.
struct Writer {
    held: Held,
    segment: u64,
    file: AppendFile,
    /// Identity of the file, with the length up to which this process knows it.
    identity: FileIdentity,
    end: End,
    actor: (String, String),
    /// Whether a failed synchronization made the file suspect.
    suspect: bool,
    /// When this process opened the log.
    opened: Instant,
}

/// The last complete line of a segment.
struct Tail {
    line: Vec<u8>,
    /// Bytes behind it.
    torn: u64,
}

#[derive(Deserialize)]
struct Position<'a> {
    seq: u64,
    log: &'a str,
    time: &'a str,
}

fn grip<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn as_time(time: Timestamp) -> String {
    format!("{time:.9}")
}

impl AuditLog {
    /// Creates a log in a directory. Does not access the disk.
    #[must_use]
    pub fn new(folder: &Path, custody: Arc<dyn Custody>, options: Options) -> Self {
        Self {
            folder: folder.to_path_buf(),
            custody,
            options,
            queue: Mutex::default(),
            written: Condvar::new(),
            collected: Condvar::new(),
            writer: Mutex::default(),
        }
    }

    /// Returns the directory.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns where the anchor of a log with this key is kept.
    #[must_use]
    pub fn custody(&self) -> &dyn Custody {
        &*self.custody
    }

    /// Appends a record. Records of several threads are written together.
    ///
    /// # Errors
    /// If it can't be recorded. The caller must not do what it announces.
    pub fn append(&self, entry: Entry, durability: Durability) -> Result<(), AuditError> {
        let slot = Slot::default();
        let mut queue = grip(&self.queue);
        queue.pending.push(Pending { entry, durability, slot: Arc::clone(&slot) });
        if queue.is_writing && queue.pending.len() >= queue.last.0 {
            self.collected.notify_one();
        }
        while queue.is_writing {
            queue = self.written.wait(queue).unwrap_or_else(PoisonError::into_inner);
            // the thread that wrote may have written this record, too
            if let Some(done) = grip(&slot).take() {
                return done;
            }
        }
        queue.is_writing = true;
        let batch = self.collect(queue);
        let (count, began) = (batch.len(), Instant::now());
        let (entries, slots): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|pending| ((pending.entry, pending.durability), pending.slot)).unzip();
        let done = self.commit(&mut grip(&self.writer), entries);
        for slot in &slots {
            *grip(slot) = Some(done.clone());
        }
        let mut queue = grip(&self.queue);
        (queue.is_writing, queue.last) = (false, (count, began.elapsed()));
        drop(queue);
        self.written.notify_all();
        done
    }

    /// Takes the records that wait. Those whose records were written together before are about to bring the next ones: they
    /// are waited for, but not longer than half of a write.
    fn collect(&self, mut queue: MutexGuard<'_, Queue>) -> Vec<Pending> {
        let (count, took) = queue.last;
        let began = Instant::now();
        while queue.pending.len() < count {
            let left = (took / 2).saturating_sub(began.elapsed());
            if left.is_zero() {
                break;
            }
            let waited = self.collected.wait_timeout(queue, left);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        std::mem::take(&mut queue.pending)
    }

    /// Anchors the last record, before the process ends or is replaced by another program.
    pub fn settle(&self) {
        let mut slot = grip(&self.writer);
        let has_place = |writer: &Writer| self.custody.place(writer.held.source) != AnchorPlace::Nowhere;
        let is_due = |writer: &Writer| has_place(writer) && !writer.is_anchored();
        let Some(writer) = slot.take_if(|writer| is_due(writer)) else { return };
        let locked = PrivateFolder::open(&self.folder).map(|folder| {
            let folder = folder?;
            folder.lock_often(LOCK, LAST_PATIENCE).ok().map(|lock| (folder, lock))
        });
        // without an anchor the one before it holds
        if let Ok(Some((folder, _lock))) = locked
            && let Ok(mut writer) = self.refresh(&folder, writer)
        {
            self.anchor(&folder, &mut writer);
            *slot = Some(writer);
        }
    }

    fn path(&self) -> String {
        self.folder.to_string_lossy().into_owned()
    }

    fn unwritable(&self, error: &io::Error) -> AuditError {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => AuditError::Full { path: self.path() },
            _ => AuditError::Unwritable { path: self.path(), reason: error.to_string() },
        }
    }

    fn changed(&self, what: &'static str, cause: &'static str) -> AuditError {
        AuditError::Changed { path: self.path(), what, cause }
    }

    fn lock(&self) -> Result<(PrivateFolder, FileLock), AuditError> {
        let folder = PrivateFolder::create(&self.folder)?;
        let lock = folder.lock_often(LOCK, PATIENCE)?;
        Ok((folder, lock))
    }

    fn commit(&self, slot: &mut Option<Writer>, batch: Vec<(Entry, Durability)>) -> Result<(), AuditError> {
        let (folder, lock) = self.lock()?;
        let mut writer = match slot.take() {
            Some(writer) => self.refresh(&folder, writer)?,
            None => self.open(&folder, &lock)?,
        };
        self.reserve(&folder)?;
        let durability = match batch.iter().any(|(_, durability)| *durability == Durability::Disk) {
            true => Durability::Disk,
            false => Durability::System,
        };
        let records: Vec<Record> = batch.into_iter().map(|(entry, _)| writer.finish(entry)).collect();
        let written = self.write(&folder, &lock, &mut writer, records, durability);
        *slot = Some(writer);
        written
    }

    /// Occupies the reserved space, unless that would use up the disk: the next record would not fit then, and would be
    /// refused once more at the expense of the reserve.
    fn reserve(&self, folder: &PrivateFolder) -> Result<(), AuditError> {
        if folder.identity(RESERVE)?.is_some_and(|found| found.length >= RESERVE_BYTES as u64) {
            return Ok(());
        }
        // the content is not sparse, and a copy-on-write file system does not share it
        let mut filling = vec![0; RESERVE_BYTES + SPARE_BYTES];
        rand::fill(&mut filling).map_err(|_| AuditError::Crypto)?;
        folder.append(RESERVE).map_err(AuditError::from).and_then(|file| {
            let filled = file.truncate(0).and_then(|()| file.write(&filling)).and_then(|()| file.sync());
            filled.and_then(|()| file.truncate(RESERVE_BYTES as u64)).map_err(|error| {
                // it would look complete otherwise
                let _ = file.truncate(0);
                self.unwritable(&error)
            })
        })
    }

    /// Writes records, and on a full disk that they were refused.
    fn write(
        &self,
        folder: &PrivateFolder,
        lock: &FileLock,
        writer: &mut Writer,
        records: Vec<Record>,
        durability: Durability,
    ) -> Result<(), AuditError> {
        let written = self.write_together(folder, writer, records, durability);
        if matches!(written, Err(AuditError::Full { .. })) {
            self.record_refusal(folder, writer);
        }
        written?;
        if durability == Durability::Disk {
            writer.note(lock)?;
            // a process that is about to end anchors its last record instead
            if writer.opened.elapsed() >= ANCHOR_INTERVAL {
                self.anchor(folder, writer);
            }
        }
        Ok(())
    }

    /// Writes records in one write, in a new segment if the last one is full.
    fn write_together(
        &self,
        folder: &PrivateFolder,
        writer: &mut Writer,
        records: Vec<Record>,
        durability: Durability,
    ) -> Result<(), AuditError> {
        if writer.identity.length >= self.options.segment_bytes || writer.suspect {
            self.rotate(folder, writer)?;
        }
        writer.append(records, &self.options, durability).map_err(|error| self.unwritable(&error))
    }

    /// Frees the reserved space, and records that something was refused.
    fn record_refusal(&self, folder: &PrivateFolder, writer: &mut Writer) {
        if !folder.remove(RESERVE).is_ok_and(|removed| removed) {
            return;
        }
        let record = Record {
            phase: Some(Phase::Single),
            outcome: Some(Outcome::Denied),
            cause: Some("disk-full".to_owned()),
            ..Record::new(Event::WriteRefused)
        };
        // if another process took the space, the refusal is only reported
        let _ = writer.append(vec![record], &self.options, Durability::Disk);
    }

    /// Anchors the last record, unless that was done a moment ago. A failure leaves the earlier anchor.
    fn anchor(&self, folder: &PrivateFolder, writer: &mut Writer) {
        let now = Timestamp::now().as_millisecond();
        let last = writer.held.anchor.as_ref().map_or(i64::MIN, |anchor| anchor.at);
        let age = u64::try_from(now.saturating_sub(last)).map(Duration::from_millis);
        if age.is_ok_and(|age| age < ANCHOR_INTERVAL) {
            return;
        }
        let log = writer.held.log.clone();
        let anchor = Anchored { log, seq: writer.end.next.saturating_sub(1), head: writer.end.head.clone(), at: now };
        let held = Held { anchor: Some(anchor), ..writer.held.clone() };
        if self.custody.anchor(folder, &held).is_ok_and(|stored| stored) {
            writer.held = held;
        }
    }

    /// Begins a segment.
    fn rotate(&self, folder: &PrivateFolder, writer: &mut Writer) -> Result<(), AuditError> {
        let number = writer.segment + 1;
        let file = folder.append(&name(number))?;
        if file.identity().map_err(|error| self.unwritable(&error))?.length > 0 {
            return Err(self.changed("has a segment that it does not know", "replaced"));
        }
        let old = (std::mem::replace(&mut writer.file, file), writer.segment, writer.end.clone());
        writer.segment = number;
        let line = writer.line(header(&writer.held), &self.options);
        let begun = writer.file.write(&line).and_then(|()| writer.file.sync());
        let identity = begun.and_then(|()| writer.file.identity());
        match identity.map_err(|error| self.unwritable(&error)).and_then(|identity| Ok((identity, folder.sync()?))) {
            Ok((identity, ())) => {
                writer.identity = identity;
                writer.suspect = false;
                Ok(())
            }
            Err(error) => {
                let _ = folder.remove(&name(number));
                (writer.file, writer.segment, writer.end) = old;
                Err(error)
            }
        }
    }

    /// Checks that the end of the log is where this process left it, or moves to where another process did.
    fn refresh(&self, folder: &PrivateFolder, mut writer: Writer) -> Result<Writer, AuditError> {
        let known = writer.identity;
        let found = folder.identity(&name(writer.segment))?;
        let found = found.ok_or_else(|| self.changed("was removed", "removed"))?;
        if (found.device, found.inode) != (known.device, known.inode) || found.links != 1 {
            return Err(self.changed("was replaced", "replaced"));
        }
        if found.length < known.length {
            return Err(self.changed("was shortened", "shortened"));
        }
        while folder.identity(&name(writer.segment + 1))?.is_some() {
            writer.segment += 1;
            writer.file = folder.append(&name(writer.segment))?;
            writer.identity =
                FileIdentity { length: 0, ..writer.file.identity().map_err(|error| self.unwritable(&error))? };
        }
        let identity = writer.file.identity().map_err(|error| self.unwritable(&error))?;
        if identity.length > writer.identity.length {
            self.follow(&mut writer)?;
        }
        Ok(writer)
    }

    /// Reads the last record of the open segment, and repairs an incomplete line by a record that says so.
    fn follow(&self, writer: &mut Writer) -> Result<(), AuditError> {
        let unwritable = |error: io::Error| self.unwritable(&error);
        let Tail { line, torn } = tail(&writer.file).map_err(unwritable)?;
        let damaged = || self.changed("is damaged at its end", "damaged");
        let position: Position<'_> = serde_json::from_slice(&line).map_err(|_| damaged())?;
        if !writer.held.key.fits(&line) || position.log != writer.held.log {
            return Err(damaged());
        }
        let time = position.time.parse().map_err(|_| damaged())?;
        writer.end = End { next: position.seq + 1, head: hash(&line), time };
        if torn > 0 {
            let length = writer.file.identity().map_err(unwritable)?.length;
            writer.file.truncate(length - torn).map_err(unwritable)?;
            let record = Record { phase: Some(Phase::Single), count: Some(torn), ..Record::new(Event::Repaired) };
            let line = writer.line(record, &self.options);
            writer.file.write(&line).and_then(|()| writer.file.sync()).map_err(unwritable)?;
        }
        writer.identity = writer.file.identity().map_err(unwritable)?;
        Ok(())
    }

    fn held(&self, folder: &PrivateFolder) -> Result<Option<Held>, AuditError> {
        self.custody.load(folder).map_err(|error| AuditError::Locked(error.0))
    }

    /// Opens the end of the log, or begins a log.
    fn open(&self, folder: &PrivateFolder, lock: &FileLock) -> Result<Writer, AuditError> {
        let note = Note::read(lock)?;
        let known = segments(folder)?;
        let held = self.held(folder)?;
        let Some(last) = known.last().copied() else {
            let is_known = note.is_some() || held.as_ref().is_some_and(|held| held.anchor.is_some());
            return if is_known { Err(self.changed("was removed", "removed")) } else { self.begin(folder, lock, held) };
        };
        let held = held.ok_or_else(|| AuditError::Locked("there is none for this log".to_owned()))?;
        let file = folder.append(&name(last))?;
        let identity = file.identity().map_err(|error| self.unwritable(&error))?;
        let mut writer = self.writer(folder, held, last, file)?;
        if identity.links != 1 {
            return Err(self.changed("was replaced", "replaced"));
        }
        if identity.length == 0 && note.as_ref().is_none_or(|note| note.segment < last) {
            return self.resume(folder, writer, &known);
        }
        self.follow(&mut writer)?;
        if let Some(note) = note {
            self.compare(&writer, &note, identity)?;
        }
        if let Some(anchor) = writer.held.anchor.clone() {
            self.compare_anchor(&writer, &anchor)?;
        }
        // a key that can't be moved stays usable
        if let Ok(Some(source)) = self.custody.settle(folder, &writer.held) {
            writer.held.source = source;
            let record = Record {
                phase: Some(Phase::Single),
                key: Some(source.as_str().to_owned()),
                ..Record::new(Event::Rekeyed)
            };
            self.write(folder, lock, &mut writer, vec![record], Durability::Disk)?;
        }
        Ok(writer)
    }

    /// Continues a log whose last segment has no record: a process ended while it began the segment.
    fn resume(&self, folder: &PrivateFolder, mut writer: Writer, known: &[u64]) -> Result<Writer, AuditError> {
        let before = known.iter().rev().nth(1).copied();
        folder.remove(&name(writer.segment))?;
        match before {
            Some(before) => {
                writer.segment = before;
                writer.file = folder.append(&name(before))?;
                self.follow(&mut writer)?;
                self.rotate(folder, &mut writer)?;
                Ok(writer)
            }
            None => {
                writer.segment = 0;
                self.rotate(folder, &mut writer)?;
                Ok(writer)
            }
        }
    }

    fn writer(&self, folder: &PrivateFolder, held: Held, segment: u64, file: AppendFile) -> Result<Writer, AuditError> {
        let identity = file.identity().map_err(|error| self.unwritable(&error))?;
        let year = as_time(Timestamp::now()).chars().take(4).collect::<String>();
        let pseudonym = People::pseudonym(folder, &year, &self.options.person)?;
        Ok(Writer {
            held,
            segment,
            file,
            identity: FileIdentity { length: 0, ..identity },
            end: End { next: 0, head: GENESIS.to_owned(), time: Timestamp::UNIX_EPOCH },
            actor: (year, pseudonym),
            suspect: false,
            opened: Instant::now(),
        })
    }

    /// Begins a log, with the key that is stored for it or a new one.
    fn begin(&self, folder: &PrivateFolder, lock: &FileLock, held: Option<Held>) -> Result<Writer, AuditError> {
        let held = match held {
            Some(held) => held,
            None => self.new_key(folder, random_id::<8>()?)?,
        };
        let file = folder.append(&name(1))?;
        let mut writer = self.writer(folder, held, 0, file)?;
        self.rotate(folder, &mut writer)?;
        writer.note(lock)?;
        Ok(writer)
    }

    fn new_key(&self, folder: &PrivateFolder, log: String) -> Result<Held, AuditError> {
        let mut bytes = zeroize::Zeroizing::new([0; 32]);
        rand::fill(bytes.as_mut_slice()).map_err(|_| AuditError::Crypto)?;
        let mut held = Held { log, key: LogKey::new(*bytes), source: KeySource::File, anchor: None };
        held.source = self.custody.create(folder, &held).map_err(|error| AuditError::Locked(error.0))?;
        Ok(held)
    }

    /// Compares the end of the log with the note of the last writer.
    fn compare(&self, writer: &Writer, note: &Note, found: FileIdentity) -> Result<(), AuditError> {
        if note.log != writer.held.log {
            return Err(self.changed("was replaced by another log", "replaced"));
        }
        if note.segment > writer.segment || note.seq >= writer.end.next {
            return Err(self.changed("was shortened", "shortened"));
        }
        if note.segment == writer.segment && note.length > found.length {
            return Err(self.changed("was shortened", "shortened"));
        }
        // a copy of the same content, such as one from a backup, is another file
        let is_same = (note.device, note.inode) == (found.device, found.inode);
        let is_last = note.seq + 1 == writer.end.next;
        if note.segment == writer.segment && !is_same && !(is_last && note.head == writer.end.head) {
            return Err(self.changed("was replaced", "replaced"));
        }
        if is_last && note.head != writer.end.head {
            return Err(self.changed("was replaced", "replaced"));
        }
        Ok(())
    }

    /// Compares the end of the log with the anchor.
    fn compare_anchor(&self, writer: &Writer, anchor: &Anchored) -> Result<(), AuditError> {
        if anchor.seq >= writer.end.next {
            return Err(self.changed("was shortened", "shortened"));
        }
        if anchor.seq + 1 == writer.end.next && anchor.head != writer.end.head {
            return Err(self.changed("was replaced", "replaced"));
        }
        Ok(())
    }

    /// Returns the fingerprints of tokens under the key of this log; none if there is no log yet.
    ///
    /// # Errors
    /// If the key is not available.
    pub fn fingerprints(&self, tokens: &[Secret]) -> Result<Vec<String>, AuditError> {
        let Some(folder) = PrivateFolder::open(&self.folder)? else { return Ok(Vec::new()) };
        let Some(held) = self.held(&folder)? else { return Ok(Vec::new()) };
        Ok(tokens.iter().map(|token| held.key.fingerprint(token.expose())).collect())
    }

    /// Continues a log that is damaged, or was shortened, replaced or removed, in a new segment that says so. Returns what
    /// was found; `None` if nothing is wrong with its end.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn accept(&self) -> Result<Option<&'static str>, AuditError> {
        let mut slot = grip(&self.writer);
        *slot = None;
        let (folder, lock) = self.lock()?;
        let cause = match self.open(&folder, &lock) {
            Ok(writer) => {
                *slot = Some(writer);
                None
            }
            Err(AuditError::Changed { cause, .. }) => Some(cause),
            Err(AuditError::Locked(_)) => Some("key-lost"),
            Err(error) => return Err(error),
        };
        let is_broken = cause.is_none() && {
            drop(slot.take());
            self.verify_locked(&folder, &[])?.summary.is_broken()
        };
        let Some(cause) = cause.or(is_broken.then_some("damaged")) else { return Ok(None) };
        let note = Note::read(&lock)?;
        let held = self.custody.load(&folder).ok().flatten();
        let held = match held {
            Some(held) => held,
            None => self.new_key(&folder, random_id::<8>()?)?,
        };
        let known = segments(&folder)?;
        let (mut next, mut head) = (0, GENESIS.to_owned());
        let mut line = Vec::new();
        if let Some(last) = known.last() {
            let mut lines = Lines::open(&folder, *last, 0)?;
            while let Some(lines) = lines.as_mut() {
                if !lines.next(&mut line)? {
                    break;
                }
                head = hash(&line);
                if let Ok(position) = serde_json::from_slice::<Position<'_>>(&line) {
                    next = position.seq + 1;
                }
            }
        }
        if !line.is_empty()
            && let Some(last) = known.last()
        {
            let file = folder.append(&name(*last))?;
            let length = file.identity().map_err(|error| self.unwritable(&error))?.length;
            let torn = u64::try_from(line.len()).unwrap_or_default();
            file.truncate(length - torn).map_err(|error| self.unwritable(&error))?;
        }
        let found = next;
        for (seq, known) in [
            note.as_ref().map(|note| (note.seq, &note.head)),
            held.anchor.as_ref().map(|anchor| (anchor.seq, &anchor.head)),
        ]
        .into_iter()
        .flatten()
        {
            if seq >= next {
                next = seq + 1;
                known.clone_into(&mut head);
            }
        }
        let segment = known.last().copied().unwrap_or_default().max(note.map_or(0, |note| note.segment));
        let file = folder.append(&name(segment + 1))?;
        let mut writer = self.writer(&folder, Held { anchor: None, ..held }, segment, file)?;
        (writer.end.next, writer.end.head) = (next, head);
        self.rotate(&folder, &mut writer)?;
        let record = Record {
            phase: Some(Phase::Single),
            cause: Some(cause.to_owned()),
            count: Some(found),
            expected: Some(next),
            ..Record::new(Event::Accepted)
        };
        self.write(&folder, &lock, &mut writer, vec![record], Durability::Disk)?;
        *slot = Some(writer);
        Ok(Some(cause))
    }

    /// Removes whole segments whose last record is older than a time, except the last segment, and records that. Returns
    /// the number of removed segments.
    ///
    /// # Errors
    /// If the log can't be read or written. Nothing is removed before that is recorded.
    pub fn prune(&self, before: Timestamp) -> Result<u64, AuditError> {
        let mut slot = grip(&self.writer);
        *slot = None;
        let (folder, lock) = self.lock()?;
        let mut writer = self.open(&folder, &lock)?;
        let known = segments(&folder)?;
        let limit = as_time(before);
        let mut kept = known.as_slice();
        while let [first, rest @ ..] = kept {
            let file = folder.append(&name(*first))?;
            let Tail { line, .. } = tail(&file).map_err(|error| self.unwritable(&error))?;
            let is_old = serde_json::from_slice::<Position<'_>>(&line).is_ok_and(|last| last.time < limit.as_str());
            if rest.is_empty() || !is_old {
                break;
            }
            kept = rest;
        }
        let removed = known.len() - kept.len();
        let (Some(first), true) = (kept.first(), removed > 0) else {
            *slot = Some(writer);
            return Ok(0);
        };
        let mut line = Vec::new();
        if let Some(mut lines) = Lines::open(&folder, *first, 0)? {
            lines.next(&mut line)?;
        }
        let prev = serde_json::from_slice::<serde_json::Value>(&line).ok();
        let prev = prev.and_then(|header| Some(header.get("prev")?.as_str()?.to_owned()));
        let count = u64::try_from(removed).unwrap_or_default();
        let record = Record {
            phase: Some(Phase::Single),
            outcome: Some(Outcome::Ok),
            count: Some(count),
            kept: Some(*first),
            head: prev,
            ..Record::new(Event::Retention)
        };
        self.write(&folder, &lock, &mut writer, vec![record], Durability::Disk)?;
        for number in known.iter().take(removed) {
            folder.remove(&name(*number))?;
        }
        // pseudonyms of the years before can't be assigned any more
        let year: String = limit.chars().take(4).collect();
        People::erase(&folder, Some(&year), None)?;
        folder.sync()?;
        *slot = Some(writer);
        Ok(count)
    }

    /// Removes the pseudonyms of a user, so that no record can be assigned to them any more. Returns their number.
    ///
    /// # Errors
    /// If the table can't be written.
    pub fn erase(&self, name: &str) -> Result<usize, AuditError> {
        *grip(&self.writer) = None;
        let (folder, _lock) = self.lock()?;
        People::erase(&folder, None, Some(name))
    }

    /// Verifies the whole log. `known`: records that are known from elsewhere, besides the anchor.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn verify(&self, known: &[Anchor]) -> Result<Verified, AuditError> {
        // the keyring may know a log whose directory was removed
        let folder = PrivateFolder::create(&self.folder)?;
        // a record that is being written must not look incomplete
        let _lock = folder.lock_often(LOCK, PATIENCE)?;
        self.verify_locked(&folder, known)
    }

    fn verify_locked(&self, folder: &PrivateFolder, known: &[Anchor]) -> Result<Verified, AuditError> {
        let held = self.held(folder)?;
        let anchor = held.as_ref().and_then(|held| held.anchor.clone());
        let anchors: Vec<Anchor> = anchor.iter().map(Anchored::anchor).chain(known.iter().cloned()).collect();
        let mut verifier = Verifier::new(held.as_ref().map(|held| held.key.clone()), &anchors);
        let mut line = Vec::new();
        let known = segments(folder)?;
        if held.is_none() && !known.is_empty() {
            verifier.key_missing();
        }
        for segment in known {
            let Some(mut lines) = Lines::open(folder, segment, 0)? else { continue };
            verifier.segment(segment);
            while lines.next(&mut line)? {
                verifier.line(&line);
            }
            if !line.is_empty() {
                verifier.torn(u64::try_from(line.len()).unwrap_or_default());
            }
        }
        Ok(Verified { summary: verifier.finish(), anchor, source: held.map(|held| held.source) })
    }

    /// Signs a checkpoint of the current state, which first records itself. Returns the checkpoint and the key that
    /// verifies it, both as text.
    ///
    /// # Errors
    /// If it can't be recorded.
    pub fn checkpoint(&self) -> Result<(String, String), AuditError> {
        let record = Record { phase: Some(Phase::Single), ..Record::new(Event::Checkpoint) };
        self.append(record.into(), Durability::Disk)?;
        let writer = grip(&self.writer);
        let writer = writer.as_ref().ok_or(AuditError::Crypto)?;
        let checkpoint =
            Checkpoint { log: writer.held.log.clone(), size: writer.end.next, head: writer.end.head.clone() };
        let public = writer.held.key.verifying_key().ok_or(AuditError::Crypto)?;
        let signed = checkpoint.signed(&writer.held.key).ok_or(AuditError::Crypto)?;
        Ok((signed, checkpoint.verifier_key(&public)))
    }

    /// Reads a checkpoint of this log, and returns the record that it is about.
    ///
    /// # Errors
    /// If there is no key. The inner error: if it is not a checkpoint of this log.
    pub fn read_checkpoint(&self, text: &str) -> Result<Result<Anchor, String>, AuditError> {
        let held = match PrivateFolder::open(&self.folder)? {
            Some(folder) => self.held(&folder)?,
            None => None,
        };
        let held = held.ok_or_else(|| AuditError::Locked("there is none".to_owned()))?;
        Ok(Checkpoint::read(text, &held.key)
            .map_err(|error| error.to_string())
            .map(|checkpoint| Anchor { seq: checkpoint.size.saturating_sub(1), head: checkpoint.head }))
    }
}

/// Returns the first record of a segment.
fn header(held: &Held) -> Record {
    Record {
        schema: Some(SCHEMA.to_owned()),
        product: Some(format!("tokscope {}", env!("CARGO_PKG_VERSION"))),
        key: Some(held.source.as_str().to_owned()),
        ..Record::example()
    }
}

/// Reads the last complete line of a file.
fn tail(file: &AppendFile) -> io::Result<Tail> {
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

impl Drop for AuditLog {
    fn drop(&mut self) {
        self.settle();
    }
}

impl Writer {
    /// Whether the last record is anchored.
    fn is_anchored(&self) -> bool {
        self.held.anchor.as_ref().is_some_and(|anchor| anchor.seq + 1 >= self.end.next)
    }

    /// Appends records in one write. After an error the log ends where it did: the records were not acknowledged.
    fn append(&mut self, records: Vec<Record>, options: &Options, durability: Durability) -> io::Result<()> {
        let end = self.end.clone();
        let lines: Vec<u8> = records.into_iter().flat_map(|record| self.line(record, options)).collect();
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
    fn finish(&self, entry: Entry) -> Record {
        let print = |token: &Option<Secret>| token.as_ref().map(|token| self.held.key.fingerprint(token.expose()));
        let mut record = entry.record;
        record.token = record.token.or_else(|| print(&entry.token));
        record.parent = record.parent.or_else(|| print(&entry.parent));
        record
    }

    /// Chains a record, and returns its line, after a record that the clock went back if it did.
    fn line(&mut self, record: Record, options: &Options) -> Vec<u8> {
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
    fn note(&self, lock: &FileLock) -> Result<(), FileError> {
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

impl Note {
    fn read(lock: &FileLock) -> Result<Option<Self>, FileError> {
        let bytes = lock.read(MOST_NOTE)?;
        Ok(serde_json::from_slice(bytes.trim_ascii()).ok())
    }
}
