//! What can go wrong on the way.

use std::time::Duration;

use thiserror::Error;

use super::TooNear;

/// Why there is no answer. URLs come without query and fragment: both may hold secrets.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NetError {
    /// The URL may not be used.
    #[error("`{url}` is not used: {reason}")]
    NotPermitted {
        /// Without query and fragment.
        url: String,
        /// Why.
        reason: String,
    },
    /// A server named an address that it may not send us to.
    #[error("`{url}` was not asked: {reason}")]
    TooNear {
        /// Without query and fragment.
        url: String,
        /// Who named it, and what it is.
        reason: TooNear,
    },
    /// The TLS stack can't be set up.
    #[error("no secure connection can be set up on this machine")]
    Setup,
    /// A certificate or key can't be used.
    #[error("the certificate can't be used: {0}")]
    Certificate(&'static str),
    /// No connection.
    #[error("`{url}` can't be reached: {reason}")]
    Unreachable {
        /// Without query and fragment.
        url: String,
        /// Why, as the network library has it.
        reason: String,
    },
    /// The time is over.
    #[error("`{url}` did not answer within {} s", after.as_secs_f32())]
    TimedOut {
        /// Without query and fragment.
        url: String,
        /// The deadline.
        after: Duration,
    },
    /// More bytes than are read.
    #[error("the answer of `{url}` has more than {most} bytes")]
    TooLarge {
        /// Without query and fragment.
        url: String,
        /// The cap.
        most: usize,
    },
    /// The answer broke off, or is no HTTP.
    #[error("the answer of `{url}` can't be read: {reason}")]
    Broken {
        /// Without query and fragment.
        url: String,
        /// Why, as the network library has it.
        reason: String,
    },
}

impl NetError {
    /// The way out, where one is known: for certificates that are not believed.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        let Self::Unreachable { reason, .. } = self else { return None };
        let certificate = reason.split_once("invalid peer certificate: ").map(|(_, why)| why)?;
        Some(match certificate {
            why if why.contains("expired") || why.contains("not valid yet") => {
                "the clock of this machine may be wrong; else the server needs a new certificate"
            }
            why if why.contains("not valid for name") => "the server is another one than its address says",
            _ => "if an authority of your company issued it, name the authority's certificate by `--ca-file`",
        })
    }
}
