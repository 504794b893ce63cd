//! `tokscope check`: compare the granted scopes with those an endpoint requires.

use std::path::Path;

use jiff::Timestamp;

use super::arguments::TokenArguments;
use super::open::context;
use super::print::{Streams, json_list, json_object, json_option, json_text};
use crate::app::report;
use crate::app::{Check, CheckOutcome, Context, Error, ErrorKind, check};
use crate::scope::ScopeSet;
use crate::token::{Json, Policy};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes: 0 allowed, 2 no such endpoint, 3 a scope is missing, 4 the token is unusable.

Examples:
  tokscope check --endpoint 'GET /orders/7' < token.txt
  tokscope check --env API_TOKEN --endpoint 'POST /orders' --json")]
pub(super) struct Arguments {
    #[command(flatten)]
    token: TokenArguments,
    /// Endpoint: a method and path, a URL, or a template of the manifest
    #[arg(long, short, value_name = "ENDPOINT")]
    endpoint: String,
    /// API to use, if several match
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Print JSON (tokscope.check/v1)
    #[arg(long)]
    json: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let context = context(manifest, streams)?;
    let endpoint = context.find(&arguments.endpoint, arguments.api.as_deref())?.id;
    let now = Timestamp::now();
    let token = arguments.token.read(now, Policy::default())?;
    let Some(check) = check(&context, &token, endpoint, now) else {
        return Err(Error::new(ErrorKind::Failed, "the endpoint is not in the manifest"));
    };
    if arguments.json {
        streams.json(&document(&context, &check, &token.scopes()));
    } else {
        report(&context, &check, &token.scopes(), streams);
    }
    Ok(match check.outcome {
        CheckOutcome::Allowed => None,
        CheckOutcome::Missing => Some(ErrorKind::NotAllowed),
        CheckOutcome::Unusable(_) => Some(ErrorKind::TokenUnusable),
    })
}

/// Returns the document `tokscope.check/v1`.
fn document(context: &Context, check: &Check, granted: &ScopeSet) -> Json {
    let endpoint = context.endpoint(check.endpoint);
    let required = endpoint.iter().flat_map(|(_, endpoint)| endpoint.requirement.alternatives());
    let comparison = check.comparison.as_ref();
    let reason = match &check.outcome {
        CheckOutcome::Unusable(reason) => Some(reason),
        CheckOutcome::Allowed | CheckOutcome::Missing => None,
    };
    json_object([
        ("schema", json_text("tokscope.check/v1")),
        ("endpoint", json_option(endpoint.map(|(_, endpoint)| endpoint))),
        ("api", json_option(endpoint.map(|(api, _)| &api.name))),
        ("verdict", json_text(check.outcome.as_str())),
        ("reason", json_option(reason)),
        ("required", Json::Array(required.map(json_list).collect())),
        ("granted", json_list(granted)),
        ("missing", Json::Array(comparison.iter().flat_map(|comparison| &comparison.missing).map(json_list).collect())),
        ("not_needed", json_list(comparison.iter().flat_map(|comparison| &comparison.not_needed))),
    ])
}

/// Prints the result as text.
pub(super) fn report(context: &Context, check: &Check, granted: &ScopeSet, streams: &mut Streams) {
    let lines = report::requirement(context, check.endpoint);
    for line in lines.iter().chain(&report::comparison(context, check, granted)) {
        streams.report(line);
    }
}
