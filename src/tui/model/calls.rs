//! Calls of this session.

use jiff::Timestamp;

use crate::app::{CallOutcome, CallRequest, Error};
use crate::token::Json;

/// A call that was made, with or without a response.
#[derive(Clone, Debug)]
pub(in crate::tui) struct CallRecord {
    pub(in crate::tui) request: CallRequest,
    pub(in crate::tui) method: String,
    /// URL as far as it is known; untrusted.
    pub(in crate::tui) url: String,
    /// Path of the URL; untrusted.
    pub(in crate::tui) path: String,
    pub(in crate::tui) at: Timestamp,
    /// The response with its diagnosis, or why there is none.
    pub(in crate::tui) result: Result<Box<CallOutcome>, Error>,
    /// The response body, if it is JSON.
    pub(in crate::tui) json: Option<Json>,
}

impl CallRecord {
    pub(in crate::tui) fn outcome(&self) -> Option<&CallOutcome> {
        self.result.as_deref().ok()
    }

    /// Returns whether a request is the same as the one of this call, apart from its confirmation.
    pub(in crate::tui) fn is_same(&self, other: &CallRequest) -> bool {
        let own = &self.request;
        (own.endpoint, &own.parameters, &own.query, &own.headers, &own.body)
            == (other.endpoint, &other.parameters, &other.query, &other.headers, &other.body)
    }
}

/// The call under way.
#[derive(Clone, Debug)]
pub(in crate::tui) struct Calling {
    pub(in crate::tui) request: CallRequest,
    pub(in crate::tui) method: String,
    pub(in crate::tui) url: String,
    pub(in crate::tui) path: String,
    pub(in crate::tui) since: Timestamp,
}

impl Calling {
    /// Adds the result.
    pub(in crate::tui) fn ended(self, result: Result<Box<CallOutcome>, Error>) -> CallRecord {
        let Self { request, method, url, path, since } = self;
        let body = result.as_ref().ok().and_then(|called| std::str::from_utf8(&called.body).ok());
        let json = body.and_then(|body| Json::parse(body).ok());
        CallRecord { request, method, url, path, at: since, result, json }
    }
}
