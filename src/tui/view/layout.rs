//! Layout of the window.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::tui::model::{Border, Edge, Pane, Sizes, is_narrow};

/// Smallest window, in columns and rows, that anything is drawn in.
pub(super) const MIN_SIZE: (u16, u16) = (30, 8);

pub(super) struct Areas {
    pub(super) title: Rect,
    /// Area between title and status line.
    pub(super) middle: Rect,
    pub(super) panes: Vec<(Pane, Rect)>,
    /// Borders between the panes.
    pub(super) borders: Vec<Border>,
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

/// What the sizes of the panes depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) focused: Pane,
    pub(super) zoomed: bool,
    pub(super) call: Rows,
    /// Rows of the status line.
    pub(super) status: u16,
    /// Columns of the longest line of the endpoints pane.
    pub(super) longest: u16,
    /// What the user has chosen.
    pub(super) sizes: Sizes,
}

/// Rows that the other panes keep beside a diagnosis.
const OTHERS: u16 = 8;

/// Columns that the panes at the right keep, and least columns of the endpoints.
const RIGHT: u16 = 36;
const LEFT: u16 = 20;

/// Columns of a window in which the endpoints pane has room for the required scopes.
const SPACIOUS: u16 = 160;

/// Divides the window; `None` if it is too small.
pub(super) fn areas(window: Rect, wanted: Wanted) -> Option<Areas> {
    if window.width < MIN_SIZE.0 || window.height < MIN_SIZE.1 {
        return None;
    }
    let rows = [Constraint::Length(1), Constraint::Min(3), Constraint::Length(wanted.status), Constraint::Length(1)];
    let [title, middle, status, footer] = Layout::vertical(rows).areas(window);
    let narrow = is_narrow(window.width, window.height);
    let is_alone = narrow || wanted.zoomed || wanted.focused.spec().alone;
    let (panes, borders) = if is_alone { (vec![(wanted.focused, middle)], Vec::new()) } else { all(middle, wanted) };
    Some(Areas { title, middle, panes, borders, status, footer })
}

/// Places all panes. In a low window the focused pane gets more rows.
fn all(middle: Rect, wanted: Wanted) -> (Vec<(Pane, Rect)>, Vec<Border>) {
    let Wanted { focused, call, longest, sizes, .. } = wanted;
    let low = middle.height < 30;
    let height = |pane: Pane, usual: u16| match (low, focused == pane) {
        (true, true) => middle.height / 2,
        (true, false) => 5,
        (false, _) => usual,
    };
    let most = middle.height.saturating_sub(OTHERS).max(3);
    let call_height = match (sizes.call, call.is_needed) {
        (Some(chosen), _) => chosen.clamp(3, most),
        (None, true) => call.content.min(most),
        (None, false) => call.content.clamp(3, height(Pane::Call, middle.height / 4)),
    };
    let [upper, call] = Layout::vertical([Constraint::Min(OTHERS), Constraint::Length(call_height)]).areas(middle);
    // the focused pane widens for long paths, and in a wide window for the required scopes
    let share = if focused == Pane::Endpoints && upper.width >= SPACIOUS { 45 } else { 33 };
    let usual = upper.width * share / 100;
    let wide = longest.saturating_add(6).clamp(usual, upper.width * 55 / 100);
    let width = match sizes.endpoints {
        Some(chosen) => chosen.clamp(LEFT, upper.width.saturating_sub(RIGHT).max(LEFT)),
        None if focused == Pane::Endpoints => wide,
        None => usual,
    };
    let [endpoints, right] = Layout::horizontal([Constraint::Length(width), Constraint::Min(RIGHT)]).areas(upper);
    let most = upper.height.saturating_sub(4);
    let scopes_height = match sizes.scopes {
        Some(chosen) => chosen.clamp(3, most.max(3)),
        None => height(Pane::Scopes, upper.height * 2 / 5).min(most),
    };
    let [token, scopes] = Layout::vertical([Constraint::Min(4), Constraint::Length(scopes_height)]).areas(right);
    let above = |below: Rect| Rect { y: below.y.saturating_sub(1), height: 2, ..below };
    let beside = Rect { x: right.x.saturating_sub(1), width: 2, ..upper };
    let borders = vec![
        Border { edge: Edge::Call, area: above(call), origin: middle.bottom() },
        Border { edge: Edge::Scopes, area: above(scopes), origin: upper.bottom() },
        Border { edge: Edge::Endpoints, area: beside, origin: upper.x },
    ];
    (vec![(Pane::Endpoints, endpoints), (Pane::Token, token), (Pane::Scopes, scopes), (Pane::Call, call)], borders)
}
