//! Sends one request and reads one answer.

use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};
use url::Url;
use zeroize::Zeroizing;

use super::NetError;

/// What one exchange may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the first byte of the connection to the last byte of the body.
    pub deadline: Duration,
    /// The most bytes of body that are read.
    pub body: usize,
}

/// One request.
#[derive(Clone, Debug)]
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

/// One answer. A redirect is an answer like any other: it is never followed.
#[derive(Clone)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body, wiped when dropped: it may hold tokens.
    pub body: Zeroizing<Vec<u8>>,
    /// From sending to the last byte.
    pub elapsed: Duration,
}

/// The client. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {}

impl Client {
    /// Makes the client.
    ///
    /// # Errors
    /// When the TLS stack can't be set up.
    pub fn new() -> Result<Self, NetError> {
        todo!("net")
    }

    /// Sends a request, within limits.
    ///
    /// # Errors
    /// See [`NetError`]; none of them holds a secret or a query string.
    pub async fn send(&self, _request: Request, _limits: Limits) -> Result<Response, NetError> {
        todo!("net")
    }
}

/// Whether a secret may travel to this URL: `https`, or `http` to a loopback address; a host; no user information.
///
/// # Errors
/// A sentence that says why not.
pub fn is_permitted(_url: &Url) -> Result<(), String> {
    todo!("net")
}
