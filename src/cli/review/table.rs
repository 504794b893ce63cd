//! A review as a table: CSV and Markdown.

use crate::app::report::review_coverage;
use crate::cli::print::Streams;
use crate::text::visible;
use crate::usage::{Review, ScopeUse, Use};

const COLUMNS: [&str; 9] =
    ["client", "token", "scope", "state", "uses", "last_use", "command", "log_uses", "endpoints"];

/// A row per scope of a stored token, then per scope of a client in the logs.
fn rows(found: &Review) -> Vec<[String; 9]> {
    let command = |token: &str| {
        let mut findings = found.findings.iter().filter(|one| one.token.as_deref() == Some(token));
        findings.find_map(|one| one.action.as_ref()).map(ToString::to_string).unwrap_or_default()
    };
    let row = |client: &str, token: &str, scope: &ScopeUse, command: &str| {
        [
            client.to_owned(),
            token.to_owned(),
            scope.scope.clone(),
            scope.state.as_str().to_owned(),
            scope.uses.to_string(),
            scope.last.clone().unwrap_or_default(),
            if scope.state == Use::Unused { command.to_owned() } else { String::new() },
            scope.log_uses.to_string(),
            scope.endpoints.join("; "),
        ]
    };
    let mut rows = Vec::new();
    for token in &found.tokens {
        let command = command(&token.id);
        rows.extend(token.scopes.iter().map(|scope| row(&token.client, &token.id, scope, &command)));
    }
    for client in &found.clients {
        let name = client.client.as_deref().unwrap_or_default();
        rows.extend(client.scopes.iter().map(|scope| row(name, "", scope, "")));
    }
    rows
}

/// RFC 4180. A cell that a spreadsheet would take for a formula is quoted with an apostrophe.
pub(super) fn csv(found: &Review, streams: &mut Streams) {
    let cell = |text: &str| {
        let text = visible(text);
        let is_formula = text.starts_with(['=', '+', '-', '@']);
        let text = if is_formula { format!("'{text}") } else { text.into_owned() };
        match text.contains([',', '"', '\n']) {
            true => format!("\"{}\"", text.replace('"', "\"\"")),
            false => text,
        }
    };
    streams.verbatim(COLUMNS.join(","));
    for row in rows(found) {
        streams.verbatim(row.iter().map(|text| cell(text)).collect::<Vec<_>>().join(","));
    }
}

pub(super) fn markdown(found: &Review, streams: &mut Streams) {
    let cell = |text: &str| visible(text).replace('|', "\\|");
    streams.verbatim(format_args!("| {} |", COLUMNS.join(" | ")));
    streams.verbatim(format_args!("|{}", "---|".repeat(COLUMNS.len())));
    for row in rows(found) {
        streams.verbatim(format_args!("| {} |", row.iter().map(|text| cell(text)).collect::<Vec<_>>().join(" | ")));
    }
    streams.verbatim("");
    for one in &found.findings {
        let command = one.action.as_ref().map(|action| format!(": `{}`", visible(&action.to_string())));
        let evidence = one.evidence.map(|seq| format!(" (record {seq})")).unwrap_or_default();
        let (name, message) = (one.finding.code.name, visible(&one.finding.message));
        streams.verbatim(format_args!("- **{name}** {message}{evidence}{}", command.unwrap_or_default()));
    }
    streams.verbatim("");
    for line in review_coverage(found) {
        streams.verbatim(visible(&line));
    }
}
