//! Drift between the manifest and an API description, the supported scopes or recorded requests.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};

use super::import::read_source;
use super::obtain::refused;
use super::open::{quoted, read_manifest};
use super::{Context, Error, ErrorKind, ManifestProblem, MatchedRequests};
use crate::manifest::import::Import;
use crate::manifest::{Api, Issuer, drift};
use crate::oauth;
use crate::scope::{Scope, ScopeSet};

/// Sources to compare a manifest with.
#[derive(Clone, Debug, Default)]
pub struct DriftSources {
    /// API description.
    pub description: Option<Import>,
    /// Scopes that the authorization server supports.
    pub offered: Option<ScopeSet>,
    /// Recorded requests.
    pub requests: Option<MatchedRequests>,
}

impl Context {
    /// Returns the API with that name and its position; without a name, the only one.
    fn one_api(&self, name: Option<&str>) -> Result<(usize, &Api), Error> {
        self.require_api(name)?;
        let apis = &self.require_manifest()?.apis;
        let mut fitting = apis.iter().enumerate().filter(|(_, api)| name.is_none_or(|name| api.name == name));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(Error::new(ErrorKind::Usage, "the manifest does not have exactly one API")
                .hint(format!("choose one with `--api`: {}", quoted(apis.iter().map(|api| api.name.as_str()))))),
        }
    }

    /// Fetches the scopes that an authorization server supports from its metadata (RFC 8414 §2). `issuer` is a server
    /// named by the user; otherwise that of the API, or the only one of the clients, is used, for which the manifest
    /// must be trusted.
    ///
    /// # Errors
    /// When there is no issuer, the manifest is not trusted, the server does not respond, or its metadata lists no
    /// scopes.
    pub async fn scopes_offered(&self, api: Option<&str>, issuer: Option<&str>) -> Result<ScopeSet, Error> {
        let (_, api) = self.one_api(api)?;
        let issuer = match issuer {
            Some(named) => Issuer::parse(named)
                .map_err(|reason| Error::new(ErrorKind::Usage, format!("`{named}` is not a valid issuer: {reason}")))?,
            None => {
                self.demand_trust()?;
                let clients: BTreeSet<&Issuer> =
                    self.require_manifest()?.clients.iter().map(|client| &client.issuer).collect();
                let only = clients.first().filter(|_| clients.len() == 1).copied();
                api.issuer.as_ref().or(only).cloned().ok_or_else(|| {
                    Error::new(ErrorKind::Usage, format!("the manifest has no issuer for API `{}`", api.name))
                        .hint("name one with `--issuer`, such as `--issuer https://login.example.com`")
                })?
            }
        };
        let found = oauth::discover(self.http()?, &issuer, &Map::new()).await.map_err(refused)?;
        let list = found.metadata.scopes_supported.ok_or_else(|| {
            Error::new(ErrorKind::Failed, format!("`{issuer}` does not publish `scopes_supported`"))
                .hint("`scopes_supported` is optional (RFC 8414 §2), so there is nothing to compare")
        })?;
        let scopes = list.iter().map(|scope| Scope::parse(scope));
        scopes.collect::<Result<ScopeSet, _>>().map_err(|error| {
            Error::new(ErrorKind::Failed, format!("`scopes_supported` of `{issuer}` is not valid: {error}"))
        })
    }

    /// Reports the drift of one API. Without a name, the manifest must have exactly one API.
    ///
    /// # Errors
    /// When there is no such API, or the manifest can't be read.
    pub fn drift(&self, path: &Path, api: Option<&str>, from: &DriftSources) -> Result<ManifestProblem, Error> {
        let (found, api) = self.one_api(api)?;
        let mut findings = Vec::new();
        findings.extend(from.description.iter().flat_map(|import| drift::from_description(api, import)));
        findings.extend(from.offered.iter().flat_map(|offered| drift::from_offered(api, offered)));
        findings.extend(from.requests.iter().flat_map(|requests| {
            let own = requests.endpoints.iter().filter(|id| id.api == found);
            let seen: BTreeSet<usize> = own.map(|id| id.endpoint).collect();
            drift::from_requests(api, &seen, &requests.unmatched)
        }));
        Ok(ManifestProblem { name: path.to_string_lossy().into_owned(), source: read_manifest(path)?, findings })
    }
}

/// Reads `scopes_supported` from a file with authorization server metadata (RFC 8414 §2).
///
/// # Errors
/// When the file can't be read, is not valid JSON, or has no `scopes_supported`.
pub fn scopes_supported(path: &Path) -> Result<ScopeSet, Error> {
    let wrong =
        |reason: &str| Error::new(ErrorKind::Usage, format!("`{}` is not valid metadata: {reason}", path.display()));
    let document: Value = serde_json::from_slice(&read_source(path)?).map_err(|error| wrong(&error.to_string()))?;
    let list = document.get("scopes_supported").and_then(Value::as_array);
    let list = list.ok_or_else(|| wrong("`scopes_supported` is missing or not an array"))?;
    let scopes = list.iter().filter_map(Value::as_str).map(Scope::parse);
    scopes.collect::<Result<ScopeSet, _>>().map_err(|error| wrong(&error.to_string()))
}
