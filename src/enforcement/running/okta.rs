//! Okta: scopes and access policies of a custom authorization server, as the management API returns them: a list of either, or
//! an object with both. Rules of a policy are in `rules` or `_embedded.rules`.

use super::tree::{Tree, Value};
use super::{Ceiling, Running, ServerClient, ServerScope};

fn is_scope(tree: &Tree) -> bool {
    tree.get("name").is_some() && tree.get("metadataPublish").or_else(|| tree.get("consent")).is_some()
}

fn is_policy(tree: &Tree) -> bool {
    tree.at(&["conditions", "clients", "include"]).is_some()
}

/// Returns the items of the document itself, or of a member.
fn items<'t>(root: &'t Tree, name: &str) -> &'t [Tree] {
    match &root.value {
        Value::List(items) => items,
        _ => root.items_of(name),
    }
}

/// Whether a document lists scopes or policies.
pub(super) fn is_server(documents: &[Tree]) -> bool {
    documents
        .first()
        .is_some_and(|root| items(root, "scopes").iter().any(is_scope) || items(root, "policies").iter().any(is_policy))
}

pub(super) fn read(documents: &[Tree]) -> Running {
    let mut running = Running { format: "Okta".to_owned(), ..Running::default() };
    let Some(root) = documents.first() else { return running };
    let scopes: Vec<&Tree> = items(root, "scopes").iter().filter(|tree| is_scope(tree)).collect();
    // scopes of OpenID Connect are the system's
    let own = scopes.iter().filter(|scope| !scope.get("system").is_some_and(Tree::is_true));
    let own = own.filter_map(|scope| {
        let name = scope.get("name")?;
        Some(ServerScope {
            name: name.text()?.to_owned(),
            audience: None,
            is_default: scope.get("default").is_some_and(Tree::is_true),
            span: name.span.clone(),
        })
    });
    running.scopes = (!scopes.is_empty()).then(|| own.collect());
    for policy in items(root, "policies").iter().filter(|tree| is_policy(tree)) {
        if policy.text_of("status") == Some("INACTIVE") {
            continue;
        }
        let rules = policy.get("rules").or_else(|| policy.at(&["_embedded", "rules"]));
        let Some(rules) = rules else {
            let what = format!("policy `{}` without its rules", policy.text_of("name").unwrap_or_default());
            running.unread.push((what, Some(policy.span.clone())));
            continue;
        };
        for rule in rules.items().iter().filter(|rule| rule.text_of("status") != Some("INACTIVE")) {
            let listed = rule.at(&["conditions", "scopes", "include"]);
            let scopes = listed.map(Tree::texts).unwrap_or_default();
            let span = listed.map_or_else(|| rule.span.clone(), |listed| listed.span.clone());
            let clients = policy.at(&["conditions", "clients", "include"]).map(Tree::texts).unwrap_or_default();
            for id in clients {
                running.clients.push(ServerClient {
                    name: None,
                    audience: None,
                    ceiling: match scopes.iter().any(|scope| scope == "*") {
                        true => Ceiling::All,
                        false => Ceiling::Scopes(scopes.clone()),
                    },
                    defaults: Vec::new(),
                    span: span.clone(),
                    id,
                });
            }
        }
    }
    running
}
