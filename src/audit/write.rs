//! Writing under the lock: segments, and the reserve for the record of a refusal.

use aws_lc_rs::rand;

use super::AuditError;
use super::anchor::ANCHOR_INTERVAL;
use super::custody::{AnchorPlace, Held};
use super::entry::Durability;
use super::log::AuditLog;
use super::reading::name;
use super::writer::Writer;
use crate::files::{FileLock, PrivateFolder};
use crate::usage::{Event, Outcome, Phase, Record, SCHEMA};

/// Name of the file that occupies space for the last record on a full disk, and its size in bytes.
const RESERVE: &str = "reserve";
const RESERVE_BYTES: usize = 64 << 10;

/// Minimum free space beside a new reserve, in bytes: more than the record of a refusal occupies, in blocks.
const SPARE_BYTES: usize = 16 << 10;

impl AuditLog {
    /// Occupies the reserved space, unless that would use up the disk: the next record would not fit then, and would be
    /// refused once more at the expense of the reserve.
    pub(super) fn reserve(&self, folder: &PrivateFolder) -> Result<(), AuditError> {
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
    pub(super) fn write(
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

    /// Begins a segment.
    pub(super) fn rotate(&self, folder: &PrivateFolder, writer: &mut Writer) -> Result<(), AuditError> {
        let number = writer.segment + 1;
        let file = folder.append(&name(number))?;
        if file.identity().map_err(|error| self.unwritable(&error))?.length > 0 {
            return Err(self.changed("has a segment that it does not know", "replaced"));
        }
        let old = (std::mem::replace(&mut writer.file, file), writer.segment, writer.end.clone());
        writer.segment = number;
        let place = self.custody.place(writer.held.source);
        let line = writer.line(header(&writer.held, place), &self.options);
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
}

/// Returns the first record of a segment.
fn header(held: &Held, place: AnchorPlace) -> Record {
    Record {
        schema: Some(SCHEMA.to_owned()),
        product: Some(format!("tokscope {}", env!("CARGO_PKG_VERSION"))),
        key: Some(held.source.as_str().to_owned()),
        anchor: Some(place.as_str().to_owned()),
        ..Record::example()
    }
}
