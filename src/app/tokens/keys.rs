//! Loads verification keys from a file, a URL or an issuer that the user named; never from a location
//! in a token.

use std::io;
use std::path::Path;
use std::time::Duration;

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use url::Url;
use zeroize::Zeroizing;

use crate::app::bounded::too_large;
use crate::app::{Error, ErrorKind, secret_variable};
use crate::files::{keep_from_children, read_file, read_secret};
use crate::manifest::Issuer;
use crate::net;
use crate::oauth;
use crate::secret::Secret;
use crate::text::readable_url;
use crate::token::decrypt::DecryptionKey;
use crate::token::key::{Key, KeySet};

/// Maximum size of a key file or secret, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// Maximum size of a detached payload, in bytes.
const MOST_PAYLOAD: u64 = 64 << 20;

/// Limits for fetching a key set.
const LIMITS: net::Limits = net::Limits { deadline: Duration::from_secs(8), body: 1 << 20 };

/// Loads the keys in a file: JWK, JWK Set, PEM or DER.
///
/// # Errors
/// If it can't be read, or has no key.
pub fn keys_in_file(path: &Path) -> Result<KeySet, Error> {
    let name = path.display().to_string();
    keep_from_children(path);
    let bytes = read_file(path, MOST_BYTES).map_err(|error| unreadable(path, &error, MOST_BYTES))?;
    KeySet::parse(&bytes, format!("`{name}`")).map_err(|error| {
        Error::new(ErrorKind::Usage, format!("`{name}`: {error}"))
            .hint("pass a shared secret with `--secret-file`, `--secret-env` or `--secret -`")
    })
}

/// Loads a detached payload, verbatim.
///
/// # Errors
/// If it can't be read, or is larger than 64 MiB.
pub fn payload_in_file(path: &Path) -> Result<Vec<u8>, Error> {
    let bytes = read_file(path, MOST_PAYLOAD).map_err(|error| unreadable(path, &error, MOST_PAYLOAD));
    bytes.map(|mut bytes| std::mem::take(&mut *bytes))
}

/// Loads a decryption key from a file: a JWK, or a private key in PEM.
pub(in crate::app) fn decryption_key(path: &Path) -> Result<DecryptionKey, Error> {
    DecryptionKey::parse(&read_secret(path, MOST_BYTES)?)
        .map_err(|error| Error::new(ErrorKind::Usage, format!("`{}`: {error}", path.display())))
}

/// Loads a shared secret from a file, without trailing line break.
///
/// # Errors
/// If it can't be read, is not valid UTF-8, or is a key in another format.
pub fn secret_in_file(path: &Path) -> Result<KeySet, Error> {
    let bytes = read_secret(path, MOST_BYTES)?;
    shared_secret(&bytes, format!("`{}`", path.display()))
}

/// Loads a shared secret from an environment variable.
///
/// # Errors
/// If the variable is not set, or holds a key in another format.
pub fn secret_in_environment(name: &str) -> Result<KeySet, Error> {
    let text = secret_variable(name).map(Zeroizing::new).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("the environment variable `{name}` is not set, or is not valid Unicode"))
    })?;
    shared_secret(text.as_bytes(), format!("the environment variable `{name}`"))
}

/// Parses a shared secret, without trailing line break. `source` is used in errors.
///
/// # Errors
/// If it is empty, not valid UTF-8, or a key in another format.
pub fn shared_secret(bytes: &[u8], source: String) -> Result<KeySet, Error> {
    let text = std::str::from_utf8(bytes).map_err(|_| {
        Error::new(ErrorKind::Usage, format!("{source}: the secret is not valid UTF-8"))
            .hint("pass a binary secret with `--key` as a JWK: `{\"kty\":\"oct\",\"k\":\"<base64url>\"}`")
    })?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let secret = Secret::new(text.strip_suffix('\r').unwrap_or(text));
    let key = Key::secret(&secret).map_err(|error| {
        Error::new(ErrorKind::Usage, format!("{source}: {error}")).hint("pass a public key or a JWK with `--key`")
    })?;
    Ok(KeySet::given(key, source))
}

fn unreadable(path: &Path, error: &io::Error, most: u64) -> Error {
    match error.kind() {
        io::ErrorKind::FileTooLarge => too_large(path.display(), most),
        _ => Error::unreadable(path.display(), error),
    }
}

/// A key set that an authorization server publishes.
#[derive(Debug)]
pub struct PublishedKeys {
    http: net::Client,
    at: Url,
}

impl PublishedKeys {
    /// Creates a reference to the key set at a URL.
    ///
    /// # Errors
    /// If it is neither `https` nor on this machine.
    pub fn at(text: &str) -> Result<Self, Error> {
        let unusable = |reason: String| Error::new(ErrorKind::Usage, format!("`{text}` is not a usable URL: {reason}"));
        let at = readable_url(text).map_err(unusable)?;
        net::is_permitted(&at).map_err(unusable)?;
        Ok(Self { http: client()?, at })
    }

    /// Creates a reference to the key set of an issuer.
    ///
    /// # Errors
    /// If the issuer's metadata is not available, or has no `jwks_uri`.
    pub async fn of(issuer: &Issuer) -> Result<Self, Error> {
        let http = client()?.following(issuer.url(), net::Follow::NotNearer).within(oauth::USE_CASE);
        let discovered = oauth::discover(&http, issuer, &serde_json::Map::new()).await;
        let discovered = discovered.map_err(|error| Error::new(ErrorKind::Failed, error.to_string()))?;
        let at = discovered.metadata.jwks_uri.ok_or_else(|| {
            Error::new(ErrorKind::Failed, format!("the issuer `{issuer}` publishes no keys (`jwks_uri`)"))
        })?;
        Ok(Self { http, at })
    }

    /// Fetches the keys.
    ///
    /// # Errors
    /// If they can't be fetched, or are not a valid key set.
    pub async fn fetch(&self) -> Result<KeySet, Error> {
        let failed = |reason: String| Error::new(ErrorKind::Failed, format!("no keys from `{}`: {reason}", self.at));
        let accept = HeaderValue::from_static("application/jwk-set+json, application/json");
        let request = net::Request {
            method: Method::GET,
            url: self.at.clone(),
            headers: HeaderMap::from_iter([(ACCEPT, accept)]),
            body: None,
        };
        let answer = self.http.send(request, LIMITS).await.map_err(|error| failed(error.to_string()))?;
        if answer.status != StatusCode::OK {
            return Err(failed(format!("the server returned status {}", answer.status.as_u16())));
        }
        KeySet::from_json(&answer.body, format!("`{}`", self.at)).map_err(|error| failed(error.to_string()))
    }
}

fn client() -> Result<net::Client, Error> {
    net::Client::new().map_err(|error| Error::new(ErrorKind::Failed, error.to_string()))
}
