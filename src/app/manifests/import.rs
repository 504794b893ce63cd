//! Import of an API description into a manifest: reads and writes the files.

use std::path::{Path, PathBuf};

use super::files::{Beside, parse_file, read_manifest, read_source, write};
use super::git::blob;
use crate::app::{Error, ErrorKind};
use crate::diagnostic::{Diagnostic, Severity};
use crate::enforcement::read_running;
use crate::files::Existing;
use crate::manifest::import::{Change, Import, Options, Policy, Target, import, slug};
use crate::manifest::{self, ListMeaning};

/// Parameters of an import.
#[derive(Clone, Debug, Default)]
pub struct ImportRequest {
    /// Path of the description, or `-` for standard input, which can't refer to other files.
    pub source: PathBuf,
    /// Name of the API in the manifest; `None`: derived from its title.
    pub api: Option<String>,
    /// Manifest to merge into; `None`: a new one, which is only returned.
    pub into: Option<PathBuf>,
    /// Options of the import. A reading recorded in the manifest is used if none is requested.
    pub options: Options,
    /// Overlays to apply to the description, in order.
    pub overlays: Vec<PathBuf>,
    /// The description as last imported: a file, or `REV:path` in git. If known, manual changes can be told from
    /// changes of the description.
    pub last: Option<String>,
    /// What may happen to existing entries.
    pub policy: Policy,
}

/// Result of an import.
#[derive(Clone, Debug)]
pub struct ImportResult {
    /// The import.
    pub import: Import,
    /// Name of the API in the manifest.
    pub api: String,
    /// The manifest as TOML.
    pub manifest: String,
    /// Changes to the manifest, including those not made.
    pub changes: Vec<Change>,
}

/// Imports a description and writes the manifest, if one is named.
///
/// # Errors
/// When a file can't be read or written, the description's format is not supported, or the resulting manifest would not
/// be valid.
pub fn import_description(request: &ImportRequest) -> Result<ImportResult, Error> {
    let name = request.source.display().to_string();
    if name.contains("://") {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("`{name}` is a URL, but descriptions are only read from files"),
        )
        .hint("download the description and review it before importing it"));
    }
    let before = match &request.into {
        Some(path) if path.exists() => read_manifest(path)?,
        _ => String::new(),
    };
    let bytes = read_source(&request.source)?;
    let file_name = request.source.file_name().map_or_else(|| name.clone(), |name| name.to_string_lossy().into_owned());
    let read = |options: &Options| {
        let mut beside = Beside::new(&request.source);
        let read = import(&file_name, &bytes, options, &mut |path| beside.read(path));
        read.or_else(|error| running(&file_name, &bytes, options).ok_or(error)).map_err(|error| {
            Error::new(ErrorKind::Usage, error.to_string()).hint(
                "supported formats: OpenAPI 3 and Swagger 2 (JSON or YAML), AsyncAPI 3, GraphQL, A2A agent cards, AWS SAM and CloudFormation, Google discovery, Microsoft Graph and GitHub permissions; configurations of Envoy, Istio, Kong, KrakenD and `terraform show -json`",
            )
        })
    };
    let mut options = request.options.clone();
    for path in &request.overlays {
        options.overlays.push((path.display().to_string(), read_source(path)?));
    }
    let target = |api: &str| {
        Target::new(&before, api)
            .map_err(|problem| Error::new(ErrorKind::Usage, format!("the manifest is not valid TOML: {problem}")))
    };
    let recorded = |target: &Target, found: &Import, options: &mut Options| {
        options.reading = options.reading.or(target.reading());
        // a server that the description does not contradict is the user's choice
        let own = target.base_url().filter(|own| options.base_url.is_none() && found.fits(own));
        options.base_url = options.base_url.take().or_else(|| own.map(str::to_owned));
    };
    let mut found = read(&options)?;
    let api = request.api.clone().unwrap_or_else(|| slug(found.title.as_deref().unwrap_or(&file_name)));
    let mut target = target(&api)?;
    if target.reading().is_some() || target.base_url().is_some() {
        recorded(&target, &found, &mut options);
        found = read(&options)?;
    }
    let last = request.last.as_deref().map(|last| read_last(last, &request.source, &options)).transpose()?;
    let changes = target.merge(&found, last.as_ref(), &file_name, request.policy);
    let manifest = target.manifest();
    // a formatted manifest stays formatted; another one keeps its form
    let is_formatted = manifest::format(&before, false).is_ok_and(|formatted| before.is_empty() || formatted == before);
    let manifest = if is_formatted { manifest::format(&manifest, false).unwrap_or(manifest) } else { manifest };
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
        return Err(Error::new(
            ErrorKind::Failed,
            format!("the resulting manifest would not be valid: {}", finding.message),
        ));
    }
    if let Some(path) = &request.into
        && manifest != before
    {
        let existing = if before.is_empty() && !path.exists() { Existing::Keep } else { Existing::Replace };
        write(path, &manifest, existing)?;
    }
    Ok(ImportResult { import: found, api, manifest, changes })
}

/// Imports the routes of an engine's configuration; `None` if it is none.
fn running(name: &str, bytes: &[u8], options: &Options) -> Option<Import> {
    let running = read_running(name, std::str::from_utf8(bytes).ok()?).ok()?;
    let described = running.description()?;
    let options = Options { reading: Some(ListMeaning::All), ..options.clone() };
    let mut no_files = |_: &str| Err("other files are not read".to_owned());
    let mut found = import(name, described.openapi.as_bytes(), &options, &mut no_files).ok()?;
    found.format = running.format;
    found.issuer = described.issuer;
    found.audience = described.audience;
    found.skipped.extend(described.skipped);
    Some(found)
}

/// Reads an earlier description: a file, or an object in git, whose references point to files of the same revision.
fn read_last(named: &str, source: &Path, options: &Options) -> Result<Import, Error> {
    let wrong =
        |reason: String| Error::new(ErrorKind::Usage, format!("`{named}` can't be used as the last import: {reason}"));
    let path = Path::new(named);
    if path.is_file() {
        let mut beside = Beside::new(path);
        let bytes = read_source(path)?;
        return import(named, &bytes, options, &mut |path| beside.read(path)).map_err(|error| wrong(error.to_string()));
    }
    let Some((revision, file)) = named.split_once(':').filter(|_| !named.starts_with('-')) else {
        return Err(wrong("no such file".to_owned()).hint("name a file, or `REV:path` in git"));
    };
    let folder = source.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = file.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let bytes = blob(folder, named).map_err(wrong)?;
    let mut files = |path: &str| blob(folder, &format!("{revision}:{beside}{path}")).map(String::into_bytes);
    import(named, bytes.as_bytes(), options, &mut files).map_err(|error| wrong(error.to_string()))
}

/// Creates a new manifest file, formatted.
///
/// # Errors
/// When the file exists, or the text is not a valid manifest.
pub(super) fn create_manifest(path: &Path, text: &str) -> Result<(), Error> {
    let wrong = parse_file(path, text).findings.into_iter().find(|finding| finding.severity() == Severity::Error);
    if let Some(finding) = wrong {
        let error = Error::new(ErrorKind::Usage, format!("the manifest would not be valid: {}", finding.message));
        return Err(finding.help.into_iter().fold(error, Error::hint));
    }
    write(path, &manifest::format(text, false).unwrap_or_else(|_| text.to_owned()), Existing::Keep)
}
