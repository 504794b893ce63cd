//! JWE (RFC 7516, RFC 7518 §4 and §5) with a key that was given: content key, content, decompression, each bounded.
//!
//! Decrypting proves that the sender had the recipient's public key or the shared secret. It is no verification.

mod content;
mod key;
mod management;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;
use zeroize::Zeroizing;

use self::content::Content;
pub use self::key::DecryptionKey;
use self::management::Management;
use super::Json;

/// The most bytes of a token that is decrypted.
const MOST_BYTES: usize = super::input::MOST_BYTES;

/// Why a JWE can't be decrypted.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DecryptError {
    /// Not five parts of strict base64url, or a header that breaks its rules.
    #[error("the form is wrong: {0}")]
    Form(&'static str),
    /// An algorithm that is not known here, or refused.
    #[error("{0}")]
    Algorithm(String),
    /// The key is of the wrong type, or not meant for this.
    #[error("the key does not fit: {0}")]
    Key(String),
    /// More work than any honest token needs.
    #[error("{0}")]
    Limit(&'static str),
    /// The key does not open it, or it was changed. Which of them is not said.
    #[error("it was not encrypted for this key, or was changed since")]
    Failed,
}

impl From<aws_lc_rs::error::Unspecified> for DecryptError {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self::Failed
    }
}

/// What the encrypted parts hold.
struct Parts {
    encrypted_key: Vec<u8>,
    iv: Vec<u8>,
    ciphertext: Vec<u8>,
    tag: Vec<u8>,
}

/// Decrypts a JWE in compact serialization.
///
/// # Errors
/// See [`DecryptError`].
pub fn decrypt(token: &str, key: &DecryptionKey) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    if token.len() > MOST_BYTES {
        return Err(DecryptError::Limit("the token is larger than any that is decrypted"));
    }
    let mut parts = token.splitn(6, '.');
    let mut next = || parts.next().ok_or(DecryptError::Form("an encrypted token has five parts, and this one has not"));
    let protected = next()?;
    let header = header(protected)?;
    let mut bytes =
        || URL_SAFE_NO_PAD.decode(next()?).map_err(|_| DecryptError::Form("a part is not in strict base64url"));
    let parts = Parts { encrypted_key: bytes()?, iv: bytes()?, ciphertext: bytes()?, tag: bytes()? };
    if next().is_ok() {
        return Err(DecryptError::Form("an encrypted token has five parts, and this one has more"));
    }
    let text = |name: &'static str| header.get(name).and_then(Json::as_str);
    let (Some(alg), Some(enc)) = (text("alg"), text("enc")) else {
        return Err(DecryptError::Form("the header lacks `alg` or `enc`"));
    };
    let management = Management::named(alg)?;
    let content = Content::named(enc)?;
    key.permits(alg, enc).map_err(DecryptError::Key)?;
    let content_key = management.content_key(key, &header, &parts.encrypted_key, &content, (alg, enc))?;
    let plain = content.open(&content_key, protected.as_bytes(), parts)?;
    match header.get("zip") {
        None => Ok(plain),
        Some(Json::String(zip)) if zip == "DEF" => content::inflate(&plain),
        Some(other) => Err(DecryptError::Algorithm(format!("the compression {other} is not known"))),
    }
}

fn header(protected: &str) -> Result<Json, DecryptError> {
    let wrong = DecryptError::Form("the header is no JSON object in strict base64url");
    let bytes = URL_SAFE_NO_PAD.decode(protected).map_err(|_| wrong.clone())?;
    let header = std::str::from_utf8(&bytes).ok().and_then(|text| Json::parse(text).ok());
    match header {
        Some(header) if header.has_duplicates() => Err(DecryptError::Form("a name occurs twice in the header")),
        Some(header) if header.get("crit").is_some() => {
            Err(DecryptError::Form("an extension is demanded that is not understood (`crit`)"))
        }
        Some(header @ Json::Object(_)) => Ok(header),
        _ => Err(wrong),
    }
}
