//! `tokscope why`: why a call failed that was made elsewhere.

use std::collections::HashMap;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::arguments::{GivenToken, header};
use super::print::{Streams, json_object, json_option, json_text};
use super::{diagnosis, discover, open, wait_for};
use crate::diagnosis::{Capture, CaptureError, Cause, read_captures};
use crate::secret::masked_within;
use crate::text::visible;
use crate::token::Json;
use crate::workspace::{Discovery, Error, Explained, Hints, Kind, Workspace, discover_from, read_input_file, read_stream};

/// The most bytes of a capture that are read.
const MOST_BYTES: u64 = 256 << 20;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Reads the output of `curl -i`, `curl -v`, `curl --trace-ascii` or `wget -S`, raw HTTP, a HAR file, or a response body \
with --status. The manifest and the token that was sent (also read from TOKSCOPE_TOKEN) make the diagnosis more precise. \
Header values, cookies and query strings are not repeated in the output.

Exit codes: 0 the call succeeded, 3 a scope is missing, 4 the token is unusable, 5 sign in again, 1 any other cause.

Examples:
  curl -sv https://api.example.com/orders -H \"Authorization: Bearer $TOKEN\" 2>&1 | tokscope why
  tokscope why response.txt --endpoint 'GET /orders' --token-env TOKEN
  pbpaste | tokscope why --status 403
  tokscope why session.har --markdown
  curl -sv https://mcp.example.com/mcp -d @call.json 2>&1 | tokscope why --follow")]
pub(super) struct Arguments {
    /// Captured call; stdin if omitted or `-`
    #[arg(value_name = "FILE|-")]
    file: Option<PathBuf>,
    /// Status code, if the input is a response body alone
    #[arg(long, value_name = "STATUS", value_parser = clap::value_parser!(u16).range(100..600))]
    status: Option<u16>,
    /// Additional response header
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(String, String)>,
    /// Endpoint that was called, if the capture does not show it
    #[arg(long, short, value_name = "ENDPOINT")]
    endpoint: Option<String>,
    #[command(flatten)]
    token: GivenToken,
    /// API to use, if several match
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Follow the challenge to the API's metadata and its authorization server. No token is sent, and nothing is
    /// registered
    #[arg(long)]
    follow: bool,
    /// Print JSON (tokscope.why/v1)
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print Markdown for an issue report; anything that looks like a secret is masked
    #[arg(long)]
    markdown: bool,
}

/// Failures that are one: the same request, cause and missing scopes.
struct Group {
    explained: Explained,
    count: usize,
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<Kind>, Error> {
    let workspace = match open::locate(manifest)? {
        Some(path) => open::read(&path, streams)?,
        None => Workspace::without_manifest(),
    };
    if arguments.api.is_some() {
        workspace.require_api(arguments.api.as_deref())?;
    }
    let endpoint = match &arguments.endpoint {
        Some(request) => Some(workspace.find(request, arguments.api.as_deref())?.id),
        None => None,
    };
    let now = Timestamp::now();
    let token = arguments.token.read_or_variable(now)?;
    let mut captures = captures(arguments)?;
    for capture in &mut captures {
        capture.headers.extend(arguments.headers.iter().cloned());
    }
    let hints = Hints { endpoint, api: arguments.api.as_deref(), token: token.as_ref() };
    let several = captures.len() > 1;
    let groups = groups(captures.iter().map(|capture| workspace.why(capture, &hints, now)));
    let found = match arguments.follow {
        true => Some(wait_for(follow(&captures))?),
        false => None,
    };
    if arguments.json {
        streams.json(&document(&workspace, &groups, found.as_ref()));
    } else if arguments.markdown {
        markdown(&workspace, &groups, streams);
    } else {
        if several {
            let failures: usize = groups.iter().map(|group| group.count).sum();
            streams.line(format_args!("{failures} of {} calls failed, in {} ways", captures.len(), groups.len()));
        }
        for (index, group) in groups.iter().enumerate() {
            if several || index > 0 {
                streams.line("");
            }
            report(&workspace, group, streams);
        }
        for line in found.iter().flat_map(|found| discover::chain(found, streams)).collect::<Vec<_>>() {
            streams.line(line);
        }
        for finding in found.iter().flat_map(|found| &found.findings) {
            streams.finding(finding);
        }
    }
    Ok(groups.iter().find_map(|group| diagnosis::exit(&group.explained.diagnosis)))
}

/// Follows the challenge of the first answer that has one, else the first answer whose URL is known.
async fn follow(captures: &[Capture]) -> Result<Discovery, Error> {
    let whole = |capture: &&Capture| capture.url.as_ref().is_some_and(|url| url.contains("://"));
    let challenged = |capture: &&Capture| {
        capture.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("www-authenticate")) && whole(capture)
    };
    let capture = captures.iter().find(challenged).or_else(|| captures.iter().find(whole));
    let known = capture.and_then(|capture| Some((capture, capture.url.as_deref()?)));
    let (capture, url) = known.ok_or_else(|| {
        Error::new(Kind::Usage, "nothing can be followed: the capture does not show the URL that was called")
            .hint("`curl -v` shows it, and so does a HAR")
    })?;
    discover_from(url, &capture.headers, capture.status).await
}

fn captures(arguments: &Arguments) -> Result<Vec<Capture>, Error> {
    let bytes;
    match arguments.file.as_deref().filter(|path| path.as_os_str() != "-") {
        Some(path) => {
            bytes = read_input_file(path, MOST_BYTES)?;
        }
        None => {
            let stdin = io::stdin();
            if stdin.is_terminal() && arguments.file.is_none() {
                let error =
                    Error::new(Kind::Usage, "there is no answer: no file was named, and standard input is a terminal");
                return Err(error.hint("name a file, pipe it in, or write `-` and paste it"));
            }
            bytes = read_stream(stdin.lock(), "standard input", MOST_BYTES)?;
        }
    }
    read_captures(&bytes, arguments.status).map_err(|error| {
        let hint = match &error {
            CaptureError::NoStatus => Some("if it is a body alone, give its status by `--status`"),
            CaptureError::Empty => Some("`curl -i` prints the header fields with the body"),
            CaptureError::Har(_) => None,
        };
        hint.into_iter().fold(Error::new(Kind::Usage, error.to_string()), Error::hint)
    })
}

/// The failures, equal ones together, in the order in which they were first seen; a single call is kept if it worked.
fn groups(all: impl Iterator<Item = Explained>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut count = 0;
    let mut worked = None;
    for explained in all {
        count += 1;
        if explained.diagnosis.cause == Cause::None && explained.diagnosis.agree != Some(false) {
            worked.get_or_insert(explained);
            continue;
        }
        let target = explained.target.as_ref().filter(|_| explained.endpoint.is_none());
        let diagnosis = &explained.diagnosis;
        let what =
            (explained.endpoint, &explained.method, explained.status, target, diagnosis.cause, &diagnosis.missing);
        let position = *known.entry(format!("{what:?}")).or_insert(groups.len());
        match groups.get_mut(position) {
            Some(group) => group.count += 1,
            None => groups.push(Group { explained, count: 1 }),
        }
    }
    groups.extend(worked.filter(|_| count == 1).map(|explained| Group { explained, count: 1 }));
    groups
}

/// What was called: the endpoint of the manifest, else the request, else nothing but the status.
fn title(workspace: &Workspace, explained: &Explained) -> String {
    let endpoint = explained.endpoint.and_then(|id| workspace.endpoint(id)).map(|(_, endpoint)| endpoint.to_string());
    let request = explained.method.as_ref().zip(explained.target.as_ref());
    let request = request.map(|(method, target)| format!("{method} {target}"));
    match endpoint.or(request) {
        Some(name) => format!("{name}: {}", explained.status),
        None => explained.status.to_string(),
    }
}

fn report(workspace: &Workspace, group: &Group, streams: &mut Streams) {
    let times = if group.count > 1 { format!(", {} times", group.count) } else { String::new() };
    streams.line(format_args!("{}{times}", visible(&title(workspace, &group.explained))));
    let found = &group.explained.diagnosis;
    if found.cause == Cause::None {
        streams.line("it worked");
    }
    for line in diagnosis::lines(found) {
        streams.line(line);
    }
    for finding in &found.findings {
        streams.finding(finding);
    }
}

/// `tokscope.why/v1`: the first failure, and under `failures` every one of a capture of several; under `chain` where the
/// challenge leads.
fn document(workspace: &Workspace, groups: &[Group], found: Option<&Discovery>) -> Json {
    let mut members = vec![("schema".to_owned(), json_text("tokscope.why/v1"))];
    match groups.first() {
        Some(first) => members.extend(one(workspace, first)),
        None => members.push(("cause".to_owned(), json_text(Cause::None.as_str()))),
    }
    let all = groups.iter().map(|group| Json::Object(one(workspace, group)));
    members.push(("failures".to_owned(), Json::Array(all.collect())));
    members.extend(found.map(|found| ("chain".to_owned(), discover::chain_document(found))));
    Json::Object(members)
}

fn one(workspace: &Workspace, group: &Group) -> Vec<(String, Json)> {
    let explained = &group.explained;
    let endpoint = explained.endpoint.and_then(|id| workspace.endpoint(id)).map(|(_, endpoint)| endpoint);
    let request = json_object([
        ("method", json_option(explained.method.as_ref())),
        ("target", json_option(explained.target.as_ref())),
        ("endpoint", json_option(endpoint)),
    ]);
    let mut members = vec![
        ("request".to_owned(), request),
        ("status".to_owned(), Json::Number(explained.status.to_string())),
        ("count".to_owned(), Json::Number(group.count.to_string())),
    ];
    members.extend(diagnosis::members(&explained.diagnosis));
    members
}

/// For a report of an issue.
fn markdown(workspace: &Workspace, groups: &[Group], streams: &mut Streams) {
    let text = |text: &str| {
        let line = visible(&masked_within(text)).replace('|', "\\|");
        // a tag or a mention in somebody else's text is nothing that this report wants to make
        line.replace('<', "&lt;").replace('@', "&#64;")
    };
    for group in groups {
        let found = &group.explained.diagnosis;
        streams.line(format_args!("### {}\n", text(&title(workspace, &group.explained))));
        let times = if group.count > 1 { format!(" Seen {} times.", group.count) } else { String::new() };
        streams.line(format_args!("**{}** ({}).{times}\n", text(&found.sentence), found.confidence.as_str()));
        streams.line("| witness | says |\n|---|---|");
        let witnesses = &found.witnesses;
        for (name, witness) in
            [("manifest", &witnesses.manifest), ("token", &witnesses.token), ("server", &witnesses.server)]
        {
            let says = witness.as_ref().map_or("nothing", |witness| witness.says.as_str());
            streams.line(format_args!("| {name} | {} |", text(says)));
        }
        streams.line("");
        for finding in &found.findings {
            streams.line(format_args!("- {}[{}]: {}", finding.severity(), finding.code.name, text(&finding.message)));
        }
        if !found.next.is_empty() {
            streams.line(format_args!("\nNext: {}.\n", text(&found.next)));
        }
        if let Some(command) = &found.command {
            streams.line(format_args!("```sh\n{}\n```\n", visible(&masked_within(command)).replace('`', "'")));
        }
    }
}
