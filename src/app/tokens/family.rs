//! The family of a stored token: its client, and the tokens that share one refresh token.

use jiff::Timestamp;

use super::granted::GrantedToken;
use super::loaded::{LoadedToken, Origin};
use crate::manifest::Client;
use crate::secret::Secret;
use crate::vault::{Record, RecordId};

/// Returns whether a stored token belongs to a client.
pub(in crate::app) fn is_of(record: &Record, client: &Client) -> bool {
    record.issuer == client.issuer.as_str() && record.client_id == client.client_id
}

/// Returns whether a stored token has a refresh token, or was narrowed from one that has.
pub(in crate::app) fn is_refreshable(record: &Record) -> bool {
    record.refresh_token.is_some() || record.narrowed_from.is_some()
}

/// Returns the record that holds the refresh token.
pub(in crate::app) fn root(record: &Record) -> &RecordId {
    record.narrowed_from.as_ref().unwrap_or(&record.id)
}

/// Loads a stored token, with the client's name in this manifest.
pub(in crate::app) fn load(record: &Record, client: &Client, now: Timestamp) -> LoadedToken {
    LoadedToken { origin: Origin::Obtained { client: client.name.clone() }, ..LoadedToken::stored(record, now) }
}

/// Returns whether the refresh token was rotated.
pub(in crate::app) fn rotated(old: &Record, obtained: &GrantedToken) -> bool {
    let tokens = [old.refresh_token.as_ref(), obtained.token.refresh_token.as_ref()];
    let [before, after] = tokens.map(|token| token.map(Secret::expose));
    after.is_some() && before != after
}

/// Returns whether an access token is opaque: the server can end it at once, while a JWT is valid until it expires.
pub(in crate::app) fn is_opaque(obtained: &GrantedToken) -> bool {
    obtained.token.decoded.claims().is_none()
}

/// Marks the access tokens of a family as expired: some servers revoke them when they rotate the refresh token.
pub(in crate::app) fn retire(records: &mut [Record], family: &RecordId, now: Timestamp) {
    records.iter_mut().filter(|record| root(record) == family).for_each(|record| record.expires = Some(now));
}
