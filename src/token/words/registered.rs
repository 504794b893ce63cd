//! Claims that standards define, and those that many authorization servers have in common.

use super::{Word, table};

/// Whatever the token is for and whoever issued it.
pub(in crate::token) const CLAIMS: &[Word] = table! {
    "RFC 7519 §4.1.1" { "iss": "the authorization server that issued it", }
    "RFC 7519 §4.1.2" { "sub": "whom it is about", }
    "RFC 7519 §4.1.3" { "aud": "whom it is meant for: anyone else must refuse it", }
    "RFC 7519 §4.1.4" { "exp": "the time from which on it must be refused", }
    "RFC 7519 §4.1.5" { "nbf": "the time before which it must be refused", }
    "RFC 7519 §4.1.6" { "iat": "when it was issued", }
    "RFC 7519 §4.1.7" { "jti": "the identifier of this token, different for each", }
    "RFC 8693 §4.1" {
        "act": "who acts on behalf of the subject",
        "act/sub": "who acts on behalf of the subject",
        "act/iss": "who vouches for the one who acts",
        "act/client_id": "the client that acts",
        "act/act": "who acted before: only the outermost counts for access",
    }
    "RFC 8693 §4.2" { "scope": "what it may do", }
    "RFC 8693 §4.3" { "client_id": "the client that asked for it", }
    "RFC 8693 §4.4" { "may_act": "who may act on behalf of the subject", "may_act/sub": "who may act on behalf of the subject", }
    "RFC 9068 §2.2.3.1" {
        "groups": "the groups of the subject",
        "roles": "the roles of the subject: not scopes; what each may do is up to the API",
        "entitlements": "the entitlements of the subject",
    }
    "RFC 7800 §3.1" { "cnf": "the key that the sender must prove to have: a stolen copy is no use without it", }
    "RFC 7800 §3.2" { "cnf/jwk": "the public key that the sender must prove to have", }
    "RFC 7800 §3.3" { "cnf/jwe": "the symmetric key that the sender must prove to have, encrypted", }
    "RFC 7800 §3.4" { "cnf/kid": "which key the sender must prove to have", }
    "RFC 7800 §3.5" { "cnf/jku": "where the key is said to be that the sender must prove to have", }
    "RFC 8705 §3.1" { "cnf/x5t#S256": "thumbprint of the TLS client certificate that the connection must have", }
    "RFC 9449 §6.1" { "cnf/jkt": "thumbprint of the key whose DPoP proof must come with the token", }
    "RFC 9396 §9.1" { "authorization_details": "what it may do, in more detail than scopes can", }
    "RFC 9470 §6.1" {
        "acr": "how strongly the user signed in: an API may demand more (step-up)",
        "auth_time": "when the user signed in: an API may demand that it is recent (step-up)",
    }
    "RFC 8176 §2" { "amr": "by which methods the user signed in", }
    "RFC 8417 §2.2" {
        "events": "the security events that it reports",
        "events/http://schemas.openid.net/event/backchannel-logout": "the session of the user has ended",
        "toe": "when the event happened",
        "txn": "the transaction that the event belongs to",
    }
    "RFC 9493 §4" { "sub_id": "whom it is about, by some other identifier than a name", }

    "RFC 9701 §5" {
        "token_introspection": "what the authorization server says about a token",
        "token_introspection/active": "whether that token is valid now",
        "token_introspection/scope": "what that token may do",
    }
    "RFC 9901 §4.2.4.1" { "_sd": "digests of claims that are disclosed one by one", }
    "RFC 9901 §4.1.1" { "_sd_alg": "the hash algorithm of the disclosures", }
    "RFC 9901 §4.3" { "sd_hash": "digest of the SD-JWT that this key binding belongs to", }
    "SD-JWT VC §2.2.2.1" { "vct": "the type of the credential", "vct#integrity": "digest of the description of that type", }
    "Token Status List §6" { "status": "where to look up whether it was revoked", "status/status_list": "the list and the place in it that say whether it was revoked", }
    "RFC 9449 §4.2" {
        "htm": "the HTTP method of the request that the proof is for",
        "htu": "the URL of the request that the proof is for, without query and fragment",
        "ath": "hash of the access token that the proof comes with",
    }
    "RFC 9101 §4" {
        "response_type": "what the client asks the authorization server to answer with",
        "redirect_uri": "where the answer goes",
        "state": "ties the answer to the request",
        "code_challenge": "ties the code to the client that asked for it (PKCE)",
        "code_challenge_method": "how the challenge was made (PKCE)",
        "login_hint": "whom to sign in",
        "prompt": "whether the user is to be asked again",
        "claims": "the claims that the client asks for",
    }
    "RFC 8707 §2" { "resource": "the API that the client wants to use", }
    "JARM §2.1" {
        "code": "the authorization code: whoever has it and the verifier gets the token",
        "error": "why the authorization server refused",
        "error_description": "the same in words",
    }
    "OpenID Connect Core §2" {
        "azp": "the client that it was issued to: who uses the token, not whom it is meant for (that is `aud`)",
        "nonce": "ties the token to one request",
    }
    "OpenID Connect Core §3.1.3.6" { "at_hash": "hash of the access token that came with it", }
    "OpenID Connect Core §3.3.2.11" { "c_hash": "hash of the code that came with it", }
    "FAPI 1.0 Part 2 §5.1" { "s_hash": "hash of the state", }
    "OpenID Connect Front-Channel Logout §3" { "sid": "the session at the authorization server", }
    "OpenID Connect Core §5.1" {
        "name": "full name",
        "given_name": "given name",
        "family_name": "family name",
        "middle_name": "middle name",
        "nickname": "casual name",
        "preferred_username": "the name that the user wants to go by; may change, and may be someone else's tomorrow",
        "profile": "URL of the profile page",
        "picture": "URL of the picture",
        "website": "URL of the user's own page",
        "email": "e-mail address: may change, so that it is no key for an account",
        "email_verified": "whether the e-mail address was verified",
        "gender": "gender",
        "birthdate": "birthday",
        "zoneinfo": "time zone",
        "locale": "language and region",
        "phone_number": "telephone number",
        "phone_number_verified": "whether the telephone number was verified",
        "address": "postal address",
        "updated_at": "when the user's data last changed",
    }
    "OpenID Connect Core §5.6.2" { "_claim_names": "claims that are not in the token, and which source has them", "_claim_sources": "where to fetch the claims that are not in the token", }
    "OpenID for Identity Assurance §5" { "verified_claims": "claims with the evidence by which they were verified", }
    "OpenID Federation 1.0 §3" { "jwks": "the keys of the entity", "authority_hints": "who vouches for the entity", "metadata": "what the entity is and can do", }
    "common practice" {
        "scp": "what it may do, as Entra (text) and Okta (list) write it: the same as `scope` elsewhere",
        "scopes": "what it may do: the same as `scope` elsewhere",
        "permissions": "what it may do, as Auth0 writes it: the same use as scopes, given to the user and not asked for by the client",
        "authorities": "what it may do, as Spring writes it",
        "tenant": "the tenant that the subject belongs to",
        "tenant_id": "the tenant that the subject belongs to",
        "org_id": "the organization that the subject belongs to",
        "user_id": "the user",
        "username": "the user's name",
        "session_state": "the session at the authorization server",
        "idp": "who signed the user in",
        "ver": "the version of the token's format",
    }
};

/// What some claims mean in an ID token, whoever issued it.
pub(in crate::token) const ID_TOKEN: &[Word] = table! {
    "OpenID Connect Core §2" {
        "aud": "the client that signed the user in: an ID token is for the client to read, never for an API",
        "azp": "the client that asked for it, where it is not the audience alone",
        "sub": "the user, by an identifier that stays the same at this issuer",
        "nonce": "the client sent this value with its request, and must find it here again",
        "exp": "the time from which on the client must not accept it; the session of the user may last longer",
    }
};

/// What some claims mean in a DPoP proof.
pub(in crate::token) const DPOP_PROOF: &[Word] = table! {
    "RFC 9449 §4.2" {
        "jti": "the identifier of this proof: a server refuses to see it twice",
        "iat": "when it was made: a server accepts it for a short time only",
        "nonce": "the value that the server demanded in `DPoP-Nonce`",
    }
};

/// Tokens that a client makes for an authorization server.
pub(in crate::token) const BY_CLIENT: &[Word] = table! {
    "RFC 7523 §3; RFC 9101 §4" {
        "iss": "the client that signed it",
        "aud": "the authorization server that it is sent to",
    }
};

/// Key binding JWTs.
pub(in crate::token) const KEY_BINDING: &[Word] = table! {
    "RFC 9901 §4.3" {
        "iat": "when it was made",
        "aud": "the verifier that it is shown to",
        "nonce": "the verifier sent this value, and must find it here again",
    }
};

/// Credentials.
pub(in crate::token) const CREDENTIAL: &[Word] = table! {
    "SD-JWT VC §2.2.2.2" {
        "iss": "who issued the credential",
        "sub": "the person or thing that the credential is about",
    }
};
