//! `tokscope call`: calls an endpoint, and says why it failed.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::Path;

use jiff::Timestamp;

use super::arguments::{header, read_input, read_token};
use super::diagnosis;
use super::obtain::{Asking, obtain};
use super::print::{Streams, json_object, json_option, json_text};
use super::wait_for;
use crate::text::visible;
use crate::token::Json;
use crate::workspace::{CallRequest, Called, Error, HeldToken, Kind, Workspace};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The body of the answer goes to standard output, everything else to standard error. Methods other than GET, HEAD
and OPTIONS ask first.

Examples:
  tokscope call 'GET /orders/7' --client dev
  tokscope call 'POST /orders' --token - --data '{\"item\":\"tea\"}' --yes < token.txt")]
pub(super) struct Arguments {
    /// The endpoint: a method and a path, or a URL
    #[arg(value_name = "ENDPOINT")]
    endpoint: String,
    /// The token to send; `-`: standard input. Without it, and without --client, none is sent
    #[arg(
        long,
        value_name = "TOKEN|-",
        env = "TOKSCOPE_TOKEN",
        hide_env_values = true,
        allow_hyphen_values = true,
        conflicts_with = "client"
    )]
    token: Option<String>,
    #[command(flatten)]
    asking: Asking,
    /// The value of a path parameter
    #[arg(long = "param", short, value_name = "NAME=VALUE", value_parser = pair)]
    parameters: Vec<(String, String)>,
    /// A header field
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(String, String)>,
    /// The body; `@FILE` reads a file, `@-` standard input
    #[arg(long, short, value_name = "BODY")]
    data: Option<String>,
    /// Do it without asking, whatever the method
    #[arg(long, short)]
    yes: bool,
    /// The API, where several answer
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// As JSON (tokscope.call/v1)
    #[arg(long)]
    json: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<Kind>, Error> {
    let workspace = arguments.asking.access.workspace(manifest, streams)?;
    let found = workspace.find(&arguments.endpoint, arguments.api.as_deref())?;
    let given = arguments.token.as_deref();
    if given == Some("-") && arguments.data.as_deref() == Some("@-") {
        return Err(Error::new(Kind::Usage, "standard input can't be both the token and the body"));
    }
    let mut request = CallRequest::new(found.id, found.parameters);
    request.parameters.extend(arguments.parameters.iter().cloned());
    request.query = found.query;
    request.headers.clone_from(&arguments.headers);
    let token = given.map(|text| read_token(Some(text), Timestamp::now())).transpose()?;
    request.body = arguments.data.as_deref().map(body).transpose()?;
    confirm(&workspace, &request, arguments, streams)?;
    let called = wait_for(exchange(&workspace, &request, token, arguments, streams))?;
    if arguments.json {
        streams.json(&document(&workspace, &called));
    } else {
        streams.body(&called.body);
        report(&called, streams);
    }
    Ok(diagnosis::exit(&called.diagnosis))
}

async fn exchange(
    workspace: &Workspace,
    request: &CallRequest,
    given: Option<HeldToken>,
    arguments: &Arguments,
    streams: &mut Streams,
) -> Result<Called, Error> {
    let token = match given {
        None if arguments.asking.client.is_some() => {
            Some(obtain(workspace, &[request.endpoint], &arguments.asking, streams).await?.token)
        }
        given => given,
    };
    workspace.call(request, token.as_ref()).await
}

/// Asks before a method that changes something; without a terminal to ask on, it needs `--yes`.
fn confirm(
    workspace: &Workspace,
    request: &CallRequest,
    arguments: &Arguments,
    streams: &mut Streams,
) -> Result<(), Error> {
    let url = workspace.call_url(request)?;
    let Some((_, endpoint)) = workspace.endpoint(request.endpoint) else { return Ok(()) };
    if arguments.yes || Workspace::is_safe(&endpoint.method) {
        return Ok(());
    }
    let what = format!("{} {}", endpoint.method, url);
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Error::new(
            Kind::Usage,
            format!("`{what}` may change something, and there is no terminal to ask on"),
        )
        .hint("say so by `--yes`"));
    }
    streams.ask(format_args!("{} may change something. Go on? [y/N] ", visible(&what)));
    let mut answer = String::new();
    io::stdin()
        .read_line(&mut answer)
        .map_err(|error| Error::new(Kind::Failed, format!("standard input can't be read: {error}")))?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        return Ok(());
    }
    Err(Error::new(Kind::Failed, "not called"))
}

fn body(text: &str) -> Result<Vec<u8>, Error> {
    const MOST_BYTES: u64 = 64 << 20;
    let Some(path) = text.strip_prefix('@') else { return Ok(text.as_bytes().to_vec()) };
    if path == "-" {
        return Ok(read_input(true)?.as_bytes().to_vec());
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes))
        .map_err(|error| Error::new(Kind::Failed, format!("the file `{path}` can't be read: {error}")))?;
    Ok(bytes)
}

/// `tokscope.call/v1`
fn document(workspace: &Workspace, called: &Called) -> Json {
    let endpoint = workspace.endpoint(called.endpoint).map(|(_, endpoint)| endpoint);
    let headers = called.headers.iter().map(|(name, value)| {
        // a cookie is a credential
        let value = if name.eq_ignore_ascii_case("set-cookie") { "[redacted]" } else { value.as_str() };
        Json::Array(vec![json_text(name), json_text(value)])
    });
    let body = std::str::from_utf8(&called.body)
        .map_or(Json::Null, |text| Json::parse(text).unwrap_or_else(|_| json_text(text)));
    json_object([
        ("schema", json_text("tokscope.call/v1")),
        ("endpoint", json_option(endpoint)),
        ("method", json_text(&called.method)),
        ("url", json_text(&called.url)),
        ("status", Json::Number(called.status.to_string())),
        ("elapsed_ms", Json::Number(called.elapsed.as_millis().to_string())),
        ("headers", Json::Array(headers.collect())),
        ("body", body),
        ("diagnosis", Json::Object(diagnosis::members(&called.diagnosis))),
    ])
}

fn report(called: &Called, streams: &mut Streams) {
    for line in diagnosis_lines(called) {
        streams.say(line);
    }
    for finding in &called.diagnosis.findings {
        streams.finding(finding);
    }
}

/// What came of a call, a line each: status, cause, witnesses, next step. Escaped.
pub(super) fn diagnosis_lines(called: &Called) -> Vec<String> {
    let mut lines = vec![format!(
        "{} {}: {} in {} ms",
        visible(&called.method),
        visible(called.url.as_str()),
        called.status,
        called.elapsed.as_millis()
    )];
    lines.extend(diagnosis::lines(&called.diagnosis));
    lines
}
