//! What the manifest drifted from: the API's description, what the authorization server offers, recorded requests.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};

use super::import::read_source;
use super::obtain::refused;
use super::open::{quoted, read_manifest};
use super::{Error, Kind, ManifestProblem, MatchedRequests, Workspace};
use crate::manifest::import::Import;
use crate::manifest::{Api, Issuer, drift};
use crate::oauth;
use crate::scope::{Scope, ScopeSet};

/// What a manifest is compared with.
#[derive(Clone, Debug, Default)]
pub struct DriftFrom {
    /// The API's own description.
    pub description: Option<Import>,
    /// What the authorization server says it offers.
    pub offered: Option<ScopeSet>,
    /// Requests that were recorded.
    pub requests: Option<MatchedRequests>,
}

impl Workspace {
    /// The API of that name, with its position; without a name, the only one.
    fn one_api(&self, name: Option<&str>) -> Result<(usize, &Api), Error> {
        self.require_api(name)?;
        let apis = &self.require_manifest()?.apis;
        let mut fitting = apis.iter().enumerate().filter(|(_, api)| name.is_none_or(|name| api.name == name));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(Error::new(Kind::Usage, "the manifest has several APIs, or none")
                .hint(format!("name one by `--api`: {}", quoted(apis.iter().map(|api| api.name.as_str()))))),
        }
    }

    /// The scopes that an authorization server says it offers, asked for at its metadata (RFC 8414 §2). `issuer`: the
    /// server that the user named; else that of the API, or the only one of the clients, which has to be trusted.
    ///
    /// # Errors
    /// When there is no issuer, the manifest was not accepted, or the server doesn't answer or says nothing of scopes.
    pub async fn scopes_offered(&self, api: Option<&str>, issuer: Option<&str>) -> Result<ScopeSet, Error> {
        let (_, api) = self.one_api(api)?;
        let issuer = match issuer {
            Some(named) => Issuer::parse(named)
                .map_err(|reason| Error::new(Kind::Usage, format!("`{named}` is no issuer: {reason}")))?,
            None => {
                self.demand_trust()?;
                let clients: BTreeSet<&Issuer> =
                    self.require_manifest()?.clients.iter().map(|client| &client.issuer).collect();
                let only = clients.first().filter(|_| clients.len() == 1).copied();
                api.issuer.as_ref().or(only).cloned().ok_or_else(|| {
                    Error::new(Kind::Usage, format!("the manifest names no issuer for the API `{}`", api.name))
                        .hint("name one: `--issuer https://login.example.com`")
                })?
            }
        };
        let found = oauth::discover(self.http()?, &issuer, &Map::new()).await.map_err(refused)?;
        let list = found.metadata.scopes_supported.ok_or_else(|| {
            Error::new(Kind::Failed, format!("`{issuer}` does not say which scopes it offers"))
                .hint("a server may leave `scopes_supported` out (RFC 8414 §2), and then there is nothing to compare")
        })?;
        let scopes = list.iter().map(|scope| Scope::parse(scope));
        scopes
            .collect::<Result<ScopeSet, _>>()
            .map_err(|error| Error::new(Kind::Failed, format!("`{issuer}` offers something that is no scope: {error}")))
    }

    /// Where one API and what it is compared with have come apart. Without a name the manifest has one API.
    ///
    /// # Errors
    /// When there is no such API, or the manifest's file can't be read.
    pub fn drift(&self, path: &Path, api: Option<&str>, from: &DriftFrom) -> Result<ManifestProblem, Error> {
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

/// `scopes_supported` of an authorization server's metadata (RFC 8414 §2) in a file.
///
/// # Errors
/// When the file can't be read, is no JSON, or says nothing of scopes.
pub fn scopes_supported(path: &Path) -> Result<ScopeSet, Error> {
    let wrong = |reason: &str| Error::new(Kind::Usage, format!("`{}` is no metadata: {reason}", path.display()));
    let document: Value = serde_json::from_slice(&read_source(path)?).map_err(|error| wrong(&error.to_string()))?;
    let list = document.get("scopes_supported").and_then(Value::as_array);
    let list = list.ok_or_else(|| wrong("it has no list `scopes_supported`, which a server may leave out"))?;
    let scopes = list.iter().filter_map(Value::as_str).map(Scope::parse);
    scopes.collect::<Result<ScopeSet, _>>().map_err(|error| wrong(&error.to_string()))
}
