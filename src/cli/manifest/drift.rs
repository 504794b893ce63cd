//! `tokscope manifest drift`: differences between the manifest and the API that it describes.

use std::path::{Path, PathBuf};

use super::findings::ReportArguments;
use super::import::ReadingArguments;
use crate::app::{
    Drift, DriftSources, Error, ErrorKind, ExportError, ImportRequest, MatchedRequests, drift_script, engine_drift,
    import_description, running_drift, scopes_supported,
};
use crate::cli::access::Access;
use crate::cli::open::{context, explain, require};
use crate::cli::print::Streams;
use crate::cli::scopes::sources::Sources;
use crate::cli::wait_for;
use crate::text::visible;
use crate::usage::SqlDialect;

/// Compare the manifest with an API description, an engine, server metadata or recorded requests
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope manifest drift --description openapi.yaml --fail-on warning
  tokscope manifest drift --issuer --fail-on warning
  tokscope manifest drift --metadata metadata.json --api orders
  tokscope manifest drift --export envoy.json
  tokscope manifest drift --running kong.yaml --running realm-export.json --fail-on warning
  tokscope manifest drift --har session.har
  tokscope manifest drift --sql clickhouse > drift.sql")]
pub(super) struct Arguments {
    /// API description: report missing, unknown and differing endpoints
    #[arg(long, value_name = "FILE")]
    description: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArguments,
    /// Authorization server metadata (RFC 8414): report scopes that it does not support, or that no endpoint needs
    #[arg(long, value_name = "FILE|-")]
    metadata: Option<PathBuf>,
    /// Fetch the metadata of the API's authorization server, or of URL
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "", conflicts_with = "metadata")]
    issuer: Option<String>,
    /// Configuration written by `manifest export`: report edits, and rules that the manifest has changed since
    #[arg(long, value_name = "FILE", conflicts_with_all = ["description", "metadata", "issuer", "api"])]
    export: Option<PathBuf>,
    /// Configuration of an engine or of an authorization server (repeatable): report what it enforces otherwise
    #[arg(long, value_name = "FILE", conflicts_with_all = ["description", "metadata", "issuer", "export"])]
    running: Vec<PathBuf>,
    #[command(flatten)]
    sources: Sources,
    /// Print SQL that compares the manifest with a log inside a database; --log names the files as the database finds them
    #[arg(long, value_name = "DATABASE", value_parser = SqlDialect::NAMES,
          conflicts_with_all = ["description", "metadata", "issuer", "har", "requests", "collection", "arazzo", "source"])]
    sql: Option<String>,
    /// API to compare, if the manifest has several
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    #[command(flatten)]
    report: ReportArguments,
    #[command(flatten)]
    access: Access,
}

/// `--json`: `tokscope.manifest-drift/v1`
pub(super) fn run(
    arguments: &Arguments,
    named: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    if let Some(file) = &arguments.export {
        return engine(arguments, file, named, streams);
    }
    if !arguments.running.is_empty() {
        return running(arguments, named, streams);
    }
    if let Some(dialect) = arguments.sql.as_deref().and_then(SqlDialect::parse) {
        let context = context(Some(&require(named)?), streams)?;
        let files = arguments.sources.log_names();
        let script = drift_script(&context, dialect, &files, arguments.api.as_deref())?;
        streams.raw(script.as_bytes());
        return Ok(None);
    }
    let from_server = arguments.metadata.is_some() || arguments.issuer.is_some();
    if arguments.description.is_none() && !from_server && arguments.sources.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "nothing to compare the manifest with").hint(
            "use `--description`, `--running`, `--export`, `--issuer`, `--metadata`, `--har`, `--log`, `--requests`, `--collection` or `--source`",
        ));
    }
    let path = require(named)?;
    let mut context = context(Some(&path), streams)?;
    let mut from = DriftSources::default();
    if let Some(source) = &arguments.description {
        let request = ImportRequest {
            source: source.clone(),
            options: arguments.reading.options(),
            overlays: arguments.reading.overlays(),
            ..ImportRequest::default()
        };
        from.description = Some(import_description(&request)?.import);
    }
    if let Some(path) = &arguments.metadata {
        from.offered = Some(scopes_supported(path)?);
    }
    if let Some(issuer) = &arguments.issuer {
        let issuer = Some(issuer.as_str()).filter(|issuer| !issuer.is_empty());
        if issuer.is_none() {
            context = arguments.access.consent(context, &path, streams)?;
        }
        from.offered = Some(wait_for(async { Drift::new(&context, arguments.api.as_deref())?.offered(issuer).await })?);
    }
    if !arguments.sources.is_empty() {
        let mut matched = MatchedRequests::default();
        let read = arguments.sources.read(&context, arguments.api.as_deref(), &mut matched)?;
        read.notes().iter().for_each(|note| streams.say(visible(note)));
        from.requests = Some(matched);
    }
    let problem = Drift::new(&context, arguments.api.as_deref())?.findings(&path, &from)?;
    arguments.report.print(std::slice::from_ref(&problem), "tokscope.manifest-drift/v1", streams);
    Ok(arguments.report.outcome(&problem.findings, false))
}

fn engine(
    arguments: &Arguments,
    file: &Path,
    named: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let path = require(named)?;
    let context = context(Some(&path), streams)?;
    let problem = engine_drift(&context, &path, file).map_err(|error| match error {
        ExportError::Failed(error) => error,
        ExportError::Unsupported(problem) => {
            explain(&problem, streams);
            Error::new(ErrorKind::Usage, "the manifest can't be exported to the engine any more")
        }
    })?;
    arguments.report.print(std::slice::from_ref(&problem), "tokscope.manifest-drift/v1", streams);
    Ok(arguments.report.outcome(&problem.findings, false))
}

fn running(arguments: &Arguments, named: Option<&Path>, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let context = context(Some(&require(named)?), streams)?;
    let mut problems = Vec::new();
    for file in &arguments.running {
        let (problem, format) = running_drift(&context, arguments.api.as_deref(), file)?;
        streams.say(format_args!("{}: {}", visible(&problem.name), visible(&format)));
        problems.push(problem);
    }
    arguments.report.print(&problems, "tokscope.manifest-drift/v1", streams);
    let outcome = arguments.report.outcome(problems.iter().flat_map(|problem| &problem.findings), false);
    Ok(outcome)
}
