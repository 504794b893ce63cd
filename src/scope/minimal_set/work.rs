//! The limit on the work of a search.

use std::cell::Cell;

/// Number of scopes that a comparison takes in one step; larger sets take more steps.
const SCOPES_PER_STEP: usize = 256;

/// The work that is left, in comparisons of sets.
///
/// It is counted where it is done: the cost of a node of the search depends on its rows and alternatives, so a limit on
/// the number of nodes alone would not limit the time.
#[derive(Debug)]
pub(super) struct Work {
    left: Cell<u64>,
    /// Steps per comparison.
    unit: usize,
}

impl Work {
    /// Limits the work on sets out of `universe` scopes.
    pub(super) fn new(steps: u64, universe: usize) -> Self {
        Self { left: Cell::new(steps), unit: 1 + universe / SCOPES_PER_STEP }
    }

    /// Records comparisons that were made, or are about to be.
    pub(super) fn spend(&self, comparisons: usize) {
        let steps = u64::try_from(comparisons.saturating_mul(self.unit)).unwrap_or(u64::MAX);
        self.left.set(self.left.get().saturating_sub(steps));
    }

    /// Whether the limit is reached.
    pub(super) fn is_spent(&self) -> bool {
        self.left.get() == 0
    }
}
