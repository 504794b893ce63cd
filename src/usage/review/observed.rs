//! Uses in logs of requests, by client: access logs, HAR files and OTLP files show what happened with tokens that were passed
//! on, too. They name a client only if the server writes it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::super::findings::{CLIENT_SCOPE_UNUSED, UNDER_ENFORCED};
use super::{HeldToken, Review, ReviewFinding, ScopeUse, Use, quoted};
use crate::diagnostic::Diagnostic;
use crate::manifest::requests::LogEntry;
use crate::manifest::{Api, Endpoint, Manifest};
use crate::scope::{Scope, ScopeSet, compare};

/// Index of an API of the manifest, and of one of its endpoints.
pub(super) type Place = (usize, usize);

/// Requests to an endpoint.
#[derive(Clone, Debug, Default)]
struct Tally {
    calls: u64,
    denied: u64,
    /// Requests with a status below 400.
    succeeded: u64,
    last: Option<Timestamp>,
    /// Last request that was not denied.
    last_use: Option<Timestamp>,
}

type Tallies = BTreeMap<Place, Tally>;

/// What the logs cover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogCoverage {
    /// Time of the first request.
    pub from: Option<String>,
    /// Time of the last request.
    pub to: Option<String>,
    /// Number of requests.
    pub requests: u64,
    /// Requests that match no endpoint of the manifest, or endpoints of several APIs.
    pub unmatched: u64,
    /// Requests to endpoints whose client is not known.
    pub without_client: u64,
    /// Requests without a time.
    pub undated: u64,
}

/// Requests to an endpoint by a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointUse {
    /// Endpoint.
    pub endpoint: String,
    /// Number of requests.
    pub calls: u64,
    /// Requests that were denied: status 401 or 403.
    pub denied: u64,
    /// Time of the last one.
    pub last: Option<String>,
}

/// Use by a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientUse {
    /// Client; `None` for requests that name none.
    pub client: Option<String>,
    /// Number of requests that match an endpoint.
    pub calls: u64,
    /// Requests that were denied.
    pub denied: u64,
    /// Time of the last request.
    pub last: Option<String>,
    /// Endpoints, sorted.
    pub endpoints: Vec<EndpointUse>,
    /// Scopes, sorted.
    pub scopes: Vec<ScopeUse>,
}

/// Use of a scope, while it is counted.
#[derive(Default)]
struct Needs {
    calls: u64,
    last: Option<Timestamp>,
    endpoints: BTreeSet<String>,
}

/// Collects requests of logs.
#[derive(Debug)]
pub struct Observed<'m> {
    manifest: &'m Manifest,
    clients: BTreeMap<Option<String>, Tallies>,
    /// Requests by the fingerprint of their token.
    tokens: HashMap<String, Tallies>,
    /// Successful requests with scopes that don't satisfy the endpoint, by client and scopes.
    unsatisfied: BTreeMap<(Option<String>, Place, String), u64>,
    requests: u64,
    unmatched: u64,
    undated: u64,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

/// Returns the granted scopes that an endpoint needs. If the granted scopes are not known, those of its least privileged
/// alternative; if they are not sufficient, none.
#[must_use]
pub fn uses_of(granted: Option<&ScopeSet>, api: &Api, endpoint: &Endpoint) -> ScopeSet {
    let none = ScopeSet::new();
    let comparison = compare(granted.unwrap_or(&none), &endpoint.requirement, &api.hierarchy);
    match granted {
        None => comparison.alternative,
        Some(granted) if comparison.is_allowed() => granted.difference(&comparison.not_needed),
        Some(_) => none,
    }
}

fn shown(time: Option<Timestamp>) -> Option<String> {
    time.map(|time| time.to_string())
}

impl Tally {
    fn add(&mut self, entry: &LogEntry) {
        self.calls += 1;
        self.denied += u64::from(entry.is_denied());
        self.succeeded += u64::from(entry.status.is_some_and(|status| status < 400));
        self.last = self.last.max(entry.time);
        if !entry.is_denied() {
            self.last_use = self.last_use.max(entry.time);
        }
    }
}

impl<'m> Observed<'m> {
    /// Creates an empty collection.
    #[must_use]
    pub fn new(manifest: &'m Manifest) -> Self {
        Self {
            manifest,
            clients: BTreeMap::new(),
            tokens: HashMap::new(),
            unsatisfied: BTreeMap::new(),
            requests: 0,
            unmatched: 0,
            undated: 0,
            from: None,
            to: None,
        }
    }

    /// Adds a request, with the endpoint that it matches. `fingerprint`: of its token, if that was recorded.
    pub fn add(&mut self, entry: &LogEntry, place: Option<Place>, fingerprint: Option<&str>) {
        self.requests += 1;
        match entry.time {
            Some(time) => {
                self.from = Some(self.from.map_or(time, |from| from.min(time)));
                self.to = self.to.max(Some(time));
            }
            None => self.undated += 1,
        }
        let Some(place) = place else {
            self.unmatched += 1;
            return;
        };
        let client = self.client(entry);
        if let (Some(scopes), Some(200..400)) = (&entry.scopes, entry.status)
            && let Some((api, endpoint)) = self.endpoint(place)
            && !endpoint.optional
        {
            let granted: ScopeSet = scopes.iter().filter_map(|scope| Scope::parse(scope).ok()).collect();
            if !compare(&granted, &endpoint.requirement, &api.hierarchy).is_allowed() {
                *self.unsatisfied.entry((client.clone(), place, granted.to_string())).or_default() += 1;
            }
        }
        if let Some(fingerprint) = fingerprint {
            self.tokens.entry(fingerprint.to_owned()).or_default().entry(place).or_default().add(entry);
        }
        self.clients.entry(client).or_default().entry(place).or_default().add(entry);
    }

    /// Returns the name of the client in the manifest. An identifier that is not in the manifest is shown as it is; a user
    /// name only if the manifest has a client of that name.
    fn client(&self, entry: &LogEntry) -> Option<String> {
        let named = |text: &str| {
            let is = |client: &&crate::manifest::Client| client.client_id == text || client.name == text;
            self.manifest.clients.iter().find(is).map(|client| client.name.clone())
        };
        match &entry.client {
            Some(client) => Some(named(client).unwrap_or_else(|| client.clone())),
            None => entry.user.as_deref().and_then(named),
        }
    }

    fn endpoint(&self, (api, endpoint): Place) -> Option<(&'m Api, &'m Endpoint)> {
        let api = self.manifest.apis.get(api)?;
        Some((api, api.endpoints.get(endpoint)?))
    }

    /// Returns what the logs cover.
    #[must_use]
    pub fn coverage(&self) -> LogCoverage {
        let anonymous = self.clients.get(&None).into_iter().flatten();
        LogCoverage {
            from: shown(self.from),
            to: shown(self.to),
            requests: self.requests,
            unmatched: self.unmatched,
            without_client: anonymous.map(|(_, tally)| tally.calls).sum(),
            undated: self.undated,
        }
    }

    /// Returns the uses of each scope.
    fn needs(&self, tallies: &Tallies, granted: Option<&ScopeSet>) -> BTreeMap<String, Needs> {
        let mut needs: BTreeMap<String, Needs> = BTreeMap::new();
        for (place, tally) in tallies {
            let uses = tally.calls - tally.denied;
            let Some((api, endpoint)) = self.endpoint(*place).filter(|_| uses > 0) else { continue };
            for scope in uses_of(granted, api, endpoint).names() {
                let known = needs.entry(scope).or_default();
                known.calls += uses;
                known.last = known.last.max(tally.last_use);
                known.endpoints.insert(endpoint.to_string());
            }
        }
        needs
    }

    /// Adds the uses of a stored token by its client, and by its fingerprint. `covers`: whether every use of the token since it
    /// was obtained would be in the logs.
    pub(super) fn join(&self, token: &HeldToken, covers: bool, scopes: &mut [ScopeUse]) {
        let by_client = self.clients.get(&Some(token.client.clone()));
        let by_token = token.fingerprint.as_ref().and_then(|fingerprint| self.tokens.get(fingerprint));
        let granted = Some(&token.granted);
        // a request of the log can have a client and a token: the larger number is not the sum
        let found: Vec<BTreeMap<String, Needs>> =
            by_client.into_iter().chain(by_token).map(|tallies| self.needs(tallies, granted)).collect();
        let anonymous = self.clients.get(&None).map(|tallies| self.needs(tallies, granted)).unwrap_or_default();
        for scope in scopes {
            for needs in found.iter().filter_map(|needs| needs.get(&scope.scope)) {
                scope.log_uses = scope.log_uses.max(needs.calls);
                scope.endpoints.extend(needs.endpoints.iter().cloned());
                let last = needs.last.map(|time| format!("{time:.9}"));
                scope.last = scope.last.take().max(last);
            }
            scope.endpoints.sort_unstable();
            scope.endpoints.dedup();
            if token.identity.contains(&scope.scope) {
                continue;
            }
            if scope.log_uses > 0 {
                scope.state = Use::Used;
            } else if scope.state == Use::Unknown && covers && !anonymous.contains_key(&scope.scope) {
                scope.state = Use::Unused;
            }
        }
    }

    /// Whether the logs begin before a token was obtained, and end after it expired or within the last day.
    pub(super) fn covers(&self, token: &HeldToken, now: Timestamp) -> bool {
        let day = jiff::SignedDuration::from_hours(24);
        let recent = now.checked_sub(day).unwrap_or(now);
        let end = token.expires.map_or(recent, |expires| expires.min(recent));
        self.undated == 0
            && self.from.is_some_and(|from| from <= token.created)
            && self.to.is_some_and(|to| to >= end.max(token.created))
    }

    /// Returns the scopes that a client was granted: those of its stored tokens, otherwise its ceiling.
    #[must_use]
    pub fn granted(&self, client: Option<&str>, held: &[HeldToken]) -> Option<ScopeSet> {
        let client = client?;
        let own = held.iter().filter(|token| token.client == client && token.narrowed_from.is_none());
        let stored = own.map(|token| token.granted.clone()).reduce(|all, granted| all.union(&granted));
        stored.or_else(|| self.ceiling(client).cloned())
    }

    fn ceiling(&self, client: &str) -> Option<&'m ScopeSet> {
        self.manifest.client(client).and_then(|client| client.may_request.as_ref())
    }

    /// Adds the uses of each client to a review, with findings.
    pub(super) fn report(&self, held: &[HeldToken], review: &mut Review) {
        review.log = Some(self.coverage());
        for (client, tallies) in &self.clients {
            let granted = self.granted(client.as_deref(), held);
            let found = self.client_use(client.as_ref(), tallies, granted.as_ref());
            let is_held = held.iter().any(|token| Some(&token.client) == client.as_ref());
            if let Some(name) = client.as_ref().filter(|_| !is_held && granted.is_some()) {
                let unused = found.scopes.iter().filter(|scope| scope.state == Use::Unused);
                let unused: Vec<&str> = unused.map(|scope| scope.scope.as_str()).collect();
                if !unused.is_empty() {
                    let message = format!("client `{name}`: no request of the log needed {}", quoted(unused));
                    let finding = Diagnostic::new(&CLIENT_SCOPE_UNUSED, message)
                        .help("remove what it does not need from its `may_request`");
                    review.findings.push(about(finding, name));
                }
            }
            review.clients.push(found);
        }
        self.under_enforced(held, &mut review.findings);
    }

    fn client_use(&self, client: Option<&String>, tallies: &Tallies, granted: Option<&ScopeSet>) -> ClientUse {
        let mut needs = self.needs(tallies, granted);
        for scope in granted.into_iter().flat_map(ScopeSet::names) {
            needs.entry(scope).or_default();
        }
        let anonymous = self.clients.get(&None).map(|tallies| self.needs(tallies, granted)).unwrap_or_default();
        let scopes = needs.into_iter().map(|(scope, needs)| ScopeUse {
            state: match needs.calls {
                0 if anonymous.contains_key(&scope) => Use::Unknown,
                0 => Use::Unused,
                _ => Use::Used,
            },
            scope,
            uses: 0,
            log_uses: needs.calls,
            last: shown(needs.last),
            endpoints: needs.endpoints.into_iter().collect(),
        });
        let endpoints = tallies.iter().filter_map(|(place, tally)| {
            Some(EndpointUse {
                endpoint: self.endpoint(*place)?.1.to_string(),
                calls: tally.calls,
                denied: tally.denied,
                last: shown(tally.last),
            })
        });
        let mut endpoints: Vec<EndpointUse> = endpoints.collect();
        endpoints.sort_by(|one, other| one.endpoint.cmp(&other.endpoint));
        ClientUse {
            client: client.cloned(),
            calls: tallies.values().map(|tally| tally.calls).sum(),
            denied: tallies.values().map(|tally| tally.denied).sum(),
            last: shown(tallies.values().filter_map(|tally| tally.last).max()),
            scopes: scopes.collect(),
            endpoints,
        }
    }

    /// Reports successful requests for which the scopes are not sufficient: those that the log names, otherwise the ceiling of
    /// the client and the scopes of its stored tokens.
    fn under_enforced(&self, held: &[HeldToken], findings: &mut Vec<ReviewFinding>) {
        for ((client, place, scopes), calls) in &self.unsatisfied {
            let Some((_, endpoint)) = self.endpoint(*place) else { continue };
            let scopes = if scopes.is_empty() { "no scope".to_owned() } else { format!("`{scopes}`") };
            let message = format!(
                "`{endpoint}` succeeded {} with {scopes}, but requires {}",
                times(*calls),
                endpoint.requirement
            );
            findings.push(about(Diagnostic::new(&UNDER_ENFORCED, message), client.as_deref().unwrap_or_default()));
        }
        for (client, tallies) in &self.clients {
            let Some((client, ceiling)) = client.as_deref().and_then(|name| Some((name, self.ceiling(name)?))) else {
                continue;
            };
            let granted = self.granted(Some(client), held).unwrap_or_default().union(ceiling);
            for (place, tally) in tallies.iter().filter(|(_, tally)| tally.succeeded > 0) {
                let Some((api, endpoint)) = self.endpoint(*place) else { continue };
                if endpoint.optional || compare(&granted, &endpoint.requirement, &api.hierarchy).is_allowed() {
                    continue;
                }
                let message = format!(
                    "`{endpoint}` succeeded {} for client `{client}`, which may not request {}",
                    times(tally.succeeded),
                    endpoint.requirement
                );
                findings.push(about(Diagnostic::new(&UNDER_ENFORCED, message), client));
            }
        }
    }
}

fn times(calls: u64) -> String {
    if calls == 1 { "once".to_owned() } else { format!("{calls} times") }
}

fn about(finding: Diagnostic, client: &str) -> ReviewFinding {
    ReviewFinding { finding, token: None, client: client.to_owned(), action: None, evidence: None }
}
