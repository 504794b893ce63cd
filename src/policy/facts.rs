//! What a decision is about, and the circumstances.

use std::fmt;

use jiff::Timestamp;

use crate::manifest::{Api, Endpoint};
use crate::scope::ScopeSet;

/// What is to happen: a request to an endpoint, or a request for a token, with scopes.
#[derive(Clone, Copy, Debug)]
pub struct Request<'m> {
    /// API and endpoint. `None` if no endpoint is concerned, as for a token without one: conditions about endpoints do not
    /// hold then.
    pub endpoint: Option<(&'m Api, &'m Endpoint)>,
    /// Scopes that are requested, passed on or used.
    pub scopes: &'m ScopeSet,
}

/// Circumstances of a request. `None`: not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Name of the client in the manifest.
    pub client: Option<String>,
    /// Label of the environment, given by the operator and not by the caller: `production`.
    pub environment: Option<String>,
    /// Whether this runs in continuous integration.
    pub ci: Option<bool>,
    /// Name of the branch that is checked out.
    pub branch: Option<String>,
    /// Name of the program that uses the token.
    pub caller: Option<String>,
    /// Whether a user is present.
    pub interactive: Option<bool>,
    /// Seconds since the user signed in.
    pub sign_in_age: Option<u64>,
    /// The time.
    pub time: Option<Timestamp>,
}

/// A fact that a rule can depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// Client.
    Client,
    /// API.
    Api,
    /// Endpoint.
    Endpoint,
    /// Method or class of methods.
    Method,
    /// Scopes.
    Scope,
    /// Risk of the scopes.
    Risk,
    /// Label of the environment.
    Environment,
    /// Continuous integration.
    Ci,
    /// Branch.
    Branch,
    /// Time.
    Time,
    /// Program that uses the token.
    Caller,
    /// Presence of a user.
    Interactive,
    /// Age of the sign-in.
    SignInAge,
}

impl Fact {
    /// All facts.
    pub const ALL: [Self; 13] = [
        Self::Client,
        Self::Api,
        Self::Endpoint,
        Self::Method,
        Self::Scope,
        Self::Risk,
        Self::Environment,
        Self::Ci,
        Self::Branch,
        Self::Time,
        Self::Caller,
        Self::Interactive,
        Self::SignInAge,
    ];

    /// Returns the name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Api => "api",
            Self::Endpoint => "endpoint",
            Self::Method => "method",
            Self::Scope => "scope",
            Self::Risk => "risk",
            Self::Environment => "environment",
            Self::Ci => "ci",
            Self::Branch => "branch",
            Self::Time => "time",
            Self::Caller => "caller",
            Self::Interactive => "interactive",
            Self::SignInAge => "sign-in age",
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
