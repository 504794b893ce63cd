//! What keys do on a sheet.

use super::{Effect, Task, call, clipboard, next_job, obtain, perform, start};
use crate::oauth::Revocation;
use crate::token::relative;
use crate::tui::keymap::{Action, palette};
use crate::tui::model::{Confirmation, ListId, Model, Pane, SessionToken, Sheet, SheetKind, Tab};
use crate::workspace::{GivenBack, HeldToken, Origin};

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Confirm => return confirm(model),
        Action::NextClient => obtain::next_client(model),
        Action::NextGrant => obtain::next_grant(model),
        Action::Approve => return approve(model),
        Action::Refresh => return refresh(model),
        Action::UseStored => return obtain::use_stored(model),
        Action::PasteRedirect => match &model.sheet {
            Some(Sheet::Waiting(Some(place))) if place.can_paste => {
                model.sheet = Some(Sheet::Paste { place: place.clone(), typed: String::new() });
            }
            _ => model.toast = Some("nothing comes back here that could be pasted".to_owned()),
        },
        Action::Revoke => match under_cursor(model).and_then(|index| Some((index, model.tokens.get(index)?))) {
            Some((_, held)) if held.token.origin == Origin::Given => {
                model.toast = Some("it was not obtained here: only its owner can revoke it".to_owned());
            }
            Some((index, _)) => model.sheet = Some(Sheet::Confirm(Confirmation::Revoke(index))),
            None => {}
        },
        Action::Forget => {
            if let Some(index) = under_cursor(model) {
                model.sheet = Some(Sheet::Confirm(Confirmation::Forget(index)));
            }
        }
        _ => {}
    }
    Vec::new()
}

fn confirm(model: &mut Model) -> Vec<Effect> {
    match model.sheet.clone() {
        None => open(model),
        Some(Sheet::Obtain(_)) => return obtain::start_obtaining(model),
        Some(Sheet::Palette { typed }) => {
            let cursor = model.position(ListId::Sheet(SheetKind::Palette)).cursor;
            let chosen = palette(&typed).get(cursor).map(|binding| binding.action);
            model.sheet = None;
            return chosen.map(|action| perform(model, action)).unwrap_or_default();
        }
        Some(Sheet::Request(form)) => {
            if form.first_missing() == Some(form.focus) {
                model.toast = Some("a path parameter can't be empty".to_owned());
            }
            return call::submit(model, *form);
        }
        Some(Sheet::Confirm(Confirmation::Call(request))) => return call::send_confirmed(model, request),
        Some(Sheet::Confirm(Confirmation::Probe(_))) => return super::probe(model, true),
        Some(Sheet::Confirm(Confirmation::Forget(index))) => return forget(model, index),
        Some(Sheet::Confirm(Confirmation::Revoke(index))) => return revoke(model, index),
        Some(Sheet::Paste { typed, .. }) => {
            if typed.trim().is_empty() {
                model.toast = Some("paste the address first".to_owned());
                return Vec::new();
            }
            return clipboard::submit_redirect(model, typed);
        }
        Some(Sheet::Trust { task, .. }) => {
            model.sheet = None;
            return vec![Effect::Accept { job: next_job(model, "accepting"), task }];
        }
        Some(Sheet::Tokens) => {
            if let Some(index) = under_cursor(model) {
                model.select_token(index);
                model.sheet = None;
            }
        }
        Some(
            Sheet::Help
            | Sheet::Probe
            | Sheet::Waiting(_)
            | Sheet::Excess(_)
            | Sheet::Granted { .. }
            | Sheet::Failed { .. },
        ) => {}
    }
    Vec::new()
}

/// Enter in a pane: a past call is looked at, anything else takes the whole window.
fn open(model: &mut Model) {
    let tab = model.tab(model.pane);
    if tab == Tab::History {
        let cursor = model.position(ListId::Tab(tab)).cursor;
        // the latest is the first line
        model.shown_call = model.calls.len().saturating_sub(cursor + 1);
        model.show_tab(Pane::Call, Tab::Diagnosis);
    } else {
        model.zoomed = !model.zoomed;
    }
}

fn under_cursor(model: &Model) -> Option<usize> {
    let cursor = model.position(ListId::Sheet(SheetKind::Tokens)).cursor;
    (matches!(model.sheet, Some(Sheet::Tokens)) && cursor < model.tokens.len()).then_some(cursor)
}

fn forget(model: &mut Model, index: usize) -> Vec<Effect> {
    if let Some(record) = model.tokens.get(index).and_then(|held| held.record.as_ref()) {
        let task = Task::Forget(record.id.clone());
        return vec![start(model, "forgetting", task)];
    }
    model.remove_token(index);
    model.sheet = (!model.tokens.is_empty()).then_some(Sheet::Tokens);
    model.toast = Some("forgotten; at its server it stays valid".to_owned());
    Vec::new()
}

fn revoke(model: &mut Model, index: usize) -> Vec<Effect> {
    let Some(held) = model.tokens.get(index).cloned() else { return Vec::new() };
    let task = match (held.record, &held.token.origin) {
        (Some(record), _) => Task::RevokeStored(Box::new(record)),
        (None, Origin::Obtained { client }) => {
            Task::RevokeSession { client: client.clone(), token: Box::new(held.token.clone()) }
        }
        (None, Origin::Given) => return Vec::new(),
    };
    model.sheet = Some(Sheet::Waiting(None));
    vec![start(model, "revoking", task)]
}

/// A token of the vault was given back: it goes, with what was narrowed from it, unless its server still honours it.
pub(super) fn stored_revoked(model: &mut Model, given: &GivenBack) {
    let is_gone = |held: &SessionToken| {
        held.record
            .as_ref()
            .is_some_and(|record| record.id == given.id || record.narrowed_from.as_ref() == Some(&given.id))
    };
    while let Some(index) = model.tokens.iter().position(is_gone).filter(|_| given.forgotten) {
        model.remove_token(index);
    }
    let said = match given.revocation {
        Revocation::Confirmed => "revoked: its server says that it is good no more",
        Revocation::Accepted => "revoked; its server can't be asked whether it is gone",
        Revocation::StillActive => "not confirmed: its server says that it is still good, so it is kept",
    };
    model.toast = Some(match given.works_until {
        Some(end) => {
            format!("{said}; an API that verifies it by itself takes it until it ends {}", relative(end, model.now))
        }
        None => said.to_owned(),
    });
    model.sheet = (!model.tokens.is_empty()).then_some(Sheet::Tokens);
}

/// A token of this session was given back.
pub(super) fn session_revoked(model: &mut Model, token: &HeldToken, accepted: bool) {
    let is_it = |held: &SessionToken| held.token.secret.expose() == token.secret.expose();
    if let Some(index) = model.tokens.iter().position(is_it).filter(|_| accepted) {
        model.remove_token(index);
    }
    let said = if accepted { "revoked, and forgotten" } else { "its server did not take it back: it is kept" };
    model.toast = Some(said.to_owned());
    model.sheet = (!model.tokens.is_empty()).then_some(Sheet::Tokens);
}

fn refresh(model: &mut Model) -> Vec<Effect> {
    let Some(held) = under_cursor(model).and_then(|index| model.tokens.get(index)).cloned() else {
        return Vec::new();
    };
    // one that was narrowed from another is refreshed by that one's refresh token
    let narrowed = held.record.as_ref().is_some_and(|record| record.narrowed_from.is_some());
    if held.token.refresh_token.is_none() && !narrowed {
        model.toast = Some("it came without a refresh token: obtain a new one by o".to_owned());
        return Vec::new();
    }
    model.sheet = Some(Sheet::Waiting(None));
    let task = match held.record {
        Some(record) => Task::RefreshStored(Box::new(record)),
        None => Task::Refresh(Box::new(held.token)),
    };
    vec![start(model, "refreshing", task)]
}

fn approve(model: &mut Model) -> Vec<Effect> {
    let (Some(Sheet::Waiting(Some(place))), Some(pending)) = (&model.sheet, &mut model.pending) else {
        return Vec::new();
    };
    pending.waits_for_user = false;
    vec![Effect::Start { job: pending.job, task: Box::new(Task::Approve(place.clone())) }]
}
