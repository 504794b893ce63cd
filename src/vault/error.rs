//! Errors of the vault.

use std::time::Duration;

use thiserror::Error;

use super::kind::StoreKind;
use crate::files::FileError;

/// Failure of a vault operation. No variant holds a secret.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum VaultError {
    /// The file or its directory.
    #[error(transparent)]
    File(#[from] FileError),
    /// The keyring.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The keyring works, but has no key for this file.
    #[error("the keyring has no key for the vault `{0}`")]
    KeyMissing(String),
    /// The key in the keyring has the wrong length.
    #[error("the keyring's entry for the vault is not a 32-byte key")]
    KeyMalformed,
    /// The file's store differs from the requested one.
    #[error("the vault was created with `--store {found}`, not `{named}`")]
    OtherStore {
        /// Store of the file.
        found: StoreKind,
        /// Requested store.
        named: StoreKind,
    },
    /// No passphrase was provided.
    #[error("no passphrase: {0}")]
    NoPassphrase(String),
    /// A new passphrase is too short.
    #[error("a passphrase must have at least {0} characters")]
    PassphraseShort(usize),
    /// A new passphrase is easy to guess.
    #[error("the passphrase is too easy to guess: it {0}")]
    PassphraseTrivial(&'static str),
    /// The key is wrong: a wrong passphrase, or a modified header.
    #[error("{} does not unlock the vault", if *.0 == StoreKind::Passphrase { "the passphrase" } else { "the key in the keyring" })]
    WrongKey(StoreKind),
    /// The file was modified or truncated, or is not a vault.
    #[error("the vault is damaged: {0}")]
    Damaged(&'static str),
    /// No such token.
    #[error("no token `{0}` in the vault")]
    Unknown(String),
    /// An ID prefix matches several tokens.
    #[error("`{begin}` matches {} tokens", ids.len())]
    Ambiguous {
        /// The prefix.
        begin: String,
        /// The matching IDs.
        ids: Vec<String>,
    },
    /// A token can't be stored.
    #[error("the token can't be stored: {0}")]
    Unfit(&'static str),
    /// The random number generator or another function of the cryptographic library failed.
    #[error("the cryptographic library failed")]
    Crypto,
}

impl VaultError {
    /// Returns hints.
    #[must_use]
    pub fn hints(&self) -> Vec<String> {
        let elsewhere = || {
            vec![
                "use `--store passphrase` to protect the vault with a passphrase instead".to_owned(),
                "use `--store memory` to store nothing".to_owned(),
            ]
        };
        match self {
            Self::File(error) => error.hint().into_iter().collect(),
            Self::Keyring(KeyringError::Locked(_) | KeyringError::TimedOut(_)) => {
                let unlock = "unlock the keyring (desktops unlock it at login), then try again";
                [vec![unlock.to_owned()], elsewhere()].concat()
            }
            Self::Keyring(_) => elsewhere(),
            Self::KeyMissing(path) => {
                vec![format!("its tokens are not recoverable; remove `{path}` to start over")]
            }
            Self::OtherStore { found, .. } => vec![format!("use `--store {found}`")],
            Self::NoPassphrase(_) => {
                vec![
                    "pass a file with `--passphrase-file FILE` or TOKSCOPE_PASSPHRASE_FILE; `/dev/fd/3` reads a file descriptor".to_owned(),
                ]
            }
            Self::PassphraseTrivial(_) => vec!["use several unrelated words".to_owned()],
            Self::Unknown(_) => vec!["`tokscope tokens list` lists them".to_owned()],
            Self::Ambiguous { ids, .. } => {
                let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
                vec![format!("matching: {}", ids.join(", "))]
            }
            _ => Vec::new(),
        }
    }
}

/// Failure of a keyring operation: one variant for each of the library's. No variant holds a secret, unlike some of
/// the library's do.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeyringError {
    /// No keyring, or it failed.
    #[error("no keyring available: {0}")]
    Unavailable(String),
    /// The keyring is locked.
    #[error("the keyring is locked or denies access: {0}")]
    Locked(String),
    /// The keyring did not respond.
    #[error("the keyring did not respond within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// Several entries match.
    #[error("the keyring has {0} entries with the name of tokscope's entry")]
    Ambiguous(usize),
    /// The entry was not written by tokscope.
    #[error("the keyring entry was not written by tokscope")]
    Malformed,
    /// The keyring does not store values of this length.
    #[error("the keyring stores at most {0} bytes")]
    TooLong(u32),
    /// The keyring lacks a required feature.
    #[error("not supported by the keyring: {0}")]
    Unsupported(String),
}
