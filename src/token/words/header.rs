//! Header parameters and algorithms.

use super::{Word, table};

pub(in crate::token) const PARAMETERS: &[Word] = table! {
    "RFC 7515 §4.1.1" { "alg": "the algorithm", }
    "RFC 7515 §4.1.2" { "jku": "where keys are said to be: never to be trusted by itself", }
    "RFC 7515 §4.1.3" { "jwk": "a key inside the token: never to be trusted by itself", }
    "RFC 7515 §4.1.4" { "kid": "which of the issuer's keys", }
    "RFC 7515 §4.1.5" { "x5u": "where a certificate is said to be: never to be trusted by itself", }
    "RFC 7515 §4.1.6" { "x5c": "certificates", }
    "RFC 7515 §4.1.7" { "x5t": "SHA-1 thumbprint of the certificate", }
    "RFC 7515 §4.1.8" { "x5t#S256": "SHA-256 thumbprint of the certificate", }
    "RFC 7515 §4.1.9" { "typ": "what kind of token this is", }
    "RFC 7515 §4.1.10" { "cty": "what the payload is", }
    "RFC 7515 §4.1.11" { "crit": "parameters that must be understood, else the token must be refused", }
    "RFC 7516 §4.1.2" { "enc": "how the content is encrypted", }
    "RFC 7516 §4.1.3" { "zip": "how the content was compressed before it was encrypted", }
    "RFC 7518 §4.6.1.1" { "epk": "ephemeral public key", }
    "RFC 7518 §4.6.1.2" { "apu": "about the sender, for the key agreement", }
    "RFC 7518 §4.6.1.3" { "apv": "about the recipient, for the key agreement", }
    "RFC 7518 §4.7.1.1" { "iv": "initialization vector of the key wrapping", }
    "RFC 7518 §4.7.1.2" { "tag": "authentication tag of the key wrapping", }
    "RFC 7518 §4.8.1.1" { "p2s": "salt of the key derivation", }
    "RFC 7518 §4.8.1.2" { "p2c": "rounds of the key derivation", }
    "RFC 7797 §3" { "b64": "whether the payload is base64url", }
    "RFC 7519 §5.3" {
        "iss": "copy of the claim, readable while the claims are encrypted",
        "sub": "copy of the claim, readable while the claims are encrypted",
        "aud": "copy of the claim, readable while the claims are encrypted",
    }
    "RFC 8555 §6.4.1" { "url": "the URL that an ACME request is for", }
    "RFC 8555 §6.5.2" { "nonce": "ties it to one use: an ACME request, or (Entra) an access token for Microsoft Graph", }
    "RFC 8225 §4" { "ppt": "which extension of PASSporT it is", }

    "RFC 9901 §8" { "disclosures": "the disclosures of an SD-JWT in JSON serialization", "kb_jwt": "the key binding JWT of an SD-JWT in JSON serialization", }
    "OpenID Federation 1.0 §4.3" { "trust_chain": "chain of entity statements", }
    "OpenID4VCI §8.2.1.1" { "key_attestation": "an attestation of the key of the wallet", }
    "SD-JWT VC §6" { "vctm": "descriptions of the type of the credential", }
    "Salesforce Help: JWT-based access tokens" {
        "tnk": "the tenant of the token",
        "tty": "the type of the token",
        "ver": "the version of the token's format",
    }
    "PingFederate: JSON token management" { "pi.atm": "which access token manager made it", }
    "AWS Application Load Balancer: authenticate users" { "signer": "the load balancer that signed it", "client": "the client at the identity provider", "exp": "the time from which on it must be refused", }
};

pub(in crate::token) const ALGORITHMS: &[Word] = table! {
    "RFC 7518 §3.6" { "none": "not signed", }
    "RFC 7518 §3.2" {
        "HS256": "HMAC with SHA-256: whoever can check it can also make it",
        "HS384": "HMAC with SHA-384: whoever can check it can also make it",
        "HS512": "HMAC with SHA-512: whoever can check it can also make it",
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
    "RFC 8037 §3.1" { "EdDSA": "Edwards-curve signature; which curve is up to the key (RFC 9864 names it in `alg`)", }
    "RFC 9864 §2.2" {
        "Ed25519": "Edwards-curve signature on Curve25519",
        "Ed448": "Edwards-curve signature on Curve448",
    }
    "ML-DSA for JOSE and COSE" {
        "ML-DSA-44": "lattice signature that withstands quantum computers (FIPS 204, category 2)",
        "ML-DSA-65": "lattice signature that withstands quantum computers (FIPS 204, category 3)",
        "ML-DSA-87": "lattice signature that withstands quantum computers (FIPS 204, category 5)",
    }
    "RFC 7518 §4.2" { "RSA1_5": "RSA with PKCS #1 v1.5 padding: open to padding oracles, to be avoided", }
    "RFC 7518 §4.3" {
        "RSA-OAEP": "RSA with OAEP and SHA-1",
        "RSA-OAEP-256": "RSA with OAEP and SHA-256",
    }
    "W3C WebCrypto registration" {
        "RSA-OAEP-384": "RSA with OAEP and SHA-384",
        "RSA-OAEP-512": "RSA with OAEP and SHA-512",
    }
    "RFC 7518 §4.4" {
        "A128KW": "AES key wrap with a 128-bit key",
        "A192KW": "AES key wrap with a 192-bit key",
        "A256KW": "AES key wrap with a 256-bit key",
    }
    "RFC 7518 §4.5" { "dir": "a shared key encrypts the content directly", }
    "RFC 7518 §4.6" {
        "ECDH-ES": "key agreement on an elliptic curve",
        "ECDH-ES+A128KW": "key agreement on an elliptic curve, then AES key wrap with 128 bits",
        "ECDH-ES+A192KW": "key agreement on an elliptic curve, then AES key wrap with 192 bits",
        "ECDH-ES+A256KW": "key agreement on an elliptic curve, then AES key wrap with 256 bits",
    }
    "RFC 7518 §4.7" {
        "A128GCMKW": "key wrap by AES-GCM with a 128-bit key",
        "A192GCMKW": "key wrap by AES-GCM with a 192-bit key",
        "A256GCMKW": "key wrap by AES-GCM with a 256-bit key",
    }
    "RFC 7518 §4.8" {
        "PBES2-HS256+A128KW": "key from a password, by PBKDF2 with SHA-256",
        "PBES2-HS384+A192KW": "key from a password, by PBKDF2 with SHA-384",
        "PBES2-HS512+A256KW": "key from a password, by PBKDF2 with SHA-512",
    }
    "RFC 7518 §5.2" {
        "A128CBC-HS256": "content encrypted by AES-CBC with 128 bits, and HMAC with SHA-256",
        "A192CBC-HS384": "content encrypted by AES-CBC with 192 bits, and HMAC with SHA-384",
        "A256CBC-HS512": "content encrypted by AES-CBC with 256 bits, and HMAC with SHA-512",
    }
    "RFC 7518 §5.3" {
        "A128GCM": "content encrypted by AES-GCM with a 128-bit key",
        "A192GCM": "content encrypted by AES-GCM with a 192-bit key",
        "A256GCM": "content encrypted by AES-GCM with a 256-bit key",
    }
};
