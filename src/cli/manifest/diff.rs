//! `tokscope manifest diff`: effect of a manifest change on privilege.

use std::path::Path;

use clap::ValueEnum;

use crate::app::{Error, ErrorKind, manifest_at_revision, open_manifest};
use crate::cli::open::{opened, require};
use crate::cli::print::{Paint, Streams, json_list, json_object, json_text};
use crate::manifest::{Change, Direction, diff};
use crate::text::visible;
use crate::token::Json;

/// Maximum number of endpoints shown per change; `--json` shows all.
const MAX_ENDPOINTS: usize = 8;

/// Show what a manifest change means: escalation, relaxation or neutral
///
/// Escalation: an endpoint requires more, a scope grants more, a client may request more, an endpoint becomes public,
/// or tokens go elsewhere. Relaxation: an endpoint requires less, a scope grants less, or a client may request less.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope manifest diff main
  tokscope manifest diff v1.0:tokscope.toml v2.0:tokscope.toml
  tokscope manifest diff main --markdown --fail-on escalation")]
pub(super) struct Arguments {
    /// Old manifest: a file, a git revision (`REV`), or a file in a revision (`REV:path`)
    #[arg(value_name = "OLD", default_value = "HEAD")]
    old: String,
    /// New manifest, in the same forms [default: the manifest file]
    #[arg(value_name = "NEW")]
    new: Option<String>,
    /// Exit with code 6 if there is a change of this kind or worse
    #[arg(long, value_name = "KIND")]
    fail_on: Option<FailOn>,
    /// Print JSON (tokscope.manifest-diff/v1)
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print Markdown for a pull request
    #[arg(long)]
    markdown: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Neutral,
    Relaxation,
    Escalation,
}

pub(super) fn run(
    arguments: &Arguments,
    named: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    // two files can be compared without a manifest
    let here = match (&arguments.new, Path::new(&arguments.old).is_file()) {
        (Some(new), true) if Path::new(new).is_file() => Path::new(new).to_path_buf(),
        _ => require(named)?,
    };
    let old = opened(manifest_at_revision(&arguments.old, &here), streams)?;
    let new = match &arguments.new {
        Some(new) => opened(manifest_at_revision(new, &here), streams)?,
        None => opened(open_manifest(&here), streams)?,
    };
    let mut changes = diff(old.require_manifest()?, new.require_manifest()?);
    // escalations first, otherwise in the order of the manifest
    changes.sort_by_key(|change| std::cmp::Reverse(change.kind.direction));
    if arguments.json {
        streams.json(&document(&changes));
    } else if arguments.markdown {
        markdown(&changes, streams);
    } else {
        report(&changes, streams);
    }
    let threshold = arguments.fail_on.map(|kind| match kind {
        FailOn::Neutral => Direction::Neutral,
        FailOn::Relaxation => Direction::Relaxation,
        FailOn::Escalation => Direction::Escalation,
    });
    let exceeded = threshold.is_some_and(|least| changes.iter().any(|change| change.kind.direction >= least));
    Ok(exceeded.then_some(ErrorKind::Findings))
}

/// `tokscope.manifest-diff/v1`
fn document(changes: &[Change]) -> Json {
    let one = |change: &Change| {
        json_object([
            ("change", json_text(change.kind.name)),
            ("direction", json_text(change.kind.direction)),
            ("subject", json_text(&change.subject)),
            ("message", json_text(&change.message)),
            ("summary", json_text(change.kind.summary)),
            ("endpoints", json_list(&change.endpoints)),
            ("clients", json_list(&change.clients)),
        ])
    };
    let count = |direction| changes.iter().filter(|change| change.kind.direction == direction).count().to_string();
    json_object([
        ("schema", json_text("tokscope.manifest-diff/v1")),
        ("escalations", Json::Number(count(Direction::Escalation))),
        ("relaxations", Json::Number(count(Direction::Relaxation))),
        ("neutral", Json::Number(count(Direction::Neutral))),
        ("changes", Json::Array(changes.iter().map(one).collect())),
    ])
}

/// Joins the first few names.
fn named(names: &[String], shown: impl Fn(&str) -> String) -> String {
    let few: Vec<String> = names.iter().take(MAX_ENDPOINTS).map(|name| shown(name)).collect();
    match names.len().checked_sub(MAX_ENDPOINTS) {
        Some(more @ 1..) => format!("{} and {more} more", few.join(", ")),
        _ => few.join(", "),
    }
}

fn report(changes: &[Change], streams: &mut Streams) {
    for change in changes {
        let paint = match change.kind.direction {
            Direction::Escalation => Paint::Bad,
            Direction::Relaxation => Paint::Good,
            Direction::Neutral => Paint::Dim,
        };
        let direction = streams.paint(paint, format_args!("{}[{}]:", change.kind.direction, change.kind.name));
        streams.line(format_args!("{direction} {}: {}", visible(&change.subject), visible(&change.message)));
        for (label, names) in [("endpoints", &change.endpoints), ("clients", &change.clients)] {
            if !names.is_empty() {
                streams.line(format_args!("  {label}: {}", named(names, |name| visible(name).into_owned())));
            }
        }
    }
    if changes.is_empty() {
        streams.say("no changes in meaning");
    }
}

fn markdown(changes: &[Change], streams: &mut Streams) {
    if changes.is_empty() {
        streams.verbatim("No changes in meaning.");
        return;
    }
    streams.verbatim("| | subject | change | endpoints | clients |\n|---|---|---|---|---|");
    for change in changes {
        let direction = match change.kind.direction {
            Direction::Escalation => "**escalation**",
            other => other.as_str(),
        };
        streams.verbatim(format_args!(
            "| {direction} | {} | {}: {} | {} | {} |",
            code(&change.subject),
            change.kind.summary,
            cell(&change.message),
            named(&change.endpoints, code),
            named(&change.clients, code),
        ));
    }
}

/// Escapes untrusted text for a table cell: nothing in it is markup.
fn cell(text: &str) -> String {
    let mut escaped = String::new();
    for character in visible(text).chars() {
        if "\\`*_{}[]<>()#+-.!|~&@:".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// Escapes untrusted text as code. A bar would end the cell even there, and a backtick the code.
fn code(text: &str) -> String {
    format!("`{}`", visible(text).replace('`', "'").replace('|', "\\|"))
}
