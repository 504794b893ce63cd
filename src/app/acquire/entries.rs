//! What is recorded of a request for a token.

use super::Plan;
use crate::app::clients::{client_entry, token_entry};
use crate::app::{Context, EndpointId};
use crate::audit::Entry;
use crate::manifest::{Client, GrantType};
use crate::scope::ScopeSet;
use crate::secret::Secret;
use crate::usage::Event;

/// Returns the entry of a request for a token.
pub(in crate::app) fn plan_entry(context: &Context, client: &Client, plan: &Plan, grant: GrantType) -> Entry {
    let mut entry = client_entry(context, Event::Grant, client);
    let single = <[EndpointId; 1]>::try_from(plan.endpoints.as_slice()).ok();
    entry.record.endpoints = context.names(&plan.endpoints);
    entry.record.line = single.and_then(|[id]| context.line_of(id));
    entry.record.requested = Some(plan.scopes.names());
    entry.record.grant = Some(grant.as_str().to_owned());
    entry
}

/// Returns the entry of the exchange of an ID token for an identity assertion.
pub(in crate::app) fn assertion_entry(
    context: &Context,
    client: &Client,
    id_token: &Secret,
    scopes: &ScopeSet,
) -> Entry {
    let mut entry = exchange_entry(context, client, id_token, scopes);
    entry.record.token_kind = Some("id".to_owned());
    entry
}

/// Returns the entry of a token exchange.
pub(in crate::app) fn exchange_entry(context: &Context, client: &Client, token: &Secret, scopes: &ScopeSet) -> Entry {
    let mut entry = token_entry(context, Event::Exchange, client, token, false);
    entry.record.requested = Some(scopes.names());
    entry.record.grant = Some("token_exchange".to_owned());
    entry
}
