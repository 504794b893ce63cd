//! Keycloak: a realm export. Default client scopes are granted whether or not they are requested.

use super::tree::Tree;
use super::{Ceiling, Running, ServerClient, ServerScope};

/// Client scopes that every realm has.
pub(super) const BUILT_IN: [&str; 12] = [
    "acr",
    "address",
    "basic",
    "email",
    "microprofile-jwt",
    "offline_access",
    "organization",
    "phone",
    "profile",
    "roles",
    "service_account",
    "web-origins",
];

/// Whether a document is a realm.
pub(super) fn is_realm(documents: &[Tree]) -> bool {
    documents.first().is_some_and(|root| {
        root.get("realm").is_some() && root.get("clientScopes").or_else(|| root.get("clients")).is_some()
    })
}

pub(super) fn read(documents: &[Tree]) -> Running {
    let mut running = Running { format: "Keycloak".to_owned(), ..Running::default() };
    let Some(root) = documents.first() else { return running };
    let is_offered = |scope: &&Tree| {
        let attribute = scope.at(&["attributes", "include.in.token.scope"]).and_then(Tree::text);
        scope.text_of("protocol").is_none_or(|protocol| protocol == "openid-connect") && attribute != Some("false")
    };
    let offered = root.items_of("clientScopes").iter().filter(is_offered);
    let offered = offered.filter_map(|scope| scope.get("name")).filter_map(|name| Some((name.text()?, name)));
    let offered = offered.filter(|(name, _)| !BUILT_IN.contains(name) && !name.starts_with("saml_"));
    running.scopes = root.get("clientScopes").map(|_| {
        offered
            .map(|(name, tree)| ServerScope {
                name: name.to_owned(),
                audience: None,
                is_default: false,
                span: tree.span.clone(),
            })
            .collect()
    });
    for client in root.items_of("clients").iter().filter(|client| !client.is_false("enabled")) {
        let Some(id) = client.get("clientId") else { continue };
        let own = |name: &str, of_realm: &str| {
            client.get(name).or_else(|| root.get(of_realm)).map(Tree::texts).unwrap_or_default()
        };
        let defaults = own("defaultClientScopes", "defaultDefaultClientScopes");
        let optional = own("optionalClientScopes", "defaultOptionalClientScopes");
        running.clients.push(ServerClient {
            id: id.text().unwrap_or_default().to_owned(),
            name: client.text_of("name").map(str::to_owned),
            audience: None,
            ceiling: Ceiling::Scopes(defaults.iter().chain(&optional).cloned().collect()),
            defaults,
            span: id.span.clone(),
        });
    }
    running
}
