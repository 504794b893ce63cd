//! A log that ends with the process: for the demo, whose tokens are worth nothing.

use std::path::PathBuf;
use std::sync::Arc;

use super::options;
use crate::app::Error;
use crate::audit::{AuditLog, KeyFile, random_id};
use crate::files::PrivateFolder;

/// A log in a private temporary directory, which is removed when it is dropped.
#[derive(Debug)]
pub struct TemporaryLog {
    folder: PathBuf,
    log: Arc<AuditLog>,
}

impl TemporaryLog {
    /// Creates a log.
    ///
    /// # Errors
    /// If the directory can't be created.
    pub fn create() -> Result<Self, Error> {
        let folder = std::env::temp_dir().join(format!("tokscope-{}", random_id::<16>()?));
        PrivateFolder::create(&folder)?;
        let log = Arc::new(AuditLog::new(&folder, Arc::new(KeyFile), options()));
        Ok(Self { folder, log })
    }

    /// Returns the log.
    #[must_use]
    pub fn log(&self) -> &Arc<AuditLog> {
        &self.log
    }
}

impl Drop for TemporaryLog {
    fn drop(&mut self) {
        if let Ok(Some(folder)) = PrivateFolder::open(&self.folder) {
            for name in folder.names().unwrap_or_default() {
                // `.` and `..` are not files
                let _ = folder.remove(&name);
            }
        }
        let _ = std::fs::remove_dir(&self.folder);
    }
}
