//! The one table of keys: bindings, footer and help are made from it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    NextPane,
    Pane(usize),
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    Mark,
    Filter,
    Obtain,
    Call,
    StepUp,
    Approve,
    Copy,
    Reveal,
    Help,
    Confirm,
    Back,
    Quit,
    Suspend,
}

/// A binding: the keys as they are shown, the codes, the action, the words, and whether the footer has room for it.
pub(super) struct Binding {
    pub(super) keys: &'static str,
    codes: &'static [KeyCode],
    action: Action,
    pub(super) words: &'static str,
    pub(super) footer: bool,
}

const fn binding(
    keys: &'static str,
    codes: &'static [KeyCode],
    action: Action,
    words: &'static str,
    footer: bool,
) -> Binding {
    Binding { keys, codes, action, words, footer }
}

/// Every binding without a modifier.
pub(super) const KEYMAP: &[Binding] = &[
    binding("?", &[KeyCode::Char('?')], Action::Help, "help", true),
    binding("q", &[KeyCode::Char('q')], Action::Quit, "quit", true),
    binding("o", &[KeyCode::Char('o')], Action::Obtain, "obtain for the marked or the current endpoints", true),
    binding("c", &[KeyCode::Char('c')], Action::Call, "call the current endpoint", true),
    binding("s", &[KeyCode::Char('s')], Action::StepUp, "step up by what is missing, and call again", true),
    binding("a", &[KeyCode::Char('a')], Action::Approve, "approve as the demo's user", true),
    binding("Space", &[KeyCode::Char(' ')], Action::Mark, "mark an endpoint", true),
    binding("/", &[KeyCode::Char('/')], Action::Filter, "filter the endpoints", true),
    binding("Tab", &[KeyCode::Tab], Action::NextPane, "next pane", false),
    binding("1", &[KeyCode::Char('1')], Action::Pane(0), "endpoints", false),
    binding("2", &[KeyCode::Char('2')], Action::Pane(1), "token", false),
    binding("3", &[KeyCode::Char('3')], Action::Pane(2), "scopes", false),
    binding("4", &[KeyCode::Char('4')], Action::Pane(3), "call", false),
    binding("k Up", &[KeyCode::Char('k'), KeyCode::Up], Action::Up, "up", false),
    binding("j Down", &[KeyCode::Char('j'), KeyCode::Down], Action::Down, "down", false),
    binding("PgUp", &[KeyCode::PageUp], Action::PageUp, "a page up", false),
    binding("PgDn", &[KeyCode::PageDown], Action::PageDown, "a page down", false),
    binding("g", &[KeyCode::Char('g'), KeyCode::Home], Action::First, "first", false),
    binding("G", &[KeyCode::Char('G'), KeyCode::End], Action::Last, "last", false),
    binding("y", &[KeyCode::Char('y')], Action::Copy, "copy the token", false),
    binding("v", &[KeyCode::Char('v')], Action::Reveal, "reveal or mask the token", false),
    binding("Enter", &[KeyCode::Enter], Action::Confirm, "confirm", false),
    binding("Esc", &[KeyCode::Esc], Action::Back, "back, cancel", false),
];

/// The action of a key, outside a text field.
pub(super) fn action(key: KeyEvent) -> Option<Action> {
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return match key.code {
            KeyCode::Char('c') => Some(Action::Quit),
            KeyCode::Char('z') => Some(Action::Suspend),
            _ => None,
        };
    }
    KEYMAP.iter().find(|binding| binding.codes.contains(&key.code)).map(|binding| binding.action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_bound_twice() {
        let mut codes: Vec<String> =
            KEYMAP.iter().flat_map(|binding| binding.codes).map(|code| format!("{code:?}")).collect();
        let count = codes.len();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }
}
