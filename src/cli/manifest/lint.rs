//! `tokscope manifest lint`: reports errors and suspicious entries of manifests, with their positions.

use std::path::{Path, PathBuf};

use super::findings::ReportArguments;
use crate::app::{Error, ErrorKind, check_manifest};
use crate::cli::open::require;
use crate::cli::print::Streams;

/// Schema of the JSON document.
pub(super) const SCHEMA: &str = "tokscope.manifest-lint/v1";

/// Report errors and suspicious entries in the manifest
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope manifest lint --fail-on warning
  tokscope manifest lint */tokscope.toml
  tokscope manifest lint --format sarif > tokscope.sarif
  tokscope manifest lint --format github")]
pub(super) struct Arguments {
    /// Manifest files [default: as for every command]; with several, the JSON document has an array `manifests`
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    report: ReportArguments,
}

/// `--json`: `tokscope.manifest-lint/v1`
pub(super) fn run(
    arguments: &Arguments,
    named: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let problems = match arguments.files.as_slice() {
        [] => vec![check_manifest(&require(named)?)?],
        files => files.iter().map(|file| check_manifest(file)).collect::<Result<_, _>>()?,
    };
    arguments.report.print(&problems, SCHEMA, streams);
    Ok(arguments.report.outcome(problems.iter().flat_map(|problem| &problem.findings), true))
}
