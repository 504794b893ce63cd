//! `call --mcp` for a server without a manifest: its challenge leads to its metadata, its authorization server and
//! a client registration (Model Context Protocol 2026-07-28, authorization).

use std::path::Path;

use url::Url;

use super::super::discover::chain;
use super::super::open::opened;
use super::super::print::Streams;
use super::super::wait_for;
use super::input::Values;
use super::{Arguments, FinalCall, confirm, finish, request, with_step_up};
use crate::app::{
    Acquisition, CallRequest, Caller, ClientOrigin, Context, Discovery, Error, ErrorKind, LoadedToken, OpenError,
    RegistrationStore, client_for, discover_from,
};
use crate::oauth::REDIRECT_URI;
use crate::scope::ScopeSet;
use crate::text::visible;
use crate::vault::StoreKind;

/// Returns the endpoint in manifest notation.
pub(super) fn endpoint(method: &str, name: Option<&str>) -> String {
    // also accepted as it is written in a manifest
    let method = method.strip_prefix("MCP ").unwrap_or(method);
    match name {
        Some(name) => format!("MCP {method} {name}"),
        None => format!("MCP {method}"),
    }
}

/// Finds the API in the manifest that has the server's base URL.
pub(super) fn api<'w>(context: &'w Context, url: &Url) -> Option<&'w str> {
    context.manifest()?.apis.iter().find(|api| api.base_url == *url).map(|api| api.name.as_str())
}

/// Calls without a token first, as the specification requires, and then with a token obtained through the server's
/// challenge.
pub(super) fn run(
    arguments: &Arguments,
    url: &Url,
    name: Option<&str>,
    token: Option<LoadedToken>,
    values: &mut Values,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    if arguments.asking.client.is_some() {
        let message = format!("`--client` requires an API with the base URL `{url}` in the manifest");
        return Err(Error::new(ErrorKind::Usage, message)
            .hint("omit it: the client is registered at the authorization server that the server names")
            .hint(
                "or declare the API, with a line such as `\"MCP tools/call search\" = \"files:read\"` for each tool",
            ));
    }
    let endpoint = endpoint(&arguments.endpoint, name);
    // only the user's request is sent, to the server that the user named
    let alone = opened(
        Context::from_untrusted_source(url.as_str(), &bare(url, &endpoint)).map_err(OpenError::Invalid),
        streams,
    )?;
    let alone = alone.trusting();
    let asked = request(&alone, arguments, &endpoint, values)?;
    let asked = confirm(&alone, asked, token.as_ref(), arguments, streams)?;
    let (context, outcome) = wait_for(async {
        let called = Caller::new(&alone).call(&asked, token.as_ref()).await?;
        if called.status != 401 || token.is_some() {
            return Ok((alone, FinalCall { called, beyond: ScopeSet::new() }));
        }
        let found = discover_from(url.as_str(), &called.headers, called.status).await?;
        for line in chain(&found, streams) {
            streams.say(line);
        }
        let scopes = wanted(&found);
        let (context, origin) = registered(&found, url, &endpoint, &scopes, arguments, streams).await?;
        // the sign-in binds the port again
        drop(origin);
        let asked = CallRequest { endpoint: context.find(&endpoint, None)?.id, ..asked };
        let outcome = authorized(&context, &asked, arguments, streams).await?;
        Ok((context, outcome))
    })?;
    finish(&context, &outcome, arguments, streams)
}

/// Prints the request that is sent first, without a token, to a server that the manifest does not know.
pub(super) fn dry_run(
    arguments: &Arguments,
    url: &Url,
    name: Option<&str>,
    values: &mut Values,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let endpoint = endpoint(&arguments.endpoint, name);
    let source = bare(url, &endpoint);
    let context = Context::from_untrusted_source(url.as_str(), &source).map_err(OpenError::Invalid);
    let context = opened(context, streams)?;
    let request = request(&context, arguments, &endpoint, values)?;
    super::dry_run(&context, &request, arguments, streams)
}

async fn authorized(
    context: &Context,
    asked: &CallRequest,
    arguments: &Arguments,
    streams: &mut Streams,
) -> Result<FinalCall, Error> {
    let terms = arguments.asking.terms()?;
    let mut terminal = arguments.asking.terminal(streams);
    let acquired = Acquisition::new(context, terms, &mut terminal).token(&[asked.endpoint]).await?;
    with_step_up(context, asked, Some(acquired.into()), arguments, streams).await
}

/// Returns the initial scopes: those of the challenge, otherwise all in the metadata.
fn wanted(found: &Discovery) -> ScopeSet {
    let challenged = found.api.as_ref().and_then(|api| api.parameter("scope")).map(ScopeSet::parse);
    let listed = || {
        let listed = found.resource.as_ref()?.scopes_supported.as_ref()?;
        Some(listed.iter().filter_map(|scope| crate::scope::Scope::parse(scope).ok()).collect())
    };
    challenged.and_then(Result::ok).filter(|scopes| !scopes.is_empty()).or_else(listed).unwrap_or_default()
}

/// Opens the context on the discovered manifest, once the user trusts it, with a registered client.
async fn registered(
    found: &Discovery,
    url: &Url,
    endpoint: &str,
    scopes: &ScopeSet,
    arguments: &Arguments,
    streams: &mut Streams,
) -> Result<(Context, Option<ClientOrigin>), Error> {
    let access = &arguments.asking.access;
    if found.servers.is_empty() {
        let error = Error::new(ErrorKind::Refused, format!("no authorization server found for `{url}`"));
        return Err(error.hint("`tokscope discover` shows the locations that were tried"));
    }
    let given = arguments.client_id.as_deref();
    let source = manifest(found, url, endpoint, scopes, (given.unwrap_or("not-registered"), REDIRECT_URI));
    let stranger = opened(Context::from_untrusted_source(url.as_str(), &source).map_err(OpenError::Invalid), streams)?;
    let named = stranger.destinations()?.lines.join("; ");
    // the server named these destinations: no registration and no sign-in before the user agrees
    streams.say("this server is not in a manifest; using its own metadata instead");
    let accepted = access.consent(stranger, Path::new(url.as_str()), streams).map_err(|error| match error.kind {
        ErrorKind::Refused => {
            Error::new(ErrorKind::Refused, format!("the destinations that `{url}` names are not trusted"))
                .hint(format!("it names {named}"))
                .hint("to trust them for this run only: `--trust-manifest`")
        }
        _ => error,
    })?;
    let vault = access.vault()?;
    if given.is_some() {
        return Ok((super::super::access::launching(accepted).with_vault(vault), None));
    }
    let store = match vault.kind() {
        StoreKind::Memory => None,
        StoreKind::Keyring | StoreKind::Passphrase => Some(RegistrationStore::of_the_user()?),
    };
    let document = arguments.client_document.as_ref();
    let client = client_for(found, document, store.as_ref(), access.may_interact()).await?;
    let Some((client, origin)) = client else {
        return Err(
            Error::login_needed(None).hint("pass a token with `--token -`, or a registered client with `--client-id`")
        );
    };
    let source = manifest(found, url, endpoint, scopes, (&client.client_id, &client.redirect_uri));
    let id = visible(&client.client_id);
    match &origin {
        ClientOrigin::Document => streams.say(format_args!("using the client ID metadata document {id}")),
        ClientOrigin::Remembered => streams.say(format_args!("using the client {id}, registered earlier")),
        ClientOrigin::Registered(_) => {
            streams.say(format_args!("registered the client {id}"));
            streams.say("to declare this server and client, add to `tokscope.toml`:");
            for line in source.lines() {
                streams.say(format_args!("  {}", visible(line)));
            }
        }
    }
    let context = opened(Context::from_untrusted_source(url.as_str(), &source).map_err(OpenError::Invalid), streams)?;
    Ok((super::super::access::launching(context.trusting()).with_vault(vault), Some(origin)))
}

fn bare(url: &Url, endpoint: &str) -> String {
    format!("[api.mcp]\nbase_url = {}\n[api.mcp.endpoints]\n{} = []\n", quote(url.as_str()), quote(endpoint))
}

/// Quotes a string for TOML.
fn quote(text: &str) -> String {
    // a JSON string is a valid TOML basic string, except for one character (TOML 1.1)
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

/// Renders the discovered manifest. `client`: its identifier and redirect URI. Strings from the server are quoted as values.
fn manifest(found: &Discovery, url: &Url, endpoint: &str, scopes: &ScopeSet, client: (&str, &str)) -> String {
    let (client, redirect_uri) = client;
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
    text.push_str(&format!("redirect_uri = {}\ngrants = [\"authorization_code\"]\n", quote(redirect_uri)));
    text
}
