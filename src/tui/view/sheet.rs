//! Draws the open sheet over the panes.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};

use super::list::{self, Selection, wrap};
use crate::tui::item::Item;
use crate::tui::model::{ListId, Model, Position, Sheet};
use crate::tui::theme::Look;

/// Maximum width of a sheet in columns.
const MAX_WIDTH: u16 = 100;

/// Draws a sheet. Returns the visible part of its list, its area, and the item in each row.
pub(super) fn draw(
    model: &Model,
    (sheet, items): (&Sheet, &[Item]),
    look: &Look,
    frame: &mut Frame<'_>,
    over: Rect,
) -> (Position, Rect, Vec<usize>) {
    let width = over.width.saturating_sub(2).min(MAX_WIDTH);
    let columns = usize::from(width.saturating_sub(3));
    let lines: usize = items.iter().map(|item| wrap(item, look, columns).len()).sum();
    let height = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2).clamp(3, over.height.max(3));
    let area = Rect { x: over.x + (over.width - width) / 2, y: over.y + (over.height - height) / 2, width, height };
    frame.render_widget(Clear, area);
    let name = title(model, sheet);
    let title = Span::styled(format!(" {name} "), look.title());
    let block = Block::bordered().border_set(look.symbols.border).border_style(look.border(true)).title(title);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let chooses = matches!(
        sheet,
        Sheet::Palette { .. } | Sheet::Help { .. } | Sheet::Themes { .. } | Sheet::Tokens | Sheet::Copy(_)
    );
    let scrolls = lines > usize::from(inner.height);
    let mut position = model.position(ListId::Sheet(sheet.kind()));
    let selection = match sheet {
        Sheet::Request(form) => {
            position.cursor = form.cursor_line();
            Selection::Mark
        }
        _ => Selection::from(chooses || scrolls),
    };
    let (drawn, rows) = list::draw(items, look, position, selection, frame, inner);
    if scrolls {
        super::frame::scroll(look, frame, area, drawn, items.len(), true);
    }
    if let Sheet::Palette { typed } | Sheet::Help { typed } = sheet {
        let left = u16::try_from(name.len()).unwrap_or_default() + 4;
        let at = Rect { x: area.x + left, y: area.y, width: area.width.saturating_sub(left + 2), height: 1 };
        let mut spans = vec![Span::from(" ")];
        spans.extend(super::frame::typed(look, typed.parts(), true, usize::from(at.width.saturating_sub(1))));
        frame.render_widget(Line::from(spans), at);
    }
    (drawn, area, rows)
}

fn title(model: &Model, sheet: &Sheet) -> String {
    match sheet {
        Sheet::Help { .. } => format!("keys in {}", model.pane.name()),
        Sheet::Themes { .. } => "theme".to_owned(),
        Sheet::Palette { .. } => "palette".to_owned(),
        Sheet::Obtain(offered) if offered.step_up => "step up and call again".to_owned(),
        Sheet::Obtain(_) => "obtain a token".to_owned(),
        Sheet::Approval(_) => "approval".to_owned(),
        Sheet::Waiting(None) => "working".to_owned(),
        Sheet::Waiting(Some(_)) => "sign in".to_owned(),
        Sheet::Paste { .. } => "enter the redirect URL".to_owned(),
        Sheet::Passphrase { .. } => "passphrase of the vault".to_owned(),
        Sheet::Copy(_) => "copy".to_owned(),
        Sheet::Excess(_) => "the token grants more than was requested".to_owned(),
        Sheet::Granted { .. } => "requested and granted scopes".to_owned(),
        Sheet::Request(_) => "request".to_owned(),
        Sheet::Confirm(_) => "confirm".to_owned(),
        Sheet::Tokens if model.context.vault().is_some() => "tokens of this session and in the vault".to_owned(),
        Sheet::Tokens => "tokens of this session".to_owned(),
        Sheet::Trust { .. } => "this manifest is not trusted yet".to_owned(),
        Sheet::Probe => "probe: the server compared with the manifest".to_owned(),
        Sheet::Diff(..) => "two tokens compared".to_owned(),
        Sheet::Failed { title, .. } => (*title).to_owned(),
    }
}
