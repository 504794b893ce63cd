//! Choosing a theme, with a preview.

use super::Effect;
use crate::tui::model::{ListId, Model, Position, Sheet, SheetKind};
use crate::tui::theme::EMBEDDED;

/// Opens the list of themes.
pub(super) fn choose(model: &mut Model) {
    let cursor = EMBEDDED.iter().position(|(name, _)| Some(*name) == model.theme).unwrap_or_default();
    model.set_position(ListId::Sheet(SheetKind::Themes), Position { cursor, ..Position::default() });
    model.sheet = Some(Sheet::Themes { before: model.theme });
}

/// Shows the theme under the cursor.
pub(super) fn preview(model: &mut Model) -> Vec<Effect> {
    let cursor = model.position(ListId::Sheet(SheetKind::Themes)).cursor;
    match EMBEDDED.get(cursor) {
        Some((name, _)) if Some(*name) != model.theme => show(model, Some(name)),
        _ => Vec::new(),
    }
}

/// Uses the theme for the terminal's background, unless the user has chosen one.
pub(super) fn suit(model: &mut Model, light: bool) -> Vec<Effect> {
    let name = if light { "light" } else { "dark" };
    let is_open = matches!(model.sheet, Some(Sheet::Themes { .. }));
    if !model.suits_background || is_open || model.theme == Some(name) {
        return Vec::new();
    }
    show(model, Some(name))
}

/// Uses a built-in theme; `None`: the user's own.
pub(super) fn show(model: &mut Model, name: Option<&'static str>) -> Vec<Effect> {
    model.theme = name;
    vec![Effect::Theme(name)]
}

/// Keeps the theme under the cursor for this session.
pub(super) fn keep(model: &mut Model) {
    model.sheet = None;
    model.suits_background = false;
    model.toast =
        model.theme.map(|name| format!("theme {name} for this session: set TOKSCOPE_THEME={name} to keep it"));
}
