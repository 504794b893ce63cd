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
    #[error("`{url}` timed out after {} s", rounded(*after))]
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
    /// Returns a hint for a timeout, a failed proxy or an untrusted certificate.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        let reason = match self {
            Self::Unreachable { reason, .. } => reason,
            Self::TimedOut { .. } => return Some("the server is overloaded or unreachable; try again later"),
            _ => return None,
        };
        if reason.starts_with("the proxy ") {
            return Some(match reason.contains("(status 407)") {
                true => "set the variable to `http://USER:PASSWORD@HOST:PORT`",
                false => "correct the variable, or list the host in `NO_PROXY` to connect directly",
            });
        }
        let certificate = reason.split_once("invalid peer certificate: ").map(|(_, why)| why)?;
        Some(match certificate {
            why if why.contains("expired") || why.contains("not valid yet") => {
                "check the clock of this machine; if it is right, the server needs a new certificate"
            }
            why if why.contains("not valid for name") => "the certificate belongs to another host",
            // also where it is the certificate in `--ca-file` (RFC 5280 §4.2.1.9)
            why if why.contains("CaUsedAsEndEntity") => {
                "the server uses a CA certificate as its own; issue a server certificate with that CA, or create the \
                 self-signed one with `-addext basicConstraints=critical,CA:FALSE`"
            }
            _ => "if a private CA issued it, pass the CA's certificate with `--ca-file`",
        })
    }
}

/// Formats a time limit in seconds, rounded up to tenths: what is left of a budget is an odd number.
fn rounded(limit: Duration) -> String {
    let tenths = limit.as_millis().div_ceil(100);
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        tenth => format!("{}.{tenth}", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_limits_are_rounded() {
        for (nanoseconds, shown) in
            [(7_847_779_300, "7.9"), (8_000_000_000, "8"), (30_010_000_000, "30.1"), (1_000_000, "0.1"), (0, "0")]
        {
            assert_eq!(rounded(Duration::from_nanos(nanoseconds)), shown);
        }
    }
}
