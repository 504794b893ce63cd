//! Bindings of the user, in TOML.
//!
//! A line names a binding as the documentation does, with its key, several keys, or none:
//!
//! ```toml
//! step-up = "S"
//! call = ["c", "<f5>"]
//! endpoints.mark = "x"
//! refresh-current = []
//! ```
//!
//! A key is written as for `--keys`.

use std::borrow::Cow;
use std::ops::Range;

use crossterm::event::KeyCode;
use toml_edit::{Document, Item, TableLike};

use super::{Binding, Keymap, When};
use crate::tui::chord::Chord;
use crate::tui::keys::chord;
use crate::tui::place::SheetKind;

/// Sheets with text fields, in which a character is typed.
const TYPED: &[SheetKind] =
    &[SheetKind::Help, SheetKind::Palette, SheetKind::Paste, SheetKind::Passphrase, SheetKind::Request];

/// An error, with its line in the file.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::tui) struct OwnError {
    pub(in crate::tui) line: usize,
    pub(in crate::tui) message: String,
}

/// A line of the file: the name of a binding, its keys, and where it is.
struct Setting<'a> {
    name: String,
    keys: Vec<&'a str>,
    span: Range<usize>,
}

/// Returns the default bindings with those of the user.
///
/// # Errors
/// If the TOML is not valid, a name or key is unknown, or a key is bound twice where both bindings apply.
pub(in crate::tui) fn parse(source: &str) -> Result<Keymap, OwnError> {
    let line = |span: Range<usize>| source.get(..span.start).unwrap_or_default().matches('\n').count() + 1;
    let failed = |span: Range<usize>, message: String| OwnError { line: line(span), message };
    let document = Document::parse(source).map_err(|error| {
        let message = error.message().trim_end().replace('\n', "; ");
        failed(error.span().unwrap_or_default(), message)
    })?;
    let mut settings = Vec::new();
    collect(document.as_table(), "", &mut settings).map_err(|(span, message)| failed(span, message))?;
    let mut keymap = Keymap::default();
    let mut changed: Vec<(usize, Range<usize>)> = Vec::new();
    for Setting { name, keys, span } in settings {
        let found = keymap.bindings.iter().position(|binding| binding.name() == name);
        let (index, binding) = found
            .and_then(|index| Some((index, keymap.bindings.get_mut(index)?)))
            .ok_or_else(|| failed(span.clone(), format!("`{name}` is not the name of a binding")))?;
        let chords: Result<Vec<Chord>, String> = keys.iter().map(|key| chord(key)).collect();
        let chords = chords.map_err(|message| failed(span.clone(), message))?;
        let other = chords.iter().position(|chord| is_fixed(chord) && !binding.chords.contains(chord));
        if let Some(key) = other.and_then(|index| keys.get(index)) {
            let message = format!("`{key}` can't be bound: Enter, Esc and Ctrl-C keep their meaning");
            return Err(failed(span, message));
        }
        if let Some(typed) = chords.iter().find(|chord| is_typed(binding.when, **chord)) {
            let message = format!("`{typed}` can't be a key of `{name}`: it is typed into the text field there");
            return Err(failed(span, message));
        }
        // Enter, Esc and Ctrl-C keep their meaning, so that a sheet can always be left
        let fixed = binding.chords.iter().copied().filter(is_fixed);
        let chords: Vec<Chord> = fixed.chain(chords.into_iter().filter(|chord| !is_fixed(chord))).collect();
        let words: Vec<String> = chords.iter().map(ToString::to_string).collect();
        binding.keys = Cow::Owned(words.join(" "));
        binding.chords = Cow::Owned(chords);
        changed.push((index, span));
    }
    for (index, span) in changed {
        if let Some(message) = conflict(&keymap, index) {
            return Err(failed(span, message));
        }
    }
    Ok(keymap)
}

/// Collects the settings of a table. `place`: the name of the table.
fn collect<'a>(
    table: &'a dyn TableLike,
    place: &str,
    settings: &mut Vec<Setting<'a>>,
) -> Result<(), (Range<usize>, String)> {
    for (key, item) in table.iter() {
        let span = table.key(key).and_then(toml_edit::Key::span).unwrap_or_default();
        let name = if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
        if let Some(table) = item.as_table_like() {
            collect(table, &name, settings)?;
            continue;
        }
        let keys = strings(item).ok_or_else(|| {
            let message = format!("`{name}` must be a key, such as \"S\" or \"<ctrl-s>\", or an array of keys");
            (span.clone(), message)
        })?;
        settings.push(Setting { name, keys, span });
    }
    Ok(())
}

fn strings(item: &Item) -> Option<Vec<&str>> {
    match item.as_array() {
        Some(keys) => keys.iter().map(toml_edit::Value::as_str).collect(),
        None => Some(vec![item.as_str()?]),
    }
}

/// Returns whether a key can't be taken from its binding.
fn is_fixed(chord: &Chord) -> bool {
    matches!(chord.code, KeyCode::Enter | KeyCode::Esc) || (chord.ctrl && chord.code == KeyCode::Char('c'))
}

/// Returns whether a key is typed into the field of a sheet, so that it never acts there.
fn is_typed(when: When, chord: Chord) -> bool {
    let is_character = matches!(chord.code, KeyCode::Char(_)) && !chord.ctrl && !chord.alt;
    is_character && matches!(when, When::On(kinds) if kinds.iter().any(|kind| TYPED.contains(kind)))
}

/// Returns why a binding contradicts another one: they share a key, and both can apply. Defaults may shadow each other.
fn conflict(keymap: &Keymap, index: usize) -> Option<String> {
    let own = keymap.bindings.get(index)?;
    let defaults = super::KEYMAP;
    for (at, other) in keymap.bindings.iter().enumerate().filter(|(at, _)| *at != index) {
        let Some(shared) = own.chords.iter().find(|chord| other.chords.contains(chord)) else { continue };
        let has = |at: usize| defaults.get(at).is_some_and(|binding| binding.chords.contains(shared));
        if overlap(own.when, other.when) && !(has(index) && has(at)) {
            return Some(format!("`{shared}` is bound to `{}` and to `{}`", own.name(), other.name()));
        }
    }
    own.chords.iter().enumerate().find_map(|(at, chord)| {
        let twice = own.chords.iter().skip(at + 1).any(|other| other == chord);
        twice.then(|| format!("`{chord}` is bound to `{}` twice", own.name()))
    })
}

/// Returns whether two bindings can apply at the same time.
fn overlap(one: When, other: When) -> bool {
    match (one, other) {
        (When::In(one), When::In(other)) => one == other,
        (When::On(one), When::On(other)) => one.iter().any(|kind| other.contains(kind)),
        (When::Panes | When::In(_), When::Sheets | When::On(_))
        | (When::Sheets | When::On(_), When::Panes | When::In(_)) => false,
        _ => true,
    }
}

impl Binding {
    /// Returns whether a key belongs to this binding.
    pub(in crate::tui) fn has(&self, chord: Chord) -> bool {
        self.chords.contains(&chord)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keymap::Action;

    #[test]
    fn own_keys_replace_the_default_ones() {
        let keymap =
            parse("step-up = \"S\"\ncall = [\"c\", \"<f5>\"]\n[endpoints]\nmark = \"<ctrl-space>\"\n").unwrap();
        assert_eq!(keymap.key(Action::StepUp), "S");
        assert_eq!(keymap.key(Action::Mark), "Ctrl-Space");
        let call = keymap.bindings.iter().find(|binding| binding.action == Action::Call).unwrap();
        assert_eq!(call.keys, "c F5");
        let unbound = parse("copy-token = \"<alt-y>\"\nprobe = []\n").unwrap();
        assert_eq!((unbound.key(Action::CopyToken), unbound.key(Action::Probe)), ("Alt-y", "(no key)"));
        let fixed = parse("sheets.back = \"x\"\neverywhere.quit = []\n").unwrap();
        let keys = |name: &str| fixed.bindings.iter().find(|binding| binding.name() == name).unwrap().keys.clone();
        assert_eq!((keys("sheets.back"), keys("everywhere.quit")), ("Esc x".into(), "Ctrl-C".into()));
        assert_eq!(parse("# none\n").unwrap().key(Action::Probe), "p");
    }

    #[test]
    fn mistakes_are_reported_with_their_line() {
        for (source, line, message) in [
            ("call = \"c\"\nstep-up = \"j\"", 2, "`j` is bound to `step-up` and to `everywhere.down`"),
            ("step-up = \"x\"\n\nendpoints.mark = \"x\"", 1, "`x` is bound to `step-up` and to `endpoints.mark`"),
            ("token.fold = \"c\"", 1, "`c` is bound to `token.fold` and to `call`"),
            ("obtain.next-client = \"q\"", 1, "`q` is bound to `obtain.next-client` and to `sheets.back`"),
            ("call = [\"x\", \"x\"]", 1, "`x` is bound to `call` twice"),
            ("steps = \"x\"", 1, "`steps` is not the name of a binding"),
            ("\nstep-up = \"<contrl-x>\"", 2, "`<contrl-x>` is not a valid key"),
            ("step-up = \"ab\"", 1, "`ab` is not one key"),
            ("step-up = \"<esc>\"", 1, "`<esc>` can't be bound: Enter, Esc and Ctrl-C keep their meaning"),
            ("step-up = 7", 1, "`step-up` must be a key, such as \"S\" or \"<ctrl-s>\", or an array of keys"),
            (
                "request.confirm = \"x\"",
                1,
                "`x` can't be a key of `request.confirm`: it is typed into the text field there",
            ),
        ] {
            assert_eq!(parse(source).unwrap_err(), OwnError { line, message: message.to_owned() }, "{source}");
        }
        assert_eq!(parse("call = \"c\"\ncall = \"d\"").unwrap_err().line, 2);
        assert_eq!(parse("\n\ncall = ").unwrap_err().line, 3);
    }

    #[test]
    fn keys_that_two_defaults_share_can_be_kept() {
        assert!(parse("next-tab = [\"]\", \"l\"]").is_ok());
        // a key is free once its binding has moved
        assert!(parse("step-up = \"x\"\nprobe = \"s\"").is_ok());
    }

    #[test]
    fn every_binding_has_a_name_of_its_own() {
        let mut names: Vec<String> = super::super::KEYMAP.iter().map(Binding::name).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
