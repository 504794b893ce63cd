//! `tokscope scopes`: the least privileged scopes for several endpoints, with reasons.

pub(super) mod logs;
pub(super) mod sources;

use std::path::Path;

use self::sources::{SourceLocation, SourceReport, Sources};
use super::open::context;
use super::print::{Paint, Streams, json_list, json_object, json_text, pad};
use crate::app::{Context, Error, ErrorKind, MatchedRequests, Planner};
use crate::scope::{MinimalSet, Scope, ScopeSet};
use crate::text::visible;
use crate::token::Json;

/// Default number of alternatives.
const ALTERNATIVES: usize = 5;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope scopes --endpoint 'GET /orders' --endpoint 'POST /orders'
  tokscope scopes -e 'DELETE /orders/{id}' --client dev --json
  tokscope scopes -e 'DELETE /orders/{id}' --alternatives
  tokscope scopes --har session.har
  tokscope scopes --source src --json")]
pub(super) struct Arguments {
    /// Endpoint: a method and path, a URL, or a template of the manifest (repeatable)
    #[arg(long = "endpoint", short, value_name = "ENDPOINT")]
    endpoints: Vec<String>,
    /// Include every endpoint of the manifest; with --endpoint, the same as --alternatives
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    sources: Sources,
    /// Also list alternative scope sets, best first [default number: 5]
    #[arg(long, value_name = "NUMBER", num_args = 0..=1, default_missing_value = "5")]
    alternatives: Option<u8>,
    /// Use only scopes that this client may request
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// Only this API
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Print JSON (tokscope.scopes/v1)
    #[arg(long)]
    json: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let named = !arguments.endpoints.is_empty() || !arguments.sources.is_empty();
    if !named && !arguments.all {
        return Err(Error::new(ErrorKind::Usage, "no endpoints given")
            .hint("use `--endpoint`, or `--har`, `--log`, `--requests`, `--collection` or `--source`")
            .hint("use `--all` for every endpoint of the manifest"));
    }
    let context = context(manifest, streams)?;
    let api = arguments.api.as_deref();
    context.require_api(api)?;
    let client = arguments.client.as_deref().map(|name| context.client(name)).transpose()?;
    let ceiling = client.and_then(|client| client.may_request.as_ref());
    let mut matched = MatchedRequests::default();
    let mut unmatched = Vec::new();
    for request in &arguments.endpoints {
        match context.find(request, api) {
            Ok(found) => matched.add(found.id),
            Err(error) => unmatched.push((request, error)),
        }
    }
    let read = arguments.sources.read(&context, api, &mut matched)?;
    if !named {
        let within = |id: &_| api.is_none_or(|name| context.endpoint(*id).is_some_and(|(api, _)| api.name == name));
        context.endpoints().into_iter().filter(within).for_each(|id| matched.add(id));
    }
    let minimal_set = Planner::new(&context).minimal_set(&matched.endpoints, ceiling)?;
    let most = arguments.alternatives.map(usize::from).or((named && arguments.all).then_some(ALTERNATIVES));
    let alternatives = match most {
        // the best one is the minimal set itself
        Some(most) => Planner::new(&context).alternatives(&matched.endpoints, ceiling, most.saturating_add(1))?,
        None => Vec::new(),
    };
    let alternatives: Vec<(&str, Vec<MinimalSet>)> = alternatives
        .into_iter()
        .map(|(api, covers)| (api.name.as_str(), covers.into_iter().skip(1).collect()))
        .collect();
    if arguments.json {
        let named = unmatched.iter().map(|(request, _)| (*request).clone());
        let unmatched: Vec<String> = named.chain(matched.unmatched.keys().cloned()).collect();
        let mut document = document(&minimal_set, &unmatched, &matched, &read);
        if let Json::Object(members) = &mut document {
            members.extend(most.map(|_| ("alternatives".to_owned(), json_alternatives(&alternatives))));
            let places = || Json::Array(read.places.iter().map(|place| json_place(place, &context)).collect());
            members.extend((!read.places.is_empty()).then(|| ("places".to_owned(), places())));
        }
        streams.json(&document);
    } else {
        if !matched.endpoints.is_empty() {
            report(&minimal_set, streams);
            report_alternatives(&alternatives, streams);
            report_places(&read.places, &context, streams);
        }
        report_unmatched(&matched, streams);
    }
    for note in read.notes() {
        streams.say(visible(note));
    }
    for (_, error) in &unmatched {
        streams.error(error);
    }
    if matched.endpoints.is_empty() && unmatched.is_empty() {
        return Err(Error::new(
            ErrorKind::Usage,
            match named {
                true => "no request matches an endpoint of the manifest",
                false => "the manifest has no endpoints",
            },
        ));
    }
    Ok(match (unmatched.is_empty(), minimal_set.uncovered.is_empty()) {
        (false, _) => Some(ErrorKind::Usage),
        (true, false) => Some(ErrorKind::NotAllowed),
        (true, true) => None,
    })
}

fn report_alternatives(alternatives: &[(&str, Vec<MinimalSet>)], streams: &mut Streams) {
    let several = alternatives.len() > 1;
    for (api, covers) in alternatives {
        for minimal_set in covers {
            let of = if several { format!(" for {}", visible(api)) } else { String::new() };
            let access = match minimal_set.unlocks {
                0 => String::new(),
                beyond => format!("  (also grants access to {beyond} other endpoints)"),
            };
            let proven = if minimal_set.proven { "" } else { "  (not proven to be next best)" };
            streams.line(format_args!("alternative{of}: {}{access}{proven}", minimal_set.scopes));
        }
    }
}

/// What of the records is not in the minimal set, on standard error.
fn report_unmatched(matched: &MatchedRequests, streams: &mut Streams) {
    let missed: u64 = matched.unmatched.values().sum();
    if matched.requests > 0 {
        let (requests, endpoints) = (matched.requests, matched.endpoints.len());
        let (requests, endpoints) = (counted(requests, "request"), counted(endpoints as u64, "endpoint"));
        streams.say(format_args!("{requests} to {endpoints}; {missed} not matched"));
    }
    for (request, count) in &matched.unmatched {
        streams.say(format_args!("  not matched: {}  ({count})", visible(request)));
    }
    if matched.passed_over > 0 {
        let count = matched.passed_over;
        let strings = counted(count, "string");
        streams.say(format_args!("{strings} ignored: like a path, but without a method nearby or a matching endpoint"));
    }
}

fn endpoints_of(place: &SourceLocation, context: &Context) -> Vec<String> {
    place.endpoints.iter().filter_map(|id| context.endpoint(*id)).map(|(_, endpoint)| endpoint.to_string()).collect()
}

/// `1 request`, `2 requests`
fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Prints where source code requests the endpoints.
fn report_places(places: &[SourceLocation], context: &Context, streams: &mut Streams) {
    for place in places {
        let file = place.file.display().to_string();
        let note = if place.method.is_none() { "  (method unknown: all methods of the path)" } else { "" };
        let endpoints = endpoints_of(place, context).join(", ");
        streams.line(format_args!("{}:{}  {}{note}", visible(&file), place.line, visible(&endpoints)));
    }
}

fn json_place(place: &SourceLocation, context: &Context) -> Json {
    json_object([
        ("file", json_text(place.file.display())),
        ("line", Json::Number(place.line.to_string())),
        ("method_seen", Json::Bool(place.method.is_some())),
        ("endpoints", json_list(endpoints_of(place, context))),
    ])
}

fn json_alternatives(alternatives: &[(&str, Vec<MinimalSet>)]) -> Json {
    let one = |api: &str, minimal_set: &MinimalSet| {
        json_object([
            ("api", json_text(api)),
            ("scopes", json_list(&minimal_set.scopes)),
            ("unlocks", Json::Number(minimal_set.unlocks.to_string())),
            ("proven", Json::Bool(minimal_set.proven)),
        ])
    };
    Json::Array(
        alternatives
            .iter()
            .flat_map(|(api, covers)| covers.iter().map(move |minimal_set| one(api, minimal_set)))
            .collect(),
    )
}

/// Returns the document `tokscope.scopes/v1` of a minimal set for endpoints that are known.
pub(super) fn of_endpoints(minimal_set: &MinimalSet) -> Json {
    document(minimal_set, &[], &MatchedRequests::default(), &SourceReport::default())
}

/// `tokscope.scopes/v1`
fn document(minimal_set: &MinimalSet, unmatched: &[String], matched: &MatchedRequests, read: &SourceReport) -> Json {
    let uncovered = minimal_set.uncovered.iter().map(|left| {
        let beyond = Json::Array(left.beyond.iter().map(json_list).collect());
        json_object([("endpoint", json_text(&left.endpoint)), ("beyond", beyond)])
    });
    json_object([
        ("schema", json_text("tokscope.scopes/v1")),
        ("scopes", json_list(&minimal_set.scopes)),
        ("proven", Json::Bool(minimal_set.proven)),
        ("reasons", json_reasons(minimal_set)),
        ("unlocks", Json::Number(minimal_set.unlocks.to_string())),
        ("uncovered", Json::Array(uncovered.collect())),
        ("unmatched", json_list(unmatched)),
        ("requests", Json::Number(matched.requests.to_string())),
        ("unread", Json::Number(read.read.unread.to_string())),
    ])
}

/// For each endpoint its scopes, for each scope its endpoints.
pub(super) fn json_reasons(minimal_set: &MinimalSet) -> Json {
    let endpoints = minimal_set.reasons.endpoints.iter();
    let scopes = minimal_set.reasons.scopes.iter();
    json_object([
        (
            "endpoints",
            Json::Object(endpoints.map(|(endpoint, scopes)| (endpoint.clone(), json_list(scopes))).collect()),
        ),
        ("scopes", Json::Object(scopes.map(|(scope, why)| (scope.to_string(), json_list(why))).collect())),
    ])
}

/// Renders each scope with the endpoints that require it, a line each. Escaped.
pub(super) fn reasons(minimal_set: &MinimalSet) -> Vec<String> {
    let width = minimal_set.scopes.iter().map(|scope| scope.as_str().len()).max().unwrap_or_default();
    let reason = |(scope, why): &(Scope, Vec<String>)| {
        let why: Vec<_> = why.iter().map(|endpoint| visible(endpoint)).collect();
        format!("{}  for {}", pad(scope.as_str(), width), why.join(", "))
    };
    minimal_set.reasons.scopes.iter().map(reason).collect()
}

/// Prints each scope with the endpoints that require it, then what is above the ceiling.
pub(super) fn report(minimal_set: &MinimalSet, streams: &mut Streams) {
    if minimal_set.scopes.is_empty() && minimal_set.uncovered.is_empty() {
        streams.line("no scope is required");
    }
    let width = minimal_set.scopes.iter().map(|scope| scope.as_str().len()).max().unwrap_or_default();
    for (scope, why) in &minimal_set.reasons.scopes {
        let name = streams.paint(Paint::Bold, pad(scope.as_str(), width));
        let why: Vec<_> = why.iter().map(|endpoint| visible(endpoint)).collect();
        streams.line(format_args!("{name}  for {}", why.join(", ")));
    }
    if !minimal_set.proven {
        streams.line("not proven to be minimal: the search limit was reached");
    }
    if minimal_set.unlocks > 0 {
        let plural = if minimal_set.unlocks == 1 { "" } else { "s" };
        streams.line(format_args!("also grants access to {} other endpoint{plural}", minimal_set.unlocks));
    }
    for left in &minimal_set.uncovered {
        let beyond: Vec<String> = left.beyond.iter().map(ScopeSet::to_string).collect();
        let endpoint = visible(&left.endpoint);
        streams.line(format_args!(
            "not included: {endpoint} requires {}, above the client's ceiling",
            beyond.join(" or ")
        ));
    }
}
