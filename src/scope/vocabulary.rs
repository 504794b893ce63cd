//! Vocabulary of an authorization server: the names, implications and additions of the scopes that it grants.

use super::{Hierarchy, Pattern, Scope, ScopeSet};

/// Scopes of OpenID Connect (Core §5.4, §11): they are for the authorization server itself, not for an API.
pub const IDENTITY_SCOPES: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];

/// Whether a scope is one of OpenID Connect, which grants nothing at an API unless one of the hierarchies declares it.
#[must_use]
pub fn is_identity_scope<'h>(scope: &str, hierarchies: impl IntoIterator<Item = &'h Hierarchy>) -> bool {
    IDENTITY_SCOPES.contains(&scope) && !hierarchies.into_iter().any(|known| known.declares(scope))
}

/// A name under which a server grants a scope that is requested under another name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Alias {
    granted: String,
    requested: String,
}

/// Names, implications and additions of the scopes of an authorization server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    aliases: Vec<Alias>,
    always_granted: Vec<Pattern>,
    cumulative: Vec<Pattern>,
    hierarchy: Hierarchy,
}

impl Vocabulary {
    /// Adds a name. With `*` at the end of both, what precedes it is replaced: `https://graph.microsoft.com/*` and `*`.
    pub fn add_alias(&mut self, granted: &str, requested: &str) {
        self.aliases.push(Alias { granted: granted.to_owned(), requested: requested.to_owned() });
    }

    /// Adds scopes that the server grants although they were not requested.
    pub fn add_always_granted(&mut self, pattern: Pattern) {
        self.always_granted.push(pattern);
    }

    /// Adds scopes that the server grants again once they were granted.
    pub fn add_cumulative(&mut self, pattern: Pattern) {
        self.cumulative.push(pattern);
    }

    /// Adds what a scope implies.
    pub fn add_implication(&mut self, scope: Scope, implies: Vec<Pattern>) {
        self.hierarchy.declare(scope, super::Risk::default(), implies);
    }

    /// Adds everything of another vocabulary; what this one has takes precedence.
    pub fn extend(&mut self, other: Self) {
        self.aliases.extend(other.aliases);
        self.always_granted.extend(other.always_granted);
        self.cumulative.extend(other.cumulative);
        let new: Vec<Scope> =
            other.hierarchy.scopes().filter(|scope| !self.hierarchy.declares(scope.as_str())).cloned().collect();
        for scope in new {
            let implies = other.hierarchy.implies(scope.as_str()).to_vec();
            self.add_implication(scope, implies);
        }
    }

    /// Adds the names of another vocabulary that hold at every server: those that contain the API's URL or identifier.
    pub fn add_universal(&mut self, other: &Self) {
        let is_universal = |name: &str| name.contains('/');
        self.aliases.extend(other.aliases.iter().filter(|alias| is_universal(&alias.granted)).cloned());
        if !other.cumulative.is_empty() {
            let own = other.aliases.iter().filter(|alias| alias.granted.ends_with("/*"));
            self.cumulative.extend(own.filter_map(|alias| Pattern::parse(&alias.granted).ok()));
        }
    }

    /// Returns what scopes imply at this server.
    #[must_use]
    pub fn hierarchy(&self) -> &Hierarchy {
        &self.hierarchy
    }

    /// Returns the one name of a scope that has several: `email` of `https://www.googleapis.com/auth/userinfo.email`.
    /// Any other scope is its own.
    #[must_use]
    pub fn canonical<'s>(&'s self, scope: &'s str) -> &'s str {
        let renamed = |alias: &'s Alias| match (alias.granted.strip_suffix('*'), alias.requested.as_str()) {
            (Some(prefix), "*") => scope.strip_prefix(prefix).filter(|name| !name.is_empty()),
            (Some(_), _) => None,
            (None, requested) => (alias.granted == scope).then_some(requested),
        };
        self.aliases.iter().find_map(renamed).unwrap_or(scope)
    }

    /// Whether a scope belongs to OpenID Connect, under any of its names.
    #[must_use]
    pub fn is_identity_scope(&self, scope: &str) -> bool {
        IDENTITY_SCOPES.contains(&self.canonical(scope))
    }

    /// Whether the server grants a scope even if it was not requested.
    #[must_use]
    pub fn is_always_granted(&self, scope: &str) -> bool {
        self.always_granted.iter().any(|pattern| pattern.matches(scope))
    }

    /// Whether tokens carry a scope once it was consented to, whatever is requested later.
    #[must_use]
    pub fn is_cumulative(&self, scope: &str) -> bool {
        self.cumulative.iter().any(|pattern| pattern.matches(scope))
    }

    /// Returns granted scopes under the names by which they were requested, where these are names of the same scope.
    #[must_use]
    pub fn as_requested(&self, granted: &ScopeSet, requested: &ScopeSet) -> ScopeSet {
        let name = |scope: &Scope| {
            if requested.contains(scope.as_str()) {
                return scope.clone();
            }
            let same = requested.iter().find(|asked| self.canonical(asked.as_str()) == self.canonical(scope.as_str()));
            same.unwrap_or(scope).clone()
        };
        granted.iter().map(name).collect()
    }

    /// Returns the requested scopes that are neither granted nor implied by one that is: servers omit a scope from the
    /// response if another one covers it.
    #[must_use]
    pub fn not_granted(&self, requested: &ScopeSet, granted: &ScopeSet) -> ScopeSet {
        let covered = |scope: &&Scope| self.hierarchy.satisfies(granted, scope.as_str());
        requested.iter().filter(|scope| !covered(scope)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        vocabulary.add_alias("https://www.googleapis.com/auth/userinfo.email", "email");
        vocabulary.add_alias("https://graph.microsoft.com/*", "*");
        vocabulary
    }

    #[test]
    fn a_scope_granted_under_another_name_counts_as_the_requested_one() {
        const EMAIL: &str = "https://www.googleapis.com/auth/userinfo.email";
        const GRAPH: &str = "https://graph.microsoft.com/User.Read";
        const OTHER: &str = "https://graph.microsoft.com.example/User.Read";
        for (requested, granted, expected) in [
            ("email openid", "openid https://www.googleapis.com/auth/userinfo.email", "email openid"),
            ("email", "openid https://www.googleapis.com/auth/userinfo.email", "email openid"),
            (
                "email",
                "https://www.googleapis.com/auth/userinfo.profile",
                "https://www.googleapis.com/auth/userinfo.profile",
            ),
            (EMAIL, "email", EMAIL),
            ("User.Read", GRAPH, "User.Read"),
            (GRAPH, "User.Read", GRAPH),
            ("User.Read", "user.read", "user.read"),
            ("User.Read", OTHER, OTHER),
            ("a", "b", "b"),
        ] {
            let [requested, granted, expected] =
                [requested, granted, expected].map(|scopes| ScopeSet::parse(scopes).unwrap());
            assert_eq!(vocabulary().as_requested(&granted, &requested), expected);
        }
    }

    #[test]
    fn a_scope_that_another_one_covers_counts_as_granted() {
        let mut vocabulary = vocabulary();
        vocabulary.add_implication(Scope::parse("repo").unwrap(), vec![Pattern::parse("public_repo").unwrap()]);
        for (requested, granted, missing) in [
            ("repo public_repo", "repo", ""),
            ("public_repo", "repo", ""),
            ("repo", "public_repo", "repo"),
            ("repo gist", "repo", "gist"),
        ] {
            let [requested, granted, missing] =
                [requested, granted, missing].map(|scopes| ScopeSet::parse(scopes).unwrap());
            assert_eq!(vocabulary.not_granted(&requested, &granted), missing);
        }
    }

    #[test]
    fn names_with_a_url_hold_at_every_server() {
        let mut entra = vocabulary();
        entra.add_alias("short", "other");
        entra.add_cumulative(Pattern::parse("*").unwrap());
        let mut universal = Vocabulary::default();
        universal.add_universal(&entra);
        assert_eq!(universal.canonical("https://graph.microsoft.com/User.Read"), "User.Read");
        assert_eq!(universal.canonical("short"), "short");
        assert!(universal.is_cumulative("https://graph.microsoft.com/Mail.Read"));
        assert!(!universal.is_cumulative("Mail.Read"));
        assert!(!universal.is_cumulative("https://graph.microsoft.com.example/Mail.Read"));
        assert!(universal.is_identity_scope("https://www.googleapis.com/auth/userinfo.email"));
    }
}
