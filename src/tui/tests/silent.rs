//! No key does nothing without a word.

use crossterm::event::{Event, KeyEvent, KeyModifiers};

use super::Driven;
use super::fixtures::{alice, context, token};
use crate::tui::available::bindings;
use crate::tui::chord::Chord;
use crate::tui::input::Input;
use crate::tui::keymap::Action;

/// Returns the screen in a state: two tokens, and then the keys.
fn at(keys: &str) -> Driven {
    let mut driven = Driven::new(context(), (80, 24));
    driven.paste(&token(r#"{"sub":"bob","scope":"orders:write"}"#));
    driven.paste(&alice());
    driven.keys(&format!("1g{keys}"));
    driven
}

/// Presses a key. Returns whether anything has come of it that a user notices.
fn is_noticed(driven: &mut Driven, chord: Chord) -> bool {
    let modifiers = match (chord.ctrl, chord.alt) {
        (true, _) => KeyModifiers::CONTROL,
        (_, true) => KeyModifiers::ALT,
        _ => KeyModifiers::NONE,
    };
    let before = driven.keys("");
    let key = Input::Event(Event::Key(KeyEvent::new(chord.code, modifiers)));
    let running = driven.screen.run(&mut driven.model, futures_util::stream::iter([Ok(key)]));
    driven.local.block_on(&driven.runtime, running).unwrap();
    let host = &driven.screen.host;
    let acted = driven.model.quit || !host.copied.is_empty() || !host.edited.is_empty() || !host.edited_text.is_empty();
    let shown = crate::tui::frame::text(driven.screen.terminal.backend().buffer(), false);
    acted || shown != before
}

#[test]
fn every_key_acts_or_says_why_not() {
    // moving is seen by the cursor, which may be at the end; to go where the focus is already is seen by the focus
    let moves = [
        Action::Up,
        Action::Down,
        Action::PageUp,
        Action::PageDown,
        Action::HalfUp,
        Action::HalfDown,
        Action::First,
        Action::Last,
        Action::Redraw,
    ];
    let states = [
        "",
        "]",
        "2",
        "2l",
        "2ll",
        "2lll",
        "2llll",
        "2lllll",
        "3",
        "3l",
        "3ll",
        "3lll",
        "4",
        "4lll",
        "5",
        "5l",
        "5ll",
        "?",
        ":",
        "t",
        "T",
        "2lY",
        "o",
        "e",
        "jjc",
        "D",
        "td",
        "<paste not a token>",
    ];
    let mut silent = Vec::new();
    for state in states {
        let driven = at(state);
        let keys: Vec<(Chord, Action)> = bindings(&driven.model)
            .filter(|binding| !moves.contains(&binding.action))
            .filter_map(|binding| Some((*binding.chords.first()?, binding.action)))
            .collect();
        let pane = driven.model.pane;
        for (chord, action) in keys {
            if action != Action::ShowPane(pane) && !is_noticed(&mut at(state), chord) {
                silent.push(format!("{chord} ({action:?}) after `{state}`"));
            }
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}
