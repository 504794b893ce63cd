//! The tree that JSON and YAML have in common.

use std::collections::HashSet;
use std::rc::Rc;

/// A value of a description. A clone shares everything below it, so that an alias or a reference costs nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::manifest) enum Node {
    Null,
    Bool(bool),
    /// A text, and every other scalar in the letters of its source: no field that matters here is a number or a date.
    Text(Rc<str>),
    List(Rc<[Node]>),
    /// In the order of the source, duplicates included.
    Map(Rc<[(Rc<str>, Node)]>),
}

impl Node {
    /// The last member of that name, as most parsers have it.
    pub(in crate::manifest) fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().rev().find(|(member, _)| &**member == name).map(|(_, value)| value)
    }

    /// The members of a map; none of anything else.
    pub(in crate::manifest) fn members(&self) -> &[(Rc<str>, Self)] {
        match self {
            Self::Map(members) => members,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub(in crate::manifest) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    pub(in crate::manifest) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a member.
    pub(in crate::manifest) fn text_of(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Self::text)
    }

    pub(in crate::manifest) fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    pub(in crate::manifest) fn is_map(&self) -> bool {
        matches!(self, Self::Map(_))
    }

    /// The words of a text, or of the texts of a list, each once: scopes are written either way.
    pub(in crate::manifest) fn words(&self) -> Vec<String> {
        let texts = std::slice::from_ref(self).iter().chain(self.items());
        let words = texts.filter_map(Self::text).flat_map(str::split_whitespace);
        let mut seen = HashSet::new();
        words.filter(|word| seen.insert(*word)).map(str::to_owned).collect()
    }
}
