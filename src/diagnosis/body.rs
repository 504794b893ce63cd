//! The body of a response as a flat list of strings with their places: JSON, XML, HTML or plain text. Structures that are
//! printed within a text are read like JSON.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::manifest::{ErrorLocation, normal_code, normal_text};
use crate::printed::{Part, parts};

/// Size limit for a body, in bytes.
const MAX_BYTES: usize = 256 << 10;

/// Length limit for one string, in bytes.
const MAX_TEXT: usize = 8 << 10;

/// Limit for the number of strings.
const MAX_LEAVES: usize = 512;

/// Limit for the nesting depth.
const MAX_DEPTH: usize = 16;

/// The path step into JSON inside a string.
const INSIDE: &str = "json";

/// Names of members that hold an error code, in normal form.
const CODE_NAMES: &[&str] = &[
    "category",
    "code",
    "errcode",
    "error",
    "errorcode",
    "errorcodes",
    "errorkey",
    "errorname",
    "errorsubcode",
    "errorsubtype",
    "errorsummary",
    "errortype",
    "exception",
    ".tag",
    "faultcode",
    "id",
    "internalcode",
    "issue",
    "key",
    "name",
    "problem",
    "reason",
    "slug",
    "status",
    "statustext",
    "subcode",
    "tag",
    "title",
    "type",
];

/// Names of members that hold a sentence, and in some APIs only an error code.
const SENTENCE_NAMES: &[&str] =
    &["description", "detail", "errordescription", "errormessage", "message", "msg", "reason"];

/// Reason phrases (RFC 9110 section 15) and their like, which add nothing to the status.
const REASON_PHRASES: &[&str] =
    &["", "ok", "badrequest", "unauthorized", "forbidden", "notfound", "error", "fail", "failure", "http"];

/// A string in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    /// The member or element names on its path, in normal form. Arrays add no step.
    pub(super) steps: Vec<String>,
    /// The string, at most [`MAX_TEXT`] bytes of it.
    pub(super) text: String,
    /// The string in normal form (see [`normal_text`]).
    pub(super) lower: String,
}

/// A parsed body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) leaves: Vec<Leaf>,
    /// Whether the body reports a failure, regardless of the status.
    pub(super) failed: bool,
    /// The distinct names of the members that hold a string.
    names: BTreeSet<String>,
    /// Whether it is plain text.
    pub(super) is_plain: bool,
    /// Words of plain text that are spelled like an error code.
    words: BTreeSet<String>,
}

impl Body {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut body = Self::default();
        let text = String::from_utf8_lossy(bytes.get(..bytes.len().min(MAX_BYTES)).unwrap_or_default());
        let text = event_data(text.trim());
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            body.failed = failed(&value);
            if holds_response(&value) {
                body.printed(&value);
            } else {
                body.json(&value, &mut Vec::new());
            }
        } else if is_markup(&text) {
            body.markup(&text);
        } else {
            body.is_plain = true;
            body.text(&text, &mut Vec::new());
        }
        body
    }

    fn push(&mut self, steps: &[String], text: &str) {
        let text = text.trim();
        if text.is_empty() || self.leaves.len() >= MAX_LEAVES {
            return;
        }
        let text = text.get(..text.floor_char_boundary(MAX_TEXT)).unwrap_or_default().to_owned();
        if !steps.last().is_some_and(|name| self.names.contains(name)) {
            self.names.extend(steps.last().cloned());
        }
        self.leaves.push(Leaf { steps: steps.to_vec(), lower: normal_text(&text), text });
    }

    fn json(&mut self, value: &Value, steps: &mut Vec<String>) {
        match value {
            Value::Bool(_) | Value::Number(_) => self.push(steps, &value.to_string()),
            // JSON inside a string is read in place of the string
            Value::String(text) if text.trim_start().starts_with('{') && steps.len() < MAX_DEPTH => {
                match serde_json::from_str::<Value>(text) {
                    Ok(inner) => {
                        steps.push(INSIDE.to_owned());
                        self.json(&inner, steps);
                        steps.pop();
                    }
                    Err(_) => self.text(text, steps),
                }
            }
            Value::String(text) if text.contains(['{', '[', '(']) && steps.len() < MAX_DEPTH => self.text(text, steps),
            Value::String(text) => self.push(steps, text),
            Value::Array(items) => items.iter().take(MAX_LEAVES).for_each(|item| self.json(item, steps)),
            Value::Object(members) if steps.len() < MAX_DEPTH => {
                for (name, value) in members.iter().take(MAX_LEAVES) {
                    steps.push(normal_code(name));
                    self.json(value, steps);
                    steps.pop();
                }
            }
            Value::Null | Value::Object(_) => {}
        }
    }

    /// Reads a text that may have printed structures. The prose is one string with a name, or a string per line.
    fn text(&mut self, text: &str, steps: &mut Vec<String>) {
        let text = text.get(..text.floor_char_boundary(MAX_BYTES)).unwrap_or_default();
        let escaped = text.contains("{\\\"").then(|| text.replace("\\\"", "\"").replace("\\n", "\n"));
        let mut prose = String::new();
        let mut values = Vec::new();
        for part in parts(escaped.as_deref().unwrap_or(text)) {
            match part {
                Part::Prose(text) => prose.push_str(text),
                Part::List(names) => prose.push_str(&format!("[{}]", names.join(", "))),
                Part::Value(value) => {
                    prose.push('\n');
                    values.push(value);
                }
            }
        }
        if steps.is_empty() {
            self.lines(&prose);
            for value in &values {
                self.failed |= failed(value);
                self.printed(value);
            }
        } else {
            self.push(steps, &prose);
            steps.push(INSIDE.to_owned());
            for value in values {
                self.json(&value, steps);
            }
            steps.pop();
        }
    }

    /// Reads plain text: each line that is not part of a stack trace is a string.
    fn lines(&mut self, text: &str) {
        let is_long = text.lines().count() > MAX_LEAVES / 4;
        for line in text.lines().map(str::trim).filter(|line| !is_trace(line)) {
            if is_long && !REPORTING.iter().any(|word| line.to_ascii_lowercase().contains(word)) {
                continue;
            }
            self.push(&[], line);
            self.words
                .extend(line.split(is_between).take(MAX_LEAVES).filter(|word| is_code_word(word)).map(normal_code));
        }
    }

    /// Reads a printed structure: the response in it as a document of its own, without the request.
    fn printed(&mut self, value: &Value) {
        let mut documents = Vec::new();
        unwrapped(value, 0, &mut documents);
        for document in &documents {
            self.failed |= failed(document);
            self.json(document, &mut Vec::new());
        }
    }

    /// Reads the text of XML or HTML, by element. The markup need not be well formed.
    fn markup(&mut self, text: &str) {
        let mut steps: Vec<String> = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('<') {
            self.push(&steps, &unescaped(before));
            let Some((tag, next)) = after.split_once('>') else { return };
            let name = |tag: &str| tag.split([' ', '\t', '\n', '/']).next().unwrap_or_default().to_owned();
            match tag.strip_prefix('/') {
                Some(closed) => {
                    let closed = normal_code(&name(closed));
                    if let Some(open) = steps.iter().rposition(|step| *step == closed) {
                        steps.truncate(open);
                    }
                }
                None if tag.starts_with(['!', '?']) || tag.ends_with('/') => {}
                None if steps.len() < MAX_DEPTH => {
                    let name = name(tag);
                    // without the namespace prefix
                    steps.push(normal_code(name.rsplit(':').next().unwrap_or_default()));
                }
                None => {}
            }
            rest = next;
        }
        self.push(&steps, &unescaped(rest));
    }

    /// Returns whether a member has the last name of the place.
    pub(super) fn may_have(&self, place: &ErrorLocation) -> bool {
        place.name().is_some_and(|name| self.names.contains(name))
    }

    /// Returns whether it is a SOAP fault, which has status 500 regardless of the cause (SOAP 1.1 section 6.2).
    pub(super) fn is_soap_fault(&self) -> bool {
        self.leaves.iter().any(|leaf| leaf.steps.iter().any(|step| step == "fault") && leaf.name().starts_with("fault"))
    }

    /// Returns the error codes, in normal form.
    pub(super) fn codes(&self) -> impl Iterator<Item = String> {
        self.leaves.iter().filter_map(Leaf::code).chain(self.words.iter().cloned()).flat_map(spellings)
    }
}

impl Leaf {
    /// Returns the name of its member, in normal form; empty when the body is a single string.
    pub(super) fn name(&self) -> &str {
        self.steps.last().map_or("", String::as_str)
    }

    /// Returns the error code, if it is one.
    fn code(&self) -> Option<String> {
        let name = self.name();
        let single = !self.text.contains(char::is_whitespace);
        let names_error = (CODE_NAMES.contains(&name) && (single || name == "title"))
            || (single && (name.is_empty() || SENTENCE_NAMES.contains(&name)));
        if !names_error || self.text.len() > 160 {
            return None;
        }
        let code = if self.text.contains("://") || self.lower.starts_with("urn:") {
            self.text.rsplit(['/', ':', '#']).next().unwrap_or_default()
        } else {
            self.text.split('/').next().unwrap_or_default()
        };
        let code = normal_code(code.trim_end_matches(['.', '!', ':']));
        is_telling(&code).then_some(code)
    }
}

/// Whether a text is XML or HTML. Programs print objects in angle brackets, too: `<HttpError 403 …>`.
fn is_markup(text: &str) -> bool {
    let rest = text.strip_prefix('<').unwrap_or_default();
    rest.starts_with(['!', '?'])
        || (text.starts_with('<') && (rest.contains("</") || rest.contains("/>")))
        || rest.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("html>"))
}

/// Members in which client libraries print the response, or its body.
const PAYLOADS: &[&str] = &["body", "data", "response", "responsebody", "responsedata"];

/// Members in which client libraries print the request, or what is not from the server.
const REQUESTS: &[&str] = &[
    "agent",
    "caseless",
    "config",
    "headers",
    "httpagent",
    "httpsagent",
    "options",
    "rawheaders",
    "request",
    "socket",
    "stack",
    "tojson",
];

/// Limit for payloads within payloads.
const MAX_WRAPPERS: usize = 4;

/// Whether a document is an error of a client library, which holds the response.
fn holds_response(document: &Value) -> bool {
    let response = document.get("response").and_then(Value::as_object);
    response.is_some_and(|response| ["data", "body", "headers"].iter().any(|name| response.contains_key(*name)))
}

/// Collects the documents in a printed structure: the payloads, and what remains without them and without the request.
fn unwrapped(value: &Value, depth: usize, documents: &mut Vec<Value>) {
    let Value::Object(members) = value else {
        documents.push(value.clone());
        return;
    };
    let mut rest = serde_json::Map::new();
    for (name, member) in members {
        let plain = normal_code(name);
        let payload = PAYLOADS.contains(&plain.as_str()) && depth < MAX_WRAPPERS;
        match member {
            Value::Object(_) if payload => unwrapped(member, depth + 1, documents),
            Value::String(text) if payload => match serde_json::from_str::<Value>(text) {
                Ok(inner) if inner.is_object() => unwrapped(&inner, depth + 1, documents),
                _ => {
                    rest.insert(name.clone(), member.clone());
                }
            },
            _ if REQUESTS.contains(&plain.as_str()) => {}
            _ => {
                rest.insert(name.clone(), member.clone());
            }
        }
    }
    documents.push(Value::Object(rest));
}

/// Starts of lines in stack traces and source excerpts.
const TRACES: &[&str] =
    &["Traceback", "File \"", "at ", "goroutine ", "raise ", "from ", "#0 ", "#1 ", "#2 ", "... ", "caused by frames"];

/// Whether a line is part of a stack trace, or has no words.
fn is_trace(line: &str) -> bool {
    let is_frame = line.starts_with("at ") && line.contains(['(', '/', ':', '.']);
    !line.contains(char::is_alphabetic)
        || is_frame
        || TRACES.iter().any(|start| *start != "at " && line.starts_with(start))
        || line.starts_with('^')
}

/// Parts of words in lines that report a failure.
const REPORTING: &[&str] = &[
    "audience",
    "denied",
    "error",
    "expired",
    "fail",
    "forbidden",
    "invalid",
    "issuer",
    "permission",
    "refused",
    "require",
    "scope",
    "token",
    "unauthorized",
];

fn is_between(character: char) -> bool {
    !(character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.'))
}

/// Whether a word of plain text is spelled like an error code: `invalid_token`, `ExpiredTokenException`.
fn is_code_word(word: &str) -> bool {
    let inner = word.get(1..).unwrap_or_default();
    let is_camel =
        inner.contains(|at: char| at.is_ascii_uppercase()) && inner.contains(|at: char| at.is_ascii_lowercase());
    (4..=80).contains(&word.len()) && !word.contains('-') && (word.trim_matches('_').contains('_') || is_camel)
}

/// Returns a code as written, its last dotted segment, and that without an `error` suffix: `oauth.v2.InvalidAccessToken`,
/// `TokenExpiredError`.
fn spellings(code: String) -> Vec<String> {
    let last = code.rsplit('.').next().unwrap_or_default();
    let bare = ["exception", "error", "fault"].iter().find_map(|ending| last.strip_suffix(ending)).unwrap_or(last);
    let shorter = [last, bare].into_iter().filter(|short| *short != code && is_telling(short));
    let mut spellings: Vec<String> = shorter.map(str::to_owned).collect();
    spellings.dedup();
    spellings.insert(0, code);
    spellings
}

/// Returns whether a code adds anything to the status.
fn is_telling(code: &str) -> bool {
    !REASON_PHRASES.contains(&code) && !code.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the data of server-sent events, which MCP servers use; any other text unchanged.
fn event_data(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.starts_with("event:") && !text.starts_with("data:") && !text.starts_with("id:") {
        return text.into();
    }
    let mut data = text.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim);
    // one document per event: the last is the response
    data.rfind(|line| !line.is_empty()).unwrap_or(text).to_owned().into()
}

/// How the value of a member shows that a call failed.
enum Failure {
    /// `false`.
    False,
    /// `true`.
    True,
    /// A number other than 0.
    NotZero,
    /// An object or string that is not empty, or `true`.
    Present,
    /// An array that is not empty.
    NotEmpty,
}

/// Members that report a failure whatever the status, as JSON pointers.
const FAILURES: &[(&str, Failure)] = &[
    // Slack
    ("/ok", Failure::False),
    ("/success", Failure::False),
    // JSON-RPC, RFC 6749
    ("/error", Failure::Present),
    // WeChat
    ("/errcode", Failure::NotZero),
    // GraphQL
    ("/errors", Failure::NotEmpty),
    // MCP
    ("/result/isError", Failure::True),
];

/// Returns whether a JSON document reports a failure.
fn failed(document: &Value) -> bool {
    FAILURES.iter().any(|(pointer, failure)| document.pointer(pointer).is_some_and(|value| failure.shows_in(value)))
}

impl Failure {
    fn shows_in(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::False, Value::Bool(value)) => !value,
            (Self::True | Self::Present, Value::Bool(value)) => *value,
            (Self::NotZero, value) => value.as_i64().is_some_and(|number| number != 0),
            (Self::Present, Value::Object(members)) => !members.is_empty(),
            (Self::Present, Value::String(text)) => !text.is_empty(),
            (Self::NotEmpty, Value::Array(items)) => !items.is_empty(),
            _ => false,
        }
    }
}

/// Decodes HTML character references: the five named ones of XML, and numeric ones.
fn unescaped(text: &str) -> String {
    const NAMED: &[(&str, char)] = &[("quot", '"'), ("apos", '\''), ("lt", '<'), ("gt", '>'), ("amp", '&')];
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let reference = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        let character = reference.and_then(|(name, _)| {
            let numbered = name.strip_prefix('#').and_then(|number| number.parse().ok()).and_then(char::from_u32);
            numbered.or_else(|| NAMED.iter().find(|(known, _)| *known == name).map(|(_, character)| *character))
        });
        match (character, reference) {
            (Some(character), Some((_, next))) => {
                plain.push(character);
                rest = next;
            }
            _ => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(body: &str) -> String {
        let leaves = Body::read(body.as_bytes()).leaves;
        leaves.iter().map(|leaf| format!("{}={}", leaf.steps.join("/"), leaf.text)).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn every_kind_of_body_is_flattened() {
        for (body, expected) in [
            (r#"[{"errorCode":"X","a":[{"b":1},{"b":true}]}]"#, "errorcode=X | a/b=1 | a/b=true"),
            (
                "<?xml version=\"1.0\"?>\n<e:Error id='1'><Code>AccessDenied</Code><br/><Msg>a &lt;b&gt;</Msg></e:Error>",
                "error/code=AccessDenied | error/msg=a <b>",
            ),
            ("<html><p>Not <b>yours&#33; &amp; &x; &</b></html", "html/p=Not | html/p/b=yours! & &x; &"),
            ("plain words", "=plain words"),
            ("event: message\ndata: {\"a\":\"b\"}\n\n", "a=b"),
            ("{\"cut\": off", "cut=off"),
            ("it said {'a': 'b c'} then", "=it said | =then | a=b c"),
            ("one two\n    at f (x.js:403:1)\nthree four", "=one two | =three four"),
            (
                "Error: x y\n{ response: { status: 403, data: { error: 'z' } }, config: { method: 'get' } }",
                "=Error: x y | error=z | status=403",
            ),
            (r#"{"m":"{\"a\":\"b c\"}"}"#, "m/json/a=b c"),
            (r#"{"m":"{not"}"#, "m={not"),
            ("", ""),
        ] {
            assert_eq!(shown(body), expected, "{body}");
        }
    }

    #[test]
    fn error_codes_and_failures_are_found() {
        for (body, codes, failed) in [
            (r#"{"ok":false,"error":"missing_scope"}"#, "missingscope", true),
            (r#"{"errors":[{"extensions":{"code":"FORBIDDEN-X"},"message":"two words"}]}"#, "forbiddenx", true),
            (
                r#"{"type":"urn:problem-type:belgif:missingScope","title":"Missing Scope"}"#,
                "missingscope missingscope",
                false,
            ),
            (
                r#"{"error_summary":"missing_scope/..","error":{".tag":"missing_scope"}}"#,
                "missingscope missingscope",
                true,
            ),
            (r#"{"error":"Forbidden","code":403,"message":"insufficient_scope."}"#, "insufficientscope", true),
            (r#"{"errors":[],"error":null,"ok":true}"#, "", false),
            (r#"{"errorcode":"oauth.v2.InvalidAccessToken"}"#, "oauth.v2.invalidaccesstoken invalidaccesstoken", false),
            (r#"{"name":"TokenExpiredError"}"#, "tokenexpirederror tokenexpired", false),
            ("Forbidden", "", false),
        ] {
            let read = Body::read(body.as_bytes());
            assert_eq!(read.codes().collect::<Vec<_>>().join(" "), codes, "{body}");
            assert_eq!(read.failed, failed, "{body}");
        }
    }

    #[test]
    fn limits_hold_for_any_body() {
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(Body::read(deep.as_bytes()).leaves.len(), 1);
        assert!(Body::read("<a>x".repeat(100_000).as_bytes()).leaves.len() <= MAX_LEAVES);
        assert!(Body::read(&vec![0xff; 300_000]).leaves.iter().all(|leaf| leaf.text.len() <= MAX_TEXT));
    }
}
