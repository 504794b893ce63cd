//! Reviews the stored tokens: what was granted compared with what the audit log says was used.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::store::TokenStore;
use crate::app::recording::{AuditReader, ReadPosition};
use crate::app::{Context, Error};
use crate::manifest::{Api, Client};
use crate::scope::{IDENTITY_SCOPES, Risk, Scope};
use crate::usage::{HeldToken, Review, Reviewer};
use crate::vault::Record;

/// Reviews the stored tokens. Without a manifest, lifetimes, critical scopes and scopes that no
/// manifest declares are not reviewed. `off`: names of findings that are left out.
///
/// # Errors
/// If the vault can't be opened, or the log can't be read.
pub async fn review(context: &Context, reader: &AuditReader, off: &[String]) -> Result<Review, Error> {
    let records = TokenStore::new(context).list().await?;
    let secrets: Vec<_> = records.iter().map(|record| record.access_token.clone()).collect();
    let fingerprints = reader.log().fingerprints(&secrets)?;
    let held: Vec<HeldToken> = records
        .iter()
        .enumerate()
        .map(|(index, record)| held(context, record, fingerprints.get(index).cloned()))
        .collect();
    let critical = held.iter().flat_map(|token| token.critical.iter().cloned()).collect();
    let mut reviewer = Reviewer::new(critical);
    reader.read(ReadPosition::default(), &crate::usage::Filter::default(), |logged| {
        reviewer.add(&logged.record);
        true
    })?;
    Ok(reviewer.finish(&held, off, Timestamp::now()))
}

fn held(context: &Context, record: &Record, fingerprint: Option<String>) -> HeldToken {
    let client = context.manifest().and_then(|manifest| {
        manifest
            .clients
            .iter()
            .find(|client| client.client_id == record.client_id && client.issuer.to_string() == record.issuer)
    });
    let apis: Vec<&Api> = context.manifest().iter().flat_map(|manifest| &manifest.apis).collect();
    let is_identity = |scope: &&Scope| match client {
        Some(client) => {
            let vocabulary = &client.dialect.vocabulary;
            vocabulary.is_identity_scope(scope.as_str()) || client.always_request.contains(scope.as_str())
        }
        None => IDENTITY_SCOPES.contains(&scope.as_str()),
    };
    let names = |fits: &dyn Fn(&&Scope) -> bool| -> BTreeSet<String> {
        record.granted.iter().filter(fits).map(ToString::to_string).collect()
    };
    let identity = names(&is_identity);
    let undeclared = match context.manifest() {
        None => BTreeSet::new(),
        Some(_) => names(&|scope| !is_identity(scope) && !is_allowed(scope, client, &apis)),
    };
    let critical = names(&|scope| {
        apis.iter()
            .any(|api| api.hierarchy.declares(scope.as_str()) && api.hierarchy.risk(scope.as_str()) == Risk::Critical)
    });
    let lifetime = client.and_then(|client| client.max_lifetime).map(Duration::from_secs);
    HeldToken {
        id: record.id.to_string(),
        fingerprint,
        client: record.client.clone(),
        granted: record.granted.names(),
        identity,
        undeclared: undeclared.into_iter().collect(),
        critical,
        created: record.created,
        replace_after: lifetime.map(|lifetime| Record::end_of(record.created, lifetime)),
        refreshable: record.refresh_token.is_some(),
        narrowed_from: record.narrowed_from.as_ref().map(ToString::to_string),
    }
}

/// Whether an API of the manifest declares a scope, and the client may request it.
fn is_allowed(scope: &Scope, client: Option<&Client>, apis: &[&Api]) -> bool {
    let ceiling = client.and_then(|client| client.may_request.as_ref());
    apis.iter().any(|api| {
        api.hierarchy.declares(scope.as_str())
            && ceiling.is_none_or(|ceiling| api.hierarchy.satisfies(ceiling, scope.as_str()))
    })
}
