//! `tokscope login` obtains a token with the minimal set of scopes, prints the reason for each, and stores the token.

use std::path::Path;

use jiff::Timestamp;

use super::obtain::Asking;
use super::open::{find_all, or_nothing};
use super::print::{Streams, json_findings, json_list, json_object, json_option, json_text};
use super::{scopes, wait_for};
use crate::app::{AcquiredToken, Acquisition, Context, Error, ErrorKind, Plan, Planner, StoragePolicy, Terms};
use crate::scope::{Scope, ScopeSet};
use crate::token::{Json, relative};
use crate::vault::StoreKind;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope login -e 'GET /orders' -e 'POST /orders'
  tokscope login -e 'GET /orders' --scope offline_access --client dev
  tokscope login --store passphrase -e 'GET /orders'")]
pub(super) struct Arguments {
    /// Endpoint: a method and path, a URL, or a template of the manifest (repeatable)
    #[arg(long = "endpoint", short, value_name = "ENDPOINT", required_unless_present = "scopes")]
    endpoints: Vec<String>,
    /// Additional scope to request (repeatable)
    #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
    scopes: Vec<Scope>,
    /// API to use, if several match
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Print JSON (tokscope.login/v1)
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    asking: Asking,
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).map_err(|error| error.to_string())
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let context = arguments.asking.access.context(manifest, streams)?;
    let endpoints = find_all(&context, &arguments.endpoints, arguments.api.as_deref())?;
    let mut plan = Planner::new(&context).plan(&endpoints, arguments.asking.client.as_deref(), None)?;
    let added: ScopeSet = arguments.scopes.iter().cloned().collect();
    Planner::new(&context).add_scopes(&mut plan, &added)?;
    for line in reasons(&context, &plan, &added) {
        streams.say(line);
    }
    let terms = Terms { keeping: StoragePolicy::Required, ..arguments.asking.terms()? };
    let mut terminal = arguments.asking.terminal(streams);
    let acquired = wait_for(async { Acquisition::new(&context, terms, &mut terminal).obtain(&plan).await })?;
    if arguments.json {
        streams.json(&document(&acquired, &plan));
    } else {
        report(&context, &acquired, streams);
    }
    Ok((!acquired.short().is_empty()).then_some(ErrorKind::NotAllowed))
}

/// Prints why each scope is requested: for an endpoint, or because the user added it.
fn reasons(context: &Context, plan: &Plan, added: &ScopeSet) -> Vec<String> {
    let mut lines = scopes::reasons(&plan.minimal_set);
    for scope in added.iter().filter(|scope| !plan.minimal_set.scopes.contains(scope.as_str())) {
        let why = match context.endpoints_requiring(scope.as_str()).as_slice() {
            [] => "no endpoint in the manifest needs it".to_owned(),
            [only] => format!("only `{only}` needs it, which was not selected"),
            [first, rest @ ..] => format!("only `{first}` and {} others need it, which were not selected", rest.len()),
        };
        lines.push(format!("{scope}  added with --scope: {}", crate::text::visible(&why)));
    }
    lines
}

fn report(context: &Context, acquired: &AcquiredToken, streams: &mut Streams) {
    let until = match acquired.expires {
        Some(end) => format!("expires {}", relative(end, Timestamp::now())),
        None => "expiry not stated by the server".to_owned(),
    };
    let granted = or_nothing(&acquired.granted);
    match (acquired.record.as_ref().map(|record| &record.id), context.vault().map(|vault| vault.kind())) {
        (Some(id), Some(StoreKind::Memory)) => {
            streams.line(format_args!("token {id}: {granted}; {until}; in memory only, discarded after this command"));
        }
        (Some(id), _) => streams.line(format_args!("token {id}: {granted}; {until}")),
        (None, _) => streams.line(format_args!("token not stored: {granted}; {until}")),
    }
}

/// `tokscope.login/v1`
fn document(acquired: &AcquiredToken, plan: &Plan) -> Json {
    json_object([
        ("schema", json_text("tokscope.login/v1")),
        ("id", json_option(acquired.record.as_ref().map(|record| &record.id))),
        ("client", json_text(&plan.client)),
        ("asked", json_list(&acquired.asked)),
        ("granted", json_list(&acquired.granted)),
        ("short", json_list(acquired.short())),
        ("beyond", json_list(&acquired.beyond)),
        ("reasons", scopes::json_reasons(&plan.minimal_set)),
        ("expires_at", json_option(acquired.expires)),
        ("findings", json_findings(&acquired.findings)),
    ])
}
