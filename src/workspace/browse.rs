//! Opens the user's browser, in an environment without secrets.

use std::path::PathBuf;
use std::process::Command;

use url::Url;

use super::Workspace;
use crate::manifest::SecretReference;
use crate::oauth::{self, BrowserError};

/// The variable that `call` reads a token from.
const TOKEN: &str = "TOKSCOPE_TOKEN";

impl Workspace {
    /// The same workspace with this program, whose subcommand `browse` opens a URL.
    #[must_use]
    pub fn with_launcher(mut self, program: PathBuf) -> Self {
        self.launcher = Some(program);
        self
    }

    /// The environment variables that hold secrets: no process that is started gets them.
    pub fn secret_variables(&self) -> impl Iterator<Item = &str> {
        let clients = self.manifest.iter().flat_map(|manifest| &manifest.clients);
        let references = clients.flat_map(|client| [&client.secret, &client.key, &client.assertion]).flatten();
        let named = references.filter_map(|reference| match reference {
            SecretReference::Env(name) => Some(name.as_str()),
            SecretReference::File(_) | SecretReference::Keyring => None,
        });
        named.chain([TOKEN])
    }

    /// Opens the browser. A process can't take a variable out of its own environment, so where there is a secret in it
    /// another one is started without, which opens the browser.
    pub(super) fn browse(&self, url: &Url) -> Result<(), BrowserError> {
        let secrets: Vec<&str> = self.secret_variables().filter(|name| std::env::var_os(name).is_some()).collect();
        let Some(program) = self.launcher.as_ref().filter(|_| !secrets.is_empty()) else { return oauth::open(url) };
        oauth::is_openable(url)?;
        let mut command = Command::new(program);
        command.args(["browse", url.as_str()]);
        for name in secrets {
            command.env_remove(name);
        }
        // it ends as soon as the browser has started, or has failed to
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(_) | Err(_) => Err(BrowserError::Unavailable),
        }
    }
}
