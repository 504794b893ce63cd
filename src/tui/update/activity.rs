//! The Activity pane: reads the log when it is shown, jumps from a record to its endpoint and token, and acts on the review.

use super::{Effect, show_error, start};
use crate::app::report::review_outcome;
use crate::app::{Activity, Error, ReviewOutcome};
use crate::tui::content::{proposed_action, selected_records};
use crate::tui::keymap::Action as Key;
use crate::tui::model::{Confirmation, ListId, Model, Pane, Position, SessionToken, Sheet, Tab};
use crate::tui::task::Task;
use crate::usage::Action;
use crate::vault::Record;

/// Reads the log, unless a job works.
pub(super) fn read(model: &mut Model) -> Vec<Effect> {
    if model.pending.is_some() {
        return Vec::new();
    }
    let session = model.tokens.iter().map(|held| held.token.clone()).collect();
    vec![start(model, "reading the audit log", Task::Activity(session))]
}

/// Takes the result.
pub(super) fn show(model: &mut Model, found: Result<Box<Activity>, Error>) {
    model.activity = Some(found.map(|activity| *activity));
}

/// Acts on the item under the cursor: a record leads to its endpoint and token; a token or finding to what the review
/// proposes about it.
pub(super) fn follow(model: &mut Model) -> Vec<Effect> {
    match model.tab(Pane::Activity) {
        Tab::Timeline => {
            jump(model);
            return Vec::new();
        }
        Tab::Gateway => {
            model.toast = Some(format!(
                "{} adds the endpoint to the manifest, {} denies it, {} requires an approval",
                model.key(Key::AddEndpoint),
                model.key(Key::DenyEndpoint),
                model.key(Key::RequireApproval)
            ));
            return Vec::new();
        }
        _ => {}
    }
    let cursor = model.position(ListId::Tab(Tab::Use)).cursor;
    let Some(action) = proposed_action(model, cursor).cloned() else {
        model.toast = Some("nothing is proposed here: move to a token or a finding with a command".to_owned());
        return Vec::new();
    };
    let session = action.token().and_then(|id| session_position(model, id));
    match (session, action) {
        (None, action) => model.sheet = Some(Sheet::Confirm(Confirmation::Review(Box::new(action)))),
        (Some(index), Action::Revoke { .. }) => {
            model.sheet = Some(Sheet::Confirm(Confirmation::Revoke(index)));
        }
        (Some(index), Action::Refresh { .. }) => {
            model.select_token(index);
            model.toast = Some(format!("the token is selected: {} refreshes it", model.key(Key::RefreshCurrent)));
        }
        (Some(_), Action::Narrow { token, endpoints, .. } | Action::Replace { token, endpoints, .. }) => {
            mark(model, &token, &endpoints);
        }
        (Some(_), Action::Separate { .. }) => {}
    }
    Vec::new()
}

/// Returns the position of a token of this session that is not stored, by its name in the review.
fn session_position(model: &Model, id: &str) -> Option<usize> {
    let position = id.strip_prefix("session-")?.parse::<usize>().ok()?.checked_sub(1)?;
    (position < model.tokens.len()).then_some(position)
}

/// Does what the user has confirmed.
pub(super) fn act(model: &mut Model, action: Box<Action>) -> Vec<Effect> {
    model.sheet = Some(Sheet::Waiting(None));
    vec![start(model, "acting on the review", Task::Review(action))]
}

/// Shows the outcome, and the tokens that are left.
pub(super) fn reviewed(model: &mut Model, done: Result<Box<ReviewOutcome>, Error>, stored: Result<Vec<Record>, Error>) {
    // the log has changed
    model.activity = None;
    model.sheet = None;
    match stored {
        Ok(records) => {
            let is_gone = |held: &SessionToken| {
                held.record.as_ref().is_some_and(|record| records.iter().all(|known| known.id != record.id))
            };
            while let Some(index) = model.tokens.iter().position(is_gone) {
                model.remove_token(index);
            }
            model.add_stored(records);
            model.compare_all();
        }
        Err(error) => model.vault_error = Some(error),
    }
    match done {
        Ok(outcome) => model.toast = Some(review_outcome(&outcome)),
        Err(error) => show_error(model, "can't do what the review proposes", error),
    }
}

fn jump(model: &mut Model) {
    let cursor = model.position(ListId::Tab(Tab::Timeline)).cursor;
    let records = selected_records(model);
    let Some(one) = records.get(cursor).copied().cloned() else {
        model.toast = Some("no record here".to_owned());
        return;
    };
    let token = model
        .tokens
        .iter()
        .position(|held| held.record.as_ref().is_some_and(|record| Some(&record.id) == one.token.as_ref()));
    let token = token.or(one.session.filter(|position| *position < model.tokens.len()));
    if let Some(token) = token {
        model.select_token(token);
    }
    let named = one.record.endpoint.iter().chain(one.record.endpoints.iter().flatten()).next();
    let endpoint = named.and_then(|name| model.context.find(name, None).ok()).map(|found| found.id);
    let place = endpoint.and_then(|id| {
        model.filter_field(Pane::Endpoints).set("");
        model.apply_filter(Pane::Endpoints);
        model.endpoints.place_of(id)
    });
    let Some(cursor) = place else {
        model.pane = if token.is_some() { Pane::Token } else { model.pane };
        model.toast = Some(match (token, named) {
            (Some(_), _) => "the token of the record".to_owned(),
            (None, Some(_)) => "the endpoint of the record is not in the manifest".to_owned(),
            (None, None) => {
                format!("the record has no endpoint, and its token is not loaded (press {})", model.key(Key::Tokens))
            }
        });
        return;
    };
    let list = ListId::Tab(Tab::Endpoints);
    model.set_position(list, Position { cursor, ..model.position(list) });
    show_endpoints(model);
    model.compare_all();
    if token.is_none() {
        model.toast = Some(format!(
            "the token of the record is not loaded (press {})",
            model.key(crate::tui::keymap::Action::Tokens)
        ));
    }
}

fn show_endpoints(model: &mut Model) {
    model.pane = Pane::Endpoints;
    model.show_tab(Pane::Endpoints, Tab::Endpoints);
}

/// Marks the endpoints that a narrower token needs.
fn mark(model: &mut Model, token: &str, names: &[String]) {
    let found: Vec<_> = names.iter().filter_map(|name| Some(model.context.find(name, None).ok()?.id)).collect();
    for id in &found {
        if !model.endpoints.marked.contains(id) {
            model.endpoints.toggle(*id);
        }
    }
    show_endpoints(model);
    model.toast = Some(format!(
        "{} marked: {} obtains a narrower token; then revoke {token} with {} and {}",
        found.len(),
        model.key(Key::Obtain),
        model.key(Key::Tokens),
        model.key(Key::Revoke)
    ));
}
