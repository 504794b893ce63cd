//! A log in a private directory.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::AuditError;
use super::custody::{Custody, Held, KnownLog};
use super::entry::Options;
use super::queue::Queue;
use super::writer::Writer;
use crate::files::{FileLock, PrivateFolder};
use crate::secret::Secret;

/// Name of the lock file, whose content notes where the log ended.
pub(super) const LOCK: &str = "lock";

/// Time limit for the lock, which each writer holds for milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// A log in a private directory. Its methods block, usually for milliseconds.
pub struct AuditLog {
    pub(super) folder: PathBuf,
    pub(super) custody: Arc<dyn Custody>,
    pub(super) options: Options,
    pub(super) queue: Mutex<Queue>,
    /// Wakes the threads whose records were written.
    pub(super) written: Condvar,
    /// Wakes the thread that collects records before it writes.
    pub(super) collected: Condvar,
    pub(super) writer: Mutex<Option<Writer>>,
}

impl fmt::Debug for AuditLog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AuditLog").field("folder", &self.folder).finish_non_exhaustive()
    }
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

    /// Returns the fingerprints of tokens under the key of this log; none if there is no log yet.
    ///
    /// # Errors
    /// If the key is not available.
    pub fn fingerprints(&self, tokens: &[Secret]) -> Result<Vec<String>, AuditError> {
        let Some(folder) = PrivateFolder::open(&self.folder)? else { return Ok(Vec::new()) };
        let Some(held) = self.held(&folder)? else { return Ok(Vec::new()) };
        Ok(tokens.iter().map(|token| held.key.fingerprint(token.expose())).collect())
    }

    pub(super) fn path(&self) -> String {
        self.folder.to_string_lossy().into_owned()
    }

    pub(super) fn unwritable(&self, error: &io::Error) -> AuditError {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => AuditError::Full { path: self.path() },
            _ => AuditError::Unwritable { path: self.path(), reason: error.to_string() },
        }
    }

    pub(super) fn changed(&self, what: &'static str, cause: &'static str) -> AuditError {
        AuditError::Changed { path: self.path(), what, cause }
    }

    pub(super) fn lock(&self) -> Result<(PrivateFolder, FileLock), AuditError> {
        let folder = PrivateFolder::create(&self.folder)?;
        let lock = folder.lock_often(LOCK, PATIENCE)?;
        Ok((folder, lock))
    }

    pub(super) fn held(&self, folder: &PrivateFolder) -> Result<Option<Held>, AuditError> {
        self.custody.load(folder).map_err(|error| AuditError::Locked(error.0))
    }

    /// Returns what an anchor that is kept apart from the key tells about the log.
    pub(super) fn known(&self) -> Result<Option<KnownLog>, AuditError> {
        self.custody.known().map_err(|error| AuditError::Locked(error.0))
    }
}

pub(super) fn grip<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
