//! Calls to an endpoint.

use super::{Effect, Task, start};
use crate::app::{CallOutcome, CallRequest, check_headers, is_safe};
use crate::tui::model::{Confirmation, ListId, Model, Pane, Position, RequestForm, Sheet, SheetKind, Tab};

/// Returns the form of the selected endpoint, with its previous values.
fn form(model: &Model) -> Option<RequestForm> {
    let id = model.row()?.id;
    let known = model.forms.get(&id).cloned();
    known.or_else(|| model.context.endpoint(id).map(|(_, endpoint)| RequestForm::new(id, endpoint)))
}

/// Calls the selected endpoint with its previous values. Opens the form if a path parameter is missing.
pub(super) fn call(model: &mut Model) -> Vec<Effect> {
    let Some(form) = form(model) else { return Vec::new() };
    submit(model, form)
}

/// Opens the request form.
pub(super) fn edit(model: &mut Model) {
    if let Some(form) = form(model) {
        show(model, form);
    }
}

fn show(model: &mut Model, mut form: RequestForm) {
    form.focus = form.first_missing().unwrap_or_default();
    let list = ListId::Sheet(SheetKind::Request);
    model.set_position(list, Position { cursor: form.focus, top: 0, ..model.position(list) });
    model.sheet = Some(Sheet::Request(Box::new(form)));
}

/// Sends a filled-in form. Asks first if the method is not safe or there are concerns about the token.
pub(super) fn submit(model: &mut Model, form: RequestForm) -> Vec<Effect> {
    if form.first_missing().is_some() {
        show(model, form);
        return Vec::new();
    }
    let request = form.request();
    if let Err(error) = check_headers(&request) {
        model.toast = Some(error.to_string());
        model.sheet = Some(Sheet::Request(Box::new(form)));
        return Vec::new();
    }
    let method = model.context.endpoint(form.endpoint).map(|(_, endpoint)| endpoint.method.as_str());
    let safe = method.is_some_and(is_safe);
    model.forms.insert(form.endpoint, form);
    if safe && model.concerns(std::slice::from_ref(&request)).is_empty() {
        return send(model, Box::new(request));
    }
    model.sheet = Some(Sheet::Confirm(Confirmation::Call(Box::new(request))));
    Vec::new()
}

/// Sends a request that the user has confirmed.
pub(super) fn send_confirmed(model: &mut Model, mut request: Box<CallRequest>) -> Vec<Effect> {
    request.confirmed = true;
    send(model, request)
}

fn send(model: &mut Model, request: Box<CallRequest>) -> Vec<Effect> {
    model.sheet = None;
    let token = model.token().cloned().map(Box::new);
    vec![start(model, "calling", Task::Call { request, token })]
}

/// Shows the diagnosis of a call.
pub(super) fn called(model: &mut Model, called: CallOutcome) {
    model.toast = Some(format!("{} {}: {}", called.method, called.url.path(), called.status));
    model.calls.push(called);
    model.shown_call = model.calls.len() - 1;
    model.show_tab(Pane::Call, Tab::Diagnosis);
    if model.narrow {
        model.pane = Pane::Call;
    }
}
