//! Output of findings about a manifest, as text, JSON, SARIF and GitHub annotations.

use clap::ValueEnum;

use crate::app::{ErrorKind, ManifestProblem};
use crate::cli::print::{Streams, json_findings, json_object, json_text};
use crate::cli::sarif::{Located, from_here, sarif, whole};
use crate::diagnostic::{Diagnostic, Severity};
use crate::manifest::Source;
use crate::text::visible;
use crate::token::Json;

// Options for the output of findings and for the exit code.
#[derive(Debug, clap::Args)]
pub(super) struct ReportArguments {
    /// Exit with code 6 if there is a finding of this severity or above; an error in the manifest always exits with 2
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Info,
    Warning,
    Error,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text with the source line under each finding
    Text,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// GitHub workflow commands (annotations)
    Github,
}

impl ReportArguments {
    /// Prints the findings of one or several manifests. `schema` names the schema of the JSON document, which has an array
    /// `manifests` if there are several.
    pub(super) fn print(&self, problems: &[ManifestProblem], schema: &str, streams: &mut Streams) {
        match if self.json { Format::Json } else { self.format } {
            Format::Text => problems.iter().for_each(|problem| text(problem, streams)),
            Format::Json => match problems {
                [only] => streams.json(&document(only, schema)),
                several => {
                    let several = several.iter().map(|problem| Json::Object(members(problem))).collect();
                    streams.json(&json_object([("schema", json_text(schema)), ("manifests", Json::Array(several))]));
                }
            },
            Format::Sarif => {
                let mut located = Vec::new();
                for problem in problems {
                    let source = problem.indexed();
                    let one = |finding| Located { finding, file: &problem.name, place: place(&source, finding) };
                    located.extend(problem.findings.iter().map(one));
                }
                streams.json(&sarif(&located));
            }
            Format::Github => {
                for problem in problems {
                    let source = problem.indexed();
                    problem.findings.iter().for_each(|finding| streams.verbatim(annotation(problem, &source, finding)));
                }
            }
        }
    }

    /// Returns the exit code. With `wrong`, a finding of severity error means that the manifest can't be used.
    pub(super) fn outcome<'f>(
        &self,
        findings: impl IntoIterator<Item = &'f Diagnostic>,
        wrong: bool,
    ) -> Option<ErrorKind> {
        let threshold = match self.fail_on {
            FailOn::Info => Severity::Info,
            FailOn::Warning => Severity::Warning,
            FailOn::Error => Severity::Error,
        };
        match findings.into_iter().map(Diagnostic::severity).max() {
            Some(Severity::Error) if wrong => Some(ErrorKind::Usage),
            Some(worst) if worst >= threshold => Some(ErrorKind::Findings),
            _ => None,
        }
    }
}

fn text(problem: &ManifestProblem, streams: &mut Streams) {
    let source = problem.indexed();
    for finding in &problem.findings {
        streams.placed_finding(finding.severity(), &source.render(&problem.name, finding));
    }
    let summary = match problem.findings.len() {
        0 => "no findings".to_owned(),
        1 => "1 finding".to_owned(),
        several => format!("{several} findings"),
    };
    streams.say(format_args!("{}: {summary}", visible(&problem.name)));
}

fn number(value: usize) -> Json {
    Json::Number(value.to_string())
}

/// Returns line and column of a finding; `None` if it has no position.
fn place(source: &Source<'_>, finding: &Diagnostic) -> Option<(usize, usize)> {
    finding.span.as_ref().map(|span| source.line_column(span.start))
}

/// JSON document of the findings of a manifest.
pub(in crate::cli) fn document(problem: &ManifestProblem, schema: &str) -> Json {
    let schema = ("schema".to_owned(), json_text(schema));
    Json::Object(std::iter::once(schema).chain(members(problem)).collect())
}

/// The manifest and its findings, each with line and column, both starting at 1, the column in characters.
fn members(problem: &ManifestProblem) -> Vec<(String, Json)> {
    let mut findings = json_findings(&problem.findings);
    let source = problem.indexed();
    if let Json::Array(items) = &mut findings {
        for (item, finding) in items.iter_mut().zip(&problem.findings) {
            let place = place(&source, finding);
            if let Json::Object(members) = item {
                members.push(("line".to_owned(), place.map_or(Json::Null, |(line, _)| number(line))));
                members.push(("column".to_owned(), place.map_or(Json::Null, |(_, column)| number(column))));
            }
        }
    }
    vec![("manifest".to_owned(), json_text(&problem.name)), ("findings".to_owned(), findings)]
}

/// A GitHub annotation: `::warning file=…,line=…,col=…,title=…::…`, with everything encoded that could end a value or
/// the line.
fn annotation(problem: &ManifestProblem, source: &Source<'_>, finding: &Diagnostic) -> String {
    let data = |text: &str| visible(text).replace('%', "%25");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let command = match finding.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let place = place(source, finding).map_or(String::new(), |(line, column)| format!(",line={line},col={column}"));
    format!(
        "::{command} file={}{place},title={}::{}",
        property(&from_here(&problem.name)),
        property(finding.code.name),
        data(&whole(finding))
    )
}
