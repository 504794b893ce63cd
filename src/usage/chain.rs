//! Hashes and signatures of the log.
//!
//! Each line holds the SHA-256 of the previous line's exact bytes, so no canonical JSON is needed, and ends with `mac`,
//! the HMAC-SHA-256 of everything before it under the log's key.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;
use zeroize::Zeroizing;

use super::record::Record;

/// `prev` of the first record.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What comes between the authenticated bytes of a line and its code.
const MAC: &str = ",\"mac\":\"";

/// Length of a code in hexadecimal.
const MAC_DIGITS: usize = 64;

/// Formats bytes in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS.get(usize::from(value)).copied().unwrap_or(b'0'));
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

/// Parses lower-case hexadecimal.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some((digit(*pair.first()?)? << 4) | digit(*pair.get(1)?)?)).collect()
}

/// Returns the SHA-256 of a line, in hexadecimal.
#[must_use]
pub fn hash(line: &[u8]) -> String {
    hex(digest(&SHA256, line).as_ref())
}

/// Splits a line into its authenticated bytes and its code.
#[must_use]
pub fn sealed(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let body = line.strip_suffix(b"\"}")?;
    let (rest, mac) = body.split_at_checked(body.len().checked_sub(MAC_DIGITS)?)?;
    Some((rest.strip_suffix(MAC.as_bytes())?, mac))
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// The key of a log. Wiped when dropped.
#[derive(Clone)]
pub struct LogKey {
    bytes: Zeroizing<[u8; 32]>,
    lines: hmac::Key,
    tokens: hmac::Key,
}

impl fmt::Debug for LogKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LogKey([redacted])")
    }
}

impl LogKey {
    /// Wraps a key of 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        let extracted = extracted(&bytes);
        let lines = hmac::Key::new(hmac::HMAC_SHA256, &derived(&extracted, "tokscope audit line 1")[..]);
        let tokens = hmac::Key::new(hmac::HMAC_SHA256, &derived(&extracted, "tokscope audit token 1")[..]);
        Self { bytes: Zeroizing::new(bytes), lines, tokens }
    }

    /// Returns the bytes, to store them. Review every call.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Returns the fingerprint of a token: 16 bytes in hexadecimal, which only the holder of the key can compute.
    #[must_use]
    pub fn fingerprint(&self, token: &str) -> String {
        let tag = hmac::sign(&self.tokens, token.as_bytes());
        hex(tag.as_ref().get(..16).unwrap_or_default())
    }

    /// Returns a record as a line, with its code and without a line break.
    #[must_use]
    pub fn line(&self, record: Record) -> Vec<u8> {
        let mut line = record.into_json();
        line.pop();
        let tag = hmac::sign(&self.lines, line.as_bytes());
        line.push_str(MAC);
        line.push_str(&hex(tag.as_ref()));
        line.push_str("\"}");
        line.into_bytes()
    }

    /// Whether the code of a line fits.
    #[must_use]
    pub fn fits(&self, line: &[u8]) -> bool {
        let Some((body, mac)) = sealed(line) else { return false };
        let Some(mac) = std::str::from_utf8(mac).ok().and_then(unhex) else { return false };
        hmac::verify(&self.lines, body, &mac).is_ok()
    }

    fn signer(&self) -> Option<Ed25519KeyPair> {
        Ed25519KeyPair::from_seed_unchecked(&derived(&extracted(&self.bytes), "tokscope audit checkpoint 1")[..]).ok()
    }

    /// Returns the public key that verifies checkpoints.
    #[must_use]
    pub fn verifying_key(&self) -> Option<[u8; 32]> {
        self.signer()?.public_key().as_ref().try_into().ok()
    }
}

/// Extracts the key from which those for each purpose are derived.
fn extracted(key: &[u8; 32]) -> Prk {
    Salt::new(HKDF_SHA256, &[]).extract(key)
}

fn derived(key: &Prk, purpose: &str) -> Zeroizing<[u8; 32]> {
    let mut derived = Zeroizing::new([0; 32]);
    // the length is within the limit of HKDF
    if let Ok(okm) = key.expand(&[purpose.as_bytes()], Length(32)) {
        let _ = okm.fill(derived.as_mut_slice());
    }
    derived
}

/// A statement about the state of a log, in the form of a signed note (C2SP tlog-checkpoint): origin, number of records,
/// hash of the last one, and an Ed25519 signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Identifier of the log.
    pub log: String,
    /// Number of records.
    pub size: u64,
    /// Hash of the last record, in hexadecimal.
    pub head: String,
}

/// Why a checkpoint is not accepted.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CheckpointError {
    /// Not in the form of a checkpoint.
    #[error("it is not a checkpoint of tokscope")]
    Malformed,
    /// The signature is wrong, or by another key.
    #[error("its signature does not verify with the key of this log")]
    Signature,
}

/// Algorithm identifier of Ed25519 in signed notes.
const ED25519_NOTE: u8 = 1;

impl Checkpoint {
    fn origin(&self) -> String {
        format!("tokscope-audit/{}", self.log)
    }

    fn text(&self) -> String {
        let head = STANDARD.encode(unhex(&self.head).unwrap_or_default());
        format!("{}\n{}\n{head}\n", self.origin(), self.size)
    }

    /// Key hash of a signed note: the first four bytes of SHA-256 over name, line break, algorithm and public key.
    fn key_hash(&self, public: &[u8]) -> Vec<u8> {
        let bytes = [self.origin().as_bytes(), b"\n", &[ED25519_NOTE], public].concat();
        digest(&SHA256, &bytes).as_ref().get(..4).unwrap_or_default().to_vec()
    }

    /// Signs it with the key of the log.
    #[must_use]
    pub fn signed(&self, key: &LogKey) -> Option<String> {
        let (signer, public) = (key.signer()?, key.verifying_key()?);
        let text = self.text();
        let signature = [self.key_hash(&public).as_slice(), signer.sign(text.as_bytes()).as_ref()].concat();
        Some(format!("{text}\n\u{2014} {} {}\n", self.origin(), STANDARD.encode(signature)))
    }

    /// Returns the public key in the form of a signed note's verifier key.
    #[must_use]
    pub fn verifier_key(&self, public: &[u8; 32]) -> String {
        let key = [[ED25519_NOTE].as_slice(), public].concat();
        format!("{}+{}+{}", self.origin(), hex(&self.key_hash(public)), STANDARD.encode(key))
    }

    /// Reads a checkpoint, and verifies its signature.
    ///
    /// # Errors
    /// If it is malformed, or not signed with this key.
    pub fn read(text: &str, key: &LogKey) -> Result<Self, CheckpointError> {
        let normal = text.replace("\r\n", "\n");
        let (body, signatures) = normal.split_once("\n\n").ok_or(CheckpointError::Malformed)?;
        let mut lines = body.lines();
        let mut next = || lines.next().ok_or(CheckpointError::Malformed);
        let log = next()?.strip_prefix("tokscope-audit/").ok_or(CheckpointError::Malformed)?.to_owned();
        let size = next()?.parse().map_err(|_| CheckpointError::Malformed)?;
        let head = hex(&STANDARD.decode(next()?).map_err(|_| CheckpointError::Malformed)?);
        let checkpoint = Self { log, size, head };
        let public = key.verifying_key().ok_or(CheckpointError::Signature)?;
        let prefix = format!("\u{2014} {} ", checkpoint.origin());
        let signed = signatures.lines().filter_map(|line| line.strip_prefix(&prefix)).any(|encoded| {
            let Ok(bytes) = STANDARD.decode(encoded.trim()) else { return false };
            let Some((hash, signature)) = bytes.split_at_checked(4) else { return false };
            let verifier = UnparsedPublicKey::new(&ED25519, public);
            hash == checkpoint.key_hash(&public) && verifier.verify(checkpoint.text().as_bytes(), signature).is_ok()
        });
        if signed { Ok(checkpoint) } else { Err(CheckpointError::Signature) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::Event;
    use super::*;

    #[test]
    fn a_line_is_bound_to_its_key_and_bytes() {
        let (key, other) = (LogKey::new([7; 32]), LogKey::new([8; 32]));
        let line = key.line(Record::new(Event::Use));
        assert!(key.fits(&line) && !other.fits(&line));
        for index in 0..line.len() {
            let mut changed = line.clone();
            changed[index] ^= 1;
            assert!(!key.fits(&changed), "byte {index}");
        }
    }

    #[test]
    fn a_fingerprint_depends_on_the_key() {
        let (key, other) = (LogKey::new([7; 32]), LogKey::new([8; 32]));
        assert_eq!(key.fingerprint("token").len(), 32);
        assert_eq!(key.fingerprint("token"), key.fingerprint("token"));
        assert_ne!(key.fingerprint("token"), other.fingerprint("token"));
    }

    #[test]
    fn a_checkpoint_is_read_back_only_with_its_key() {
        let (key, other) = (LogKey::new([7; 32]), LogKey::new([8; 32]));
        let checkpoint = Checkpoint { log: "abc".to_owned(), size: 12, head: "ab".repeat(32) };
        let text = checkpoint.signed(&key).unwrap();
        assert_eq!(Checkpoint::read(&text, &key), Ok(checkpoint.clone()));
        assert_eq!(Checkpoint::read(&text.replace('\n', "\r\n"), &key), Ok(checkpoint));
        assert_eq!(Checkpoint::read(&text, &other), Err(CheckpointError::Signature));
        assert_eq!(Checkpoint::read(&text.replace("\n12\n", "\n13\n"), &key), Err(CheckpointError::Signature));
        assert_eq!(Checkpoint::read("text", &key), Err(CheckpointError::Malformed));
    }
}
