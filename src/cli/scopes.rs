//! `tokscope scopes`: the least privileged scopes for several endpoints, with their certificate.

use std::path::Path;

use super::open::workspace;
use super::print::{Paint, Streams, json_list, json_object, json_text, pad};
use crate::scope::{Cover, Scope, ScopeSet};
use crate::text::visible;
use crate::token::Json;
use crate::workspace::{Error, Kind};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope scopes --endpoint 'GET /orders' --endpoint 'POST /orders'
  tokscope scopes -e 'DELETE /orders/{id}' --client dev --json")]
pub(super) struct Arguments {
    /// An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several
    #[arg(long = "endpoint", short, value_name = "ENDPOINT", required = true)]
    endpoints: Vec<String>,
    /// Stay below what this client may request
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// The API, where several answer
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// As JSON (tokscope.scopes/v1)
    #[arg(long)]
    json: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<Kind>, Error> {
    let workspace = workspace(manifest, streams)?;
    let ceiling = arguments.client.as_deref().map(|name| workspace.ceiling(name)).transpose()?.flatten();
    let mut endpoints = Vec::new();
    let mut unmatched = Vec::new();
    for request in &arguments.endpoints {
        match workspace.find(request, arguments.api.as_deref()) {
            Ok(found) => endpoints.push(found.id),
            Err(error) => unmatched.push((request, error)),
        }
    }
    let cover = workspace.cover(&endpoints, ceiling)?;
    if arguments.json {
        let unmatched: Vec<&String> = unmatched.iter().map(|(request, _)| *request).collect();
        streams.json(&document(&cover, &unmatched));
    } else if !endpoints.is_empty() {
        report(&cover, streams);
    }
    for (_, error) in &unmatched {
        streams.error(error);
    }
    Ok(match (unmatched.is_empty(), cover.uncovered.is_empty()) {
        (false, _) => Some(Kind::Usage),
        (true, false) => Some(Kind::NotAllowed),
        (true, true) => None,
    })
}

/// `tokscope.scopes/v1`
fn document(cover: &Cover, unmatched: &[&String]) -> Json {
    let uncovered = cover.uncovered.iter().map(|left| {
        let beyond = Json::Array(left.beyond.iter().map(json_list).collect());
        json_object([("endpoint", json_text(&left.endpoint)), ("beyond", beyond)])
    });
    json_object([
        ("schema", json_text("tokscope.scopes/v1")),
        ("scopes", json_list(&cover.scopes)),
        ("proven", Json::Bool(cover.proven)),
        ("certificate", certificate(cover)),
        ("unlocks", Json::Number(cover.unlocks.to_string())),
        ("uncovered", Json::Array(uncovered.collect())),
        ("unmatched", json_list(unmatched)),
    ])
}

/// For each endpoint its scopes, for each scope its endpoints.
pub(super) fn certificate(cover: &Cover) -> Json {
    let endpoints = cover.certificate.endpoints.iter();
    let scopes = cover.certificate.scopes.iter();
    json_object([
        (
            "endpoints",
            Json::Object(endpoints.map(|(endpoint, scopes)| (endpoint.clone(), json_list(scopes))).collect()),
        ),
        ("scopes", Json::Object(scopes.map(|(scope, why)| (scope.to_string(), json_list(why))).collect())),
    ])
}

/// Each scope with the endpoints that need it, a line each. Escaped.
pub(super) fn reasons(cover: &Cover) -> Vec<String> {
    let width = cover.scopes.iter().map(|scope| scope.as_str().len()).max().unwrap_or_default();
    let reason = |(scope, why): &(Scope, Vec<String>)| {
        let why: Vec<_> = why.iter().map(|endpoint| visible(endpoint)).collect();
        format!("{}  for {}", pad(scope.as_str(), width), why.join(", "))
    };
    cover.certificate.scopes.iter().map(reason).collect()
}

/// The same as text: the scopes and for each the endpoints that need it, then what is left out.
pub(super) fn report(cover: &Cover, streams: &mut Streams) {
    if cover.scopes.is_empty() {
        streams.line("no scope is needed");
    }
    let width = cover.scopes.iter().map(|scope| scope.as_str().len()).max().unwrap_or_default();
    for (scope, why) in &cover.certificate.scopes {
        let name = streams.paint(Paint::Bold, pad(scope.as_str(), width));
        let why: Vec<_> = why.iter().map(|endpoint| visible(endpoint)).collect();
        streams.line(format_args!("{name}  for {}", why.join(", ")));
    }
    if !cover.proven {
        streams.line("not proven to be the smallest: the search was ended by its bound");
    }
    if cover.unlocks > 0 {
        let plural = if cover.unlocks == 1 { "" } else { "s" };
        streams.line(format_args!("also opens {} endpoint{plural} beyond those asked for", cover.unlocks));
    }
    for left in &cover.uncovered {
        let beyond: Vec<String> = left.beyond.iter().map(ScopeSet::to_string).collect();
        let endpoint = visible(&left.endpoint);
        streams.line(format_args!("left out: {endpoint} needs {}, above the client's ceiling", beyond.join(" or ")));
    }
}
