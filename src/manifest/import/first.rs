//! A first manifest, from a few answers.

use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::{risk, slug};
use crate::scope::ScopeSet;

/// What a first manifest is made of.
#[derive(Clone, Debug, Default)]
pub struct First {
    /// The API's name for people; the name in the manifest is made of it.
    pub api: String,
    /// What its paths are relative to; `None` where a description says so.
    pub base_url: Option<String>,
    /// The description that it refers to, relative to the manifest's folder.
    pub source: Option<String>,
    /// Where its tokens come from.
    pub issuer: Option<String>,
    /// Endpoints, each with every scope that it needs.
    pub endpoints: Vec<(String, ScopeSet)>,
    /// `client_id` (RFC 6749 §2.2), if a client is registered already.
    pub client_id: Option<String>,
}

impl First {
    /// The manifest's text, which may still be wrong: parse it.
    #[must_use]
    pub fn manifest(&self) -> String {
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
    fn a_first_manifest_is_a_manifest() {
        let first = First {
            api: "The Orders API".to_owned(),
            base_url: Some("https://api.example.com".to_owned()),
            issuer: Some("https://login.example.com".to_owned()),
            endpoints: vec![
                ("GET /orders".to_owned(), ScopeSet::parse("orders:read").unwrap()),
                ("GET /health".to_owned(), ScopeSet::new()),
            ],
            client_id: Some("dev".to_owned()),
            ..First::default()
        };
        let text = first.manifest();
        let parsed = crate::manifest::parse(&text);
        assert_eq!(parsed.findings, [], "{text}");
        let manifest = parsed.manifest.unwrap();
        assert_eq!(manifest.apis[0].name, "orders");
        assert_eq!(manifest.apis[0].endpoints[0].requirement.to_string(), "orders:read");
        assert_eq!(manifest.clients[0].client_id, "dev");
        assert!(text.starts_with("[api.orders]\nbase_url = "), "{text}");
    }
}
