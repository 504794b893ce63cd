//! Formatting of the manifest, and its revisions in git.

use std::path::Path;
use std::process::Stdio;

use super::child::git;
use super::open::read_manifest;
use super::{Context, Error, ErrorKind, ManifestProblem, OpenError};
use crate::files::Existing;
use crate::manifest;

/// Maximum size of a manifest in git.
const MAX_BYTES: u64 = 32 << 20;

/// A formatted manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormattedManifest {
    /// Formatted text.
    pub text: String,
    /// Whether formatting changed it.
    pub changed: bool,
}

impl Context {
    /// Formats a manifest without writing the file.
    ///
    /// # Errors
    /// When the file can't be read or is not valid TOML.
    pub fn format_file(path: &Path, sort: bool) -> Result<FormattedManifest, Error> {
        let source = read_manifest(path)?;
        let text = manifest::format(&source, sort).map_err(|error| {
            let message = format!("the manifest `{}` is not valid TOML: {}", path.display(), error.trim());
            Error::new(ErrorKind::Usage, message).hint("run `tokscope manifest lint` for the position")
        })?;
        Ok(FormattedManifest { changed: text != source, text })
    }

    /// Writes a manifest file atomically.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn write_manifest(path: &Path, text: &str) -> Result<(), Error> {
        super::import::write(path, text, Existing::Replace)
    }

    /// Opens a manifest from a file or from git: `REV` (the revision of `manifest`) or `REV:path`.
    ///
    /// # Errors
    /// When it is neither, or the manifest is not valid.
    pub fn at_revision(named: &str, manifest: &Path) -> Result<Self, OpenError> {
        let unreadable = |message: String| OpenError::Unreadable(Error::new(ErrorKind::Usage, message));
        if Path::new(named).is_file() {
            return Self::open(Path::new(named));
        }
        let (folder, file) = match (manifest.parent(), manifest.file_name()) {
            (Some(folder), Some(file)) => (folder, file.to_string_lossy().into_owned()),
            _ => return Err(unreadable(format!("`{}` is not a file", manifest.display()))),
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
            let error =
                Error::new(ErrorKind::Usage, format!("`{named}` is neither a file nor a revision in git: {reason}"));
            OpenError::Unreadable(
                error.hint("name a file, `REV` or `REV:path`, such as `main` or `HEAD~1:tokscope.toml`"),
            )
        })?;
        Self::from_source(&object, &source).map_err(OpenError::Invalid)
    }
}

/// Reads an object from git. Git runs without a shell, and nothing configured by the repository runs with it.
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
    // git ends once the pipe is closed
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

impl ManifestProblem {
    /// Returns the source text with an index for the positions of the findings.
    #[must_use]
    pub fn indexed(&self) -> manifest::Source<'_> {
        manifest::Source::new(&self.source)
    }
}
