//! `tokscope gateway`: programs call APIs through a gateway, and never hold a token; and a decision endpoint for proxies.

mod authorize;
mod control;
mod learn;
mod run;
mod serve;
mod server;

use std::path::Path;

use super::print::Streams;
use super::{GatewayAction, GatewayControl};
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
    /// Keep a gateway running until it is stopped
    ///
    /// Follows changes of the manifest. A change that allows more is used only after `gateway reload`.
    Serve(serve::Arguments),
    /// Describe a running gateway, as JSON (tokscope.gateway-status/v1)
    Status(control::Arguments),
    /// Print the variables for callers of a running gateway, for `eval`
    Env(control::Arguments),
    /// Make a running gateway use the changed manifest, even if it allows more
    Reload(control::Arguments),
    /// Stop a running gateway
    Stop(control::Arguments),
    /// Learn endpoints and their scopes from traffic
    ///
    /// Reads the requests of `gateway run` in the audit log, a HAR file or an access log, and prints the changes of the
    /// manifest by their meaning, the minimal set of scopes for what was seen, and what was not seen.
    Learn(learn::Arguments),
    /// Decide about requests that a proxy asks about
    ///
    /// A decision endpoint for Envoy `ext_authz`, forward-auth of Traefik and Caddy, and `auth_request` of nginx. It verifies the
    /// token with the keys of the API's issuer, compares its scopes with the endpoint's, and applies the policy.
    Authorize(authorize::Arguments),
}

/// What follows a command.
pub(super) enum Next {
    /// `main` starts or controls a gateway.
    Act(Box<GatewayAction>),
    /// The command has ended.
    Done(Option<ErrorKind>),
}

pub(super) fn run(arguments: &Arguments, manifest: Option<&Path>, streams: &mut Streams) -> Result<Next, Error> {
    let act = |action: GatewayAction| Ok(Next::Act(Box::new(action)));
    match &arguments.command {
        Command::Run(arguments) => act(run::run(arguments, manifest, streams)?),
        Command::Serve(arguments) => act(serve::run(arguments, manifest, streams)?),
        Command::Status(arguments) => act(arguments.action(GatewayControl::Status)),
        Command::Env(arguments) => act(arguments.action(GatewayControl::Env)),
        Command::Reload(arguments) => act(arguments.action(GatewayControl::Reload)),
        Command::Stop(arguments) => act(arguments.action(GatewayControl::Stop)),
        Command::Learn(arguments) => learn::run(arguments, manifest, streams).map(|()| Next::Done(None)),
        Command::Authorize(arguments) => authorize::run(arguments, manifest, streams).map(Next::Done),
    }
}
