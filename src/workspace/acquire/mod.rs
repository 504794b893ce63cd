//! Acquiring a token.

mod delivery;
mod refresh;

pub use delivery::finish_refresh;
pub use refresh::RefreshOutcome;
pub(super) use refresh::{keep_beside, narrow, refresh_token};
