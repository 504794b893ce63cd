//! Granted scopes of a token, and where each was read.

use std::collections::HashSet;
use std::fmt;

use super::Json;
use crate::scope::{Scope, ScopeSet};

/// Source of a granted scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScopeSource {
    /// Introspection response (RFC 7662 §2.2).
    Introspection,
    /// Token response that issued the token (RFC 6749 §5.1).
    TokenResponse,
    /// Claim, by its path, such as `scope` or `realm_access.roles`.
    Claim(String),
    /// Response header, such as `X-OAuth-Scopes`.
    Header(String),
}

impl fmt::Display for ScopeSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Introspection => formatter.write_str("introspection"),
            Self::TokenResponse => formatter.write_str("token response"),
            Self::Claim(path) => write!(formatter, "claim {path}"),
            Self::Header(name) => write!(formatter, "header {name}"),
        }
    }
}

/// A scope with its first source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedScope {
    /// Scope.
    pub scope: Scope,
    /// First source.
    pub place: ScopeSource,
}

/// Granted scopes of a token, without duplicates, in the order in which they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Granted(pub Vec<GrantedScope>);

impl Granted {
    /// Returns the scopes without their sources.
    #[must_use]
    pub fn set(&self) -> ScopeSet {
        self.0.iter().map(|granted| granted.scope.clone()).collect()
    }

    /// Adds a scope unless it is present.
    pub fn add(&mut self, scope: Scope, place: ScopeSource) {
        if !self.0.iter().any(|granted| granted.scope == scope) {
            self.0.push(GrantedScope { scope, place });
        }
    }

    /// Adds scopes that are not present, in linear time.
    pub fn extend(&mut self, granted: impl IntoIterator<Item = GrantedScope>) {
        let mut known: HashSet<Scope> = self.0.iter().map(|granted| granted.scope.clone()).collect();
        self.0.extend(granted.into_iter().filter(|granted| known.insert(granted.scope.clone())));
    }
}

/// Claims that [`granted`] reads.
pub(super) const CLAIMS: [&str; 9] = [
    "scope",
    "scp",
    "scopes",
    "permissions",
    "roles",
    "realm_access",
    "resource_access",
    "authorities",
    "cognito:groups",
];

/// Reads the granted scopes out of a claims set, in the order of `scope`, `scp`, `scopes`, `permissions`, `roles`,
/// `realm_access.roles`, `resource_access.*.roles`, `authorities`, `cognito:groups`.
///
/// `None` if no such claim is present: the scopes are unknown, which is not the same as no scopes.
#[must_use]
pub fn granted(claims: &Json) -> Option<Granted> {
    let mut found: Option<Vec<GrantedScope>> = None;
    let mut read = |path: String, value: Option<&Json>| {
        if let Some(value) = value {
            let place = || ScopeSource::Claim(path.clone());
            let scopes = scopes(value).into_iter().map(|scope| GrantedScope { scope, place: place() });
            found.get_or_insert_default().extend(scopes);
        }
    };
    for claim in ["scope", "scp", "scopes", "permissions", "roles"] {
        read(claim.to_owned(), claims.get(claim));
    }
    read("realm_access.roles".to_owned(), claims.get("realm_access").and_then(|access| access.get("roles")));
    for (client, access) in claims.get("resource_access").map(Json::members).unwrap_or_default() {
        read(format!("resource_access.{client}.roles"), access.get("roles"));
    }
    for claim in ["authorities", "cognito:groups"] {
        read(claim.to_owned(), claims.get(claim));
    }
    found.map(|found| {
        let mut granted = Granted::default();
        granted.extend(found);
        granted
    })
}

/// Returns whether the claims that [`granted`] reads are all empty, without even an invalid scope.
pub(super) fn is_empty_list(claims: &Json) -> bool {
    fn is_blank(value: &Json) -> bool {
        match value {
            Json::Null => true,
            Json::String(text) => text.trim().is_empty(),
            Json::Array(items) => items.iter().all(is_blank),
            Json::Object(members) => members.iter().all(|(_, value)| is_blank(value)),
            Json::Bool(_) | Json::Number(_) => false,
        }
    }
    CLAIMS.iter().filter_map(|claim| claims.get(claim)).all(is_blank)
}

/// Reads scopes from a space-separated string, or from an array of such strings. Spring also encodes an authority as an
/// object.
fn scopes(value: &Json) -> Vec<Scope> {
    let split = |text: &str| text.split_ascii_whitespace().filter_map(|scope| Scope::parse(scope).ok()).collect();
    match value {
        Json::String(text) => split(text),
        Json::Array(items) => items
            .iter()
            .filter_map(|item| item.as_str().or_else(|| item.get("authority")?.as_str()))
            .flat_map(split as fn(&str) -> Vec<Scope>)
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_from_every_source_in_order() {
        for (claims, expected) in [
            (r#"{"sub":"x"}"#, None),
            (r#"{"scope":""}"#, Some("")),
            (r#"{"scp":["a","b c"],"scope":"b d"}"#, Some("b@scope d@scope a@scp c@scp")),
            (r#"{"permissions":["read:x"],"scope":"openid"}"#, Some("openid@scope read:x@permissions")),
            (r#"{"scope":7}"#, Some("")),
            (
                r#"{"realm_access":{"roles":["r"]},"resource_access":{"app":{"roles":["q"]},"x":1},"cognito:groups":["g"]}"#,
                Some("r@realm_access.roles q@resource_access.app.roles g@cognito:groups"),
            ),
            (r#"{"authorities":[{"authority":"ROLE_A"},"SCOPE_b"]}"#, Some("ROLE_A@authorities SCOPE_b@authorities")),
        ] {
            let found = granted(&Json::parse(claims).unwrap()).map(|granted| {
                let one = |granted: &GrantedScope| {
                    format!("{}@{}", granted.scope, granted.place.to_string().trim_start_matches("claim "))
                };
                granted.0.iter().map(one).collect::<Vec<_>>().join(" ")
            });
            assert_eq!(found.as_deref(), expected, "{claims}");
        }
    }
}
