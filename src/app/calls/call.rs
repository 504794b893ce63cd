//! Calls an endpoint, and diagnoses a failure.

use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use jiff::Timestamp;
use url::Url;
use zeroize::Zeroizing;

use super::concern::Concerns;
use super::entries::{call_entry, called_entry};
use super::fields::fields;
use super::fit::evidence_at;
use super::mcp;
use super::remedy;
use super::request::CallRequest;
use crate::app::error::quoted;
use crate::app::policy::noted;
use crate::app::tokens::api_base;
use crate::app::{
    Context, EndpointId, Error, ErrorKind, LoadedToken, Origin, PolicyGate, PolicyRuling, Question, QuestionScopes,
};
use crate::diagnosis::{Case, Diagnosis, Request as SentRequest, Response, Sent, diagnose};
use crate::manifest::{Dialect, Endpoint, Route};
use crate::net;
use crate::oauth::DPOP;
use crate::token::Granted;
use crate::usage::Event;
use crate::vault::WebOrigin;

/// Outcome of a call.
#[derive(Clone, Debug)]
pub struct CallOutcome {
    /// Endpoint.
    pub endpoint: EndpointId,
    /// Method.
    pub method: String,
    /// URL.
    pub url: Url,
    /// HTTP version, such as `HTTP/1.1`.
    pub version: String,
    /// Status.
    pub status: u16,
    /// Header fields in their order.
    pub headers: Vec<(String, String)>,
    /// Body, up to the size limit.
    pub body: Vec<u8>,
    /// Timing, of the second request if the server required a nonce.
    pub timing: net::Timing,
    /// Diagnosis.
    pub diagnosis: Diagnosis,
    /// Decision of the policy, if the manifest has one.
    pub ruling: Option<Box<PolicyRuling>>,
}

impl CallOutcome {
    /// Returns the named parts of the timing: lookup, connection, first byte, total.
    #[must_use]
    pub fn times(&self) -> Vec<(&'static str, Duration)> {
        let connecting = if self.url.scheme() == "https" { "connect+TLS" } else { "connect" };
        let timing = &self.timing;
        [
            ("DNS", timing.dns),
            (connecting, timing.connect),
            ("first byte", Some(timing.first_byte)),
            ("total", Some(timing.total)),
        ]
        .into_iter()
        .filter_map(|(name, time)| Some((name, time?)))
        .collect()
    }

    /// Returns the target of a redirect, which is not followed: the token is bound to its origins.
    #[must_use]
    pub fn redirect(&self) -> Option<&str> {
        let location = || self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"));
        (300..400).contains(&self.status).then(location).flatten().map(|(_, to)| to.as_str())
    }
}

/// Returns whether a method is safe (RFC 9110 §9.2.1) and needs no confirmation: GET, HEAD and OPTIONS.
#[must_use]
pub fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS")
}

/// Calls endpoints.
#[derive(Debug)]
pub struct Caller<'a> {
    pub(super) context: &'a Context,
}

impl<'a> Caller<'a> {
    /// Creates a caller.
    #[must_use]
    pub fn new(context: &'a Context) -> Self {
        Self { context }
    }

    /// Returns the URL of a call. A fact that the token of a client has, such as the identifier of a tenant, is left as
    /// `{name}`.
    ///
    /// # Errors
    /// If a path parameter has no value.
    pub fn url(&self, request: &CallRequest) -> Result<Url, Error> {
        let clients = self.context.manifest().map(|manifest| manifest.clients.as_slice()).unwrap_or_default();
        let facts = clients.iter().flat_map(|client| client.dialect.facts.keys());
        self.url_with(request, facts.map(|name| (name.clone(), format!("{{{name}}}"))))
    }

    /// Returns the URL of a call with a token, which may have facts that belong to it.
    pub(in crate::app) fn target(&self, request: &CallRequest, token: Option<&LoadedToken>) -> Result<Url, Error> {
        let facts = token.map(|token| token.facts.clone()).unwrap_or_default();
        let base = self.dialect(request, token).map(|dialect| api_base(dialect, &facts)).transpose()?.flatten();
        let url = self.url_with(request, facts.into_iter())?;
        Ok(base.and_then(|base| moved(&url, &base)).unwrap_or(url))
    }

    /// Returns the dialect of the client that a token was obtained with; of a given token, that of a client of the API's
    /// issuer.
    fn dialect(&self, request: &CallRequest, token: Option<&LoadedToken>) -> Option<&'a Dialect> {
        self.dialect_of(request.endpoint.api, token?)
    }

    /// Like [`Self::dialect`], for an API by its index.
    #[must_use]
    pub(in crate::app) fn dialect_of(&self, api: usize, token: &LoadedToken) -> Option<&'a Dialect> {
        let client = match &token.origin {
            Origin::Obtained { client } => self.context.client(client).ok()?,
            Origin::Given => {
                let api = self.context.manifest()?.apis.get(api)?;
                let of_issuer = |client: &&crate::manifest::Client| Some(&client.issuer) == api.issuer.as_ref();
                self.context.manifest()?.clients.iter().find(of_issuer)?
            }
        };
        Some(&client.dialect)
    }

    fn url_with(&self, request: &CallRequest, facts: impl Iterator<Item = (String, String)>) -> Result<Url, Error> {
        let (api, endpoint) = self.context.require_endpoint(request.endpoint)?;
        if endpoint.mcp().is_some() {
            return Ok(api.base_url.clone());
        }
        let mut parameters = request.parameters.clone();
        for (name, value) in facts {
            if !parameters.iter().any(|(known, _)| *known == name) {
                parameters.push((name, value));
            }
        }
        let route = Route { api, endpoint, parameters, query: request.query.clone() };
        route.url().map_err(|parameter| {
            Error::new(ErrorKind::Usage, format!("missing value for the path parameter `{parameter}` of `{endpoint}`"))
                .hint(format!("include it in the path, such as `{}`", example(endpoint)))
        })
    }

    /// Sends a request, with the token if there is one, and diagnoses the response.
    ///
    /// # Errors
    /// If no response arrives, the request is not valid, or the user has to confirm it first.
    pub async fn call(&self, request: &CallRequest, token: Option<&LoadedToken>) -> Result<CallOutcome, Error> {
        self.recorded(Event::Use, request, token).await
    }

    /// Like [`Self::call`], recorded as this event.
    pub(super) async fn recorded(
        &self,
        event: Event,
        request: &CallRequest,
        token: Option<&LoadedToken>,
    ) -> Result<CallOutcome, Error> {
        let granted = token.and_then(|token| token.granted.as_ref().map(Granted::set));
        let question = Question {
            client: token.and_then(|token| token.client(self.context)),
            endpoints: &[request.endpoint],
            scopes: QuestionScopes::Needed(granted.as_ref()),
            signed_in: token.and_then(LoadedToken::sign_in_time),
            requests: event == Event::Use,
            takes_use: true,
            ..Question::default()
        };
        let ruling = PolicyGate::new(self.context).permit(&question).await?;
        let url = self.url(request).ok();
        let entry = || noted(call_entry(self.context, event, request.endpoint, url.as_ref(), token), ruling.as_deref());
        let act = self.context.begin(entry).await?;
        let called = Box::pin(self.send(request, token)).await.map(|called| CallOutcome { ruling, ..called });
        act.conclude(called, |called| called_entry(called.status, &called.body, called.timing.total)).await
    }

    /// Records that a request was not sent because the user did not confirm it, and returns the error.
    #[must_use]
    pub fn declined(&self, request: &CallRequest, token: Option<&LoadedToken>, error: Error) -> Error {
        let url = self.url(request).ok();
        let entry = || call_entry(self.context, Event::Use, request.endpoint, url.as_ref(), token);
        self.context.denied_now(error.by_rule("confirmation", None), entry)
    }

    async fn send(&self, request: &CallRequest, token: Option<&LoadedToken>) -> Result<CallOutcome, Error> {
        let (_, endpoint) = self.context.require_endpoint(request.endpoint)?;
        self.context.demand_trust()?;
        let url = self.target(request, token)?;
        let dialect = self.dialect(request, token);
        demand_token(token)?;
        demand_own_origin(&url, token)?;
        Concerns::new(self.context).demand_confirmed(request, token)?;
        // a nonce or a session makes it several requests, which share the time limit
        let http = self.context.http()?.within(request.limits.deadline);
        let http = http.with_protocol(request.protocol).map_err(unanswered)?;
        let exchange = Exchange { http, token, dialect, request, url: &url };
        let mut response = exchange.send(outgoing(endpoint, request, url.clone(), None)?).await?;
        if endpoint.mcp().is_some() {
            response = exchange.with_session(endpoint, response).await?;
        }
        let headers: Vec<(String, String)> = response
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let received = Response { status: response.status.as_u16(), headers: &headers, body: &response.body };
        let host = url.host_str();
        let endpoint_id = Some(request.endpoint);
        let now = Timestamp::now();
        let diagnosis = diagnose_response(self.context, request.endpoint.api, endpoint_id, token, host, received, now);
        Ok(CallOutcome {
            endpoint: request.endpoint,
            method: endpoint.method.clone(),
            url,
            version: format!("{:?}", response.version),
            status: response.status.as_u16(),
            headers,
            body: response.body.to_vec(),
            timing: response.timing,
            diagnosis,
            ruling: None,
        })
    }
}

/// Diagnoses the response to a request with this token.
pub(in crate::app) fn diagnose_response(
    context: &Context,
    api: usize,
    endpoint: Option<EndpointId>,
    token: Option<&LoadedToken>,
    host: Option<&str>,
    response: Response<'_>,
    now: Timestamp,
) -> Diagnosis {
    let api = context.manifest().and_then(|manifest| manifest.apis.get(api));
    let found = endpoint.and_then(|id| context.endpoint(id)).map(|(_, endpoint)| endpoint);
    let evidence = token.map(|token| match api {
        Some(api) => evidence_at(token, api, now),
        None => token.evidence(now),
    });
    let method = found.map(|endpoint| endpoint.method.as_str());
    let mut diagnosis = diagnose(&Case {
        response,
        api,
        endpoint: found,
        request: SentRequest { method, host, ..SentRequest::default() },
        sent: evidence.as_ref().map_or(Sent::Nothing, Sent::Token),
        now,
    });
    remedy::specify(&mut diagnosis, context, endpoint, token);
    diagnosis
}

/// Sends the requests of a call.
struct Exchange<'c> {
    http: net::Client,
    token: Option<&'c LoadedToken>,
    dialect: Option<&'c Dialect>,
    request: &'c CallRequest,
    url: &'c Url,
}

impl Exchange<'_> {
    /// Sends a request with the token.
    async fn send(&self, mut outgoing: net::Request) -> Result<net::Response, Error> {
        let limits = self.request.limits;
        authorize(&mut outgoing, self.token, self.dialect)?;
        let response = self.http.send(outgoing.clone(), limits).await.map_err(|error| {
            let insisted =
                self.request.protocol == net::Protocol::Http2 && matches!(error, net::NetError::Broken { .. });
            let hint = insisted.then_some("the server may not support HTTP/2; omit `--http2`");
            hint.into_iter().fold(unanswered(error), Error::hint)
        })?;
        // the server requires a nonce by refusing the request, which is retried once with it (RFC 9449 §9)
        let key = self.token.and_then(|token| token.dpop.as_ref());
        if key.is_some_and(|key| key.learn(self.url, &response.headers)) && response.status == StatusCode::UNAUTHORIZED
        {
            authorize(&mut outgoing, self.token, self.dialect)?;
            return self.http.send(outgoing, limits).await.map_err(unanswered);
        }
        Ok(response)
    }

    fn post(&self, (headers, body): (HeaderMap, Vec<u8>)) -> net::Request {
        net::Request { method: Method::POST, url: self.url.clone(), headers, body: Some(body) }
    }

    /// Calls a Model Context Protocol server of an older revision again, in a session, if `first` shows that it needs one.
    /// The body of the response is the JSON-RPC message, whether or not the server streams it.
    async fn with_session(&self, endpoint: &Endpoint, first: net::Response) -> Result<net::Response, Error> {
        let mut response = match mcp::older_revision(first.status.as_u16(), &first.headers, &first.body) {
            Some(version) => self.in_session(endpoint, version).await?.unwrap_or(first),
            None => first,
        };
        if let Some(message) = mcp::response(&response.headers, &response.body) {
            response.body = Zeroizing::new(message.to_string().into_bytes());
        }
        Ok(response)
    }

    /// Opens a session, calls, and ends the session. `None` if the server does not open one.
    async fn in_session(&self, endpoint: &Endpoint, version: &'static str) -> Result<Option<net::Response>, Error> {
        let mut opened = self.send(self.post(mcp::initialize(version))).await?;
        // a server that did not name its revisions before may do so now
        let other = mcp::older_revision(opened.status.as_u16(), &opened.headers, &opened.body);
        if let Some(other) = other.filter(|other| *other != version) {
            opened = self.send(self.post(mcp::initialize(other))).await?;
        }
        if matches!(opened.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Ok(Some(opened));
        }
        let Some(session) = mcp::Session::read(&opened.headers, &opened.body) else { return Ok(None) };
        // a notification has no response beyond its status
        self.send(self.post(session.initialized())).await?;
        let called = self.send(outgoing(endpoint, self.request, self.url.clone(), Some(&session))?).await?;
        if session.has_id() {
            let end =
                net::Request { method: Method::DELETE, url: self.url.clone(), headers: session.end(), body: None };
            // a server may not support it, and keeps the session until it expires
            drop(self.send(end).await);
        }
        Ok(Some(called))
    }
}

fn unanswered(error: net::NetError) -> Error {
    if matches!(error, net::NetError::TimedOut { .. }) {
        return Error::new(ErrorKind::Failed, error.to_string()).hint("`tokscope call --timeout SECONDS` waits longer");
    }
    error.hint().into_iter().fold(Error::new(ErrorKind::Failed, error.to_string()), Error::hint)
}

/// Refuses a description of a token, such as its decoded claims, which no API accepts.
fn demand_token(token: Option<&LoadedToken>) -> Result<(), Error> {
    let Some(description) = token.and_then(|token| token.decoded.description) else { return Ok(()) };
    let message = format!("the input is {}, which can't be sent", description.meaning());
    Err(Error::new(ErrorKind::TokenUnusable, message).by_rule("token", None).hint("pass the token itself"))
}

/// Checks that a token is bound to the origin of the URL.
pub(in crate::app) fn demand_own_origin(url: &Url, token: Option<&LoadedToken>) -> Result<(), Error> {
    let Some(origins) = token.and_then(|token| token.origins.as_ref()) else { return Ok(()) };
    if WebOrigin::of(url).is_some_and(|origin| origins.contains(&origin)) {
        return Ok(());
    }
    let own: Vec<String> = origins.iter().map(WebOrigin::to_string).collect();
    let message = format!(
        "the token is bound to {}, not to `{}`",
        quoted(own.iter().map(String::as_str)),
        url.origin().ascii_serialization()
    );
    Err(Error::new(ErrorKind::TokenUnusable, message).by_rule("origin", None).hint("obtain a token for this API"))
}

/// Builds the request without a token. `session`: of a Model Context Protocol server.
pub(super) fn outgoing(
    endpoint: &Endpoint,
    request: &CallRequest,
    url: Url,
    session: Option<&mcp::Session>,
) -> Result<net::Request, Error> {
    if let Some((method, name)) = endpoint.mcp() {
        let operation = mcp::Operation { method, name };
        let body = operation.body(request.body.as_deref(), session)?;
        let request = CallRequest { body: Some(body), ..request.clone() };
        let mut headers = fields(&request)?;
        operation.headers(session, &mut headers)?;
        return Ok(net::Request { method: Method::POST, url, headers, body: request.body });
    }
    let method = Method::from_bytes(endpoint.method.as_bytes())
        .map_err(|_| Error::new(ErrorKind::Usage, format!("`{}` is not a valid method", endpoint.method)))?;
    Ok(net::Request { method, url, headers: fields(request)?, body: request.body.clone() })
}

/// Returns the endpoint with an example value for each parameter.
fn example(endpoint: &Endpoint) -> String {
    let path = endpoint.template.fill(|_| Some("7".to_owned())).unwrap_or_else(|_| endpoint.template.to_string());
    format!("{} {path}", endpoint.method)
}

/// Returns a URL at another base URL, with its path below that of the base.
fn moved(url: &Url, base: &Url) -> Option<Url> {
    let mut moved = url.clone();
    moved.set_scheme(base.scheme()).ok()?;
    moved.set_host(base.host_str()).ok()?;
    moved.set_port(base.port()).ok()?;
    moved.set_path(&format!("{}{}", base.path().trim_end_matches('/'), url.path()));
    Some(moved)
}

/// Adds the token, and a proof if it is bound to a key (RFC 6750 §2.1, RFC 9449 §7.1); also the header fields that every
/// call of the API needs.
pub(in crate::app) fn authorize(
    request: &mut net::Request,
    token: Option<&LoadedToken>,
    dialect: Option<&Dialect>,
) -> Result<(), Error> {
    let Some(token) = token else { return Ok(()) };
    for (name, value) in dialect.into_iter().flat_map(|dialect| dialect.api_headers_with(&token.facts)) {
        // the manifest's parser has checked the name; a fact may have characters that no value has
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value))
            && !request.headers.contains_key(&name)
        {
            request.headers.insert(name, value);
        }
    }
    let own_field = dialect.and_then(|dialect| dialect.token_header.as_ref());
    let own_field = own_field.and_then(|name| HeaderName::from_bytes(name.as_bytes()).ok());
    let scheme = if token.dpop.is_some() { "DPoP" } else { "Bearer" };
    let sent = Zeroizing::new(match &own_field {
        Some(_) => token.secret.expose().to_owned(),
        None => format!("{scheme} {}", token.secret.expose()),
    });
    let mut value = HeaderValue::from_str(&sent).map_err(|_| {
        Error::new(ErrorKind::TokenUnusable, "the token has characters that are not allowed in a header")
    })?;
    value.set_sensitive(true);
    request.headers.insert(own_field.unwrap_or(AUTHORIZATION), value);
    if let Some(key) = &token.dpop {
        let proof = key
            .proof(&request.method, &request.url, Some(&token.secret))
            .map_err(|error| Error::new(ErrorKind::Failed, error.to_string()))?;
        request.headers.insert(&DPOP, proof);
    }
    Ok(())
}
