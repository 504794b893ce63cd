//! The operating system's keyring, which holds the key of the vault.
//!
//! Each call runs on a separate thread with a deadline: the Secret Service blocks, may wait for an invisible
//! prompt, and starts its own runtime, which would panic on an asynchronous thread.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error as CoreError};
use zeroize::{Zeroize as _, Zeroizing};

use super::error::KeyringError;
use super::seal::{KEY_BYTES, MasterKey, VaultId};

/// Service name in the keyring.
const SERVICE: &str = "tokscope";

/// Time limit for a keyring call.
const PATIENCE: Duration = Duration::from_secs(3);

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
    /// Returns the operating system's keyring: Keychain on macOS, otherwise the Secret Service.
    #[must_use]
    pub fn of_the_system() -> Self {
        Self::new(|| {
            #[cfg(target_os = "macos")]
            let store = apple_native_keyring_store::keychain::Store::new()?;
            #[cfg(not(target_os = "macos"))]
            let store = dbus_secret_service_keyring_store::Store::new()?;
            Ok(store)
        })
    }

    /// Creates a keyring from a function that opens it for each call.
    pub fn new(open: impl Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync + 'static) -> Self {
        Self { open: Arc::new(open), patience: PATIENCE }
    }

    /// Returns the key of a vault; `None` if the keyring has none.
    pub(super) fn key(&self, id: VaultId) -> Result<Option<MasterKey>, KeyringError> {
        let Some(bytes) = self.secret(&user(id))? else { return Ok(None) };
        let key: [u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| KeyringError::Malformed)?;
        Ok(Some(MasterKey::new(key)))
    }

    /// Writes the key of a vault, and reads it back: a keyring that silently loses the key would lose every token.
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

    /// Returns a secret that the user stored, such as a client secret, with service `tokscope` and this user name.
    ///
    /// # Errors
    /// See [`KeyringError`].
    pub fn secret(&self, user: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
        // D-Bus strings can't have a NUL, and the library would panic
        if user.contains('\0') {
            return Err(KeyringError::Unsupported("an entry's name can't have a NUL character".to_owned()));
        }
        let user = user.to_owned();
        self.call(move |store| match entry(store, &user)?.get_secret() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(CoreError::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    /// Stores a secret with service `tokscope` and this user name.
    ///
    /// # Errors
    /// See [`KeyringError`].
    pub fn set_secret(&self, user: &str, secret: &[u8]) -> Result<(), KeyringError> {
        let (user, secret) = (user.to_owned(), Zeroizing::new(secret.to_vec()));
        self.call(move |store| entry(store, &user)?.set_secret(&secret))
    }

    fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&CredentialStore) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, KeyringError> {
        let (sender, answer) = mpsc::channel();
        let open = Arc::clone(&self.open);
        let work = move || {
            let done = open().and_then(|store| work(&*store)).map_err(translate);
            // the receiver is gone if this took longer than the deadline
            let _ = sender.send(done);
        };
        let started = std::thread::Builder::new().name("keyring".to_owned()).spawn(work);
        started.map_err(|error| KeyringError::Unavailable(error.to_string()))?;
        match answer.recv_timeout(self.patience) {
            Ok(done) => done,
            Err(mpsc::RecvTimeoutError::Timeout) => Err(KeyringError::TimedOut(self.patience)),
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                Err(KeyringError::Unavailable("the keyring library failed".to_owned()))
            }
        }
    }
}

fn user(id: VaultId) -> String {
    format!("vault-{id}")
}

fn entry(store: &CredentialStore, user: &str) -> keyring_core::Result<Entry> {
    // only the Secret Service has labels
    let label = HashMap::from([("label", "tokscope: key of the vault or the audit log")]);
    let labelled = cfg!(not(target_os = "macos")).then_some(&label);
    store.build(SERVICE, user, labelled).or_else(|error| match error {
        CoreError::Invalid(..) | CoreError::NotSupportedByStore(_) => store.build(SERVICE, user, None),
        error => Err(error),
    })
}

/// Rewords the failures of a system without a keyring, which the D-Bus library describes in terms of its own configuration
/// (libdbus 1.14).
fn in_plain_words(reason: &str) -> String {
    let has = |part: &str| reason.contains(part);
    if has("DBUS_SESSION_BUS_ADDRESS") || has("autolaunch") || has("Failed to connect to socket") {
        return "this session has no D-Bus".to_owned();
    }
    if has("org.freedesktop.secrets") && (has("not provided") || has("ServiceUnknown")) {
        return "no program provides the Secret Service".to_owned();
    }
    reason.lines().next().unwrap_or_default().to_owned()
}

/// Converts the library's error. Its `Debug` output and some of its variants hold the secret, so it is not passed on.
fn translate(error: CoreError) -> KeyringError {
    match error {
        CoreError::PlatformFailure(reason) => KeyringError::Unavailable(in_plain_words(&reason.to_string())),
        CoreError::NoStorageAccess(reason) => KeyringError::Locked(reason.to_string()),
        CoreError::NoEntry => KeyringError::Unavailable("the entry that was just written is missing".to_owned()),
        CoreError::BadEncoding(mut bytes) | CoreError::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            KeyringError::Malformed
        }
        CoreError::BadStoreFormat(_) => KeyringError::Malformed,
        CoreError::TooLong(_, most) => KeyringError::TooLong(most),
        CoreError::Ambiguous(entries) => KeyringError::Ambiguous(entries.len()),
        CoreError::Invalid(attribute, _) => {
            KeyringError::Unsupported(format!("it rejects the attribute `{attribute}`"))
        }
        CoreError::NoDefaultStore => KeyringError::Unavailable("no supported keyring on this system".to_owned()),
        CoreError::NotSupportedByStore(_) => KeyringError::Unsupported("the operation is not supported".to_owned()),
        _ => KeyringError::Unavailable("unknown error".to_owned()),
    }
}

#[cfg(test)]
mod tests;
