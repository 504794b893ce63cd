//! Which scopes a token was granted, and where that was read.

use std::collections::HashSet;
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

    /// Adds scopes, each unless it is there already; as many as there may be.
    pub fn extend(&mut self, granted: impl IntoIterator<Item = GrantedScope>) {
        let mut known: HashSet<Scope> = self.0.iter().map(|granted| granted.scope.clone()).collect();
        self.0.extend(granted.into_iter().filter(|granted| known.insert(granted.scope.clone())));
    }
}

/// The claims that [`granted`] looks at.
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
/// `None` when no such claim is there at all: then nothing is known, which is not the same as nothing granted.
#[must_use]
pub fn granted(claims: &Json) -> Option<Granted> {
    let mut found: Option<Vec<GrantedScope>> = None;
    let mut read = |path: String, value: Option<&Json>| {
        if let Some(value) = value {
            let place = || Place::Claim(path.clone());
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

/// Whether the claims that [`granted`] looks at hold nothing at all: not even something that is no scope.
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

/// A list of scopes as text with spaces between or as an array of texts, each of which may hold several. Spring writes
/// an authority as an object.
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
    fn every_place_in_its_order() {
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
