//! Public interface of the vault: reading, changing and locking records.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use zeroize::Zeroizing;

use super::passphrase;
use super::record::{self, Contents, NarrowingEffect, NarrowingObservation, Record, RecordId};
use super::seal::{Header, Lock, MasterKey, Stretch};
use super::{Keyring, StoreKind, VaultError};
use crate::files::{FileLock, PrivateFolder};
use crate::secret::Secret;

/// File name.
const FILE: &str = "vault";

/// Name of the writers' lock file.
const LOCK: &str = "vault.lock";

/// Name of the file with the IDs of the records, for completions: the vault itself is encrypted.
const IDS: &str = "token-ids";

/// Maximum size of that file, in bytes.
const MOST_IDS: usize = 1 << 20;

/// Name of the lock file that is held during a sign-in.
const SIGN_IN: &str = "sign-in.lock";

/// Time limit for the writers' lock, which each writer holds for milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// Maximum size of a vault, in bytes.
const MOST_BYTES: usize = 16 << 20;

/// Purpose of a passphrase prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// To unlock the vault.
    Open,
    /// To create a vault; the user types it twice.
    Choose,
}

/// Returns a passphrase, or the reason why there is none.
type AskPassphrase = dyn Fn(Ask) -> Result<Secret, String> + Send + Sync;

/// The same, asked again with the reason until a passphrase is accepted.
type PromptPassphrase = dyn Fn(Ask, Option<&VaultError>) -> Result<Secret, String> + Send + Sync;

/// Source of a vault's key.
#[derive(Clone)]
pub enum Keys {
    /// A keyring.
    Keyring(Keyring),
    /// A passphrase.
    Passphrase(Arc<AskPassphrase>),
    /// A passphrase that a user enters, and can correct.
    Prompt(Arc<PromptPassphrase>),
}

impl Keys {
    fn kind(&self) -> StoreKind {
        match self {
            Self::Keyring(_) => StoreKind::Keyring,
            Self::Passphrase(_) | Self::Prompt(_) => StoreKind::Passphrase,
        }
    }
}

/// The vault. Its methods block, usually for milliseconds, for seconds if the keyring hangs: keep them off
/// asynchronous threads.
pub struct Vault {
    storage: Storage,
}

enum Storage {
    Memory(Mutex<Contents>, Arc<Mutex<BTreeSet<RecordId>>>),
    File { folder: PathBuf, keys: Keys, opened: Mutex<Option<(Header, MasterKey)>> },
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Vault").field("kind", &self.kind()).finish_non_exhaustive()
    }
}

/// Lock of a record, needed to change its state at the server, such as by a refresh. Held until dropped.
#[derive(Debug)]
pub struct RecordLock {
    held: Held,
}

impl RecordLock {
    /// Lock file, which holds the journal of a refresh; `None` in memory.
    pub(super) fn file(&self) -> Option<&FileLock> {
        match &self.held {
            Held::File(file) => Some(file),
            Held::Memory(..) => None,
        }
    }
}

/// Lock for asking the user to sign in. Held until dropped.
#[derive(Debug)]
pub struct SignInLock {
    _held: Option<FileLock>,
}

#[derive(Debug)]
enum Held {
    File(FileLock),
    Memory(RecordId, Arc<Mutex<BTreeSet<RecordId>>>),
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Self::Memory(id, locked) = self {
            grip(locked).remove(id);
        }
    }
}

impl Vault {
    /// Creates a vault in memory.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { storage: Storage::Memory(Mutex::default(), Arc::default()) }
    }

    /// Creates a vault in a private directory, such as [`crate::files::data_folder`]. Does not access the disk.
    #[must_use]
    pub fn in_folder(folder: &Path, keys: Keys) -> Self {
        Self { storage: Storage::File { folder: folder.to_path_buf(), keys, opened: Mutex::default() } }
    }

    /// Returns the store of the vault in a directory; `None` if there is none.
    ///
    /// # Errors
    /// If it exists but can't be read.
    pub fn made_with(folder: &Path) -> Result<Option<StoreKind>, VaultError> {
        Ok(read_file(folder)?.map(|file| Header::read(&file)).transpose()?.map(|header| header.lock.kind()))
    }

    /// Returns the store.
    #[must_use]
    pub fn kind(&self) -> StoreKind {
        match &self.storage {
            Storage::Memory(..) => StoreKind::Memory,
            Storage::File { keys, .. } => keys.kind(),
        }
    }

    /// Returns all records in the order of their creation.
    ///
    /// # Errors
    /// If the vault can't be opened.
    pub fn records(&self) -> Result<Vec<Record>, VaultError> {
        Ok(self.contents()?.records)
    }

    /// Returns the observed effect of narrowing by refresh, for this client of this issuer.
    ///
    /// # Errors
    /// If the vault can't be opened.
    pub fn narrowing(&self, issuer: &str, client_id: &str) -> Result<Option<NarrowingEffect>, VaultError> {
        let known = self.contents()?.narrowing;
        let found = known.iter().find(|known| known.issuer == issuer && known.client_id == client_id);
        Ok(found.map(|known| known.effect))
    }

    /// Stores an observation, replacing an earlier one.
    ///
    /// # Errors
    /// If the vault can't be opened or written.
    pub fn remember(&self, observation: NarrowingObservation) -> Result<(), VaultError> {
        self.update_contents(move |contents| {
            let other = |known: &NarrowingObservation| {
                known.issuer != observation.issuer || known.client_id != observation.client_id
            };
            contents.narrowing.retain(other);
            contents.narrowing.push(observation);
        })
    }

    fn contents(&self) -> Result<Contents, VaultError> {
        match &self.storage {
            Storage::Memory(contents, _) => Ok(grip(contents).clone()),
            Storage::File { folder, keys, opened } => {
                let Some(mut file) = read_file(folder)? else { return Ok(Contents::default()) };
                let (header, key) = unlock(&file, folder, keys, opened)?;
                record::read(header.open(&mut file, &key)?)
            }
        }
    }

    /// Returns the record with an ID or an unambiguous ID prefix.
    ///
    /// # Errors
    /// If none or several match, or the vault can't be opened.
    pub fn record(&self, begin: &str) -> Result<Record, VaultError> {
        let mut fitting: Vec<Record> =
            self.records()?.into_iter().filter(|record| record.id.as_str().starts_with(begin)).collect();
        match (fitting.pop(), fitting.as_slice()) {
            (Some(only), []) if !begin.is_empty() => Ok(only),
            (None, _) | (Some(_), []) => Err(VaultError::Unknown(begin.to_owned())),
            (Some(last), others) => {
                let ids = others.iter().map(|record| &record.id).chain([&last.id]).map(ToString::to_string).collect();
                Err(VaultError::Ambiguous { begin: begin.to_owned(), ids })
            }
        }
    }

    /// Verifies that tokens can be stored: opens or creates the vault, and writes it. Call this before a login, so that
    /// a new token is not lost.
    ///
    /// # Errors
    /// If they can't be stored.
    pub fn probe(&self) -> Result<(), VaultError> {
        self.update(|_| ())
    }

    /// Changes the records atomically. They are on the disk when this returns.
    ///
    /// # Errors
    /// If the vault can't be opened or written, or a record can't be stored.
    pub fn update<T>(&self, change: impl FnOnce(&mut Vec<Record>) -> T) -> Result<T, VaultError> {
        self.update_contents(|contents| change(&mut contents.records))
    }

    fn update_contents<T>(&self, change: impl FnOnce(&mut Contents) -> T) -> Result<T, VaultError> {
        let (folder, keys, opened) = match &self.storage {
            Storage::Memory(contents, _) => {
                let mut held = grip(contents);
                let mut changed = held.clone();
                let done = change(&mut changed);
                changed.records.iter().try_for_each(Record::check)?;
                *held = changed;
                return Ok(done);
            }
            Storage::File { folder, keys, opened } => (folder, keys, opened),
        };
        let private = PrivateFolder::create(folder)?;
        let _lock = private.lock(LOCK, PATIENCE)?;
        private.remove_leftovers(FILE)?;
        private.remove_leftovers(IDS)?;
        let (header, key, mut contents) = match read_file(folder)? {
            Some(mut file) => {
                let (header, key) = unlock(&file, folder, keys, opened)?;
                let contents = record::read(header.open(&mut file, &key)?)?;
                (header, key, contents)
            }
            None => {
                let (header, key) = found(keys)?;
                *grip(opened) = Some((header, key.clone()));
                (header, key, Contents::default())
            }
        };
        let done = change(&mut contents);
        contents.records.iter().try_for_each(Record::check)?;
        let content = record::write(&contents)?;
        private.replace(FILE, &header.seal(&content, &key)?)?;
        let ids = ids(&contents);
        let is_current =
            private.read(IDS, MOST_IDS).is_ok_and(|known| known.is_some_and(|known| *known == ids.as_bytes()));
        if !is_current {
            // the tokens are stored; without the file their IDs are not completed
            let _ = private.replace(IDS, ids.as_bytes());
        }
        Ok(done)
    }

    /// Returns the IDs of the records in a folder without opening the vault, for completions.
    #[must_use]
    pub fn listed_ids(folder: &Path) -> Vec<RecordId> {
        let Ok(Some(private)) = PrivateFolder::open(folder) else { return Vec::new() };
        let Ok(Some(bytes)) = private.read(IDS, MOST_IDS) else { return Vec::new() };
        String::from_utf8_lossy(&bytes).lines().filter_map(RecordId::parse).collect()
    }

    /// Takes the lock of a record, unless another process or another task of this process holds it.
    ///
    /// # Errors
    /// If the lock file can't be used.
    pub fn try_lock(&self, id: &RecordId) -> Result<Option<RecordLock>, VaultError> {
        let held = match &self.storage {
            Storage::Memory(_, locked) => {
                grip(locked).insert(id.clone()).then(|| Held::Memory(id.clone(), Arc::clone(locked)))
            }
            Storage::File { folder, .. } => PrivateFolder::create(folder)?.try_lock(&lock_name(id))?.map(Held::File),
        };
        Ok(held.map(|held| RecordLock { held }))
    }

    /// Whether a record's lock file starts with these bytes.
    pub(super) fn lock_file_starts_with(&self, id: &RecordId, start: &[u8]) -> Result<bool, VaultError> {
        let Storage::File { folder, .. } = &self.storage else { return Ok(false) };
        let Some(private) = PrivateFolder::open(folder)? else { return Ok(false) };
        Ok(private.starts_with(&lock_name(id), start)?)
    }

    /// Synchronizes the vault's directory.
    pub(super) fn sync_folder(&self) -> Result<(), VaultError> {
        let Storage::File { folder, .. } = &self.storage else { return Ok(()) };
        Ok(PrivateFolder::create(folder)?.sync()?)
    }

    /// Whether the vault's key is known to this process, so that no passphrase is needed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(&self.storage, Storage::File { opened, .. } if grip(opened).is_some())
    }

    /// Seals a content like the vault's file.
    ///
    /// # Errors
    /// If the vault is in memory or can't be opened.
    pub fn seal(&self, content: &[u8]) -> Result<Vec<u8>, VaultError> {
        let Storage::File { folder, keys, opened } = &self.storage else { return Err(VaultError::Crypto) };
        let file = read_file(folder)?.ok_or(VaultError::Damaged("its file was removed"))?;
        let (header, key) = unlock(&file, folder, keys, opened)?;
        header.seal(content, &key)
    }

    /// Opens the output of [`Self::seal`]; `None` if it was modified or sealed with another key.
    ///
    /// # Errors
    /// If the vault can't be opened.
    pub fn open<'f>(&self, sealed: &'f mut [u8]) -> Result<Option<&'f [u8]>, VaultError> {
        let Storage::File { folder, keys, opened } = &self.storage else { return Ok(None) };
        let Some(file) = read_file(folder)? else { return Ok(None) };
        let (header, key) = unlock(&file, folder, keys, opened)?;
        if Header::read(sealed) != Ok(header) {
            return Ok(None);
        }
        Ok(header.open(sealed, &key).ok())
    }

    /// Takes the sign-in lock, unless another process holds it, so that several processes do not open a browser
    /// each. Always succeeds in memory.
    ///
    /// # Errors
    /// If the lock file can't be used.
    pub fn try_lock_sign_in(&self) -> Result<Option<SignInLock>, VaultError> {
        Ok(match &self.storage {
            Storage::Memory(..) => Some(SignInLock { _held: None }),
            Storage::File { folder, .. } => {
                let held = PrivateFolder::create(folder)?.try_lock(SIGN_IN)?;
                held.map(|held| SignInLock { _held: Some(held) })
            }
        })
    }

    /// Removes records with their lock files. Returns the removed records.
    ///
    /// # Errors
    /// If the vault can't be opened or written.
    pub fn forget(&self, fits: impl Fn(&Record) -> bool) -> Result<Vec<RecordId>, VaultError> {
        let gone = self.update(|records| {
            let gone: Vec<RecordId> =
                records.iter().filter(|record| fits(record)).map(|record| record.id.clone()).collect();
            // tokens that were narrowed from a removed one are removed too
            records.retain(|record| {
                !gone.contains(&record.id) && !record.narrowed_from.iter().any(|id| gone.contains(id))
            });
            gone
        })?;
        if let Storage::File { folder, .. } = &self.storage
            && let Some(private) = PrivateFolder::open(folder)?
        {
            for id in &gone {
                private.remove(&lock_name(id))?;
            }
        }
        Ok(gone)
    }
}

fn lock_name(id: &RecordId) -> String {
    format!("{id}.lock")
}

/// Returns the IDs of the records, one a line.
fn ids(contents: &Contents) -> String {
    contents.records.iter().map(|record| format!("{}\n", record.id)).collect::<Vec<_>>().concat()
}

fn read_file(folder: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
    match PrivateFolder::open(folder)? {
        Some(private) => Ok(private.read(FILE, MOST_BYTES)?),
        None => Ok(None),
    }
}

/// Returns the key of a file: the cached one, or the one from its key source.
fn unlock(
    file: &[u8],
    folder: &Path,
    keys: &Keys,
    opened: &Mutex<Option<(Header, MasterKey)>>,
) -> Result<(Header, MasterKey), VaultError> {
    let header = Header::read(file)?;
    let mut opened = grip(opened);
    if let Some((known, key)) = &*opened
        && *known == header
    {
        return Ok((header, key.clone()));
    }
    let key = match (keys, header.lock) {
        (Keys::Keyring(keyring), Lock::Keyring) => keyring
            .key(header.id)?
            .ok_or_else(|| VaultError::KeyMissing(folder.join(FILE).to_string_lossy().into_owned()))?,
        (Keys::Passphrase(ask), Lock::Passphrase(stretch)) => {
            stretch.key(&ask(Ask::Open).map_err(VaultError::NoPassphrase)?)?
        }
        (Keys::Prompt(ask), Lock::Passphrase(stretch)) => accepted(ask.as_ref(), Ask::Open, |passphrase| {
            let key = stretch.key(passphrase)?;
            header.open(&mut file.to_vec(), &key)?;
            Ok(key)
        })?,
        (keys, lock) => return Err(VaultError::OtherStore { found: lock.kind(), named: keys.kind() }),
    };
    *opened = Some((header, key.clone()));
    Ok((header, key))
}

/// Creates header and key of a new vault. The caller holds the lock, so no other process creates one at the same time.
fn found(keys: &Keys) -> Result<(Header, MasterKey), VaultError> {
    match keys {
        Keys::Keyring(keyring) => {
            let (header, key) = (Header::new(Lock::Keyring)?, MasterKey::random()?);
            keyring.set_key(header.id, &key)?;
            Ok((header, key))
        }
        Keys::Prompt(ask) => accepted(ask.as_ref(), Ask::Choose, |passphrase| {
            passphrase::demand_fit(passphrase)?;
            let stretch = Stretch::new()?;
            Ok((Header::new(Lock::Passphrase(stretch))?, stretch.key(passphrase)?))
        }),
        Keys::Passphrase(ask) => {
            let passphrase = ask(Ask::Choose).map_err(VaultError::NoPassphrase)?;
            passphrase::demand_fit(&passphrase)?;
            let stretch = Stretch::new()?;
            Ok((Header::new(Lock::Passphrase(stretch))?, stretch.key(&passphrase)?))
        }
    }
}

/// Asks for a passphrase until it is accepted.
fn accepted<T>(
    ask: &PromptPassphrase,
    purpose: Ask,
    accept: impl Fn(&Secret) -> Result<T, VaultError>,
) -> Result<T, VaultError> {
    let mut rejected = None;
    loop {
        let passphrase = ask(purpose, rejected.as_ref()).map_err(VaultError::NoPassphrase)?;
        match accept(&passphrase) {
            Err(
                error @ (VaultError::WrongKey(_) | VaultError::PassphraseShort(_) | VaultError::PassphraseTrivial(_)),
            ) => {
                rejected = Some(error);
            }
            accepted => return accepted,
        }
    }
}

/// Locks a mutex, ignoring poison: the guarded value is consistent even after a panic elsewhere.
fn grip<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
