//! A new client at an authorization server (RFC 7591), and its end (RFC 7592).

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

use super::response::Answer;
use super::metadata::LIMITS;
use super::{Metadata, OAuthError};
use crate::manifest::GrantType;
use crate::net;
use crate::secret::Secret;
use crate::text::readable_url;

/// A client that was registered.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Its identifier.
    pub client_id: String,
    /// Its secret, where the server gave one although none was asked for.
    pub secret: Option<Secret>,
    /// Where it is managed (RFC 7592 §2), with the token for that.
    pub management: Option<(Url, Secret)>,
}

/// Registers a public client for a person's use: authorization code with PKCE on a loopback redirect, refresh, and the
/// device grant where the server has it.
///
/// # Errors
/// When the server has no registration, refuses, or answers something that must not be believed.
pub async fn register(http: &net::Client, metadata: &Metadata) -> Result<Registration, OAuthError> {
    let url = metadata.registration_endpoint.clone();
    let url = url.ok_or_else(|| OAuthError::Unsupported("it names no registration endpoint".to_owned()))?;
    let mut grants = vec![GrantType::AuthorizationCode, GrantType::RefreshToken];
    if metadata.device_authorization_endpoint.is_some() {
        grants.push(GrantType::DeviceCode);
    }
    let grants: Vec<&str> = grants.into_iter().map(GrantType::registered_name).collect();
    let body = json!({
        "client_name": "tokscope",
        "application_type": "native",
        "redirect_uris": [super::authorization::REDIRECT_URI],
        "response_types": ["code"],
        "grant_types": grants,
        "token_endpoint_auth_method": "none",
    });
    let headers = HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("application/json")),
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
    ]);
    let body = Some(body.to_string().into_bytes());
    let response = http.send(net::Request { method: Method::POST, url, headers, body }, LIMITS).await?;
    let answer = Answer::new("registration endpoint", response, Vec::new());
    let document = answer.document(StatusCode::CREATED, &mut Vec::new())?;
    let client_id = document.text("client_id").ok_or_else(|| answer.unreadable("it has no `client_id`"))?;
    let token = document.text("registration_access_token").map(Secret::new);
    let place = document.text("registration_client_uri").and_then(|text| readable_url(text).ok());
    // the token of a management address goes nowhere else than to the server that gave both
    let place = place.filter(|place| {
        metadata.registration_endpoint.as_ref().is_some_and(|endpoint| endpoint.origin() == place.origin())
    });
    Ok(Registration {
        client_id: client_id.to_owned(),
        secret: document.text("client_secret").map(Secret::new),
        management: place.zip(token),
    })
}

/// Ends a registration (RFC 7592 §2.3).
///
/// # Errors
/// When the server refuses.
pub async fn unregister(http: &net::Client, at: &Url, token: &Secret) -> Result<(), OAuthError> {
    let bearer = Zeroizing::new(format!("Bearer {}", token.expose()));
    let mut value = HeaderValue::from_str(&bearer)
        .map_err(|_| OAuthError::Client("its registration token fits into no header".to_owned()))?;
    value.set_sensitive(true);
    let headers = HeaderMap::from_iter([(AUTHORIZATION, value)]);
    let request = net::Request { method: Method::DELETE, url: at.clone(), headers, body: None };
    let answer = Answer::new("client configuration endpoint", http.send(request, LIMITS).await?, vec![token.clone()]);
    if answer.status().is_success() {
        return Ok(());
    }
    answer.document(StatusCode::NO_CONTENT, &mut Vec::new())?;
    Err(answer.unreadable("it is no success"))
}
