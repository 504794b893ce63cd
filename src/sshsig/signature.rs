//! Parses and verifies a signature.

use aws_lc_rs::digest::{Algorithm, SHA256, SHA512, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA512, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::armor::Block;
use super::key::{KeyError, KeyKind, Material, PublicKey};
use super::wire::{Wire, write_string};

/// Label of the armor.
pub const SIGNATURE_LABEL: &str = "SSH SIGNATURE";

/// First bytes of a signature, and of what is signed.
const MAGIC: &[u8; 6] = b"SSHSIG";

/// Flag of a security key: the user touched it.
const USER_PRESENT: u8 = 1;

/// Columns of the armor, which OpenSSH writes.
const COLUMNS: usize = 70;

/// Why a signature can't be read, or is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not an SSH signature, or incomplete.
    #[error("the signature is incomplete or damaged")]
    Damaged,
    /// Another version of the format.
    #[error("the signature has format version {0}; only version 1 is known")]
    Version(u32),
    /// The key in it can't be used.
    #[error("the key of the signature can't be used: {0}")]
    Key(KeyError),
    /// Made with a certificate.
    #[error("the signature was made with a certificate, which is not supported: sign with the key itself")]
    Certificate,
    /// Made for something else.
    #[error("the signature was made for the namespace `{found}`, not for `{expected}`")]
    Namespace {
        /// Namespace of the signature.
        found: String,
        /// Required namespace.
        expected: String,
    },
    /// Another hash than SHA-256 and SHA-512.
    #[error("the signature uses the hash `{0}`; `sha256` and `sha512` are supported")]
    Hash(String),
    /// An algorithm that does not belong to the key, such as RSA with SHA-1.
    #[error("the signature uses the algorithm `{0}`, which is not accepted for this key")]
    Algorithm(String),
    /// The user did not touch the security key.
    #[error("the security key was used without a touch, which is not accepted")]
    Untouched,
    /// It does not match the text.
    #[error("the signature does not match the text")]
    Mismatch,
}

/// A signature with the key that made it. Only [`Self::verify`] tells whether it is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    key: PublicKey,
    namespace: Vec<u8>,
    hash: String,
    algorithm: String,
    raw: Vec<u8>,
    /// Flags and counter of a security key.
    touched: Option<(u8, u32)>,
    /// The encoded signature.
    bytes: Vec<u8>,
}

impl Signature {
    /// Parses the content of an armor.
    ///
    /// # Errors
    /// See [`SignatureError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, SignatureError> {
        let damaged = || SignatureError::Damaged;
        let mut wire = Wire(bytes.strip_prefix(MAGIC).ok_or_else(damaged)?);
        let version = wire.number().ok_or_else(damaged)?;
        if version != 1 {
            return Err(SignatureError::Version(version));
        }
        let blob = wire.string().ok_or_else(damaged)?;
        let key = PublicKey::from_blob(blob).map_err(|error| match error {
            KeyError::Certificate(_) => SignatureError::Certificate,
            error => SignatureError::Key(error),
        })?;
        let namespace = wire.string().ok_or_else(damaged)?.to_vec();
        // reserved for extensions of the format
        wire.string().ok_or_else(damaged)?;
        let hash = wire.name().ok_or_else(damaged)?.to_owned();
        let inner = wire.string().ok_or_else(damaged)?;
        if !wire.is_empty() || namespace.is_empty() {
            return Err(SignatureError::Damaged);
        }
        let mut inner = Wire(inner);
        let algorithm = inner.name().ok_or_else(damaged)?.to_owned();
        let signature = inner.string().ok_or_else(damaged)?.to_vec();
        let touched = match key.kind() {
            KeyKind::SecurityEd25519 | KeyKind::SecurityP256 => {
                Some((inner.byte().ok_or_else(damaged)?, inner.number().ok_or_else(damaged)?))
            }
            _ => None,
        };
        if !inner.is_empty() {
            return Err(SignatureError::Algorithm(algorithm));
        }
        Ok(Self { key, namespace, hash, algorithm, raw: signature, touched, bytes: bytes.to_vec() })
    }

    /// Parses a block.
    ///
    /// # Errors
    /// See [`SignatureError`].
    pub fn from_block(block: &Block) -> Result<Self, SignatureError> {
        Self::parse(&block.base64().ok_or(SignatureError::Damaged)?)
    }

    /// Returns the key that the signature names.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Returns the armor that OpenSSH accepts: lines of 70 columns that end in LF.
    #[must_use]
    pub fn armor(&self) -> String {
        let encoded = STANDARD.encode(&self.bytes);
        let lines = encoded.as_bytes().chunks(COLUMNS).map(String::from_utf8_lossy);
        let body: Vec<_> = lines.collect();
        format!("-----BEGIN {SIGNATURE_LABEL}-----\n{}\n-----END {SIGNATURE_LABEL}-----\n", body.join("\n"))
    }

    /// Verifies that the key has signed these bytes for this namespace.
    ///
    /// # Errors
    /// See [`SignatureError`].
    pub fn verify(&self, namespace: &str, message: &[u8]) -> Result<(), SignatureError> {
        if self.namespace != namespace.as_bytes() {
            let found = String::from_utf8_lossy(&self.namespace).chars().take(64).collect();
            return Err(SignatureError::Namespace { found, expected: namespace.to_owned() });
        }
        let hash: &'static Algorithm = match self.hash.as_str() {
            "sha256" => &SHA256,
            "sha512" => &SHA512,
            other => return Err(SignatureError::Hash(other.chars().take(64).collect())),
        };
        let mut signed = MAGIC.to_vec();
        write_string(&mut signed, &self.namespace);
        write_string(&mut signed, b"");
        write_string(&mut signed, self.hash.as_bytes());
        write_string(&mut signed, digest(hash, message).as_ref());
        if let Some((flags, counter)) = self.touched {
            // a security key signs the hash of its application, flags, counter, and the hash of the data (PROTOCOL.u2f)
            let mut inner = digest(&SHA256, &self.key.application).as_ref().to_vec();
            inner.push(flags);
            inner.extend(counter.to_be_bytes());
            inner.extend(digest(&SHA256, &signed).as_ref());
            signed = inner;
        }
        self.check(&signed)?;
        match self.touched {
            Some((flags, _)) if flags & USER_PRESENT == 0 => Err(SignatureError::Untouched),
            _ => Ok(()),
        }
    }

    fn check(&self, signed: &[u8]) -> Result<(), SignatureError> {
        let mismatch = |_| SignatureError::Mismatch;
        let wrong = || SignatureError::Algorithm(self.algorithm.chars().take(64).collect());
        let verify = |algorithm: &'static dyn VerificationAlgorithm, key: &[u8], signature: &[u8]| {
            UnparsedPublicKey::new(algorithm, key).verify(signed, signature).map_err(mismatch)
        };
        if self.key.kind() != KeyKind::Rsa && self.algorithm != self.key.kind().as_str() {
            return Err(wrong());
        }
        match &self.key.material {
            Material::Point(point) => verify(&ED25519, point, &self.raw),
            Material::Curve(point) => {
                let (_, size) = self.key.kind().curve().ok_or(SignatureError::Damaged)?;
                let signature = fixed(&self.raw, size).ok_or(SignatureError::Damaged)?;
                match size {
                    32 => verify(&ECDSA_P256_SHA256_FIXED, point, &signature),
                    48 => verify(&ECDSA_P384_SHA384_FIXED, point, &signature),
                    _ => verify(&ECDSA_P521_SHA512_FIXED, point, &signature),
                }
            }
            Material::Rsa { exponent, modulus } => {
                let algorithm = match self.algorithm.as_str() {
                    "rsa-sha2-256" => &RSA_PKCS1_2048_8192_SHA256,
                    "rsa-sha2-512" => &RSA_PKCS1_2048_8192_SHA512,
                    _ => return Err(wrong()),
                };
                let signature = padded(&self.raw, modulus.len()).ok_or(SignatureError::Mismatch)?;
                RsaPublicKeyComponents { n: modulus, e: exponent }
                    .verify(algorithm, signed, &signature)
                    .map_err(mismatch)
            }
        }
    }
}

/// Converts an ECDSA signature, two integers (RFC 5656 §3.1.2), to two numbers of the same size.
fn fixed(signature: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut wire = Wire(signature);
    let mut both = padded(wire.integer()?, size)?;
    both.extend(padded(wire.integer()?, size)?);
    wire.is_empty().then_some(both)
}

/// Adds leading zeros.
fn padded(number: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; size.checked_sub(number.len())?];
    bytes.extend(number);
    Some(bytes)
}
