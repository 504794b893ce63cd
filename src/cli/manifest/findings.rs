//! Findings about a manifest, in the forms that people, scripts and code hosts read.

use std::path::Path;

use clap::ValueEnum;

use crate::cli::print::{Streams, json_findings, json_object, json_text};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::manifest::render;
use crate::text::{visible, visible_lines};
use crate::token::Json;
use crate::workspace::{Kind, ManifestProblem};

// How findings are printed, and which of them end with an exit code.
#[derive(Debug, clap::Args)]
pub(super) struct Report {
    /// End with exit code 6 when there is a finding of at least this severity; an error in the manifest always ends
    /// with 2
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// The form of the findings
    #[arg(long, value_name = "FORM", default_value = "text")]
    format: Format,
    /// As JSON: the same as `--format json`
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
    /// With the source line under a caret
    Text,
    /// One document
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands, which GitHub shows as annotations
    Github,
}

impl Report {
    /// Prints the findings. `schema`: that of the JSON document.
    pub(super) fn print(&self, problem: &ManifestProblem, schema: &str, streams: &mut Streams) {
        match if self.json { Format::Json } else { self.format } {
            Format::Text => text(problem, streams),
            Format::Json => streams.json(&document(problem, schema)),
            Format::Sarif => streams.json(&sarif(problem)),
            Format::Github => problem.findings.iter().for_each(|finding| {
                streams.line(annotation(problem, finding));
            }),
        }
    }

    /// The exit code. `wrong`: a finding of severity error means that the manifest can't be used.
    pub(super) fn outcome(&self, findings: &[Diagnostic], wrong: bool) -> Option<Kind> {
        let threshold = match self.fail_on {
            FailOn::Info => Severity::Info,
            FailOn::Warning => Severity::Warning,
            FailOn::Error => Severity::Error,
        };
        match findings.iter().map(Diagnostic::severity).max() {
            Some(Severity::Error) if wrong => Some(Kind::Usage),
            Some(worst) if worst >= threshold => Some(Kind::Findings),
            _ => None,
        }
    }
}

fn text(problem: &ManifestProblem, streams: &mut Streams) {
    for finding in &problem.findings {
        streams.line(visible_lines(&render(&problem.name, &problem.source, finding)));
    }
    let summary = match problem.findings.len() {
        0 => "nothing to find fault with".to_owned(),
        1 => "one finding".to_owned(),
        several => format!("{several} findings"),
    };
    streams.say(format_args!("{}: {summary}", visible(&problem.name)));
}

fn number(value: usize) -> Json {
    Json::Number(value.to_string())
}

/// Each finding with its line and column, both from 1, the column in characters.
fn document(problem: &ManifestProblem, schema: &str) -> Json {
    let mut findings = json_findings(&problem.findings);
    if let Json::Array(items) = &mut findings {
        for (item, finding) in items.iter_mut().zip(&problem.findings) {
            let place = problem.place(finding);
            if let Json::Object(members) = item {
                members.push(("line".to_owned(), place.map_or(Json::Null, |(line, _)| number(line))));
                members.push(("column".to_owned(), place.map_or(Json::Null, |(_, column)| number(column))));
            }
        }
    }
    json_object([("schema", json_text(schema)), ("manifest", json_text(&problem.name)), ("findings", findings)])
}

/// SARIF 2.1.0: one run, with the codes that occur as its rules.
fn sarif(problem: &ManifestProblem) -> Json {
    let mut codes: Vec<&'static Code> = problem.findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable_by_key(|code| code.name);
    codes.dedup();
    let rule = |code: &&'static Code| {
        json_object([
            ("id", json_text(code.name)),
            ("shortDescription", json_object([("text", json_text(code.summary))])),
            ("help", json_object([("text", json_text(code.source))])),
            ("defaultConfiguration", json_object([("level", json_text(level(code.severity)))])),
        ])
    };
    let result = |finding: &Diagnostic| {
        let (line, column) = problem.place(finding).unwrap_or((1, 1));
        let region = json_object([("startLine", number(line)), ("startColumn", number(column))]);
        let artifact = json_object([("uri", json_text(uri(&from_here(&problem.name))))]);
        let place = json_object([("artifactLocation", artifact), ("region", region)]);
        json_object([
            ("ruleId", json_text(finding.code.name)),
            ("level", json_text(level(finding.severity()))),
            ("message", json_object([("text", json_text(whole(finding)))])),
            ("locations", Json::Array(vec![json_object([("physicalLocation", place)])])),
        ])
    };
    let driver = json_object([
        ("name", json_text("tokscope")),
        ("version", json_text(env!("CARGO_PKG_VERSION"))),
        ("rules", Json::Array(codes.iter().map(rule).collect())),
    ]);
    let run = json_object([
        ("tool", json_object([("driver", driver)])),
        ("columnKind", json_text("unicodeCodePoints")),
        ("results", Json::Array(problem.findings.iter().map(result).collect())),
    ]);
    json_object([
        ("$schema", json_text("https://json.schemastore.org/sarif-2.1.0.json")),
        ("version", json_text("2.1.0")),
        ("runs", Json::Array(vec![run])),
    ])
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn whole(finding: &Diagnostic) -> String {
    match &finding.help {
        Some(help) => format!("{}; {help}", finding.message),
        None => finding.message.clone(),
    }
}

/// The path from the working directory where it lies below: code hosts know files by their place in the repository.
fn from_here(path: &str) -> String {
    let here = std::env::current_dir().ok();
    let below = here.as_ref().and_then(|here| Path::new(path).strip_prefix(here).ok());
    below.map_or_else(|| path.to_owned(), |below| below.to_string_lossy().into_owned())
}

/// A path as a relative reference (RFC 3986 §4.2): separators are slashes, and what could not stand there is encoded.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// `::warning file=…,line=…,col=…,title=…::…`, with everything that could end a value or the line encoded.
fn annotation(problem: &ManifestProblem, finding: &Diagnostic) -> String {
    let data = |text: &str| visible(text).replace('%', "%25");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let command = match finding.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let place = problem.place(finding).map_or(String::new(), |(line, column)| format!(",line={line},col={column}"));
    format!(
        "::{command} file={}{place},title={}::{}",
        property(&from_here(&problem.name)),
        property(finding.code.name),
        data(&whole(finding))
    )
}
