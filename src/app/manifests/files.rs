//! Reads and writes the files of manifests and of API descriptions.

use std::io;
use std::path::{Path, PathBuf};

use crate::app::bounded::{read_input_file, read_stream};
use crate::app::recording::{Act, user_log};
use crate::app::{Error, ErrorKind};
use crate::files::{Audience, Existing, read_file, write_file};
use crate::manifest;
use crate::usage::{Event, Record, hash};

/// Limit for a manifest, in bytes: the largest real API makes about 2 MB.
const MAX_MANIFEST: u64 = 32 << 20;

/// Limit for an API description and for each file that it refers to, in bytes: the largest in use has about 75 MB, with its
/// references resolved.
const MAX_DESCRIPTION: u64 = 256 << 20;

/// Limit for all files of one API description, in bytes.
const MAX_TOTAL: u64 = 512 << 20;

/// Parses a manifest's file together with the API descriptions that it refers to.
pub(super) fn parse_file(path: &Path, source: &str) -> manifest::Parsed {
    let mut beside = Beside::new(path);
    manifest::parse_with(source, &mut |path| beside.read(path))
}

/// Reads a manifest's source text.
pub(in crate::app) fn read_manifest(path: &Path) -> Result<String, Error> {
    let name = path.display();
    let unreadable = |error: io::Error| {
        let broken = error.kind() == io::ErrorKind::NotFound && path.is_symlink();
        let reason = if broken { "it is a link to a file that does not exist".to_owned() } else { error.to_string() };
        Error::new(ErrorKind::Usage, format!("the manifest `{name}` can't be read: {reason}"))
    };
    let mut bytes = read_file(path, MAX_MANIFEST).map_err(unreadable)?;
    String::from_utf8(std::mem::take(&mut *bytes)).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        Error::new(ErrorKind::Usage, format!("the manifest `{name}` is not valid UTF-8 (byte {offset})"))
    })
}

/// Reads an API description from a file, or from stdin for `-`.
pub(super) fn read_source(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = match path.to_str() {
        Some("-") => read_stream(io::stdin().lock(), "stdin", MAX_DESCRIPTION)?,
        _ => read_input_file(path, MAX_DESCRIPTION)?,
    };
    Ok(std::mem::take(&mut *bytes))
}

/// Files in the directory of a description or manifest.
pub(super) struct Beside {
    folder: Option<PathBuf>,
    left: u64,
}

impl Beside {
    /// Creates a reader for the files next to `source`.
    pub(super) fn new(source: &Path) -> Self {
        let folder = source.parent().filter(|_| source.as_os_str() != "-");
        let folder = folder.map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
        Self { folder: folder.and_then(|folder| folder.canonicalize().ok()), left: MAX_TOTAL }
    }

    /// Reads a file by its path inside the directory; a symbolic link that points outside is rejected.
    pub(super) fn read(&mut self, path: &str) -> Result<Vec<u8>, String> {
        let folder = self
            .folder
            .as_ref()
            .ok_or_else(|| format!("`{path}` can't be read: a description from stdin has no directory"))?;
        let unreadable = |error: io::Error| format!("`{path}` can't be read: {error}");
        let file = folder.join(path).canonicalize().map_err(unreadable)?;
        if !file.starts_with(folder) {
            return Err(format!("`{path}` is outside the directory"));
        }
        let mut bytes = read_file(&file, MAX_DESCRIPTION.min(self.left)).map_err(unreadable)?;
        let bytes = std::mem::take(&mut *bytes);
        self.left -= u64::try_from(bytes.len()).unwrap_or(self.left).min(self.left);
        Ok(bytes)
    }
}

/// Writes a manifest atomically, and records that.
pub(super) fn write(path: &Path, text: &str, existing: Existing) -> Result<(), Error> {
    let record = Record { manifest: Some(hash(text.as_bytes())), ..Record::new(Event::ManifestChanged) };
    let act = Act::begin_now(&user_log(None)?, record.into())?;
    let written = write_file(path, text.as_bytes(), Audience::Everyone, existing).map_err(Error::from);
    act.conclude_now(written)
}
