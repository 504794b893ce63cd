//! `tokscope manifest lint`: everything that is wrong with the manifest, and where.

use std::path::Path;

use clap::ValueEnum;

use crate::cli::open::require;
use crate::cli::print::{Streams, json_findings, json_object, json_text};
use crate::diagnostic::Severity;
use crate::text::visible;
use crate::token::Json;
use crate::workspace::{Error, Kind, ManifestProblem, Workspace};

/// Say everything that is wrong with the manifest, and where
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// End with exit code 6 when there is a finding of at least this severity; an error always ends with 2
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// As JSON (tokscope.manifest-lint/v1)
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Info,
    Warning,
    Error,
}

pub(super) fn run(arguments: &Arguments, named: Option<&Path>, streams: &mut Streams) -> Result<Option<Kind>, Error> {
    let path = require(named)?;
    let problem = Workspace::check_file(&path)?;
    let worst = problem.findings.iter().map(crate::diagnostic::Diagnostic::severity).max();
    if arguments.json {
        streams.json(&document(&problem));
    } else {
        for finding in &problem.findings {
            let shown = crate::manifest::render(&problem.name, &problem.source, finding);
            streams.line(crate::text::visible_lines(&shown));
        }
        let summary = match problem.findings.len() {
            0 => "nothing to find fault with".to_owned(),
            1 => "one finding".to_owned(),
            several => format!("{several} findings"),
        };
        streams.say(format_args!("{}: {summary}", visible(&problem.name)));
    }
    let threshold = match arguments.fail_on {
        FailOn::Info => Severity::Info,
        FailOn::Warning => Severity::Warning,
        FailOn::Error => Severity::Error,
    };
    Ok(match worst {
        Some(Severity::Error) => Some(Kind::Usage),
        Some(worst) if worst >= threshold => Some(Kind::Findings),
        _ => None,
    })
}

/// `tokscope.manifest-lint/v1`: each finding with its line and column, both from 1, the column in characters.
fn document(problem: &ManifestProblem) -> Json {
    let places = problem.findings.iter().map(|finding| {
        let place = finding.span.as_ref().map(|span| crate::manifest::line_column(&problem.source, span.start));
        let number = |value: Option<usize>| value.map_or(Json::Null, |value| Json::Number(value.to_string()));
        [("line", number(place.map(|(line, _)| line))), ("column", number(place.map(|(_, column)| column)))]
    });
    let mut findings = json_findings(&problem.findings);
    if let Json::Array(items) = &mut findings {
        for (item, place) in items.iter_mut().zip(places) {
            if let Json::Object(members) = item {
                members.extend(place.map(|(name, value)| (name.to_owned(), value)));
            }
        }
    }
    json_object([
        ("schema", json_text("tokscope.manifest-lint/v1")),
        ("manifest", json_text(&problem.name)),
        ("findings", findings),
    ])
}
