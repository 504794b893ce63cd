//! Signing of client assertions (RFC 7523) and DPoP proofs (RFC 9449). The type of a key decides its algorithm.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    RSA_PKCS1_SHA256, RsaKeyPair,
};
use aws_lc_rs::{digest, hmac, rsa};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Value, json};

use super::OAuthError;
use crate::secret::Secret;

/// Lifetime of an assertion in seconds: long enough for a small clock difference.
const ASSERTION_LIFETIME: i64 = 120;

/// Private key for one algorithm.
pub struct SigningKey {
    pair: Pair,
    /// `kid`, if the server needs one to find the public key.
    key_id: Option<String>,
}

enum Pair {
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
    Secret(hmac::Key),
}

/// Algorithms for which [`SigningKey::generate_pem`] generates a key.
pub const GENERATED: [&str; 4] = ["ES256", "ES384", "EdDSA", "RS256"];

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SigningKey").field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Parses a private key in PEM: PKCS#8 (RFC 5958), SEC 1 (RFC 5915) or PKCS#1 (RFC 8017); P-256, P-384,
    /// Ed25519, or RSA with at least 2048 bits.
    ///
    /// # Errors
    /// If it holds no such key.
    pub fn from_pem(pem: &Secret, key_id: Option<String>) -> Result<Self, OAuthError> {
        let unusable = |what: &str| OAuthError::Client(format!("its private key {what}"));
        let der =
            PrivateKeyDer::from_pem_slice(pem.expose().as_bytes()).map_err(|_| unusable("is not a PEM private key"))?;
        let der = der.secret_der();
        let pair = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
            .map(Pair::P256)
            .or_else(|_| EcdsaKeyPair::from_private_key_der(&ECDSA_P384_SHA384_FIXED_SIGNING, der).map(Pair::P384))
            .or_else(|_| Ed25519KeyPair::from_pkcs8(der).map(Pair::Ed25519))
            .or_else(|_| RsaKeyPair::from_pkcs8(der).map(Pair::Rsa))
            .or_else(|_| RsaKeyPair::from_der(der).map(Pair::Rsa))
            .map_err(|_| unusable("is not supported: supported are P-256, P-384, Ed25519 and RSA"))?;
        Ok(Self { pair, key_id })
    }

    /// Creates a key for HS256 from a shared secret.
    ///
    /// # Errors
    /// If it has less than 32 bytes (RFC 7518 §3.2).
    pub fn from_secret(secret: &Secret) -> Result<Self, OAuthError> {
        if secret.expose().len() < 32 {
            return Err(OAuthError::Client(
                "a signature with a secret requires one of at least 32 bytes (RFC 7518 §3.2)".to_owned(),
            ));
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        Ok(Self { pair: Pair::Secret(key), key_id: None })
    }

    /// Generates a key pair for one of the algorithms in [`GENERATED`], as PKCS#8 in PEM.
    ///
    /// # Errors
    /// If the algorithm is another one, or the crypto library fails.
    pub fn generate_pem(algorithm: &str) -> Result<Secret, OAuthError> {
        let failed = |_| OAuthError::Client("key generation failed".to_owned());
        let random = SystemRandom::new();
        let ecdsa = |curve| EcdsaKeyPair::generate_pkcs8(curve, &random).map_err(failed);
        let der = zeroize::Zeroizing::new(match algorithm {
            "ES256" => ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING)?.as_ref().to_vec(),
            "ES384" => ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING)?.as_ref().to_vec(),
            "EdDSA" => Ed25519KeyPair::generate_pkcs8(&random).map_err(failed)?.as_ref().to_vec(),
            "RS256" => {
                let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).map_err(failed)?;
                let document: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
                document.as_ref().to_vec()
            }
            other => return Err(OAuthError::Client(format!("no key can be generated for `{other}`"))),
        });
        Ok(Secret::new(pem::encode(&pem::Pem::new("PRIVATE KEY", der.to_vec()))))
    }

    /// Generates a P-256 key, and returns it with its base64url PKCS#8 form.
    pub(super) fn generate() -> Result<(Self, Secret), OAuthError> {
        let failed = |_| OAuthError::Client("key generation failed".to_owned());
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        let document = document.map_err(failed)?;
        let text = Secret::new(URL_SAFE_NO_PAD.encode(document.as_ref()));
        Ok((Self::from_pkcs8(&text)?, text))
    }

    /// Parses a key that [`Self::generate`] returned.
    pub(super) fn from_pkcs8(text: &Secret) -> Result<Self, OAuthError> {
        let broken = || OAuthError::Client("its key can't be parsed".to_owned());
        let der = zeroize::Zeroizing::new(URL_SAFE_NO_PAD.decode(text.expose()).map_err(|_| broken())?);
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).map_err(|_| broken())?;
        Ok(Self { pair: Pair::P256(pair), key_id: None })
    }

    /// Returns the `alg` of its signatures (RFC 7518 §3.1, RFC 8037 §3.1).
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match &self.pair {
            Pair::P256(_) => "ES256",
            Pair::P384(_) => "ES384",
            Pair::Ed25519(_) => "EdDSA",
            Pair::Rsa(_) => "RS256",
            Pair::Secret(_) => "HS256",
        }
    }

    /// Returns the public part of a P-256 key as a JWK with the members of the thumbprint, in that order (RFC 7638
    /// §3.2).
    pub(super) fn p256_jwk(&self) -> Option<Value> {
        matches!(self.pair, Pair::P256(_)).then(|| self.public_jwk())?
    }

    /// Returns the public key as a JWK with the members of the thumbprint, in that order (RFC 7638 §3.2); `None` for a
    /// secret.
    #[must_use]
    pub fn public_jwk(&self) -> Option<Value> {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        // uncompressed point: 4, x, y
        let ec = |curve: &str, point: &[u8], size: usize| {
            let (x, y) = point.get(1..)?.split_at_checked(size)?;
            Some(json!({"crv": curve, "kty": "EC", "x": encode(x), "y": encode(y)}))
        };
        match &self.pair {
            Pair::P256(pair) => ec("P-256", pair.public_key().as_ref(), 32),
            Pair::P384(pair) => ec("P-384", pair.public_key().as_ref(), 48),
            Pair::Ed25519(pair) => {
                Some(json!({"crv": "Ed25519", "kty": "OKP", "x": encode(pair.public_key().as_ref())}))
            }
            Pair::Rsa(pair) => {
                let key = pair.public_key();
                let number = |bytes: &[u8]| encode(bytes);
                Some(json!({
                    "e": number(key.exponent().big_endian_without_leading_zero()),
                    "kty": "RSA",
                    "n": number(key.modulus().big_endian_without_leading_zero()),
                }))
            }
            Pair::Secret(_) => None,
        }
    }

    /// Returns the thumbprint of the public key (RFC 7638 §3), base64url-encoded; `None` for a secret.
    #[must_use]
    pub fn thumbprint(&self) -> Option<String> {
        Some(sha256(self.public_jwk()?.to_string().as_bytes()))
    }

    /// Signs a JWT with a `typ`.
    pub(super) fn jwt(&self, kind: &str, claims: &Value) -> Result<Secret, OAuthError> {
        let mut header = json!({"alg": self.algorithm(), "typ": kind});
        if let (Some(header), Some(key_id)) = (header.as_object_mut(), &self.key_id) {
            header.insert("kid".to_owned(), Value::from(key_id.as_str()));
        }
        self.sign(&header, claims)
    }

    /// Signs a JWT with a header whose `alg` is the key's.
    ///
    /// # Errors
    /// If the crypto library fails.
    pub fn sign(&self, header: &Value, claims: &Value) -> Result<Secret, OAuthError> {
        let failed = |_| OAuthError::Client("signing with its key failed".to_owned());
        let input = signing_input(header, claims);
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::P256(pair) | Pair::P384(pair) => {
                pair.sign(&random, input.as_bytes()).map_err(failed)?.as_ref().to_vec()
            }
            Pair::Ed25519(pair) => pair.sign(input.as_bytes()).as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, input.as_bytes(), &mut signature).map_err(failed)?;
                signature
            }
            Pair::Secret(key) => hmac::sign(key, input.as_bytes()).as_ref().to_vec(),
        };
        Ok(Secret::new(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }
}

/// Signs a JWT with a client secret (RFC 7518 §3.2).
pub(super) fn hs256(secret: &Secret, claims: &Value) -> Result<Secret, OAuthError> {
    if secret.expose().len() < 32 {
        return Err(OAuthError::Client(
            "`client_secret_jwt` requires a secret of at least 32 bytes (RFC 7518 §3.2)".to_owned(),
        ));
    }
    let input = signing_input(&json!({"alg": "HS256", "typ": "JWT"}), claims);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes()), input.as_bytes());
    Ok(Secret::new(format!("{input}.{}", URL_SAFE_NO_PAD.encode(tag))))
}

/// Returns the claims of an assertion (RFC 7523 §3).
pub(super) fn assertion_claims(issuer: &str, subject: &str, audience: &str) -> Result<Value, OAuthError> {
    let now = jiff::Timestamp::now().as_second();
    Ok(json!({
        "iss": issuer,
        "sub": subject,
        "aud": audience,
        "iat": now,
        "exp": now + ASSERTION_LIFETIME,
        "jti": identifier()?,
    }))
}

/// Generates a random 128-bit identifier.
pub(super) fn identifier() -> Result<String, OAuthError> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| OAuthError::Client("the system's random number generator failed".to_owned()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Returns the base64url SHA-256 of a string.
pub(super) fn sha256(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, bytes))
}

fn signing_input(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encode(header), encode(claims))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn signatures_verify_and_keys_survive_storage() {
        let (key, stored) = SigningKey::generate().unwrap();
        let again = SigningKey::from_pkcs8(&stored).unwrap();
        assert_eq!(key.p256_jwk(), again.p256_jwk());
        let jwt = again.jwt("JWT", &json!({"sub": "a"})).unwrap();
        let (input, signature) = jwt.expose().rsplit_once('.').unwrap();
        let jwk = key.p256_jwk().unwrap();
        let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
        let point = [vec![4], coordinate("x"), coordinate("y")].concat();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(input.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap())
            .unwrap();
        assert!(!format!("{key:?}").contains(stored.expose()));
    }

    #[test]
    fn weak_and_broken_keys_are_refused() {
        assert!(hs256(&Secret::new("short"), &json!({})).is_err());
        for pem in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "needle"] {
            let error = SigningKey::from_pem(&Secret::new(pem), None).map(|_| ()).unwrap_err();
            assert!(!format!("{error:?}").contains("needle"));
        }
    }
}
