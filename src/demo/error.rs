//! Errors of the demo.

use thiserror::Error;

/// Error of the demo.
#[derive(Debug, Error)]
pub enum DemoError {
    /// No port is available, or a key could not be generated.
    #[error("could not start the demo: {0}")]
    Start(String),
    /// Another program uses a port that the options name.
    #[error("port {0} of 127.0.0.1 is in use")]
    PortInUse(u16),
    /// The demo's user could not complete the pages.
    #[error("the demo's user could not sign in: {0}")]
    User(String),
}
