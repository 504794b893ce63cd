//! What the last frame showed where, for the mouse.

use ratatui::layout::{Position as Cell, Rect};

use super::{ListId, Pane};

/// An area with a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tui) struct Hit {
    /// The pane; `None` for a sheet.
    pub(in crate::tui) pane: Option<Pane>,
    pub(in crate::tui) list: ListId,
    /// With the border.
    pub(in crate::tui) area: Rect,
    /// First row of the list.
    pub(in crate::tui) top: u16,
    /// Index of the item in each row.
    pub(in crate::tui) rows: Vec<usize>,
}

impl Hit {
    pub(in crate::tui) fn holds(&self, column: u16, row: u16) -> bool {
        self.area.contains(Cell::new(column, row))
    }

    /// Returns the item in a row of the window.
    pub(in crate::tui) fn item(&self, row: u16) -> Option<usize> {
        self.rows.get(usize::from(row.checked_sub(self.top)?)).copied()
    }
}
