//! The mouse, if the user wants it: clicks select, the wheel moves.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::{Effect, move_cursor};
use crate::tui::model::{ListId, Model, Tab};

/// Rows that a turn of the wheel moves.
const WHEEL: isize = 3;

/// Lets the terminal report the mouse, or gives it back for selecting text.
pub(super) fn toggle(model: &mut Model) -> Vec<Effect> {
    model.mouse = !model.mouse;
    let how = match model.mouse {
        true => "the mouse selects and scrolls: press m to select text with the terminal again",
        false => "the mouse belongs to the terminal again",
    };
    model.toast = Some(how.to_owned());
    vec![Effect::Mouse(model.mouse)]
}

pub(super) fn event(model: &mut Model, event: MouseEvent) -> Vec<Effect> {
    // a sheet is above the panes
    let hit = model.hits.iter().rev().find(|hit| hit.holds(event.column, event.row)).cloned();
    let Some(hit) = hit.filter(|hit| model.sheet.is_none() || hit.pane.is_none()) else { return Vec::new() };
    let focus = |model: &mut Model| {
        if let Some(pane) = hit.pane {
            model.filtering = false;
            model.pane = pane;
        }
    };
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => {
            focus(model);
            if let Some(cursor) = hit.item(event.row) {
                let position = model.position(hit.list);
                model.set_position(hit.list, crate::tui::model::Position { cursor, ..position });
                if hit.list == ListId::Tab(Tab::Endpoints) {
                    model.compare_current();
                }
            }
        }
        MouseEventKind::ScrollDown => {
            focus(model);
            move_cursor(model, WHEEL);
        }
        MouseEventKind::ScrollUp => {
            focus(model);
            move_cursor(model, -WHEEL);
        }
        _ => {}
    }
    Vec::new()
}
