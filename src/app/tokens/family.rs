//! Relations of stored tokens: the client of a record, its lock, and the records that share a refresh token.

use std::time::Duration;

use jiff::Timestamp;

use super::{Context, Error, ErrorKind, GrantedToken, LoadedToken, Origin};
use crate::manifest::Client;
use crate::vault::{Record, RecordId, RecordLock, Vault, VaultError};

/// Time limit for another process to refresh the same token; longer than a server may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Interval between attempts to take a lock.
const TRY_AGAIN: Duration = Duration::from_millis(20);

impl Context {
    /// Returns the manifest's client that a stored token belongs to.
    ///
    /// # Errors
    /// If there is none.
    pub(super) fn client_of(&self, record: &Record) -> Result<&Client, Error> {
        let clients = &self.require_manifest()?.clients;
        clients.iter().find(|client| is_of(record, client)).ok_or_else(|| {
            let message = format!(
                "no client with `client_id` `{}` and issuer `{}` in the manifest",
                record.client_id, record.issuer
            );
            Error::new(ErrorKind::Usage, message)
                .hint("pass the manifest that the token was obtained with: `--manifest FILE`")
        })
    }

    /// Waits for the lock of a record: one process refreshes the token, and the others find the new one.
    pub(super) async fn lock_record(&self, id: &RecordId) -> Result<RecordLock, Error> {
        let trying = async {
            loop {
                let id = id.clone();
                let locked = self.in_vault(move |vault: &Vault| -> Result<_, VaultError> { vault.try_lock(&id) });
                if let Some(lock) = locked.await? {
                    return Ok(lock);
                }
                tokio::time::sleep(TRY_AGAIN).await;
            }
        };
        tokio::time::timeout(PATIENCE, trying).await.unwrap_or_else(|_| {
            let seconds = PATIENCE.as_secs();
            Err(Error::new(
                ErrorKind::Failed,
                format!("timed out after {seconds} s waiting for another process to refresh token `{id}`"),
            ))
        })
    }
}

pub(super) fn is_of(record: &Record, client: &Client) -> bool {
    record.issuer == client.issuer.as_str() && record.client_id == client.client_id
}

/// Whether a record can be refreshed: with its own refresh token, or with that of the token it was narrowed from.
pub(super) fn is_refreshable(record: &Record) -> bool {
    record.refresh_token.is_some() || record.narrowed_from.is_some()
}

/// Returns the ID of the record that holds the refresh token.
pub(super) fn root(record: &Record) -> &RecordId {
    record.narrowed_from.as_ref().unwrap_or(&record.id)
}

/// Loads a record for a refresh, with the client's name in this manifest.
pub(super) fn held(record: &Record, client: &Client, now: Timestamp) -> LoadedToken {
    LoadedToken { origin: Origin::Obtained { client: client.name.clone() }, ..LoadedToken::stored(record, now) }
}

pub(super) fn rotated(old: &Record, obtained: &GrantedToken) -> bool {
    let texts = [old.refresh_token.as_ref(), obtained.token.refresh_token.as_ref()];
    let [before, after] = texts.map(|token| token.map(crate::secret::Secret::expose));
    after.is_some() && before != after
}

/// Whether a server can invalidate such a token immediately: a self-contained token is accepted until it expires.
pub(super) fn is_opaque(obtained: &GrantedToken) -> bool {
    obtained.token.decoded.claims().is_none()
}

/// Some servers invalidate earlier access tokens when they rotate a refresh token; those are not reused.
pub(super) fn retire(records: &mut [Record], family: &RecordId, now: Timestamp) {
    records.iter_mut().filter(|record| root(record) == family).for_each(|record| record.expires = Some(now));
}
