//! Document tree common to JSON and YAML.

use std::collections::HashSet;
use std::rc::Rc;

/// A value of a document. Clones share everything below it, so that aliases and references are cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::manifest) enum Node {
    Null,
    Bool(bool),
    /// A string, or any other scalar as written: no relevant field is a number or a date.
    Text(Rc<str>),
    List(Rc<[Node]>),
    /// Members in the order of the source, including duplicates.
    Map(Rc<[(Rc<str>, Node)]>),
}

impl FromIterator<(Rc<str>, Self)> for Node {
    fn from_iter<I: IntoIterator<Item = (Rc<str>, Self)>>(members: I) -> Self {
        Self::Map(members.into_iter().collect())
    }
}

impl Node {
    /// Returns the last member with that name, as most parsers do.
    pub(in crate::manifest) fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().rev().find(|(member, _)| &**member == name).map(|(_, value)| value)
    }

    /// Returns the members of a map; empty for other values.
    pub(in crate::manifest) fn members(&self) -> &[(Rc<str>, Self)] {
        match self {
            Self::Map(members) => members,
            _ => &[],
        }
    }

    /// Returns the items of a list; empty for other values.
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

    /// Returns the string of a member.
    pub(in crate::manifest) fn text_of(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Self::text)
    }

    pub(in crate::manifest) fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    pub(in crate::manifest) fn is_map(&self) -> bool {
        matches!(self, Self::Map(_))
    }

    /// Returns the distinct words of a string or of a list of strings: scopes are written either way.
    pub(in crate::manifest) fn words(&self) -> Vec<String> {
        let texts = std::slice::from_ref(self).iter().chain(self.items());
        let words = texts.filter_map(Self::text).flat_map(str::split_whitespace);
        let mut seen = HashSet::new();
        words.filter(|word| seen.insert(*word)).map(str::to_owned).collect()
    }
}
