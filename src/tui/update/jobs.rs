//! Events and results of jobs.

use super::{Effect, activity, approval, call, gateway, obtain, probe, sheets, show_error};
use crate::app::Error;
use crate::token::verify::Verdict;
use crate::tui::message::{JobEvent, JobResult, OBTAIN_FAILED};
use crate::tui::model::{Model, Pane, Sheet, Tab};
use crate::vault::Record;

/// Applies an event of the job under way.
pub(super) fn event(model: &mut Model, event: JobEvent) -> Vec<Effect> {
    match event {
        JobEvent::SignIn(prompt) => wait_for_user(model, Sheet::Waiting(Some(prompt))),
        JobEvent::Excess(question) => wait_for_user(model, Sheet::Excess(question)),
        JobEvent::Notice(notice) => model.toast = Some(notice),
        JobEvent::Rejected(reason) => {
            set_waits_for_user(model);
            model.toast = Some(reason);
        }
        JobEvent::Advice(lines) => {
            if let Some(Sheet::Waiting(Some(place)) | Sheet::Paste { place, .. }) = &mut model.sheet {
                place.notices.extend(lines);
            }
        }
        JobEvent::ProbePlanned(plan) => probe::planned(model, *plan),
        JobEvent::ProbeCall(index, result) => probe::call_made(model, index, result),
        JobEvent::NotApproved(error) => {
            set_waits_for_user(model);
            model.toast = Some(error.to_string());
        }
        JobEvent::Ended(result) => {
            model.pending = None;
            return ended(model, result);
        }
    }
    Vec::new()
}

fn set_waits_for_user(model: &mut Model) {
    if let Some(pending) = &mut model.pending {
        pending.waits_for_user = true;
    }
}

fn wait_for_user(model: &mut Model, sheet: Sheet) {
    set_waits_for_user(model);
    model.sheet = Some(sheet);
}

/// Applies the result of a job. Obtaining a token can lead to a call.
fn ended(model: &mut Model, result: JobResult) -> Vec<Effect> {
    match result {
        JobResult::Obtained { acquired, not_stored, step_up } => {
            return obtain::obtained(model, *acquired, not_stored, step_up);
        }
        JobResult::PastCalls(calls) => model.past = Some(calls),
        JobResult::Called(called) => call::ended(model, called),
        JobResult::TokensListed(result) => list_tokens(model, result),
        JobResult::StoredFound(found) => obtain::stored_found(model, found),
        JobResult::ApprovalFound(found) => approval::found(model, found),
        JobResult::ReplyAdded(added) => return approval::replied(model, added),
        JobResult::StoredUsed(used, notes) => obtain::stored_used(model, used, &notes),
        JobResult::StoredRevoked(report) => sheets::stored_revoked(model, &report),
        JobResult::SessionRevoked(token, accepted) => sheets::session_revoked(model, &token, accepted),
        JobResult::Verified(verdict) => show_verdict(model, *verdict),
        JobResult::ManifestWritten => gateway::written(model),
        JobResult::ActivityRead(found) => activity::show(model, found),
        JobResult::Reviewed(done, stored) => activity::reviewed(model, done, stored),
        JobResult::ProbeEnded => model.toast = Some("probe finished".to_owned()),
        JobResult::Refreshed(record) => sheets::refreshed(model, *record),
        JobResult::Forgotten(ids) => sheets::forgotten(model, &ids),
        JobResult::Untrusted(lines, task) => model.sheet = Some(Sheet::Trust { lines, task }),
        JobResult::Failed(title, error) if title == OBTAIN_FAILED && approval::is_requested(model, &error) => {
            return approval::ask_after(model, &error);
        }
        JobResult::Failed(title, error) => {
            // a call fails with its own result: here it was not sent
            model.calling = None;
            show_error(model, title, error);
        }
    }
    Vec::new()
}

fn list_tokens(model: &mut Model, result: Result<Vec<Record>, Error>) {
    match result {
        Ok(records) => model.add_stored(records),
        Err(error) => model.vault_error = Some(error),
    }
}

/// Shows the result of a verification in the Signature tab.
fn show_verdict(model: &mut Model, verdict: Verdict) {
    model.toast = Some(format!("{} (see the Signature tab)", verdict.status().as_str()));
    if let Some(token) = model.current.and_then(|index| model.tokens.get_mut(index)) {
        token.verification = Some(verdict);
    }
    model.pane = Pane::Token;
    model.show_tab(Pane::Token, Tab::Signature);
}
