//! Which scopes a token was granted, and where that was read.

use std::fmt;

use super::Json;
use crate::scope::{Scope, ScopeSet};

/// Where a granted scope was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The introspection response (RFC 7662 §2.2).
    Introspection,
    /// The token response that delivered the token (RFC 6749 §5.1).
    TokenResponse,
    /// A claim, by its path, such as `scope` or `realm_access.roles`.
    Claim(String),
    /// A response header, such as `X-OAuth-Scopes`.
    Header(String),
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Introspection => formatter.write_str("introspection"),
            Self::TokenResponse => formatter.write_str("token response"),
            Self::Claim(path) => write!(formatter, "claim {path}"),
            Self::Header(name) => write!(formatter, "header {name}"),
        }
    }
}

/// A scope and the place where it was read first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedScope {
    /// The scope.
    pub scope: Scope,
    /// Where it was read.
    pub place: Place,
}

/// The scopes that a token carries, in the order in which they were read, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Granted(pub Vec<GrantedScope>);

impl Granted {
    /// Without the places.
    #[must_use]
    pub fn set(&self) -> ScopeSet {
        self.0.iter().map(|granted| granted.scope.clone()).collect()
    }

    /// Adds a scope, unless it is there already.
    pub fn add(&mut self, scope: Scope, place: Place) {
        if !self.0.iter().any(|granted| granted.scope == scope) {
            self.0.push(GrantedScope { scope, place });
        }
    }
}

/// Reads the granted scopes out of a claims set, in the order of `scope`, `scp`, `scopes`, `permissions`, `roles`,
/// `realm_access.roles`, `resource_access.*.roles`, `authorities`, `cognito:groups`.
///
/// `None` when no such claim is there at all: then nothing is known, which is not the same as nothing granted.
#[must_use]
pub fn granted(_claims: &Json) -> Option<Granted> {
    todo!("granted")
}
