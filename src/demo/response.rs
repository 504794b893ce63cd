//! Responses of the authorization server's API endpoints.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An error response (RFC 6749 section 5.2).
#[derive(Debug)]
pub(super) struct OAuthFailure {
    status: StatusCode,
    pub(super) code: &'static str,
    pub(super) description: String,
    challenge: bool,
}

impl OAuthFailure {
    /// Creates a 400 response with an error code.
    pub(super) fn bad(code: &'static str, description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, description: description.into(), challenge: false }
    }

    /// Creates a 401 response, with a challenge if the client used the `Authorization` header (RFC 6749 section 5.2).
    pub(super) fn invalid_client(with_challenge: bool) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: "invalid_client",
            description: "unknown client, or client authentication failed".to_owned(),
            challenge: with_challenge,
        }
    }

    /// Creates a 500 response.
    pub(super) fn server(description: impl Into<String>) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "server_error",
            description: description.into(),
            challenge: false,
        }
    }
}

impl From<String> for OAuthFailure {
    fn from(description: String) -> Self {
        Self::server(description)
    }
}

impl IntoResponse for OAuthFailure {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.code, "error_description": plain(&self.description) });
        let mut response = not_stored(self.status, &body);
        if self.challenge {
            let basic = HeaderValue::from_static("Basic realm=\"tokscope demo\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
        }
        response
    }
}

/// Builds a JSON response that must not be cached (RFC 6749 section 5.1).
pub(super) fn not_stored(status: StatusCode, body: &Value) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    (status, headers, body.to_string()).into_response()
}

/// Replaces characters that `error_description` does not allow (RFC 6749 section 5.2) with `?`.
pub(super) fn plain(text: &str) -> String {
    let allowed = |character| matches!(character, ' ' | '!' | '#'..='[' | ']'..='~');
    text.chars().take(400).map(|character| if allowed(character) { character } else { '?' }).collect()
}
