//! Decryption keys: shared secrets, passwords and private keys.

use std::fmt;

use aws_lc_rs::agreement::{self, PrivateKey};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{self, KeyPairComponents, PrivateDecryptingKey};
use aws_lc_rs::signature::RsaPublicKeyComponents;
use zeroize::Zeroizing;

use crate::token::Json;
use crate::token::key::{KeyError, member};

/// Supported curves by `crv`.
const CURVES: [(&str, &agreement::Algorithm); 4] = [
    ("P-256", &agreement::ECDH_P256),
    ("P-384", &agreement::ECDH_P384),
    ("P-521", &agreement::ECDH_P521),
    ("X25519", &agreement::X25519),
];

/// A decryption key with its intended use. `Debug` omits the key material.
pub struct DecryptionKey {
    pub(super) material: Material,
    /// `alg` of a JWK.
    algorithm: Option<String>,
    /// Why it must not be used.
    restriction: Option<String>,
}

pub(super) enum Material {
    Secret(Zeroizing<Vec<u8>>),
    Rsa(PrivateDecryptingKey),
    Curve(PrivateKey),
}

impl DecryptionKey {
    /// Reads a JWK (a secret or a private key) or a private key in PEM.
    ///
    /// # Errors
    /// If it is neither.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyError> {
        let trimmed = bytes.trim_ascii();
        if !trimmed.starts_with(b"{") {
            let pem = pem::parse(trimmed).map_err(|_| KeyError::Unknown)?;
            let material = private_key(pem.contents()).ok_or_else(|| {
                KeyError::Container(format!("the PEM contains `{}`, not a private key for decryption", pem.tag()))
            })?;
            return Ok(Self { material, algorithm: None, restriction: None });
        }
        let wrong = |reason: &str| KeyError::Jwk(reason.to_owned());
        let text = std::str::from_utf8(trimmed).map_err(|_| wrong("not valid UTF-8"))?;
        let jwk = Json::parse(text).map_err(|error| KeyError::Jwk(format!("not valid JSON: {error}")))?;
        if jwk.has_duplicates() {
            return Err(wrong("a member occurs more than once (RFC 7517 §4)"));
        }
        let mut restriction = None;
        if let Some(purpose) = jwk.get("use").filter(|purpose| purpose.as_str() != Some("enc")) {
            restriction = Some(format!("it is not intended for encryption (`use` is {purpose})"));
        }
        if let Some(operations) = jwk.get("key_ops") {
            let mut names = operations.items().iter().filter_map(Json::as_str);
            if !names.any(|name| ["decrypt", "unwrapKey", "deriveKey", "deriveBits"].contains(&name)) {
                restriction = Some(format!("it is not intended for decryption (`key_ops` is {operations})"));
            }
        }
        let algorithm = jwk.get("alg").and_then(Json::as_str).map(str::to_owned);
        Ok(Self { material: material(&jwk)?, algorithm, restriction })
    }

    /// Checks whether it is intended for these algorithms.
    pub(super) fn permits(&self, alg: &str, enc: &str) -> Result<(), String> {
        if let Some(restriction) = &self.restriction {
            return Err(restriction.clone());
        }
        match &self.algorithm {
            Some(own) if own != alg && !(alg == "dir" && own == enc) => {
                Err(format!("it is intended for `{own}` (`alg`)"))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DecryptionKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// Reads PKCS #8 (RFC 5208), `RSAPrivateKey` (RFC 8017) or `ECPrivateKey` (RFC 5915).
fn private_key(der: &[u8]) -> Option<Material> {
    if let Ok(key) = PrivateDecryptingKey::from_pkcs8(der) {
        return Some(Material::Rsa(key));
    }
    if let Ok(pair) = rsa::KeyPair::from_der(der) {
        return decrypting(&pair);
    }
    CURVES.iter().find_map(|(_, curve)| PrivateKey::from_private_key_der(curve, der).ok().map(Material::Curve))
}

fn decrypting(pair: &rsa::KeyPair) -> Option<Material> {
    let der = pair.as_der().ok()?;
    PrivateDecryptingKey::from_pkcs8(der.as_ref()).ok().map(Material::Rsa)
}

fn material(jwk: &Json) -> Result<Material, KeyError> {
    let wrong = |reason: &str| KeyError::Jwk(reason.to_owned());
    match jwk.get("kty").and_then(Json::as_str) {
        Some("oct") => member(jwk, "k").map(Material::Secret),
        Some("RSA") => {
            let number = |name| member(jwk, name);
            let components = KeyPairComponents {
                public_key: RsaPublicKeyComponents { n: number("n")?, e: number("e")? },
                d: number("d")?,
                p: number("p")?,
                q: number("q")?,
                dP: number("dp")?,
                dQ: number("dq")?,
                qInv: number("qi")?,
            };
            let pair = rsa::KeyPair::from_components(&components).ok();
            pair.as_ref().and_then(decrypting).ok_or_else(|| wrong("the crypto library rejects it"))
        }
        Some("EC" | "OKP") => {
            let crv = jwk.get("crv").and_then(Json::as_str);
            let found = CURVES.iter().find(|(name, _)| Some(*name) == crv);
            let (_, curve) = found.ok_or_else(|| wrong("`crv` is not a supported key agreement curve"))?;
            let private = PrivateKey::from_private_key(curve, &member(jwk, "d")?);
            private.map(Material::Curve).map_err(|_| wrong("`d` is not valid for the curve"))
        }
        _ => Err(wrong("`kty` is not supported for decryption")),
    }
}
