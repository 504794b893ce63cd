//! Tokens at rest: one encrypted file in the user's data directory.
//!
//! The key is 32 random bytes in the operating system's keyring, or derived from a passphrase with Argon2id; a vault in
//! memory stores nothing. The user chooses one of the three; nothing is written unencrypted. See
//! `seal` for the file format, and `journal` for how a refresh survives a full disk, a signal or a kill.
//!
//! Threat model. In scope: other users of the machine, a stolen disk or backup, a process killed at any moment, several
//! processes at once. Out of scope: the administrator, and other programs of the same user, which can query the keyring
//! themselves, restore an older file, or remove it.

mod error;
mod journal;
mod keyring;
mod kind;
mod origin;
mod passphrase;
mod record;
mod seal;
mod store;

pub use error::{KeyringError, VaultError};
pub use journal::{FailedAttempt, Intent, Journal, OutcomeKey, Unfinished};
pub use keyring::Keyring;
pub use kind::StoreKind;
pub use origin::WebOrigin;
pub use record::{ApprovalLink, Life, NarrowingEffect, NarrowingObservation, Record, RecordId};
pub use store::{Ask, Keys, RecordLock, SignInLock, Vault};

#[cfg(test)]
mod tests;
