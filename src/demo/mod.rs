//! An authorization server and an orders API of our own, on loopback: for the demo and for the tests.
//!
//! It speaks the real protocol, so that nothing else in the program needs to know that it is a demo. The clients are
//! `demo` (public: authorization code, device code) and `service` (confidential: client credentials); the user is
//! `alice`, and the login page says her password.

mod answer;
mod api;
mod authorize;
mod catalog;
mod clients;
mod device;
mod form;
mod introspection;
mod keys;
mod manifest_text;
mod metadata;
mod mint;
mod options;
mod orders;
mod pages;
mod parameters;
mod server;
mod store;
#[cfg(test)]
mod tests;
mod token_endpoint;
mod tokens;
mod visit;

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use thiserror::Error;
use tokio::sync::watch;
use url::Url;

pub use manifest_text::SECRET_VARIABLE;
pub use mint::{Mint, Signature};
pub use options::Options;
pub use pages::{PASSWORD, USER};
#[cfg(test)]
pub(crate) use visit::Visit;
pub use visit::{approve_device, sign_in};

use crate::scope::ScopeSet;
use crate::secret::Secret;
use server::Server;

/// Both servers, running until this is dropped. Needs a tokio runtime.
pub struct Demo {
    /// The issuer identifier of the authorization server.
    pub issuer: String,
    /// The base URL of the API.
    pub api: Url,
    /// A ready-made manifest.
    pub manifest: String,
    /// The secret of the client `service`. The manifest refers to it as [`SECRET_VARIABLE`].
    pub service_secret: Secret,
    server: Arc<Server>,
    /// Dropping it stops both servers.
    _running: watch::Sender<()>,
}

impl fmt::Debug for Demo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Demo");
        debug.field("issuer", &self.issuer).field("api", &self.api.as_str()).finish_non_exhaustive()
    }
}

/// Why the demo could not start.
#[derive(Debug, Error)]
pub enum DemoError {
    /// No port could be bound, or no key made.
    #[error("the demo could not start: {0}")]
    Start(String),
    /// The demo's user could not get through the pages.
    #[error("the demo's user could not sign in: {0}")]
    User(String),
}

/// Starts both servers on 127.0.0.1, on ports chosen by the system, with new keys. Nothing is written to disk.
///
/// # Errors
/// See [`DemoError::Start`].
pub async fn start() -> Result<Demo, DemoError> {
    start_with(Options::default()).await
}

/// Like [`start`], with other lifetimes or another clock.
///
/// # Errors
/// See [`DemoError::Start`].
pub async fn start_with(options: Options) -> Result<Demo, DemoError> {
    let (issuer_listener, issuer_host) = server::bind().await?;
    let (api_listener, api_host) = server::bind().await?;
    let issuer = format!("http://{issuer_host}");
    let audience = format!("http://{api_host}{}", api::BASE_PATH);
    let api = Url::parse(&audience).map_err(|error| DemoError::Start(error.to_string()))?;
    let service_secret = match options.service_secret.clone() {
        Some(secret) => secret,
        None => Secret::new(store::random_text(24).map_err(DemoError::Start)?),
    };
    let server = Arc::new(Server::new(issuer.clone(), audience.clone(), service_secret.clone(), options)?);
    let (running, stop) = watch::channel(());
    server::serve(issuer_listener, issuer_host, issuer_routes(Arc::clone(&server)), stop.clone());
    server::serve(api_listener, api_host, api::routes(Arc::clone(&server)), stop);
    let manifest = manifest_text::write(&issuer, &audience);
    Ok(Demo { issuer, api, manifest, service_secret, server, _running: running })
}

fn issuer_routes(server: Arc<Server>) -> Router {
    Router::new()
        .route("/.well-known/oauth-authorization-server", get(metadata::metadata))
        .route("/.well-known/openid-configuration", get(metadata::metadata))
        .route("/jwks", get(metadata::jwks))
        .route("/authorize", get(authorize::authorize))
        .route("/login", post(authorize::login))
        .route("/consent", post(authorize::consent))
        .route("/token", post(token_endpoint::token))
        .route("/device_authorization", post(device::device_authorization))
        .route("/device", get(device::page).post(device::enter))
        .route("/introspect", post(introspection::introspect))
        .route("/revoke", post(introspection::revoke))
        .with_state(server)
}

impl Demo {
    /// Moves the servers' clock by that many seconds: a test of expiry does not have to wait.
    pub fn advance(&self, seconds: i64) {
        self.server.advance(seconds);
    }
}

/// What the demo's user does on the consent page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Leaves every box ticked.
    Everything,
    /// Leaves only these ticked.
    Only(ScopeSet),
    /// Refuses.
    Refuse,
}
