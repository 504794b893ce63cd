//! The HTTP side of the decision endpoint.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::app::authorization::{AskedRequest, Authorization, Authorizer};
use crate::token::Json;

/// Maximum number of connections: those of one proxy, with room to spare.
const MOST_CONNECTIONS: usize = 1024;

/// Time limit for a request head, and for a connection without requests.
const PATIENCE: Duration = Duration::from_secs(75);

/// Maximum size of the head of a request, in bytes.
const MOST_HEAD: usize = 64 << 10;

/// Where method and target of the client are.
#[derive(Clone, Debug)]
pub(super) enum Adapter {
    /// In `X-Forwarded-Method` and `X-Forwarded-Uri`, which the proxy sets.
    Forwarded,
    /// In the request itself, below a prefix.
    Native {
        /// The prefix, without a slash at its end.
        prefix: String,
    },
}

/// Accepts connections. Never returns.
pub(super) async fn serve(listener: TcpListener, authorizer: Arc<Authorizer>, adapter: Adapter) {
    let adapter = Arc::new(adapter);
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // such as too many open files
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (authorizer, adapter) = (Arc::clone(&authorizer), Arc::clone(&adapter));
        tokio::spawn(async move {
            connection(stream, authorizer, adapter).await;
            drop(place);
        });
    }
}

async fn connection(stream: TcpStream, authorizer: Arc<Authorizer>, adapter: Arc<Adapter>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let (authorizer, adapter) = (Arc::clone(&authorizer), Arc::clone(&adapter));
        async move { Ok::<_, Infallible>(respond(&authorizer, &adapter, &request).await) }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(PATIENCE).max_buf_size(MOST_HEAD);
    // an error is that of one connection
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(authorizer: &Authorizer, adapter: &Adapter, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let fields: Option<Vec<&str>> =
        request.headers().get_all(AUTHORIZATION).iter().map(|value| value.to_str().ok()).collect();
    let asked = adapter.read(request).zip(fields);
    let authorization = match &asked {
        Some(((method, target), fields)) => {
            let request = AskedRequest { method, target, authorization: fields };
            authorizer.decide(&request, Timestamp::now()).await
        }
        None => Authorization::unreadable(),
    };
    response(&authorization)
}

impl Adapter {
    /// Returns method and target of the client; `None` if the proxy does not pass them on as configured.
    fn read<'r>(&self, request: &'r Request<Incoming>) -> Option<(&'r str, &'r str)> {
        match self {
            Self::Forwarded => {
                let headers = request.headers();
                only(headers, "x-forwarded-method").zip(only(headers, "x-forwarded-uri"))
            }
            Self::Native { prefix } => {
                let target = request.uri().path_and_query()?.as_str();
                let target = target.strip_prefix(prefix.as_str()).filter(|rest| rest.starts_with('/'))?;
                // the form with an authority would have lost it
                request.uri().authority().is_none().then_some((request.method().as_str(), target))
            }
        }
    }
}

/// Returns the value of a field that occurs once.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn response(authorization: &Authorization) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = StatusCode::from_u16(authorization.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if authorization.status == 200 {
        identity(authorization, headers);
        return response;
    }
    if let Some(challenge) = authorization.challenge.as_deref().and_then(|text| HeaderValue::from_str(text).ok()) {
        headers.insert(WWW_AUTHENTICATE, challenge);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    *response.body_mut() = Full::new(Bytes::from(problem(authorization)));
    response
}

/// Sets every identity field, so that none of the client's own reaches the upstream.
fn identity(authorization: &Authorization, headers: &mut HeaderMap) {
    let identity = &authorization.identity;
    let endpoint = authorization.endpoint.as_deref().unwrap_or_default();
    let fields = [
        ("x-tokscope-subject", identity.subject.as_str()),
        ("x-tokscope-issuer", identity.issuer.as_str()),
        ("x-tokscope-client", identity.client.as_str()),
        ("x-tokscope-scopes", identity.scopes.as_str()),
        ("x-tokscope-endpoint", endpoint),
    ];
    let mut empty = Vec::new();
    for (name, value) in fields {
        if value.is_empty() {
            empty.push(name);
        }
        headers.insert(HeaderName::from_static(name), field_value(value));
    }
    // Envoy replaces a field of the client by an empty one, and removes the ones named here
    if let Ok(empty) = HeaderValue::from_str(&empty.join(","))
        && !empty.is_empty()
    {
        headers.insert("x-envoy-auth-headers-to-remove", empty);
    }
}

/// Returns a field value: visible ASCII and spaces as they are, `%` and other bytes percent-encoded.
fn field_value(text: &str) -> HeaderValue {
    let is_plain = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'%';
    let encoded: String = text
        .bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    HeaderValue::from_str(&encoded).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The body of a refusal (RFC 9457). The detail of an invalid token may quote it, so it is left out.
fn problem(authorization: &Authorization) -> String {
    let text = |value: &str| Json::String(value.to_owned());
    let mut members = vec![("status".to_owned(), Json::Number(authorization.status.to_string()))];
    if let Some(problem) = &authorization.problem {
        members.push(("error".to_owned(), text(problem.error)));
        if matches!(problem.error, "insufficient_scope" | "policy" | "no_endpoint") {
            members.push(("detail".to_owned(), text(&problem.detail)));
        }
        if !problem.scope.is_empty() {
            members.push(("scope".to_owned(), text(&problem.scope)));
        }
    }
    members.extend(authorization.endpoint.as_ref().map(|endpoint| ("endpoint".to_owned(), text(endpoint))));
    Json::Object(members).to_string()
}
