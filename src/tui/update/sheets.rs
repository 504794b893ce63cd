//! Keys on a sheet.

use super::{
    Effect, Task, activity, browsing, call, clipboard, copying, next_job, obtain, passphrase, perform, probe, start,
    themes,
};
use crate::app::{LoadedToken, Origin, RevocationReport};
use crate::oauth::Revocation;
use crate::token::relative;
use crate::tui::keymap::{Action, help, palette};
use crate::tui::model::{Confirmation, ListId, Model, Pane, SessionToken, Sheet, SheetKind, Tab, TextField};
use crate::vault::{Record, RecordId};

/// Toast after a token was forgotten.
const FORGOTTEN: &str = "token forgotten; it stays valid at the server";

/// Performs the action of a key on the sheet that is open.
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
                model.sheet = Some(Sheet::Paste { place: place.clone(), typed: TextField::default() });
            }
            _ => model.toast = Some("this grant has no redirect URL to paste".to_owned()),
        },
        Action::Revoke => match model.token_under_cursor().and_then(|index| Some((index, model.tokens.get(index)?))) {
            Some((_, held)) if held.token.origin == Origin::Given => {
                model.toast = Some("a pasted token can only be revoked by the client that obtained it".to_owned());
            }
            Some((index, _)) => model.sheet = Some(Sheet::Confirm(Confirmation::Revoke(index))),
            None => {}
        },
        Action::Forget => {
            if let Some(index) = model.token_under_cursor() {
                model.sheet = Some(Sheet::Confirm(Confirmation::Forget(index)));
            }
        }
        _ => {}
    }
    Vec::new()
}

fn confirm(model: &mut Model) -> Vec<Effect> {
    match model.sheet.clone() {
        None if model.pane == Pane::Activity => return activity::follow(model),
        None => open(model),
        Some(Sheet::Obtain(_)) => return obtain::start_obtaining(model),
        Some(Sheet::Themes { .. }) => themes::keep(model),
        Some(Sheet::Help { typed }) => {
            let cursor = model.position(ListId::Sheet(SheetKind::Help)).cursor;
            let lines = help(&model.keymap, model.pane, typed.text());
            let chosen = lines.get(cursor).and_then(|line| line.as_ref().ok()).map(|binding| binding.action);
            match chosen {
                Some(action) => {
                    model.sheet = None;
                    return perform(model, action);
                }
                None => model.toast = Some("move to a key to run its action".to_owned()),
            }
        }
        Some(Sheet::Copy(_)) => return copying::copy_chosen(model),
        Some(Sheet::Passphrase { .. }) => return passphrase::confirm(model),
        Some(Sheet::Confirm(Confirmation::Quit(_))) => {
            model.quit = true;
            return vec![Effect::Cancel];
        }
        Some(Sheet::Palette { typed }) => {
            let cursor = model.position(ListId::Sheet(SheetKind::Palette)).cursor;
            match palette(&model.keymap, typed.text()).get(cursor).map(|binding| binding.action) {
                Some(action) => {
                    model.sheet = None;
                    return perform(model, action);
                }
                None => model.toast = Some("no such action: Backspace widens the search".to_owned()),
            }
        }
        Some(Sheet::Request(form)) => {
            if form.first_missing() == Some(form.focus) {
                model.toast = Some("a path parameter can't be empty".to_owned());
            }
            return call::submit(model, *form);
        }
        Some(Sheet::Confirm(Confirmation::Call(request))) => return call::send_confirmed(model, request),
        Some(Sheet::Confirm(Confirmation::Probe { .. })) => return probe::start_probe(model, true),
        Some(Sheet::Confirm(Confirmation::Amend(manifest))) => return super::gateway::write(model, manifest.text),
        Some(Sheet::Confirm(Confirmation::Review(action))) => return activity::act(model, action),
        Some(Sheet::Confirm(Confirmation::Forget(index))) => return forget(model, index),
        Some(Sheet::Confirm(Confirmation::Revoke(index))) => return revoke(model, index),
        Some(Sheet::Paste { typed, .. }) => {
            if typed.text().trim().is_empty() {
                model.toast = Some("paste the URL first".to_owned());
                return Vec::new();
            }
            return clipboard::submit_redirect(model, typed.text().to_owned());
        }
        Some(Sheet::Trust { task, .. }) => {
            model.sheet = None;
            return vec![Effect::Accept { job: next_job(model, "trusting the manifest"), task }];
        }
        Some(Sheet::Tokens) => {
            if let Some(index) = model.token_under_cursor() {
                model.select_token(index);
                model.sheet = None;
            }
        }
        Some(
            Sheet::Probe
            | Sheet::Approval(_)
            | Sheet::Waiting(_)
            | Sheet::Excess(_)
            | Sheet::Granted { .. }
            | Sheet::Diff(..)
            | Sheet::Failed { .. },
        ) => {}
    }
    Vec::new()
}

/// Enter in a pane: shows a past call, or zooms the pane.
fn open(model: &mut Model) {
    let tab = model.tab(model.pane);
    if tab == Tab::History {
        let cursor = model.position(ListId::Tab(tab)).cursor;
        if cursor >= model.calls.len() {
            model.toast = Some("only calls of this session can be shown again".to_owned());
            return;
        }
        // the latest call comes first
        model.shown_call = model.calls.len().saturating_sub(cursor + 1);
        model.show_tab(Pane::Call, Tab::Diagnosis);
    } else if tab == Tab::BlastRadius {
        browsing::show_endpoints_of_scope(model);
    } else if model.narrow {
        model.toast = Some("the pane already fills the window".to_owned());
    } else {
        model.zoomed = !model.zoomed;
    }
}

fn forget(model: &mut Model, index: usize) -> Vec<Effect> {
    if let Some(record) = model.tokens.get(index).and_then(|held| held.record.as_ref()) {
        let task = Task::Forget(record.id.clone());
        model.sheet = Some(Sheet::Waiting(None));
        return vec![start(model, "deleting from the vault", task)];
    }
    model.remove_token(index);
    model.sheet = (!model.tokens.is_empty()).then_some(Sheet::Tokens);
    model.toast = Some(FORGOTTEN.to_owned());
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
    vec![start(model, "revoking the token", task)]
}

/// A stored token was revoked. It is forgotten, with the tokens narrowed from it, unless the server still accepts it.
pub(super) fn stored_revoked(model: &mut Model, report: &RevocationReport) {
    remove_tokens(model, |token| {
        let is_revoked = |record: &Record| record.id == report.id || record.narrowed_from.as_ref() == Some(&report.id);
        report.forgotten && token.record.as_ref().is_some_and(is_revoked)
    });
    let outcome = match report.revocation {
        Revocation::Confirmed => "token revoked: the server reports that it is no longer active",
        Revocation::Accepted => "token revoked; the server can't confirm it",
        Revocation::StillActive => "token kept: the server reports that it is still active",
    };
    model.toast = Some(match report.works_until {
        Some(end) => {
            let expires = relative(end, model.now);
            format!("{outcome}; an API that verifies it locally accepts it until it expires {expires}")
        }
        None => outcome.to_owned(),
    });
}

/// A token of this session was revoked, or its server refused.
pub(super) fn session_revoked(model: &mut Model, token: &LoadedToken, accepted: bool) {
    remove_tokens(model, |other| accepted && other.token.secret.expose() == token.secret.expose());
    let outcome = if accepted { "token revoked" } else { "token kept: the server refused to revoke it" };
    model.toast = Some(outcome.to_owned());
}

/// A stored token was refreshed.
pub(super) fn refreshed(model: &mut Model, record: Record) {
    model.add_stored(vec![record]);
    model.compare_all();
    model.sheet = None;
    model.toast = Some("token refreshed".to_owned());
}

/// These records were deleted from the vault.
pub(super) fn forgotten(model: &mut Model, ids: &[RecordId]) {
    remove_tokens(model, |token| token.record.as_ref().is_some_and(|record| ids.contains(&record.id)));
    model.toast = Some(FORGOTTEN.to_owned());
}

/// Removes tokens from the session and shows those that are left.
fn remove_tokens(model: &mut Model, is_removed: impl Fn(&SessionToken) -> bool) {
    while let Some(index) = model.tokens.iter().position(&is_removed) {
        model.remove_token(index);
    }
    model.sheet = (!model.tokens.is_empty()).then_some(Sheet::Tokens);
}

fn refresh(model: &mut Model) -> Vec<Effect> {
    let held = model.token_under_cursor().and_then(|index| model.tokens.get(index)).cloned();
    held.map(|held| start_refresh(model, held)).unwrap_or_default()
}

/// Refreshes the selected token.
pub(super) fn refresh_current(model: &mut Model) -> Vec<Effect> {
    let held = model.session_token().cloned();
    held.map(|held| start_refresh(model, held)).unwrap_or_default()
}

fn start_refresh(model: &mut Model, held: SessionToken) -> Vec<Effect> {
    if !held.is_refreshable() {
        model.toast = Some(format!("no refresh token: press {} to obtain a new token", model.key(Action::Obtain)));
        return Vec::new();
    }
    model.sheet = Some(Sheet::Waiting(None));
    let task = match held.record {
        Some(record) => Task::RefreshStored(Box::new(record)),
        None => Task::Refresh(Box::new(held.token)),
    };
    vec![start(model, "refreshing the token", task)]
}

fn approve(model: &mut Model) -> Vec<Effect> {
    let (Some(Sheet::Waiting(Some(place))), Some(pending)) = (&model.sheet, &mut model.pending) else {
        model.toast = Some("nothing to approve".to_owned());
        return Vec::new();
    };
    pending.waits_for_user = false;
    vec![Effect::Start { job: pending.job, task: Box::new(Task::Approve(place.clone())) }]
}
