//! `tokscope token`: obtains a token with exactly the scopes that the endpoints need, and prints it.

use std::path::Path;

use jiff::Timestamp;

use super::obtain::{Asking, obtain};
use super::open::{find_all, workspace};
use super::print::{Streams, json_findings, json_list, json_object, json_option, json_text};
use super::wait_for;
use crate::token::{Json, Validity};
use crate::workspace::{Error, Kind, Obtained};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope token --endpoint 'GET /orders' --client dev
  curl -H \"Authorization: Bearer $(tokscope token -e 'GET /orders' --client service)\" https://api.example.com/v1/orders")]
pub(super) struct Arguments {
    /// An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several
    #[arg(long = "endpoint", short, value_name = "ENDPOINT", required = true)]
    endpoints: Vec<String>,
    #[command(flatten)]
    asking: Asking,
    /// The API, where several answer
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// As JSON (tokscope.token/v1)
    #[arg(long)]
    json: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<Kind>, Error> {
    let workspace = workspace(manifest, streams)?;
    let endpoints = find_all(&workspace, &arguments.endpoints, arguments.api.as_deref())?;
    let obtained = wait_for(obtain(&workspace, &endpoints, &arguments.asking, streams))?;
    if arguments.json {
        streams.json(&document(&obtained));
    } else {
        streams.line(crate::text::visible(obtained.token.secret.expose()));
    }
    // a token that can't do what it was obtained for is no success
    Ok((!obtained.short.is_empty()).then_some(Kind::NotAllowed))
}

/// `tokscope.token/v1`
fn document(obtained: &Obtained) -> Json {
    let expires_at = match obtained.token.validity(Timestamp::now()) {
        Some(Validity::Valid(Some(at)) | Validity::Expired(at)) => Some(at),
        _ => None,
    };
    let expires_in = obtained.expires_in.map(|lifetime| Json::Number(lifetime.as_secs().to_string()));
    json_object([
        ("schema", json_text("tokscope.token/v1")),
        ("access_token", json_text(obtained.token.secret.expose())),
        ("expires_in", expires_in.unwrap_or(Json::Null)),
        ("expires_at", json_option(expires_at)),
        ("asked", json_list(&obtained.asked)),
        ("granted", json_list(&obtained.granted)),
        ("short", json_list(&obtained.short)),
        ("beyond", json_list(&obtained.beyond)),
        ("findings", json_findings(&obtained.findings)),
    ])
}
