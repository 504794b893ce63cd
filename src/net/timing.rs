//! Timing of a request: name lookup, connection, first byte, total.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tower_layer::Layer;
use tower_service::Service;

use super::reach::Sender;

/// Timing of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// Name lookup; `None` for a literal address or a reused connection.
    pub dns: Option<Duration>,
    /// Connection including the TLS handshake, without the lookup; `None` for a reused
    /// connection. The HTTP library does not separate the two.
    pub connect: Option<Duration>,
    /// Time to the first byte of the response.
    pub first_byte: Duration,
    /// Time to the last byte.
    pub total: Duration,
}

/// Measurements of a request in progress.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch(Arc<Mutex<(Option<Duration>, Option<Duration>)>>);

tokio::task_local! {
    /// Measurements of the current task's request, which also opens the connection.
    pub(super) static WATCH: Watch;
}

impl Watch {
    /// Returns the time of the lookup and of the connection.
    pub(super) fn read(&self) -> (Option<Duration>, Option<Duration>) {
        let (dns, connect) = *self.lock();
        (dns, connect.map(|connect| connect.saturating_sub(dns.unwrap_or_default())))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (Option<Duration>, Option<Duration>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Resolver of the operating system, with timing. With a sender it refuses names whose addresses the sender is not
/// allowed to refer to; the checked addresses are the ones that are connected to.
#[derive(Debug, Default)]
pub(super) struct Resolver(pub(super) Option<Arc<Sender>>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let watch = WATCH.try_with(Clone::clone).ok();
        let sender = self.0.clone();
        Box::pin(async move {
            let started = Instant::now();
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if let Some(sender) = sender {
                sender.check_addresses(name.as_str(), found.iter().map(std::net::SocketAddr::ip)).await?;
            }
            if let Some(watch) = watch {
                watch.lock().0 = Some(started.elapsed());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Tower layer that measures the connection time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured;

impl<S> Layer<S> for Measured {
    type Service = Connector<S>;

    fn layer(&self, inner: S) -> Connector<S> {
        Connector(inner)
    }
}

/// Connector with timing.
#[derive(Clone, Debug)]
pub(super) struct Connector<S>(S);

impl<S, R> Service<R> for Connector<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let watch = WATCH.try_with(Clone::clone).ok();
        let connecting = self.0.call(request);
        Box::pin(async move {
            let started = Instant::now();
            let connected = connecting.await;
            if let (Some(watch), true) = (watch, connected.is_ok()) {
                watch.lock().1 = Some(started.elapsed());
            }
            connected
        })
    }
}
