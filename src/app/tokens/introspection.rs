//! Introspects stored tokens at their authorization server.

use super::store::TokenStore;
use crate::app::clients::introspect;
use crate::app::{Context, Error};
use crate::oauth::{Introspection, TokenHint};
use crate::vault::Record;

/// Introspects a stored token (RFC 7662), by default with the client that obtained it.
///
/// # Errors
/// If the manifest has no client for it, or the server has no introspection endpoint or refuses.
pub async fn introspect_stored(
    context: &Context,
    client: Option<&str>,
    record: &Record,
) -> Result<Introspection, Error> {
    let client = match client {
        Some(client) => client,
        None => TokenStore::new(context).client_of(record)?.name.as_str(),
    };
    introspect(context, client, &record.access_token, TokenHint::AccessToken).await
}
