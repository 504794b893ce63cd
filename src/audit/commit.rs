//! Group commit: the first thread that finds nobody writing writes the records of all that wait.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Instant;

use super::AuditError;
use super::entry::{Durability, Entry};
use super::log::{AuditLog, grip};
use super::queue::{Pending, Queue, Slot};
use super::writer::Writer;
use crate::usage::Record;

impl AuditLog {
    /// Appends a record. Records of several threads are written together.
    ///
    /// # Errors
    /// If it can't be recorded. The caller must not do what it announces.
    pub fn append(&self, entry: Entry, durability: Durability) -> Result<(), AuditError> {
        self.append_all(vec![entry], durability)
    }

    /// Appends records in one write, one after the other. Without a record, what was written before is made durable.
    ///
    /// # Errors
    /// See [`Self::append`]. None of them counts as recorded then.
    pub fn append_all(&self, entries: Vec<Entry>, durability: Durability) -> Result<(), AuditError> {
        let slot = Slot::default();
        let mut queue = grip(&self.queue);
        queue.pending.push(Pending { entries, durability, slot: Arc::clone(&slot) });
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
            batch.into_iter().map(|pending| ((pending.entries, pending.durability), pending.slot)).unzip();
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

    fn commit(&self, slot: &mut Option<Writer>, batch: Vec<(Vec<Entry>, Durability)>) -> Result<(), AuditError> {
        if slot.is_none() && batch.iter().all(|(entries, _)| entries.is_empty()) {
            return Ok(());
        }
        let (folder, lock) = self.lock()?;
        let mut writer = match slot.take() {
            Some(writer) => self.refresh(&folder, writer)?,
            None => self.open(&folder, &lock)?,
        };
        self.reserve(&folder)?;
        let is_durable = batch.is_empty() || batch.iter().any(|(_, durability)| *durability == Durability::Disk);
        let durability = match is_durable {
            true => Durability::Disk,
            false => Durability::System,
        };
        let records: Vec<Record> =
            batch.into_iter().flat_map(|(entries, _)| entries).map(|entry| writer.finish(entry)).collect();
        let written = self.write(&folder, &lock, &mut writer, records, durability);
        *slot = Some(writer);
        written
    }
}
