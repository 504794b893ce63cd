//! The user's SSH keys, and `ssh-keygen`, which signs with them. No private key is read here.

use std::ffi::OsString;
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::app::environment::without;
use crate::app::{Context, Error, ErrorKind};
use crate::files::read_file;
use crate::sshsig::{PublicKey, SIGNATURE_LABEL, Signature, blocks};

/// Maximum number of key files that are read, and of bytes of each.
const MOST_FILES: usize = 200;
const MOST_BYTES: u64 = 64 << 10;

/// How long `ssh-add -L` may take.
const AGENT_PATIENCE: Duration = Duration::from_secs(3);

/// A key of the user.
#[derive(Clone, Debug)]
pub(super) struct OwnKey {
    pub(super) key: PublicKey,
    /// File of the public key; `None` if only the agent has it.
    pub(super) path: Option<PathBuf>,
}

/// Creates a command whose environment has no secrets.
fn command(context: &Context, program: &str) -> Command {
    let mut command = without(program.as_ref(), context.hidden_variables());
    command.env("LC_ALL", "C");
    command
}

/// Returns the fingerprints of the user's keys.
pub(super) fn own_fingerprints(context: &Context) -> Vec<String> {
    let mut found: Vec<String> = own_keys(context).iter().map(|own| own.key.fingerprint()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Returns the keys in `~/.ssh` and of the agent.
pub(super) fn own_keys(context: &Context) -> Vec<OwnKey> {
    let mut keys: Vec<OwnKey> = Vec::new();
    let home = std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
    let files = home.and_then(|home| std::fs::read_dir(home.join(".ssh")).ok()).into_iter().flatten();
    let mut paths: Vec<PathBuf> = files
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "pub"))
        .collect();
    paths.sort_unstable();
    for path in paths.into_iter().take(MOST_FILES) {
        if let Some(key) = public_key(&path) {
            keys.push(OwnKey { key, path: Some(path) });
        }
    }
    for line in agent_keys(context).lines() {
        if let Ok((key, _)) = PublicKey::parse(line)
            && !keys.iter().any(|own| own.key == key)
        {
            keys.push(OwnKey { key, path: None });
        }
    }
    keys
}

/// Reads a public key file; `None` if it is none, or a certificate.
pub(super) fn public_key(path: &Path) -> Option<PublicKey> {
    let bytes = read_file(path, MOST_BYTES).ok()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    PublicKey::parse(text.lines().next()?).ok().map(|(key, _)| key)
}

/// Returns what `ssh-add -L` prints; nothing without an agent.
fn agent_keys(context: &Context) -> String {
    if std::env::var_os("SSH_AUTH_SOCK").is_none_or(|socket| socket.is_empty()) {
        return String::new();
    }
    let mut child = command(context, "ssh-add");
    child.arg("-L").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let Ok(mut child) = child.spawn() else { return String::new() };
    let output = child.stdout.take();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = output.map(|output| output.take(1 << 20).read_to_string(&mut text));
        text
    });
    let started = Instant::now();
    while child.try_wait().is_ok_and(|status| status.is_none()) {
        if started.elapsed() > AGENT_PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            return String::new();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    reader.join().unwrap_or_default()
}

/// Signs a text with `ssh-keygen -Y sign`. It reads the text from stdin and writes the signature to stdout: with a file
/// name it keeps an older `FILE.sig` if no prompt is possible, and still succeeds. Passphrases and touches are requested by
/// `ssh-keygen` itself, on the terminal.
///
/// # Errors
/// If it can't be started, fails, or returns no signature.
pub(super) fn sign(context: &Context, key: &Path, namespace: &str, text: &str) -> Result<Signature, Error> {
    let mut arguments: Vec<OsString> = ["-Y", "sign", "-q", "-n", namespace, "-f"].map(OsString::from).to_vec();
    arguments.push(key.as_os_str().to_owned());
    let mut command = command(context, "ssh-keygen");
    // since stdin is a pipe, ssh-keygen would ask for a passphrase in a window, which is often missing
    if std::env::var_os("SSH_ASKPASS_REQUIRE").is_none() && std::fs::File::open("/dev/tty").is_ok() {
        command.env("SSH_ASKPASS_REQUIRE", "never");
    }
    // a security key asks for a touch on stderr
    let stderr = if std::io::stderr().is_terminal() { Stdio::inherit() } else { Stdio::piped() };
    let mut child =
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr).spawn().map_err(
            |error| {
                Error::new(ErrorKind::Failed, format!("`ssh-keygen` can't be run: {error}"))
                    .hint("install the OpenSSH client")
            },
        )?;
    // if it ends early, its own message says why
    let written = child.stdin.take().map_or(Ok(()), |mut input| input.write_all(text.as_bytes()));
    let output = child.wait_with_output();
    let output = output.map_err(|error| Error::new(ErrorKind::Failed, format!("`ssh-keygen` failed: {error}")))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = stderr.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let error = Error::new(ErrorKind::Failed, format!("`ssh-keygen` did not sign: {}", lines.join("; ")));
        return Err(error.hint("the key must be in the agent, or its private key beside the public one"));
    }
    written.map_err(|error| Error::new(ErrorKind::Failed, format!("`ssh-keygen` did not read the text: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let found = blocks(&text, SIGNATURE_LABEL);
    let found =
        found.map_err(|error| Error::new(ErrorKind::Failed, format!("`ssh-keygen` printed no signature: {error}")))?;
    let first = found.first().map(Signature::from_block);
    let signature = first.transpose().map_err(|error| Error::new(ErrorKind::Failed, error.to_string()))?;
    signature.ok_or_else(|| Error::new(ErrorKind::Failed, "`ssh-keygen` printed no signature"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_message_of_ssh_keygen_is_reported_although_it_ends_before_it_reads_the_text() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("missing");
        // larger than the buffer of a pipe
        let text = "a".repeat(1 << 20);
        let error = sign(&Context::without_manifest(), &key, "test", &text).unwrap_err();
        assert!(error.message.contains("did not sign") && error.message.contains("missing"), "{error}");
    }
}
