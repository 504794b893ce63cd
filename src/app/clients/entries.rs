//! What is recorded of the acts of a client.

use crate::app::Context;
use crate::audit::Entry;
use crate::manifest::Client;
use crate::secret::Secret;
use crate::usage::{Event, Record};

/// Returns the entry of an act of a client.
pub(in crate::app) fn client_entry(context: &Context, event: Event, client: &Client) -> Entry {
    Entry::from(Record {
        client: Some(client.name.clone()),
        client_id: Some(client.client_id.clone()),
        issuer: Some(client.issuer.to_string()),
        manifest: context.manifest_digest(),
        ..Record::new(event)
    })
}

/// Returns the entry of an act with a token of a client. `is_refresh`: it is a refresh token.
pub(in crate::app) fn token_entry(
    context: &Context,
    event: Event,
    client: &Client,
    token: &Secret,
    is_refresh: bool,
) -> Entry {
    let mut entry = client_entry(context, event, client);
    entry.record.token_kind = Some(if is_refresh { "refresh" } else { "access" }.to_owned());
    entry.token = Some(token.clone());
    entry
}
