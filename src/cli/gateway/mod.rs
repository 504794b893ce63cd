//! `tokscope gateway`: programs call APIs through a gateway, and never hold a token.

mod run;

use std::path::Path;

use super::GatewayRun;
use super::print::Streams;
use crate::app::Error;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Run a command with a gateway in front of its APIs
    ///
    /// Each API of the manifest gets a port on 127.0.0.1. The command gets its base URL and a placeholder in place of a token,
    /// and each of its requests is sent with the narrowest token for the endpoint.
    Run(run::Arguments),
}

pub(super) fn run(arguments: &Arguments, manifest: Option<&Path>, streams: &mut Streams) -> Result<GatewayRun, Error> {
    match &arguments.command {
        Command::Run(arguments) => run::run(arguments, manifest, streams),
    }
}
