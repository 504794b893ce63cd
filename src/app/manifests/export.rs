//! Exports the configuration of an engine.

use std::path::Path;

use super::drift::only_api;
use super::files::read_manifest;
use crate::app::bounded::read_input_file;
use crate::app::{Context, Error, ErrorKind, ManifestProblem};
use crate::enforcement::{
    Engine, ExportOptions, ExportedFile, ServerFormat, compare, compare_running, export, export_server, read_running,
};
use crate::files::{Audience, Existing, write_file};

/// Limit for an engine's configuration, in bytes.
const MAX_CONFIGURATION: u64 = 256 << 20;

/// Why a configuration is not exported.
#[derive(Debug)]
pub enum ExportError {
    /// The arguments or a file are wrong.
    Failed(Error),
    /// The engine can't express the manifest.
    Unsupported(ManifestProblem),
}

impl From<Error> for ExportError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Exports the configuration of an engine for an API: the named one, or the only one. `path`: the manifest's file.
///
/// # Errors
/// If there is no such API, or the engine can't express it.
pub fn export_configuration(
    context: &Context,
    path: &Path,
    engine: Engine,
    api: Option<&str>,
    options: &ExportOptions,
) -> Result<String, ExportError> {
    let (_, api) = only_api(context, api)?;
    let source = read_manifest(path)?;
    export(engine, context.require_manifest()?, api, &source, options).map_err(|findings| {
        ExportError::Unsupported(ManifestProblem { name: path.to_string_lossy().into_owned(), source, findings })
    })
}

/// Exports the scopes and ceilings of an API for its authorization server. `path`: the manifest's file.
///
/// # Errors
/// If there is no such API, or the server can't express it.
pub fn export_server_configuration(
    context: &Context,
    path: &Path,
    format: ServerFormat,
    api: Option<&str>,
) -> Result<String, ExportError> {
    let (_, api) = only_api(context, api)?;
    let source = read_manifest(path)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    export_server(format, context.require_manifest()?, api, &source, &name).map_err(|findings| {
        ExportError::Unsupported(ManifestProblem { name: path.to_string_lossy().into_owned(), source, findings })
    })
}

/// Compares a file that was exported with the manifest. `path`: the manifest's file. The findings have positions in `file`.
///
/// # Errors
/// If the file is not an export, or the engine can't express the manifest any more.
pub fn engine_drift(context: &Context, path: &Path, file: &Path) -> Result<ManifestProblem, ExportError> {
    let bytes = read_input_file(file, MAX_CONFIGURATION)?;
    let name = file.display().to_string();
    let wrong = |reason: String| Error::new(ErrorKind::Usage, format!("`{name}` can't be compared: {reason}"));
    let actual = String::from_utf8(bytes.to_vec()).map_err(|_| wrong("it is not valid UTF-8".to_owned()))?;
    let manifest = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let exported = ExportedFile::read(&actual, &manifest).map_err(wrong)?;
    let expected = export_configuration(context, path, exported.engine, Some(&exported.api), &exported.options)?;
    let findings = compare(exported.engine, &manifest, &expected, &actual);
    Ok(ManifestProblem { name, source: actual, findings })
}

/// Compares what runs with the manifest: the configuration of an engine or an authorization server. The findings have positions
/// in `file`. Returns the name of its format, too.
///
/// # Errors
/// If there is no such API, or the file can't be read.
pub fn running_drift(context: &Context, api: Option<&str>, file: &Path) -> Result<(ManifestProblem, String), Error> {
    let (_, api) = only_api(context, api)?;
    let bytes = read_input_file(file, MAX_CONFIGURATION)?;
    let name = file.display().to_string();
    let wrong = |reason: String| Error::new(ErrorKind::Usage, format!("`{name}` can't be compared: {reason}"));
    let source = String::from_utf8(bytes.to_vec()).map_err(|_| wrong("it is not valid UTF-8".to_owned()))?;
    let running = read_running(&name, &source).map_err(|reason| {
        wrong(reason).hint(
            "supported: Envoy, Istio, API Gateway (OpenAPI, SAM, CloudFormation), Terraform (`terraform show -json`), Kong, KrakenD, Keycloak, Auth0, Okta, Entra ID; files of `manifest export` with `--export`",
        )
    })?;
    let findings = compare_running(context.require_manifest()?, api, &running);
    Ok((ManifestProblem { name, source, findings }, running.format))
}

/// Writes a configuration, replacing an existing file atomically.
///
/// # Errors
/// If the file can't be written.
pub fn write_configuration(path: &Path, text: &str) -> Result<(), Error> {
    Ok(write_file(path, text.as_bytes(), Audience::Everyone, Existing::Replace)?)
}

/// Returns whether a file has exactly this content.
///
/// # Errors
/// If the file can't be read.
pub fn is_current(path: &Path, text: &str) -> Result<bool, Error> {
    Ok(read_input_file(path, MAX_CONFIGURATION)?.as_slice() == text.as_bytes())
}
