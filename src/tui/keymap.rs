//! The one table of keys: bindings, footer, help, palette and the README are made from it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::model::{Model, Pane, SheetKind};

/// What a key asks for.
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
    CopyAll,
    CopyToken,
    Reveal,
    Verify,
    Probe,
    Palette,
    Help,
    Confirm,
    ScrollMatrix(isize),
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

/// Where a binding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// Wherever nothing lies over the panes.
    Panes,
    /// In this pane, when nothing lies over it.
    In(Pane),
    /// On a sheet of one of these kinds.
    On(&'static [SheetKind]),
    /// On every sheet.
    Sheets,
    /// Everywhere, while text is typed as well.
    Always,
}

/// A key, with Ctrl or without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chord {
    pub(super) ctrl: bool,
    pub(super) code: KeyCode,
}

const fn key(character: char) -> Chord {
    code(KeyCode::Char(character))
}

const fn code(code: KeyCode) -> Chord {
    Chord { ctrl: false, code }
}

const fn ctrl(character: char) -> Chord {
    Chord { ctrl: true, code: KeyCode::Char(character) }
}

impl Chord {
    /// The chord of a key event. Shift is part of the character.
    pub(super) fn of(event: KeyEvent) -> Self {
        Self { ctrl: event.modifiers.contains(KeyModifiers::CONTROL), code: event.code }
    }
}

/// A binding.
#[derive(Debug)]
pub(super) struct Binding {
    /// The keys as they are shown; empty when the action is only in the palette.
    pub(super) keys: &'static str,
    chords: &'static [Chord],
    pub(super) action: Action,
    pub(super) words: &'static str,
    pub(super) when: When,
    /// The word in the footer; empty when it is not there.
    pub(super) footer: &'static str,
}

const fn bind(
    keys: &'static str,
    chords: &'static [Chord],
    action: Action,
    words: &'static str,
    when: When,
    footer: &'static str,
) -> Binding {
    Binding { keys, chords, action, words, when, footer }
}

/// Every binding; the footer shows them in this order, as far as there is room.
pub(super) const KEYMAP: &[Binding] = &[
    bind("?", &[key('?')], Action::Help, "the keys of this pane", When::Panes, "help"),
    bind("q", &[key('q')], Action::Quit, "quit", When::Panes, "quit"),
    bind(
        "o",
        &[key('o')],
        Action::Obtain,
        "obtain a token for the marked or the current endpoints",
        When::Panes,
        "obtain",
    ),
    bind("c", &[key('c')], Action::Call, "call the current endpoint", When::Panes, "call"),
    bind("e", &[key('e')], Action::Edit, "edit the request: path, query, header fields, body", When::Panes, "edit"),
    bind("s", &[key('s')], Action::StepUp, "step up by what is missing, and call again", When::Panes, "step up"),
    bind(
        "t",
        &[key('t')],
        Action::Tokens,
        "tokens of this session and of the vault: switch, refresh, revoke, forget",
        When::Panes,
        "tokens",
    ),
    bind("/", &[key('/')], Action::Filter, "filter this pane", When::Panes, "filter"),
    bind(":", &[key(':')], Action::Palette, "palette of every action", When::Panes, "palette"),
    bind("Space", &[key(' ')], Action::Mark, "mark an endpoint for the next token", When::In(Pane::Endpoints), "mark"),
    bind("M", &[key('M')], Action::MarkAll, "mark all that are shown, or none", When::In(Pane::Endpoints), ""),
    bind("y", &[key('y')], Action::Copy, "copy what is under the cursor", When::Panes, "copy"),
    bind("Y", &[key('Y')], Action::CopyAll, "copy everything in this tab", When::Panes, ""),
    bind("", &[], Action::CopyToken, "copy the token", When::Panes, ""),
    bind("V", &[key('V')], Action::Verify, "verify the token by its issuer's keys", When::Panes, ""),
    bind("p", &[key('p')], Action::Probe, "probe: does the server do what the manifest says?", When::Panes, ""),
    bind("v", &[key('v')], Action::Reveal, "reveal or mask the token", When::Panes, ""),
    bind("Tab", &[code(KeyCode::Tab)], Action::NextPane, "next pane", When::Panes, "pane"),
    bind("Shift-Tab", &[code(KeyCode::BackTab)], Action::PreviousPane, "previous pane", When::Panes, ""),
    bind("1", &[key('1')], Action::ShowPane(Pane::Endpoints), "endpoints", When::Panes, ""),
    bind("2", &[key('2')], Action::ShowPane(Pane::Token), "token", When::Panes, ""),
    bind("3", &[key('3')], Action::ShowPane(Pane::Scopes), "scopes", When::Panes, ""),
    bind("4", &[key('4')], Action::ShowPane(Pane::Call), "call", When::Panes, ""),
    bind("] l Right", &[key(']'), key('l'), code(KeyCode::Right)], Action::NextTab, "next tab", When::Panes, ""),
    bind("[ h Left", &[key('['), key('h'), code(KeyCode::Left)], Action::PreviousTab, "previous tab", When::Panes, ""),
    bind("> .", &[key('>'), key('.')], Action::ScrollMatrix(8), "the matrix to the right", When::In(Pane::Scopes), ""),
    bind("< ,", &[key('<'), key(',')], Action::ScrollMatrix(-8), "the matrix to the left", When::In(Pane::Scopes), ""),
    bind(
        "Enter",
        &[code(KeyCode::Enter)],
        Action::Confirm,
        "this pane over the whole window, and back",
        When::Panes,
        "",
    ),
    bind("Enter", &[code(KeyCode::Enter)], Action::Confirm, "go", When::On(&[SheetKind::Obtain]), "go"),
    bind("c", &[key('c')], Action::NextClient, "another client", When::On(&[SheetKind::Obtain]), "client"),
    bind("g", &[key('g')], Action::NextGrant, "another grant", When::On(&[SheetKind::Obtain]), "grant"),
    bind(
        "u",
        &[key('u')],
        Action::UseStored,
        "use the token of the vault that covers it",
        When::On(&[SheetKind::Obtain]),
        "",
    ),
    bind(
        "y",
        &[key('y')],
        Action::KeepExcess,
        "keep the token although it can do more than was requested",
        When::On(&[SheetKind::Excess]),
        "keep it",
    ),
    bind(
        "n Esc",
        &[key('n'), code(KeyCode::Esc)],
        Action::Back,
        "refuse the token",
        When::On(&[SheetKind::Excess]),
        "refuse it",
    ),
    bind("Enter", &[code(KeyCode::Enter)], Action::Confirm, "accept", When::On(&[SheetKind::Trust]), "accept"),
    bind("y", &[key('y')], Action::Copy, "copy the URL", When::On(&[SheetKind::Waiting]), "copy the URL"),
    bind("Esc", &[code(KeyCode::Esc)], Action::Back, "cancel", When::On(&[SheetKind::Waiting]), "cancel"),
    bind(
        "p",
        &[key('p')],
        Action::PasteRedirect,
        "paste or type the address that the browser was sent to",
        When::On(&[SheetKind::Waiting]),
        "paste",
    ),
    bind("Enter", &[code(KeyCode::Enter)], Action::Confirm, "take it", When::On(&[SheetKind::Paste]), "take it"),
    bind("a", &[key('a')], Action::Approve, "approve as the demo's user", When::On(&[SheetKind::Waiting]), "approve"),
    bind(
        "Enter",
        &[code(KeyCode::Enter)],
        Action::Confirm,
        "do it",
        When::On(&[SheetKind::Confirm, SheetKind::Palette]),
        "do it",
    ),
    bind("Enter", &[code(KeyCode::Enter)], Action::Confirm, "send it", When::On(&[SheetKind::Request]), "send"),
    bind("Tab", &[code(KeyCode::Tab)], Action::Down, "next field", When::On(&[SheetKind::Request]), "next field"),
    bind("Shift-Tab", &[code(KeyCode::BackTab)], Action::Up, "previous field", When::On(&[SheetKind::Request]), ""),
    bind("Enter", &[code(KeyCode::Enter)], Action::Confirm, "look at it", When::On(&[SheetKind::Tokens]), "look at it"),
    bind("r", &[key('r')], Action::Refresh, "refresh it at its server", When::On(&[SheetKind::Tokens]), "refresh"),
    bind(
        "R",
        &[key('R')],
        Action::Revoke,
        "revoke it at its server, then forget it",
        When::On(&[SheetKind::Tokens]),
        "revoke",
    ),
    bind("d", &[key('d')], Action::Forget, "forget it", When::On(&[SheetKind::Tokens]), "forget"),
    bind("y", &[key('y')], Action::Copy, "copy what is under the cursor", When::Sheets, ""),
    bind(
        "Enter",
        &[code(KeyCode::Enter)],
        Action::Back,
        "close",
        When::On(&[SheetKind::Help, SheetKind::Granted, SheetKind::Failed]),
        "",
    ),
    bind("Esc q", &[code(KeyCode::Esc), key('q')], Action::Back, "close, cancel", When::Sheets, "close"),
    bind("Esc", &[code(KeyCode::Esc)], Action::Back, "back, cancel", When::Panes, ""),
    bind("k Up", &[key('k'), code(KeyCode::Up)], Action::Up, "up", When::Always, ""),
    bind("j Down", &[key('j'), code(KeyCode::Down)], Action::Down, "down", When::Always, ""),
    bind("PgUp", &[code(KeyCode::PageUp)], Action::PageUp, "a page up", When::Always, ""),
    bind("PgDn", &[code(KeyCode::PageDown)], Action::PageDown, "a page down", When::Always, ""),
    bind("g Home", &[key('g'), code(KeyCode::Home)], Action::First, "first", When::Always, ""),
    bind("G End", &[key('G'), code(KeyCode::End)], Action::Last, "last", When::Always, ""),
    bind("Ctrl-P", &[ctrl('p')], Action::Palette, "palette of every action", When::Always, ""),
    bind("Ctrl-C", &[ctrl('c')], Action::Quit, "quit", When::Always, ""),
    bind("Ctrl-Z", &[ctrl('z')], Action::Suspend, "suspend", When::Always, ""),
];

impl When {
    fn holds(self, pane: Pane, sheet: Option<SheetKind>) -> bool {
        match self {
            Self::Always => true,
            Self::Panes => sheet.is_none(),
            Self::In(wanted) => sheet.is_none() && wanted == pane,
            Self::On(wanted) => sheet.is_some_and(|sheet| wanted.contains(&sheet)),
            Self::Sheets => sheet.is_some(),
        }
    }
}

/// The bindings that hold here, the more special ones first.
pub(super) fn bindings(model: &Model) -> impl Iterator<Item = &'static Binding> {
    let (pane, sheet) = (model.pane, model.sheet.as_ref().map(super::model::Sheet::kind));
    KEYMAP.iter().filter(move |binding| binding.when.holds(pane, sheet))
}

/// The action of a key.
pub(super) fn action(model: &Model, chord: Chord) -> Option<Action> {
    bindings(model).find(|binding| binding.chords.contains(&chord)).map(|binding| binding.action)
}

/// What the palette offers: what can be done from the panes, without the movements. The best match comes first.
pub(super) fn palette(typed: &str) -> Vec<&'static Binding> {
    let is_offered = |binding: &&Binding| {
        let moves = matches!(binding.action, Action::Confirm | Action::Back | Action::Palette);
        matches!(binding.when, When::Panes | When::In(_)) && !moves
    };
    let pattern = Pattern::new(typed, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut found: Vec<(u32, &Binding)> = KEYMAP
        .iter()
        .filter(is_offered)
        .filter_map(|binding| {
            let score = pattern.score(Utf32Str::new(binding.words, &mut Vec::new()), &mut matcher)?;
            Some((score, binding))
        })
        .collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, binding)| binding).collect()
}

/// Why an action can't be done now; `None` when it can.
pub(super) fn refusal(model: &Model, action: Action) -> Option<&'static str> {
    let no_endpoint = if model.endpoints.rows.is_empty() {
        "there is no manifest, so there are no endpoints: `tokscope demo` brings one"
    } else {
        "no endpoint is under the cursor: the filter hides all of them"
    };
    match action {
        Action::Obtain | Action::Call | Action::Verify | Action::Probe if model.pending.is_some() => {
            Some("something is under way: Esc cancels it")
        }
        Action::Obtain if model.chosen().is_empty() => Some(no_endpoint),
        Action::Call
        | Action::Edit
        | Action::Probe
        | Action::Verify
        | Action::StepUp
        | Action::Mark
        | Action::MarkAll
            if model.row().is_none() =>
        {
            Some(no_endpoint)
        }
        Action::CopyToken | Action::Reveal | Action::Verify if model.token().is_none() => {
            Some("there is no token yet: paste one")
        }
        Action::Tokens
            if model.tokens.is_empty() && model.workspace.vault().is_none() && model.vault_error.is_none() =>
        {
            Some("there is no token yet: paste one, or press o")
        }
        Action::Palette if matches!(model.sheet, Some(super::model::Sheet::Excess(_))) => {
            Some("answer this first: y keeps the token, n refuses it")
        }
        Action::Approve if !model.demo => Some("only the demo has a user that can approve by a key"),
        _ => None,
    }
}

/// The table of keys as the README has it.
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
                let names: Vec<String> = sheets.iter().map(|sheet| format!("{sheet:?}").to_lowercase()).collect();
                format!("sheet {}", names.join(", "))
            }
        };
        let keys: Vec<String> = binding.keys.split(' ').map(|key| format!("`{key}`")).collect();
        table.push_str(&format!("| {} | {} | {place} |\n", keys.join(" "), binding.words));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn within_one_place_no_key_is_bound_twice() {
        for (index, binding) in KEYMAP.iter().enumerate() {
            for other in KEYMAP.iter().skip(index + 1).filter(|other| other.when == binding.when) {
                let twice = binding.chords.iter().find(|chord| other.chords.contains(chord));
                assert_eq!(twice, None, "{} and {}", binding.words, other.words);
            }
        }
    }

    #[test]
    fn the_readme_has_the_table_of_keys() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        let readme = std::fs::read_to_string(&path).unwrap();
        let begin = readme.find("| key | does | where |").unwrap();
        let (before, rest) = readme.split_at(begin);
        let (table, after) = rest.split_at(rest.find("\n\n").unwrap() + 1);
        if std::env::var_os("UPDATE_README").is_some() {
            std::fs::write(&path, format!("{before}{}{after}", as_markdown())).unwrap();
        }
        assert_eq!(table, as_markdown(), "run UPDATE_README=1 cargo test --lib readme");
    }

    #[test]
    fn the_palette_finds_actions_by_a_few_letters() {
        assert_eq!(palette("reveal").first().unwrap().action, Action::Reveal);
        assert!(palette("xyzxyz").is_empty());
    }
}
