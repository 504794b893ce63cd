//! Formats manifests, and opens their revisions in git.

use std::path::Path;

use super::files::{read_manifest, write};
use super::git::blob;
use super::open::{OpenError, open_manifest};
use crate::app::{Context, Error, ErrorKind};
use crate::files::Existing;
use crate::manifest;

/// A formatted manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormattedManifest {
    /// The formatted source text.
    pub text: String,
    /// Whether it differs from the file.
    pub changed: bool,
}

/// Formats a manifest. The file is not changed.
///
/// # Errors
/// If the file can't be read or is not valid TOML.
pub fn format_manifest(path: &Path, sort: bool) -> Result<FormattedManifest, Error> {
    let source = read_manifest(path)?;
    let text = manifest::format(&source, sort).map_err(|error| {
        let message = format!("the manifest `{}` is not valid TOML: {}", path.display(), error.trim());
        Error::new(ErrorKind::Usage, message).hint("run `tokscope manifest lint` for the position")
    })?;
    Ok(FormattedManifest { changed: text != source, text })
}

/// Replaces a manifest's file atomically.
///
/// # Errors
/// If it can't be written.
pub fn write_manifest(path: &Path, text: &str) -> Result<(), Error> {
    write(path, text, Existing::Replace)
}

/// Opens one side of a comparison: a file, or a revision in git given as `REV` (of `manifest`) or `REV:path`.
///
/// # Errors
/// If it is neither, or the manifest has errors.
pub fn manifest_at_revision(named: &str, manifest: &Path) -> Result<Context, OpenError> {
    let unreadable = |message: String| OpenError::Unreadable(Error::new(ErrorKind::Usage, message));
    if Path::new(named).is_file() {
        return open_manifest(Path::new(named));
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
        OpenError::Unreadable(error.hint("name a file, `REV` or `REV:path`, such as `main` or `HEAD~1:tokscope.toml`"))
    })?;
    Context::from_source(&object, &source).map_err(OpenError::Invalid)
}
