//! Reviewing the manifest as code: its form, and its revisions in git.

use std::path::Path;
use std::process::Stdio;

use super::child::git;
use super::open::read_manifest;
use super::{Error, Kind, ManifestProblem, OpenError, Workspace};
use crate::files::Existing;
use crate::manifest;

/// The most bytes of a manifest in git.
const MOST_BYTES: u64 = 32 << 20;

/// A manifest's text in one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formed {
    /// The text.
    pub text: String,
    /// Whether it was another one.
    pub changed: bool,
}

impl Workspace {
    /// A manifest's text in one form; the file stays as it is.
    ///
    /// # Errors
    /// When the file can't be read or is no TOML.
    pub fn format_file(path: &Path, sort: bool) -> Result<Formed, Error> {
        let source = read_manifest(path)?;
        let text = manifest::format(&source, sort).map_err(|error| {
            let message = format!("the manifest `{}` is no TOML: {}", path.display(), error.trim());
            Error::new(Kind::Usage, message).hint("`tokscope manifest lint` shows the place")
        })?;
        Ok(Formed { changed: text != source, text })
    }

    /// Writes a manifest's file, whole or not at all.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write_manifest(path: &Path, text: &str) -> Result<(), Error> {
        super::import::write(path, text, Existing::Replace)
    }

    /// One side of a comparison: a file, or a revision in git, as `REV` (of `manifest`) or `REV:path`.
    ///
    /// # Errors
    /// When it is neither, or what is there is wrong.
    pub fn at_revision(named: &str, manifest: &Path) -> Result<Self, OpenError> {
        let unreadable = |message: String| OpenError::Unreadable(Error::new(Kind::Usage, message));
        if Path::new(named).is_file() {
            return Self::open(Path::new(named));
        }
        let (folder, file) = match (manifest.parent(), manifest.file_name()) {
            (Some(folder), Some(file)) => (folder, file.to_string_lossy().into_owned()),
            _ => return Err(unreadable(format!("`{}` is no file", manifest.display()))),
        };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let object = match named.split_once(':') {
            Some(_) => named.to_owned(),
            None => format!("{named}:./{file}"),
        };
        if named.is_empty() || named.starts_with('-') {
            return Err(unreadable(format!("`{named}` is neither a file nor a revision")));
        }
        let source = blob(folder, &object).map_err(|reason| {
            let error = Error::new(Kind::Usage, format!("`{named}` is neither a file nor a revision in git: {reason}"));
            OpenError::Unreadable(
                error.hint("write a file, `REV` or `REV:path`, as in `main` or `HEAD~1:tokscope.toml`"),
            )
        })?;
        Self::from_source(&object, &source).map_err(OpenError::Wrong)
    }
}

/// The content of an object in git. Git runs without a shell, and nothing that a repository configures runs with it.
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
        .map_err(|error| format!("git can't be started: {error}"))?;
    let mut bytes = Vec::new();
    let read = match child.stdout.take() {
        Some(output) => std::io::Read::read_to_end(&mut std::io::Read::take(output, MOST_BYTES + 1), &mut bytes),
        None => Ok(0),
    };
    // with the pipe closed git ends
    let ended = child.wait_with_output().map_err(|error| error.to_string())?;
    read.map_err(|error| error.to_string())?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MOST_BYTES) {
        return Err(format!("it has more than {MOST_BYTES} bytes"));
    }
    if !ended.status.success() {
        let said = String::from_utf8_lossy(&ended.stderr);
        return Err(said.lines().next().unwrap_or("git failed").trim().to_owned());
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}

impl ManifestProblem {
    /// Line and column of a finding, both from 1, the column in characters; `None` when it has no place.
    #[must_use]
    pub fn place(&self, finding: &crate::diagnostic::Diagnostic) -> Option<(usize, usize)> {
        finding.span.as_ref().map(|span| manifest::line_column(&self.source, span.start))
    }
}
