//! Diagnoses captured calls.

use jiff::Timestamp;

use crate::app::{Context, EndpointId, LoadedToken};
use crate::diagnosis::{Capture, Case, Credentials, Diagnosis, Response, Sent, diagnose};

/// What is known about a captured call besides the capture.
#[derive(Clone, Debug, Default)]
pub struct CaptureHints<'h> {
    /// The endpoint; looked up by the captured request if not given.
    pub endpoint: Option<EndpointId>,
    /// The API, if several match.
    pub api: Option<&'h str>,
    /// The token that was sent; taken from the captured request if not given.
    pub token: Option<&'h LoadedToken>,
}

/// A captured call with its diagnosis.
#[derive(Clone, Debug)]
pub struct CapturedCall {
    /// The endpoint, if the manifest declares it.
    pub endpoint: Option<EndpointId>,
    /// Method, if captured.
    pub method: Option<String>,
    /// The URL or path without query, if it was captured.
    pub target: Option<String>,
    /// Status.
    pub status: u16,
    /// The diagnosis.
    pub diagnosis: Diagnosis,
}

/// Diagnoses a captured call. The manifest is optional, and makes the diagnosis more precise.
#[must_use]
pub fn diagnose_capture(
    context: &Context,
    capture: &Capture,
    hints: &CaptureHints<'_>,
    now: Timestamp,
) -> CapturedCall {
    let request = capture.method.as_deref().zip(capture.url.as_deref());
    let endpoint = hints.endpoint.or_else(|| {
        let (method, url) = request?;
        let mut routes = context.manifest()?.answers(method, url);
        routes.retain(|route| hints.api.is_none_or(|name| route.api.name == name));
        // with several matches the endpoint is not known
        let [route] = routes.as_slice() else { return None };
        context.endpoint_id(route.endpoint)
    });
    let known = endpoint.and_then(|id| context.endpoint(id));
    let api = known.map(|(api, _)| api).or_else(|| {
        let manifest = context.manifest()?;
        match (hints.api, manifest.apis.as_slice()) {
            (Some(name), _) => manifest.api(name),
            // a captured request that does not match belongs to another API
            (None, [only]) if request.is_none() => Some(only),
            _ => None,
        }
    });
    let captured = match &capture.credentials {
        Credentials::Shown(text) if hints.token.is_none() => LoadedToken::read(text.expose(), now).ok(),
        _ => None,
    };
    let evidence = hints.token.or(captured.as_ref()).map(|token| token.evidence(now));
    let sent = match (&evidence, &capture.credentials) {
        (Some(evidence), _) => Sent::Token(evidence),
        (None, Credentials::None) => Sent::Nothing,
        (None, Credentials::Unknown) => Sent::Unknown,
        (None, Credentials::Hidden | Credentials::Shown(_)) => Sent::Hidden,
    };
    let diagnosis = diagnose(&Case {
        response: Response { status: capture.status, headers: &capture.headers, body: &capture.body },
        api,
        endpoint: known.map(|(_, endpoint)| endpoint),
        sent,
        now,
    });
    CapturedCall {
        endpoint,
        method: capture.method.clone(),
        target: capture.target(),
        status: capture.status,
        diagnosis,
    }
}
