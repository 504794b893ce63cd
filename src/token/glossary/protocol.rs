//! Error codes of OAuth and OpenID Connect, and the scopes of OpenID Connect.

use super::{Term, table};

/// Values of `error` in a response of an authorization server, or in a challenge of an API.
pub(in crate::token) const ERRORS: &[Term] = table! {
    "RFC 6750 §3.1" {
        "invalid_token": "401 from an API: the access token is expired, revoked, malformed or not for this API; obtain a new one",
        "insufficient_scope": "403 from an API: the access token lacks a scope, which `scope` in the challenge may name; request it in addition",
    }
    "RFC 6749 §5.2; RFC 6750 §3.1" { "invalid_request": "400: a parameter is missing, repeated or malformed, or the token was sent in two ways", }
    "RFC 6749 §5.2" {
        "invalid_client": "the client failed to authenticate: unknown `client_id`, wrong secret, or another method than the registered one",
        "invalid_grant": "the code, refresh token or password is invalid, expired, revoked, or was issued to another client or redirect URI; sign in again",
        "unauthorized_client": "the client may not use this grant type: it must be enabled where the client is registered",
        "unsupported_grant_type": "the authorization server does not support this grant type",
        "invalid_scope": "a requested scope is unknown, malformed, or not allowed for this client",
    }
    "RFC 6749 §4.1.2.1" {
        "access_denied": "the user or the authorization server refused the request",
        "unsupported_response_type": "the authorization server does not support this response type",
        "server_error": "the authorization server failed; it stands for 500 in a redirect",
        "temporarily_unavailable": "the authorization server is overloaded or down; it stands for 503 in a redirect",
    }
    "RFC 8628 §3.5" {
        "authorization_pending": "device flow: the user has not finished yet; ask again after the interval",
        "slow_down": "device flow: ask less often, from now on 5 seconds more between requests",
        "expired_token": "device flow: the device code has expired; start again",
    }
    "RFC 8707 §2" { "invalid_target": "the requested audience (`resource` or `audience`) is unknown or not allowed", }
    "RFC 9396 §5" { "invalid_authorization_details": "`authorization_details` is malformed, unknown, or not allowed for this client", }
    "RFC 9449 §5" { "invalid_dpop_proof": "the DPoP proof is missing, malformed, expired, or made for another request", }
    "RFC 9449 §8" { "use_dpop_nonce": "the DPoP proof must contain the nonce from the `DPoP-Nonce` header; send the request again with it", }
    "RFC 9470 §3" { "insufficient_user_authentication": "401 from an API: the sign-in is too weak or too old; sign in again with `acr_values` or `max_age` of the challenge", }
    "RFC 7009 §2.2.1" { "unsupported_token_type": "the authorization server can't revoke tokens of this type", }
    "RFC 7591 §3.2.2" {
        "invalid_redirect_uri": "registration: a redirect URI is not allowed",
        "invalid_client_metadata": "registration: the metadata of the client is invalid",
        "invalid_software_statement": "registration: the software statement is invalid",
        "unapproved_software_statement": "registration: the software statement is not approved",
    }
    "RFC 9101 §6.2" {
        "invalid_request_uri": "the request object can't be fetched from `request_uri`, or is invalid",
        "invalid_request_object": "the request object is invalid",
    }
    "OpenID Connect Core §3.1.2.6" {
        "interaction_required": "the user must act, but `prompt=none` forbids it; repeat the request without it",
        "login_required": "the user must sign in, but `prompt=none` forbids it; repeat the request without it",
        "account_selection_required": "the user must choose an account, but `prompt=none` forbids it; repeat the request without it",
        "consent_required": "the user must consent, but `prompt=none` forbids it; repeat the request without it",
        "request_not_supported": "the authorization server does not support `request`",
        "request_uri_not_supported": "the authorization server does not support `request_uri`",
        "registration_not_supported": "the authorization server does not support `registration`",
    }
    "OpenID Connect Unmet Authentication Requirements §2" { "unmet_authentication_requirements": "the requested authentication (`acr`) is not possible for this user", }
    "OpenID Connect CIBA §11, §13" {
        "expired_login_hint_token": "the hint about the user has expired",
        "unknown_user_id": "the hint does not identify a user",
        "missing_user_code": "the user's secret code is missing",
        "invalid_user_code": "the user's secret code is wrong",
        "invalid_binding_message": "the binding message is not acceptable",
    }
    "OAuth 2.0 for First-Party Applications §5.2.2 (draft)" { "insufficient_authorization": "the authorization server needs more from the user; continue with `auth_session`", }
};

/// Scopes that OpenID Connect defines: they are for the authorization server itself, not for an API.
pub(in crate::token) const SCOPES: &[Term] = table! {
    "OpenID Connect Core §3.1.2.1" { "openid": "requests an ID token: the user's sign-in, for the client; it grants no access to an API", }
    "OpenID Connect Core §5.4" {
        "profile": "requests the user's name, picture, birth date and other claims of the profile",
        "email": "requests `email` and `email_verified`",
        "address": "requests `address`",
        "phone": "requests `phone_number` and `phone_number_verified`",
    }
    "OpenID Connect Core §11" { "offline_access": "requests a refresh token, for access while the user is away; it usually needs `prompt=consent`", }
};
