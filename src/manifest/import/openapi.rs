//! API descriptions in OpenAPI 3.x and Swagger 2.0.

use std::collections::HashSet;

use super::documents::{DocumentNode, Documents};
use super::findings::{
    CREDENTIAL_OTHER, EXTENSION_UNUSED, FIELD_UNKNOWN, KEY_DUPLICATE, METHOD_ANY, METHOD_CASE, REFERENCE_BROKEN,
    SCOPE_IN_PROSE, SECURITY_MISPLACED, SYNTAX_TOLERATED, WEBHOOKS_SKIPPED,
};
use super::node::Node;
use super::security::{Schemes, kong};
use super::source::{Notes, Operation, Security, Source};
use super::{emitter, prose, servers};

/// The fields of a path item that are operations (OpenAPI 3.2 §4.9; `query` is new there).
pub(super) const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// Syntax of an extension with the scopes of an operation.
enum Shape {
    /// A list, or words, with the same meaning as a scheme's list.
    List,
    /// The member `enum`: any one of them, as in JSON Schema.
    Enum,
    /// Items `{state, scopes}`, of which those with the state `Current` count.
    States,
}

/// Other fields of a path item (OpenAPI 3.2 §4.9).
const FIELDS: &[&str] = &["$ref", "summary", "description", "servers", "parameters", "additionalOperations"];

/// Answers every method for which the path has no operation of its own (Amazon API Gateway).
const ANY_METHOD: &str = "x-amazon-apigateway-any-method";

/// Methods that a route of Amazon API Gateway for any method answers.
const GATEWAY_METHODS: &[&str] = &["get", "head", "post", "put", "patch", "delete", "options"];

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
    let habit = emitter::recognize(&root.node, &mut notes);
    let habit = habit.and_then(|emitter| Some((emitter.meaning?, emitter.name)));
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
        default: root.node.get("security").map(|security| root.with(security)),
        operations: Vec::new(),
        skipped: Vec::new(),
        gateway: kong(&root.node),
    };
    reader.misplaced(root);
    reader.paths(root);
    let (operations, skipped) = (reader.operations, reader.skipped);
    for (file, error) in std::mem::take(&mut documents.tolerated) {
        let what = format!("the YAML of `{file}` is not valid, but read as other parsers do: {error}");
        notes.add(&SYNTAX_TOLERATED, what, None);
    }
    schemes.note_empty(&mut notes);
    if operations.iter().all(|operation| !operation.security.named) {
        prose_of_document(&root.node, &schemes, &mut notes);
    }
    let webhooks = root.node.get("webhooks").map_or(0, |webhooks| webhooks.members().len());
    if webhooks > 0 {
        notes.add(&WEBHOOKS_SKIPPED, format!("{webhooks} webhooks skipped: they are not endpoints of the API"), None);
    }
    Source {
        format: format!("{} {version}", if legacy { "Swagger" } else { "OpenAPI" }),
        title: root.node.get("info").and_then(|info| info.text_of("title")).map(str::to_owned),
        issuer: schemes.issuer,
        audience: schemes.audience,
        server,
        servers: servers::all(root.node.get("servers")),
        ignore_case: false,
        catalogue: schemes.catalogue,
        operations,
        fixed: None,
        habit,
        notes,
        skipped,
    }
}

/// Reports scopes that only the texts about the whole description name.
fn prose_of_document(root: &Node, schemes: &Schemes, notes: &mut Notes) {
    let about = root.get("info").into_iter();
    let tags = root.get("tags").map(Node::items).unwrap_or_default().iter();
    let definitions = root.get("components").and_then(|components| components.get("securitySchemes"));
    let definitions = definitions.or_else(|| root.get("securityDefinitions"));
    let definitions = definitions.map(Node::members).unwrap_or_default().iter().map(|(_, scheme)| scheme);
    let mut found: Vec<String> = Vec::new();
    for text in about.chain(tags).chain(definitions).filter_map(|node| node.text_of("description")) {
        found.extend(prose::scopes_named(text, |scope| schemes.declares(scope)));
    }
    found.dedup();
    if !found.is_empty() {
        let what = format!("the text of the description names scopes that no `security` does: {}", found.join(" "));
        notes.add(
            &SCOPE_IN_PROSE,
            what,
            Some("add them to the endpoints of the manifest by hand: later imports keep them"),
        );
    }
}

struct Reader<'r, 'f> {
    documents: &'r mut Documents<'f>,
    schemes: &'r mut Schemes,
    notes: &'r mut Notes,
    /// The description's own requirement.
    default: Option<DocumentNode>,
    operations: Vec<Operation>,
    skipped: Vec<(String, String)>,
    /// Scopes that a gateway requires everywhere.
    gateway: Option<Vec<Vec<String>>>,
}

/// What the operations of a path share.
struct PathItem<'i> {
    path: &'i str,
    servers: Option<&'i Node>,
    /// `security`, which the format does not define here.
    security: Option<DocumentNode>,
    /// Scopes that a gateway requires for the path.
    gateway: Option<Vec<Vec<String>>>,
}

impl Reader<'_, '_> {
    /// Reports `security` at places of the document where it has no meaning.
    fn misplaced(&mut self, root: &DocumentNode) {
        for place in ["components", "info", "paths"] {
            if root.node.get(place).is_some_and(|node| node.get("security").is_some()) {
                let what = format!("`security` in `{place}` has no meaning and is ignored");
                self.notes.add(&SECURITY_MISPLACED, what, Some("move it to the root of the description"));
            }
        }
    }

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
        let is_path = |path: &str| !path.starts_with("x-") && path != "security";
        for (path, item) in paths.node.members().iter().filter(|(path, _)| is_path(path)) {
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
        let places: Vec<_> = places.chain(beside.iter().map(|member| (written, member))).collect();
        let find = |name: &str| places.iter().rev().find(|(_, member)| &*member.0 == name);
        let shared = PathItem {
            path,
            servers: resolved.node.get("servers").or_else(|| written.node.get("servers")),
            security: find("security").map(|(place, (_, node))| place.with(node)),
            gateway: kong(&resolved.node).or_else(|| kong(&written.node)),
        };
        let mut answered: HashSet<String> = HashSet::new();
        for (place, (name, node)) in &places {
            let lower = name.to_ascii_lowercase();
            if METHODS.contains(&lower.as_str()) {
                let method = name.to_ascii_uppercase();
                if lower != **name {
                    let what = "the method is not written in lower case, and is read as if it were";
                    self.notes.of(&METHOD_CASE, what, &format!("{method} {path}"));
                }
                self.operation(&method, &place.with(node), &shared, false);
                answered.insert(lower);
            } else if &**name == "additionalOperations" {
                for (method, node) in node.members() {
                    self.operation(method, &place.with(node), &shared, false);
                }
            } else if !FIELDS.contains(&&**name) && !name.starts_with("x-") && &**name != "security" {
                let what = if node.get("responses").is_some() {
                    self.skipped.push((format!("{name} {path}"), "it is not a method of OpenAPI".to_owned()));
                    continue;
                } else {
                    format!("field `{name}` has no meaning in a path item and is ignored")
                };
                self.notes.of(&FIELD_UNKNOWN, what, path);
            }
        }
        let any = find(ANY_METHOD).map(|(place, (_, node))| place.with(node));
        let Some(any) = any else { return };
        let others = GATEWAY_METHODS.iter().filter(|method| !answered.contains(**method));
        for (index, method) in others.enumerate() {
            let method = method.to_ascii_uppercase();
            let what = format!("`{ANY_METHOD}` is imported for each method that the path does not define");
            self.notes.of(&METHOD_ANY, what, &format!("{method} {path}"));
            self.operation(&method, &any, &shared, index > 0);
        }
    }

    fn operation(&mut self, method: &str, place: &DocumentNode, shared: &PathItem<'_>, duplicate: bool) {
        let name = format!("{method} {}", shared.path);
        let resolved = self.documents.resolve(place.clone());
        let resolved = match resolved {
            Ok(resolved) if resolved.node.is_map() => resolved,
            Ok(_) => return self.skipped.push((name, "it is not an operation".to_owned())),
            Err(problem) => return self.skipped.push((name, problem)),
        };
        let node = &resolved.node;
        let security = match self.security(&resolved, &name, shared) {
            Ok(security) => security,
            Err(problem) => return self.skipped.push((name, problem)),
        };
        let (summary, description) = (node.get("summary"), node.get("description"));
        let prose = match (summary, description) {
            (Some(Node::Text(summary)), Some(Node::Text(description))) => {
                Some(format!("{summary}\n{description}").into())
            }
            (Some(Node::Text(text)), _) | (_, Some(Node::Text(text))) => Some(text.clone()),
            _ => None,
        };
        if !security.named {
            self.prose(node, prose.as_deref(), &name);
        }
        let first_line = description.and_then(Node::text).and_then(|text| text.lines().next());
        self.operations.push(Operation {
            method: method.to_owned(),
            path: shared.path.to_owned(),
            server: servers::of_servers(node.get("servers").or(shared.servers), self.notes),
            summary: summary.and_then(Node::text).or(first_line).map(str::to_owned),
            prose,
            security,
            duplicate,
        });
    }

    /// Reports scopes that only the operation's text or the description of its refusals names.
    fn prose(&mut self, node: &Node, prose: Option<&str>, name: &str) {
        let responses = node.get("responses");
        let refusals = ["401", "403"].into_iter().filter_map(|status| responses?.get(status)?.text_of("description"));
        let schemes = &self.schemes;
        let found = prose.into_iter().chain(refusals);
        let found: Vec<String> =
            found.flat_map(|text| prose::scopes_named(text, |scope| schemes.declares(scope))).collect();
        if !found.is_empty() {
            let what = "the text names scopes that `security` does not, so they are not imported";
            self.notes.of(&SCOPE_IN_PROSE, what, &format!("{name} ({})", found.join(" ")));
        }
    }

    /// Returns the operation's requirement or the description's, or that of an extension if neither names a scope. A
    /// gateway's extension is what is enforced, so it takes precedence.
    fn security(&mut self, place: &DocumentNode, name: &str, shared: &PathItem<'_>) -> Result<Security, String> {
        if let Some(entries) = kong(&place.node).or_else(|| shared.gateway.clone()).or_else(|| self.gateway.clone())
            && !entries.is_empty()
        {
            return Ok(Security::any_of(vec![entries.concat()]).with_sets(entries));
        }
        let own = place.node.get("security").map(|security| place.with(security));
        let default = self.default.clone();
        let mut found = None;
        for (candidate, inherited, at_path) in
            [(&own, false, false), (&shared.security, false, true), (&default, true, false)]
        {
            let Some(candidate) = candidate else { continue };
            if at_path {
                let what = "`security` is at the path, where it has no meaning; it is read for each of its operations";
                self.notes.of(&SECURITY_MISPLACED, what, name);
            }
            let read = self.schemes.requirement(self.documents, candidate, name, self.notes)?;
            if let Some(read) = read {
                found = Some(Security { inherited, ..read });
                break;
            }
        }
        let security = found.unwrap_or_else(|| Security { inherited: own.is_none(), ..Security::default() });
        if security.named {
            return Ok(security);
        }
        let extension = self.extension(&place.node, name);
        if security.other_credential && extension.is_none() {
            self.notes.of(&CREDENTIAL_OTHER, "requires a credential other than an OAuth token, and no scope", name);
        }
        Ok(extension.unwrap_or(security))
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
