//! The least privileged set of scopes that satisfies several endpoints, with its certificate.

use super::{Hierarchy, Requirement, Scope, ScopeSet};

/// The question: which scopes satisfy all of `wanted` with the least privilege.
#[derive(Clone, Debug)]
pub struct CoverProblem<'a> {
    /// The endpoints asked for: a name each, as it shall stand in the certificate, and what it requires.
    pub wanted: Vec<(&'a str, &'a Requirement)>,
    /// What the other endpoints of the API require: a set is better when it unlocks fewer of them.
    pub others: Vec<&'a Requirement>,
    /// Risks and implication.
    pub hierarchy: &'a Hierarchy,
    /// A client's `may_request`: no scope is taken that these don't grant. `None`: no ceiling.
    pub ceiling: Option<&'a ScopeSet>,
    /// How many nodes the search may visit before it gives the best set found so far as not proven.
    pub steps: u64,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// The scopes to ask for.
    pub scopes: ScopeSet,
    /// Whether no better set exists; false when the search was ended by its bound.
    pub proven: bool,
    /// How many of the other endpoints the set unlocks.
    pub unlocks: usize,
    /// Why each of them is needed.
    pub certificate: Certificate,
    /// The endpoints that can't be satisfied below the ceiling, in the order in which they were asked for. They are
    /// not covered, and nothing is asked for on their behalf.
    pub uncovered: Vec<Uncovered>,
}

/// Why a cover is sufficient, and why nothing can be left out of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// For each endpoint the alternative that satisfies it, in the order in which they were asked for.
    pub endpoints: Vec<(String, ScopeSet)>,
    /// For each scope of the cover the endpoints that would break without it.
    pub scopes: Vec<(Scope, Vec<String>)>,
}

/// An endpoint that the ceiling leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncovered {
    /// Its name.
    pub endpoint: String,
    /// For each alternative the scopes that are above the ceiling.
    pub beyond: Vec<ScopeSet>,
}

impl CoverProblem<'_> {
    /// The bound that callers use unless they know better.
    pub const STEPS: u64 = 2_000_000;

    /// Finds the cover that minimises, in this order: the number of scopes of each risk from the most critical down;
    /// the endpoints unlocked beyond those asked for; the number of scopes; the names.
    #[must_use]
    pub fn solve(&self) -> Cover {
        todo!("cover")
    }
}
