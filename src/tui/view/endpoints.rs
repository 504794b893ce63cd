//! The endpoints pane. Only visible rows are drawn, so that the cost does not depend on their number.

use nucleo_matcher::{Config, Matcher};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::list::{self, Selection};
use crate::tui::content::{Item, Tone};
use crate::tui::model::{Model, Pane, Position, Row, RowState};
use crate::tui::theme::Look;

pub(super) fn draw(model: &Model, look: &Look, position: Position, frame: &mut Frame<'_>, area: Rect) -> Position {
    let endpoints = &model.endpoints;
    if endpoints.rows.is_empty() {
        return list::draw(&without_manifest(), look, position, Selection::None, frame, area);
    }
    let height = usize::from(area.height).max(1);
    let cursor = position.cursor.min(endpoints.shown.len().saturating_sub(1));
    let top = position.top.min(cursor).max((cursor + 1).saturating_sub(height));
    let focused = model.pane == Pane::Endpoints && model.sheet.is_none();
    let rows = endpoints.shown.iter().filter_map(|index| endpoints.rows.get(*index)).enumerate().skip(top).take(height);
    let mut matcher = Matcher::new(Config::DEFAULT.match_paths());
    for (y, (index, row)) in (area.y..).zip(rows) {
        let mark = if index == cursor { ">" } else { " " };
        let mut spans = vec![Span::from(mark), Span::styled(row.state.symbol(), look.tone(tone(row.state)))];
        spans.push(Span::from(if endpoints.marked.contains(&row.id) { "x " } else { "  " }));
        spans.extend(highlighted(row, &endpoints.matched_columns(row, &mut matcher), look));
        let style = if index == cursor && focused { look.selected() } else { Style::new() };
        let line = Line::from(spans).style(style);
        let is_cut = line.width() > usize::from(area.width);
        frame.render_widget(line, Rect { x: area.x, y, width: area.width, height: 1 });
        if is_cut {
            let last = Rect { x: area.right().saturating_sub(1), y, width: 1, height: 1 };
            frame.render_widget(Span::styled(look.symbols.ellipsis, style), last);
        }
    }
    if endpoints.shown.is_empty() {
        return list::draw(&[Item::muted("no match")], look, position, Selection::None, frame, area);
    }
    Position { cursor, top, page: height }
}

fn tone(state: RowState) -> Tone {
    match state {
        RowState::Allowed => Tone::Good,
        RowState::Missing => Tone::Bad,
        RowState::Unknown => Tone::Plain,
    }
}

fn highlighted(row: &Row, found: &[u32], look: &Look) -> Vec<Span<'static>> {
    let line = row.line.slice(..);
    if found.is_empty() {
        return vec![Span::from(row.line.to_string())];
    }
    line.chars()
        .zip(0_u32..)
        .map(|(character, column)| {
            let style = if found.contains(&column) { look.tone(Tone::Matched) } else { Style::new() };
            Span::styled(character.to_string(), style)
        })
        .collect()
}

fn without_manifest() -> Vec<Item> {
    vec![
        Item::plain("No tokscope.toml in this folder or its parents."),
        Item::default(),
        Item::plain("You can still paste a token to inspect it."),
        Item::default(),
        Item::plain("To compare scopes and call endpoints:"),
        Item::new(Tone::Key, "tokscope demo").and(Tone::Plain, "  runs a guided demo"),
        Item::new(Tone::Key, "tokscope demo --serve --write .")
            .and(Tone::Plain, "  serves the demo, and writes its manifest here"),
        Item::new(Tone::Key, "tokscope --manifest FILE").and(Tone::Plain, "  uses a manifest"),
    ]
}
