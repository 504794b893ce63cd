//! Tokens at rest: one encrypted file in the user's data folder.
//!
//! The key is 32 random bytes in the operating system's keyring, or comes of a passphrase by Argon2id; a vault in
//! memory keeps nothing. Which of the three it is, the user decides; nothing is ever written in the clear. See
//! `seal` for the form of the file, and `journal` for how a refresh survives a full disk, a signal or a kill.
//!
//! In scope: another user of the machine, a stolen disk or backup, a process that is killed at any moment, several
//! processes at once. Out of scope: the administrator, and other programs of the same user, which can ask the keyring
//! as this one does, read an older file back into place, or remove it.

mod error;
mod journal;
mod keyring;
mod origin;
mod passphrase;
mod record;
mod seal;
mod store;

pub use error::VaultError;
pub use journal::{Intent, Journal, OutcomeKey, Unfinished};
pub use keyring::{Keyring, KeyringError};
pub use origin::WebOrigin;
pub use record::{Life, NarrowingEffect, NarrowingObservation, Record, RecordId};
pub use store::{Ask, Keys, RecordLock, SignInLock, StoreKind, Vault};

#[cfg(test)]
mod tests;
