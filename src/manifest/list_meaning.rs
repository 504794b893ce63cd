//! Meaning of a list of several scopes in an API description: `reading` in the manifest.

use std::fmt;

/// Meaning of a list of several scopes in an API description: `reading` in the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListMeaning {
    /// Any one of them is sufficient.
    Any,
    /// All of them are required.
    All,
}

impl ListMeaning {
    /// `any` or `all`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::All => "all",
        }
    }

    /// Parses `any` or `all`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Any, Self::All].into_iter().find(|meaning| meaning.as_str() == name)
    }
}

impl fmt::Display for ListMeaning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
