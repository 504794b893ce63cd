//! `tokscope audit verify` verifies the log.

use std::path::PathBuf;

use super::{document, read_checkpoints, reader};
use crate::app::{AuditVerification, Error, ErrorKind};
use crate::audit::AnchorPlace;
use crate::cli::access::Access;
use crate::cli::print::{Streams, json_object, json_option, json_text};
use crate::text::visible;
use crate::token::Json;
use crate::usage::Problem;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Checkpoint that was printed earlier by `audit checkpoint` (repeatable)
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// Print JSON (tokscope.audit/v1)
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    access: Access,
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let checkpoints = read_checkpoints(&arguments.checkpoint)?;
    let verified = reader(&arguments.access)?.verify(&checkpoints)?;
    if arguments.json {
        streams.json(&json(&verified));
    } else {
        report(&verified, streams);
    }
    Ok(verified.summary.is_broken().then_some(ErrorKind::AuditLog))
}

fn report(verified: &AuditVerification, streams: &mut Streams) {
    let summary = &verified.summary;
    for problem in &summary.problems {
        let accepted = if problem.accepted { " (accepted)" } else { "" };
        streams.line(format_args!("{}: {}{accepted}", problem.place, visible(&problem.kind.to_string())));
    }
    if summary.found > summary.problems.len() as u64 {
        streams.line(format_args!("{} problems in total", summary.found));
    }
    if summary.records == 0 {
        streams.line("no records");
        return;
    }
    streams.line(format_args!(
        "{} records, {} to {}, in segments {} to {}",
        summary.records, summary.first, summary.last, summary.first_segment, summary.last_segment
    ));
    if summary.first_segment > 1 {
        streams.line(format_args!("segments before {} were removed", summary.first_segment));
    }
    match (&verified.anchor, verified.place) {
        (Some(anchor), place) => streams.line(format_args!(
            "anchored in the {place} up to record {}; {} records since",
            anchor.seq,
            summary.last.saturating_sub(anchor.seq)
        )),
        (None, AnchorPlace::Nowhere) => streams.line(
            "not anchored: without a vault in the keyring or with a passphrase, whoever can write the log can rewrite or shorten it",
        ),
        (None, place) => streams.line(format_args!("not anchored in the {place} yet")),
    }
    streams.line(if summary.is_broken() { "the log does not verify" } else { "the log verifies" });
}

/// `tokscope.audit/v1`
fn json(verified: &AuditVerification) -> Json {
    let summary = &verified.summary;
    let number = |number: u64| Json::Number(number.to_string());
    let problem = |problem: &Problem| {
        json_object([
            ("segment", number(problem.place.segment)),
            ("line", number(problem.place.line)),
            ("kind", json_text(problem.kind.name())),
            ("message", json_text(&problem.kind)),
            ("accepted", Json::Bool(problem.accepted)),
        ])
    };
    document([
        ("verified", Json::Bool(!summary.is_broken())),
        ("log", json_text(&summary.log)),
        ("records", number(summary.records)),
        ("first", number(summary.first)),
        ("last", number(summary.last)),
        ("head", json_text(&summary.head)),
        ("first_segment", number(summary.first_segment)),
        ("last_segment", number(summary.last_segment)),
        ("anchored", verified.anchor.as_ref().map_or(Json::Null, |anchor| number(anchor.seq))),
        ("anchor_place", json_text(verified.place)),
        ("key", json_option(verified.source.map(crate::audit::KeySource::as_str))),
        ("problems", Json::Array(summary.problems.iter().map(problem).collect())),
    ])
}
