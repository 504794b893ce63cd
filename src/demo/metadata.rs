//! Metadata and keys of the authorization server (RFC 8414, `OpenID` Connect Discovery 1.0, RFC 7517).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::catalogue::{OPENID, SCOPES};
use super::response::OAuthFailure;
use super::server::Server;
use super::state::DEVICE_CODE;

/// Serves `GET /.well-known/oauth-authorization-server` and `GET /.well-known/openid-configuration` with one document:
/// clients ignore unknown members.
pub(super) async fn metadata(State(server): State<Arc<Server>>) -> Json<Value> {
    let issuer = &server.issuer;
    let scopes: Vec<&str> = SCOPES.iter().map(|entry| entry.name).chain([OPENID]).collect();
    let methods = ["client_secret_basic", "client_secret_post", "none"];
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "introspection_endpoint": format!("{issuer}/introspect"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "device_authorization_endpoint": format!("{issuer}/device_authorization"),
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token", DEVICE_CODE],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "authorization_response_iss_parameter_supported": true,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce"],
    }))
}

/// Serves `GET /jwks`.
pub(super) async fn jwks(State(server): State<Arc<Server>>) -> Response {
    match server.keys.published().await {
        Ok(keys) => Json(json!({ "keys": keys })).into_response(),
        Err(error) => OAuthFailure::server(error).into_response(),
    }
}
