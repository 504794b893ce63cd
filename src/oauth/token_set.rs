//! What a token endpoint answers.

use std::time::Duration;

use crate::diagnostic::Diagnostic;
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// Who asks.
#[derive(Clone, Debug)]
pub struct ClientIdentity {
    /// `client_id`.
    pub client_id: String,
    /// The secret of a confidential client.
    pub secret: Option<Secret>,
}

/// A token response (RFC 6749 §5.1).
#[derive(Clone, Debug)]
pub struct TokenSet {
    /// The access token.
    pub access_token: Secret,
    /// `token_type` as it was sent.
    pub token_type: String,
    /// Its lifetime, where the server says so.
    pub expires_in: Option<Duration>,
    /// The refresh token.
    pub refresh_token: Option<Secret>,
    /// The ID token.
    pub id_token: Option<Secret>,
    /// `scope`; `None` when the response has none, which means: what was asked for (RFC 6749 §5.1).
    pub scope: Option<ScopeSet>,
    /// Where the server bent the rules.
    pub findings: Vec<Diagnostic>,
}
