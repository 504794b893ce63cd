//! Security schemes and security requirements of OpenAPI (OpenAPI 3.1 §4.8.27 to §4.8.30; 2.0: Security Definitions and
//! Security Requirement objects).
//!
//! Requirements that don't have the form of the specification are read as meant and reported, or the operation is
//! skipped with a reason: a requirement that can't be read never makes an operation open.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::documents::{DocumentNode, Documents};
use super::findings::{
    REFERENCE_BROKEN, SCHEME_DEPRECATED, SCHEME_EMPTY, SCHEME_OTHER, SCHEME_UNDEFINED, SCOPE_MEANS_NONE,
    SECURITY_MALFORMED, SECURITY_OPTIONAL,
};
use super::node::Node;
use super::source::{MAX_ALTERNATIVES, Notes, ScopeList, Security, SourceScope};
use super::well_known::issuer_of;
use crate::manifest::ListMeaning;

/// Kind of a security scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SchemeKind {
    /// `oauth2` and `openIdConnect`, and a gateway's authorizer, whatever its type.
    Token,
    /// An API key, HTTP authentication, mutual TLS.
    Other,
    /// Unknown: it is not defined, or its reference can't be resolved.
    Unknown,
}

#[derive(Debug)]
struct Scheme {
    kind: SchemeKind,
    /// Meaning that a gateway gives to the lists of this scheme.
    habit: Option<ListMeaning>,
    /// Scopes that a gateway requires wherever the scheme is used: alternatives.
    always: Vec<Vec<String>>,
    deprecated: bool,
    /// Whether an operation uses it with a scope, and whether any operation uses it.
    scoped: bool,
    used: bool,
}

impl Scheme {
    fn new(kind: SchemeKind) -> Self {
        Self { kind, habit: None, always: Vec::new(), deprecated: false, scoped: false, used: false }
    }
}

/// Security schemes of an API description.
#[derive(Debug, Default)]
pub(super) struct Schemes {
    defined: HashMap<String, Scheme>,
    /// Scopes declared by the flows, in order.
    pub(super) catalogue: Vec<SourceScope>,
    declared: HashSet<String>,
    /// Issuer, from the address of its metadata (OpenID Connect Discovery 1.0 §4, RFC 8414 §3.1) or from a gateway.
    pub(super) issuer: Option<String>,
    /// Audience that a gateway requires.
    pub(super) audience: Option<String>,
    /// Scopes that mean that no scope is required.
    nones: HashSet<String>,
    /// Number of scopes in the requirements so far, over all operations.
    named: usize,
    /// URI of the description itself (`$self`, OpenAPI 3.2 §4.1).
    own_uri: Option<String>,
}

/// Maximum number of scopes over all operations: the largest real description has 150,000.
const MAX_NAMED: usize = 2_000_000;

/// Extension of a scheme that an Amazon API Gateway authorizer checks: one scope of a list is sufficient (API Gateway
/// developer guide: JWT authorizers, Cognito authorizers).
const AWS_AUTHORIZER: &str = "x-amazon-apigateway-authorizer";

/// Extensions with the configuration of Kong's plugin `openid-connect`: an entry of `scopes_required` is sufficient, and
/// all words of an entry are required (Kong plugin reference).
pub(super) const KONG: &[&str] = &["x-kong-security-openid-connect", "x-kong-plugin-openid-connect"];

/// Returns the entries of `scopes_required`; `None` without Kong's extension.
pub(super) fn kong(node: &Node) -> Option<Vec<Vec<String>>> {
    let plugin = KONG.iter().find_map(|name| node.get(name))?;
    let required = plugin.get("config").unwrap_or(plugin).get("scopes_required");
    let entries = required.into_iter().flat_map(|required| match required {
        Node::List(items) => items.to_vec(),
        other => vec![other.clone()],
    });
    Some(entries.map(|entry| entry.words()).filter(|words| !words.is_empty()).collect())
}

/// A scheme in a requirement: its name, kind and scopes.
struct Use {
    name: Rc<str>,
    kind: SchemeKind,
    scopes: Vec<String>,
}

impl Schemes {
    /// Reads `components.securitySchemes` or `securityDefinitions`.
    pub(super) fn read(documents: &mut Documents<'_>, root: &DocumentNode, notes: &mut Notes) -> Self {
        let mut schemes = Self { own_uri: root.node.text_of("$self").map(str::to_owned), ..Self::default() };
        let definitions = root.node.get("components").and_then(|components| components.get("securitySchemes"));
        let Some(definitions) = definitions.or_else(|| root.node.get("securityDefinitions")) else { return schemes };
        for (name, scheme) in definitions.members() {
            match documents.resolve(root.with(scheme)) {
                Ok(place) => schemes.define(name, &place.node),
                Err(problem) => {
                    notes.add(&REFERENCE_BROKEN, format!("security scheme `{name}`: {problem}"), None);
                    schemes.defined.insert((**name).to_owned(), Scheme::new(SchemeKind::Unknown));
                }
            }
        }
        schemes
    }

    /// Defines a scheme and declares its scopes.
    pub(super) fn define(&mut self, name: &str, node: &Node) {
        let authorizer = node.get(AWS_AUTHORIZER);
        let kong = kong(node);
        let kind = match node.text_of("type") {
            Some("oauth2" | "openIdConnect") => SchemeKind::Token,
            _ if authorizer.is_some() => SchemeKind::Token,
            _ => SchemeKind::Other,
        };
        let scheme = Scheme {
            kind,
            habit: (authorizer.is_some() || kong.is_some()).then_some(ListMeaning::Any),
            always: kong.unwrap_or_default(),
            deprecated: node.get("deprecated").is_some_and(Node::is_true),
            scoped: false,
            used: false,
        };
        self.defined.insert(name.to_owned(), scheme);
        let jwt = authorizer.and_then(|authorizer| authorizer.get("jwtConfiguration"));
        let issuer = jwt.and_then(|jwt| jwt.text_of("issuer")).map(str::to_owned);
        let mut addresses = ["openIdConnectUrl", "oauth2MetadataUrl"].into_iter().filter_map(|key| node.text_of(key));
        self.issuer = self.issuer.take().or_else(|| addresses.find_map(issuer_of)).or(issuer);
        let audiences = jwt.and_then(|jwt| jwt.get("audience")).map(Node::words).unwrap_or_default();
        if let [only] = audiences.as_slice() {
            self.audience.get_or_insert_with(|| only.clone());
        }
        let flows = node.get("flows").map(Node::members).unwrap_or_default().iter().map(|(_, flow)| flow);
        let flows = std::iter::once(node).chain(flows);
        for (name, details) in
            flows.filter_map(|flow| flow.get("scopes").or_else(|| flow.get("availableScopes"))).flat_map(Node::members)
        {
            self.declare(name, details);
        }
    }

    fn declare(&mut self, name: &str, details: &Node) {
        let description = details.text().or_else(|| details.text_of("description")).map(str::trim);
        let description = description.filter(|text| !text.is_empty() && *text != name);
        let says = |word: &str| description.is_some_and(|text| text.to_ascii_lowercase().contains(word));
        if name == "none" || says("no scope required") {
            self.nones.insert(name.to_owned());
        } else if self.declared.insert(name.to_owned()) {
            self.catalogue.push(SourceScope {
                name: name.to_owned(),
                description: description.map(str::to_owned),
                deprecated: says("deprecated"),
                ..SourceScope::default()
            });
        }
    }

    /// Whether a scheme with this name is defined.
    pub(super) fn defines(&self, name: &str) -> bool {
        self.defined.contains_key(name)
    }

    /// Whether a scheme declares this scope.
    pub(super) fn declares(&self, scope: &str) -> bool {
        self.declared.contains(scope)
    }

    /// Reads an array of security requirements: any one is sufficient, and each names schemes that are required
    /// together. `None`: it counts as absent. The error says why the operation can't be imported.
    pub(super) fn requirement(
        &mut self,
        documents: &mut Documents<'_>,
        security: &DocumentNode,
        operation: &str,
        notes: &mut Notes,
    ) -> Result<Option<Security>, String> {
        let Some(requirements) = self.requirements(documents, security, operation, notes)? else { return Ok(None) };
        if requirements.len() > MAX_ALTERNATIVES {
            return Err(format!("it has more than {MAX_ALTERNATIVES} alternatives"));
        }
        let (mut optional, mut named, mut others) = (false, false, 0);
        let mut uses: Vec<Vec<Use>> = Vec::new();
        for requirement in &requirements {
            optional |= requirement.members().is_empty();
            let mut schemes = Vec::new();
            for (name, scopes) in requirement.members() {
                let kind = self.kind(documents, security, name, operation, notes);
                let scopes = self.scopes(name, kind, scopes, operation, notes)?;
                if scopes.len() > MAX_ALTERNATIVES {
                    return Err(format!("it has a list of more than {MAX_ALTERNATIVES} scopes"));
                }
                self.named += scopes.len() + 1;
                if self.named > MAX_NAMED {
                    return Err(format!("the description has more than {MAX_NAMED} scopes"));
                }
                schemes.push(Use { name: name.clone(), kind, scopes });
            }
            uses.push(schemes);
        }
        // the list of another scheme may name roles, which are not scopes (OpenAPI 3.1 §4.8.30)
        let has_scopes = |one: &Use| {
            one.kind != SchemeKind::Other
                && (!one.scopes.is_empty()
                    || self.defined.get(&*one.name).is_some_and(|scheme| !scheme.always.is_empty()))
        };
        let beside_token = uses.iter().flatten().any(has_scopes);
        let mut alternatives: Vec<Vec<ScopeList>> = Vec::new();
        for schemes in uses.into_iter().filter(|schemes| !schemes.is_empty()) {
            let mut lists = Vec::new();
            let mut token = false;
            for mut one in schemes {
                if one.kind == SchemeKind::Other && !one.scopes.is_empty() {
                    let what = if beside_token { "not taken as scopes" } else { "taken as scopes" };
                    let what = format!("`{}` is not an OAuth scheme; its list is {what}", one.name);
                    notes.of(&SCHEME_OTHER, what, operation);
                    if beside_token {
                        one.scopes.clear();
                    }
                }
                let list = self.list(&one, operation, notes);
                // an undefined scheme does not replace the scopes of another alternative
                let is_unknown = one.kind == SchemeKind::Unknown && beside_token;
                token |= !one.scopes.is_empty() || !(one.kind == SchemeKind::Other || is_unknown);
                named |= !one.scopes.is_empty() || !list.sets.is_empty();
                lists.push(list);
            }
            if token { alternatives.push(lists) } else { others += 1 }
        }
        let security = Security {
            other_credential: alternatives.is_empty() && others > 0 && !optional,
            alternatives,
            inherited: false,
            named,
            ..Security::default()
        };
        let optional = optional && security.lists().next().is_some();
        if optional {
            notes.of(
                &SECURITY_OPTIONAL,
                "also works without a token; a token still needs the scopes (`{}` is one of the alternatives)",
                operation,
            );
        }
        Ok(Some(Security { optional, ..security }))
    }

    /// Returns the requirements of `security`, whatever its form; `None` if it counts as absent.
    fn requirements(
        &self,
        documents: &mut Documents<'_>,
        security: &DocumentNode,
        operation: &str,
        notes: &mut Notes,
    ) -> Result<Option<Vec<Node>>, String> {
        let mut note = |what: &str| notes.of(&SECURITY_MALFORMED, what, operation);
        let place = resolved(documents, security)?;
        let items = match &place.node {
            Node::Null => {
                note("`security` has no value and counts as absent");
                return Ok(None);
            }
            Node::List(items) => items.to_vec(),
            Node::Map(_) => {
                note("`security` is an object, but must be an array: it is read as the only requirement");
                vec![place.node.clone()]
            }
            Node::Text(_) => {
                note("`security` is a string, but must be an array: it is read as the name of a scheme");
                vec![place.node.clone()]
            }
            Node::Bool(_) => return Err("its `security` is not an array".to_owned()),
        };
        let (mut found, mut bare) = (Vec::new(), Vec::new());
        for item in &items {
            let mut item = resolved(documents, &place.with(item))?.node;
            let mut nested = 0;
            while let Node::List(inner) = &item {
                let [only] = &**inner else {
                    return Err("its `security` has an array where a requirement is expected".to_owned());
                };
                nested += 1;
                if nested > MAX_NESTED {
                    return Err("its `security` is nested too deeply".to_owned());
                }
                item = only.clone();
            }
            if nested > 0 {
                note("a requirement in `security` is nested in another array: it is read without it");
            }
            match &item {
                Node::Map(_) => found.push(item),
                Node::Null => note("a requirement in `security` has no value and is ignored"),
                Node::Text(name) => {
                    note("a requirement in `security` is a string, but must be an object");
                    bare.push(self.named(name));
                }
                _ => return Err("its `security` has a value that is not a requirement".to_owned()),
            }
        }
        // a bare name says nothing about scopes: where another requirement does, that one counts
        let has_scopes = |one: &Node| {
            one.members().iter().any(|(_, scopes)| matches!(scopes, Node::List(items) if !items.is_empty()))
        };
        let is_said = found.iter().any(has_scopes);
        found.extend(bare.into_iter().filter(|one| !is_said || has_scopes(one)));
        if found.is_empty() && !items.is_empty() {
            return Err("its `security` has no requirement that can be read".to_owned());
        }
        Ok(Some(found))
    }

    /// Makes a requirement of a bare string: the name of a scheme, or a declared scope.
    fn named(&self, name: &Rc<str>) -> Node {
        let list = |items: Vec<Node>| Node::List(items.into());
        if !self.defined.contains_key(&**name) && self.declares(name) {
            let mut tokens: Vec<&String> = self
                .defined
                .iter()
                .filter(|(_, scheme)| scheme.kind == SchemeKind::Token)
                .map(|(name, _)| name)
                .collect();
            tokens.sort();
            if let Some(first) = tokens.first() {
                return Node::Map([(first.as_str().into(), list(vec![Node::Text(name.clone())]))].into());
            }
        }
        Node::Map([(name.clone(), list(Vec::new()))].into())
    }

    /// Reads the scopes of a scheme, whatever their form.
    fn scopes(
        &self,
        name: &str,
        kind: SchemeKind,
        value: &Node,
        operation: &str,
        notes: &mut Notes,
    ) -> Result<Vec<String>, String> {
        let mut texts: Vec<String> = Vec::new();
        let mut malformed = !matches!(value, Node::List(_));
        let mut open: Vec<Node> = vec![value.clone()];
        while let Some(node) = open.pop() {
            match &node {
                Node::List(items) => {
                    malformed |= items.iter().any(|item| !matches!(item, Node::Text(_)));
                    if open.len() + items.len() > MAX_ALTERNATIVES + 1 {
                        return Err(format!("it has a list of more than {MAX_ALTERNATIVES} scopes"));
                    }
                    open.extend(items.iter().rev().cloned());
                }
                Node::Text(text) => {
                    for word in text.split_whitespace() {
                        let parts = word.split(',').filter(|part| !part.is_empty());
                        let is_joined = word.contains(',')
                            && !self.declares(word)
                            && (word.ends_with(',') || parts.clone().all(|part| self.declares(part)));
                        malformed |= is_joined;
                        if is_joined {
                            texts.extend(parts.map(str::to_owned));
                        } else {
                            texts.push(word.to_owned());
                        }
                    }
                }
                Node::Null => {}
                Node::Map(members) if members.is_empty() || kind == SchemeKind::Other => {}
                Node::Bool(_) if kind == SchemeKind::Other => {}
                _ => return Err(format!("the scopes of `{name}` are not an array of strings")),
            }
        }
        if malformed {
            notes.of(&SECURITY_MALFORMED, format!("the scopes of `{name}` are not an array of strings"), operation);
        }
        let mut seen = HashSet::new();
        texts.retain(|text| seen.insert(text.clone()));
        Ok(texts)
    }

    /// Returns the kind of a scheme, which is defined under this name or at this URI (OpenAPI 3.2 §4.30).
    fn kind(
        &mut self,
        documents: &mut Documents<'_>,
        place: &DocumentNode,
        name: &Rc<str>,
        operation: &str,
        notes: &mut Notes,
    ) -> SchemeKind {
        if !self.defined.contains_key(&**name) && name.contains(['#', '/', '.']) {
            let own = self.own_uri.as_deref().and_then(|uri| name.strip_prefix(uri));
            let reference = own.filter(|rest| rest.starts_with('#')).unwrap_or(name);
            let node = Node::Map([("$ref".into(), Node::Text(reference.into()))].into());
            if let Ok(found) = documents.resolve(place.with(&node))
                && found.node.get("type").is_some()
            {
                self.define(name, &found.node);
            }
        }
        let Some(scheme) = self.defined.get_mut(&**name) else {
            notes.of(&SCHEME_UNDEFINED, format!("security scheme `{name}` is not defined"), operation);
            return SchemeKind::Unknown;
        };
        scheme.used = true;
        if scheme.deprecated {
            notes.of(&SCHEME_DEPRECATED, format!("security scheme `{name}` is deprecated"), operation);
        }
        scheme.kind
    }

    /// Makes the list of a scheme, with what its gateway adds and without names that mean no scope.
    fn list(&mut self, one: &Use, operation: &str, notes: &mut Notes) -> ScopeList {
        let scheme = self.defined.get_mut(&*one.name);
        let habit = scheme.as_ref().and_then(|scheme| scheme.habit);
        let always = scheme.as_ref().map(|scheme| scheme.always.clone()).unwrap_or_default();
        if let Some(scheme) = scheme {
            scheme.scoped |= !one.scopes.is_empty() || !always.is_empty();
        }
        let mut scopes = one.scopes.clone();
        scopes.retain(|scope| {
            let none = self.nones.contains(scope);
            if none {
                notes.of(&SCOPE_MEANS_NONE, format!("`{scope}` means that no scope is required"), operation);
            }
            !none
        });
        if always.is_empty() {
            return ScopeList { scopes, habit, sets: Vec::new() };
        }
        let sets: Vec<Vec<String>> = always.into_iter().chain(scopes.into_iter().map(|scope| vec![scope])).collect();
        ScopeList { scopes: sets.iter().flatten().cloned().collect(), habit, sets }
    }

    /// Reports OAuth schemes that are only used without a scope.
    pub(super) fn note_empty(&self, notes: &mut Notes) {
        let mut empty: Vec<&String> = self
            .defined
            .iter()
            .filter(|(_, scheme)| scheme.kind == SchemeKind::Token && scheme.used && !scheme.scoped)
            .map(|(name, _)| name)
            .collect();
        empty.sort();
        for name in empty {
            notes.add(
                &SCHEME_EMPTY,
                format!("OAuth scheme `{name}` is only used with empty lists: the description does not say which scopes are required"),
                Some("add the scopes to the manifest by hand: later imports keep them"),
            );
        }
    }
}

/// Maximum nesting of arrays around a requirement.
const MAX_NESTED: usize = 8;

/// Resolves a reference, which the format does not allow here but people write.
fn resolved(documents: &mut Documents<'_>, place: &DocumentNode) -> Result<DocumentNode, String> {
    if place.node.text_of("$ref").is_none() {
        return Ok(place.clone());
    }
    documents.resolve(place.clone()).map_err(|problem| format!("its `security`: {problem}"))
}
