//! Keys in text fields.

use crossterm::event::KeyCode;

use super::browsing::refilter;
use crate::tui::chord::Chord;
use crate::tui::model::{Edit, ListId, Model, Position, Sheet, SheetKind, TextField};

/// Returns the text field that keys go to: the filter that is typed, or the field of the sheet.
pub(super) fn field(model: &mut Model) -> Option<&mut TextField> {
    if model.filtering {
        return Some(model.filter_field(model.pane));
    }
    model.sheet.as_mut().and_then(Sheet::field)
}

/// Applies a key to the text field that has the focus. Returns false if it is not an editing key, or there is no field.
pub(super) fn edit(model: &mut Model, chord: Chord) -> bool {
    let Some(field) = field(model) else { return false };
    let vertical = match chord.code {
        KeyCode::Up => Some(false),
        KeyCode::Down => Some(true),
        _ => None,
    };
    if let Some(down) = vertical.filter(|_| field.multiline) {
        return field.move_line(down);
    }
    let Some(edit) = edit_of(chord, field.multiline) else { return false };
    field.edit(edit);
    edited(model);
    true
}

/// Inserts pasted text at the cursor.
pub(super) fn insert(model: &mut Model, text: &str) {
    if let Some(field) = field(model) {
        let text = if field.multiline { text } else { text.trim() };
        field.insert(text);
        edited(model);
    }
}

/// Updates what depends on the field.
fn edited(model: &mut Model) {
    if model.filtering {
        return refilter(model);
    }
    match &mut model.sheet {
        Some(Sheet::Palette { .. }) => {
            model.set_position(ListId::Sheet(SheetKind::Palette), Position::default());
        }
        Some(Sheet::Help { .. }) => {
            model.set_position(ListId::Sheet(SheetKind::Help), Position { cursor: 1, ..Position::default() });
        }
        Some(Sheet::Request(form)) => form.add_empty_header(),
        _ => {}
    }
}

/// Clears the filter of the focused pane.
pub(super) fn clear_filter(model: &mut Model) {
    model.filter_field(model.pane).set("");
    refilter(model);
}

/// Returns the change that a key stands for, as in shells.
fn edit_of(chord: Chord, multiline: bool) -> Option<Edit> {
    Some(match (chord.ctrl, chord.alt, chord.code) {
        (false, false, KeyCode::Char(character)) => Edit::Insert(character),
        (true, false, KeyCode::Char('j')) | (false, true, KeyCode::Enter) if multiline => Edit::Insert('\n'),
        (false, false, KeyCode::Backspace) | (true, false, KeyCode::Char('h')) => Edit::Backspace,
        (false, false, KeyCode::Delete) | (true, false, KeyCode::Char('d')) => Edit::Delete,
        (false, false, KeyCode::Left) | (true, false, KeyCode::Char('b')) => Edit::Left,
        (false, false, KeyCode::Right) | (true, false, KeyCode::Char('f')) => Edit::Right,
        (true, false, KeyCode::Left) | (false, true, KeyCode::Char('b') | KeyCode::Left) => Edit::WordLeft,
        (true, false, KeyCode::Right) | (false, true, KeyCode::Char('f') | KeyCode::Right) => Edit::WordRight,
        (false, false, KeyCode::Home) | (true, false, KeyCode::Char('a')) => Edit::LineStart,
        (false, false, KeyCode::End) | (true, false, KeyCode::Char('e')) => Edit::LineEnd,
        (true, false, KeyCode::Char('u')) => Edit::DeleteToStart,
        (true, false, KeyCode::Char('k')) => Edit::DeleteToEnd,
        (true, false, KeyCode::Char('w')) | (false, true, KeyCode::Backspace) => Edit::DeleteWord,
        _ => return None,
    })
}
