//! The Activity pane: reads the log when it is shown, and jumps from a record to its endpoint and token.

use super::{Effect, start};
use crate::app::{Activity, Error};
use crate::tui::content::selected_records;
use crate::tui::keymap::Action as Key;
use crate::tui::model::{ListId, Model, Pane, Position, Tab};
use crate::tui::task::Task;
use crate::usage::Action;

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

/// Acts on the item under the cursor: a record leads to its endpoint and token; elsewhere, the endpoints of the first token
/// that can be narrowed are marked.
pub(super) fn follow(model: &mut Model) {
    match model.tab(Pane::Activity) {
        Tab::Timeline => jump(model),
        Tab::Gateway => {
            model.toast = Some(format!(
                "{} adds the endpoint to the manifest, {} denies it, {} requires an approval",
                model.key(Key::AddEndpoint),
                model.key(Key::DenyEndpoint),
                model.key(Key::RequireApproval)
            ))
        }
        _ => mark(model),
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
            (None, None) => format!(
                "the record has no endpoint, and its token is not loaded (press {})",
                model.key(crate::tui::keymap::Action::Tokens)
            ),
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

fn mark(model: &mut Model) {
    let Some(Ok(activity)) = &model.activity else { return };
    let narrow = activity.review.actions().into_iter().find_map(|action| match action {
        Action::Narrow { token, endpoints, .. } => Some((token.clone(), endpoints.clone())),
        _ => None,
    });
    let Some((token, names)) = narrow else {
        model.toast = Some("no token can be narrowed by what was used".to_owned());
        return;
    };
    let found: Vec<_> = names.iter().filter_map(|name| Some(model.context.find(name, None).ok()?.id)).collect();
    for id in &found {
        if !model.endpoints.marked.contains(id) {
            model.endpoints.toggle(*id);
        }
    }
    show_endpoints(model);
    model.toast = Some(format!("{} marked: o obtains a narrower token; then revoke {token} with t and R", found.len()));
}
