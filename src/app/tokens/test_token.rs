//! Test tokens, for tests of an API: signed with a test key, and marked so that nobody takes them for real ones.
//!
//! The mark is a header parameter. Verifiers ignore parameters that they don't know (RFC 7515 §4), so an API accepts the
//! token if it trusts the test key; the signature covers the mark, so it can't be removed. A mark in `iss` or `typ` would
//! have to be switched off wherever an API checks these.

use std::path::PathBuf;

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::app::{Error, ErrorKind, secret_variable};
use crate::files::{Audience, Existing, read_secret, write_file};
use crate::oauth::{OAuthError, SigningKey};
use crate::secret::Secret;
use crate::token::TEST_PARAMETER;

/// Maximum size of a key file, in bytes.
const MOST_BYTES: u64 = 64 << 10;

/// Issuer, unless another one is requested: a name that never exists (RFC 6761 §6.4).
const ISSUER: &str = "https://tokscope.invalid";

/// Lifetime in seconds, unless the claims state another one.
const LIFETIME: i64 = 3600;

/// Source of the key that signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SigningSource {
    /// A new key pair for an algorithm, written to a file if one is named.
    Generated {
        /// `alg` of the signatures.
        algorithm: String,
        /// File for the private key, in PEM.
        save: Option<PathBuf>,
    },
    /// A private key in PEM.
    File(PathBuf),
    /// A shared secret in a file.
    SecretFile(PathBuf),
    /// A shared secret in an environment variable.
    SecretVariable(String),
}

/// A test token to make.
#[derive(Clone, Debug)]
pub struct TestTokenRequest {
    /// Claims that replace or complete the defaults; `null` removes one.
    pub claims: Map<String, Value>,
    /// Header parameters that replace or complete the defaults; `null` removes one.
    pub header: Map<String, Value>,
    /// Key.
    pub key: SigningSource,
}

/// A test token.
#[derive(Clone, Debug)]
pub struct TestToken {
    /// The token.
    pub token: Secret,
    /// Public key set (RFC 7517 §5); `None` for a shared secret.
    pub key_set: Option<Value>,
}

/// Makes a test token. Its header always has [`TEST_PARAMETER`].
///
/// # Errors
/// If the key can't be read or written, or the header contradicts the key or the mark.
pub fn sign_test_token(request: &TestTokenRequest, now: Timestamp) -> Result<TestToken, Error> {
    let key = request.key.load()?;
    let (algorithm, thumbprint) = (key.algorithm(), key.thumbprint());
    let mut header = Map::from_iter([("alg".to_owned(), json!(algorithm)), ("typ".to_owned(), json!("at+jwt"))]);
    header.extend(thumbprint.map(|id| ("kid".to_owned(), json!(format!("test-{id}")))));
    for (name, value) in &request.header {
        match name.as_str() {
            TEST_PARAMETER => {
                return Err(Error::new(ErrorKind::Usage, format!("the header parameter `{name}` can't be changed"))
                    .hint("it marks the token as a test token"));
            }
            "alg" if value != algorithm => {
                return Err(Error::new(ErrorKind::Usage, format!("the key signs with `{algorithm}`, not {value}"))
                    .hint("`--alg` generates a key for another algorithm"));
            }
            _ => set(&mut header, name, value),
        }
    }
    header.insert(TEST_PARAMETER.to_owned(), Value::Bool(true));
    let kid = header.get("kid").cloned();
    let mut claims = defaults(now)?;
    request.claims.iter().for_each(|(name, value)| set(&mut claims, name, value));
    let token = key.sign(&Value::Object(header), &Value::Object(claims)).map_err(failed)?;
    let key_set = key.public_jwk().map(|mut jwk| {
        if let Value::Object(members) = &mut jwk {
            members.extend(kid.map(|kid| ("kid".to_owned(), kid)));
            members.insert("alg".to_owned(), json!(algorithm));
            members.insert("use".to_owned(), json!("sig"));
        }
        json!({ "keys": [jwk] })
    });
    Ok(TestToken { token, key_set })
}

/// Returns the claims of RFC 9068 §2.2.
fn defaults(now: Timestamp) -> Result<Map<String, Value>, Error> {
    let mut id = [0; 12];
    rand::fill(&mut id).map_err(|_| Error::new(ErrorKind::Failed, "the system's random number generator failed"))?;
    let now = now.as_second();
    Ok(Map::from_iter([
        ("iss".to_owned(), json!(ISSUER)),
        ("sub".to_owned(), json!("test-user")),
        ("client_id".to_owned(), json!("test-client")),
        ("iat".to_owned(), json!(now)),
        ("exp".to_owned(), json!(now.saturating_add(LIFETIME))),
        ("jti".to_owned(), json!(URL_SAFE_NO_PAD.encode(id))),
    ]))
}

fn set(members: &mut Map<String, Value>, name: &str, value: &Value) {
    if value.is_null() {
        members.shift_remove(name);
    } else {
        members.insert(name.to_owned(), value.clone());
    }
}

fn failed(error: OAuthError) -> Error {
    let reason = match error {
        OAuthError::Client(reason) => reason,
        other => other.to_string(),
    };
    Error::new(ErrorKind::Failed, reason)
}

impl SigningSource {
    fn load(&self) -> Result<SigningKey, Error> {
        let shared = |secret: &Secret| {
            SigningKey::from_secret(secret).map_err(|error| Error { kind: ErrorKind::Usage, ..failed(error) })
        };
        match self {
            Self::Generated { algorithm, save } => {
                let pem = SigningKey::generate_pem(algorithm).map_err(failed)?;
                if let Some(path) = save {
                    write_file(path, pem.expose().as_bytes(), Audience::Owner, Existing::Keep)?;
                }
                SigningKey::from_pem(&pem, None).map_err(failed)
            }
            Self::File(path) => {
                let bytes = read_secret(path, MOST_BYTES)?;
                let unusable = || {
                    Error::new(ErrorKind::Usage, format!("`{}` is not a usable private key", path.display()))
                        .hint("supported are P-256, P-384, Ed25519 and RSA keys of at least 2048 bits, in PEM")
                };
                let pem = Secret::new(std::str::from_utf8(&bytes).map_err(|_| unusable())?);
                SigningKey::from_pem(&pem, None).map_err(|_| unusable())
            }
            Self::SecretFile(path) => {
                let bytes = read_secret(path, MOST_BYTES)?;
                let text = std::str::from_utf8(&bytes).map_err(|_| {
                    Error::new(ErrorKind::Usage, format!("the secret in `{}` is not valid UTF-8", path.display()))
                })?;
                shared(&Secret::new(text.trim_end_matches(['\r', '\n'])))
            }
            Self::SecretVariable(name) => {
                let secret = secret_variable(name).map(Secret::new).ok_or_else(|| {
                    Error::new(ErrorKind::Usage, format!("the environment variable `{name}` is not set"))
                })?;
                shared(&secret)
            }
        }
    }
}
