//! What is recorded of the acts with a token. Records name an endpoint by its template, and a token by its fingerprint.

use jiff::Timestamp;

use super::excess::ExcessQuestion;
use super::granted::GrantedToken;
use super::loaded::{LoadedToken, Origin};
use crate::app::policy::noted;
use crate::app::{Context, EndpointId, Error, PolicyGate, PolicyRuling, Question, QuestionScopes};
use crate::audit::Entry;
use crate::scope::ScopeSet;
use crate::secret::Secret;
use crate::usage::{Event, Record};
use crate::vault;

/// What a token is passed on to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// Standard output.
    Stdout,
    /// A program that is started with it, by the name of its file.
    Program(String),
    /// The clipboard.
    Clipboard,
}

/// Returns the outcome of a request for a token.
pub(in crate::app) fn granted(obtained: &GrantedToken) -> Entry {
    let record = Record {
        granted: Some(obtained.granted.names()),
        excess: Some(obtained.beyond.names()),
        expires: obtained.ends(Timestamp::now()).map(|end| format!("{end:.9}")),
        ..Record::default()
    };
    Entry { record, token: Some(obtained.token.secret.clone()), parent: None }
}

/// Returns the entry of an act with a stored token.
pub(in crate::app) fn record_entry(context: &Context, event: Event, record: &vault::Record) -> Entry {
    Entry {
        record: Record {
            client: Some(record.client.clone()),
            client_id: Some(record.client_id.clone()),
            issuer: Some(record.issuer.clone()),
            manifest: context.manifest_digest(),
            granted: Some(record.granted.names()),
            token_id: Some(record.id.to_string()),
            narrowed: record.narrowed_from.as_ref().map(|_| true),
            expires: record.expires.map(|end| format!("{end:.9}")),
            approval: record.approval.as_ref().map(|link| link.id.clone()),
            ..Record::new(event)
        },
        token: Some(record.access_token.clone()),
        parent: None,
    }
}

/// Returns the entry of a refresh of a stored token.
pub(in crate::app) fn refresh_entry(
    context: &Context,
    event: Event,
    owner: &vault::Record,
    scopes: Option<&ScopeSet>,
) -> Entry {
    let mut entry = record_entry(context, event, owner);
    entry.record.requested = Some(scopes.unwrap_or(&owner.granted).names());
    entry.record.grant = Some("refresh_token".to_owned());
    entry
}

/// Returns the entry of the question whether a token that was granted more than requested is accepted.
pub(in crate::app) fn excess_entry(context: &Context, question: &ExcessQuestion) -> Entry {
    let client = context.client(&question.client).ok();
    let record = Record {
        client: Some(question.client.clone()),
        client_id: client.map(|client| client.client_id.clone()),
        issuer: client.map(|client| client.issuer.to_string()),
        requested: Some(question.requested.names()),
        granted: Some(question.granted.names()),
        excess: Some(question.unexpected.names()),
        rule: Some("confirmation".to_owned()),
        ..Record::new(Event::Excess)
    };
    record.into()
}

/// Returns the outcome of a refresh or exchange: the new token, made from the old one.
pub(in crate::app) fn refreshed(obtained: &GrantedToken, old: &Secret) -> Entry {
    Entry { parent: Some(old.clone()), ..granted(obtained) }
}

/// Asks the policy whether a token may be passed on, and records that it is, before it is. Returns the decision of the
/// policy.
///
/// # Errors
/// If the policy denies it, or it can't be recorded. The token must not be passed on then.
pub fn hand_out(
    context: &Context,
    token: &LoadedToken,
    endpoints: &[EndpointId],
    recipient: &Recipient,
) -> Result<Option<Box<PolicyRuling>>, Error> {
    let ruling = permit(context, token, endpoints, recipient)?;
    context.record_at_once(|| noted(hand_out_entry(context, token, endpoints, recipient), ruling.as_deref()))?;
    // the program replaces this process
    if let (Recipient::Program(_), Ok(Some(log))) = (recipient, context.audit()) {
        log.settle();
    }
    Ok(ruling)
}

/// Asks the policy whether a token may be passed on. One that the user gave is the user's already.
fn permit(
    context: &Context,
    token: &LoadedToken,
    endpoints: &[EndpointId],
    recipient: &Recipient,
) -> Result<Option<Box<PolicyRuling>>, Error> {
    let Origin::Obtained { client } = &token.origin else { return Ok(None) };
    let granted = token.scopes();
    PolicyGate::new(context).permit_now(&Question {
        client: Some(client),
        endpoints,
        scopes: QuestionScopes::Exactly(&granted),
        signed_in: token.sign_in_time(),
        passes_on: true,
        requests: true,
        above: None,
        takes_use: true,
        caller: match recipient {
            Recipient::Program(name) => Some(name),
            Recipient::Stdout | Recipient::Clipboard => None,
        },
    })
}

/// Records that a token is not passed on, and returns the error.
pub fn deny_hand_out(
    context: &Context,
    token: &LoadedToken,
    endpoints: &[EndpointId],
    recipient: &Recipient,
    error: Error,
) -> Error {
    context.denied_now(error, || hand_out_entry(context, token, endpoints, recipient))
}

fn hand_out_entry(context: &Context, token: &LoadedToken, endpoints: &[EndpointId], recipient: &Recipient) -> Entry {
    let (recipient, program) = match recipient {
        Recipient::Stdout => ("stdout", None),
        Recipient::Program(name) => ("exec", Some(name.clone())),
        Recipient::Clipboard => ("clipboard", None),
    };
    let mut record = Record {
        recipient: Some(recipient.to_owned()),
        program,
        endpoints: context.names(endpoints),
        granted: token.granted.as_ref().map(|granted| granted.set().names()),
        token_kind: Some("access".to_owned()),
        manifest: context.manifest_digest(),
        ..Record::new(Event::HandOut)
    };
    if let Origin::Obtained { client } = &token.origin {
        record.client = Some(client.clone());
        let client = context.client(client).ok();
        record.client_id = client.map(|client| client.client_id.clone());
        record.issuer = client.map(|client| client.issuer.to_string());
    }
    Entry { record, token: Some(token.secret.clone()), parent: None }
}
