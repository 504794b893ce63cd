//! From a message to the next state, and to what has to be done outside.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use jiff::Timestamp;

use super::keymap::{Action, action};
use super::model::{Model, Sheet};
use crate::workspace::{CallRequest, Called, Error, HeldToken, Obtained, Plan, Workspace};

/// What happened.
pub(super) enum Message {
    Terminal(Event),
    Url(String),
    Obtained(Result<Box<Obtained>, Error>),
    Called(Result<Box<Called>, Error>),
}

/// What has to be done.
pub(super) enum Effect {
    Obtain(Box<Plan>),
    Call(Box<CallRequest>),
    Approve(String),
    Copy(String),
    Cancel,
    Suspend,
}

pub(super) fn update(model: &mut Model, message: Message, now: Timestamp) -> Vec<Effect> {
    match message {
        Message::Terminal(Event::Key(key)) if key.kind != KeyEventKind::Release => press(model, key, now),
        Message::Terminal(Event::Paste(text)) => {
            match HeldToken::read(&text, now) {
                Ok(token) => {
                    model.obtained = None;
                    model.take_token(token, now);
                    model.toast = Some("read the token that was pasted; nothing is verified".to_owned());
                }
                Err(error) => model.toast = Some(format!("what was pasted is no token: {error}")),
            }
            Vec::new()
        }
        Message::Terminal(_) => Vec::new(),
        Message::Url(url) => {
            if let Some(Sheet::Waiting { url: shown }) = &mut model.sheet {
                *shown = Some(url);
            }
            Vec::new()
        }
        Message::Obtained(result) => {
            model.pending = false;
            model.sheet = None;
            match result {
                Ok(obtained) => {
                    model.take_obtained(*obtained, now);
                    model.toast = Some("obtained a token".to_owned());
                    if std::mem::take(&mut model.call_after) {
                        return call(model);
                    }
                }
                Err(error) => model.toast = Some(said(&error)),
            }
            Vec::new()
        }
        Message::Called(result) => {
            model.pending = false;
            match result {
                Ok(called) => {
                    model.toast = Some(format!("called: {}", called.status));
                    model.called = Some(*called);
                }
                Err(error) => model.toast = Some(said(&error)),
            }
            Vec::new()
        }
    }
}

fn said(error: &Error) -> String {
    let hint = error.hints.first().map(|hint| format!(" ({hint})")).unwrap_or_default();
    format!("{error}{hint}")
}

fn press(model: &mut Model, key: KeyEvent, now: Timestamp) -> Vec<Effect> {
    if model.filtering && !key.modifiers.contains(KeyModifiers::CONTROL) {
        match key.code {
            KeyCode::Enter => model.filtering = false,
            KeyCode::Esc => {
                model.filtering = false;
                model.filter.clear();
            }
            KeyCode::Backspace => {
                model.filter.pop();
            }
            KeyCode::Char(character) => model.filter.push(character),
            _ => {}
        }
        model.refilter();
        model.compare(now);
        return Vec::new();
    }
    if matches!(model.sheet, Some(Sheet::Prompt { .. })) && !key.modifiers.contains(KeyModifiers::CONTROL) {
        return type_parameter(model, key);
    }
    let Some(action) = action(key) else { return Vec::new() };
    model.toast = None;
    if let Some(effects) = on_sheet(model, action) {
        return effects;
    }
    match action {
        Action::NextPane => model.pane = (model.pane + 1) % 4,
        Action::Pane(pane) => model.pane = pane,
        Action::Up => step(model, -1, now),
        Action::Down => step(model, 1, now),
        Action::PageUp => step(model, -10, now),
        Action::PageDown => step(model, 10, now),
        Action::First => step(model, isize::MIN / 2, now),
        Action::Last => step(model, isize::MAX / 2, now),
        Action::Mark => {
            if let Some(id) = model.current().map(|row| row.id)
                && !model.marked.remove(&id)
            {
                model.marked.insert(id);
            }
        }
        Action::Filter => {
            model.pane = 0;
            model.filtering = true;
        }
        Action::Obtain => plan(model, false),
        Action::StepUp => plan(model, true),
        Action::Call => return call(model),
        Action::Approve => model.toast = Some("nothing waits for an approval: press o first".to_owned()),
        Action::Copy => {
            let Some(token) = &model.token else {
                model.toast = Some("there is no token to copy".to_owned());
                return Vec::new();
            };
            model.toast = Some("copied the token".to_owned());
            return vec![Effect::Copy(token.secret.expose().to_owned())];
        }
        Action::Reveal => model.revealed = !model.revealed,
        Action::Help => model.sheet = Some(Sheet::Help),
        Action::Suspend => return vec![Effect::Suspend],
        Action::Quit => {
            model.quit = true;
            return vec![Effect::Cancel];
        }
        Action::Back if !model.filter.is_empty() => {
            model.filter.clear();
            model.refilter();
        }
        Action::Back | Action::Confirm => {}
    }
    Vec::new()
}

/// What a key does while a sheet lies over the panes; `None`: what it does without.
fn on_sheet(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    let sheet = model.sheet.clone()?;
    match (sheet, action) {
        (_, Action::Quit) if action == Action::Quit => {
            model.quit = true;
            Some(vec![Effect::Cancel])
        }
        (_, Action::Suspend) => None,
        (Sheet::Waiting { .. }, Action::Back) => {
            model.sheet = None;
            model.pending = false;
            model.toast = Some("cancelled".to_owned());
            Some(vec![Effect::Cancel])
        }
        (Sheet::Waiting { url: Some(url) }, Action::Approve) if model.demo => Some(vec![Effect::Approve(url)]),
        (Sheet::Waiting { url: Some(url) }, Action::Copy) => {
            model.toast = Some("copied the URL".to_owned());
            Some(vec![Effect::Copy(url)])
        }
        (Sheet::Obtain { plan, call_after }, Action::Confirm) => {
            model.call_after = call_after;
            model.pending = true;
            model.sheet = Some(Sheet::Waiting { url: None });
            Some(vec![Effect::Obtain(plan)])
        }
        (Sheet::Confirm { request }, Action::Confirm) => {
            model.sheet = None;
            model.pending = true;
            Some(vec![Effect::Call(request)])
        }
        (Sheet::Help | Sheet::Obtain { .. } | Sheet::Confirm { .. }, Action::Back) => {
            model.sheet = None;
            Some(Vec::new())
        }
        _ => Some(Vec::new()),
    }
}

fn step(model: &mut Model, by: isize, now: Timestamp) {
    if model.pane == 0 {
        let last = model.shown.len().saturating_sub(1);
        model.selected = model.selected.saturating_add_signed(by).min(last);
        model.compare(now);
    } else if let Some(scroll) = model.scroll.get_mut(model.pane) {
        let by = i16::try_from(by.clamp(-1000, 1000)).unwrap_or_default();
        *scroll = scroll.saturating_add_signed(by).min(500);
    }
}

fn plan(model: &mut Model, call_after: bool) {
    let endpoints = if call_after { model.current().map(|row| row.id).into_iter().collect() } else { model.chosen() };
    if endpoints.is_empty() {
        model.toast = Some("there is no endpoint to obtain a token for".to_owned());
        return;
    }
    let held = model.held();
    let planned = model.workspace.clients(&endpoints).and_then(|clients| {
        let client = clients.first().map(|client| client.name.clone());
        model.workspace.plan(&endpoints, client.as_deref(), call_after.then_some(&held))
    });
    match planned {
        Ok(mut plan) => {
            // a scope that only the server asks for is known from its answer alone
            let named =
                model.called.as_ref().filter(|_| call_after).and_then(|called| called.diagnosis.missing.first());
            let ceiling = model.workspace.ceiling(&plan.client).ok().flatten();
            for scope in named.into_iter().flatten() {
                if ceiling.is_none_or(|ceiling| ceiling.contains(scope.as_str())) {
                    plan.scopes.insert(scope.clone());
                }
            }
            if plan.scopes.is_empty() {
                model.toast = Some("no scope is needed here: call it without a token".to_owned());
            } else {
                model.sheet = Some(Sheet::Obtain { plan: Box::new(plan), call_after });
            }
        }
        Err(error) => model.toast = Some(said(&error)),
    }
}

fn call(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.current() else {
        model.toast = Some("there is no endpoint to call".to_owned());
        return Vec::new();
    };
    let Some((_, endpoint)) = model.workspace.endpoint(row.id) else { return Vec::new() };
    let open: Vec<String> = endpoint.template.parameters().into_iter().map(str::to_owned).collect();
    let request = Box::new(CallRequest::new(row.id, Vec::new()));
    proceed(model, request, open)
}

/// Asks for the next parameter, then whether to call, then calls.
fn proceed(model: &mut Model, request: Box<CallRequest>, open: Vec<String>) -> Vec<Effect> {
    model.sheet = None;
    let safe =
        model.workspace.endpoint(request.endpoint).is_some_and(|(_, endpoint)| Workspace::is_safe(&endpoint.method));
    if !open.is_empty() {
        model.sheet = Some(Sheet::Prompt { request, open, text: String::new() });
    } else if !safe {
        model.sheet = Some(Sheet::Confirm { request });
    } else {
        model.pending = true;
        return vec![Effect::Call(request)];
    }
    Vec::new()
}

/// A key while a parameter is typed in.
fn type_parameter(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    let Some(Sheet::Prompt { request, open, text }) = &mut model.sheet else { return Vec::new() };
    match key.code {
        KeyCode::Char(character) => text.push(character),
        KeyCode::Backspace => {
            text.pop();
        }
        KeyCode::Esc => model.sheet = None,
        KeyCode::Enter if !text.is_empty() => {
            let (mut request, mut open) = (request.clone(), open.clone());
            request.parameters.push((open.remove(0), std::mem::take(text)));
            return proceed(model, request, open);
        }
        _ => {}
    }
    Vec::new()
}
