//! What can go wrong with an authorization server.

use thiserror::Error;

/// Why there is no token. No variant holds a secret.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OAuthError {
    /// No answer at all.
    #[error(transparent)]
    Net(#[from] crate::net::NetError),
}
