//! What is recorded, and how durably.

use crate::secret::Secret;
use crate::usage::Record;

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
