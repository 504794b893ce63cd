//! Draws the model. Untrusted text is escaped with [`crate::text::visible`], again when it is drawn.

mod endpoints;
mod frame;
mod layout;
mod list;
mod matrix;
mod sheet;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::content::Item;
use super::model::{ListId, Model, Pane, Position, Tab};
use super::theme::Look;
use crate::diagnosis::Cause;

/// Draws a frame and returns which part of each list is visible.
pub(super) fn view(model: &Model, look: &Look, frame: &mut Frame<'_>) -> Vec<(ListId, Position)> {
    let call = super::content::pane(model, Pane::Call);
    let rows = call_rows(model, look, &call, frame.area());
    let Some(areas) = layout::areas(frame.area(), model.pane, model.zoomed, rows) else {
        frame::too_small(frame);
        return Vec::new();
    };
    frame::title(model, look, &areas, frame);
    let mut positions = Vec::new();
    for (pane, area) in &areas.panes {
        let block = frame::block(model, look, *pane, area.width);
        let inner = block.inner(*area);
        frame.render_widget(block, *area);
        let focused = *pane == model.pane && model.sheet.is_none();
        let list = ListId::Tab(model.tab(*pane));
        let position = model.position(list);
        let drawn = match pane {
            Pane::Endpoints => endpoints::draw(model, look, position, frame, inner),
            Pane::Scopes if model.tab(*pane) == Tab::Matrix => matrix::draw(model, look, frame, inner),
            Pane::Call => list::draw(&call, look, position, focused.into(), frame, inner),
            _ => list::draw(&super::content::pane(model, *pane), look, position, focused.into(), frame, inner),
        };
        positions.push((list, drawn));
    }
    if let Some(sheet) = &model.sheet {
        positions.push((ListId::Sheet(sheet.kind()), sheet::draw(model, sheet, look, frame, areas.middle)));
    }
    frame::status(model, look, &areas, frame);
    frame::footer(model, look, &areas, frame);
    positions
}

/// Returns the number of rows that the call pane should have: as many as a diagnosis has lines, so that nothing of it is
/// below the edge; other tabs, which can be long, share the window as usual.
fn call_rows(model: &Model, look: &Look, items: &[Item], window: Rect) -> layout::Rows {
    let columns = usize::from(window.width.saturating_sub(3));
    let lines = items.iter().map(|item| list::wrap(item, look, columns).len()).sum::<usize>() + 2;
    let is_poster = model.tab(Pane::Call) == Tab::Diagnosis
        && model
            .call()
            .is_some_and(|record| record.outcome().is_none_or(|called| called.diagnosis.cause != Cause::None));
    layout::Rows { content: u16::try_from(lines).unwrap_or(u16::MAX), is_needed: is_poster && model.calling.is_none() }
}
