//! Calls to an endpoint.

use super::{Effect, Task, start};
use crate::app::{CallOutcome, CallRequest, Caller, Error, ErrorKind, check_headers, is_safe};
use crate::diagnosis::Cause;
use crate::tui::keymap::Action;
use crate::tui::model::{
    CallRecord, Calling, Confirmation, ListId, Model, Pane, Position, RequestForm, Sheet, SheetKind, Tab,
};

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

/// Calls again after a step-up. A request that the user has confirmed is not confirmed twice, unless there are concerns
/// about the new token.
pub(super) fn call_again(model: &mut Model) -> Vec<Effect> {
    let Some(form) = form(model) else { return Vec::new() };
    let request = form.request();
    let is_confirmed = model.calls.last().is_some_and(|last| last.request.confirmed && last.is_same(&request));
    if is_confirmed && form.first_missing().is_none() && model.concerns(std::slice::from_ref(&request)).is_empty() {
        return send_confirmed(model, Box::new(request));
    }
    submit(model, form)
}

/// Opens the body of the request form in the editor.
pub(super) fn edit_body(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Request(form)) = &model.sheet else { return Vec::new() };
    vec![Effect::EditBody(form.body().to_owned())]
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
    model.set_position(list, Position { cursor: form.cursor_line(), top: 0, ..model.position(list) });
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
    let url = Caller::new(&model.context).url(&request).ok();
    let endpoint = model.context.endpoint(request.endpoint).map(|(_, endpoint)| endpoint);
    let calling = Calling {
        request: (*request).clone(),
        method: endpoint.map(|endpoint| endpoint.method.clone()).unwrap_or_default(),
        path: url.as_ref().map(|url| url.path().to_owned()).unwrap_or_default(),
        url: url.map(|url| url.to_string()).unwrap_or_default(),
        since: model.now,
    };
    let name = format!("calling {} {}", calling.method, calling.path);
    model.calling = Some(calling);
    show_pane(model, Tab::Diagnosis);
    vec![start(model, name, Task::Call { request, token })]
}

/// Shows a tab of the call pane from its top. If only one pane is visible, it becomes this one.
fn show_pane(model: &mut Model, tab: Tab) {
    for tab in Pane::Call.tabs().iter().filter(|tab| **tab != Tab::History) {
        model.set_position(ListId::Tab(*tab), Position::default());
    }
    model.show_tab(Pane::Call, tab);
    if model.narrow || model.zoomed {
        model.pane = Pane::Call;
    }
}

/// Adds the result of the call under way to the history, and shows it.
pub(super) fn ended(model: &mut Model, result: Result<Box<CallOutcome>, Error>) {
    let Some(calling) = model.calling.take() else { return };
    let record = calling.ended(result);
    model.toast = Some(summary(&record, model.key(Action::StepUp)));
    model.calls.push(record);
    model.shown_call = model.calls.len() - 1;
    show_pane(model, Tab::Diagnosis);
}

/// Adds a cancelled call to the history: the server may have received it.
pub(super) fn cancelled(model: &mut Model) {
    let error = Error::new(ErrorKind::Failed, "cancelled").hint("the server may have received the request");
    ended(model, Err(error));
}

/// `POST /orders: 403, missing orders:write (press s to step up)`
fn summary(record: &CallRecord, step_up: &str) -> String {
    let name = format!("{} {}", record.method, record.path);
    match &record.result {
        Err(error) if error.message == "cancelled" => format!("{name}: cancelled"),
        Err(_) => format!("{name}: no response"),
        Ok(called) => match called.diagnosis.missing.first() {
            Some(missing) if called.diagnosis.cause == Cause::Scope && !missing.is_empty() => {
                format!("{name}: {}, missing {missing} (press {step_up} to step up)", called.status)
            }
            _ => format!("{name}: {}", called.status),
        },
    }
}
