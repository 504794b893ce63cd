//! The token endpoint (RFC 6749 §3.2): codes, client credentials, refresh tokens and device codes become tokens.

use std::sync::Arc;

use aws_lc_rs::digest;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::answer::{OAuthFailure, not_stored};
use super::catalog::{OPENID, is_known};
use super::clients::{DEVICE_CODE, RegisteredClient, authenticate};
use super::device;
use super::parameters::Parameters;
use super::server::Server;
use super::store::{Grant, RefreshToken, random_text};
use super::tokens::{issue_access, issue_id};
use crate::scope::ScopeSet;

/// `POST /token`
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
        return Err(OAuthFailure::bad("unsupported_grant_type", "there is no such grant here"));
    }
    if !client.may_use(grant_type) {
        return Err(OAuthFailure::bad("unauthorized_client", "the client may not use this grant"));
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
                family: random_text(9)?,
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

/// Refuses a form that repeats a parameter (RFC 6749 §3.2).
pub(super) fn check_form(form: &Parameters) -> Result<(), OAuthFailure> {
    match form.repeated() {
        Some(name) => Err(OAuthFailure::bad("invalid_request", format!("{name} is there more than once"))),
        None => Ok(()),
    }
}

/// `resource` (RFC 8707 §2) can only be the API of the demo.
pub(super) fn check_resource(server: &Server, parameters: &Parameters) -> Result<(), OAuthFailure> {
    if parameters.all("resource").all(|resource| resource == server.audience) {
        Ok(())
    } else {
        Err(OAuthFailure::bad("invalid_target", format!("the only resource here is {}", server.audience)))
    }
}

/// The scopes that a client asks for. There is no default: a request without any is refused (RFC 6749 §3.3).
pub(super) fn requested_scopes(client: &RegisteredClient, scope: Option<&str>) -> Result<ScopeSet, OAuthFailure> {
    let invalid = |description: String| OAuthFailure::bad("invalid_scope", description);
    let scopes = ScopeSet::parse(scope.unwrap_or_default()).map_err(|error| invalid(error.to_string()))?;
    if scopes.is_empty() {
        return Err(invalid("name the scopes: there is no default".to_owned()));
    }
    let refused = |scope: &&crate::scope::Scope| !is_known(scope.as_str()) || !client.may_request(scope.as_str());
    let first = scopes.iter().find(refused).cloned();
    match first {
        Some(scope) if is_known(scope.as_str()) => Err(invalid(format!("the client may not request {scope}"))),
        Some(scope) => Err(invalid(format!("there is no scope {scope}"))),
        None => Ok(scopes),
    }
}

/// Trades a code in (RFC 6749 §4.1.3, RFC 7636 §4.6). The code is spent by the attempt, whatever comes of it.
fn redeem_code(server: &Server, client: &RegisteredClient, form: &Parameters) -> Result<Grant, OAuthFailure> {
    let refuse = |description: &str| OAuthFailure::bad("invalid_grant", description);
    let presented = form.get("code").ok_or_else(|| missing("code"))?;
    let redirect_uri = form.get("redirect_uri").ok_or_else(|| missing("redirect_uri"))?;
    let verifier = form.get("code_verifier").ok_or_else(|| missing("code_verifier"))?;
    let now = server.now();
    let mut store = server.store();
    let code = match store.codes.get_mut(presented) {
        // another client's attempt must not spend the code of the rightful one
        Some(code) if code.grant.client == client.id => code,
        _ => return Err(refuse("the code is not known")),
    };
    let family = code.grant.family.clone();
    if std::mem::replace(&mut code.used, true) {
        store.revoke(&family);
        return Err(refuse("the code was used before: everything that came of it is revoked"));
    }
    if code.expires <= now {
        return Err(refuse("the code expired"));
    }
    if code.redirect_uri != redirect_uri {
        return Err(refuse("redirect_uri is not the one of the authorization request"));
    }
    let hash = digest::digest(&digest::SHA256, verifier.as_bytes());
    if !is_verifier(verifier) || code.challenge != URL_SAFE_NO_PAD.encode(hash) {
        return Err(refuse("code_verifier does not fit the challenge"));
    }
    Ok(code.grant.clone())
}

/// 43 to 128 unreserved characters (RFC 7636 §4.1).
pub(super) fn is_verifier(text: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}

/// Refreshes (RFC 6749 §6). The presented token is replaced; one that comes back was stolen or leaked, and then the
/// whole family goes (RFC 9700 §4.14.2).
async fn refresh(server: &Server, client: &RegisteredClient, form: &Parameters) -> Result<Response, OAuthFailure> {
    let refuse = |description: &str| OAuthFailure::bad("invalid_grant", description);
    let presented = form.get("refresh_token").ok_or_else(|| missing("refresh_token"))?;
    let (grant, scopes) = {
        let now = server.now();
        let mut store = server.store();
        let (family, used) = match store.refresh_tokens.get(presented) {
            Some(token) if token.grant.client == client.id => (token.grant.family.clone(), token.used),
            _ => return Err(refuse("the refresh token is not known")),
        };
        if used {
            store.revoke(&family);
            return Err(refuse("the refresh token was used before: everything that came of it is revoked"));
        }
        if store.is_revoked(&family) {
            return Err(refuse("the refresh token was revoked"));
        }
        let token = store.refresh_tokens.get_mut(presented).ok_or_else(|| refuse("the refresh token is not known"))?;
        if token.expires <= now {
            return Err(refuse("the refresh token expired"));
        }
        let scopes = match form.get("scope") {
            None => token.grant.scopes.clone(),
            Some(_) => requested_scopes(client, form.get("scope"))?,
        };
        if !scopes.is_subset(&token.grant.scopes) {
            let beyond = scopes.difference(&token.grant.scopes);
            return Err(OAuthFailure::bad("invalid_scope", format!("never granted: {beyond}")));
        }
        token.used = true;
        (token.grant.clone(), scopes)
    };
    // the new one stands for all that was granted, however narrow this access token is (RFC 6749 §6)
    let next = remember_refresh_token(server, &grant)?;
    tokens(server, client, &grant, &scopes, Some(next)).await
}

fn remember_refresh_token(server: &Server, grant: &Grant) -> Result<String, OAuthFailure> {
    let text = random_text(32)?;
    let expires = server.now().saturating_add(server.options.refresh_lifetime_seconds());
    let token = RefreshToken { grant: grant.clone(), expires, used: false };
    server.store().refresh_tokens.insert(text.clone(), token);
    Ok(text)
}

/// The first answer to a grant by a user, with a refresh token.
async fn first_tokens(server: &Server, client: &RegisteredClient, grant: Grant) -> Result<Response, OAuthFailure> {
    let refresh_token = remember_refresh_token(server, &grant)?;
    let scopes = grant.scopes.clone();
    tokens(server, client, &grant, &scopes, Some(refresh_token)).await
}

/// The successful response of RFC 6749 §5.1.
async fn tokens(
    server: &Server,
    client: &RegisteredClient,
    grant: &Grant,
    scopes: &ScopeSet,
    refresh_token: Option<String>,
) -> Result<Response, OAuthFailure> {
    let mut answer = json!({
        "access_token": issue_access(server, client, grant, scopes).await?,
        "token_type": "Bearer",
        "expires_in": server.options.access_lifetime_seconds(),
        "scope": scopes.to_string(),
    });
    if let Value::Object(members) = &mut answer {
        if let Some(refresh_token) = refresh_token {
            members.insert("refresh_token".to_owned(), json!(refresh_token));
        }
        if scopes.contains(OPENID) {
            members.insert("id_token".to_owned(), json!(issue_id(server, client, grant).await?));
        }
    }
    Ok(not_stored(StatusCode::OK, &answer))
}
