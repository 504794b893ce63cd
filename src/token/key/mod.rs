//! Verification keys: JWK and JWK Set (RFC 7517), PEM, DER, shared secrets. Parsed once for many tokens.

mod algorithm;
mod container;
mod jwk;
mod set;
mod weak;

use std::fmt;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ParsedPublicKey, RsaPublicKeyComponents};
use thiserror::Error;

use self::algorithm::Primitive;
pub use self::algorithm::{Algorithm, KeyType};
pub(super) use self::jwk::member;
pub use self::set::{Choice, KeySet};
use crate::secret::Secret;

/// Error of reading a key.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeyError {
    /// Not in a known format.
    #[error("not a valid key: expected a JWK, a JWK Set, or a public key or certificate in PEM or DER")]
    Unknown,
    /// PEM or DER without a usable key.
    #[error("{0}")]
    Container(String),
    /// Invalid JWK.
    #[error("invalid JWK: {0}")]
    Jwk(String),
    /// A public key was passed as a secret, but attackers know it too (CVE-2016-10555).
    #[error("not a shared secret but a key in a file format: a public key must not be used as an HMAC secret")]
    KeyAsSecret,
    /// The secret is empty.
    #[error("the secret is empty")]
    EmptySecret,
}

/// A key, prepared for the crypto library, with the algorithms it can verify.
pub struct Key {
    /// `kid` (RFC 7517 §4.5); `None` for a PEM or DER file.
    pub id: Option<String>,
    /// Type of the key.
    pub kind: KeyType,
    /// Prepared form for each algorithm that it can verify.
    prepared: Vec<(Algorithm, Prepared)>,
    /// Why it must not be used, by `use`, `key_ops` or `alg`.
    restriction: Option<String>,
    /// Why it is insecure.
    weakness: Option<String>,
    /// Length of a shared secret in bytes.
    secret_length: usize,
}

#[derive(Clone)]
enum Prepared {
    Hmac(hmac::Key),
    Public(ParsedPublicKey),
}

/// Key material.
enum Material<'m> {
    Secret(&'m [u8]),
    Rsa {
        modulus: &'m [u8],
        exponent: &'m [u8],
    },
    /// An elliptic curve point, the encoding of RFC 8032 or FIPS 204, or a `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7).
    Public(&'m [u8]),
}

impl Key {
    /// Creates a key from a shared secret.
    ///
    /// # Errors
    /// If it is empty, or is a key in a file format: see [`KeyError::KeyAsSecret`].
    pub fn secret(secret: &Secret) -> Result<Self, KeyError> {
        let bytes = secret.expose().as_bytes();
        if bytes.is_empty() {
            return Err(KeyError::EmptySecret);
        }
        if container::is_key_file(bytes) {
            return Err(KeyError::KeyAsSecret);
        }
        Self::new(KeyType::Secret, Material::Secret(bytes)).ok_or(KeyError::Unknown)
    }

    /// Prepares a key for every algorithm of its type; `None` if the crypto library rejects the material.
    fn new(kind: KeyType, material: Material<'_>) -> Option<Self> {
        let mut prepared = Vec::new();
        let mut weakness = None;
        if let Material::Rsa { modulus, exponent } = &material {
            weakness = weak::rsa(modulus, exponent);
        }
        // numbers of unreasonable size are not passed to the library
        if weakness.is_none() {
            for algorithm in Algorithm::all().filter(|algorithm| algorithm.key_type() == kind) {
                prepared.push((algorithm, prepare(algorithm, &material)?));
            }
        }
        let secret_length = if let Material::Secret(bytes) = material { bytes.len() } else { 0 };
        Some(Self { id: None, kind, prepared, restriction: None, weakness, secret_length })
    }

    /// Checks whether the key can verify this algorithm.
    ///
    /// # Errors
    /// The reason why not.
    pub fn permits(&self, algorithm: Algorithm) -> Result<(), String> {
        if algorithm.key_type() != self.kind {
            let more =
                if algorithm.key_type() == KeyType::Secret { ", which must not be used as an HMAC secret" } else { "" };
            let (needed, kind) = (algorithm.key_type().words(), self.kind.words());
            return Err(format!("`{algorithm}` requires {needed}, but the key is {kind}{more}"));
        }
        if let Some(reason) = self.restriction.as_ref().or(self.weakness.as_ref()) {
            return Err(reason.clone());
        }
        if self.prepared(algorithm).is_none() {
            let own: Vec<&str> = self.prepared.iter().map(|(algorithm, _)| algorithm.name()).collect();
            return Err(format!(
                "the token uses `{algorithm}`, but the key is restricted to `{}` (`alg`)",
                own.join("`, `")
            ));
        }
        Ok(())
    }

    /// Returns why the key is insecure for this algorithm, if it is.
    #[must_use]
    pub fn weakness(&self, algorithm: Algorithm) -> Option<String> {
        match algorithm.primitive() {
            Primitive::Hmac(digest) => weak::secret(self.secret_length, digest.tag_len()),
            Primitive::Rsa(_) | Primitive::Other(_) => self.weakness.clone(),
        }
    }

    fn prepared(&self, algorithm: Algorithm) -> Option<&Prepared> {
        self.prepared.iter().find(|(own, _)| *own == algorithm).map(|(_, prepared)| prepared)
    }

    /// Verifies a signature. False as well if the key can't verify this algorithm.
    #[must_use]
    pub fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match self.prepared(algorithm) {
            Some(Prepared::Hmac(key)) => hmac::verify(key, message, signature).is_ok(),
            Some(Prepared::Public(key)) => key.verify_sig(message, signature).is_ok(),
            None => false,
        }
    }
}

/// Omits the key material.
impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Key").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

fn prepare(algorithm: Algorithm, material: &Material<'_>) -> Option<Prepared> {
    match (algorithm.primitive(), material) {
        (Primitive::Hmac(digest), Material::Secret(bytes)) => Some(Prepared::Hmac(hmac::Key::new(digest, bytes))),
        (Primitive::Rsa(parameters), Material::Rsa { modulus, exponent }) => {
            let components = RsaPublicKeyComponents { n: modulus, e: exponent };
            components.to_parsed_public_key(parameters).ok().map(Prepared::Public)
        }
        (Primitive::Other(primitive), Material::Public(bytes)) => {
            ParsedPublicKey::new(primitive, bytes).ok().map(Prepared::Public)
        }
        _ => None,
    }
}
