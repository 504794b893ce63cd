//! Learns the manifest from traffic: the audit log, HAR files, access logs. Existing entries are never changed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use url::Url;

use crate::app::acquire::Planner;
use crate::app::{Context, EndpointId, Error, ErrorKind, LoadedToken, Origin};
use crate::manifest::import::{ImportedApi, ImportedEndpoint, ImportedScope, Target};
use crate::manifest::requests::LogEntry;
use crate::manifest::{self, Change, Template, diff};
use crate::scope::{MinimalSet, ScopeSet, compare};
use crate::token::Granted;
use crate::usage::{Certainty, Event, LearnedEndpoint, Learner, Observation, Phase, Record};

/// An endpoint of the manifest that was seen, with responses that contradict its entry.
#[derive(Clone, Debug, Default)]
pub struct KnownEndpoint {
    /// Number of requests.
    pub count: u64,
    /// Smallest set of scopes that succeeded although the manifest requires more.
    pub succeeded_with_less: Option<ScopeSet>,
    /// Scopes that were refused although they satisfy the manifest.
    pub refused_with_enough: Option<ScopeSet>,
}

/// What was learned about an API.
#[derive(Clone, Debug)]
pub struct LearnedApi {
    /// Name in the manifest.
    pub name: String,
    /// Number of requests.
    pub requests: u64,
    /// Endpoints of the manifest that were seen.
    pub known: BTreeMap<EndpointId, KnownEndpoint>,
    /// Endpoints of the manifest that were not seen.
    pub unseen: Vec<EndpointId>,
    /// Endpoints that are not in the manifest, and whose requirement was shown.
    pub new: Vec<LearnedEndpoint>,
    /// Those whose requirement was not shown, or not certainly enough. They are never written.
    pub undetermined: Vec<LearnedEndpoint>,
    /// Templates that would join paths, with their number.
    pub proposals: Vec<(String, usize)>,
}

/// Result of learning.
#[derive(Clone, Debug)]
pub struct LearnReport {
    /// APIs of which something was seen, in the order of the manifest.
    pub apis: Vec<LearnedApi>,
    /// Number of requests to other origins, by origin.
    pub elsewhere: BTreeMap<String, u64>,
    /// The manifest with the new endpoints.
    pub manifest: String,
    /// Changes of the manifest, by their meaning.
    pub changes: Vec<Change>,
    /// Minimal set of scopes for everything that was seen.
    pub minimal_set: MinimalSet,
    /// Scopes that clients may request and that nothing seen needs, by client.
    pub not_needed: Vec<(String, ScopeSet)>,
}

/// Collects observations about the APIs of a manifest.
#[derive(Debug)]
pub struct Learning<'a> {
    context: &'a Context,
    only: Option<usize>,
    least: Certainty,
    apis: BTreeMap<usize, Seen>,
    templates: Vec<String>,
    elsewhere: BTreeMap<String, u64>,
}

#[derive(Debug, Default)]
struct Seen {
    requests: u64,
    known: BTreeMap<EndpointId, KnownEndpoint>,
    learner: Learner,
}

impl<'a> Learning<'a> {
    /// Starts learning. `api`: only this one. `templates`: paths are matched with these first. `least`: requirements that are
    /// less certain are listed only.
    ///
    /// # Errors
    /// If the manifest has no such API, or a template is not valid.
    pub fn new(
        context: &'a Context,
        api: Option<&str>,
        templates: Vec<String>,
        least: Certainty,
    ) -> Result<Self, Error> {
        context.require_api(api)?;
        let apis = &context.require_manifest()?.apis;
        let only = api.and_then(|name| apis.iter().position(|api| api.name == name));
        for template in &templates {
            Template::parse(template).map_err(|error| {
                Error::new(ErrorKind::Usage, format!("`{template}` is not a valid template: {error}"))
                    .hint("write a path with parameters in braces, such as `/files/{name}`")
            })?;
        }
        Ok(Self { context, only, least, apis: BTreeMap::new(), templates, elsewhere: BTreeMap::new() })
    }

    /// Adds a record of the audit log. Records of anything but requests through the gateway are ignored.
    pub fn add_record(&mut self, record: &Record) {
        let is_outcome = record.event == Some(Event::GatewayRequest) && record.phase == Some(Phase::Outcome);
        let place = record.api.as_ref().zip(record.endpoint.as_ref()).filter(|_| is_outcome);
        let Some((api, endpoint)) = place else { return };
        let apis = self.context.manifest().map(|manifest| manifest.apis.as_slice()).unwrap_or_default();
        let Some(index) = apis.iter().position(|known| known.name == *api).filter(|index| self.takes(*index)) else {
            return;
        };
        if record.rule.as_deref() == Some(super::entries::PROTOCOL) {
            return;
        }
        let Some((method, path)) = endpoint.split_once(' ') else { return };
        // a tool is written as a path
        let path = if method == "MCP" { format!("/{}", path.replacen(' ', "/", 1)) } else { path.to_owned() };
        let list = |names: &Option<Vec<String>>| names.as_ref().map(|names| scopes(names.iter().map(String::as_str)));
        let was_unknown = record.decision.as_deref() == Some("unknown") && record.line.is_none();
        let observation = Observation {
            method: method.to_owned(),
            path,
            status: record.status.and_then(|status| u16::try_from(status).ok()),
            // a list without items is not in the record
            granted: list(&record.granted).or_else(|| record.token.is_none().then(ScopeSet::new)),
            stated: match was_unknown {
                true => record.required.iter().flatten().map(|set| scopes(set.split(' '))).collect(),
                false => Vec::new(),
            },
            time: record.time.clone(),
        };
        let known =
            apis.get(index).and_then(|api| api.endpoints.iter().position(|known| known.to_string() == *endpoint));
        self.add(index, known, observation);
    }

    /// Adds an entry of a HAR file or of an access log.
    pub fn add_entry(&mut self, entry: &LogEntry) {
        let apis = self.context.manifest().map(|manifest| manifest.apis.as_slice()).unwrap_or_default();
        let request = &entry.request;
        let own = apis.iter().enumerate().find_map(|(index, api)| Some((index, below(api, &request.target)?)));
        let relative = || {
            let index = self.only.or_else(|| (apis.len() == 1).then_some(0))?;
            let base = apis.get(index)?.base_url.path().trim_end_matches('/');
            let target = request.target.strip_prefix(base).unwrap_or(&request.target);
            Some((index, target.to_owned()))
        };
        let is_path = request.target.starts_with('/');
        let Some((index, target)) = own.or_else(|| is_path.then(relative).flatten()) else {
            if let Ok(url) = Url::parse(&request.target) {
                *self.elsewhere.entry(url.origin().ascii_serialization()).or_default() += 1;
            }
            return;
        };
        if !self.takes(index) {
            return;
        }
        let granted = match (&entry.token, &entry.scopes) {
            (Some(token), _) => {
                let token = LoadedToken::new(token.clone(), Origin::Given, None, Timestamp::UNIX_EPOCH);
                token.granted.as_ref().map(Granted::set)
            }
            (None, Some(names)) => Some(scopes(names.iter().map(String::as_str))),
            (None, None) => None,
        };
        let path = target.split(['?', '#']).next().unwrap_or_default();
        let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned();
        let known = apis.get(index).and_then(|api| {
            let route = api.route(&request.method, &target)?;
            api.endpoints.iter().position(|known| std::ptr::eq(known, route.endpoint))
        });
        let observation = Observation {
            method: request.method.clone(),
            path: if path.is_empty() { "/".to_owned() } else { path },
            status: entry.status,
            granted,
            stated: Vec::new(),
            time: entry.time.map(|time| time.to_string()),
        };
        self.add(index, known, observation);
    }

    fn takes(&self, api: usize) -> bool {
        self.only.is_none_or(|only| only == api)
    }

    fn add(&mut self, api: usize, known: Option<usize>, observation: Observation) {
        let templates = &self.templates;
        let seen = self
            .apis
            .entry(api)
            .or_insert_with(|| Seen { learner: Learner::new(templates.clone()), ..Seen::default() });
        seen.requests += 1;
        let Some(endpoint) = known.map(|endpoint| EndpointId { api, endpoint }) else {
            return seen.learner.add(&observation);
        };
        let entry = seen.known.entry(endpoint).or_default();
        entry.count += 1;
        let Some((details, endpoint)) = self.context.endpoint(endpoint) else { return };
        let Some(granted) = &observation.granted else { return };
        let is_enough = compare(granted, &endpoint.requirement, &details.hierarchy).is_allowed();
        match observation.status {
            Some(200..=299) if !is_enough => {
                let is_smaller = |known: &ScopeSet| granted.len() < known.len();
                if entry.succeeded_with_less.as_ref().is_none_or(is_smaller) {
                    entry.succeeded_with_less = Some(granted.clone());
                }
            }
            Some(403) if is_enough => entry.refused_with_enough = Some(granted.clone()),
            _ => {}
        }
    }

    /// Returns what was learned.
    ///
    /// # Errors
    /// If nothing was observed, or the manifest with the new endpoints would not be valid.
    pub fn finish(self) -> Result<LearnReport, Error> {
        self.finish_with(&mut |_, _| Ok(true))
    }

    /// Returns what was learned, with only the new endpoints that `accept` accepts: API and endpoint. The others count as
    /// not determined.
    ///
    /// # Errors
    /// See [`Self::finish`], and those of `accept`.
    pub fn finish_with(
        self,
        accept: &mut dyn FnMut(&str, &LearnedEndpoint) -> Result<bool, Error>,
    ) -> Result<LearnReport, Error> {
        let Self { context, least, apis: seen, elsewhere, .. } = self;
        let known_manifest = context.require_manifest()?;
        if seen.is_empty() {
            let error = Error::new(ErrorKind::Usage, "no requests to an API of the manifest were found");
            return Err(error
                .hint("`tokscope gateway run --observe -- COMMAND` records the requests of a program")
                .hint("a HAR file or an access log can be named as well"));
        }
        let mut text = context.source().to_owned();
        let mut apis = Vec::new();
        let mut used = BTreeSet::new();
        for (index, seen) in seen {
            let Some(api) = known_manifest.apis.get(index) else { continue };
            let learned = seen.learner.finish();
            let is_certain = |found: &LearnedEndpoint| found.requirement().is_some_and(|(_, found)| found >= least);
            let (mut new, mut undetermined) = (Vec::new(), Vec::new());
            for found in learned.endpoints {
                let is_accepted = is_certain(&found) && accept(&api.name, &found)?;
                if is_accepted { new.push(found) } else { undetermined.push(found) }
            }
            text = with_endpoints(&text, &api.name, api.base_url.as_str(), &new)?;
            used.extend(new.iter().map(|found| (api.name.clone(), format!("{} {}", found.method, found.template))));
            used.extend(
                seen.known.keys().filter_map(|id| Some((api.name.clone(), context.endpoint(*id)?.1.to_string()))),
            );
            let all = (0..api.endpoints.len()).map(|endpoint| EndpointId { api: index, endpoint });
            apis.push(LearnedApi {
                name: api.name.clone(),
                requests: seen.requests,
                unseen: all.filter(|id| !seen.known.contains_key(id)).collect(),
                known: seen.known,
                new,
                undetermined,
                proposals: learned.proposals,
            });
        }
        let after = Context::from_source("tokscope.toml", &text).map_err(|problem| {
            let reason = problem.findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
            Error::new(ErrorKind::Failed, format!("the resulting manifest would not be valid: {reason}"))
        })?;
        let is_used = |id: &EndpointId| {
            after.endpoint(*id).is_some_and(|(api, endpoint)| used.contains(&(api.name.clone(), endpoint.to_string())))
        };
        let endpoints: Vec<EndpointId> = after.endpoints().into_iter().filter(is_used).collect();
        let minimal_set = Planner::new(&after).minimal_set(&endpoints, None)?;
        let not_needed = not_needed(known_manifest, &minimal_set.scopes);
        let changes = diff(known_manifest, after.require_manifest()?);
        Ok(LearnReport { apis, elsewhere, manifest: text, changes, minimal_set, not_needed })
    }
}

/// Returns the part of a URL below the base URL of an API.
fn below(api: &manifest::Api, target: &str) -> Option<String> {
    let url = Url::parse(target).ok().filter(|url| url.origin() == api.base_url.origin())?;
    let base = api.base_url.path().trim_end_matches('/');
    let path = url.path().strip_prefix(base).filter(|below| below.is_empty() || below.starts_with('/'))?;
    Some(url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}

fn scopes<'n>(names: impl Iterator<Item = &'n str>) -> ScopeSet {
    names.filter_map(|name| crate::scope::Scope::parse(name).ok()).collect()
}

/// Adds endpoints to an API of a manifest, with the scopes that it does not declare yet.
fn with_endpoints(text: &str, api: &str, base_url: &str, new: &[LearnedEndpoint]) -> Result<String, Error> {
    let mut endpoints = Vec::new();
    let mut needed = ScopeSet::new();
    for found in new {
        let Some((alternatives, certainty)) = found.requirement() else { continue };
        let Ok(template) = Template::parse(&found.template) else { continue };
        needed = alternatives.iter().fold(needed, |all, set| all.union(set));
        let summary = format!("learned: {certainty}, {}", requests(found.count));
        endpoints.push(ImportedEndpoint {
            method: found.method.clone(),
            template,
            alternatives,
            optional: false,
            any_token: false,
            summary: Some(summary),
        });
    }
    if endpoints.is_empty() {
        return Ok(text.to_owned());
    }
    let invalid = |problem: String| Error::new(ErrorKind::Usage, format!("the manifest is not valid TOML: {problem}"));
    let mut target = Target::new(text, api).map_err(invalid)?;
    let declare = |scope: &crate::scope::Scope| ImportedScope {
        scope: scope.clone(),
        description: None,
        risk: None,
        inferred: false,
        implies: Vec::new(),
    };
    target.add(&ImportedApi { base_url: base_url.to_owned(), scopes: needed.iter().map(declare).collect(), endpoints });
    Ok(target.manifest())
}

/// Returns a number of requests in words.
#[must_use]
pub fn requests(count: u64) -> String {
    if count == 1 { "1 request".to_owned() } else { format!("{count} requests") }
}

/// Returns the scopes in the ceilings of the clients that a set does not need.
fn not_needed(manifest: &manifest::Manifest, needed: &ScopeSet) -> Vec<(String, ScopeSet)> {
    let of = |client: &manifest::Client| {
        let apis = manifest.apis.iter().filter(|api| api.issuer.as_ref().is_none_or(|issuer| *issuer == client.issuer));
        let hierarchies: Vec<_> = apis.map(|api| &api.hierarchy).collect();
        let is_needed = |name: &str| {
            needed.contains(name)
                || needed.iter().any(|wanted| {
                    let one: ScopeSet = scopes(std::iter::once(name));
                    hierarchies.iter().any(|hierarchy| hierarchy.satisfies(&one, wanted.as_str()))
                })
        };
        let ceiling = client.may_request.as_ref()?;
        let rest: ScopeSet = ceiling.iter().filter(|scope| !is_needed(scope.as_str())).cloned().collect();
        (!rest.is_empty()).then(|| (client.name.clone(), rest))
    };
    manifest.clients.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::manifest::requests::RecordedRequest;

    const KNOWN: &str = r#"[api.shop]
base_url = "https://api.example.com/v1"
[api.shop.scopes]
"orders:read" = {}
"orders:write" = {}
"customers:read" = {}
[api.shop.endpoints]
"GET /orders" = "orders:read"
"GET /orders/{id}" = "orders:read"
"POST /orders" = ["orders:write", "customers:read"]
"GET /customers/{customer}/orders/{order}" = "customers:read"
"GET /health" = []
"#;
    const EMPTY: &str = "[api.shop]\nbase_url = \"https://api.example.com/v1\"\n[api.shop.endpoints]\n";

    fn entry(method: &str, target: &str, status: u16, granted: &str) -> LogEntry {
        LogEntry {
            status: Some(status),
            scopes: Some(granted.split_whitespace().map(str::to_owned).collect()),
            ..LogEntry::new(RecordedRequest::new(method, target).unwrap())
        }
    }

    /// Requests to every endpoint of the known API, each with a token for it.
    fn traffic() -> Vec<LogEntry> {
        let url = |path: &str| format!("https://api.example.com/v1{path}");
        vec![
            entry("GET", &url("/orders?page=2"), 200, "orders:read"),
            entry("GET", &url("/orders/7"), 200, "orders:read"),
            entry("GET", &url("/orders/8"), 404, "orders:read"),
            entry("POST", &url("/orders"), 201, "orders:write customers:read"),
            entry("GET", &url("/customers/4/orders/9"), 200, "customers:read orders:read"),
            entry("GET", &url("/customers/5/orders/9"), 200, "customers:read"),
            entry("GET", &url("/health"), 200, ""),
            entry("GET", "https://other.example/x", 200, "orders:read"),
        ]
    }

    #[test]
    fn the_traffic_of_a_known_api_returns_its_manifest() {
        let context = Context::from_source("t", EMPTY).unwrap();
        let mut learning = Learning::new(&context, None, Vec::new(), Certainty::UpperBound).unwrap();
        for entry in &traffic() {
            learning.add_entry(entry);
        }
        let report = learning.finish().unwrap();
        let learned = manifest::parse(&report.manifest).manifest.unwrap();
        let known = manifest::parse(KNOWN).manifest.unwrap();
        // names of parameters have no meaning
        let changes: Vec<String> =
            diff(&known, &learned).iter().map(|change| format!("{} {}", change.kind.name, change.subject)).collect();
        assert_eq!(changes, Vec::<String>::new(), "{}", report.manifest);
        assert!(!report.manifest.contains("unknown"), "{}", report.manifest);
        assert_eq!(report.elsewhere, BTreeMap::from([("https://other.example".to_owned(), 1)]));
        assert_eq!(report.minimal_set.scopes.to_string(), "customers:read orders:read orders:write");
        // once more with what was learned: everything is known
        let context = Context::from_source("t", &report.manifest).unwrap();
        let mut learning = Learning::new(&context, None, Vec::new(), Certainty::UpperBound).unwrap();
        for entry in &traffic() {
            learning.add_entry(entry);
        }
        let again = learning.finish().unwrap();
        assert_eq!((again.manifest, again.changes.len()), (report.manifest, 0));
    }

    #[test]
    fn existing_entries_are_kept_and_contradictions_reported() {
        let more = "[client.c]\nissuer = \"https://login.example.com\"\nclient_id = \"c\"\n\
                    may_request = [\"orders:read\", \"orders:write\"]\n";
        let context = Context::from_source("t", &format!("{KNOWN}{more}")).unwrap();
        let mut learning = Learning::new(&context, Some("shop"), Vec::new(), Certainty::Proven).unwrap();
        for entry in [
            entry("GET", "/v1/orders", 200, "customers:read"),
            entry("GET", "/orders/7", 403, "orders:read"),
            entry("GET", "/v1/reports", 200, "orders:read customers:read"),
        ] {
            learning.add_entry(&entry);
        }
        let report = learning.finish().unwrap();
        let api = report.apis.first().unwrap();
        assert_eq!((api.requests, api.known.len(), api.unseen.len()), (3, 2, 3));
        let found: Vec<&KnownEndpoint> = api.known.values().collect();
        assert!(found.iter().any(|known| known.succeeded_with_less.is_some()));
        assert!(found.iter().any(|known| known.refused_with_enough.is_some()));
        assert_eq!(api.undetermined.len(), 1, "an upper bound is not certain enough here");
        assert!(report.changes.is_empty() && api.new.is_empty());
        assert_eq!(report.manifest, format!("{KNOWN}{more}"));
        assert_eq!(report.not_needed.len(), 1);
        assert_eq!(report.not_needed.first().unwrap().1.to_string(), "orders:write");
    }

    #[test]
    fn nothing_is_learned_from_nothing() {
        let context = Context::from_source("t", EMPTY).unwrap();
        let learning = Learning::new(&context, None, Vec::new(), Certainty::Proven).unwrap();
        assert_eq!(learning.finish().unwrap_err().kind, ErrorKind::Usage);
        assert!(Learning::new(&context, Some("x"), Vec::new(), Certainty::Proven).is_err());
        assert!(Learning::new(&context, None, vec!["files/{".to_owned()], Certainty::Proven).is_err());
    }
}
