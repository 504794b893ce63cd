//! The gateway: a reverse proxy on loopback for programs that never hold a token.
//!
//! | module | part |
//! |---|---|
//! | `forward` | one request, from the check of its caller to the end of its response |
//! | `body` | bodies that stream through |
//! | `search` | searches a stream for a secret |
//! | `child` | the program that a gateway runs for |
//! | `upgrade` | WebSockets |
//! | `demonstration` | `demo --gateway` |
//! | `serve` | a gateway that runs until it is stopped, and its control socket |
//!
//! What is matched, decided and recorded is in `app::gateway`.

mod body;
mod child;
mod demonstration;
mod forward;
mod search;
mod serve;
mod upgrade;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::sync::Semaphore;

use crate::app::gateway::{CallerCheck, Gateway, Placeholder};
use crate::app::{Error, ErrorKind};
use crate::manifest::Api;

pub use self::child::{RunRequest, run};
pub use self::demonstration::demonstrate;
pub use self::serve::{ControlCommand, ServeRequest, control, serve};

/// Maximum number of requests in progress.
const MOST_REQUESTS: usize = 512;

/// Limits of a request head.
const MOST_FIELDS: usize = 128;
const MOST_HEAD_BYTES: usize = 64 << 10;
const HEAD_PATIENCE: Duration = Duration::from_secs(30);

/// Whether the peer of a socket is a process of this user.
fn is_own_user(stream: &UnixStream) -> bool {
    stream.peer_cred().is_ok_and(|peer| peer.uid() == rustix::process::getuid().as_raw())
}

/// Creates the runtime of a gateway.
fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    let failed =
        |error: std::io::Error| Error::new(ErrorKind::Failed, format!("can't start the async runtime: {error}"));
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)
}

/// What a gateway reports to the user.
pub(crate) type Report = Rc<dyn Fn(&str)>;

/// A listener for one API.
pub(crate) struct Listener {
    /// The gateway, and the index of the API in its manifest; `None` if a changed manifest no longer has it.
    current: RefCell<(Arc<Gateway>, Option<usize>)>,
    name: String,
    /// Checks of callers at the port and at the Unix socket.
    tcp: CallerCheck,
    unix: CallerCheck,
    /// `http://127.0.0.1:PORT`.
    origin: String,
    served: Cell<u64>,
    idle: Duration,
    requests: Arc<Semaphore>,
    report: Report,
}

impl fmt::Debug for Listener {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Listener").field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// Where a connection came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// A TCP port.
    Tcp,
    /// A Unix socket, whose peer is a process of this user.
    Unix,
}

impl Door {
    /// Host of requests over a Unix socket, which have none.
    const UNIX_HOST: &'static str = "localhost";
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
        let tcp = CallerCheck {
            hosts: vec![bound.to_string()],
            origins: settings.origins.clone(),
            placeholder: settings.placeholder.clone(),
            is_identified: false,
        };
        let listener = Self {
            current: RefCell::new((Arc::clone(gateway), Some(api))),
            name: gateway.api(api).map(|api| api.name.clone()).unwrap_or_default(),
            served: Cell::new(0),
            unix: CallerCheck { hosts: vec![Door::UNIX_HOST.to_owned()], is_identified: true, ..tcp.clone() },
            tcp,
            origin: format!("http://{bound}"),
            idle: settings.idle,
            requests: Arc::new(Semaphore::new(MOST_REQUESTS)),
            report: Rc::clone(&settings.report),
        };
        Ok((Rc::new(listener), socket))
    }

    /// Any free port on the loopback interface.
    pub(crate) fn any_port() -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
    }

    /// Returns the base URL for callers.
    fn base_url(&self, door: Door) -> String {
        let (gateway, api) = self.current();
        let path = api.and_then(|api| gateway.api(api)).map_or("", |api| api.base_url.path().trim_end_matches('/'));
        match door {
            Door::Tcp => format!("{}{path}", self.origin),
            Door::Unix => format!("http://{}{path}", Door::UNIX_HOST),
        }
    }

    fn current(&self) -> (Arc<Gateway>, Option<usize>) {
        let current = self.current.borrow();
        (Arc::clone(&current.0), current.1)
    }

    /// Returns the API of this listener.
    fn api_of<'g>(&self, gateway: &'g Gateway) -> Option<&'g Api> {
        gateway.apis().into_iter().filter_map(|index| gateway.api(index)).find(|api| api.name == self.name)
    }

    /// Returns the check of callers.
    fn check(&self, door: Door) -> &CallerCheck {
        match door {
            Door::Tcp => &self.tcp,
            Door::Unix => &self.unix,
        }
    }

    /// Uses another gateway from the next request on.
    fn follow(&self, gateway: &Arc<Gateway>) {
        let index =
            gateway.apis().into_iter().find(|index| gateway.api(*index).is_some_and(|api| api.name == self.name));
        *self.current.borrow_mut() = (Arc::clone(gateway), index);
    }

    fn status(&self) -> serde_json::Value {
        let busy = MOST_REQUESTS - self.requests.available_permits();
        serde_json::json!({
            "api": self.name,
            "base_url": self.base_url(Door::Tcp),
            "requests": self.served.get(),
            "in_progress": busy,
        })
    }

    fn report(&self, notes: Vec<String>) {
        for note in &notes {
            (self.report)(note);
        }
    }

    /// Accepts connections. Never returns.
    pub(crate) async fn serve(self: Rc<Self>, socket: TcpListener) {
        loop {
            match socket.accept().await {
                Ok((stream, _)) => {
                    // small frames, such as events, are sent at once
                    let _ = stream.set_nodelay(true);
                    tokio::task::spawn_local(Rc::clone(&self).connection(stream, Door::Tcp));
                }
                // no file descriptor is left: others have to end first
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Accepts connections of this user's programs. Never returns.
    pub(crate) async fn serve_unix(self: Rc<Self>, socket: UnixListener) {
        loop {
            match socket.accept().await {
                Ok((stream, _)) if is_own_user(&stream) => {
                    tokio::task::spawn_local(Rc::clone(&self).connection(stream, Door::Unix));
                }
                Ok(_) => {}
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    async fn connection(self: Rc<Self>, stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, door: Door) {
        let service = service_fn(move |request| forward::handle(Rc::clone(&self), door, request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_PATIENCE)
            .max_headers(MOST_FIELDS)
            .max_buf_size(MOST_HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        // a caller that goes away ends its connection, and with it the request to the API
        let _ = connection.await;
    }
}
