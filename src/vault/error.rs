//! Why the vault can't be used.

use thiserror::Error;

use super::{KeyringError, RecordId, StoreKind};
use crate::files::FileError;

/// Why the vault can't be used. No variant holds a secret.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum VaultError {
    /// The file or its folder.
    #[error(transparent)]
    File(#[from] FileError),
    /// The keyring.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The keyring answers, and has no key for this file.
    #[error("the keyring has no key for the vault `{0}`")]
    KeyMissing(String),
    /// The key in the keyring is not of the length that this program writes.
    #[error("the keyring's key for the vault is no key of 32 bytes")]
    KeyMalformed,
    /// The file is locked with something else than what was named.
    #[error("the vault is locked by {found}, not by {named}")]
    OtherStore {
        /// What it is locked with.
        found: StoreKind,
        /// What was named.
        named: StoreKind,
    },
    /// The passphrase was not given.
    #[error("there is no passphrase: {0}")]
    NoPassphrase(String),
    /// A new passphrase is too short.
    #[error("a passphrase has at least {0} characters")]
    PassphraseShort(usize),
    /// A new passphrase is among the first that are guessed.
    #[error("the passphrase is too easy to guess: it {0}")]
    PassphraseTrivial(&'static str),
    /// The key does not fit: a wrong passphrase, or a header that was changed.
    #[error("{} does not open the vault", if *.0 == StoreKind::Passphrase { "the passphrase" } else { "the key in the keyring" })]
    WrongKey(StoreKind),
    /// The file was changed, cut off, or made by something else.
    #[error("the vault is damaged: {0}")]
    Damaged(&'static str),
    /// There is no such token.
    #[error("the vault has no token `{0}`")]
    Unknown(String),
    /// The beginning of an identifier fits several tokens.
    #[error("`{begin}` fits {} tokens", ids.len())]
    Ambiguous {
        /// What was given.
        begin: String,
        /// What it fits.
        ids: Vec<RecordId>,
    },
    /// A token can't be kept.
    #[error("the token can't be kept: {0}")]
    Unfit(&'static str),
    /// The system has no random numbers, or the cryptographic library refuses.
    #[error("the cryptographic library refuses")]
    Crypto,
}

impl VaultError {
    /// The ways out.
    #[must_use]
    pub fn hints(&self) -> Vec<String> {
        let elsewhere = || {
            vec![
                "`--store passphrase` locks the vault with a passphrase instead".to_owned(),
                "`--store memory` keeps nothing beyond this command".to_owned(),
            ]
        };
        match self {
            Self::File(error) => error.hint().into_iter().collect(),
            Self::Keyring(KeyringError::Locked(_) | KeyringError::TimedOut(_)) => {
                let unlock = "unlock the keyring (a desktop asks for it at login), then try again";
                [vec![unlock.to_owned()], elsewhere()].concat()
            }
            Self::Keyring(_) => elsewhere(),
            Self::KeyMissing(path) => {
                vec![format!("its tokens can't be read any more: remove `{path}` to begin anew")]
            }
            Self::OtherStore { found, .. } => vec![format!("name it: `--store {found}`")],
            Self::NoPassphrase(_) => {
                vec![
                    "name a file by `--passphrase-file FILE` or TOKSCOPE_PASSPHRASE_FILE; `/dev/fd/3` works".to_owned(),
                ]
            }
            Self::PassphraseTrivial(_) => vec!["choose several words that do not belong together".to_owned()],
            Self::Unknown(_) => vec!["`tokscope tokens list` names them".to_owned()],
            Self::Ambiguous { ids, .. } => {
                let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
                vec![format!("they are {}", ids.join(", "))]
            }
            _ => Vec::new(),
        }
    }
}
