//! The journal of a refresh. It is on the disk from before a refresh token is sent until its successor is stored.
//!
//! A server that rotates refresh tokens accepts each once (RFC 9700 §4.14.2), so a lost response costs the grant.
//! The journal is the content of the lock file of the record that owns the refresh token. Only the lock holder
//! reads or writes it.
//!
//! ```text
//! (empty, or zeros)       no refresh in progress; space may be reserved
//! "tokscope-refresh\n"    the intent: the refresh token is being sent, or was sent
//!   4 bytes               its length, big-endian
//!   n bytes               the intent as JSON, sealed like the vault, with a key for the outcome
//! "tokscope-outcome\n"    the outcome: the response, or the reason why there is none
//!   4 bytes               its length, big-endian
//!   12 bytes              nonce
//!   n bytes               content under AES-256-GCM, and 16 bytes of tag
//! "tokscope-failure\n"    the last attempt failed; alone, or after the others
//!   4 bytes               its length, big-endian
//!   n bytes               the failed attempt as JSON, sealed like the vault
//! ```
//!
//! 1. Space for both is reserved, so a full disk is an error before anything is sent. A file system that compresses or
//!    copies on write may promise less.
//! 2. The intent is written. Only then is the request sent.
//! 3. The sender of the request writes the outcome as soon as it is known, with only the key of this intent.
//! 4. The outcome is applied to the vault, and the journal is emptied.
//!
//! The next lock holder applies an outcome that it finds. An intent without an outcome means that the refresh token
//! may have been used. The intent identifies its refresh token, so applying an outcome twice does no
//! harm.
//!
//! A failed attempt is recorded for the processes that waited for it: they report the same failure, and do not send the
//! refresh token again one after another. The record stays until a refresh succeeds.

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
const FAILURE: &[u8] = b"tokscope-failure\n";

/// Space reserved for an intent and a token response. A longer response needs additional space.
const RESERVED: usize = 64 << 10;

/// Maximum size of a journal, in bytes.
const MOST_BYTES: usize = 4 << 20;

/// The intent to send a refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Record that the response is for: the owner of the refresh token, or one that was narrowed from it.
    pub target: RecordId,
    /// Requested scopes, if the refresh narrows.
    pub scopes: Option<ScopeSet>,
    /// Start of the refresh.
    pub started: Timestamp,
    /// Whether an earlier refresh with the same refresh token has no known outcome.
    pub repeated: bool,
    /// SHA-256 of the refresh token.
    spends: String,
    /// Key of the outcome.
    key: OutcomeKey,
}

/// Key for one outcome.
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
    /// Parses the bytes that [`Self::expose`] returned.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// Returns the bytes, for the process that sends the request.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.as_slice()
    }

    fn cipher(&self) -> Result<LessSafeKey, VaultError> {
        let key = UnboundKey::new(&AES_256_GCM, self.0.as_slice()).map_err(|_| VaultError::Crypto)?;
        Ok(LessSafeKey::new(key))
    }
}

/// A refresh that was started and whose outcome is not yet in the vault.
#[derive(Debug)]
pub struct Unfinished {
    /// The intent; `None` if it can't be read.
    pub intent: Option<Intent>,
    /// The outcome; `None` if unknown.
    pub outcome: Option<Zeroizing<Vec<u8>>>,
}

/// A refresh that failed, for processes that waited for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedAttempt {
    /// Time of the failure, as RFC 3339.
    ended: String,
    /// Requested scopes, space-separated, if the refresh was to narrow.
    scopes: Option<String>,
    /// SHA-256 of the refresh token.
    spends: String,
    /// The error, serialized by the application.
    pub report: String,
}

impl FailedAttempt {
    /// Creates the record of a failure. `report`: the error, without secrets.
    #[must_use]
    pub fn new(refresh_token: &Secret, scopes: Option<&ScopeSet>, ended: Timestamp, report: String) -> Self {
        let (ended, scopes) = (ended.to_string(), scopes.map(ToString::to_string));
        Self { ended, scopes, spends: fingerprint(refresh_token), report }
    }

    /// Time of the failure; `None` if the record is not valid.
    #[must_use]
    pub fn ended(&self) -> Option<Timestamp> {
        self.ended.parse().ok()
    }

    /// Whether the attempt used this refresh token.
    #[must_use]
    pub fn spends(&self, refresh_token: &Secret) -> bool {
        self.spends == fingerprint(refresh_token)
    }

    /// Whether the attempt requested these scopes.
    #[must_use]
    pub fn requests(&self, scopes: Option<&ScopeSet>) -> bool {
        self.scopes == scopes.map(ToString::to_string)
    }
}

/// Serialized form of an intent.
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
    /// Creates an intent with a new key for the outcome.
    ///
    /// # Errors
    /// If the system's random number generator fails.
    pub fn new(
        refresh_token: &Secret,
        target: RecordId,
        scopes: Option<ScopeSet>,
        repeated: bool,
    ) -> Result<Self, VaultError> {
        let (spends, key) = (fingerprint(refresh_token), OutcomeKey(Zeroizing::new(random()?)));
        Ok(Self { target, scopes, started: Timestamp::now(), repeated, spends, key })
    }

    /// Whether this intent concerns this refresh token.
    #[must_use]
    pub fn spends(&self, refresh_token: &Secret) -> bool {
        self.spends == fingerprint(refresh_token)
    }

    /// Key of the outcome.
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
    /// Returns the pending refresh in the journal of a record, if any.
    ///
    /// # Errors
    /// If the journal or the vault can't be read.
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

    /// Whether the journal of a record holds an intent. Takes no lock, so the result may be outdated immediately.
    ///
    /// # Errors
    /// If the directory or the journal can't be read.
    pub fn has_unfinished(&self, id: &RecordId) -> Result<bool, VaultError> {
        self.lock_file_starts_with(id, INTENT)
    }

    /// Returns the last attempt to refresh a record if it failed.
    ///
    /// # Errors
    /// If the journal or the vault can't be read.
    pub fn failed_attempt(&self, lock: &RecordLock) -> Result<Option<FailedAttempt>, VaultError> {
        let Some(file) = lock.file() else { return Ok(None) };
        let content = file.read(MOST_BYTES)?;
        let Some((sealed, _)) = frame(after_refresh(&content), FAILURE) else { return Ok(None) };
        let mut sealed = Zeroizing::new(sealed.to_vec());
        Ok(self.open(&mut sealed)?.and_then(|content| serde_json::from_slice(content).ok()))
    }

    /// Records that an attempt to refresh failed. Call [`RecordLock::settled`] or [`RecordLock::in_doubt`] first.
    ///
    /// # Errors
    /// If the vault can't be opened, or the journal can't be written.
    pub fn record_failure(&self, lock: &RecordLock, failed: &FailedAttempt) -> Result<(), VaultError> {
        let Some(file) = lock.file() else { return Ok(()) };
        let sealed = self.seal(&serde_json::to_vec(failed).map_err(|_| VaultError::Crypto)?)?;
        let content = file.read(MOST_BYTES)?;
        let start = content.len() - after_refresh(&content).len();
        file.truncate(start)?;
        Ok(file.write(&framed(FAILURE, &[&sealed])?, start)?)
    }

    /// Reserves disk space for a refresh. Returns false if the vault is in memory.
    ///
    /// # Errors
    /// If there is not enough space.
    pub fn reserve(&self, lock: &RecordLock) -> Result<bool, VaultError> {
        let Some(file) = lock.file() else { return Ok(false) };
        file.reserve(RESERVED)?;
        self.sync_folder()?;
        Ok(true)
    }

    /// Returns the bytes of an intent for [`Journal::begin`].
    ///
    /// # Errors
    /// If the vault can't be opened.
    pub fn seal_intent(&self, intent: &Intent) -> Result<Vec<u8>, VaultError> {
        self.seal(&intent.write()?)
    }
}

impl RecordLock {
    /// Whether there is a journal; a vault in memory has none.
    #[must_use]
    pub fn is_durable(&self) -> bool {
        self.file().is_some()
    }

    /// Empties the journal, once the outcome is stored or if nothing was sent.
    ///
    /// # Errors
    /// If the system call fails.
    pub fn settled(&self) -> Result<(), VaultError> {
        Ok(self.file().map_or(Ok(()), |file| file.truncate(0))?)
    }

    /// Releases the reserved space, and keeps the rest.
    ///
    /// # Errors
    /// If the system call fails.
    pub fn release(&self) -> Result<(), VaultError> {
        self.keep(|content| match after_refresh(content) {
            // an incomplete intent
            rest if rest.starts_with(INTENT) => 0,
            rest => skip(rest, FAILURE).len(),
        })
    }

    /// Keeps only the intent: the outcome does not show whether the refresh token was used.
    ///
    /// # Errors
    /// If the system call fails.
    pub fn in_doubt(&self) -> Result<(), VaultError> {
        self.keep(|content| frame(content, INTENT).map_or(0, |(_, rest)| rest.len()))
    }

    /// Truncates the journal; `beyond`: number of bytes to remove at its end.
    fn keep(&self, beyond: impl Fn(&[u8]) -> usize) -> Result<(), VaultError> {
        let Some(file) = self.file() else { return Ok(()) };
        let content = file.read(MOST_BYTES)?;
        Ok(file.truncate(content.len() - beyond(&content).min(content.len()))?)
    }

    /// Returns the journal for the sender of the request; `None` if the vault is in memory.
    ///
    /// # Errors
    /// If no file descriptor is available.
    pub fn journal(&self) -> Result<Option<Journal>, VaultError> {
        let Some(file) = self.file() else { return Ok(None) };
        Ok(Some(Journal(FileLock::inherited(file.descriptor()?))))
    }
}

/// The journal as used by the sender of the request. It also holds the lock of the record.
#[derive(Debug)]
pub struct Journal(FileLock);

impl Journal {
    /// Opens the journal whose descriptor [`Self::into_descriptor`] returned.
    #[must_use]
    pub fn inherited(descriptor: std::os::fd::OwnedFd) -> Self {
        Self(FileLock::inherited(descriptor))
    }

    /// Returns the descriptor, to be passed to another process.
    ///
    /// # Errors
    /// If no file descriptor is available.
    pub fn into_descriptor(self) -> Result<std::os::fd::OwnedFd, VaultError> {
        Ok(self.0.descriptor()?)
    }

    /// Writes and synchronizes the intent; afterwards the request may be sent.
    ///
    /// # Errors
    /// If the system call fails.
    pub fn begin(&self, sealed: &[u8]) -> Result<(), VaultError> {
        let mut written = framed(INTENT, &[sealed])?;
        // remove the outcome of an earlier intent
        written.extend_from_slice(&[0; OUTCOME.len()]);
        Ok(self.0.write(&written, 0)?)
    }

    /// Writes the outcome after the intent.
    ///
    /// # Errors
    /// If the system call fails.
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

/// Returns what follows the intent and the outcome.
fn after_refresh(content: &[u8]) -> &[u8] {
    skip(skip(content, INTENT), OUTCOME)
}

/// Returns what follows a frame; everything if there is no such frame.
fn skip<'b>(bytes: &'b [u8], name: &[u8]) -> &'b [u8] {
    frame(bytes, name).map_or(bytes, |(_, rest)| rest)
}

/// Splits off a frame: its content, and what follows it; `None` if it is incomplete.
fn frame<'b>(bytes: &'b [u8], name: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let (length, rest) = bytes.strip_prefix(name)?.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}
