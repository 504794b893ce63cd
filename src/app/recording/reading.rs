//! Reads, verifies and continues the log of the user.

use std::sync::Arc;

use jiff::Timestamp;

use super::user_log;
use crate::app::Error;
use crate::audit::{AnchorPlace, Anchored, AuditError, AuditLog, KeySource, Lines, People, segments};
use crate::files::PrivateFolder;
use crate::usage::{Filter, Record, Summary};
use crate::vault::{StoreKind, Vault};

/// A record with its line as it is in the log.
#[derive(Clone, Debug)]
pub struct LoggedRecord {
    /// Record.
    pub record: Record,
    /// Line, which is JSON.
    pub line: String,
    /// Name of the user, if it is known on this machine.
    pub person: Option<String>,
}

/// Position up to which a reader has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadPosition {
    /// Number of the segment.
    pub(super) segment: u64,
    /// Position in it, in bytes.
    pub(super) bytes: u64,
}

/// Result of a verification.
#[derive(Clone, Debug)]
pub struct AuditVerification {
    /// What was found.
    pub summary: Summary,
    /// Last record that is anchored.
    pub anchor: Option<Anchored>,
    /// Where anchors are kept.
    pub place: AnchorPlace,
    /// Where the key is kept; `None` if there is none.
    pub source: Option<KeySource>,
}

/// Reads the log of the user.
#[derive(Clone, Debug)]
pub struct AuditReader {
    log: Arc<AuditLog>,
}

impl AuditReader {
    /// Creates a reader. A vault that is protected by a passphrase is opened, since the anchor is encrypted like it.
    ///
    /// # Errors
    /// If there is no home directory, or the vault can't be opened.
    pub fn new(vault: Option<Vault>) -> Result<Self, Error> {
        if let Some(vault) = vault.as_ref().filter(|vault| vault.kind() == StoreKind::Passphrase) {
            vault.records()?;
        }
        Ok(Self { log: user_log(vault.map(Arc::new))? })
    }

    /// Creates a reader of a log.
    #[must_use]
    pub fn of(log: Arc<AuditLog>) -> Self {
        Self { log }
    }

    /// Returns the log.
    #[must_use]
    pub fn log(&self) -> &AuditLog {
        &self.log
    }

    /// Opens the directory; `None` if there is no log.
    pub(super) fn folder(&self) -> Result<Option<PrivateFolder>, AuditError> {
        Ok(PrivateFolder::open(self.log.folder())?)
    }

    /// Passes each selected record behind a position to `each`, in order, until it returns false. Returns the position
    /// behind the last one. An incomplete last line is not read, and lines that are not records are left out:
    /// [`Self::verify`] reports them.
    ///
    /// # Errors
    /// If the log can't be read.
    pub fn read(
        &self,
        from: ReadPosition,
        filter: &Filter,
        mut each: impl FnMut(LoggedRecord) -> bool,
    ) -> Result<ReadPosition, Error> {
        let people = match self.folder()? {
            Some(folder) => People::read(&folder)?,
            None => People::default(),
        };
        self.read_lines(from, |line, _| {
            let Some(record) = parse(line).filter(|record| filter.selects(record)) else { return true };
            let person = record.actor.as_deref().and_then(|actor| people.name(actor)).map(str::to_owned);
            each(LoggedRecord { record, line: String::from_utf8_lossy(line).into_owned(), person })
        })
    }

    /// Passes each complete line behind a position to `each`, with the position behind it, in order, until it returns
    /// false. Returns the last position.
    ///
    /// # Errors
    /// If the log can't be read.
    pub fn read_lines(
        &self,
        from: ReadPosition,
        mut each: impl FnMut(&[u8], ReadPosition) -> bool,
    ) -> Result<ReadPosition, Error> {
        let Some(folder) = self.folder()? else { return Ok(from) };
        let mut position = from;
        let mut line = Vec::new();
        for segment in segments(&folder)?.into_iter().filter(|segment| *segment >= from.segment) {
            let start = if segment == from.segment { from.bytes } else { 0 };
            let Some(mut lines) = Lines::open(&folder, segment, start)? else { continue };
            position = ReadPosition { segment, bytes: start };
            while lines.next(&mut line)? {
                position.bytes = lines.position();
                if !each(&line, position) {
                    return Ok(position);
                }
            }
        }
        Ok(position)
    }

    /// Verifies the log. `checkpoints`: texts of checkpoints that were issued earlier.
    ///
    /// # Errors
    /// If the log can't be read, or a checkpoint is not one of this log.
    pub fn verify(&self, checkpoints: &[(String, String)]) -> Result<AuditVerification, Error> {
        let mut known = Vec::new();
        for (name, text) in checkpoints {
            let read = self.log.read_checkpoint(text)?;
            known.push(read.map_err(|reason| {
                Error::new(
                    crate::app::ErrorKind::AuditLog,
                    format!("the checkpoint `{name}` is not accepted: {reason}"),
                )
            })?);
        }
        let verified = self.log.verify(&known)?;
        let place = verified.source.map_or(AnchorPlace::Nowhere, |source| self.log.custody().place(source));
        Ok(AuditVerification { summary: verified.summary, anchor: verified.anchor, place, source: verified.source })
    }

    /// Continues a log that is damaged, or was shortened, replaced or removed. Returns what was found; `None` if nothing is
    /// wrong.
    ///
    /// # Errors
    /// If it can't be recorded.
    pub fn accept(&self) -> Result<Option<&'static str>, Error> {
        Ok(self.log.accept()?)
    }

    /// Removes whole segments without a record after this time. Returns their number.
    ///
    /// # Errors
    /// If it can't be recorded.
    pub fn prune(&self, before: Timestamp) -> Result<u64, Error> {
        Ok(self.log.prune(before)?)
    }

    /// Removes the pseudonyms of a user, so that no record can be assigned to them any more. Returns their number.
    ///
    /// # Errors
    /// If the table can't be written.
    pub fn erase(&self, name: &str) -> Result<usize, Error> {
        Ok(self.log.erase(name)?)
    }

    /// Signs the current state. Returns the checkpoint, and the key that verifies it.
    ///
    /// # Errors
    /// If it can't be recorded.
    pub fn checkpoint(&self) -> Result<(String, String), Error> {
        Ok(self.log.checkpoint()?)
    }
}

/// Parses a line, without its code.
pub(in crate::app) fn parse(line: &[u8]) -> Option<Record> {
    let (body, _) = crate::usage::sealed(line)?;
    let mut json = body.to_vec();
    json.push(b'}');
    serde_json::from_slice(&json).ok()
}
