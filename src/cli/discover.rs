//! `tokscope discover`: the chain from an API to its authorization servers, findings about it, and a manifest to start
//! with.

use super::access::{Access, confirm};
use super::arguments::read_input;
use super::print::{Paint, Streams, json_findings, json_list, json_object, json_option, json_text};
use super::wait_for;
use crate::app::{Discovery, DiscoveryStep, Error, ErrorKind, discover, discover_and_register, unregister};
use crate::manifest::providers::{self, Provider};
use crate::net::TooNear;
use crate::oauth::{Metadata, Registration};
use crate::secret::Secret;
use crate::text::{destination, visible};
use crate::token::Json;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope discover https://api.example.com/v1/orders
  tokscope discover https://login.example.com --json
  tokscope discover https://login.example.com --register")]
pub(super) struct Arguments {
    /// URL of an API, or an issuer
    #[arg(value_name = "URL")]
    url: String,
    /// Register a public client at the authorization server (RFC 7591)
    #[arg(long)]
    register: bool,
    /// Delete a registration: URL is its client configuration endpoint, and the registration access token is read from
    /// stdin (RFC 7592)
    #[arg(long, conflicts_with = "register")]
    unregister: bool,
    /// Follow servers to private and loopback addresses of other origins without asking
    #[arg(long, conflicts_with = "unregister")]
    follow_private: bool,
    /// Print JSON (tokscope.discover/v1)
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    if arguments.unregister {
        let token = Secret::new(read_input(true)?.trim());
        wait_for(unregister(&arguments.url, &token))?;
        streams.say("client registration deleted");
        return Ok(None);
    }
    let (found, registered) = wait_for(async {
        let mut consent = |url: &url::Url, reason: &TooNear| {
            if arguments.follow_private || !Access::of_the_environment().can_ask() {
                return arguments.follow_private;
            }
            follows(url, reason, streams)
        };
        if arguments.register {
            let (found, (registered, _)) = discover_and_register(&arguments.url, &mut consent).await?;
            return Ok((found, Some(registered)));
        }
        Ok((discover(&arguments.url, &mut consent).await?, None))
    })?;
    let manifest = found.manifest(registered.as_ref());
    if arguments.json {
        streams.json(&document(&found, registered.as_ref(), &manifest));
    } else {
        report(&found, registered.as_ref(), &manifest, streams);
    }
    // discovery failed if no authorization server was found
    Ok(found.servers.is_empty().then_some(ErrorKind::Failed))
}

/// Asks whether to follow a server to an address of this machine or of a private network.
pub(super) fn follows(url: &url::Url, reason: &TooNear, streams: &mut Streams) -> bool {
    let shown = visible(destination(url.as_str()).as_ref()).into_owned();
    let question = format!("{}: send a request to {shown}? [y/N] ", visible(&reason.to_string()));
    confirm(&question, streams).unwrap_or(false)
}

/// Renders the chain, two lines per link. Escaped.
pub(super) fn chain(found: &Discovery, streams: &Streams) -> Vec<String> {
    let mut lines = Vec::new();
    for (depth, link) in found.chain.iter().enumerate() {
        let (mark, paint) = if link.holds { ("+", Paint::Good) } else { ("!", Paint::Bad) };
        let branch = if depth == 0 { "" } else { "└ " };
        let head = format!("{branch}{} {}", streams.paint(paint, mark), streams.paint(Paint::Bold, link.what));
        lines.push(format!("{head}  {}", visible(&destination(&link.url))));
        lines.push(format!("{}    {}", " ".repeat(branch.chars().count()), visible(&link.outcome)));
    }
    lines
}

fn report(found: &Discovery, registered: Option<&Registration>, manifest: &str, streams: &mut Streams) {
    for line in chain(found, streams) {
        streams.line(line);
    }
    for server in &found.servers {
        streams.line("");
        streams.line(streams.paint(Paint::Bold, visible(&destination(server.issuer.as_str()))));
        if let Some(provider) = preset(server) {
            let text = format!("{} (`provider = \"{}\"`)", provider.about.title, provider.name);
            streams.line(format_args!("  {:10} {}", "preset", visible(&text)));
        }
        for (name, value) in facts(server) {
            streams.line(format_args!("  {name:10} {}", visible(&value)));
        }
    }
    for finding in &found.findings {
        streams.finding(finding);
    }
    if let Some(registered) = registered {
        streams.say(format_args!("registered client {}", visible(&registered.client_id)));
        if let Some((place, _)) = &registered.management {
            streams.say(format_args!(
                "manage the registration at {}; `--json` shows its registration access token",
                visible(&destination(place.as_str()))
            ));
        }
    }
    if !manifest.is_empty() {
        streams.line("");
        for line in manifest.lines() {
            streams.verbatim(visible(line));
        }
    }
}

/// The preset for a server, unless its metadata is that of another product.
fn preset(server: &Metadata) -> Option<&'static Provider> {
    let provider = providers::recognize(server.issuer.as_str())?;
    let own = provider.token_endpoint().zip(server.token_endpoint.as_ref());
    own.is_none_or(|(own, found)| own.contains('{') || own == found.as_str()).then_some(provider)
}

/// Capabilities of a server, by name.
fn facts(server: &Metadata) -> Vec<(&'static str, String)> {
    let list = |list: &Option<Vec<String>>| match list {
        Some(items) if items.is_empty() => "none".to_owned(),
        Some(items) => items.join(" "),
        None => "not stated".to_owned(),
    };
    let endpoints: Vec<&str> = endpoints(server).into_iter().filter_map(|(name, url)| url.map(|_| name)).collect();
    vec![
        ("endpoints", endpoints.join(" ")),
        ("grants", list(&server.grant_types_supported)),
        ("clients", list(&server.token_endpoint_auth_methods_supported)),
        ("scopes", list(&server.scopes_supported)),
        ("pkce", list(&server.code_challenge_methods_supported)),
        ("cimd", if server.client_id_documents { "yes" } else { "no" }.to_owned()),
        ("iss", if server.iss_parameter_supported { "yes" } else { "no" }.to_owned()),
        ("dpop", list(&server.dpop_signing_alg_values_supported)),
    ]
}

fn endpoints(server: &Metadata) -> [(&'static str, Option<&url::Url>); 8] {
    [
        ("authorization", server.authorization_endpoint.as_ref()),
        ("token", server.token_endpoint.as_ref()),
        ("jwks", server.jwks_uri.as_ref()),
        ("introspection", server.introspection_endpoint.as_ref()),
        ("revocation", server.revocation_endpoint.as_ref()),
        ("device", server.device_authorization_endpoint.as_ref()),
        ("pushed", server.pushed_authorization_request_endpoint.as_ref()),
        ("registration", server.registration_endpoint.as_ref()),
    ]
}

/// The chain in `tokscope.discover/v1` and `tokscope.why/v1`.
pub(super) fn chain_document(found: &Discovery) -> Json {
    let link = |link: &DiscoveryStep| {
        json_object([
            ("what", json_text(link.what)),
            ("url", json_text(&link.url)),
            ("outcome", json_text(&link.outcome)),
            ("holds", Json::Bool(link.holds)),
        ])
    };
    Json::Array(found.chain.iter().map(link).collect())
}

/// `tokscope.discover/v1`
fn document(found: &Discovery, registered: Option<&Registration>, manifest: &str) -> Json {
    let some = |list: &Option<Vec<String>>| list.as_ref().map_or(Json::Null, json_list);
    let resource = found.resource.as_ref().map(|resource| {
        json_object([
            ("resource", json_text(&resource.resource)),
            ("authorization_servers", json_list(&resource.authorization_servers)),
            ("scopes_supported", some(&resource.scopes_supported)),
            ("bearer_methods_supported", some(&resource.bearer_methods_supported)),
            ("dpop_bound_access_tokens_required", Json::Bool(resource.dpop_required)),
        ])
    });
    let servers = found.servers.iter().map(|server| {
        let named = endpoints(server).into_iter().filter_map(|(name, url)| Some((name.to_owned(), json_text(url?))));
        json_object([
            ("issuer", json_text(&server.issuer)),
            ("provider", json_option(preset(server).map(|provider| provider.name))),
            ("client_id_metadata_document_supported", Json::Bool(server.client_id_documents)),
            ("endpoints", Json::Object(named.collect())),
            ("grant_types_supported", some(&server.grant_types_supported)),
            ("scopes_supported", some(&server.scopes_supported)),
            ("token_endpoint_auth_methods_supported", some(&server.token_endpoint_auth_methods_supported)),
            ("code_challenge_methods_supported", some(&server.code_challenge_methods_supported)),
            ("dpop_signing_alg_values_supported", some(&server.dpop_signing_alg_values_supported)),
            ("authorization_response_iss_parameter_supported", Json::Bool(server.iss_parameter_supported)),
            ("require_pushed_authorization_requests", Json::Bool(server.pushed_required)),
        ])
    });
    let registration = registered.map(|registered| {
        let management = registered.management.as_ref();
        json_object([
            ("client_id", json_text(&registered.client_id)),
            ("client_secret", json_option(registered.secret.as_ref().map(Secret::expose))),
            ("registration_client_uri", json_option(management.map(|(place, _)| place))),
            ("registration_access_token", json_option(management.map(|(_, token)| token.expose()))),
        ])
    });
    json_object([
        ("schema", json_text("tokscope.discover/v1")),
        ("url", json_text(&found.url)),
        ("chain", chain_document(found)),
        ("status", found.api.as_ref().map_or(Json::Null, |api| Json::Number(api.status.to_string()))),
        ("challenges", json_list(found.api.iter().flat_map(|api| &api.headers))),
        ("resource", resource.unwrap_or(Json::Null)),
        ("issuers", Json::Array(servers.collect())),
        ("registration", registration.unwrap_or(Json::Null)),
        ("findings", json_findings(&found.findings)),
        ("manifest", json_text(manifest)),
    ])
}
