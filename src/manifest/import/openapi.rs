//! API descriptions in OpenAPI 3.x and Swagger 2.0.

use std::collections::HashSet;

use super::documents::{DocumentNode, Documents};
use super::findings::{EXTENSION_UNUSED, KEY_DUPLICATE, REFERENCE_BROKEN, WEBHOOKS_SKIPPED};
use super::node::Node;
use super::security::Schemes;
use super::servers;
use super::source::{Notes, Operation, Security, Source};

/// The fields of a path item that are operations (OpenAPI 3.2 §4.9; `query` is new there).
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// Syntax of an extension with the scopes of an operation.
enum Shape {
    /// A list, or words, with the same meaning as a scheme's list.
    List,
    /// The member `enum`: any one of them, as in JSON Schema.
    Enum,
    /// Items `{state, scopes}`, of which those with the state `Current` count.
    States,
}

/// Extensions with scopes, used if the security requirement names none.
const EXTENSIONS: &[(&str, Shape)] = &[
    ("x-scopes", Shape::List),
    ("x-required-scopes", Shape::List),
    ("x-oauth-scopes", Shape::List),
    ("x-oauth2-scopes", Shape::List),
    ("x-cfPermissionsRequired", Shape::Enum),
    ("x-atlassian-oauth2-scopes", Shape::States),
];

/// Reads an API description; `version` is the value of `openapi` or `swagger`.
pub(super) fn read(documents: &mut Documents<'_>, root: &DocumentNode, version: &str) -> Source {
    let mut notes = Notes::default();
    let mut schemes = Schemes::read(documents, root, &mut notes);
    let legacy = version.starts_with('2');
    let server = if legacy {
        servers::of_host(&root.node)
    } else {
        servers::of_servers(root.node.get("servers"), &mut notes).unwrap_or_default()
    };
    let mut reader = Reader {
        documents,
        schemes: &mut schemes,
        notes: &mut notes,
        default: root.node.get("security").cloned(),
        operations: Vec::new(),
        skipped: Vec::new(),
    };
    reader.paths(root);
    let (operations, skipped) = (reader.operations, reader.skipped);
    schemes.note_empty(&mut notes);
    let webhooks = root.node.get("webhooks").map_or(0, |webhooks| webhooks.members().len());
    if webhooks > 0 {
        notes.add(&WEBHOOKS_SKIPPED, format!("{webhooks} webhooks skipped: they are not endpoints of the API"), None);
    }
    Source {
        format: format!("{} {version}", if legacy { "Swagger" } else { "OpenAPI" }),
        title: root.node.get("info").and_then(|info| info.text_of("title")).map(str::to_owned),
        issuer: schemes.issuer,
        server,
        ignore_case: false,
        catalogue: schemes.catalogue,
        operations,
        fixed: None,
        notes,
        skipped,
    }
}

struct Reader<'r, 'f> {
    documents: &'r mut Documents<'f>,
    schemes: &'r mut Schemes,
    notes: &'r mut Notes,
    default: Option<Node>,
    operations: Vec<Operation>,
    skipped: Vec<(String, String)>,
}

impl Reader<'_, '_> {
    fn paths(&mut self, root: &DocumentNode) {
        let Some(paths) = root.node.get("paths") else { return };
        let paths = match self.documents.resolve(root.with(paths)) {
            Ok(paths) => paths,
            Err(problem) => {
                self.notes.add(&REFERENCE_BROKEN, format!("`paths`: {problem}"), None);
                return;
            }
        };
        let mut seen = HashSet::new();
        for (path, item) in paths.node.members().iter().filter(|(path, _)| !path.starts_with("x-")) {
            if !seen.insert(path.clone()) {
                self.notes.add(&KEY_DUPLICATE, format!("path `{path}` occurs twice; both are imported"), None);
            }
            match self.documents.resolve(paths.with(item)) {
                Ok(resolved) => self.item(path, &paths.with(item), &resolved),
                Err(problem) => self.skipped.push(((**path).to_owned(), problem)),
            }
        }
    }

    /// Reads a path item. If it is a reference, fields next to `$ref` count as well (OpenAPI 3.1 §4.8.9).
    fn item(&mut self, path: &str, written: &DocumentNode, resolved: &DocumentNode) {
        let beside = if written.node.get("$ref").is_some() { written.node.members() } else { &[] };
        let places = resolved.node.members().iter().map(|member| (resolved, member));
        let places = places.chain(beside.iter().map(|member| (written, member)));
        let servers = resolved.node.get("servers").or_else(|| written.node.get("servers"));
        for (place, (name, node)) in places {
            if METHODS.contains(&&**name) {
                self.operation(&name.to_ascii_uppercase(), path, &place.with(node), servers);
            } else if &**name == "additionalOperations" {
                for (method, node) in node.members() {
                    self.operation(method, path, &place.with(node), servers);
                }
            }
        }
    }

    fn operation(&mut self, method: &str, path: &str, place: &DocumentNode, servers: Option<&Node>) {
        let name = format!("{method} {path}");
        let resolved = self.documents.resolve(place.clone());
        let node = match resolved {
            Ok(resolved) if resolved.node.is_map() => resolved.node,
            Ok(_) => return self.skipped.push((name, "it is not an operation".to_owned())),
            Err(problem) => return self.skipped.push((name, problem)),
        };
        let security = match self.security(&node, &name) {
            Ok(security) => security,
            Err(problem) => return self.skipped.push((name, problem)),
        };
        let first_line = node.text_of("description").and_then(|text| text.lines().next());
        self.operations.push(Operation {
            method: method.to_owned(),
            path: path.to_owned(),
            server: servers::of_servers(node.get("servers").or(servers), self.notes),
            summary: node.text_of("summary").or(first_line).map(str::to_owned),
            security,
            duplicate: false,
        });
    }

    /// Returns the operation's requirement or the description's, or that of an extension if neither names a scope.
    fn security(&mut self, node: &Node, name: &str) -> Result<Security, String> {
        let own = node.get("security");
        let mut security = match own.or(self.default.as_ref()) {
            Some(security) => self.schemes.requirement(security, name, self.notes)?,
            None => Security::default(),
        };
        security.inherited = own.is_none();
        let extension = self.extension(node, name);
        Ok(if security.named { security } else { extension.unwrap_or(security) })
    }

    fn extension(&mut self, node: &Node, name: &str) -> Option<Security> {
        let (key, shape, value) = EXTENSIONS.iter().find_map(|(key, shape)| Some((*key, shape, node.get(key)?)))?;
        let security = match shape {
            Shape::List => Security::any_of(vec![value.words()]),
            Shape::Enum => {
                let scopes = value.get("enum").map(Node::words).unwrap_or_default();
                Security::any_of(scopes.into_iter().map(|scope| vec![scope]).collect())
            }
            Shape::States => {
                let (current, others): (Vec<&Node>, Vec<&Node>) =
                    value.items().iter().partition(|item| item.text_of("state") == Some("Current"));
                for state in others.iter().filter_map(|item| item.text_of("state")) {
                    let what = format!("scopes that `{key}` lists as `{state}` were skipped");
                    self.notes.of(&EXTENSION_UNUSED, what, name);
                }
                let scopes = |item: &&Node| item.get("scopes").map(Node::words).unwrap_or_default();
                Security::any_of(current.iter().map(scopes).collect())
            }
        };
        security.named.then_some(security)
    }
}
