//! Signing keys, generated at start and held only in memory.

use std::fmt::Write as _;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use tokio::sync::watch;

use super::error::DemoError;

/// A key pair that signs with one algorithm.
pub(super) struct SigningKey {
    /// RS256 or ES256.
    pub(super) algorithm: Algorithm,
    /// The thumbprint of the public key (RFC 7638).
    pub(super) id: String,
    /// The private key.
    pub(super) private: EncodingKey,
    /// The public key.
    pub(super) public: DecodingKey,
    /// The public key as published (RFC 7517).
    pub(super) jwk: Jwk,
}

/// Both keys. Generating the RSA key takes up to a second, so it happens on its own thread: the server starts at once, and
/// only requests that need the key wait for it.
pub(super) struct Keys {
    es256: Arc<SigningKey>,
    rs256: watch::Receiver<Option<Result<Arc<SigningKey>, String>>>,
}

impl Keys {
    /// Generates the ES256 key and starts generating the RS256 key.
    pub(super) fn generate() -> Result<Self, DemoError> {
        let es256 = Arc::new(make_es256().map_err(DemoError::Start)?);
        let (sender, rs256) = watch::channel(None);
        std::thread::Builder::new()
            .name("demo-rsa-key".to_owned())
            .spawn(move || sender.send(Some(make_rs256().map(Arc::new))))
            .map_err(|error| DemoError::Start(format!("could not start a thread for the RSA key: {error}")))?;
        Ok(Self { es256, rs256 })
    }

    /// Returns the key for an algorithm, waiting until it is generated.
    pub(super) async fn key(&self, algorithm: Algorithm) -> Result<Arc<SigningKey>, String> {
        match algorithm {
            Algorithm::ES256 => Ok(Arc::clone(&self.es256)),
            Algorithm::RS256 => {
                let mut receiver = self.rs256.clone();
                let made = receiver.wait_for(Option::is_some).await.map_err(|_| "the RSA key was not generated")?;
                made.clone().unwrap_or_else(|| Err("the RSA key was not generated".to_owned()))
            }
            other => Err(format!("no key for {other:?}")),
        }
    }

    /// The public keys, as the JWK set of RFC 7517 §5 has them.
    pub(super) async fn published(&self) -> Result<Vec<Jwk>, String> {
        Ok(vec![self.key(Algorithm::RS256).await?.jwk.clone(), self.es256.jwk.clone()])
    }
}

fn make_es256() -> Result<SigningKey, String> {
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
        .map_err(|_| "the ES256 key could not be made")?;
    signing_key(Algorithm::ES256, EncodingKey::from_ec_der(document.as_ref()))
}

fn make_rs256() -> Result<SigningKey, String> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| "the RS256 key could not be made")?;
    let document: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| "the RS256 key could not be written out")?;
    // jsonwebtoken takes PKCS#8 for RSA only as PEM
    let encoded = STANDARD.encode(document.as_ref());
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    for line in encoded.as_bytes().chunks(64) {
        let _ = writeln!(pem, "{}", String::from_utf8_lossy(line));
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    let private = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(|error| error.to_string())?;
    signing_key(Algorithm::RS256, private)
}

fn signing_key(algorithm: Algorithm, private: EncodingKey) -> Result<SigningKey, String> {
    let mut jwk = Jwk::from_encoding_key(&private, algorithm).map_err(|error| error.to_string())?;
    let id = jwk.thumbprint(ThumbprintHash::SHA256).map_err(|error| error.to_string())?;
    jwk.common.key_id = Some(id.clone());
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    let public = DecodingKey::from_jwk(&jwk).map_err(|error| error.to_string())?;
    Ok(SigningKey { algorithm, id, private, public, jwk })
}
