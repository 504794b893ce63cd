//! Microsoft Entra ID: application objects of Microsoft Graph: one, a list, or `{ "value": [...] }`. Clients name permissions by
//! their IDs, which are looked up in the applications of the same file.

use std::collections::HashMap;

use super::tree::Tree;
use super::{Ceiling, Running, ServerClient, ServerScope};

fn is_app(tree: &Tree) -> bool {
    tree.at(&["api", "oauth2PermissionScopes"]).is_some() || tree.get("requiredResourceAccess").is_some()
}

/// Returns the applications of a document: itself, its items, or those in its members.
fn applications(root: &Tree) -> Vec<&Tree> {
    let members = root.members().iter().flat_map(|member| std::iter::once(&member.tree).chain(member.tree.items()));
    std::iter::once(root).chain(root.items()).chain(members).filter(|tree| is_app(tree)).collect()
}

/// Whether a document has application objects.
pub(super) fn is_application(documents: &[Tree]) -> bool {
    documents.first().is_some_and(|root| !applications(root).is_empty())
}

pub(super) fn read(documents: &[Tree]) -> Running {
    let mut running = Running { format: "Microsoft Entra ID".to_owned(), ..Running::default() };
    let Some(root) = documents.first() else { return running };
    let mut names: HashMap<&str, &str> = HashMap::new();
    let mut scopes: Vec<ServerScope> = Vec::new();
    let apps = applications(root);
    for app in &apps {
        let delegated = app.at(&["api", "oauth2PermissionScopes"]).map(Tree::items).unwrap_or_default();
        for permission in delegated.iter().chain(app.items_of("appRoles")) {
            let (Some(value), Some(id)) = (permission.get("value"), permission.text_of("id")) else { continue };
            let Some(name) = value.text() else { continue };
            names.insert(id, name);
            if !permission.is_false("isEnabled") && !scopes.iter().any(|known| known.name == name) {
                let span = value.span.clone();
                scopes.push(ServerScope { name: name.to_owned(), audience: None, is_default: false, span });
            }
        }
    }
    running.scopes = (!names.is_empty()).then_some(scopes);
    for app in &apps {
        let accesses = app.items_of("requiredResourceAccess");
        let listed = accesses.iter().flat_map(|access| access.items_of("resourceAccess"));
        let mut ceiling = Vec::new();
        for id in listed.filter_map(|access| access.get("id")) {
            // others are permissions of another API
            if let Some(name) = id.text().and_then(|id| names.get(id)) {
                ceiling.push((*name).to_owned());
            }
        }
        let Some(id) = app.get("appId").filter(|_| !accesses.is_empty()) else { continue };
        running.clients.push(ServerClient {
            id: id.text().unwrap_or_default().to_owned(),
            name: app.text_of("displayName").map(str::to_owned),
            audience: None,
            ceiling: Ceiling::Scopes(ceiling),
            defaults: Vec::new(),
            span: id.span.clone(),
        });
    }
    running
}
