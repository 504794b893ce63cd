//! Items of toned text.

use crate::secret::Secret;
use crate::workspace::report::{Line, Style};

/// What a piece of text is: a theme decides how that looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::tui) enum Tone {
    #[default]
    Plain,
    Heading,
    Muted,
    Key,
    Good,
    Bad,
    Warning,
}

/// What is put on the clipboard, and what the toast calls it.
#[derive(Clone, Debug)]
pub(in crate::tui) struct ClipboardEntry {
    pub(in crate::tui) what: String,
    pub(in crate::tui) text: Secret,
}

/// One item: the cursor goes from item to item. It becomes one line, or several when it is too wide.
#[derive(Clone, Debug, Default)]
pub(in crate::tui) struct Item {
    pub(in crate::tui) pieces: Vec<(Tone, String)>,
    /// How far the second and further lines are indented.
    pub(in crate::tui) indent: usize,
    pub(in crate::tui) copied: Option<ClipboardEntry>,
}

/// An item longer than this becomes several, so that the cursor can go through it.
const LONGEST: usize = 400;

impl Item {
    pub(in crate::tui) fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self::default().and(tone, text)
    }

    pub(in crate::tui) fn plain(text: impl Into<String>) -> Self {
        Self::new(Tone::Plain, text)
    }

    pub(in crate::tui) fn muted(text: impl Into<String>) -> Self {
        Self::new(Tone::Muted, text)
    }

    pub(in crate::tui) fn heading(text: impl Into<String>) -> Self {
        Self::new(Tone::Heading, text)
    }

    /// The same with one more piece.
    pub(in crate::tui) fn and(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.pieces.push((tone, text.into()));
        self
    }

    pub(in crate::tui) fn indent(mut self, columns: usize) -> Self {
        self.indent = columns;
        self
    }

    /// The same with what `y` copies.
    pub(in crate::tui) fn copies(mut self, what: impl Into<String>, text: impl Into<String>) -> Self {
        self.copied = Some(ClipboardEntry { what: what.into(), text: Secret::new(text) });
        self
    }

    /// The whole text.
    pub(in crate::tui) fn text(&self) -> String {
        self.pieces.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// As several items when it is very long: all of them copy the same.
    pub(super) fn in_parts(self) -> Vec<Self> {
        let long = |text: &str| text.len() > LONGEST;
        if !self.pieces.iter().any(|(_, text)| long(text)) {
            return vec![self];
        }
        let mut parts = vec![Self { pieces: Vec::new(), ..self.clone() }];
        for (tone, text) in self.pieces {
            let mut rest = text.as_str();
            while long(rest) {
                let end = (0..=LONGEST).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or_default();
                let (head, tail) = rest.split_at(end);
                if let Some(part) = parts.last_mut() {
                    part.pieces.push((tone, head.to_owned()));
                }
                parts.push(Self { pieces: Vec::new(), indent: self.indent, copied: self.copied.clone() });
                rest = tail;
            }
            if let Some(part) = parts.last_mut() {
                part.pieces.push((tone, rest.to_owned()));
            }
        }
        parts
    }
}

/// Renders a line of a report, which is already escaped.
impl From<Line> for Item {
    fn from(line: Line) -> Self {
        let tone = |style| match style {
            Style::Plain => Tone::Plain,
            Style::Heading => Tone::Heading,
            Style::Muted => Tone::Muted,
            Style::Label => Tone::Key,
            Style::Good => Tone::Good,
            Style::Bad => Tone::Bad,
            Style::Warning => Tone::Warning,
        };
        let item = line.spans().iter().fold(Self::default(), |item, span| item.and(tone(span.style()), span.text()));
        let item = item.indent(line.indent());
        match line.copied() {
            Some(copied) => item.copies(copied.name, copied.text.as_str()),
            None => item,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_item_becomes_several_without_losing_a_character() {
        let text = "ä".repeat(1000);
        let parts = Item::plain("x").and(Tone::Muted, text.clone()).copies("it", "all").in_parts();
        assert!(parts.len() > 2);
        assert_eq!(parts.iter().map(Item::text).collect::<String>(), format!("x{text}"));
        assert!(parts.iter().all(|part| part.copied.is_some() && part.text().len() <= LONGEST + 1));
    }
}
