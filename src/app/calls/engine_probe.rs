//! The conformance matrix against a deployed engine: tokens of every kind, signed with a key that the engine trusts, on each
//! endpoint. Each response has to be what `check` says.

use std::collections::HashMap;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, header::AUTHORIZATION};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use url::Url;

use super::check::{CheckOutcome, check};
use super::entries::{call_entry, called_entry};
use super::probe::{Enforcement, ProbeResult};
use crate::app::tokens::{SigningSource, TestTokenRequest, sign_test_token};
use crate::app::{Context, EndpointId, Error, ErrorKind, LoadedToken};
use crate::manifest::{Api, Endpoint};
use crate::net::{Limits, Request};
use crate::scope::{Scope, ScopeSet};
use crate::usage::Event;

const LIMITS: Limits = Limits { deadline: Duration::from_secs(15), body: 1 << 20 };

/// A path that no manifest has.
const UNLISTED: &str = "/tokscope-unlisted-path";

/// Value of path parameters that are not named.
const SAMPLE: &str = "7";

/// A token of the matrix.
#[derive(Clone, Debug)]
struct MatrixToken {
    name: String,
    /// `None`: the request has no token.
    token: Option<LoadedToken>,
    /// Whether its signature is wrong, which `check` does not see.
    is_forged: bool,
}

/// A request of the matrix.
#[derive(Clone, Debug)]
pub struct EngineTrial {
    id: EndpointId,
    /// The endpoint, or what the request is.
    pub name: String,
    /// Name of the token.
    pub with: String,
    method: String,
    url: Url,
    token: Option<LoadedToken>,
    /// Whether the engine has to forward the request.
    is_allowed: bool,
}

/// Creates the requests of the matrix.
#[derive(Debug)]
pub struct EngineMatrix<'c> {
    context: &'c Context,
    engine: Url,
    key: SigningSource,
    parameters: HashMap<String, String>,
    now: Timestamp,
}

impl<'c> EngineMatrix<'c> {
    /// Creates the matrix for an engine. `key`: signs the tokens; the engine has to accept them for the API's issuer.
    #[must_use]
    pub fn new(
        context: &'c Context,
        engine: Url,
        key: SigningSource,
        parameters: &[(String, String)],
        now: Timestamp,
    ) -> Self {
        Self { context, engine, key, parameters: parameters.iter().cloned().collect(), now }
    }

    /// Returns the requests for endpoints of one API. Endpoints that can't be requested are left out, one sentence each.
    ///
    /// # Errors
    /// If an API has no issuer or audience, or the key can't sign.
    pub fn trials(&self, endpoints: &[EndpointId]) -> Result<(Vec<EngineTrial>, Vec<String>), Error> {
        let (mut trials, mut left_out) = (Vec::new(), Vec::new());
        let mut apis: Vec<usize> = Vec::new();
        for id in endpoints {
            let (api, endpoint) = self.context.require_endpoint(*id)?;
            if endpoint.mcp().is_some() || endpoint.template.query_terms() > 0 || endpoint.template.fragment().is_some()
            {
                left_out.push(format!("`{endpoint}` depends on more than method and path"));
                continue;
            }
            let url = self.url(api, endpoint)?;
            let tokens = self.tokens(api, endpoint)?;
            if !apis.contains(&id.api) {
                apis.push(id.api);
                trials.push(self.unlisted(*id, api, &tokens)?);
            }
            for token in tokens {
                let is_allowed = self.is_allowed(*id, endpoint, &token);
                trials.push(EngineTrial {
                    id: *id,
                    name: endpoint.to_string(),
                    with: token.name,
                    method: endpoint.method.clone(),
                    url: url.clone(),
                    token: token.token,
                    is_allowed,
                });
            }
        }
        Ok((trials, left_out))
    }

    fn at(&self, api: &Api, path: &str) -> Result<Url, Error> {
        let base = api.base_url.path().trim_end_matches('/');
        let url = self.engine.join(&format!("{base}{path}"));
        url.map_err(|error| Error::new(ErrorKind::Usage, format!("`{path}` is not a valid path: {error}")))
    }

    fn url(&self, api: &Api, endpoint: &Endpoint) -> Result<Url, Error> {
        let value = |name: &str| Some(self.parameters.get(name).map_or(SAMPLE, String::as_str).to_owned());
        let path = endpoint.template.fill(value).map_err(|reason| Error::new(ErrorKind::Usage, reason))?;
        self.at(api, &path)
    }

    /// A request for a path that is not in the manifest, with the token that is accepted at an endpoint.
    fn unlisted(&self, id: EndpointId, api: &Api, tokens: &[MatrixToken]) -> Result<EngineTrial, Error> {
        let token = tokens.first().and_then(|token| token.token.clone());
        Ok(EngineTrial {
            id,
            name: format!("GET {UNLISTED}"),
            with: "a path that is not in the manifest".to_owned(),
            method: "GET".to_owned(),
            url: self.at(api, UNLISTED)?,
            token,
            is_allowed: false,
        })
    }

    fn is_allowed(&self, id: EndpointId, endpoint: &Endpoint, token: &MatrixToken) -> bool {
        match &token.token {
            None => endpoint.optional || endpoint.requirement.is_none(),
            Some(_) if token.is_forged => false,
            Some(loaded) => {
                let checked = check(self.context, loaded, id, self.now);
                checked.is_some_and(|checked| matches!(checked.outcome, CheckOutcome::Allowed))
            }
        }
    }

    /// Returns the tokens for an endpoint, the first of which is sufficient.
    fn tokens(&self, api: &Api, endpoint: &Endpoint) -> Result<Vec<MatrixToken>, Error> {
        let missing = |key: &str| {
            Error::new(ErrorKind::Usage, format!("API `{}` has no {key}", api.name))
                .hint(format!("add `{key} = \"…\"` to `[api.{}]`", api.name))
        };
        let issuer = api.issuer.as_ref().ok_or_else(|| missing("issuer"))?.as_str();
        let audience = api.audience.as_deref().ok_or_else(|| missing("audience"))?;
        let claim = api.scopes_claim.first().map_or("scope", |claim| claim.trim_start_matches('/'));
        let base = json!({ "iss": issuer, "aud": audience });
        let first = endpoint.requirement.alternatives().first().cloned().unwrap_or_default();
        let mut made = Vec::new();
        let mut add = |name: String, header: Value, claims: Value| -> Result<(), Error> {
            let token = self.sign(&self.key, header, &base, claims)?;
            made.push(MatrixToken { name, token: Some(token), is_forged: false });
            Ok(())
        };
        for (name, scopes) in scope_values(api, endpoint, &first) {
            add(name, json!({}), json!({ claim: scopes }))?;
        }
        if api.scopes_claim.is_empty() {
            add("the claim `scp`".to_owned(), json!({}), json!({ "scp": first.names() }))?;
        }
        let scopes = first.to_string();
        let expired = self.now.as_second() - 3600;
        for (name, header, claims) in [
            ("an expired token", json!({}), json!({ claim: scopes, "exp": expired })),
            ("another audience", json!({}), json!({ claim: scopes, "aud": "https://other.invalid" })),
            ("another issuer", json!({}), json!({ claim: scopes, "iss": "https://other.invalid" })),
            ("an ID token", json!({ "typ": "JWT" }), json!({ claim: scopes, "nonce": "n", "at_hash": "x" })),
        ] {
            add(name.to_owned(), header, claims)?;
        }
        let other = SigningSource::Generated { algorithm: algorithm(&made), save: None };
        let forged = self.sign(&other, json!({}), &base, json!({ claim: scopes }))?;
        made.push(MatrixToken { name: "a signature of another key".to_owned(), token: Some(forged), is_forged: true });
        made.push(MatrixToken { name: "no token".to_owned(), token: None, is_forged: false });
        Ok(made)
    }

    fn sign(&self, key: &SigningSource, header: Value, base: &Value, claims: Value) -> Result<LoadedToken, Error> {
        let object = |value: Value| if let Value::Object(members) = value { members } else { Map::new() };
        let mut all = object(base.clone());
        all.extend(object(claims));
        let request = TestTokenRequest { claims: all, header: object(header), key: key.clone() };
        let made = sign_test_token(&request, self.now)?;
        LoadedToken::read(made.token.expose(), self.now)
    }
}

/// Values of the claim with scopes, each with the name of the token.
fn scope_values(api: &Api, endpoint: &Endpoint, first: &ScopeSet) -> Vec<(String, Value)> {
    let mut values = Vec::new();
    for alternative in endpoint.requirement.alternatives() {
        values.push((format!("exactly `{alternative}`"), json!(alternative.to_string())));
    }
    values.push(("more scopes".to_owned(), json!(format!("tokscope-other {first} openid"))));
    values.push(("an array".to_owned(), json!(first.names())));
    for alternative in endpoint.requirement.alternatives() {
        for scope in alternative.iter() {
            let mut fewer = alternative.clone();
            fewer.remove(scope.as_str());
            values.push((format!("`{alternative}` without `{scope}`"), json!(fewer.to_string())));
        }
    }
    let alike: Vec<String> = first.iter().map(|scope| format!("{scope}x x{scope}")).collect();
    if !alike.is_empty() {
        values.push(("a look-alike".to_owned(), json!(alike.join(" "))));
    }
    let implying = api.hierarchy.granting(first);
    let implying: Vec<&Scope> = implying.iter().filter(|scope| !first.contains(scope.as_str())).collect();
    if let Some(scope) = implying.first() {
        values.push((format!("`{scope}`, which implies others"), json!(scope.to_string())));
    }
    values
}

impl EngineTrial {
    /// Sends the request, recorded as a probe.
    ///
    /// # Errors
    /// If it can't be recorded or sent.
    pub async fn send(&self, context: &Context) -> Result<ProbeResult, Error> {
        let entry = || call_entry(context, Event::Probe, self.id, Some(&self.url), self.token.as_ref());
        let act = context.begin(entry).await?;
        let sent = self.status(context).await;
        let status = act.conclude(sent, |(status, total)| called_entry(*status, &[], *total)).await?.0;
        let is_refused = matches!(status, 401 | 403) || status == 404 && self.name.ends_with(UNLISTED);
        let (observed, sentence) = match (self.is_allowed, is_refused) {
            _ if status >= 500 => (Enforcement::Unclear, "the engine or the API failed"),
            (true, true) => (Enforcement::OverEnforced, "refused, and allowed by the manifest"),
            (false, false) => (Enforcement::UnderEnforced, "allowed, and refused by the manifest"),
            (true, false) => (Enforcement::AsExpected, "allowed"),
            (false, true) => (Enforcement::AsExpected, "refused"),
        };
        Ok(ProbeResult { status, observed, sentence: sentence.to_owned() })
    }

    async fn status(&self, context: &Context) -> Result<(u16, Duration), Error> {
        let mut headers = HeaderMap::new();
        if let Some(token) = &self.token {
            let value = HeaderValue::from_str(&format!("Bearer {}", token.secret.expose()));
            let mut value = value.map_err(|_| Error::new(ErrorKind::Failed, "the token is not a valid field value"))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let method = Method::from_bytes(self.method.as_bytes());
        let method =
            method.map_err(|_| Error::new(ErrorKind::Usage, format!("`{}` is not a valid method", self.method)))?;
        let request = Request { method, url: self.url.clone(), headers, body: None };
        let response = context.http()?.send(request, LIMITS).await;
        let response = response.map_err(|error| Error::new(ErrorKind::Failed, error.to_string()))?;
        Ok((response.status.as_u16(), response.timing.total))
    }
}

/// Returns the algorithm of the tokens.
fn algorithm(made: &[MatrixToken]) -> String {
    let named = made.first().and_then(|token| token.token.as_ref()?.decoded.algorithm());
    named.unwrap_or("RS256").to_owned()
}
