//! Title, borders, status line and footer.

use ratatui::Frame;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};
use unicode_width::UnicodeWidthStr as _;

use super::layout::{Areas, MIN_SIZE};
use crate::app::Origin;
use crate::text::visible;
use crate::tui::content::Tone;
use crate::tui::keymap::{bindings, refusal};
use crate::tui::model::{ALL_PANES, Model, Pane, Tab};
use crate::tui::theme::Look;

pub(super) fn too_small(frame: &mut Frame<'_>) {
    let text = format!("the window is too small: at least {}x{} is needed", MIN_SIZE.0, MIN_SIZE.1);
    frame.render_widget(Paragraph::new(text).wrap(ratatui::widgets::Wrap { trim: true }), frame.area());
}

/// Draws the title line: API, client, token and expiry; on the right the names of the panes.
pub(super) fn title(model: &Model, look: &Look, areas: &Areas, frame: &mut Frame<'_>) {
    let mut parts = vec![" tokscope".to_owned()];
    if let Some((api, _)) = model.row().and_then(|row| model.context.endpoint(row.id)) {
        let name = visible(&api.name);
        parts.push(match visible(api.title()) {
            title if title == name => title.into_owned(),
            title => format!("{title} ({name})"),
        });
    }
    match model.token() {
        None => parts.push("no token: paste one".to_owned()),
        Some(token) => {
            if let Origin::Obtained { client } = &token.origin {
                parts.push(format!("client {}", visible(client)));
            }
            parts.push(format!("token {}", Model::name_of(token, look.symbols.ellipsis)));
            parts.extend(token.validity(model.now).map(|validity| validity.words(model.now)));
        }
    }
    // the token is more important than the API
    if parts.len() > 2 && parts.join("   ").width() > usize::from(areas.title.width) {
        parts.remove(1);
    }
    frame.render_widget(Line::styled(parts.join("   "), look.title()), areas.title);
    let mut panes = Vec::new();
    for (number, pane) in (1..).zip(Pane::ALL) {
        let style = if pane.pane == model.pane { look.border(true) } else { look.tone(Tone::Muted) };
        panes.push(Span::styled(format!("  {number} {}", pane.name), style));
    }
    let panes = Line::from(panes).right_aligned();
    let room = usize::from(areas.title.width).saturating_sub(parts.join("   ").width());
    if panes.width() < room {
        frame.render_widget(panes, areas.title);
    }
}

/// Returns the border of a pane, with its name, tabs and filter.
pub(super) fn block<'m>(model: &'m Model, look: &Look, pane: Pane, width: u16) -> Block<'m> {
    let focused = pane == model.pane;
    let number = pane.number();
    let mut title = vec![Span::styled(format!(" {number} {} ", pane.name()), look.border(focused))];
    let tabs = pane.tabs();
    if tabs.len() > 1 {
        let shown = model.tab(pane);
        let names: Vec<(Tab, String)> = tabs.iter().map(|tab| (*tab, tab_name(model, *tab))).collect();
        let all: usize = names.iter().map(|(_, name)| name.width() + 1).sum();
        // if the tabs do not fit, only the current one is shown, with its number
        let fits = pane.name().len() + all + 9 <= usize::from(width);
        let count = names.len();
        for (number, (tab, name)) in (1..).zip(names).filter(|(_, (tab, _))| fits || *tab == shown) {
            let style = if tab == shown { look.tone(Tone::Heading) } else { look.tone(Tone::Muted) };
            title.push(Span::styled(if tab == shown { format!("[{name}]") } else { name }, style));
            let place = if fits { " ".to_owned() } else { format!(" {number}/{count} ") };
            title.push(Span::styled(place, look.tone(Tone::Muted)));
        }
    }
    let mut block = Block::bordered().border_set(look.symbols.border).border_style(look.border(focused));
    block = block.title(Line::from(title));
    let filter = model.filter(pane);
    let typing = focused && model.filtering;
    if typing || !filter.is_empty() {
        let cursor = if typing { "_" } else { "" };
        block = block.title_bottom(Span::styled(format!(" /{}{cursor} ", visible(filter)), look.tone(Tone::Key)));
    } else if pane == Pane::Endpoints && !model.endpoints.marked.is_empty() {
        block = block.title_bottom(format!(" {} marked ", model.endpoints.marked.len()));
    }
    if pane == Pane::Endpoints && !model.endpoints.rows.is_empty() {
        let shown = model.endpoints.shown.len();
        block = block.title_bottom(Line::from(format!(" {shown} ")).right_aligned());
    }
    block
}

fn tab_name(model: &Model, tab: Tab) -> String {
    let count = match tab {
        Tab::Findings => model.session_token().map(|held| held.token.decoded.findings.len() + held.findings.len()),
        Tab::History => Some(model.calls.len()).filter(|count| *count > 0),
        _ => None,
    };
    count.map_or_else(|| tab.name().to_owned(), |count| format!("{} {count}", tab.name()))
}

/// Draws the status line: the last toast, the running job, or a hint about a small window.
pub(super) fn status(model: &Model, look: &Look, areas: &Areas, frame: &mut Frame<'_>) {
    let line = match (&model.toast, &model.pending) {
        (Some(toast), _) => Line::styled(format!(" {}", visible(toast)), look.tone(Tone::Heading)),
        (None, Some(pending)) if pending.waits_for_user => Line::from(" waiting for you   Esc cancels"),
        (None, Some(pending)) => {
            let frames = look.symbols.spinner;
            let spinner = frames.get(model.ticks % frames.len()).copied().unwrap_or_default();
            let seconds = model.now.duration_since(pending.since).as_secs();
            let time = if seconds > 0 { format!("  {seconds} s") } else { String::new() };
            Line::from(format!(" {spinner} {}{time}   Esc cancels", visible(&pending.name)))
        }
        (None, None) if areas.narrow => {
            let names: Vec<String> = (1..).zip(Pane::ALL).map(|(at, pane)| format!("{at} {}", pane.name)).collect();
            let needed = format!(" {}  {}x{} shows all panes", names.join(" "), ALL_PANES.0, ALL_PANES.1);
            Line::styled(needed, look.tone(Tone::Muted))
        }
        (None, None) => return,
    };
    frame.render_widget(line, areas.status);
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
    }
    let mut shown: Vec<&str> = Vec::new();
    for binding in bindings(model).filter(|binding| !binding.footer.is_empty() && !model.filtering) {
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
