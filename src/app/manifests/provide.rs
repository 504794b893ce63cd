//! Provides a generated manifest, such as the demo's, in a directory: with its secret, and trusted.

use std::path::{Path, PathBuf};

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use super::files::{read_manifest, write};
use crate::app::context::FILE_NAME;
use crate::app::{Context, Error, ErrorKind, TrustStore};
use crate::files::{Audience, Existing, FileError, PrivateFolder, read_secret, write_file};
use crate::secret::Secret;

/// Maximum size of the secret's file, in bytes.
const MOST_BYTES: u64 = 4 << 10;

/// A manifest that a directory has now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvidedManifest {
    /// Path of the manifest.
    pub path: PathBuf,
    /// Whether it was written; otherwise the directory had the same one.
    pub written: bool,
}

/// Writes a generated manifest to a directory, unless the directory has the same one, and records the user's trust in its
/// destinations. Another manifest is never overwritten.
///
/// # Errors
/// If the directory has another manifest, or a file can't be written.
pub fn provide_manifest(folder: &Path, text: &str, now: Timestamp) -> Result<ProvidedManifest, Error> {
    let path = folder.join(FILE_NAME);
    let written = match write(&path, text, Existing::Keep) {
        Ok(()) => true,
        Err(_) if path.is_file() => {
            if read_manifest(&path)? != text {
                return Err(another(&path));
            }
            false
        }
        Err(error) => return Err(error),
    };
    let destinations = Context::from_source(&path.to_string_lossy(), text)
        .map_err(|_| Error::new(ErrorKind::Failed, "the generated manifest is not valid"))?
        .destinations()?;
    let absolute = path.canonicalize().unwrap_or_else(|_| path.clone());
    TrustStore::of_the_user()?.accept(&destinations, &absolute.to_string_lossy(), now)?;
    Ok(ProvidedManifest { path, written })
}

/// Returns the secret in a file of a directory. If the file does not exist, creates it, and the directory if needed, with a
/// random secret.
///
/// # Errors
/// If the file is accessible by other users, is empty, or can't be written; also if the directory has a manifest without
/// it, which is another one.
pub fn provide_secret(folder: &Path, name: &str) -> Result<Secret, Error> {
    if !folder.is_dir() {
        PrivateFolder::create(folder)?;
    }
    let path = folder.join(name);
    let manifest = folder.join(FILE_NAME);
    if manifest.exists() && !path.exists() {
        return Err(another(&manifest));
    }
    let mut random = [0; 24];
    rand::fill(&mut random)
        .map_err(|_| Error::new(ErrorKind::Failed, "the system's random number generator failed"))?;
    let generated = Secret::new(URL_SAFE_NO_PAD.encode(random));
    match write_file(&path, format!("{}\n", generated.expose()).as_bytes(), Audience::Owner, Existing::Keep) {
        Ok(()) => return Ok(generated),
        Err(FileError::Exists { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let bytes = read_secret(&path, MOST_BYTES)?;
    let line = std::str::from_utf8(&bytes).ok().and_then(|text| text.lines().next());
    line.filter(|line| !line.is_empty())
        .map(Secret::new)
        .ok_or_else(|| Error::new(ErrorKind::Failed, format!("`{}` has no secret", path.display())).hint("remove it"))
}

fn another(path: &Path) -> Error {
    let message = format!("`{}` is another manifest, which is not overwritten", path.display());
    Error::new(ErrorKind::Usage, message).hint("choose another directory")
}
