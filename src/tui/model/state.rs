//! Whether a token allows an endpoint.

use jiff::Timestamp;

use crate::app::{CheckOutcome, CheckOutcomes, Context, EndpointId, LoadedToken};

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

    /// Returns the state for the outcome of a check.
    pub(in crate::tui) fn of(outcome: Option<CheckOutcome>) -> Self {
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

/// What a filter, or a frame, needs to know beside the rows.
pub(in crate::tui) struct Facts<'a> {
    pub(in crate::tui) context: &'a Context,
    outcomes: Option<CheckOutcomes<'a>>,
}

impl<'a> Facts<'a> {
    pub(in crate::tui) fn new(context: &'a Context, token: Option<&'a LoadedToken>, now: Timestamp) -> Self {
        Self { context, outcomes: token.map(|token| CheckOutcomes::new(context, token, now)) }
    }

    /// Returns whether the token allows an endpoint.
    pub(in crate::tui) fn state(&self, id: EndpointId) -> RowState {
        RowState::of(self.outcomes.as_ref().and_then(|outcomes| outcomes.of(id)))
    }
}
