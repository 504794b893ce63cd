//! GitHub's data on the permissions of apps and fine-grained tokens: permissions with the endpoints they grant access
//! to.
//!
//! A scope is written as in the header `X-Accepted-GitHub-Permissions`: `issues=write`.

use std::collections::HashMap;

use super::findings::PERMISSION_INCOMPLETE;
use super::node::Node;
use super::source::{Notes, Operation, ScopeList, Security, Source, SourceScope};
use crate::manifest::ListMeaning;

/// Base URL of the paths, which the data does not contain.
const SERVER: &str = "https://api.github.com";

/// Access levels, each of which includes those before it.
const LEVELS: &[&str] = &["read", "write", "admin"];

/// Whether a document has this format.
pub(super) fn is_permissions(root: &Node) -> bool {
    let entry = |permission: &Node| permission.get("permissions").and_then(|list| list.items().first().cloned());
    root.members()
        .iter()
        .filter_map(|(_, permission)| entry(permission))
        .any(|entry| entry.get("requestPath").is_some())
}

pub(super) fn read(root: &Node) -> Source {
    let mut notes = Notes::default();
    let mut catalogue: Vec<SourceScope> = Vec::new();
    let mut operations: Vec<Operation> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    let mut skipped = Vec::new();
    for (permission, details) in root.members() {
        let title = details.text_of("displayTitle").or_else(|| details.text_of("title"));
        let mut declared: Vec<&str> = Vec::new();
        for entry in details.get("permissions").map(Node::items).unwrap_or_default() {
            let (Some(verb), Some(path)) = (entry.text_of("verb"), entry.text_of("requestPath")) else { continue };
            let method = verb.to_ascii_uppercase();
            let name = format!("{method} {path}");
            let Some(access) = entry.text_of("access") else {
                skipped.push((name, "the source has no access level for it".to_owned()));
                continue;
            };
            if !declared.contains(&access) {
                declared.push(access);
            }
            if entry.get("additional-permissions").is_some_and(Node::is_true) {
                let what = "requires additional or other permissions that the source does not list";
                notes.of(&PERMISSION_INCOMPLETE, what, &name);
            }
            let scope = vec![ScopeList::new(vec![format!("{permission}={access}")])];
            let at = *index.entry(name).or_insert(operations.len());
            match operations.get_mut(at) {
                Some(operation) => operation.security.alternatives.push(scope),
                None => operations.push(Operation {
                    method,
                    path: path.to_owned(),
                    server: None,
                    summary: entry.text_of("slug").map(|slug| slug.replace('-', " ")),
                    prose: None,
                    security: Security { alternatives: vec![scope], named: true, ..Security::default() },
                    duplicate: false,
                }),
            }
        }
        let rank = |access: &&str| LEVELS.iter().position(|level| level == access);
        declared.sort_by_key(rank);
        for (below, access) in declared.iter().enumerate() {
            catalogue.push(SourceScope {
                name: format!("{permission}={access}"),
                description: title.map(|title| format!("{title}: {access}")),
                implies: declared.iter().take(below).map(|lower| format!("{permission}={lower}")).collect(),
                ..SourceScope::default()
            });
        }
    }
    Source {
        format: "GitHub permissions".to_owned(),
        title: Some("GitHub".to_owned()),
        server: SERVER.to_owned(),
        catalogue,
        operations,
        fixed: Some((ListMeaning::Any, "the permissions of an endpoint are alternatives")),
        notes,
        skipped,
        ..Source::default()
    }
}
