//! Diagnoses an answer that was captured elsewhere.

use jiff::Timestamp;

use super::{EndpointId, HeldToken, Workspace};
use crate::diagnosis::{Answer, Capture, Case, Credentials, Diagnosis, Sent, diagnose};

/// What is known of a captured call beside the capture.
#[derive(Clone, Debug, Default)]
pub struct Hints<'h> {
    /// The endpoint; without it, it is looked up by the captured request.
    pub endpoint: Option<EndpointId>,
    /// The API, where several answer.
    pub api: Option<&'h str>,
    /// The token that was sent; without it, that of the captured request.
    pub token: Option<&'h HeldToken>,
}

/// Why a captured call failed.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The endpoint, if the manifest knows it.
    pub endpoint: Option<EndpointId>,
    /// The method, if it was captured.
    pub method: Option<String>,
    /// The URL or path without its query, if it was captured.
    pub target: Option<String>,
    /// The status.
    pub status: u16,
    /// Why it failed, or that it did not.
    pub diagnosis: Diagnosis,
}

impl Workspace {
    /// Diagnoses a captured answer. With a manifest it knows more; without one it knows what the server says.
    #[must_use]
    pub fn why(&self, capture: &Capture, hints: &Hints<'_>, now: Timestamp) -> Explained {
        let asked = capture.method.as_deref().zip(capture.url.as_deref());
        let endpoint = hints.endpoint.or_else(|| {
            let (method, url) = asked?;
            let mut routes = self.manifest()?.answers(method, url);
            routes.retain(|route| hints.api.is_none_or(|name| route.api.name == name));
            // of several that would answer none is known to be the one
            let [route] = routes.as_slice() else { return None };
            self.endpoint_id(route.endpoint)
        });
        let known = endpoint.and_then(|id| self.endpoint(id));
        let api = known.map(|(api, _)| api).or_else(|| {
            let manifest = self.manifest()?;
            match (hints.api, manifest.apis.as_slice()) {
                (Some(name), _) => manifest.api(name),
                // a request that was captured and is not this API's is somebody else's
                (None, [only]) if asked.is_none() => Some(only),
                _ => None,
            }
        });
        let captured = match &capture.credentials {
            Credentials::Shown(text) if hints.token.is_none() => HeldToken::read(text.expose(), now).ok(),
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
            answer: Answer { status: capture.status, headers: &capture.headers, body: &capture.body },
            api,
            endpoint: known.map(|(_, endpoint)| endpoint),
            sent,
            now,
        });
        Explained {
            endpoint,
            method: capture.method.clone(),
            target: capture.target(),
            status: capture.status,
            diagnosis,
        }
    }
}
