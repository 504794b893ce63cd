//! Sends a request and reads its response.

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use http::{HeaderMap, Method};
use rustls::ClientConfig;
use url::Url;
use zeroize::Zeroizing;

use super::message::{Limits, Request, Response, StreamBody, is_permitted, without_query};
use super::proxy::{Proxy, is_loopback, proxy_for, unusable};
use super::reach::{Follow, Sender};
use super::timing::{Measured, Resolver, Timing, WATCH, Watch};
use super::{NetError, TooNear, tls};
use crate::secret::Secret;

/// Time limit for opening a connection.
const CONNECT: Duration = Duration::from_secs(10);

/// HTTP version that a client uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// Negotiated with the server (RFC 7301), otherwise HTTP/1.1.
    #[default]
    Any,
    /// HTTP/1.1 only.
    Http1,
    /// HTTP/2 only; with prior knowledge without TLS (RFC 9113 §3.3).
    Http2,
}

/// Maximum size of all response header fields, in bytes.
const MOST_HEADER_BYTES: usize = 64 << 10;

/// Trust and identity of a client.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// CA certificates, as PEM, trusted in addition to those of the operating system.
    pub authorities: Option<Vec<u8>>,
    /// Certificate chain and private key, as PEM, for mutual TLS (RFC 8705).
    pub identity: Option<Secret>,
    /// HTTP version.
    pub protocol: Protocol,
}

/// CA certificates that all clients of this process trust (`--ca-file`).
static AUTHORITIES: OnceLock<Vec<u8>> = OnceLock::new();

/// `User-Agent` of every request.
pub const USER_AGENT: &str = concat!("tokscope/", env!("CARGO_PKG_VERSION"));

/// Makes every client created from now on also trust these CA certificates, in PEM. Only the first call has an effect.
///
/// # Errors
/// If there is no certificate in it.
pub fn trust(authorities: Vec<u8>) -> Result<(), NetError> {
    Client::with(Options { authorities: Some(authorities.clone()), ..Options::default() })?;
    let _ = AUTHORITIES.set(authorities);
    Ok(())
}

/// Future of a response.
pub type Carried<'c> = Pin<Box<dyn Future<Output = Result<Response, NetError>> + Send + 'c>>;

/// Sends requests on behalf of a client, such as from a separate process.
pub trait Carrier: fmt::Debug + Send + Sync {
    /// Sends a request that [`is_permitted`], within limits, like a client with these options.
    ///
    /// `from`: the server that referred to this URL, and the addresses it may refer to (see [`Client::following`]).
    fn carry<'c>(
        &'c self,
        request: Request,
        limits: Limits,
        options: &Options,
        from: Option<(Url, Follow)>,
    ) -> Carried<'c>;
}

/// HTTP client. Cheap to clone. The TLS stack is set up with the first request.
#[derive(Clone, Debug)]
pub struct Client {
    /// For the loopback interface; never through a proxy.
    near: Arc<OnceLock<reqwest::Client>>,
    /// For other destinations, through the system's proxy.
    far: Arc<OnceLock<reqwest::Client>>,
    /// For URLs that a server referred to, without a proxy.
    sent: Arc<OnceLock<reqwest::Client>>,
    options: Arc<Options>,
    /// Server whose references are followed, if any.
    sender: Option<Arc<Sender>>,
    /// Origins that the user permitted although the server is not allowed to refer to them.
    permitted: Arc<BTreeSet<String>>,
    /// Remaining time for the requests of one use case.
    budget: Option<Arc<Budget>>,
    /// Sends the requests on behalf of this client.
    carrier: Option<Arc<dyn Carrier>>,
    /// Idle connections to keep, per host.
    idle_connections: usize,
}

/// Time budget for the requests of one use case. Time between requests, such as the user's, is not
/// counted.
#[derive(Debug)]
struct Budget {
    left: Mutex<Duration>,
    /// Budget of the enclosing use case.
    whole: Option<Arc<Budget>>,
}

impl Budget {
    fn left(&self) -> Duration {
        let own = *self.left.lock().unwrap_or_else(PoisonError::into_inner);
        self.whole.as_ref().map_or(own, |whole| own.min(whole.left()))
    }

    fn spend(&self, time: Duration) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.saturating_sub(time);
        drop(left);
        if let Some(whole) = &self.whole {
            whole.spend(time);
        }
    }
}

impl Client {
    /// Creates a client that trusts the operating system's CA certificates and those passed to [`trust`].
    ///
    /// # Errors
    /// None currently; the TLS stack is set up with the first request.
    pub fn new() -> Result<Self, NetError> {
        Self::with(Options { authorities: AUTHORITIES.get().cloned(), ..Options::default() })
    }

    /// Creates a client with options.
    ///
    /// # Errors
    /// If a certificate or key is not valid PEM. The TLS stack is set up with the first request.
    pub fn with(options: Options) -> Result<Self, NetError> {
        let client = Self {
            near: Arc::default(),
            far: Arc::default(),
            sent: Arc::default(),
            options: Arc::new(options),
            sender: None,
            permitted: Arc::default(),
            budget: None,
            carrier: None,
            idle_connections: 1,
        };
        client.tls()?;
        Ok(client)
    }

    /// Returns this client with another TLS identity.
    ///
    /// # Errors
    /// If it is not a certificate and a private key in PEM.
    pub fn with_identity(&self, identity: Secret) -> Result<Self, NetError> {
        self.with_options(Options { identity: Some(identity), ..(*self.options).clone() })
    }

    /// Shares the time budget of another client.
    fn with_options(&self, options: Options) -> Result<Self, NetError> {
        let Self { sender, permitted, budget, .. } = self.clone();
        Ok(Self { sender, permitted, budget, ..Self::with(options)? })
    }

    /// Returns this client for URLs that a server refers to. The server's own origin is always allowed; other origins as
    /// `follow` states, which also applies to resolved addresses. Behind a proxy, which resolves names itself, only
    /// literal addresses and `localhost` names are checked.
    #[must_use]
    pub fn following(&self, from: &Url, follow: Follow) -> Self {
        let sender = Some(Arc::new(Sender { from: from.clone(), follow }));
        Self { sender, sent: Arc::default(), permitted: Arc::default(), ..self.clone() }
    }

    /// Returns this client with an additional permitted origin, that of `url`.
    #[must_use]
    pub fn permitting(&self, to: &Url) -> Self {
        let mut permitted = (*self.permitted).clone();
        permitted.insert(to.origin().ascii_serialization());
        Self { permitted: Arc::new(permitted), ..self.clone() }
    }

    /// Returns this client for one use case: its requests share this much time, and that of an enclosing use case
    /// still applies.
    #[must_use]
    pub fn within(&self, total: Duration) -> Self {
        let budget = Budget { left: Mutex::new(total), whole: self.budget.clone() };
        Self { budget: Some(Arc::new(budget)), ..self.clone() }
    }

    /// Returns this client for a new use case, with the full time budget.
    #[must_use]
    pub fn afresh(&self) -> Self {
        Self { budget: None, ..self.clone() }
    }

    /// Returns the server whose reference to this URL has to be checked; `None` if no check is needed.
    fn sender_to(&self, to: &Url) -> Option<&Arc<Sender>> {
        self.sender.as_ref().filter(|sender| {
            let origin = to.origin();
            origin != sender.from.origin() && !self.permitted.contains(&origin.ascii_serialization())
        })
    }

    /// Checks whether the server is allowed to refer to this URL. Resolves its name, but sends nothing.
    ///
    /// # Errors
    /// If it is not. A name that can't be resolved is left to [`Self::send`].
    pub async fn may_be_sent_to(&self, to: &Url) -> Result<(), TooNear> {
        let Some(sender) = self.sender_to(to) else { return Ok(()) };
        sender.check_url(to).await?;
        let (Some(url::Host::Domain(name)), None) = (to.host(), proxy_for(to)) else { return Ok(()) };
        let started = Instant::now();
        let looked_up = tokio::time::timeout(self.time_for(CONNECT), tokio::net::lookup_host((name, 0))).await;
        self.spend(started);
        match looked_up {
            Ok(Ok(found)) => sender.check_addresses(name, found.map(|address| address.ip())).await,
            _ => Ok(()),
        }
    }

    /// Returns the time limit of a request: `deadline`, or less if the budget is smaller.
    fn time_for(&self, deadline: Duration) -> Duration {
        self.budget.as_ref().map_or(deadline, |budget| deadline.min(budget.left()))
    }

    fn spend(&self, started: Instant) {
        if let Some(budget) = &self.budget {
            budget.spend(started.elapsed());
        }
    }

    /// Returns this client with another HTTP version.
    ///
    /// # Errors
    /// None in practice: certificates and identity were accepted before.
    pub fn with_protocol(&self, protocol: Protocol) -> Result<Self, NetError> {
        if protocol == self.options.protocol {
            return Ok(self.clone());
        }
        self.with_options(Options { protocol, ..(*self.options).clone() })
    }

    /// Returns this client with a carrier that sends its requests.
    #[must_use]
    pub fn with_carrier(&self, carrier: Arc<dyn Carrier>) -> Self {
        Self { carrier: Some(carrier), ..self.clone() }
    }

    /// Returns this client with connections of its own, of which so many idle ones are kept for each host.
    #[must_use]
    pub fn pooled(&self, idle_connections: usize) -> Self {
        Self { near: Arc::default(), far: Arc::default(), sent: Arc::default(), idle_connections, ..self.clone() }
    }

    fn tls(&self) -> Result<ClientConfig, NetError> {
        let Options { authorities, identity, protocol } = &*self.options;
        let authorities = authorities.as_deref().map(tls::authorities).transpose()?.unwrap_or_default();
        let identity = identity.as_ref().map(|pem| tls::identity(pem.expose().as_bytes())).transpose()?;
        let protocols: &[&str] = match protocol {
            Protocol::Any => &["h2", "http/1.1"],
            Protocol::Http1 => &["http/1.1"],
            Protocol::Http2 => &["h2"],
        };
        tls::configuration(authorities, identity, protocols)
    }

    fn inner(&self, url: &Url) -> Result<reqwest::Client, NetError> {
        let near = is_loopback(url);
        // behind a proxy the name is not resolved here
        let sender = self.sender_to(url).filter(|_| proxy_for(url).is_none());
        let slot = match (sender, near) {
            (Some(_), _) => &self.sent,
            (None, true) => &self.near,
            (None, false) => &self.far,
        };
        if let Some(client) = slot.get() {
            return Ok(client.clone());
        }
        let builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT)
            .http2_max_header_list_size(u32::try_from(MOST_HEADER_BYTES).unwrap_or(u32::MAX))
            .tls_backend_preconfigured(self.tls()?)
            .dns_resolver(Resolver(sender.cloned()))
            .connector_layer(Measured)
            .pool_max_idle_per_host(self.idle_connections);
        let builder = if near || sender.is_some() { builder.no_proxy() } else { builder };
        let builder = match self.options.protocol {
            Protocol::Any => builder,
            Protocol::Http1 => builder.http1_only(),
            Protocol::Http2 => builder.http2_prior_knowledge(),
        };
        let client = builder.build().map_err(|_| NetError::Setup)?;
        Ok(slot.get_or_init(|| client).clone())
    }

    /// Sends a request within limits.
    ///
    /// # Errors
    /// See [`NetError`]; no variant holds a secret or a query string.
    pub async fn send(&self, request: Request, limits: Limits) -> Result<Response, NetError> {
        let shown = without_query(&request.url);
        is_permitted(&request.url).map_err(|reason| NetError::NotPermitted { url: shown.clone(), reason })?;
        let too_near = |reason| NetError::TooNear { url: shown.clone(), reason };
        let deadline = self.time_for(limits.deadline);
        let timed_out = || NetError::TimedOut { url: shown.clone(), after: deadline };
        if deadline.is_zero() {
            return Err(timed_out());
        }
        let started = Instant::now();
        if let Some(carrier) = &self.carrier {
            let sender = self.sender_to(&request.url);
            if let Some(sender) = sender {
                sender.check_url(&request.url).await.map_err(too_near)?;
            }
            let from = sender.map(|sender| (sender.from.clone(), sender.follow));
            // the carrier observes the deadline itself: a second one here could lose its result
            let carried = carrier.carry(request, Limits { deadline, ..limits }, &self.options, from).await;
            self.spend(started);
            return carried;
        }
        // boxed, so that the futures of use cases stay small
        let exchange = Box::pin(async {
            if let Some(sender) = self.sender_to(&request.url) {
                sender.check_url(&request.url).await.map_err(too_near)?;
            }
            self.exchange(request, limits, &shown).await
        });
        let response = tokio::time::timeout(deadline, exchange).await;
        self.spend(started);
        response.unwrap_or_else(|_| Err(timed_out()))
    }

    /// Sends a request whose body and response are streamed. There is no time limit: the caller limits the time between
    /// two frames.
    ///
    /// # Errors
    /// See [`NetError`]; no variant holds a secret or a query string.
    pub async fn stream(&self, request: Request, body: StreamBody) -> Result<http::Response<StreamBody>, NetError> {
        let shown = without_query(&request.url);
        is_permitted(&request.url).map_err(|reason| NetError::NotPermitted { url: shown.clone(), reason })?;
        let sent = self.open(request.method, request.url, request.headers, body, &shown).await?;
        Ok(sent.into())
    }

    /// Sends a request, and returns the response with an unread body.
    async fn open(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: StreamBody,
        shown: &str,
    ) -> Result<reqwest::Response, NetError> {
        let client = self.inner(&url)?;
        let unusable = unusable(&url).map(|reason| NetError::Unreachable { url: shown.to_owned(), reason });
        unusable.map_or(Ok(()), Err)?;
        let response = match client.request(method, url.clone()).headers(headers).body(body).send().await {
            Ok(response) => response,
            Err(error) => {
                // the library's error does not say that a proxy failed, nor which
                let proxy = Proxy::of(&url).filter(|_| error.is_connect());
                let reason = match proxy {
                    Some(proxy) => proxy.failure(&url, &error).await,
                    None => None,
                };
                return Err(match reason {
                    Some(reason) => NetError::Unreachable { url: shown.to_owned(), reason },
                    None => failure(error, shown),
                });
            }
        };
        let header_bytes: usize =
            response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        match header_bytes > MOST_HEADER_BYTES {
            true => Err(NetError::TooLarge { url: shown.to_owned(), most: MOST_HEADER_BYTES }),
            false => Ok(response),
        }
    }

    async fn exchange(&self, request: Request, limits: Limits, shown: &str) -> Result<Response, NetError> {
        let started = Instant::now();
        let Request { method, url, headers, body } = request;
        let body = body.map(StreamBody::from).unwrap_or_default();
        let watch = Watch::default();
        let mut response = WATCH.scope(watch.clone(), self.open(method, url, headers, body, shown)).await?;
        let first_byte = started.elapsed();
        let too_large = |most| NetError::TooLarge { url: shown.to_owned(), most };
        let mut body = Zeroizing::new(Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(error, shown))? {
            if body.len().saturating_add(chunk.len()) > limits.body {
                return Err(too_large(limits.body));
            }
            body.extend_from_slice(&chunk);
        }
        let (dns, connect) = watch.read();
        Ok(Response {
            version: response.version(),
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body,
            timing: Timing { dns, connect, first_byte, total: started.elapsed() },
        })
    }
}

/// Formats the library's error with its causes, without the URL.
fn failure(error: reqwest::Error, shown: &str) -> NetError {
    let connecting = error.is_connect();
    let error = error.without_url();
    let mut reason = String::new();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(&error);
    while let Some(one) = cause {
        if let Some(reason) = one.downcast_ref::<TooNear>() {
            return NetError::TooNear { url: shown.to_owned(), reason: reason.clone() };
        }
        // the innermost is the most specific
        reason = one.to_string();
        cause = one.source();
    }
    if reason.is_empty() {
        reason = error.to_string();
    }
    let url = shown.to_owned();
    if connecting { NetError::Unreachable { url, reason } } else { NetError::Broken { url, reason } }
}

#[cfg(test)]
mod tests;
