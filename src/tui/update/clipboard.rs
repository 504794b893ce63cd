//! Paste and copy.

use super::{Effect, approval, copying, show_error, typing};
use crate::app::LoadedToken;
use crate::secret::Secret;
use crate::token::TokenKind;
use crate::tui::model::{Model, Pane, Sheet};

/// Handles a paste: a token or, in an input field, text unless it is a structured token.
pub(super) fn paste(model: &mut Model, text: String) -> Vec<Effect> {
    match &mut model.sheet {
        Some(Sheet::Excess(_)) => {
            model.toast = Some(model.unanswered());
            return Vec::new();
        }
        // the redirect URL from a browser on another machine
        Some(Sheet::Waiting(Some(place))) if place.can_paste && text.contains("state=") => {
            return submit_redirect(model, text);
        }
        Some(Sheet::Approval(_)) => return approval::reply(model, text),
        Some(Sheet::Paste { .. } | Sheet::Passphrase { .. }) => {
            typing::insert(model, &text);
            return Vec::new();
        }
        _ => {}
    }
    let read = LoadedToken::read(&text, model.now);
    let is_structured = read.as_ref().is_ok_and(|token| token.decoded.kind != TokenKind::Opaque);
    if typing::field(model).is_some() && !is_structured {
        typing::insert(model, &text);
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
    if text.trim().len() < SHORTEST && typing::field(model).is_none() {
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
    match copying::selected(model) {
        Some(copied) => vec![Effect::Copy(copied)],
        None => {
            model.toast = Some("nothing to copy here".to_owned());
            Vec::new()
        }
    }
}
