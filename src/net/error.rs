//! What can go wrong on the way.

use thiserror::Error;

/// Why there is no answer.
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
}
