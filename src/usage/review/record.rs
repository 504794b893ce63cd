//! The members of a record that a review needs, borrowed from its line where possible.

use std::borrow::Cow;

use serde::Deserialize;

use super::super::record::{Event, Outcome, Phase};

/// A string that is borrowed unless it has escapes.
#[derive(Debug, Deserialize)]
pub(super) struct Text<'l>(#[serde(borrow)] pub(super) Cow<'l, str>);

/// A record, without what a review does not look at. Members without a value are empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct UseRecord<'l> {
    #[serde(borrow)]
    pub(super) time: Cow<'l, str>,
    pub(super) event: Option<Event>,
    pub(super) phase: Option<Phase>,
    pub(super) seq: u64,
    pub(super) outcome: Option<Outcome>,
    #[serde(borrow)]
    pub(super) client: Cow<'l, str>,
    #[serde(borrow)]
    pub(super) endpoint: Cow<'l, str>,
    #[serde(borrow)]
    pub(super) used: Vec<Text<'l>>,
    #[serde(borrow)]
    pub(super) excess: Vec<Text<'l>>,
    #[serde(borrow)]
    pub(super) token: Cow<'l, str>,
    #[serde(borrow)]
    pub(super) parent: Cow<'l, str>,
    #[serde(borrow)]
    pub(super) recipient: Cow<'l, str>,
    #[serde(borrow)]
    pub(super) program: Cow<'l, str>,
    #[serde(borrow)]
    pub(super) approval: Cow<'l, str>,
    #[serde(borrow)]
    pub(super) approver: Cow<'l, str>,
    #[serde(borrow)]
    pub(super) expires: Cow<'l, str>,
    #[serde(borrow)]
    pub(super) decision: Cow<'l, str>,
    pub(super) status: Option<u64>,
}

/// An intent; the outcome of the act tells more. Quotes inside a string are escaped, so this is a member.
const INTENT: &[u8] = b"\"phase\":\"intent\"";

impl<'l> UseRecord<'l> {
    /// Parses a line; `None` for an intent, and for what is not a record.
    pub(super) fn parse(line: &'l [u8]) -> Option<Self> {
        // the phase is one of the first members, after the time and the event
        let start = line.get(..160).unwrap_or(line);
        if start.windows(INTENT.len()).any(|window| window == INTENT) {
            return None;
        }
        let record: Self = serde_json::from_slice(line).ok()?;
        let is_act = record.event.is_some_and(|event| event != Event::SegmentOpened);
        (is_act && record.phase != Some(Phase::Intent)).then_some(record)
    }

    /// Whether a call was denied, by this program or by the server.
    pub(super) fn is_denied(&self) -> bool {
        self.outcome != Some(Outcome::Ok) || matches!(self.status, Some(401 | 403))
    }
}
