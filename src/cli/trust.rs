//! `tokscope trust` manages trust in the destinations that manifests name.

use std::path::Path;

use clap::Subcommand;
use jiff::Timestamp;

use super::access::Access;
use super::open;
use super::print::{Paint, Streams, json_list, json_object, json_text};
use crate::app::{AcceptedManifest, Destinations, Error, ErrorKind, TrustStore};
use crate::text::visible;
use crate::token::Json;

#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Nothing is sent to the issuers and origins of a manifest until you trust it. Trust covers base URLs, issuers, audiences, \
client IDs, redirect URIs other than loopback, endpoints in `metadata`, and the places of secrets; a manifest that changes \
one of them must be trusted again.

Examples:
  tokscope trust
  tokscope trust --yes
  tokscope trust list --json"
)]
pub(super) struct Arguments {
    /// Do not ask for confirmation
    #[arg(long, short)]
    yes: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List trusted manifests
    List {
        /// Print JSON (tokscope.trust/v1)
        #[arg(long)]
        json: bool,
    },
    /// Withdraw trust from a manifest
    Revoke {
        /// Fingerprint prefix, as printed by `list` [default: the current manifest]
        #[arg(value_name = "FINGERPRINT")]
        fingerprint: Option<String>,
    },
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let store = TrustStore::of_the_user()?;
    match &arguments.command {
        None => accept(&store, arguments.yes, manifest, streams),
        Some(Command::List { json }) => {
            let accepted = store.accepted()?;
            match json {
                true => streams.json(&document(&accepted)),
                false => accepted.iter().for_each(|accepted| list(accepted, streams)),
            }
            Ok(None)
        }
        Some(Command::Revoke { fingerprint }) => {
            let begin = match fingerprint {
                Some(begin) => begin.clone(),
                None => open::context(manifest, streams)?.destinations()?.fingerprint(),
            };
            let accepted = store.take_back(&begin)?;
            streams.say(format_args!("{} is no longer trusted", short(&accepted.sha256)));
            Ok(None)
        }
    }
}

fn accept(
    store: &TrustStore,
    yes: bool,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let path = open::require(manifest)?;
    let destinations = open::read(&path, streams)?.destinations()?;
    let accepted = store.accepted()?;
    show(&destinations, &accepted, streams);
    if accepted.iter().any(|known| known.sha256 == destinations.fingerprint()) {
        streams.say("already trusted");
        return Ok(None);
    }
    Access::default().confirmed(yes, "tokens and logins will be sent to these destinations", streams)?;
    // the absolute path, so that the list is useful in any directory
    let path = path.canonicalize().unwrap_or(path);
    store.accept(&destinations, &path.to_string_lossy(), Timestamp::now())?;
    streams.say("accepted");
    Ok(None)
}

/// Prints each destination, and whether it is already trusted with any manifest.
fn show(destinations: &Destinations, accepted: &[AcceptedManifest], streams: &mut Streams) {
    for line in &destinations.lines {
        let known = accepted.iter().any(|accepted| accepted.lines.contains(line));
        let mark = if known { "trusted " } else { "new     " };
        let mark = streams.paint(if known { Paint::Dim } else { Paint::Bold }, mark);
        streams.line(format_args!("{mark}  {}", visible(line)));
    }
}

fn list(accepted: &AcceptedManifest, streams: &mut Streams) {
    let when = Timestamp::from_second(accepted.accepted).map(|when| when.to_string()).unwrap_or_default();
    streams.line(format_args!("{}  {when}  {}", short(&accepted.sha256), visible(&accepted.manifest)));
    for line in &accepted.lines {
        streams.line(format_args!("  {}", visible(line)));
    }
}

fn short(fingerprint: &str) -> String {
    visible(&fingerprint.chars().take(12).collect::<String>()).into_owned()
}

/// `tokscope.trust/v1`
fn document(accepted: &[AcceptedManifest]) -> Json {
    let one = |accepted: &AcceptedManifest| {
        json_object([
            ("fingerprint", json_text(&accepted.sha256)),
            ("manifest", json_text(&accepted.manifest)),
            ("accepted", Json::Number(accepted.accepted.to_string())),
            ("lines", json_list(&accepted.lines)),
        ])
    };
    json_object([
        ("schema", json_text("tokscope.trust/v1")),
        ("accepted", Json::Array(accepted.iter().map(one).collect())),
    ])
}
