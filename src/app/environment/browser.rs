//! Opens the user's browser, in an environment without secrets.

use std::ffi::OsString;
use std::path::Path;

use url::Url;

use super::child::without;
use crate::oauth::{self, BrowserError};

/// Opens a URL in the browser. `launcher`: this program, whose subcommand `browse` opens a URL. `hidden`: the variables
/// that the browser does not get. A process can't remove a variable from its own environment, so with hidden variables the
/// browser is opened by a child process without them.
pub(in crate::app) fn open_browser(
    url: &Url,
    launcher: Option<&Path>,
    hidden: Vec<OsString>,
) -> Result<(), BrowserError> {
    let Some(program) = launcher.filter(|_| !hidden.is_empty()) else { return oauth::open(url) };
    oauth::is_openable(url)?;
    let mut command = without(program.as_os_str(), hidden);
    command.args(["browse", url.as_str()]);
    // it ends as soon as the browser has started or failed to start
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) | Err(_) => Err(BrowserError::Unavailable),
    }
}
