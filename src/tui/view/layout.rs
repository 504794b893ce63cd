//! Layout of the window.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::tui::model::{Pane, is_narrow};

/// Smallest window, in columns and rows, that anything is drawn in.
pub(super) const MIN_SIZE: (u16, u16) = (30, 8);

pub(super) struct Areas {
    pub(super) title: Rect,
    /// Area between title and status line.
    pub(super) middle: Rect,
    pub(super) panes: Vec<(Pane, Rect)>,
    pub(super) status: Rect,
    pub(super) footer: Rect,
}

/// Rows that the call pane asks for, with its border.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows {
    pub(super) content: u16,
    /// The content is a diagnosis, which has to be visible as a whole.
    pub(super) is_needed: bool,
}

/// Rows that the other panes keep beside a diagnosis.
const OTHERS: u16 = 8;

/// Divides the window; `None` if it is too small. `status`: rows of the status line.
/// `longest`: columns of the longest endpoint.
pub(super) fn areas(window: Rect, focused: Pane, zoomed: bool, call: Rows, status: u16, longest: u16) -> Option<Areas> {
    if window.width < MIN_SIZE.0 || window.height < MIN_SIZE.1 {
        return None;
    }
    let rows = [Constraint::Length(1), Constraint::Min(3), Constraint::Length(status), Constraint::Length(1)];
    let [title, middle, status, footer] = Layout::vertical(rows).areas(window);
    let narrow = is_narrow(window.width, window.height);
    let is_alone = narrow || zoomed || focused.spec().alone;
    let panes = if is_alone { vec![(focused, middle)] } else { all(middle, focused, call, longest) };
    Some(Areas { title, middle, panes, status, footer })
}

/// Places all panes. In a low window the focused pane gets more rows.
fn all(middle: Rect, focused: Pane, call: Rows, longest: u16) -> Vec<(Pane, Rect)> {
    let low = middle.height < 30;
    let height = |pane: Pane, usual: u16| match (low, focused == pane) {
        (true, true) => middle.height / 2,
        (true, false) => 5,
        (false, _) => usual,
    };
    let call_height = match call.is_needed {
        true => call.content.min(middle.height.saturating_sub(OTHERS)),
        false => call.content.clamp(3, height(Pane::Call, middle.height / 4)),
    };
    let [upper, call] = Layout::vertical([Constraint::Min(OTHERS), Constraint::Length(call_height)]).areas(middle);
    // the focused pane widens for long paths
    let usual = upper.width * 33 / 100;
    let wide = longest.saturating_add(6).clamp(usual, upper.width * 55 / 100);
    let width = if focused == Pane::Endpoints { wide } else { usual };
    let [endpoints, right] = Layout::horizontal([Constraint::Length(width), Constraint::Min(36)]).areas(upper);
    let scopes_height = height(Pane::Scopes, upper.height * 2 / 5).min(upper.height.saturating_sub(4));
    let [token, scopes] = Layout::vertical([Constraint::Min(4), Constraint::Length(scopes_height)]).areas(right);
    vec![(Pane::Endpoints, endpoints), (Pane::Token, token), (Pane::Scopes, scopes), (Pane::Call, call)]
}
