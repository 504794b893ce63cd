//! Decides about requests that a proxy asks about: Envoy `ext_authz`, forward-auth of Traefik and Caddy, `auth_request` of
//! nginx.
//!
//! | module | part |
//! |---|---|
//! | `target` | finds the endpoint, and refuses targets that servers read differently |
//! | `keys` | the issuer's keys, with a limited age |
//! | `cache` | tokens whose signature was verified, by their fingerprint |
//! | `decision` | the response to the proxy |
//!
//! Whatever goes wrong, the request is denied.

mod cache;
mod decision;
mod keys;
mod target;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

use self::cache::{VerifiedToken, VerifiedTokens};
pub use self::decision::{Authorization, Identity, Problem};
use self::keys::IssuerKeys;
pub use self::keys::KeySource;
use self::target::position;
use crate::app::calls::{CheckOutcome, call_entry, check};
use crate::app::{Context, EndpointId, Error, ErrorKind, LoadedToken, PolicyGate, Question, open_manifest};
use crate::audit::Entry;
use crate::manifest::{Api, Effect};
use crate::policy::{self, Facts};
use crate::scope::ScopeSet;
use crate::token::verify::Status;
use crate::usage::{Event, Outcome, Phase, Record};

/// A request that a proxy asks about.
#[derive(Clone, Copy, Debug)]
pub struct AskedRequest<'r> {
    /// Method of the client, as sent.
    pub method: &'r str,
    /// Target of the client, as sent: path and query.
    pub target: &'r str,
    /// Values of the client's `Authorization` fields.
    pub authorization: &'r [&'r str],
}

/// Options of [`Authorizer`].
#[derive(Clone, Debug)]
pub struct AuthorizerOptions {
    /// File of the manifest, which is read again when it changes.
    pub manifest: PathBuf,
    /// Name of the API; the only one without a name.
    pub api: Option<String>,
    /// Keys that verify tokens.
    pub keys: KeySource,
    /// Label of the environment, for policies.
    pub environment: Option<String>,
    /// Whether the manifest is trusted for this run.
    pub trusted: bool,
}

/// Decides about requests. Shared by all connections.
#[derive(Debug)]
pub struct Authorizer {
    options: AuthorizerOptions,
    current: RwLock<Arc<Current>>,
    keys: IssuerKeys,
    tokens: VerifiedTokens,
}

/// A manifest that is in force.
#[derive(Debug)]
struct Current {
    context: Context,
    /// Index of the API.
    api: usize,
}

impl Current {
    fn new(context: Context, name: Option<&str>) -> Result<Self, Error> {
        context.require_api(name)?;
        context.demand_trust()?;
        let apis = &context.require_manifest()?.apis;
        let mut fitting = apis.iter().enumerate().filter(|(_, api)| name.is_none_or(|name| api.name == name));
        let (Some((index, api)), None) = (fitting.next(), fitting.next()) else {
            return Err(
                Error::new(ErrorKind::Usage, "the manifest does not have exactly one API").hint("use `--api NAME`")
            );
        };
        for (key, is_set) in [("issuer", api.issuer.is_some()), ("audience", api.audience.is_some())] {
            if !is_set {
                let message =
                    format!("API `{}` has no {key}, so tokens that were not meant for it would be accepted", api.name);
                return Err(
                    Error::new(ErrorKind::Usage, message).hint(format!("add `{key} = \"…\"` to `[api.{}]`", api.name))
                );
            }
        }
        Ok(Self { context, api: index })
    }

    fn api(&self) -> Option<&Api> {
        self.context.manifest()?.apis.get(self.api)
    }
}

impl Authorizer {
    /// Creates a decision endpoint for an API of a manifest.
    ///
    /// # Errors
    /// If the manifest is not trusted, has no such API, or the API has no issuer or audience; or keys can't be loaded.
    pub async fn new(context: Context, options: AuthorizerOptions) -> Result<Self, Error> {
        let current = Current::new(context, options.api.as_deref())?;
        let keys = match current.api() {
            Some(api) => IssuerKeys::new(&options.keys, api).await?,
            None => return Err(Context::no_manifest()),
        };
        let current = RwLock::new(Arc::new(current));
        Ok(Self { options, current, keys, tokens: VerifiedTokens::default() })
    }

    /// Returns the manifest's file.
    #[must_use]
    pub fn manifest(&self) -> &Path {
        &self.options.manifest
    }

    /// Reads the manifest again. The old one stays in force if the new one can't be used. With another issuer or audience,
    /// the program has to be started again.
    ///
    /// # Errors
    /// If the manifest can't be used.
    pub fn reload(&self) -> Result<(), Error> {
        let context = open_manifest(&self.options.manifest).map_err(|error| match error {
            crate::app::OpenError::Unreadable(error) => error,
            crate::app::OpenError::Invalid(problem) => {
                Error::new(ErrorKind::Usage, format!("the manifest `{}` is not valid", problem.name))
            }
        })?;
        let context = if self.options.trusted { context.trusting() } else { context };
        let new = Current::new(context, self.options.api.as_deref())?;
        let old = self.current();
        let expected = |current: &Current| current.api().map(|api| (api.issuer.clone(), api.audience.clone()));
        if expected(&new) != expected(&old) {
            return Err(Error::new(ErrorKind::Usage, "the issuer or audience of the API changed")
                .hint("start the program again, so that it fetches the issuer's keys"));
        }
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
        Ok(())
    }

    fn current(&self) -> Arc<Current> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Decides about a request, and records that. What can't be recorded is denied.
    pub async fn decide(&self, request: &AskedRequest<'_>, now: Timestamp) -> Authorization {
        let current = self.current();
        let (authorization, entry) = self.decided(&current, request, now).await;
        match current.context.record(|| entry).await {
            Ok(()) => authorization,
            Err(error) => Authorization::unavailable(format!("the decision can't be recorded: {error}")),
        }
    }

    async fn decided(&self, current: &Current, request: &AskedRequest<'_>, now: Timestamp) -> (Authorization, Entry) {
        let Some(api) = current.api() else {
            return (Authorization::unavailable("no API".to_owned()), Record::new(Event::GatewayRequest).into());
        };
        let index = match position(api, request.method, request.target) {
            Ok(index) => index,
            Err(reason) => {
                let authorization = Authorization::no_endpoint(reason);
                let entry = entry(
                    &authorization,
                    Record { api: Some(api.name.clone()), ..Record::new(Event::GatewayRequest) }.into(),
                );
                return (authorization, entry);
            }
        };
        let id = EndpointId { api: current.api, endpoint: index };
        let (authorization, token) = self.at_endpoint(current, api, id, request, now).await;
        let token = token.as_ref().map(|verified| &verified.token);
        let recorded = call_entry(&current.context, Event::GatewayRequest, id, None, token);
        let recorded = entry(&authorization, recorded);
        (authorization, recorded)
    }

    async fn at_endpoint(
        &self,
        current: &Current,
        api: &Api,
        id: EndpointId,
        request: &AskedRequest<'_>,
        now: Timestamp,
    ) -> (Authorization, Option<Arc<VerifiedToken>>) {
        let Some(endpoint) = api.endpoints.get(id.endpoint) else {
            return (Authorization::no_endpoint("no endpoint matches".to_owned()), None);
        };
        let required = endpoint.requirement.alternatives().first().cloned().unwrap_or_default();
        let token = match bearer(request.authorization) {
            Ok(Some(token)) => token,
            Ok(None) if endpoint.optional || endpoint.requirement.is_none() => {
                let decision = self.policy(current, id, &ScopeSet::new(), None, now);
                return (decision.unwrap_or_else(|| Authorization::allowed(endpoint, Identity::default())), None);
            }
            Ok(None) => return (Authorization::no_token(endpoint, &required), None),
            Err(reason) => return (Authorization::invalid_token(endpoint, reason.to_owned()), None),
        };
        let verified = match self.verified(token, now).await {
            Ok(verified) => verified,
            Err(Unverified::Invalid(reason)) => return (Authorization::invalid_token(endpoint, reason), None),
            Err(Unverified::Unavailable(reason)) => return (Authorization::unavailable(reason), None),
        };
        if verified.is_bound() {
            let reason = "it is bound to a key, and the proof can't be checked here".to_owned();
            return (Authorization::invalid_token(endpoint, reason), Some(verified));
        }
        let Some(checked) = check(&current.context, &verified.token, id, now) else {
            return (Authorization::no_endpoint("no endpoint matches".to_owned()), None);
        };
        let authorization = match checked.outcome {
            CheckOutcome::Allowed => {
                let denied = self.policy(current, id, &checked.granted, Some(&verified), now);
                denied.unwrap_or_else(|| Authorization::allowed(endpoint, verified.identity(&checked.granted)))
            }
            CheckOutcome::Unusable(unfit) => Authorization::invalid_token(endpoint, unfit.reason),
            CheckOutcome::Missing | CheckOutcome::Unknown(_) => Authorization::missing(endpoint, &required),
        };
        (authorization, Some(verified))
    }

    /// Returns the refusal of a policy; `None` if it allows the request. An approval can't be waited for here.
    fn policy(
        &self,
        current: &Current,
        id: EndpointId,
        scopes: &ScopeSet,
        token: Option<&VerifiedToken>,
        now: Timestamp,
    ) -> Option<Authorization> {
        let manifest = current.context.manifest().filter(|manifest| !manifest.policy.is_empty())?;
        let endpoint = current.context.endpoint(id)?;
        let client_id = token.and_then(VerifiedToken::client_id);
        let client = manifest.clients.iter().find(|client| Some(client.client_id.as_str()) == client_id);
        // a client that is not in the manifest is known to be none of those that rules name
        let stranger = client_id.map(|id| format!("client_id {id}"));
        let question = Question {
            client: client.map(|client| client.name.as_str()).or(stranger.as_deref()),
            endpoints: &[id],
            signed_in: token.and_then(|verified| verified.token.sign_in_time()),
            caller: client_id,
            ..Question::default()
        };
        let known = PolicyGate::new(&current.context).facts(&question, now);
        let environment = self.options.environment.clone().or(known.environment.clone());
        let facts = Facts { environment, interactive: Some(false), ..known };
        let request = policy::Request { endpoint: Some(endpoint), scopes };
        let decision = policy::decide(manifest, &request, &facts);
        (decision.effect != Effect::Allow).then(|| Authorization::policy(endpoint.1, &decision))
    }

    /// Verifies a token, or finds it among those that were.
    async fn verified(&self, token: &str, now: Timestamp) -> Result<Arc<VerifiedToken>, Unverified> {
        let (verifier, generation) = self.keys.verifier().await.map_err(Unverified::Unavailable)?;
        if let Some(known) = self.tokens.get(token, generation) {
            return Ok(known);
        }
        let loaded = LoadedToken::read(token, now).map_err(|error| Unverified::Invalid(error.message))?;
        let mut verdict = verifier.verify(loaded.secret.expose(), now);
        let mut generation = generation;
        if verdict.signatures.iter().any(|verification| verification.unknown_key)
            && let Ok((newer, number)) = self.keys.newer(generation).await
        {
            verdict = newer.verify(loaded.secret.expose(), now);
            generation = number;
        }
        match verdict.status() {
            Status::Verified => Ok(self.tokens.insert(token, VerifiedToken::new(loaded, generation))),
            Status::Failed | Status::NotChecked => {
                Err(Unverified::Invalid(verdict.reason().unwrap_or_else(|| "it is not a signed token".to_owned())))
            }
        }
    }
}

/// Why a token is not verified.
enum Unverified {
    Invalid(String),
    /// Nothing can be verified at the moment.
    Unavailable(String),
}

/// Returns the bearer token of a request (RFC 6750 §2.1); `None` if it has no credentials. The scheme is compared without
/// regard to case (RFC 9110 §11.1).
fn bearer<'r>(fields: &[&'r str]) -> Result<Option<&'r str>, &'static str> {
    let field = match fields {
        [] => return Ok(None),
        [only] => only.trim(),
        _ => return Err("the request has several Authorization fields"),
    };
    let Some((scheme, token)) = field.split_once(' ') else { return Err("the Authorization field has no token") };
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    match (scheme.eq_ignore_ascii_case("bearer"), token.trim()) {
        (false, _) => Err("the scheme is not Bearer"),
        (true, token) if !token.is_empty() && token.bytes().all(is_token) => Ok(Some(token)),
        (true, _) => Err("the bearer token has characters that are not allowed"),
    }
}

/// Completes the record of a decision.
fn entry(authorization: &Authorization, mut entry: Entry) -> Entry {
    let record: &mut Record = &mut entry.record;
    record.phase = Some(Phase::Single);
    record.status = Some(u64::from(authorization.status));
    record.outcome = Some(if authorization.status == 200 { Outcome::Ok } else { Outcome::Denied });
    if let Some(problem) = &authorization.problem {
        record.cause = Some(problem.error.to_owned());
        if let Some((rule, line)) = &problem.rule {
            record.rule = Some(rule.clone());
            record.line = *line;
        }
    }
    entry
}

#[cfg(test)]
mod tests;
