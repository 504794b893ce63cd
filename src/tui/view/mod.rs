//! Draws the model. Untrusted text is escaped with [`crate::text::visible`], again when it is drawn.

mod endpoints;
mod frame;
mod layout;
mod list;
mod sheet;

use ratatui::Frame;
use ratatui::layout::{Margin, Rect};

use super::item::Item;
use super::links::Link;
use super::model::{Border, Hit, ListId, Model, Pane, Position, Tab};
use super::theme::Look;
use crate::diagnosis::Cause;

/// What a frame showed.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    /// Visible part of each list.
    pub(super) lists: Vec<(ListId, Position)>,
    /// Lists in the order in which they were drawn.
    pub(super) hits: Vec<Hit>,
    /// Borders between panes.
    pub(super) borders: Vec<Border>,
    pub(super) links: Vec<Link>,
}

impl Drawn {
    /// Adds the links of items that were drawn. `rows`: the item in each row.
    fn link(&mut self, items: &[Item], rows: &[usize], area: Rect) {
        for (y, index) in (area.y..).zip(rows) {
            if let Some(url) = items.get(*index).and_then(|item| item.link.clone()) {
                self.links.push(Link { area: Rect { y, height: 1, ..area }, url });
            }
        }
    }
}

/// Draws a frame.
pub(super) fn view(model: &Model, look: &Look, frame: &mut Frame<'_>) -> Drawn {
    let call = super::content::pane(model, Pane::Call);
    let rows = call_rows(model, look, &call, frame.area());
    let status = frame::status(model, look, frame.area());
    let lines = u16::try_from(status.len()).unwrap_or(u16::MAX);
    let longest = match model.tab(Pane::Endpoints) {
        Tab::Endpoints => u16::try_from(model.endpoints.longest).unwrap_or(u16::MAX),
        // findings are sentences
        _ => u16::MAX,
    };
    let (focused, zoomed) = (model.pane, model.zoomed);
    let wanted = layout::Wanted { focused, zoomed, call: rows, status: lines, longest, sizes: model.sizes };
    let Some(areas) = layout::areas(frame.area(), wanted) else {
        frame::too_small(frame);
        return Drawn::default();
    };
    frame::title(model, look, &areas, frame);
    let mut call = Some(call);
    let mut drawn = Drawn { borders: areas.borders.clone(), ..Drawn::default() };
    for (pane, area) in &areas.panes {
        let items = match pane {
            Pane::Call => call.take().unwrap_or_default(),
            _ => super::content::pane(model, *pane),
        };
        draw_pane(model, look, frame, (*pane, *area), items, &mut drawn);
    }
    if let Some(sheet) = &model.sheet {
        let list = ListId::Sheet(sheet.kind());
        let items = super::content::sheet(model, sheet);
        let (position, area, rows) = sheet::draw(model, (sheet, &items), look, frame, areas.middle);
        // what is behind the sheet is no longer a link
        drawn.links.retain(|link| !link.area.intersects(area));
        drawn.link(&items, &rows, area.inner(Margin::new(1, 1)));
        drawn.lists.push((list, position));
        drawn.hits.push(Hit { pane: None, list, area, top: area.y + 1, rows });
    }
    for (y, line) in (areas.status.y..areas.status.bottom()).zip(status) {
        frame.render_widget(line, Rect { y, height: 1, ..areas.status });
    }
    frame::footer(model, look, &areas, frame);
    if look.ascii {
        frame::to_ascii(frame);
    }
    drawn
}

fn draw_pane(
    model: &Model,
    look: &Look,
    frame: &mut Frame<'_>,
    (pane, area): (Pane, Rect),
    items: Vec<Item>,
    drawn: &mut Drawn,
) {
    let block = frame::block(model, look, pane, area.width);
    let mut inner = block.inner(area);
    frame.render_widget(block, area);
    let focused = pane == model.pane && model.sheet.is_none();
    let list = ListId::Tab(model.tab(pane));
    let position = model.position(list);
    if pane == Pane::Token {
        let claim = items.get(position.cursor).filter(|_| focused).and_then(claim_of);
        let parts = super::content::anatomy(model, claim.as_deref(), usize::from(inner.width.saturating_sub(2)));
        if let Some(parts) = parts.filter(|_| inner.height > 3) {
            let line = list::wrap(&parts, look, usize::from(u16::MAX)).into_iter().next().unwrap_or_default();
            frame
                .render_widget(line, Rect { x: inner.x + 1, width: inner.width.saturating_sub(1), height: 1, ..inner });
            inner = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
        }
    }
    let (shown, total, rows) = match pane {
        Pane::Endpoints if model.tab(pane) == Tab::Endpoints && !model.endpoints.rows.is_empty() => {
            let shown = endpoints::draw(model, look, position, frame, inner);
            (
                shown,
                model.endpoints.entries.len(),
                (shown.top..(shown.top + shown.page).min(model.endpoints.entries.len())).collect(),
            )
        }
        _ => {
            let search = if pane == Pane::Endpoints { "" } else { model.filter(pane) };
            let items = list::highlight(items, search);
            let (shown, rows) = list::draw(&items, look, position, focused.into(), frame, inner);
            drawn.link(&items, &rows, inner);
            (shown, items.len(), rows)
        }
    };
    let is_list = list == ListId::Tab(Tab::Endpoints);
    frame::scroll(look, frame, area, shown, total, !is_list);
    drawn.lists.push((list, shown));
    drawn.hits.push(Hit { pane: Some(pane), list, area, top: inner.y, rows });
}

/// Returns the top-level claim that an item is about.
fn claim_of(item: &Item) -> Option<String> {
    let node = item.node.as_ref().filter(|node| node.key.starts_with("claims#"))?;
    let first = node.pointer.trim_start_matches('/').split('/').next()?;
    Some(first.replace("~1", "/").replace("~0", "~"))
}

/// Returns the number of rows that the call pane should have: as many as a diagnosis has lines, so that nothing of it is
/// below the edge; other tabs, which can be long, share the window as usual.
fn call_rows(model: &Model, look: &Look, items: &[Item], window: Rect) -> layout::Rows {
    let columns = usize::from(window.width.saturating_sub(3));
    // each item takes at least a row: more of them than the window has rows need not be counted
    let seen = items.iter().take(usize::from(window.height));
    let lines = seen.map(|item| list::wrap(item, look, columns).len()).sum::<usize>() + 2;
    let is_poster = model.tab(Pane::Call) == Tab::Diagnosis
        && model
            .call()
            .is_some_and(|record| record.outcome().is_none_or(|called| called.diagnosis.cause != Cause::None));
    layout::Rows { content: u16::try_from(lines).unwrap_or(u16::MAX), is_needed: is_poster && model.calling.is_none() }
}
