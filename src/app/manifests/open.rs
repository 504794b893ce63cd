//! Finds and opens manifests.

use std::path::{Path, PathBuf};

use super::files::{parse_file, read_manifest};
use crate::app::context::{Context, FILE_NAME, ManifestProblem};
use crate::app::{Error, ErrorKind};
use crate::manifest;
use crate::text::shell_word;

/// Why a manifest can't be opened.
#[derive(Clone, Debug)]
pub enum OpenError {
    /// It can't be read.
    Unreadable(Error),
    /// It has errors.
    Invalid(ManifestProblem),
}

/// Opens a manifest's file. It is untrusted: nothing is sent before the user accepts it.
///
/// # Errors
/// See [`OpenError`].
pub fn open_manifest(path: &Path) -> Result<Context, OpenError> {
    let source = read_manifest(path).map_err(OpenError::Unreadable)?;
    let parsed = parse_file(path, &source);
    let context = Context::from_parsed(&path.to_string_lossy(), &source, parsed).map_err(OpenError::Invalid)?;
    Ok(context.untrusted().in_folder(path.parent()))
}

/// Reads a manifest's file and returns all of its findings, including those of the linter.
///
/// # Errors
/// If the file can't be read.
pub fn check_manifest(path: &Path) -> Result<ManifestProblem, Error> {
    let source = read_manifest(path)?;
    let parsed = parse_file(path, &source);
    Ok(all_findings(path.to_string_lossy().into_owned(), source, parsed))
}

/// Returns all findings of a manifest in memory, including those of the linter. No file that it refers to is read. `name`:
/// name in the findings.
#[must_use]
pub fn check_manifest_text(name: &str, source: &str) -> ManifestProblem {
    all_findings(name.to_owned(), source.to_owned(), manifest::parse(source))
}

fn all_findings(name: String, source: String, parsed: manifest::Parsed) -> ManifestProblem {
    let mut findings = parsed.findings;
    findings.extend(parsed.manifest.iter().flat_map(manifest::lint));
    findings.sort_by_key(|finding| finding.span.as_ref().map_or(0, |span| span.start));
    ManifestProblem { name, source, findings }
}

/// Finds `tokscope.toml` in a folder or the nearest folder above it.
///
/// # Errors
/// If the file, or the link that leads to it, belongs to another user, who could otherwise decide where tokens are sent.
/// This does not apply to a file named with `--manifest` or `TOKSCOPE_MANIFEST`.
pub fn find_manifest(from: &Path) -> Result<Option<PathBuf>, Error> {
    let Some(path) = from.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| is_there(path)) else {
        return Ok(None);
    };
    match foreign_owner(&path) {
        None => Ok(Some(path)),
        Some(owner) => {
            let shown = path.display();
            Err(Error::new(ErrorKind::Usage, format!("the manifest `{shown}` belongs to another user (uid {owner})"))
                .hint(format!("if you trust it, pass `--manifest {}`", shell_word(&path.to_string_lossy()))))
        }
    }
}

/// Whether there is anything at a path but a folder. A named pipe, a device or a broken link is an error when it is read:
/// a manifest further up would be used instead without notice.
fn is_there(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok() && !path.is_dir()
}

/// Returns the owner of a file, or of the link that leads to it, if that is not the user of this process.
#[cfg(unix)]
fn foreign_owner(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    let states = [std::fs::symlink_metadata(path), std::fs::metadata(path)];
    let owners = states.into_iter().flatten().map(|state| state.uid());
    another_user(owners, rustix::process::geteuid().as_raw(), std::env::var("SUDO_UID").ok().as_deref())
}

#[cfg(not(unix))]
fn foreign_owner(_path: &Path) -> Option<u32> {
    None
}

/// Returns the first owner that is not the user. `sudo`: the user who became root with sudo, whose files count as their own.
#[cfg(unix)]
fn another_user(owners: impl IntoIterator<Item = u32>, user: u32, sudo: Option<&str>) -> Option<u32> {
    let before = sudo.filter(|_| user == 0).and_then(|uid| uid.parse().ok());
    owners.into_iter().find(|owner| *owner != user && Some(*owner) != before)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_of_another_user_is_detected() {
        for (owners, user, sudo, foreign) in [
            ([1000, 1000], 1000, None, None),
            ([1001, 1001], 1000, None, Some(1001)),
            // the link, or its target
            ([1001, 1000], 1000, None, Some(1001)),
            ([1000, 1001], 1000, None, Some(1001)),
            ([0, 0], 1000, None, Some(0)),
            ([1000, 1000], 0, None, Some(1000)),
            ([1000, 1000], 0, Some("1000"), None),
            ([1001, 1001], 0, Some("1000"), Some(1001)),
            // the variable counts only for root
            ([1001, 1001], 1000, Some("1001"), Some(1001)),
            ([1000, 1000], 0, Some("x"), Some(1000)),
        ] {
            assert_eq!(another_user(owners, user, sudo), foreign, "{owners:?} {user} {sudo:?}");
        }
    }
}
