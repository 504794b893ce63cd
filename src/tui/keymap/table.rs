//! The default bindings.

use std::borrow::Cow;

use crossterm::event::KeyCode;

use crate::tui::chord::Chord;
use crate::tui::place::{Pane, SheetKind};

/// An action that a key performs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Action {
    NextPane,
    PreviousPane,
    ShowPane(Pane),
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    NextTab,
    OpenGroup,
    CloseGroup,
    Reload,
    EditManifest,
    PreviousTab,
    Mark,
    MarkAll,
    Filter,
    Obtain,
    Call,
    Edit,
    EditBody,
    StepUp,
    Approve,
    Tokens,
    Copy,
    ChooseCopy,
    CopyToken,
    Reveal,
    Fold,
    FoldAll,
    CompareTokens,
    RefreshCurrent,
    FindNext,
    FindPrevious,
    HalfUp,
    HalfDown,
    Redraw,
    ResetSizes,
    Themes,
    Mouse,
    Verify,
    Probe,
    Palette,
    Help,
    Confirm,
    NextClient,
    NextGrant,
    UseStored,
    KeepExcess,
    PasteRedirect,
    Refresh,
    Revoke,
    Forget,
    Back,
    Quit,
    Suspend,
    AddEndpoint,
    DenyEndpoint,
    RequireApproval,
}

/// Where a binding applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum When {
    /// In all panes, unless a sheet is open.
    Panes,
    /// In this pane, unless a sheet is open.
    In(Pane),
    /// On sheets of these kinds.
    On(&'static [SheetKind]),
    /// On all sheets.
    Sheets,
    /// Everywhere. In an input field, editing keys come first.
    Always,
}

/// A key binding.
#[derive(Clone, Debug)]
pub(in crate::tui) struct Binding {
    /// Keys as displayed, separated by blanks; empty if the action is only in the palette.
    pub(in crate::tui) keys: Cow<'static, str>,
    pub(in crate::tui) chords: Cow<'static, [Chord]>,
    pub(in crate::tui) action: Action,
    pub(in crate::tui) description: &'static str,
    pub(in crate::tui) when: When,
    /// Label in the footer; empty if it is not shown there.
    pub(in crate::tui) footer: &'static str,
}

const fn bind(
    keys: &'static str,
    chords: &'static [Chord],
    action: Action,
    description: &'static str,
    when: When,
    footer: &'static str,
) -> Binding {
    Binding { keys: Cow::Borrowed(keys), chords: Cow::Borrowed(chords), action, description, when, footer }
}

const fn key(character: char) -> Chord {
    code(KeyCode::Char(character))
}

const fn code(code: KeyCode) -> Chord {
    Chord { ctrl: false, alt: false, code }
}

const fn ctrl(character: char) -> Chord {
    Chord { ctrl: true, alt: false, code: KeyCode::Char(character) }
}

/// Sheets with several fields.
const FORMS: &[SheetKind] = &[SheetKind::Request, SheetKind::Passphrase];

/// All bindings. The footer shows them in this order, as far as they fit.
pub(super) static KEYMAP: &[Binding] = &[
    bind("?", &[key('?')], Action::Help, "show the keys of this pane", When::Panes, "help"),
    bind("q", &[key('q')], Action::Quit, "quit", When::Panes, "quit"),
    bind(
        "o",
        &[key('o')],
        Action::Obtain,
        "obtain a token for the marked endpoints, or the selected one",
        When::Panes,
        "obtain",
    ),
    bind("c", &[key('c')], Action::Call, "call the selected endpoint", When::Panes, "call"),
    bind("e", &[key('e')], Action::Edit, "edit the request: path, query, headers, body", When::Panes, "edit"),
    bind("s", &[key('s')], Action::StepUp, "step up: obtain the missing scopes and call again", When::Panes, "step up"),
    bind("t", &[key('t')], Action::Tokens, "list tokens: select, refresh, revoke, forget", When::Panes, "tokens"),
    bind("/", &[key('/')], Action::Filter, "filter the endpoints, or search in this pane", When::Panes, "filter"),
    bind("n", &[key('n')], Action::FindNext, "next match of the search", When::Panes, ""),
    bind("N", &[key('N')], Action::FindPrevious, "previous match of the search", When::Panes, ""),
    bind(":", &[key(':')], Action::Palette, "find an action in the palette", When::Panes, "palette"),
    bind(
        "Space",
        &[key(' ')],
        Action::Mark,
        "mark or unmark an endpoint for the next token",
        When::In(Pane::Endpoints),
        "mark",
    ),
    bind("M", &[key('M')], Action::MarkAll, "mark all shown endpoints, or unmark all", When::In(Pane::Endpoints), ""),
    bind("Space", &[key(' ')], Action::Fold, "fold or unfold the JSON value", When::In(Pane::Token), "fold"),
    bind("Space", &[key(' ')], Action::Fold, "fold or unfold the JSON value", When::In(Pane::Call), "fold"),
    bind(
        "a",
        &[key('a')],
        Action::AddEndpoint,
        "in Gateway: add the endpoint to the manifest",
        When::In(Pane::Activity),
        "add",
    ),
    bind(
        "d",
        &[key('d')],
        Action::DenyEndpoint,
        "in Gateway: deny the endpoint by a policy",
        When::In(Pane::Activity),
        "deny",
    ),
    bind(
        "A",
        &[key('A')],
        Action::RequireApproval,
        "in Gateway: put the endpoint behind an approval",
        When::In(Pane::Activity),
        "approval",
    ),
    bind("z", &[key('z')], Action::FoldAll, "fold or unfold all: endpoints by path, JSON values", When::Panes, ""),
    bind("y", &[key('y')], Action::Copy, "copy the selected item", When::Panes, "copy"),
    bind("Y", &[key('Y')], Action::ChooseCopy, "choose what to copy: JSON, curl, header field, tab", When::Panes, ""),
    bind("", &[], Action::CopyToken, "copy the token", When::Panes, ""),
    bind("r", &[key('r')], Action::RefreshCurrent, "refresh the token", When::Panes, ""),
    bind("D", &[key('D')], Action::CompareTokens, "compare the token with another one", When::Panes, ""),
    bind(
        "E",
        &[key('E')],
        Action::EditManifest,
        "edit the manifest in $EDITOR, at the endpoint or finding",
        When::Panes,
        "",
    ),
    bind("R", &[key('R')], Action::Reload, "reload the manifest (on Linux it reloads itself)", When::Panes, ""),
    bind("V", &[key('V')], Action::Verify, "verify the token with its issuer's keys", When::Panes, ""),
    bind("p", &[key('p')], Action::Probe, "probe: compare the server with the manifest", When::Panes, ""),
    bind("v", &[key('v')], Action::Reveal, "reveal or mask the token", When::Panes, ""),
    bind("Tab", &[code(KeyCode::Tab)], Action::NextPane, "next pane", When::Panes, "pane"),
    bind("Shift-Tab", &[code(KeyCode::BackTab)], Action::PreviousPane, "previous pane", When::Panes, ""),
    bind("1", &[key('1')], Action::ShowPane(Pane::Endpoints), "go to Endpoints", When::Panes, ""),
    bind("2", &[key('2')], Action::ShowPane(Pane::Token), "go to Token", When::Panes, ""),
    bind("3", &[key('3')], Action::ShowPane(Pane::Scopes), "go to Scopes", When::Panes, ""),
    bind("4", &[key('4')], Action::ShowPane(Pane::Call), "go to Call", When::Panes, ""),
    bind("5", &[key('5')], Action::ShowPane(Pane::Activity), "go to Activity", When::Panes, ""),
    bind(
        "l Right",
        &[key('l'), code(KeyCode::Right)],
        Action::OpenGroup,
        "open the group",
        When::In(Pane::Endpoints),
        "",
    ),
    bind(
        "h Left",
        &[key('h'), code(KeyCode::Left)],
        Action::CloseGroup,
        "close the group",
        When::In(Pane::Endpoints),
        "",
    ),
    bind("] l Right", &[key(']'), key('l'), code(KeyCode::Right)], Action::NextTab, "next tab", When::Panes, ""),
    bind("[ h Left", &[key('['), key('h'), code(KeyCode::Left)], Action::PreviousTab, "previous tab", When::Panes, ""),
    bind(
        "Enter",
        &[code(KeyCode::Enter)],
        Action::Confirm,
        "zoom the pane, or zoom out; in History: show the call; in Blast radius, Timeline: go to the endpoints; in Use: act on the token",
        When::Panes,
        "",
    ),
    bind(
        "Enter",
        &[code(KeyCode::Enter)],
        Action::Confirm,
        "obtain the token",
        When::On(&[SheetKind::Obtain]),
        "obtain",
    ),
    bind("c", &[key('c')], Action::NextClient, "next client", When::On(&[SheetKind::Obtain]), "client"),
    bind("g", &[key('g')], Action::NextGrant, "next grant", When::On(&[SheetKind::Obtain]), "grant"),
    bind("u", &[key('u')], Action::UseStored, "use the stored token instead", When::On(&[SheetKind::Obtain]), ""),
    bind(
        "y",
        &[key('y')],
        Action::KeepExcess,
        "keep the token, although it grants more than was requested",
        When::On(&[SheetKind::Excess]),
        "keep",
    ),
    bind(
        "n Esc",
        &[key('n'), code(KeyCode::Esc)],
        Action::Back,
        "discard the token",
        When::On(&[SheetKind::Excess]),
        "discard",
    ),
    bind(
        "Enter",
        &[code(KeyCode::Enter)],
        Action::Confirm,
        "trust the manifest",
        When::On(&[SheetKind::Trust]),
        "trust",
    ),
    bind("y", &[key('y')], Action::Copy, "copy the request", When::On(&[SheetKind::Approval]), "copy the request"),
    bind("y", &[key('y')], Action::Copy, "copy the URL", When::On(&[SheetKind::Waiting]), "copy the URL"),
    bind("Esc", &[code(KeyCode::Esc)], Action::Back, "cancel", When::On(&[SheetKind::Waiting]), "cancel"),
    bind(
        "p",
        &[key('p')],
        Action::PasteRedirect,
        "enter the URL that the browser ends on",
        When::On(&[SheetKind::Waiting]),
        "enter URL",
    ),
    bind(
        "Enter",
        &[code(KeyCode::Enter)],
        Action::Confirm,
        "continue with this URL",
        When::On(&[SheetKind::Paste]),
        "continue",
    ),
    bind("Enter", &[code(KeyCode::Enter)], Action::Confirm, "copy it", When::On(&[SheetKind::Copy]), "copy"),
    bind("Enter", &[code(KeyCode::Enter)], Action::Confirm, "run the action", When::On(&[SheetKind::Help]), "run"),
    bind("Enter", &[code(KeyCode::Enter)], Action::Confirm, "use the theme", When::On(&[SheetKind::Themes]), "use"),
    bind(
        "Enter",
        &[code(KeyCode::Enter)],
        Action::Confirm,
        "continue with this passphrase",
        When::On(&[SheetKind::Passphrase]),
        "continue",
    ),
    bind(
        "Esc",
        &[code(KeyCode::Esc)],
        Action::Back,
        "leave the vault locked",
        When::On(&[SheetKind::Passphrase]),
        "leave locked",
    ),
    bind("a", &[key('a')], Action::Approve, "approve as the demo's user", When::On(&[SheetKind::Waiting]), "approve"),
    bind(
        "Enter",
        &[code(KeyCode::Enter)],
        Action::Confirm,
        "confirm",
        When::On(&[SheetKind::Confirm, SheetKind::Palette]),
        "confirm",
    ),
    bind(
        "Enter",
        &[code(KeyCode::Enter)],
        Action::Confirm,
        "send the request",
        When::On(&[SheetKind::Request]),
        "send",
    ),
    bind(
        "Ctrl-O",
        &[ctrl('o')],
        Action::EditBody,
        "edit the body in $EDITOR",
        When::On(&[SheetKind::Request]),
        "body in $EDITOR",
    ),
    bind("Tab", &[code(KeyCode::Tab)], Action::Down, "next field", When::On(FORMS), "next field"),
    bind("Shift-Tab", &[code(KeyCode::BackTab)], Action::Up, "previous field", When::On(FORMS), ""),
    bind(
        "Enter",
        &[code(KeyCode::Enter)],
        Action::Confirm,
        "select the token",
        When::On(&[SheetKind::Tokens]),
        "select",
    ),
    bind("r", &[key('r')], Action::Refresh, "refresh the token", When::On(&[SheetKind::Tokens]), "refresh"),
    bind(
        "R",
        &[key('R')],
        Action::Revoke,
        "revoke the token at its server, and forget it",
        When::On(&[SheetKind::Tokens]),
        "revoke",
    ),
    bind(
        "d",
        &[key('d')],
        Action::Forget,
        "forget the token (it stays valid at the server)",
        When::On(&[SheetKind::Tokens]),
        "forget",
    ),
    bind(
        "c",
        &[key('c')],
        Action::CompareTokens,
        "compare it with the selected token",
        When::On(&[SheetKind::Tokens]),
        "compare",
    ),
    bind("y", &[key('y')], Action::Copy, "copy the selected item", When::Sheets, ""),
    bind(
        "Enter",
        &[code(KeyCode::Enter)],
        Action::Back,
        "close",
        When::On(&[SheetKind::Granted, SheetKind::Failed, SheetKind::Diff]),
        "",
    ),
    bind("Esc q", &[code(KeyCode::Esc), key('q')], Action::Back, "close or cancel", When::Sheets, "close"),
    bind("Esc", &[code(KeyCode::Esc)], Action::Back, "go back or cancel", When::Panes, ""),
    bind("k Up", &[key('k'), code(KeyCode::Up)], Action::Up, "up", When::Always, ""),
    bind("j Down", &[key('j'), code(KeyCode::Down)], Action::Down, "down", When::Always, ""),
    bind("PgUp", &[code(KeyCode::PageUp)], Action::PageUp, "a page up", When::Always, ""),
    bind("PgDn", &[code(KeyCode::PageDown)], Action::PageDown, "a page down", When::Always, ""),
    bind("Ctrl-U", &[ctrl('u')], Action::HalfUp, "half a page up", When::Always, ""),
    bind("Ctrl-D", &[ctrl('d')], Action::HalfDown, "half a page down", When::Always, ""),
    bind("g Home", &[key('g'), code(KeyCode::Home)], Action::First, "first", When::Always, ""),
    bind("G End", &[key('G'), code(KeyCode::End)], Action::Last, "last", When::Always, ""),
    bind("T", &[key('T')], Action::Themes, "choose a theme", When::Panes, ""),
    bind("=", &[key('=')], Action::ResetSizes, "give the panes their usual sizes again", When::Panes, ""),
    bind("m", &[key('m')], Action::Mouse, "use the mouse here, or leave it to the terminal", When::Panes, ""),
    bind("Ctrl-L", &[ctrl('l')], Action::Redraw, "draw the screen again", When::Always, ""),
    bind("Ctrl-P", &[ctrl('p')], Action::Palette, "find an action in the palette", When::Always, ""),
    bind("Ctrl-C", &[ctrl('c')], Action::Quit, "quit", When::Always, ""),
    bind("Ctrl-Z", &[ctrl('z')], Action::Suspend, "suspend", When::Always, ""),
];
