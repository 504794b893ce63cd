//! What can go wrong with an authorization server.

use thiserror::Error;

use crate::net::NetError;

/// Why there is no token. No variant holds a secret; some hold text of the server's.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OAuthError {
    /// No answer at all.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The metadata is not there or must not be believed.
    #[error("the metadata of `{issuer}` can't be used: {reason}")]
    Metadata {
        /// The issuer that was asked.
        issuer: String,
        /// Why.
        reason: String,
    },
    /// The server lacks something that is needed.
    #[error("the authorization server can't do this: {0}")]
    Unsupported(String),
    /// An error response (RFC 6749 §4.1.2.1, §5.2).
    #[error("the authorization server refused: `{error}`{}", description.as_ref().map(|text| format!(", {text}")).unwrap_or_default())]
    Refused {
        /// The code, such as `access_denied`.
        error: String,
        /// `error_description`.
        description: Option<String>,
    },
    /// An answer that is no token response.
    #[error("the token endpoint answered {status}, and what it sent is no token response: {reason}")]
    NotATokenResponse {
        /// The HTTP status.
        status: u16,
        /// Why.
        reason: &'static str,
    },
    /// The redirect came from someone else (RFC 9207).
    #[error("the answer came from another authorization server than the one asked")]
    WrongIssuer,
    /// No port could be bound.
    #[error("no port on 127.0.0.1 can be listened on: {0}")]
    Listener(String),
    /// The user did not come back.
    #[error("nobody came back from the browser within {0} s")]
    TimedOut(u64),
}
