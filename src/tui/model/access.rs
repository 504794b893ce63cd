//! Endpoints that a token grants access to.

use jiff::Timestamp;

use crate::app::{CheckOutcome, CheckOutcomes, Context, LoadedToken, check};
use crate::scope::{Risk, Scope, ScopeSet, compare};
use crate::token::ScopeSource;

/// A granted scope, and the access that it grants.
#[derive(Clone, Debug)]
pub(in crate::tui) struct ScopeAccess {
    pub(in crate::tui) scope: Scope,
    pub(in crate::tui) place: ScopeSource,
    pub(in crate::tui) risk: Risk,
    pub(in crate::tui) description: Option<String>,
    /// Number of endpoints that this scope alone satisfies.
    pub(in crate::tui) alone: usize,
}

/// Endpoints that a token grants access to.
#[derive(Clone, Debug)]
pub(in crate::tui) struct Access {
    /// Highest risk first.
    pub(in crate::tui) scopes: Vec<ScopeAccess>,
    /// Accessible endpoints with the highest risk among the scopes used, highest risk first.
    pub(in crate::tui) endpoints: Vec<(Option<Risk>, String)>,
    /// Number of endpoints of the manifest.
    pub(in crate::tui) of: usize,
}

impl Access {
    /// Compares the token, and each of its scopes alone, with every endpoint.
    pub(in crate::tui) fn of(context: &Context, token: &LoadedToken, now: Timestamp) -> Self {
        let ids = context.endpoints();
        let mut endpoints: Vec<(Option<Risk>, String)> = Vec::new();
        let outcomes = CheckOutcomes::new(context, token, now);
        for id in ids.iter().filter(|id| outcomes.of(**id) == Some(CheckOutcome::Allowed)) {
            let Some((api, endpoint)) = context.endpoint(*id) else { continue };
            let comparison = check(context, token, *id, now).and_then(|check| check.comparison);
            let used = comparison.map(|comparison| comparison.alternative).unwrap_or_default();
            let risk = used.iter().map(|scope| api.hierarchy.risk(scope.as_str())).max();
            endpoints.push((risk, endpoint.to_string()));
        }
        endpoints.sort_by_key(|(risk, _)| std::cmp::Reverse(*risk));
        let granted = token.granted.as_ref().map(|granted| granted.0.as_slice()).unwrap_or_default();
        let apis = context.manifest().map(|manifest| manifest.apis.as_slice()).unwrap_or_default();
        let mut scopes: Vec<ScopeAccess> = granted
            .iter()
            .map(|granted| {
                let only: ScopeSet = std::iter::once(granted.scope.clone()).collect();
                let is_satisfied = |id: &&crate::app::EndpointId| {
                    context.endpoint(**id).is_some_and(|(api, endpoint)| {
                        !endpoint.requirement.is_none()
                            && compare(&only, &endpoint.requirement, &api.hierarchy).is_allowed()
                    })
                };
                let name = granted.scope.as_str();
                let api = apis.iter().find(|api| api.hierarchy.declares(name));
                let declared = api.and_then(|api| api.scopes.iter().find(|declared| declared.scope == granted.scope));
                ScopeAccess {
                    risk: api.map(|api| api.hierarchy.risk(name)).unwrap_or_default(),
                    description: declared.and_then(|declared| declared.description.clone()),
                    alone: ids.iter().filter(is_satisfied).count(),
                    scope: granted.scope.clone(),
                    place: granted.place.clone(),
                }
            })
            .collect();
        scopes.sort_by_key(|access| std::cmp::Reverse((access.risk, access.alone)));
        Self { scopes, endpoints, of: ids.len() }
    }
}
