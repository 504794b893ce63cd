//! The matrix of endpoints and scopes. Only visible cells are computed, so that the cost does not depend on its size.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::list::{self, Selection};
use crate::scope::Scope;
use crate::tui::content::{Item, Tone};
use crate::tui::model::{ListId, Model, Pane, Position, Row, Tab};
use crate::tui::theme::Look;

/// Width of a scope in columns.
const CELL: usize = 2;

/// Maximum number of rows for the names of the scopes, which are written vertically.
const TALLEST: usize = 16;

/// Draws the matrix and returns the visible columns: the first one and their number.
pub(super) fn draw(model: &Model, look: &Look, frame: &mut Frame<'_>, area: Rect) -> Position {
    let endpoints = &model.endpoints;
    if endpoints.rows.is_empty() {
        let none = [Item::muted("no manifest, so there are no endpoints")];
        return list::draw(&none, look, Position::default(), Selection::None, frame, area);
    }
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let names = (width / 3).clamp(12, 44).min(width);
    let columns = width.saturating_sub(names + 4) / CELL;
    let left = model.matrix_left(columns);
    let shown: Vec<&Scope> = model.all_scopes.iter().skip(left).take(columns).collect();
    let longest = shown.iter().map(|scope| scope.as_str().len()).max().unwrap_or_default();
    let header = longest.min(TALLEST).min(height / 2);
    let mut lines = Vec::new();
    for row in 0..header {
        let mut text = " ".repeat(names + 4);
        for scope in &shown {
            // vertical, aligned at the bottom
            let tail: Vec<char> = scope.as_str().chars().rev().take(header).collect();
            let at = header - 1 - row;
            text.push(tail.get(at).copied().unwrap_or(' '));
            text.push(' ');
        }
        lines.push(Line::styled(text, look.tone(Tone::Muted)));
    }
    let cursor = model.position(ListId::Tab(Tab::Endpoints)).cursor;
    let rows = height.saturating_sub(header + 1);
    let top = cursor.saturating_sub(rows / 2).min(endpoints.shown.len().saturating_sub(rows));
    let focused = model.pane == Pane::Scopes && model.sheet.is_none();
    for (index, row) in endpoints.shown.iter().enumerate().skip(top).take(rows) {
        let Some(row) = endpoints.rows.get(*row) else { continue };
        let here = index == cursor;
        let mut spans =
            vec![Span::from(if here { ">" } else { " " }), Span::from(fitted(row, names, look.symbols.ellipsis))];
        spans.push(Span::from("   "));
        spans.extend(cells(model, look, row, &shown));
        lines.push(Line::from(spans).style(if here && focused { look.selected() } else { Style::new() }));
    }
    let last = (left + columns).min(model.all_scopes.len());
    let shown_part = format!("scopes {} to {last} of {}", left + 1, model.all_scopes.len());
    let legend = ["+ granted", "! missing", "x required", "< > scroll", "- not needed (alternative)"];
    let mut place = format!(" {shown_part}");
    for part in legend {
        // the legend is cut between its parts
        if place.width() + part.width() + 2 <= width {
            place.push_str("  ");
            place.push_str(part);
        }
    }
    for (y, line) in (area.y..).zip(lines) {
        frame.render_widget(line, Rect { x: area.x, y, width: area.width, height: 1 });
    }
    let bottom = Rect { x: area.x, y: area.bottom().saturating_sub(1), width: area.width, height: 1 };
    frame.render_widget(Line::styled(place, look.tone(Tone::Muted)), bottom);
    Position { cursor: left, top: left, page: columns.max(1) }
}

/// Returns the name of an endpoint in exactly `width` columns.
fn fitted(row: &Row, width: usize, ellipsis: &str) -> String {
    let name = row.line.to_string();
    let mut text = name.clone();
    if name.width() > width {
        text = name.chars().take(width.saturating_sub(1)).collect();
        text.push_str(ellipsis);
    }
    text.push_str(&" ".repeat(width.saturating_sub(text.width())));
    text
}

/// Returns the cells of a row. `+`: required and granted; `!`: required and missing; `x`: required, no token; `-`: not
/// needed because another alternative is satisfied.
fn cells(model: &Model, look: &Look, row: &Row, shown: &[&Scope]) -> Vec<Span<'static>> {
    let Some((api, endpoint)) = model.context.endpoint(row.id) else { return Vec::new() };
    let required = endpoint.requirement.scopes();
    let granted = model.token().map(|_| model.scopes());
    let held = |scope: &str| granted.as_ref().is_some_and(|granted| api.hierarchy.satisfies(granted, scope));
    let satisfied =
        endpoint.requirement.alternatives().iter().any(|whole| whole.iter().all(|scope| held(scope.as_str())));
    shown
        .iter()
        .map(|scope| {
            let (mark, tone) = match (required.contains(scope.as_str()), granted.is_some()) {
                (false, _) => (" ", Tone::Plain),
                (true, false) => ("x", Tone::Plain),
                (true, true) if held(scope.as_str()) => ("+", Tone::Good),
                (true, true) if satisfied => ("-", Tone::Muted),
                (true, true) => ("!", Tone::Bad),
            };
            Span::styled(format!("{mark} "), look.tone(tone))
        })
        .collect()
}
