//! State transitions: a message changes the model and returns the effects to perform. Pure: the time is an argument.

mod activity;
mod approval;
mod browsing;
mod call;
mod clipboard;
mod copying;
mod gateway;
mod jobs;
mod manifest;
mod mouse;
mod obtain;
mod passphrase;
mod probe;
mod sheets;
mod themes;
mod typing;

use crossterm::event::{Event, KeyCode, KeyEventKind};
use jiff::Timestamp;

use super::available::{action, refusal};
use super::chord::Chord;
use super::content::focused_len;
use super::item::ClipboardEntry;
use super::keymap::Action;
use super::message::{Effect, Message};
use super::model::{
    Access, BlastRadius, Confirmation, ListId, Model, Pane, Pending, Position, Sheet, SheetKind, Sizes, Tab, TextField,
    is_narrow,
};
use super::task::Task;
use crate::app::Error;
use crate::token::verify::Expected;
use crate::vault::Ask;

/// Applies a message and returns the effects to perform.
pub(super) fn update(model: &mut Model, message: Message, now: Timestamp) -> Vec<Effect> {
    model.now = now;
    let before = model.pane;
    let mut effects = match message {
        Message::Terminal(Event::Key(key)) if key.kind != KeyEventKind::Release => press(model, Chord::of(key)),
        Message::Terminal(Event::Paste(text)) => clipboard::paste(model, text),
        Message::Burst { before, text } => clipboard::burst(model, before, text),
        Message::Terminal(Event::Mouse(event)) => mouse::event(model, event),
        Message::Terminal(Event::Resize(width, height)) => {
            model.narrow = is_narrow(width, height);
            Vec::new()
        }
        Message::Tick => {
            model.ticks = model.ticks.wrapping_add(1);
            if model.pending.is_none() {
                model.compare_all();
            }
            Vec::new()
        }
        Message::Previewed(preview) => {
            model.preview_pending = false;
            model.preview = Some(*preview);
            Vec::new()
        }
        Message::ManifestChanged => {
            manifest::reload(model);
            Vec::new()
        }
        Message::Background { light } => themes::suit(model, light),
        Message::Reloaded(result) => manifest::reloaded(model, result),
        Message::GatewayFollowed(found) => {
            gateway::show(model, found);
            Vec::new()
        }
        Message::Passphrase { ask, rejected } => {
            passphrase::ask(model, ask, rejected);
            Vec::new()
        }
        Message::Job { job, event } if model.pending.as_ref().is_some_and(|pending| pending.job == job) => {
            jobs::event(model, event)
        }
        Message::Job { .. } | Message::Terminal(_) => Vec::new(),
    };
    manifest::lint_if_shown(model);
    effects.extend(manifest::reload_if_changed(model));
    effects.extend(complete(model));
    // the log has changed since it was shown
    if model.pane == Pane::Activity && (before != Pane::Activity || model.activity.is_none()) {
        effects.extend(activity::read(model));
    }
    effects.extend(gateway::follow(model));
    if matches!(model.sheet, Some(Sheet::Themes { .. })) {
        effects.extend(themes::preview(model));
    }
    effects
}

/// Computes what the visible tabs still lack, or requests it.
fn complete(model: &mut Model) -> Option<Effect> {
    if model.tab(Pane::Scopes) == Tab::Access && model.access.is_none() {
        model.access = model.token().map(|token| Access::of(&model.context, token, model.now));
    }
    if model.tab(Pane::Scopes) == Tab::BlastRadius && !model.filtering {
        let endpoints = BlastRadius::endpoints(model);
        if model.blast_radius.as_ref().is_none_or(|radius| radius.endpoints != endpoints) {
            model.blast_radius = Some(BlastRadius::of(model, endpoints));
        }
    }
    // while a filter is typed, each letter would plan for another endpoint
    if model.filtering {
        return None;
    }
    if model.tab(Pane::Call) == Tab::History && model.past.is_none() && model.pending.is_none() && !model.demo {
        model.past = Some(Ok(Vec::new()));
        return Some(start(model, "reading the audit log", Task::PastCalls));
    }
    let chosen = model.chosen();
    let known = model.preview.as_ref().is_some_and(|preview| preview.endpoints == chosen);
    if chosen.is_empty() || known || model.preview_pending {
        return None;
    }
    model.preview_pending = true;
    Some(Effect::Preview(chosen))
}

/// Registers a new job and returns its number, which its events carry.
fn next_job(model: &mut Model, name: impl Into<String>) -> u64 {
    model.jobs += 1;
    model.pending = Some(Pending { job: model.jobs, name: name.into(), since: model.now, waits_for_user: false });
    model.jobs
}

fn start(model: &mut Model, name: impl Into<String>, task: Task) -> Effect {
    Effect::Start { job: next_job(model, name), task: Box::new(task) }
}

/// Shows an error until the user dismisses it.
fn show_error(model: &mut Model, title: &'static str, error: Error) {
    model.sheet = Some(Sheet::Failed { title, error });
}

fn press(model: &mut Model, chord: Chord) -> Vec<Effect> {
    if typing::edit(model, chord) {
        return Vec::new();
    }
    if model.filtering {
        match chord.code {
            KeyCode::Enter => {
                model.filtering = false;
                return Vec::new();
            }
            KeyCode::Esc => {
                typing::clear_filter(model);
                model.filtering = false;
                return Vec::new();
            }
            _ => {}
        }
    }
    let Some(action) = action(model, chord) else {
        let hint = match model.sheet {
            Some(_) => "the keys are below".to_owned(),
            None => format!("press {} for the keys", model.key(Action::Help)),
        };
        model.toast = Some(format!("{chord} has no action here ({hint})"));
        return Vec::new();
    };
    model.toast = None;
    perform(model, action)
}

/// Performs an action, or shows why it is unavailable.
fn perform(model: &mut Model, action: Action) -> Vec<Effect> {
    if let Some(why) = refusal(model, action) {
        model.toast = Some(why);
        return Vec::new();
    }
    match action {
        Action::NextPane => cycle_pane(model, 1),
        Action::PreviousPane => cycle_pane(model, Pane::ALL.len() - 1),
        Action::ShowPane(pane) => model.pane = pane,
        Action::Up => move_cursor(model, -1),
        Action::Down => move_cursor(model, 1),
        Action::PageUp => move_page(model, -1),
        Action::PageDown => move_page(model, 1),
        Action::HalfUp => move_half(model, -1),
        Action::HalfDown => move_half(model, 1),
        Action::FindNext => browsing::find(model, true, false),
        Action::FindPrevious => browsing::find(model, false, false),
        Action::Fold => browsing::fold(model),
        Action::FoldAll => browsing::fold_all(model),
        Action::CompareTokens => browsing::compare_tokens(model),
        Action::RefreshCurrent => return sheets::refresh_current(model),
        Action::Themes => themes::choose(model),
        Action::Mouse => return mouse::toggle(model),
        Action::Redraw => return vec![Effect::Redraw],
        Action::ResetSizes => {
            model.sizes = Sizes::default();
            model.toast = Some("the panes have their usual sizes".to_owned());
        }
        Action::EditBody => return call::edit_body(model),
        Action::First => move_cursor(model, isize::MIN),
        Action::Last => move_cursor(model, isize::MAX),
        Action::NextTab => cycle_tab(model, 1),
        Action::PreviousTab => cycle_tab(model, model.pane.tabs().len() - 1),
        Action::Mark if model.row().is_none() => browsing::toggle_group(model, None),
        Action::OpenGroup if model.tab(model.pane) == Tab::Lint => cycle_tab(model, 1),
        Action::CloseGroup if model.tab(model.pane) == Tab::Lint => cycle_tab(model, model.pane.tabs().len() - 1),
        Action::OpenGroup => browsing::toggle_group(model, Some(true)),
        Action::CloseGroup => browsing::toggle_group(model, Some(false)),
        Action::Reload => manifest::reload(model),
        Action::EditManifest => return manifest::edit(model),
        Action::Mark => {
            if let Some(id) = model.row().map(|row| row.id) {
                model.endpoints.toggle(id);
                move_cursor(model, 1);
            }
        }
        Action::MarkAll => {
            model.endpoints.toggle_all();
            model.toast = Some(format!("{} marked", model.endpoints.marked.len()));
        }
        Action::Filter => {
            // the filter of this pane is about its list
            if model.pane == Pane::Endpoints {
                model.show_tab(Pane::Endpoints, Tab::Endpoints);
            }
            model.filtering = true;
        }
        Action::Obtain => return obtain::offer(model, false),
        Action::StepUp => return obtain::offer(model, true),
        Action::Call => return call::call(model),
        Action::Edit => call::edit(model),
        Action::Tokens => {
            let list = ListId::Sheet(SheetKind::Tokens);
            let cursor = model.current.unwrap_or_default();
            model.set_position(list, Position { cursor, ..model.position(list) });
            model.sheet = Some(Sheet::Tokens);
            if model.context.vault().is_some() && model.pending.is_none() {
                model.vault_error = None;
                return vec![start(model, "reading the vault", Task::ListStored)];
            }
        }
        Action::Copy => return clipboard::copy(model),
        Action::ChooseCopy => copying::choose(model),
        Action::CopyToken => {
            let token = model.token().map(|token| token.secret.clone());
            let copied = token.map(|text| ClipboardEntry { name: "the token".to_owned(), text });
            return copied.map(Effect::Copy).into_iter().collect();
        }
        Action::Verify => return verify(model),
        Action::Probe => return probe::start_probe(model, false),
        Action::Reveal => {
            model.revealed = !model.revealed;
            let key = model.key(Action::Reveal);
            model.toast = Some(match model.revealed {
                true => format!("the token is revealed (press {key} to mask it)"),
                false => "the token is masked".to_owned(),
            });
        }
        Action::AddEndpoint | Action::DenyEndpoint | Action::RequireApproval => gateway::amend(model, action),
        Action::Palette if matches!(model.sheet, Some(Sheet::Palette { .. })) => model.sheet = None,
        Action::Palette => {
            model.filtering = false;
            model.set_position(ListId::Sheet(SheetKind::Palette), Position::default());
            model.sheet = Some(Sheet::Palette { typed: TextField::default() });
        }
        Action::Help => {
            model.set_position(ListId::Sheet(SheetKind::Help), Position { cursor: 1, ..Position::default() });
            model.sheet = Some(Sheet::Help { typed: TextField::default() });
        }
        Action::Suspend => return vec![Effect::Suspend],
        Action::Quit => return quit(model),
        Action::Back => return back(model),
        Action::KeepExcess => return obtain::decide(model, true),
        Action::Confirm
        | Action::Approve
        | Action::NextClient
        | Action::NextGrant
        | Action::UseStored
        | Action::PasteRedirect
        | Action::Refresh
        | Action::Revoke
        | Action::Forget => return sheets::act(model, action),
    }
    Vec::new()
}

/// Quits. Asks once if that loses tokens.
fn quit(model: &mut Model) -> Vec<Effect> {
    let lost = model.unstored();
    let asked = matches!(model.sheet, Some(Sheet::Confirm(Confirmation::Quit(_))));
    if lost > 0 && !asked {
        model.filtering = false;
        model.sheet = Some(Sheet::Confirm(Confirmation::Quit(lost)));
        return Vec::new();
    }
    model.quit = true;
    vec![Effect::Cancel]
}

/// Closes or cancels the innermost state: sheet, job, filter, zoom, marks.
fn back(model: &mut Model) -> Vec<Effect> {
    if let Some(Sheet::Paste { place, .. }) = &model.sheet {
        model.sheet = Some(Sheet::Waiting(Some(place.clone())));
        return Vec::new();
    }
    // leaving the question discards the token
    if matches!(model.sheet, Some(Sheet::Excess(_))) {
        return obtain::decide(model, false);
    }
    if matches!(model.sheet, Some(Sheet::Passphrase { .. })) {
        return passphrase::cancel(model);
    }
    if let Some(Sheet::Themes { before }) = &model.sheet {
        let before = *before;
        model.sheet = None;
        return themes::show(model, before);
    }
    if let Some(Sheet::Request(form)) = &model.sheet {
        let form = form.as_ref().clone();
        model.forms.insert(form.endpoint, form);
    }
    if matches!(model.sheet, Some(Sheet::Trust { .. })) {
        // the call that waited for the answer is not made
        model.calling = None;
        model.toast = Some("not trusted: nothing was sent".to_owned());
    }
    // leaving these sheets cancels their job
    let cancels = matches!(model.sheet, Some(Sheet::Waiting(_) | Sheet::Probe)) && model.pending.is_some();
    if model.sheet.take().is_some() && !cancels {
        return Vec::new();
    }
    if model.pending.take().is_some() {
        model.toast = Some("cancelled".to_owned());
        call::cancelled(model);
        return vec![Effect::Cancel];
    }
    if !model.filter(model.pane).is_empty() {
        typing::clear_filter(model);
    } else if model.zoomed {
        model.zoomed = false;
    } else if !model.endpoints.marked.is_empty() && model.pane == Pane::Endpoints {
        model.endpoints.toggle_all();
    } else {
        model.toast = Some(format!("nothing to cancel (press {} to quit)", model.key(Action::Quit)));
    }
    Vec::new()
}

fn cycle_pane(model: &mut Model, by: usize) {
    model.filtering = false;
    let next = Pane::ALL.get((model.pane.number() - 1 + by) % Pane::ALL.len());
    model.pane = next.map_or(Pane::Endpoints, |spec| spec.pane);
}

fn cycle_tab(model: &mut Model, by: usize) {
    let pane = model.pane;
    let tabs = pane.tabs();
    let at = tabs.iter().position(|tab| *tab == model.tab(pane)).unwrap_or_default();
    if let Some(tab) = tabs.iter().cycle().nth(at + by) {
        model.show_tab(pane, *tab);
    }
}

fn move_page(model: &mut Model, pages: isize) {
    let page = model.position(model.focused_list()).page.max(1);
    move_cursor(model, pages.saturating_mul(isize::try_from(page).unwrap_or(isize::MAX)));
}

fn move_half(model: &mut Model, pages: isize) {
    let half = model.position(model.focused_list()).page.div_ceil(2).max(1);
    move_cursor(model, pages.saturating_mul(isize::try_from(half).unwrap_or(isize::MAX)));
}

fn move_cursor(model: &mut Model, by: isize) {
    if let Some(Sheet::Request(form)) = &mut model.sheet {
        form.move_focus(by > 0);
        return;
    }
    if let Some(Sheet::Passphrase { form, .. }) = &mut model.sheet {
        form.repeats = !form.repeats && form.ask == Ask::Choose;
        return;
    }
    let list = model.focused_list();
    let position = model.position(list);
    let last = focused_len(model).saturating_sub(1);
    let cursor = position.cursor.saturating_add_signed(by).min(last);
    model.set_position(list, Position { cursor, ..position });
    if list == ListId::Tab(Tab::Endpoints) {
        model.compare_current();
    }
}

/// Verifies the token with the keys of the issuer that the manifest names for the selected API.
fn verify(model: &mut Model) -> Vec<Effect> {
    let api = model.row().and_then(|row| model.context.endpoint(row.id)).map(|(api, _)| api);
    let Some((api, issuer)) = api.and_then(|api| Some((api, api.issuer.clone()?))) else {
        model.toast = Some("the manifest has no issuer for this API".to_owned());
        return Vec::new();
    };
    let expected = Expected {
        issuer: Some(issuer.to_string()),
        audiences: api.audience.iter().cloned().collect(),
        ..Expected::default()
    };
    let Some(token) = model.token().cloned().map(Box::new) else { return Vec::new() };
    vec![start(model, "verifying the token", Task::Verify { token, expected: Box::new(expected), issuer })]
}
