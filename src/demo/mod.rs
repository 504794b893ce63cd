//! A local authorization server and orders API on loopback, for the demo and for tests.
//!
//! They implement the real protocols, so the rest of the program needs no special case for the demo. The clients are
//! `dev` (public: authorization code, device code) and `ci` (confidential: client credentials). The user is `alice`;
//! the login page shows the password.
//!
//! Imports between the files run one way: the data is in `state`, the checks that endpoints share in `request_checks`, and
//! `sign_in` serves both the authorization endpoint and the device flow.

mod api;
mod approver;
mod authorize;
mod catalogue;
mod client_authentication;
mod client_redirect;
mod device;
mod error;
mod form;
mod introspection;
mod keys;
mod manifest_text;
mod metadata;
mod mint;
mod options;
mod pages;
mod parameters;
mod random;
mod request_checks;
mod response;
mod server;
mod shop;
mod sign_in;
mod state;
#[cfg(test)]
mod tests;
mod token_endpoint;
mod tokens;
mod visit;

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use tokio::sync::watch;
use url::Url;

pub use approver::Approver;
pub use error::DemoError;
pub use manifest_text::SECRET_VARIABLE;
pub use mint::{Mint, Signature};
pub use options::Options;
pub use pages::{PASSWORD, USER};
#[cfg(test)]
pub(crate) use visit::Visit;
pub use visit::{Consent, approve_device, sign_in};

use crate::secret::Secret;
use server::Server;

/// Both servers, which run until this is dropped. Requires a tokio runtime.
pub struct Demo {
    /// The issuer identifier of the authorization server.
    pub issuer: String,
    /// The base URL of the API.
    pub api: Url,
    /// The manifest for both.
    pub manifest: String,
    /// The secret of the client `ci`, which the manifest reads from [`SECRET_VARIABLE`] or from [`Options::secret_file`].
    pub service_secret: Secret,
    server: Arc<Server>,
    /// Stops both servers when dropped.
    _running: watch::Sender<()>,
}

impl fmt::Debug for Demo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Demo");
        debug.field("issuer", &self.issuer).field("api", &self.api.as_str()).finish_non_exhaustive()
    }
}

/// Starts both servers on 127.0.0.1, on free ports, with new keys. Writes nothing to disk.
///
/// # Errors
/// See [`DemoError::Start`].
pub async fn start() -> Result<Demo, DemoError> {
    start_with(Options::default()).await
}

/// Starts both servers with other ports, lifetimes or another clock; see [`start`].
///
/// # Errors
/// See [`DemoError::Start`], and [`DemoError::PortInUse`] for a port in the options.
pub async fn start_with(options: Options) -> Result<Demo, DemoError> {
    let (issuer_listener, issuer_host) = server::bind(options.ports.map_or(0, |(issuer, _)| issuer)).await?;
    let (api_listener, api_host) = server::bind(options.ports.map_or(0, |(_, api)| api)).await?;
    let issuer = format!("http://{issuer_host}");
    let audience = format!("http://{api_host}{}", api::BASE_PATH);
    let api = Url::parse(&audience).map_err(|error| DemoError::Start(error.to_string()))?;
    let service_secret = match options.service_secret.clone() {
        Some(secret) => secret,
        None => Secret::new(random::random_string(24).map_err(DemoError::Start)?),
    };
    let manifest = manifest_text::write(&issuer, &audience, options.secret_file.as_deref());
    let server = Arc::new(Server::new(issuer.clone(), audience.clone(), service_secret.clone(), options)?);
    let (running, stop) = watch::channel(());
    server::serve(issuer_listener, issuer_host, issuer_routes(Arc::clone(&server)), stop.clone());
    server::serve(api_listener, api_host, api::routes(Arc::clone(&server)), stop);
    Ok(Demo { issuer, api, manifest, service_secret, server, _running: running })
}

fn issuer_routes(server: Arc<Server>) -> Router {
    Router::new()
        .route("/.well-known/oauth-authorization-server", get(metadata::metadata))
        .route("/.well-known/openid-configuration", get(metadata::metadata))
        .route("/jwks", get(metadata::jwks))
        .route("/authorize", get(authorize::authorize))
        .route("/login", post(sign_in::login))
        .route("/consent", post(sign_in::consent))
        .route("/token", post(token_endpoint::token))
        .route("/device_authorization", post(device::device_authorization))
        .route("/device", get(device::page).post(device::enter))
        .route("/introspect", post(introspection::introspect))
        .route("/revoke", post(introspection::revoke))
        .with_state(server)
}

impl Demo {
    /// Advances the servers' clock, so that tests of expiry need not wait.
    pub fn advance(&self, seconds: i64) {
        self.server.advance(seconds);
    }

    /// Mints a token. The servers do not record it.
    ///
    /// # Errors
    /// When no key or no randomness is available.
    pub async fn mint(&self, mint: &Mint) -> Result<Secret, DemoError> {
        self.server.mint(mint).await.map(Secret::new).map_err(DemoError::Start)
    }
}
