//! `tokscope gateway`: programs call APIs through a gateway, and never hold a token; and a decision endpoint for proxies.

mod authorize;
mod run;
mod server;

use std::path::Path;

use super::GatewayRun;
use super::print::Streams;
use crate::app::{Error, ErrorKind};

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
    /// Decide about requests that a proxy asks about
    ///
    /// A decision endpoint for Envoy `ext_authz`, forward-auth of Traefik and Caddy, and `auth_request` of nginx. It verifies the
    /// token with the keys of the API's issuer, compares its scopes with the endpoint's, and applies the policy.
    Authorize(authorize::Arguments),
}

/// A gateway to run, or the end of a decision endpoint.
pub(super) enum Started {
    /// The program starts this gateway.
    Gateway(Box<GatewayRun>),
    /// It has ended.
    Ended(Option<ErrorKind>),
}

pub(super) fn run(arguments: &Arguments, manifest: Option<&Path>, streams: &mut Streams) -> Result<Started, Error> {
    match &arguments.command {
        Command::Run(arguments) => Ok(Started::Gateway(Box::new(run::run(arguments, manifest, streams)?))),
        Command::Authorize(arguments) => authorize::run(arguments, manifest, streams).map(Started::Ended),
    }
}
