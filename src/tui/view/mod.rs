//! Draws the model. Untrusted text is escaped with [`crate::text::visible`], again when it is drawn.

mod endpoints;
mod frame;
mod layout;
mod list;
mod matrix;
mod sheet;

use ratatui::Frame;

use super::model::{ListId, Model, Pane, Position, Tab};
use super::theme::Look;

/// Draws a frame and returns which part of each list is visible.
pub(super) fn view(model: &Model, look: &Look, frame: &mut Frame<'_>) -> Vec<(ListId, Position)> {
    let Some(areas) = layout::areas(frame.area(), model.pane, model.zoomed) else {
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
            _ => list::draw(&super::content::pane(model, *pane), look, position, focused, frame, inner),
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
