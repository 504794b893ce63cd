//! The token endpoint: client credentials (RFC 6749 §4.4), refresh (§6), and the code's own request (§4.1.3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use url::form_urlencoded::{Serializer, byte_serialize};
use zeroize::Zeroizing;

use super::metadata::LIMITS;
use super::{ClientIdentity, Metadata, OAuthError, TokenSet, token_set};
use crate::net;
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// Obtains a token for the client itself.
///
/// # Errors
/// When the server refuses or answers something that must not be believed.
pub async fn client_credentials(
    http: &net::Client,
    metadata: &Metadata,
    client: &ClientIdentity,
    scopes: &ScopeSet,
    extra: &[(String, String)],
) -> Result<TokenSet, OAuthError> {
    let scope = scopes.to_string();
    let mut parameters = vec![("grant_type", "client_credentials")];
    if !scopes.is_empty() {
        parameters.push(("scope", &scope));
    }
    parameters.extend(extra.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    request(http, metadata, client, &parameters).await
}

/// Refreshes, and narrows when scopes are given.
///
/// # Errors
/// When the server refuses or answers something that must not be believed.
pub async fn refresh(
    http: &net::Client,
    metadata: &Metadata,
    client: &ClientIdentity,
    refresh_token: &Secret,
    scopes: Option<&ScopeSet>,
) -> Result<TokenSet, OAuthError> {
    let scope = scopes.map(ToString::to_string).unwrap_or_default();
    let mut parameters = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose())];
    if !scope.is_empty() {
        parameters.push(("scope", &scope));
    }
    request(http, metadata, client, &parameters).await
}

/// Sends one token request, authenticated as the server wants it (RFC 6749 §2.3.1): `client_secret_basic` unless it
/// only names `client_secret_post`; a public client sends its identifier.
pub(super) async fn request(
    http: &net::Client,
    metadata: &Metadata,
    client: &ClientIdentity,
    parameters: &[(&str, &str)],
) -> Result<TokenSet, OAuthError> {
    let url = metadata.token_endpoint.clone();
    let url = url.ok_or_else(|| OAuthError::Unsupported("it names no token endpoint".to_owned()))?;
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    let mut pairs = parameters.to_vec();
    let methods = metadata.token_endpoint_auth_methods_supported.as_deref().unwrap_or_default();
    let offers = |method: &str| methods.iter().any(|offered| offered == method);
    match &client.secret {
        Some(secret) if offers("client_secret_post") && !offers("client_secret_basic") => {
            pairs.extend([("client_id", client.client_id.as_str()), ("client_secret", secret.expose())]);
        }
        Some(secret) => {
            headers.insert(AUTHORIZATION, basic(&client.client_id, secret)?);
        }
        None => {
            pairs.push(("client_id", &client.client_id));
        }
    }
    // the serializer must not live across the wait: it would tie every grant to one thread
    let body = Some(Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes());
    let answer = http.send(net::Request { method: Method::POST, url, headers, body }, LIMITS).await?;
    token_set::read(answer.status.as_u16(), &answer.body).map_err(|error| {
        let secret = |(name, _): &&(&str, &str)| ["code", "code_verifier", "refresh_token"].contains(name);
        let sent = parameters.iter().filter(secret).map(|(_, value)| *value);
        without(error, &sent.chain(client.secret.as_ref().map(Secret::expose)).collect::<Vec<_>>())
    })
}

/// A server's refusal, short, and without the secrets that were sent to it: some repeat them in their description.
fn without(error: OAuthError, secrets: &[&str]) -> OAuthError {
    let clean = |mut text: String, most: usize| {
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            text = text.replace(secret, "[redacted]");
        }
        text.chars().take(most).collect::<String>()
    };
    match error {
        OAuthError::Refused { error, description } => OAuthError::Refused {
            error: clean(error, 100),
            description: description.map(|description| clean(description, 500)),
        },
        other => other,
    }
}

/// Both parts are form-encoded before they are joined (RFC 6749 §2.3.1).
fn basic(client_id: &str, secret: &Secret) -> Result<HeaderValue, OAuthError> {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = Zeroizing::new(format!("{}:{}", encode(client_id), encode(secret.expose())));
    let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| OAuthError::Unsupported("the client's secret fits into no header".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}
