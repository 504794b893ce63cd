//! Compares a manifest with the API's description, the authorization server's metadata and recorded requests.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};

use super::files::{read_manifest, read_source};
use crate::app::error::quoted;
use crate::app::{Context, Error, ErrorKind, ManifestProblem, MatchedRequests};
use crate::manifest::import::Import;
use crate::manifest::{Api, Issuer, drift};
use crate::oauth;
use crate::scope::{Scope, ScopeSet};

/// The sources that a manifest is compared with.
#[derive(Clone, Debug, Default)]
pub struct DriftSources {
    /// The API's description.
    pub description: Option<Import>,
    /// The scopes that the authorization server offers.
    pub offered: Option<ScopeSet>,
    /// Recorded requests.
    pub requests: Option<MatchedRequests>,
}

/// Compares an API of the manifest with its sources.
#[derive(Debug)]
pub struct Drift<'a> {
    context: &'a Context,
    api: &'a Api,
    index: usize,
}

impl<'a> Drift<'a> {
    /// Selects the API by name, or the only one without a name.
    ///
    /// # Errors
    /// If there is no such API, or several without a name.
    pub fn new(context: &'a Context, name: Option<&str>) -> Result<Self, Error> {
        let (index, api) = only_api(context, name)?;
        Ok(Self { context, api, index })
    }

    /// Fetches the scopes that an authorization server offers, from its metadata (RFC 8414 §2). `issuer`: the server that
    /// the user named; otherwise that of the API or the only one of the clients, which must be trusted.
    ///
    /// # Errors
    /// If there is no issuer, the manifest is not trusted, or the metadata can't be fetched or has no scopes.
    pub async fn offered(&self, issuer: Option<&str>) -> Result<ScopeSet, Error> {
        let (context, api) = (self.context, self.api);
        let issuer = match issuer {
            Some(named) => Issuer::parse(named)
                .map_err(|reason| Error::new(ErrorKind::Usage, format!("`{named}` is not a valid issuer: {reason}")))?,
            None => {
                context.demand_trust()?;
                let clients: BTreeSet<&Issuer> =
                    context.require_manifest()?.clients.iter().map(|client| &client.issuer).collect();
                let only = clients.first().filter(|_| clients.len() == 1).copied();
                api.issuer.as_ref().or(only).cloned().ok_or_else(|| {
                    Error::new(ErrorKind::Usage, format!("the manifest has no issuer for API `{}`", api.name))
                        .hint("name one with `--issuer`, such as `--issuer https://login.example.com`")
                })?
            }
        };
        let found = oauth::discover(context.http()?, &issuer, &Map::new()).await?;
        let list = found.metadata.scopes_supported.ok_or_else(|| {
            Error::new(ErrorKind::Failed, format!("`{issuer}` does not publish `scopes_supported`"))
                .hint("`scopes_supported` is optional (RFC 8414 §2), so there is nothing to compare")
        })?;
        let scopes = list.iter().map(|scope| Scope::parse(scope));
        scopes.collect::<Result<ScopeSet, _>>().map_err(|error| {
            Error::new(ErrorKind::Failed, format!("`scopes_supported` of `{issuer}` is not valid: {error}"))
        })
    }

    /// Compares the API with its sources. `path`: the manifest's file.
    ///
    /// # Errors
    /// If the manifest's file can't be read.
    pub fn findings(&self, path: &Path, from: &DriftSources) -> Result<ManifestProblem, Error> {
        let api = self.api;
        let mut findings = Vec::new();
        findings.extend(from.description.iter().flat_map(|import| drift::from_description(api, import)));
        findings.extend(from.offered.iter().flat_map(|offered| drift::from_offered(api, offered)));
        findings.extend(from.requests.iter().flat_map(|requests| {
            let own = requests.endpoints.iter().filter(|id| id.api == self.index);
            let seen: BTreeSet<usize> = own.map(|id| id.endpoint).collect();
            drift::from_requests(api, &seen, &requests.unmatched)
        }));
        Ok(ManifestProblem { name: path.to_string_lossy().into_owned(), source: read_manifest(path)?, findings })
    }
}

/// Selects an API by name, or the only one without a name. Returns its position, too.
///
/// # Errors
/// If there is no such API, or several without a name.
pub(super) fn only_api<'c>(context: &'c Context, name: Option<&str>) -> Result<(usize, &'c Api), Error> {
    context.require_api(name)?;
    let apis = &context.require_manifest()?.apis;
    let mut fitting = apis.iter().enumerate().filter(|(_, api)| name.is_none_or(|name| api.name == name));
    match (fitting.next(), fitting.next()) {
        (Some(found), None) => Ok(found),
        _ => Err(Error::new(ErrorKind::Usage, "the manifest does not have exactly one API")
            .hint(format!("choose one with `--api`: {}", quoted(apis.iter().map(|api| api.name.as_str()))))),
    }
}

/// Reads `scopes_supported` from an authorization server's metadata (RFC 8414 §2) in a file.
///
/// # Errors
/// If the file can't be read, is not JSON, or has no `scopes_supported`.
pub fn scopes_supported(path: &Path) -> Result<ScopeSet, Error> {
    let wrong =
        |reason: &str| Error::new(ErrorKind::Usage, format!("`{}` is not valid metadata: {reason}", path.display()));
    let document: Value = serde_json::from_slice(&read_source(path)?).map_err(|error| wrong(&error.to_string()))?;
    let list = document.get("scopes_supported").and_then(Value::as_array);
    let list = list.ok_or_else(|| wrong("`scopes_supported` is missing or not an array"))?;
    let scopes = list.iter().filter_map(Value::as_str).map(Scope::parse);
    scopes.collect::<Result<ScopeSet, _>>().map_err(|error| wrong(&error.to_string()))
}
