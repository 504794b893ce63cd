//! Opening a log, and checking that it ends where it was left.

use std::io;
use std::time::Instant;

use aws_lc_rs::rand;
use jiff::Timestamp;

use super::AuditError;
use super::custody::{Anchored, Held, KeySource, KnownAnchor, KnownLog};
use super::entry::Durability;
use super::identifier::random_id;
use super::log::AuditLog;
use super::people::People;
use super::reading::{name, segments};
use super::writer::{End, Note, Position, Tail, Writer, as_time, tail};
use crate::files::{AppendFile, FileIdentity, FileLock, PrivateFolder};
use crate::usage::{Event, GENESIS, LogKey, Phase, Record, hash};

impl AuditLog {
    /// Opens the end of the log, or begins a log.
    pub(super) fn open(&self, folder: &PrivateFolder, lock: &FileLock) -> Result<Writer, AuditError> {
        let note = Note::read(lock)?;
        let known = match &note {
            Some(note) if Self::is_last(folder, note.segment)? => vec![note.segment],
            _ => segments(folder)?,
        };
        let held = self.held(folder)?;
        let anchored = self.known()?;
        let Some(last) = known.last().copied() else {
            let is_known =
                note.is_some() || anchored.is_some() || held.as_ref().is_some_and(|held| held.anchor.is_some());
            return if is_known { Err(self.changed("was removed", "removed")) } else { self.begin(folder, lock, held) };
        };
        let mut held = held.ok_or_else(|| AuditError::Locked("there is none for this log".to_owned()))?;
        if let Some(anchored) = anchored {
            self.join(&mut held, anchored)?;
        }
        let file = folder.append(&name(last))?;
        let identity = file.identity().map_err(|error| self.unwritable(&error))?;
        let mut writer = self.writer(folder, held, last, file)?;
        if identity.links != 1 {
            return Err(self.changed("was replaced", "replaced"));
        }
        if identity.length == 0 && note.as_ref().is_none_or(|note| note.segment < last) {
            return self.resume(folder, writer, &known);
        }
        let torn = self.follow(&mut writer)?;
        if let Some(note) = note {
            self.compare(&writer, &note, identity)?;
        }
        if let Some(anchor) = writer.held.anchor.clone() {
            self.compare_anchor(folder, &writer, &anchor)?;
        }
        self.repair(&mut writer, torn)?;
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

    /// Whether a segment exists, and the one after it does not. Saves a listing of the directory.
    fn is_last(folder: &PrivateFolder, segment: u64) -> Result<bool, AuditError> {
        Ok(segment > 0
            && folder.identity(&name(segment))?.is_some()
            && folder.identity(&name(segment.saturating_add(1)))?.is_none())
    }

    /// Adds an anchor that is kept apart from the key.
    fn join(&self, held: &mut Held, known: KnownLog) -> Result<(), AuditError> {
        match known.anchor {
            KnownAnchor::Unreadable => {
                Err(self
                    .changed("has an anchor that can't be read: it was changed, or belongs to another vault", "anchor"))
            }
            _ if known.log != held.log => Err(self.changed("was replaced by another log", "replaced")),
            KnownAnchor::Record(anchored) => {
                held.anchor = Some(anchored);
                Ok(())
            }
            KnownAnchor::Locked => Ok(()),
        }
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

    pub(super) fn new_key(&self, folder: &PrivateFolder, log: String) -> Result<Held, AuditError> {
        let mut bytes = zeroize::Zeroizing::new([0; 32]);
        rand::fill(bytes.as_mut_slice()).map_err(|_| AuditError::Crypto)?;
        let mut held = Held { log, key: LogKey::new(*bytes), source: KeySource::File, anchor: None };
        held.source = self.custody.create(folder, &held).map_err(|error| AuditError::Locked(error.0))?;
        Ok(held)
    }

    /// Continues a log whose last segment has no record: a process ended while it began the segment.
    fn resume(&self, folder: &PrivateFolder, mut writer: Writer, known: &[u64]) -> Result<Writer, AuditError> {
        let before = known.iter().rev().nth(1).copied();
        folder.remove(&name(writer.segment))?;
        match before {
            Some(before) => {
                writer.segment = before;
                writer.file = folder.append(&name(before))?;
                let torn = self.follow(&mut writer)?;
                self.repair(&mut writer, torn)?;
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

    pub(super) fn writer(
        &self,
        folder: &PrivateFolder,
        held: Held,
        segment: u64,
        file: AppendFile,
    ) -> Result<Writer, AuditError> {
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

    /// Checks that the end of the log is where this process left it, or moves to where another process did.
    pub(super) fn refresh(&self, folder: &PrivateFolder, mut writer: Writer) -> Result<Writer, AuditError> {
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
            let torn = self.follow(&mut writer)?;
            self.repair(&mut writer, torn)?;
        }
        Ok(writer)
    }

    /// Reads the last record of the open segment. Returns the length of the incomplete line behind it.
    fn follow(&self, writer: &mut Writer) -> Result<u64, AuditError> {
        let Tail { line, torn } = tail(&writer.file).map_err(|error| self.unwritable(&error))?;
        let damaged = || self.changed("is damaged at its end", "damaged");
        let position: Position<'_> = serde_json::from_slice(&line).map_err(|_| damaged())?;
        if !writer.held.key.fits(&line) || position.log != writer.held.log {
            return Err(damaged());
        }
        let time = position.time.parse().map_err(|_| damaged())?;
        writer.end = End { next: position.seq + 1, head: hash(&line), time };
        writer.identity = writer.file.identity().map_err(|error| self.unwritable(&error))?;
        Ok(torn)
    }

    /// Repairs an incomplete line of this length by a record that says so.
    fn repair(&self, writer: &mut Writer, torn: u64) -> Result<(), AuditError> {
        if torn == 0 {
            return Ok(());
        }
        let unwritable = |error: io::Error| self.unwritable(&error);
        writer.file.truncate(writer.identity.length.saturating_sub(torn)).map_err(unwritable)?;
        let record = Record { phase: Some(Phase::Single), count: Some(torn), ..Record::new(Event::Repaired) };
        let line = writer.line(record, &self.options);
        writer.file.write(&line).and_then(|()| writer.file.sync()).map_err(unwritable)?;
        writer.identity = writer.file.identity().map_err(unwritable)?;
        Ok(())
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

    /// Compares the log with the anchor: the anchored record must still be there.
    pub(super) fn compare_anchor(
        &self,
        folder: &PrivateFolder,
        writer: &Writer,
        anchor: &Anchored,
    ) -> Result<(), AuditError> {
        if anchor.seq >= writer.end.next {
            return Err(self.changed("was shortened", "shortened"));
        }
        let head = match anchor.seq + 1 == writer.end.next {
            true => Some(writer.end.head.clone()),
            false => self.head_of(folder, writer, anchor.seq)?,
        };
        match head {
            Some(head) if head != anchor.head => Err(self.changed("was replaced", "replaced")),
            // retention has removed it
            None | Some(_) => Ok(()),
        }
    }

    /// Returns the hash of a record, looked for from the end; empty if the log does not have it, `None` if its segment was
    /// removed.
    fn head_of(&self, folder: &PrivateFolder, writer: &Writer, seq: u64) -> Result<Option<String>, AuditError> {
        let mut most = writer.end.next.saturating_sub(seq).saturating_add(2).saturating_mul(1 << 10);
        for segment in (1..=writer.segment).rev() {
            if folder.identity(&name(segment))?.is_none() {
                return Ok(None);
            }
            let file = folder.append(&name(segment))?;
            loop {
                let bytes = file.tail(most).map_err(|error| self.unwritable(&error))?;
                let is_whole = u64::try_from(bytes.len()).unwrap_or_default() < most;
                let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').skip(usize::from(!is_whole)).collect();
                for line in lines.into_iter().rev() {
                    match serde_json::from_slice::<Position<'_>>(line) {
                        Ok(position) if position.seq == seq => return Ok(Some(hash(line))),
                        Ok(position) if position.seq < seq => return Ok(Some(String::new())),
                        Ok(_) | Err(_) => {}
                    }
                }
                if is_whole {
                    break;
                }
                most = most.saturating_mul(4);
            }
        }
        Ok(None)
    }
}
