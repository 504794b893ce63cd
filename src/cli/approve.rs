//! `tokscope approve` approves, refuses and adds approvals.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::access::Access;
use super::arguments::scope;
use super::open::{self, find_all};
use super::print::{Streams, json_list, json_object, json_option, json_text};
use super::wait_for;
use crate::app::{
    ApprovalState, Approvals, ApprovedPlanner, ApproverReview, Context, Error, ErrorKind, KnownApproval, RequestTerms,
    SigningOptions, read_input_file, read_stream, report,
};
use crate::manifest::Source;
use crate::scope::{Scope, ScopeSet};
use crate::sshsig::MOST_INPUT;
use crate::text::{from_bytes, visible, visible_lines};
use crate::token::Json;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Scopes above `may_request` of a client, and what a policy rule wants approved, need the signatures of others. Commands that \
need an approval write a request and exit with 7. Send the request to an approver, who reads it in their own checkout of \
the manifest and replies with a signature by their SSH key; then add the reply.

Examples:
  tokscope approve request.txt > reply.txt
  tokscope approve request.txt --refuse 'not on a Friday' > reply.txt
  tokscope approve --add reply.txt
  tokscope approve --request -e 'DELETE /orders/{id}' --client dev --reason 'test data' --for 2h
  tokscope approve --list
  tokscope approve --show 5c1f")]
#[command(group = clap::ArgGroup::new("act").required(true))]
pub(super) struct Arguments {
    /// Request to approve; `-` for stdin
    #[arg(value_name = "FILE", group = "act")]
    file: Option<PathBuf>,
    /// Add a reply to the request that it belongs to; `-` for stdin (repeatable)
    #[arg(long, value_name = "FILE", group = "act")]
    add: Vec<PathBuf>,
    /// List the requests on this machine
    #[arg(long, group = "act")]
    list: bool,
    /// Print a request, to be sent
    #[arg(long, value_name = "ID", group = "act")]
    show: Option<String>,
    /// Make a request, and print it
    #[arg(long, group = "act")]
    request: bool,
    /// Go ahead for 15 minutes before the approval, if the approvers permit that in an emergency
    #[arg(long, value_name = "ID", group = "act", requires = "reason")]
    emergency: Option<String>,
    /// End an approval, or all whose window has ended, and revoke their tokens
    #[arg(long, value_name = "ID", num_args = 0..=1, group = "act")]
    #[expect(clippy::option_option, reason = "a flag without a value differs from one that is absent")]
    end: Option<Option<String>>,
    /// Remove requests that have ended
    #[arg(long, group = "act")]
    forget: bool,
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    requesting: Requesting,
    /// Print JSON (tokscope.approve/v1)
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    access: Access,
}

// Of an approver.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Approving")]
struct Signing {
    /// SSH key to sign with [default: the key in ~/.ssh or the agent that the manifest lists]
    #[arg(long, value_name = "FILE", requires = "file")]
    key: Option<PathBuf>,
    /// Refuse the request, with a reason
    #[arg(long, value_name = "REASON", requires = "file")]
    refuse: Option<String>,
    /// Do not ask for confirmation
    #[arg(long, short)]
    yes: bool,
    /// With --yes: approve although the request differs from this manifest
    #[arg(long, requires = "file")]
    despite_differences: bool,
}

// Of a requester.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Requesting")]
struct Requesting {
    /// Endpoint: a method and path, a URL, or a template of the manifest (repeatable)
    #[arg(long = "endpoint", short, value_name = "ENDPOINT", requires = "request")]
    endpoints: Vec<String>,
    /// Additional scope (repeatable)
    #[arg(long = "scope", value_name = "SCOPE", value_parser = scope, requires = "request")]
    scopes: Vec<Scope>,
    /// API to use, if several match
    #[arg(long, value_name = "NAME", requires = "request")]
    api: Option<String>,
    /// Client to use, if the manifest has several
    #[arg(long, value_name = "NAME", requires = "request")]
    client: Option<String>,
    /// Why it is needed
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Length of the window, such as 2h [default: 8h]
    #[arg(long = "for", value_name = "DURATION", value_parser = duration, requires = "request")]
    window: Option<u64>,
    /// Begin of the window [default: now]
    #[arg(long, value_name = "TIME", value_parser = time, requires = "request")]
    from: Option<Timestamp>,
    /// Number of uses, or `any`: tokens obtained above the ceiling, and calls that a rule wants approved
    #[arg(long, value_name = "NUMBER", value_parser = uses, default_value = "1", requires = "request")]
    uses: Uses,
}

/// A number of uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Uses(Option<u64>);

fn uses(text: &str) -> Result<Uses, String> {
    match text {
        "any" => Ok(Uses(None)),
        number => match number.parse() {
            Ok(uses) if uses > 0 => Ok(Uses(Some(uses))),
            _ => Err(format!("`{number}` is not a number from 1, or `any`")),
        },
    }
}

fn time(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| format!("`{text}` is not a time such as 2026-12-01T09:00:00Z"))
}

/// Reads a file, or stdin for `-`.
fn read_text(file: &Path) -> Result<String, Error> {
    let most = u64::try_from(MOST_INPUT).unwrap_or(u64::MAX);
    let bytes = match file.to_str() {
        Some("-") => read_stream(std::io::stdin(), "stdin", most)?,
        _ => read_input_file(file, most)?,
    };
    Ok(from_bytes(&bytes).into_owned())
}

/// Parses a duration such as `90m`, `2h` or `1d12h`, in seconds.
fn duration(text: &str) -> Result<u64, String> {
    crate::manifest::parse_duration(text).ok_or_else(|| format!("`{text}` is not a duration such as 30m, 2h or 1d12h"))
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let path = open::require(manifest)?;
    let context = open::read(&path, streams)?;
    if let Some(file) = &arguments.file {
        // nothing is sent, and the requester verifies the signature by their own manifest
        return sign(arguments, &context, file, streams);
    }
    if arguments.request {
        return make(arguments, &context, streams);
    }
    if let Some(id) = &arguments.show {
        return show(arguments, &context, id, streams);
    }
    if arguments.list {
        return list(arguments, &context, streams);
    }
    if arguments.forget {
        let count = Approvals::new(&context).forget_ended()?;
        streams.say(format_args!("{count} requests removed"));
        return Ok(None);
    }
    let context = arguments.access.consent(context, &path, streams)?;
    if let Some(id) = &arguments.emergency {
        let reason = arguments.requesting.reason.as_deref().unwrap_or_default();
        let known = Approvals::new(&context).go_ahead(id, reason)?;
        streams.say(format_args!("request {} can be used for 15 minutes", known.request.short_id()));
        streams.say("it is recorded as an emergency");
        known.emergency_note(Timestamp::now()).iter().for_each(|note| streams.say(visible(note)));
        return Ok(None);
    }
    if let Some(id) = &arguments.end {
        let context = context.with_vault(arguments.access.vault()?);
        let id = id.as_ref().map(|id| Approvals::new(&context).get(id)).transpose()?.map(|known| known.request.id);
        let ended = wait_for(async { Approvals::new(&context).end(id.as_deref()).await })?;
        for ended in &ended {
            streams.line(visible(&ended.to_string()));
        }
        return Ok(ended.iter().any(|ended| !ended.revoked).then_some(ErrorKind::Refused));
    }
    add(arguments, &context, streams)
}

/// Shows a request, and approves or refuses it.
fn sign(
    arguments: &Arguments,
    context: &Context,
    file: &Path,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let text = read_text(file)?;
    let approvals = Approvals::new(context);
    let review = match approvals.review(&text)? {
        Ok(review) => review,
        Err(findings) => {
            let (name, source) = (file.to_string_lossy(), Source::new(&text));
            for finding in &findings {
                streams.say(visible_lines(&source.render(&name, finding)));
            }
            return Err(Error::new(ErrorKind::Usage, format!("the request in `{name}` is not valid")));
        }
    };
    for line in report::approval(&review.request, &review.differences) {
        streams.say_report(&line);
    }
    confirm(arguments, &review, streams)?;
    let options = SigningOptions { key: arguments.signing.key.clone() };
    let reply = match &arguments.signing.refuse {
        Some(reason) => approvals.refuse(&review, reason, &options)?,
        None => approvals.approve(&review, &options)?,
    };
    // the text has only what tokscope has formatted
    streams.raw(reply.as_bytes());
    streams.say("send this reply to the requester, who adds it with `tokscope approve --add FILE`");
    Ok(None)
}

fn confirm(arguments: &Arguments, review: &ApproverReview, streams: &mut Streams) -> Result<(), Error> {
    let signing = &arguments.signing;
    if signing.refuse.is_some() {
        return arguments.access.confirmed(signing.yes, "the request will be refused", streams);
    }
    if !review.differences.is_empty() && signing.yes && !signing.despite_differences {
        return Err(Error::new(ErrorKind::Findings, "the request differs from this manifest, so it was not approved")
            .hint("use the manifest that the request was made with, or confirm with `--despite-differences`"));
    }
    let what = match review.differences.len() {
        0 => "the request will be approved".to_owned(),
        1 => "the request will be approved although it differs from this manifest".to_owned(),
        several => format!("the request will be approved although it differs from this manifest in {several} points"),
    };
    arguments.access.confirmed(signing.yes, &what, streams)
}

/// Makes a request.
fn make(arguments: &Arguments, context: &Context, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let requesting = &arguments.requesting;
    let endpoints = find_all(context, &requesting.endpoints, requesting.api.as_deref())?;
    let added: ScopeSet = requesting.scopes.iter().cloned().collect();
    if endpoints.is_empty() && added.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no endpoint or scope to request an approval for")
            .hint("name them with `-e ENDPOINT` or `--scope SCOPE`"));
    }
    let terms = RequestTerms {
        reason: requesting.reason.clone(),
        from: requesting.from,
        window: requesting.window,
        uses: requesting.uses.0,
    };
    let at = terms.from.unwrap_or_else(Timestamp::now);
    let need = ApprovedPlanner::new(context).need(&endpoints, requesting.client.as_deref(), &added, at)?;
    let need = need.ok_or_else(|| {
        Error::new(ErrorKind::Usage, "no approval is needed, or nobody can give one")
            .hint("scopes above `may_request` of the client and rules with `effect = \"approve\"` need one")
            .hint("`[approvers.NAME]` lists who can give it")
    })?;
    let written = Approvals::new(context).write(&need, &terms)?;
    streams.raw(written.request.text().as_bytes());
    if let Some(path) = &written.path {
        streams.say(format_args!("also in {}", visible(&path.to_string_lossy())));
    }
    streams.say(format_args!("send it to {}", visible(&written.people)));
    streams.say("then add the reply with `tokscope approve --add FILE`");
    Ok(None)
}

fn show(arguments: &Arguments, context: &Context, id: &str, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let known = Approvals::new(context).get(id)?;
    if arguments.json {
        streams.json(&document(std::slice::from_ref(&known)));
        return Ok(None);
    }
    streams.raw(known.request.text().as_bytes());
    streams.say(visible(&summary(&known)));
    Ok(None)
}

fn list(arguments: &Arguments, context: &Context, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let known = Approvals::new(context).list()?;
    if arguments.json {
        streams.json(&document(&known));
        return Ok(None);
    }
    if known.is_empty() {
        streams.say("no requests");
    }
    if !known.is_empty() {
        streams.headings("ID        STATE      CLIENT, SCOPES AND EXPIRY");
    }
    for known in &known {
        streams.line(visible(&summary(known)));
    }
    Ok(None)
}

/// Describes a request in one line.
fn summary(known: &KnownApproval) -> String {
    let request = &known.request;
    let mut line = format!(
        "{}  {:<9}  {}  {}  until {}",
        request.short_id(),
        known.state.as_str(),
        request.client,
        if request.above.is_empty() { &request.scopes } else { &request.above },
        request.until
    );
    let names: Vec<&str> = known.judgment.approvers.iter().map(|approver| approver.name.as_str()).collect();
    if !names.is_empty() {
        line.push_str(&format!("  approved by {}", names.join(", ")));
    }
    match known.obstacle().filter(|_| known.state != ApprovalState::Active) {
        Some(obstacle) => line.push_str(&format!("  ({obstacle})")),
        None => {
            let uses = request.uses.map_or("any".to_owned(), |uses| uses.to_string());
            line.push_str(&format!("  {} of {uses} uses", request.complete_uses(known.used)));
        }
    }
    if let Some(due) = known.due {
        line.push_str(&format!("  used in an emergency, not approved yet (due {due})"));
    }
    line
}

/// `tokscope.approve/v1`
fn document(known: &[KnownApproval]) -> Json {
    let one = |known: &KnownApproval| {
        let request = &known.request;
        let endpoints = request.endpoints.iter().map(|endpoint| endpoint.endpoint.clone());
        json_object([
            ("id", json_text(&request.id)),
            ("state", json_text(known.state.as_str())),
            ("client", json_text(&request.client)),
            ("issuer", json_text(&request.issuer)),
            ("scopes", json_list(&request.scopes)),
            ("above", json_list(&request.above)),
            ("endpoints", json_list(endpoints)),
            ("reason", json_option(request.reason.as_ref())),
            ("requester", json_text(&request.requester)),
            ("from", json_text(request.from)),
            ("until", json_text(request.until)),
            ("uses", request.uses.map_or(Json::Null, |uses| Json::Number(uses.to_string()))),
            ("used", Json::Number(request.complete_uses(known.used).to_string())),
            ("rules", json_list(&request.rules)),
            ("approvers", json_list(known.judgment.approvers.iter().map(|approver| &approver.name))),
            ("emergency", json_option(known.emergency.as_ref())),
            ("due", json_option(known.due)),
            ("objections", json_list(known.all_objections())),
            ("words", json_text(request.words())),
            ("digest", json_text(request.digest())),
        ])
    };
    json_object([
        ("schema", json_text("tokscope.approve/v1")),
        ("requests", Json::Array(known.iter().map(one).collect())),
    ])
}

/// Adds replies.
fn add(arguments: &Arguments, context: &Context, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let mut last = None;
    for file in &arguments.add {
        let added = Approvals::new(context).add(&read_text(file)?)?;
        let id = added.approval.request.short_id().to_owned();
        for name in &added.approved {
            streams.say(format_args!("request {id}: approved by {}", visible(name)));
        }
        if added.approved.is_empty() && added.refused.is_none() {
            streams.say(format_args!("request {id}: nothing new in this reply"));
        }
        if let Some((by, reason)) = &added.refused {
            streams.say(format_args!("request {id}: refused by {}: {}", visible(by), visible(reason)));
        }
        for objection in &added.objections {
            streams.say(format_args!("  {}", visible(&objection.to_string())));
        }
        last = Some(added.approval);
    }
    let Some(known) = last else { return Ok(None) };
    if arguments.json {
        streams.json(&document(std::slice::from_ref(&known)));
    } else {
        streams.line(visible(&summary(&known)));
    }
    if known.state == ApprovalState::Active {
        streams.say("run the command that needed the approval again");
    }
    Ok((!known.is_approved()).then_some(ErrorKind::Policy))
}
