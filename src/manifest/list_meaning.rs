//! What a list of several scopes in an API description means: `reading` in the manifest.

use std::fmt;

/// What a list of several scopes in an API description means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListMeaning {
    /// One of them is enough.
    Any,
    /// All of them are needed.
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
