//! Draws the model. Everything from outside passes through [`crate::text::visible`], once more on its way out.

mod endpoints;
mod frame;
mod layout;
mod list;
mod matrix;
mod sheet;

use ratatui::Frame;

use super::model::{ListId, Model, Pane, Position, Tab};
use super::theme::Look;

/// Draws one frame, and says what of each list was seen.
pub(super) fn view(model: &Model, look: &Look, frame: &mut Frame<'_>) -> Vec<(ListId, Position)> {
    let Some(areas) = layout::areas(frame.area(), model.pane, model.zoomed) else {
        frame::too_small(frame);
        return Vec::new();
    };
    frame::title(model, look, &areas, frame);
    let mut seen = Vec::new();
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
        seen.push((list, drawn));
    }
    if let Some(sheet) = &model.sheet {
        seen.push((ListId::Sheet(sheet.kind()), sheet::draw(model, sheet, look, frame, areas.middle)));
    }
    frame::status(model, look, &areas, frame);
    frame::footer(model, look, &areas, frame);
    seen
}
