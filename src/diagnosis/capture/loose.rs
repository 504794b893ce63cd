//! Reads what people copy when they have no capture: the error of a program, a log, a body, the panel of a browser's
//! developer tools, or the URL of a redirect. Status, request and header fields are taken from the text, and the whole text
//! is the body.

use serde_json::Value;

use super::{Capture, CaptureError, Credentials, bare_body, credentials, fault, scheme, transcript};
use crate::printed::{Part, parts};

/// Size limit for the text that is searched, in bytes: its end, where a log reports the failure.
const MAX_BYTES: usize = 256 << 10;

/// Limit for the nesting depth of structures that are searched.
const MAX_DEPTH: usize = 8;

/// Limit for header fields.
const MAX_FIELDS: usize = 64;

/// Reads the text of a failure.
///
/// # Errors
/// When the text is a request, or reports no failure.
pub(super) fn read(text: &str) -> Result<Capture, CaptureError> {
    let from = text.ceil_char_boundary(text.len().saturating_sub(MAX_BYTES));
    let text = text.get(from..).unwrap_or_default().trim();
    let redirect = redirect(text);
    let mut found = Found::default();
    for part in parts(text) {
        if let Part::Value(value) = &part {
            found.value(value, Side::Response, 0);
        }
    }
    found.lines(text);
    if redirect.is_none() && found.status.is_none() && is_request(text) {
        return Err(CaptureError::Request(transcript::request_fault(text)));
    }
    if redirect.is_none() && found.status.is_none() && found.response.is_empty() && !reports_failure(text) {
        return Err(CaptureError::NoStatus);
    }
    let mut headers = found.response;
    headers.extend(redirect.map(|url| ("Location".to_owned(), url.to_owned())));
    let body = if redirect.is_some() { String::new() } else { text.to_owned() };
    Ok(Capture {
        credentials: match credentials(&found.request, None) {
            Credentials::None => Credentials::Unknown,
            shown => shown,
        },
        scheme: scheme(&found.request),
        fault: fault(&found.request),
        method: found.method,
        url: found.url,
        headers,
        ..bare_body(&body, found.status.unwrap_or_default())
    })
}

/// Which message a part of the text describes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Request,
    Response,
}

/// What is found in a text.
#[derive(Default)]
struct Found {
    status: Option<u16>,
    method: Option<String>,
    url: Option<String>,
    request: Vec<(String, String)>,
    response: Vec<(String, String)>,
}

/// Members that hold the status, by preference.
const STATUS_MEMBERS: &[&str] = &[
    "status",
    "statuscode",
    "status_code",
    "httpstatus",
    "http_status",
    "httpstatuscode",
    "http_code",
    "responsecode",
    "code",
];

/// Members that describe the request.
const REQUEST_MEMBERS: &[&str] = &["config", "request", "options", "requestheaders"];

impl Found {
    /// Searches a structure.
    fn value(&mut self, value: &Value, side: Side, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        if let Value::Array(items) = value {
            items.iter().take(MAX_FIELDS).for_each(|item| self.value(item, side, depth + 1));
        }
        let Some(members) = value.as_object() else { return };
        let lower = |name: &String| name.to_ascii_lowercase();
        for wanted in STATUS_MEMBERS {
            let member = members.iter().find(|(name, _)| lower(name) == *wanted).map(|(_, value)| value);
            if self.status.is_none() && side == Side::Response {
                self.status = member.and_then(status_of);
            }
        }
        for (name, member) in members.iter().take(MAX_FIELDS) {
            let name = lower(name);
            let inner = if REQUEST_MEMBERS.contains(&name.as_str()) { Side::Request } else { side };
            match (name.as_str(), member) {
                ("headers" | "requestheaders" | "responseheaders", Value::Object(fields)) => self.fields(fields, inner),
                ("method", Value::String(method)) if is_method(method) && self.method.is_none() => {
                    self.method = Some(method.to_ascii_uppercase());
                }
                ("url" | "uri" | "requesturl", Value::String(url)) if url.starts_with("http") && self.url.is_none() => {
                    self.url = Some(url.clone());
                }
                (_, Value::Object(_) | Value::Array(_)) => self.value(member, inner, depth + 1),
                _ => {}
            }
        }
    }

    fn fields(&mut self, fields: &serde_json::Map<String, Value>, side: Side) {
        for (name, value) in fields.iter().take(MAX_FIELDS) {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
                other => other.to_string(),
            };
            match side {
                Side::Request => self.request.push((name.clone(), text)),
                Side::Response if name.eq_ignore_ascii_case("authorization") => self.request.push((name.clone(), text)),
                Side::Response => self.response.push((name.clone(), text)),
            }
        }
    }

    /// Searches the lines: labels of developer tools, header fields, the status, the URL.
    fn lines(&mut self, text: &str) {
        let mut best = 0;
        let mut label = None;
        for line in text.lines().map(str::trim) {
            self.labelled(label.take(), line);
            label = LABELS.iter().copied().find(|known| line.trim_end_matches(':').eq_ignore_ascii_case(known));
            if let Some((name, value)) = field(line) {
                self.named(name, value);
            }
            if is_frame(line) {
                continue;
            }
            if let Some((status, certainty)) = status_in(line).filter(|(_, certainty)| *certainty > best) {
                self.status = self.status.or(Some(status)).filter(|_| best > 0).or(self.status).or(Some(status));
                best = certainty;
            }
            self.request_in(line);
        }
    }

    /// A value on the line after its label, as browsers copy it.
    fn labelled(&mut self, label: Option<&str>, line: &str) {
        if let Some(label) = label {
            self.named(label, line);
        }
    }

    fn named(&mut self, name: &str, value: &str) {
        let value = value.trim_matches(['"', '\'', ',']).replace("\\\"", "\"");
        match name.to_ascii_lowercase().as_str() {
            "request url" if value.contains("://") => self.url = Some(value),
            "request method" if is_method(&value) => self.method = Some(value),
            "status code" | "status" => {
                let number = value.split(|at: char| !at.is_ascii_digit()).find(|part| part.len() == 3);
                self.status = number.and_then(|number| number.parse().ok()).filter(is_status).or(self.status);
            }
            "authorization" if self.request.len() < MAX_FIELDS => self.request.push((name.to_owned(), value)),
            lower if is_response_field(lower) && self.response.len() < MAX_FIELDS => {
                self.response.push((name.to_owned(), value));
            }
            _ => {}
        }
    }

    /// Finds `GET https://…`, or a URL after a word that introduces the request.
    fn request_in(&mut self, line: &str) {
        if self.url.is_some() {
            return;
        }
        let Some(at) = line.find("https://").or_else(|| line.find("http://")) else { return };
        let before = line.get(..at).unwrap_or_default();
        let rest = line.get(at..).unwrap_or_default();
        let end = rest.find(|at: char| at.is_whitespace() || matches!(at, '"' | '\'' | '`' | '>' | ')' | ',' | ']'));
        let url = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default().trim_end_matches([':', '.', ';']);
        let trimmed =
            before.trim_end_matches(|at: char| at.is_whitespace() || matches!(at, '"' | '\'' | '`' | ':' | '(' | '-'));
        let word = trimmed.rsplit(|at: char| !at.is_ascii_alphabetic()).next().unwrap_or_default();
        let method = word.strip_prefix("XHR").unwrap_or(word);
        if METHODS.contains(&method) {
            self.method = Some(method.to_owned());
            self.url = Some(url.to_owned());
        } else if INTRODUCING.contains(&word.to_ascii_lowercase().as_str()) {
            self.url = Some(url.to_owned());
        }
    }
}

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"];

/// Words before the URL of a request.
const INTRODUCING: &[&str] = &["url", "uri", "requesting", "calling", "fetching", "loading"];

/// Labels of developer tools whose value may stand on the next line.
const LABELS: &[&str] = &["Request URL", "Request Method", "Status Code", "www-authenticate", "authorization"];

fn is_method(text: &str) -> bool {
    METHODS.iter().any(|method| text.eq_ignore_ascii_case(method))
}

/// Statuses with which a request fails.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "a predicate of `Option::filter`")]
fn is_status(status: &u16) -> bool {
    matches!(status, 400..=418 | 421..=426 | 428 | 429 | 431 | 451 | 500..=511 | 520..=530)
}

/// The status in a member: a number, or a string of digits.
fn status_of(value: &Value) -> Option<u16> {
    let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())?;
    u16::try_from(number).ok().filter(is_status)
}

/// Header fields of a response that a rule reads.
fn is_response_field(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "www-authenticate",
        "location",
        "retry-after",
        "aauth-requirement",
        "dpop-nonce",
        "cf-mitigated",
        "grpc-status",
        "grpc-message",
    ];
    NAMES.contains(&name) || (name.starts_with("x-") && !name.contains(' '))
}

/// A header field or a labelled value in a line: `name: value`, also in quotes or after a mark.
fn field(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches(['<', '>', '|', '-', '*', ' ']);
    let (name, value) = line.split_once(':')?;
    let name = name.trim_matches(['"', '\'', ' ']);
    let is_name = name.len() <= 48 && name.chars().all(|at| at.is_ascii_alphanumeric() || matches!(at, '-' | ' '));
    (is_name && !value.trim().is_empty()).then(|| (name, value.trim()))
}

/// Whether a line is a frame of a stack trace, whose numbers are lines.
fn is_frame(line: &str) -> bool {
    line.starts_with("at ") && line.contains(['(', '/']) || line.starts_with("File \"")
}

/// Words before a status, in lower case.
const BEFORE: &[&str] = &[
    "http",
    "http/1.0",
    "http/1.1",
    "http/2",
    "http/2.0",
    "http/3",
    "status",
    "statuscode",
    "status_code",
    "code",
    "error",
    "returned",
    "response",
    "responded with",
    "got",
    "received",
    "exception",
    "error number",
    "failed with",
    "rejected with",
    "status code of",
    "unacceptable",
    "e",
];

/// Words after a status, in lower case.
const AFTER: &[&str] = &[
    "bad gateway",
    "bad request",
    "client error",
    "forbidden",
    "internal server",
    "not found",
    "payment required",
    "server error",
    "service unavailable",
    "too many",
    "unauthorised",
    "unauthorized",
    "unprocessable",
];

/// The status in a line, with how clearly it is one: by the words before and after it.
fn status_in(line: &str) -> Option<(u16, u8)> {
    let bytes = line.as_bytes();
    let is_word = |at: Option<&u8>| at.is_some_and(|at| at.is_ascii_alphanumeric() || *at == b'.' || *at == b'_');
    let mut best: Option<(u16, u8)> = None;
    for (at, window) in bytes.windows(3).enumerate() {
        if !window.iter().all(u8::is_ascii_digit) || bytes.get(at + 3).is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        let previous = at.checked_sub(1).and_then(|before| bytes.get(before));
        // npm writes `E404`
        let is_code = previous == Some(&b'E') && !is_word(at.checked_sub(2).and_then(|before| bytes.get(before)));
        let (Some(before), Some(number), Some(after)) = (line.get(..at), line.get(at..at + 3), line.get(at + 3..))
        else {
            continue;
        };
        if is_word(previous) && !is_code {
            continue;
        }
        let Some(status) = number.parse().ok().filter(is_status) else { continue };
        let tail = before.get(before.floor_char_boundary(before.len().saturating_sub(24))..).unwrap_or_default();
        let tail = tail.to_ascii_lowercase();
        let tail = tail.trim_end_matches(|at: char| {
            at.is_whitespace() || matches!(at, ':' | '=' | '>' | '(' | '"' | '\'' | '[' | '`' | '<')
        });
        let head = after.get(..after.floor_char_boundary(24)).unwrap_or_default().to_ascii_lowercase();
        let head = head.trim_start_matches(|at: char| {
            at.is_whitespace() || matches!(at, '(' | ':' | '-' | ',' | '"' | '\'' | ')')
        });
        let told = BEFORE.iter().any(|word| ends_with_word(tail, word)) || is_code;
        let phrased = AFTER.iter().any(|phrase| head.starts_with(phrase));
        // after a URL, or the type of an exception
        let after_name = before.trim_end().strip_suffix(':').is_some_and(|before| {
            let name = before.rsplit(char::is_whitespace).next().unwrap_or_default();
            name.contains("://")
                || name.contains('.')
                || name.get(1..).is_some_and(|rest| rest.contains(|at: char| at.is_ascii_uppercase()))
        });
        let after_url = after_name && after.starts_with([' ', ':']);
        // `(403)`, `[403]`, `403: ` at the start of a line, `tool: 403 {`
        let is_enclosed = status < 500
            && (previous == Some(&b'(') && after.starts_with(')') || previous == Some(&b'[') && after.starts_with(']'));
        let leads = before.is_empty() && after.starts_with(": ");
        let is_tool = before.ends_with(": ") && !before.trim_end().contains(' ') && after.starts_with(" {");
        let stands_alone = is_enclosed || leads || is_tool;
        let certainty = 2 * u8::from(told) + 2 * u8::from(phrased) + u8::from(after_url || stands_alone);
        if certainty > best.map_or(0, |(_, certainty)| certainty) {
            best = Some((status, certainty));
        }
    }
    best
}

/// Whether a text ends with a word; a longer word that ends with `error` or `exception` is the type of an error.
fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|before| {
        matches!(word, "error" | "exception" | "status" | "code") || !before.ends_with(|at: char| at.is_alphanumeric())
    })
}

/// The URL of a redirect in which an authorization server reports an error (RFC 6749 section 4.1.2.1), as a browser shows
/// it or a server logs it.
fn redirect(text: &str) -> Option<&str> {
    if text.len() > 16 << 10 || text.lines().count() > 4 {
        return None;
    }
    let is_redirect = |word: &&str| {
        let parameters = word.split_once(['?', '#']).map(|(_, parameters)| parameters).unwrap_or_default();
        parameters.split(['&', '#', '?']).any(|pair| pair.strip_prefix("error=").is_some_and(|code| !code.is_empty()))
    };
    let words = text.split(|at: char| at.is_whitespace() || matches!(at, '"' | '\'' | '`' | '<' | '>'));
    words.map(|word| word.trim_end_matches([',', ';', '.'])).find(is_redirect)
}

/// Whether a text is only a request: a command, code that sends one, or raw HTTP.
fn is_request(text: &str) -> bool {
    const STARTS: &[&str] = &[
        "curl ",
        "wget ",
        "http ",
        "https ",
        "xh ",
        "fetch(",
        "await fetch(",
        "Invoke-RestMethod ",
        "Invoke-WebRequest ",
    ];
    let first = text.lines().next().unwrap_or_default();
    let command = first.trim_start_matches(['$', '%', '#', '>', ' ']);
    // PowerShell names the command before its error: `Invoke-RestMethod : …`
    let runs = |start: &&str| command.strip_prefix(*start).is_some_and(|rest| !rest.starts_with(':'));
    let is_raw = first.split(' ').next().is_some_and(|word| METHODS.contains(&word)) && first.contains(" HTTP/");
    transcript::is_command(first) || STARTS.iter().any(runs) || is_raw
}

/// Parts of words in a text that reports a failure.
const REPORTING: &[&str] = &[
    "aadsts",
    "aborted",
    "access to",
    "audience",
    "authenticat",
    "cannot",
    "could not",
    "denied",
    "does not",
    "doesn't",
    "error",
    "exception",
    "expected",
    "expired",
    "fail",
    "forbidden",
    "hasn't",
    "idx1",
    "insufficient",
    "invalid",
    "is not",
    "issuer",
    "lacks",
    "malformed",
    "missing",
    "nbf",
    "need",
    "not active",
    "not allowed",
    "not authorized",
    "permission",
    "privilege",
    "refus",
    "reject",
    "require",
    "scope",
    "signature",
    "unable",
    "unauthori",
    "used too early",
    "in the future",
    "errcode",
];

/// Members of a document that reports a failure.
const FAILURES: &[&str] = &[
    "error",
    "errors",
    "errorcode",
    "errcode",
    "error_code",
    "error_type",
    "message",
    "msg",
    "detail",
    "details",
    "fault",
    "exception",
    "title",
    "reason",
    "category",
    "code",
];

fn reports_failure(text: &str) -> bool {
    if let Ok(Value::Object(members)) = serde_json::from_str::<Value>(text) {
        let is_refused = |name: &str| members.get(name) == Some(&Value::Bool(false));
        let names_failure = members.keys().any(|name| FAILURES.contains(&name.to_ascii_lowercase().as_str()));
        return !members.contains_key("access_token") && (names_failure || is_refused("ok") || is_refused("success"));
    }
    let lower = text.to_ascii_lowercase();
    REPORTING.iter().any(|word| lower.contains(word))
}
