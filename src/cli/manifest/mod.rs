//! `tokscope manifest`: the map of endpoints to scopes; one file per subcommand.

mod import;
mod lint;
mod show;

use std::path::Path;

use clap::Subcommand;

use super::print::Streams;
use crate::workspace::{Error, Kind};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Import(import::Arguments),
    Lint(lint::Arguments),
    Show(show::Arguments),
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<Kind>, Error> {
    match &arguments.command {
        Command::Import(arguments) => import::run(arguments, streams),
        Command::Lint(arguments) => lint::run(arguments, manifest, streams),
        Command::Show(arguments) => show::run(arguments, manifest, streams),
    }
}
