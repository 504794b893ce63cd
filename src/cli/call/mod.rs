//! `tokscope call` calls an endpoint, and diagnoses a failure.

mod curl;
mod input;
mod mcp;
mod output;

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use self::input::Values;
use super::arguments::{GivenToken, header, pair, variable};
use super::diagnosis;
use super::obtain::Asking;
use super::open;
use super::print::Streams;
use super::wait_for;
use crate::app::{
    AcquiredToken, Acquisition, ApprovedPlanner, CallOutcome, CallRequest, Caller, Concern, Concerns, Context,
    EndpointId, Error, ErrorKind, GrantOptions, LoadedToken, Origin, PolicyGate, StoragePolicy, Terms, TokenStore,
    check_headers, is_safe,
};
use crate::diagnosis::Cause;
use crate::manifest::{Client, GrantType};
use crate::net::Protocol;
use crate::scope::ScopeSet;
use crate::secret::masked_tokens;
use crate::text::{destination, visible};

pub(super) use self::output::lines as diagnosis_lines;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The response body is written to stdout, everything else to stderr. Methods other than GET, HEAD and OPTIONS ask for \
confirmation, and so do a given token for another issuer or audience than the API's, and a request that contains a \
token. Redirects are reported but not followed; cookies are neither stored nor sent.

The token is the one given (or TOKSCOPE_TOKEN), otherwise the narrowest stored token that covers the endpoint. With \
--client, a token is obtained if none is stored. Endpoints that need no scope are called without a token unless one is \
given.

A value may be read from elsewhere: `@FILE` reads a file, `@-` reads stdin, and `@@` is a literal `@`.

Examples:
  tokscope call GET /orders/7 --client dev
  tokscope call 'GET /orders' --query state=open --query limit=5 --client dev --step-up
  tokscope call 'POST /orders' --token - --data '{\"item\":\"tea\"}' --yes < token.txt
  tokscope call --mcp https://mcp.example.com/mcp tools/list
  tokscope call --mcp https://mcp.example.com/mcp tools/call search --data @query.json --step-up
  tokscope call 'GET /orders/{id}' --param id=@order.txt --client dev --dry-run")]
pub(super) struct Arguments {
    /// Endpoint: a method and path, as one word or two, or a URL. Without a method, GET
    #[arg(value_name = "ENDPOINT")]
    endpoint: String,
    /// Path, if ENDPOINT is only a method; with --mcp, the name of the tool or prompt
    #[arg(value_name = "PATH|NAME")]
    name: Option<String>,
    /// URL of a Model Context Protocol server. ENDPOINT is then a method such as `tools/list` or
    /// `tools/call`, and --data its arguments. If the manifest does not know the server, its challenge leads to its authorization server, where a
    /// client is registered after you confirm
    #[arg(long, value_name = "URL")]
    mcp: Option<Url>,
    /// With --mcp and a server that the manifest does not know, use this registered client instead of registering one
    #[arg(long, value_name = "ID", requires = "mcp", conflicts_with = "client")]
    client_id: Option<String>,
    /// With --mcp and a server that the manifest does not know: `https` URL of a client ID metadata document that you
    /// publish. Where the server accepts such documents, no client is registered
    #[arg(long, value_name = "URL", env = variable("TOKSCOPE_CLIENT_DOCUMENT"))]
    client_document: Option<Url>,
    #[command(flatten)]
    token: GivenToken,
    #[command(flatten)]
    asking: Asking,
    /// Value of a path parameter
    #[arg(long = "param", short, value_name = "NAME=VALUE", value_parser = pair)]
    parameters: Vec<(String, String)>,
    /// Query parameter
    #[arg(long = "query", short = 'Q', value_name = "NAME=VALUE", value_parser = pair)]
    query: Vec<(String, String)>,
    /// Request header
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(String, String)>,
    /// Request body
    #[arg(long, short, value_name = "BODY")]
    data: Option<String>,
    /// Do not ask for confirmation
    #[arg(long, short)]
    yes: bool,
    /// If a scope or a stronger sign-in is missing, obtain it and call again, once
    #[arg(long, conflicts_with_all = GivenToken::NAMES)]
    step_up: bool,
    /// Print the request as a `curl` command with a placeholder for the token, and send nothing. Needs no trust
    #[arg(long, conflicts_with_all = ["step_up", "json", "output", "include", "pretty"])]
    dry_run: bool,
    /// Write the response body to a file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Show response headers and timing on stderr
    #[arg(long, short)]
    include: bool,
    /// Pretty-print a JSON body (default on a terminal)
    #[arg(long)]
    pretty: bool,
    /// Use HTTP/1.1 only
    #[arg(long, conflicts_with = "http2")]
    http1: bool,
    /// Use HTTP/2 only, with prior knowledge if the URL is not https
    #[arg(long)]
    http2: bool,
    /// Timeout in seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// Maximum size of the response body, in bytes
    #[arg(long, value_name = "BYTES", default_value = "8388608")]
    max_size: usize,
    /// API to use, if several match
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Print JSON (tokscope.call/v1)
    #[arg(long)]
    json: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let mut values = Values::default();
    if arguments.token.is_named() && arguments.asking.client.is_some() {
        return Err(Error::new(ErrorKind::Usage, "a token can't be combined with `--client`"));
    }
    if arguments.token.is_standard_input() {
        values.take_stdin("the token")?;
    }
    let given = |arguments: &Arguments| match &arguments.asking.client {
        None => arguments.token.read_or_variable(Timestamp::now()),
        Some(_) => Ok(None),
    };
    let endpoint = match (&arguments.mcp, &arguments.name) {
        (Some(url), name) => {
            let name = name.as_deref();
            let known = open::locate(manifest)?.map(|path| open::read(&path, streams)).transpose()?;
            if let Some(context) = known.as_ref().filter(|context| mcp::api(context, url).is_none()) {
                PolicyGate::new(context).permit_elsewhere_now(url.as_str())?;
            }
            if known.is_none_or(|context| mcp::api(&context, url).is_none()) {
                if arguments.dry_run {
                    return mcp::dry_run(arguments, url, name, &mut values, streams);
                }
                return mcp::run(arguments, url, name, given(arguments)?, &mut values, streams);
            }
            mcp::endpoint(&arguments.endpoint, name)
        }
        (None, Some(path)) => format!("{} {path}", arguments.endpoint),
        (_, None) => arguments.endpoint.clone(),
    };
    if arguments.dry_run {
        // nothing is sent, so neither trust nor the vault is needed
        let context = open::context(manifest, streams)?;
        let request = request(&context, arguments, &endpoint, &mut values)?;
        return dry_run(&context, &request, arguments, streams);
    }
    let context = arguments.asking.access.context(manifest, streams)?;
    let request = request(&context, arguments, &endpoint, &mut values)?;
    let token = given(arguments)?;
    let request = confirm(&context, request, token.as_ref(), arguments, streams)?;
    let outcome = wait_for(exchange(&context, &request, token, arguments, streams))?;
    finish(&context, &outcome, arguments, streams)
}

/// Outcome of a call, and of acquiring its token.
struct FinalCall {
    called: CallOutcome,
    /// Scopes of the token beyond the call.
    beyond: ScopeSet,
}

/// Token of a call.
struct CallToken {
    token: LoadedToken,
    /// Scopes of the token beyond the call.
    beyond: ScopeSet,
}

impl From<AcquiredToken> for CallToken {
    fn from(acquired: AcquiredToken) -> Self {
        Self { token: acquired.token, beyond: acquired.beyond }
    }
}

impl From<LoadedToken> for CallToken {
    fn from(token: LoadedToken) -> Self {
        Self { token, beyond: ScopeSet::new() }
    }
}

/// Prints the result, and returns the exit code that reflects the cause of a failure.
fn finish(
    context: &Context,
    outcome: &FinalCall,
    arguments: &Arguments,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let called = &outcome.called;
    if arguments.json {
        streams.json(&output::document(context, called, &outcome.beyond));
        return Ok(diagnosis::exit(&called.diagnosis));
    }
    if arguments.include {
        output::headers(called, streams);
    }
    let pretty = arguments.pretty || io::stdout().is_terminal();
    output::body(called, arguments.output.as_deref(), pretty, streams)?;
    output::report(called, streams);
    Ok(diagnosis::exit(&called.diagnosis))
}

fn request(
    context: &Context,
    arguments: &Arguments,
    endpoint: &str,
    values: &mut Values,
) -> Result<CallRequest, Error> {
    let api = arguments.mcp.as_ref().and_then(|url| mcp::api(context, url)).or(arguments.api.as_deref());
    let found = context.find(endpoint, api)?;
    let mut request = CallRequest::new(found.id, found.parameters);
    request.parameters.extend(values.pairs(&arguments.parameters)?);
    request.query = found.query;
    request.add_query(&values.pairs(&arguments.query)?);
    request.headers = values.pairs(&arguments.headers)?;
    check_headers(&request)?;
    request.body = arguments.data.as_deref().map(|text| values.bytes(text)).transpose()?;
    request.limits.deadline = Duration::from_secs(arguments.timeout);
    request.limits.body = arguments.max_size;
    request.protocol = match (arguments.http1, arguments.http2) {
        (true, _) => Protocol::Http1,
        (_, true) => Protocol::Http2,
        _ => Protocol::Any,
    };
    Ok(request)
}

/// Prints the request that would be sent first. A token is sent if one is named, or if the endpoint requires one and the
/// vault has it.
fn dry_run(
    context: &Context,
    request: &CallRequest,
    arguments: &Arguments,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let (api, endpoint) = context
        .endpoint(request.endpoint)
        .ok_or_else(|| Error::new(ErrorKind::Failed, "the endpoint is not in the manifest"))?;
    let named = arguments.asking.client.as_deref().map(|name| context.client(name)).transpose()?;
    let of_issuer = |client: &&Client| Some(&client.issuer) == api.issuer.as_ref();
    let client = named.or_else(|| context.manifest()?.clients.iter().find(of_issuer));
    let is_given = arguments.token.is_named();
    let has_token = is_given || named.is_some() || !endpoint.requirement.is_none();
    let token = match (is_given, named) {
        (true, _) => "$TOKEN".to_owned(),
        (false, named) => {
            let client = named.map_or_else(String::new, |client| format!(" --client {}", curl::word(&client.name)));
            format!("$(tokscope token --endpoint {}{client})", curl::word(&endpoint.to_string()))
        }
    };
    let preview = Caller::new(context).preview(request, client, has_token)?;
    streams.verbatim(curl::command(&preview, request.protocol, &token)?);
    Ok(None)
}

async fn exchange(
    context: &Context,
    request: &CallRequest,
    given: Option<LoadedToken>,
    arguments: &Arguments,
    streams: &mut Streams,
) -> Result<FinalCall, Error> {
    let token = match given {
        None if arguments.asking.client.is_some() => {
            let terms = arguments.asking.terms()?;
            let mut terminal = arguments.asking.terminal(streams);
            let acquired = Acquisition::new(context, terms, &mut terminal).token(&[request.endpoint]).await?;
            Some(acquired.into())
        }
        None => stored(context, request.endpoint, arguments, streams).await?.map(CallToken::from),
        Some(given) => Some(TokenStore::new(context).recognize(given).await.into()),
    };
    with_step_up(context, request, token, arguments, streams).await
}

/// Calls, and with `--step-up` once more with the missing scopes or sign-in.
async fn with_step_up(
    context: &Context,
    request: &CallRequest,
    token: Option<CallToken>,
    arguments: &Arguments,
    streams: &mut Streams,
) -> Result<FinalCall, Error> {
    let called = Caller::new(context).call(request, token.as_ref().map(|token| &token.token)).await?;
    mark_used(context, token.as_ref().map(|token| &token.token), streams).await;
    let Some(CallToken { token, beyond }) = token else { return Ok(FinalCall { called, beyond: ScopeSet::new() }) };
    if arguments.step_up
        && let Some(stronger) = step_up(context, &called, &token, arguments, streams).await?
    {
        let called = Caller::new(context).call(request, Some(&stronger.token)).await?;
        mark_used(context, Some(&stronger.token), streams).await;
        return Ok(FinalCall { called, beyond: stronger.beyond });
    }
    Ok(FinalCall { called, beyond })
}

/// Records the use of a stored token. The response is there, so a failure is only reported.
async fn mark_used(context: &Context, token: Option<&LoadedToken>, streams: &mut Streams) {
    let Some(token) = token else { return };
    if let Err(error) = TokenStore::new(context).mark_used(token).await {
        streams.say(format_args!("the last use of the token could not be stored: {}", visible(&error.message)));
    }
}

/// Returns the narrowest stored token that covers the endpoint, without prompting for another.
async fn stored(
    context: &Context,
    id: EndpointId,
    arguments: &Arguments,
    streams: &mut Streams,
) -> Result<Option<AcquiredToken>, Error> {
    if context.endpoint(id).is_none_or(|(_, endpoint)| endpoint.requirement.is_none()) {
        return Ok(None);
    }
    // without a usable vault, call without a token, since none was requested
    if let Err(error) = TokenStore::new(context).list().await {
        streams.say(format_args!("calling without a token: {}", visible(&error.message)));
        return Ok(None);
    }
    let terms = Terms { may_sign_in: false, ..arguments.asking.terms()? };
    let mut terminal = arguments.asking.terminal(streams);
    let found = Acquisition::new(context, terms, &mut terminal).stored(&[id]).await?;
    if let Some(record) = found.as_ref().and_then(|found| found.record.as_ref()) {
        streams.say(format_args!("using token {} of client `{}`", record.id, visible(&record.client)));
    }
    Ok(found)
}

/// Obtains a token with the missing scope, or with the sign-in that the server requires (RFC 9470 §4). `None` if
/// neither is missing.
async fn step_up(
    context: &Context,
    called: &CallOutcome,
    token: &LoadedToken,
    arguments: &Arguments,
    streams: &mut Streams,
) -> Result<Option<AcquiredToken>, Error> {
    let Origin::Obtained { client } = &token.origin else { return Ok(None) };
    let (missing, sign_in) = (called.diagnosis.missing.first(), called.diagnosis.step_up.as_ref());
    // request the current scopes again: a server may drop those that are not requested
    let held = token.scopes();
    let added = match (called.diagnosis.cause, missing) {
        (Cause::Scope, Some(missing)) => missing.clone(),
        (Cause::StepUp, _) if sign_in.is_some() => ScopeSet::new(),
        // nothing is planned, so no approval is requested either
        _ => return Ok(None),
    };
    let planner = ApprovedPlanner::new(context);
    let mut plan = planner.plan(&[called.endpoint], Some(client), Some(&held), &added)?;
    let mut terms = Terms { keeping: StoragePolicy::BestEffort, ..arguments.asking.terms()? };
    match (called.diagnosis.cause, missing, sign_in) {
        (Cause::Scope, Some(missing), _) => {
            say(called, format_args!("{missing} in addition to {}", super::open::or_nothing(&held)), streams);
        }
        (Cause::StepUp, _, Some(wanted)) if wanted.acr_values.is_some() || wanted.max_age.is_some() => {
            // only a grant with a browser can request a kind of sign-in
            plan.grants.retain(|grant| *grant == GrantType::AuthorizationCode);
            say(called, format_args!("a new sign-in"), streams);
            let (acr_values, max_age) = (wanted.acr_values.clone(), wanted.max_age);
            terms.start = GrantOptions { acr_values, max_age, ..terms.start };
        }
        _ => return Ok(None),
    }
    let mut terminal = arguments.asking.terminal(streams);
    Acquisition::new(context, terms, &mut terminal).obtain(&plan).await.map(Some)
}

fn say(called: &CallOutcome, what: std::fmt::Arguments<'_>, streams: &mut Streams) {
    for line in diagnosis_lines(called) {
        streams.say_report(&line);
    }
    streams.say(format_args!("step-up: {what}"));
}

/// Asks before an unsafe method, and before a token is sent to an unexpected API. Returns the confirmed request.
fn confirm(
    context: &Context,
    request: CallRequest,
    token: Option<&LoadedToken>,
    arguments: &Arguments,
    streams: &mut Streams,
) -> Result<CallRequest, Error> {
    let url = Caller::new(context).url(&request)?;
    let changes = match context.endpoint(request.endpoint) {
        Some((_, endpoint)) if !is_safe(&endpoint.method) => {
            Some(format!("`{} {}` may change data", endpoint.method, destination(&masked_tokens(url.as_str()))))
        }
        _ => None,
    };
    if arguments.yes {
        return Ok(CallRequest { confirmed: true, ..request });
    }
    let kept = wait_for(async { Ok(Concerns::new(context).stored_secrets(&request).await) })?;
    let concerns = Concerns::new(context).of(&request, token, &kept.iter().collect::<Vec<_>>());
    let reasons: Vec<String> = changes.into_iter().chain(concerns.iter().map(Concern::to_string)).collect();
    if reasons.is_empty() {
        return Ok(request);
    }
    let confirmed = arguments.asking.access.confirmed(false, &reasons.join("; "), streams);
    confirmed.map_err(|error| {
        let kind = if error.kind == ErrorKind::Usage { Concerns::refusal(&concerns) } else { error.kind };
        Caller::new(context).declined(&request, token, Error { kind, ..error })
    })?;
    Ok(CallRequest { confirmed: true, ..request })
}
