//! One request: check, admit, lease a token, record, send, pass the response on.

use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use http::header::{ALLOW, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use url::Url;

use super::body::{MOST_MESSAGE, MOST_REPLAYED, Outgoing, Progress, RequestBody, ResponseBody};
use super::{Door, Listener, upgrade};
use crate::app::PolicyRuling;
use crate::app::gateway::{Admitted, CallerError, Gateway, Lease, PROBLEM, Refusal, RequestOutcome, RequestRecord};
use crate::net::{self, NetError, StreamBody};

/// Maximum size of a refusal of the API that is diagnosed, in bytes.
const MOST_DIAGNOSED: usize = 64 << 10;

/// Field with the code of a response of the gateway itself.
const CODE: &str = "tokscope-code";

/// A request under way.
struct Exchange {
    listener: Rc<Listener>,
    gateway: Arc<Gateway>,
    admitted: Admitted,
    headers: HeaderMap,
    /// Base URL of the gateway for the caller.
    base_url: String,
    is_head: bool,
    began: Instant,
    /// The connection of a caller that asks for a WebSocket.
    caller: Option<upgrade::Caller>,
}

/// A refusal, and the request if it was admitted.
type Refused = (Refusal, Option<Admitted>);

/// Handles a request. Never fails: a failure is a response.
pub(super) async fn handle(
    listener: Rc<Listener>,
    door: Door,
    request: Request<Incoming>,
) -> Result<Response<Outgoing>, Infallible> {
    let (gateway, api) = listener.current();
    let is_head = request.method() == Method::HEAD;
    listener.served.set(listener.served.get() + 1);
    let Some(api) = api else {
        let refusal = Refusal::new(404, "api-unknown", "the manifest no longer has this API");
        return Ok(own_response(&refusal, None, is_head));
    };
    let response = match receive(Rc::clone(&listener), door, (&gateway, api), request).await {
        Ok(response) => response,
        Err((refusal, admitted)) => {
            gateway.record_refusal(api, admitted.as_ref(), &refusal).await;
            response_to(admitted.as_ref(), &refusal, None, is_head)
        }
    };
    Ok(response)
}

async fn receive(
    listener: Rc<Listener>,
    door: Door,
    (gateway, api): (&Arc<Gateway>, usize),
    request: Request<Incoming>,
) -> Result<Response<Outgoing>, Refused> {
    let began = Instant::now();
    let (mut parts, incoming) = request.into_parts();
    let early = |refusal: Refusal| (refusal, None);
    let own_field = gateway.own_field(api);
    let check = listener.check(door).check(&parts.method, &parts.uri, &parts.headers, own_field.as_ref());
    check.map_err(|error| early(error.into()))?;
    let Ok(_permit) = listener.requests.clone().try_acquire_owned() else {
        let refusal = Refusal::new(503, "too-many-requests", "too many requests are in progress");
        return Err(early(Refusal { retry_after: Some(1), ..refusal.next("send fewer requests at a time") }));
    };
    if parts.uri.path() == "*" {
        return Ok(of_the_server(&parts.method));
    }
    let (path, query) = (parts.uri.path(), parts.uri.query());
    let is_message = gateway.is_mcp(api, &parts.method, path, query);
    let (admitted, incoming) = if is_message && parts.method == Method::POST {
        let message = message(&listener, incoming).await.map_err(early)?;
        let admitted = gateway.admit_message(api, &parts.method, &parts.headers, &message);
        (admitted, Arriving::Whole(message))
    } else if is_message {
        (gateway.admit_message(api, &parts.method, &parts.headers, b""), Arriving::Stream(incoming))
    } else {
        let admitted = gateway.admit(api, &parts.method, path, query).map_err(|refusal| (refusal, None));
        (admitted, Arriving::Stream(incoming))
    };
    let admitted = admitted.map_err(|(refusal, admitted)| (*refusal, admitted.map(|admitted| *admitted)))?;
    let (caller, incoming) = match upgrade::is_web_socket(&parts.headers) {
        true => match web_socket(gateway, &admitted, &mut parts) {
            // a handshake has no body
            Ok(caller) => (Some(caller), Arriving::Whole(Bytes::new())),
            Err(refusal) => return Err((*refusal, Some(admitted))),
        },
        false => (None, incoming),
    };
    let is_head = parts.method == Method::HEAD;
    let base_url = listener.base_url(door);
    let gateway = Arc::clone(gateway);
    let headers = parts.headers;
    let mut exchange = Exchange { listener, gateway, admitted, headers, base_url, is_head, began, caller };
    exchange.run(incoming).await.map_err(|refusal| (refusal, Some(exchange.admitted)))
}

/// Returns the connection of a caller that asks for a WebSocket.
fn web_socket(
    gateway: &Gateway,
    admitted: &Admitted,
    parts: &mut http::request::Parts,
) -> Result<upgrade::Caller, Box<Refusal>> {
    let caller = upgrade::Caller::of(&mut parts.extensions).filter(|_| gateway.may_upgrade(admitted));
    caller.ok_or_else(|| {
        let detail = "the manifest does not say that the endpoint is for WebSockets";
        let refusal = Refusal::new(501, "upgrade-not-supported", detail);
        Box::new(refusal.next("use the HTTP interface of the API, or add `upgrade = true` to the endpoint"))
    })
}

/// Reads a message to an MCP server, which names the endpoint.
async fn message(listener: &Listener, incoming: Incoming) -> Result<Bytes, Refusal> {
    let placeholder = &listener.tcp.placeholder;
    let (body, progress) = RequestBody::new(incoming, placeholder, listener.idle);
    let collected = http_body_util::Limited::new(body, MOST_MESSAGE).collect().await.map_err(|error| {
        if progress.is_misplaced() {
            return Refusal::from(CallerError::Misplaced);
        }
        match error.is::<http_body_util::LengthLimitError>() {
            true => Refusal::new(413, "mcp-too-large", "the message is too large").next("send less at a time"),
            false => Refusal::new(400, "body-incomplete", "the body of the request is incomplete"),
        }
    })?;
    let bytes = collected.to_bytes();
    match placeholder.is_in(&bytes) {
        true => Err(CallerError::Misplaced.into()),
        false => Ok(bytes),
    }
}

/// Body of a request as it arrives: a message that was read, or a stream.
enum Arriving {
    Whole(Bytes),
    Stream(Incoming),
}

/// Answers `OPTIONS *`, which is about the server itself.
fn of_the_server(method: &Method) -> Response<Outgoing> {
    let mut response = Response::new(Outgoing::Own(None));
    *response.status_mut() = if *method == Method::OPTIONS { StatusCode::NO_CONTENT } else { StatusCode::BAD_REQUEST };
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("OPTIONS"));
    response
}

/// Body of a request: small enough to be sent again, or streamed.
enum Sending {
    Whole(Bytes),
    Streamed(RequestBody, Arc<Progress>),
}

/// A request that was recorded and sent.
struct Attempt {
    sent: Result<Response<StreamBody>, NetError>,
    lease: Option<Arc<Lease>>,
    record: RequestRecord,
}

impl Exchange {
    async fn run(&mut self, incoming: Arriving) -> Result<Response<Outgoing>, Refusal> {
        let mut notes = Vec::new();
        let leased = self.gateway.lease(&self.admitted, &mut notes).await;
        self.listener.report(notes);
        let lease = leased?;
        let ruling = self.gateway.permit(&self.admitted, lease.as_ref()).await?;
        let url = self.gateway.url(&self.admitted, lease.as_deref())?;
        let request = self.gateway.request(&self.admitted, url.clone(), lease.as_deref(), &self.headers)?;
        let (body, progress, whole) = match self.body(incoming).await? {
            Sending::Whole(bytes) => (StreamBody::from(bytes.clone()), None, Some(bytes)),
            Sending::Streamed(body, progress) => (StreamBody::wrap(body), Some(progress), None),
        };
        let record = self.gateway.begin(&self.admitted, &url, lease.as_deref(), ruling.as_ref()).await?;
        let sent = self.send(request, body, progress.as_deref()).await;
        // of a message, only a small one is sent again
        let whole = whole.filter(|whole| whole.len() <= MOST_REPLAYED);
        let replay = || whole.clone().or_else(|| progress.as_ref().and_then(|progress| progress.replay()));
        let attempt = Attempt { sent, lease, record };
        let Attempt { sent, lease, record } = self.retried(attempt, ruling.as_ref(), &url, replay).await;
        match sent {
            Ok(response) => match self.caller.take_if(|_| response.status() == StatusCode::SWITCHING_PROTOCOLS) {
                Some(caller) => {
                    let fields = self.fields(response.headers(), lease.as_deref());
                    Ok(upgrade::pass(&self.listener, caller, response, fields, lease, (record, self.began)))
                }
                None => Ok(self.pass(response, lease, &url, record).await),
            },
            Err(error) => {
                let refusal = match progress.as_ref().is_some_and(|progress| progress.is_misplaced()) {
                    true => Refusal::from(CallerError::Misplaced),
                    false => Refusal::of_network(&error),
                };
                record.fail(&refusal.code);
                Ok(self.refused(&refusal))
            }
        }
    }

    fn refused(&self, refusal: &Refusal) -> Response<Outgoing> {
        response_to(Some(&self.admitted), refusal, None, self.is_head)
    }

    /// Reads a body of known and small size, so that nothing is sent if it is refused. Any other is streamed.
    async fn body(&self, incoming: Arriving) -> Result<Sending, Refusal> {
        let incoming = match incoming {
            Arriving::Whole(bytes) => return Ok(Sending::Whole(bytes)),
            Arriving::Stream(incoming) => incoming,
        };
        let placeholder = &self.listener.tcp.placeholder;
        let size = incoming.size_hint().exact();
        let (body, progress) = RequestBody::new(incoming, placeholder, self.listener.idle);
        if size.is_none_or(|size| size > MOST_REPLAYED as u64) {
            return Ok(Sending::Streamed(body, progress));
        }
        let collected = body.collect().await.map_err(|_| match progress.is_misplaced() {
            true => Refusal::from(CallerError::Misplaced),
            false => Refusal::new(400, "body-incomplete", "the body of the request is incomplete"),
        })?;
        let bytes = collected.to_bytes();
        match placeholder.is_in(&bytes) {
            true => Err(CallerError::Misplaced.into()),
            false => Ok(Sending::Whole(bytes)),
        }
    }

    /// Sends a request, and waits for the response while the body makes progress. The handshake of a WebSocket has no body.
    async fn send(
        &self,
        mut request: net::Request,
        body: StreamBody,
        progress: Option<&Progress>,
    ) -> Result<Response<StreamBody>, NetError> {
        let url = request.url.clone();
        let idle = self.listener.idle;
        let is_handshake = self.caller.is_some();
        if is_handshake {
            upgrade::ask(&mut request.headers);
        }
        let mut sending = std::pin::pin!(self.gateway.send(request, body, is_handshake));
        let mut last = tokio::time::Instant::now();
        loop {
            match tokio::time::timeout_at(last + idle, &mut sending).await {
                Ok(sent) => return sent,
                Err(_) => {
                    let moved = progress.map_or(last, Progress::last);
                    if moved <= last {
                        let url = url.origin().ascii_serialization();
                        return Err(NetError::TimedOut { url, after: idle });
                    }
                    last = moved;
                }
            }
        }
    }

    /// Sends a request once more if the API rejects the token or requires a nonce, and the body can be sent again. With
    /// another token it is recorded as another request, before it is sent.
    async fn retried(
        &self,
        first: Attempt,
        ruling: Option<&PolicyRuling>,
        url: &Url,
        replay: impl Fn() -> Option<Bytes>,
    ) -> Attempt {
        let (Ok(response), Some(lease)) = (&first.sent, &first.lease) else { return first };
        let status = response.status().as_u16();
        let has_nonce = self.gateway.learns_nonce(url, response.headers(), lease);
        let is_rejected = self.gateway.is_rejected(status, response.headers(), lease);
        if !(is_rejected || (has_nonce && status == 401)) {
            return first;
        }
        let Some(body) = replay() else { return first };
        let renewed = match is_rejected {
            true => {
                let mut notes = Vec::new();
                let renewed = self.gateway.renew(&self.admitted, lease, ruling, &mut notes).await;
                self.listener.report(notes);
                renewed
            }
            false => Some(Arc::clone(lease)),
        };
        let Some(renewed) = renewed else { return first };
        let again = self.gateway.request(&self.admitted, url.clone(), Some(&renewed), &self.headers);
        let Ok(again) = again else { return first };
        let record = match is_rejected {
            true => {
                let begun = self.gateway.begin(&self.admitted, url, Some(&renewed), ruling).await;
                let Ok(record) = begun else { return first };
                let time = self.began.elapsed();
                first.record.end(RequestOutcome { status: Some(status), time, complete: true, ..Default::default() });
                record
            }
            false => first.record,
        };
        Attempt { sent: self.send(again, StreamBody::from(body), None).await, lease: Some(renewed), record }
    }

    /// Passes the response on: unchanged, unless a scope or the token is the reason for a refusal.
    async fn pass(
        &self,
        response: Response<StreamBody>,
        lease: Option<Arc<Lease>>,
        url: &Url,
        record: RequestRecord,
    ) -> Response<Outgoing> {
        let (parts, body) = response.into_parts();
        let status = parts.status.as_u16();
        let is_readable = !parts.headers.contains_key(CONTENT_ENCODING);
        let token = lease.as_ref().map(|lease| lease.token.secret.clone());
        let fields = self.fields(&parts.headers, lease.as_deref());
        if matches!(status, 401 | 403) && is_readable && !self.is_head {
            let idle = self.listener.idle;
            let limited = http_body_util::Limited::new(body, MOST_DIAGNOSED);
            let read = tokio::time::timeout(idle, limited.collect()).await;
            let Ok(Ok(read)) = read else {
                record.fail("upstream-broken");
                let refusal = Refusal::new(status, "upstream-refused", "the API refused the request");
                return own_response(&refusal, fields.get(WWW_AUTHENTICATE), self.is_head);
            };
            let mut bytes = read.to_bytes();
            if let Some(token) = &token {
                let mut search = super::search::StreamSearch::new(token.expose().as_bytes());
                let mut masked = BytesMut::from(search.mask(bytes).as_ref());
                masked.extend_from_slice(&search.finish());
                bytes = masked.freeze();
            }
            let answer = (status, &parts.headers, &bytes[..]);
            let diagnosis = self.gateway.diagnose(&self.admitted, lease.as_deref(), url, answer);
            let outcome = RequestOutcome {
                status: Some(status),
                bytes: bytes.len() as u64,
                time: self.began.elapsed(),
                complete: true,
                required: diagnosis.as_ref().and_then(|refusal| self.named_scopes(refusal)),
            };
            record.end(outcome);
            return match diagnosis {
                Some(refusal) => match message_response(Some(&self.admitted), &refusal) {
                    Some(response) => response,
                    None => diagnosed_response(&refusal, fields),
                },
                None => {
                    let mut response = Response::new(Outgoing::Own(Some(bytes)));
                    (*response.status_mut(), *response.headers_mut()) = (parts.status, fields);
                    response
                }
            };
        }
        let is_events = parts
            .headers
            .get(CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().to_ascii_lowercase().starts_with(b"text/event-stream"));
        let idle = (!is_events).then_some(self.listener.idle);
        let began = self.began;
        let finish = Box::new(move |bytes, complete| {
            let outcome =
                RequestOutcome { status: Some(status), bytes, time: began.elapsed(), complete, required: None };
            record.end(outcome);
        });
        let body = ResponseBody::new(body, token, is_readable, idle, finish);
        let mut response = Response::new(Outgoing::Streamed(Box::new(body)));
        (*response.status_mut(), *response.headers_mut()) = (parts.status, fields);
        response
    }

    /// Returns the alternatives that the API names, for an endpoint that the manifest does not have.
    fn named_scopes(&self, refusal: &Refusal) -> Option<Vec<String>> {
        let (_, server) = refusal.evidence.iter().find(|(name, _)| *name == "server")?;
        let named: Vec<String> = server.scopes.iter().map(ToString::to_string).collect();
        Some(named).filter(|named| self.admitted.target.endpoint.is_none() && !named.is_empty())
    }

    fn fields(&self, headers: &HeaderMap, lease: Option<&Lease>) -> HeaderMap {
        self.gateway.response_fields(self.admitted.api, headers, &self.base_url, lease)
    }
}

/// A refusal of the API with the diagnosis in place of its body. Its other fields stay.
fn diagnosed_response(refusal: &Refusal, mut fields: HeaderMap) -> Response<Outgoing> {
    fields.remove(CONTENT_LENGTH);
    fields.remove("etag");
    fields.remove("digest");
    fields.remove("content-digest");
    let own = own_response(refusal, None, false);
    let (parts, body) = own.into_parts();
    for (name, value) in parts.headers.iter().filter(|(name, _)| *name != WWW_AUTHENTICATE) {
        fields.insert(name.clone(), value.clone());
    }
    let mut response = Response::new(body);
    (*response.status_mut(), *response.headers_mut()) = (parts.status, fields);
    response
}

/// A refusal as the response to a request: a JSON-RPC error for a message to an MCP server.
fn response_to(
    admitted: Option<&Admitted>,
    refusal: &Refusal,
    challenge: Option<&HeaderValue>,
    is_head: bool,
) -> Response<Outgoing> {
    message_response(admitted, refusal).unwrap_or_else(|| own_response(refusal, challenge, is_head))
}

/// A refusal as a JSON-RPC error, which clients show; `None` if the request is not a message that expects a response.
fn message_response(admitted: Option<&Admitted>, refusal: &Refusal) -> Option<Response<Outgoing>> {
    let document = admitted?.mcp.as_ref()?.refused(refusal)?;
    let mut response = Response::new(Outgoing::Own(Some(Bytes::from(document))));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(code) = HeaderValue::from_str(&refusal.code) {
        headers.insert(CODE, code);
    }
    Some(response)
}

/// A response of the gateway itself. `challenge`: of the API.
fn own_response(refusal: &Refusal, challenge: Option<&HeaderValue>, is_head: bool) -> Response<Outgoing> {
    let document = Bytes::from(refusal.document());
    let length = document.len();
    let mut response = Response::new(Outgoing::Own((!is_head).then_some(document)));
    *response.status_mut() = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    if let Ok(code) = HeaderValue::from_str(&refusal.code) {
        headers.insert(CODE, code);
    }
    if let Some(seconds) = refusal.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    match challenge {
        Some(challenge) => {
            headers.insert(WWW_AUTHENTICATE, challenge.clone());
        }
        // a 401 has a challenge (RFC 9110 §15.5.2)
        None if refusal.status == 401 => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"tokscope gateway\""));
        }
        None => {}
    }
    response
}
