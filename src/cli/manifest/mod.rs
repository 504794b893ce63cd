//! `tokscope manifest`: commands for the manifest, one file per subcommand.

mod diff;
mod drift;
mod export;
mod findings;
mod fmt;
mod import;
mod init;
mod lint;
mod schema;
mod show;

use std::path::Path;

use clap::Subcommand;

use super::print::Streams;
use crate::app::{Error, ErrorKind, ManifestProblem};
use crate::token::Json;

pub(super) use self::import::report as import_report;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope manifest init openapi.yaml
  tokscope manifest lint --fail-on warning
  tokscope manifest diff main --fail-on escalation")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Diff(diff::Arguments),
    Drift(drift::Arguments),
    Export(export::Arguments),
    Fmt(fmt::Arguments),
    Import(import::Arguments),
    Init(init::Arguments),
    Lint(lint::Arguments),
    Schema(schema::Arguments),
    Show(show::Arguments),
}

/// Returns the document of `manifest lint --json`.
pub(super) fn lint_document(problem: &ManifestProblem) -> Json {
    findings::document(problem, lint::SCHEMA)
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    match &arguments.command {
        Command::Diff(arguments) => diff::run(arguments, manifest, streams),
        Command::Drift(arguments) => drift::run(arguments, manifest, streams),
        Command::Export(arguments) => export::run(arguments, manifest, streams),
        Command::Fmt(arguments) => fmt::run(arguments, manifest, streams),
        Command::Import(arguments) => import::run(arguments, streams),
        Command::Init(arguments) => init::run(arguments, manifest, streams),
        Command::Lint(arguments) => lint::run(arguments, manifest, streams),
        Command::Schema(arguments) => schema::run(arguments, streams),
        Command::Show(arguments) => show::run(arguments, manifest, streams),
    }
}
