//! Claims and header parameters in words.

use jiff::Timestamp;

use super::{Decoded, Json};

/// One claim or header parameter, explained. The texts may hold characters from outside: a sink escapes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The name of the claim.
    pub name: String,
    /// Its value, for reading: a string without quotes, a time as `2026-11-23 19:40:00 UTC`, anything else as JSON.
    pub value: String,
    /// What it means, and for times how far away it is. Empty when the claim is not known.
    pub words: String,
    /// The RFC and section that defines it. Empty when the claim is not known.
    pub source: &'static str,
}

/// The four lines that come first: for whom, by whom, what, until when. Each is a sentence fragment in plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Who it was issued about and to: subject and client.
    pub whom: String,
    /// Who issued it and whom it is meant for.
    pub issuer: String,
    /// What it may do.
    pub what: String,
    /// Until when it is valid.
    pub until: String,
}

/// Explains each claim, in the order of the token.
#[must_use]
pub fn explain_claims(_claims: &Json, _now: Timestamp) -> Vec<Explained> {
    todo!("explain")
}

/// Explains each header parameter, in the order of the token.
#[must_use]
pub fn explain_header(_header: &Json) -> Vec<Explained> {
    todo!("explain")
}

/// Sums a token up.
#[must_use]
pub fn summarise(_decoded: &Decoded, _now: Timestamp) -> Summary {
    todo!("explain")
}
