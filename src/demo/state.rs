//! Data of the authorization server: clients, transactions, codes and tokens. All collections are bounded.

use std::collections::VecDeque;

use jsonwebtoken::Algorithm;
use url::Url;

use crate::scope::ScopeSet;

/// A registered client (RFC 6749 section 2).
pub(super) struct RegisteredClient {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) confidential: bool,
    pub(super) grants: &'static [&'static str],
    /// The scopes it is allowed to request; `None` for all.
    pub(super) scopes: Option<&'static [&'static str]>,
    /// Signature algorithm of its access tokens.
    pub(super) algorithm: Algorithm,
}

/// Grant type of the device flow (RFC 8628 section 3.4).
pub(super) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The registered clients.
pub(super) const CLIENTS: &[RegisteredClient] = &[
    RegisteredClient {
        id: "dev",
        name: "the tokscope demo",
        confidential: false,
        grants: &["authorization_code", "refresh_token", DEVICE_CODE],
        scopes: None,
        algorithm: Algorithm::RS256,
    },
    RegisteredClient {
        id: "ci",
        name: "a background service",
        confidential: true,
        grants: &["client_credentials"],
        scopes: Some(&["orders:read", "orders:write", "customers:read", "reports:read"]),
        algorithm: Algorithm::ES256,
    },
];

impl RegisteredClient {
    /// Returns the client with an id.
    pub(super) fn find(id: &str) -> Option<&'static Self> {
        CLIENTS.iter().find(|client| client.id == id)
    }

    /// Returns whether the client is allowed to use a grant type.
    pub(super) fn may_use(&self, grant: &str) -> bool {
        self.grants.contains(&grant)
    }

    /// Returns whether the client is allowed to request a scope.
    pub(super) fn may_request(&self, scope: &str) -> bool {
        self.scopes.is_none_or(|scopes| scopes.contains(&scope))
    }
}

/// A grant by a user, or by a client for itself. Its tokens carry the id of the grant, so they can be revoked together.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    /// The id of the grant: the token family.
    pub(super) family: String,
    /// The id of the client.
    pub(super) client: &'static str,
    /// The resource owner: a user, or the client itself.
    pub(super) subject: String,
    /// The granted scopes.
    pub(super) scopes: ScopeSet,
    /// Time of the sign-in, in Unix seconds.
    pub(super) signed_in: i64,
    /// `nonce` (`OpenID` Connect Core section 3.1.2.1).
    pub(super) nonce: Option<String>,
}

/// An authorization request that waits for the user. Each form carries its unguessable, single-use id, which protects
/// against cross-site request forgery and repeated submission.
pub(super) struct Transaction {
    pub(super) client: &'static RegisteredClient,
    pub(super) scopes: ScopeSet,
    pub(super) purpose: Purpose,
    /// Time of the sign-in, in Unix seconds; `None` before it.
    pub(super) signed_in: Option<i64>,
    /// Expiry, in Unix seconds.
    pub(super) expires: i64,
}

/// The result of a consent.
pub(super) enum Purpose {
    /// An authorization code.
    Code { client_redirect: ClientRedirect, redirect_uri: String, challenge: String, nonce: Option<String> },
    /// Approval of a device (RFC 8628).
    Device { device_code: String, user_code: String },
}

/// The redirect back to the client.
#[derive(Clone)]
pub(super) struct ClientRedirect {
    pub(super) uri: Url,
    pub(super) state: Option<String>,
}

/// An authorization code (RFC 6749 section 4.1.2).
pub(super) struct Code {
    pub(super) grant: Grant,
    pub(super) redirect_uri: String,
    /// `code_challenge` with the method S256 (RFC 7636 section 4.2).
    pub(super) challenge: String,
    /// Expiry, in Unix seconds.
    pub(super) expires: i64,
    /// Whether the code was redeemed. A second use indicates theft (RFC 6749 section 4.1.2).
    pub(super) used: bool,
}

/// A refresh token (RFC 6749 section 1.5), rotated on every use (RFC 9700 section 4.14.2).
pub(super) struct RefreshToken {
    pub(super) grant: Grant,
    pub(super) expires: i64,
    pub(super) used: bool,
}

/// A device that waits for approval.
pub(super) struct DeviceGrant {
    pub(super) client: &'static RegisteredClient,
    pub(super) scopes: ScopeSet,
    pub(super) user_code: String,
    pub(super) state: DeviceState,
    /// Expiry, in Unix seconds.
    pub(super) expires: i64,
    /// Seconds between two polls; grows when the device polls too often.
    pub(super) interval: i64,
    /// Time of the last poll, in Unix seconds.
    pub(super) polled: Option<i64>,
}

/// The user's decision about a device.
pub(super) enum DeviceState {
    Pending,
    Approved(Grant),
    Denied,
}

/// The state that outlives a request.
pub(super) struct Store {
    pub(super) transactions: Bounded<Transaction>,
    pub(super) codes: Bounded<Code>,
    pub(super) refresh_tokens: Bounded<RefreshToken>,
    /// Keyed by device code.
    pub(super) devices: Bounded<DeviceGrant>,
    /// Revoked families, and `jti` values of single access tokens.
    pub(super) revoked: Bounded<()>,
    /// Times of wrong user codes, in Unix seconds (RFC 8628 section 5.1).
    pub(super) wrong_user_codes: VecDeque<i64>,
}

impl Store {
    pub(super) fn new() -> Self {
        Self {
            transactions: Bounded::new(200),
            codes: Bounded::new(200),
            refresh_tokens: Bounded::new(2000),
            devices: Bounded::new(100),
            revoked: Bounded::new(5000),
            wrong_user_codes: VecDeque::new(),
        }
    }

    /// Revokes a family of tokens, or one access token by its `jti`.
    pub(super) fn revoke(&mut self, id: &str) {
        self.revoked.insert(id.to_owned(), ());
    }

    /// Returns whether an access token, by its `jti`, or its family was revoked.
    pub(super) fn is_revoked(&self, token_id: &str) -> bool {
        let family = token_id.split_once('.').map_or(token_id, |(family, _)| family);
        self.revoked.contains(token_id) || self.revoked.contains(family)
    }
}

/// A map with a limited number of entries, which evicts the oldest.
pub(super) struct Bounded<V> {
    capacity: usize,
    entries: VecDeque<(String, V)>,
}

impl<V> Bounded<V> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, entries: VecDeque::new() }
    }

    /// Adds an entry, or replaces the one with the same key.
    pub(super) fn insert(&mut self, key: String, value: V) {
        self.remove(&key);
        while self.entries.len() >= self.capacity {
            self.entries.pop_front();
        }
        self.entries.push_back((key, value));
    }

    pub(super) fn get(&self, key: &str) -> Option<&V> {
        self.entries.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.entries.iter_mut().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    pub(super) fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<V> {
        let position = self.entries.iter().position(|(known, _)| known == key)?;
        self.entries.remove(position).map(|(_, value)| value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounded_map_evicts_the_oldest_entry() {
        let mut map = Bounded::new(2);
        for (key, value) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            map.insert(key.to_owned(), value);
        }
        assert_eq!(map.iter().collect::<Vec<_>>(), [("a", &3), ("c", &4)]);
        assert_eq!(map.remove("a"), Some(3));
        assert!(!map.contains("a") && map.contains("c"));
    }
}
