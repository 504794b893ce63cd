//! What the machine-facing endpoints of the authorization server answer.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An error response of RFC 6749 §5.2.
#[derive(Debug)]
pub(super) struct OAuthFailure {
    status: StatusCode,
    pub(super) code: &'static str,
    pub(super) description: String,
    challenge: bool,
}

impl OAuthFailure {
    /// 400 with this error code.
    pub(super) fn bad(code: &'static str, description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, description: description.into(), challenge: false }
    }

    /// 401, with a challenge when the client tried the `Authorization` header (RFC 6749 §5.2).
    pub(super) fn invalid_client(by_header: bool) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: "invalid_client",
            description: "the client is not known, or did not prove who it is".to_owned(),
            challenge: by_header,
        }
    }

    /// 500.
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

/// JSON that no cache may keep (RFC 6749 §5.1).
pub(super) fn not_stored(status: StatusCode, body: &Value) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    (status, headers, body.to_string()).into_response()
}

/// The characters that `error_description` may have (RFC 6749 §5.2); any other becomes `?`.
pub(super) fn plain(text: &str) -> String {
    let allowed = |character| matches!(character, ' ' | '!' | '#'..='[' | ']'..='~');
    text.chars().take(400).map(|character| if allowed(character) { character } else { '?' }).collect()
}
