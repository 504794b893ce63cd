//! Reviews the stored tokens: what was granted compared with what the audit log says was used.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use crate::app::calls::endpoint_of;
use crate::app::recording::{AuditReader, ReadPosition};
use crate::app::{Context, Error, TokenStore};
use crate::manifest::requests::LogEntry;
use crate::manifest::{Api, Client, Endpoint};
use crate::scope::{IDENTITY_SCOPES, Risk, Scope, ScopeSet};
use crate::secret::Secret;
use crate::usage::{HeldToken, Observed, Question, Review, Reviewer, SqlDialect, SqlScript, hash};
use crate::vault::Record;

/// A review of the stored tokens. Without a manifest, lifetimes, critical scopes and scopes that no manifest declares are not
/// reviewed.
#[derive(Debug)]
pub struct TokenReview<'a> {
    context: &'a Context,
    reader: &'a AuditReader,
    observed: Option<Observed<'a>>,
    /// Fingerprints of tokens in logs.
    fingerprints: HashMap<String, Option<String>>,
}

impl<'a> TokenReview<'a> {
    /// Creates a review from the audit log.
    #[must_use]
    pub fn new(context: &'a Context, reader: &'a AuditReader) -> Self {
        Self { context, reader, observed: None, fingerprints: HashMap::new() }
    }

    /// Compares with logs, even if they turn out to be empty.
    ///
    /// # Errors
    /// If no manifest is open.
    pub fn with_logs(mut self) -> Result<Self, Error> {
        self.observed = Some(Observed::new(self.context.require_manifest()?));
        Ok(self)
    }

    /// Adds a request of a log.
    ///
    /// # Errors
    /// If no manifest is open, or the key of the audit log can't be read.
    pub fn add(&mut self, entry: &LogEntry) -> Result<(), Error> {
        let manifest = self.context.require_manifest()?;
        let place = endpoint_of(manifest, &entry.request).map(|id| (id.api, id.endpoint));
        let fingerprint = match &entry.token {
            Some(token) => self.fingerprint(token)?,
            None => None,
        };
        let observed = self.observed.get_or_insert_with(|| Observed::new(manifest));
        observed.add(entry, place, fingerprint.as_deref());
        Ok(())
    }

    fn fingerprint(&mut self, token: &Secret) -> Result<Option<String>, Error> {
        // the hash stands for the token, which is not kept
        let hash = hash(token.expose().as_bytes());
        if let Some(known) = self.fingerprints.get(&hash) {
            return Ok(known.clone());
        }
        let found = self.reader.log().fingerprints(std::slice::from_ref(token))?.pop();
        self.fingerprints.insert(hash, found.clone());
        Ok(found)
    }

    /// Compares the stored tokens with what was recorded. `off`: names of findings that are left out.
    ///
    /// # Errors
    /// If the vault can't be opened, or the audit log can't be read.
    pub async fn finish(self, off: &[String]) -> Result<Review, Error> {
        let held = held_tokens(self.context, self.reader).await?;
        let critical = held.iter().flat_map(|token| token.critical.iter().cloned()).collect();
        let mut reviewer = Reviewer::new(critical);
        self.reader.read_lines(ReadPosition::default(), |line, _| {
            reviewer.add(line);
            true
        })?;
        Ok(reviewer.finish(&held, self.observed.as_ref(), off, Timestamp::now()))
    }
}

/// Returns the script that reviews a log inside a database, for the clients of the manifest and the stored tokens. `files`: the
/// log, as the database finds it.
///
/// # Errors
/// If no manifest is open, or the vault can't be opened.
pub async fn review_script(
    context: &Context,
    reader: &AuditReader,
    dialect: SqlDialect,
    files: &[String],
) -> Result<String, Error> {
    let held = held_tokens(context, reader).await?;
    Ok(script(context, &held, dialect, files, None)?.text(Question::REVIEW))
}

/// Returns the script that compares the manifest with a log inside a database.
///
/// # Errors
/// If no manifest is open.
pub fn drift_script(
    context: &Context,
    dialect: SqlDialect,
    files: &[String],
    api: Option<&str>,
) -> Result<String, Error> {
    context.require_api(api)?;
    Ok(script(context, &[], dialect, files, api)?.text(Question::DRIFT))
}

fn script<'a>(
    context: &'a Context,
    held: &[HeldToken],
    dialect: SqlDialect,
    files: &[String],
    api: Option<&'a str>,
) -> Result<SqlScript<'a>, Error> {
    let manifest = context.require_manifest()?;
    let observed = Observed::new(manifest);
    let named = manifest.clients.iter().map(|client| client.name.clone());
    let clients: BTreeSet<String> = named.chain(held.iter().map(|token| token.client.clone())).collect();
    let granted = clients.into_iter().filter_map(|client| {
        let granted = observed.granted(Some(&client), held)?;
        Some((client, granted))
    });
    Ok(SqlScript { dialect, manifest, granted: granted.collect(), files: files.to_vec(), api })
}

/// Returns the stored tokens with what a review needs of them.
///
/// # Errors
/// If the vault can't be opened, or the key of the audit log can't be read.
pub(in crate::app) async fn held_tokens(context: &Context, reader: &AuditReader) -> Result<Vec<HeldToken>, Error> {
    let records = TokenStore::new(context).list().await?;
    let secrets: Vec<_> = records.iter().map(|record| record.access_token.clone()).collect();
    let fingerprints = reader.log().fingerprints(&secrets)?;
    let with_fingerprints = records.iter().enumerate();
    Ok(with_fingerprints.map(|(index, record)| held(context, record, fingerprints.get(index).cloned())).collect())
}

fn held(context: &Context, record: &Record, fingerprint: Option<String>) -> HeldToken {
    let client = context.manifest().and_then(|manifest| {
        manifest
            .clients
            .iter()
            .find(|client| client.client_id == record.client_id && client.issuer.to_string() == record.issuer)
    });
    let lifetime = client.and_then(|client| client.max_lifetime).map(Duration::from_secs);
    HeldToken {
        id: record.id.to_string(),
        fingerprint,
        client: record.client.clone(),
        created: record.created,
        expires: record.expires.filter(|_| record.refresh_token.is_none()),
        replace_after: lifetime.map(|lifetime| Record::end_of(record.created, lifetime)),
        refreshable: record.refresh_token.is_some(),
        narrowed_from: record.narrowed_from.as_ref().map(ToString::to_string),
        approval: record.approval.as_ref().map(|link| (link.id.clone(), link.until)),
        ..with_scopes(context, &record.granted, client)
    }
}

/// Returns a token with what the manifest says about its scopes.
pub(super) fn with_scopes(context: &Context, granted: &ScopeSet, client: Option<&Client>) -> HeldToken {
    let apis: Vec<&Api> = context.manifest().iter().flat_map(|manifest| &manifest.apis).collect();
    let is_identity = |scope: &&Scope| match client {
        Some(client) => {
            let vocabulary = &client.dialect.vocabulary;
            vocabulary.is_identity_scope(scope.as_str()) || client.always_request.contains(scope.as_str())
        }
        None => IDENTITY_SCOPES.contains(&scope.as_str()),
    };
    let names = |fits: &dyn Fn(&&Scope) -> bool| -> BTreeSet<String> {
        granted.iter().filter(fits).map(ToString::to_string).collect()
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
    HeldToken {
        granted: granted.clone(),
        reach: apis.iter().flat_map(|api| reach(granted, api)).chain(granted.names()).collect(),
        endpoints: apis.iter().flat_map(|api| sufficient_for(granted, api)).collect(),
        identity,
        undeclared: undeclared.into_iter().collect(),
        critical,
        ..HeldToken::default()
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

/// Returns the scopes of an API that are granted or implied.
fn reach<'a>(granted: &'a ScopeSet, api: &'a Api) -> impl Iterator<Item = String> + 'a {
    let reach = api.hierarchy.reach(granted);
    api.hierarchy.scopes().filter(move |scope| reach.grants(scope.as_str())).map(ToString::to_string)
}

/// Returns the endpoints of an API for which scopes are sufficient.
fn sufficient_for<'a>(granted: &'a ScopeSet, api: &'a Api) -> impl Iterator<Item = String> + 'a {
    let reach = api.hierarchy.reach(granted);
    let is_allowed = move |endpoint: &&Endpoint| {
        let mut alternatives = endpoint.requirement.alternatives().iter();
        alternatives.any(|set| set.iter().all(|scope| reach.grants(scope.as_str())))
    };
    api.endpoints.iter().filter(is_allowed).map(ToString::to_string)
}
