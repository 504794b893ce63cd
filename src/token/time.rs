//! `NumericDate` (RFC 7519 §2): absolute, relative, and out of range.

use jiff::Timestamp;

use super::Json;

/// Whether a token is within its time, by `exp` and `nbf` alone, with no leeway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Within its time; until when, if `exp` is there and in range.
    Valid(Option<Timestamp>),
    /// `exp` is past.
    Expired(Timestamp),
    /// `nbf` is ahead.
    NotYet(Timestamp),
    /// `exp` or `nbf` is there and is no `NumericDate`: the claim's name.
    Malformed(&'static str),
}

impl Validity {
    /// Whether the token is within its time.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        matches!(self, Self::Valid(_))
    }
}

/// Reads the validity out of a claims set.
#[must_use]
pub fn validity(_claims: &Json, _now: Timestamp) -> Validity {
    todo!("time")
}

/// `in 54 min`, `3 days ago`, `now`: the largest unit that is at least one, rounded down.
#[must_use]
pub fn relative(_time: Timestamp, _now: Timestamp) -> String {
    todo!("time")
}
