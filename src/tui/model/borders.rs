//! Borders between panes, which can be dragged.

use ratatui::layout::{Position as Cell, Rect};

/// What a border separates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Edge {
    /// The endpoints from what is at their right.
    Endpoints,
    /// The token from the scopes.
    Scopes,
    /// The call from what is above it.
    Call,
}

/// A border of the last frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) struct Border {
    pub(in crate::tui) edge: Edge,
    pub(in crate::tui) area: Rect,
    /// The opposite side of the pane whose size the border decides: a column for the endpoints, otherwise a row.
    pub(in crate::tui) origin: u16,
}

impl Border {
    pub(in crate::tui) fn holds(&self, column: u16, row: u16) -> bool {
        self.area.contains(Cell::new(column, row))
    }
}

/// Sizes that the user has chosen, in columns or rows; `None`: the usual ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::tui) struct Sizes {
    pub(in crate::tui) endpoints: Option<u16>,
    pub(in crate::tui) scopes: Option<u16>,
    pub(in crate::tui) call: Option<u16>,
}

impl Sizes {
    /// Moves a border to where the mouse is. The layout keeps the sizes within bounds.
    pub(in crate::tui) fn drag(&mut self, border: Border, column: u16, row: u16) {
        match border.edge {
            Edge::Endpoints => self.endpoints = Some(column.saturating_sub(border.origin) + 1),
            Edge::Scopes => self.scopes = Some(border.origin.saturating_sub(row)),
            Edge::Call => self.call = Some(border.origin.saturating_sub(row)),
        }
    }
}
