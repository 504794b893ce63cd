//! Why nothing was recorded.

use thiserror::Error;

use crate::files::FileError;

/// Failure to record or to read. Nothing was done then.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AuditError {
    /// The file or its directory can't be used.
    #[error("the audit log can't be used: {0}")]
    File(#[from] FileError),
    /// A system call failed.
    #[error("the audit log `{path}` can't be used: {reason}")]
    Unwritable {
        /// Path.
        path: String,
        /// Reason from the system.
        reason: String,
    },
    /// The disk is full.
    #[error("the audit log `{path}` can't be written: no space left on its disk")]
    Full {
        /// Path of the directory.
        path: String,
    },
    /// The log is not as it was left.
    #[error("the audit log `{path}` {what}")]
    Changed {
        /// Path of the directory.
        path: String,
        /// What happened, as a predicate.
        what: &'static str,
        /// The same as a word, for records.
        cause: &'static str,
    },
    /// The key of the log is not available now.
    #[error("the key of the audit log is not available: {0}")]
    Locked(String),
    /// The random number generator or another function of the cryptographic library failed.
    #[error("the cryptographic library failed")]
    Crypto,
}

impl AuditError {
    /// Returns hints.
    #[must_use]
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::File(error) => error.hint().into_iter().collect(),
            Self::Full { path } => vec![
                format!("free space on the disk of `{path}`, then try again"),
                "`tokscope audit prune --older-than 90` removes old records".to_owned(),
            ],
            Self::Unwritable { .. } => {
                vec!["make the directory writable, or set XDG_STATE_HOME to a directory that is".to_owned()]
            }
            Self::Changed { .. } => vec![
                "`tokscope audit verify` shows what is wrong and where".to_owned(),
                "`tokscope audit accept` records that you know, and continues the log".to_owned(),
            ],
            Self::Locked(_) => vec![
                "unlock the keyring, then try again".to_owned(),
                "if the key is lost, `tokscope audit accept` continues the log with a new one".to_owned(),
            ],
            Self::Crypto => Vec::new(),
        }
    }
}
