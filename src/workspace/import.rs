//! Imports the description of an API into a manifest: the files of both are read and written here.

use std::io;
use std::path::{Path, PathBuf};

use super::bounded::{read_input_file, read_stream};
use super::open::{parse_file, read_manifest};
use super::review::blob;
use super::{Error, Kind};
use crate::diagnostic::{Diagnostic, Severity};
use crate::files::{Audience, Existing, read_file, write_file};
use crate::manifest;
use crate::manifest::import::{Change, Import, Options, Policy, Target, import, slug};

/// The most bytes of a description, and of each file that it refers to: the largest in use has about 35 MB.
const MOST_BYTES: u64 = 64 << 20;

/// The most bytes of all files of one description.
const MOST_BYTES_ALTOGETHER: u64 = 256 << 20;

/// What shall be imported, and where to.
#[derive(Clone, Debug, Default)]
pub struct ImportRequest {
    /// The file of the description, or `-` for standard input, which can't refer to files beside it.
    pub source: PathBuf,
    /// The name of the API in the manifest; `None`: made of its title.
    pub api: Option<String>,
    /// The manifest that it goes into; `None`: a new one, which is only returned.
    pub into: Option<PathBuf>,
    /// How the description is read. A reading that the manifest records counts where none is asked for.
    pub options: Options,
    /// The description as it was imported last: a file, or `REV:path` in git. Where it is known, what was done by hand
    /// is told from what the description changed.
    pub last: Option<String>,
    /// What may happen to lines that are there already.
    pub policy: Policy,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What was read.
    pub import: Import,
    /// The name of the API in the manifest.
    pub api: String,
    /// The manifest's text.
    pub manifest: String,
    /// What changed in the manifest, or would have.
    pub changes: Vec<Change>,
}

/// Imports a description and writes the manifest that it goes into.
///
/// # Errors
/// When a file can't be read or written, the description is nothing that is known, or the manifest would be wrong.
pub fn import_description(request: &ImportRequest) -> Result<Imported, Error> {
    let name = request.source.display().to_string();
    if name.contains("://") {
        return Err(Error::new(Kind::Usage, format!("`{name}` is a URL, and a description is read from a file"))
            .hint("download it, and look at it before you import it"));
    }
    let before = match &request.into {
        Some(path) if path.exists() => read_manifest(path)?,
        _ => String::new(),
    };
    let bytes = read_source(&request.source)?;
    let file_name = request.source.file_name().map_or_else(|| name.clone(), |name| name.to_string_lossy().into_owned());
    let read = |options: &Options| {
        let mut beside = Beside::new(&request.source);
        import(&file_name, &bytes, options, &mut |path| beside.read(path)).map_err(|error| {
            Error::new(Kind::Usage, error.to_string()).hint(
                "known are OpenAPI 3 and Swagger 2 (JSON or YAML), Google discovery, Microsoft Graph and GitHub permissions",
            )
        })
    };
    let mut options = request.options.clone();
    let target = |api: &str| {
        Target::new(&before, api)
            .map_err(|problem| Error::new(Kind::Usage, format!("the manifest is no TOML: {problem}")))
    };
    let recorded = |target: &Target, options: &mut Options| {
        options.reading = options.reading.or(target.reading());
        options.base_url = options.base_url.take().or_else(|| target.base_url().map(str::to_owned));
    };
    if let Some(api) = &request.api {
        recorded(&target(api)?, &mut options);
    }
    let mut found = read(&options)?;
    let api = request.api.clone().unwrap_or_else(|| slug(found.title.as_deref().unwrap_or(&file_name)));
    let mut target = target(&api)?;
    if request.api.is_none() && (target.reading().is_some() || target.base_url().is_some()) {
        recorded(&target, &mut options);
        found = read(&options)?;
    }
    let last = request.last.as_deref().map(|last| read_last(last, &request.source, &options)).transpose()?;
    let changes = target.merge(&found, last.as_ref(), &file_name, request.policy);
    let manifest = target.manifest();
    let wrong = |text: &str| -> Vec<Diagnostic> {
        let parsed = match &request.into {
            Some(path) => parse_file(path, text),
            None => manifest::parse(text),
        };
        parsed.findings.into_iter().filter(|finding| finding.severity() == Severity::Error).collect()
    };
    if let Some(finding) = wrong(&manifest).first()
        && (before.is_empty() || wrong(&before).is_empty())
    {
        return Err(Error::new(Kind::Failed, format!("the manifest would be wrong: {}", finding.message)));
    }
    if let Some(path) = &request.into
        && manifest != before
    {
        let existing = if before.is_empty() && !path.exists() { Existing::Keep } else { Existing::Replace };
        write(path, &manifest, existing)?;
    }
    Ok(Imported { import: found, api, manifest, changes })
}

/// A description as it was: a file, or an object in git, whose references lead to files of the same revision.
fn read_last(named: &str, source: &Path, options: &Options) -> Result<Import, Error> {
    let wrong = |reason: String| Error::new(Kind::Usage, format!("`{named}` is no earlier description: {reason}"));
    let path = Path::new(named);
    if path.is_file() {
        let mut beside = Beside::new(path);
        let bytes = read_source(path)?;
        return import(named, &bytes, options, &mut |path| beside.read(path)).map_err(|error| wrong(error.to_string()));
    }
    let Some((revision, file)) = named.split_once(':').filter(|_| !named.starts_with('-')) else {
        return Err(wrong("it is no file".to_owned()).hint("write a file, or `REV:path` as git knows it"));
    };
    let folder = source.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = file.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let bytes = blob(folder, named).map_err(wrong)?;
    let mut files = |path: &str| blob(folder, &format!("{revision}:{beside}{path}")).map(String::into_bytes);
    import(named, bytes.as_bytes(), options, &mut files).map_err(|error| wrong(error.to_string()))
}

/// Writes a manifest where none is.
///
/// # Errors
/// When one is there, or what shall be written is wrong.
pub fn create_manifest(path: &Path, text: &str) -> Result<(), Error> {
    let wrong = parse_file(path, text).findings.into_iter().find(|finding| finding.severity() == Severity::Error);
    if let Some(finding) = wrong {
        let error = Error::new(Kind::Usage, format!("this makes no manifest: {}", finding.message));
        return Err(finding.help.into_iter().fold(error, Error::hint));
    }
    write(path, text, Existing::Keep)
}

pub(super) fn read_source(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = match path.to_str() {
        Some("-") => read_stream(io::stdin().lock(), "standard input", MOST_BYTES)?,
        _ => read_input_file(path, MOST_BYTES)?,
    };
    Ok(std::mem::take(&mut *bytes))
}

/// The files in the folder of a description or of a manifest.
pub(super) struct Beside {
    folder: Option<PathBuf>,
    left: u64,
}

impl Beside {
    /// Those beside a file.
    pub(super) fn new(source: &Path) -> Self {
        let folder = source.parent().filter(|_| source.as_os_str() != "-");
        let folder = folder.map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
        Self { folder: folder.and_then(|folder| folder.canonicalize().ok()), left: MOST_BYTES_ALTOGETHER }
    }

    /// A file by its path within the folder; one that a link leads out of it is refused.
    pub(super) fn read(&mut self, path: &str) -> Result<Vec<u8>, String> {
        let folder = self.folder.as_ref().ok_or_else(|| format!("`{path}`: there is no folder to look in"))?;
        let unreadable = |error: std::io::Error| format!("`{path}` can't be read: {error}");
        let file = folder.join(path).canonicalize().map_err(unreadable)?;
        if !file.starts_with(folder) {
            return Err(format!("`{path}` leads outside the folder"));
        }
        let mut bytes = read_file(&file, MOST_BYTES.min(self.left)).map_err(unreadable)?;
        let bytes = std::mem::take(&mut *bytes);
        self.left -= u64::try_from(bytes.len()).unwrap_or(self.left).min(self.left);
        Ok(bytes)
    }
}

/// Writes a manifest so that a reader finds the old one or the new one, whole.
pub(super) fn write(path: &Path, text: &str, existing: Existing) -> Result<(), Error> {
    Ok(write_file(path, text.as_bytes(), Audience::Everyone, existing)?)
}
