//! JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2, RFC 8812 §3.1, draft-ietf-cose-dilithium).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::{Algorithm, Key, KeyError, KeyType, Material};
use crate::token::Json;

/// Elliptic curves by `kty` and `crv`, with the length of a coordinate in bytes (RFC 7518 §6.2.1.2).
const CURVES: &[(&str, &str, KeyType, usize)] = &[
    ("EC", "P-256", KeyType::P256, 32),
    ("EC", "P-384", KeyType::P384, 48),
    ("EC", "P-521", KeyType::P521, 66),
    ("EC", "secp256k1", KeyType::Secp256k1, 32),
    ("OKP", "Ed25519", KeyType::Ed25519, 32),
];

/// Returns whether this is a JWK or a JWK Set.
pub(super) fn is_key(json: &Json) -> bool {
    json.get("kty").is_some() || json.get("keys").is_some()
}

/// Reads a JWK.
pub(super) fn read(jwk: &Json) -> Result<Key, KeyError> {
    let wrong = |reason: String| KeyError::Jwk(reason);
    if jwk.has_duplicates() {
        return Err(wrong("a member occurs more than once (RFC 7517 §4)".to_owned()));
    }
    let mut key = material(jwk)?;
    key.id = match jwk.get("kid") {
        None => None,
        Some(Json::String(id)) => Some(id.clone()),
        Some(_) => return Err(wrong("`kid` is not a string".to_owned())),
    };
    restrict(&mut key, jwk);
    Ok(key)
}

fn material(jwk: &Json) -> Result<Key, KeyError> {
    let wrong = |reason: &str| KeyError::Jwk(reason.to_owned());
    let kty = jwk.get("kty").and_then(Json::as_str).ok_or_else(|| wrong("`kty` is missing"))?;
    let refused = || wrong("the crypto library rejects it");
    match kty {
        "oct" => {
            let bytes = member(jwk, "k")?;
            if bytes.is_empty() {
                return Err(wrong("`k` is empty"));
            }
            Key::new(KeyType::Secret, Material::Secret(&bytes)).ok_or_else(refused)
        }
        "RSA" => {
            let (modulus, exponent) = (member(jwk, "n")?, member(jwk, "e")?);
            // RFC 7518 §2 forbids leading zeros, but some issuers write the sign octet of ASN.1
            let plain = |number: &[u8]| number.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<u8>>();
            let (modulus, exponent) = (plain(&modulus), plain(&exponent));
            Key::new(KeyType::Rsa, Material::Rsa { modulus: &modulus, exponent: &exponent }).ok_or_else(refused)
        }
        "EC" | "OKP" => {
            let crv = jwk.get("crv").and_then(Json::as_str).ok_or_else(|| wrong("`crv` is missing"))?;
            let found = CURVES.iter().find(|(own, curve, ..)| *own == kty && *curve == crv);
            let (.., kind, length) = found.ok_or_else(|| wrong("`crv` is not a supported signature curve"))?;
            let mut point = if kty == "EC" { vec![4] } else { Vec::new() };
            for name in ["x", "y"].into_iter().take(if kty == "EC" { 2 } else { 1 }) {
                let coordinate = member(jwk, name)?;
                if coordinate.len() != *length {
                    return Err(KeyError::Jwk(format!("`{name}` must have {length} bytes, not {}", coordinate.len())));
                }
                point.extend_from_slice(&coordinate);
            }
            Key::new(*kind, Material::Public(&point)).ok_or_else(|| wrong("the point is not on the curve"))
        }
        "AKP" => {
            let algorithm = jwk.get("alg").and_then(Json::as_str).and_then(Algorithm::named);
            let kind = algorithm.map(Algorithm::key_type);
            let kind = kind.filter(|kind| matches!(kind, KeyType::MlDsa44 | KeyType::MlDsa65 | KeyType::MlDsa87));
            let kind = kind.ok_or_else(|| wrong("`alg` is missing or not an ML-DSA algorithm"))?;
            Key::new(kind, Material::Public(&member(jwk, "pub")?)).ok_or_else(refused)
        }
        _ => Err(wrong("`kty` is not supported")),
    }
}

/// Decodes a member that contains bytes.
pub(in crate::token) fn member(jwk: &Json, name: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let text = jwk.get(name).and_then(Json::as_str).ok_or_else(|| KeyError::Jwk(format!("`{name}` is missing")))?;
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyError::Jwk(format!("`{name}` is not base64url")))?;
    Ok(Zeroizing::new(bytes))
}

/// Restricts a key to its intended use: `use`, `key_ops` and `alg` (RFC 7517 §4.2 to §4.4).
fn restrict(key: &mut Key, jwk: &Json) {
    if let Some(purpose) = jwk.get("use").filter(|purpose| purpose.as_str() != Some("sig")) {
        key.restriction = Some(format!("the key is not intended for signatures (`use` is {purpose})"));
    }
    if let Some(operations) = jwk.get("key_ops") {
        let names: Vec<&str> = operations.items().iter().filter_map(Json::as_str).collect();
        // a signing key includes the public key
        if !names.contains(&"verify") && !names.contains(&"sign") {
            key.restriction = Some(format!("the key is not intended for verification (`key_ops` is {operations})"));
        }
    }
    if let Some(named) = jwk.get("alg") {
        // a common misspelling, after the curve P-521
        let name = named.as_str().map(|name| if name == "ES521" { "ES512" } else { name });
        match name.and_then(Algorithm::named) {
            Some(own) if own.key_type() == key.kind => {
                key.prepared.retain(|(algorithm, _)| algorithm.is_same_as(own));
            }
            _ => key.restriction = Some(format!("the key is intended for another algorithm (`alg` is {named})")),
        }
    }
}
