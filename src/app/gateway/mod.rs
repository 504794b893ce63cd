//! Requests of programs that never hold a token: match, decide, lease the narrowest token, record.
//!
//! | module | part |
//! |---|---|
//! | `caller` | who may call: the placeholder, the host, no web pages |
//! | `target` | matches a request target, and rebuilds it from the match |
//! | `fields` | header fields that pass through, in both directions |
//! | `mcp` | messages to MCP servers, with tools as endpoints |
//! | `broker` | tokens, obtained once for all requests that wait |
//! | `entries` | what is recorded |
//! | `refusal` | responses of the gateway itself |
//! | `reload` | a changed manifest of a running gateway |
//! | `learn` | learns the manifest from traffic |
//! | `traffic` | requests as they happen, and lines of the manifest for them |
//! | `variables` | environment variables of the program that calls |
//!
//! The front end `gateway` receives requests and streams bodies; every decision is made here.

mod broker;
mod caller;
mod entries;
mod fields;
mod learn;
mod mcp;
mod refusal;
mod reload;
mod target;
mod traffic;
mod variables;

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use serde_json::json;
use url::Url;

use self::broker::Broker;
pub use self::broker::Lease;
pub use self::caller::{CallerCheck, CallerError, Placeholder};
pub use self::entries::{RequestOutcome, RequestRecord};
pub use self::fields::{FieldError, request_fields, response_fields};
pub use self::learn::{KnownEndpoint, LearnReport, LearnedApi, Learning, requests};
pub use self::mcp::{McpError, McpMessage, RefusedMessage, read_message};
pub use self::refusal::{PROBLEM, Refusal};
pub use self::reload::Reload;
pub use self::target::{MatchedTarget, TargetError, match_target};
pub use self::traffic::{AmendedManifest, Amendment, Traffic, amended, write_amended};
pub use self::variables::{Variables, variables};
use crate::app::acquire::Planner;
use crate::app::calls::{Caller, authorize, demand_own_origin, diagnose_response, is_safe};
use crate::app::recording::Recorder;
use crate::app::{
    CallRequest, Context, EndpointId, Error, ErrorKind, LoadedToken, PolicyGate, PolicyRuling, Question, QuestionScopes,
};
use crate::audit::{Durability, random_id};
use crate::diagnosis::{Cause, parse_challenges};
use crate::manifest::Api;
use crate::net::{self, NetError, StreamBody};
use crate::secret::Secret;
use crate::token::Granted;
use crate::usage::Event;

/// Maximum number of recorded refusals of unknown callers, per second.
const MOST_REFUSALS: u32 = 10;

/// Idle connections to keep for each API.
const IDLE_CONNECTIONS: usize = 64;

/// What is done with requests that the manifest does not allow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// What the manifest does not allow is denied.
    #[default]
    Enforce,
    /// Requests that match no endpoint, or that the policy denies, are sent and recorded as such. A token is obtained, and
    /// used for an endpoint, as in the other mode.
    Observe,
}

impl Mode {
    /// Returns the name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Observe => "observe",
        }
    }
}

/// Options of a gateway.
#[derive(Clone, Debug, Default)]
pub struct GatewayOptions {
    /// Whether requests are denied.
    pub mode: Mode,
    /// Client; `None` means the only one that fits.
    pub client: Option<String>,
    /// API; `None` means every API of the manifest.
    pub api: Option<String>,
    /// Whether a token that was granted more than requested is accepted.
    pub accept_more: bool,
    /// File name of the program that calls, for the record.
    pub caller: Option<String>,
}

/// A request that may be sent.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// Index of the API.
    pub api: usize,
    /// Name of the API.
    pub api_name: String,
    /// Method that is sent.
    pub method: String,
    /// Matched target.
    pub target: MatchedTarget,
    /// Message to an MCP server.
    pub mcp: Option<McpMessage>,
}

impl Admitted {
    /// An endpoint that does not exist, for entries of requests that match none.
    fn any_endpoint(&self) -> EndpointId {
        EndpointId { api: self.api, endpoint: usize::MAX }
    }

    /// Whether the method is safe (RFC 9110 §9.2.1).
    #[must_use]
    pub fn is_safe(&self) -> bool {
        is_safe(&self.method)
    }

    /// Returns method and path of a request that matches no endpoint, with identifiers replaced.
    fn shape(&self) -> String {
        match &self.mcp {
            Some(message) => message.label(),
            None => format!("{} {}", self.method, self.target.shape()),
        }
    }

    /// Returns the endpoint, unless the request is a message of a protocol that carries no operation.
    fn operation(&self) -> Option<EndpointId> {
        let is_of_protocol = self.mcp.as_ref().is_some_and(McpMessage::is_of_protocol);
        self.target.endpoint.filter(|_| !is_of_protocol)
    }
}

/// A gateway for the APIs of a manifest.
#[derive(Debug)]
pub struct Gateway {
    context: Arc<Context>,
    options: GatewayOptions,
    broker: Broker,
    http: net::Client,
    /// Client for handshakes of WebSockets, from the first one on.
    handshakes: OnceLock<net::Client>,
    pseudonym: String,
    /// Appends records, from the first request on; `None` if nothing is recorded.
    recorder: OnceLock<Option<Recorder>>,
    started: Instant,
    /// The second of the last recorded refusals, and their number.
    refusals: (AtomicU64, AtomicU32),
}

impl Gateway {
    /// Creates a gateway. Nothing is sent.
    ///
    /// # Errors
    /// If the manifest is not trusted, or has no such API or client.
    pub fn new(context: Arc<Context>, options: GatewayOptions) -> Result<Self, Error> {
        context.demand_trust()?;
        context.require_api(options.api.as_deref())?;
        if let Some(client) = &options.client {
            context.client(client)?;
        }
        let http = context.http()?.pooled(IDLE_CONNECTIONS);
        let gateway = Self {
            broker: Broker::new(options.client.clone(), options.accept_more),
            handshakes: OnceLock::new(),
            http,
            pseudonym: format!("tokscope-{}", random_id::<8>()?),
            recorder: OnceLock::new(),
            started: Instant::now(),
            refusals: (AtomicU64::new(0), AtomicU32::new(0)),
            context,
            options,
        };
        variables::check_variables(gateway.apis().into_iter().filter_map(|index| gateway.api(index)))?;
        match gateway.apis().is_empty() {
            true => Err(Error::new(ErrorKind::Usage, "the manifest has no API that can be called over HTTP")),
            false => Ok(gateway),
        }
    }

    /// Returns the manifest with its vault.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Records that the gateway starts.
    ///
    /// # Errors
    /// If it can't be recorded. It must not start then.
    pub async fn started(&self) -> Result<(), Error> {
        let entry = || entries::life_entry(&self.context, Event::GatewayStarted, self.mode(), &self.options);
        self.context.record(entry).await
    }

    /// Records that the gateway stops.
    pub async fn stopped(&self) {
        if let Ok(Some(recorder)) = self.recorder() {
            recorder.flush().await;
        }
        let entry = || entries::life_entry(&self.context, Event::GatewayStopped, self.mode(), &self.options);
        // it stops in any case
        let _ = self.context.record(entry).await;
    }

    /// Returns the mode.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.options.mode
    }

    /// Returns the indices of the APIs.
    #[must_use]
    pub fn apis(&self) -> Vec<usize> {
        let apis = self.context.manifest().map(|manifest| manifest.apis.as_slice()).unwrap_or_default();
        let is_wanted = |api: &Api| self.options.api.as_ref().is_none_or(|name| *name == api.name);
        apis.iter().enumerate().filter(|(_, api)| is_wanted(api)).map(|(index, _)| index).collect()
    }

    /// Returns an API.
    #[must_use]
    pub fn api(&self, index: usize) -> Option<&Api> {
        self.context.manifest()?.apis.get(index)
    }

    /// Returns the field in which an API expects its token, if not `Authorization`.
    #[must_use]
    pub fn own_field(&self, api: usize) -> Option<HeaderName> {
        let api = self.api(api)?;
        let clients = &self.context.manifest()?.clients;
        let fits = |client: &&crate::manifest::Client| {
            self.options.client.as_ref().is_none_or(|name| *name == client.name)
                && api.issuer.as_ref().is_none_or(|issuer| *issuer == client.issuer)
        };
        let name = clients.iter().filter(fits).find_map(|client| client.dialect.token_header.as_ref())?;
        HeaderName::from_bytes(name.as_bytes()).ok()
    }

    /// Matches and decides a request.
    ///
    /// # Errors
    /// The response to send instead.
    pub fn admit(
        &self,
        api: usize,
        method: &Method,
        path: &str,
        query: Option<&str>,
    ) -> Result<Admitted, Box<Refusal>> {
        if method.as_str() == "MCP" {
            // it stands for JSON-RPC in manifests
            return Err(Box::new(Refusal::new(405, "method-refused", "the gateway does not forward this method")));
        }
        let details = self.api(api).ok_or_else(unknown_api)?;
        let target = match_target(&self.context, api, method.as_str(), path, query).map_err(Refusal::from)?;
        let admitted =
            Admitted { api, api_name: details.name.clone(), method: method.as_str().to_owned(), target, mcp: None };
        if admitted.target.endpoint.is_none() && self.options.mode == Mode::Enforce {
            return Err(Box::new(self.unknown_endpoint(&admitted)));
        }
        Ok(admitted)
    }

    fn unknown_endpoint(&self, admitted: &Admitted) -> Refusal {
        let shape = admitted.shape();
        let names: Vec<String> =
            self.api(admitted.api).iter().flat_map(|api| &api.endpoints).map(ToString::to_string).collect();
        let similar = crate::text::nearest(&shape, names.iter().map(String::as_str), 3);
        let hint = match similar.is_empty() {
            true => String::new(),
            false => format!("; similar endpoints: {}", similar.join(", ")),
        };
        Refusal::new(403, "endpoint-unknown", format!("no endpoint in the manifest matches `{shape}`"))
            .at(Some((admitted.api_name.clone(), shape)))
            .next(format!("add the endpoint to the manifest, or run the gateway with `--observe`{hint}"))
    }

    /// Returns the API and endpoint of a request, for a refusal.
    fn place(&self, admitted: &Admitted) -> (String, String) {
        let endpoint = admitted.operation().and_then(|id| self.context.endpoint(id));
        let name = endpoint.map_or_else(|| admitted.shape(), |(_, endpoint)| endpoint.to_string());
        (admitted.api_name.clone(), name)
    }

    /// Returns the narrowest token for a request; `None` if its endpoint needs no scope and no token is available.
    ///
    /// # Errors
    /// The response to send instead.
    pub async fn lease(&self, admitted: &Admitted, notes: &mut Vec<String>) -> Result<Option<Arc<Lease>>, Refusal> {
        let endpoint = admitted.target.endpoint;
        match Box::pin(self.broker.lease(&self.context, admitted.api, endpoint, notes)).await {
            Ok(lease) => Ok(Some(lease)),
            Err(error) if self.goes_without(admitted, &error) => Ok(None),
            Err(error) => Err(self.without_token(admitted, &error)),
        }
    }

    /// Asks the policy about a request, also if its token was obtained before, and takes a use of an approval. A request
    /// that is only observed passes.
    ///
    /// # Errors
    /// The response to send instead.
    pub async fn permit(
        &self,
        admitted: &Admitted,
        lease: Option<&Arc<Lease>>,
    ) -> Result<Option<PolicyRuling>, Refusal> {
        let Some(endpoint) = admitted.operation() else { return Ok(None) };
        let ruling = self.ruling(endpoint, lease.map(Arc::as_ref));
        if self.mode() == Mode::Observe || ruling.as_ref().is_none_or(PolicyRuling::is_allowed) {
            return Ok(ruling);
        }
        // approvals are read from the disk
        let (context, options, lease) = (Arc::clone(&self.context), self.options.clone(), lease.cloned());
        let permitted = tokio::task::spawn_blocking(move || {
            ask(&context, &options, endpoint, lease.as_deref(), PolicyGate::permit_now)
        });
        let permitted =
            permitted.await.unwrap_or_else(|_| Err(Error::new(ErrorKind::Failed, "the policy's task failed")));
        let ruling = permitted.map_err(|error| Refusal::of_error(&error).at(Some(self.place(admitted))))?;
        Ok(ruling.map(|ruling| *ruling))
    }

    /// Returns the decision of the policy about a request, apart from approvals; `None` without a policy.
    fn ruling(&self, endpoint: EndpointId, lease: Option<&Lease>) -> Option<PolicyRuling> {
        ask(&self.context, &self.options, endpoint, lease, PolicyGate::ruling)
    }

    /// Whether a request may be sent without a token: its endpoint needs no scope, or it is only observed.
    fn goes_without(&self, admitted: &Admitted, error: &Error) -> bool {
        let is_missing = matches!(error.kind, ErrorKind::Refused | ErrorKind::Usage);
        let endpoint = admitted.target.endpoint.and_then(|id| self.context.endpoint(id));
        is_missing && endpoint.map_or(self.mode() == Mode::Observe, |(_, endpoint)| endpoint.requirement.is_none())
    }

    /// Returns the refusal of a request that no token is available for, with what it would need.
    fn without_token(&self, admitted: &Admitted, error: &Error) -> Refusal {
        let mut refusal = Refusal::of_error(error).at(Some(self.place(admitted)));
        let endpoint = admitted.target.endpoint.and_then(|id| self.context.endpoint(id));
        if let Some((_, endpoint)) = endpoint.filter(|_| refusal.status == 403 && refusal.code != "policy") {
            let alternatives = endpoint.requirement.alternatives().to_vec();
            let text = format!("requires {}", endpoint.requirement);
            refusal.evidence.push(("manifest", crate::diagnosis::Statement { text, scopes: alternatives.clone() }));
            refusal.missing = alternatives;
            let client = self.options.client.as_deref();
            let client = admitted.target.endpoint.and_then(|id| Planner::new(&self.context).client_to_name(id, client));
            if refusal.code == "login-needed" {
                let client = client.map(|name| format!(" --client {}", crate::text::shell_word(name)));
                let name = crate::text::shell_word(&endpoint.to_string()).into_owned();
                refusal.command = Some(format!("tokscope login --endpoint {name}{}", client.unwrap_or_default()));
            }
        }
        refusal
    }

    /// Replaces a token that the API rejected. `None` if no other token is available, or the policy is stricter about it than
    /// `ruling`, the decision about the first attempt.
    pub async fn renew(
        &self,
        admitted: &Admitted,
        lease: &Arc<Lease>,
        ruling: Option<&PolicyRuling>,
        notes: &mut Vec<String>,
    ) -> Option<Arc<Lease>> {
        let endpoint = admitted.target.endpoint;
        let renewed = match Box::pin(self.broker.renew(&self.context, admitted.api, endpoint, lease, notes)).await {
            Ok(lease) => lease,
            Err(error) => {
                notes.push(format!("the token could not be renewed: {error}"));
                return None;
            }
        };
        let effect = |ruling: &PolicyRuling| ruling.decision.effect;
        let again = admitted.operation().and_then(|endpoint| self.ruling(endpoint, Some(&renewed)));
        let is_permitted = self.mode() == Mode::Observe || again.as_ref().map(effect) >= ruling.map(effect);
        is_permitted.then_some(renewed)
    }

    /// Returns whether a response rejects the token: a challenge with `invalid_token`, or one without an error code in the
    /// second half of the token's life.
    #[must_use]
    pub fn is_rejected(&self, status: u16, headers: &HeaderMap, lease: &Lease) -> bool {
        if status != 401 {
            return false;
        }
        let values = headers.get_all(http::header::WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
        let challenges = parse_challenges(values);
        let mut errors = challenges.iter().filter_map(|challenge| challenge.parameter("error")).peekable();
        match errors.peek() {
            None => lease.is_past_half(),
            Some(_) => errors.any(|error| error == "invalid_token"),
        }
    }

    /// Returns whether a response brought a nonce that the next proof needs (RFC 9449 §9).
    #[must_use]
    pub fn learns_nonce(&self, url: &Url, headers: &HeaderMap, lease: &Lease) -> bool {
        lease.token.dpop.as_ref().is_some_and(|key| key.learn(url, headers))
    }

    /// Returns the URL of a request, rebuilt from what was matched.
    ///
    /// # Errors
    /// The response to send instead.
    pub fn url(&self, admitted: &Admitted, lease: Option<&Lease>) -> Result<Url, Box<Refusal>> {
        let failed = |error: Error| Box::new(Refusal::of_error(&error).at(Some(self.place(admitted))));
        let Some(endpoint) = admitted.target.endpoint else {
            let api = self.api(admitted.api).ok_or_else(unknown_api)?;
            let mut url = api.base_url.clone();
            if admitted.mcp.is_some() {
                return Ok(url);
            }
            let base = url.path().trim_end_matches('/').to_owned();
            url.set_path(&format!("{base}{}", admitted.target.path()));
            url.set_query(admitted.target.query.as_deref());
            return Ok(url);
        };
        let mut request = CallRequest::new(endpoint, admitted.target.parameters.clone());
        request.query.clone_from(&admitted.target.query);
        let caller = Caller::new(&self.context);
        let url = caller.target(&request, lease.map(|lease| &lease.token)).map_err(failed)?;
        demand_own_origin(&url, lease.map(|lease| &lease.token)).map_err(failed)?;
        Ok(url)
    }

    /// Returns the request to send, without its body. `headers`: those of the caller.
    ///
    /// # Errors
    /// The response to send instead.
    pub fn request(
        &self,
        admitted: &Admitted,
        url: Url,
        lease: Option<&Lease>,
        headers: &HeaderMap,
    ) -> Result<net::Request, Box<Refusal>> {
        let own = self.own_field(admitted.api);
        let headers = request_fields(headers, own.as_ref(), &self.pseudonym)
            .map_err(|error| Refusal::from(error).at(Some(self.place(admitted))))?;
        let method = Method::from_bytes(admitted.method.as_bytes())
            .map_err(|_| Refusal::new(405, "method-refused", "the method is not valid"))?;
        let mut request = net::Request { method, url, headers, body: None };
        let token = lease.map(|lease| &lease.token);
        let dialect = token.and_then(|token| Caller::new(&self.context).dialect_of(admitted.api, token));
        authorize(&mut request, token, dialect).map_err(|error| Refusal::of_error(&error))?;
        Ok(request)
    }

    /// Sends a request, the handshake of a WebSocket over HTTP/1.1. Neither body is collected.
    ///
    /// # Errors
    /// If no response arrives.
    pub async fn send(
        &self,
        request: net::Request,
        body: StreamBody,
        is_handshake: bool,
    ) -> Result<http::Response<StreamBody>, NetError> {
        let client = if is_handshake { self.handshakes()? } else { &self.http };
        client.stream(request, body).await
    }

    fn handshakes(&self) -> Result<&net::Client, NetError> {
        if let Some(client) = self.handshakes.get() {
            return Ok(client);
        }
        let client = self.http.with_protocol(net::Protocol::Http1)?;
        Ok(self.handshakes.get_or_init(|| client))
    }

    /// Whether the endpoint of a request passes WebSockets through.
    #[must_use]
    pub fn may_upgrade(&self, admitted: &Admitted) -> bool {
        admitted.target.endpoint.and_then(|id| self.context.endpoint(id)).is_some_and(|(_, endpoint)| endpoint.upgrade)
    }

    /// Records the intent of a request: on the disk for an unsafe method, in the system's memory for a safe one. `ruling`: the
    /// decision of the policy.
    ///
    /// # Errors
    /// The response to send instead.
    pub async fn begin(
        &self,
        admitted: &Admitted,
        url: &Url,
        lease: Option<&Lease>,
        ruling: Option<&PolicyRuling>,
    ) -> Result<RequestRecord, Refusal> {
        let caller = self.options.caller.as_deref();
        let entry = || entries::request_entry(&self.context, self.mode(), caller, admitted, url, lease, ruling);
        let is_safe = admitted.is_safe() && !self.may_upgrade(admitted);
        let durability = if is_safe { Durability::System } else { Durability::Disk };
        let begun = match self.recorder() {
            Ok(recorder) => RequestRecord::begin(recorder, durability, entry).await,
            Err(error) => Err(error),
        };
        begun.map_err(|error| Refusal::of_error(&error).at(Some(self.place(admitted))))
    }

    /// Records a refusal. Of callers without the placeholder, only a few per second are recorded.
    pub async fn record_refusal(&self, api: usize, admitted: Option<&Admitted>, refusal: &Refusal) {
        if admitted.is_none() && !self.may_record() {
            return;
        }
        let url = admitted.and_then(|admitted| self.url(admitted, None).ok());
        let caller = self.options.caller.as_deref();
        let api = self.api(api).map(|api| api.name.as_str());
        let admitted = admitted.zip(url.as_ref());
        let entry = || entries::refusal_entry(&self.context, self.mode(), caller, api, admitted, refusal);
        // the request is refused in any case
        if let Ok(Some(recorder)) = self.recorder() {
            let _ = recorder.single(entry()).await;
        }
    }

    /// Returns the recorder; `None` if nothing is recorded.
    fn recorder(&self) -> Result<Option<&Recorder>, Error> {
        if let Some(recorder) = self.recorder.get() {
            return Ok(recorder.as_ref());
        }
        let log = self.context.audit()?;
        Ok(self.recorder.get_or_init(|| log.map(Recorder::start)).as_ref())
    }

    fn may_record(&self) -> bool {
        let second = self.started.elapsed().as_secs();
        if self.refusals.0.swap(second, Ordering::Relaxed) != second {
            self.refusals.1.store(0, Ordering::Relaxed);
        }
        self.refusals.1.fetch_add(1, Ordering::Relaxed) < MOST_REFUSALS
    }

    /// Diagnoses a refusal of the API. `None` if its response is to be passed on unchanged: no scope or token is the
    /// reason.
    #[must_use]
    pub fn diagnose(
        &self,
        admitted: &Admitted,
        lease: Option<&Lease>,
        url: &Url,
        (status, headers, body): (u16, &HeaderMap, &[u8]),
    ) -> Option<Refusal> {
        let headers: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let response = crate::diagnosis::Response { status, headers: &headers, body };
        let token = lease.map(|lease| &lease.token);
        let host = url.host_str();
        let diagnosis = diagnose_response(
            &self.context,
            admitted.api,
            admitted.target.endpoint,
            token,
            host,
            response,
            Timestamp::now(),
        );
        let concerns_token = matches!(
            diagnosis.cause,
            Cause::Scope
                | Cause::TokenExpired
                | Cause::TokenNotYetValid
                | Cause::TokenInvalid
                | Cause::Audience
                | Cause::Issuer
                | Cause::Binding
                | Cause::StepUp
        );
        if !concerns_token {
            return None;
        }
        let text = String::from_utf8_lossy(body);
        let content = serde_json::from_str(&text).unwrap_or_else(|_| json!(text));
        let mut refusal = Refusal::new(status, diagnosis.cause.as_str(), "").diagnosed(&diagnosis);
        refusal.upstream = Some(json!({ "status": status, "body": content }));
        Some(refusal.at(Some(self.place(admitted))))
    }

    /// Returns the fields of a response for the caller. `own`: the base URL of the gateway.
    #[must_use]
    pub fn response_fields(&self, api: usize, headers: &HeaderMap, own: &str, lease: Option<&Lease>) -> HeaderMap {
        let Some(api) = self.api(api) else { return HeaderMap::new() };
        let mut passed = response_fields(headers, &api.base_url, own);
        if let Some(lease) = lease {
            mask_fields(&mut passed, &lease.token.secret);
        }
        passed
    }
}

/// Asks the policy about a request to an endpoint.
fn ask<'c, T>(
    context: &'c Context,
    options: &GatewayOptions,
    endpoint: EndpointId,
    lease: Option<&Lease>,
    decide: impl FnOnce(&PolicyGate<'c>, &Question<'_>) -> T,
) -> T {
    let token = lease.map(|lease| &lease.token);
    let granted = token.and_then(|token| token.granted.as_ref()).map(Granted::set);
    let question = Question {
        client: token.and_then(|token| token.client(context)).or(options.client.as_deref()),
        endpoints: &[endpoint],
        scopes: QuestionScopes::Needed(granted.as_ref()),
        signed_in: token.and_then(LoadedToken::sign_in_time),
        requests: true,
        takes_use: true,
        caller: options.caller.as_deref(),
        ..Question::default()
    };
    decide(&PolicyGate::new(context), &question)
}

fn unknown_api() -> Refusal {
    Refusal::new(404, "api-unknown", "the API is not in the manifest")
}

/// Overwrites a token in header fields or trailers.
pub fn mask_fields(fields: &mut HeaderMap, token: &Secret) {
    fields.values_mut().for_each(|value| mask(value, token.expose().as_bytes()));
}

/// Overwrites a token in a header field.
fn mask(value: &mut HeaderValue, token: &[u8]) {
    if memchr::memmem::find(value.as_bytes(), token).is_none() {
        return;
    }
    let mut bytes = value.as_bytes().to_vec();
    while let Some(at) = memchr::memmem::find(&bytes, token) {
        bytes.iter_mut().skip(at).take(token.len()).for_each(|byte| *byte = b'*');
    }
    *value = HeaderValue::from_bytes(&bytes).unwrap_or_else(|_| HeaderValue::from_static("*"));
}
