//! Starts child processes, in an environment without secrets.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::manifest::{Manifest, SecretReference};

/// Prefix of tokscope's own variables.
const OWN: &[u8] = b"TOKSCOPE_";

/// Variables that hold a secret or tell how to get one. `exec` passes the others on, so that its command can run tokscope
/// with the same manifest.
const SECRET: [&str; 3] = ["TOKSCOPE_TOKEN", "TOKSCOPE_PASSPHRASE_FILE", "TOKSCOPE_STORE"];

/// Variables that the command line named as sources of secrets.
static NAMED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Reads a secret from a variable. From now on no child process gets the variable.
pub(crate) fn secret_variable(name: &str) -> Option<String> {
    NAMED.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
    std::env::var(name).ok()
}

/// The environment variables that a manifest names as sources of secrets.
fn manifest_variables(manifest: Option<&Manifest>) -> impl Iterator<Item = OsString> {
    let clients = manifest.into_iter().flat_map(|manifest| &manifest.clients);
    let references = clients.flat_map(|client| [&client.secret, &client.key, &client.assertion]).flatten();
    references.filter_map(|reference| match reference {
        SecretReference::Env(name) => Some(OsString::from(name)),
        SecretReference::File(_) | SecretReference::Keyring => None,
    })
}

/// Creates a command that the user runs with a token. Its environment has no secrets.
pub(in crate::app) fn command(program: &OsStr, manifest: Option<&Manifest>) -> Command {
    let hidden = named().into_iter().chain(SECRET.map(OsString::from));
    without(program, hidden.chain(manifest_variables(manifest)))
}

/// Returns the variables that a helper or a browser does not get: secrets, and those of this program.
pub(in crate::app) fn hidden_variables(manifest: Option<&Manifest>) -> Vec<OsString> {
    let own = std::env::vars_os().map(|(name, _)| name).filter(|name| name.as_encoded_bytes().starts_with(OWN));
    let hidden = named().into_iter().chain(own).chain(manifest_variables(manifest));
    hidden.filter(|name| std::env::var_os(name).is_some()).collect()
}

/// The variables that git needs to find its configuration and repository.
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

/// Creates a git command. Its environment is an allow list, since the secret variables are known only after the manifest
/// was read.
pub(in crate::app) fn git() -> Command {
    let is_needed = |name: &OsStr| {
        name.as_encoded_bytes().starts_with(b"GIT_") || FOR_GIT.iter().any(|known| name == OsStr::new(known))
    };
    let hidden = std::env::vars_os().map(|(name, _)| name).filter(|name| !is_needed(name));
    without("git".as_ref(), hidden)
}

/// Creates a command without some variables.
#[expect(clippy::disallowed_methods, reason = "the only place where a process is started")]
pub(in crate::app) fn without(program: &OsStr, hidden: impl IntoIterator<Item = OsString>) -> Command {
    let mut command = Command::new(program);
    for name in hidden {
        command.env_remove(name);
    }
    command
}

fn named() -> Vec<OsString> {
    NAMED.lock().unwrap_or_else(PoisonError::into_inner).iter().map(OsString::from).collect()
}
