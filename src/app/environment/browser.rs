//! Opens the user's browser, in an environment without secrets.

use std::path::PathBuf;

use url::Url;

use super::Context;
use super::child::without;
use crate::oauth::{self, BrowserError};

impl Context {
    /// Returns this context with the path of the executable whose subcommand `browse` opens URLs.
    #[must_use]
    pub fn with_launcher(mut self, program: PathBuf) -> Self {
        self.launcher = Some(program);
        self
    }

    /// Opens the browser. A process can't safely remove variables from its own environment, so if some must not be
    /// inherited, a child process without them opens the browser.
    pub(super) fn browse(&self, url: &Url) -> Result<(), BrowserError> {
        let hidden = self.hidden_variables();
        let Some(program) = self.launcher.as_ref().filter(|_| !hidden.is_empty()) else { return oauth::open(url) };
        oauth::is_openable(url)?;
        let mut command = without(program.as_os_str(), hidden);
        command.args(["browse", url.as_str()]);
        // it exits once the browser has started or failed to start
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(_) | Err(_) => Err(BrowserError::Unavailable),
        }
    }
}
