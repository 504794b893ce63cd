//! Opens the workspace for a command that needs a manifest.

use std::path::Path;

use super::print::Streams;
use crate::manifest;
use crate::scope::ScopeSet;
use crate::text::visible_lines;
use crate::workspace::{EndpointId, Error, Kind, ManifestProblem, OpenError, Workspace, find_manifest};

/// The manifest that was named, or the one found from here. Its own findings are shown in full.
pub(super) fn workspace(named: Option<&Path>, streams: &mut Streams) -> Result<Workspace, Error> {
    let found = match named {
        Some(path) => Some(path.to_path_buf()),
        None => {
            let folder = std::env::current_dir()
                .map_err(|error| Error::new(Kind::Failed, format!("the working directory can't be read: {error}")))?;
            find_manifest(&folder)
        }
    };
    let Some(path) = found else {
        let workspace = Workspace::without_manifest();
        workspace.require_manifest()?;
        return Ok(workspace);
    };
    Workspace::open(&path).map_err(|error| match error {
        OpenError::Unreadable(error) => error,
        OpenError::Wrong(problem) => explain(&problem, streams),
    })
}

/// Shows every finding with its place, and sums up.
pub(super) fn explain(problem: &ManifestProblem, streams: &mut Streams) -> Error {
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
