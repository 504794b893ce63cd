//! Draws a list of items and keeps the selected one visible.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::text::visible;
use crate::tui::item::{Item, Tone};
use crate::tui::model::Position;
use crate::tui::theme::Look;

/// How the selected item is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    None,
    /// With a mark, as in a form, whose fields show a cursor of their own.
    Mark,
    /// With a mark, in reverse video.
    Reverse,
}

impl From<bool> for Selection {
    fn from(focused: bool) -> Self {
        if focused { Self::Reverse } else { Self::None }
    }
}

/// Draws a list. Returns its visible part, and the item in each row.
pub(super) fn draw(
    items: &[Item],
    look: &Look,
    position: Position,
    selection: Selection,
    frame: &mut Frame<'_>,
    area: Rect,
) -> (Position, Vec<usize>) {
    let height = usize::from(area.height);
    let width = usize::from(area.width.saturating_sub(1));
    let selected = position.cursor.min(items.len().saturating_sub(1));
    let lines = |index: usize| items.get(index).map(|item| wrap(item, look, width)).unwrap_or_default();
    let top = first(position.top.min(selected), selected, height, |index| lines(index).len());
    let mut row = 0;
    let mut page = 0;
    let mut rows = Vec::new();
    for (index, item) in items.iter().enumerate().skip(top) {
        let wrapped = wrap(item, look, width);
        let here = selection != Selection::None && index == selected;
        let fits = row + wrapped.len() <= height;
        for (part, line) in wrapped.into_iter().enumerate() {
            let Ok(y) = u16::try_from(row) else { break };
            if row >= height {
                break;
            }
            let at = Rect { x: area.x, y: area.y + y, width: area.width, height: 1 };
            let mark = if here && part == 0 { ">" } else { " " };
            let mut spans = vec![Span::from(mark)];
            spans.extend(line.spans);
            let style = if here && selection == Selection::Reverse { look.selected() } else { Style::new() };
            frame.render_widget(Line::from(spans).style(style), at);
            rows.push(index);
            row += 1;
        }
        page += usize::from(fits);
        if row >= height {
            break;
        }
    }
    (Position { cursor: selected, top, page: page.max(1) }, rows)
}

/// Highlights what a search has found.
pub(super) fn highlight(items: Vec<Item>, search: &str) -> Vec<Item> {
    if search.is_empty() {
        return items;
    }
    let search = search.to_lowercase();
    items.into_iter().map(|item| found(item, &search)).collect()
}

fn found(mut item: Item, search: &str) -> Item {
    let lower = item.text().to_lowercase();
    // an offset of the lower case text is one of the text itself only if they have the same length
    if lower.len() != item.text().len() || !lower.contains(search) {
        return item;
    }
    let ranges: Vec<(usize, usize)> = lower.match_indices(search).map(|(at, text)| (at, at + text.len())).collect();
    let mut pieces = Vec::new();
    let mut at = 0;
    for (tone, text) in std::mem::take(&mut item.pieces) {
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let range = ranges.iter().find(|(_, end)| *end > at);
            let (length, tone) = match range {
                Some((start, end)) if *start <= at => (end - at, Tone::Matched),
                Some((start, _)) => (start - at, tone),
                None => (rest.len(), tone),
            };
            let (head, tail) = rest.split_at_checked(length.min(rest.len())).unwrap_or((rest, ""));
            pieces.push((tone, head.to_owned()));
            at += head.len();
            rest = tail;
        }
    }
    item.pieces = pieces;
    item
}

/// Returns the first item to draw so that the selected one is visible, scrolling as little as possible.
fn first(top: usize, selected: usize, height: usize, lines: impl Fn(usize) -> usize) -> usize {
    let mut used = 0;
    for index in (top..=selected).rev() {
        used += lines(index);
        if used > height {
            return (index + 1).min(selected);
        }
    }
    top
}

/// Pieces up to this width are not broken.
const SHORT: usize = 12;

/// Columns that a column after a gap needs at least in order to begin in a line that it does not fit into.
const LEAST: usize = 24;

/// Returns whether a piece begins in a line of its own, because the rest of this one has no room for it: a short piece such
/// as `403 +`, or a column after a gap. Only in items with an indentation: that is where their columns begin. `mark`: columns
/// of a mark behind it that belongs to it.
fn moves(text: &str, mark: usize, after_gap: bool, used: usize, indent: usize, width: usize) -> bool {
    let (all, words) = (text.trim_end_matches(' '), text.trim_matches(' '));
    let (used, indent) = (used + mark, indent + mark);
    let fits_below = indent + words.width() <= width;
    let is_column = (after_gap || text.starts_with("  ")) && (fits_below || used + LEAST > width);
    let is_short = fits_below && words.width() <= SHORT;
    let has_columns = indent > mark;
    has_columns && used > indent && used + all.width() > width && (is_column || is_short)
}

/// Returns the columns of a mark, such as that of a scope, that directly follows a text; 0 if none does.
fn mark_after(text: &str, pieces: &[(Tone, String)]) -> usize {
    let mut blanks = text.len() - text.trim_end_matches(' ').len();
    for (_, next) in pieces {
        let mark = next.trim_matches(' ').width();
        blanks += next.len() - next.trim_start_matches(' ').len();
        match mark {
            0 => {}
            1..=2 if blanks < 2 => return blanks + mark,
            _ => return 0,
        }
    }
    0
}

/// Wraps an item into lines of at most `width` columns, at spaces if possible.
pub(super) fn wrap(item: &Item, look: &Look, width: usize) -> Vec<Line<'static>> {
    let indent = item.indent.min(width / 2);
    let mut lines: Vec<Vec<Span<'static>>> = vec![Vec::new()];
    let mut used = 0;
    let mut gap = false;
    let mut push = |text: &str, mark: usize, style: Style, lines: &mut Vec<Vec<Span<'static>>>| {
        let mut rest = text;
        let after_gap = std::mem::replace(&mut gap, text.ends_with("  "));
        if moves(text, mark, after_gap, used, indent, width) {
            lines.push(vec![Span::from(" ".repeat(indent))]);
            used = indent;
            rest = text.trim_start_matches(' ');
        }
        while !rest.is_empty() {
            let (head, tail) = split(rest, width.saturating_sub(used), used > indent);
            if !head.is_empty() {
                used += head.width();
                if let Some(line) = lines.last_mut() {
                    line.push(Span::styled(head.to_owned(), style));
                }
            }
            rest = tail;
            if !rest.is_empty() {
                lines.push(vec![Span::from(" ".repeat(indent))]);
                used = indent;
                rest = rest.trim_start_matches(' ');
            }
        }
    };
    for (index, (tone, text)) in item.pieces.iter().enumerate() {
        let mark = mark_after(text, item.pieces.get(index + 1..).unwrap_or_default());
        push(&visible(text), mark, look.tone(*tone), &mut lines);
    }
    lines.into_iter().map(Line::from).collect()
}

/// Splits text into what fits into the columns, and the rest. `may_be_nothing`: the line has text already, so that a word
/// that does not fit can move to the next line.
fn split(text: &str, columns: usize, may_be_nothing: bool) -> (&str, &str) {
    let mut used = 0;
    let mut space = None;
    for (at, character) in text.char_indices() {
        let wide = character.width().unwrap_or_default();
        if used + wide > columns {
            // trailing spaces need no room
            if text.get(at..).is_some_and(|rest| rest.trim_start_matches(' ').is_empty()) {
                return (text.get(..at).unwrap_or_default(), "");
            }
            let end = match space {
                Some(space) => space,
                None if may_be_nothing => 0,
                // always make progress, however narrow the line is
                None if at == 0 => character.len_utf8(),
                None => at,
            };
            // trailing spaces need no line of their own
            let (head, tail) = text.split_at(end);
            return if tail.trim_start_matches(' ').is_empty() { (head, "") } else { (head, tail) };
        }
        used += wide;
        if character == ' ' {
            space = Some(at + 1);
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::theme::Theme;

    fn wrapped(item: &Item, width: usize) -> Vec<String> {
        let look = Look::new(Theme::default(), true);
        wrap(item, &look, width).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn items_wrap_at_spaces_and_split_long_words() {
        let item = Item::plain("name  ").and(Tone::Muted, "some words about it").indent(6);
        assert_eq!(wrapped(&item, 18), ["name  some words ", "      about it"]);
        assert_eq!(wrapped(&Item::plain("abcdefgh"), 3), ["abc", "def", "gh"]);
        let cells = Item::plain("GET /orders  ").and(Tone::Muted, "orders:read ").and(Tone::Good, "403 +").indent(4);
        assert_eq!(wrapped(&cells, 28), ["GET /orders  orders:read ", "    403 +"]);
        let padded = Item::plain("GET /orders  orders:read ").and(Tone::Good, "403 +  ").indent(4);
        assert_eq!(wrapped(&padded, 30), ["GET /orders  orders:read 403 +"]);
        let heading = Item::plain("risk  ").and(Tone::Plain, "endpoints (of 2 shown)");
        assert_eq!(wrapped(&heading, 24), ["risk  endpoints (of 2 ", "shown)"]);
        let scope =
            Item::plain("needs  ").and(Tone::Plain, "orders:read").and(Tone::Plain, " ").and(Tone::Bad, "x").indent(2);
        assert_eq!(wrapped(&scope, 19), ["needs  ", "  orders:read x"]);
        assert_eq!(wrapped(&scope, 20), ["needs  orders:read x"]);
        let meaning = Item::plain("aud  \"api\"").and(Tone::Muted, "   audience of the token").indent(5);
        assert_eq!(wrapped(&meaning, 30), ["aud  \"api\"", "     audience of the token"]);
        assert_eq!(wrapped(&Item::plain("a\u{1b}[0m"), 40), ["a\\u{1b}[0m"]);
        assert_eq!(wrapped(&Item::default(), 10), [""]);
    }

    #[test]
    fn a_search_is_highlighted_across_pieces_in_any_case() {
        let item = Item::plain("Some name: ").and(Tone::Key, "A name");
        let items = highlight(vec![item.clone(), Item::plain("other")], "E: a");
        let matched: String =
            items[0].pieces.iter().filter(|(tone, _)| *tone == Tone::Matched).map(|(_, text)| text.as_str()).collect();
        assert_eq!((matched.as_str(), items[0].text()), ("e: A", item.text()));
        assert_eq!(items[1].pieces.len(), 1);
    }

    #[test]
    fn a_page_is_all_items_that_are_visible_as_a_whole() {
        use ratatui::Terminal;
        use ratatui::backend::TestBackend;
        let items = [Item::plain("a"), Item::plain("b b b b b b"), Item::plain("c")];
        let look = Look::new(Theme::default(), true);
        for (height, page) in [(5, 3), (4, 3), (3, 2), (2, 1), (1, 1)] {
            let mut terminal = Terminal::new(TestBackend::new(8, height)).unwrap();
            let mut drawn = Position::default();
            terminal
                .draw(|frame| {
                    drawn = draw(&items, &look, Position::default(), Selection::None, frame, frame.area()).0;
                })
                .unwrap();
            assert_eq!(drawn.page, page, "{height}");
        }
    }

    #[test]
    fn the_selected_item_is_always_visible() {
        assert_eq!(first(0, 3, 10, |_| 1), 0);
        assert_eq!(first(0, 10, 10, |_| 1), 1);
        assert_eq!(first(5, 20, 10, |_| 3), 18);
        assert_eq!(first(0, 2, 2, |_| 9), 2);
    }

    proptest! {
        #[test]
        fn wrapped_lines_fit_and_keep_every_letter(text in "[a-z äß字 ]{0,80}", width in 6_usize..30, indent in 0_usize..9) {
            let lines = wrapped(&Item::plain(text.clone()).indent(indent), width);
            prop_assert!(lines.iter().all(|line| line.width() <= width), "{lines:?}");
            let letters = |text: &str| text.chars().filter(|character| *character != ' ').collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}
