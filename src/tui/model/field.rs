//! A text field with a cursor.
//!
//! Text-area crates (`ratatui-textarea`, `edtui`) were weighed: they are widgets that keep events, styles and history, and
//! draw themselves, whereas here a field is data that `update` changes and a list of items shows among others, masked if it
//! holds a passphrase. What is left is below.

use std::fmt;

use unicode_width::UnicodeWidthChar as _;
use zeroize::Zeroizing;

/// Capacity from the start, so that a passphrase does not leave copies behind as it grows.
const CAPACITY: usize = 256;

/// A text with a cursor.
#[derive(Clone)]
pub(in crate::tui) struct TextField {
    text: Zeroizing<String>,
    /// Byte index of the character that the cursor is on, or the length.
    cursor: usize,
    /// The text can have several lines.
    pub(in crate::tui) multiline: bool,
}

impl Default for TextField {
    fn default() -> Self {
        Self { text: Zeroizing::new(String::with_capacity(CAPACITY)), cursor: 0, multiline: false }
    }
}

impl fmt::Debug for TextField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TextField").field("length", &self.text.len()).finish_non_exhaustive()
    }
}

/// A change of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Edit {
    Insert(char),
    Backspace,
    Delete,
    Left,
    Right,
    WordLeft,
    WordRight,
    LineStart,
    LineEnd,
    /// Deletes from the start of the line.
    DeleteToStart,
    /// Deletes to the end of the line.
    DeleteToEnd,
    DeleteWord,
}

impl TextField {
    pub(in crate::tui) fn multiline() -> Self {
        Self { multiline: true, ..Self::default() }
    }

    pub(in crate::tui) fn text(&self) -> &str {
        &self.text
    }

    pub(in crate::tui) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Replaces the text. The cursor is at its end.
    pub(in crate::tui) fn set(&mut self, text: &str) {
        self.text.clear();
        self.cursor = 0;
        self.insert(text);
    }

    /// Inserts text at the cursor. Line ends become spaces in a field of one line.
    pub(in crate::tui) fn insert(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = if self.multiline { text } else { text.replace('\n', " ") };
        self.text.insert_str(self.cursor, &text);
        self.cursor += text.len();
    }

    /// Returns the text before the cursor, the character under it, and the text behind.
    pub(in crate::tui) fn parts(&self) -> (&str, &str, &str) {
        let (before, rest) = self.text.split_at_checked(self.cursor).unwrap_or((&self.text, ""));
        let (under, after) = rest.split_at_checked(step_right(rest)).unwrap_or((rest, ""));
        (before, under, after)
    }

    /// Returns the number of the cursor's line.
    pub(in crate::tui) fn line(&self) -> usize {
        self.parts().0.matches('\n').count()
    }

    /// Moves the cursor up or down by a line. Returns false if there is none.
    pub(in crate::tui) fn move_line(&mut self, down: bool) -> bool {
        let (start, end) = self.line_bounds();
        let column = self.text.get(start..self.cursor).unwrap_or_default().chars().count();
        let target = if down {
            self.text.get(end..).filter(|rest| rest.starts_with('\n')).map(|_| end + 1)
        } else {
            let above = start.checked_sub(1);
            above.map(|end| self.text.get(..end).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1))
        };
        let Some(target) = target else { return false };
        let line = self.text.get(target..).unwrap_or_default().split('\n').next().unwrap_or_default();
        self.cursor = target + line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
        true
    }

    /// Applies a change.
    pub(in crate::tui) fn edit(&mut self, edit: Edit) {
        let (start, end) = self.line_bounds();
        match edit {
            Edit::Insert(character) => self.insert(character.encode_utf8(&mut [0; 4])),
            Edit::Backspace => self.delete_to(self.left()),
            Edit::Delete => self.delete_to(self.right()),
            Edit::Left => self.cursor = self.left(),
            Edit::Right => self.cursor = self.right(),
            Edit::WordLeft => self.cursor = self.word_left(),
            Edit::WordRight => self.cursor = self.word_right(),
            Edit::LineStart => self.cursor = start,
            Edit::LineEnd => self.cursor = end,
            Edit::DeleteToStart => self.delete_to(start),
            Edit::DeleteToEnd => self.delete_to(end),
            Edit::DeleteWord => self.delete_to(self.word_left()),
        }
    }

    /// Deletes between the cursor and another place.
    fn delete_to(&mut self, other: usize) {
        let (from, to) = (self.cursor.min(other), self.cursor.max(other));
        self.text.drain(from..to);
        self.cursor = from;
    }

    /// Returns the start and end of the cursor's line.
    fn line_bounds(&self) -> (usize, usize) {
        let (before, rest) = self.text.split_at_checked(self.cursor).unwrap_or((&self.text, ""));
        (before.rfind('\n').map_or(0, |at| at + 1), self.cursor + rest.find('\n').unwrap_or(rest.len()))
    }

    fn left(&self) -> usize {
        let before = self.parts().0;
        // a combining character belongs to the one before it
        let visible = |character: char| character.width().is_none_or(|width| width > 0);
        before.char_indices().rev().find(|(_, character)| visible(*character)).map_or(0, |(at, _)| at)
    }

    fn right(&self) -> usize {
        self.cursor + step_right(self.text.get(self.cursor..).unwrap_or_default())
    }

    fn word_left(&self) -> usize {
        let trimmed = self.parts().0.trim_end_matches(|character: char| !is_word(character));
        trimmed
            .char_indices()
            .rev()
            .find(|(_, character)| !is_word(*character))
            .map_or(0, |(at, character)| at + character.len_utf8())
    }

    fn word_right(&self) -> usize {
        let rest = self.text.get(self.cursor..).unwrap_or_default();
        let word = rest.find(is_word).unwrap_or(rest.len());
        let end = rest.get(word..).unwrap_or_default().find(|character: char| !is_word(character));
        self.cursor + end.map_or(rest.len(), |end| word + end)
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Returns the length of the first character with what combines with it.
fn step_right(text: &str) -> usize {
    let mut characters = text.char_indices().skip(1);
    characters.find(|(_, character)| character.width().is_none_or(|width| width > 0)).map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn after(text: &str, edits: &[Edit]) -> (String, usize) {
        let mut field = TextField::multiline();
        field.set(text);
        for edit in edits {
            field.edit(*edit);
        }
        (field.text().to_owned(), field.cursor)
    }

    #[test]
    fn edits_apply_at_the_cursor() {
        use Edit::{
            Backspace, Delete, DeleteToEnd, DeleteToStart, DeleteWord, Insert, Left, LineStart, Right, WordLeft,
            WordRight,
        };
        for (text, edits, expected, cursor) in [
            ("abc", &[Left, Insert('x')][..], "abxc", 3),
            ("abc", &[LineStart, Delete], "bc", 0),
            ("abc", &[LineStart, Backspace], "abc", 0),
            ("one two-three", &[WordLeft, DeleteWord], "one three", 4),
            ("one two", &[LineStart, WordRight, DeleteToEnd], "one", 3),
            ("one\ntwo", &[DeleteToStart], "one\n", 4),
            ("ae\u{301}", &[Left], "ae\u{301}", 1),
            ("ae\u{301}", &[Backspace], "a", 1),
            ("字b", &[LineStart, Right, Insert('-')], "字-b", 4),
        ] {
            assert_eq!(after(text, edits), (expected.to_owned(), cursor), "{text} {edits:?}");
        }
    }

    #[test]
    fn the_cursor_moves_between_lines_in_its_column() {
        let mut field = TextField::multiline();
        field.insert("first\r\nab\rlast line");
        assert_eq!(field.text(), "first\nab\nlast line");
        assert!(field.move_line(false) && field.line() == 1 && field.parts().0.ends_with("ab"));
        assert!(field.move_line(false) && field.line() == 0 && !field.move_line(false));
        assert!(field.move_line(true) && field.move_line(true) && !field.move_line(true));
        let mut single = TextField::default();
        single.insert("a\nb");
        assert_eq!(single.text(), "a b");
    }

    #[test]
    fn a_field_does_not_show_its_text_in_debug_output() {
        let mut field = TextField::default();
        field.insert("correct horse");
        assert!(!format!("{field:?}").contains("horse"));
    }

    proptest! {
        #[test]
        fn any_sequence_of_edits_keeps_the_cursor_on_a_character(
            text in "[aé字 \n\u{301}]{0,20}", edits in proptest::collection::vec(0_usize..12, 0..30)
        ) {
            let all = [Edit::Insert('ß'), Edit::Backspace, Edit::Delete, Edit::Left, Edit::Right, Edit::WordLeft,
                Edit::WordRight, Edit::LineStart, Edit::LineEnd, Edit::DeleteToStart, Edit::DeleteToEnd, Edit::DeleteWord];
            let mut field = TextField::multiline();
            field.set(&text);
            for edit in edits {
                field.edit(all[edit]);
                field.move_line(edit % 2 == 0);
                prop_assert!(field.text().is_char_boundary(field.cursor));
                let (before, under, behind) = field.parts();
                prop_assert_eq!(format!("{before}{under}{behind}"), field.text());
            }
        }
    }
}
