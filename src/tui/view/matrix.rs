//! Endpoints by scopes: only the cells that are seen are worked out and drawn, so that 11,000 by 700 cost no more than a
//! screen of them.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::list;
use crate::scope::Scope;
use crate::tui::content::{Item, Tone};
use crate::tui::model::{ListId, Model, Pane, Position, Row, Tab};
use crate::tui::theme::Look;

/// The columns of one scope.
const CELL: usize = 2;

/// The most rows that the names of the scopes take, written downwards.
const TALLEST: usize = 16;

/// What is seen are the columns: the first, and how many.
pub(super) fn draw(model: &Model, look: &Look, frame: &mut Frame<'_>, area: Rect) -> Position {
    let endpoints = &model.endpoints;
    if endpoints.rows.is_empty() {
        let none = [Item::muted("there is no manifest, so there is nothing to lay out")];
        return list::draw(&none, look, Position::default(), false, frame, area);
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
            // written downwards, and standing on the line of the first endpoint
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
        let mut spans = vec![Span::from(if here { ">" } else { " " }), Span::from(fitted(row, names))];
        spans.push(Span::from("   "));
        spans.extend(cells(model, look, row, &shown));
        lines.push(Line::from(spans).style(if here && focused { Look::selected() } else { Style::new() }));
    }
    let last = (left + columns).min(model.all_scopes.len());
    let place = format!(
        " scopes {} to {last} of {}   < > move sideways   + has it  ! lacks it  - another way is open  x needed",
        left + 1,
        model.all_scopes.len()
    );
    for (y, line) in (area.y..).zip(lines) {
        frame.render_widget(line, Rect { x: area.x, y, width: area.width, height: 1 });
    }
    let bottom = Rect { x: area.x, y: area.bottom().saturating_sub(1), width: area.width, height: 1 };
    frame.render_widget(Line::styled(place, look.tone(Tone::Muted)), bottom);
    Position { cursor: left, top: left, page: columns.max(1) }
}

fn fitted(row: &Row, width: usize) -> String {
    let name = row.line.to_string();
    let mut text: String = name.chars().take(width).collect();
    text.push_str(&" ".repeat(width.saturating_sub(text.width())));
    text
}

/// `+` it needs and the token has; `!` it needs and the token lacks; `x` it needs, and there is no token; `-` another
/// alternative is held whole, so it is not needed.
fn cells(model: &Model, look: &Look, row: &Row, shown: &[&Scope]) -> Vec<Span<'static>> {
    let Some((api, endpoint)) = model.workspace.endpoint(row.id) else { return Vec::new() };
    let required = endpoint.requirement.scopes();
    let granted = model.token().map(|_| model.scopes());
    let held = |scope: &str| granted.as_ref().is_some_and(|granted| api.hierarchy.satisfies(granted, scope));
    let open = endpoint.requirement.alternatives().iter().any(|whole| whole.iter().all(|scope| held(scope.as_str())));
    shown
        .iter()
        .map(|scope| {
            let (mark, tone) = match (required.contains(scope.as_str()), granted.is_some()) {
                (false, _) => (" ", Tone::Plain),
                (true, false) => ("x", Tone::Plain),
                (true, true) if held(scope.as_str()) => ("+", Tone::Good),
                (true, true) if open => ("-", Tone::Muted),
                (true, true) => ("!", Tone::Bad),
            };
            Span::styled(format!("{mark} "), look.tone(tone))
        })
        .collect()
}
