//! The authorization endpoint.
/// x
pub(super) struct Transaction {}
