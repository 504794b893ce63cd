//! Title, borders, status line and footer.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};
use unicode_width::UnicodeWidthStr as _;

use super::layout::{Areas, MIN_SIZE};
use super::list::wrap;
use crate::app::Origin;
use crate::text::visible;
use crate::tui::available::{bindings, refusal};
use crate::tui::item::{Item, Tone};
use crate::tui::keymap::Action;
use crate::tui::model::{ALL_PANES, LIFE, ListId, Model, Pane, Position, Tab, is_narrow};
use crate::tui::theme::Look;

pub(super) fn too_small(frame: &mut Frame<'_>) {
    let text = format!("the window is too small: at least {}x{} is needed", MIN_SIZE.0, MIN_SIZE.1);
    frame.render_widget(Paragraph::new(text).wrap(ratatui::widgets::Wrap { trim: true }), frame.area());
}

/// A part of the title line, with its importance: the least important parts are left out first.
type Part = (u8, Vec<Span<'static>>);

/// Draws the title line: API, client, token and its life; on the right the names of the panes, if there is room.
pub(super) fn title(model: &Model, look: &Look, areas: &Areas, frame: &mut Frame<'_>) {
    let width = usize::from(areas.title.width);
    let mut parts = title_parts(model, look);
    let length = |parts: &[Part]| parts.iter().flat_map(|(_, spans)| spans).map(|span| span.width() + 1).sum::<usize>();
    while parts.len() > 1 && length(&parts) > width {
        let least = parts.iter().map(|(importance, _)| *importance).min();
        parts.retain(|(importance, _)| Some(*importance) != least);
    }
    let used = length(&parts);
    let spans = parts.into_iter().flat_map(|(_, spans)| spans).flat_map(|span| [span, Span::from(" ")]);
    frame.render_widget(Line::from(spans.collect::<Vec<_>>()), areas.title);
    let mut panes = Vec::new();
    for (number, pane) in (1..).zip(Pane::ALL) {
        let style = if pane.pane == model.pane { look.border(true) } else { look.tone(Tone::Muted) };
        panes.push(Span::styled(format!(" {number} {}", pane.name), style));
    }
    let panes = Line::from(panes).right_aligned();
    if panes.width() + used < width {
        frame.render_widget(panes, areas.title);
    }
}

fn title_parts(model: &Model, look: &Look) -> Vec<Part> {
    let plain = |text: String| vec![Span::styled(text, look.title())];
    let mut parts = vec![(2, plain(" tokscope ".to_owned()))];
    if let Some((api, _)) = model.row().and_then(|row| model.context.endpoint(row.id)) {
        parts.push((3, plain(format!("{} ", visible(api.title())))));
    }
    let Some(token) = model.token() else {
        parts.push((9, plain("no token: paste one".to_owned())));
        return parts;
    };
    if let Origin::Obtained { client } = &token.origin {
        parts.push((4, plain(format!("client {} ", visible(client)))));
    }
    parts.push((6, plain(format!("token {} ", Model::name_of(token, look.symbols.ellipsis)))));
    let Some(life) = model.life() else { return parts };
    let style = look.tone(life.tone);
    if let Some(passed) = life.passed {
        let (before, after) = look.symbols.line;
        parts.push((
            1,
            vec![Span::styled(format!("issued {}{}", before.repeat(passed), after.repeat(LIFE - passed)), style)],
        ));
    }
    parts.push((9, vec![Span::styled(life.words, style.patch(look.title()))]));
    if life.offers_refresh {
        parts.push((
            8,
            vec![
                Span::styled(model.key(Action::RefreshCurrent).to_owned(), look.tone(Tone::Key)),
                Span::from("refreshes"),
            ],
        ));
    }
    parts
}

/// Draws the scroll bar of a pane or sheet in its right border, and which part of it is visible in its lower one. `number`:
/// whether to write the part.
pub(super) fn scroll(look: &Look, frame: &mut Frame<'_>, area: Rect, drawn: Position, total: usize, number: bool) {
    let rows = usize::from(area.height.saturating_sub(2));
    if total == 0 || rows == 0 || (drawn.top == 0 && drawn.page >= total) {
        return;
    }
    let size = (rows * drawn.page / total).clamp(1, rows);
    let last = total.saturating_sub(drawn.page).max(1);
    let start = (rows - size) * drawn.top.min(last) / last;
    for row in start..start + size {
        let y = area.y + 1 + u16::try_from(row).unwrap_or_default();
        let at = Rect { x: area.right().saturating_sub(1), y, width: 1, height: 1 };
        frame.render_widget(Span::styled(look.symbols.thumb, look.border(true)), at);
    }
    if number {
        let text = format!(" {}-{}/{total} ", drawn.top + 1, (drawn.top + drawn.page).min(total));
        let y = area.bottom().saturating_sub(1);
        let at = Rect { x: area.x + 1, y, width: area.width.saturating_sub(2), height: 1 };
        frame.render_widget(Line::styled(text, look.tone(Tone::Muted)).right_aligned(), at);
    }
}

/// Returns the border of a pane, with its name, tabs and filter.
pub(super) fn block<'m>(model: &'m Model, look: &Look, pane: Pane, width: u16) -> Block<'m> {
    let focused = pane == model.pane;
    let number = pane.number();
    let mut title = vec![Span::styled(format!(" {number} {} ", pane.name()), pane_name(look, focused))];
    let marked = match model.endpoints.marked.len() {
        count if pane == Pane::Endpoints && count > 0 => format!("{count} marked "),
        _ => String::new(),
    };
    let tabs = pane.tabs();
    if tabs.len() > 1 {
        let shown = model.tab(pane);
        let names: Vec<(Tab, String)> = tabs.iter().map(|tab| (*tab, tab_name(model, *tab))).collect();
        let all: usize = names.iter().map(|(_, name)| name.width() + 1).sum();
        // if the tabs do not fit, only the current one is shown, with its number
        let filter = model.filter(pane).width();
        let others = pane.name().len() + 9 + if filter > 0 { filter + 3 } else { 0 } + marked.width();
        let fits = others + all <= usize::from(width);
        let one = others + 12 <= usize::from(width);
        let count = names.len();
        for (number, (tab, name)) in (1..).zip(names).filter(|(_, (tab, _))| fits || (one && *tab == shown)) {
            let style = if tab == shown { look.tone(Tone::Heading) } else { look.tone(Tone::Muted) };
            title.push(Span::styled(if tab == shown { format!("[{name}]") } else { name }, style));
            let place = if fits { " ".to_owned() } else { format!(" {number}/{count} ") };
            title.push(Span::styled(place, look.tone(Tone::Muted)));
        }
    }
    let filter = model.filter(pane);
    let typing = focused && model.filtering;
    if typing || !filter.is_empty() {
        let used: usize = title.iter().map(Span::width).sum();
        let room = usize::from(width).saturating_sub(used + marked.width() + 4);
        title.push(Span::styled("/", look.tone(Tone::Key)));
        title.extend(typed(look, model.filter_parts(pane), typing, room));
    }
    if !marked.is_empty() {
        title.push(Span::styled(marked, look.tone(Tone::Heading)));
    }
    let mut block = Block::bordered().border_set(look.symbols.border).border_style(look.border(focused));
    block = block.title(Line::from(title));
    if pane == Pane::Endpoints
        && let Some(path) = super::endpoints::hidden_path(model, width)
    {
        block = block.title_bottom(Span::styled(format!(" {path} "), look.tone(Tone::Key)));
    }
    if pane == Pane::Endpoints && !model.endpoints.rows.is_empty() {
        let (lines, shown) = (model.endpoints.entries.len(), model.endpoints.shown.len());
        let number = (model.position(ListId::Tab(Tab::Endpoints)).cursor + 1).min(lines);
        let all = model.endpoints.rows.len();
        let place = format!(" {number}/{lines}{} ", if shown < all { format!(" of {all}") } else { String::new() });
        block = block.title_bottom(Line::styled(place, look.tone(Tone::Muted)).right_aligned());
    }
    block
}

/// Returns a text that is typed, with its cursor if it has the focus. If it does not fit, its beginning is left out as far as
/// the cursor allows.
pub(super) fn typed(
    look: &Look,
    (before, under, after): (&str, &str, &str),
    focused: bool,
    room: usize,
) -> Vec<Span<'static>> {
    let style = look.tone(Tone::Key);
    let (mut before, under, after) = (visible(before).into_owned(), visible(under), visible(after));
    let end = if focused && under.is_empty() { "_" } else { "" };
    let rest = under.width() + after.width().min(room / 2) + end.len() + 1;
    if before.width() + rest > room {
        while !before.is_empty() && before.width() + rest + 1 > room {
            before.remove(0);
        }
        before.insert_str(0, look.symbols.ellipsis);
    }
    let cursor = if focused { look.tone(Tone::Cursor) } else { style };
    let mut spans = vec![Span::styled(before, style)];
    if !under.is_empty() {
        spans.push(Span::styled(under.into_owned(), cursor));
    }
    spans.push(Span::styled(format!("{after}{end} "), style));
    spans
}

/// Returns the style of the name of a pane.
fn pane_name(look: &Look, focused: bool) -> Style {
    if focused { look.border(true) } else { look.tone(Tone::Muted) }
}

fn tab_name(model: &Model, tab: Tab) -> String {
    let count = match tab {
        Tab::Findings => model.session_token().map(|held| held.token.decoded.findings.len() + held.findings.len()),
        Tab::History => Some(model.calls.len()).filter(|count| *count > 0),
        _ => None,
    };
    count.map_or_else(|| tab.name().to_owned(), |count| format!("{} {count}", tab.name()))
}

/// Share of the window's rows that the status line may take.
const MOST_STATUS: usize = 3;

/// Returns the status line, of several rows if it does not fit into one: the running job, the last toast, or a hint about a
/// small window.
pub(super) fn status(model: &Model, look: &Look, window: Rect) -> Vec<Line<'static>> {
    let width = usize::from(window.width.saturating_sub(1)).max(1);
    let mut lines = Vec::new();
    if let Some(toast) = &model.toast {
        let item = Item::plain(" ").and(Tone::Heading, visible(toast)).indent(1);
        let most = (usize::from(window.height) / MOST_STATUS).max(1);
        lines.extend(wrap(&item, look, width).into_iter().take(most));
    }
    match &model.pending {
        Some(pending) if pending.waits_for_user => lines.push(Line::from(" waiting for you   Esc cancels")),
        Some(pending) => {
            let frames = look.symbols.spinner;
            let spinner = frames.get(model.ticks % frames.len()).copied().unwrap_or_default();
            let seconds = model.now.duration_since(pending.since).as_secs();
            let time = if seconds > 0 { format!("  {seconds} s") } else { String::new() };
            lines.push(Line::from(format!(" {spinner} {}{time}   Esc cancels", visible(&pending.name))));
        }
        None if lines.is_empty() && is_narrow(window.width, window.height) => {
            let names: Vec<String> = (1..).zip(Pane::ALL).map(|(at, pane)| format!("{at} {}", pane.name)).collect();
            let (names, size) = (names.join(" "), format!("{}x{}", ALL_PANES.0, ALL_PANES.1));
            let needed = [format!(" {names}  all at {size}"), format!(" {names}  all: {size}")];
            let fitting = needed.into_iter().find(|line| line.width() <= usize::from(window.width));
            lines.push(Line::styled(fitting.unwrap_or_else(|| format!(" {names}")), look.tone(Tone::Muted)));
        }
        None => {}
    }
    if lines.is_empty() {
        lines.push(Line::default());
    }
    lines
}

/// Replaces everything that is not ASCII, such as text from a token, by question marks.
pub(super) fn to_ascii(frame: &mut Frame<'_>) {
    for cell in &mut frame.buffer_mut().content {
        if !cell.symbol().is_ascii() {
            let width = cell.symbol().width().max(1);
            cell.set_symbol(if width > 1 { "??" } else { "?" });
        }
    }
}

/// Draws the keys that apply now, as far as they fit. Unavailable ones are muted.
pub(super) fn footer(model: &Model, look: &Look, areas: &Areas, frame: &mut Frame<'_>) {
    let mut spans = Vec::new();
    let mut used = 0;
    if model.filtering {
        for (key, word) in [("Enter", "apply"), ("Esc", "clear")] {
            spans.push(Span::styled(format!(" {key}"), look.tone(Tone::Key)));
            spans.push(Span::from(format!(" {word} ")));
        }
        return frame.render_widget(Line::from(spans), areas.footer);
    }
    let mut shown: Vec<&str> = Vec::new();
    for binding in bindings(model).filter(|binding| !binding.footer.is_empty() && !binding.keys.is_empty()) {
        let keys = binding.keys.split(' ').next().unwrap_or_default();
        // a binding with higher precedence is already shown
        if shown.contains(&keys) {
            continue;
        }
        shown.push(keys);
        used += keys.len() + binding.footer.len() + 3;
        if used > usize::from(areas.footer.width) {
            break;
        }
        let refused = refusal(model, binding.action).is_some();
        let (key, word) = if refused { (Tone::Muted, Tone::Muted) } else { (Tone::Key, Tone::Plain) };
        spans.push(Span::styled(format!(" {keys}"), look.tone(key)));
        spans.push(Span::styled(format!(" {} ", binding.footer), look.tone(word)));
    }
    frame.render_widget(Line::from(spans), areas.footer);
}
