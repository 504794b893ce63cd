//! The gateway: a reverse proxy on loopback for programs that never hold a token.
//!
//! | module | part |
//! |---|---|
//! | `forward` | one request, from the check of its caller to the end of its response |
//! | `body` | bodies that stream through |
//! | `search` | searches a stream for a secret |
//! | `child` | the program that a gateway runs for |
//!
//! What is matched, decided and recorded is in `app::gateway`.

mod body;
mod child;
mod forward;
mod search;

use std::cell::RefCell;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::app::gateway::{CallerCheck, Gateway, Placeholder};
use crate::app::{Error, ErrorKind};

pub use self::child::{RunRequest, run};

/// Maximum number of requests in progress.
const MOST_REQUESTS: usize = 512;

/// Limits of a request head.
const MOST_FIELDS: usize = 128;
const MOST_HEAD_BYTES: usize = 64 << 10;
const HEAD_PATIENCE: Duration = Duration::from_secs(30);

/// What a gateway reports to the user.
pub(crate) type Report = Rc<dyn Fn(&str)>;

/// A listener for one API.
pub(crate) struct Listener {
    gateway: Arc<Gateway>,
    api: usize,
    check: CallerCheck,
    base_url: String,
    idle: Duration,
    requests: Arc<Semaphore>,
    report: Report,
    /// Records that are being written.
    records: RefCell<JoinSet<()>>,
}

impl fmt::Debug for Listener {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Listener").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// Settings that all listeners share.
pub(crate) struct Settings {
    /// Placeholder of this run.
    pub(crate) placeholder: Placeholder,
    /// Origins whose web pages may call.
    pub(crate) origins: Vec<String>,
    /// Time limit between two frames of a body.
    pub(crate) idle: Duration,
    /// What is reported to the user.
    pub(crate) report: Report,
}

impl Listener {
    /// Binds a port for an API. `address`: port 0 means any free one.
    pub(crate) async fn bind(
        gateway: &Arc<Gateway>,
        api: usize,
        address: SocketAddr,
        settings: &Settings,
    ) -> Result<(Rc<Self>, TcpListener), Error> {
        let failed =
            |error: std::io::Error| Error::new(ErrorKind::Failed, format!("can't listen on `{address}`: {error}"));
        let socket = TcpListener::bind(address).await.map_err(failed)?;
        let bound = socket.local_addr().map_err(failed)?;
        let path = gateway.api(api).map(|api| api.base_url.path().trim_end_matches('/').to_owned()).unwrap_or_default();
        let listener = Self {
            api,
            check: CallerCheck {
                hosts: vec![bound.to_string()],
                origins: settings.origins.clone(),
                placeholder: settings.placeholder.clone(),
                own_field: gateway.own_field(api),
            },
            base_url: format!("http://{bound}{path}"),
            idle: settings.idle,
            requests: Arc::new(Semaphore::new(MOST_REQUESTS)),
            report: Rc::clone(&settings.report),
            records: RefCell::default(),
            gateway: Arc::clone(gateway),
        };
        Ok((Rc::new(listener), socket))
    }

    /// Any free port on the loopback interface.
    pub(crate) fn any_port() -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
    }

    /// Returns the base URL for callers.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    fn gateway(&self) -> Arc<Gateway> {
        Arc::clone(&self.gateway)
    }

    fn report(&self, notes: Vec<String>) {
        notes.iter().for_each(|note| (self.report)(note));
    }

    /// Does something that the response does not wait for.
    fn later(&self, work: impl Future<Output = ()> + 'static) {
        let mut records = self.records.borrow_mut();
        while records.try_join_next().is_some() {}
        records.spawn_local(work);
    }

    /// Accepts connections. Never returns.
    pub(crate) async fn serve(self: Rc<Self>, socket: TcpListener) {
        loop {
            match socket.accept().await {
                Ok((stream, _)) => {
                    // small frames, such as events, are sent at once
                    let _ = stream.set_nodelay(true);
                    tokio::task::spawn_local(Rc::clone(&self).connection(stream));
                }
                // no file descriptor is left: others have to end first
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    async fn connection(self: Rc<Self>, stream: TcpStream) {
        let service = service_fn(move |request| forward::handle(Rc::clone(&self), request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_PATIENCE)
            .max_headers(MOST_FIELDS)
            .max_buf_size(MOST_HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        // a caller that goes away ends its connection, and with it the request to the API
        let _ = connection.await;
    }

    /// Waits for the records that are being written.
    pub(crate) async fn finish(&self) {
        let mut records = self.records.take();
        let all = async { while records.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(forward::LAST_RECORDS, all).await;
    }
}
