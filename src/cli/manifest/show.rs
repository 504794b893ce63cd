//! `tokscope manifest show`: APIs, endpoints with their requirements, scopes, clients and policy.

use std::path::Path;

use crate::app::{Error, ErrorKind};
use crate::cli::open::context;
use crate::cli::print::{Paint, Streams, json_list, json_object, json_option, json_text, pad};
use crate::manifest::{Api, Client, DeclaredScope, Endpoint, Manifest, Policy, PolicyRule};
use crate::scope::Acceptance;
use crate::text::{destination, visible};
use crate::token::Json;

/// Show APIs, endpoints with their requirements, scopes, clients and policy
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope manifest show
  tokscope manifest show --api orders --json")]
pub(super) struct Arguments {
    /// Only this API
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Print JSON (tokscope.manifest-show/v1)
    #[arg(long)]
    json: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    named: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let context = context(named, streams)?;
    let manifest = context.require_manifest()?;
    context.require_api(arguments.api.as_deref())?;
    let apis: Vec<&Api> =
        manifest.apis.iter().filter(|api| arguments.api.as_ref().is_none_or(|name| *name == api.name)).collect();
    if arguments.json {
        streams.json(&document(manifest, &apis));
        return Ok(None);
    }
    for (index, api) in apis.iter().enumerate() {
        if index > 0 {
            streams.line("");
        }
        show_api(api, streams);
    }
    for client in &manifest.clients {
        streams.line("");
        show_client(client, streams);
    }
    show_policy(&manifest.policy, streams);
    Ok(None)
}

fn show_policy(policy: &Policy, streams: &mut Streams) {
    if policy.is_empty() {
        return;
    }
    let name = streams.paint(Paint::Bold, "policy");
    streams.line("");
    streams.line(format_args!("{name}  by default {}", policy.default_effect().as_str()));
    for (index, rule) in policy.rules.iter().enumerate() {
        let reason = rule.reason.as_ref().map(|reason| format!("  {}", visible(reason))).unwrap_or_default();
        let reason = streams.paint(Paint::Dim, reason);
        streams.line(format!("  {}  {}{reason}", index + 1, visible(&rule.summary())).trim_end());
    }
}

/// Returns the policy as JSON: the default, and the rules with their keys in the manifest.
fn policy_document(policy: &Policy) -> Json {
    let rule = |(index, rule): (usize, &PolicyRule)| {
        let mut members = vec![
            ("rule".to_owned(), Json::Number((index + 1).to_string())),
            ("line".to_owned(), Json::Number(rule.line.to_string())),
        ];
        for (key, values) in rule.parts() {
            let value = match key {
                "effect" | "risk" | "approvers" | "max_sign_in_age" | "min_sign_in_age" => json_option(values.first()),
                "ci" | "interactive" => Json::Bool(values.iter().any(|value| value == "true")),
                _ => json_list(&values),
            };
            members.push((key.to_owned(), value));
        }
        members.push(("reason".to_owned(), json_option(rule.reason.as_ref())));
        Json::Object(members)
    };
    json_object([
        ("default", json_text(policy.default_effect().as_str())),
        ("rules", Json::Array(policy.rules.iter().enumerate().map(rule).collect())),
    ])
}

fn show_api(api: &Api, streams: &mut Streams) {
    let title = streams.paint(Paint::Bold, api.title());
    streams.line(format_args!("{title} ({})  {}", visible(&api.name), visible(api.base_url.as_str())));
    if let Some(issuer) = &api.issuer {
        streams.line(format_args!("  issuer    {}", visible(&destination(issuer.as_str()))));
    }
    if let Some(audience) = &api.audience {
        streams.line(format_args!("  audience  {}", visible(audience)));
    }
    let names: Vec<String> = api.endpoints.iter().map(|endpoint| visible(&endpoint.to_string()).into_owned()).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default().min(48);
    streams.line("  endpoints");
    for (name, endpoint) in names.iter().zip(&api.endpoints) {
        let summary = endpoint.summary.as_deref().map(|summary| streams.paint(Paint::Dim, summary)).unwrap_or_default();
        let line = format!("    {}  {}  {summary}", pad(name, width), endpoint.requirement);
        streams.line(line.trim_end());
    }
    let width = api.scopes.iter().map(|declared| declared.scope.as_str().len()).max().unwrap_or_default();
    streams.line("  scopes");
    for declared in &api.scopes {
        let risk = declared.risk.map_or("", crate::scope::Risk::as_str);
        let mut line = format!("    {}  {risk:<8}", pad(declared.scope.as_str(), width));
        if let Some(description) = &declared.description {
            line.push_str(&format!("  {}", visible(description)));
        }
        if !declared.implies.is_empty() {
            let implied: Vec<&str> = declared.implies.iter().map(crate::scope::Pattern::as_str).collect();
            line.push_str(&format!("  implies {}", implied.join(" ")));
        }
        streams.line(line.trim_end());
    }
}

fn show_client(client: &Client, streams: &mut Streams) {
    let name = streams.paint(Paint::Bold, &client.name);
    let grants: Vec<&str> = client.grants.iter().map(|grant| grant.as_str()).collect();
    streams.line(format_args!("client {name}  {}", visible(&client.client_id)));
    streams.line(format_args!("  issuer       {}", visible(&destination(client.issuer.as_str()))));
    streams.line(format_args!("  grants       {}", grants.join(" ")));
    let ceiling = client.may_request.as_ref().map_or_else(|| "any scope".to_owned(), ToString::to_string);
    streams.line(format_args!("  may request  {ceiling}"));
    match &client.accept_granted {
        Acceptance::Any => streams.line("  accepts      anything that the server grants"),
        Acceptance::Scopes(scopes) if scopes.is_empty() => {}
        Acceptance::Scopes(scopes) => streams.line(format_args!("  accepts      {scopes}")),
    }
}

/// `tokscope.manifest-show/v1`
fn document(manifest: &Manifest, apis: &[&Api]) -> Json {
    json_object([
        ("schema", json_text("tokscope.manifest-show/v1")),
        ("apis", Json::Array(apis.iter().map(|api| api_document(api)).collect())),
        ("clients", Json::Array(manifest.clients.iter().map(client_document).collect())),
        ("policy", if manifest.policy.is_empty() { Json::Null } else { policy_document(&manifest.policy) }),
    ])
}

fn api_document(api: &Api) -> Json {
    let endpoint = |endpoint: &Endpoint| {
        json_object([
            ("endpoint", json_text(endpoint)),
            ("required", Json::Array(endpoint.requirement.alternatives().iter().map(json_list).collect())),
            ("summary", json_option(endpoint.summary.as_ref())),
        ])
    };
    let scope = |declared: &DeclaredScope| {
        json_object([
            ("scope", json_text(&declared.scope)),
            ("risk", json_option(declared.risk.map(crate::scope::Risk::as_str))),
            ("description", json_option(declared.description.as_ref())),
            ("implies", json_list(declared.implies.iter().map(crate::scope::Pattern::as_str))),
        ])
    };
    json_object([
        ("name", json_text(&api.name)),
        ("title", json_text(api.title())),
        ("base_url", json_text(&api.base_url)),
        ("issuer", json_option(api.issuer.as_ref())),
        ("audience", json_option(api.audience.as_ref())),
        ("endpoints", Json::Array(api.endpoints.iter().map(endpoint).collect())),
        ("scopes", Json::Array(api.scopes.iter().map(scope).collect())),
    ])
}

fn client_document(client: &Client) -> Json {
    json_object([
        ("name", json_text(&client.name)),
        ("issuer", json_text(&client.issuer)),
        ("client_id", json_text(&client.client_id)),
        ("grants", json_list(client.grants.iter().map(|grant| grant.as_str()))),
        (
            "accept_granted",
            match &client.accept_granted {
                Acceptance::Any => json_text("any"),
                Acceptance::Scopes(scopes) => json_list(scopes),
            },
        ),
        ("may_request", client.may_request.as_ref().map_or(Json::Null, json_list)),
    ])
}
