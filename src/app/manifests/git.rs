//! Reads objects from git.

use std::path::Path;
use std::process::Stdio;

use crate::app::environment::git;

/// Limit for an object, in bytes.
const MAX_BYTES: u64 = 32 << 20;

/// Reads an object from git. Git runs without a shell and executes nothing that the repository configures.
pub(super) fn blob(folder: &Path, object: &str) -> Result<String, String> {
    let mut child = git()
        .args(["--no-pager", "--no-replace-objects", "-c", "core.fsmonitor=false", "cat-file", "blob", object])
        .current_dir(folder)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("can't run git: {error}"))?;
    let mut bytes = Vec::new();
    let read = match child.stdout.take() {
        Some(output) => std::io::Read::read_to_end(&mut std::io::Read::take(output, MAX_BYTES + 1), &mut bytes),
        None => Ok(0),
    };
    // git ends when the pipe is closed
    let ended = child.wait_with_output().map_err(|error| error.to_string())?;
    read.map_err(|error| error.to_string())?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(format!("it is larger than {MAX_BYTES} bytes"));
    }
    if !ended.status.success() {
        let stderr = String::from_utf8_lossy(&ended.stderr);
        return Err(stderr.lines().next().unwrap_or("git failed").trim().to_owned());
    }
    String::from_utf8(bytes).map_err(|_| "it is not valid UTF-8".to_owned())
}
