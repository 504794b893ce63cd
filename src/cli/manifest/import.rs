//! `tokscope manifest import`: imports endpoints and scopes from an API description.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::ValueEnum;

use crate::app::{Error, ErrorKind, ImportRequest, ImportResult, import_description};
use crate::cli::print::{Paint, Streams, json_findings, json_list, json_object, json_option, json_text};
use crate::manifest::ListMeaning;
use crate::manifest::import::{
    Change, ChangeKind, GraphqlEngine, ImportedApi, ImportedEndpoint, ImportedScope, Options, Policy, Principal,
};
use crate::scope::Risk;
use crate::text::visible;
use crate::token::Json;

/// Import endpoints and scopes from an API description
///
/// Reads OpenAPI 3 and Swagger 2 (JSON or YAML), `AsyncAPI` 3, GraphQL schemas with `@requiresScopes`, A2A agent cards, AWS
/// SAM and `CloudFormation` templates, Google discovery documents, and the permission data of Microsoft Graph and GitHub; also
/// the routes of what runs: configurations of Envoy, Istio, Kong and `KrakenD`, and `terraform show -json`.
/// Nothing is fetched; references may only point to files in the description's directory.
///
/// Without --into, the manifest is printed. With it, existing lines and comments are kept, and every change is shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope manifest import openapi.yaml
  tokscope manifest import openapi.yaml --into tokscope.toml --update
  tokscope manifest import openapi.yaml --into tokscope.toml --update --last HEAD:openapi.yaml")]
pub(super) struct Arguments {
    /// API description file, or `-` for stdin
    source: PathBuf,
    /// Name of the API in the manifest [default: derived from its title]
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Manifest to write to; created if it does not exist
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArguments,
    /// Description as it was last imported: a file, or `REV:path` in git. Changes made by hand since then are kept, and
    /// reported as conflicts where the description changed too
    #[arg(long, value_name = "FILE|REV:PATH", requires = "into")]
    last: Option<String>,
    /// Update lines that differ from the description, except lines with a comment
    #[arg(long, requires = "into")]
    update: bool,
    /// Remove lines that are no longer in the description, except lines with a comment
    #[arg(long, requires = "into")]
    prune: bool,
    /// Print JSON (tokscope.import/v1)
    #[arg(long)]
    json: bool,
}

// How an API description is read.
#[derive(Debug, clap::Args)]
pub(super) struct ReadingArguments {
    /// Meaning of a list of several scopes: any one of them, or all of them [default: as recorded, otherwise inferred]
    #[arg(long, value_name = "READING")]
    reading: Option<ReadingArgument>,
    /// Overlay (Overlay 1.0 or 1.1) to apply to the description first; may be repeated
    #[arg(long, value_name = "FILE")]
    overlay: Vec<PathBuf>,
    /// Base URL, instead of the description's own server
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Kind of Microsoft Graph permission to import
    #[arg(long = "for", value_name = "PRINCIPAL", default_value = "delegated")]
    principal: PrincipalArgument,
    /// GraphQL engine, which defines what nested lists of scopes mean [default: as Apollo, unless the schema names Grafbase]
    #[arg(long, value_name = "ENGINE")]
    engine: Option<EngineArgument>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineArgument {
    Apollo,
    Cosmo,
    Hive,
    Grafbase,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ReadingArgument {
    Any,
    All,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PrincipalArgument {
    Delegated,
    Personal,
    Application,
}

impl ReadingArguments {
    pub(super) fn overlays(&self) -> Vec<PathBuf> {
        self.overlay.clone()
    }

    pub(super) fn options(&self) -> Options {
        Options {
            reading: self.reading.map(|reading| match reading {
                ReadingArgument::Any => ListMeaning::Any,
                ReadingArgument::All => ListMeaning::All,
            }),
            base_url: self.base_url.clone(),
            overlays: Vec::new(),
            principal: match self.principal {
                PrincipalArgument::Delegated => Principal::Delegated,
                PrincipalArgument::Personal => Principal::Personal,
                PrincipalArgument::Application => Principal::Application,
            },
            engine: self.engine.map(|engine| match engine {
                EngineArgument::Apollo | EngineArgument::Cosmo | EngineArgument::Hive => GraphqlEngine::Apollo,
                EngineArgument::Grafbase => GraphqlEngine::Grafbase,
            }),
        }
    }
}

/// Maximum number of skipped operations shown as text; `--json` shows all.
const MAX_SKIPPED: usize = 20;

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let request = ImportRequest {
        source: arguments.source.clone(),
        api: arguments.api.clone(),
        into: arguments.into.clone(),
        options: arguments.reading.options(),
        overlays: arguments.reading.overlays(),
        last: arguments.last.clone(),
        policy: Policy { update: arguments.update, prune: arguments.prune },
    };
    let imported = import_description(&request)?;
    if arguments.json {
        streams.json(&document(&imported));
        return Ok(None);
    }
    report(&imported, streams);
    if arguments.into.is_some() {
        show_changes(&imported.changes, streams);
    } else {
        streams.raw(imported.manifest.as_bytes());
    }
    Ok(None)
}

/// Reports the import on standard error.
pub(in crate::cli) fn report(imported: &ImportResult, streams: &mut Streams) {
    let import = &imported.import;
    for finding in &import.findings {
        streams.finding(finding);
    }
    for (operation, reason) in import.skipped.iter().take(MAX_SKIPPED) {
        streams.say(format_args!("skipped {}: {}", visible(operation), visible(reason)));
    }
    if let Some(more @ 1..) = import.skipped.len().checked_sub(MAX_SKIPPED) {
        streams.say(format_args!("skipped {more} more, listed with `--json`"));
    }
    let reading = &import.reading;
    streams.say(format_args!(
        "{}: {} operations, {} of them with scopes; lists of several scopes are read as `{}`{}",
        visible(&import.format),
        import.operations,
        import.scoped,
        reading.as_str(),
        if reading.inferred { " (inferred)" } else { "" },
    ));
}

/// Maximum number of changes that are all shown as text; of more, the first of each kind are shown. `--json` shows all.
const MAX_CHANGES: usize = 60;

/// Number of changes of a kind that are shown if there are many.
const SHOWN: usize = 10;

/// Prints the changes; if there are many, the first of each kind and the numbers of the others.
pub(super) fn show_changes(changes: &[Change], streams: &mut Streams) {
    let mut shown: HashMap<(&str, ChangeKind), usize> = HashMap::new();
    let mut left: Vec<((&str, ChangeKind), usize)> = Vec::new();
    for change in changes {
        let key = (change.api.as_str(), change.kind);
        let count = shown.entry(key).or_default();
        *count += 1;
        if changes.len() <= MAX_CHANGES || *count <= SHOWN {
            show_change(change, streams);
        } else if let Some((_, more)) = left.iter_mut().find(|(known, _)| *known == key) {
            *more += 1;
        } else {
            left.push((key, 1));
        }
    }
    for ((api, kind), more) in left {
        streams.line(format_args!("  {more} more entries {kind} in `{}`, listed with `--json`", visible(api)));
    }
}

/// Prints one line per change: kind, endpoint or scope, value in the manifest and in the description.
pub(super) fn show_change(change: &Change, streams: &mut Streams) {
    let (sign, paint) = match change.kind {
        ChangeKind::Added => ("+", Paint::Good),
        ChangeKind::Updated => ("~", Paint::Odd),
        ChangeKind::Kept => ("=", Paint::Odd),
        ChangeKind::Conflict => ("!", Paint::Bad),
        ChangeKind::Stale => ("?", Paint::Odd),
        ChangeKind::Removed => ("-", Paint::Bad),
    };
    let sign = streams.paint(paint, sign);
    let shown = |value: &Option<String>| value.as_ref().map_or("none".to_owned(), |value| visible(value).into_owned());
    let words = match (&change.was, &change.now) {
        (was, now) if change.kind == ChangeKind::Conflict => {
            let (was, last, now) = (shown(was), shown(&change.last), shown(now));
            format!("{was}  kept (conflict: the description changed from {last} to {now})")
        }
        (Some(was), Some(now)) if change.kind == ChangeKind::Kept => {
            format!("{}  kept (description: {})", visible(was), visible(now))
        }
        (Some(was), Some(now)) => format!("{} -> {}", visible(was), visible(now)),
        (Some(was), None) if change.kind == ChangeKind::Stale => {
            format!("{}  kept (not in the description)", visible(was))
        }
        (was, now) => visible(was.as_ref().or(now.as_ref()).map_or("", String::as_str)).into_owned(),
    };
    let line = format!("{sign} {} {}  {words}", visible(&change.api), visible(&change.what));
    streams.line(line.trim_end());
}

/// `tokscope.import/v1`: number of imported operations and of those with scopes, and the result.
fn document(imported: &ImportResult) -> Json {
    let import = &imported.import;
    let number = |count: usize| Json::Number(count.to_string());
    let skipped = |(operation, reason): &(String, String)| {
        json_object([("operation", json_text(operation)), ("reason", json_text(reason))])
    };
    json_object([
        ("schema", json_text("tokscope.import/v1")),
        ("api", json_text(&imported.api)),
        ("format", json_text(&import.format)),
        ("title", json_option(import.title.as_ref())),
        ("endpoints", number(import.operations)),
        ("scoped", number(import.scoped)),
        ("reading", json_text(import.reading.as_str())),
        ("reading_guessed", Json::Bool(import.reading.inferred)),
        ("reading_reason", json_text(&import.reading.reason)),
        ("findings", json_findings(&import.findings)),
        ("skipped", Json::Array(import.skipped.iter().map(skipped).collect())),
        ("apis", Json::Array(import.apis.iter().map(api_document).collect())),
        ("changes", Json::Array(imported.changes.iter().map(change_document).collect())),
    ])
}

fn api_document(api: &ImportedApi) -> Json {
    let endpoint = |endpoint: &ImportedEndpoint| {
        json_object([
            ("endpoint", json_text(endpoint)),
            ("required", Json::Array(endpoint.alternatives.iter().map(json_list).collect())),
            ("optional", Json::Bool(endpoint.optional)),
            ("summary", json_option(endpoint.summary.as_ref())),
        ])
    };
    let scope = |scope: &ImportedScope| {
        json_object([
            ("scope", json_text(&scope.scope)),
            ("description", json_option(scope.description.as_ref())),
            ("risk", json_option(scope.risk.map(Risk::as_str))),
            ("risk_inferred", Json::Bool(scope.inferred)),
            ("implies", json_list(&scope.implies)),
        ])
    };
    json_object([
        ("base_url", json_text(&api.base_url)),
        ("endpoints", Json::Array(api.endpoints.iter().map(endpoint).collect())),
        ("scopes", Json::Array(api.scopes.iter().map(scope).collect())),
    ])
}

fn change_document(change: &Change) -> Json {
    json_object([
        ("api", json_text(&change.api)),
        ("kind", json_text(change.kind)),
        ("what", json_text(&change.what)),
        ("was", json_option(change.was.as_ref())),
        ("now", json_option(change.now.as_ref())),
        ("last", json_option(change.last.as_ref())),
    ])
}
