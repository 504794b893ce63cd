//! `tokscope tokens review` compares what was granted with what was used.

use std::path::Path;

use super::access::Access;
use super::open;
use super::print::{Paint, Streams, json_object, json_option, json_text, pad};
use super::sarif::sarif;
use super::wait_for;
use crate::app::report;
use crate::app::{AuditReader, Context, Error, ErrorKind, review};
use crate::diagnostic::Severity;
use crate::text::visible;
use crate::token::Json;
use crate::usage::{CODES, Review, ReviewFinding, TokenUse};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Compares the scopes of the stored tokens with the calls in the audit log. A scope counts as used only if an endpoint needed \
it. It is unused only if every use would have been recorded: where a token was passed on to another program, or was \
obtained before the record begins, its use is unknown.

Examples:
  tokscope tokens review
  tokscope tokens review --fail-on warning --off use-unknown
  tokscope tokens review --format markdown > review.md")]
pub(super) struct Arguments {
    /// Output format; json is tokscope.review/v1
    #[arg(long, value_name = "FORMAT", default_value = "text",
          value_parser = ["text", "json", "csv", "markdown", "sarif"])]
    format: String,
    /// Same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Exit with code 6 if there is a finding of this severity or above
    #[arg(long, value_name = "SEVERITY", value_parser = ["info", "warning", "error"])]
    fail_on: Option<String>,
    /// Leave out findings with this code (repeatable)
    #[arg(long, value_name = "CODE", value_parser = code)]
    off: Vec<String>,
    #[command(flatten)]
    access: Access,
}

fn code(text: &str) -> Result<String, String> {
    let names = || CODES.iter().map(|code| code.name).collect::<Vec<_>>().join(", ");
    match CODES.iter().any(|code| code.name == text) {
        true => Ok(text.to_owned()),
        false => Err(format!("must be one of {}", names())),
    }
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let path = open::locate(manifest)?;
    let context = match &path {
        Some(path) => open::read(path, streams)?,
        None => Context::without_manifest(),
    };
    let context = context.with_vault(arguments.access.vault()?);
    let reader = AuditReader::new(None)?;
    let found = wait_for(async { review(&context, &reader, &arguments.off).await })?;
    let format = if arguments.json { "json" } else { arguments.format.as_str() };
    match format {
        "json" => streams.json(&document(&found)),
        "csv" => csv(&found, streams),
        "markdown" => markdown(&found, streams),
        "sarif" => {
            let findings: Vec<_> = found.findings.iter().map(with_command).collect();
            let file = path.unwrap_or_else(|| "tokscope.toml".into());
            streams.json(&sarif(&findings, &file.to_string_lossy(), |_| None));
        }
        _ => text(&found, streams),
    }
    let limit = arguments.fail_on.as_deref().map(|name| match name {
        "info" => Severity::Info,
        "error" => Severity::Error,
        _ => Severity::Warning,
    });
    let fails = limit.is_some_and(|limit| found.findings.iter().any(|one| one.finding.severity() >= limit));
    Ok(fails.then_some(ErrorKind::Findings))
}

/// Adds the command that mends a finding as its hint.
fn with_command(one: &ReviewFinding) -> crate::diagnostic::Diagnostic {
    match &one.command {
        Some(command) => one.finding.clone().help(format!("`{command}`")),
        None => one.finding.clone(),
    }
}

fn last(last: Option<&String>) -> String {
    last.map_or_else(|| "never".to_owned(), |time| time.chars().take(16).collect())
}

/// Describes what the record covers, and what it can't show.
fn coverage(found: &Review) -> String {
    let coverage = &found.coverage;
    match (&coverage.from, &coverage.to) {
        (Some(from), Some(to)) => {
            let short = |time: &str| time.chars().take(16).collect::<String>();
            format!(
                "recorded from {} to {}: {} calls; tokens were passed on {} times, and what was done with them there is unknown",
                short(from),
                short(to),
                coverage.uses,
                coverage.hand_outs
            )
        }
        _ => "nothing is recorded yet".to_owned(),
    }
}

fn text(found: &Review, streams: &mut Streams) {
    for token in &found.tokens {
        let head = format!(
            "{}  {}  {} calls, the last {}",
            token.id,
            visible(&token.client),
            token.uses,
            last(token.last.as_ref())
        );
        let head = streams.paint(Paint::Bold, head);
        streams.line(head);
        for scope in &token.scopes {
            let uses = if scope.uses > 0 {
                format!("{} calls, the last {}", scope.uses, last(scope.last.as_ref()))
            } else {
                String::new()
            };
            let line = format!("  {}  {}  {uses}", pad(scope.state.as_str(), 7), visible(&scope.scope));
            streams.line(line.trim_end());
        }
        for (endpoint, calls) in &token.endpoints {
            streams.line(format_args!("  {calls} × {}", visible(endpoint)));
        }
    }
    if found.tokens.is_empty() {
        streams.line("no stored tokens");
    }
    for one in &found.findings {
        for line in report::finding(&with_command(one)) {
            streams.report(&line);
        }
        if let Some(seq) = one.evidence {
            streams.line(format_args!("  evidence: record {seq}"));
        }
    }
    streams.say(visible(&coverage(found)));
}

fn rows(found: &Review) -> impl Iterator<Item = [String; 7]> {
    let of = |token: &TokenUse| {
        let (id, client) = (token.id.clone(), token.client.clone());
        let findings = found.findings.iter().filter(|one| one.token.as_ref() == Some(&token.id));
        let commands: Vec<String> = findings.filter_map(|one| one.command.clone()).collect();
        let commands = commands.first().cloned().unwrap_or_default();
        let row = move |scope: &crate::usage::ScopeUse| {
            let state = scope.state.as_str();
            let command = if state == "unused" { commands.clone() } else { String::new() };
            [
                client.clone(),
                id.clone(),
                scope.scope.clone(),
                state.to_owned(),
                scope.uses.to_string(),
                scope.last.clone().unwrap_or_default(),
                command,
            ]
        };
        token.scopes.iter().map(row).collect::<Vec<_>>()
    };
    found.tokens.iter().flat_map(of)
}

const COLUMNS: [&str; 7] = ["client", "token", "scope", "state", "uses", "last_use", "command"];

/// RFC 4180. A cell that a spreadsheet would take for a formula is quoted with an apostrophe.
fn csv(found: &Review, streams: &mut Streams) {
    let cell = |text: &str| {
        let text = visible(text);
        let is_formula = text.starts_with(['=', '+', '-', '@']);
        let text = if is_formula { format!("'{text}") } else { text.into_owned() };
        match text.contains([',', '"', '\n']) {
            true => format!("\"{}\"", text.replace('"', "\"\"")),
            false => text,
        }
    };
    streams.line(COLUMNS.join(","));
    for row in rows(found) {
        streams.line(row.iter().map(|text| cell(text)).collect::<Vec<_>>().join(","));
    }
}

fn markdown(found: &Review, streams: &mut Streams) {
    let cell = |text: &str| visible(text).replace('|', "\\|");
    streams.line(format_args!("| {} |", COLUMNS.join(" | ")));
    streams.line(format_args!("|{}", "---|".repeat(COLUMNS.len())));
    for row in rows(found) {
        streams.line(format_args!("| {} |", row.iter().map(|text| cell(text)).collect::<Vec<_>>().join(" | ")));
    }
    streams.line("");
    for one in &found.findings {
        let command = one.command.as_ref().map_or_else(String::new, |command| format!(": `{}`", visible(command)));
        streams.line(format_args!("- **{}** {}{command}", one.finding.code.name, visible(&one.finding.message)));
    }
    streams.line("");
    streams.line(visible(&coverage(found)));
}

/// `tokscope.review/v1`
fn document(found: &Review) -> Json {
    let number = |number: u64| Json::Number(number.to_string());
    let token = |token: &TokenUse| {
        let scopes = token.scopes.iter().map(|scope| {
            json_object([
                ("scope", json_text(&scope.scope)),
                ("state", json_text(scope.state.as_str())),
                ("uses", number(scope.uses)),
                ("last", json_option(scope.last.as_ref())),
            ])
        });
        let endpoints = token
            .endpoints
            .iter()
            .map(|(endpoint, calls)| json_object([("endpoint", json_text(endpoint)), ("calls", number(*calls))]));
        json_object([
            ("id", json_text(&token.id)),
            ("client", json_text(&token.client)),
            ("state", json_text(token.state.as_str())),
            ("uses", number(token.uses)),
            ("last", json_option(token.last.as_ref())),
            ("hand_outs", number(token.hand_outs)),
            ("covered", Json::Bool(token.covered)),
            ("scopes", Json::Array(scopes.collect())),
            ("endpoints", Json::Array(endpoints.collect())),
        ])
    };
    let finding = |one: &ReviewFinding| {
        json_object([
            ("code", json_text(one.finding.code.name)),
            ("severity", json_text(one.finding.severity())),
            ("message", json_text(&one.finding.message)),
            ("client", json_text(&one.client)),
            ("token", json_option(one.token.as_ref())),
            ("command", json_option(one.command.as_ref())),
            ("evidence", one.evidence.map_or(Json::Null, number)),
        ])
    };
    let coverage = &found.coverage;
    json_object([
        ("schema", json_text("tokscope.review/v1")),
        (
            "coverage",
            json_object([
                ("from", json_option(coverage.from.as_ref())),
                ("to", json_option(coverage.to.as_ref())),
                ("calls", number(coverage.uses)),
                ("hand_outs", number(coverage.hand_outs)),
            ]),
        ),
        ("tokens", Json::Array(found.tokens.iter().map(token).collect())),
        ("findings", Json::Array(found.findings.iter().map(finding).collect())),
    ])
}
