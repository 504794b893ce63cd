//! Google API discovery documents: `kind` is `discovery#restDescription`.

use std::collections::HashMap;

use super::node::Node;
use super::paths;
use super::source::{Operation, Security, Source, SourceScope};
use crate::manifest::ListMeaning;

/// Maximum nesting of resources: real documents have up to 7 levels.
const DEPTH: usize = 32;

pub(super) fn read(root: &Node) -> Source {
    let url = root.text_of("rootUrl").unwrap_or_default();
    let service = root.text_of("servicePath").unwrap_or_default();
    let scopes = root.get("auth").and_then(|auth| auth.get("oauth2")).and_then(|oauth| oauth.get("scopes"));
    let scope = |(name, details): &(std::rc::Rc<str>, Node)| SourceScope {
        name: (**name).to_owned(),
        description: details.text_of("description").map(str::to_owned),
        ..SourceScope::default()
    };
    let mut methods = Vec::new();
    collect(root, 0, &mut methods);
    let shared = shared(&methods);
    let mut operations = Vec::new();
    for method in &methods {
        let Some((verb, path)) = verb_and_path(method) else { continue };
        // several methods with the same `{+name}` are distinguished by their flat path
        let flat = method.text_of("flatPath").filter(|_| shared.get(&key(verb, path)).is_some_and(|count| *count > 1));
        let scopes = method.get("scopes").map(Node::words).unwrap_or_default();
        let operation = |path: &str, server: Option<String>, duplicate| Operation {
            method: verb.to_owned(),
            path: path.to_owned(),
            server,
            summary: method.text_of("description").map(first_sentence),
            prose: None,
            security: Security::any_of(scopes.iter().map(|scope| vec![scope.clone()]).collect()),
            duplicate,
        };
        operations.push(operation(&format!("/{}", flat.unwrap_or(path)), None, false));
        let upload = method.get("mediaUpload").and_then(|upload| upload.get("protocols"));
        let simple = upload.and_then(|protocols| protocols.get("simple")).and_then(|simple| simple.text_of("path"));
        if let Some(path) = simple {
            let base = format!("/upload/{service}");
            let (server, path) = match path.strip_prefix(&base).filter(|_| !service.is_empty()) {
                Some(rest) => (format!("{url}upload/{service}"), format!("/{rest}")),
                None => (format!("{url}upload"), path.strip_prefix("/upload").unwrap_or(path).to_owned()),
            };
            operations.push(operation(&path, Some(server), true));
        }
    }
    Source {
        format: format!("Google discovery {}", root.text_of("discoveryVersion").unwrap_or("v1")),
        title: root.text_of("title").or_else(|| root.text_of("name")).map(str::to_owned),
        server: format!("{url}{service}"),
        catalogue: scopes.map(Node::members).unwrap_or_default().iter().map(scope).collect(),
        operations,
        fixed: Some((ListMeaning::Any, "a discovery document lists alternatives")),
        ..Source::default()
    }
}

/// Collects the methods of a resource and of those below it.
fn collect<'n>(resource: &'n Node, depth: usize, methods: &mut Vec<&'n Node>) {
    methods.extend(resource.get("methods").map(Node::members).unwrap_or_default().iter().map(|(_, method)| method));
    if depth < DEPTH {
        for (_, resource) in resource.get("resources").map(Node::members).unwrap_or_default() {
            collect(resource, depth + 1, methods);
        }
    }
}

fn verb_and_path(method: &Node) -> Option<(&str, &str)> {
    Some((method.text_of("httpMethod")?, method.text_of("path")?))
}

fn key(verb: &str, path: &str) -> String {
    paths::template(path).map_or_else(|_| path.to_owned(), |(template, _)| format!("{verb} {}", template.shape()))
}

/// Counts the methods with the same verb and path.
fn shared(methods: &[&Node]) -> HashMap<String, usize> {
    let mut shared = HashMap::new();
    for (verb, path) in methods.iter().filter_map(|method| verb_and_path(method)) {
        *shared.entry(key(verb, path)).or_default() += 1;
    }
    shared
}

fn first_sentence(text: &str) -> String {
    text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.').to_owned()
}
