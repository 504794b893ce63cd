//! Opens the user's browser, in an environment without secrets.

use std::path::PathBuf;

use url::Url;

use super::Workspace;
use super::child::without;
use crate::oauth::{self, BrowserError};

impl Workspace {
    /// The same workspace with this program, whose subcommand `browse` opens a URL.
    #[must_use]
    pub fn with_launcher(mut self, program: PathBuf) -> Self {
        self.launcher = Some(program);
        self
    }

    /// Opens the browser. A process can't take a variable out of its own environment, so where something in it has to stay here
    /// another one is started without, which opens the browser.
    pub(super) fn browse(&self, url: &Url) -> Result<(), BrowserError> {
        let hidden = self.hidden_variables();
        let Some(program) = self.launcher.as_ref().filter(|_| !hidden.is_empty()) else { return oauth::open(url) };
        oauth::is_openable(url)?;
        let mut command = without(program.as_os_str(), hidden);
        command.args(["browse", url.as_str()]);
        // it ends as soon as the browser has started, or has failed to
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(_) | Err(_) => Err(BrowserError::Unavailable),
        }
    }
}
