//! `tokscope init` sets up a manifest with a client: from an API, an issuer, an API description, or for a known provider.

mod preset;
mod setup;

use std::path::Path;

use super::access::Access;
use super::obtain::SignIn;
use super::print::Streams;
use super::wait_for;
use crate::app::{Error, ErrorKind};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
With --provider and without --client-id, describes what to register and prints the tables for `tokscope.toml`. With both, \
adds them to the manifest, which is created if needed.

Examples:
  tokscope init
  tokscope init https://api.example.com/v1
  tokscope init https://api.example.com/v1 -e 'GET /orders orders:read' --client-id ID
  tokscope init openapi.yaml --issuer https://login.example.com --client-id ID
  tokscope init --list
  tokscope init --provider github
  tokscope init --provider entra --variable tenant=contoso.com --client-id ID")]
pub(super) struct Arguments {
    /// URL of an API or of its issuer, or a file with an API description
    #[arg(value_name = "URL|FILE", conflicts_with_all = ["provider", "list"])]
    source: Option<String>,
    /// Provider to set up
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// Name of the API in the manifest [default: derived from its title, otherwise `main`]
    #[arg(long, value_name = "NAME", conflicts_with_all = ["provider", "list"])]
    api: Option<String>,
    /// Base URL of the API, if it differs from URL or from the description
    #[arg(long, value_name = "URL", conflicts_with_all = ["provider", "list"])]
    base_url: Option<String>,
    /// Issuer of the API's tokens, if the API does not publish it
    #[arg(long, value_name = "URL", conflicts_with_all = ["provider", "list"])]
    issuer: Option<String>,
    /// Endpoint and its scopes, as in `GET /orders orders:read` (repeatable)
    #[arg(long = "endpoint", short, value_name = "ENDPOINT", conflicts_with_all = ["provider", "list"])]
    endpoints: Vec<String>,
    /// `client_id` of the registered client
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Register a client at the authorization server (RFC 7591)
    #[arg(long, conflicts_with_all = ["provider", "list", "client_id"])]
    register: bool,
    /// Environment variable with the client's secret
    #[arg(long, value_name = "NAME")]
    secret_env: Option<String>,
    /// Value of one of the provider's variables, such as its tenant (repeatable)
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = super::arguments::pair, requires = "provider")]
    variables: Vec<(String, String)>,
    /// Follow servers to private and loopback addresses of other origins without asking
    #[arg(long, conflicts_with_all = ["provider", "list"])]
    follow_private: bool,
    /// List the providers
    #[arg(long, conflicts_with_all = ["provider", "client_id"])]
    list: bool,
    /// Print JSON (tokscope.init/v1)
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    sign_in: SignIn,
    #[command(flatten)]
    access: Access,
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let path = manifest.unwrap_or(Path::new("tokscope.toml"));
    match arguments.list || arguments.provider.is_some() {
        true => preset::run(arguments, path, streams),
        false => wait_for(setup::run(arguments, path, streams)),
    }
}
