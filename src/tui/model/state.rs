//! Whether a token allows an endpoint.

use jiff::Timestamp;

use crate::app::{CheckOutcome, Context, EndpointId, LoadedToken, check};

/// Whether the token allows an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum RowState {
    Allowed,
    Missing,
    /// No token.
    Unknown,
}

impl RowState {
    pub(in crate::tui) fn symbol(self) -> &'static str {
        match self {
            Self::Allowed => "+",
            Self::Missing => "!",
            Self::Unknown => " ",
        }
    }

    /// Compares a token with an endpoint.
    pub(in crate::tui) fn of(context: &Context, token: Option<&LoadedToken>, id: EndpointId, now: Timestamp) -> Self {
        let outcome = token.and_then(|token| check(context, token, id, now)).map(|check| check.outcome);
        match outcome {
            Some(CheckOutcome::Allowed) => Self::Allowed,
            Some(CheckOutcome::Missing | CheckOutcome::Unusable(_)) => Self::Missing,
            Some(CheckOutcome::Unknown(_)) | None => Self::Unknown,
        }
    }

    /// Returns the words for a verdict that has changed to this one.
    pub(in crate::tui) fn change(self) -> &'static str {
        match self {
            Self::Allowed => "now allowed",
            Self::Missing => "no longer allowed",
            Self::Unknown => "now unknown",
        }
    }
}

/// What a filter needs to know beside the rows.
pub(in crate::tui) struct Facts<'a> {
    pub(in crate::tui) context: &'a Context,
    pub(in crate::tui) token: Option<&'a LoadedToken>,
    pub(in crate::tui) now: Timestamp,
}
