//! What an act is about.

use jiff::Timestamp;

use crate::app::{Context, EndpointId, Need};
use crate::scope::{Scope, ScopeSet, compare, is_identity_scope};

/// An act that the policy decides about.
#[derive(Clone, Debug, Default)]
pub struct Question<'q> {
    /// Name of the client in the manifest, if known.
    pub client: Option<&'q str>,
    /// Endpoints. Without any, all that the scopes grant access to.
    pub endpoints: &'q [EndpointId],
    /// Scopes.
    pub scopes: QuestionScopes<'q>,
    /// When the user signed in, if known.
    pub signed_in: Option<Timestamp>,
    /// Whether the token is passed on, so that rules about other endpoints that it grants access to apply, too.
    pub passes_on: bool,
    /// Whether a request for an approval is written if one is needed.
    pub requests: bool,
    /// What has to be approved because it is above the ceiling of the client, so that one request names both.
    pub above: Option<&'q Need>,
    /// Whether the act sends or passes on the token, which takes a use of an approval.
    pub takes_use: bool,
    /// Name of the program that uses the token, unless the operator named one.
    pub caller: Option<&'q str>,
}

/// Scopes of an act.
#[derive(Clone, Copy, Debug)]
pub enum QuestionScopes<'q> {
    /// Exactly these are requested or passed on.
    Exactly(&'q ScopeSet),
    /// Those that each endpoint needs, of a token with these.
    Needed(Option<&'q ScopeSet>),
}

impl Default for QuestionScopes<'_> {
    fn default() -> Self {
        Self::Needed(None)
    }
}

/// A part of an act.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) endpoint: Option<EndpointId>,
    /// Scopes that are used there.
    pub(super) scopes: ScopeSet,
    /// Whether only a rule that matches counts, not the default or a fact that is not known: the act does not name it.
    pub(super) is_implied: bool,
}

impl Question<'_> {
    /// Returns the parts of the act: each endpoint with the scopes that it needs, then what the other scopes grant access to.
    pub(super) fn parts(&self, context: &Context) -> Vec<Part> {
        let granted = match self.scopes {
            QuestionScopes::Exactly(scopes) => Some(scopes),
            QuestionScopes::Needed(granted) => granted,
        };
        let part = |id, is_implied| {
            let scopes = needed(context, id, granted);
            Part { endpoint: Some(id), scopes, is_implied }
        };
        let mut parts: Vec<Part> = self.endpoints.iter().map(|id| part(*id, false)).collect();
        let QuestionScopes::Exactly(scopes) = self.scopes else {
            if parts.is_empty() {
                parts.push(Part { endpoint: None, scopes: ScopeSet::new(), is_implied: false });
            }
            return parts;
        };
        let used: ScopeSet = parts.iter().flat_map(|part| part.scopes.iter().cloned()).collect();
        let rest = scopes.difference(&used);
        let (identity, rest): (Vec<Scope>, Vec<Scope>) =
            rest.iter().cloned().partition(|scope| is_identity(context, scope));
        let [identity, rest] = [identity, rest].map(ScopeSet::from_iter);
        if !identity.is_empty() {
            parts.push(Part { endpoint: None, scopes: identity, is_implied: true });
        }
        if !rest.is_empty() || self.endpoints.is_empty() {
            let reached: Vec<EndpointId> = self.reached(context, &rest).collect();
            match reached.is_empty() {
                true => parts.push(Part { endpoint: None, scopes: rest, is_implied: false }),
                false => parts.extend(reached.into_iter().map(|id| part(id, false))),
            }
        }
        if self.passes_on {
            parts.extend(self.reached(context, scopes).map(|id| part(id, true)));
        }
        parts
    }

    /// Returns the endpoints that need a scope and are satisfied by these scopes, of APIs that accept tokens of the client.
    fn reached(&self, context: &Context, scopes: &ScopeSet) -> impl Iterator<Item = EndpointId> {
        let issuer = self.client.and_then(|name| context.client(name).ok()).map(|client| &client.issuer);
        context.endpoints().into_iter().filter(move |id| {
            let Some((api, endpoint)) = context.endpoint(*id) else { return false };
            let may_accept = api.issuer.as_ref().is_none_or(|own| issuer.is_none_or(|issuer| own == issuer));
            may_accept
                && !endpoint.requirement.is_none()
                && compare(scopes, &endpoint.requirement, &api.hierarchy).is_allowed()
        })
    }
}

/// Whether a scope is one of OpenID Connect that no API declares.
fn is_identity(context: &Context, scope: &Scope) -> bool {
    let apis = context.manifest().map(|manifest| manifest.apis.as_slice()).unwrap_or_default();
    is_identity_scope(scope.as_str(), apis.iter().map(|api| &api.hierarchy))
}

/// Returns the scopes that an endpoint uses of the granted ones; if they are not sufficient, the least privileged alternative.
fn needed(context: &Context, id: EndpointId, granted: Option<&ScopeSet>) -> ScopeSet {
    let Some((api, endpoint)) = context.endpoint(id) else { return ScopeSet::new() };
    let used = granted.map(|granted| (granted, compare(granted, &endpoint.requirement, &api.hierarchy)));
    match used.filter(|(_, comparison)| comparison.is_allowed()) {
        // what is used of them, not what they imply
        Some((granted, comparison)) => granted.difference(&comparison.not_needed).union(&comparison.alternative),
        None => compare(&ScopeSet::new(), &endpoint.requirement, &api.hierarchy).cheapest(),
    }
}
