//! What a manifest says.

use std::ops::Range;

use url::Url;

use super::{AnswerRule, Client, Endpoint, Issuer, ListMeaning, Server};
use crate::scope::{Hierarchy, Pattern, Risk, Scope, ScopeSet};

/// A whole manifest, valid by construction: it only comes out of [`super::parse`].
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The APIs, in the order of the file.
    pub apis: Vec<Api>,
    /// The clients, in the order of the file.
    pub clients: Vec<Client>,
}

impl Manifest {
    /// The API of that name.
    #[must_use]
    pub fn api(&self, name: &str) -> Option<&Api> {
        self.apis.iter().find(|api| api.name == name)
    }

    /// The client of that name.
    #[must_use]
    pub fn client(&self, name: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.name == name)
    }
}

/// One API: `[api.NAME]`.
#[derive(Clone, Debug)]
pub struct Api {
    /// The name in the manifest.
    pub name: String,
    /// The name for people.
    pub title: Option<String>,
    /// What the templates are relative to. `http` only on a loopback address; no user information, query or fragment.
    pub base_url: Url,
    /// Where else it answers: by these recorded requests are recognised, and nothing is sent there.
    pub servers: Vec<Server>,
    /// Whether letters of a path that differ only by case are the same to it.
    pub ignore_case: bool,
    /// Where its tokens come from.
    pub issuer: Option<Issuer>,
    /// Expected in `aud`.
    pub audience: Option<String>,
    /// How an import read lists of several scopes, if these endpoints were imported.
    pub reading: Option<ListMeaning>,
    /// The scopes, in the order of the file.
    pub scopes: Vec<DeclaredScope>,
    /// The same scopes with their risks and implications.
    pub hierarchy: Hierarchy,
    /// Where an endpoint accepts one of these, it shall be satisfied by it.
    pub prefer: ScopeSet,
    /// Taken only where nothing else will do.
    pub avoid: ScopeSet,
    /// The endpoints, in the order of the file.
    pub endpoints: Vec<Endpoint>,
    /// How its answers say why they refuse, beyond what is known of providers: `errors`.
    pub errors: Vec<AnswerRule>,
    /// Finds an endpoint by method and path.
    pub(super) router: super::router::Router,
}

impl Api {
    /// The title, or the name.
    #[must_use]
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.name)
    }
}

/// A scope of an API.
#[derive(Clone, Debug)]
pub struct DeclaredScope {
    /// The scope.
    pub scope: Scope,
    /// What it allows, in words.
    pub description: Option<String>,
    /// How much harm it can do, where the manifest says so.
    pub risk: Option<Risk>,
    /// What it implies.
    pub implies: Vec<Pattern>,
    /// Where it stands, in bytes of the source.
    pub span: Range<usize>,
}
