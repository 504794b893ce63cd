//! An authorization server and an orders API of our own, on loopback: for the demo and for the tests.

use thiserror::Error;
use url::Url;

use crate::net;
use crate::scope::ScopeSet;

/// Both servers, running until this is dropped. Needs a tokio runtime.
#[derive(Debug)]
pub struct Demo {
    /// The issuer identifier of the authorization server.
    pub issuer: String,
    /// The base URL of the API.
    pub api: Url,
    /// A ready-made manifest.
    pub manifest: String,
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
    todo!("demo")
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

/// Plays the user: opens the authorization URL, signs in, consents, and follows the redirect to the loopback
/// listener, as a browser would.
///
/// # Errors
/// See [`DemoError::User`].
pub async fn sign_in(_http: &net::Client, _authorization_url: &Url, _consent: &Consent) -> Result<(), DemoError> {
    todo!("demo")
}

/// The name of the public client in the demo's manifest.
pub const CLIENT: &str = "demo";

/// The demo's user.
pub const USER: &str = "alice";

/// The password of the demo's user.
pub const PASSWORD: &str = "wonderland";

/// The environment variable that the manifest names for the secret of the client `service`.
pub const SECRET_ENV: &str = "TOKSCOPE_DEMO_SECRET";

/// The secret of the client `service`: worth nothing outside the demo.
pub const SERVICE_SECRET: &str = "demo-secret-that-opens-nothing-else";
