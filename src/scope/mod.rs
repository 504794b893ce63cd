//! What scopes mean: the scope itself, sets, requirements, implication, verdicts and covers.
//!
//! Pure: nothing here knows of tokens, manifests or the network.

mod addition;
mod cover;
mod hierarchy;
mod provider_names;
mod requirement;
mod set;
mod verdict;

pub use addition::{Acceptance, AdditionReason, Additions, Excess};
pub use cover::{Certificate, Cover, CoverProblem, Uncovered};
pub use hierarchy::{Hierarchy, Pattern, Reach};
pub use provider_names::{IDENTITY_SCOPES, as_requested, canonical, is_cumulative, is_identity_scope};
pub use requirement::Requirement;
pub use set::{Scope, ScopeError, ScopeSet};
pub use verdict::{Comparison, Verdict, compare};

/// How much harm a scope can do, from the manifest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    /// Reading what is not sensitive.
    Low,
    /// The manifest says nothing, or says `medium`.
    #[default]
    Medium,
    /// Changing or reading what is sensitive.
    High,
    /// Administration; anything that can't be undone.
    Critical,
}

impl Risk {
    /// Every level, from the most critical down.
    pub const DESCENDING: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// `low`, `medium`, `high` or `critical`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The level of that name, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::DESCENDING.into_iter().find(|risk| risk.as_str() == name)
    }
}
