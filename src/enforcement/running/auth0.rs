//! Auth0: a tenant file of the Deploy CLI. A client grant is the ceiling of a client at one API.

use super::tree::Tree;
use super::{Ceiling, Running, ServerClient, ServerScope};

/// Whether a document is a tenant file.
pub(super) fn is_tenant(documents: &[Tree]) -> bool {
    documents.first().is_some_and(|root| root.get("resourceServers").or_else(|| root.get("clientGrants")).is_some())
}

pub(super) fn read(documents: &[Tree]) -> Running {
    let mut running = Running { format: "Auth0".to_owned(), ..Running::default() };
    let Some(root) = documents.first() else { return running };
    running.scopes = root.get("resourceServers").map(|servers| {
        let scopes = servers.items().iter().flat_map(|server| {
            let audience = server.text_of("identifier").map(str::to_owned);
            server.items_of("scopes").iter().filter_map(move |scope| {
                let value = scope.get("value")?;
                let name = value.text()?.to_owned();
                Some(ServerScope { name, audience: audience.clone(), is_default: false, span: value.span.clone() })
            })
        });
        scopes.collect()
    });
    for grant in root.items_of("clientGrants") {
        let Some(id) = grant.get("client_id") else { continue };
        let written = id.text().unwrap_or_default();
        // the Deploy CLI names clients instead of their IDs
        let client = root.items_of("clients").iter().find(|client| client.text_of("name") == Some(written));
        let known = client.and_then(|client| client.text_of("client_id"));
        running.clients.push(ServerClient {
            id: known.unwrap_or(written).to_owned(),
            name: Some(written.to_owned()),
            audience: grant.text_of("audience").map(str::to_owned),
            ceiling: match grant.get("allow_all_scopes").is_some_and(Tree::is_true) {
                true => Ceiling::All,
                false => Ceiling::Scopes(grant.texts_of("scope")),
            },
            defaults: Vec::new(),
            span: grant.get("scope").map_or_else(|| id.span.clone(), |scope| scope.span.clone()),
        });
    }
    running
}
