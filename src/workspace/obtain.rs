//! From endpoints to a token with exactly the scopes that they need.

use url::Url;

use super::{EndpointId, Error, HeldToken, Workspace};
use crate::diagnostic::Diagnostic;
use crate::manifest::GrantType;
use crate::scope::{Cover, ScopeSet};

/// What will be asked for, and why.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The name of the client that asks.
    pub client: String,
    /// The grants that the client may use and this program can do, the preferred one first.
    pub grants: Vec<GrantType>,
    /// The endpoints asked for.
    pub endpoints: Vec<EndpointId>,
    /// The scopes with their certificate, and what the ceiling leaves out.
    pub cover: Cover,
    /// What will be asked for: the cover, and with a step-up also what the token already has.
    pub scopes: ScopeSet,
}

/// A grant under way. Dropping it cancels.
#[derive(Debug)]
pub struct Obtaining {
    /// Where the user's browser must go, when this grant has a user.
    pub url: Option<Url>,
    /// Whether a browser was opened; else why not.
    pub browser: Option<Result<(), String>>,
}

/// A token, and how it compares with what was asked.
#[derive(Clone, Debug)]
pub struct Obtained {
    /// The token.
    pub token: HeldToken,
    /// What was asked for.
    pub asked: ScopeSet,
    /// What was granted; equal to `asked` when the server says nothing (RFC 6749 §5.1).
    pub granted: ScopeSet,
    /// Asked for, not granted.
    pub short: ScopeSet,
    /// Granted, not asked for.
    pub beyond: ScopeSet,
    /// Where the server bent the rules.
    pub findings: Vec<Diagnostic>,
}

impl Workspace {
    /// Works out what to ask for. Without a client's name the one client that fits the endpoints' issuer is taken.
    /// `held`: what a step-up must keep.
    ///
    /// # Errors
    /// When no client or several fit, when the endpoints belong to several issuers, or when the ceiling leaves all of
    /// them out.
    pub fn plan(
        &self,
        _endpoints: &[EndpointId],
        _client: Option<&str>,
        _held: Option<&ScopeSet>,
    ) -> Result<Plan, Error> {
        todo!("workspace")
    }

    /// Starts a grant; opens the browser if asked to and if the grant needs one.
    ///
    /// # Errors
    /// When the authorization server can't be reached, does not fit, or no port can be bound.
    pub async fn begin(&self, _plan: &Plan, _grant: GrantType, _open_browser: bool) -> Result<Obtaining, Error> {
        todo!("workspace")
    }
}

impl Obtaining {
    /// Waits for the end of the grant. Cancel by dropping the future.
    ///
    /// # Errors
    /// When the user or the server refuses, or the time is over.
    pub async fn finish(self) -> Result<Obtained, Error> {
        todo!("workspace")
    }
}
