//! `tokscope manifest drift`: where the manifest and what it describes have come apart.

use std::path::{Path, PathBuf};

use super::findings::Report;
use super::import::ReadingArguments;
use crate::cli::open::{require, workspace};
use crate::cli::print::Streams;
use crate::cli::scopes::sources::Sources;
use crate::text::visible;
use crate::workspace::{DriftFrom, Error, ImportRequest, Kind, Recognised, import_description, scopes_supported};

/// Compare the manifest with the API's description, with what the authorization server offers, with requests
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope manifest drift --description openapi.yaml --fail-on warning
  tokscope manifest drift --metadata metadata.json --api orders
  tokscope manifest drift --har session.har")]
pub(super) struct Arguments {
    /// The API's own description: endpoints without a line, lines without an endpoint, other requirements
    #[arg(long, value_name = "FILE")]
    description: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArguments,
    /// The authorization server's metadata (RFC 8414): scopes that it does not offer, or that nobody needs
    #[arg(long, value_name = "FILE|-")]
    metadata: Option<PathBuf>,
    #[command(flatten)]
    sources: Sources,
    /// The API, where the manifest has several
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    #[command(flatten)]
    report: Report,
}

/// `--json`: `tokscope.manifest-drift/v1`
pub(super) fn run(arguments: &Arguments, named: Option<&Path>, streams: &mut Streams) -> Result<Option<Kind>, Error> {
    if arguments.description.is_none() && arguments.metadata.is_none() && arguments.sources.is_empty() {
        return Err(Error::new(Kind::Usage, "there is nothing to compare the manifest with").hint(
            "name one by `--description`, `--metadata`, `--har`, `--log`, `--requests`, `--collection` or `--source`",
        ));
    }
    let path = require(named)?;
    let workspace = workspace(Some(&path), streams)?;
    let mut from = DriftFrom::default();
    if let Some(source) = &arguments.description {
        let request =
            ImportRequest { source: source.clone(), options: arguments.reading.options(), ..ImportRequest::default() };
        from.description = Some(import_description(&request)?.import);
    }
    if let Some(path) = &arguments.metadata {
        from.offered = Some(scopes_supported(path)?);
    }
    if !arguments.sources.is_empty() {
        let mut recognised = Recognised::default();
        let read = arguments.sources.read(&workspace, arguments.api.as_deref(), &mut recognised)?;
        read.notes.iter().for_each(|note| streams.say(visible(note)));
        from.requests = Some(recognised);
    }
    let problem = workspace.drift(&path, arguments.api.as_deref(), &from)?;
    arguments.report.print(&problem, "tokscope.manifest-drift/v1", streams);
    Ok(arguments.report.outcome(&problem.findings, false))
}
