//! Shares the failure of a refresh with the processes that waited for it.
//!
//! Without that, each of them would send the same refresh token to the same unavailable server, one after another.

use serde::{Deserialize, Serialize};

use crate::app::{Error, ErrorKind};

/// Serialized form of an error.
#[derive(Serialize, Deserialize)]
struct Report {
    /// Exit code of its kind.
    kind: u8,
    message: String,
    hints: Vec<String>,
    refusal: Option<String>,
}

/// Serializes an error for [`crate::vault::FailedAttempt`].
pub(super) fn write(error: &Error) -> String {
    let Error { kind, message, hints, refusal, .. } = error.clone();
    serde_json::to_string(&Report { kind: kind.exit_code(), message, hints, refusal }).unwrap_or_default()
}

/// Returns the error that [`write`] serialized.
pub(super) fn read(report: &str) -> Option<Error> {
    const KINDS: [ErrorKind; 4] = [ErrorKind::Failed, ErrorKind::Refused, ErrorKind::Usage, ErrorKind::TokenUnusable];
    let Report { kind, message, hints, refusal } = serde_json::from_str(report).ok()?;
    let kind = KINDS.into_iter().find(|known| known.exit_code() == kind)?;
    Some(Error { hints, refusal, ..Error::new(kind, message) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn errors_survive_serialization() {
        let error = Error::new(ErrorKind::Failed, "the token endpoint is not available\n(status 503)").hint("wait");
        assert_eq!(read(&write(&error)).unwrap(), error);
        let error = Error { refusal: Some("invalid_grant".to_owned()), ..Error::new(ErrorKind::Refused, "refused") };
        assert_eq!(read(&write(&error)).unwrap(), error);
        assert!(read("").is_none() && read("{\"kind\": 0}").is_none());
    }
}
