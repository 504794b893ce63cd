//! `call --mcp` of a server that no manifest knows: its own challenge leads to its metadata, its authorization server and
//! a client there (Model Context Protocol 2026-07-28, authorization).

use std::path::Path;

use url::Url;

use super::super::discover::{chain, quote};
use super::super::open::opened;
use super::super::print::Streams;
use super::super::wait_for;
use super::input::Values;
use super::{Arguments, CallOutcome, confirm, finish, request, with_step_up};
use crate::scope::ScopeSet;
use crate::text::visible;
use crate::workspace::{
    Acquisition, CallRequest, Discovery, Error, HeldToken, Kind, OpenError, Workspace, discover_from, register,
};

/// The endpoint as a manifest writes it.
pub(super) fn endpoint(method: &str, name: &str) -> String {
    format!("MCP {method} {name}")
}

/// The API of the manifest whose base URL a server has.
pub(super) fn api<'w>(workspace: &'w Workspace, url: &Url) -> Option<&'w str> {
    workspace.manifest()?.apis.iter().find(|api| api.base_url == *url).map(|api| api.name.as_str())
}

/// Calls: without a token first, as the specification wants it, and then with one that the server's own challenge led to.
pub(super) fn run(
    arguments: &Arguments,
    url: &Url,
    name: &str,
    token: Option<HeldToken>,
    values: &mut Values,
    streams: &mut Streams,
) -> Result<Option<Kind>, Error> {
    if arguments.asking.client.is_some() {
        let message = format!("`--client` names a client of a manifest, and no API of one has the base URL `{url}`");
        return Err(Error::new(Kind::Usage, message)
            .hint("leave it out: the server says where its tokens come from, and a client is registered there")
            .hint("declare the API, and a line such as `\"MCP tools/call search\" = \"files:read\"` for each tool"));
    }
    let endpoint = endpoint(&arguments.endpoint, name);
    // nothing is known yet, and nothing is sent but the request of the user to the server of the user
    let alone = opened(Workspace::of_stranger(url.as_str(), &bare(url, &endpoint)).map_err(OpenError::Wrong), streams)?;
    let alone = alone.trusting();
    let asked = request(&alone, arguments, &endpoint, values)?;
    let asked = confirm(&alone, asked, token.as_ref(), arguments, streams)?;
    let (workspace, outcome) = wait_for(async {
        let called = alone.call(&asked, token.as_ref()).await?;
        if called.status != 401 || token.is_some() {
            return Ok((alone, CallOutcome { called, beyond: ScopeSet::new() }));
        }
        let found = discover_from(url.as_str(), &called.headers, called.status).await?;
        for line in chain(&found, streams) {
            streams.say(line);
        }
        let scopes = wanted(&found);
        let workspace = registered(&found, url, &endpoint, &scopes, arguments, streams).await?;
        let asked = CallRequest { endpoint: workspace.find(&endpoint, None)?.id, ..asked };
        let outcome = authorized(&workspace, &asked, arguments, streams).await?;
        Ok((workspace, outcome))
    })?;
    finish(&workspace, &outcome, arguments, streams)
}

async fn authorized(
    workspace: &Workspace,
    asked: &CallRequest,
    arguments: &Arguments,
    streams: &mut Streams,
) -> Result<CallOutcome, Error> {
    let terms = arguments.asking.terms()?;
    let mut terminal = arguments.asking.terminal(streams);
    let acquired = Acquisition::new(workspace, terms, &mut terminal).token(&[asked.endpoint]).await?;
    with_step_up(workspace, asked, Some(acquired.into()), arguments, streams).await
}

/// The scopes to begin with: those of the challenge, else all that the metadata lists.
fn wanted(found: &Discovery) -> ScopeSet {
    let challenged = found.api.as_ref().and_then(|api| api.parameter("scope")).map(ScopeSet::parse);
    let listed = || {
        let listed = found.resource.as_ref()?.scopes_supported.as_ref()?;
        Some(listed.iter().filter_map(|scope| crate::scope::Scope::parse(scope).ok()).collect())
    };
    challenged.and_then(Result::ok).filter(|scopes| !scopes.is_empty()).or_else(listed).unwrap_or_default()
}

/// The workspace on what was found, once the user accepted it, with a client of its authorization server.
async fn registered(
    found: &Discovery,
    url: &Url,
    endpoint: &str,
    scopes: &ScopeSet,
    arguments: &Arguments,
    streams: &mut Streams,
) -> Result<Workspace, Error> {
    let access = &arguments.asking.access;
    if found.servers.is_empty() {
        let error = Error::new(Kind::Refused, format!("nothing says where the tokens of `{url}` come from"));
        return Err(error.hint("`tokscope discover` shows what was looked for"));
    }
    let given = arguments.client_id.as_deref();
    let source = manifest(found, url, endpoint, scopes, given.unwrap_or("not-registered"));
    let stranger = opened(Workspace::of_stranger(url.as_str(), &source).map_err(OpenError::Wrong), streams)?;
    let named = stranger.destinations()?.lines.join("; ");
    // the server named these places: nothing is registered there, and nobody signs in, before the user said yes
    streams.say("no manifest knows this server: what it says of itself stands in for one");
    let accepted = access.consent(stranger, Path::new(url.as_str()), streams).map_err(|error| match error.kind {
        Kind::Refused => Error::new(Kind::Refused, format!("what `{url}` says of itself was not accepted"))
            .hint(format!("it names {named}"))
            .hint("accept it for this time: `--trust-manifest`"),
        _ => error,
    })?;
    let vault = access.vault()?;
    if given.is_some() {
        return Ok(super::super::access::launching(accepted).with_vault(vault));
    }
    if !access.may_interact() {
        let error = Error::new(Kind::Refused, "a client that is registered here needs a person to sign in");
        return Err(error.hint("give a token by `--token -`, or name a registered client by `--client-id`"));
    }
    let client = register(found).await?.client_id;
    streams.say(format_args!("registered the client {}", visible(&client)));
    let source = manifest(found, url, endpoint, scopes, &client);
    streams.say("with these lines in `tokscope.toml` the next call registers none:");
    for line in source.lines() {
        streams.say(format_args!("  {}", visible(line)));
    }
    let workspace = opened(Workspace::of_stranger(url.as_str(), &source).map_err(OpenError::Wrong), streams)?;
    Ok(super::super::access::launching(workspace.trusting()).with_vault(vault))
}

fn bare(url: &Url, endpoint: &str) -> String {
    format!("[api.mcp]\nbase_url = {}\n[api.mcp.endpoints]\n{} = []\n", quote(url.as_str()), quote(endpoint))
}

/// The manifest of what was found. Texts of the server stay values.
fn manifest(found: &Discovery, url: &Url, endpoint: &str, scopes: &ScopeSet, client: &str) -> String {
    let issuer = found.servers.first().map(|server| server.issuer.as_str()).unwrap_or_default();
    let mut text = format!("[api.mcp]\nbase_url = {}\nissuer = {}\n", quote(url.as_str()), quote(issuer));
    if let Some(resource) = &found.resource {
        text.push_str(&format!("audience = {}\n", quote(&resource.resource)));
    }
    let listed = found.resource.iter().flat_map(|resource| resource.scopes_supported.iter().flatten());
    let listed = listed.filter_map(|scope| crate::scope::Scope::parse(scope).ok());
    let known: ScopeSet = listed.chain(scopes.iter().cloned()).collect();
    text.push_str("\n[api.mcp.scopes]\n");
    for scope in &known {
        text.push_str(&format!("{} = {{}}\n", quote(scope.as_str())));
    }
    let list: Vec<String> = scopes.iter().map(|scope| quote(scope.as_str())).collect();
    text.push_str(&format!("\n[api.mcp.endpoints]\n{} = [{}]\n", quote(endpoint), list.join(", ")));
    text.push_str(&format!("\n[client.mcp]\nissuer = {}\nclient_id = {}\n", quote(issuer), quote(client)));
    text.push_str("redirect_uri = \"http://127.0.0.1/callback\"\ngrants = [\"authorization_code\"]\n");
    text
}
