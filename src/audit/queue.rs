//! Records of several threads that wait to be written together.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::AuditError;
use super::entry::{Durability, Entry};

pub(super) type Slot = Arc<Mutex<Option<Result<(), AuditError>>>>;

pub(super) struct Pending {
    /// Records that are written together.
    pub(super) entries: Vec<Entry>,
    pub(super) durability: Durability,
    pub(super) slot: Slot,
}

/// Records that wait to be written by the next thread that finds nobody writing.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) pending: Vec<Pending>,
    pub(super) is_writing: bool,
    /// Number of records that were written last, and how long that took.
    pub(super) last: (usize, Duration),
}
