//! What can go wrong with an authorization server.

use std::borrow::Cow;
use std::time::Duration;

use thiserror::Error;

use crate::net::NetError;

/// Why there is no token. No variant holds a secret; some hold text of the server's, cut short.
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
    /// The server has no PKCE with S256, or does not say so (RFC 9700 §2.1.1).
    #[error("the authorization server does not say that it has PKCE with S256")]
    NoPkce,
    /// What the client itself has does not do: a key that can't sign, a secret that fits into no header.
    #[error("the client can't prove who it is: {0}")]
    Client(String),
    /// An error response (RFC 6749 §4.1.2.1, §5.2).
    #[error("the authorization server refused: `{error}`{}", description.as_ref().map(|text| format!(", {text}")).unwrap_or_default())]
    Refused {
        /// The code, such as `access_denied`.
        error: String,
        /// `error_description`.
        description: Option<String>,
    },
    /// An answer that is not what was asked for.
    #[error("the {endpoint} answered {status}, and what it sent can't be used: {reason}")]
    Unreadable {
        /// Whose answer: `token endpoint`, `device authorization endpoint`, …
        endpoint: &'static str,
        /// The HTTP status.
        status: u16,
        /// Why.
        reason: &'static str,
    },
    /// The server can't answer now: a status of 429 or 5xx, or an error code that says so (RFC 6749 §4.1.2.1).
    #[error("the {endpoint} is not available (status {status}): {reason}")]
    Unavailable {
        /// As in [`Self::Unreadable`].
        endpoint: &'static str,
        /// The HTTP status.
        status: u16,
        /// What the server says, or why its response can't be used.
        reason: String,
        /// `Retry-After` (RFC 9110 §10.2.3).
        retry_after: Option<Duration>,
    },
    /// The redirect came from someone else (RFC 9207).
    #[error("the answer came from another authorization server than the one asked")]
    WrongIssuer,
    /// The redirect does not say who it is from, though the server says that it does (RFC 9207 §2.4).
    #[error("the answer does not say which authorization server it is from, and is not believed{}", .0.as_ref().map(|error| format!("; it says `{error}`")).unwrap_or_default())]
    NoIssuer(Option<String>),
    /// No port could be bound.
    #[error("no port on 127.0.0.1 can be listened on: {0}")]
    Listener(String),
    /// The fixed port of the redirect URI is taken.
    #[error("the port {0} of the redirect URI is in use by another program")]
    PortInUse(u16),
    /// Nobody listens for the redirect URI, so what comes back has to be pasted.
    #[error("this machine can't wait for the redirect URI `{0}`")]
    NotLoopback(String),
    /// The user did not come back.
    #[error("nobody came back from the browser within {0} s")]
    TimedOut(u64),
    /// The user did not enter the code in time (RFC 8628 §3.5).
    #[error("the device code expired before it was approved")]
    DeviceCodeExpired,
    /// What was pasted is no answer to this request.
    #[error("what was pasted does not fit: {0}")]
    Pasted(&'static str),
    /// The ID token must not be believed (OpenID Connect Core §3.1.3.7).
    #[error("the ID token can't be believed: {0}")]
    IdToken(String),
}

impl OAuthError {
    /// The way out, where one is known.
    #[must_use]
    pub fn hint(&self) -> Option<Cow<'static, str>> {
        if let Self::Unavailable { retry_after: Some(wait), .. } = self {
            return Some(format!("the server asks to try again in {} s", wait.as_secs()).into());
        }
        self.known_hint().map(Cow::Borrowed)
    }

    fn known_hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Unavailable { .. } => "try again later: the token is unchanged",
            Self::NoPkce => {
                "if it has it all the same, write `metadata = { code_challenge_methods_supported = [\"S256\"] }` into the client"
            }
            Self::PortInUse(_) => "close that program, use `--paste`, or register a redirect URI without a port",
            Self::NotLoopback(_) => "use `--paste`, or register `http://127.0.0.1/callback`",
            Self::TimedOut(_) => {
                "if the page said that the redirect URI is unknown: register `http://127.0.0.1/callback`, or name the registered one as `redirect_uri` in the client"
            }
            Self::DeviceCodeExpired => "start again for a new code",
            Self::Pasted(_) => "paste the whole address that the browser shows after the sign-in",
            Self::Refused { error, .. } => return refusal_hint(error),
            Self::Net(error) => return error.hint(),
            _ => return None,
        })
    }
}

/// What can be done about an error code (RFC 6749 §4.1.2.1, §5.2; RFC 8628 §3.5; RFC 8707 §2; RFC 9449 §5).
fn refusal_hint(error: &str) -> Option<&'static str> {
    const HINTS: &[(&str, &str)] = &[
        ("access_denied", "consent was refused, or a policy of the server forbids it"),
        ("invalid_client", "check `client_id`, the secret and `authentication` of the client in the manifest"),
        ("unauthorized_client", "the server does not let this client use this grant: see `grants` in the manifest"),
        ("unsupported_grant_type", "`tokscope discover` shows the grants that the server has"),
        ("invalid_scope", "the server does not know one of the scopes, or the client may not have it"),
        ("invalid_target", "the server does not know the API: see `audience` and `audience_parameter` in the manifest"),
        ("invalid_grant", "the code or refresh token is used up, expired or someone else's: sign in again"),
        (
            "unsupported_token_type",
            "the server takes no token of this kind back: it runs out; `tokscope tokens forget` forgets it here",
        ),
        ("login_required", "the user has to sign in again"),
        ("use_dpop_nonce", "the clock of this machine may be wrong"),
        ("invalid_dpop_proof", "the clock of this machine may be wrong, or the client needs `dpop = true`"),
    ];
    HINTS.iter().find(|(code, _)| *code == error).map(|(_, hint)| *hint)
}
