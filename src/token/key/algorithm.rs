//! Signature algorithms, each with its type of key.

use std::fmt;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self, RsaParameters, VerificationAlgorithm};

/// Type of a key. It alone determines the possible algorithms (RFC 8725 §3.1), so that a public key is never used as a
/// secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// Shared secret (`oct`, RFC 7518 §6.4).
    Secret,
    /// RSA (RFC 7518 §6.3).
    Rsa,
    /// NIST P-256 (RFC 7518 §6.2).
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// secp256k1 (RFC 8812).
    Secp256k1,
    /// Ed25519 (RFC 8037).
    Ed25519,
    /// ML-DSA-44 (`AKP`, FIPS 204).
    MlDsa44,
    /// ML-DSA-65 (`AKP`, FIPS 204).
    MlDsa65,
    /// ML-DSA-87 (`AKP`, FIPS 204).
    MlDsa87,
}

impl KeyType {
    /// Returns the name for people, with its article.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Secret => "a shared secret",
            Self::Rsa => "an RSA public key",
            Self::P256 => "a P-256 public key",
            Self::P384 => "a P-384 public key",
            Self::P521 => "a P-521 public key",
            Self::Secp256k1 => "a secp256k1 public key",
            Self::Ed25519 => "an Ed25519 public key",
            Self::MlDsa44 => "an ML-DSA-44 public key",
            Self::MlDsa65 => "an ML-DSA-65 public key",
            Self::MlDsa87 => "an ML-DSA-87 public key",
        }
    }
}

/// An algorithm of the crypto library.
#[derive(Clone, Copy)]
pub(super) enum Primitive {
    Hmac(hmac::Algorithm),
    Rsa(&'static RsaParameters),
    Other(&'static dyn VerificationAlgorithm),
}

struct Row {
    name: &'static str,
    key: KeyType,
    primitive: Primitive,
}

const fn row(name: &'static str, key: KeyType, primitive: Primitive) -> Row {
    Row { name, key, primitive }
}

/// Algorithms of RFC 7518 §3.1, RFC 8037 §3.1, RFC 8812 §3.2, RFC 9864 §2.2, draft-ietf-cose-dilithium.
static ROWS: [Row; 18] = [
    row("HS256", KeyType::Secret, Primitive::Hmac(hmac::HMAC_SHA256)),
    row("HS384", KeyType::Secret, Primitive::Hmac(hmac::HMAC_SHA384)),
    row("HS512", KeyType::Secret, Primitive::Hmac(hmac::HMAC_SHA512)),
    row("RS256", KeyType::Rsa, Primitive::Rsa(&signature::RSA_PKCS1_2048_8192_SHA256)),
    row("RS384", KeyType::Rsa, Primitive::Rsa(&signature::RSA_PKCS1_2048_8192_SHA384)),
    row("RS512", KeyType::Rsa, Primitive::Rsa(&signature::RSA_PKCS1_2048_8192_SHA512)),
    row("PS256", KeyType::Rsa, Primitive::Rsa(&signature::RSA_PSS_2048_8192_SHA256)),
    row("PS384", KeyType::Rsa, Primitive::Rsa(&signature::RSA_PSS_2048_8192_SHA384)),
    row("PS512", KeyType::Rsa, Primitive::Rsa(&signature::RSA_PSS_2048_8192_SHA512)),
    row("ES256", KeyType::P256, Primitive::Other(&signature::ECDSA_P256_SHA256_FIXED)),
    row("ES384", KeyType::P384, Primitive::Other(&signature::ECDSA_P384_SHA384_FIXED)),
    row("ES512", KeyType::P521, Primitive::Other(&signature::ECDSA_P521_SHA512_FIXED)),
    row("ES256K", KeyType::Secp256k1, Primitive::Other(&signature::ECDSA_P256K1_SHA256_FIXED)),
    row("EdDSA", KeyType::Ed25519, Primitive::Other(&signature::ED25519)),
    row("Ed25519", KeyType::Ed25519, Primitive::Other(&signature::ED25519)),
    row("ML-DSA-44", KeyType::MlDsa44, Primitive::Other(&signature::ML_DSA_44)),
    row("ML-DSA-65", KeyType::MlDsa65, Primitive::Other(&signature::ML_DSA_65)),
    row("ML-DSA-87", KeyType::MlDsa87, Primitive::Other(&signature::ML_DSA_87)),
];

/// A supported signature algorithm.
#[derive(Clone, Copy)]
pub struct Algorithm(&'static Row);

impl Algorithm {
    /// Returns all algorithms.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(Self)
    }

    /// Returns the algorithm with this value of `alg`, which is case-sensitive (RFC 7515 §4.1.1).
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|algorithm| algorithm.0.name == name)
    }

    /// Returns the value of `alg`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// Returns the type of key that it requires.
    #[must_use]
    pub fn key_type(self) -> KeyType {
        self.0.key
    }

    pub(super) fn primitive(self) -> Primitive {
        self.0.primitive
    }

    /// Returns whether a key for the other algorithm can verify this one: with an Ed25519 key, `EdDSA` and `Ed25519` are
    /// the same algorithm (RFC 9864 §2.2).
    pub(super) fn is_same_as(self, other: Self) -> bool {
        self == other || (self.0.key == KeyType::Ed25519 && other.0.key == KeyType::Ed25519)
    }
}

impl PartialEq for Algorithm {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Algorithm {}

impl fmt::Debug for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.name)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.0.name)
    }
}
