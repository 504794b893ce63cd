//! Security schemes and security requirements of OpenAPI (OpenAPI 3.1 §4.8.27 to §4.8.30; 2.0: Security Definitions and
//! Security Requirement objects).

use std::collections::{HashMap, HashSet};

use super::documents::{DocumentNode, Documents};
use super::findings::{
    CREDENTIAL_OTHER, REFERENCE_BROKEN, SCHEME_EMPTY, SCHEME_OTHER, SCHEME_UNDEFINED, SCOPE_MEANS_NONE,
    SECURITY_OPTIONAL,
};
use super::node::Node;
use super::source::{MAX_ALTERNATIVES, Notes, Security, SourceScope};

/// Kind of a security scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `oauth2` and `openIdConnect`.
    Token,
    /// An API key, HTTP authentication, mutual TLS.
    Other,
    /// Unknown: it is not defined, or its reference can't be resolved.
    Unknown,
}

#[derive(Debug)]
struct Scheme {
    kind: Kind,
    /// Whether an operation uses it with a scope, and whether any operation uses it.
    scoped: bool,
    used: bool,
}

/// Security schemes of an API description.
#[derive(Debug, Default)]
pub(super) struct Schemes {
    defined: HashMap<String, Scheme>,
    /// Scopes declared by the flows, in order.
    pub(super) catalogue: Vec<SourceScope>,
    /// Issuer of `openIdConnectUrl` (OpenID Connect Discovery 1.0 §4).
    pub(super) issuer: Option<String>,
    /// Scopes that mean that no scope is required.
    nones: HashSet<String>,
    /// Number of scopes in the requirements so far, over all operations.
    named: usize,
}

/// Maximum number of scopes over all operations: the largest real description has 150,000.
const MAX_NAMED: usize = 2_000_000;

/// Suffix that OpenID Connect Discovery 1.0 §4 appends to an issuer.
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

impl Schemes {
    /// Reads `components.securitySchemes` or `securityDefinitions`.
    pub(super) fn read(documents: &mut Documents<'_>, root: &DocumentNode, notes: &mut Notes) -> Self {
        let mut schemes = Self::default();
        let definitions = root.node.get("components").and_then(|components| components.get("securitySchemes"));
        let Some(definitions) = definitions.or_else(|| root.node.get("securityDefinitions")) else { return schemes };
        let mut declared = HashSet::new();
        for (name, scheme) in definitions.members() {
            let resolved = documents.resolve(root.with(scheme));
            let kind = match &resolved {
                Err(problem) => {
                    notes.add(&REFERENCE_BROKEN, format!("security scheme `{name}`: {problem}"), None);
                    Kind::Unknown
                }
                Ok(place) => match place.node.text_of("type") {
                    Some("oauth2" | "openIdConnect") => Kind::Token,
                    _ => Kind::Other,
                },
            };
            schemes.defined.insert((**name).to_owned(), Scheme { kind, scoped: false, used: false });
            if let Ok(place) = resolved {
                schemes.declare(&place.node, &mut declared);
            }
        }
        schemes
    }

    fn declare(&mut self, scheme: &Node, declared: &mut HashSet<String>) {
        let discovery = scheme.text_of("openIdConnectUrl").and_then(|url| url.strip_suffix(WELL_KNOWN));
        self.issuer = self.issuer.take().or_else(|| discovery.map(str::to_owned));
        let flows = scheme.get("flows").map(Node::members).unwrap_or_default().iter().map(|(_, flow)| flow);
        for (name, details) in
            std::iter::once(scheme).chain(flows).filter_map(|flow| flow.get("scopes")).flat_map(Node::members)
        {
            let description = details.text().or_else(|| details.text_of("description")).map(str::trim);
            let description = description.filter(|text| !text.is_empty() && *text != &**name);
            let says = |word: &str| description.is_some_and(|text| text.to_ascii_lowercase().contains(word));
            if &**name == "none" || says("no scope required") {
                self.nones.insert((**name).to_owned());
            } else if declared.insert((**name).to_owned()) {
                self.catalogue.push(SourceScope {
                    name: (**name).to_owned(),
                    description: description.map(str::to_owned),
                    deprecated: says("deprecated"),
                    ..SourceScope::default()
                });
            }
        }
    }

    /// Reads an array of security requirements: any one is sufficient, and each names schemes that are required
    /// together. The error says why the operation can't be imported.
    pub(super) fn requirement(
        &mut self,
        security: &Node,
        operation: &str,
        notes: &mut Notes,
    ) -> Result<Security, String> {
        if security.items().len() > MAX_ALTERNATIVES {
            return Err(format!("it has more than {MAX_ALTERNATIVES} alternatives"));
        }
        let mut alternatives: Vec<Vec<Vec<String>>> = Vec::new();
        let mut others = 0;
        let (mut optional, mut named) = (false, false);
        for requirement in security.items() {
            let mut lists = Vec::new();
            let mut token = requirement.members().is_empty();
            optional |= token;
            for (name, scopes) in requirement.members() {
                let mut scopes = scopes.words();
                if scopes.len() > MAX_ALTERNATIVES {
                    return Err(format!("it has a list of more than {MAX_ALTERNATIVES} scopes"));
                }
                named |= !scopes.is_empty();
                self.named += scopes.len() + 1;
                if self.named > MAX_NAMED {
                    return Err(format!("the description has more than {MAX_NAMED} scopes"));
                }
                token |= self.record_use(name, &scopes, operation, notes);
                scopes.retain(|scope| {
                    let none = self.nones.contains(scope);
                    if none {
                        notes.of(&SCOPE_MEANS_NONE, format!("`{scope}` means that no scope is required"), operation);
                    }
                    !none
                });
                lists.push(scopes);
            }
            if token { alternatives.push(lists) } else { others += 1 }
        }
        if alternatives.is_empty() && others > 0 {
            notes.of(&CREDENTIAL_OTHER, "requires a credential other than an OAuth token, and no scope", operation);
        }
        let security = Security { alternatives, inherited: false, named };
        if optional && security.lists().next().is_some() {
            notes.of(
                &SECURITY_OPTIONAL,
                "can also be called without a token, so no scope is required (`{}` is one of its alternatives)",
                operation,
            );
        }
        Ok(security)
    }

    /// Records the use of a scheme. Returns true if the alternative requires a token: the scheme is OAuth or unknown,
    /// or has scopes although it is neither.
    fn record_use(&mut self, name: &str, scopes: &[String], operation: &str, notes: &mut Notes) -> bool {
        let Some(scheme) = self.defined.get_mut(name) else {
            notes.of(&SCHEME_UNDEFINED, format!("security scheme `{name}` is not defined"), operation);
            return true;
        };
        scheme.used = true;
        scheme.scoped |= !scopes.is_empty();
        if scheme.kind == Kind::Other && !scopes.is_empty() {
            notes.of(&SCHEME_OTHER, format!("`{name}` is not an OAuth scheme; its list is taken as scopes"), operation);
        }
        scheme.kind != Kind::Other || !scopes.is_empty()
    }

    /// Reports OAuth schemes that are only used without a scope.
    pub(super) fn note_empty(&self, notes: &mut Notes) {
        let mut empty: Vec<&String> = self
            .defined
            .iter()
            .filter(|(_, scheme)| scheme.kind == Kind::Token && scheme.used && !scheme.scoped)
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
