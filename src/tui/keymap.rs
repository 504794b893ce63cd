//! Table of key bindings, from which the footer, the help, the palette and the documentation are generated.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::model::{Confirmation, Model, Pane, Sheet, SheetKind, Tab};

/// An action that a key performs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
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
}

/// Where a binding applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
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

/// A key, with or without Ctrl or Alt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chord {
    pub(super) ctrl: bool,
    pub(super) alt: bool,
    pub(super) code: KeyCode,
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

impl Chord {
    /// Returns the chord of a key event. Shift is part of the character.
    pub(super) fn of(event: KeyEvent) -> Self {
        let has = |modifier| event.modifiers.contains(modifier);
        Self { ctrl: has(KeyModifiers::CONTROL), alt: has(KeyModifiers::ALT), code: event.code }
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ctrl = match (self.ctrl, self.alt) {
            (true, true) => "Ctrl-Alt-",
            (true, false) => "Ctrl-",
            (false, true) => "Alt-",
            (false, false) => "",
        };
        match self.code {
            KeyCode::Char(' ') => write!(formatter, "{ctrl}Space"),
            KeyCode::Char(character) => write!(formatter, "{ctrl}{}", character.escape_debug()),
            code => write!(formatter, "{ctrl}{code}"),
        }
    }
}

/// A key binding.
#[derive(Debug)]
pub(super) struct Binding {
    /// Keys as displayed; empty if the action is only in the palette.
    pub(super) keys: &'static str,
    chords: &'static [Chord],
    pub(super) action: Action,
    pub(super) description: &'static str,
    pub(super) when: When,
    /// Label in the footer; empty if it is not shown there.
    pub(super) footer: &'static str,
}

const fn bind(
    keys: &'static str,
    chords: &'static [Chord],
    action: Action,
    description: &'static str,
    when: When,
    footer: &'static str,
) -> Binding {
    Binding { keys, chords, action, description, when, footer }
}

/// Sheets with several fields.
const FORMS: &[SheetKind] = &[SheetKind::Request, SheetKind::Passphrase];

/// All bindings. The footer shows them in this order, as far as they fit.
pub(super) const KEYMAP: &[Binding] = &[
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
        "zoom the pane, or zoom out; in History: show the call; in Activity, Blast radius: go to the endpoints",
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
    bind("m", &[key('m')], Action::Mouse, "use the mouse here, or leave it to the terminal", When::Panes, ""),
    bind("Ctrl-L", &[ctrl('l')], Action::Redraw, "draw the screen again", When::Always, ""),
    bind("Ctrl-P", &[ctrl('p')], Action::Palette, "find an action in the palette", When::Always, ""),
    bind("Ctrl-C", &[ctrl('c')], Action::Quit, "quit", When::Always, ""),
    bind("Ctrl-Z", &[ctrl('z')], Action::Suspend, "suspend", When::Always, ""),
];

impl When {
    fn applies(self, pane: Pane, sheet: Option<SheetKind>) -> bool {
        match self {
            Self::Always => true,
            Self::Panes => sheet.is_none(),
            Self::In(wanted) => sheet.is_none() && wanted == pane,
            Self::On(wanted) => sheet.is_some_and(|sheet| wanted.contains(&sheet)),
            Self::Sheets => sheet.is_some(),
        }
    }
}

/// Returns the bindings that apply now, in order of precedence.
pub(super) fn bindings(model: &Model) -> impl Iterator<Item = &'static Binding> {
    let (pane, sheet) = (model.pane, model.sheet.as_ref().map(Sheet::kind));
    KEYMAP.iter().filter(move |binding| binding.when.applies(pane, sheet))
}

/// Returns the action of a key.
pub(super) fn action(model: &Model, chord: Chord) -> Option<Action> {
    bindings(model).find(|binding| binding.chords.contains(&chord)).map(|binding| binding.action)
}

/// Returns the actions that the palette lists, the best match first.
pub(super) fn palette(typed: &str) -> Vec<&'static Binding> {
    let is_listed = |binding: &&Binding| {
        let is_excluded = matches!(binding.action, Action::Confirm | Action::Back | Action::Palette);
        matches!(binding.when, When::Panes | When::In(_)) && !is_excluded
    };
    let pattern = Pattern::new(typed, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut found: Vec<(u32, &Binding)> = KEYMAP
        .iter()
        .filter(is_listed)
        .filter_map(|binding| {
            let score = pattern.score(Utf32Str::new(binding.description, &mut Vec::new()), &mut matcher)?;
            Some((score, binding))
        })
        .collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, binding)| binding).collect()
}

/// Returns the lines of the help: headings and bindings. `typed`: letters that a binding has to match.
pub(super) fn help(pane: Pane, typed: &str) -> Vec<Result<&'static Binding, &'static str>> {
    let groups = [(When::In(pane), "in this pane"), (When::Panes, "in all panes"), (When::Always, "everywhere")];
    let typed = typed.to_lowercase();
    let matches = |binding: &&Binding| {
        let text = format!("{} {}", binding.keys, binding.description).to_lowercase();
        !binding.keys.is_empty() && typed.split_whitespace().all(|word| text.contains(word))
    };
    let mut lines = Vec::new();
    for (when, heading) in groups {
        let mut bindings = KEYMAP.iter().filter(|binding| binding.when == when).filter(matches).peekable();
        if bindings.peek().is_some() {
            lines.push(Err(heading));
            lines.extend(bindings.map(Ok));
        }
    }
    lines
}

/// Returns why an action is unavailable; `None` if it is available.
pub(super) fn refusal(model: &Model, action: Action) -> Option<&'static str> {
    let no_endpoint = if model.endpoints.rows.is_empty() {
        "no manifest, so there are no endpoints: try `tokscope demo`"
    } else {
        "no endpoint matches the filter: Esc clears it"
    };
    match action {
        Action::Obtain | Action::Call | Action::StepUp | Action::Verify | Action::Probe | Action::RefreshCurrent
            if model.pending.is_some() =>
        {
            Some("another job is running: Esc cancels it")
        }
        Action::Confirm | Action::UseStored | Action::Refresh | Action::Revoke | Action::Forget
            if model.calling.is_some() && model.sheet.as_ref().is_some_and(|sheet| starts_job(sheet, action)) =>
        {
            Some("a call is under way: Esc closes this sheet, and then cancels the call")
        }
        Action::Obtain if model.chosen().is_empty() => Some(no_endpoint),
        Action::Call | Action::Edit | Action::Probe | Action::Verify | Action::StepUp if model.row().is_none() => {
            Some(if model.endpoints.entries.is_empty() { no_endpoint } else { "this is a group: l opens it" })
        }
        Action::Mark | Action::MarkAll if model.endpoints.entries.is_empty() => Some(no_endpoint),
        Action::Mark | Action::MarkAll if model.tab(Pane::Endpoints) == Tab::Lint => {
            Some("press [ to mark endpoints in their list")
        }
        Action::CopyToken | Action::Reveal | Action::Verify | Action::RefreshCurrent | Action::CompareTokens
            if model.token().is_none() =>
        {
            Some(if model.tokens.is_empty() {
                "no token yet: paste one"
            } else {
                "no token is selected: press Enter on one in the list (t)"
            })
        }
        Action::Refresh | Action::Revoke | Action::Forget if model.tokens.is_empty() => Some("no token in this list"),
        Action::Tokens if model.tokens.is_empty() && model.context.vault().is_none() && model.vault_error.is_none() => {
            Some("no token yet: paste one, or press o to obtain one")
        }
        Action::Palette if matches!(model.sheet, Some(Sheet::Passphrase { .. })) => {
            Some("answer first: Enter continues, Esc leaves the vault locked")
        }
        Action::Palette if matches!(model.sheet, Some(Sheet::Excess(_))) => {
            Some("answer first: y keeps the token, n discards it")
        }
        Action::CompareTokens if model.tokens.len() < 2 => Some("only one token here: paste or obtain another one"),
        Action::Reload | Action::EditManifest if model.file.path.is_empty() => Some("there is no manifest file"),
        Action::Approve if !model.demo => Some("only available in `tokscope demo`"),
        _ => None,
    }
}

/// Returns whether an action on a sheet starts a job, which would replace the one that runs.
fn starts_job(sheet: &Sheet, action: Action) -> bool {
    match sheet {
        Sheet::Obtain(_) | Sheet::Request(_) => true,
        Sheet::Confirm(confirmation) => !matches!(confirmation, Confirmation::Quit(_)),
        Sheet::Tokens => action != Action::Confirm,
        _ => false,
    }
}

/// Returns the table of keys for the documentation.
#[cfg(test)]
pub(super) fn as_markdown() -> String {
    let mut table = String::from("| key | does | where |\n|---|---|---|\n");
    for binding in KEYMAP.iter().filter(|binding| !binding.keys.is_empty()) {
        let place = match binding.when {
            When::Panes => "panes".to_owned(),
            When::Sheets => "sheets".to_owned(),
            When::Always => "everywhere".to_owned(),
            When::In(pane) => format!("pane {}", pane.name()),
            When::On(sheets) => {
                let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name()).collect();
                format!("sheet {}", names.join(", "))
            }
        };
        let keys: Vec<String> = binding.keys.split(' ').map(|key| format!("`{key}`")).collect();
        table.push_str(&format!("| {} | {} | {place} |\n", keys.join(" "), binding.description));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_bound_twice_in_one_context() {
        for (index, binding) in KEYMAP.iter().enumerate() {
            for other in KEYMAP.iter().skip(index + 1).filter(|other| other.when == binding.when) {
                let twice = binding.chords.iter().find(|chord| other.chords.contains(chord));
                assert_eq!(twice, None, "{} and {}", binding.description, other.description);
            }
        }
    }

    #[test]
    fn the_documentation_contains_the_current_key_table() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/screen.md");
        let readme = std::fs::read_to_string(&path).unwrap();
        let begin = readme.find("| key | does | where |").unwrap();
        let (before, rest) = readme.split_at(begin);
        let (table, after) = rest.split_at(rest.find("\n\n").unwrap() + 1);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, format!("{before}{}{after}", as_markdown())).unwrap();
            return;
        }
        assert_eq!(table, as_markdown(), "run UPDATE_DOCS=1 cargo test --lib keymap");
    }

    #[test]
    fn the_palette_finds_actions_by_part_of_their_description() {
        assert_eq!(palette("reveal").first().unwrap().action, Action::Reveal);
        assert!(palette("xyzxyz").is_empty());
    }
}
