//! Introspection (RFC 7662) and revocation (RFC 7009).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::client_authentication::authenticate;
use super::parameters::Parameters;
use super::request_checks::check_form;
use super::response::{OAuthFailure, not_stored};
use super::server::Server;
use super::state::RegisteredClient;
use super::tokens::check_access;

/// Serves `POST /introspect`. A confidential client may introspect any token, a public client only its own. Any other
/// token is reported as inactive, which prevents token scanning (RFC 7662 section 4).
pub(super) async fn introspect(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthFailure> {
    let (client, token) = read(&server, &headers, &body)?;
    let visible = |owner: &str| client.confidential || owner == client.id;
    let response = match refresh_token(&server, &token) {
        Some(response) => Some(response),
        None => access_token(&server, &token).await,
    };
    let response = response.filter(|response| response.get("client_id").and_then(Value::as_str).is_some_and(visible));
    Ok(not_stored(StatusCode::OK, &response.unwrap_or_else(|| json!({ "active": false }))))
}

fn read(
    server: &Server,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(&'static RegisteredClient, String), OAuthFailure> {
    let form = Parameters::parse(body);
    check_form(&form)?;
    let client = authenticate(server, headers, &form)?;
    let token = form.get("token").ok_or_else(|| OAuthFailure::bad("invalid_request", "token is missing"))?;
    Ok((client, token.to_owned()))
}

fn refresh_token(server: &Server, token: &str) -> Option<Value> {
    let now = server.now();
    let store = server.store();
    let known = store.refresh_tokens.get(token)?;
    if known.used || known.expires <= now || store.is_revoked(&known.grant.family) {
        return None;
    }
    Some(json!({
        "active": true,
        "iss": server.issuer,
        "client_id": known.grant.client,
        "sub": known.grant.subject,
        "scope": known.grant.scopes.to_string(),
        "exp": known.expires,
    }))
}

async fn access_token(server: &Server, token: &str) -> Option<Value> {
    let claims = check_access(server, token).await.ok()?;
    Some(json!({
        "active": true,
        "token_type": "Bearer",
        "iss": server.issuer,
        "sub": claims.subject,
        "aud": claims.audience,
        "client_id": claims.client,
        "scope": claims.scopes.to_string(),
        "iat": claims.issued,
        "exp": claims.expires,
        "jti": claims.id,
    }))
}

/// Serves `POST /revoke`. Revoking a refresh token revokes all tokens of its grant (RFC 7009 section 2.1). Unknown and
/// expired tokens are reported as revoked (section 2.2).
pub(super) async fn revoke(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthFailure> {
    let (client, token) = read(&server, &headers, &body)?;
    let refresh = {
        let store = server.store();
        store.refresh_tokens.get(&token).map(|known| (known.grant.client.to_owned(), known.grant.family.clone()))
    };
    let found = match refresh {
        Some(found) => Some(found),
        None => check_access(&server, &token).await.ok().map(|claims| (claims.client, claims.id)),
    };
    if let Some((owner, id)) = found {
        if owner != client.id {
            return Err(OAuthFailure::bad("unauthorized_client", "the token belongs to another client"));
        }
        server.store().revoke(&id);
    }
    Ok(not_stored(StatusCode::OK, &json!({})))
}
