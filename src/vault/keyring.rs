//! The operating system's keyring, which holds the vault's key.
//!
//! Each call runs on a thread of its own and has a deadline: the Secret Service blocks, may wait for a prompt that
//! nobody sees, and starts a runtime of its own, which would panic on an asynchronous thread.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error as CoreError};
use thiserror::Error;
use zeroize::{Zeroize as _, Zeroizing};

use super::seal::{KEY_BYTES, MasterKey, VaultId};

/// The name of this program in the keyring.
const SERVICE: &str = "tokscope";

/// How long the keyring may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why the keyring can't be used: one variant for each of the library's, and none of them holds a secret, as some of
/// the library's do.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeyringError {
    /// There is none, or it broke.
    #[error("there is no keyring to use: {0}")]
    Unavailable(String),
    /// It is there, and locked.
    #[error("the keyring is locked, or may not be used: {0}")]
    Locked(String),
    /// It did not answer.
    #[error("the keyring did not answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// Several of its entries have the name of ours.
    #[error("the keyring has {0} entries with the name of tokscope's own")]
    Ambiguous(usize),
    /// What it holds is not what was written.
    #[error("the keyring holds something that tokscope did not write")]
    Malformed,
    /// It has no room for a key.
    #[error("the keyring takes no secret of this length: at most {0} bytes")]
    TooLong(u32),
    /// It can't do what a keyring must.
    #[error("the keyring can't do this: {0}")]
    Unsupported(String),
}

type Opener = dyn Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync;

/// A keyring.
#[derive(Clone)]
pub struct Keyring {
    open: Arc<Opener>,
    patience: Duration,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Keyring").field("patience", &self.patience).finish_non_exhaustive()
    }
}

impl Keyring {
    /// The one of the operating system: Keychain, Credential Manager, or the Secret Service.
    #[must_use]
    pub fn of_the_system() -> Self {
        Self::new(|| {
            #[cfg(target_os = "macos")]
            let store = apple_native_keyring_store::keychain::Store::new()?;
            #[cfg(windows)]
            let store = windows_native_keyring_store::Store::new()?;
            #[cfg(all(unix, not(target_os = "macos")))]
            let store = dbus_secret_service_keyring_store::Store::new()?;
            Ok(store)
        })
    }

    /// One that is opened by a function, anew for each call.
    pub fn new(open: impl Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync + 'static) -> Self {
        Self { open: Arc::new(open), patience: PATIENCE }
    }

    /// The key of a vault; `None` when the keyring has none.
    pub(super) fn key(&self, id: VaultId) -> Result<Option<MasterKey>, KeyringError> {
        let Some(bytes) = self.secret(&user(id))? else { return Ok(None) };
        let key: [u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| KeyringError::Malformed)?;
        Ok(Some(MasterKey::new(key)))
    }

    /// Writes the key of a vault, and reads it again: a keyring that takes a key and loses it would lose every token.
    pub(super) fn set_key(&self, id: VaultId, key: &MasterKey) -> Result<(), KeyringError> {
        let (user, bytes) = (user(id), Zeroizing::new(key.expose().to_vec()));
        let written = self.call(move |store| {
            let entry = entry(store, &user)?;
            entry.set_secret(&bytes)?;
            let found = Zeroizing::new(entry.get_secret()?);
            Ok(*found == *bytes)
        })?;
        if written { Ok(()) } else { Err(KeyringError::Malformed) }
    }

    /// A secret that the user put there, as for a client: service `tokscope`, and this user name.
    ///
    /// # Errors
    /// See [`KeyringError`].
    pub fn secret(&self, user: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
        // the message bus carries none, and its library would stop at one
        if user.contains('\0') {
            return Err(KeyringError::Unsupported("no entry's name has a NUL".to_owned()));
        }
        let user = user.to_owned();
        self.call(move |store| match entry(store, &user)?.get_secret() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(CoreError::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&CredentialStore) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, KeyringError> {
        let (sender, answer) = mpsc::channel();
        let open = Arc::clone(&self.open);
        let work = move || {
            let done = open().and_then(|store| work(&*store)).map_err(translate);
            // nobody listens any more when it took longer than our patience
            let _ = sender.send(done);
        };
        let started = std::thread::Builder::new().name("keyring".to_owned()).spawn(work);
        started.map_err(|error| KeyringError::Unavailable(error.to_string()))?;
        match answer.recv_timeout(self.patience) {
            Ok(done) => done,
            Err(mpsc::RecvTimeoutError::Timeout) => Err(KeyringError::TimedOut(self.patience)),
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                Err(KeyringError::Unavailable("the library that speaks with it failed".to_owned()))
            }
        }
    }
}

fn user(id: VaultId) -> String {
    format!("vault-{id}")
}

fn entry(store: &CredentialStore, user: &str) -> keyring_core::Result<Entry> {
    // only the Secret Service shows a label, and not every store knows the word
    let label = HashMap::from([("label", "tokscope: the key of its vault")]);
    let labelled = cfg!(all(unix, not(target_os = "macos"))).then_some(&label);
    store.build(SERVICE, user, labelled).or_else(|error| match error {
        CoreError::Invalid(..) | CoreError::NotSupportedByStore(_) => store.build(SERVICE, user, None),
        error => Err(error),
    })
}

/// The library's error as ours. Its own `Debug` and some of its variants hold the secret: they end here.
fn translate(error: CoreError) -> KeyringError {
    match error {
        CoreError::PlatformFailure(reason) => KeyringError::Unavailable(reason.to_string()),
        CoreError::NoStorageAccess(reason) => KeyringError::Locked(reason.to_string()),
        CoreError::NoEntry => KeyringError::Unavailable("what was just written is not there".to_owned()),
        CoreError::BadEncoding(mut bytes) | CoreError::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            KeyringError::Malformed
        }
        CoreError::BadStoreFormat(_) => KeyringError::Malformed,
        CoreError::TooLong(_, most) => KeyringError::TooLong(most),
        CoreError::Ambiguous(entries) => KeyringError::Ambiguous(entries.len()),
        CoreError::Invalid(attribute, _) => {
            KeyringError::Unsupported(format!("it refuses the attribute `{attribute}`"))
        }
        CoreError::NoDefaultStore => KeyringError::Unavailable("no store is known for this system".to_owned()),
        CoreError::NotSupportedByStore(_) => KeyringError::Unsupported("it refuses to".to_owned()),
        _ => KeyringError::Unavailable("an error of a kind that tokscope does not know".to_owned()),
    }
}

#[cfg(test)]
mod tests;
