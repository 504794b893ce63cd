//! The signature algorithms, each with the one type of key that it takes.

use std::fmt;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self, RsaParameters, VerificationAlgorithm};

/// What a key is. The type decides which algorithms the key can take part in (RFC 8725 §3.1): a public key is never
/// a secret, whatever a token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// Octets that both sides know (`oct`, RFC 7518 §6.4).
    Secret,
    /// RFC 7518 §6.3.
    Rsa,
    /// NIST P-256 (RFC 7518 §6.2).
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// secp256k1 (RFC 8812).
    Secp256k1,
    /// RFC 8037.
    Ed25519,
    /// FIPS 204 (`AKP`).
    MlDsa44,
    /// FIPS 204 (`AKP`).
    MlDsa65,
    /// FIPS 204 (`AKP`).
    MlDsa87,
}

impl KeyType {
    /// In words, with its article.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Secret => "a shared secret",
            Self::Rsa => "an RSA public key",
            Self::P256 => "a public key on P-256",
            Self::P384 => "a public key on P-384",
            Self::P521 => "a public key on P-521",
            Self::Secp256k1 => "a public key on secp256k1",
            Self::Ed25519 => "an Ed25519 public key",
            Self::MlDsa44 => "an ML-DSA-44 public key",
            Self::MlDsa65 => "an ML-DSA-65 public key",
            Self::MlDsa87 => "an ML-DSA-87 public key",
        }
    }
}

/// How the crypto library names an algorithm.
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

/// RFC 7518 §3.1, RFC 8037 §3.1, RFC 8812 §3.2, RFC 9864 §2.2, draft-ietf-cose-dilithium.
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

/// A signature algorithm that can be verified, by its `alg` name.
#[derive(Clone, Copy)]
pub struct Algorithm(&'static Row);

impl Algorithm {
    /// Every one of them.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(Self)
    }

    /// By the value of `alg`, which is case-sensitive (RFC 7515 §4.1.1).
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|algorithm| algorithm.0.name == name)
    }

    /// The value of `alg`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The one type of key that it takes.
    #[must_use]
    pub fn key_type(self) -> KeyType {
        self.0.key
    }

    pub(super) fn primitive(self) -> Primitive {
        self.0.primitive
    }

    /// Whether a key that is meant for the other may verify this one: `Ed25519` is the newer name of the only `EdDSA`
    /// that an Ed25519 key can make (RFC 9864 §2.2).
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
