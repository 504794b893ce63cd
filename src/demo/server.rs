//! State, start and stop of both servers.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::error::DemoError;
use super::keys::Keys;
use super::options::Options;
use super::shop::Shop;
use super::state::Store;
use crate::secret::Secret;

/// Size limit for a request body, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// The state of both servers. The API reads revocations directly from the authorization server's store instead of using
/// introspection.
pub(super) struct Server {
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) service_secret: Secret,
    pub(super) keys: Keys,
    pub(super) options: Options,
    clock_offset: AtomicI64,
    store: Mutex<Store>,
    shop: Mutex<Shop>,
}

impl Server {
    pub(super) fn new(
        issuer: String,
        audience: String,
        service_secret: Secret,
        options: Options,
    ) -> Result<Self, DemoError> {
        Ok(Self {
            issuer,
            audience,
            service_secret,
            keys: Keys::generate()?,
            clock_offset: AtomicI64::new(options.clock_offset),
            options,
            store: Mutex::new(Store::new()),
            shop: Mutex::new(Shop::new()),
        })
    }

    /// Returns the time of the servers' clock, in Unix seconds.
    pub(super) fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
        seconds.saturating_add(self.clock_offset.load(Ordering::Relaxed))
    }

    /// Advances the servers' clock.
    pub(super) fn advance(&self, seconds: i64) {
        self.clock_offset.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Locks the state of the authorization server. Must not be held across an await.
    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the data of the API. Must not be held across an await.
    pub(super) fn shop(&self) -> MutexGuard<'_, Shop> {
        self.shop.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Binds a port on 127.0.0.1; 0 means any free one. Returns the listener and its `host:port`.
pub(super) async fn bind(port: u16) -> Result<(TcpListener, String), DemoError> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AddrInUse if port != 0 => DemoError::PortInUse(port),
        _ => DemoError::Start(format!("no port available on 127.0.0.1: {error}")),
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address.to_string()))
}

/// Serves until the sender of `stop` is dropped. Open connections may finish their response.
pub(super) fn serve(listener: TcpListener, host: String, routes: Router, mut stop: watch::Receiver<()>) {
    let app = routes
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(Arc::<str>::from(host), check_host));
    tokio::spawn(async move {
        let stopped = async move {
            // an error means that the sender was dropped
            while stop.changed().await.is_ok() {}
        };
        // it ends only on the signal above
        let _ = axum::serve(listener, app).with_graceful_shutdown(stopped).await;
    });
}

/// Rejects requests with another `Host`. This prevents DNS rebinding: a web page whose host name resolves to 127.0.0.1.
async fn check_host(State(host): State<Arc<str>>, request: Request, next: Next) -> Response {
    let host_header = request.headers().get(header::HOST).map(axum::http::HeaderValue::as_bytes);
    if host_header == Some(host.as_bytes()) {
        next.run(request).await
    } else {
        (StatusCode::MISDIRECTED_REQUEST, "this server must be addressed by its IP address\n").into_response()
    }
}
