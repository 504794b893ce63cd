//! Sender-constrained tokens: DPoP (RFC 9449).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Map, Value, json};
use url::Url;

use super::OAuthError;
use super::signing::{SigningKey, identifier, sha256};
use crate::secret::Secret;

/// The header field of a proof (RFC 9449 §4.1).
pub static DPOP: HeaderName = HeaderName::from_static("dpop");

/// The header field of a nonce (RFC 9449 §8).
static DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// Maximum length of a nonce in bytes, and maximum number of servers whose nonces are stored.
const MOST_NONCE: usize = 1024;
const MOST_SERVERS: usize = 64;

/// Key that tokens are bound to, with the newest nonce of each server.
#[derive(Debug)]
pub struct DpopKey {
    key: SigningKey,
    jwk: Value,
    stored: Secret,
    nonces: Mutex<BTreeMap<String, String>>,
}

impl DpopKey {
    /// Generates a P-256 key.
    ///
    /// # Errors
    /// If key generation fails.
    pub fn generate() -> Result<Self, OAuthError> {
        let (key, stored) = SigningKey::generate()?;
        Self::new(key, stored)
    }

    /// Parses a stored key.
    ///
    /// # Errors
    /// If the string was not written by [`Self::stored`].
    pub fn restore(stored: Secret) -> Result<Self, OAuthError> {
        Self::new(SigningKey::from_pkcs8(&stored)?, stored)
    }

    fn new(key: SigningKey, stored: Secret) -> Result<Self, OAuthError> {
        let jwk = key.p256_jwk().ok_or_else(|| OAuthError::Client("its key is not a P-256 key".to_owned()))?;
        Ok(Self { key, jwk, stored, nonces: Mutex::default() })
    }

    /// Returns the key for storage, as base64url PKCS#8. Refresh tokens of a public client are bound to it (RFC 9449
    /// §5).
    #[must_use]
    pub fn stored(&self) -> &Secret {
        &self.stored
    }

    /// Returns the JWK thumbprint (RFC 7638), used in `cnf.jkt` and `dpop_jkt`.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        sha256(self.jwk.to_string().as_bytes())
    }

    /// Creates a proof for one request (RFC 9449 §4.2) with the newest nonce of its server. `token`: for a resource
    /// server.
    ///
    /// # Errors
    /// If signing fails.
    pub fn proof(&self, method: &Method, url: &Url, token: Option<&Secret>) -> Result<HeaderValue, OAuthError> {
        let mut target = url.clone();
        target.set_query(None);
        target.set_fragment(None);
        let mut claims = Map::from_iter([
            ("jti".to_owned(), Value::from(identifier()?)),
            ("htm".to_owned(), Value::from(method.as_str())),
            ("htu".to_owned(), Value::from(target.as_str())),
            ("iat".to_owned(), Value::from(jiff::Timestamp::now().as_second())),
        ]);
        if let Some(token) = token {
            claims.insert("ath".to_owned(), Value::from(sha256(token.expose().as_bytes())));
        }
        if let Some(nonce) = self.nonces().get(&origin(url)) {
            claims.insert("nonce".to_owned(), Value::from(nonce.as_str()));
        }
        let header = json!({"typ": "dpop+jwt", "alg": self.key.algorithm(), "jwk": self.jwk});
        let proof = self.key.sign(&header, &Value::Object(claims))?;
        let mut value = HeaderValue::from_str(proof.expose())
            .map_err(|_| OAuthError::Client("its DPoP proof is not a valid header value".to_owned()))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Stores the nonce of a response (RFC 9449 §8.2). Returns whether it is new, in which case the request may be
    /// retried once.
    pub fn learn(&self, url: &Url, headers: &HeaderMap) -> bool {
        let Some(nonce) = headers.get(&DPOP_NONCE).and_then(|value| value.to_str().ok()) else { return false };
        let mut nonces = self.nonces();
        let server = origin(url);
        if nonce.len() > MOST_NONCE || (nonces.len() >= MOST_SERVERS && !nonces.contains_key(&server)) {
            return false;
        }
        nonces.insert(server, nonce.to_owned()).as_deref() != Some(nonce)
    }

    fn nonces(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        // a thread that panicked can't have left the map inconsistent
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Key of the nonce map: a nonce belongs to the server that issued it.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn part(proof: &HeaderValue, index: usize) -> Value {
        let part = proof.to_str().unwrap().split('.').nth(index).unwrap().to_owned();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    #[test]
    fn a_proof_covers_one_request_and_has_no_private_key() {
        let key = DpopKey::generate().unwrap();
        let url = Url::parse("https://a.test/token?x=1#y").unwrap();
        let proof = key.proof(&Method::POST, &url, Some(&Secret::new("token"))).unwrap();
        let (header, claims) = (part(&proof, 0), part(&proof, 1));
        assert_eq!((header["typ"].as_str(), header["alg"].as_str()), (Some("dpop+jwt"), Some("ES256")));
        assert_eq!(header["jwk"].as_object().unwrap().keys().collect::<Vec<_>>(), ["crv", "kty", "x", "y"]);
        assert_eq!((claims["htm"].as_str(), claims["htu"].as_str()), (Some("POST"), Some("https://a.test/token")));
        // SHA-256 of `token`
        assert_eq!(claims["ath"], "PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A");
        let other = key.proof(&Method::POST, &url, None).unwrap();
        assert_ne!(part(&other, 1)["jti"], claims["jti"]);
        assert!(part(&other, 1).get("ath").is_none() && proof.is_sensitive());
    }

    #[test]
    fn a_nonce_is_used_only_at_the_server_that_issued_it() {
        let key = DpopKey::generate().unwrap();
        let (a, b) = (Url::parse("https://a.test/1").unwrap(), Url::parse("https://b.test/1").unwrap());
        let headers = HeaderMap::from_iter([(DPOP_NONCE.clone(), HeaderValue::from_static("n1"))]);
        assert!(key.learn(&a, &headers) && !key.learn(&a, &headers));
        assert_eq!(part(&key.proof(&Method::GET, &a, None).unwrap(), 1)["nonce"], "n1");
        assert!(part(&key.proof(&Method::GET, &b, None).unwrap(), 1).get("nonce").is_none());
        // another scheme or port is another server, and another client has nonces of its own
        for other in ["http://a.test/1", "https://a.test:8443/1", "https://a.test.b.test/1"] {
            let proof = key.proof(&Method::GET, &Url::parse(other).unwrap(), None).unwrap();
            assert!(part(&proof, 1).get("nonce").is_none(), "{other}");
        }
        let other = DpopKey::generate().unwrap();
        assert!(part(&other.proof(&Method::GET, &a, None).unwrap(), 1).get("nonce").is_none());
        let long = HeaderMap::from_iter([(DPOP_NONCE.clone(), HeaderValue::from_str(&"x".repeat(5000)).unwrap())]);
        assert!(!key.learn(&b, &long));
    }

    #[test]
    fn the_thumbprint_matches_the_rfc_example() {
        // RFC 9449 §4.2 and §6.1: the example's key and its thumbprint
        let jwk = json!({"crv": "P-256", "kty": "EC", "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
            "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"});
        assert_eq!(sha256(jwk.to_string().as_bytes()), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
        let key = DpopKey::generate().unwrap();
        assert_eq!(DpopKey::restore(key.stored().clone()).unwrap().thumbprint(), key.thumbprint());
        assert!(DpopKey::restore(Secret::new("x")).is_err());
    }
}
