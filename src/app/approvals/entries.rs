//! What is recorded of approvals.

use crate::approval::Request;
use crate::audit::Entry;
use crate::usage::{Event, Record};

/// The approval that an act is done under, for its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovedBy {
    /// Identifier of the request.
    pub id: String,
    /// Names of those who have approved it, with commas; `nobody` in an emergency.
    pub approvers: String,
}

impl ApprovedBy {
    /// Adds the approval to a record.
    pub(in crate::app) fn note(&self, record: &mut Record) {
        record.approval = Some(self.id.clone());
        record.approver = Some(self.approvers.clone());
    }
}

/// Returns the entry of an event of a request.
pub(super) fn request_entry(event: Event, request: &Request) -> Entry {
    let endpoints: Vec<String> = request.endpoints.iter().map(|endpoint| endpoint.endpoint.clone()).collect();
    Entry::from(Record {
        approval: Some(request.id.clone()),
        client: Some(request.client.clone()),
        client_id: Some(request.client_id.clone()),
        issuer: Some(request.issuer.clone()),
        endpoints: Some(endpoints),
        requested: Some(request.scopes.names()),
        excess: Some(request.above.names()),
        reason: request.reason.clone(),
        expires: Some(format!("{:.9}", request.until)),
        manifest: Some(request.manifest.clone()),
        head: Some(request.digest()),
        rule: Some(request.rule_names()),
        ..Record::new(event)
    })
}

/// Returns the entry of a reply. `by`: the approver, or nobody for a reply that does not count.
pub(super) fn reply_entry(event: Event, request: &Request, by: &str, reason: Option<&str>) -> Entry {
    let mut entry = request_entry(event, request);
    entry.record.approver = Some(by.to_owned());
    entry.record.reason = reason.map(str::to_owned);
    entry
}
