//! Token endpoint (RFC 6749 section 3.2): authorization codes, client credentials, refresh tokens, device codes.

use std::sync::Arc;

use aws_lc_rs::digest;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::catalogue::OPENID;
use super::client_authentication::authenticate;
use super::device;
use super::parameters::Parameters;
use super::random::random_string;
use super::request_checks::{check_form, check_resource, requested_scopes};
use super::response::{OAuthFailure, not_stored};
use super::server::Server;
use super::state::{DEVICE_CODE, Grant, RefreshToken, RegisteredClient};
use super::tokens::{issue_access, issue_id};
use crate::scope::ScopeSet;

/// Serves `POST /token`.
pub(super) async fn token(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthFailure> {
    let form = Parameters::parse(&body);
    check_form(&form)?;
    let client = authenticate(&server, &headers, &form)?;
    check_resource(&server, &form)?;
    let grant_type = form.get("grant_type").ok_or_else(|| missing("grant_type"))?;
    if !["authorization_code", "client_credentials", "refresh_token", DEVICE_CODE].contains(&grant_type) {
        return Err(OAuthFailure::bad("unsupported_grant_type", "the grant type is not supported"));
    }
    if !client.may_use(grant_type) {
        return Err(OAuthFailure::bad("unauthorized_client", "the client is not allowed to use this grant type"));
    }
    match grant_type {
        "authorization_code" => {
            let grant = redeem_code(&server, client, &form)?;
            first_tokens(&server, client, grant).await
        }
        "refresh_token" => refresh(&server, client, &form).await,
        "client_credentials" => {
            let scopes = requested_scopes(client, form.get("scope"))?;
            let grant = Grant {
                family: random_string(9)?,
                client: client.id,
                subject: client.id.to_owned(),
                scopes: scopes.clone(),
                signed_in: server.now(),
                nonce: None,
            };
            tokens(&server, client, &grant, &scopes, None).await
        }
        _ => {
            let grant = device::poll(&server, client, form.get("device_code").ok_or_else(|| missing("device_code"))?)?;
            first_tokens(&server, client, grant).await
        }
    }
}

fn missing(parameter: &str) -> OAuthFailure {
    OAuthFailure::bad("invalid_request", format!("{parameter} is missing"))
}

/// Redeems an authorization code (RFC 6749 section 4.1.3, RFC 7636 section 4.6). Any attempt uses the code up.
fn redeem_code(server: &Server, client: &RegisteredClient, form: &Parameters) -> Result<Grant, OAuthFailure> {
    let refuse = |description: &str| OAuthFailure::bad("invalid_grant", description);
    let presented = form.get("code").ok_or_else(|| missing("code"))?;
    let redirect_uri = form.get("redirect_uri").ok_or_else(|| missing("redirect_uri"))?;
    let verifier = form.get("code_verifier").ok_or_else(|| missing("code_verifier"))?;
    let now = server.now();
    let mut store = server.store();
    let code = match store.codes.get_mut(presented) {
        // another client must not use the code up
        Some(code) if code.grant.client == client.id => code,
        _ => return Err(refuse("unknown code")),
    };
    let family = code.grant.family.clone();
    if std::mem::replace(&mut code.used, true) {
        store.revoke(&family);
        return Err(refuse("the code was already used: its tokens are revoked"));
    }
    if code.expires <= now {
        return Err(refuse("the code has expired"));
    }
    if code.redirect_uri != redirect_uri {
        return Err(refuse("redirect_uri differs from the authorization request"));
    }
    let hash = digest::digest(&digest::SHA256, verifier.as_bytes());
    if !is_verifier(verifier) || code.challenge != URL_SAFE_NO_PAD.encode(hash) {
        return Err(refuse("code_verifier does not match code_challenge"));
    }
    Ok(code.grant.clone())
}

/// Returns whether it has 43 to 128 unreserved characters (RFC 7636 section 4.1).
fn is_verifier(text: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}

/// Redeems a refresh token (RFC 6749 section 6) and rotates it. Reuse indicates theft and revokes the whole family
/// (RFC 9700 section 4.14.2).
async fn refresh(server: &Server, client: &RegisteredClient, form: &Parameters) -> Result<Response, OAuthFailure> {
    let refuse = |description: &str| OAuthFailure::bad("invalid_grant", description);
    let presented = form.get("refresh_token").ok_or_else(|| missing("refresh_token"))?;
    let (grant, scopes) = {
        let now = server.now();
        let mut store = server.store();
        let (family, used) = match store.refresh_tokens.get(presented) {
            Some(token) if token.grant.client == client.id => (token.grant.family.clone(), token.used),
            _ => return Err(refuse("unknown refresh token")),
        };
        if used {
            store.revoke(&family);
            return Err(refuse("the refresh token was already used: its token family is revoked"));
        }
        if store.is_revoked(&family) {
            return Err(refuse("the refresh token was revoked"));
        }
        let token = store.refresh_tokens.get_mut(presented).ok_or_else(|| refuse("unknown refresh token"))?;
        if token.expires <= now {
            return Err(refuse("the refresh token has expired"));
        }
        let scopes = match form.get("scope") {
            None => token.grant.scopes.clone(),
            Some(_) => requested_scopes(client, form.get("scope"))?,
        };
        if !scopes.is_subset(&token.grant.scopes) {
            let beyond = scopes.difference(&token.grant.scopes);
            return Err(OAuthFailure::bad("invalid_scope", format!("not granted: {beyond}")));
        }
        token.used = true;
        (token.grant.clone(), scopes)
    };
    // the new refresh token keeps the whole grant, even if this access token is narrower (RFC 6749 section 6)
    let next = issue_refresh(server, &grant)?;
    tokens(server, client, &grant, &scopes, Some(next)).await
}

fn issue_refresh(server: &Server, grant: &Grant) -> Result<String, OAuthFailure> {
    let text = random_string(32)?;
    let expires = server.now().saturating_add(server.options.refresh_lifetime_seconds());
    let token = RefreshToken { grant: grant.clone(), expires, used: false };
    server.store().refresh_tokens.insert(text.clone(), token);
    Ok(text)
}

/// Issues the first tokens of a user's grant, with a refresh token.
async fn first_tokens(server: &Server, client: &RegisteredClient, grant: Grant) -> Result<Response, OAuthFailure> {
    let refresh_token = issue_refresh(server, &grant)?;
    let scopes = grant.scopes.clone();
    tokens(server, client, &grant, &scopes, Some(refresh_token)).await
}

/// Builds the token response (RFC 6749 section 5.1).
async fn tokens(
    server: &Server,
    client: &RegisteredClient,
    grant: &Grant,
    scopes: &ScopeSet,
    refresh_token: Option<String>,
) -> Result<Response, OAuthFailure> {
    let mut response = json!({
        "access_token": issue_access(server, client, grant, scopes).await?,
        "token_type": "Bearer",
        "expires_in": server.options.access_lifetime_seconds(),
        "scope": scopes.to_string(),
    });
    if let Value::Object(members) = &mut response {
        if let Some(refresh_token) = refresh_token {
            members.insert("refresh_token".to_owned(), json!(refresh_token));
        }
        if scopes.contains(OPENID) {
            members.insert("id_token".to_owned(), json!(issue_id(server, client, grant).await?));
        }
    }
    Ok(not_stored(StatusCode::OK, &response))
}
