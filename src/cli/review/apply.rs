//! `tokens review --apply`: asks for each token, and does what the review proposes.

use std::path::Path;

use super::Arguments;
use crate::app::report::{review_action, review_outcome};
use crate::app::{BrowserUse, Error, ErrorKind, ReviewAction, ReviewOutcome, RevocationReport};
use crate::cli::access::confirm;
use crate::cli::interaction::Terminal;
use crate::cli::print::{Streams, json_object, json_option, json_text};
use crate::cli::wait_for;
use crate::oauth::Revocation;
use crate::text::visible;
use crate::token::Json;
use crate::usage::{Action, Review};

/// What was done about a token.
pub(super) struct Applied {
    action: Action,
    /// `None` if the user declined.
    result: Option<Result<ReviewOutcome, Error>>,
}

/// Does what the review proposes, and removes the findings about tokens that are settled from it.
pub(super) fn apply(
    arguments: &Arguments,
    found: &mut Review,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Vec<Applied>, Error> {
    let actions: Vec<Action> = found.actions().into_iter().cloned().collect();
    if actions.is_empty() {
        return Ok(Vec::new());
    }
    if !arguments.yes && !arguments.access.can_ask() {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("{} tokens would be changed; a confirmation is needed, but no prompt is possible", actions.len()),
        )
        .hint("confirm with `--yes`"));
    }
    let context = arguments.access.context(manifest, streams)?;
    let browser = if arguments.no_browser { BrowserUse::Show } else { BrowserUse::Open };
    let terms = ReviewAction::<Terminal<'_>>::terms(browser, arguments.access.may_interact());
    let mut applied = Vec::new();
    for action in actions {
        let question = format!("{}. Continue? [y/N] ", visible(&review_action(&action)));
        if !arguments.yes && !confirm(&question, streams)? {
            applied.push(Applied { action, result: None });
            continue;
        }
        let mut terminal = Terminal { streams, can_ask: arguments.access.can_ask(), pastes: false, line: None };
        let mut acting = ReviewAction::new(&context, terms.clone(), &mut terminal);
        let result = wait_for(async { Ok(acting.run(&action).await) })?;
        if result.as_ref().is_ok_and(is_settled) {
            found.findings.retain(|one| one.token.as_deref() != action.token());
        }
        applied.push(Applied { action, result: Some(result) });
    }
    Ok(applied)
}

/// Whether nothing is left to do about the token.
fn is_settled(outcome: &ReviewOutcome) -> bool {
    match outcome {
        ReviewOutcome::Revoked(report) | ReviewOutcome::Replaced { revoked: Some(report), .. } => report.forgotten,
        ReviewOutcome::Refreshed(_) => true,
        ReviewOutcome::Replaced { revoked: None, .. } => false,
    }
}

fn revoked(report: &RevocationReport) -> &'static str {
    match report.revocation {
        Revocation::Confirmed => "confirmed",
        Revocation::Accepted => "accepted",
        Revocation::StillActive => "still-active",
    }
}

/// Describes the outcomes. Returns the kind of the first failure.
pub(super) fn report(applied: &[Applied], in_words: bool, streams: &mut Streams) -> Option<ErrorKind> {
    let mut failed = None;
    for one in applied {
        let token = one.action.token().unwrap_or_default();
        match &one.result {
            Some(Ok(_)) | None if !in_words => {}
            None => streams.line(format_args!("{token}: unchanged")),
            Some(Err(error)) => {
                failed = failed.or(Some(error.kind));
                let message = format!("token `{token}`: {}", error.message);
                streams.error(&Error { message, ..error.clone() });
            }
            Some(Ok(outcome)) => streams.line(format_args!("{token}: {}", visible(&review_outcome(outcome)))),
        }
    }
    failed
}

pub(super) fn document(applied: &[Applied]) -> Json {
    let one = |one: &Applied| {
        let (result, by, revocation) = match &one.result {
            None => ("unchanged", None, None),
            Some(Err(_)) => ("failed", None, None),
            Some(Ok(ReviewOutcome::Revoked(report))) => ("revoked", None, Some(revoked(report))),
            Some(Ok(ReviewOutcome::Refreshed(id))) => ("refreshed", Some(id), None),
            Some(Ok(ReviewOutcome::Replaced { by, revoked: report, .. })) => {
                ("replaced", Some(by), report.as_ref().map(revoked))
            }
        };
        json_object([
            ("token", json_option(one.action.token())),
            ("command", json_text(&one.action)),
            ("result", json_text(result)),
            ("by", json_option(by)),
            ("revocation", json_option(revocation)),
        ])
    };
    Json::Array(applied.iter().map(one).collect())
}
