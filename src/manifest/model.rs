//! Data model of a manifest.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use url::Url;

use super::{Approvers, Client, Endpoint, ErrorRule, Issuer, ListMeaning, Policy, Server};
use crate::scope::{Hierarchy, Pattern, Risk, Scope, ScopeSet};

/// A manifest, valid by construction: it is only returned by [`super::parse`].
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The APIs, in the order of the file.
    pub apis: Vec<Api>,
    /// The clients, in the order of the file.
    pub clients: Vec<Client>,
    /// The groups of approvers, in the order of the file.
    pub approvers: Vec<Approvers>,
    /// The policy: rules and default.
    pub policy: Policy,
}

impl Manifest {
    /// Returns the API with that name.
    #[must_use]
    pub fn api(&self, name: &str) -> Option<&Api> {
        self.apis.iter().find(|api| api.name == name)
    }

    /// Returns the client with that name.
    #[must_use]
    pub fn client(&self, name: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.name == name)
    }

    /// Returns the group of approvers with that name.
    #[must_use]
    pub fn approvers(&self, name: &str) -> Option<&Approvers> {
        self.approvers.iter().find(|group| group.name == name)
    }
}

/// One API: `[api.NAME]`.
#[derive(Clone, Debug)]
pub struct Api {
    /// Name in the manifest.
    pub name: String,
    /// Display name.
    pub title: Option<String>,
    /// Base URL of the path templates. `http` only for a loopback address; no user information, query or fragment.
    pub base_url: Url,
    /// Other URLs of the API, used to match recorded requests. Nothing is sent to them.
    pub servers: Vec<Server>,
    /// Whether paths are matched without regard to case.
    pub ignore_case: bool,
    /// Issuer of its tokens.
    pub issuer: Option<Issuer>,
    /// Expected value of `aud`.
    pub audience: Option<String>,
    /// Where its tokens list the granted scopes, instead of in the usual claims: names of claims or JSON pointers.
    pub scopes_claim: Vec<String>,
    /// How an import interpreted lists of several scopes, if these endpoints were imported.
    pub reading: Option<ListMeaning>,
    /// The scopes, in the order of the file.
    pub scopes: Vec<DeclaredScope>,
    /// Risks and implications of the scopes.
    pub hierarchy: Hierarchy,
    /// Scopes chosen wherever an endpoint accepts one of them.
    pub prefer: ScopeSet,
    /// Scopes chosen only if nothing else is sufficient.
    pub avoid: ScopeSet,
    /// The endpoints, in the order of the file.
    pub endpoints: Vec<Endpoint>,
    /// Rules for its error responses, beyond those of known providers: `errors`.
    pub errors: Vec<ErrorRule>,
    /// Environment variables of programs that call it through the gateway.
    pub variables: super::CallVariables,
    /// Index for finding an endpoint by method and path.
    pub(super) router: super::router::Router,
    /// Index for finding endpoints by a required scope.
    pub(super) by_scope: ScopeIndex,
}

impl Api {
    /// Returns the title, or the name if there is none.
    #[must_use]
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.name)
    }

    /// Returns the positions, in order, of the endpoints that name a scope for which `is_wanted` holds.
    #[must_use]
    pub fn naming(&self, is_wanted: impl Fn(&Scope) -> bool) -> Vec<usize> {
        let index = self.by_scope.0.get_or_init(|| {
            let mut index: HashMap<Scope, Vec<usize>> = HashMap::new();
            for (position, endpoint) in self.endpoints.iter().enumerate() {
                for scope in endpoint.requirement.alternatives().iter().flatten() {
                    match index.get_mut(scope) {
                        Some(positions) => positions.push(position),
                        None => drop(index.insert(scope.clone(), vec![position])),
                    }
                }
            }
            index
        });
        let wanted = index.iter().filter(|(scope, _)| is_wanted(scope));
        let mut positions: Vec<usize> = wanted.flat_map(|(_, positions)| positions).copied().collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }
}

/// Positions of the endpoints that name each scope, computed on first use.
#[derive(Clone, Debug, Default)]
pub(super) struct ScopeIndex(OnceLock<HashMap<Scope, Vec<usize>>>);

/// A scope of an API.
#[derive(Clone, Debug)]
pub struct DeclaredScope {
    /// The scope.
    pub scope: Scope,
    /// Description of what it allows.
    pub description: Option<String>,
    /// Risk, if the manifest declares one.
    pub risk: Option<Risk>,
    /// Scopes that it implies.
    pub implies: Vec<Pattern>,
    /// Position in bytes of the source.
    pub span: Range<usize>,
}
