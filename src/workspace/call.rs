//! Calls an endpoint, and says why it failed.

use std::time::Duration;

use url::Url;

use super::{EndpointId, Error, HeldToken, Workspace};
use crate::diagnosis::Diagnosis;

/// What to call.
#[derive(Clone, Debug)]
pub struct CallRequest {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// Values of the path's parameters.
    pub parameters: Vec<(String, String)>,
    /// The query, without the question mark.
    pub query: Option<String>,
    /// Further header fields.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Vec<u8>>,
}

impl CallRequest {
    /// A call without anything but its path parameters.
    #[must_use]
    pub fn new(endpoint: EndpointId, parameters: Vec<(String, String)>) -> Self {
        Self { endpoint, parameters, query: None, headers: Vec::new(), body: None }
    }
}

/// What came of a call.
#[derive(Clone, Debug)]
pub struct Called {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// The method.
    pub method: String,
    /// Where it went.
    pub url: Url,
    /// The status.
    pub status: u16,
    /// The header fields in their order.
    pub headers: Vec<(String, String)>,
    /// The body, up to the cap.
    pub body: Vec<u8>,
    /// From sending to the last byte.
    pub elapsed: Duration,
    /// Why it failed, or that it did not.
    pub diagnosis: Diagnosis,
}

impl Workspace {
    /// Whether a method is safe (RFC 9110 §9.2.1) and needs no confirmation: GET, HEAD and OPTIONS.
    #[must_use]
    pub fn is_safe(method: &str) -> bool {
        matches!(method, "GET" | "HEAD" | "OPTIONS")
    }

    /// The URL that a call would go to.
    ///
    /// # Errors
    /// When a path parameter has no value.
    pub fn call_url(&self, _request: &CallRequest) -> Result<Url, Error> {
        todo!("workspace")
    }

    /// Sends the request, with the token if there is one, and diagnoses the answer.
    ///
    /// # Errors
    /// When there is no answer, or the request can't be made.
    pub async fn call(&self, _request: &CallRequest, _token: Option<&HeldToken>) -> Result<Called, Error> {
        todo!("workspace")
    }
}
