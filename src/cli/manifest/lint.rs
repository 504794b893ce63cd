//! `tokscope manifest lint`: reports errors and suspicious entries of the manifest, with their positions.

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
  tokscope manifest lint api/tokscope.toml
  tokscope manifest lint --format sarif > tokscope.sarif
  tokscope manifest lint --format github")]
pub(super) struct Arguments {
    /// Manifest file [default: as for every command]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    report: ReportArguments,
}

/// `--json`: `tokscope.manifest-lint/v1`
pub(super) fn run(
    arguments: &Arguments,
    named: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let problem = check_manifest(&require(arguments.file.as_deref().or(named))?)?;
    arguments.report.print(&problem, SCHEMA, streams);
    Ok(arguments.report.outcome(&problem.findings, true))
}
