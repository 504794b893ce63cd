//! What both servers share, and how they start and stop.

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

use super::keys::Keys;
use super::orders::Shop;
use super::store::Store;
use super::{DemoError, Options};
use crate::secret::Secret;

/// The most bytes of a request's body.
const BODY_LIMIT: usize = 64 * 1024;

/// The state behind both servers. The API reads revocations straight from the authorization server's store, in
/// place of an introspection request.
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

    /// The time by the servers' clock, in seconds since 1970.
    pub(super) fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
        seconds.saturating_add(self.clock_offset.load(Ordering::Relaxed))
    }

    /// Moves the servers' clock.
    pub(super) fn advance(&self, seconds: i64) {
        self.clock_offset.fetch_add(seconds, Ordering::Relaxed);
    }

    /// What the authorization server remembers. Never held across an await.
    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the API serves. Never held across an await.
    pub(super) fn shop(&self) -> MutexGuard<'_, Shop> {
        self.shop.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A listener on 127.0.0.1, on a port chosen by the system, and its `host:port`.
pub(super) async fn bind() -> Result<(TcpListener, String), DemoError> {
    let failed = |error: std::io::Error| DemoError::Start(format!("no port on 127.0.0.1: {error}"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address.to_string()))
}

/// Serves until the sender of `stop` is dropped; connections that are in use may finish their answer.
pub(super) fn serve(listener: TcpListener, host: String, routes: Router, mut stop: watch::Receiver<()>) {
    let app = routes
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(Arc::<str>::from(host), check_host));
    tokio::spawn(async move {
        let stopped = async move {
            // an error is the dropped sender
            while stop.changed().await.is_ok() {}
        };
        // the only way to end is the signal above
        let _ = axum::serve(listener, app).with_graceful_shutdown(stopped).await;
    });
}

/// Refuses a request that was meant for another host: a web page can have its own name resolve to 127.0.0.1 and so
/// talk to a server here as if it were its own (DNS rebinding).
async fn check_host(State(host): State<Arc<str>>, request: Request, next: Next) -> Response {
    let named = request.headers().get(header::HOST).map(axum::http::HeaderValue::as_bytes);
    if named == Some(host.as_bytes()) {
        next.run(request).await
    } else {
        (StatusCode::MISDIRECTED_REQUEST, "this server answers by its IP address only\n").into_response()
    }
}
