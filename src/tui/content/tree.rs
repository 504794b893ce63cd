//! JSON as a tree of lines that can be folded.

use std::collections::BTreeMap;

use crate::text::visible;
use crate::token::{Explanation, Json};
use crate::tui::item::Node;
use crate::tui::item::{Item, Tone};

/// Containers with more children are folded at first.
const MOST_OPEN: usize = 20;

/// Maximum number of lines.
const MOST_LINES: usize = 10_000;

/// Maximum width of the column for names, and of the column for values before a meaning.
const NAME: usize = 16;
const VALUE: usize = 36;

/// Indentation of a level.
const STEP: usize = 2;

/// How a tree is shown.
pub(super) struct Tree<'a> {
    /// Distinguishes the trees of different tabs.
    pub(super) name: &'static str,
    /// Pointers, with the name of the tree in front, that the user has folded or unfolded.
    pub(super) folds: &'a BTreeMap<String, bool>,
    /// Values and meanings by path, such as `act/sub`.
    pub(super) explained: &'a [Explanation],
    pub(super) ascii: bool,
}

impl Tree<'_> {
    /// Returns the lines of the members of an object, or of another value as a whole.
    pub(super) fn items(&self, root: &Json) -> Vec<Item> {
        let mut items = Vec::new();
        match root {
            Json::Object(members) if !members.is_empty() => {
                let widths = members.iter().map(|(name, _)| visible(name).chars().count());
                let width = widths.filter(|width| *width <= NAME).max().unwrap_or_default();
                let values = members.iter().map(|(name, value)| self.width(name, value));
                let shown = values.filter(|width| *width <= VALUE).max().unwrap_or_default();
                for (name, value) in members {
                    self.add(&pointer("", name), name, name, value, [0, width, shown], &mut items);
                }
            }
            Json::Array(values) if !values.is_empty() => {
                for (index, value) in values.iter().enumerate() {
                    let index = index.to_string();
                    self.add(&pointer("", &index), &index, &index, value, [0; 3], &mut items);
                }
            }
            scalar => items.push(value(Item::default(), scalar).copies("the value", copied(scalar))),
        }
        items
    }

    /// Returns the columns that a value takes before its meaning.
    fn width(&self, path: &str, json: &Json) -> usize {
        match (json, self.explained.iter().find(|explained| explained.name == path)) {
            (Json::Number(_), Some(explained)) => visible(&explained.value).chars().count(),
            (Json::Array(_) | Json::Object(_), _) => 0,
            (scalar, _) => value(Item::default(), scalar).text().chars().count(),
        }
    }

    /// Adds the lines of a value. `path`: as [`Explanation`] spells it. The last arguments: the level, and the widths of
    /// the columns for names and values.
    fn add(
        &self,
        pointer_: &str,
        path: &str,
        name: &str,
        json: &Json,
        [level, width, shown]: [usize; 3],
        items: &mut Vec<Item>,
    ) {
        if items.len() >= MOST_LINES {
            if items.len() == MOST_LINES {
                items.push(Item::muted(format!("only the first {MOST_LINES} lines are shown")));
            }
            return;
        }
        let key = format!("{}#{pointer_}", self.name);
        let children = json.members().len() + json.items().len();
        let folded = children > 0 && self.folds.get(&key).copied().unwrap_or(children > MOST_OPEN);
        let mark = match (children, folded, self.ascii) {
            (0, ..) => "  ",
            (_, true, false) => "\u{25b8} ",
            (_, false, false) => "\u{25be} ",
            (_, true, true) => "> ",
            (_, false, true) => "v ",
        };
        let indent = " ".repeat(level * STEP);
        let name_shown = visible(name);
        let padding = " ".repeat(width.saturating_sub(name_shown.chars().count()));
        let item = Item::new(Tone::Muted, format!("{indent}{mark}"))
            .and(Tone::Key, name_shown.as_ref())
            .and(Tone::Plain, format!("{padding}  "));
        let column = item.text().chars().count();
        let explained = self.explained.iter().find(|explained| explained.name == path);
        let item = match (json, explained) {
            (Json::Array(values), _) => item.and(Tone::Muted, format!("[{}]", values.len())),
            (Json::Object(members), _) => item.and(Tone::Muted, format!("{{{}}}", members.len())),
            // a time is shown as one
            (Json::Number(text), Some(explained)) if explained.value != *text => {
                item.and(Tone::Number, visible(&explained.value))
            }
            (scalar, _) => value(item, scalar),
        };
        let item = match explained.filter(|explained| !explained.meaning.is_empty()) {
            Some(explained) => {
                let used = item.text().chars().count().saturating_sub(column);
                let gap = " ".repeat(shown.saturating_sub(used) + 2);
                item.and(Tone::Muted, format!("{gap}{}", visible(&explained.meaning)))
            }
            None => item,
        };
        let node = Node { key, pointer: pointer_.to_owned(), folded: (children > 0).then_some(folded) };
        items.push(item.indent(column).copies(name_shown, copied(json)).at(node));
        if folded {
            return;
        }
        for (child, value) in json.members() {
            let (below, path) = (pointer(pointer_, child), format!("{path}/{child}"));
            self.add(&below, &path, child, value, [level + 1, 0, shown], items);
        }
        for (index, value) in json.items().iter().enumerate() {
            let index = index.to_string();
            self.add(
                &pointer(pointer_, &index),
                &format!("{path}/{index}"),
                &index,
                value,
                [level + 1, 0, shown],
                items,
            );
        }
    }
}

/// Appends a member name or an index to a JSON pointer (RFC 6901).
fn pointer(above: &str, name: &str) -> String {
    format!("{above}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Appends a scalar in the color of its type. A string is quoted, so that an empty one is visible.
fn value(item: Item, json: &Json) -> Item {
    match json {
        Json::String(text) => item.and(Tone::String, format!("\"{}\"", visible(text))),
        Json::Number(text) => item.and(Tone::Number, visible(text)),
        literal => item.and(Tone::Literal, literal.to_string()),
    }
}

/// Returns what is copied: a string as it is, everything else as JSON.
fn copied(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        Json::Array(_) | Json::Object(_) => json.pretty(),
        scalar => scalar.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(source: &str, folds: &[(&str, bool)]) -> Vec<String> {
        let folds = folds.iter().map(|(key, folded)| (format!("t#{key}"), *folded)).collect();
        let tree = Tree { name: "t", folds: &folds, explained: &[], ascii: true };
        tree.items(&Json::parse(source).unwrap()).iter().map(Item::text).collect()
    }

    #[test]
    fn values_are_shown_with_their_types_and_containers_with_their_size() {
        let source = r#"{"a":"x","list":[1,"",null],"o":{"b":true},"e":{},"n":[]}"#;
        let expected = [
            "  a     \"x\"",
            "v list  [3]",
            "    0  1",
            "    1  \"\"",
            "    2  null",
            "v o     {1}",
            "    b  true",
            "  e     {0}",
            "  n     [0]",
        ];
        assert_eq!(lines(source, &[]), expected);
        assert_eq!(
            lines(source, &[("/list", true), ("/o", true)]),
            [expected[0], "> list  [3]", "> o     {1}", expected[7], expected[8]]
        );
    }

    #[test]
    fn large_containers_are_folded_and_pointers_are_escaped() {
        let source = format!("{{\"a/b~\":[{}]}}", vec!["1"; 200].join(","));
        assert_eq!(lines(&source, &[]), ["> a/b~  [200]"]);
        assert_eq!(lines(&source, &[("/a~1b~0", false)]).len(), 201);
    }
}
