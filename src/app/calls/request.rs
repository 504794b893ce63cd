//! Requests to endpoints.

use std::time::Duration;

use crate::app::EndpointId;
use crate::net;

/// Default limits of a call.
const LIMITS: net::Limits = net::Limits { deadline: Duration::from_secs(30), body: 8 << 20 };

/// Request to an endpoint.
#[derive(Clone, Debug)]
pub struct CallRequest {
    /// Endpoint.
    pub endpoint: EndpointId,
    /// Path parameters.
    pub parameters: Vec<(String, String)>,
    /// Query, without the question mark.
    pub query: Option<String>,
    /// Additional header fields.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Option<Vec<u8>>,
    /// Limits for time and size.
    pub limits: net::Limits,
    /// HTTP version.
    pub protocol: net::Protocol,
    /// The user has confirmed the [concerns](super::Concerns).
    pub confirmed: bool,
}

impl CallRequest {
    /// Creates a request with path parameters only.
    #[must_use]
    pub fn new(endpoint: EndpointId, parameters: Vec<(String, String)>) -> Self {
        Self {
            endpoint,
            parameters,
            query: None,
            headers: Vec::new(),
            body: None,
            limits: LIMITS,
            protocol: net::Protocol::Any,
            confirmed: false,
        }
    }

    /// Adds parameters to the query, form-encoded (WHATWG URL §5.2).
    pub fn add_query(&mut self, parameters: &[(String, String)]) {
        if !parameters.is_empty() {
            let query = url::form_urlencoded::Serializer::for_suffix(self.query.take().unwrap_or_default(), 0)
                .extend_pairs(parameters)
                .finish();
            self.query = Some(query);
        }
    }

    /// Returns whether a header field was given, ignoring case.
    #[must_use]
    pub fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name))
    }
}
