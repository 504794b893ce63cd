//! What a token says, as text.

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr as _;

use super::Verification;
use crate::cli::print::{Paint, Streams, pad, severity_paint};
use crate::text::visible;
use crate::token::{Explained, Payload};
use crate::workspace::HeldToken;

/// The whole report as text.
pub(in crate::cli) fn report(token: &HeldToken, verification: &Verification, now: Timestamp, streams: &mut Streams) {
    let decoded = &token.decoded;
    let summary = token.summary(now);
    for (label, line) in
        [("for", &summary.whom), ("by", &summary.issuer), ("may", &summary.what), ("until", &summary.until)]
    {
        let label = streams.paint(Paint::Bold, format_args!("{label:<6}"));
        streams.line(format_args!("{label} {}", visible(line)));
    }
    table("header", &token.header(), streams);
    table("claims", &token.claims(now), streams);
    let payload = match &decoded.payload {
        Payload::Json(value) => Some(value.to_string()),
        Payload::Text(text) => Some(text.clone()),
        Payload::Bytes(bytes) => Some(format!("{} bytes that are no text", bytes.len())),
        Payload::Encrypted(length) => Some(format!("{length} bytes, encrypted: only its recipient can read them")),
        Payload::Claims(_) | Payload::Absent => None,
    };
    section("payload", payload.as_slice(), streams);
    if let Some(granted) = &token.granted {
        heading("scopes", streams);
        let width = granted.0.iter().map(|granted| visible(granted.scope.as_str()).width()).max().unwrap_or_default();
        for granted in &granted.0 {
            let scope = pad(&visible(granted.scope.as_str()), width);
            let place = streams.paint(Paint::Dim, format_args!("from the {}", granted.place));
            streams.line(format_args!("  {scope}  {place}"));
        }
    }
    section("signature", &verification.lines, streams);
    if !decoded.findings.is_empty() {
        heading("findings", streams);
        for finding in &decoded.findings {
            let label = streams.paint(
                severity_paint(finding.severity()),
                format_args!("{}[{}]", finding.severity(), finding.code.name),
            );
            streams.line(format_args!("  {label}: {}", visible(&finding.message)));
            if let Some(help) = &finding.help {
                streams.line(format_args!("    help: {}", visible(help)));
            }
        }
    }
}

fn heading(name: &str, streams: &mut Streams) {
    let heading = streams.paint(Paint::Bold, name);
    streams.line("");
    streams.line(heading);
}

fn section(name: &str, lines: &[String], streams: &mut Streams) {
    if !lines.is_empty() {
        heading(name, streams);
    }
    for line in lines {
        streams.line(format_args!("  {}", visible(line)));
    }
}

/// Names, values and words in columns. A value that is wider than its column pushes only its own words aside.
fn table(name: &str, rows: &[Explained], streams: &mut Streams) {
    if rows.is_empty() {
        return;
    }
    heading(name, streams);
    let rows: Vec<[String; 3]> =
        rows.iter().map(|row| [&row.name, &row.value, &row.words].map(|text| visible(text).into_owned())).collect();
    let width = |column: usize, most: usize| {
        let widths = rows.iter().filter_map(|row| row.get(column)).map(|text| text.width());
        widths.filter(|width| *width <= most).max().unwrap_or_default()
    };
    let (names, values) = (width(0, 24), width(1, 44));
    for [name, value, words] in &rows {
        let words = streams.paint(Paint::Dim, words);
        let line = format!("  {}  {}  {words}", pad(name, names), pad(value, values));
        streams.line(line.trim_end());
    }
}
