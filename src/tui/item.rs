//! Items: what panes and sheets consist of.

use super::links::is_safe;
use crate::app::report::{Line, Style};
use crate::secret::Secret;

/// Role of a piece of text. The theme maps it to a style.
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
    /// The character under the cursor of a text field.
    Cursor,
    /// A QR code.
    Code,
    /// A link.
    Link,
    /// Text that a search has found.
    Matched,
    /// Parts of a token.
    Header,
    Payload,
    Signature,
    /// The part of the payload that belongs to the claim under the cursor.
    Lit,
    /// JSON values.
    String,
    Number,
    Literal,
}

/// Place of an item in a JSON document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::tui) struct Node {
    /// Identifies the node among all trees.
    pub(in crate::tui) key: String,
    /// JSON pointer (RFC 6901).
    pub(in crate::tui) pointer: String,
    /// Whether it is folded; `None` if it has no children.
    pub(in crate::tui) folded: Option<bool>,
}

/// A value for the clipboard, with the name that the toast shows.
#[derive(Clone, Debug)]
pub(in crate::tui) struct ClipboardEntry {
    pub(in crate::tui) name: String,
    pub(in crate::tui) text: Secret,
}

/// An item: the cursor moves from item to item. It is drawn as one line, or wrapped into several.
#[derive(Clone, Debug, Default)]
pub(in crate::tui) struct Item {
    pub(in crate::tui) pieces: Vec<(Tone, String)>,
    /// Indentation of continuation lines, in columns.
    pub(in crate::tui) indent: usize,
    pub(in crate::tui) copied: Option<ClipboardEntry>,
    pub(in crate::tui) node: Option<Node>,
    /// Line of the manifest that it is about.
    pub(in crate::tui) line: Option<u64>,
    /// Target of its pieces with [`Tone::Link`].
    pub(in crate::tui) link: Option<String>,
}

/// Maximum length of an item in bytes. Longer ones are split, so that the cursor can move through them.
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

    /// Appends a piece of text.
    pub(in crate::tui) fn and(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.pieces.push((tone, text.into()));
        self
    }

    /// Sets the indentation of continuation lines.
    pub(in crate::tui) fn indent(mut self, columns: usize) -> Self {
        self.indent = columns;
        self
    }

    /// Sets the place in a JSON document.
    pub(in crate::tui) fn at(mut self, node: Node) -> Self {
        self.node = Some(node);
        self
    }

    /// Sets what `y` copies.
    pub(in crate::tui) fn copies(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.copied = Some(ClipboardEntry { name: name.into(), text: Secret::new(text) });
        self
    }

    /// Appends a link. A URL that is not safe in a terminal is text.
    pub(in crate::tui) fn links(mut self, text: impl Into<String>, url: impl Into<String>) -> Self {
        let url = url.into();
        if !is_safe(&url) {
            return self.and(Tone::Key, text);
        }
        self.link = Some(url);
        self.and(Tone::Link, text)
    }

    /// Returns the text without styles.
    pub(in crate::tui) fn text(&self) -> String {
        self.pieces.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// Splits a very long item. All parts copy the same value.
    pub(in crate::tui) fn in_parts(self) -> Vec<Self> {
        let long = |text: &str| text.len() > LONGEST;
        if !self.pieces.iter().any(|(_, text)| long(text)) {
            return vec![self];
        }
        let Self { pieces, indent, copied, node, line, link } = self;
        let empty = || Self {
            pieces: Vec::new(),
            indent,
            copied: copied.clone(),
            node: node.clone(),
            line,
            link: link.clone(),
        };
        let mut parts = vec![empty()];
        for (tone, text) in pieces {
            let mut rest = text.as_str();
            while long(rest) {
                let end = (0..=LONGEST).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or_default();
                let (head, tail) = rest.split_at(end);
                if let Some(part) = parts.last_mut() {
                    part.pieces.push((tone, head.to_owned()));
                }
                parts.push(empty());
                rest = tail;
            }
            if let Some(part) = parts.last_mut() {
                part.pieces.push((tone, rest.to_owned()));
            }
        }
        parts
    }
}

impl From<Style> for Tone {
    fn from(style: Style) -> Self {
        match style {
            Style::Plain => Self::Plain,
            Style::Heading => Self::Heading,
            Style::Muted => Self::Muted,
            Style::Label => Self::Key,
            Style::Good => Self::Good,
            Style::Bad => Self::Bad,
            Style::Warning => Self::Warning,
        }
    }
}

/// Renders a line of a report, which is already escaped.
impl From<Line> for Item {
    fn from(line: Line) -> Self {
        let item = line.spans().iter().fold(Self::default(), |item, span| item.and(span.style().into(), span.text()));
        let item = item.indent(line.indent());
        match line.copied() {
            Some(copied) => item.copies(copied.name.as_ref(), copied.text.as_str()),
            None => item,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_items_are_split_without_losing_characters() {
        let text = "ä".repeat(1000);
        let parts = Item::plain("x").and(Tone::Muted, text.clone()).copies("it", "all").in_parts();
        assert!(parts.len() > 2);
        assert_eq!(parts.iter().map(Item::text).collect::<String>(), format!("x{text}"));
        assert!(parts.iter().all(|part| part.copied.is_some() && part.text().len() <= LONGEST + 1));
    }
}
