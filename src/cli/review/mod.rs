//! `tokscope tokens review` compares what was granted with what was used.

mod apply;
mod document;
mod table;

use std::path::{Path, PathBuf};

use super::access::Access;
use super::open;
use super::print::Streams;
use super::sarif::sarif_of_file;
use super::scopes::logs::{LogArguments, LogReport};
use super::wait_for;
use crate::app::report;
use crate::app::{AuditReader, Context, Error, ErrorKind, TokenReview, review_script};
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::visible;
use crate::usage::{CODES, Review, ReviewFinding, SqlDialect};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Compares the scopes of the stored tokens with the calls in the audit log. A scope counts as used only if an endpoint needed \
it. It is unused only if every use would have been recorded: where a token was passed on to another program, or was \
obtained before the record begins, its use is unknown. Logs of the API show such uses, if they name the client.

A request that was used in an emergency and not approved since fails every review (exit code 6).

Examples:
  tokscope tokens review
  tokscope tokens review --log access.log --log session.har
  tokscope tokens review --fail-on warning --off use-unknown
  tokscope tokens review --format markdown > review.md
  tokscope tokens review --apply
  tokscope tokens review --sql duckdb --log access.log > review.sql")]
pub(super) struct Arguments {
    #[command(flatten)]
    logs: LogArguments,
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
    /// Narrow, replace and revoke as proposed, after a prompt for each token. A token is only revoked once a call with its
    /// replacement succeeded
    #[arg(long)]
    apply: bool,
    /// Print SQL that reviews the logs inside a database, with the manifest as tables; --log names the files as the database
    /// finds them
    #[arg(long, value_name = "DATABASE", value_parser = SqlDialect::NAMES, conflicts_with_all = ["apply", "json", "fail_on", "off"])]
    sql: Option<String>,
    /// With --apply, do not ask
    #[arg(long, short, requires = "apply")]
    yes: bool,
    /// With --apply, print the sign-in URL instead of opening a browser
    #[arg(long, requires = "apply")]
    no_browser: bool,
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
    let path = match arguments.logs.files.is_empty() && arguments.sql.is_none() {
        true => open::locate(manifest)?,
        false => Some(open::require(manifest)?),
    };
    let context = match &path {
        Some(path) => open::read(path, streams)?,
        None => Context::without_manifest(),
    };
    let context = context.with_vault(arguments.access.vault()?);
    let reader = AuditReader::new(None)?;
    if let Some(dialect) = arguments.sql.as_deref().and_then(SqlDialect::parse) {
        let files = arguments.logs.names();
        streams.raw(wait_for(review_script(&context, &reader, dialect, &files))?.as_bytes());
        return Ok(None);
    }
    let review = TokenReview::new(&context, &reader);
    let mut review = if arguments.logs.files.is_empty() { review } else { review.with_logs()? };
    let mut read = LogReport::default();
    for log in &arguments.logs.files {
        read.log(log, |entry| review.add(&entry))?;
    }
    read.notes.iter().for_each(|note| streams.say(visible(note)));
    let mut found = wait_for(review.finish(&arguments.off))?;
    if !arguments.apply {
        print(arguments, &found, None, path, streams);
        return Ok(outcome(arguments, &found));
    }
    let in_words = !arguments.json && arguments.format == "text";
    if in_words {
        print(arguments, &found, None, path.clone(), streams);
    }
    let applied = apply::apply(arguments, &mut found, manifest, streams)?;
    if !in_words {
        print(arguments, &found, Some(&applied), path, streams);
    }
    let failed = apply::report(&applied, in_words, streams);
    Ok(failed.or_else(|| outcome(arguments, &found)))
}

fn print(
    arguments: &Arguments,
    found: &Review,
    applied: Option<&[apply::Applied]>,
    path: Option<PathBuf>,
    streams: &mut Streams,
) {
    match if arguments.json { "json" } else { arguments.format.as_str() } {
        "json" => streams.json(&document::document(found, applied.map(apply::document))),
        "csv" => table::csv(found, streams),
        "markdown" => table::markdown(found, streams),
        "sarif" => {
            let findings: Vec<_> = found.findings.iter().map(with_command).collect();
            let file = path.unwrap_or_else(|| "tokscope.toml".into());
            streams.json(&sarif_of_file(&findings, &file.to_string_lossy()));
        }
        _ => {
            for line in &report::review(found) {
                streams.report(line);
            }
            for line in &report::review_coverage(found) {
                streams.say(visible(line));
            }
        }
    }
}

fn outcome(arguments: &Arguments, found: &Review) -> Option<ErrorKind> {
    let limit = arguments.fail_on.as_deref().map(|name| match name {
        "info" => Severity::Info,
        "error" => Severity::Error,
        _ => Severity::Warning,
    });
    let fails = limit.is_some_and(|limit| found.findings.iter().any(|one| one.finding.severity() >= limit));
    (fails || found.has_unapproved_emergency()).then_some(ErrorKind::Findings)
}

/// Adds the command that mends a finding, and its evidence, as its hint.
fn with_command(one: &ReviewFinding) -> Diagnostic {
    match &one.action {
        Some(action) => one.finding.clone().help(format!("`{action}`")),
        None => one.finding.clone(),
    }
}
