//! Opening of the context for commands that need a manifest.

use std::path::{Path, PathBuf};

use super::print::Streams;
use crate::app::{Context, EndpointId, Error, ErrorKind, ManifestProblem, OpenError, find_manifest, open_manifest};
use crate::diagnostic::Severity;
use crate::scope::ScopeSet;
use crate::text::visible_lines;

/// Returns the named manifest, or the one found from the working directory; `None` if there is none.
pub(super) fn locate(named: Option<&Path>) -> Result<Option<PathBuf>, Error> {
    if let Some(path) = named {
        return Ok(Some(path.to_path_buf()));
    }
    let folder = std::env::current_dir()
        .map_err(|error| Error::new(ErrorKind::Failed, format!("the working directory can't be read: {error}")))?;
    find_manifest(&folder)
}

/// Like [`locate`], but a manifest is required.
pub(super) fn require(named: Option<&Path>) -> Result<PathBuf, Error> {
    locate(named)?.ok_or_else(Context::no_manifest)
}

/// Opens a manifest file, and prints its findings on error.
pub(super) fn read(path: &Path, streams: &mut Streams) -> Result<Context, Error> {
    opened(open_manifest(path), streams)
}

/// Unwraps an opened context, and prints the findings on error.
pub(super) fn opened(context: Result<Context, OpenError>, streams: &mut Streams) -> Result<Context, Error> {
    context.map_err(|error| match error {
        OpenError::Unreadable(error) => error,
        OpenError::Invalid(problem) => explain(&problem, streams),
    })
}

/// Opens the named manifest, or the one found from the working directory.
pub(super) fn context(named: Option<&Path>, streams: &mut Streams) -> Result<Context, Error> {
    read(&require(named)?, streams)
}

/// Prints every finding with its position, and returns a summary.
pub(super) fn explain(problem: &ManifestProblem, streams: &mut Streams) -> Error {
    let source = problem.indexed();
    for finding in &problem.findings {
        streams.say(visible_lines(&source.render(&problem.name, finding)));
    }
    let errors = problem.findings.iter().filter(|finding| finding.severity() == Severity::Error).count();
    let count = match errors {
        1 => "1 error".to_owned(),
        several => format!("{several} errors"),
    };
    Error::new(ErrorKind::Usage, format!("the manifest `{}` is not valid: {count}", problem.name))
}

/// Finds the endpoints of several requests, in order.
pub(super) fn find_all(context: &Context, requests: &[String], api: Option<&str>) -> Result<Vec<EndpointId>, Error> {
    requests.iter().map(|request| Ok(context.find(request, api)?.id)).collect()
}

/// Shows scopes, or `no scope` if there are none.
pub(super) fn or_nothing(scopes: &ScopeSet) -> String {
    if scopes.is_empty() { "no scope".to_owned() } else { scopes.to_string() }
}
