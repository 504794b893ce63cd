//! Where the key of the log and its anchor are kept.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::{Zeroize as _, Zeroizing};

use crate::files::{FileError, PrivateFolder};
use crate::usage::{Anchor, LogKey, hex, unhex};

/// File with the key, where there is no keyring.
const FILE: &str = "key";

/// Maximum size of that file, in bytes.
const MOST_BYTES: usize = 4 << 10;

/// Where the key of a log is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// In the operating system's keyring.
    Keyring,
    /// In a private file beside the log: whoever can write the log can use it.
    File,
}

impl KeySource {
    /// Returns the name in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "file",
        }
    }
}

/// Where the number and hash of the last record are kept, outside the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnchorPlace {
    /// In the operating system's keyring.
    Keyring,
    /// Encrypted with the vault's passphrase.
    Passphrase,
    /// Nowhere: a log that was shortened is not found out.
    Nowhere,
}

impl AnchorPlace {
    /// Returns the name in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::Passphrase => "passphrase",
            Self::Nowhere => "none",
        }
    }
}

impl fmt::Display for AnchorPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Keyring => "keyring",
            Self::Passphrase => "passphrase store",
            Self::Nowhere => "nowhere",
        })
    }
}

/// An anchor with its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchored {
    /// Identifier of the log.
    pub log: String,
    /// Number of the record.
    pub seq: u64,
    /// Hash of its line.
    pub head: String,
    /// When it was written, in milliseconds since 1970.
    pub at: i64,
}

impl Anchored {
    /// Returns the record that is anchored.
    #[must_use]
    pub fn anchor(&self) -> Anchor {
        Anchor { seq: self.seq, head: self.head.clone() }
    }
}

/// What is known of the log of a directory from an anchor that is kept apart from the key, even if the directory was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownLog {
    /// Identifier of the log; empty if it can't be read.
    pub log: String,
    /// Anchor.
    pub anchor: KnownAnchor,
}

/// An anchor that is kept apart from the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KnownAnchor {
    /// The last anchored record.
    Record(Anchored),
    /// It can't be decrypted now: the passphrase is not known yet.
    Locked,
    /// It was changed, or the vault whose passphrase protects it was replaced.
    Unreadable,
}

impl KnownLog {
    /// Returns the anchor, if it can be read now.
    #[must_use]
    pub fn record(&self) -> Option<&Anchored> {
        match &self.anchor {
            KnownAnchor::Record(anchored) => Some(anchored),
            KnownAnchor::Locked | KnownAnchor::Unreadable => None,
        }
    }
}

/// The key of a log, with its anchor.
#[derive(Clone, Debug)]
pub struct Held {
    /// Identifier of the log.
    pub log: String,
    /// Key.
    pub key: LogKey,
    /// Where the key is kept.
    pub source: KeySource,
    /// Last anchored record.
    pub anchor: Option<Anchored>,
}

/// The form of the entry in the keyring and of the key file.
#[derive(Serialize, Deserialize)]
struct Stored {
    log: String,
    key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    anchor: Option<Anchored>,
}

impl Held {
    /// Returns the entry to store.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut stored = Stored { log: self.log.clone(), key: hex(self.key.expose()), anchor: self.anchor.clone() };
        let bytes = serde_json::to_vec(&stored).unwrap_or_default();
        stored.key.zeroize();
        Zeroizing::new(bytes)
    }

    /// Reads an entry.
    #[must_use]
    pub fn from_bytes(bytes: &[u8], source: KeySource) -> Option<Self> {
        let mut stored: Stored = serde_json::from_slice(bytes).ok()?;
        let key = unhex(&stored.key).map(Zeroizing::new);
        stored.key.zeroize();
        let key: [u8; 32] = key?.as_slice().try_into().ok()?;
        let anchor = stored.anchor.filter(|anchor| anchor.log == stored.log);
        Some(Self { log: stored.log, key: LogKey::new(key), source, anchor })
    }
}

/// Why the key or the anchor can't be used. Holds no secret.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct CustodyError(pub String);

impl From<FileError> for CustodyError {
    fn from(error: FileError) -> Self {
        Self(error.to_string())
    }
}

/// Keeps the key and the anchor of a log. Calls may block for seconds.
pub trait Custody: fmt::Debug + Send + Sync {
    /// Returns the key, with the anchor if it is kept with the key; `None` if there is none yet.
    ///
    /// # Errors
    /// If they exist, but are not available now.
    fn load(&self, folder: &PrivateFolder) -> Result<Option<Held>, CustodyError>;

    /// Returns what an anchor that is kept apart from the key tells; `None` if there is none.
    ///
    /// # Errors
    /// If it can't be accessed.
    fn known(&self) -> Result<Option<KnownLog>, CustodyError> {
        Ok(None)
    }

    /// Stores the key of a new log, and returns where.
    ///
    /// # Errors
    /// If it can't be stored.
    fn create(&self, folder: &PrivateFolder, held: &Held) -> Result<KeySource, CustodyError>;

    /// Moves the key to a better place, if there is one now, and returns that place.
    ///
    /// # Errors
    /// If it can't be moved. It is still where it was then.
    fn settle(&self, _folder: &PrivateFolder, _held: &Held) -> Result<Option<KeySource>, CustodyError> {
        Ok(None)
    }

    /// Stores an anchor, unless there is no place for it at the moment. Returns whether it was stored.
    ///
    /// # Errors
    /// If it can't be stored.
    fn anchor(&self, folder: &PrivateFolder, held: &Held) -> Result<bool, CustodyError>;

    /// Returns where the anchor is kept.
    fn place(&self, source: KeySource) -> AnchorPlace;
}

/// Keeps the key in a private file beside the log, and no anchor.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyFile;

impl KeyFile {
    /// Removes the file, after its key was stored elsewhere.
    ///
    /// # Errors
    /// If a system call fails.
    pub fn remove(folder: &PrivateFolder) -> Result<(), FileError> {
        folder.remove(FILE).map(|_| ())
    }

    /// Returns the path of the file in a directory, for messages.
    #[must_use]
    pub fn path(folder: &Path) -> String {
        folder.join(FILE).to_string_lossy().into_owned()
    }
}

impl Custody for KeyFile {
    fn load(&self, folder: &PrivateFolder) -> Result<Option<Held>, CustodyError> {
        let Some(bytes) = folder.read(FILE, MOST_BYTES)? else { return Ok(None) };
        let held = Held::from_bytes(&bytes, KeySource::File);
        held.map(Some).ok_or_else(|| CustodyError("the key file is damaged".to_owned()))
    }

    fn create(&self, folder: &PrivateFolder, held: &Held) -> Result<KeySource, CustodyError> {
        folder.replace(FILE, &Held { anchor: None, ..held.clone() }.to_bytes())?;
        Ok(KeySource::File)
    }

    fn anchor(&self, _: &PrivateFolder, _: &Held) -> Result<bool, CustodyError> {
        Ok(false)
    }

    fn place(&self, _: KeySource) -> AnchorPlace {
        AnchorPlace::Nowhere
    }
}
