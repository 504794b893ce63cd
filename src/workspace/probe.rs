//! What a token really opens, and whether the server really enforces what the manifest says.

use std::collections::HashMap;

use super::findings::{ENDPOINT_HIDDEN, ENDPOINT_OVER_ENFORCED, ENDPOINT_UNDER_ENFORCED};
use super::{CallRequest, EndpointId, Error, HeldToken, Kind, Workspace};
use crate::diagnosis::{Cause, Diagnosis};
use crate::diagnostic::Code;
use crate::manifest::{Api, Client, Endpoint, GrantType};
use crate::scope::{Risk, Scope, ScopeSet, compare};
use crate::token::Granted;

/// With what an endpoint is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum With {
    /// The token that was given.
    Given,
    /// No token.
    Nothing,
    /// A token that lacks this scope of those that are required.
    Lacking(Scope),
}

impl std::fmt::Display for With {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Given => formatter.write_str("the token"),
            Self::Nothing => formatter.write_str("no token"),
            Self::Lacking(scope) => write!(formatter, "a token without {scope}"),
        }
    }
}

/// One call of a probe.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What is called.
    pub request: CallRequest,
    /// With what.
    pub with: With,
    /// The scopes of the token that has to be obtained for it.
    pub scopes: ScopeSet,
}

/// What a probe will do, and what it leaves out.
#[derive(Clone, Debug, Default)]
pub struct ProbePlan {
    /// The calls, in the order of the manifest.
    pub trials: Vec<Trial>,
    /// What is left out, each in a sentence.
    pub left_out: Vec<String>,
}

impl ProbePlan {
    /// A person has seen what [`Workspace::probe_concerns`] says, and wants these calls made.
    #[must_use]
    pub fn confirmed(mut self) -> Self {
        for trial in &mut self.trials {
            trial.request.confirmed = true;
        }
        self
    }
}

/// What a call showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observed {
    /// The server does what the manifest says.
    AsExpected,
    /// It answers although the manifest requires more.
    UnderEnforced,
    /// It asks for more or for something else although the manifest is satisfied: stale, or over-enforced.
    OverEnforced,
    /// It says that there is nothing where a scope is missing.
    Hidden,
    /// Neither can be told.
    Unclear,
}

impl Observed {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::AsExpected, Self::UnderEnforced, Self::OverEnforced, Self::Hidden, Self::Unclear];

    /// The finding that it is, if it is one.
    #[must_use]
    pub fn code(self) -> Option<&'static Code> {
        match self {
            Self::UnderEnforced => Some(&ENDPOINT_UNDER_ENFORCED),
            Self::OverEnforced => Some(&ENDPOINT_OVER_ENFORCED),
            Self::Hidden => Some(&ENDPOINT_HIDDEN),
            Self::AsExpected | Self::Unclear => None,
        }
    }

    /// The name in `tokscope.probe/v1`.
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

/// What came of one call of a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The status; 0 when there was nothing to call with.
    pub status: u16,
    /// What it shows.
    pub observed: Observed,
    /// The diagnosis of the answer, in a sentence. May hold text from outside.
    pub sentence: String,
}

/// With what a probe calls: the token that was given, and those that it obtains, each once.
#[derive(Debug)]
pub struct Prober<'w> {
    workspace: &'w Workspace,
    given: Option<&'w HeldToken>,
    client: Option<&'w str>,
    narrower: HashMap<ScopeSet, Option<HeldToken>>,
}

impl<'w> Prober<'w> {
    /// `client`: who obtains tokens that lack a scope.
    #[must_use]
    pub fn new(workspace: &'w Workspace, given: Option<&'w HeldToken>, client: Option<&'w str>) -> Self {
        Self { workspace, given, client, narrower: HashMap::new() }
    }

    /// Makes one call, with a token that is obtained for it where it needs one.
    ///
    /// # Errors
    /// When no token is to be had, or there is no answer.
    pub async fn make(&mut self, trial: &Trial) -> Result<Tried, Error> {
        let held = match (&trial.with, self.client) {
            (With::Given, _) => self.given,
            (With::Nothing, _) | (With::Lacking(_), None) => None,
            (With::Lacking(_), Some(client)) => {
                if !self.narrower.contains_key(&trial.scopes) {
                    let obtained = self.workspace.probe_token(trial, client).await?;
                    self.narrower.insert(trial.scopes.clone(), obtained);
                }
                let held = self.narrower.get(&trial.scopes).and_then(Option::as_ref);
                if held.is_none() {
                    let sentence = "the server grants more than it is asked for".to_owned();
                    return Ok(Tried { status: 0, observed: Observed::Unclear, sentence });
                }
                held
            }
        };
        self.workspace.probe(trial, held).await
    }
}

impl Workspace {
    /// Works out the calls: each endpoint with the token as it is, without one, and, where a client can get them
    /// without a person, with tokens that lack one required scope each. `parameters`: values of path parameters.
    ///
    /// # Errors
    /// When there is no manifest, or no client of that name.
    pub fn probe_plan(
        &self,
        endpoints: &[EndpointId],
        parameters: &[(String, String)],
        with_token: bool,
        client: Option<&str>,
    ) -> Result<ProbePlan, Error> {
        let named = client.map(|name| self.client(name)).transpose()?;
        let mut plan = ProbePlan::default();
        for id in endpoints {
            let (api, endpoint) = self.known_endpoint(*id)?;
            let request = CallRequest::new(*id, parameters.to_vec());
            if let Err(error) = self.call_url(&request) {
                plan.left_out.push(error.message);
                continue;
            }
            let mut add = |with: With, scopes: ScopeSet| {
                plan.trials.push(Trial { request: request.clone(), with, scopes });
            };
            if with_token {
                add(With::Given, ScopeSet::new());
            }
            add(With::Nothing, ScopeSet::new());
            if let Some(client) = named.filter(|client| client.grants.contains(&GrantType::ClientCredentials)) {
                for (scope, scopes) in lacking(api, endpoint, client) {
                    add(With::Lacking(scope), scopes);
                }
            }
        }
        if let Some(client) = named.filter(|client| !client.grants.contains(&GrantType::ClientCredentials)) {
            let message =
                format!("client `{}` needs a person for each token: no token that lacks a scope", client.name);
            plan.left_out.push(message);
        }
        Ok(plan)
    }

    /// The client that can get tokens for these endpoints without a person: the first whose issuer is that of their API.
    #[must_use]
    pub fn probing_client(&self, endpoints: &[EndpointId]) -> Option<&str> {
        let issuers = || endpoints.iter().filter_map(|id| self.endpoint(*id)?.0.issuer.as_ref());
        let machine = |client: &&Client| client.grants.contains(&GrantType::ClientCredentials);
        let clients = &self.manifest()?.clients;
        let found = clients.iter().filter(machine).find(|client| issuers().any(|issuer| *issuer == client.issuer))?;
        Some(found.name.as_str())
    }

    /// Obtains a token with exactly these scopes by client credentials. `None` when the server grants enough for the
    /// endpoint nevertheless.
    ///
    /// # Errors
    /// When the server refuses.
    async fn probe_token(&self, trial: &Trial, client: &str) -> Result<Option<HeldToken>, Error> {
        let (api, endpoint) = self.known_endpoint(trial.request.endpoint)?;
        let mut plan = self.plan(&[trial.request.endpoint], Some(client), None)?;
        plan.scopes = trial.scopes.clone();
        let obtained = self.begin(&plan, GrantType::ClientCredentials, false).await?.finish().await?;
        let enough = compare(&obtained.granted, &endpoint.requirement, &api.hierarchy).is_allowed();
        Ok((!enough).then_some(obtained.token))
    }

    /// Makes one call of a probe and says what it shows.
    ///
    /// # Errors
    /// When there is no answer.
    async fn probe(&self, trial: &Trial, token: Option<&HeldToken>) -> Result<Tried, Error> {
        let (api, endpoint) = self.known_endpoint(trial.request.endpoint)?;
        let expected = match (&trial.with, token) {
            (With::Nothing, _) => Some(endpoint.requirement.is_none()),
            (With::Lacking(_), _) => Some(false),
            (With::Given, Some(token)) => {
                let granted = token.granted.as_ref().map(Granted::set);
                granted.map(|granted| compare(&granted, &endpoint.requirement, &api.hierarchy).is_allowed())
            }
            (With::Given, None) => return Err(Error::new(Kind::Failed, "there is no token to call with")),
        };
        let called = self.call(&trial.request, token).await?;
        let observed = observed(expected, called.status, &called.diagnosis);
        Ok(Tried { status: called.status, observed, sentence: called.diagnosis.sentence })
    }
}

/// What an answer shows. `expected`: whether the manifest says that the call is allowed, where that is known.
fn observed(expected: Option<bool>, status: u16, diagnosis: &Diagnosis) -> Observed {
    let is_refused = matches!(status, 401 | 403) || diagnosis.cause == Cause::Scope;
    match expected {
        Some(true) if diagnosis.cause == Cause::None => Observed::AsExpected,
        Some(true) if diagnosis.cause == Cause::Scope => Observed::OverEnforced,
        Some(false) if diagnosis.cause == Cause::None && status < 300 => Observed::UnderEnforced,
        Some(false) if status == 404 => Observed::Hidden,
        // it refuses, and yet for want of something else than the manifest says
        Some(false) if diagnosis.cause == Cause::Scope && diagnosis.agree == Some(false) => Observed::OverEnforced,
        Some(false) if is_refused => Observed::AsExpected,
        _ => Observed::Unclear,
    }
}

/// For each scope of the first alternative that the client may request: a set that lacks it. An empty set would be
/// answered with whatever the server takes for a default, so the least scope that does not help stands in.
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
            let stranger = |other: &&Scope| requestable(other) && !allowed(&ScopeSet::from_iter([(*other).clone()]));
            let least = hierarchy
                .scopes()
                .filter(stranger)
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
