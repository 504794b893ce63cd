//! Claims defined by standards, and claims that many authorization servers share.

use super::{Term, table};

/// Claims in general, whatever the issuer and the kind of token.
pub(in crate::token) const CLAIMS: &[Term] = table! {
    "RFC 7519 §4.1.1" { "iss": "issuer: the authorization server", }
    "RFC 7519 §4.1.2" { "sub": "subject: the user or client", }
    "RFC 7519 §4.1.3" { "aud": "audience: other APIs must reject this token", }
    "RFC 7519 §4.1.4" { "exp": "expiration time", }
    "RFC 7519 §4.1.5" { "nbf": "not valid before this time", }
    "RFC 7519 §4.1.6" { "iat": "time of issue", }
    "RFC 7519 §4.1.7" { "jti": "unique token ID", }
    "RFC 8693 §4.1" {
        "act": "actor: acts on behalf of the subject",
        "act/sub": "actor: acts on behalf of the subject",
        "act/iss": "issuer of the actor's identifier",
        "act/client_id": "client that acts on behalf of the subject",
        "act/act": "previous actor: informational, only the outermost `act` counts for access",
    }
    "RFC 8693 §4.2" { "scope": "granted scopes", }
    "RFC 8693 §4.3" { "client_id": "client that requested the token", }
    "RFC 8693 §4.4" { "may_act": "may act on behalf of the subject", "may_act/sub": "may act on behalf of the subject", }
    "RFC 9068 §2.2.3.1" {
        "groups": "groups of the subject",
        "roles": "roles of the subject: not scopes; each API decides what a role allows",
        "entitlements": "entitlements of the subject",
    }
    "RFC 7800 §3.1" { "cnf": "confirmation key: the sender must prove possession of it", }
    "RFC 7800 §3.2" { "cnf/jwk": "public key that the sender must prove possession of", }
    "RFC 7800 §3.3" { "cnf/jwe": "encrypted symmetric key that the sender must prove possession of", }
    "RFC 7800 §3.4" { "cnf/kid": "identifier of the key that the sender must prove possession of", }
    "RFC 7800 §3.5" { "cnf/jku": "URL of the JWK Set with the key that the sender must prove possession of", }
    "RFC 8705 §3.1" { "cnf/x5t#S256": "thumbprint of the TLS client certificate that the token is bound to", }
    "RFC 9449 §6.1" { "cnf/jkt": "thumbprint of the key that the DPoP proof must be signed with", }
    "RFC 9396 §9.1" { "authorization_details": "fine-grained permissions (rich authorization requests)", }
    "RFC 9470 §6.1" {
        "acr": "authentication context class: an API can require a stronger one (step-up)",
        "auth_time": "time of sign-in: an API can require a recent one (step-up)",
    }
    "RFC 8176 §2" { "amr": "authentication methods that were used", }
    "RFC 8417 §2.2" {
        "events": "security events that the token reports",
        "events/http://schemas.openid.net/event/backchannel-logout": "the user's session has ended",
        "toe": "time of the event",
        "txn": "identifier of the transaction that the event belongs to",
    }
    "RFC 9493 §4" { "sub_id": "subject identifier in a structured format", }

    "RFC 9701 §5" {
        "token_introspection": "introspection result: the authorization server's statement about a token",
        "token_introspection/active": "whether that token is currently valid",
        "token_introspection/scope": "scopes of that token",
    }
    "RFC 9901 §4.2.4.1" { "_sd": "digests of selectively disclosable claims", }
    "RFC 9901 §4.1.1" { "_sd_alg": "hash algorithm of the digests", }
    "RFC 9901 §4.3" { "sd_hash": "digest of the SD-JWT that the key binding JWT belongs to", }
    "SD-JWT VC §2.2.2.1" { "vct": "type of the credential", "vct#integrity": "hash of the credential type's metadata document", }
    "Token Status List §6" { "status": "reference to the revocation status", "status/status_list": "status list, and the index of this token in it", }
    "RFC 9449 §4.2" {
        "htm": "HTTP method of the request that the proof is for",
        "htu": "URL of the request that the proof is for, without query and fragment",
        "ath": "hash of the access token that is sent with the proof",
    }
    "RFC 9101 §4" {
        "response_type": "response type that the client requests",
        "redirect_uri": "URL that the authorization response is sent to",
        "state": "value that links the response to the request",
        "code_challenge": "PKCE challenge: binds the code to the client that requested it",
        "code_challenge_method": "transformation of the PKCE code verifier",
        "login_hint": "hint about the user to sign in",
        "prompt": "whether the user must be prompted to sign in or consent again",
        "claims": "individual claims that the client requests",
    }
    "RFC 8707 §2" { "resource": "API that the client requests access to", }
    "JARM §2.1" {
        "code": "authorization code",
        "error": "error code of the authorization server",
        "error_description": "description of the error",
    }
    "OpenID Connect Core §2" {
        "azp": "authorized party: the client that uses the token, not the audience (`aud`)",
        "nonce": "value that links the token to one request",
    }
    "OpenID Connect Core §3.1.3.6" { "at_hash": "hash of the access token issued with it", }
    "OpenID Connect Core §3.3.2.11" { "c_hash": "hash of the authorization code issued with it", }
    "FAPI 1.0 Part 2 §5.1" { "s_hash": "hash of the `state` of the request", }
    "OpenID Connect Front-Channel Logout §3" { "sid": "session ID at the authorization server", }
    "OpenID Connect Core §5.1" {
        "name": "full name",
        "given_name": "given name",
        "family_name": "family name",
        "middle_name": "middle name",
        "nickname": "casual name",
        "preferred_username": "display name chosen by the user: can change, not unique",
        "profile": "URL of the profile page",
        "picture": "URL of the profile picture",
        "website": "URL of the user's website",
        "email": "email address: can change, so don't use it as an account key",
        "email_verified": "whether the email address was verified",
        "gender": "gender",
        "birthdate": "date of birth",
        "zoneinfo": "time zone",
        "locale": "locale",
        "phone_number": "phone number",
        "phone_number_verified": "whether the phone number was verified",
        "address": "postal address",
        "updated_at": "time of the last change to the user's data",
    }
    "OpenID Connect Core §5.6.2" { "_claim_names": "claims that other sources hold, each with the name of its source", "_claim_sources": "for each source, the endpoint that returns its claims", }
    "OpenID for Identity Assurance §5" { "verified_claims": "claims with the evidence of their verification", }
    "OpenID Federation 1.0 §3" { "jwks": "public keys of the entity", "authority_hints": "superior entities that vouch for the entity", "metadata": "metadata of the entity", }
    "common practice" {
        "scp": "scopes: a string at Entra, an array at Okta; `scope` in the standards",
        "scopes": "scopes under a non-standard name; `scope` in the standards",
        "permissions": "permissions of the user at this API (Auth0)",
        "authorities": "authorities (Spring Security)",
        "tenant": "tenant of the subject",
        "tenant_id": "tenant of the subject",
        "org_id": "organization of the subject",
        "user_id": "identifier of the user",
        "username": "username",
        "session_state": "session ID at the authorization server",
        "idp": "identity provider that signed the user in",
        "ver": "version of the token format",
    }
};

/// Claims with a special meaning in an ID token.
pub(in crate::token) const ID_TOKEN: &[Term] = table! {
    "OpenID Connect Core §2" {
        "aud": "audience: the client that signed the user in; APIs must reject an ID token",
        "azp": "authorized party: the client that the ID token was issued to",
        "sub": "subject: the user, never reassigned at this issuer",
        "nonce": "value from the authentication request: the client must check that it matches",
        "exp": "expiration time of the ID token, not of the session",
    }
};

/// Claims with a special meaning in a DPoP proof.
pub(in crate::token) const DPOP_PROOF: &[Term] = table! {
    "RFC 9449 §4.2" {
        "jti": "unique identifier of the proof, to detect replay",
        "iat": "time of creation: a server accepts the proof only briefly",
        "nonce": "value from the server's `DPoP-Nonce` header",
    }
};

/// Claims with a special meaning in a token that a client signs for an authorization server.
pub(in crate::token) const BY_CLIENT: &[Term] = table! {
    "RFC 7523 §3; RFC 9101 §4" {
        "iss": "issuer: the client that signed it",
        "aud": "audience: the authorization server that it is sent to",
    }
};

/// Claims with a special meaning in a key binding JWT.
pub(in crate::token) const KEY_BINDING: &[Term] = table! {
    "RFC 9901 §4.3" {
        "iat": "time of creation",
        "aud": "audience: the verifier that it is presented to",
        "nonce": "value from the verifier: the verifier must check that it matches",
    }
};

/// Claims with a special meaning in a verifiable credential.
pub(in crate::token) const CREDENTIAL: &[Term] = table! {
    "SD-JWT VC §2.2.2.2" {
        "iss": "issuer of the credential",
        "sub": "subject: the entity that the credential describes",
    }
};

/// Claims with a special meaning in a transaction token.
pub(in crate::token) const TRANSACTION_TOKEN: &[Term] = table! {
    "OAuth Transaction Tokens §5.2" {
        "iss": "issuer: the transaction token service; optional within one trust domain",
        "aud": "audience: the trust domain, all of whose workloads accept the token",
        "sub": "subject of the transaction, unique within the trust domain",
        "txn": "identifier of the transaction, the same in every call that belongs to it",
        "scope": "purpose of the transaction, narrower than the access token that started it",
        "purp": "purpose of the transaction (older name of `scope`)",
        "tctx": "transaction context: values that must not change along the call chain",
        "rctx": "requester context: where the request came from",
        "req_wl": "workload that requested the token",
        "azd": "authorization details of the transaction (older drafts)",
    }
};

/// Claims with a special meaning in an identity assertion authorization grant.
pub(in crate::token) const IDENTITY_ASSERTION_GRANT: &[Term] = table! {
    "Identity Assertion JWT Authorization Grant §3" {
        "iss": "issuer: the identity provider",
        "aud": "audience: the authorization server that exchanges it for an access token",
        "client_id": "client at that authorization server that may use it",
        "scope": "scopes that the access token is meant to have",
        "resource": "API that the access token is meant for",
        "tenant": "tenant of the user at the identity provider",
        "aud_tenant": "tenant of the user at that authorization server",
        "aud_sub": "identifier of the user at that authorization server",
    }
};

/// Claims with a special meaning in a status list token.
pub(in crate::token) const STATUS_LIST: &[Term] = table! {
    "Token Status List §5.1" {
        "sub": "subject: the URL of the status list",
        "ttl": "how long a cached copy may be used, in seconds",
        "status_list": "statuses of other tokens, compressed",
        "status_list/bits": "number of bits per token",
        "status_list/lst": "statuses: compressed with DEFLATE, in base64url",
        "status_list/aggregation_uri": "URL of the issuer's other status lists",
    }
};

/// Claims with a special meaning in a trust mark.
pub(in crate::token) const TRUST_MARK: &[Term] = table! {
    "OpenID Federation 1.0 §7" {
        "iss": "issuer of the trust mark",
        "sub": "subject: the entity that the trust mark is about",
        "trust_mark_type": "type of the trust mark",
        "id": "type of the trust mark (older drafts)",
        "logo_uri": "URL of a logo",
        "ref": "URL of a description of the trust mark",
        "delegation": "permission of the trust mark's owner to issue it",
    }
};
