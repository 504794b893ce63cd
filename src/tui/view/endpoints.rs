//! The endpoints pane. Only visible rows are drawn, so that the cost does not depend on their number.

use nucleo_matcher::{Config, Matcher};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::list;
use crate::app::EndpointId;
use crate::text::visible;
use crate::tui::item::Tone;
use crate::tui::model::{Entry, Facts, Model, Pane, Position, Row, RowState};
use crate::tui::theme::Look;

/// Columns before the method: cursor, verdict, mark.
const MARKS: usize = 4;

/// Least columns for the required scopes.
const LEAST_SCOPES: usize = 12;

/// Columns of the risk.
const RISK: usize = 8;

pub(super) fn draw(model: &Model, look: &Look, position: Position, frame: &mut Frame<'_>, area: Rect) -> Position {
    let endpoints = &model.endpoints;
    let height = usize::from(area.height).max(1);
    let cursor = position.cursor.min(endpoints.entries.len().saturating_sub(1));
    let top = position.top.min(cursor).max((cursor + 1).saturating_sub(height));
    let focused = model.pane == Pane::Endpoints && model.sheet.is_none();
    let columns = Columns::of(model, usize::from(area.width));
    let mut matcher = Matcher::new(Config::DEFAULT.match_paths());
    let facts = model.facts();
    for (y, (index, entry)) in (area.y..).zip(endpoints.entries.iter().enumerate().skip(top).take(height)) {
        let here = index == cursor;
        let mut spans = vec![Span::from(if here { ">" } else { " " })];
        match entry {
            Entry::Row(row) => {
                let Some(row) = endpoints.rows.get(*row) else { continue };
                spans.extend(line((model, &facts), look, row, columns, &mut matcher));
            }
            Entry::Group { prefix, count, open, depth } => spans.extend(group(look, prefix, *count, *open, *depth)),
        }
        let style = if here && focused { look.selected() } else { Style::new() };
        frame.render_widget(Line::from(spans).style(style), Rect { x: area.x, y, width: area.width, height: 1 });
    }
    if endpoints.shown.is_empty() {
        let none = [crate::tui::item::Item::muted("no endpoint matches the filter: Esc clears it")];
        return list::draw(&none, look, position, list::Selection::None, frame, area).0;
    }
    Position { cursor, top, page: height }
}

/// Returns the selected path, if it does not fit into the pane.
pub(super) fn hidden_path(model: &Model, width: u16) -> Option<String> {
    let row = model.row()?;
    let columns = Columns::of(model, usize::from(width.saturating_sub(2)));
    (row.line.width() > columns.line).then(|| row.path().to_owned())
}

/// Widths of the columns.
#[derive(Clone, Copy, Debug)]
struct Columns {
    /// Method and path.
    line: usize,
    scopes: usize,
    risk: usize,
}

impl Columns {
    fn of(model: &Model, width: usize) -> Self {
        let width = width.saturating_sub(MARKS);
        let longest = model.endpoints.longest.min(width);
        let left = width - longest;
        if left < LEAST_SCOPES + 2 {
            return Self { line: width, scopes: 0, risk: 0 };
        }
        let risk = if left >= LEAST_SCOPES + RISK + 12 { RISK } else { 0 };
        Self { line: longest, scopes: left - 2 - if risk > 0 { risk + 2 } else { 0 }, risk }
    }
}

fn line(
    (model, facts): (&Model, &Facts<'_>),
    look: &Look,
    row: &Row,
    columns: Columns,
    matcher: &mut Matcher,
) -> Vec<Span<'static>> {
    let state = facts.state(row.id);
    let mut spans = vec![Span::styled(state.symbol(), look.tone(tone(state)))];
    spans.push(Span::from(if model.endpoints.marked.contains(&row.id) { "x " } else { "  " }));
    let found = model.endpoints.matched_columns(&row.line, matcher);
    let method = model.context.endpoint(row.id).map(|(_, endpoint)| endpoint.method.as_str()).unwrap_or_default();
    let before = row.line.get(..row.path_at).unwrap_or_default().chars().count();
    let shown = elided(&row.line, columns.line, before, &found, look.symbols.ellipsis);
    let used: usize = shown.iter().map(|(character, _)| character.width().unwrap_or_default()).sum();
    for (character, place) in shown {
        let style = match place {
            Some(place) if found.contains(&place) => look.tone(Tone::Matched),
            Some(place) if place < before => look.method(method),
            _ => Style::new(),
        };
        let started = spans.len() > 2;
        match spans.last_mut() {
            Some(last) if started && last.style == style => last.content.to_mut().push(character),
            _ => spans.push(Span::styled(character.to_string(), style)),
        }
    }
    if columns.scopes > 0 {
        spans.push(Span::from(" ".repeat(columns.line.saturating_sub(used) + 2)));
        let text = cut(&required(model, row.id), columns.scopes, look.symbols.ellipsis);
        let padding = " ".repeat(columns.scopes.saturating_sub(text.width()));
        spans.push(Span::styled(text, look.tone(Tone::Muted)));
        if columns.risk > 0
            && let Some((risk, tone)) = risk(model, row.id)
        {
            spans.push(Span::styled(format!("{padding}  {risk}"), look.tone(tone)));
        }
    }
    spans
}

/// `orders:read`, `none`, or the number of ways if there are several.
fn required(model: &Model, id: EndpointId) -> String {
    let Some((_, endpoint)) = model.context.endpoint(id) else { return String::new() };
    match endpoint.requirement.alternatives() {
        [only] if only.is_empty() => "none".to_owned(),
        [only] => visible(&only.to_string()).into_owned(),
        several => format!("{} ways", several.len()),
    }
}

/// Returns the highest risk of the least privileged alternative.
fn risk(model: &Model, id: EndpointId) -> Option<(&'static str, Tone)> {
    let (api, endpoint) = model.context.endpoint(id)?;
    let highest =
        |alternative: &crate::scope::ScopeSet| alternative.iter().map(|scope| api.hierarchy.risk(scope.as_str())).max();
    let risk = endpoint.requirement.alternatives().iter().map(highest).min()??;
    Some((risk.as_str(), Tone::from(crate::app::report::risk_style(risk))))
}

fn tone(state: RowState) -> Tone {
    match state {
        RowState::Allowed => Tone::Good,
        RowState::Missing => Tone::Bad,
        RowState::Unknown => Tone::Plain,
    }
}

fn group(look: &Look, prefix: &str, count: usize, open: bool, depth: usize) -> Vec<Span<'static>> {
    let mark = match (open, look.ascii) {
        (true, false) => "\u{25be}",
        (false, false) => "\u{25b8}",
        (true, true) => "v",
        (false, true) => ">",
    };
    let indent = "  ".repeat(depth.saturating_sub(1));
    vec![
        Span::styled(format!("{indent}{mark} "), look.tone(Tone::Muted)),
        Span::from(format!("{prefix}  ")),
        Span::styled(count.to_string(), look.tone(Tone::Muted)),
    ]
}

/// Cuts a text at its end.
fn cut(text: &str, width: usize, ellipsis: &str) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push_str(ellipsis);
    short
}

/// Cuts a line in the middle of its path, so that the beginning, the end and what a filter has found stay visible. Returns
/// the characters with their places in the line. `before`: characters before the path.
fn elided(line: &str, width: usize, before: usize, found: &[usize], ellipsis: &str) -> Vec<(char, Option<usize>)> {
    let all: Vec<(char, Option<usize>)> =
        line.chars().enumerate().map(|(at, character)| (character, Some(at))).collect();
    if line.width() <= width {
        return all;
    }
    let dots = ellipsis.chars().next().map(|character| (character, None));
    let room = width.saturating_sub(before + 1);
    let tail = room * 2 / 3;
    let (from, to) = (before + room - tail, all.len().saturating_sub(tail));
    let hidden = found.iter().copied().filter(|place| (from..to).contains(place));
    let (first, last) = (hidden.clone().min(), hidden.max());
    let part = |range: std::ops::Range<usize>| all.get(range).unwrap_or_default().to_vec();
    let Some((first, last)) = first.zip(last) else {
        return part(0..from).into_iter().chain(dots).chain(part(to..all.len())).collect();
    };
    // a window around the match, between two ellipses
    let room = room.saturating_sub(1);
    let start = first.saturating_sub(room.saturating_sub(last + 1 - first) / 2).max(before);
    let end = (start + room).min(all.len());
    let start = end.saturating_sub(room).max(before);
    let left = dots.filter(|_| start > before);
    let right = dots.filter(|_| end < all.len());
    part(0..before).into_iter().chain(left).chain(part(start..end)).chain(right).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(line: &str, width: usize, found: &[usize]) -> String {
        elided(line, width, 7, found, "~").into_iter().map(|(character, _)| character).collect()
    }

    #[test]
    fn a_path_is_cut_in_the_middle_and_its_match_stays_visible() {
        let line = "GET    /users/{id}/mailFolders/{folder}/messages/{message}/attachments";
        assert_eq!(text(line, 80, &[]), line);
        assert_eq!(text(line, 40, &[]), "GET    /users/{id}~{message}/attachments");
        let at = line.find("Folders").unwrap();
        let found: Vec<usize> = (at..at + 7).collect();
        assert_eq!(text(line, 40, &found), "GET    ~rs/{id}/mailFolders/{folder}/me~");
    }

    proptest! {
        #[test]
        fn a_cut_line_fits_and_shows_its_method(length in 1_usize..120, width in 20_usize..80, at in 0_usize..120, size in 1_usize..6) {
            let line = format!("GET    /{}", "abcdefghij".repeat(12).chars().take(length).collect::<String>());
            let found: Vec<usize> = (7 + at..7 + at + size).filter(|place| *place < line.len()).collect();
            let shown = elided(&line, width, 7, &found, "~");
            prop_assert!(shown.len() <= width);
            prop_assert!(shown.iter().take(3).map(|(character, _)| *character).collect::<String>() == "GET");
            if let Some(first) = found.first() {
                prop_assert!(shown.iter().any(|(_, place)| place == &Some(*first)));
            }
        }
    }
}
