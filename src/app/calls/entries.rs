//! What is recorded of a request to an API: the endpoint by its template, the token by its fingerprint.

use std::time::Duration;

use url::Url;

use crate::app::{Context, EndpointId, LoadedToken, Origin};
use crate::audit::Entry;
use crate::scope::compare;
use crate::token::Granted;
use crate::usage::{Event, Record};

/// Returns the entry of a request to an API.
pub(in crate::app) fn call_entry(
    context: &Context,
    event: Event,
    id: EndpointId,
    url: Option<&Url>,
    token: Option<&LoadedToken>,
) -> Entry {
    let Some((api, endpoint)) = context.endpoint(id) else { return Record::new(event).into() };
    let alternatives = endpoint.requirement.alternatives().iter();
    let mut record = Record {
        api: Some(api.name.clone()),
        issuer: api.issuer.as_ref().map(ToString::to_string),
        endpoint: Some(endpoint.to_string()),
        method: Some(endpoint.method.clone()),
        destination: url.map(|url| url.origin().ascii_serialization()),
        required: Some(alternatives.map(ToString::to_string).filter(|set| !set.is_empty()).collect()),
        line: context.line_of(id),
        rule: Some("manifest".to_owned()),
        manifest: context.manifest_digest(),
        ..Record::new(event)
    };
    let granted = token.and_then(|token| token.granted.as_ref().map(Granted::set));
    record.decision = Some("unknown".to_owned());
    if let Some(granted) = &granted {
        let comparison = compare(granted, &endpoint.requirement, &api.hierarchy);
        record.granted = Some(granted.names());
        record.excess = Some(comparison.not_needed.names());
        if comparison.is_allowed() {
            record.used = Some(granted.difference(&comparison.not_needed).names());
        }
        record.decision = Some(if comparison.is_allowed() { "allowed" } else { "missing" }.to_owned());
    }
    if let Some(Origin::Obtained { client }) = token.map(|token| &token.origin) {
        record.client = Some(client.clone());
        record.client_id = context.client(client).ok().map(|client| client.client_id.clone());
    }
    Entry { record, token: token.map(|token| token.secret.clone()), parent: None }
}

/// Returns the outcome of a call.
pub(super) fn called_entry(status: u16, body: &[u8], total: Duration) -> Entry {
    Entry::from(Record {
        status: Some(u64::from(status)),
        bytes: u64::try_from(body.len()).ok(),
        ms: Some(total.as_secs_f64() * 1_000.0),
        ..Record::default()
    })
}
