//! Stored tokens and whose they are: the client of a record, its lock, and the family that lives by one refresh token.

use std::time::Duration;

use jiff::Timestamp;

use super::{Error, HeldToken, Kind, Obtained, Origin, Workspace};
use crate::manifest::Client;
use crate::vault::{Record, RecordId, RecordLock, Vault, VaultError};

/// How long one process waits for another that refreshes the same token: longer than a server may take to answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often the lock of a token is tried.
const TRY_AGAIN: Duration = Duration::from_millis(20);

impl Workspace {
    /// The manifest's client that a stored token belongs to.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn client_of(&self, record: &Record) -> Result<&Client, Error> {
        let clients = &self.require_manifest()?.clients;
        clients.iter().find(|client| is_of(record, client)).ok_or_else(|| {
            let message = format!("the manifest has no client `{}` of `{}`", record.client_id, record.issuer);
            Error::new(Kind::Usage, message).hint("name the manifest that the token was obtained by: `--manifest FILE`")
        })
    }

    /// Waits for the lock of a record: of all processes one refreshes, and the others find its new token.
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
            Err(Error::new(Kind::Failed, format!("another process refreshes token `{id}` for more than {seconds} s")))
        })
    }
}

pub(super) fn is_of(record: &Record, client: &Client) -> bool {
    record.issuer == client.issuer.as_str() && record.client_id == client.client_id
}

/// By its own refresh token, or by that of the token it was narrowed from.
pub(super) fn is_refreshable(record: &Record) -> bool {
    record.refresh_token.is_some() || record.narrowed_from.is_some()
}

/// Whose refresh token a record lives by.
pub(super) fn root(record: &Record) -> &RecordId {
    record.narrowed_from.as_ref().unwrap_or(&record.id)
}

/// As a refresh wants it, under the name that the client has in this manifest.
pub(super) fn held(record: &Record, client: &Client, now: Timestamp) -> HeldToken {
    HeldToken { origin: Origin::Obtained { client: client.name.clone() }, ..HeldToken::stored(record, now) }
}

pub(super) fn rotated(old: &Record, obtained: &Obtained) -> bool {
    let texts = [old.refresh_token.as_ref(), obtained.token.refresh_token.as_ref()];
    let [before, after] = texts.map(|token| token.map(crate::secret::Secret::expose));
    after.is_some() && before != after
}

/// Whether a server can end such a token at once: one that says everything itself is good until its end.
pub(super) fn is_opaque(obtained: &Obtained) -> bool {
    obtained.token.decoded.claims().is_none()
}

/// Some servers end the access tokens that came before when they rotate a refresh token: such are not handed out again.
pub(super) fn retire(records: &mut [Record], family: &RecordId, now: Timestamp) {
    records.iter_mut().filter(|record| root(record) == family).for_each(|record| record.expires = Some(now));
}
