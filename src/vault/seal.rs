//! File format of the vault: a plaintext header, and the content encrypted with AES-256-GCM.
//!
//! ```text
//! bytes   what
//!    15   "tokscope-vault\n"
//!     1   version: 1
//!     1   source of the key: 1 keyring, 2 passphrase
//!    16   identifier of the vault, random
//!    12   Argon2id (RFC 9106): memory in KiB, passes, lanes, each u32 big-endian; zero with the keyring
//!    16   Argon2id's salt; zero with the keyring
//!    32   salt of this write, random
//!    32   commitment to the key
//!    12   nonce, random
//!     n   content, and 16 bytes of tag; everything before it is associated data
//! ```
//!
//! Each write uses new keys: HKDF-SHA-256 (RFC 5869) derives from the master key and the salt an encryption
//! key and the commitment, so no key is used with a nonce twice. AES-GCM alone is not key-committing (a file can be
//! crafted that decrypts under two keys); the commitment is compared first, in constant time.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Prk, Salt};
use aws_lc_rs::rand;
use zeroize::Zeroizing;

use super::{StoreKind, VaultError};
use crate::secret::Secret;

/// Length of every key, in bytes.
pub(super) const KEY_BYTES: usize = 32;

const MAGIC: &[u8; 15] = b"tokscope-vault\n";
const VERSION: u8 = 1;
const BY_KEYRING: u8 = 1;
const BY_PASSPHRASE: u8 = 2;
const TAG_BYTES: usize = 16;
const HEADER_BYTES: usize = 15 + 1 + 1 + 16 + 12 + 16 + 32 + 32 + NONCE_LEN;

/// Identifier of a vault, which names its keyring entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VaultId([u8; 16]);

impl fmt::Display for VaultId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// Master key. Wiped when dropped.
#[derive(Clone)]
pub(super) struct MasterKey(Zeroizing<[u8; KEY_BYTES]>);

impl MasterKey {
    pub(super) fn new(key: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(key))
    }

    pub(super) fn random() -> Result<Self, VaultError> {
        Ok(Self(Zeroizing::new(random()?)))
    }

    pub(super) fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MasterKey([redacted])")
    }
}

/// Source of a vault's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lock {
    Keyring,
    Passphrase(Stretch),
}

impl Lock {
    pub(super) fn kind(self) -> StoreKind {
        match self {
            Self::Keyring => StoreKind::Keyring,
            Self::Passphrase(_) => StoreKind::Passphrase,
        }
    }
}

/// Argon2id parameters that derive a key from a passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    memory: u32,
    passes: u32,
    lanes: u32,
    salt: [u8; 16],
}

impl Stretch {
    /// The second recommended option of RFC 9106 §4: 64 MiB, 3 passes, 4 lanes.
    pub(super) fn new() -> Result<Self, VaultError> {
        Ok(Self { memory: 64 << 10, passes: 3, lanes: 4, salt: random()? })
    }

    /// Upper bounds for a file's parameters; a planted file must not exhaust the machine.
    fn is_bounded(self) -> bool {
        (8 << 10..=256 << 10).contains(&self.memory)
            && (1..=16).contains(&self.passes)
            && (1..=16).contains(&self.lanes)
    }

    pub(super) fn key(self, passphrase: &Secret) -> Result<MasterKey, VaultError> {
        let parameters = argon2::Params::new(self.memory, self.passes, self.lanes, Some(KEY_BYTES));
        let parameters = parameters.map_err(|_| VaultError::Damaged("its header has invalid Argon2id parameters"))?;
        let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, parameters);
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        argon
            .hash_password_into(passphrase.expose().as_bytes(), &self.salt, key.as_mut_slice())
            .map_err(|_| VaultError::Crypto)?;
        Ok(MasterKey(key))
    }
}

/// Part of the header that does not change between writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) id: VaultId,
    pub(super) lock: Lock,
}

impl Header {
    pub(super) fn new(lock: Lock) -> Result<Self, VaultError> {
        Ok(Self { id: VaultId(random()?), lock })
    }

    /// Parses the header of a file, which is not authenticated before [`Header::open`].
    pub(super) fn read(file: &[u8]) -> Result<Self, VaultError> {
        if file.len() < HEADER_BYTES + TAG_BYTES {
            return Err(VaultError::Damaged("it is truncated"));
        }
        let mut rest = file;
        if take::<15>(&mut rest)? != MAGIC {
            return Err(VaultError::Damaged("it is not a vault"));
        }
        let [version, source] = *take::<2>(&mut rest)?;
        if version != VERSION {
            return Err(VaultError::Damaged("its version is not supported"));
        }
        let id = VaultId(*take::<16>(&mut rest)?);
        let [memory, passes, lanes] = [take::<4>(&mut rest)?, take::<4>(&mut rest)?, take::<4>(&mut rest)?]
            .map(|bytes| u32::from_be_bytes(*bytes));
        let stretch = Stretch { memory, passes, lanes, salt: *take::<16>(&mut rest)? };
        let lock = match source {
            BY_KEYRING => Lock::Keyring,
            BY_PASSPHRASE if stretch.is_bounded() => Lock::Passphrase(stretch),
            BY_PASSPHRASE => return Err(VaultError::Damaged("its header has invalid Argon2id parameters")),
            _ => return Err(VaultError::Damaged("its header has an unknown key source")),
        };
        Ok(Self { id, lock })
    }

    /// Decrypts in place, so that the plaintext is in a single buffer, which the caller wipes.
    pub(super) fn open<'f>(self, file: &'f mut [u8], master: &MasterKey) -> Result<&'f [u8], VaultError> {
        let damaged = VaultError::Damaged("it is truncated");
        let (header, sealed) = file.split_at_mut_checked(HEADER_BYTES).ok_or_else(|| damaged.clone())?;
        let varying = header.get(HEADER_BYTES - 32 - 32 - NONCE_LEN..).ok_or(damaged)?;
        let mut rest = varying;
        let (salt, commitment, nonce) =
            (take::<32>(&mut rest)?, take::<32>(&mut rest)?, *take::<NONCE_LEN>(&mut rest)?);
        let keys = Keys::derive(master, salt)?;
        verify_slices_are_equal(commitment, keys.commitment.as_slice())
            .map_err(|_| VaultError::WrongKey(self.lock.kind()))?;
        let key = keys.encryption()?;
        let content = key
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(&*header), sealed)
            .map_err(|_| VaultError::Damaged("it was modified by another program"))?;
        Ok(content)
    }

    /// Encrypts a content with new keys, and returns the whole file.
    pub(super) fn seal(self, content: &[u8], master: &MasterKey) -> Result<Vec<u8>, VaultError> {
        let salt: [u8; 32] = random()?;
        let nonce: [u8; NONCE_LEN] = random()?;
        let keys = Keys::derive(master, &salt)?;
        let (source, stretch) = match self.lock {
            Lock::Keyring => (BY_KEYRING, Stretch { memory: 0, passes: 0, lanes: 0, salt: [0; 16] }),
            Lock::Passphrase(stretch) => (BY_PASSPHRASE, stretch),
        };
        let mut file = Vec::with_capacity(HEADER_BYTES + content.len() + TAG_BYTES);
        file.extend_from_slice(MAGIC);
        file.extend_from_slice(&[VERSION, source]);
        file.extend_from_slice(&self.id.0);
        file.extend([stretch.memory, stretch.passes, stretch.lanes].iter().flat_map(|number| number.to_be_bytes()));
        file.extend_from_slice(&stretch.salt);
        file.extend_from_slice(&salt);
        file.extend_from_slice(keys.commitment.as_slice());
        file.extend_from_slice(&nonce);
        let header = file.clone();
        file.extend_from_slice(content);
        let sealed = file.get_mut(HEADER_BYTES..).ok_or(VaultError::Crypto)?;
        let tag = keys
            .encryption()?
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(header), sealed)
            .map_err(|_| VaultError::Crypto)?;
        file.extend_from_slice(tag.as_ref());
        Ok(file)
    }
}

/// Derives the keys of a write.
struct Keys {
    encryption: Zeroizing<[u8; KEY_BYTES]>,
    commitment: Zeroizing<[u8; KEY_BYTES]>,
}

impl Keys {
    fn derive(master: &MasterKey, salt: &[u8; 32]) -> Result<Self, VaultError> {
        let root: Prk = Salt::new(HKDF_SHA256, salt).extract(master.expose());
        let derive = |purpose: &[u8]| {
            let mut key = Zeroizing::new([0; KEY_BYTES]);
            root.expand(&[purpose], HKDF_SHA256)?.fill(key.as_mut_slice())?;
            Ok::<_, Unspecified>(key)
        };
        let [encryption, commitment] =
            [&b"tokscope vault 1: encryption"[..], b"tokscope vault 1: commitment"].map(derive);
        let refused = |_| VaultError::Crypto;
        Ok(Self { encryption: encryption.map_err(refused)?, commitment: commitment.map_err(refused)? })
    }

    fn encryption(&self) -> Result<LessSafeKey, VaultError> {
        let key = UnboundKey::new(&AES_256_GCM, self.encryption.as_slice()).map_err(|_| VaultError::Crypto)?;
        Ok(LessSafeKey::new(key))
    }
}

pub(super) fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| VaultError::Crypto)?;
    Ok(bytes)
}

fn take<'b, const N: usize>(rest: &mut &'b [u8]) -> Result<&'b [u8; N], VaultError> {
    let (taken, after) = rest.split_first_chunk().ok_or(VaultError::Damaged("it is truncated"))?;
    *rest = after;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    const CONTENT: &[u8] = b"{\"records\":[]}";

    #[test]
    fn a_sealed_file_opens_only_with_its_key() {
        let (key, other) = (MasterKey::random().unwrap(), MasterKey::random().unwrap());
        let header = Header::new(Lock::Keyring).unwrap();
        let file = header.seal(CONTENT, &key).unwrap();
        assert!(!file.windows(7).any(|window| window == b"records"));
        assert_eq!(Header::read(&file).unwrap(), header);
        assert_eq!(header.open(&mut file.clone(), &key).unwrap(), CONTENT);
        assert_eq!(header.open(&mut file.clone(), &other).unwrap_err(), VaultError::WrongKey(StoreKind::Keyring));
        // the same content twice, but no run of bytes after the fixed part is repeated
        let again = header.seal(CONTENT, &key).unwrap();
        assert_ne!(file[61..93], again[61..93]);
        assert_ne!(file[HEADER_BYTES..], again[HEADER_BYTES..]);
    }

    #[test]
    fn every_changed_byte_and_truncation_is_detected() {
        let key = MasterKey::random().unwrap();
        let header = Header::new(Lock::Keyring).unwrap();
        let file = header.seal(CONTENT, &key).unwrap();
        let opened =
            |file: &[u8]| Header::read(file).and_then(|header| header.open(&mut file.to_vec(), &key).map(<[u8]>::len));
        for index in 0..file.len() {
            for bit in [1, 0x80] {
                let mut changed = file.clone();
                changed[index] ^= bit;
                assert!(opened(&changed).is_err(), "byte {index}");
            }
            assert!(opened(&file[..index]).is_err(), "cut at {index}");
        }
        assert!(opened(&[file.clone(), vec![0]].concat()).is_err());
    }

    #[test]
    fn key_derivation_follows_the_header_within_bounds() {
        let stretch = Stretch { memory: 8 << 10, passes: 1, lanes: 1, salt: [7; 16] };
        let key = stretch.key(&Secret::new("correct horse")).unwrap();
        let header = Header::new(Lock::Passphrase(stretch)).unwrap();
        let file = header.seal(CONTENT, &key).unwrap();
        let read = Header::read(&file).unwrap();
        assert_eq!(read, header);
        assert_eq!(read.open(&mut file.clone(), &key).unwrap(), CONTENT);
        let wrong = stretch.key(&Secret::new("correct horsf")).unwrap();
        assert_eq!(read.open(&mut file.clone(), &wrong).unwrap_err(), VaultError::WrongKey(StoreKind::Passphrase));
        for (memory, passes, lanes) in [(u32::MAX, 1, 1), (8 << 10, u32::MAX, 1), (8 << 10, 1, 17), (0, 1, 1)] {
            let greedy = Lock::Passphrase(Stretch { memory, passes, lanes, salt: [0; 16] });
            let file = Header { lock: greedy, ..header }.seal(CONTENT, &key).unwrap();
            assert!(matches!(Header::read(&file), Err(VaultError::Damaged(_))), "{memory} {passes} {lanes}");
        }
        assert!(Stretch::new().unwrap().is_bounded());
    }
}
