//! Key management: determines the content encryption key (`alg`, RFC 7518 §4).

use std::num::NonZeroU32;

use aes_kw::KekAes192;
use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, UnparsedPublicKey};
use aws_lc_rs::kdf::{self, SskdfDigestAlgorithmId};
use aws_lc_rs::key_wrap::{self, AesKek, KeyWrap as _};
use aws_lc_rs::pbkdf2;
use aws_lc_rs::rsa::{self, OaepAlgorithm, OaepPrivateDecryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::content::Content;
use super::key::Material;
use super::{DecryptError, DecryptionKey};
use crate::token::Json;

/// Maximum iterations of PBKDF2 (draft-ietf-oauth-rfc8725bis; CVE-2023-50967).
pub(super) const MOST_ITERATIONS: u32 = 1_200_000;

type Bytes = Zeroizing<Vec<u8>>;

/// A key management algorithm.
#[derive(Clone, Copy)]
pub(super) enum Management {
    /// The key itself encrypts the content.
    Direct,
    Wrap(Kek),
    GcmWrap(&'static aead::Algorithm),
    Oaep(&'static OaepAlgorithm),
    /// Diffie-Hellman, for the content encryption key or for a key that wraps it.
    Agree(Option<Kek>),
    Password(pbkdf2::Algorithm, Kek),
}

/// AES key wrap, by key size in bits.
#[derive(Clone, Copy)]
pub(super) enum Kek {
    Aes128,
    Aes192,
    Aes256,
}

impl Kek {
    /// Returns the key length in bytes.
    fn key_length(self) -> usize {
        match self {
            Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// Unwraps a key (RFC 3394).
    fn unwrap(self, key: &[u8], encrypted: &[u8]) -> Result<Bytes, DecryptError> {
        if key.len() != self.key_length() {
            return Err(wrong_length());
        }
        let mut plain = Zeroizing::new(vec![0; encrypted.len()]);
        let cipher = match self {
            Self::Aes128 => &key_wrap::AES_128,
            Self::Aes256 => &key_wrap::AES_256,
            Self::Aes192 => {
                let kek = KekAes192::try_from(key).map_err(|_| wrong_length())?;
                plain.truncate(encrypted.len().saturating_sub(aes_kw::IV_LEN));
                kek.unwrap(encrypted, &mut plain).map_err(|_| DecryptError::Failed)?;
                return Ok(plain);
            }
        };
        Ok(Zeroizing::new(AesKek::new(cipher, key)?.unwrap(encrypted, &mut plain)?.to_vec()))
    }
}

impl Management {
    pub(super) fn named(alg: &str) -> Result<Self, DecryptError> {
        Ok(match alg {
            "dir" => Self::Direct,
            "A128KW" => Self::Wrap(Kek::Aes128),
            "A192KW" => Self::Wrap(Kek::Aes192),
            "A256KW" => Self::Wrap(Kek::Aes256),
            "A128GCMKW" => Self::GcmWrap(&aead::AES_128_GCM),
            "A192GCMKW" => Self::GcmWrap(&aead::AES_192_GCM),
            "A256GCMKW" => Self::GcmWrap(&aead::AES_256_GCM),
            "RSA-OAEP" => Self::Oaep(&rsa::OAEP_SHA1_MGF1SHA1),
            "RSA-OAEP-256" => Self::Oaep(&rsa::OAEP_SHA256_MGF1SHA256),
            "RSA-OAEP-384" => Self::Oaep(&rsa::OAEP_SHA384_MGF1SHA384),
            "RSA-OAEP-512" => Self::Oaep(&rsa::OAEP_SHA512_MGF1SHA512),
            "ECDH-ES" => Self::Agree(None),
            "ECDH-ES+A128KW" => Self::Agree(Some(Kek::Aes128)),
            "ECDH-ES+A192KW" => Self::Agree(Some(Kek::Aes192)),
            "ECDH-ES+A256KW" => Self::Agree(Some(Kek::Aes256)),
            "PBES2-HS256+A128KW" => Self::Password(pbkdf2::PBKDF2_HMAC_SHA256, Kek::Aes128),
            "PBES2-HS384+A192KW" => Self::Password(pbkdf2::PBKDF2_HMAC_SHA384, Kek::Aes192),
            "PBES2-HS512+A256KW" => Self::Password(pbkdf2::PBKDF2_HMAC_SHA512, Kek::Aes256),
            "RSA1_5" => {
                let reason = "`RSA1_5` is not supported: its padding is insecure (RFC 8725 §3.2)";
                return Err(DecryptError::Algorithm(reason.to_owned()));
            }
            _ => return Err(DecryptError::Algorithm(format!("unsupported key management algorithm `{alg}`"))),
        })
    }

    /// Determines the content encryption key.
    pub(super) fn content_key(
        self,
        key: &DecryptionKey,
        header: &Json,
        encrypted: &[u8],
        content: &Content,
        (alg, enc): (&str, &str),
    ) -> Result<Bytes, DecryptError> {
        let found = match (self, &key.material) {
            (Self::Direct, Material::Secret(secret)) if encrypted.is_empty() => secret.clone(),
            (Self::Wrap(kek), Material::Secret(secret)) => kek.unwrap(secret, encrypted)?,
            (Self::GcmWrap(algorithm), Material::Secret(secret)) => {
                let mut wrapped = encrypted.to_vec();
                wrapped.extend_from_slice(&parameter(header, "tag", Some(16))?);
                let nonce = Nonce::try_assume_unique_for_key(&parameter(header, "iv", Some(12))?)?;
                let key = LessSafeKey::new(UnboundKey::new(algorithm, secret).map_err(|_| wrong_length())?);
                Zeroizing::new(key.open_in_place(nonce, Aad::empty(), &mut wrapped)?.to_vec())
            }
            (Self::Oaep(algorithm), Material::Rsa(private)) => {
                let private = OaepPrivateDecryptingKey::new(private.clone())?;
                let mut plain = Zeroizing::new(vec![0; private.min_output_size()]);
                Zeroizing::new(private.decrypt(algorithm, encrypted, &mut plain, None)?.to_vec())
            }
            (Self::Agree(kek), Material::Curve(private)) => {
                // without key wrapping, the derived key encrypts the content, and `enc` is its algorithm ID
                let (name, length) = kek.map_or((enc, content.key_length()), |kek| (alg, kek.key_length()));
                let derived = agree(private, header, name, length)?;
                match kek {
                    Some(kek) => kek.unwrap(&derived, encrypted)?,
                    None if encrypted.is_empty() => derived,
                    None => return Err(DecryptError::Failed),
                }
            }
            (Self::Password(digest, kek), Material::Secret(password)) => {
                kek.unwrap(&stretch(digest, kek.key_length(), password, header, alg)?, encrypted)?
            }
            (Self::Direct, Material::Secret(_)) => return Err(DecryptError::Failed),
            _ => return Err(DecryptError::Key(format!("`{alg}` requires another type of key"))),
        };
        if found.len() == content.key_length() { Ok(found) } else { Err(DecryptError::Failed) }
    }
}

fn wrong_length() -> DecryptError {
    DecryptError::Key("it has the wrong length".to_owned())
}

/// Derives a key by Diffie-Hellman (RFC 7518 §4.6).
fn agree(private: &agreement::PrivateKey, header: &Json, name: &str, length: usize) -> Result<Bytes, DecryptError> {
    let epk = header.get("epk").ok_or(DecryptError::Form("`epk` is missing in the header"))?;
    let mut point = if epk.get("y").is_some() { vec![4] } else { Vec::new() };
    for coordinate in ["x", "y"].into_iter().take(if point.is_empty() { 1 } else { 2 }) {
        point.extend_from_slice(&parameter(epk, coordinate, None)?);
    }
    let mut info = Vec::new();
    let party = |name: &str| header.get(name).map_or(Ok(Vec::new()), |_| parameter(header, name, None));
    for part in [name.as_bytes(), &party("apu")?, &party("apv")?] {
        info.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        info.extend_from_slice(part);
    }
    info.extend_from_slice(&u32::try_from(length * 8).unwrap_or(u32::MAX).to_be_bytes());
    let concat = kdf::get_sskdf_digest_algorithm(SskdfDigestAlgorithmId::Sha256).ok_or(DecryptError::Failed)?;
    let peer = UnparsedPublicKey::new(private.algorithm(), point);
    agreement::agree(private, peer, DecryptError::Failed, |shared| {
        let mut derived = Zeroizing::new(vec![0; length]);
        kdf::sskdf_digest(concat, shared, &info, &mut derived)?;
        Ok(derived)
    })
}

/// Derives a key from a password (RFC 7518 §4.8).
fn stretch(
    digest: pbkdf2::Algorithm,
    length: usize,
    password: &[u8],
    header: &Json,
    alg: &str,
) -> Result<Bytes, DecryptError> {
    let count = match header.get("p2c") {
        Some(Json::Number(text)) => text.parse::<u32>().ok().filter(|count| *count <= MOST_ITERATIONS),
        _ => None,
    };
    let count = count.and_then(NonZeroU32::new);
    let count = count.ok_or(DecryptError::Limit("`p2c` is not between 1 and 1,200,000"))?;
    let mut salt = [alg.as_bytes(), &[0]].concat();
    salt.extend_from_slice(&parameter(header, "p2s", None)?);
    let mut key = Zeroizing::new(vec![0; length]);
    pbkdf2::derive(digest, count, &salt, password, &mut key);
    Ok(key)
}

/// Decodes a header parameter, which must have the given length if there is one.
fn parameter(object: &Json, name: &str, length: Option<usize>) -> Result<Vec<u8>, DecryptError> {
    let text = object.get(name).and_then(Json::as_str);
    let bytes = text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    bytes
        .filter(|bytes| length.is_none_or(|length| bytes.len() == length))
        .ok_or(DecryptError::Form("a header parameter of the algorithm is missing or invalid"))
}
