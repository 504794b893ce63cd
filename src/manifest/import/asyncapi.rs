//! `AsyncAPI` 3: operations that send or receive messages on channels.
//!
//! A security scheme carries the scopes itself, all of which are required (3.0, Security Scheme Object); one scheme of
//! a list is sufficient. The security of the server must be satisfied as well (Operation Object: `security`).

use super::documents::{DocumentNode, Documents};
use super::findings::REFERENCE_BROKEN;
use super::node::Node;
use super::security::Schemes;
use super::source::{Notes, Operation, Security, Source};
use crate::manifest::ListMeaning;

pub(super) fn read(documents: &mut Documents<'_>, root: &DocumentNode, version: &str) -> Source {
    let mut notes = Notes::default();
    let mut schemes = Schemes::read(documents, root, &mut notes);
    let mut operations = Vec::new();
    let mut skipped = Vec::new();
    let servers = root.node.get("servers").map(Node::members).unwrap_or_default();
    let server = servers.first().and_then(|(_, server)| documents.resolve(root.with(server)).ok());
    let url = server.as_ref().map(|server| address(&server.node)).unwrap_or_default();
    for (id, operation) in root.node.get("operations").map(Node::members).unwrap_or_default() {
        let operation = match documents.resolve(root.with(operation)) {
            Ok(operation) => operation,
            Err(problem) => {
                skipped.push(((**id).to_owned(), problem));
                continue;
            }
        };
        let Some(action) = operation.node.text_of("action") else {
            skipped.push(((**id).to_owned(), "it has no `action`".to_owned()));
            continue;
        };
        let channel = operation.node.get("channel").map(|channel| documents.resolve(operation.with(channel)));
        let channel = match channel {
            Some(Ok(channel)) => channel,
            Some(Err(problem)) => {
                notes.of(&REFERENCE_BROKEN, problem.clone(), id);
                skipped.push(((**id).to_owned(), problem));
                continue;
            }
            None => {
                skipped.push(((**id).to_owned(), "it has no `channel`".to_owned()));
                continue;
            }
        };
        let http = operation.node.get("bindings").and_then(|bindings| bindings.get("http")?.text_of("method"));
        let method = http.unwrap_or(action).to_ascii_uppercase();
        let path = format!("/{}", channel.node.text_of("address").unwrap_or(id).trim_start_matches('/'));
        let name = format!("{method} {path}");
        let security = security(documents, &mut schemes, &operation, &name, &mut notes).and_then(|own| {
            let Some(server) = &server else { return Ok(own) };
            self::security(documents, &mut schemes, server, &name, &mut notes).map(|other| own.and(&other))
        });
        match security {
            Ok(security) => operations.push(Operation {
                method,
                path,
                server: None,
                summary: operation.node.text_of("summary").or(operation.node.text_of("title")).map(str::to_owned),
                prose: None,
                security,
                duplicate: false,
            }),
            Err(problem) => skipped.push((name, problem)),
        }
    }
    schemes.note_empty(&mut notes);
    Source {
        format: format!("AsyncAPI {version}"),
        title: root.node.get("info").and_then(|info| info.text_of("title")).map(str::to_owned),
        issuer: schemes.issuer,
        audience: schemes.audience,
        server: url,
        catalogue: schemes.catalogue,
        operations,
        fixed: Some((ListMeaning::All, "a security scheme of AsyncAPI requires all of its scopes")),
        notes,
        skipped,
        ..Source::default()
    }
}

/// Returns the URL of a server: `protocol`, `host` and `pathname`, with the defaults of its variables.
fn address(server: &Node) -> String {
    let part = |name: &str| server.text_of(name).unwrap_or_default();
    let protocol = if matches!(part("protocol"), "http" | "ws") { "http" } else { "https" };
    let url = format!("{protocol}://{}{}", part("host"), part("pathname"));
    let variables = server.get("variables").map(Node::members).unwrap_or_default();
    variables.iter().fold(url, |url, (name, variable)| {
        variable.text_of("default").map_or(url.clone(), |value| url.replace(&format!("{{{name}}}"), value))
    })
}

/// Reads the `security` of an operation or server as a list of requirements.
fn security(
    documents: &mut Documents<'_>,
    schemes: &mut Schemes,
    place: &DocumentNode,
    name: &str,
    notes: &mut Notes,
) -> Result<Security, String> {
    let Some(security) = place.node.get("security") else { return Ok(Security::default()) };
    let Node::List(items) = security else { return Err("its `security` is not an array".to_owned()) };
    let mut requirements = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let resolved = documents.resolve(place.with(item)).map_err(|problem| format!("its `security`: {problem}"))?;
        if !resolved.node.is_map() {
            return Err("its `security` has a value that is not a security scheme".to_owned());
        }
        let reference = item.text_of("$ref").and_then(|reference| reference.rsplit('/').next());
        let scheme = reference.map_or_else(|| format!("{name} {index}"), str::to_owned);
        if reference.is_none() || !schemes.defines(&scheme) {
            schemes.define(&scheme, &resolved.node);
        }
        let scopes = resolved.node.get("scopes").cloned().unwrap_or_else(|| Node::List([].into()));
        requirements.push(Node::Map([(scheme.as_str().into(), scopes)].into()));
    }
    let found = schemes.requirement(documents, &place.with(&Node::List(requirements.into())), name, notes)?;
    Ok(found.unwrap_or_default())
}
