//! Microsoft's permissions file for Microsoft Graph: by permission, sets of paths with the methods and token types for
//! which it is sufficient.

use std::collections::HashMap;

use super::Principal;
use super::findings::PERMISSION_UNRANKED;
use super::node::Node;
use super::source::{Notes, Operation, Security, Source, SourceScope};
use crate::manifest::ListMeaning;
use crate::scope::Risk;

/// Base URL of the paths, which the file does not contain.
const SERVER: &str = "https://graph.microsoft.com/v1.0";

/// `privilegeLevel`, from 1 to 5.
const LEVELS: &[(&str, Risk)] =
    &[("1", Risk::Low), ("2", Risk::Medium), ("3", Risk::High), ("4", Risk::Critical), ("5", Risk::Critical)];

/// Whether a document has this format.
pub(super) fn is_permissions(root: &Node) -> bool {
    root.get("permissions").is_some_and(|permissions| {
        permissions.members().iter().any(|(_, permission)| permission.get("pathSets").is_some())
    })
}

pub(super) fn read(root: &Node, principal: Principal) -> Source {
    let scheme = principal.scheme();
    let mut catalogue = Vec::new();
    let mut found: Vec<GraphEndpoint> = Vec::new();
    let mut index: HashMap<(String, String), usize> = HashMap::new();
    for (name, permission) in root.get("permissions").map(Node::members).unwrap_or_default() {
        let own = permission.get("schemes").and_then(|schemes| schemes.get(scheme));
        if let Some(details) = own {
            let level = details.text_of("privilegeLevel");
            catalogue.push(SourceScope {
                name: (**name).to_owned(),
                description: details.text_of("adminDisplayName").map(str::to_owned),
                risk: LEVELS.iter().find(|(known, _)| level == Some(known)).map(|(_, risk)| *risk),
                ..SourceScope::default()
            });
        }
        for set in permission.get("pathSets").map(Node::items).unwrap_or_default() {
            let suffices = set.get("schemeKeys").map(Node::words).unwrap_or_default().iter().any(|key| key == scheme);
            let methods = set.get("methods").map(Node::words).unwrap_or_default();
            for (path, rule) in set.get("paths").map(Node::members).unwrap_or_default() {
                for method in &methods {
                    // the service ignores the case of paths, and the file spells some in several ways
                    let at = *index.entry((method.clone(), path.to_lowercase())).or_insert(found.len());
                    if at == found.len() {
                        found.push(GraphEndpoint { method: method.clone(), ..GraphEndpoint::default() });
                    }
                    let Some(endpoint) = found.get_mut(at) else { continue };
                    if !endpoint.paths.iter().any(|known| **known == **path) {
                        endpoint.paths.push((**path).to_owned());
                    }
                    if suffices {
                        endpoint.add(name, rule.text().unwrap_or_default(), scheme);
                    }
                }
            }
        }
    }
    let mut notes = Notes::default();
    let mut skipped = Vec::new();
    let mut operations = Vec::new();
    for mut endpoint in found {
        // the spelling with capitals is the documented one
        endpoint.paths.sort();
        let names = endpoint.paths.iter().map(|path| format!("{} {path}", endpoint.method));
        let name = names.clone().next().unwrap_or_default();
        match endpoint.least.len() {
            _ if endpoint.least.is_empty() && endpoint.others.is_empty() => {
                skipped.extend(names.map(|name| (name, format!("no {principal} permission is sufficient"))));
                continue;
            }
            1 => {}
            0 => notes.of(&PERMISSION_UNRANKED, "the source lists no least privileged permission", &name),
            _ => notes.of(&PERMISSION_UNRANKED, "the source lists several least privileged permissions", &name),
        }
        let lists: Vec<Vec<String>> = endpoint.least.into_iter().chain(endpoint.others).collect();
        operations.extend(endpoint.paths.into_iter().map(|path| Operation {
            method: endpoint.method.clone(),
            path,
            server: None,
            summary: None,
            prose: None,
            security: Security::any_of(lists.clone()),
            duplicate: false,
        }));
    }
    Source {
        format: format!("Microsoft Graph permissions ({principal})"),
        title: Some("Microsoft Graph".to_owned()),
        server: SERVER.to_owned(),
        ignore_case: true,
        catalogue,
        operations,
        fixed: Some((ListMeaning::Any, "the permissions of a path are alternatives")),
        notes,
        skipped,
        ..Source::default()
    }
}

/// A method and path with the sufficient permissions, the least privileged first.
#[derive(Default)]
struct GraphEndpoint {
    method: String,
    /// All spellings.
    paths: Vec<String>,
    least: Vec<Vec<String>>,
    others: Vec<Vec<String>>,
}

impl GraphEndpoint {
    /// Adds a permission by its rule: `least=DelegatedWork,Application;AlsoRequires=A,B`. Any one of the additionally
    /// required permissions is sufficient.
    fn add(&mut self, permission: &str, rule: &str, scheme: &str) {
        let part = |name: &'static str| {
            let part = rule.split(';').filter_map(|part| part.trim().split_once('='));
            part.filter(move |(key, _)| *key == name).flat_map(|(_, value)| value.split(',')).map(str::trim)
        };
        let least = part("least").any(|key| key == scheme);
        let also: Vec<&str> = part("AlsoRequires").filter(|name| !name.is_empty()).collect();
        let into = if least { &mut self.least } else { &mut self.others };
        if also.is_empty() {
            into.push(vec![permission.to_owned()]);
        }
        into.extend(also.into_iter().map(|also| vec![permission.to_owned(), also.to_owned()]));
    }
}
