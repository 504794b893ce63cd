//! A new manifest, set up step by step.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value, value};

use super::{risk, slug};
use crate::manifest::GrantType;
use crate::scope::{Scope, ScopeSet};

/// Name of the client in a new manifest.
pub const NEW_CLIENT: &str = "dev";

/// Key of an API that is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKey {
    /// API description to refer to, relative to the manifest's directory.
    Source,
    /// Base URL.
    BaseUrl,
    /// Issuer of its tokens.
    Issuer,
    /// Audience of its tokens.
    Audience,
}

impl ApiKey {
    fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::BaseUrl => "base_url",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
        }
    }
}

/// Client of a new manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewClient {
    /// Issuer.
    pub issuer: Option<String>,
    /// `client_id` (RFC 6749 §2.2).
    pub client_id: String,
    /// Environment variable with its secret.
    pub secret_variable: Option<String>,
    /// Redirect URI; `None`: the default one.
    pub redirect_uri: Option<String>,
    /// Grants, the preferred one first.
    pub grants: Vec<GrantType>,
    /// Whether its tokens are bound to a key (RFC 9449).
    pub dpop: bool,
}

/// A new manifest. It is not validated: parse it.
#[derive(Clone, Debug, Default)]
pub struct NewManifest {
    document: DocumentMut,
    api: Option<String>,
}

impl NewManifest {
    /// Creates a manifest with an API, whose name is derived from its display name.
    #[must_use]
    pub fn of_api(title: &str) -> Self {
        let api = slug(title);
        let mut new = Self { document: DocumentMut::new(), api: Some(api.clone()) };
        new.table("api", &api);
        new
    }

    /// Continues a manifest that was imported, with the name of its API.
    ///
    /// # Errors
    /// If it is not valid TOML.
    pub fn imported(text: &str, api: &str) -> Result<Self, toml_edit::TomlError> {
        Ok(Self { document: text.parse()?, api: Some(api.to_owned()) })
    }

    /// Returns the name of the API.
    #[must_use]
    pub fn api(&self) -> Option<&str> {
        self.api.as_deref()
    }

    /// Sets a key of the API.
    pub fn set(&mut self, key: ApiKey, text: &str) {
        if let Some(api) = self.api.clone()
            && let Some(table) = self.table("api", &api)
        {
            table.insert(key.as_str(), value(text));
        }
    }

    /// Returns whether a key of the API is set.
    #[must_use]
    pub fn has(&self, key: ApiKey) -> bool {
        let api = self.api.as_deref().unwrap_or_default();
        self.document.get("api").and_then(|apis| apis.get(api)).is_some_and(|api| api.get(key.as_str()).is_some())
    }

    /// Declares scopes of the API.
    pub fn declare<'s>(&mut self, scopes: impl IntoIterator<Item = &'s Scope>) {
        let Some(table) = self.api_table("scopes") else { return };
        for scope in scopes {
            if table.contains_key(scope.as_str()) {
                continue;
            }
            let mut details = InlineTable::new();
            if let Some(risk) = risk::infer(scope.as_str(), []) {
                details.insert("risk", risk.as_str().into());
            }
            table.insert(scope.as_str(), value(details));
        }
    }

    /// Adds an endpoint, such as `GET /orders`, with all scopes that it requires, which are declared too.
    pub fn add_endpoint(&mut self, endpoint: &str, scopes: &ScopeSet) {
        self.declare(scopes.iter());
        let required: Vec<&str> = scopes.iter().map(Scope::as_str).collect();
        let required: Value = match required.as_slice() {
            [only] => (*only).into(),
            several => several.iter().copied().collect::<Array>().into(),
        };
        if let Some(table) = self.api_table("endpoints") {
            table.insert(endpoint, value(required));
        }
    }

    /// Adds the client, or replaces it.
    pub fn set_client(&mut self, client: &NewClient) {
        let Some(table) = self.table("client", NEW_CLIENT) else { return };
        table.clear();
        if let Some(issuer) = &client.issuer {
            table.insert("issuer", value(issuer));
        }
        table.insert("client_id", value(&client.client_id));
        if let Some(redirect_uri) = &client.redirect_uri {
            table.insert("redirect_uri", value(redirect_uri));
        }
        if let Some(variable) = &client.secret_variable {
            table.insert("secret", value(InlineTable::from_iter([("env", variable.as_str())])));
        }
        if !client.grants.is_empty() {
            table.insert("grants", value(client.grants.iter().map(|grant| grant.as_str()).collect::<Array>()));
        }
        if client.dpop {
            table.insert("dpop", value(true));
        }
    }

    /// Returns the manifest as TOML, formatted.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let text = self.document.to_string();
        crate::manifest::format(&text, false).unwrap_or(text)
    }

    fn api_table(&mut self, name: &str) -> Option<&mut Table> {
        let api = self.api.clone()?;
        child(self.table("api", &api)?, name)
    }

    /// Returns `[parent.name]`, which is created if needed.
    fn table(&mut self, parent: &str, name: &str) -> Option<&mut Table> {
        let parent = child(self.document.as_table_mut(), parent)?;
        parent.set_implicit(true);
        child(parent, name)
    }
}

/// Returns a table in a table, which is created if needed; `None` if something else has that name, which no importer writes.
fn child<'t>(parent: &'t mut Table, name: &str) -> Option<&'t mut Table> {
    parent.entry(name).or_insert_with(|| Item::Table(Table::new())).as_table_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_manifests_are_valid_and_formatted() {
        let mut new = NewManifest::of_api("The Orders API");
        new.set(ApiKey::BaseUrl, "https://api.example.com");
        new.set(ApiKey::Issuer, "https://login.example.com");
        new.add_endpoint("GET /orders", &ScopeSet::parse("orders:read").unwrap());
        new.add_endpoint("GET /health", &ScopeSet::new());
        new.declare(&ScopeSet::parse("orders:read orders:write").unwrap());
        let client = NewClient {
            issuer: Some("https://login.example.com".to_owned()),
            client_id: "dev".to_owned(),
            secret_variable: Some("ORDERS_SECRET".to_owned()),
            redirect_uri: None,
            grants: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            dpop: true,
        };
        new.set_client(&client);
        let text = new.to_toml();
        let parsed = crate::manifest::parse(&text);
        let serious = |finding: &&crate::diagnostic::Diagnostic| finding.severity() > crate::diagnostic::Severity::Info;
        assert_eq!(parsed.findings.iter().find(serious), None, "{text}");
        assert_eq!(crate::manifest::format(&text, false).as_deref(), Ok(text.as_str()));
        let manifest = parsed.manifest.unwrap();
        assert_eq!(manifest.apis[0].name, "orders");
        assert_eq!(manifest.apis[0].endpoints[0].requirement.to_string(), "orders:read");
        assert_eq!(manifest.apis[0].scopes.len(), 2);
        assert_eq!(manifest.clients[0].client_id, "dev");
        assert!(manifest.clients[0].dpop && manifest.clients[0].secret.is_some());
        assert!(text.starts_with("[api.orders]\nbase_url"), "{text}");
        // a second client replaces the first
        new.set_client(&NewClient { dpop: false, client_id: "other".to_owned(), ..client });
        let manifest = crate::manifest::parse(&new.to_toml()).manifest.unwrap();
        assert_eq!((manifest.clients.len(), manifest.clients[0].client_id.as_str()), (1, "other"));
    }

    #[test]
    fn an_imported_manifest_keeps_what_was_imported() {
        let imported = "# imported\n[api.shop]\nbase_url = \"https://shop.example.com\" # from the description\n\
                        [api.shop.scopes]\nread = {}\n[api.shop.endpoints]\n\"GET /\" = \"read\"\n";
        let mut new = NewManifest::imported(imported, "shop").unwrap();
        new.set(ApiKey::Issuer, "https://login.example.com");
        let text = new.to_toml();
        assert!(text.starts_with("# imported\n") && text.contains("# from the description"), "{text}");
        let manifest = crate::manifest::parse(&text).manifest.unwrap();
        assert_eq!(manifest.apis[0].issuer.as_ref().unwrap().as_str(), "https://login.example.com");
        assert_eq!(manifest.apis[0].endpoints.len(), 1);
        assert!(NewManifest::imported("[", "x").is_err());
    }
}
