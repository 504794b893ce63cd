//! Child processes, and the environment that they inherit.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use super::Context;
use crate::manifest::SecretReference;

/// Prefix of tokscope's own variables.
const OWN: &[u8] = b"TOKSCOPE_";

/// Variables that hold a secret or refer to one. `exec` passes the others on, so that its command
/// can run tokscope with the same manifest.
const SECRET: [&str; 3] = ["TOKSCOPE_TOKEN", "TOKSCOPE_PASSPHRASE_FILE", "TOKSCOPE_STORE"];

/// Variables that the command line named as sources of secrets.
static NAMED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Reads a secret from a variable, which child processes no longer inherit.
pub(crate) fn secret_variable(name: &str) -> Option<String> {
    NAMED.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
    std::env::var(name).ok()
}

impl Context {
    /// Returns the environment variables that the manifest names as sources of secrets.
    fn manifest_variables(&self) -> impl Iterator<Item = &str> {
        let clients = self.manifest.iter().flat_map(|manifest| &manifest.clients);
        let references = clients.flat_map(|client| [&client.secret, &client.key, &client.assertion]).flatten();
        references.filter_map(|reference| match reference {
            SecretReference::Env(name) => Some(name.as_str()),
            SecretReference::File(_) | SecretReference::Keyring => None,
        })
    }

    /// Creates a command to run with a token. It inherits the environment without secrets.
    #[must_use]
    pub fn command(&self, program: &OsStr) -> Command {
        let hidden = named().into_iter().chain(SECRET.map(OsString::from));
        without(program, hidden.chain(self.manifest_variables().map(OsString::from)))
    }

    /// Returns the variables to remove for a browser: secrets, and tokscope's own.
    pub(super) fn hidden_variables(&self) -> Vec<OsString> {
        let hidden = hidden().into_iter().chain(self.manifest_variables().map(OsString::from));
        hidden.filter(|name| std::env::var_os(name).is_some()).collect()
    }
}

/// Variables that git needs to find its configuration and the repository.
const FOR_GIT: [&str; 9] = [
    "PATH",
    "HOME",
    "XDG_CONFIG_HOME",
    "TMPDIR",
    "USER",
    "LOGNAME",
    "SUDO_UID",
    "LD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
];

/// Creates a git command with a minimal environment: secret variables are known only after a manifest was read.
pub(super) fn git() -> Command {
    let is_needed = |name: &OsStr| {
        name.as_encoded_bytes().starts_with(b"GIT_") || FOR_GIT.iter().any(|known| name == OsStr::new(known))
    };
    let hidden = std::env::vars_os().map(|(name, _)| name).filter(|name| !is_needed(name));
    without("git".as_ref(), hidden)
}

/// Creates a command that inherits the environment except some variables.
#[expect(clippy::disallowed_methods, reason = "the only function that creates processes")]
pub(super) fn without(program: &OsStr, hidden: impl IntoIterator<Item = OsString>) -> Command {
    let mut command = Command::new(program);
    for name in hidden {
        command.env_remove(name);
    }
    command
}

fn named() -> Vec<OsString> {
    NAMED.lock().unwrap_or_else(PoisonError::into_inner).iter().map(OsString::from).collect()
}

fn hidden() -> Vec<OsString> {
    let own = std::env::vars_os().map(|(name, _)| name).filter(|name| name.as_encoded_bytes().starts_with(OWN));
    named().into_iter().chain(own).collect()
}
