//! Compares what was granted with what was requested.

use super::super::{Error, Kind, Workspace};
use crate::manifest::Client;
use crate::scope::{Excess, ScopeSet};

/// What a person is asked before a token is kept that can do more than was requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExcessQuestion {
    /// The name of the client.
    pub client: String,
    /// What was requested; for a refresh, what was granted before.
    pub requested: ScopeSet,
    /// What was granted now.
    pub granted: ScopeSet,
    /// What is unexpected of it.
    pub unexpected: ScopeSet,
    /// Whether a refresh brought it.
    pub refresh: bool,
}

impl ExcessQuestion {
    /// What happened, in one line.
    #[must_use]
    pub fn message(&self) -> String {
        match self.refresh {
            false => format!("the server granted more than was requested: {}", self.unexpected),
            true => format!("the refresh granted more than before: {}", self.unexpected),
        }
    }

    /// That the token was not accepted.
    pub(super) fn refusal(&self) -> Error {
        let error = Error::new(Kind::Refused, self.message());
        error
            .hint("`--accept-more` accepts it once")
            .hint(format!("`accept_granted` of client `{}` in the manifest accepts it every time", self.client))
    }
}

/// What a token of this client can do beyond `requested`. What is implied at an API of the manifest is no excess.
pub(super) fn excess(workspace: &Workspace, client: &Client, requested: &ScopeSet, granted: &ScopeSet) -> Excess {
    let apis = workspace.manifest().map(|manifest| manifest.apis.as_slice()).unwrap_or_default();
    let hierarchies = apis.iter().map(|api| &api.hierarchy);
    Excess::of(granted, requested, &client.accept_granted, hierarchies, client.issuer.url().host_str())
}
