//! Paste and copy.

use super::{Effect, field, field_edited, show_error};
use crate::app::LoadedToken;
use crate::secret::Secret;
use crate::token::TokenKind;
use crate::tui::content::{ClipboardEntry, focused_items};
use crate::tui::model::{ListId, Model, Pane, Sheet, Tab};

/// Handles a paste: a token or, in an input field, text unless it is a structured token.
pub(super) fn paste(model: &mut Model, text: String) -> Vec<Effect> {
    match &mut model.sheet {
        Some(Sheet::Excess(_)) => {
            model.toast = Some(super::UNANSWERED.to_owned());
            return Vec::new();
        }
        // the redirect URL from a browser on another machine
        Some(Sheet::Waiting(Some(place))) if place.can_paste && text.contains("state=") => {
            return submit_redirect(model, text);
        }
        Some(Sheet::Paste { typed, .. }) => {
            typed.push_str(text.trim());
            return Vec::new();
        }
        _ => {}
    }
    let read = LoadedToken::read(&text, model.now);
    if let Some(field) = field(model)
        && !read.as_ref().is_ok_and(|token| token.decoded.kind != TokenKind::Opaque)
    {
        field.push_str(text.trim());
        field_edited(model);
        return Vec::new();
    }
    match read {
        Ok(token) => {
            model.sheet = None;
            model.filtering = false;
            let kind = token.decoded.kind;
            model.add_token(token, Vec::new());
            if model.narrow {
                model.pane = Pane::Token;
            }
            model.toast = Some(match kind {
                TokenKind::Opaque => "opaque token pasted".to_owned(),
                _ => "token pasted (not verified)".to_owned(),
            });
        }
        Err(error) => show_error(model, "not a token", error),
    }
    Vec::new()
}

/// Minimum length of a pasted token. Shorter bursts of keys are ignored.
const SHORTEST: usize = 16;

/// Handles a paste that arrived as key events. `before`: the character just before, which has already acted as a key
/// and may belong to the token.
pub(super) fn burst(model: &mut Model, before: Option<char>, text: String) -> Vec<Effect> {
    if text.trim().is_empty() {
        model.toast = Some("Enter arrived together with other keys, as in a paste: press it again".to_owned());
        return Vec::new();
    }
    let is_structured =
        |text: &str| LoadedToken::read(text, model.now).is_ok_and(|token| token.decoded.kind != TokenKind::Opaque);
    if let Some(whole) = before.map(|first| format!("{first}{text}"))
        && !is_structured(&text)
        && is_structured(&whole)
    {
        return paste(model, whole);
    }
    if text.trim().len() < SHORTEST && field(model).is_none() && !model.filtering {
        model.toast = Some("ignored several keys that arrived at once, as in a paste".to_owned());
        return Vec::new();
    }
    paste(model, text)
}

/// Passes the redirect URL to the sign-in that waits.
pub(super) fn submit_redirect(model: &mut Model, text: String) -> Vec<Effect> {
    if let Some(Sheet::Paste { place, .. }) = &model.sheet {
        model.sheet = Some(Sheet::Waiting(Some(place.clone())));
    }
    if let Some(pending) = &mut model.pending {
        pending.waits_for_user = false;
    }
    vec![Effect::Paste(Secret::new(text))]
}

/// Copies the selected item.
pub(super) fn copy(model: &mut Model) -> Vec<Effect> {
    if model.focused_list() == ListId::Tab(Tab::Endpoints) {
        let Some(line) = model.row().map(|row| row.line.to_string()) else { return nothing_to_copy(model) };
        let text = line.split_whitespace().collect::<Vec<_>>().join(" ");
        return vec![copy_entry(model, ClipboardEntry { name: text.clone(), text: Secret::new(text) })];
    }
    let cursor = model.position(model.focused_list()).cursor;
    let items = focused_items(model);
    let on_sheet = model.sheet.is_some();
    // a sheet about one value copies it from every line
    let found = items.get(cursor).and_then(|item| item.copied.clone());
    let found = found.or_else(|| items.iter().find_map(|item| item.copied.clone()).filter(|_| on_sheet));
    match found {
        Some(copied) => vec![copy_entry(model, copied)],
        None => nothing_to_copy(model),
    }
}

/// Copies all items of the tab.
pub(super) fn copy_all(model: &mut Model) -> Vec<Effect> {
    let tab = model.tab(model.pane);
    let lines: Vec<String> = match model.focused_list() {
        ListId::Tab(Tab::Endpoints) => {
            let rows = model.endpoints.shown.iter().filter_map(|index| model.endpoints.rows.get(*index));
            rows.map(|row| row.line.to_string()).collect()
        }
        _ => focused_items(model).iter().map(|item| item.text().trim_end().to_owned()).collect(),
    };
    if lines.is_empty() {
        return nothing_to_copy(model);
    }
    vec![copy_entry(
        model,
        ClipboardEntry { name: format!("the {} tab", tab.name()), text: Secret::new(lines.join("\n")) },
    )]
}

fn nothing_to_copy(model: &mut Model) -> Vec<Effect> {
    model.toast = Some("nothing to copy here".to_owned());
    Vec::new()
}

/// Copies a value and names it in a toast.
pub(super) fn copy_entry(model: &mut Model, copied: ClipboardEntry) -> Effect {
    model.toast = Some(format!("copied {}", copied.name));
    Effect::Copy(copied)
}
