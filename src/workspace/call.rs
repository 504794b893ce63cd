//! Calls an endpoint, and says why it failed.

use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderValue, Method, StatusCode};
use jiff::Timestamp;
use url::Url;
use zeroize::Zeroizing;

use super::fields::fields;
use super::mcp;
use super::open::quoted;
use super::{EndpointId, Error, HeldToken, Kind, Workspace};
use crate::diagnosis::{Case, Diagnosis, Response, Sent, diagnose};
use crate::manifest::{Endpoint, Route};
use crate::net;
use crate::oauth::DPOP;
use crate::vault::WebOrigin;

/// What a call may cost where nothing else is said.
const LIMITS: net::Limits = net::Limits { deadline: Duration::from_secs(30), body: 8 << 20 };

/// What to call.
#[derive(Clone, Debug)]
pub struct CallRequest {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// Values of the path's parameters.
    pub parameters: Vec<(String, String)>,
    /// The query, without the question mark.
    pub query: Option<String>,
    /// Further header fields.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Vec<u8>>,
    /// What it may cost.
    pub limits: net::Limits,
    /// The version of HTTP.
    pub protocol: net::Protocol,
    /// A person has seen what [`Workspace::concerns`] says of it, and wants it sent.
    pub confirmed: bool,
}

impl CallRequest {
    /// A call without anything but its path parameters.
    #[must_use]
    pub fn new(endpoint: EndpointId, parameters: Vec<(String, String)>) -> Self {
        Self {
            endpoint,
            parameters,
            query: None,
            headers: Vec::new(),
            body: None,
            limits: LIMITS,
            protocol: net::Protocol::Any,
            confirmed: false,
        }
    }
}

impl CallRequest {
    /// Adds parameters to the query, encoded as forms are (RFC 1866 §8.2.1).
    pub fn add_query(&mut self, parameters: &[(String, String)]) {
        if !parameters.is_empty() {
            let query = url::form_urlencoded::Serializer::for_suffix(self.query.take().unwrap_or_default(), 0)
                .extend_pairs(parameters)
                .finish();
            self.query = Some(query);
        }
    }

    /// Whether such a header field was given, without regard to case.
    #[must_use]
    pub fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name))
    }
}

/// What came of a call.
#[derive(Clone, Debug)]
pub struct Called {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// The method.
    pub method: String,
    /// Where it went.
    pub url: Url,
    /// The version of HTTP that was spoken, as in `HTTP/1.1`.
    pub version: String,
    /// The status.
    pub status: u16,
    /// The header fields in their order.
    pub headers: Vec<(String, String)>,
    /// The body, up to the cap.
    pub body: Vec<u8>,
    /// How long it took; of the second of two requests, where a nonce was asked for.
    pub timing: net::Timing,
    /// Why it failed, or that it did not.
    pub diagnosis: Diagnosis,
}

impl Called {
    /// The parts of the time, each with its name: look-up, connection, first byte, all.
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

    /// Where the answer redirects to. It is never followed: the token belongs to one origin.
    #[must_use]
    pub fn redirect(&self) -> Option<&str> {
        let location = || self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"));
        (300..400).contains(&self.status).then(location).flatten().map(|(_, to)| to.as_str())
    }
}

impl Workspace {
    /// Whether a method is safe (RFC 9110 §9.2.1) and needs no confirmation: GET, HEAD and OPTIONS.
    #[must_use]
    pub fn is_safe(method: &str) -> bool {
        matches!(method, "GET" | "HEAD" | "OPTIONS")
    }

    /// The URL that a call would go to.
    ///
    /// # Errors
    /// When a path parameter has no value.
    pub fn call_url(&self, request: &CallRequest) -> Result<Url, Error> {
        let (api, endpoint) = self.known_endpoint(request.endpoint)?;
        if endpoint.mcp().is_some() {
            return Ok(api.base_url.clone());
        }
        let route = Route { api, endpoint, parameters: request.parameters.clone(), query: request.query.clone() };
        route.url().map_err(|parameter| {
            Error::new(Kind::Usage, format!("`{endpoint}` needs a value for `{parameter}`"))
                .hint(format!("write it into the path, as in `{}`", example(endpoint)))
        })
    }

    /// Sends the request, with the token if there is one, and diagnoses the answer.
    ///
    /// # Errors
    /// When there is no answer, the request can't be made, or a person has to confirm it first.
    pub async fn call(&self, request: &CallRequest, token: Option<&HeldToken>) -> Result<Called, Error> {
        let (api, endpoint) = self.known_endpoint(request.endpoint)?;
        self.demand_trust()?;
        let url = self.call_url(request)?;
        demand_own_origin(&url, token)?;
        self.demand_confirmed(request, token)?;
        let mut outgoing = outgoing(endpoint, request, url.clone())?;
        authorize(&mut outgoing, token)?;
        let http = self.http()?.with_protocol(request.protocol).map_err(unanswered)?;
        let mut response = http.send(outgoing.clone(), request.limits).await.map_err(|error| {
            let insisted = request.protocol == net::Protocol::Http2 && matches!(error, net::NetError::Broken { .. });
            let hint = insisted.then_some("the server may not speak HTTP/2: leave `--http2` out");
            hint.into_iter().fold(unanswered(error), Error::hint)
        })?;
        // a nonce is asked for by a refusal; the proof that holds it is sent once (RFC 9449 §9)
        let key = token.and_then(|token| token.dpop.as_ref());
        if key.is_some_and(|key| key.learn(&url, &response.headers)) && response.status == StatusCode::UNAUTHORIZED {
            authorize(&mut outgoing, token)?;
            response = http.send(outgoing, request.limits).await.map_err(unanswered)?;
        }
        let headers: Vec<(String, String)> = response
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let now = Timestamp::now();
        let evidence = token.map(|token| token.evidence(now));
        let diagnosis = diagnose(&Case {
            response: Response { status: response.status.as_u16(), headers: &headers, body: &response.body },
            api: Some(api),
            endpoint: Some(endpoint),
            sent: evidence.as_ref().map_or(Sent::Nothing, Sent::Token),
            now,
        });
        Ok(Called {
            endpoint: request.endpoint,
            method: endpoint.method.clone(),
            url,
            version: format!("{:?}", response.version),
            status: response.status.as_u16(),
            headers,
            body: response.body.to_vec(),
            timing: response.timing,
            diagnosis,
        })
    }
}

fn unanswered(error: net::NetError) -> Error {
    error.hint().into_iter().fold(Error::new(Kind::Failed, error.to_string()), Error::hint)
}

/// A token that was obtained goes to the origins it was obtained for, and nowhere else.
fn demand_own_origin(url: &Url, token: Option<&HeldToken>) -> Result<(), Error> {
    let Some(origins) = token.and_then(|token| token.origins.as_ref()) else { return Ok(()) };
    if WebOrigin::of(url).is_some_and(|origin| origins.contains(&origin)) {
        return Ok(());
    }
    let own: Vec<String> = origins.iter().map(WebOrigin::to_string).collect();
    let message = format!(
        "the token belongs to {}, not to `{}`",
        quoted(own.iter().map(String::as_str)),
        url.origin().ascii_serialization()
    );
    Err(Error::new(Kind::TokenUnusable, message).hint("obtain one for this API"))
}

/// The request, without a token.
fn outgoing(endpoint: &Endpoint, request: &CallRequest, url: Url) -> Result<net::Request, Error> {
    if let Some((operation, name)) = endpoint.mcp() {
        let body = mcp::body(operation, name, request.body.as_deref())?;
        let request = CallRequest { body: Some(body), ..request.clone() };
        let mut headers = fields(&request)?;
        mcp::headers(operation, name, &mut headers)?;
        return Ok(net::Request { method: Method::POST, url, headers, body: request.body });
    }
    let method = Method::from_bytes(endpoint.method.as_bytes())
        .map_err(|_| Error::new(Kind::Usage, format!("`{}` is no method", endpoint.method)))?;
    Ok(net::Request { method, url, headers: fields(request)?, body: request.body.clone() })
}

/// The endpoint with something in the place of each parameter.
fn example(endpoint: &Endpoint) -> String {
    let path = endpoint.template.fill(|_| Some("7".to_owned())).unwrap_or_else(|_| endpoint.template.to_string());
    format!("{} {path}", endpoint.method)
}

/// Puts the token into the header, and the proof of its key if it is bound to one (RFC 6750 §2.1, RFC 9449 §7.1).
fn authorize(request: &mut net::Request, token: Option<&HeldToken>) -> Result<(), Error> {
    let Some(token) = token else { return Ok(()) };
    let scheme = if token.dpop.is_some() { "DPoP" } else { "Bearer" };
    let sent = Zeroizing::new(format!("{scheme} {}", token.secret.expose()));
    let mut value = HeaderValue::from_str(&sent)
        .map_err(|_| Error::new(Kind::TokenUnusable, "the token holds characters that no header can carry"))?;
    value.set_sensitive(true);
    request.headers.insert(AUTHORIZATION, value);
    if let Some(key) = &token.dpop {
        let proof = key
            .proof(&request.method, &request.url, Some(&token.secret))
            .map_err(|error| Error::new(Kind::Failed, error.to_string()))?;
        request.headers.insert(&DPOP, proof);
    }
    Ok(())
}
