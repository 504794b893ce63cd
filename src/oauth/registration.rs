//! Dynamic client registration (RFC 7591), and deletion of a registration (RFC 7592).

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

use super::metadata::LIMITS;
use super::response::ServerResponse;
use super::{Metadata, OAuthError};
use crate::manifest::GrantType;
use crate::net;
use crate::secret::Secret;
use crate::text::readable_url;

/// A registered client.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Client identifier.
    pub client_id: String,
    /// Registered redirect URI. Some servers compare its port too, in spite of RFC 8252 §7.3.
    pub redirect_uri: String,
    /// Client secret, if the server issued one although none was requested.
    pub secret: Option<Secret>,
    /// Client configuration endpoint (RFC 7592 §2) with its access token.
    pub management: Option<(Url, Secret)>,
}

/// Registers a public native client with this redirect URI: authorization code with PKCE, refresh, and the device grant if
/// the server supports it.
///
/// # Errors
/// If the server does not support registration or refuses, or its response is not valid.
pub async fn register(http: &net::Client, metadata: &Metadata, redirect_uri: &str) -> Result<Registration, OAuthError> {
    let url = metadata.registration_endpoint.clone();
    let url = url.ok_or_else(|| OAuthError::Unsupported("its metadata lists no registration endpoint".to_owned()))?;
    let mut grants = vec![GrantType::AuthorizationCode, GrantType::RefreshToken];
    if metadata.device_authorization_endpoint.is_some() {
        grants.push(GrantType::DeviceCode);
    }
    let grants: Vec<&str> = grants.into_iter().map(GrantType::registered_name).collect();
    let body = json!({
        "client_name": "tokscope",
        "application_type": "native",
        "redirect_uris": [redirect_uri],
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
    let response = ServerResponse::new("registration endpoint", response, Vec::new());
    let document = response.document(StatusCode::CREATED, &mut Vec::new())?;
    let client_id = document.text("client_id").ok_or_else(|| response.unreadable("it has no `client_id`"))?;
    let token = document.text("registration_access_token").map(Secret::new);
    let place = document.text("registration_client_uri").and_then(|text| readable_url(text).ok());
    // the registration access token is sent only to the server that issued it
    let place = place.filter(|place| {
        metadata.registration_endpoint.as_ref().is_some_and(|endpoint| endpoint.origin() == place.origin())
    });
    Ok(Registration {
        client_id: client_id.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        secret: document.text("client_secret").map(Secret::new),
        management: place.zip(token),
    })
}

/// Deletes a registration (RFC 7592 §2.3).
///
/// # Errors
/// If the server refuses.
pub async fn unregister(http: &net::Client, at: &Url, token: &Secret) -> Result<(), OAuthError> {
    let bearer = Zeroizing::new(format!("Bearer {}", token.expose()));
    let mut value = HeaderValue::from_str(&bearer)
        .map_err(|_| OAuthError::Client("its registration access token is not a valid header value".to_owned()))?;
    value.set_sensitive(true);
    let headers = HeaderMap::from_iter([(AUTHORIZATION, value)]);
    let request = net::Request { method: Method::DELETE, url: at.clone(), headers, body: None };
    let response =
        ServerResponse::new("client configuration endpoint", http.send(request, LIMITS).await?, vec![token.clone()]);
    if response.status().is_success() {
        return Ok(());
    }
    response.document(StatusCode::NO_CONTENT, &mut Vec::new())?;
    Err(response.unreadable("it is not a success response"))
}
