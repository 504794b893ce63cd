//! How many endpoints each scope grants access to.

use std::collections::BTreeMap;

use super::{Facts, Model};
use crate::app::EndpointId;
use crate::scope::{Risk, Scope, ScopeSet};

/// A scope, and how far it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tui) struct ScopeReach {
    pub(in crate::tui) scope: Scope,
    pub(in crate::tui) risk: Risk,
    pub(in crate::tui) description: Option<String>,
    /// Number of endpoints that this scope alone grants access to.
    pub(in crate::tui) alone: usize,
    /// Number of further endpoints that require it together with others.
    pub(in crate::tui) joint: usize,
    pub(in crate::tui) granted: bool,
}

/// Scopes with their reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tui) struct BlastRadius {
    /// Highest risk first, then the farthest reach.
    pub(in crate::tui) scopes: Vec<ScopeReach>,
    /// Endpoints that were counted: the marked ones, otherwise the shown ones.
    pub(in crate::tui) endpoints: Vec<EndpointId>,
}

impl BlastRadius {
    /// Returns the endpoints to count.
    pub(in crate::tui) fn endpoints(model: &Model) -> Vec<EndpointId> {
        if !model.endpoints.marked.is_empty() {
            return model.endpoints.marked.iter().copied().collect();
        }
        model.endpoints.shown.iter().filter_map(|index| model.endpoints.rows.get(*index)).map(|row| row.id).collect()
    }

    /// Counts the endpoints of each scope.
    pub(in crate::tui) fn of(model: &Model, endpoints: Vec<EndpointId>) -> Self {
        let context = &model.context;
        let apis = context.manifest().map(|manifest| manifest.apis.as_slice()).unwrap_or_default();
        let held = model.scopes();
        let mut scopes = Vec::new();
        for (index, api) in apis.iter().enumerate() {
            // what is required alone, and what together with others, per scope
            let (mut alone, mut joint): (BTreeMap<&str, usize>, BTreeMap<&str, usize>) = Default::default();
            // endpoints with alternatives, which one scope can satisfy in several ways
            let mut several: Vec<&[ScopeSet]> = Vec::new();
            for id in endpoints.iter().filter(|id| id.api == index) {
                let Some((_, endpoint)) = context.endpoint(*id) else { continue };
                match endpoint.requirement.alternatives() {
                    [only] => {
                        let counted = if only.len() == 1 { &mut alone } else { &mut joint };
                        only.iter().for_each(|scope| *counted.entry(scope.as_str()).or_default() += 1);
                    }
                    alternatives => several.push(alternatives),
                }
            }
            let is_single = |alternative: &ScopeSet, grants: &dyn Fn(&str) -> bool| {
                !alternative.is_empty() && alternative.iter().all(|scope| grants(scope.as_str()))
            };
            for declared in &api.scopes {
                let name = declared.scope.as_str();
                let set: ScopeSet = std::iter::once(declared.scope.clone()).collect();
                let reach = api.hierarchy.reach(&set);
                let grants = |wanted: &str| wanted == name || (!declared.implies.is_empty() && reach.grants(wanted));
                let sum = |counts: &BTreeMap<&str, usize>| match declared.implies.is_empty() {
                    true => counts.get(name).copied().unwrap_or_default(),
                    false => counts.iter().filter(|(scope, _)| grants(scope)).map(|(_, count)| count).sum(),
                };
                let any = |fits: &dyn Fn(&ScopeSet) -> bool| {
                    several.iter().filter(|alternatives| alternatives.iter().any(fits)).count()
                };
                let whole = any(&|alternative| is_single(alternative, &grants));
                let part = any(&|alternative| alternative.iter().any(|scope| grants(scope.as_str())));
                scopes.push(ScopeReach {
                    risk: api.hierarchy.risk(name),
                    description: declared.description.clone(),
                    alone: sum(&alone) + whole,
                    joint: sum(&joint) + part - whole,
                    granted: api.hierarchy.satisfies(&held, name),
                    scope: declared.scope.clone(),
                });
            }
        }
        scopes.sort_by_key(|reach| std::cmp::Reverse((reach.risk, reach.alone, reach.joint)));
        Self { scopes, endpoints }
    }
}

impl Model {
    /// Returns what tells whether the selected token allows an endpoint.
    pub(in crate::tui) fn facts(&self) -> Facts<'_> {
        Facts::new(&self.context, self.token(), self.now)
    }
}
