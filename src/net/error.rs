//! Errors of HTTP requests.

use std::time::Duration;

use thiserror::Error;

use super::TooNear;

/// Failure of a request. URLs have no query and fragment, which may hold secrets.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NetError {
    /// The URL is not allowed.
    #[error("`{url}` is not allowed: {reason}")]
    NotPermitted {
        /// URL without query and fragment.
        url: String,
        /// Reason.
        reason: String,
    },
    /// A server referred to an address that it is not allowed to refer to.
    #[error("refused to send a request to `{url}`: {reason}")]
    TooNear {
        /// URL without query and fragment.
        url: String,
        /// The server and the address.
        reason: TooNear,
    },
    /// The TLS library failed to initialize.
    #[error("the TLS library failed to initialize")]
    Setup,
    /// A certificate or key is not usable.
    #[error("the certificate is not usable: {0}")]
    Certificate(&'static str),
    /// The connection failed.
    #[error("`{url}` can't be reached: {reason}")]
    Unreachable {
        /// URL without query and fragment.
        url: String,
        /// Reason from the HTTP library.
        reason: String,
    },
    /// The deadline passed.
    #[error("`{url}` timed out after {} s", after.as_secs_f32())]
    TimedOut {
        /// URL without query and fragment.
        url: String,
        /// Time limit.
        after: Duration,
    },
    /// The response exceeds the size limit.
    #[error("the response of `{url}` has more than {most} bytes")]
    TooLarge {
        /// URL without query and fragment.
        url: String,
        /// Size limit in bytes.
        most: usize,
    },
    /// The response is incomplete or not HTTP.
    #[error("the response of `{url}` can't be read: {reason}")]
    Broken {
        /// URL without query and fragment.
        url: String,
        /// Reason from the HTTP library.
        reason: String,
    },
}

impl NetError {
    /// Returns a hint for an untrusted certificate.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        let Self::Unreachable { reason, .. } = self else { return None };
        let certificate = reason.split_once("invalid peer certificate: ").map(|(_, why)| why)?;
        Some(match certificate {
            why if why.contains("expired") || why.contains("not valid yet") => {
                "check the clock of this machine; if it is right, the server needs a new certificate"
            }
            why if why.contains("not valid for name") => "the certificate belongs to another host",
            _ => "if a private CA issued it, pass the CA's certificate with `--ca-file`",
        })
    }
}
