//! Anchors outside the log, and signed checkpoints.

use std::time::Duration;

use jiff::Timestamp;

use super::AuditError;
use super::custody::{AnchorPlace, Anchored, Held};
use super::entry::Durability;
use super::log::{AuditLog, LOCK, grip};
use super::writer::Writer;
use crate::files::PrivateFolder;
use crate::usage::{Anchor, Checkpoint, Event, Phase, Record};

/// Minimum time between two anchors: a write to the keyring takes up to 40 ms.
pub(super) const ANCHOR_INTERVAL: Duration = Duration::from_secs(1);

/// Time limit for the lock at the end of the process, for an anchor.
const LAST_PATIENCE: Duration = Duration::from_millis(500);

impl AuditLog {
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

    /// Anchors the last record, unless that was done a moment ago. A failure leaves the earlier anchor.
    pub(super) fn anchor(&self, folder: &PrivateFolder, writer: &mut Writer) {
        if writer.held.anchor.is_some() || self.may_anchor(folder, writer) {
            self.replace_anchor(folder, writer);
        }
    }

    /// Anchors the last record, unless that was done a moment ago, whatever was anchored before.
    pub(super) fn replace_anchor(&self, folder: &PrivateFolder, writer: &mut Writer) {
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

    /// Whether an anchor that could not be read when the log was opened agrees with the log. If not, it stays, so that the
    /// next process finds what is wrong.
    fn may_anchor(&self, folder: &PrivateFolder, writer: &Writer) -> bool {
        match self.known() {
            Ok(None) => true,
            Ok(Some(known)) => {
                known.log == writer.held.log
                    && known.record().is_some_and(|anchor| self.compare_anchor(folder, writer, anchor).is_ok())
            }
            Err(_) => false,
        }
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

impl Drop for AuditLog {
    fn drop(&mut self) {
        self.settle();
    }
}
