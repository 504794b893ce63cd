//! Probe results as text, JSON and `JUnit`.

use std::fmt::Write as _;

use super::super::print::{Streams, json_findings, json_list, json_object, json_text, pad};
use super::state::Cell;
use crate::app::Enforcement;
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::visible;
use crate::token::Json;

/// Builds one finding per endpoint and kind, with all calls that show it.
pub(super) fn findings(cells: &[Cell]) -> Vec<Diagnostic> {
    let mut seen: Vec<(&str, Enforcement, Vec<&Cell>)> = Vec::new();
    // an endpoint that requires another scope also succeeds without the manifest's scope: that is one finding
    let stale = |endpoint: &str| {
        cells.iter().any(|cell| cell.endpoint == endpoint && cell.observed() == Enforcement::OverEnforced)
    };
    for cell in cells.iter().filter(|cell| cell.observed().code().is_some()) {
        let observed = match cell.observed() {
            Enforcement::UnderEnforced if stale(&cell.endpoint) => Enforcement::OverEnforced,
            observed => observed,
        };
        match seen.iter_mut().find(|(endpoint, known, _)| *endpoint == cell.endpoint && *known == observed) {
            Some((_, _, cells)) => cells.push(cell),
            None => seen.push((&cell.endpoint, observed, vec![cell])),
        }
    }
    let one = |(endpoint, observed, cells): (&str, Enforcement, Vec<&Cell>)| {
        let code = observed.code()?;
        let calls: Vec<String> = cells.iter().map(|cell| format!("{} with {}", cell.status, cell.with)).collect();
        let reason = cells.iter().find(|cell| cell.observed() == Enforcement::OverEnforced);
        let reason = reason.map_or_else(String::new, |cell| format!("; {}", cell.sentence));
        Some(Diagnostic::new(code, format!("`{endpoint}`: {}: {}{reason}", code.summary, calls.join(", "))))
    };
    seen.into_iter().filter_map(one).collect()
}

/// Parses the name of a severity.
pub(super) fn severity(name: &str) -> Severity {
    let known = [Severity::Info, Severity::Warning, Severity::Error];
    known.into_iter().find(|severity| severity.as_str() == name).unwrap_or(Severity::Warning)
}

/// Prints a line per endpoint, then the findings.
pub(super) fn text(cells: &[Cell], findings: &[Diagnostic], streams: &mut Streams) {
    let mut endpoints: Vec<&str> = cells.iter().map(|cell| cell.endpoint.as_str()).collect();
    endpoints.dedup();
    let width = endpoints.iter().map(|name| visible(name).chars().count()).max().unwrap_or_default();
    streams.headings(&format!("{}  CALLED WITH, AND STATUS", pad("ENDPOINT", width)));
    for endpoint in endpoints {
        let row: Vec<String> = cells
            .iter()
            .filter(|cell| cell.endpoint == endpoint)
            .map(|cell| {
                let status = if cell.status == 0 { "no response".to_owned() } else { cell.status.to_string() };
                let odd = if cell.observed() == Enforcement::AsExpected { "" } else { cell.observed().as_str() };
                visible(format!("{}: {status} {odd}", cell.with).trim_end()).into_owned()
            })
            .collect();
        streams.line(format_args!("{}  {}", pad(&visible(endpoint), width), row.join("   ")));
    }
    for finding in findings {
        streams.finding(finding);
    }
    if findings.is_empty() {
        let count = if cells.len() == 1 { "1 call".to_owned() } else { format!("{} calls", cells.len()) };
        streams.say(format_args!("{count}, all as the manifest says"));
    }
}

/// `tokscope.probe/v1`
pub(super) fn document(cells: &[Cell], findings: &[Diagnostic], left_out: &[String]) -> Json {
    let one = |cell: &Cell| {
        json_object([
            ("endpoint", json_text(&cell.endpoint)),
            ("with", json_text(&cell.with)),
            ("status", if cell.status == 0 { Json::Null } else { Json::Number(cell.status.to_string()) }),
            ("observed", json_text(cell.observed().as_str())),
            ("sentence", json_text(&cell.sentence)),
        ])
    };
    json_object([
        ("schema", json_text("tokscope.probe/v1")),
        ("calls", Json::Array(cells.iter().map(one).collect())),
        ("findings", json_findings(findings)),
        ("left_out", json_list(left_out)),
    ])
}

/// Renders one test case per call; a finding is a failure.
pub(super) fn junit(cells: &[Cell]) -> String {
    let escape = |text: &str| {
        visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    };
    let failed = cells.iter().filter(|cell| cell.observed().code().is_some_and(|code| code.severity > Severity::Info));
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"tokscope probe\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
        cells.len(),
        failed.count(),
        cells.iter().filter(|cell| cell.observed() == Enforcement::Unclear).count()
    );
    for cell in cells {
        let _ = write!(xml, "  <testcase classname=\"{}\" name=\"{}\"", escape(&cell.endpoint), escape(&cell.with));
        let _ = match cell.observed().code() {
            Some(code) if code.severity > Severity::Info => writeln!(
                xml,
                ">\n    <failure type=\"{}\" message=\"{}\">{}</failure>\n  </testcase>",
                code.name,
                code.summary,
                escape(&format!("{}: {}", cell.status, cell.sentence))
            ),
            _ if cell.observed() == Enforcement::Unclear => {
                writeln!(xml, "><skipped message=\"{}\"/></testcase>", escape(&cell.sentence))
            }
            _ => writeln!(xml, "/>"),
        };
    }
    xml.push_str("</testsuite>");
    xml
}
