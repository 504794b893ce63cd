//! What the authorization server remembers, and for how long. Everything is bounded: the oldest goes first.

use std::collections::VecDeque;

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::authorize::Transaction;
use super::device::DeviceGrant;
use crate::scope::ScopeSet;

/// A map that holds at most `capacity` entries and forgets the oldest.
pub(super) struct Bounded<V> {
    capacity: usize,
    entries: VecDeque<(String, V)>,
}

impl<V> Bounded<V> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, entries: VecDeque::new() }
    }

    /// Adds an entry, in place of an earlier one with that key.
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

/// What a user, or a client for itself, granted. Every token that descends from it carries its id, so that they can
/// be revoked together.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    /// The family of tokens.
    pub(super) family: String,
    /// Who was granted something.
    pub(super) client: &'static str,
    /// Who granted it: a user, or the client itself.
    pub(super) subject: String,
    /// What was granted.
    pub(super) scopes: ScopeSet,
    /// When the user signed in, in seconds since 1970.
    pub(super) signed_in: i64,
    /// `OpenID` Connect Core §3.1.2.1.
    pub(super) nonce: Option<String>,
}

/// An authorization code (RFC 6749 §4.1.2).
pub(super) struct Code {
    pub(super) grant: Grant,
    pub(super) redirect_uri: String,
    /// The challenge of RFC 7636 §4.2, method S256.
    pub(super) challenge: String,
    /// In seconds since 1970.
    pub(super) expires: i64,
    /// A code that comes twice was stolen: the first time decides nothing any more (RFC 6749 §4.1.2).
    pub(super) used: bool,
}

/// A refresh token (RFC 6749 §1.5), rotated on every use (RFC 9700 §4.14.2).
pub(super) struct RefreshToken {
    pub(super) grant: Grant,
    pub(super) expires: i64,
    pub(super) used: bool,
}

/// Everything that lives longer than one request.
pub(super) struct Store {
    pub(super) transactions: Bounded<Transaction>,
    pub(super) codes: Bounded<Code>,
    pub(super) refresh_tokens: Bounded<RefreshToken>,
    /// By device code.
    pub(super) devices: Bounded<DeviceGrant>,
    /// Families, and identifiers of single access tokens.
    pub(super) revoked: Bounded<()>,
    /// When wrong user codes were entered, in seconds since 1970 (RFC 8628 §5.1).
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

    /// Revokes every token of a family, or one access token by its `jti`.
    pub(super) fn revoke(&mut self, id: &str) {
        self.revoked.insert(id.to_owned(), ());
    }

    /// Whether an access token with this `jti` was revoked, itself or with its family.
    pub(super) fn is_revoked(&self, token_id: &str) -> bool {
        let family = token_id.split_once('.').map_or(token_id, |(family, _)| family);
        self.revoked.contains(token_id) || self.revoked.contains(family)
    }
}

/// Random text of that many bytes before encoding (base64url without padding).
pub(super) fn random_text(bytes: usize) -> Result<String, String> {
    let mut buffer = vec![0; bytes];
    rand::fill(&mut buffer).map_err(|_| "the system gives no random numbers")?;
    Ok(URL_SAFE_NO_PAD.encode(buffer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bounded_map_forgets_the_oldest() {
        let mut map = Bounded::new(2);
        for (key, value) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            map.insert(key.to_owned(), value);
        }
        assert_eq!(map.iter().collect::<Vec<_>>(), [("a", &3), ("c", &4)]);
        assert_eq!(map.remove("a"), Some(3));
        assert!(!map.contains("a") && map.contains("c"));
    }
}
