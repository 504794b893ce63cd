//! Comparison of granted with requested scopes.

use crate::app::{Context, Error, ErrorKind};
use crate::manifest::Client;
use crate::scope::{Excess, ScopeSet};

/// Question to the user about a token that was granted more than requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExcessQuestion {
    /// Name of the client.
    pub client: String,
    /// Requested scopes; for a refresh, the scopes granted before.
    pub requested: ScopeSet,
    /// Granted scopes.
    pub granted: ScopeSet,
    /// Unexpected scopes.
    pub unexpected: ScopeSet,
    /// Whether the token is from a refresh.
    pub refresh: bool,
}

impl ExcessQuestion {
    /// Describes the situation in one line.
    #[must_use]
    pub fn message(&self) -> String {
        match self.refresh {
            false => format!("the server granted more than requested: {}", self.unexpected),
            true => format!("the refresh granted more than before: {}", self.unexpected),
        }
    }

    /// The error for a token that was not accepted.
    pub(in crate::app) fn refusal(&self) -> Error {
        let error = Error::new(ErrorKind::Refused, self.message());
        error
            .hint("`--accept-more` accepts it once")
            .hint(format!("`accept_granted` of client `{}` in the manifest accepts it every time", self.client))
    }
}

/// Returns the granted scopes beyond `requested`. Scopes that are implied at an API of the manifest are not in excess.
pub(in crate::app) fn excess(context: &Context, client: &Client, requested: &ScopeSet, granted: &ScopeSet) -> Excess {
    let apis = context.manifest().map(|manifest| manifest.apis.as_slice()).unwrap_or_default();
    let hierarchies = apis.iter().map(|api| &api.hierarchy);
    Excess::of(granted, requested, &client.accept_granted, hierarchies, &client.dialect.vocabulary)
}
