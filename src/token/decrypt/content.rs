//! Content decryption: AES-GCM, or AES-CBC with HMAC (RFC 7518 §5), and decompression.

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{self, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use zeroize::Zeroizing;

use super::{DecryptError, Parts};

/// Maximum size of decompressed content in bytes (draft-ietf-oauth-rfc8725bis).
const MOST_INFLATED: usize = 250_000;

/// Length of a tag in bytes. A shorter one is easier to forge.
const TAG: usize = 16;

/// A content encryption algorithm (`enc`).
pub(super) enum Content {
    Gcm(&'static aead::Algorithm),
    /// MAC, cipher, and the key length of each.
    Cbc(hmac::Algorithm, &'static cipher::Algorithm, usize),
}

impl Content {
    pub(super) fn named(enc: &str) -> Result<Self, DecryptError> {
        Ok(match enc {
            "A128GCM" => Self::Gcm(&aead::AES_128_GCM),
            "A192GCM" => Self::Gcm(&aead::AES_192_GCM),
            "A256GCM" => Self::Gcm(&aead::AES_256_GCM),
            "A128CBC-HS256" => Self::Cbc(hmac::HMAC_SHA256, &cipher::AES_128, 16),
            "A192CBC-HS384" => Self::Cbc(hmac::HMAC_SHA384, &cipher::AES_192, 24),
            "A256CBC-HS512" => Self::Cbc(hmac::HMAC_SHA512, &cipher::AES_256, 32),
            _ => return Err(DecryptError::Algorithm(format!("unsupported content encryption `{enc}`"))),
        })
    }

    /// Returns the key length in bytes.
    pub(super) fn key_length(&self) -> usize {
        match self {
            Self::Gcm(algorithm) => algorithm.key_len(),
            Self::Cbc(.., half) => 2 * half,
        }
    }

    /// Authenticates and decrypts the content.
    pub(super) fn open(&self, key: &[u8], header: &[u8], parts: Parts) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        let Parts { iv, mut ciphertext, tag, .. } = parts;
        if tag.len() != self.tag_length() {
            return Err(DecryptError::Failed);
        }
        let length = match self {
            Self::Gcm(algorithm) => {
                let key = LessSafeKey::new(UnboundKey::new(algorithm, key)?);
                ciphertext.extend_from_slice(&tag);
                let nonce = Nonce::try_assume_unique_for_key(&iv)?;
                key.open_in_place(nonce, Aad::from(header), &mut ciphertext)?.len()
            }
            Self::Cbc(mac, cipher, half) => {
                let (mac_key, cipher_key) = key.split_at_checked(*half).ok_or(DecryptError::Failed)?;
                let bits = (header.len() as u64 * 8).to_be_bytes();
                let mut context = hmac::Context::with_key(&hmac::Key::new(*mac, mac_key));
                for part in [header, &iv, &ciphertext, &bits] {
                    context.update(part);
                }
                let own = context.sign();
                verify_slices_are_equal(own.as_ref().get(..*half).unwrap_or_default(), &tag)?;
                let key = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(cipher, cipher_key)?)?;
                let iv = FixedLength::try_from(iv.as_slice())?;
                key.decrypt(&mut ciphertext, DecryptionContext::Iv128(iv))?.len()
            }
        };
        ciphertext.truncate(length);
        Ok(Zeroizing::new(ciphertext))
    }

    fn tag_length(&self) -> usize {
        match self {
            Self::Gcm(_) => TAG,
            Self::Cbc(.., half) => *half,
        }
    }
}

/// Decompresses `zip` `DEF` (RFC 7516 §4.1.3), up to a limit.
pub(super) fn inflate(plain: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    use miniz_oxide::inflate::TINFLStatus;
    decompress_to_vec_with_limit(plain, MOST_INFLATED).map(Zeroizing::new).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => DecryptError::Limit("the decompressed content exceeds 250 KB"),
        _ => DecryptError::Form("the content is not a DEFLATE stream"),
    })
}
