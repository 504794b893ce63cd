//! Scopes that a server grants although they were not requested.

use std::collections::BTreeMap;
use std::fmt;

use super::{Hierarchy, Scope, ScopeSet, Vocabulary};

/// Why a token is kept although it has a scope that was not requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdditionReason {
    /// A scope of OpenID Connect, which gives no access to an API.
    OpenIdConnect,
    /// The authorization server adds it to every token.
    Provider,
    /// The server returns every scope that was consented to before.
    EarlierConsent,
    /// The client's `accept_granted` in the manifest names it.
    Manifest,
    /// Confirmed by the user, or with `--accept-more`.
    Confirmed,
}

impl AdditionReason {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::OpenIdConnect, Self::Provider, Self::EarlierConsent, Self::Manifest, Self::Confirmed];

    /// The name in a record and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenIdConnect => "openid-connect",
            Self::Provider => "provider",
            Self::EarlierConsent => "earlier-consent",
            Self::Manifest => "manifest",
            Self::Confirmed => "confirmed",
        }
    }

    /// The reason of that name, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

impl fmt::Display for AdditionReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// The scopes of a token that were not requested, each with the reason why it is kept.
pub type Additions = BTreeMap<Scope, AdditionReason>;

/// What a client accepts beyond what it requested: `accept_granted` in the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// Everything that the server grants.
    Any,
    /// These scopes, and what they imply.
    Scopes(ScopeSet),
}

impl Default for Acceptance {
    fn default() -> Self {
        Self::Scopes(ScopeSet::new())
    }
}

/// What a token can do beyond what was requested.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excess {
    /// Neither requested, nor implied by what was, nor acceptable: only the user can accept it.
    pub unexpected: ScopeSet,
    /// Not requested, and yet no reason to refuse the token.
    pub additions: Additions,
}

impl Excess {
    /// Compares what was granted with what may be in the token.
    #[must_use]
    pub fn of<'h>(
        granted: &ScopeSet,
        requested: &ScopeSet,
        accepted: &Acceptance,
        hierarchies: impl Iterator<Item = &'h Hierarchy> + Clone,
        vocabulary: &Vocabulary,
    ) -> Self {
        let within = |held: &ScopeSet, scope: &str| {
            held.contains(scope)
                || vocabulary.hierarchy().satisfies(held, scope)
                || hierarchies.clone().any(|hierarchy| hierarchy.satisfies(held, scope))
        };
        let mut excess = Self::default();
        for scope in granted {
            let name = scope.as_str();
            if within(requested, name) {
                continue;
            }
            let reason = match accepted {
                _ if vocabulary.is_identity_scope(name) => AdditionReason::OpenIdConnect,
                Acceptance::Any => AdditionReason::Manifest,
                Acceptance::Scopes(scopes) if within(scopes, name) => AdditionReason::Manifest,
                Acceptance::Scopes(_) if vocabulary.is_always_granted(name) => AdditionReason::Provider,
                Acceptance::Scopes(_) if vocabulary.is_cumulative(name) => AdditionReason::EarlierConsent,
                Acceptance::Scopes(_) => {
                    excess.unexpected.insert(scope.clone());
                    continue;
                }
            };
            excess.additions.insert(scope.clone(), reason);
        }
        excess
    }

    /// Everything that is kept once the user has accepted the excess scopes.
    #[must_use]
    pub fn confirmed(mut self) -> Additions {
        let confirmed = self.unexpected.iter().map(|scope| (scope.clone(), AdditionReason::Confirmed));
        self.additions.extend(confirmed);
        self.additions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::{Pattern, Risk};

    #[test]
    fn what_was_not_requested_is_accepted_for_a_reason_or_not_at_all() {
        let set = |text: &str| ScopeSet::parse(text).unwrap();
        let mut hierarchy = Hierarchy::new();
        hierarchy.declare(Scope::parse("write").unwrap(), Risk::High, vec![Pattern::parse("read").unwrap()]);
        hierarchy.declare(Scope::parse("read").unwrap(), Risk::Low, Vec::new());
        let only = |text: &str| Acceptance::Scopes(set(text));
        let mut server = Vocabulary::default();
        server.add_always_granted(Pattern::parse("base").unwrap());
        server.add_cumulative(Pattern::parse("Mail.*").unwrap());
        server.add_implication(Scope::parse("repo").unwrap(), vec![Pattern::parse("public_repo").unwrap()]);
        let (plain, server) = (&Vocabulary::default(), &server);
        for (requested, granted, accepted, vocabulary, unexpected, additions) in [
            ("read", "read", only(""), plain, "", ""),
            ("read", "read write", only(""), plain, "write", ""),
            ("write", "write read", only(""), plain, "", ""),
            ("read", "read openid profile email offline_access", only(""), plain, "", "openid-connect"),
            ("read", "read write openid", only(""), plain, "write", "openid-connect"),
            ("a", "a read", only("write"), plain, "", "manifest"),
            ("read", "read x", only("y"), plain, "x", ""),
            ("read", "read x write", Acceptance::Any, plain, "", "manifest"),
            ("", "x", only(""), plain, "x", ""),
            ("User.Read", "User.Read Mail.Read", only(""), server, "", "earlier-consent"),
            ("User.Read", "User.Read Mail.Read", only(""), plain, "Mail.Read", ""),
            ("a", "a base", only(""), server, "", "provider"),
            ("a", "a base", only(""), plain, "base", ""),
            ("repo", "repo public_repo", only(""), server, "", ""),
        ] {
            let excess = Excess::of(&set(granted), &set(requested), &accepted, [&hierarchy].into_iter(), vocabulary);
            let mut reasons: Vec<&str> = excess.additions.values().map(|reason| reason.as_str()).collect();
            reasons.dedup();
            assert_eq!((excess.unexpected, reasons.join(" ").as_str()), (set(unexpected), additions), "{granted}");
        }
    }

    #[test]
    fn names_of_reasons_are_read_back() {
        assert!(AdditionReason::ALL.into_iter().all(|reason| AdditionReason::parse(reason.as_str()) == Some(reason)));
        assert_eq!(AdditionReason::parse("other"), None);
    }
}
