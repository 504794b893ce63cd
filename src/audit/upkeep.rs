//! Accepting a changed log, and removing old segments and pseudonyms.

use jiff::Timestamp;

use super::AuditError;
use super::custody::{Held, KnownAnchor, KnownLog};
use super::entry::Durability;
use super::identifier::random_id;
use super::log::{AuditLog, grip};
use super::people::People;
use super::reading::{Lines, name, segments};
use super::writer::{Note, Position, Tail, as_time, tail};
use crate::usage::{Event, GENESIS, Outcome, Phase, Record, hash};

impl AuditLog {
    /// Continues a log that is damaged, or was shortened, replaced or removed, in a new segment that says so. Returns what
    /// was found; `None` if nothing is wrong with its end.
    ///
    /// # Errors
    /// If it can't be written, or an anchor can't be replaced because the vault is locked.
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
        let anchored = self.known()?;
        if anchored.as_ref().is_some_and(|known| known.anchor == KnownAnchor::Locked) {
            return Err(AuditError::Locked("the anchor is encrypted with the vault's passphrase".to_owned()));
        }
        let anchored = anchored.as_ref().and_then(KnownLog::record);
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
            held.anchor.as_ref().or(anchored).map(|anchor| (anchor.seq, &anchor.head)),
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
        // the one before contradicts the log
        self.replace_anchor(&folder, &mut writer);
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
}
