//! Turns a parsed source into what a manifest can represent.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use super::findings::{
    OPERATION_SKIPPED, SCOPE_NOT_IN_CATALOGUE, SCOPE_PATTERN, SERVER_CHOSEN, TEMPLATE_ADAPTED, TEMPLATE_AMBIGUOUS,
};
use super::list_meaning;
use super::source::{MAX_ALTERNATIVES, Notes, Operation, ScopeList, Security, Source, SourceScope};
use super::{Import, ImportedApi, ImportedEndpoint, ImportedScope, Options, paths, risk, servers};
use crate::scope::{Requirement, Scope, ScopeSet};
use crate::text::visible;

/// Maximum length of an imported description or summary, in characters.
const LONGEST_TEXT: usize = 200;

pub(super) fn assemble(mut source: Source, options: &Options) -> Import {
    let choice = list_meaning::choose(&mut source, options.reading);
    let mut notes = std::mem::take(&mut source.notes);
    let main = options.base_url.clone().unwrap_or_else(|| servers::base_url(&source.server, &mut notes));
    let mut assembler = Assembler {
        ignore_case: source.ignore_case,
        main,
        known: HashMap::new(),
        servers: HashMap::new(),
        apis: Vec::new(),
        notes,
    };
    let (mut operations, mut scoped) = (0, 0);
    let mut skipped = std::mem::take(&mut source.skipped);
    for operation in &source.operations {
        match assembler.operation(operation) {
            Ok(()) => {
                operations += usize::from(!operation.duplicate);
                scoped += usize::from(!operation.duplicate && operation.security.named);
            }
            Err(reason) => skipped.push((operation.name(), reason)),
        }
    }
    let mut notes = assembler.notes;
    for (operation, reason) in &skipped {
        notes.of(&OPERATION_SKIPPED, format!("skipped: {reason}"), operation);
    }
    let catalogue: HashMap<&str, &SourceScope> =
        source.catalogue.iter().map(|scope| (scope.name.as_str(), scope)).collect();
    let apis = assembler.apis.into_iter().enumerate();
    let apis = apis.map(|(index, group)| group.finish(index == 0, &source, &catalogue, &mut notes)).collect();
    Import {
        format: source.format,
        title: source.title.as_deref().and_then(text),
        audience: source.audience,
        servers: source.servers,
        issuer: source.issuer.filter(|issuer| crate::manifest::Issuer::parse(issuer).is_ok()),
        reading: choice,
        ignore_case: source.ignore_case,
        operations,
        scoped,
        apis,
        skipped,
        findings: notes.findings(),
    }
}

/// Shortens a text to one line; `None` if nothing is left.
fn text(source: &str) -> Option<String> {
    let words: Vec<&str> = source.split_whitespace().take(LONGEST_TEXT).collect();
    let line = words.join(" ");
    let mut short: String = visible(&line).chars().take(LONGEST_TEXT).collect();
    if short.chars().count() == LONGEST_TEXT {
        short.push('…');
    }
    (!short.is_empty()).then_some(short)
}

/// Alternatives of a requirement, or why it can't be imported.
type Alternatives = Result<Rc<[ScopeSet]>, String>;

struct Assembler {
    ignore_case: bool,
    /// Base URL of the description's own server.
    main: String,
    /// Cache of converted requirements, since many operations share one.
    known: HashMap<Vec<Vec<ScopeList>>, Alternatives>,
    /// Cache of base URLs by server.
    servers: HashMap<String, String>,
    apis: Vec<Group>,
    notes: Notes,
}

/// Endpoints below one base URL.
struct Group {
    base_url: String,
    endpoints: Vec<ImportedEndpoint>,
    /// Positions of endpoints, by shape.
    shapes: HashMap<String, usize>,
}

impl Assembler {
    fn operation(&mut self, operation: &Operation) -> Result<(), String> {
        let name = operation.name();
        if operation.method.is_empty()
            || !operation.method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-')
        {
            return Err(format!("`{}` is not a valid method", operation.method));
        }
        let (template, adapted) = paths::template(&operation.path)?;
        if adapted {
            self.notes.of(&TEMPLATE_ADAPTED, "the path was adapted to the manifest's template syntax", &name);
        }
        let alternatives = match self.known.get(&operation.security.alternatives) {
            Some(known) => known.clone(),
            None => {
                let made = alternatives(&operation.security).map(Rc::from);
                self.known.insert(operation.security.alternatives.clone(), made.clone());
                made
            }
        }?;
        let base_url = match &operation.server {
            None => self.main.clone(),
            Some(server) => match self.servers.get(server) {
                Some(known) => known.clone(),
                None => {
                    let made = servers::base_url(server, &mut self.notes);
                    self.servers.insert(server.clone(), made.clone());
                    made
                }
            },
        };
        if self.apis.is_empty() {
            self.apis.push(Group::new(self.main.clone()));
        }
        let index = self.apis.iter().position(|group| group.base_url == base_url).unwrap_or(self.apis.len());
        if index == self.apis.len() {
            self.apis.push(Group::new(base_url.clone()));
        }
        if index > 0 {
            let what = format!("server `{base_url}` is not the description's own, so it is imported as a separate API");
            self.notes.of(&SERVER_CHOSEN, what, &name);
        }
        let endpoint = ImportedEndpoint {
            method: operation.method.clone(),
            template,
            alternatives: alternatives.to_vec(),
            optional: operation.security.optional,
            any_token: operation.security.any_token,
            summary: operation.summary.as_deref().and_then(text),
        };
        match self.apis.get_mut(index) {
            Some(group) => group.add(endpoint, self.ignore_case, &mut self.notes),
            None => Ok(()),
        }
    }
}

/// Returns the alternatives of a requirement, in the order of the source, without those that another one absorbs.
fn alternatives(security: &Security) -> Result<Vec<ScopeSet>, String> {
    if security.alternatives.len() > MAX_ALTERNATIVES {
        return Err(format!("it has more than {MAX_ALTERNATIVES} alternatives"));
    }
    let mut found: Vec<ScopeSet> = Vec::new();
    for alternative in &security.alternatives {
        let mut combined = vec![ScopeSet::new()];
        for list in alternative.iter().filter(|list| !list.sets.is_empty()) {
            if combined.len() * list.sets.len() > MAX_ALTERNATIVES {
                return Err(format!("it has more than {MAX_ALTERNATIVES} alternatives"));
            }
            let sets = list.sets.iter().map(|set| set.iter().map(|scope| Scope::parse(scope)).collect());
            let sets: Vec<ScopeSet> = sets.collect::<Result<_, _>>().map_err(|error| error.to_string())?;
            combined = combined.iter().flat_map(|one| sets.iter().map(|other| one.union(other))).collect();
        }
        found.extend(combined);
    }
    let requirement = Requirement::any_of(found).unwrap_or_else(Requirement::none);
    Ok(requirement.alternatives().to_vec())
}

impl Group {
    fn new(base_url: String) -> Self {
        Self { base_url, endpoints: Vec::new(), shapes: HashMap::new() }
    }

    /// Adds an endpoint. Two that match the same requests are merged into one that requires what both require, since
    /// the server's choice is unknown.
    fn add(&mut self, endpoint: ImportedEndpoint, ignore_case: bool, notes: &mut Notes) -> Result<(), String> {
        let shape = format!("{} {}", endpoint.method, endpoint.template.shape());
        let shape = if ignore_case { shape.to_lowercase() } else { shape };
        let Some(known) = self.shapes.get(&shape).and_then(|index| self.endpoints.get_mut(*index)) else {
            self.shapes.insert(shape, self.endpoints.len());
            self.endpoints.push(endpoint);
            return Ok(());
        };
        let name = format!("{} {}", endpoint.method, endpoint.template);
        notes.of(&TEMPLATE_AMBIGUOUS, "matches the same requests as an earlier operation and is merged with it", &name);
        known.optional &= endpoint.optional;
        if known.alternatives != endpoint.alternatives {
            if known.alternatives.len() * endpoint.alternatives.len() > MAX_ALTERNATIVES {
                return Err(format!(
                    "it has too many alternatives once merged with `{} {}`",
                    known.method, known.template
                ));
            }
            let both =
                known.alternatives.iter().flat_map(|one| endpoint.alternatives.iter().map(|other| one.union(other)));
            known.alternatives = Requirement::any_of(both).map(|both| both.alternatives().to_vec()).unwrap_or_default();
        }
        Ok(())
    }

    /// Builds the API of this group. The first one declares the whole catalogue, the others only what their endpoints
    /// require.
    fn finish(
        self,
        first: bool,
        source: &Source,
        catalogue: &HashMap<&str, &SourceScope>,
        notes: &mut Notes,
    ) -> ImportedApi {
        let mut methods: BTreeMap<&Scope, Vec<&str>> = BTreeMap::new();
        let mut used: Vec<&Scope> = Vec::new();
        let mut undeclared: Vec<&str> = Vec::new();
        for endpoint in &self.endpoints {
            for scope in endpoint.alternatives.iter().flatten() {
                let methods = methods.entry(scope).or_default();
                if methods.is_empty() {
                    used.push(scope);
                    if !catalogue.is_empty() && !catalogue.contains_key(scope.as_str()) {
                        undeclared.push(scope.as_str());
                    }
                }
                methods.push(&endpoint.method);
            }
        }
        if !undeclared.is_empty() {
            let what = format!("scopes are used that no security scheme declares: {}", undeclared.join(" "));
            notes.add(&SCOPE_NOT_IN_CATALOGUE, what, None);
        }
        let declared = source.catalogue.iter().filter_map(|declared| {
            Scope::parse(&declared.name).ok().filter(|scope| first || methods.contains_key(scope))
        });
        let mut seen = HashSet::new();
        let names: Vec<Scope> = declared
            .chain(used.iter().map(|scope| (*scope).clone()))
            .filter(|scope| seen.insert(scope.clone()))
            .collect();
        let scopes = names.into_iter().map(|scope| {
            let declared = catalogue.get(scope.as_str());
            if scope.as_str().contains('*') {
                notes.add(&SCOPE_PATTERN, format!("scope `{scope}` looks like a pattern but is taken literally"), None);
            }
            let given = declared.and_then(|declared| declared.risk);
            let needed_by = methods.get(&scope).map(Vec::as_slice).unwrap_or_default();
            ImportedScope {
                description: declared.and_then(|declared| text(declared.description.as_deref()?)),
                risk: given.or_else(|| {
                    let description = declared.and_then(|declared| declared.description.as_deref());
                    let has = |name: &str| catalogue.contains_key(name);
                    risk::infer_within(scope.as_str(), description, has, needed_by.iter().copied())
                }),
                inferred: given.is_none(),
                implies: declared
                    .map(|declared| declared.implies.iter().filter_map(|scope| Scope::parse(scope).ok()).collect())
                    .unwrap_or_default(),
                scope,
            }
        });
        ImportedApi { base_url: self.base_url, scopes: scopes.collect(), endpoints: self.endpoints }
    }
}
