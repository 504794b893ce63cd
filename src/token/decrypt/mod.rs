//! JWE decryption (RFC 7516, RFC 7518 §4 and §5) with bounded work.
//!
//! Decryption is not verification: it only proves that the sender had the recipient's public key or the shared secret.

mod content;
mod json;
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

/// Maximum size of a token in bytes.
const MOST_BYTES: usize = super::input::MOST_BYTES;

/// Error of [`decrypt`].
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DecryptError {
    /// Not five parts of strict base64url, or an invalid header.
    #[error("malformed JWE: {0}")]
    Form(&'static str),
    /// Unsupported or insecure algorithm.
    #[error("{0}")]
    Algorithm(String),
    /// The key has the wrong type, or is not intended for this algorithm.
    #[error("the key does not fit: {0}")]
    Key(String),
    /// Too much work for a legitimate token.
    #[error("{0}")]
    Limit(&'static str),
    /// Wrong key or modified token, deliberately not distinguished.
    #[error("the token was encrypted for another key, or was modified")]
    Failed,
}

impl From<aws_lc_rs::error::Unspecified> for DecryptError {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self::Failed
    }
}

/// Decoded parts after the header.
#[derive(Clone)]
struct Parts {
    encrypted_key: Vec<u8>,
    iv: Vec<u8>,
    ciphertext: Vec<u8>,
    tag: Vec<u8>,
}

/// Maximum number of recipients of a token in general JSON serialization.
const MOST_RECIPIENTS: usize = 16;

/// Decrypts a JWE in compact or JSON serialization. Of several recipients, the first one decides that the key fits.
///
/// # Errors
/// See [`DecryptError`].
pub fn decrypt(token: &str, key: &DecryptionKey) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    if token.len() > MOST_BYTES {
        return Err(DecryptError::Limit("the token is too large to decrypt"));
    }
    let token = token.trim();
    if token.starts_with('{') { json::decrypt(token, key) } else { compact(token, key) }
}

fn compact(token: &str, key: &DecryptionKey) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let mut parts = token.splitn(6, '.');
    let mut next = || parts.next().ok_or(DecryptError::Form("fewer than five parts"));
    let protected = next()?;
    let header = header(protected)?;
    let mut bytes = || part(next()?);
    let parts = Parts { encrypted_key: bytes()?, iv: bytes()?, ciphertext: bytes()?, tag: bytes()? };
    if next().is_ok() {
        return Err(DecryptError::Form("more than five parts"));
    }
    open(&header, protected.as_bytes(), parts, key)
}

fn part(text: &str) -> Result<Vec<u8>, DecryptError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| DecryptError::Form("a part is not strict base64url"))
}

/// Decrypts the content. `header`: all parameters; `authenticated`: the additional authenticated data (RFC 7516 §5.1).
fn open(
    header: &Json,
    authenticated: &[u8],
    parts: Parts,
    key: &DecryptionKey,
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let text = |name: &'static str| header.get(name).and_then(Json::as_str);
    let (Some(alg), Some(enc)) = (text("alg"), text("enc")) else {
        return Err(DecryptError::Form("`alg` or `enc` is missing in the header"));
    };
    let management = Management::named(alg)?;
    let content = Content::named(enc)?;
    key.permits(alg, enc).map_err(DecryptError::Key)?;
    let content_key = management.content_key(key, header, &parts.encrypted_key, &content, (alg, enc))?;
    let plain = content.open(&content_key, authenticated, parts)?;
    match header.get("zip") {
        None => Ok(plain),
        Some(Json::String(zip)) if zip == "DEF" => content::inflate(&plain),
        Some(other) => Err(DecryptError::Algorithm(format!("unsupported compression {other}"))),
    }
}

fn header(protected: &str) -> Result<Json, DecryptError> {
    let wrong = DecryptError::Form("the header is not a JSON object in strict base64url");
    let bytes = URL_SAFE_NO_PAD.decode(protected).map_err(|_| wrong.clone())?;
    let header = std::str::from_utf8(&bytes).ok().and_then(|text| Json::parse(text).ok());
    match header {
        Some(header @ Json::Object(_)) => acceptable(header),
        _ => Err(wrong),
    }
}

/// Returns a header unless a parameter is ambiguous or requires an extension.
fn acceptable(header: Json) -> Result<Json, DecryptError> {
    if header.has_duplicates() {
        return Err(DecryptError::Form("a header parameter occurs twice"));
    }
    if header.get("crit").is_some() {
        return Err(DecryptError::Form("the header requires an unsupported extension (`crit`)"));
    }
    Ok(header)
}
