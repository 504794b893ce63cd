//! `tokscope why`: explains why a captured call failed.

use std::collections::HashMap;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::access::Access;
use super::arguments::{GivenToken, header};
use super::print::{Streams, json_object, json_option, json_text};
use super::{diagnosis, discover, open, wait_for};
use crate::app::{
    CaptureHints, CapturedCall, Context, Discovery, EndpointId, Error, ErrorKind, LoadedToken, diagnose_capture,
    discover_from, read_input_file, read_stream, report,
};
use crate::diagnosis::{Capture, CaptureError, Cause, Credentials, each_capture};
use crate::secret::masked_within;
use crate::text::visible;
use crate::token::Json;

/// Size limit for a capture, in bytes.
const MAX_BYTES: u64 = 1 << 30;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Reads the output of `curl -i`, `curl -v`, `curl --trace-ascii` or `wget -S`, raw HTTP, a HAR file, a response body, \
the error message of a program or a browser, or the URL of a redirect with `error`. The manifest and the token that was sent (also read from TOKSCOPE_TOKEN) make the diagnosis more precise. \
Header values, cookies and query strings are not repeated in the output.

Exit codes: 0 the call succeeded, 3 a scope is missing, 4 the token is unusable, 5 the authorization server \
refused, or the user must sign in again, 1 any other cause.

Examples:
  curl -sv https://api.example.com/orders -H \"Authorization: Bearer $TOKEN\" 2>&1 | tokscope why
  tokscope why response.txt --endpoint 'GET /orders' --token-env TOKEN
  pbpaste | tokscope why --status 403
  tokscope why session.har --markdown
  curl -sv https://mcp.example.com/mcp -d @call.json 2>&1 | tokscope why --follow")]
pub(super) struct Arguments {
    /// Captured call, at most 1 GiB; stdin if omitted or `-`
    #[arg(value_name = "FILE|-")]
    file: Option<PathBuf>,
    /// Status code, if the input does not show it
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

/// Calls with the same request, cause and missing scopes: failures, or successes that have findings.
struct Group {
    call: CapturedCall,
    count: usize,
}

impl Group {
    fn failed(&self) -> bool {
        self.call.diagnosis.cause != Cause::None
    }

    fn is_under_enforced(&self) -> bool {
        !self.failed() && self.call.diagnosis.agree == Some(false)
    }
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let context = match open::locate(manifest)? {
        Some(path) => open::read(&path, streams)?,
        None => Context::without_manifest(),
    };
    if arguments.api.is_some() {
        context.require_api(arguments.api.as_deref())?;
    }
    let endpoint = match &arguments.endpoint {
        Some(request) => Some(context.find(request, arguments.api.as_deref())?.id),
        None => None,
    };
    let now = Timestamp::now();
    let token = arguments.token.read_or_variable(now)?.map(Access::recognized).transpose()?;
    let mut calls = Calls::new(&context, now);
    calls.endpoint = endpoint;
    calls.api = arguments.api.as_deref();
    calls.token = token;
    let mut leads = Leads::default();
    let input = input(arguments)?;
    each(&input, arguments.status, &mut |mut capture| {
        capture.headers.extend(arguments.headers.iter().cloned());
        if arguments.follow {
            leads.note(&capture);
        }
        calls.add(capture);
    })?;
    drop(input);
    let several = calls.count > 1;
    let count = calls.count;
    let groups = calls.finish()?;
    let chain = match arguments.follow {
        true => Some(wait_for(leads.follow())?),
        false => None,
    };
    if arguments.json {
        streams.json(&document(&context, &groups, chain.as_ref()));
    } else if arguments.markdown {
        markdown(&context, &groups, streams);
    } else {
        if several {
            let failed = groups.iter().filter(|group| group.failed());
            let (failures, causes) = failed.fold((0, 0), |(calls, causes), group| (calls + group.count, causes + 1));
            let causes = if failures == 0 { String::new() } else { format!(", with {}", self::causes(causes)) };
            streams.line(format_args!("{failures} of {count} calls failed{causes}"));
        }
        for (index, group) in groups.iter().enumerate() {
            if several || index > 0 {
                streams.line("");
            }
            text(&context, group, streams);
        }
        for line in chain.iter().flat_map(|chain| discover::chain(chain, streams)).collect::<Vec<_>>() {
            streams.line(line);
        }
        for finding in chain.iter().flat_map(|chain| &chain.findings) {
            streams.finding(finding);
        }
    }
    Ok(groups.iter().find_map(|group| diagnosis::exit(&group.call.diagnosis)))
}

/// Returns the token that the only capture shows, if the vault knows it.
fn captured_token(capture: &Capture, now: Timestamp) -> Result<Option<LoadedToken>, Error> {
    let Credentials::Shown(text) = &capture.credentials else { return Ok(None) };
    let token = LoadedToken::read(text.expose(), now).ok().map(Access::recognized).transpose()?;
    Ok(token.filter(|token| token.record.is_some()))
}

/// Diagnoses one capture after the other, and groups the results.
struct Calls<'a> {
    context: &'a Context,
    endpoint: Option<EndpointId>,
    api: Option<&'a str>,
    token: Option<LoadedToken>,
    now: Timestamp,
    /// Number of captures.
    count: usize,
    /// The first capture, until there is another one: the token of the only capture is looked up.
    first: Option<Capture>,
    grouping: Grouping,
}

impl<'a> Calls<'a> {
    fn new(context: &'a Context, now: Timestamp) -> Self {
        let (endpoint, api, token, first) = (None, None, None, None);
        Self { context, endpoint, api, token, now, count: 0, first, grouping: Grouping::default() }
    }

    fn add(&mut self, capture: Capture) {
        self.count += 1;
        if self.count == 1 {
            self.first = Some(capture);
            return;
        }
        for capture in self.first.take().into_iter().chain([capture]) {
            self.diagnose(&capture);
        }
    }

    fn diagnose(&mut self, capture: &Capture) {
        let hints = CaptureHints { endpoint: self.endpoint, api: self.api, token: self.token.as_ref() };
        self.grouping.add(diagnose_capture(self.context, capture, &hints, self.now));
    }

    fn finish(mut self) -> Result<Vec<Group>, Error> {
        if let Some(only) = self.first.take() {
            if self.token.is_none() {
                self.token = captured_token(&only, self.now)?;
            }
            self.diagnose(&only);
        }
        Ok(self.grouping.finish())
    }
}

/// Responses that `--follow` can follow.
#[derive(Default)]
struct Leads {
    /// The first with a challenge and a whole URL.
    challenged: Option<Lead>,
    /// The first with a whole URL.
    addressed: Option<Lead>,
}

struct Lead {
    url: String,
    headers: Vec<(String, String)>,
    status: u16,
}

impl Leads {
    fn note(&mut self, capture: &Capture) {
        let Some(url) = capture.url.as_ref().filter(|url| url.contains("://")) else { return };
        let lead = || Lead { url: url.clone(), headers: capture.headers.clone(), status: capture.status };
        if capture.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("www-authenticate")) {
            self.challenged.get_or_insert_with(lead);
        }
        self.addressed.get_or_insert_with(lead);
    }

    /// Follows the challenge of the first response that has one, else of the first whose URL is known.
    async fn follow(self) -> Result<Discovery, Error> {
        let lead = self.challenged.or(self.addressed).ok_or_else(|| {
            Error::new(ErrorKind::Usage, "no challenge to follow: the capture does not show the URL of the request")
                .hint("`curl -v` and HAR files show it")
        })?;
        discover_from(&lead.url, &lead.headers, lead.status).await
    }
}

/// Returns the document `tokscope.why/v1` about a capture.
pub(super) fn diagnosed(
    context: &Context,
    capture: &[u8],
    status: Option<u16>,
    hints: &CaptureHints<'_>,
) -> Result<Json, Error> {
    let mut grouping = Grouping::default();
    let now = Timestamp::now();
    each(capture, status, &mut |capture| grouping.add(diagnose_capture(context, &capture, hints, now)))?;
    Ok(document(context, &grouping.finish(), None))
}

/// Reads the input.
fn input(arguments: &Arguments) -> Result<Zeroizing<Vec<u8>>, Error> {
    match arguments.file.as_deref().filter(|path| path.as_os_str() != "-") {
        Some(path) => read_input_file(path, MAX_BYTES),
        None => {
            let stdin = io::stdin();
            if stdin.is_terminal() && arguments.file.is_none() {
                let error = Error::new(ErrorKind::Usage, "no response given, and stdin is a terminal");
                return Err(error.hint("name a file, pipe the response in, or use `-` and paste it"));
            }
            read_stream(stdin.lock(), "stdin", MAX_BYTES)
        }
    }
}

/// Passes every capture of the input to `take`.
fn each(bytes: &[u8], status: Option<u16>, take: &mut dyn FnMut(Capture)) -> Result<(), Error> {
    each_capture(bytes, status, take).map_err(|error| {
        let hint = match &error {
            CaptureError::NoStatus => Some("if it is a response body, give its status with `--status`"),
            CaptureError::Request(_) => Some("run it with `-i` or `-v`, and paste the response as well"),
            CaptureError::Empty => Some("`curl -i` prints the headers with the body"),
            CaptureError::Har(_) => None,
        };
        let fault = match &error {
            CaptureError::Request(Some(fault)) => Some(format!("its `Authorization` header {}", fault.predicate)),
            _ => None,
        };
        let hints = fault.into_iter().chain(hint.map(str::to_owned));
        hints.fold(Error::new(ErrorKind::Usage, error.to_string()), Error::hint)
    })
}

/// Equal failures, in the order in which they were first seen, then successes that the manifest would forbid. A single
/// successful call is a group as well.
#[derive(Default)]
struct Grouping {
    groups: Vec<Group>,
    /// Position of each group by its key.
    known: HashMap<String, usize>,
    count: usize,
    /// The first success.
    success: Option<CapturedCall>,
}

impl Grouping {
    fn add(&mut self, call: CapturedCall) {
        self.count += 1;
        if call.diagnosis.cause == Cause::None && call.diagnosis.agree != Some(false) {
            self.success.get_or_insert(call);
            return;
        }
        let target = call.target.as_ref().filter(|_| call.endpoint.is_none());
        let diagnosis = &call.diagnosis;
        let key = (call.endpoint, &call.method, call.status, target, diagnosis.cause, &diagnosis.missing);
        let position = *self.known.entry(format!("{key:?}")).or_insert(self.groups.len());
        match self.groups.get_mut(position) {
            Some(group) => group.count += 1,
            None => self.groups.push(Group { call, count: 1 }),
        }
    }

    fn finish(self) -> Vec<Group> {
        let mut groups = self.groups;
        // what failed comes first
        groups.sort_by_key(|group| !group.failed());
        groups.extend(self.success.filter(|_| self.count == 1).map(|call| Group { call, count: 1 }));
        groups
    }
}

/// Returns what was called, as far as it is known: the endpoint, else the request, and the status.
fn title(context: &Context, call: &CapturedCall) -> String {
    let endpoint = call.endpoint.and_then(|id| context.endpoint(id)).map(|(_, endpoint)| endpoint.to_string());
    let request = call.method.as_ref().zip(call.target.as_ref());
    let request = request.map(|(method, target)| format!("{method} {target}"));
    let status = if call.status == 0 { "status not known".to_owned() } else { call.status.to_string() };
    match endpoint.or(request) {
        Some(name) => format!("{name}: {status}"),
        None => status,
    }
}

/// Returns the number of different causes, in words.
fn causes(count: usize) -> String {
    if count == 1 { "1 cause".to_owned() } else { format!("{count} different causes") }
}

/// Prints a group as text.
fn text(context: &Context, group: &Group, streams: &mut Streams) {
    let times = if group.count > 1 { format!(", {} times", group.count) } else { String::new() };
    streams.line(format_args!("{}{times}", visible(&title(context, &group.call))));
    let diagnosis = &group.call.diagnosis;
    if diagnosis.cause == Cause::None {
        streams.line(visible(&diagnosis.sentence));
    }
    for line in report::diagnosis(diagnosis, None) {
        streams.report(&line);
    }
    for finding in &diagnosis.findings {
        streams.finding(finding);
    }
}

/// Builds `tokscope.why/v1`: the members of the first failure, else of a success; all failures in `failures`, and successes
/// that the manifest would forbid in `under_enforced`; in `chain` where the challenge leads.
fn document(context: &Context, groups: &[Group], chain: Option<&Discovery>) -> Json {
    let mut members = vec![("schema".to_owned(), json_text("tokscope.why/v1"))];
    match groups.first() {
        Some(first) => members.extend(failure(context, first)),
        None => members.push(("cause".to_owned(), json_text(Cause::None.as_str()))),
    }
    let all = |wanted: fn(&Group) -> bool| {
        let groups = groups.iter().filter(move |group| wanted(group));
        Json::Array(groups.map(|group| Json::Object(failure(context, group))).collect())
    };
    members.push(("failures".to_owned(), all(Group::failed)));
    members.push(("under_enforced".to_owned(), all(Group::is_under_enforced)));
    members.extend(chain.map(|chain| ("chain".to_owned(), discover::chain_document(chain))));
    Json::Object(members)
}

fn failure(context: &Context, group: &Group) -> Vec<(String, Json)> {
    let call = &group.call;
    let endpoint = call.endpoint.and_then(|id| context.endpoint(id)).map(|(_, endpoint)| endpoint);
    let request = json_object([
        ("method", json_option(call.method.as_ref())),
        ("target", json_option(call.target.as_ref())),
        ("endpoint", json_option(endpoint)),
    ]);
    let mut members = vec![
        ("request".to_owned(), request),
        ("status".to_owned(), if call.status == 0 { Json::Null } else { Json::Number(call.status.to_string()) }),
        ("count".to_owned(), Json::Number(group.count.to_string())),
    ];
    members.extend(diagnosis::members(&call.diagnosis));
    members
}

/// Prints the groups as Markdown for an issue report.
fn markdown(context: &Context, groups: &[Group], streams: &mut Streams) {
    let cell = |text: &str| {
        let line = visible(&masked_within(text)).replace('|', "\\|");
        // untrusted text must not become a tag or a mention
        line.replace('<', "&lt;").replace('@', "&#64;")
    };
    for group in groups {
        let diagnosis = &group.call.diagnosis;
        streams.verbatim(format_args!("### {}\n", cell(&title(context, &group.call))));
        let times = if group.count > 1 { format!(" Seen {} times.", group.count) } else { String::new() };
        streams.verbatim(format_args!(
            "**{}** ({}).{times}\n",
            cell(&diagnosis.sentence),
            diagnosis.confidence.as_str()
        ));
        streams.verbatim("| source | statement |\n|---|---|");
        for (name, statement) in diagnosis.evidence.sources() {
            let statement = statement.map_or(report::NOT_GIVEN, |statement| statement.text.as_str());
            streams.verbatim(format_args!("| {name} | {} |", cell(statement)));
        }
        streams.verbatim("");
        for finding in &diagnosis.findings {
            streams.verbatim(format_args!(
                "- {}[{}]: {}",
                finding.severity(),
                finding.code.name,
                cell(&finding.message)
            ));
        }
        if !diagnosis.next.is_empty() {
            streams.verbatim(format_args!("\nNext: {}.\n", cell(&diagnosis.next)));
        }
        if let Some(command) = &diagnosis.command {
            streams.verbatim(format_args!("```sh\n{}\n```\n", visible(&masked_within(command)).replace('`', "'")));
        }
    }
}
