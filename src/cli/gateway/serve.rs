//! `tokscope gateway serve`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::control::name;
use super::run::Options;
use crate::app::Error;
use crate::cli::print::Streams;
use crate::cli::{GatewayAction, open};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
`gateway env` prints the variables for callers: base URLs and the placeholder, which is new at each start. On a Unix socket \
the host is `localhost`.

Examples:
  tokscope gateway serve --client ci
  tokscope gateway serve --listen orders=127.0.0.1:8080 --name work
  tokscope gateway serve --sockets ./sockets --observe")]
pub(super) struct Arguments {
    #[command(flatten)]
    options: Options,
    /// Address for an API: `API=ADDRESS:PORT`, or `ADDRESS:PORT` if there is only one (repeatable) [default: a free port on
    /// 127.0.0.1 for each API]
    #[arg(long, value_name = "[API=]ADDRESS:PORT", value_parser = address)]
    listen: Vec<(Option<String>, SocketAddr)>,
    /// Also listen on a Unix socket `API.sock` for each API, in this directory, which is made private
    #[arg(long, value_name = "DIR")]
    sockets: Option<PathBuf>,
    /// Name of the gateway, for `status`, `env`, `reload` and `stop`
    #[arg(long, value_name = "NAME", default_value = "default", value_parser = name)]
    name: String,
}

fn address(text: &str) -> Result<(Option<String>, SocketAddr), String> {
    let (api, address) = match text.rsplit_once('=') {
        Some((api, address)) => (Some(api.to_owned()), address),
        None => (None, text),
    };
    let address =
        address.parse().map_err(|_| "must be an IP address with a port, such as 127.0.0.1:8080".to_owned())?;
    Ok((api, address))
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<GatewayAction, Error> {
    let path = open::require(manifest)?;
    let context = arguments.options.access.context(Some(&path), streams)?;
    Ok(GatewayAction::Serve {
        start: arguments.options.start(context),
        manifest: path,
        listen: arguments.listen.clone(),
        sockets: arguments.sockets.clone(),
        name: arguments.name.clone(),
    })
}
