//! A new manifest from a few settings.

use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::{risk, slug};
use crate::scope::ScopeSet;

/// Settings of a new manifest.
#[derive(Clone, Debug, Default)]
pub struct NewManifest {
    /// Display name of the API; its name in the manifest is derived from it.
    pub api: String,
    /// Base URL; `None` if the description has it.
    pub base_url: Option<String>,
    /// API description to refer to, relative to the manifest's directory.
    pub source: Option<String>,
    /// Issuer of its tokens.
    pub issuer: Option<String>,
    /// Endpoints, each with all scopes that it requires.
    pub endpoints: Vec<(String, ScopeSet)>,
    /// `client_id` (RFC 6749 §2.2) of a registered client.
    pub client_id: Option<String>,
}

impl NewManifest {
    /// Returns the manifest as TOML. It is not validated: parse it.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut api = Table::new();
        for (key, text) in [("source", &self.source), ("base_url", &self.base_url), ("issuer", &self.issuer)] {
            if let Some(text) = text {
                api.insert(key, value(text));
            }
        }
        if !self.endpoints.is_empty() {
            let needed: ScopeSet = self.endpoints.iter().flat_map(|(_, scopes)| scopes.iter().cloned()).collect();
            let mut scopes = Table::new();
            for scope in &needed {
                let mut details = toml_edit::InlineTable::new();
                if let Some(risk) = risk::infer(scope.as_str(), []) {
                    details.insert("risk", risk.as_str().into());
                }
                scopes.insert(scope.as_str(), value(details));
            }
            let mut endpoints = Table::new();
            for (endpoint, scopes) in &self.endpoints {
                endpoints.insert(endpoint, value(scopes.iter().map(crate::scope::Scope::as_str).collect::<Array>()));
            }
            api.insert("scopes", Item::Table(scopes));
            api.insert("endpoints", Item::Table(endpoints));
        }
        let mut document = DocumentMut::new();
        document.insert("api", Item::Table(Table::from_iter([(slug(&self.api), Item::Table(api))])));
        if let Some(client_id) = &self.client_id {
            let mut client = Table::new();
            if let Some(issuer) = &self.issuer {
                client.insert("issuer", value(issuer));
            }
            client.insert("client_id", value(client_id));
            client.insert("grants", value(Array::from_iter(["authorization_code", "refresh_token"])));
            document.insert("client", Item::Table(Table::from_iter([("dev", Item::Table(client))])));
        }
        for parent in ["api", "client"] {
            if let Some(table) = document.get_mut(parent).and_then(Item::as_table_mut) {
                table.set_implicit(true);
            }
        }
        document.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_manifests_are_valid() {
        let new = NewManifest {
            api: "The Orders API".to_owned(),
            base_url: Some("https://api.example.com".to_owned()),
            issuer: Some("https://login.example.com".to_owned()),
            endpoints: vec![
                ("GET /orders".to_owned(), ScopeSet::parse("orders:read").unwrap()),
                ("GET /health".to_owned(), ScopeSet::new()),
            ],
            client_id: Some("dev".to_owned()),
            ..NewManifest::default()
        };
        let text = new.to_toml();
        let parsed = crate::manifest::parse(&text);
        assert_eq!(parsed.findings, [], "{text}");
        let manifest = parsed.manifest.unwrap();
        assert_eq!(manifest.apis[0].name, "orders");
        assert_eq!(manifest.apis[0].endpoints[0].requirement.to_string(), "orders:read");
        assert_eq!(manifest.clients[0].client_id, "dev");
        assert!(text.starts_with("[api.orders]\nbase_url = "), "{text}");
    }
}
