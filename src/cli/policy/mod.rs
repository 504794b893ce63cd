//! `tokscope policy` explains what the policy of the manifest decides.

mod test;

use std::path::Path;

use clap::Subcommand;

use super::print::{Streams, json_list, json_object, json_option, json_text};
use crate::app::{Error, ErrorKind, PolicyRuling};
use crate::token::Json;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Explain what the policy decides about a request, and by which rule
    Test(test::Arguments),
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    match &arguments.command {
        Command::Test(arguments) => test::run(arguments, manifest, streams),
    }
}

/// Returns a decision as JSON, or null without one: effect, cause, rule, file, line, reason, approvers.
pub(super) fn json_ruling(ruling: Option<&PolicyRuling>) -> Json {
    let Some(ruling) = ruling else { return Json::Null };
    let decision = &ruling.decision;
    let number = |number: u64| Json::Number(number.to_string());
    let rule = decision.rule.as_ref();
    json_object([
        ("effect", json_text(decision.effect.as_str())),
        ("cause", json_text(decision.cause.as_str())),
        ("unknown", json_option(decision.cause.unknown_fact())),
        ("rule", rule.map_or(Json::Null, |rule| Json::Number(rule.number().to_string()))),
        ("file", json_option(decision.line.map(|_| &ruling.manifest))),
        ("line", decision.line.map_or(Json::Null, number)),
        ("reason", json_text(&decision.reason)),
        ("approvers", json_list(decision.approvers())),
    ])
}
