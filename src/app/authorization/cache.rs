//! Tokens whose signature was verified, by their fingerprint.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};

use super::Identity;
use crate::app::LoadedToken;
use crate::scope::ScopeSet;
use crate::token::Json;

/// Tokens of one of the two halves of the cache.
const HALF: usize = 2048;

/// A token whose signature, issuer and audience were verified. Its times are compared at every use.
#[derive(Debug)]
pub(super) struct VerifiedToken {
    pub(super) token: LoadedToken,
    /// Generation of the keys that verified it.
    generation: u64,
}

impl VerifiedToken {
    pub(super) fn new(token: LoadedToken, generation: u64) -> Self {
        Self { token, generation }
    }

    fn claim(&self, name: &str) -> Option<&str> {
        self.token.decoded.claims()?.get(name).and_then(Json::as_str)
    }

    /// Returns whether the token is bound to a key (RFC 9449 §6.1, RFC 8705 §3.1). As a plain bearer token it must be refused.
    pub(super) fn is_bound(&self) -> bool {
        let confirmation = self.token.decoded.claims().and_then(|claims| claims.get("cnf"));
        confirmation
            .is_some_and(|cnf| ["jkt", "x5t#S256", "jwk", "kid"].into_iter().any(|name| cnf.get(name).is_some()))
    }

    /// Returns the client that the token was issued to.
    pub(super) fn client_id(&self) -> Option<&str> {
        ["client_id", "azp", "appid", "cid"].into_iter().find_map(|name| self.claim(name))
    }

    pub(super) fn identity(&self, granted: &ScopeSet) -> Identity {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Identity {
            subject: text(self.claim("sub")),
            issuer: text(self.claim("iss")),
            client: text(self.client_id()),
            scopes: granted.to_string(),
        }
    }
}

/// A cache of bounded size: when the newer half is full, it becomes the older one, and that is dropped.
#[derive(Debug, Default)]
pub(super) struct VerifiedTokens(Mutex<Halves>);

#[derive(Debug, Default)]
struct Halves {
    newer: HashMap<[u8; 32], Arc<VerifiedToken>>,
    older: HashMap<[u8; 32], Arc<VerifiedToken>>,
}

impl VerifiedTokens {
    /// Returns a token that keys of this generation verified.
    pub(super) fn get(&self, token: &str, generation: u64) -> Option<Arc<VerifiedToken>> {
        let key = fingerprint(token);
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = match halves.newer.get(&key) {
            Some(known) => Arc::clone(known),
            None => {
                let known = halves.older.remove(&key)?;
                halves.insert(key, Arc::clone(&known));
                known
            }
        };
        (known.generation == generation).then_some(known)
    }

    pub(super) fn insert(&self, token: &str, verified: VerifiedToken) -> Arc<VerifiedToken> {
        let verified = Arc::new(verified);
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        halves.insert(fingerprint(token), Arc::clone(&verified));
        verified
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        halves.newer.len() + halves.older.len()
    }
}

impl Halves {
    fn insert(&mut self, key: [u8; 32], token: Arc<VerifiedToken>) {
        if self.newer.len() >= HALF {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(key, token);
    }
}

fn fingerprint(token: &str) -> [u8; 32] {
    let digest = digest(&SHA256, token.as_bytes());
    let mut key = [0; 32];
    key.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
    key
}
