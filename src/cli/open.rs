//! Opens the workspace for a command that needs a manifest.

use std::path::{Path, PathBuf};

use super::print::Streams;
use crate::manifest;
use crate::scope::ScopeSet;
use crate::text::visible_lines;
use crate::workspace::{EndpointId, Error, Kind, ManifestProblem, OpenError, Workspace, find_manifest};

/// The manifest that was named, or the one found from here; `None` when there is none.
pub(super) fn locate(named: Option<&Path>) -> Result<Option<PathBuf>, Error> {
    if let Some(path) = named {
        return Ok(Some(path.to_path_buf()));
    }
    let folder = std::env::current_dir()
        .map_err(|error| Error::new(Kind::Failed, format!("the working directory can't be read: {error}")))?;
    find_manifest(&folder)
}

/// The same, where there has to be one.
pub(super) fn require(named: Option<&Path>) -> Result<PathBuf, Error> {
    locate(named)?.ok_or_else(Workspace::no_manifest)
}

/// The workspace on a manifest's file, whose findings are shown in full.
pub(super) fn read(path: &Path, streams: &mut Streams) -> Result<Workspace, Error> {
    opened(Workspace::open(path), streams)
}

/// The same of a manifest that was opened otherwise.
pub(super) fn opened(workspace: Result<Workspace, OpenError>, streams: &mut Streams) -> Result<Workspace, Error> {
    workspace.map_err(|error| match error {
        OpenError::Unreadable(error) => error,
        OpenError::Wrong(problem) => explain(&problem, streams),
    })
}

/// The workspace on the manifest that was named, or on the one found from here.
pub(super) fn workspace(named: Option<&Path>, streams: &mut Streams) -> Result<Workspace, Error> {
    read(&require(named)?, streams)
}

/// Shows every finding with its place, and sums up.
fn explain(problem: &ManifestProblem, streams: &mut Streams) -> Error {
    for finding in &problem.findings {
        let shown = manifest::render(&problem.name, &problem.source, finding);
        streams.say(visible_lines(&shown));
    }
    let places = match problem.findings.len() {
        1 => "one place".to_owned(),
        several => format!("{several} places"),
    };
    Error::new(Kind::Usage, format!("the manifest `{}` is wrong in {places}", problem.name))
}

/// The endpoints of several requests, in their order.
pub(super) fn find_all(
    workspace: &Workspace,
    requests: &[String],
    api: Option<&str>,
) -> Result<Vec<EndpointId>, Error> {
    requests.iter().map(|request| Ok(workspace.find(request, api)?.id)).collect()
}

/// The scopes, or a word that says that there are none.
pub(super) fn or_nothing(scopes: &ScopeSet) -> String {
    if scopes.is_empty() { "no scope".to_owned() } else { scopes.to_string() }
}
