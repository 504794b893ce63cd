//! The demo's user: goes through the pages as a browser would, without a browser.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use url::{Url, form_urlencoded};

use super::form::Form;
use super::pages::{PASSWORD, USER};
use super::{Consent, DemoError};
use crate::net::{self, Limits, Request};

/// The most pages that a visit takes: more is a loop.
const MOST_PAGES: usize = 10;

const LIMITS: Limits = Limits { deadline: Duration::from_secs(10), body: 256 * 1024 };

/// Plays the user: opens the authorization URL, signs in, consents, and follows the redirect to the loopback
/// listener, as a browser would. Where the server refuses by a redirect, that is followed too.
///
/// # Errors
/// See [`DemoError::User`]: a page that says an error, or no answer.
pub async fn sign_in(http: &net::Client, authorization_url: &Url, consent: &Consent) -> Result<(), DemoError> {
    visit(http, authorization_url, consent).await
}

/// Plays the user of a device: opens the page `verification_uri_complete` (RFC 8628 §3.3.1), signs in and consents.
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
        visit.answered(response.status, &response.headers, &response.body)?;
    }
    Ok(())
}

/// A visit, without the network: what to send next, and what to make of the answer.
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

    /// What to send next; `None` when the visit is over.
    pub(crate) fn next(&mut self) -> Option<Request> {
        let request = self.next.take()?;
        self.here = request.url.clone();
        Some(request)
    }

    /// Takes the answer to the last request in.
    pub(crate) fn answered(&mut self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<(), DemoError> {
        if self.here.origin() != self.start.origin() {
            // the client's own listener has what it waited for
            return Ok(());
        }
        self.pages += 1;
        if self.pages > MOST_PAGES {
            return Err(failed("the pages go in circles"));
        }
        if status.is_redirection() {
            let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
            let target = location.and_then(|location| self.here.join(location).ok());
            self.next = Some(get(target.ok_or_else(|| failed("a redirect leads nowhere"))?));
            return Ok(());
        }
        let html = String::from_utf8_lossy(body);
        if status != StatusCode::OK {
            let words = Form::first_paragraph(&html).unwrap_or_default();
            return Err(failed(&format!("the page answered {}: {words}", status.as_u16())));
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
                ("checkbox", _) if !self.ticks(&field.value) => continue,
                (_, "user") => USER,
                ("password", _) => PASSWORD,
                _ => &field.value,
            };
            body.append_pair(&field.name, value);
        }
        if form.fields.iter().any(|field| field.name == "decision") {
            body.append_pair("decision", if *self.consent == Consent::Refuse { "deny" } else { "allow" });
        }
        let url = self.here.join(&form.action).map_err(|_| failed("a form leads nowhere"))?;
        let mut request = get(url);
        request.method = Method::POST;
        request.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        request.body = Some(body.finish().into_bytes());
        Ok(request)
    }

    fn ticks(&self, scope: &str) -> bool {
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

fn failed(words: &str) -> DemoError {
    DemoError::User(words.to_owned())
}
