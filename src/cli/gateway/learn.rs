//! `tokscope gateway learn`.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use jiff::Timestamp;

use crate::app::gateway::{KnownEndpoint, LearnReport, LearnedApi, Learning, requests};
use crate::app::{AuditReader, Context, Error, ReadPosition, user_log, write_manifest};
use crate::cli::access::confirm;
use crate::cli::audit::time;
use crate::cli::open;
use crate::cli::print::{Streams, json_list, json_object, json_option, json_text};
use crate::cli::scopes::logs::LogReport;
use crate::scope::ScopeSet;
use crate::text::visible;
use crate::token::Json;
use crate::usage::{Certainty, Filter, LearnedEndpoint};

/// Maximum number of items of a list in text output; `--json` has all.
const MOST_SHOWN: usize = 20;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without a file, the requests of earlier `gateway run` in the audit log are read. A requirement is learned only from a response \
that shows it: a success of a token with known scopes, or a refusal that names the scopes. Existing entries are never \
changed, and endpoints whose requirement was not shown are only listed. A short run does not prove that something is not needed.

Examples:
  tokscope gateway learn
  tokscope gateway learn --since 1h --write
  tokscope gateway learn --write --ask
  tokscope gateway learn session.har --api orders --template '/files/{name}'
  tokscope gateway learn access.log --least proven --json")]
pub(super) struct Arguments {
    /// HAR file, or access log: common, combined or JSON lines, or an OTLP file; `-` for stdin
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only this API
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Earliest record of the audit log: RFC 3339, a date, or a duration before now such as 90m, 24h or 7d
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with = "files")]
    since: Option<Timestamp>,
    /// Template that paths are matched with, such as `/files/{name}` (repeatable)
    #[arg(long = "template", value_name = "TEMPLATE")]
    templates: Vec<String>,
    /// Least certainty of a requirement that is added
    #[arg(long, value_name = "CERTAINTY", default_value = "upper-bound")]
    least: Least,
    /// Add the new endpoints to the manifest
    #[arg(long)]
    write: bool,
    /// Ask about each new endpoint before it is added
    #[arg(long, requires = "write", conflicts_with = "json")]
    ask: bool,
    /// Print JSON (tokscope.gateway-learn/v1)
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Least {
    /// A token with several scopes succeeded; fewer may be sufficient
    UpperBound,
    /// A token with only one scope, or none, succeeded
    Proven,
    /// The API names the scopes itself
    Stated,
}

pub(super) fn run(arguments: &Arguments, manifest: Option<&Path>, streams: &mut Streams) -> Result<(), Error> {
    let path = open::require(manifest)?;
    let context = open::read(&path, streams)?;
    let least = match arguments.least {
        Least::UpperBound => Certainty::UpperBound,
        Least::Proven => Certainty::Proven,
        Least::Stated => Certainty::Stated,
    };
    let mut learning = Learning::new(&context, arguments.api.as_deref(), arguments.templates.clone(), least)?;
    let mut read = LogReport::default();
    for file in &arguments.files {
        read.log(file, |entry| {
            learning.add_entry(&entry);
            Ok(())
        })?;
    }
    if arguments.files.is_empty() {
        let filter = Filter { since: arguments.since.map(|since| format!("{since:.9}")), ..Filter::default() };
        AuditReader::of(user_log(None)?).read(ReadPosition::default(), &filter, |logged| {
            learning.add_record(&logged.record);
            true
        })?;
    }
    let report = match arguments.ask {
        true => learning.finish_with(&mut |api, found| accepted(api, found, streams))?,
        false => learning.finish()?,
    };
    for note in &read.notes {
        streams.say(visible(note));
    }
    match arguments.json {
        true => streams.json(&document(&context, &report)),
        false => print(&context, &report, streams),
    }
    if arguments.write && !report.changes.is_empty() {
        write_manifest(&path, &report.manifest)?;
        let added: usize = report.apis.iter().map(|api| api.new.len()).sum();
        let noun = if added == 1 { "endpoint" } else { "endpoints" };
        streams.say(format_args!("added {added} {noun} to `{}`", visible(&path.to_string_lossy())));
    }
    Ok(())
}

/// Asks whether to add an endpoint.
fn accepted(api: &str, found: &LearnedEndpoint, streams: &mut Streams) -> Result<bool, Error> {
    let Some((required, certainty)) = found.requirement() else { return Ok(false) };
    let (count, statuses) = (requests(found.count), statuses(found));
    let line = format!("{api}: {} = {}  ({count}, {statuses}; {})", name(found), sets(&required), reason(certainty));
    confirm(&format!("{}\nadd it? [y/N] ", visible(&line)), streams)
}

fn sets(sets: &[ScopeSet]) -> String {
    let words = sets.iter().map(|set| if set.is_empty() { "no scope".to_owned() } else { set.to_string() });
    words.collect::<Vec<_>>().join(" | ")
}

/// Returns the classes of responses: `2xx: 3, 404`.
fn statuses(found: &LearnedEndpoint) -> String {
    let class = |(class, count): (&u16, &u64)| match class {
        0 => format!("no response: {count}"),
        class => format!("{class}xx: {count}"),
    };
    found.statuses.iter().map(class).collect::<Vec<_>>().join(", ")
}

fn reason(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::UpperBound => "upper bound: a token with these scopes succeeded, fewer may be sufficient",
        Certainty::Proven => "proven: a token with no other scope succeeded",
        Certainty::Stated => "stated by the API",
    }
}

fn shown(lines: &[String], streams: &mut Streams) {
    for line in lines.iter().take(MOST_SHOWN) {
        streams.line(format_args!("  {}", visible(line)));
    }
    if lines.len() > MOST_SHOWN {
        streams.line(format_args!("  … {} more", lines.len() - MOST_SHOWN));
    }
}

fn section(title: &str, lines: &[String], streams: &mut Streams) {
    if !lines.is_empty() {
        streams.line("");
        streams.line(title);
        shown(lines, streams);
    }
}

fn print(context: &Context, report: &LearnReport, streams: &mut Streams) {
    for (index, api) in report.apis.iter().enumerate() {
        if index > 0 {
            streams.line("");
        }
        print_api(context, api, streams);
    }
    let changes: Vec<String> = report
        .changes
        .iter()
        .map(|change| {
            format!("{:<10}  {}  {}: {}", change.kind.direction, change.kind.name, change.subject, change.message)
        })
        .collect();
    section("changes of the manifest, by their meaning:", &changes, streams);
    let set = &report.minimal_set;
    let reasons: Vec<String> =
        set.reasons.scopes.iter().map(|(scope, endpoints)| format!("{scope}  {}", endpoints.join(", "))).collect();
    section(&format!("minimal set for what was seen: {}", open::or_nothing(&set.scopes)), &reasons, streams);
    let not_needed: Vec<String> =
        report.not_needed.iter().map(|(client, scopes)| format!("client `{client}`: {scopes}")).collect();
    section("allowed by `may_request`, but not needed here (a short run does not prove it):", &not_needed, streams);
    let elsewhere: Vec<String> =
        report.elsewhere.iter().map(|(origin, count)| format!("{origin}  {}", requests(*count))).collect();
    section("other origins, which no API of the manifest has:", &elsewhere, streams);
}

fn print_api(context: &Context, api: &LearnedApi, streams: &mut Streams) {
    let (seen, all) = (api.known.len(), api.known.len() + api.unseen.len());
    streams.line(format_args!(
        "{}: {}, {seen} of {all} endpoints of the manifest seen",
        visible(&api.name),
        requests(api.requests)
    ));
    let new: Vec<String> = api
        .new
        .iter()
        .filter_map(|found| {
            let (required, certainty) = found.requirement()?;
            let count = requests(found.count);
            let (name, statuses) = (name(found), statuses(found));
            Some(format!("{name} = {}  ({count}, {statuses}; {})", sets(&required), reason(certainty)))
        })
        .collect();
    section("new endpoints:", &new, streams);
    let undetermined: Vec<String> = api
        .undetermined
        .iter()
        .map(|found| format!("{}  ({}, {})", name(found), requests(found.count), statuses(found)))
        .collect();
    section("not learned, since no response shows with certainty what they require:", &undetermined, streams);
    let of = |id| context.endpoint(id).map(|(_, endpoint)| endpoint.to_string()).unwrap_or_default();
    let contradictions: Vec<String> =
        api.known.iter().flat_map(|(id, known)| contradictions(&of(*id), known)).collect();
    section("responses that contradict the manifest:", &contradictions, streams);
    let unseen: Vec<String> = api.unseen.iter().map(|id| of(*id)).collect();
    section("not seen:", &unseen, streams);
    let proposals: Vec<String> = api
        .proposals
        .iter()
        .map(|(template, count)| format!("--template '{template}' would join {count} paths"))
        .collect();
    section("paths that differ only in one segment:", &proposals, streams);
}

fn name(found: &LearnedEndpoint) -> String {
    format!("{} {}", found.method, found.template)
}

fn contradictions(name: &str, known: &KnownEndpoint) -> Vec<String> {
    let words = |scopes: &ScopeSet| open::or_nothing(scopes);
    let less = known.succeeded_with_less.as_ref();
    let enough = known.refused_with_enough.as_ref();
    less.map(|scopes| format!("{name}: succeeded with {}", words(scopes)))
        .into_iter()
        .chain(enough.map(|scopes| format!("{name}: 403 with {}", words(scopes))))
        .collect()
}

/// `tokscope.gateway-learn/v1`
fn document(context: &Context, report: &LearnReport) -> Json {
    let of = |id| context.endpoint(id).map(|(_, endpoint)| endpoint.to_string()).unwrap_or_default();
    let number = |count: u64| Json::Number(count.to_string());
    let lists = |sets: &[ScopeSet]| Json::Array(sets.iter().map(json_list).collect());
    let learned = |found: &LearnedEndpoint| {
        let requirement = found.requirement();
        json_object([
            ("endpoint", json_text(name(found))),
            ("required", requirement.as_ref().map_or(Json::Null, |(required, _)| lists(required))),
            ("certainty", json_option(requirement.map(|(_, certainty)| certainty))),
            ("count", number(found.count)),
            ("first", json_option(found.seen.as_ref().map(|(first, _)| first))),
            ("last", json_option(found.seen.as_ref().map(|(_, last)| last))),
            (
                "statuses",
                Json::Object(
                    found.statuses.iter().map(|(class, count)| (format!("{class}xx"), number(*count))).collect(),
                ),
            ),
            ("insufficient", lists(&found.insufficient)),
        ])
    };
    let api = |api: &LearnedApi| {
        let known = api.known.iter().map(|(id, known)| {
            json_object([
                ("endpoint", json_text(of(*id))),
                ("count", number(known.count)),
                ("contradictions", json_list(contradictions(&of(*id), known))),
            ])
        });
        let proposals = api.proposals.iter().map(|(template, count)| {
            json_object([("template", json_text(template)), ("paths", Json::Number(count.to_string()))])
        });
        json_object([
            ("api", json_text(&api.name)),
            ("requests", number(api.requests)),
            ("endpoints", Json::Number((api.known.len() + api.unseen.len()).to_string())),
            ("seen", Json::Array(known.collect())),
            ("unseen", json_list(api.unseen.iter().map(|id| of(*id)))),
            ("new", Json::Array(api.new.iter().map(learned).collect())),
            ("undetermined", Json::Array(api.undetermined.iter().map(learned).collect())),
            ("proposals", Json::Array(proposals.collect())),
        ])
    };
    let changes = report.changes.iter().map(|change| {
        json_object([
            ("change", json_text(change.kind.name)),
            ("direction", json_text(change.kind.direction)),
            ("subject", json_text(&change.subject)),
            ("message", json_text(&change.message)),
        ])
    });
    let reasons = report.minimal_set.reasons.scopes.iter();
    let reasons = reasons.map(|(scope, endpoints)| (scope.to_string(), json_list(endpoints)));
    let not_needed = report.not_needed.iter().map(|(client, scopes)| (client.clone(), json_list(scopes)));
    let elsewhere = report.elsewhere.iter().map(|(origin, count)| (origin.clone(), number(*count)));
    json_object([
        ("schema", json_text("tokscope.gateway-learn/v1")),
        ("apis", Json::Array(report.apis.iter().map(api).collect())),
        ("changes", Json::Array(changes.collect())),
        ("minimal_set", json_list(&report.minimal_set.scopes)),
        ("reasons", Json::Object(reasons.collect())),
        ("not_needed", Json::Object(not_needed.collect())),
        ("elsewhere", Json::Object(elsewhere.collect())),
    ])
}
