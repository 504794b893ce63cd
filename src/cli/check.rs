//! `tokscope check`: compare the granted scopes with those that endpoints require.

use std::path::Path;

use jiff::Timestamp;

use super::access::Access;
use super::arguments::TokenArguments;
use super::open::{context, find_all};
use super::policy::json_ruling;
use super::print::{Paint, Streams, json_list, json_object, json_option, json_text, pad};
use crate::app::report;
use crate::app::{Approvals, Check, CheckOutcome, Context, EndpointId, Error, ErrorKind, PolicyRuling, check};
use crate::scope::Comparison;
use crate::text::visible;
use crate::token::{Json, Policy};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without --endpoint, lists every endpoint of the manifest with its verdict, and exits with 0.

Exit codes: 0 allowed, 2 no such endpoint, 3 a scope is missing, 4 the token is unusable or its permissions are not known, \
7 the policy denies or an approval is needed. Of several endpoints, the one that fares worst decides.

Examples:
  tokscope check --endpoint 'GET /orders/7' < token.txt
  tokscope check --env API_TOKEN --endpoint 'POST /orders' --json
  tokscope check < token.txt
  tokscope check --quiet --env API_TOKEN --endpoint 'POST /orders'")]
pub(super) struct Arguments {
    #[command(flatten)]
    token: TokenArguments,
    /// Endpoint (repeatable): a method and path, a URL, or a template of the manifest. Without a method, GET
    #[arg(long = "endpoint", short, value_name = "ENDPOINT")]
    endpoints: Vec<String>,
    /// API to use, if several match
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Client that the policy is asked about [default: the one that obtained the token]
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// Print nothing on stdout; the exit code is the result
    #[arg(long, short, conflicts_with = "json")]
    quiet: bool,
    /// Print JSON (tokscope.check/v1); for several endpoints, with an array `checks`
    #[arg(long)]
    json: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let context = context(manifest, streams)?;
    let api = arguments.api.as_deref();
    let endpoints = match arguments.endpoints.is_empty() {
        true => context.endpoints_of(api)?,
        false => find_all(&context, &arguments.endpoints, api)?,
    };
    if context.manifest().is_some() {
        let notes = Approvals::new(&context).emergency_notes().unwrap_or_default();
        for note in &notes {
            streams.say(format_args!("note: {}", visible(note)));
        }
    }
    let now = Timestamp::now();
    let token = Access::recognized(arguments.token.read(now, Policy::default())?)?;
    if let Some(doubt) = arguments.token.doubt(&token) {
        streams.say(doubt);
    }
    let client = arguments.client.as_deref();
    client.map(|name| context.client(name)).transpose()?;
    let one = |endpoint: &EndpointId| {
        let check = check(&context, &token, *endpoint, now)
            .ok_or_else(|| Error::new(ErrorKind::Failed, "the endpoint is not in the manifest"))?;
        let ruling = check.ruling(&context, &token, client, now);
        Ok(Checked { check, ruling })
    };
    let checks = endpoints.iter().map(one).collect::<Result<Vec<Checked>, Error>>()?;
    match (checks.as_slice(), arguments.endpoints.len(), arguments.json) {
        _ if arguments.quiet => {}
        ([only], 1, true) => streams.json(&document(&context, only)),
        ([only], 1, false) => report(&context, only, streams),
        (several, _, true) => {
            let checks = several.iter().map(|check| Json::Object(members(&context, check))).collect();
            streams.json(&json_object([("schema", json_text("tokscope.check/v1")), ("checks", Json::Array(checks))]));
        }
        (several, _, false) => list(&context, several, streams),
    }
    if arguments.endpoints.is_empty() {
        return Ok(None);
    }
    Ok(checks.iter().filter_map(exit).max_by_key(|kind| kind.exit_code()))
}

/// A check with the decision of the policy.
pub(super) struct Checked {
    pub(super) check: Check,
    pub(super) ruling: Option<PolicyRuling>,
}

fn exit(checked: &Checked) -> Option<ErrorKind> {
    if checked.ruling.as_ref().is_some_and(|ruling| !ruling.is_allowed()) {
        return Some(ErrorKind::Policy);
    }
    match &checked.check.outcome {
        CheckOutcome::Allowed => None,
        CheckOutcome::Missing => Some(ErrorKind::NotAllowed),
        CheckOutcome::Unknown(_) | CheckOutcome::Unusable(_) => Some(ErrorKind::TokenUnusable),
    }
}

/// Returns the document `tokscope.check/v1` of a single endpoint.
pub(super) fn document(context: &Context, checked: &Checked) -> Json {
    let schema = ("schema".to_owned(), json_text("tokscope.check/v1"));
    Json::Object(std::iter::once(schema).chain(members(context, checked)).collect())
}

fn members(context: &Context, Checked { check, ruling }: &Checked) -> Vec<(String, Json)> {
    let endpoint = context.endpoint(check.endpoint);
    let required = endpoint.iter().flat_map(|(_, endpoint)| endpoint.requirement.alternatives());
    let comparison = check.comparison.as_ref();
    let unfit = check.outcome.unfit();
    let members = json_object([
        ("endpoint", json_option(endpoint.map(|(_, endpoint)| endpoint))),
        ("api", json_option(endpoint.map(|(api, _)| &api.name))),
        ("verdict", json_text(check.outcome.as_str())),
        ("reason", json_option(unfit.map(|unfit| &unfit.reason))),
        ("hint", json_option(unfit.and_then(|unfit| unfit.hint.as_ref()))),
        ("remarks", Json::Array(check.remarks.iter().map(json_text).collect())),
        ("required", Json::Array(required.map(json_list).collect())),
        ("granted", json_list(&check.granted)),
        ("missing", Json::Array(comparison.iter().flat_map(|comparison| &comparison.missing).map(json_list).collect())),
        ("not_needed", json_list(comparison.iter().flat_map(|comparison| &comparison.not_needed))),
        ("policy", json_ruling(ruling.as_ref())),
    ]);
    members.members().to_vec()
}

/// Prints the result for one endpoint as text.
pub(super) fn report(context: &Context, Checked { check, ruling }: &Checked, streams: &mut Streams) {
    let lines = report::requirement(context, check.endpoint);
    for line in lines.iter().chain(&report::comparison(context, check)) {
        streams.report(line);
    }
    if let Some(ruling) = ruling {
        streams.report(&report::ruling(ruling));
    }
}

/// Prints one line per endpoint: verdict, endpoint, and what is missing.
fn list(context: &Context, checks: &[Checked], streams: &mut Streams) {
    let mut told: Option<&str> = None;
    let names = checks.iter().filter_map(|checked| context.endpoint(checked.check.endpoint));
    let width = names.map(|(_, endpoint)| visible(&endpoint.to_string()).chars().count()).max().unwrap_or_default();
    streams.headings(&format!("{}  {}  MISSING, OR REASON", pad("VERDICT", VERDICT_WIDTH), pad("ENDPOINT", width)));
    for Checked { check, ruling } in checks {
        let Some((_, endpoint)) = context.endpoint(check.endpoint) else { continue };
        let paint = match &check.outcome {
            CheckOutcome::Allowed => Paint::Good,
            CheckOutcome::Unknown(_) => Paint::Odd,
            CheckOutcome::Missing | CheckOutcome::Unusable(_) => Paint::Bad,
        };
        let missing = check.comparison.as_ref().map(Comparison::cheapest).unwrap_or_default().to_string();
        let detail = match (&check.outcome, check.outcome.unfit()) {
            (CheckOutcome::Missing, _) => missing.as_str(),
            // the same reason for every endpoint of an API is printed once
            (_, Some(unfit)) if told != Some(unfit.reason.as_str()) => {
                told = Some(unfit.reason.as_str());
                unfit.reason.as_str()
            }
            _ => "",
        };
        let denial = ruling.as_ref().filter(|ruling| !ruling.is_allowed()).map(ToString::to_string);
        let detail = match &denial {
            Some(denial) if detail.is_empty() => denial.clone(),
            Some(denial) => format!("{detail}; {denial}"),
            None => detail.to_owned(),
        };
        let paint = if denial.is_some() { Paint::Bad } else { paint };
        let verdict = streams.paint(paint, pad(check.outcome.as_str(), VERDICT_WIDTH));
        let line = format!("{verdict}  {}  {}", pad(&visible(&endpoint.to_string()), width), visible(&detail));
        streams.line(line.trim_end());
    }
}

/// Width of the longest verdict.
const VERDICT_WIDTH: usize = 8;
