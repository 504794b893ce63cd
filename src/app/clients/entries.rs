//! What is recorded of the acts of a client.

use crate::app::{Context, EndpointId};
use crate::audit::Entry;
use crate::manifest::Client;
use crate::scope::ScopeSet;
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

/// Returns the entry of a request for a token that was denied before it was planned.
pub(in crate::app) fn request_entry(
    context: &Context,
    client: Option<&str>,
    endpoints: &[EndpointId],
    scopes: &ScopeSet,
) -> Entry {
    let known = client.and_then(|name| context.client(name).ok());
    let entry = known.map(|client| client_entry(context, Event::Grant, client));
    let mut entry =
        entry.unwrap_or_else(|| Record { manifest: context.manifest_digest(), ..Record::new(Event::Grant) }.into());
    entry.record.endpoints = context.names(endpoints);
    entry.record.requested = Some(scopes.names());
    entry
}
