//! The journal of a refresh: what is on the disk from before a refresh token is sent until its successor is stored.
//!
//! A server that rotates refresh tokens takes each once (RFC 9700 §4.14.2), so a response that is lost costs the grant.
//! The journal is the content of the lock file of the record that owns the refresh token. Only the holder of the lock
//! reads or writes it.
//!
//! ```text
//! (empty, or zeros)       nothing is under way; space may be reserved
//! "tokscope-refresh\n"    the intent: the refresh token is being sent, or was sent
//!   4 bytes               its length, big-endian
//!   n bytes               the intent as JSON, sealed as the vault itself is, with a key for the outcome
//! "tokscope-outcome\n"    the outcome: the response, or why there is none
//!   4 bytes               its length, big-endian
//!   12 bytes              nonce
//!   n bytes               content under AES-256-GCM, and 16 bytes of tag
//! ```
//!
//! 1. Space for both is reserved, so a full disk is an error before anything is sent. A file system that compresses or
//!    copies on write may promise less.
//! 2. The intent is written. Only then is the request sent.
//! 3. The outcome is written as soon as it is there, by whoever sent the request, with the key of this intent alone.
//! 4. The outcome is applied to the vault, and the journal is emptied.
//!
//! Whoever takes the lock next and finds an outcome applies it. An intent without an outcome says that the refresh token
//! may be spent. Which refresh token an intent is about is part of it, so an outcome that was applied already does no
//! harm.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use super::record::RecordId;
use super::seal::{KEY_BYTES, random};
use super::store::RecordLock;
use super::{Vault, VaultError};
use crate::files::FileLock;
use crate::scope::{Scope, ScopeSet};
use crate::secret::Secret;

const INTENT: &[u8] = b"tokscope-refresh\n";
const OUTCOME: &[u8] = b"tokscope-outcome\n";

/// The space that is reserved for an intent and a token response. A longer response needs space of its own.
const RESERVED: usize = 64 << 10;

/// The most bytes of a journal that are read.
const MOST_BYTES: usize = 4 << 20;

/// That a refresh token is about to be sent, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The record that the response is for: the owner of the refresh token, or one that was narrowed from it.
    pub target: RecordId,
    /// The scopes that are asked for, where the refresh narrows.
    pub scopes: Option<ScopeSet>,
    /// When the refresh began.
    pub started: Timestamp,
    /// An earlier refresh with the same refresh token has no known outcome.
    pub repeated: bool,
    /// SHA-256 of the refresh token.
    spends: String,
    /// The key of the outcome.
    key: OutcomeKey,
}

/// A key for one outcome.
#[derive(Clone)]
pub struct OutcomeKey(Zeroizing<[u8; KEY_BYTES]>);

impl std::fmt::Debug for OutcomeKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("OutcomeKey([redacted])")
    }
}

impl PartialEq for OutcomeKey {
    fn eq(&self, other: &Self) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(&*self.0, &*other.0).is_ok()
    }
}

impl Eq for OutcomeKey {}

impl OutcomeKey {
    /// Reads the bytes that [`Self::expose`] gave.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// The bytes, to be passed on to the process that sends the request.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.as_slice()
    }

    fn cipher(&self) -> Result<LessSafeKey, VaultError> {
        let key = UnboundKey::new(&AES_256_GCM, self.0.as_slice()).map_err(|_| VaultError::Crypto)?;
        Ok(LessSafeKey::new(key))
    }
}

/// A refresh that was begun, and whose outcome is not yet in the vault.
#[derive(Debug)]
pub struct Unfinished {
    /// `None`: it can't be read.
    pub intent: Option<Intent>,
    /// The outcome; `None`: it is not known.
    pub outcome: Option<Zeroizing<Vec<u8>>>,
}

/// An intent as it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    target: String,
    scopes: Option<Vec<String>>,
    started: i64,
    repeated: bool,
    spends: String,
    key: String,
}

impl Intent {
    /// With a new key for the outcome.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn new(
        refresh_token: &Secret,
        target: RecordId,
        scopes: Option<ScopeSet>,
        repeated: bool,
    ) -> Result<Self, VaultError> {
        let (spends, key) = (fingerprint(refresh_token), OutcomeKey(Zeroizing::new(random()?)));
        Ok(Self { target, scopes, started: Timestamp::now(), repeated, spends, key })
    }

    /// Whether it is about this refresh token.
    #[must_use]
    pub fn spends(&self, refresh_token: &Secret) -> bool {
        self.spends == fingerprint(refresh_token)
    }

    /// The key of the outcome.
    #[must_use]
    pub fn key(&self) -> &OutcomeKey {
        &self.key
    }

    fn write(&self) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let mut written = Written {
            target: self.target.to_string(),
            scopes: self.scopes.as_ref().map(|scopes| scopes.iter().map(Scope::to_string).collect()),
            started: self.started.as_second(),
            repeated: self.repeated,
            spends: self.spends.clone(),
            key: STANDARD_NO_PAD.encode(self.key.expose()),
        };
        let bytes = serde_json::to_vec(&written).map(Zeroizing::new).map_err(|_| VaultError::Crypto);
        written.key.zeroize();
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut written: Written = serde_json::from_slice(bytes).ok()?;
        let scopes =
            written.scopes.map(|words| words.iter().map(|word| Scope::parse(word).ok()).collect::<Option<_>>());
        let key = Zeroizing::new(STANDARD_NO_PAD.decode(written.key.as_bytes()).ok()?);
        written.key.zeroize();
        Some(Self {
            target: RecordId::parse(&written.target)?,
            scopes: scopes.map_or(Some(None), |scopes| scopes.map(Some))?,
            started: Timestamp::from_second(written.started).ok()?,
            repeated: written.repeated,
            spends: written.spends,
            key: OutcomeKey::from_bytes(&key)?,
        })
    }
}

fn fingerprint(refresh_token: &Secret) -> String {
    STANDARD_NO_PAD.encode(digest(&SHA256, refresh_token.expose().as_bytes()))
}

impl Vault {
    /// The refresh that the journal of a record tells of; `None`: there is none.
    ///
    /// # Errors
    /// When the journal or the vault can't be read.
    pub fn unfinished(&self, lock: &RecordLock) -> Result<Option<Unfinished>, VaultError> {
        let Some(file) = lock.file() else { return Ok(None) };
        let content = file.read(MOST_BYTES)?;
        if !content.starts_with(INTENT) {
            return Ok(None);
        }
        let Some((sealed, rest)) = frame(&content, INTENT) else {
            return Ok(Some(Unfinished { intent: None, outcome: None }));
        };
        let mut sealed = Zeroizing::new(sealed.to_vec());
        let intent = match self.open(&mut sealed)? {
            Some(content) => Intent::read(content),
            None => None,
        };
        let outcome = intent.as_ref().and_then(|intent| open_outcome(frame(rest, OUTCOME)?.0, &intent.key));
        Ok(Some(Unfinished { intent, outcome }))
    }

    /// Whether the journal of a record is not empty. Needs no lock, and may be outdated at once.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn has_unfinished(&self, id: &RecordId) -> Result<bool, VaultError> {
        Ok(self.lock_file_length(id)?.is_some_and(|length| length > 0))
    }

    /// Reserves the space that a refresh needs on the disk. False where there is no disk.
    ///
    /// # Errors
    /// When there is not enough space.
    pub fn reserve(&self, lock: &RecordLock) -> Result<bool, VaultError> {
        let Some(file) = lock.file() else { return Ok(false) };
        file.reserve(RESERVED)?;
        self.sync_folder()?;
        Ok(true)
    }

    /// An intent as [`Journal::begin`] writes it.
    ///
    /// # Errors
    /// When the vault can't be opened.
    pub fn seal_intent(&self, intent: &Intent) -> Result<Vec<u8>, VaultError> {
        self.seal(&intent.write()?)
    }
}

impl RecordLock {
    /// Whether there is a journal: in memory there is none.
    #[must_use]
    pub fn is_durable(&self) -> bool {
        self.file().is_some()
    }

    /// Empties the journal: the outcome is stored, or nothing was sent.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn settled(&self) -> Result<(), VaultError> {
        Ok(self.file().map_or(Ok(()), |file| file.truncate(0))?)
    }

    /// Gives the reserved space back, and leaves the rest as it is.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn release(&self) -> Result<(), VaultError> {
        self.keep(|content| match frame(content, INTENT) {
            Some((_, rest)) => frame(rest, OUTCOME).map_or(rest, |(_, rest)| rest).len(),
            None if content.starts_with(INTENT) => 0,
            None => content.len(),
        })
    }

    /// Keeps the intent alone: the outcome does not tell whether the refresh token is spent.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn in_doubt(&self) -> Result<(), VaultError> {
        self.keep(|content| frame(content, INTENT).map_or(0, |(_, rest)| rest.len()))
    }

    /// Cuts the journal off; `beyond`: how many bytes at its end go.
    fn keep(&self, beyond: impl Fn(&[u8]) -> usize) -> Result<(), VaultError> {
        let Some(file) = self.file() else { return Ok(()) };
        let content = file.read(MOST_BYTES)?;
        Ok(file.truncate(content.len() - beyond(&content).min(content.len()))?)
    }

    /// The journal for whoever sends the request; `None` where there is no disk.
    ///
    /// # Errors
    /// When the process has no descriptor left.
    pub fn journal(&self) -> Result<Option<Journal>, VaultError> {
        let Some(file) = self.file() else { return Ok(None) };
        Ok(Some(Journal(FileLock::inherited(file.descriptor()?))))
    }
}

/// The journal in the hands of whoever sends the request. It holds the lock of the record too.
#[derive(Debug)]
pub struct Journal(FileLock);

impl Journal {
    /// The journal whose descriptor was passed on by [`Self::into_descriptor`].
    #[must_use]
    pub fn inherited(descriptor: std::os::fd::OwnedFd) -> Self {
        Self(FileLock::inherited(descriptor))
    }

    /// The descriptor, to be passed on to another process.
    ///
    /// # Errors
    /// When the process has no descriptor left.
    pub fn into_descriptor(self) -> Result<std::os::fd::OwnedFd, VaultError> {
        Ok(self.0.descriptor()?)
    }

    /// Writes the intent. It is on the disk when this returns, and the request may be sent.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn begin(&self, sealed: &[u8]) -> Result<(), VaultError> {
        let mut written = framed(INTENT, &[sealed])?;
        // the outcome of an earlier intent is not this one's
        written.extend_from_slice(&[0; OUTCOME.len()]);
        Ok(self.0.write(&written, 0)?)
    }

    /// Writes the outcome behind the intent.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn finish(&self, sealed: &[u8], key: &OutcomeKey, outcome: &[u8]) -> Result<(), VaultError> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut content = Zeroizing::new(outcome.to_vec());
        let tag = key
            .cipher()?
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(OUTCOME), &mut content)
            .map_err(|_| VaultError::Crypto)?;
        let begins = framed(INTENT, &[sealed])?.len();
        Ok(self.0.write(&framed(OUTCOME, &[&nonce, &content, tag.as_ref()])?, begins)?)
    }
}

fn open_outcome(sealed: &[u8], key: &OutcomeKey) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, content) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut content = Zeroizing::new(content.to_vec());
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let length = key.cipher().ok()?.open_in_place(nonce, Aad::from(OUTCOME), &mut content).ok()?.len();
    content.truncate(length);
    Some(content)
}

fn framed(name: &[u8], parts: &[&[u8]]) -> Result<Vec<u8>, VaultError> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let prefix = u32::try_from(length).map_err(|_| VaultError::Unfit("the response is too long"))?;
    let mut written = Vec::with_capacity(name.len() + 4 + length);
    written.extend_from_slice(name);
    written.extend_from_slice(&prefix.to_be_bytes());
    for part in parts {
        written.extend_from_slice(part);
    }
    Ok(written)
}

/// The content of a frame, and what follows it; `None` when it is not there as a whole.
fn frame<'b>(bytes: &'b [u8], name: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let (length, rest) = bytes.strip_prefix(name)?.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}
