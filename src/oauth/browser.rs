//! Opens the user's browser, for URLs that can do no harm.

use thiserror::Error;
use url::Url;

/// Why the browser was not opened.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BrowserError {
    /// The URL is of a kind that is never opened.
    #[error("the URL is not opened: {0}")]
    Refused(String),
    /// There is no browser, or it did not start.
    #[error("no browser could be opened")]
    Unavailable,
}

/// Whether a URL is fit to be opened: `https` (or `http` on a loopback address), no user information, no control
/// characters.
///
/// # Errors
/// See [`BrowserError::Refused`].
pub fn is_openable(_url: &Url) -> Result<(), BrowserError> {
    todo!("oauth")
}

/// Opens the browser without waiting for it. Nothing of its output reaches our streams.
///
/// # Errors
/// See [`BrowserError`].
pub fn open(_url: &Url) -> Result<(), BrowserError> {
    todo!("oauth")
}
