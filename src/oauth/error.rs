//! Errors of requests to an authorization server.

use std::borrow::Cow;
use std::time::Duration;

use thiserror::Error;

use crate::net::NetError;

/// Failure of a request to an authorization server. No variant holds a secret; some hold a truncated string from the
/// server.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OAuthError {
    /// No response.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The metadata is missing or not valid.
    #[error("the metadata of `{issuer}` is not usable: {reason}")]
    Metadata {
        /// The issuer.
        issuer: String,
        /// The reason.
        reason: String,
    },
    /// The server does not support a required feature.
    #[error("not supported by the authorization server: {0}")]
    Unsupported(String),
    /// The server does not announce PKCE with S256 (RFC 9700 §2.1.1), but these methods.
    #[error("the authorization server does not announce PKCE with S256{}", announced(.0))]
    NoPkce(Vec<String>),
    /// The client's own configuration is not usable, such as a key that can't sign.
    #[error("the client can't authenticate: {0}")]
    Client(String),
    /// An error response (RFC 6749 §4.1.2.1, §5.2).
    #[error("the authorization server refused: `{error}`{}", description.as_ref().map(|text| format!(", {text}")).unwrap_or_default())]
    Refused {
        /// Error code, such as `access_denied`.
        error: String,
        /// `error_description`.
        description: Option<String>,
    },
    /// The response is not valid.
    #[error("the {endpoint} returned an unusable response (status {status}): {reason}")]
    Unreadable {
        /// Name of the endpoint: `token endpoint`, `device authorization endpoint`, …
        endpoint: &'static str,
        /// The HTTP status.
        status: u16,
        /// The reason.
        reason: &'static str,
    },
    /// A token type that this program can't use (RFC 6749 §7.1).
    #[error("the {endpoint} issued a token of the type `{token_type}`, which is neither `Bearer` nor `DPoP`")]
    TokenType {
        /// As in [`Self::Unreadable`].
        endpoint: &'static str,
        /// `token_type`, truncated.
        token_type: String,
    },
    /// The server is temporarily unavailable: status 408, 429 or 5xx, or such an error code (RFC 6749 §4.1.2.1).
    #[error("the {endpoint} {} (status {status}){}", outage(*status), reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    Unavailable {
        /// As in [`Self::Unreadable`].
        endpoint: &'static str,
        /// The HTTP status.
        status: u16,
        /// Reason from the server.
        reason: Option<String>,
        /// `Retry-After` (RFC 9110 §10.2.3).
        retry_after: Option<Duration>,
    },
    /// The server does not let a public client revoke tokens, although RFC 7009 §2.1 lets it.
    #[error("the authorization server does not let a public client revoke tokens")]
    PublicRevocation,
    /// The redirect came from another server (RFC 9207).
    #[error("the authorization response came from another authorization server")]
    WrongIssuer,
    /// The redirect lacks `iss`, although the server announces that it sends it (RFC 9207 §2.4).
    #[error("the authorization response does not identify its issuer{}", .0.as_ref().map(|error| format!(" (it reports `{error}`)")).unwrap_or_default())]
    NoIssuer(Option<String>),
    /// No port could be bound.
    #[error("can't listen on a loopback port: {0}")]
    Listener(String),
    /// The fixed port of the redirect URI is in use.
    #[error("port {0} of the redirect URI is in use by another program")]
    PortInUse(u16),
    /// The redirect URI is not on this machine, so the redirect has to be pasted.
    #[error("the redirect URI `{0}` is not a loopback address of this machine")]
    NotLoopback(String),
    /// No redirect arrived in time.
    #[error("timed out after {0} s waiting for the browser")]
    TimedOut(u64),
    /// The user did not enter the code in time (RFC 8628 §3.5).
    #[error("the device code expired before it was approved")]
    DeviceCodeExpired,
    /// The pasted text is not a response to this request.
    #[error("the pasted text is not valid: {0}")]
    Pasted(&'static str),
    /// The ID token is not valid (OpenID Connect Core §3.1.3.7).
    #[error("the ID token is not valid: {0}")]
    IdToken(String),
}

impl OAuthError {
    /// Returns a hint, if there is one.
    #[must_use]
    pub fn hint(&self) -> Option<Cow<'static, str>> {
        if let Self::Unavailable { retry_after: Some(wait), .. } = self {
            return Some(format!("try again in {} s, as the server requests", wait.as_secs()).into());
        }
        self.known_hint().map(Cow::Borrowed)
    }

    fn known_hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Unavailable { .. } => "try again later",
            Self::NoPkce(methods) if !methods.is_empty() => {
                "tokscope requires S256: other methods do not protect the code if the authorization request leaks (RFC 7636 §7.2); enable S256 at the server"
            }
            Self::NoPkce(_) => {
                "if the server supports it, add `metadata = { code_challenge_methods_supported = [\"S256\"] }` to the client"
            }
            Self::PortInUse(_) => "close that program, use `--paste`, or register a redirect URI without a port",
            Self::NotLoopback(_) => "use `--paste`, or register `http://127.0.0.1/callback`",
            Self::TimedOut(_) => {
                "if the server reported an unknown redirect URI, register `http://127.0.0.1/callback`, or set `redirect_uri` in the client to the registered one"
            }
            Self::PublicRevocation => {
                "the token is valid until it expires, or until the user ends the grant at the server; `tokscope tokens forget` deletes it here"
            }
            Self::DeviceCodeExpired => "run the command again to get a new code",
            Self::Pasted(_) => "paste the whole URL that the browser shows after the sign-in",
            Self::Refused { error, .. } => return refusal_hint(error),
            Self::Net(error) => return error.hint(),
            Self::Unreadable { status: 300..=399 | 404 | 405 | 410, .. } => {
                "the URL of the endpoint may be wrong: `tokscope discover` shows it"
            }
            _ => return None,
        })
    }
}

/// Names an outage by its status.
fn outage(status: u16) -> &'static str {
    match status {
        429 => "received too many requests",
        _ => "is not available",
    }
}

/// Formats the methods that the server announces instead of S256. They are untrusted, so few and short ones are shown.
fn announced(methods: &[String]) -> String {
    if methods.is_empty() {
        return String::new();
    }
    let shown = methods.iter().take(3).map(|method| format!("`{}`", method.chars().take(20).collect::<String>()));
    format!(", but only {}", shown.collect::<Vec<_>>().join(", "))
}

/// Hints for error codes (RFC 6749 §4.1.2.1, §5.2; RFC 8628 §3.5; RFC 8707 §2; RFC 9449 §5).
fn refusal_hint(error: &str) -> Option<&'static str> {
    const HINTS: &[(&str, &str)] = &[
        ("access_denied", "the user refused consent, or a policy of the server forbids it"),
        ("invalid_client", "check the client's `client_id`, secret and `authentication` in the manifest"),
        ("unauthorized_client", "this client is not allowed to use this grant; see `grants` in the manifest"),
        ("unsupported_grant_type", "`tokscope discover` shows the grants that the server supports"),
        ("invalid_scope", "the server does not know one of the scopes, or does not allow it for this client"),
        ("invalid_target", "the server does not know the API; see `audience` and `audience_parameter` in the manifest"),
        (
            "invalid_grant",
            "the code or refresh token is used, expired, revoked or issued to another client; sign in again",
        ),
        (
            "unsupported_token_type",
            "the server can't revoke this kind of token; it is valid until it expires. `tokscope tokens forget` deletes it here",
        ),
        ("login_required", "the user has to sign in again"),
        ("use_dpop_nonce", "check the clock of this machine"),
        ("invalid_dpop_proof", "check the clock of this machine, and whether the client needs `dpop = true`"),
    ];
    HINTS.iter().find(|(code, _)| *code == error).map(|(_, hint)| *hint)
}
