//! Scopes: sets, requirements, implication, verdicts and minimal sets.
//!
//! Pure, and independent of tokens, manifests and the network.

mod addition;
mod hierarchy;
mod minimal_set;
mod requirement;
mod set;
mod verdict;
mod vocabulary;

pub use addition::{Acceptance, AdditionReason, Additions, Excess};
pub use hierarchy::{Hierarchy, Pattern, Reach, satisfies_anywhere};
pub use minimal_set::{MinimalSet, MinimalSetProblem, Reasons, Uncovered};
pub use requirement::Requirement;
pub use set::{Scope, ScopeError, ScopeSet};
pub use verdict::{Comparison, Verdict, compare, is_allowed};
pub use vocabulary::{IDENTITY_SCOPES, Vocabulary, is_identity_scope};

/// Risk of a scope, from the manifest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    /// Reads data that is not sensitive.
    Low,
    /// Default.
    #[default]
    Medium,
    /// Changes data, or reads sensitive data.
    High,
    /// Administers, or does what can't be undone.
    Critical,
}

impl Risk {
    /// All levels, from critical to low.
    pub const DESCENDING: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// Returns `low`, `medium`, `high` or `critical`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Parses the name of a level.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::DESCENDING.into_iter().find(|risk| risk.as_str() == name)
    }
}
