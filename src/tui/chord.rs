//! A key with its modifiers.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key, with or without Ctrl or Alt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) struct Chord {
    pub(in crate::tui) ctrl: bool,
    pub(in crate::tui) alt: bool,
    pub(in crate::tui) code: KeyCode,
}

impl Chord {
    /// Returns the chord of a key event. Shift is part of the character.
    pub(in crate::tui) fn of(event: KeyEvent) -> Self {
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
            KeyCode::Char(letter @ 'a'..='z') if self.ctrl => {
                write!(formatter, "{ctrl}{}", letter.to_ascii_uppercase())
            }
            KeyCode::Char(character) => write!(formatter, "{ctrl}{}", character.escape_debug()),
            KeyCode::BackTab => write!(formatter, "{ctrl}Shift-Tab"),
            KeyCode::PageUp => write!(formatter, "{ctrl}PgUp"),
            KeyCode::PageDown => write!(formatter, "{ctrl}PgDn"),
            KeyCode::Enter => write!(formatter, "{ctrl}Enter"),
            KeyCode::Backspace => write!(formatter, "{ctrl}Backspace"),
            KeyCode::Delete => write!(formatter, "{ctrl}Delete"),
            code => write!(formatter, "{ctrl}{code}"),
        }
    }
}
