//! `tokscope gateway run`, and the options that it shares with `serve`.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use crate::app::gateway::{GatewayOptions, Mode};
use crate::app::{Context, Error};
use crate::cli::access::Access;
use crate::cli::exec::demand_program;
use crate::cli::print::Streams;
use crate::cli::{GatewayAction, GatewayStart};

// Options of a gateway. (A doc comment would become part of the command's help.)
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Client to use, if several match
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// Only this API [default: every API of the manifest]
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Send and record requests that the policy denies or that match no endpoint, which get the broadest stored token
    #[arg(long, conflicts_with = "enforce")]
    observe: bool,
    /// Deny what the manifest does not allow [default]
    #[arg(long)]
    enforce: bool,
    /// Accept a token that was granted more scopes than requested
    #[arg(long)]
    accept_more: bool,
    /// Origin whose web pages may call the gateway (repeatable)
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Vec<String>,
    /// Seconds without any data after which a request ends; event streams have no limit
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    idle_timeout: u64,
    #[command(flatten)]
    pub(super) access: Access,
}

impl Options {
    pub(super) fn start(&self, context: Context) -> GatewayStart {
        let mode = if self.observe && !self.enforce { Mode::Observe } else { Mode::Enforce };
        GatewayStart {
            context,
            options: GatewayOptions {
                mode,
                client: self.client.clone(),
                api: self.api.clone(),
                accept_more: self.accept_more,
                caller: None,
            },
            origins: self.origins.clone(),
            idle: Duration::from_secs(self.idle_timeout),
        }
    }
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
For an API `orders`, the command gets ORDERS_BASE_URL and ORDERS_TOKEN. The placeholder in ORDERS_TOKEN is accepted as \
`Bearer`, `token` or Basic credentials, only by this gateway, and only while it runs. The loopback names are added to \
`no_proxy` and `NO_PROXY`.

The exit code is that of the command; 126 means that it can't be run, and 127 that it was not found. Refusals are \
`application/problem+json` with the missing scopes, the evidence and the next step.

Examples:
  tokscope gateway run -- ./report.sh
  tokscope gateway run --api orders -- sh -c 'curl -u :$ORDERS_TOKEN $ORDERS_BASE_URL/orders'
  tokscope gateway run --observe -- npm test")]
pub(super) struct Arguments {
    #[command(flatten)]
    options: Options,
    /// Command and its arguments
    #[arg(value_name = "COMMAND", required = true, last = true)]
    command: Vec<OsString>,
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<GatewayAction, Error> {
    if let Some(program) = arguments.command.first() {
        demand_program(program)?;
    }
    let context = arguments.options.access.context(manifest, streams)?;
    Ok(GatewayAction::Run { start: arguments.options.start(context), command: arguments.command.clone() })
}
