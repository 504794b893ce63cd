//! Keys in PEM (RFC 7468) and DER: `SubjectPublicKeyInfo` (RFC 5280), `RSAPublicKey` (RFC 8017) and certificates.

use aws_lc_rs::rsa;
use rustls_pki_types::CertificateDer;
use webpki::EndEntityCert;

use super::{Key, KeyError, KeyType, Material, jwk};
use crate::token::Json;

/// Types whose `SubjectPublicKeyInfo` the crypto library distinguishes.
const KINDS: [KeyType; 8] = [
    KeyType::P256,
    KeyType::P384,
    KeyType::P521,
    KeyType::Secp256k1,
    KeyType::Ed25519,
    KeyType::MlDsa44,
    KeyType::MlDsa65,
    KeyType::MlDsa87,
];

/// Minimum length of a `SubjectPublicKeyInfo`: the library would read anything shorter as the bare bytes of a key.
const SHORTEST_DER: usize = 40;

/// Reads the first key in a PEM file.
pub(super) fn from_pem(text: &[u8]) -> Result<Key, KeyError> {
    let block = pem::parse(text).map_err(|_| KeyError::Container("the PEM is malformed".to_owned()))?;
    match block.tag() {
        "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => from_der(block.contents()),
        tag if tag.ends_with("PRIVATE KEY") => Err(KeyError::Container(
            "this is a private key: verifying requires the public key (see `openssl pkey -pubout`)".to_owned(),
        )),
        tag => Err(KeyError::Container(format!("the PEM contains `{tag}`, not a public key"))),
    }
}

/// Reads a public key or a certificate.
pub(super) fn from_der(der: &[u8]) -> Result<Key, KeyError> {
    if der.len() < SHORTEST_DER || der.first() != Some(&0x30) {
        return Err(KeyError::Unknown);
    }
    if let Ok(public) = rsa::PublicKey::from_der(der) {
        let (modulus, exponent) = (public.modulus(), public.exponent());
        let material = Material::Rsa {
            modulus: modulus.big_endian_without_leading_zero(),
            exponent: exponent.big_endian_without_leading_zero(),
        };
        return Key::new(KeyType::Rsa, material).ok_or(KeyError::Unknown);
    }
    if let Some(key) = KINDS.iter().find_map(|kind| Key::new(*kind, Material::Public(der))) {
        return Ok(key);
    }
    let certificate = CertificateDer::from(der);
    let certificate = EndEntityCert::try_from(&certificate).map_err(|_| KeyError::Unknown)?;
    // recursion ends: the key inside a certificate is not a certificate
    from_der(&certificate.subject_public_key_info())
}

/// Returns whether these bytes are a key in a file format, and so not a shared secret.
pub(super) fn is_key_file(bytes: &[u8]) -> bool {
    let is_text = |start: &str| bytes.trim_ascii_start().starts_with(start.as_bytes());
    ["-----BEGIN ", "ssh-", "ecdsa-sha2-"].into_iter().any(is_text)
        || from_der(bytes).is_ok()
        || std::str::from_utf8(bytes).is_ok_and(|text| Json::parse(text).is_ok_and(|json| jwk::is_key(&json)))
}
