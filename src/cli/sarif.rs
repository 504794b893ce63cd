//! Findings as SARIF 2.1.0, for code scanning.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::print::{json_object, json_text};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::token::Json;

/// A finding with its place.
pub(super) struct Located<'f> {
    pub(super) finding: &'f Diagnostic,
    /// File that the finding is about.
    pub(super) file: &'f str,
    /// Line and column, both starting at 1, the column in characters.
    pub(super) place: Option<(usize, usize)>,
}

/// Builds one run from findings about a file as a whole.
pub(super) fn sarif_of_file(findings: &[Diagnostic], file: &str) -> Json {
    let located: Vec<_> = findings.iter().map(|finding| Located { finding, file, place: None }).collect();
    sarif(&located)
}

/// Builds one run, with the codes that occur as its rules.
pub(super) fn sarif(findings: &[Located<'_>]) -> Json {
    let number = |value: usize| Json::Number(value.to_string());
    let mut codes: Vec<&'static Code> = findings.iter().map(|located| located.finding.code).collect();
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
    let result = |Located { finding, file, place }: &Located<'_>| {
        let uri = uri(&from_here(file));
        let (line, column) = place.unwrap_or((1, 1));
        let region = json_object([("startLine", number(line)), ("startColumn", number(column))]);
        let artifact = json_object([("uri", json_text(&uri))]);
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
        ("results", Json::Array(findings.iter().map(result).collect())),
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

/// Returns the message of a finding, with its hint.
pub(super) fn whole(finding: &Diagnostic) -> String {
    match &finding.help {
        Some(help) => format!("{}; {help}", finding.message),
        None => finding.message.clone(),
    }
}

/// Makes a path relative to the working directory if it is below it: code hosts identify files by their path in the
/// repository.
pub(super) fn from_here(path: &str) -> String {
    let here = std::env::current_dir().ok();
    let below = here.as_ref().and_then(|here| Path::new(path).strip_prefix(here).ok());
    below.map_or_else(|| path.to_owned(), |below| below.to_string_lossy().into_owned())
}

/// Everything but unreserved characters (RFC 3986 §2.3) and the separator of segments.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Encodes a path as a relative reference (RFC 3986 §4.2), with slashes as separators.
fn uri(path: &str) -> String {
    utf8_percent_encode(&path.replace('\\', "/"), UNRESERVED).to_string()
}
