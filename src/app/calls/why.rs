//! Diagnoses captured calls.

use jiff::Timestamp;

use super::remedy;
use super::request_matching::matching;
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
    let located = located(context, capture, hints);
    let endpoint = hints.endpoint.or_else(|| located.as_ref().map(|(_, endpoint)| *endpoint));
    let known = endpoint.and_then(|id| context.endpoint(id));
    let api = known.map(|(api, _)| api).or_else(|| {
        let manifest = context.manifest()?;
        match (hints.api, manifest.apis.as_slice()) {
            (Some(name), _) => manifest.api(name),
            // a captured request that does not match belongs to another API
            (None, [only]) if capture.url.is_none() => Some(only),
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
    let mut diagnosis = diagnose(&Case {
        response: Response { status: capture.status, headers: &capture.headers, body: &capture.body },
        api,
        endpoint: known.map(|(_, endpoint)| endpoint),
        request: capture.request(),
        sent,
        now,
    });
    remedy::specify(&mut diagnosis, context, endpoint, hints.token);
    let target = match located {
        Some((url, _)) => Some(Capture::target_of(&url)),
        None => capture.target(),
    };
    CapturedCall { endpoint, method: capture.method.clone(), target, status: capture.status, diagnosis }
}

/// Methods that are tried for a captured URL without a method.
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Finds the captured request in the manifest, and returns the URL that matches. If the capture does not show the scheme, the
/// other one is tried as well; if it does not show the method, the path must have only one.
fn located(context: &Context, capture: &Capture, hints: &CaptureHints<'_>) -> Option<(String, EndpointId)> {
    let manifest = context.manifest()?;
    let url = capture.url.as_deref()?;
    let given = [capture.method.as_deref().unwrap_or_default()];
    let methods = if capture.method.is_some() { given.as_slice() } else { METHODS };
    let other = || match url.split_once("://")? {
        ("https", rest) => Some(format!("http://{rest}")),
        (_, rest) => Some(format!("https://{rest}")),
    };
    let mut urls = vec![url.to_owned()];
    urls.extend(capture.scheme_is_guessed.then(other).flatten());
    urls.into_iter().find_map(|url| {
        let found = methods.iter().flat_map(|method| matching(manifest, method, &url, hints.api));
        let found: Vec<EndpointId> = found.collect();
        match found.as_slice() {
            [endpoint] => Some((url, *endpoint)),
            // with several matches the endpoint is not known
            _ => None,
        }
    })
}
