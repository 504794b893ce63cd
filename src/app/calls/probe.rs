//! Probes endpoints: which ones a token can call, and whether the server enforces the manifest.

use std::collections::HashMap;

use super::call::Caller;
use super::entries::call_entry;
use super::findings::{ENDPOINT_HIDDEN, ENDPOINT_OVER_ENFORCED, ENDPOINT_UNDER_ENFORCED};
use super::request::CallRequest;
use crate::app::acquire::{GrantOptions, PendingGrant, Planner};
use crate::app::{Context, EndpointId, Error, ErrorKind, LoadedToken, PolicyGate, Question, QuestionScopes};
use crate::diagnosis::{Cause, Diagnosis};
use crate::diagnostic::Code;
use crate::manifest::{Api, Client, Endpoint, GrantType};
use crate::scope::{Risk, Scope, ScopeSet, compare};
use crate::token::Granted;
use crate::usage::{Event, Record};

/// The credential of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeCredential {
    /// The given token.
    Given,
    /// No token.
    Nothing,
    /// A token that lacks this required scope.
    Lacking(Scope),
}

impl std::fmt::Display for ProbeCredential {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Given => formatter.write_str("the token"),
            Self::Nothing => formatter.write_str("no token"),
            Self::Lacking(scope) => write!(formatter, "a token without {scope}"),
        }
    }
}

/// A call of a probe.
#[derive(Clone, Debug)]
pub struct ProbeCall {
    /// The request.
    pub request: CallRequest,
    /// The credential.
    pub with: ProbeCredential,
    /// The scopes of the token to obtain, if one is needed.
    pub scopes: ScopeSet,
}

/// The calls of a probe.
#[derive(Clone, Debug, Default)]
pub struct ProbePlan {
    /// The calls, in the order of the manifest.
    pub trials: Vec<ProbeCall>,
    /// What is left out, one sentence each.
    pub left_out: Vec<String>,
}

impl ProbePlan {
    /// Returns the requests of the calls.
    pub fn requests(&self) -> impl Iterator<Item = &CallRequest> {
        self.trials.iter().map(|trial| &trial.request)
    }

    /// Plans the calls: each endpoint with the given token, without a token and, if the client can obtain them without a
    /// user, with tokens that lack one required scope each. `parameters`: values of path parameters.
    ///
    /// # Errors
    /// If no manifest is open, or no client of that name.
    pub fn new(
        context: &Context,
        endpoints: &[EndpointId],
        parameters: &[(String, String)],
        with_token: bool,
        client: Option<&str>,
    ) -> Result<Self, Error> {
        let named = client.map(|name| context.client(name)).transpose()?;
        let mut plan = Self::default();
        for id in endpoints {
            let (api, endpoint) = context.require_endpoint(*id)?;
            let request = CallRequest::new(*id, parameters.to_vec());
            if let Err(error) = Caller::new(context).url(&request) {
                plan.left_out.push(error.message);
                continue;
            }
            let mut add = |with: ProbeCredential, scopes: ScopeSet| {
                plan.trials.push(ProbeCall { request: request.clone(), with, scopes });
            };
            if with_token {
                add(ProbeCredential::Given, ScopeSet::new());
            }
            add(ProbeCredential::Nothing, ScopeSet::new());
            if let Some(client) = named.filter(|client| client.grants.contains(&GrantType::ClientCredentials)) {
                for (scope, scopes) in lacking(api, endpoint, client) {
                    add(ProbeCredential::Lacking(scope), scopes);
                }
            }
        }
        if let Some(client) = named.filter(|client| !client.grants.contains(&GrantType::ClientCredentials)) {
            let message = format!(
                "calls without one scope: client `{}` can't obtain tokens without user interaction",
                client.name
            );
            plan.left_out.push(message);
        }
        Ok(plan)
    }

    /// Returns the client that can obtain tokens for these endpoints without a user: the first with their API's issuer.
    #[must_use]
    pub fn default_client<'a>(context: &'a Context, endpoints: &[EndpointId]) -> Option<&'a str> {
        let issuers = || endpoints.iter().filter_map(|id| context.endpoint(*id)?.0.issuer.as_ref());
        let machine = |client: &&Client| client.grants.contains(&GrantType::ClientCredentials);
        let clients = &context.manifest()?.clients;
        let found = clients.iter().filter(machine).find(|client| issuers().any(|issuer| *issuer == client.issuer))?;
        Some(found.name.as_str())
    }

    /// Leaves out the calls that the policy does not allow. Each denial is recorded.
    ///
    /// # Errors
    /// If none is left, or a denial can't be recorded.
    pub fn permitted(
        mut self,
        context: &Context,
        token: Option<&LoadedToken>,
        client: Option<&str>,
    ) -> Result<Self, Error> {
        let granted = token.and_then(|token| token.granted.as_ref().map(Granted::set));
        let mut denials: HashMap<EndpointId, Error> = HashMap::new();
        let mut first = None;
        let mut permitted = Vec::new();
        for trial in std::mem::take(&mut self.trials) {
            let id = trial.request.endpoint;
            if denials.contains_key(&id) {
                continue;
            }
            let own = match &trial.with {
                ProbeCredential::Given => token.and_then(|token| token.client(context)),
                ProbeCredential::Lacking(_) => client,
                ProbeCredential::Nothing => client.or_else(|| token.and_then(|token| token.client(context))),
            };
            let scopes = QuestionScopes::Needed(granted.as_ref());
            let signed_in = token.and_then(LoadedToken::sign_in_time);
            let endpoints = &[id];
            let question = Question { client: own, endpoints, scopes, signed_in, ..Question::default() };
            match PolicyGate::new(context).permit_now(&question) {
                Ok(_) => permitted.push(trial),
                Err(error) if error.kind == ErrorKind::Policy => {
                    let place = error.hints.first().map(|hint| format!(", {hint}")).unwrap_or_default();
                    self.left_out.push(format!("{}{place}", error.message));
                    first.get_or_insert_with(|| error.clone());
                    denials.insert(id, error);
                }
                Err(error) => return Err(error),
            }
        }
        self.trials = permitted.into_iter().filter(|trial| !denials.contains_key(&trial.request.endpoint)).collect();
        match first.filter(|_| self.trials.is_empty()) {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    /// Confirms the [concerns](super::Concerns) about the calls.
    #[must_use]
    pub fn confirmed(mut self) -> Self {
        for trial in &mut self.trials {
            trial.request.confirmed = true;
        }
        self
    }
}

/// How a server enforces the manifest, as observed in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforcement {
    /// As declared in the manifest.
    AsExpected,
    /// The call succeeded although the manifest requires more.
    UnderEnforced,
    /// The server requires another scope than the manifest: over-enforced, or the manifest is stale.
    OverEnforced,
    /// The server returns 404 for a missing scope.
    Hidden,
    /// Not known.
    Unclear,
}

impl Enforcement {
    /// Every value.
    pub const ALL: [Self; 5] = [Self::AsExpected, Self::UnderEnforced, Self::OverEnforced, Self::Hidden, Self::Unclear];

    /// Returns the code of the finding, if it is one.
    #[must_use]
    pub fn code(self) -> Option<&'static Code> {
        match self {
            Self::UnderEnforced => Some(&ENDPOINT_UNDER_ENFORCED),
            Self::OverEnforced => Some(&ENDPOINT_OVER_ENFORCED),
            Self::Hidden => Some(&ENDPOINT_HIDDEN),
            Self::AsExpected | Self::Unclear => None,
        }
    }

    /// Returns the name in `tokscope.probe/v1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AsExpected => "as-expected",
            Self::UnderEnforced => "under-enforced",
            Self::OverEnforced => "over-enforced",
            Self::Hidden => "hidden",
            Self::Unclear => "unclear",
        }
    }
}

/// Result of a call of a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeResult {
    /// The status; 0 if no call was made.
    pub status: u16,
    /// What was observed.
    pub observed: Enforcement,
    /// The diagnosis, in one sentence. May hold untrusted text.
    pub sentence: String,
}

impl ProbePlan {
    /// Records that a probe was not made because the user did not confirm it, and returns the error.
    #[must_use]
    pub fn declined(context: &Context, endpoints: &[EndpointId], error: Error) -> Error {
        let manifest = context.manifest_digest();
        let entry = || Record { endpoints: context.names(endpoints), manifest, ..Record::new(Event::Probe) }.into();
        context.denied_now(error.by_rule("confirmation", None), entry)
    }
}

/// Makes the calls of a probe, and obtains each token once.
#[derive(Debug)]
pub struct Prober<'w> {
    context: &'w Context,
    given: Option<&'w LoadedToken>,
    client: Option<&'w str>,
    narrower: HashMap<ScopeSet, Option<LoadedToken>>,
}

impl<'w> Prober<'w> {
    /// Creates a prober. `client`: obtains the tokens that lack a scope.
    #[must_use]
    pub fn new(context: &'w Context, given: Option<&'w LoadedToken>, client: Option<&'w str>) -> Self {
        Self { context, given, client, narrower: HashMap::new() }
    }

    /// Makes a call, and obtains its token if needed.
    ///
    /// # Errors
    /// If the token can't be obtained, or no response arrives.
    pub async fn make(&mut self, trial: &ProbeCall) -> Result<ProbeResult, Error> {
        let made = Box::pin(self.call(trial)).await;
        let entry = || call_entry(self.context, Event::Probe, trial.request.endpoint, None, None);
        self.context.or_denied(made, entry).await
    }

    async fn call(&mut self, trial: &ProbeCall) -> Result<ProbeResult, Error> {
        let held = match (&trial.with, self.client) {
            (ProbeCredential::Given, _) => self.given,
            (ProbeCredential::Nothing, _) | (ProbeCredential::Lacking(_), None) => None,
            (ProbeCredential::Lacking(_), Some(client)) => {
                if !self.narrower.contains_key(&trial.scopes) {
                    let obtained = self.probe_token(trial, client).await?;
                    self.narrower.insert(trial.scopes.clone(), obtained);
                }
                let held = self.narrower.get(&trial.scopes).and_then(Option::as_ref);
                if held.is_none() {
                    let sentence = "the server grants more scopes than requested".to_owned();
                    return Ok(ProbeResult { status: 0, observed: Enforcement::Unclear, sentence });
                }
                held
            }
        };
        self.probe(trial, held).await
    }

    /// Obtains a token with exactly these scopes with client credentials. `None` if the server grants enough for the
    /// endpoint nevertheless.
    async fn probe_token(&self, trial: &ProbeCall, client: &str) -> Result<Option<LoadedToken>, Error> {
        let (api, endpoint) = self.context.require_endpoint(trial.request.endpoint)?;
        let mut plan = Planner::new(self.context).plan(&[trial.request.endpoint], Some(client), None)?;
        plan.scopes = trial.scopes.clone();
        let options = GrantOptions::new(GrantType::ClientCredentials, false);
        let obtained = PendingGrant::start(self.context, &plan, options).await?.finish().await?;
        let enough = compare(&obtained.granted, &endpoint.requirement, &api.hierarchy).is_allowed();
        Ok((!enough).then_some(obtained.token))
    }

    /// Makes a call and compares the response with the manifest.
    async fn probe(&self, trial: &ProbeCall, token: Option<&LoadedToken>) -> Result<ProbeResult, Error> {
        let (api, endpoint) = self.context.require_endpoint(trial.request.endpoint)?;
        let expected = match (&trial.with, token) {
            (ProbeCredential::Nothing, _) => Some(endpoint.requirement.is_none() || endpoint.optional),
            (ProbeCredential::Lacking(_), _) => Some(false),
            (ProbeCredential::Given, Some(token)) => {
                let granted = token.granted.as_ref().map(Granted::set);
                granted.map(|granted| compare(&granted, &endpoint.requirement, &api.hierarchy).is_allowed())
            }
            (ProbeCredential::Given, None) => {
                return Err(Error::new(ErrorKind::Failed, "no token to call with"));
            }
        };
        let called = Caller::new(self.context).recorded(Event::Probe, &trial.request, token).await?;
        let observed = observed(expected, called.status, &called.diagnosis);
        Ok(ProbeResult { status: called.status, observed, sentence: called.diagnosis.sentence })
    }
}

/// Compares a response with the manifest. `expected`: whether the manifest allows the call, if known.
fn observed(expected: Option<bool>, status: u16, diagnosis: &Diagnosis) -> Enforcement {
    let is_refused = matches!(status, 401 | 403) || diagnosis.cause == Cause::Scope;
    match expected {
        Some(true) if diagnosis.cause == Cause::None => Enforcement::AsExpected,
        Some(true) if diagnosis.cause == Cause::Scope => Enforcement::OverEnforced,
        Some(false) if diagnosis.cause == Cause::None && status < 300 => Enforcement::UnderEnforced,
        Some(false) if status == 404 => Enforcement::Hidden,
        // refused, but for another scope than the manifest requires
        Some(false) if diagnosis.cause == Cause::Scope && diagnosis.agree == Some(false) => Enforcement::OverEnforced,
        Some(false) if is_refused => Enforcement::AsExpected,
        _ => Enforcement::Unclear,
    }
}

/// Returns, for each scope of the first alternative that the client may request, a set that lacks it. Servers replace an
/// empty set with their default scopes, so the least privileged scope that does not satisfy the endpoint is used instead.
fn lacking(api: &Api, endpoint: &Endpoint, client: &Client) -> Vec<(Scope, ScopeSet)> {
    let hierarchy = &api.hierarchy;
    let requestable =
        |scope: &Scope| client.may_request.as_ref().is_none_or(|ceiling| hierarchy.satisfies(ceiling, scope.as_str()));
    let allowed = |scopes: &ScopeSet| compare(scopes, &endpoint.requirement, hierarchy).is_allowed();
    let mut alternatives = endpoint.requirement.alternatives().iter();
    let Some(chosen) = alternatives.find(|set| set.iter().all(requestable)) else { return Vec::new() };
    let mut found = Vec::new();
    for scope in chosen {
        let mut scopes = chosen.clone();
        scopes.remove(scope.as_str());
        if scopes.is_empty() {
            let unrelated = |other: &&Scope| requestable(other) && !allowed(&ScopeSet::from_iter([(*other).clone()]));
            let least = hierarchy
                .scopes()
                .filter(unrelated)
                .min_by_key(|other| (rank(hierarchy.risk(other.as_str())), (*other).clone()));
            scopes.extend(least.cloned());
        }
        if !scopes.is_empty() && !allowed(&scopes) {
            found.push((scope.clone(), scopes));
        }
    }
    found
}

fn rank(risk: Risk) -> usize {
    Risk::DESCENDING.iter().rev().position(|known| *known == risk).unwrap_or_default()
}
