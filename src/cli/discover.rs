//! `tokscope discover`: the chain from an API to its authorization servers, findings about it, and a manifest to start
//! with.

use super::access::{Access, confirm};
use super::arguments::read_input;
use super::print::{Paint, Streams, json_findings, json_list, json_object, json_option, json_text};
use super::wait_for;
use crate::app::{Discovery, DiscoveryStep, Error, ErrorKind, discover, discover_and_register, unregister};
use crate::manifest::GrantType;
use crate::manifest::providers::{self, Provider};
use crate::net::TooNear;
use crate::oauth::{Metadata, REDIRECT_URI, Registration};
use crate::secret::Secret;
use crate::text::{destination, visible};
use crate::token::Json;

/// Scopes of OpenID Connect, which no endpoint requires.
const SIGN_IN: &[&str] = &["openid", "offline_access", "profile", "email", "address", "phone"];

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
            let shown = visible(destination(url.as_str()).as_ref()).into_owned();
            let question = format!("{}: send a request to {shown}? [y/N] ", visible(&reason.to_string()));
            confirm(&question, streams).unwrap_or(false)
        };
        if arguments.register {
            let (found, (registered, _)) = discover_and_register(&arguments.url, &mut consent).await?;
            return Ok((found, Some(registered)));
        }
        Ok((discover(&arguments.url, &mut consent).await?, None))
    })?;
    let manifest = manifest(&found, registered.as_ref());
    if arguments.json {
        streams.json(&document(&found, registered.as_ref(), &manifest));
    } else {
        report(&found, registered.as_ref(), &manifest, streams);
    }
    // discovery failed if no authorization server was found
    Ok(found.servers.is_empty().then_some(ErrorKind::Failed))
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
            streams.line(visible(line));
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

/// Whether a URL is that of an MCP server: by its path, or by the scopes of its authorization server.
fn is_mcp(found: &Discovery) -> bool {
    let segment = |segment: &str| matches!(segment, "mcp" | "sse");
    let by_path = found.url.path_segments().is_some_and(|mut segments| segments.any(segment));
    let scopes = found.resource.as_ref().and_then(|resource| resource.scopes_supported.as_ref());
    let by_scope = scopes.is_some_and(|scopes| scopes.iter().any(|scope| scope == "mcp" || scope.starts_with("mcp:")));
    found.resource.is_some() && (by_path || by_scope)
}

/// Quotes a string for TOML.
pub(super) fn quote(text: &str) -> String {
    // a JSON string is a valid TOML basic string, except for one character (TOML 1.1)
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

/// Renders the tables for a manifest; what a server sends can only become a value.
fn manifest(found: &Discovery, registered: Option<&Registration>) -> String {
    let Some(server) = found.servers.first() else { return String::new() };
    let resource = found.resource.as_ref();
    let scopes = resource.and_then(|resource| resource.scopes_supported.as_ref()).or(server.scopes_supported.as_ref());
    let scopes: Vec<&str> = scopes
        .into_iter()
        .flatten()
        .map(String::as_str)
        .filter(|scope| !SIGN_IN.contains(scope) && crate::scope::Scope::parse(scope).is_ok())
        .collect();
    let mut text = String::new();
    let is_api = found.api.as_ref().is_some_and(|api| api.status == 401 || !api.challenges.is_empty());
    if resource.is_some() || is_api {
        let audience = resource.map(|resource| resource.resource.as_str());
        let base = audience.filter(|audience| audience.starts_with("http")).unwrap_or(found.url.as_str());
        text.push_str(&format!("[api.main]\nbase_url = {}\n", quote(base.trim_end_matches('/'))));
        text.push_str(&format!("issuer = {}\n", quote(server.issuer.as_str())));
        if let Some(audience) = audience {
            text.push_str(&format!("audience = {}\n", quote(audience)));
        }
        text.push_str("\n[api.main.scopes]\n");
        for scope in &scopes {
            text.push_str(&format!("{} = {{}}\n", quote(scope)));
        }
        text.push_str("\n[api.main.endpoints]\n");
        let wanted = found.api.as_ref().and_then(|api| api.parameter("scope"));
        let wanted: Vec<&str> = wanted.into_iter().flat_map(str::split_ascii_whitespace).collect();
        if !wanted.is_empty() && wanted.iter().all(|scope| scopes.contains(scope)) {
            let own =
                url::Url::parse(base).map(|base| base.path().trim_end_matches('/').to_owned()).unwrap_or_default();
            let path = found.url.path();
            let path = path.strip_prefix(own.as_str()).filter(|path| !path.is_empty()).unwrap_or("/");
            let list: Vec<String> = wanted.iter().map(|scope| quote(scope)).collect();
            text.push_str(&format!("{} = [{}]\n", quote(&format!("GET {path}")), list.join(", ")));
        }
        text.push('\n');
    }
    if is_mcp(found) {
        let scopes: Vec<String> = scopes.iter().map(|scope| quote(scope)).collect();
        text.push_str("# one line for each tool:\n");
        text.push_str(&format!("# \"MCP tools/call TOOL\" = [{}]\n\n", scopes.join(", ")));
    }
    let client_id = registered.map_or("CLIENT_ID", |registered| registered.client_id.as_str());
    text.push_str(&format!("[client.main]\nissuer = {}\n", quote(server.issuer.as_str())));
    text.push_str(&format!("client_id = {}\n", quote(client_id)));
    let redirect_uri = registered.map_or(REDIRECT_URI, |registered| registered.redirect_uri.as_str());
    text.push_str(&format!("redirect_uri = {}\n", quote(redirect_uri)));
    if resource.is_some_and(|resource| resource.dpop_required) {
        text.push_str("dpop = true\n");
    }
    let offers = |grant: GrantType, endpoint: bool| match &server.grant_types_supported {
        Some(offered) => offered.iter().any(|offered| offered == grant.registered_name()),
        None => endpoint,
    };
    let grants: Vec<String> = [
        (GrantType::AuthorizationCode, server.authorization_endpoint.is_some()),
        (GrantType::DeviceCode, server.device_authorization_endpoint.is_some()),
        (GrantType::RefreshToken, false),
    ]
    .into_iter()
    .filter(|(grant, endpoint)| offers(*grant, *endpoint))
    .map(|(grant, _)| quote(grant.as_str()))
    .collect();
    if !grants.is_empty() {
        text.push_str(&format!("grants = [{}]\n", grants.join(", ")));
    }
    text
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
