//! Keys that verify tokens: JWK and JWK Set (RFC 7517), PEM, DER, shared secrets. Parsed once, used often.

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

/// Why there is no key in some bytes.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeyError {
    /// Neither JSON nor PEM nor DER of a kind that is known.
    #[error("this is no key: a JWK, a JWK Set, a PEM or a DER public key or certificate was expected")]
    Unknown,
    /// A PEM or DER container of something else.
    #[error("{0}")]
    Container(String),
    /// A JWK that breaks its rules.
    #[error("the JWK can't be used: {0}")]
    Jwk(String),
    /// A public key was given as a secret: an attacker knows it as well (CVE-2016-10555).
    #[error("this is a key in a file format, no shared secret: a public key is never an HMAC secret")]
    KeyAsSecret,
    /// No bytes.
    #[error("the secret is empty")]
    EmptySecret,
}

/// One key with what it may be used for, prepared for the crypto library.
pub struct Key {
    /// `kid` (RFC 7517 §4.5); none of a PEM or DER file.
    pub id: Option<String>,
    /// What it is.
    pub kind: KeyType,
    /// For each algorithm that it may verify, the prepared form.
    prepared: Vec<(Algorithm, Prepared)>,
    /// Why it may not be used although it is a key: `use`, `key_ops`, `alg`.
    restriction: Option<String>,
    /// Why it can't be relied on.
    weakness: Option<String>,
    /// The length of a shared secret in bytes.
    secret_length: usize,
}

#[derive(Clone)]
enum Prepared {
    Hmac(hmac::Key),
    Public(ParsedPublicKey),
}

/// What a key is made of.
enum Material<'m> {
    Secret(&'m [u8]),
    Rsa {
        modulus: &'m [u8],
        exponent: &'m [u8],
    },
    /// A point, the bytes of RFC 8032 or FIPS 204, or a `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7).
    Public(&'m [u8]),
}

impl Key {
    /// A shared secret, taken as it stands.
    ///
    /// # Errors
    /// When it is empty, or when it is a key in a file format: see [`KeyError::KeyAsSecret`].
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

    /// Prepares a key for every algorithm of its type; `None` if the crypto library refuses the material.
    fn new(kind: KeyType, material: Material<'_>) -> Option<Self> {
        let mut prepared = Vec::new();
        let mut weakness = None;
        if let Material::Rsa { modulus, exponent } = &material {
            weakness = weak::rsa(modulus, exponent);
        }
        // a number that is out of all proportion is not even given to the library
        if weakness.is_none() {
            for algorithm in Algorithm::all().filter(|algorithm| algorithm.key_type() == kind) {
                prepared.push((algorithm, prepare(algorithm, &material)?));
            }
        }
        let secret_length = if let Material::Secret(bytes) = material { bytes.len() } else { 0 };
        Some(Self { id: None, kind, prepared, restriction: None, weakness, secret_length })
    }

    /// Whether it may verify that algorithm.
    ///
    /// # Errors
    /// Why not, as the end of a sentence about the token.
    pub fn permits(&self, algorithm: Algorithm) -> Result<(), String> {
        if algorithm.key_type() != self.kind {
            let more = if algorithm.key_type() == KeyType::Secret { ", which is never an HMAC secret" } else { "" };
            let (needed, kind) = (algorithm.key_type().words(), self.kind.words());
            return Err(format!("`{algorithm}` needs {needed}, but the key is {kind}{more}"));
        }
        if let Some(reason) = self.restriction.as_ref().or(self.weakness.as_ref()) {
            return Err(reason.clone());
        }
        if self.prepared(algorithm).is_none() {
            let own: Vec<&str> = self.prepared.iter().map(|(algorithm, _)| algorithm.name()).collect();
            return Err(format!(
                "the token says `{algorithm}`, but the key is meant for `{}` (`alg`)",
                own.join("`, `")
            ));
        }
        Ok(())
    }

    /// Why it can't be relied on for that algorithm, though it fits.
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

    /// Whether this is the signature of the message by this key. False as well when the key may not verify that
    /// algorithm.
    #[must_use]
    pub fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match self.prepared(algorithm) {
            Some(Prepared::Hmac(key)) => hmac::verify(key, message, signature).is_ok(),
            Some(Prepared::Public(key)) => key.verify_sig(message, signature).is_ok(),
            None => false,
        }
    }
}

/// Never shows the material.
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
