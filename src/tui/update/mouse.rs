//! The mouse, if the user wants it: clicks select, the wheel moves, and borders between panes are dragged.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::{Effect, move_cursor};
use crate::tui::keymap::Action;
use crate::tui::model::{ListId, Model, Tab};

/// Rows that a turn of the wheel moves.
const WHEEL: isize = 3;

/// Lets the terminal report the mouse, or gives it back for selecting text.
pub(super) fn toggle(model: &mut Model) -> Vec<Effect> {
    model.mouse = !model.mouse;
    let key = model.key(Action::Mouse);
    model.toast = Some(match model.mouse {
        true => {
            format!("the mouse selects, scrolls and drags borders: press {key} to select text with the terminal again")
        }
        false => "the mouse belongs to the terminal again".to_owned(),
    });
    vec![Effect::Mouse(model.mouse)]
}

pub(super) fn event(model: &mut Model, event: MouseEvent) -> Vec<Effect> {
    drag(model, event);
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

/// Drags a border between panes.
fn drag(model: &mut Model, event: MouseEvent) {
    let (column, row) = (event.column, event.row);
    match event.kind {
        MouseEventKind::Down(_) => {
            let found = model.borders.iter().find(|border| border.holds(column, row)).copied();
            model.dragged =
                found.filter(|_| event.kind == MouseEventKind::Down(MouseButton::Left) && model.sheet.is_none());
        }
        MouseEventKind::Drag(MouseButton::Left) => {
            if let Some(border) = model.dragged {
                model.sizes.drag(border, column, row);
            }
        }
        MouseEventKind::Up(_) => model.dragged = None,
        _ => {}
    }
}
