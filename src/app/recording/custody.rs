//! Keeps the key of the audit log in the keyring and anchors it there, if the vault's key is there, too. With a vault that
//! is protected by a passphrase, the key is in a private file, and the anchor is encrypted like the vault, beside the vault:
//! it also tells that there is a log if its directory was removed.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::audit::{
    AnchorPlace, Anchored, Custody, CustodyError, Held, KeyFile, KeySource, KnownAnchor, KnownLog, segments,
};
use crate::files::PrivateFolder;
use crate::usage::hash;
use crate::vault::{Keyring, KeyringError, StoreKind, Vault, VaultError};

/// Name of the encrypted anchor, beside the vault.
const ANCHOR: &str = "audit-anchor";

/// Maximum size of the encrypted anchor, in bytes.
const MOST_BYTES: usize = 16 << 10;

/// Custody of the user's log.
pub(super) struct UserCustody {
    /// Name of the entry in the keyring.
    entry: String,
    /// Directory of the vault.
    data: PathBuf,
    keyring: Keyring,
    vault: Option<Arc<Vault>>,
}

impl fmt::Debug for UserCustody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("UserCustody").field("entry", &self.entry).finish_non_exhaustive()
    }
}

impl From<KeyringError> for CustodyError {
    fn from(error: KeyringError) -> Self {
        Self(error.to_string())
    }
}

impl From<VaultError> for CustodyError {
    fn from(error: VaultError) -> Self {
        Self(error.to_string())
    }
}

impl UserCustody {
    /// `folder`: of the log; `data`: of the vault.
    pub(super) fn new(folder: &Path, data: PathBuf, keyring: Keyring, vault: Option<Arc<Vault>>) -> Self {
        // logs in several state directories must not share an entry
        let place = hash(folder.as_os_str().as_encoded_bytes());
        let entry = format!("audit-{}", place.get(..16).unwrap_or_default());
        Self { entry, data, keyring, vault }
    }

    /// Returns the store of the vault on the disk, which the user chose.
    fn kind(&self) -> Option<StoreKind> {
        Vault::made_with(&self.data).ok().flatten()
    }

    /// Returns the vault if its passphrase is known already.
    fn open_vault(&self) -> Option<&Vault> {
        self.vault.as_deref().filter(|vault| vault.kind() == StoreKind::Passphrase && vault.is_open())
    }

    /// Reads the anchor: the identifier of its log, a line break, and the encrypted anchor.
    fn read_anchor(&self, bytes: &mut [u8]) -> Option<KnownLog> {
        let (log, sealed) = bytes.split_at_mut(bytes.iter().position(|byte| *byte == b'\n')?);
        let log = std::str::from_utf8(log).ok()?.to_owned();
        let Some(vault) = self.open_vault() else { return Some(KnownLog { log, anchor: KnownAnchor::Locked }) };
        let anchored: Anchored = serde_json::from_slice(vault.open(sealed.get_mut(1..)?).ok()??).ok()?;
        (anchored.log == log).then_some(KnownLog { log, anchor: KnownAnchor::Record(anchored) })
    }
}

impl Custody for UserCustody {
    fn load(&self, folder: &PrivateFolder) -> Result<Option<Held>, CustodyError> {
        if let Some(held) = KeyFile.load(folder)? {
            return Ok(Some(held));
        }
        let exists = segments(folder).is_ok_and(|known| !known.is_empty());
        if !exists && self.kind() != Some(StoreKind::Keyring) {
            return Ok(None);
        }
        let Some(bytes) = self.keyring.secret(&self.entry)? else { return Ok(None) };
        let held = Held::from_bytes(&bytes, KeySource::Keyring);
        held.map(Some).ok_or_else(|| CustodyError("the keyring's entry for the audit log is damaged".to_owned()))
    }

    fn known(&self) -> Result<Option<KnownLog>, CustodyError> {
        if self.kind() == Some(StoreKind::Keyring) {
            return Ok(None);
        }
        let Some(data) = PrivateFolder::open(&self.data)? else { return Ok(None) };
        let Some(mut bytes) = data.read(ANCHOR, MOST_BYTES)? else { return Ok(None) };
        let unreadable = || KnownLog { log: String::new(), anchor: KnownAnchor::Unreadable };
        Ok(Some(self.read_anchor(&mut bytes).unwrap_or_else(unreadable)))
    }

    fn create(&self, folder: &PrivateFolder, held: &Held) -> Result<KeySource, CustodyError> {
        if self.kind() == Some(StoreKind::Keyring) {
            self.keyring.set_secret(&self.entry, &held.to_bytes())?;
            return Ok(KeySource::Keyring);
        }
        KeyFile.create(folder, held)
    }

    fn settle(&self, folder: &PrivateFolder, held: &Held) -> Result<Option<KeySource>, CustodyError> {
        if held.source == KeySource::Keyring || self.kind() != Some(StoreKind::Keyring) {
            return Ok(None);
        }
        self.keyring.set_secret(&self.entry, &held.to_bytes())?;
        KeyFile::remove(folder)?;
        if let Some(data) = PrivateFolder::open(&self.data)? {
            data.remove(ANCHOR)?;
        }
        Ok(Some(KeySource::Keyring))
    }

    fn anchor(&self, _: &PrivateFolder, held: &Held) -> Result<bool, CustodyError> {
        if held.source == KeySource::Keyring {
            self.keyring.set_secret(&self.entry, &held.to_bytes())?;
            return Ok(true);
        }
        let (Some(vault), Some(anchor)) = (self.open_vault(), &held.anchor) else { return Ok(false) };
        let mut content = format!("{}\n", held.log).into_bytes();
        content.extend(vault.seal(&serde_json::to_vec(anchor).unwrap_or_default())?);
        PrivateFolder::create(&self.data)?.replace(ANCHOR, &content)?;
        Ok(true)
    }

    fn place(&self, source: KeySource) -> AnchorPlace {
        match (source, self.kind()) {
            (KeySource::Keyring, _) => AnchorPlace::Keyring,
            (KeySource::File, Some(StoreKind::Passphrase)) => AnchorPlace::Passphrase,
            (KeySource::File, _) => AnchorPlace::Nowhere,
        }
    }
}
