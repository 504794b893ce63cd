//! A scope, and sets of them.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use thiserror::Error;

/// One scope: a case-sensitive token of RFC 6749 §3.3, `1*( %x21 / %x23-5B / %x5D-7E )`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(Arc<str>);

/// Why a text is no scope.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ScopeError {
    /// A scope has at least one character.
    #[error("a scope can't be empty")]
    Empty,
    /// RFC 6749 §3.3 allows printable ASCII without space, `"` and `\`.
    #[error("`{scope}` is no scope: {character:?} is not allowed (RFC 6749 §3.3)")]
    Character {
        /// The whole text.
        scope: String,
        /// The first character that is not allowed.
        character: char,
    },
}

impl Scope {
    /// Parses one scope.
    ///
    /// # Errors
    /// When the text is empty or holds a character outside the grammar of RFC 6749 §3.3.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        if text.is_empty() {
            return Err(ScopeError::Empty);
        }
        let allowed = |character: &char| matches!(character, '!' | '#'..='[' | ']'..='~');
        match text.chars().find(|character| !allowed(character)) {
            Some(character) => Err(ScopeError::Character { scope: text.to_owned(), character }),
            None => Ok(Self(text.into())),
        }
    }

    /// The scope as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Scope {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, formatter)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// A set of scopes, iterated in the order of their bytes.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeSet(BTreeSet<Scope>);

impl ScopeSet {
    /// The set without members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Parses a list of scopes delimited by spaces (RFC 6749 §3.3); other white space counts as a space.
    ///
    /// # Errors
    /// When a member is no scope.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        text.split_whitespace().map(Scope::parse).collect()
    }

    /// Whether the scope is a member, by name.
    #[must_use]
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// Adds a scope; false when it was there.
    pub fn insert(&mut self, scope: Scope) -> bool {
        self.0.insert(scope)
    }

    /// Takes a scope out; false when it was not there.
    pub fn remove(&mut self, scope: &str) -> bool {
        self.0.remove(scope)
    }

    /// The members in the order of their bytes.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Scope> + ExactSizeIterator + Clone {
        self.0.iter()
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every member of this set is one of the other.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// The members that the other set lacks.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self(self.0.difference(&other.0).cloned().collect())
    }

    /// The members of either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }
}

impl Extend<Scope> for ScopeSet {
    fn extend<I: IntoIterator<Item = Scope>>(&mut self, scopes: I) {
        self.0.extend(scopes);
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl IntoIterator for ScopeSet {
    type Item = Scope;
    type IntoIter = std::collections::btree_set::IntoIter<Scope>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a ScopeSet {
    type Item = &'a Scope;
    type IntoIter = std::collections::btree_set::Iter<'a, Scope>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(&self.0).finish()
    }
}

/// The members separated by single spaces: the form of RFC 6749 §3.3.
impl fmt::Display for ScopeSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.0.iter().enumerate() {
            if index > 0 {
                formatter.write_str(" ")?;
            }
            formatter.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_of_rfc_6749() {
        for good in ["a", "!", "#[]~", "orders:read", "https://www.googleapis.com/auth/drive", "Orders:Read"] {
            assert_eq!(Scope::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", " ", "a b", "\"", "\\", "a\u{1b}", "ä", "a\n", "\u{7f}"] {
            assert!(Scope::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_set_is_parsed_printed_and_case_sensitive() {
        let set = ScopeSet::parse(" b  a\tB a ").unwrap();
        assert_eq!(set.to_string(), "B a b");
        assert!(set.contains("B") && !set.contains("A"));
        assert_eq!(ScopeSet::parse("").unwrap(), ScopeSet::new());
    }
}
