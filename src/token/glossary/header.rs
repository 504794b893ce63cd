//! JOSE header parameters and algorithms.

use super::{Term, table};

pub(in crate::token) const PARAMETERS: &[Term] = table! {
    "RFC 7515 §4.1.1" { "alg": "signature or key management algorithm", }
    "RFC 7515 §4.1.2" { "jku": "URL of a JWK Set: a verifier must not trust it unless it is on an allow list", }
    "RFC 7515 §4.1.3" { "jwk": "public key in the token: proves nothing about the issuer", }
    "RFC 7515 §4.1.4" { "kid": "identifier of the issuer's key", }
    "RFC 7515 §4.1.5" { "x5u": "URL of a certificate: a verifier must not trust it unless it is on an allow list", }
    "RFC 7515 §4.1.6" { "x5c": "certificate chain", }
    "RFC 7515 §4.1.7" { "x5t": "SHA-1 thumbprint of the certificate", }
    "RFC 7515 §4.1.8" { "x5t#S256": "SHA-256 thumbprint of the certificate", }
    "RFC 7515 §4.1.9" { "typ": "media type of the token", }
    "RFC 7515 §4.1.10" { "cty": "media type of the payload", }
    "RFC 7515 §4.1.11" { "crit": "extensions that a verifier must understand, or else reject the token", }
    "RFC 7516 §4.1.2" { "enc": "content encryption algorithm", }
    "RFC 7516 §4.1.3" { "zip": "compression of the plaintext", }
    "RFC 7518 §4.6.1.1" { "epk": "ephemeral public key", }
    "RFC 7518 §4.6.1.2" { "apu": "information about the producer, for the key agreement", }
    "RFC 7518 §4.6.1.3" { "apv": "information about the recipient, for the key agreement", }
    "RFC 7518 §4.7.1.1" { "iv": "initialization vector of the key wrapping", }
    "RFC 7518 §4.7.1.2" { "tag": "authentication tag of the key wrapping", }
    "RFC 7518 §4.8.1.1" { "p2s": "salt of the key derivation", }
    "RFC 7518 §4.8.1.2" { "p2c": "iteration count of the key derivation", }
    "RFC 7797 §3" { "b64": "whether the payload is base64url-encoded", }
    "RFC 7519 §5.3" {
        "iss": "copy of the claim, readable without decryption",
        "sub": "copy of the claim, readable without decryption",
        "aud": "copy of the claim, readable without decryption",
    }
    "RFC 8555 §6.4.1" { "url": "URL of the ACME request", }
    "RFC 8555 §6.5.2" { "nonce": "replay protection: of an ACME request, or (Entra) of an access token for Microsoft Graph", }
    "RFC 8225 §4" { "ppt": "PASSporT extension", }
    "Clerk: session tokens" { "cat": "internal to Clerk: category of the token", }
    "HPKE with JOSE §5 (draft)" { "ek": "encapsulated key of the HPKE encryption", "psk_id": "identifier of the pre-shared key of the HPKE encryption", }

    "`tokscope sign`" { "tokscope_test": "made for tests: no authorization server issued the token", }
    "RFC 9901 §8" { "disclosures": "disclosures of an SD-JWT in JSON serialization", "kb_jwt": "key binding JWT of an SD-JWT in JSON serialization", }
    "OpenID Federation 1.0 §4.3" { "trust_chain": "chain of entity statements", }
    "OpenID4VCI §8.2.1.1" { "key_attestation": "attestation of the wallet's key", }
    "SD-JWT VC §6" { "vctm": "metadata of the credential type", }
    "Salesforce Help: JWT-based access tokens" {
        "tnk": "tenant key",
        "tty": "kind of token",
        "ver": "version of the token format",
    }
    "FusionAuth: JWT header" { "gty": "grant types that led to the token", }
    "PingFederate: JSON token management" { "pi.atm": "access token manager that issued the token", }
    "AWS Application Load Balancer: authenticate users" { "signer": "load balancer that signed the token", "client": "client at the identity provider", "exp": "expiration time", }
};

pub(in crate::token) const ALGORITHMS: &[Term] = table! {
    "RFC 7518 §3.6" { "none": "unsigned", }
    "RFC 7518 §3.2" {
        "HS256": "HMAC with SHA-256: a shared secret, so every verifier can also create tokens",
        "HS384": "HMAC with SHA-384: a shared secret, so every verifier can also create tokens",
        "HS512": "HMAC with SHA-512: a shared secret, so every verifier can also create tokens",
    }
    "RFC 7518 §3.3" {
        "RS256": "RSA with SHA-256",
        "RS384": "RSA with SHA-384",
        "RS512": "RSA with SHA-512",
    }
    "RFC 7518 §3.4" {
        "ES256": "ECDSA on P-256 with SHA-256",
        "ES384": "ECDSA on P-384 with SHA-384",
        "ES512": "ECDSA on P-521 with SHA-512",
    }
    "RFC 7518 §3.5" {
        "PS256": "RSA-PSS with SHA-256",
        "PS384": "RSA-PSS with SHA-384",
        "PS512": "RSA-PSS with SHA-512",
    }
    "RFC 8812 §3.2" { "ES256K": "ECDSA on secp256k1 with SHA-256", }
    "RFC 8037 §3.1" { "EdDSA": "Edwards-curve signature, with the curve of the key; deprecated by RFC 9864 in favor of `Ed25519` and `Ed448`", }
    "RFC 9864 §2.2" {
        "Ed25519": "Edwards-curve signature on Curve25519",
        "Ed448": "Edwards-curve signature on Curve448",
    }
    "RFC 9964" {
        "ML-DSA-44": "post-quantum lattice signature (FIPS 204, security category 2)",
        "ML-DSA-65": "post-quantum lattice signature (FIPS 204, security category 3)",
        "ML-DSA-87": "post-quantum lattice signature (FIPS 204, security category 5)",
    }
    "RFC 7518 §4.2" { "RSA1_5": "RSA with PKCS #1 v1.5 padding: vulnerable to padding oracles, avoid it", }
    "RFC 7518 §4.3" {
        "RSA-OAEP": "RSA-OAEP with SHA-1",
        "RSA-OAEP-256": "RSA-OAEP with SHA-256",
    }
    "W3C WebCrypto registration" {
        "RSA-OAEP-384": "RSA-OAEP with SHA-384",
        "RSA-OAEP-512": "RSA-OAEP with SHA-512",
    }
    "RFC 7518 §4.4" {
        "A128KW": "AES key wrap with a 128-bit key",
        "A192KW": "AES key wrap with a 192-bit key",
        "A256KW": "AES key wrap with a 256-bit key",
    }
    "RFC 7518 §4.5" { "dir": "direct use of a shared key for content encryption", }
    "RFC 7518 §4.6" {
        "ECDH-ES": "elliptic curve key agreement",
        "ECDH-ES+A128KW": "elliptic curve key agreement, then AES key wrap with a 128-bit key",
        "ECDH-ES+A192KW": "elliptic curve key agreement, then AES key wrap with a 192-bit key",
        "ECDH-ES+A256KW": "elliptic curve key agreement, then AES key wrap with a 256-bit key",
    }
    "RFC 7518 §4.7" {
        "A128GCMKW": "AES-GCM key wrap with a 128-bit key",
        "A192GCMKW": "AES-GCM key wrap with a 192-bit key",
        "A256GCMKW": "AES-GCM key wrap with a 256-bit key",
    }
    "RFC 7518 §4.8" {
        "PBES2-HS256+A128KW": "key derived from a password with PBKDF2 and SHA-256, then AES key wrap with a 128-bit key",
        "PBES2-HS384+A192KW": "key derived from a password with PBKDF2 and SHA-384, then AES key wrap with a 192-bit key",
        "PBES2-HS512+A256KW": "key derived from a password with PBKDF2 and SHA-512, then AES key wrap with a 256-bit key",
    }
    "RFC 7518 §5.2" {
        "A128CBC-HS256": "AES-CBC with a 128-bit key, and HMAC with SHA-256",
        "A192CBC-HS384": "AES-CBC with a 192-bit key, and HMAC with SHA-384",
        "A256CBC-HS512": "AES-CBC with a 256-bit key, and HMAC with SHA-512",
    }
    "RFC 7518 §5.3" {
        "A128GCM": "AES-GCM with a 128-bit key",
        "A192GCM": "AES-GCM with a 192-bit key",
        "A256GCM": "AES-GCM with a 256-bit key",
    }
};

/// Algorithms of drafts, which are not registered yet: the names may change.
pub(in crate::token) const DRAFT_ALGORITHMS: &[Term] = table! {
    "HPKE with JOSE §7 (draft)" {
        "HPKE-0": "hybrid public key encryption: P-256, HKDF-SHA256, AES-128-GCM",
        "HPKE-0-KE": "hybrid public key encryption of the content key: P-256, HKDF-SHA256, AES-128-GCM",
        "HPKE-1": "hybrid public key encryption: P-384, HKDF-SHA384, AES-256-GCM",
        "HPKE-1-KE": "hybrid public key encryption of the content key: P-384, HKDF-SHA384, AES-256-GCM",
        "HPKE-2": "hybrid public key encryption: P-521, HKDF-SHA512, AES-256-GCM",
        "HPKE-2-KE": "hybrid public key encryption of the content key: P-521, HKDF-SHA512, AES-256-GCM",
        "HPKE-3": "hybrid public key encryption: X25519, HKDF-SHA256, AES-128-GCM",
        "HPKE-3-KE": "hybrid public key encryption of the content key: X25519, HKDF-SHA256, AES-128-GCM",
        "HPKE-4": "hybrid public key encryption: X25519, HKDF-SHA256, ChaCha20-Poly1305",
        "HPKE-4-KE": "hybrid public key encryption of the content key: X25519, HKDF-SHA256, ChaCha20-Poly1305",
        "HPKE-5": "hybrid public key encryption: X448, HKDF-SHA512, AES-256-GCM",
        "HPKE-5-KE": "hybrid public key encryption of the content key: X448, HKDF-SHA512, AES-256-GCM",
        "HPKE-6": "hybrid public key encryption: X448, HKDF-SHA512, ChaCha20-Poly1305",
        "HPKE-6-KE": "hybrid public key encryption of the content key: X448, HKDF-SHA512, ChaCha20-Poly1305",
        "HPKE-7": "hybrid public key encryption: P-256, HKDF-SHA256, AES-256-GCM",
        "HPKE-7-KE": "hybrid public key encryption of the content key: P-256, HKDF-SHA256, AES-256-GCM",
    }
    "SLH-DSA for JOSE and COSE (draft)" {
        "SLH-DSA-SHA2-128s": "post-quantum hash-based signature (FIPS 205, security category 1, small signatures)",
        "SLH-DSA-SHAKE-128s": "post-quantum hash-based signature with SHAKE (FIPS 205, security category 1, small signatures)",
        "SLH-DSA-SHA2-128f": "post-quantum hash-based signature (FIPS 205, security category 1, fast)",
    }
    "ML-KEM for JOSE and COSE (draft)" {
        "ML-KEM-512": "post-quantum key encapsulation (FIPS 203, security category 1)",
        "ML-KEM-768": "post-quantum key encapsulation (FIPS 203, security category 3)",
        "ML-KEM-1024": "post-quantum key encapsulation (FIPS 203, security category 5)",
        "ML-KEM-512+A128KW": "post-quantum key encapsulation (FIPS 203), then AES key wrap with a 128-bit key",
        "ML-KEM-768+A192KW": "post-quantum key encapsulation (FIPS 203), then AES key wrap with a 192-bit key",
        "ML-KEM-1024+A256KW": "post-quantum key encapsulation (FIPS 203), then AES key wrap with a 256-bit key",
    }
};
