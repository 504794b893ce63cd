//! Sends one request and reads one answer.

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use http::{HeaderMap, Method, StatusCode, Version};
use url::Url;
use zeroize::Zeroizing;

use super::proxy::proxy_for;
use super::reach::{Follow, Sender};
use super::timing::{Measured, Resolver, Timing, WATCH, Watch};
use super::{NetError, TooNear};
use crate::secret::Secret;

/// How long a connection may take to come up.
const CONNECT: Duration = Duration::from_secs(10);

/// What one exchange may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the first byte of the connection to the last byte of the body.
    pub deadline: Duration,
    /// The most bytes of body that are read.
    pub body: usize,
}

/// One request. `Debug` leaves out the query, the values of the header fields and the body: they may hold secrets.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where it goes. See [`is_permitted`].
    pub url: Url,
    /// The header fields. Those that carry secrets are marked sensitive by whoever makes them.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<Vec<u8>>,
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("method", &self.method)
            .field("url", &without_query(&self.url))
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.as_ref().map(Vec::len))
            .finish()
    }
}

/// One answer. A redirect is an answer like any other: it is never followed.
#[derive(Clone)]
pub struct Response {
    /// The version of HTTP that was spoken.
    pub version: Version,
    /// The status.
    pub status: StatusCode,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body, wiped when dropped: it may hold tokens.
    pub body: Zeroizing<Vec<u8>>,
    /// How long it took.
    pub timing: Timing,
}

/// The version of HTTP that a client insists on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// None: what the server offers (RFC 7301), else HTTP/1.1.
    #[default]
    Any,
    /// HTTP/1.1.
    Http1,
    /// HTTP/2, without asking first where there is no TLS (RFC 9113 §3.3).
    Http2,
}

/// The most bytes of header fields that are taken.
const MOST_HEADER_BYTES: usize = 64 << 10;

/// What a client trusts, and who it is.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Certificates, as PEM, that are trusted beside those of the operating system.
    pub authorities: Option<Vec<u8>>,
    /// A certificate chain and its private key, as PEM, for mutual TLS (RFC 8705).
    pub identity: Option<Secret>,
    /// The version of HTTP.
    pub protocol: Protocol,
}

/// What every client of this process trusts as well: one option of the command line is for all of them.
static AUTHORITIES: OnceLock<Vec<u8>> = OnceLock::new();

/// Makes every client that is made from now on trust these certificates, as PEM, too. The first call counts.
///
/// # Errors
/// When there is no certificate in it.
pub fn trust(authorities: Vec<u8>) -> Result<(), NetError> {
    Client::with(Options { authorities: Some(authorities.clone()), ..Options::default() })?;
    let _ = AUTHORITIES.set(authorities);
    Ok(())
}

/// The response to a request that is under way.
pub type Carried<'c> = Pin<Box<dyn Future<Output = Result<Response, NetError>> + Send + 'c>>;

/// Sends requests in the place of a client, such as from a process of its own.
pub trait Carrier: fmt::Debug + Send + Sync {
    /// Sends a request that [`is_permitted`], within limits, as a client with these options would.
    ///
    /// `from`: the server that led to this URL, and where it may lead (see [`Client::following`]).
    fn carry<'c>(
        &'c self,
        request: Request,
        limits: Limits,
        options: &Options,
        from: Option<(Url, Follow)>,
    ) -> Carried<'c>;
}

/// The client. Cheap to clone. Nothing of the TLS stack is set up before the first request needs it.
#[derive(Clone, Debug)]
pub struct Client {
    /// To the loopback interface: never through a proxy.
    near: Arc<OnceLock<reqwest::Client>>,
    /// To everywhere else, through the proxy that the system names.
    far: Arc<OnceLock<reqwest::Client>>,
    /// To where a server sends us, without a proxy.
    sent: Arc<OnceLock<reqwest::Client>>,
    options: Arc<Options>,
    /// The server whose word is followed, if one is.
    sender: Option<Arc<Sender>>,
    /// The origins that a person permitted although the sender may not send us there.
    permitted: Arc<BTreeSet<String>>,
    /// What the requests of one use case may still take together.
    budget: Option<Arc<Budget>>,
    /// Sends the requests in the place of this client.
    carrier: Option<Arc<dyn Carrier>>,
}

/// The time that the requests of one use case may take together. What passes between them, such as a person's, is not
/// counted.
#[derive(Debug)]
struct Budget {
    left: Mutex<Duration>,
    /// That of the use case of which this one is a part.
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
    /// Makes a client that trusts what the operating system trusts, and what [`trust`] was told.
    ///
    /// # Errors
    /// None so far; the TLS stack is set up with the first request.
    pub fn new() -> Result<Self, NetError> {
        Self::with(Options { authorities: AUTHORITIES.get().cloned(), ..Options::default() })
    }

    /// Makes a client.
    ///
    /// # Errors
    /// When a certificate or key is no PEM. The TLS stack is set up with the first request.
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
        };
        client.authorities()?;
        client.identity()?;
        Ok(client)
    }

    /// The same with another identity.
    ///
    /// # Errors
    /// When it is no PEM of a certificate and a private key.
    pub fn with_identity(&self, identity: Secret) -> Result<Self, NetError> {
        self.with_options(Options { identity: Some(identity), ..(*self.options).clone() })
    }

    /// Another client for the same use case.
    fn with_options(&self, options: Options) -> Result<Self, NetError> {
        let Self { sender, permitted, budget, .. } = self.clone();
        Ok(Self { sender, permitted, budget, ..Self::with(options)? })
    }

    /// The same for requests to where a server sends us. The server's own origin may always be asked; other origins as
    /// `follow` says, which counts for the addresses of their names, too. Behind a proxy, which looks names up itself,
    /// only literal addresses and names of this machine are checked.
    #[must_use]
    pub fn following(&self, from: &Url, follow: Follow) -> Self {
        let sender = Some(Arc::new(Sender { from: from.clone(), follow }));
        Self { sender, sent: Arc::default(), permitted: Arc::default(), ..self.clone() }
    }

    /// The same, and the origin of this URL may be asked although the server may not send us there.
    #[must_use]
    pub fn permitting(&self, to: &Url) -> Self {
        let mut permitted = (*self.permitted).clone();
        permitted.insert(to.origin().ascii_serialization());
        Self { permitted: Arc::new(permitted), ..self.clone() }
    }

    /// The same for one use case: its requests may take this long together, and those of a larger one of which it is a
    /// part no longer than that.
    #[must_use]
    pub fn within(&self, total: Duration) -> Self {
        let budget = Budget { left: Mutex::new(total), whole: self.budget.clone() };
        Self { budget: Some(Arc::new(budget)), ..self.clone() }
    }

    /// The same for another use case: what an earlier one took is not counted.
    #[must_use]
    pub fn afresh(&self) -> Self {
        Self { budget: None, ..self.clone() }
    }

    /// The sender whose right to send us to this URL has to be checked; `None` where nothing has to be.
    fn sender_to(&self, to: &Url) -> Option<&Arc<Sender>> {
        self.sender.as_ref().filter(|sender| {
            let origin = to.origin();
            origin != sender.from.origin() && !self.permitted.contains(&origin.ascii_serialization())
        })
    }

    /// Whether the server whose word is followed may send us to this URL. Nothing is sent there; its name is looked up.
    ///
    /// # Errors
    /// When it may not. A name that can't be looked up is left to [`Self::send`].
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

    /// What a request may take, which would like to have this long.
    fn time_for(&self, deadline: Duration) -> Duration {
        self.budget.as_ref().map_or(deadline, |budget| deadline.min(budget.left()))
    }

    fn spend(&self, started: Instant) {
        if let Some(budget) = &self.budget {
            budget.spend(started.elapsed());
        }
    }

    /// The same with another version of HTTP.
    ///
    /// # Errors
    /// None: what it trusts and who it is was accepted before.
    pub fn with_protocol(&self, protocol: Protocol) -> Result<Self, NetError> {
        if protocol == self.options.protocol {
            return Ok(self.clone());
        }
        self.with_options(Options { protocol, ..(*self.options).clone() })
    }

    /// The same client, with requests sent by a carrier.
    #[must_use]
    pub fn with_carrier(&self, carrier: Arc<dyn Carrier>) -> Self {
        Self { carrier: Some(carrier), ..self.clone() }
    }

    fn authorities(&self) -> Result<Vec<reqwest::Certificate>, NetError> {
        let Some(pem) = &self.options.authorities else { return Ok(Vec::new()) };
        let certificates = reqwest::Certificate::from_pem_bundle(pem).unwrap_or_default();
        if certificates.is_empty() {
            return Err(NetError::Certificate("there is no PEM of a certificate in it"));
        }
        Ok(certificates)
    }

    fn identity(&self) -> Result<Option<reqwest::Identity>, NetError> {
        let read = |pem: &Secret| reqwest::Identity::from_pem(pem.expose().as_bytes());
        let identity = self.options.identity.as_ref().map(read).transpose();
        // the library's error may repeat what it read
        identity.map_err(|_| NetError::Certificate("it is no PEM of a certificate and its private key"))
    }

    fn inner(&self, url: &Url) -> Result<reqwest::Client, NetError> {
        let near = is_loopback(url);
        // behind a proxy the name is not looked up here
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
            .user_agent(concat!("tokscope/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT)
            .http2_max_header_list_size(u32::try_from(MOST_HEADER_BYTES).unwrap_or(u32::MAX))
            .tls_certs_merge(self.authorities()?)
            .dns_resolver(Resolver(sender.cloned()))
            .connector_layer(Measured)
            .pool_max_idle_per_host(1);
        let builder = if near || sender.is_some() { builder.no_proxy() } else { builder };
        let builder = match self.identity()? {
            Some(identity) => builder.identity(identity),
            None => builder,
        };
        let builder = match self.options.protocol {
            Protocol::Any => builder,
            Protocol::Http1 => builder.http1_only(),
            Protocol::Http2 => builder.http2_prior_knowledge(),
        };
        let client = builder.build().map_err(|_| NetError::Setup)?;
        Ok(slot.get_or_init(|| client).clone())
    }

    /// Sends a request, within limits.
    ///
    /// # Errors
    /// See [`NetError`]; none of them holds a secret or a query string.
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
            // the carrier keeps to the deadline itself: what it learned must not be lost by a second one here
            let carried = carrier.carry(request, Limits { deadline, ..limits }, &self.options, from).await;
            self.spend(started);
            return carried;
        }
        // a request may be part of any use case: it must not make all of their futures large
        let exchange = Box::pin(async {
            if let Some(sender) = self.sender_to(&request.url) {
                sender.check_url(&request.url).await.map_err(too_near)?;
            }
            self.exchange(request, limits, &shown).await
        });
        let answered = tokio::time::timeout(deadline, exchange).await;
        self.spend(started);
        answered.unwrap_or_else(|_| Err(timed_out()))
    }

    async fn exchange(&self, request: Request, limits: Limits, shown: &str) -> Result<Response, NetError> {
        let started = Instant::now();
        let client = self.inner(&request.url)?;
        let mut builder = client.request(request.method, request.url).headers(request.headers);
        if let Some(body) = request.body {
            builder = builder.body(body);
        }
        let watch = Watch::default();
        let sent = WATCH.scope(watch.clone(), builder.send()).await;
        let mut answer = sent.map_err(|error| failure(error, shown))?;
        let first_byte = started.elapsed();
        let too_large = |most| NetError::TooLarge { url: shown.to_owned(), most };
        let header_bytes: usize = answer.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        if header_bytes > MOST_HEADER_BYTES {
            return Err(too_large(MOST_HEADER_BYTES));
        }
        let mut body = Zeroizing::new(Vec::new());
        while let Some(chunk) = answer.chunk().await.map_err(|error| failure(error, shown))? {
            if body.len().saturating_add(chunk.len()) > limits.body {
                return Err(too_large(limits.body));
            }
            body.extend_from_slice(&chunk);
        }
        let (dns, connect) = watch.read();
        Ok(Response {
            version: answer.version(),
            status: answer.status(),
            headers: std::mem::take(answer.headers_mut()),
            body,
            timing: Timing { dns, connect, first_byte, total: started.elapsed() },
        })
    }
}

/// The library's error with its causes, without the URL that it likes to repeat.
fn failure(error: reqwest::Error, shown: &str) -> NetError {
    let connecting = error.is_connect();
    let error = error.without_url();
    let mut reason = String::new();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(&error);
    while let Some(one) = cause {
        if let Some(reason) = one.downcast_ref::<TooNear>() {
            return NetError::TooNear { url: shown.to_owned(), reason: reason.clone() };
        }
        // the innermost says the most
        reason = one.to_string();
        cause = one.source();
    }
    if reason.is_empty() {
        reason = error.to_string();
    }
    let url = shown.to_owned();
    if connecting { NetError::Unreachable { url, reason } } else { NetError::Broken { url, reason } }
}

fn without_query(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    // neither can fail on a URL with a host, and one without is not sent to
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.to_string()
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether a secret may travel to this URL: `https`, or `http` to a loopback address; a host; no user information.
///
/// # Errors
/// A sentence that says why not.
pub fn is_permitted(url: &Url) -> Result<(), String> {
    if url.host().is_none() {
        return Err("it names no host".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it holds a user name or a password".to_owned());
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => Err("`http` is only for loopback addresses".to_owned()),
        other => Err(format!("`{other}` is no scheme for this")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use reqwest::dns::Resolve as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    const LIMITS: Limits = Limits { deadline: Duration::from_millis(700), body: 1000 };

    /// Answers every connection with these bytes, and then holds it open.
    async fn serve(answer: &'static [u8], endless: bool) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let _ = stream.read(&mut [0; 4096]).await;
                    let _ = stream.write_all(answer).await;
                    while endless && stream.write_all(&[b'x'; 512]).await.is_ok() {}
                    tokio::time::sleep(Duration::from_secs(5)).await;
                });
            }
        });
        Url::parse(&format!("http://127.0.0.1:{port}/path?needle=1")).unwrap()
    }

    async fn get(url: Url) -> Result<Response, NetError> {
        let request = Request { method: Method::GET, url, headers: HeaderMap::new(), body: None };
        Client::new().unwrap().send(request, LIMITS).await
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_is_not_followed() {
        let url =
            serve(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", false).await;
        assert_eq!(get(url).await.unwrap().status, 302);
    }

    #[tokio::test]
    async fn hostile_answers_end_in_errors_without_the_query() {
        for (answer, endless, expected) in [
            (&b"HTTP/1.1 200 OK\r\n\r\n"[..], true, "has more than 1000 bytes"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab", false, "did not answer within"),
            (b"", false, "did not answer within"),
            (b"hello there\r\n\r\n", false, "can't be read"),
        ] {
            let error = get(serve(answer, endless).await).await.map(|_| ()).unwrap_err();
            let said = format!("{error} {error:?}");
            assert!(said.contains(expected) && !said.contains("needle"), "{said}");
        }
        let error = get(Url::parse("http://127.0.0.1:1/?needle").unwrap()).await.map(|_| ()).unwrap_err();
        assert!(matches!(&error, NetError::Unreachable { .. }) && !error.to_string().contains("needle"), "{error}");
    }

    #[tokio::test]
    async fn the_parts_of_an_exchange_are_measured_and_a_kept_connection_costs_none() {
        let mut url = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", false).await;
        url.set_host(Some("localhost")).unwrap();
        let limits = Limits { deadline: Duration::from_secs(30), body: 10 };
        let request = Request { method: Method::GET, url, headers: HeaderMap::new(), body: None };
        let measured = Client::new().unwrap().send(request.clone(), limits).await.unwrap().timing;
        let spent = measured.dns.unwrap() + measured.connect.unwrap();
        assert!(spent <= measured.first_byte && measured.first_byte <= measured.total, "{measured:?}");
        // an address has no name to look up
        let mut address = request.clone();
        address.url.set_host(Some("127.0.0.1")).unwrap();
        let measured = Client::new().unwrap().send(address, limits).await.unwrap().timing;
        assert_eq!((measured.dns, measured.connect.is_some()), (None, true));
    }

    #[tokio::test]
    async fn a_version_that_the_server_does_not_speak_is_an_error() {
        let url = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", false).await;
        let request = Request { method: Method::GET, url, headers: HeaderMap::new(), body: None };
        let limits = Limits { deadline: Duration::from_secs(30), body: 10 };
        let client = Client::new().unwrap();
        let old = client.with_protocol(Protocol::Http1).unwrap().send(request.clone(), limits).await.unwrap();
        assert_eq!(old.version, Version::HTTP_11);
        let error = client.with_protocol(Protocol::Http2).unwrap().send(request, limits).await.map(|_| ()).unwrap_err();
        assert!(matches!(error, NetError::Broken { .. }), "{error:?}");
    }

    #[tokio::test]
    async fn a_slow_drip_ends_with_the_time() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let gone = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            // there is always another byte
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        let error = get(url).await.map(|_| ()).unwrap_err();
        assert!(matches!(error, NetError::TimedOut { .. }), "{error}");
        // the connection is closed, so the server notices
        tokio::time::timeout(Duration::from_mins(1), gone).await.unwrap().unwrap();
    }

    /// Counts connections and never answers.
    async fn silent() -> (Url, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                open.push(stream);
            }
        });
        (url, connections)
    }

    #[tokio::test]
    async fn the_requests_of_a_use_case_share_its_time() {
        let (url, connections) = silent().await;
        let request = || Request { method: Method::GET, url: url.clone(), headers: HeaderMap::new(), body: None };
        let limits = Limits { deadline: Duration::from_secs(30), body: 10 };
        let whole = Client::new().unwrap().within(Duration::from_millis(200));
        let part = whole.within(Duration::from_secs(30));
        for client in [&part, &part, &whole, &whole.with_protocol(Protocol::Http1).unwrap()] {
            let error = client.send(request(), limits).await.map(|_| ()).unwrap_err();
            assert!(matches!(error, NetError::TimedOut { .. }), "{error}");
        }
        // the first took the time of all of them, so that the others were not sent
        assert_eq!(connections.load(Ordering::SeqCst), 1);
        let afresh = Limits { deadline: Duration::from_millis(200), ..limits };
        assert!(whole.afresh().send(request(), afresh).await.is_err());
        assert_eq!(connections.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_server_of_the_internet_leads_to_no_address_of_this_machine() {
        let (url, connections) = silent().await;
        let port = url.port().unwrap();
        let from = Url::parse("https://93.184.216.34/").unwrap();
        let followed = Client::new().unwrap().following(&from, Follow::Public);
        let to = |host: &str, scheme: &str| Url::parse(&format!("{scheme}://{host}:{port}/")).unwrap();
        let sent = async |client: &Client, url: Url| {
            let request = Request { method: Method::GET, url, headers: HeaderMap::new(), body: None };
            client.send(request, LIMITS).await.map(|_| ()).unwrap_err()
        };
        for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "x.localhost", "0.0.0.0"] {
            let url = to(host, "https");
            assert!(followed.may_be_sent_to(&url).await.is_err(), "{host}");
            let error = sent(&followed, url).await;
            assert!(matches!(error, NetError::TooNear { .. }), "{host}: {error}");
        }
        assert_eq!(connections.load(Ordering::SeqCst), 0);
        // a name is refused by what it resolves to: here the name of this machine, through the resolver alone
        let sender = Sender { from: from.clone(), follow: Follow::Public };
        let resolver = Resolver(Some(Arc::new(sender)));
        let error = resolver.resolve("localhost".parse().unwrap()).await.map(|_| ()).unwrap_err();
        assert!(error.downcast_ref::<TooNear>().is_some(), "{error}");
        // what a person permits is asked, and the server itself is
        let url = to("127.0.0.1", "http");
        assert!(matches!(sent(&followed.permitting(&url), url.clone()).await, NetError::TimedOut { .. }));
        let own = Client::new().unwrap().following(&url, Follow::Public);
        assert!(matches!(sent(&own, url).await, NetError::TimedOut { .. }));
        assert_eq!(connections.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn certificates_and_keys_that_are_none_are_refused() {
        let broken = "-----BEGIN PRIVATE KEY-----\nneedle\n-----END PRIVATE KEY-----\n";
        for options in [
            Options { authorities: Some(b"needle".to_vec()), ..Options::default() },
            Options { authorities: Some(Vec::new()), ..Options::default() },
            Options { identity: Some(Secret::new("needle")), ..Options::default() },
            Options { identity: Some(Secret::new(broken)), ..Options::default() },
        ] {
            let error = Client::with(options).map(|_| ()).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("needle"), "{error:?}");
        }
    }

    #[test]
    fn debug_of_a_request_holds_no_secret() {
        let request = Request {
            method: Method::POST,
            url: Url::parse("https://user:needle@a.test/token?code=needle#needle").unwrap(),
            headers: HeaderMap::from_iter([(http::header::COOKIE, http::HeaderValue::from_static("needle"))]),
            body: Some(b"needle".to_vec()),
        };
        let said = format!("{request:?}");
        assert!(said.contains("https://a.test/token") && said.contains("cookie"), "{said}");
        // as text, and as the list of numbers that a derived `Debug` makes of bytes
        assert!(!said.contains("needle") && !said.contains("110, 101"), "{said}");
    }

    #[test]
    fn where_a_secret_may_travel() {
        for (url, permitted) in [
            ("https://a.test/", true),
            ("http://127.0.0.1:8/", true),
            ("http://[::1]/", true),
            ("http://localhost/", true),
            ("http://a.test/", false),
            ("http://127.0.0.1.evil.test/", false),
            ("https://u:p@a.test/", false),
            ("ftp://a.test/", false),
            ("file:///etc/passwd", false),
            ("http://localhost.evil.test/", false),
        ] {
            assert_eq!(is_permitted(&Url::parse(url).unwrap()).is_ok(), permitted, "{url}");
        }
    }
}
