//! Scopes and sets of scopes.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use thiserror::Error;

/// A scope: a case-sensitive token of RFC 6749 §3.3, `1*( %x21 / %x23-5B / %x5D-7E )`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(Arc<str>);

/// Error of [`Scope::parse`].
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ScopeError {
    /// Empty string.
    #[error("a scope can't be empty")]
    Empty,
    /// RFC 6749 §3.3 allows printable ASCII except space, `"` and `\`.
    #[error("`{scope}` is not a valid scope: {character:?} is not allowed (RFC 6749 §3.3)")]
    Character {
        /// Whole string.
        scope: String,
        /// First invalid character.
        character: char,
    },
}

impl Scope {
    /// Parses a scope.
    ///
    /// # Errors
    /// If the string is empty or has a character outside the grammar of RFC 6749 §3.3.
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

    /// Returns the scope as a string.
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

/// A set of scopes in byte order.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeSet(BTreeSet<Scope>);

impl ScopeSet {
    /// Creates an empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Parses scopes separated by spaces (RFC 6749 §3.3) or other white space.
    ///
    /// # Errors
    /// If a scope is not valid.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        text.split_whitespace().map(Scope::parse).collect()
    }

    /// Returns whether the set contains a scope.
    #[must_use]
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// Adds a scope; false if it was present.
    pub fn insert(&mut self, scope: Scope) -> bool {
        self.0.insert(scope)
    }

    /// Removes a scope; false if it was not present.
    pub fn remove(&mut self, scope: &str) -> bool {
        self.0.remove(scope)
    }

    /// Iterates over the scopes in byte order.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Scope> + ExactSizeIterator + Clone {
        self.0.iter()
    }

    /// Returns the names of the scopes, in byte order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }

    /// Returns the number of scopes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether the other set contains every scope of this one.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// Returns the scopes that the other set lacks.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self(self.0.difference(&other.0).cloned().collect())
    }

    /// Returns the scopes of both sets.
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

/// Formats the scopes separated by single spaces (RFC 6749 §3.3).
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
    fn scopes_follow_the_grammar_of_rfc_6749() {
        for good in ["a", "!", "#[]~", "orders:read", "https://www.googleapis.com/auth/drive", "Orders:Read"] {
            assert_eq!(Scope::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", " ", "a b", "\"", "\\", "a\u{1b}", "ä", "a\n", "\u{7f}"] {
            assert!(Scope::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn sets_are_sorted_and_case_sensitive() {
        let set = ScopeSet::parse(" b  a\tB a ").unwrap();
        assert_eq!(set.to_string(), "B a b");
        assert!(set.contains("B") && !set.contains("A"));
        assert_eq!(ScopeSet::parse("").unwrap(), ScopeSet::new());
    }
}
