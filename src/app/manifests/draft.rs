//! Setting up a manifest: from a discovery or an API description, and what the user adds. Every step leaves it valid.

use std::path::Path;

use url::Url;

use super::discover::Discovery;
use super::import::{ImportRequest, ImportResult, create_manifest, import_description};
use crate::app::{Error, ErrorKind};
use crate::diagnostic::Severity;
use crate::manifest::import::{ApiKey, NewClient, NewManifest, Options};
use crate::manifest::{self, GrantType, Issuer, Manifest};
use crate::oauth::{REDIRECT_URI, Registration};
use crate::scope::{Scope, ScopeSet};

/// Scopes of OpenID Connect, which no endpoint requires.
const SIGN_IN: &[&str] = &["openid", "offline_access", "profile", "email", "address", "phone"];

/// Name of an API whose title is not known.
const API: &str = "main";

/// Placeholder for a client identifier that is not known yet.
const CLIENT_ID: &str = "CLIENT_ID";

/// Host of the base URL of a description without a server.
const NO_SERVER: &str = "server.invalid";

impl Discovery {
    /// Whether the URL is that of an API: it demands a token, or has metadata of its own.
    #[must_use]
    pub fn is_api(&self) -> bool {
        let demands = self.api.as_ref().is_some_and(|api| api.status == 401 || !api.challenges.is_empty());
        self.resource.is_some() || demands
    }

    /// Whether the URL is that of an issuer.
    #[must_use]
    pub fn is_issuer(&self) -> bool {
        let url = self.url.as_str().trim_end_matches('/');
        self.servers.iter().any(|server| server.issuer.as_str().trim_end_matches('/') == url)
    }

    /// Whether the URL is that of an MCP server: by its path, or by the scopes of its authorization server.
    fn is_mcp(&self) -> bool {
        let segment = |segment: &str| matches!(segment, "mcp" | "sse");
        let by_path = self.url.path_segments().is_some_and(|mut segments| segments.any(segment));
        let scopes = self.resource.as_ref().and_then(|resource| resource.scopes_supported.as_ref());
        let by_scope =
            scopes.is_some_and(|scopes| scopes.iter().any(|scope| scope == "mcp" || scope.starts_with("mcp:")));
        self.resource.is_some() && (by_path || by_scope)
    }

    /// Returns the scopes that the API or its authorization server publishes, without those of OpenID Connect.
    #[must_use]
    pub fn published_scopes(&self) -> Vec<Scope> {
        let own = self.resource.as_ref().and_then(|resource| resource.scopes_supported.as_ref());
        let published = own.or_else(|| self.servers.first().and_then(|server| server.scopes_supported.as_ref()));
        let published = published.into_iter().flatten().filter(|scope| !SIGN_IN.contains(&scope.as_str()));
        published.filter_map(|scope| Scope::parse(scope).ok()).collect()
    }

    /// Returns a client of the first authorization server, with the grants that it offers.
    #[must_use]
    pub fn new_client(&self, client_id: &str) -> NewClient {
        let Some(server) = self.servers.first() else {
            let grants = vec![GrantType::AuthorizationCode, GrantType::RefreshToken];
            return NewClient { client_id: client_id.to_owned(), grants, ..NewClient::default() };
        };
        let offers = |grant: GrantType, endpoint: bool| match &server.grant_types_supported {
            Some(offered) => offered.iter().any(|offered| offered == grant.registered_name()),
            None => endpoint,
        };
        let grants = [
            (GrantType::AuthorizationCode, server.authorization_endpoint.is_some()),
            (GrantType::DeviceCode, server.device_authorization_endpoint.is_some()),
            (GrantType::RefreshToken, false),
        ];
        NewClient {
            issuer: Some(server.issuer.to_string()),
            client_id: client_id.to_owned(),
            grants: grants.into_iter().filter(|(grant, at)| offers(*grant, *at)).map(|(grant, _)| grant).collect(),
            dpop: self.resource.as_ref().is_some_and(|resource| resource.dpop_required),
            ..NewClient::default()
        }
    }

    /// Returns a manifest with the API, if the URL is that of one. What a server sends can only become a value.
    fn new_manifest(&self, api: &str) -> NewManifest {
        if !self.is_api() {
            return NewManifest::default();
        }
        let mut new = NewManifest::of_api(api);
        let audience = self.resource.as_ref().map(|resource| resource.resource.as_str());
        let base = audience.filter(|audience| audience.starts_with("http")).unwrap_or(self.url.as_str());
        new.set(ApiKey::BaseUrl, base.trim_end_matches('/'));
        if let Some(server) = self.servers.first() {
            new.set(ApiKey::Issuer, server.issuer.as_str());
        }
        if let Some(audience) = audience {
            new.set(ApiKey::Audience, audience);
        }
        let scopes = self.published_scopes();
        new.declare(&scopes);
        if let Some((endpoint, required)) = self
            .endpoint(base)
            .filter(|(_, required)| !required.is_empty() && required.iter().all(|scope| scopes.contains(scope)))
        {
            new.add_endpoint(&endpoint, &required);
        }
        new
    }

    /// Returns the endpoint of the URL, with the scopes that its challenge demands.
    fn endpoint(&self, base: &str) -> Option<(String, ScopeSet)> {
        let required = ScopeSet::parse(self.api.as_ref()?.parameter("scope")?).ok()?;
        let own = Url::parse(base).map(|base| base.path().trim_end_matches('/').to_owned()).unwrap_or_default();
        let path = self.url.path();
        let path = path.strip_prefix(own.as_str()).filter(|path| !path.is_empty()).unwrap_or("/");
        Some((format!("GET {path}"), required))
    }

    /// Returns the text of a manifest to start with, with a placeholder for the client identifier if no client was
    /// registered; empty if no authorization server was found.
    #[must_use]
    pub fn manifest(&self, registered: Option<&Registration>) -> String {
        if self.servers.is_empty() {
            return String::new();
        }
        let mut new = self.new_manifest(API);
        let redirect_uri = registered.map_or(REDIRECT_URI, |registered| registered.redirect_uri.as_str());
        let client = self.new_client(registered.map_or(CLIENT_ID, |registered| registered.client_id.as_str()));
        new.set_client(&NewClient { redirect_uri: Some(redirect_uri.to_owned()), ..client });
        let text = new.to_toml();
        match text.find("\n[client.").filter(|_| self.is_mcp()) {
            Some(end) => {
                let scopes: Vec<String> =
                    self.published_scopes().iter().map(|scope| format!("\"{}\"", scope.as_str())).collect();
                let tools = format!("# one line for each tool:\n# \"MCP tools/call TOOL\" = [{}]\n", scopes.join(", "));
                let (before, after) = text.split_at_checked(end).unwrap_or((&text, ""));
                format!("{before}\n{tools}{after}").trim_start_matches('\n').to_owned()
            }
            None => text,
        }
    }
}

/// A manifest that is being set up. It is valid, except for a base URL that is not known yet.
#[derive(Clone, Debug)]
pub struct ManifestDraft {
    new: NewManifest,
}

impl ManifestDraft {
    /// Starts with an API description. `api`: its name, derived from the title if it is `None`.
    ///
    /// # Errors
    /// See [`import_description`].
    pub fn of_description(
        source: &Path,
        api: Option<&str>,
        base_url: Option<&str>,
    ) -> Result<(Self, ImportResult), Error> {
        let request = ImportRequest {
            source: source.to_path_buf(),
            api: api.map(str::to_owned),
            options: Options { base_url: base_url.map(str::to_owned), ..Options::default() },
            ..ImportRequest::default()
        };
        let imported = import_description(&request)?;
        let new = NewManifest::imported(&imported.manifest, &imported.api)
            .map_err(|error| Error::new(ErrorKind::Failed, format!("the imported manifest is not valid: {error}")))?;
        Ok((Self { new }, imported))
    }

    /// Starts with a discovery.
    ///
    /// # Errors
    /// If what a server sent is not valid in a manifest.
    pub fn of_discovery(found: &Discovery, api: Option<&str>) -> Result<Self, Error> {
        Self { new: found.new_manifest(api.unwrap_or(API)) }.valid()
    }

    /// Starts with an API of which nothing is known.
    #[must_use]
    pub fn of_api(title: &str) -> Self {
        Self { new: NewManifest::of_api(title) }
    }

    /// Whether there is an API.
    #[must_use]
    pub fn has_api(&self) -> bool {
        self.new.api().is_some()
    }

    /// Adds an API, unless there is one.
    #[must_use]
    pub fn with_api(self, title: Option<&str>) -> Self {
        if self.has_api() { self } else { Self::of_api(title.unwrap_or(API)) }
    }

    /// Whether the base URL is a placeholder.
    #[must_use]
    pub fn lacks_base_url(&self) -> bool {
        let manifest = self.manifest();
        let url = manifest.as_ref().and_then(|manifest| manifest.apis.first()).map(|api| api.base_url.as_str());
        self.has_api() && url.is_none_or(|url| url.contains(NO_SERVER))
    }

    /// Returns the issuer of the API's tokens.
    #[must_use]
    pub fn issuer(&self) -> Option<Issuer> {
        self.manifest()?.apis.first()?.issuer.clone()
    }

    /// Returns the endpoints of the API, those with a requirement first.
    #[must_use]
    pub fn endpoints(&self) -> Vec<String> {
        let Some(manifest) = self.manifest() else { return Vec::new() };
        let mut endpoints: Vec<_> = manifest.apis.iter().flat_map(|api| &api.endpoints).collect();
        endpoints.sort_by_key(|endpoint| endpoint.requirement.alternatives().iter().any(ScopeSet::is_empty));
        endpoints.iter().map(ToString::to_string).collect()
    }

    /// Sets a key of the API.
    ///
    /// # Errors
    /// If the manifest would not be valid; then nothing changes.
    pub fn set(&mut self, key: ApiKey, text: &str) -> Result<(), Error> {
        self.change(|new| new.set(key, text))
    }

    /// Adds an endpoint from a line such as `GET /orders orders:read`.
    ///
    /// # Errors
    /// If the line has no path, or the manifest would not be valid; then nothing changes.
    pub fn add_endpoint(&mut self, line: &str) -> Result<(), Error> {
        let mut words = line.split_whitespace();
        let (Some(method), Some(path)) = (words.next(), words.next()) else {
            return Err(Error::new(ErrorKind::Usage, "enter a method, a path and the scopes"));
        };
        let scopes: ScopeSet = words
            .map(Scope::parse)
            .collect::<Result<_, _>>()
            .map_err(|error| Error::new(ErrorKind::Usage, error.to_string()))?;
        let endpoint = format!("{} {path}", method.to_ascii_uppercase());
        self.change(|new| new.add_endpoint(&endpoint, &scopes))
    }

    /// Sets the client.
    ///
    /// # Errors
    /// If the manifest would not be valid; then nothing changes.
    pub fn set_client(&mut self, client: &NewClient) -> Result<(), Error> {
        self.change(|new| new.set_client(client))
    }

    /// Returns the manifest as formatted TOML.
    #[must_use]
    pub fn text(&self) -> String {
        self.new.to_toml()
    }

    /// Writes the manifest to a new file.
    ///
    /// # Errors
    /// If the file exists, or the text is not a valid manifest.
    pub fn create(&self, path: &Path) -> Result<(), Error> {
        create_manifest(path, &self.text())
    }

    fn manifest(&self) -> Option<Manifest> {
        manifest::parse(&self.new.to_toml()).manifest
    }

    fn change(&mut self, change: impl FnOnce(&mut NewManifest)) -> Result<(), Error> {
        let mut new = self.new.clone();
        change(&mut new);
        *self = Self { new }.valid()?;
        Ok(())
    }

    fn valid(self) -> Result<Self, Error> {
        let mut complete = self.new.clone();
        // its question comes later
        if self.new.api().is_some() && !self.new.has(ApiKey::BaseUrl) && !self.new.has(ApiKey::Source) {
            complete.set(ApiKey::BaseUrl, &format!("https://{NO_SERVER}"));
        }
        let parsed = manifest::parse(&complete.to_toml());
        let lint = parsed.manifest.iter().flat_map(manifest::lint).collect::<Vec<_>>();
        let fault = parsed.findings.into_iter().chain(lint).find(|finding| finding.severity() == Severity::Error);
        match fault {
            // the file that it refers to is read when it is written
            Some(finding) if !self.new.has(ApiKey::Source) => {
                let error = Error::new(ErrorKind::Usage, finding.message);
                Err(finding.help.into_iter().fold(error, Error::hint))
            }
            _ => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_mistake_changes_nothing() {
        let mut draft = ManifestDraft::of_api("Orders");
        assert!(draft.lacks_base_url());
        draft.set(ApiKey::BaseUrl, "https://api.example.com").unwrap();
        draft.set(ApiKey::Issuer, "https://login.example.com").unwrap();
        draft.add_endpoint("get /orders orders:read").unwrap();
        draft.add_endpoint("GET /health").unwrap();
        let before = draft.text();
        for wrong in ["GET", "GET orders", "FETCH! /x", "GET /x bad\"scope", "GET /{id orders:read"] {
            assert!(draft.add_endpoint(wrong).is_err(), "{wrong}");
        }
        for (key, wrong) in [
            (ApiKey::BaseUrl, "api.example.com"),
            (ApiKey::BaseUrl, "http://api.example.com"),
            (ApiKey::Issuer, "login"),
            (ApiKey::Issuer, "https://login.example.com/?x=1"),
        ] {
            assert!(draft.set(key, wrong).is_err(), "{wrong}");
        }
        let issuer = Some("ftp://x".to_owned());
        assert!(draft.set_client(&NewClient { issuer, client_id: "x".to_owned(), ..NewClient::default() }).is_err());
        assert_eq!(draft.text(), before);
        assert!(!draft.lacks_base_url());
        assert_eq!(draft.endpoints().first().map(String::as_str), Some("GET /orders"));
        assert_eq!(draft.issuer().unwrap().as_str(), "https://login.example.com");
    }
}
