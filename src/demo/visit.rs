//! The demo's user, who completes the pages without a browser.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use url::{Url, form_urlencoded};

use super::error::DemoError;
use super::form::Form;
use super::pages::{PASSWORD, USER};
use crate::net::{self, Limits, Request};
use crate::scope::ScopeSet;

/// Limit for the pages of a visit; more is a loop.
const MAX_PAGES: usize = 10;

/// Limits for a request of the visit.
const LIMITS: Limits = Limits { deadline: Duration::from_secs(10), body: 256 * 1024 };

/// The choice of the demo's user on the consent page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Grant every requested scope.
    Everything,
    /// Grant only these scopes.
    Only(ScopeSet),
    /// Deny the request.
    Refuse,
}

/// Acts as the user: opens the authorization URL, signs in, consents, and follows the redirect to the loopback listener.
/// Redirects with an error are followed as well.
///
/// # Errors
/// See [`DemoError::User`]: an error page, or no response.
pub async fn sign_in(http: &net::Client, authorization_url: &Url, consent: &Consent) -> Result<(), DemoError> {
    visit(http, authorization_url, consent).await
}

/// Acts as the user of a device: opens `verification_uri_complete` (RFC 8628 section 3.3.1), signs in and consents.
///
/// # Errors
/// See [`DemoError::User`].
pub async fn approve_device(http: &net::Client, complete: &Url, consent: &Consent) -> Result<(), DemoError> {
    visit(http, complete, consent).await
}

async fn visit(http: &net::Client, start: &Url, consent: &Consent) -> Result<(), DemoError> {
    let mut visit = Visit::new(start, consent);
    while let Some(request) = visit.next() {
        let response = http.send(request, LIMITS).await.map_err(|error| DemoError::User(error.to_string()))?;
        visit.receive(response.status, &response.headers, &response.body)?;
    }
    Ok(())
}

/// A visit without I/O: returns the next request, and takes its response.
pub(crate) struct Visit<'a> {
    start: &'a Url,
    consent: &'a Consent,
    here: Url,
    next: Option<Request>,
    pages: usize,
}

impl<'a> Visit<'a> {
    pub(crate) fn new(start: &'a Url, consent: &'a Consent) -> Self {
        Self { start, consent, here: start.clone(), next: Some(get(start.clone())), pages: 0 }
    }

    /// Returns the next request; `None` at the end of the visit.
    pub(crate) fn next(&mut self) -> Option<Request> {
        let request = self.next.take()?;
        self.here = request.url.clone();
        Some(request)
    }

    /// Takes the response to the last request.
    pub(crate) fn receive(&mut self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<(), DemoError> {
        if self.here.origin() != self.start.origin() {
            // the client's listener has received its redirect
            return Ok(());
        }
        self.pages += 1;
        if self.pages > MAX_PAGES {
            return Err(failed("too many pages"));
        }
        if status.is_redirection() {
            let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
            let target = location.and_then(|location| self.here.join(location).ok());
            self.next = Some(get(target.ok_or_else(|| failed("a redirect has no valid location"))?));
            return Ok(());
        }
        let html = String::from_utf8_lossy(body);
        if status != StatusCode::OK {
            let message = Form::first_paragraph(&html).unwrap_or_default();
            return Err(failed(&format!("the page returned {}: {message}", status.as_u16())));
        }
        if let Some(form) = Form::find(&html) {
            self.next = Some(self.filled_in(&form)?);
        }
        Ok(())
    }

    fn filled_in(&self, form: &Form) -> Result<Request, DemoError> {
        let mut body = form_urlencoded::Serializer::new(String::new());
        for field in &form.fields {
            let value = match (field.kind.as_str(), field.name.as_str()) {
                ("submit", _) => continue,
                ("checkbox", _) if !self.grants(&field.value) => continue,
                (_, "user") => USER,
                ("password", _) => PASSWORD,
                _ => &field.value,
            };
            body.append_pair(&field.name, value);
        }
        if form.fields.iter().any(|field| field.name == "decision") {
            body.append_pair("decision", if *self.consent == Consent::Refuse { "deny" } else { "allow" });
        }
        let url = self.here.join(&form.action).map_err(|_| failed("a form has no valid action"))?;
        let mut request = get(url);
        request.method = Method::POST;
        request.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        request.body = Some(body.finish().into_bytes());
        Ok(request)
    }

    fn grants(&self, scope: &str) -> bool {
        match self.consent {
            Consent::Everything => true,
            Consent::Only(scopes) => scopes.contains(scope),
            Consent::Refuse => false,
        }
    }
}

fn get(url: Url) -> Request {
    Request { method: Method::GET, url, headers: HeaderMap::new(), body: None }
}

fn failed(reason: &str) -> DemoError {
    DemoError::User(reason.to_owned())
}
