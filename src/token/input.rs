//! Finds the token in whatever was pasted or piped.

use std::time::Duration;

use thiserror::Error;

use crate::secret::Secret;

/// A token, and what stood around it.
#[derive(Clone, Debug)]
pub struct Input {
    /// The token itself.
    pub token: Secret,
    /// `scope` of the token response that it came in (RFC 6749 §5.1).
    pub scope: Option<String>,
    /// `expires_in` of the token response that it came in.
    pub expires_in: Option<Duration>,
}

/// Why there is no token in an input.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum InputError {
    /// Nothing but white space.
    #[error("the input is empty: there is no token in it")]
    Empty,
    /// Larger than any token.
    #[error("the input has {0} bytes: more than any token")]
    TooLarge(usize),
    /// JSON without a token in it.
    #[error("the input is JSON, but has no `access_token`")]
    NoTokenInJson,
    /// A token response that is an error (RFC 6749 §5.2).
    #[error("the input is an error response, not a token: `{0}`")]
    ErrorResponse(String),
    /// Several words, none of which is a token.
    #[error("no token was found in the input")]
    NotFound,
}

/// The most bytes that are looked at.
pub const MOST_BYTES: usize = 1 << 20;

/// Finds the token in a bare token, `Bearer …` or `DPoP …`, a whole `Authorization:` line, quotes, a token response
/// in JSON (RFC 6749 §5.1), or a `curl` command; white space and line breaks around or inside a token are dropped.
///
/// # Errors
/// When there is no token.
pub fn recognise(_text: &str) -> Result<Input, InputError> {
    todo!("input")
}
