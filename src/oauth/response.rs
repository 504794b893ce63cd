//! Responses of an authorization server, read tolerantly: each deviation from the RFCs is reported as a finding.

use std::time::Duration;

use http::StatusCode;
use http::header::{CONTENT_TYPE, DATE, RETRY_AFTER};
use jiff::Timestamp;
use serde_json::{Map, Value};
use url::form_urlencoded;
use zeroize::Zeroize as _;

use super::OAuthError;
use super::findings::{CLOCK_SKEW, CONTENT_TYPE_WRONG, RESPONSE_FORM_ENCODED, STATUS_WRONG};
use super::strict_json::{self, Fault};
use crate::diagnostic::Diagnostic;
use crate::header;
use crate::net;
use crate::secret::Secret;

/// Clock difference that is reported, in seconds.
const SKEW: i64 = 60;

/// Minimum length of a sent secret that is redacted in errors, in bytes.
const SHORTEST_SECRET: usize = 6;

/// JSON Pointers to the error code: RFC 6749 §5.2 first, then vendor-specific members.
const ERRORS: &[&str] = &[
    "/error",
    "/error/code",
    "/error/type",
    "/error/message",
    "/errorCode",
    "/errors/0/code",
    "/errors/0/message",
    "/code",
    "/title",
    "/message",
    "/detail",
];

/// JSON Pointers to the error description.
const DESCRIPTIONS: &[&str] = &[
    "/error_description",
    "/error/message",
    "/errorSummary",
    "/errors/0/message",
    "/errors/0/detail",
    "/message",
    "/detail",
];

/// A response, with the sent secrets that its errors must not repeat.
pub(super) struct ServerResponse {
    endpoint: &'static str,
    response: net::Response,
    sent: Vec<Secret>,
    received: Timestamp,
}

/// A JSON document that is wiped when dropped: it may hold tokens.
pub(super) struct Document(Value);

/// An object of a document.
#[derive(Clone, Copy)]
pub(super) struct Part<'d>(&'d Value);

impl<'d> Part<'d> {
    /// Returns a member that is a non-empty string.
    pub(super) fn text(self, name: &str) -> Option<&'d str> {
        self.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    pub(super) fn get(self, name: &str) -> Option<&'d Value> {
        self.0.get(name)
    }
}

impl Document {
    /// Returns the whole document.
    pub(super) fn top(&self) -> Part<'_> {
        Part(&self.0)
    }

    /// Returns the object at a JSON Pointer (RFC 6901).
    pub(super) fn at(&self, pointer: &str) -> Option<Part<'_>> {
        self.0.pointer(pointer).map(Part)
    }

    /// Returns a member that is a non-empty string.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// Returns the string or number at a JSON Pointer (RFC 6901).
    fn string_at(&self, place: &str) -> Option<String> {
        match self.0.pointer(place)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(super) fn value(&self) -> &Value {
        &self.0
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Overwrites every string. Recursion is safe because the parser limits the depth.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl ServerResponse {
    pub(super) fn new(endpoint: &'static str, response: net::Response, sent: Vec<Secret>) -> Self {
        Self { endpoint, response, sent, received: Timestamp::now() }
    }

    /// Returns when the response arrived.
    pub(super) fn received(&self) -> Timestamp {
        self.received
    }

    /// Returns the value of a header field.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers.get(name)?.to_str().ok()
    }

    pub(super) fn status(&self) -> StatusCode {
        self.response.status
    }

    /// Returns the delay in `Retry-After` (RFC 9110 §10.2.3), given in seconds or as a date.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let value = self.response.headers.get(RETRY_AFTER)?.to_str().ok()?;
        header::retry_after(value, self.received.as_second())
    }

    /// Turns an error into [`OAuthError::Unavailable`] if the status or the error code reports an outage. The status
    /// takes precedence over the body: a rate limiter in front of the server may send any error code.
    pub(super) fn outage(&self, error: OAuthError) -> OAuthError {
        let status = self.status().as_u16();
        let by_status = matches!(status, 408 | 429 | 500..=599);
        let reason = match &error {
            // the page of a proxy says nothing more than the status
            OAuthError::Unreadable { .. } if by_status => None,
            OAuthError::Refused { error: code, description } => {
                let by_code = ["temporarily_unavailable", "server_error"].contains(&code.as_str());
                if !by_status && !by_code {
                    return error;
                }
                let description = description.as_ref().map(|text| format!(", {text}")).unwrap_or_default();
                Some(format!("`{code}`{description}"))
            }
            _ => return error,
        };
        OAuthError::Unavailable { endpoint: self.endpoint, status, reason, retry_after: self.retry_after() }
    }

    /// Whether this is an error response with that code.
    pub(super) fn is_error(&self, code: &str) -> bool {
        !self.status().is_success() && self.parse().is_ok_and(|(document, _)| document.text("error") == Some(code))
    }

    /// The error for a response that can't be used.
    pub(super) fn unreadable(&self, reason: &'static str) -> OAuthError {
        OAuthError::Unreadable { endpoint: self.endpoint, status: self.status().as_u16(), reason }
    }

    /// The error for a token of a type that can't be used.
    pub(super) fn wrong_type(&self, token_type: &str) -> OAuthError {
        OAuthError::TokenType { endpoint: self.endpoint, token_type: self.clean(token_type, 100) }
    }

    /// Returns the document of a successful response. Deviations, such as a status other than `expected`, become
    /// findings.
    ///
    /// # Errors
    /// If the response is an error or can't be parsed.
    pub(super) fn document(
        &self,
        expected: StatusCode,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<Document, OAuthError> {
        self.usable_document(expected, findings).map_err(|error| self.outage(error))
    }

    fn usable_document(&self, expected: StatusCode, findings: &mut Vec<Diagnostic>) -> Result<Document, OAuthError> {
        let (document, form) = self.parse().map_err(|fault| {
            let page = self.response.body.trim_ascii_start().starts_with(b"<");
            match self.status().as_u16() {
                300..=399 => self.unreadable("it is a redirect, and redirects are not followed"),
                _ if self.response.body.is_empty() => self.unreadable("it is empty"),
                _ if page => self.unreadable("it is an HTML page, not JSON"),
                _ if fault == Fault::Repeated => {
                    self.unreadable("it has a duplicate member, and parsers differ in which value they use")
                }
                _ => self.unreadable("it is not JSON"),
            }
        })?;
        if let Some(refusal) = self.refusal(&document) {
            return Err(refusal);
        }
        if self.status().is_redirection() {
            return Err(self.unreadable("it is a redirect, and redirects are not followed"));
        }
        if !self.status().is_success() {
            return Err(self.unreadable("it is neither a success nor an error response response"));
        }
        let endpoint = self.endpoint;
        if form {
            findings.push(Diagnostic::new(
                &RESPONSE_FORM_ENCODED,
                format!("the {endpoint} sent a form-encoded response instead of JSON"),
            ));
        } else if !self.is_labelled_json() {
            findings.push(Diagnostic::new(
                &CONTENT_TYPE_WRONG,
                format!("the {endpoint} sent a response without the media type `application/json`"),
            ));
        }
        if self.status() != expected {
            let (status, expected) = (self.status().as_u16(), expected.as_u16());
            findings.push(Diagnostic::new(
                &STATUS_WRONG,
                format!("the {endpoint} returned status {status} instead of {expected}"),
            ));
        }
        findings.extend(self.skew());
        Ok(document)
    }

    /// Parses the body. Returns the document, and whether it was form-encoded.
    fn parse(&self) -> Result<(Document, bool), Fault> {
        let body: &[u8] = &self.response.body;
        match strict_json::parse(body) {
            Ok(value) if value.is_object() => return Ok((Document(value), false)),
            Err(Fault::NotJson) => {}
            Ok(_) => return Err(Fault::NotJson),
            Err(fault) => return Err(fault),
        }
        // some servers respond in the encoding of the request, with an arbitrary media type
        let is_form = body.is_ascii() && !body.iter().any(|byte| byte.is_ascii_whitespace() || *byte == b'<');
        let mut members = Map::new();
        let mut is_repeated = false;
        for (name, value) in form_urlencoded::parse(body).filter(|_| is_form) {
            is_repeated |= members.insert(name.into_owned(), Value::String(value.into_owned())).is_some();
        }
        let document = Document(Value::Object(members));
        let is_known = ["access_token", "error", "device_code"].iter().any(|name| document.get(name).is_some());
        match (is_known, is_repeated) {
            (false, _) => Err(Fault::NotJson),
            (true, true) => Err(Fault::Repeated),
            (true, false) => Ok((document, true)),
        }
    }

    /// Returns the error in a document, whatever the status: truncated, with the sent secrets redacted.
    fn refusal(&self, document: &Document) -> Option<OAuthError> {
        // besides a token, or as `message` in a success, only `error` (RFC 6749) is an error
        if self.status().is_success() && document.text("access_token").is_some() && document.text("error").is_none() {
            return None;
        }
        let places = ERRORS.iter().filter(|place| !self.status().is_success() || place.starts_with("/error"));
        let places: Vec<&str> = places.copied().collect();
        let first = |places: &[&str]| places.iter().find_map(|place| document.string_at(place));
        let error = first(&places)?;
        // Strava names the field beside the code: `code` is `invalid`
        let error = match document.string_at("/errors/0/field") {
            Some(field) if document.string_at("/errors/0/code").as_ref() == Some(&error) => format!("{field} {error}"),
            _ => error,
        };
        Some(OAuthError::Refused {
            error: self.clean(&error, 100),
            description: first(DESCRIPTIONS).map(|text| self.clean(&text, 500)),
        })
    }

    /// Redacts the sent secrets in a text from the server, and truncates it.
    fn clean(&self, text: &str, most: usize) -> String {
        // a shorter string is not a secret, and replacing it would break words
        let clean = self.sent.iter().map(Secret::expose).filter(|secret| secret.len() >= SHORTEST_SECRET);
        let clean = clean.fold(text.to_owned(), |text, secret| text.replace(secret, "[redacted]"));
        clean.chars().take(most).collect()
    }

    fn is_labelled_json(&self) -> bool {
        let label = self.response.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = label.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
    }

    /// Reports a clock difference of at least [`SKEW`], measured by the server's `Date`.
    fn skew(&self) -> Option<Diagnostic> {
        let date = self.response.headers.get(DATE)?.to_str().ok()?;
        let behind = header::http_date(date)?.checked_sub(self.received.as_second())?;
        if behind.abs() < SKEW {
            return None;
        }
        let way = if behind > 0 { "behind" } else { "ahead of" };
        let message = format!("the clock of this machine is {} s {way} the authorization server's", behind.abs());
        Some(
            Diagnostic::new(&CLOCK_SKEW, message)
                .help("set the clock; otherwise tokens appear expired or not yet valid"),
        )
    }
}

#[cfg(test)]
mod tests {

    use http::{HeaderMap, HeaderValue};
    use zeroize::Zeroizing;

    use super::*;

    fn response(status: u16, kind: &'static str, body: &str) -> ServerResponse {
        let response = net::Response {
            version: http::Version::HTTP_11,
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]),
            body: Zeroizing::new(body.as_bytes().to_vec()),
            timing: net::Timing::default(),
        };
        ServerResponse::new("token endpoint", response, vec![Secret::new("needle")])
    }

    #[test]
    fn deviating_responses_are_accepted_with_a_finding() {
        for (status, kind, body, expected) in [
            (200, "application/json", r#"{"a":1}"#, ""),
            (200, "application/json", r#"{"access_token":"t","error":0,"errors":[],"message":"fine"}"#, ""),
            (200, "application/json;charset=UTF-8", r#"{"a":1}"#, ""),
            (200, "Application/JSON", r#"{"a":1}"#, ""),
            (200, "application/token+json", r#"{"a":1}"#, ""),
            (200, "text/plain", r#"{"a":1}"#, "content-type-wrong"),
            (200, "", r#"{"a":1}"#, "content-type-wrong"),
            (201, "application/json", r#"{"a":1}"#, "status-wrong"),
            (200, "application/x-www-form-urlencoded", "access_token=t&scope=a%2Cb", "response-form-encoded"),
            (200, "text/html", "access_token=t", "response-form-encoded"),
        ] {
            let mut findings = Vec::new();
            response(status, kind, body).document(StatusCode::OK, &mut findings).map(|_| ()).unwrap();
            let codes: Vec<&str> = findings.iter().map(|finding| finding.code.name).collect();
            assert_eq!(codes.join(" "), expected, "{status} {kind} {body}");
        }
    }

    #[test]
    fn unusable_responses_are_refused_with_the_reason() {
        for (status, kind, body, expected) in [
            (200, "text/html", "<!doctype html><p>access_token=1", "it is an HTML page, not JSON"),
            (502, "text/html", " <html>", "is not available (status 502)"),
            (403, "text/html", " <html>", "it is an HTML page, not JSON"),
            (307, "text/html", "", "it is a redirect, and redirects are not followed"),
            (200, "application/json", "", "it is empty"),
            (200, "application/json", "[]", "it is not JSON"),
            (200, "application/json", "\u{feff}{}", "it is not JSON"),
            (200, "application/json", r#"{"a":NaN}"#, "it is not JSON"),
            (200, "application/json", r#"{"a":1e999}"#, "it is not JSON"),
            (200, "application/json", r#"{"a":1"#, "it is not JSON"),
            (500, "application/json", r#"{"access_token":"t"}"#, "is not available (status 500)"),
            (200, "application/json", r#"{"access_token":"a","access_token":"b"}"#, "a duplicate member"),
            (200, "application/json", r#"{"access_token":"a","scope":"r","scope":"r w"}"#, "a duplicate member"),
            (200, "application/json", r#"{"active":false,"active":true}"#, "a duplicate member"),
            (200, "text/plain", "access_token=a&scope=r&scope=w", "a duplicate member"),
            (400, "application/json", r#"{"error":"a","error":"b"}"#, "a duplicate member"),
            (200, "application/json", r#"{"error":"invalid_grant"}"#, "refused: `invalid_grant`"),
            (400, "text/plain", r#"{"error":"e","error_description":"of needle"}"#, "refused: `e`, of [redacted]"),
            (400, "application/json", r#"{"error":{"code":190,"type":"E","message":"no"}}"#, "refused: `190`, no"),
            (200, "application/json", r#"{"error":{"message":"of needle"}}"#, "refused: `of [redacted]`"),
            (400, "application/json", r#"{"error":7}"#, "refused: `7`"),
            (401, "application/json", r#"{"errorCode":"E01","errorSummary":"no"}"#, "refused: `E01`, no"),
            (403, "application/json", r#"{"errors":[{"code":"a","message":"b"}]}"#, "refused: `a`, b"),
            (400, "application/json", r#"{"errors":[{"field":"code","code":"invalid"}]}"#, "refused: `code invalid`"),
            (403, "application/problem+json", r#"{"title":"no","status":403,"detail":"why"}"#, "refused: `no`, why"),
            (403, "application/json", r#"{"message":"of needle"}"#, "refused: `of [redacted]`"),
            (403, "application/json", "", "it is empty"),
            (
                401,
                "application/x-www-form-urlencoded",
                "error=bad_verification_code",
                "refused: `bad_verification_code`",
            ),
        ] {
            let error = response(status, kind, body).document(StatusCode::OK, &mut Vec::new()).map(|_| ()).unwrap_err();
            assert!(error.to_string().contains(expected), "{status} {body}: {error}");
        }
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(
            response(200, "application/json", &format!("{{\"a\":{deep}}}"))
                .document(StatusCode::OK, &mut vec![])
                .is_err()
        );
    }

    #[test]
    fn outages_differ_from_refusals_and_report_the_retry_delay() {
        let date =
            (Timestamp::now() + jiff::SignedDuration::from_secs(90)).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        for (status, body, header, outage) in [
            (503, "", Some("120"), Some(Some(120))),
            (503, "<html>", Some(date.as_str()), Some(Some(90))),
            (429, r#"{"error":"rate_limited"}"#, Some("7"), Some(Some(7))),
            (500, r#"{"error":"invalid_grant"}"#, None, Some(None)),
            (502, "bad gateway", Some("soon"), Some(None)),
            (400, r#"{"error":"temporarily_unavailable"}"#, Some("5"), Some(Some(5))),
            (400, r#"{"error":"server_error"}"#, None, Some(None)),
            (400, r#"{"error":"invalid_grant"}"#, Some("5"), None),
            (401, r#"{"error":"invalid_client"}"#, None, None),
            (429, r#"{"error":"slow_down"}"#, Some("20"), Some(Some(20))),
            (503, r#"{"error":"authorization_pending"}"#, None, Some(None)),
            (408, r#"{"error":"invalid_request"}"#, None, Some(None)),
            (408, "", Some("3"), Some(Some(3))),
            (400, r#"{"error":"slow_down"}"#, None, None),
            (404, "", None, None),
        ] {
            let mut response = response(status, "application/json", body);
            if let Some(header) = header {
                response.response.headers.insert(RETRY_AFTER, HeaderValue::from_str(header).unwrap());
            }
            let error = response.document(StatusCode::OK, &mut Vec::new()).map(|_| ()).unwrap_err();
            let found = match &error {
                OAuthError::Unavailable { retry_after, .. } => Some(retry_after.map(|wait| wait.as_secs())),
                _ => None,
            };
            // the date has whole seconds, and a second may pass during the test
            let near = |seconds: u64| found == Some(Some(seconds)) || found == Some(Some(seconds - 1));
            match outage {
                Some(Some(seconds)) => assert!(near(seconds), "{status} {body}: {error:?}"),
                expected => assert_eq!(found, expected, "{status} {body}"),
            }
            assert_eq!(error.hint().is_some_and(|hint| hint.contains("try again")), outage.is_some(), "{error}");
            // the body of an outage is not parsed, so the message does not describe it
            assert!(outage.is_none() || !error.to_string().contains("it is"), "{error}");
        }
    }

    #[test]
    fn clock_differences_are_reported() {
        let now = Timestamp::now();
        for (offset, said) in [(0, None), (30, None), (600, Some("behind")), (-7200, Some("ahead of"))] {
            let mut response = response(200, "application/json", "{}");
            let theirs = Timestamp::from_second(now.as_second() + offset).unwrap();
            let date = theirs.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            response.response.headers.insert(DATE, HeaderValue::from_str(&date).unwrap());
            let found = response.skew().map(|finding| finding.message);
            assert_eq!(found.as_deref().is_some_and(|message| message.contains(said.unwrap_or("?"))), said.is_some());
        }
        let mut odd = response(200, "application/json", "{}");
        odd.response.headers.insert(DATE, HeaderValue::from_static("Sun, 99 Foo 99999 99:99:99 GMT"));
        assert!(odd.skew().is_none());
    }
}
