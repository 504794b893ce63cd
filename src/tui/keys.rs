//! Key notation for `--keys` and tests: `j`, `<enter>`, `<ctrl-p>`, `<paste TEXT>`, `<paste>`, which pastes
//! what was copied last, and `<wait>`, which waits for running jobs.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::watch;

use super::chord::Chord;
use super::input::Input;

/// An element of the notation.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum KeyInput {
    Event(Event),
    /// Pastes what was copied last.
    PasteCopied,
    /// Waits until every running job has ended or waits for the user.
    Wait,
    /// Panics, to test panic handling.
    #[cfg(debug_assertions)]
    Panic,
}

/// Names in angle brackets.
const NAMES: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("lt", KeyCode::Char('<')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("pgup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
];

/// Returns the key that a text stands for.
///
/// # Errors
/// If it is not exactly one key.
pub(super) fn chord(text: &str) -> Result<Chord, String> {
    match parse(text)?.as_slice() {
        [KeyInput::Event(Event::Key(key))] => Ok(Chord::of(*key)),
        _ => Err(format!("`{text}` is not one key")),
    }
}

/// Parses keys.
///
/// # Errors
/// If a name in angle brackets is unknown or not closed.
pub(super) fn parse(text: &str) -> Result<Vec<KeyInput>, String> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let tail = rest.get(first.len_utf8()..).unwrap_or_default();
        if first == '<' {
            let (name, after) = tail.split_once('>').ok_or_else(|| format!("`<{tail}` has no closing `>`"))?;
            keys.push(named(name).ok_or_else(|| format!("`<{name}>` is not a valid key"))?);
            rest = after;
        } else {
            keys.push(pressed(KeyCode::Char(first), KeyModifiers::NONE));
            rest = tail;
        }
    }
    Ok(keys)
}

fn pressed(code: KeyCode, modifiers: KeyModifiers) -> KeyInput {
    KeyInput::Event(Event::Key(KeyEvent::new(code, modifiers)))
}

fn named(name: &str) -> Option<KeyInput> {
    if let Some(text) = name.strip_prefix("paste ") {
        return Some(KeyInput::Event(Event::Paste(text.to_owned())));
    }
    for (prefix, modifier) in [("ctrl-", KeyModifiers::CONTROL), ("alt-", KeyModifiers::ALT)] {
        if let Some(key) = name.strip_prefix(prefix) {
            return Some(pressed(code(key)?, modifier));
        }
    }
    match name {
        "wait" => Some(KeyInput::Wait),
        "paste" => Some(KeyInput::PasteCopied),
        #[cfg(debug_assertions)]
        "panic" => Some(KeyInput::Panic),
        name if name.chars().count() == 1 => None,
        name => Some(pressed(code(name)?, KeyModifiers::NONE)),
    }
}

/// Returns the key of a name, such as `enter` or `f5`, or of a single character.
fn code(name: &str) -> Option<KeyCode> {
    let mut characters = name.chars();
    if let Some(only) = characters.next().filter(|_| characters.next().is_none()) {
        return Some(KeyCode::Char(only));
    }
    let number = name.strip_prefix('f').and_then(|number| number.parse().ok());
    match number.filter(|number| (1..=12).contains(number)) {
        Some(number) => Some(KeyCode::F(number)),
        None => NAMES.iter().find(|(known, _)| *known == name).map(|(_, code)| *code),
    }
}

/// Returns the keys as input of the event loop. `busy`: whether a job is running.
pub(super) fn stream(keys: Vec<KeyInput>, busy: watch::Receiver<bool>) -> impl Stream<Item = std::io::Result<Input>> {
    stream::iter(keys).filter_map(move |put| {
        let mut busy = busy.clone();
        async move {
            match put {
                KeyInput::Event(event) => Some(Ok(Input::Event(event))),
                KeyInput::PasteCopied => Some(Ok(Input::PasteCopied)),
                KeyInput::Wait => {
                    // if the loop has ended there is nothing to wait for
                    let _ = busy.wait_for(|busy| !busy).await;
                    None
                }
                #[cfg(debug_assertions)]
                #[expect(clippy::panic, reason = "tests panic handling")]
                KeyInput::Panic => panic!("a secret that must not be seen"),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_parsed_and_unknown_names_are_reported() {
        let keys = parse("a<enter><ctrl-p><paste x y><lt><wait>").unwrap();
        assert_eq!(keys.len(), 6);
        assert_eq!(keys[2], pressed(KeyCode::Char('p'), KeyModifiers::CONTROL));
        assert_eq!(keys[3], KeyInput::Event(Event::Paste("x y".to_owned())));
        assert_eq!(keys[4], pressed(KeyCode::Char('<'), KeyModifiers::NONE));
        assert_eq!(parse("<entre>").unwrap_err(), "`<entre>` is not a valid key");
        assert!(parse("<enter").is_err());
        assert_eq!(parse("<f5>").unwrap(), [pressed(KeyCode::F(5), KeyModifiers::NONE)]);
        assert_eq!(parse("<alt-left>").unwrap(), [pressed(KeyCode::Left, KeyModifiers::ALT)]);
        assert!(parse("<f13>").is_err() && parse("<x>").is_err());
    }
}
