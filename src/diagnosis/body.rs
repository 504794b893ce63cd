//! The body of an answer as a flat list of texts with their places, whether it is JSON, XML, HTML or plain text.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::manifest::{AnswerPlace, normal_code};

/// The most bytes of a body that are read.
const MOST_BYTES: usize = 256 << 10;

/// The most bytes of one text that are read.
const MOST_TEXT: usize = 8 << 10;

/// The most texts that are kept, and how deep they may lie.
const MOST_LEAVES: usize = 512;
const DEPTH: usize = 16;

/// The step into a document that stands in a text.
const INSIDE: &str = "json";

/// The names of members that name an error, in normal form.
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

/// The names of members that hold a sentence, which is sometimes nothing but the name of an error.
const SENTENCE_NAMES: &[&str] =
    &["description", "detail", "errordescription", "errormessage", "message", "msg", "reason"];

/// The reason phrases of HTTP (RFC 9110 §15), which say no more than the status.
const REASON_PHRASES: &[&str] =
    &["", "ok", "badrequest", "unauthorized", "forbidden", "notfound", "error", "fail", "failure", "http"];

/// A text in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    /// The names on the way to it, in normal form; arrays are no step.
    pub(super) steps: Vec<String>,
    /// The text, at most [`MOST_TEXT`] bytes of it.
    pub(super) text: String,
    /// The same in ASCII lower case.
    pub(super) lower: String,
}

/// A body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) leaves: Vec<Leaf>,
    /// Whether it says that it failed, whatever the status.
    pub(super) failed: bool,
    /// The names of the members that hold a text, each once.
    names: BTreeSet<String>,
}

impl Body {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut body = Self::default();
        let text = String::from_utf8_lossy(bytes.get(..bytes.len().min(MOST_BYTES)).unwrap_or_default());
        let text = event_data(text.trim());
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            body.failed = failed(&value);
            body.json(&value, &mut Vec::new());
        } else if text.starts_with('<') {
            body.markup(&text);
        } else {
            body.push(&[], &text);
        }
        body
    }

    fn push(&mut self, steps: &[String], text: &str) {
        let text = text.trim();
        if text.is_empty() || self.leaves.len() >= MOST_LEAVES {
            return;
        }
        let text = text.get(..text.floor_char_boundary(MOST_TEXT)).unwrap_or_default().to_owned();
        if !steps.last().is_some_and(|name| self.names.contains(name)) {
            self.names.extend(steps.last().cloned());
        }
        self.leaves.push(Leaf { steps: steps.to_vec(), lower: text.to_ascii_lowercase(), text });
    }

    fn json(&mut self, value: &Value, steps: &mut Vec<String>) {
        match value {
            Value::Bool(_) | Value::Number(_) => self.push(steps, &value.to_string()),
            // a document inside a text is what the text says
            Value::String(text) if text.trim_start().starts_with('{') && steps.len() < DEPTH => {
                match serde_json::from_str::<Value>(text) {
                    Ok(inner) => {
                        steps.push(INSIDE.to_owned());
                        self.json(&inner, steps);
                        steps.pop();
                    }
                    Err(_) => self.push(steps, text),
                }
            }
            Value::String(text) => self.push(steps, text),
            Value::Array(items) => items.iter().take(MOST_LEAVES).for_each(|item| self.json(item, steps)),
            Value::Object(members) if steps.len() < DEPTH => {
                for (name, value) in members.iter().take(MOST_LEAVES) {
                    steps.push(normal_code(name));
                    self.json(value, steps);
                    steps.pop();
                }
            }
            Value::Null | Value::Object(_) => {}
        }
    }

    /// The texts of XML or HTML, by the elements that they stand in. What is not well formed is taken as it comes.
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
                None if steps.len() < DEPTH => {
                    let name = name(tag);
                    // a namespace's prefix says nothing
                    steps.push(normal_code(name.rsplit(':').next().unwrap_or_default()));
                }
                None => {}
            }
            rest = next;
        }
        self.push(&steps, &unescaped(rest));
    }

    /// Whether some member has the name that the place ends with.
    pub(super) fn may_have(&self, place: &AnswerPlace) -> bool {
        place.name().is_some_and(|name| self.names.contains(name))
    }

    /// Whether it is a fault of SOAP, which comes with a status of 500 whatever the reason (SOAP 1.1 §6.2).
    pub(super) fn is_soap_fault(&self) -> bool {
        self.leaves.iter().any(|leaf| leaf.steps.iter().any(|step| step == "fault") && leaf.name().starts_with("fault"))
    }

    /// The names of errors, in normal form.
    pub(super) fn codes(&self) -> impl Iterator<Item = String> {
        self.leaves.iter().filter_map(Leaf::code).flat_map(spellings)
    }
}

impl Leaf {
    /// The name of the member that it is, in normal form; empty for a body that is one text.
    pub(super) fn name(&self) -> &str {
        self.steps.last().map_or("", String::as_str)
    }

    /// The name of an error, if that is what it is.
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

/// A code as it is written, without what stands before its last dot, and without the word that says it is an error:
/// `oauth.v2.InvalidAccessToken`, `TokenExpiredError`.
fn spellings(code: String) -> Vec<String> {
    let last = code.rsplit('.').next().unwrap_or_default();
    let bare = ["exception", "error", "fault"].iter().find_map(|ending| last.strip_suffix(ending)).unwrap_or(last);
    let shorter = [last, bare].into_iter().filter(|short| *short != code && is_telling(short));
    let mut spellings: Vec<String> = shorter.map(str::to_owned).collect();
    spellings.dedup();
    spellings.insert(0, code);
    spellings
}

/// Whether a code says more than the status does.
fn is_telling(code: &str) -> bool {
    !REASON_PHRASES.contains(&code) && !code.bytes().all(|byte| byte.is_ascii_digit())
}

/// The data of server-sent events, which an MCP server may answer in; any other text as it is.
fn event_data(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.starts_with("event:") && !text.starts_with("data:") && !text.starts_with("id:") {
        return text.into();
    }
    let mut data = text.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim);
    // one document for each event: the last is the answer
    data.rfind(|line| !line.is_empty()).unwrap_or(text).to_owned().into()
}

/// Whether a JSON document says that what was asked for failed: Slack's `ok`, GraphQL's `errors`, JSON-RPC's `error`,
/// MCP's `isError`, `success`, and an `errcode` that is not 0.
fn failed(value: &Value) -> bool {
    let is_false = |name: &str| value.get(name) == Some(&Value::Bool(false));
    let error = value.get("error").is_some_and(|error| match error {
        Value::Object(members) => !members.is_empty(),
        Value::String(text) => !text.is_empty(),
        Value::Bool(failed) => *failed,
        _ => false,
    });
    is_false("ok")
        || is_false("success")
        || error
        || value.get("errcode").and_then(Value::as_i64).is_some_and(|code| code != 0)
        || value.get("errors").and_then(Value::as_array).is_some_and(|errors| !errors.is_empty())
        || value.pointer("/result/isError") == Some(&Value::Bool(true))
}

/// Character references of HTML: the five that XML has by name, and those by number.
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
    fn texts_of_every_kind_of_body() {
        for (body, expected) in [
            (r#"[{"errorCode":"X","a":[{"b":1},{"b":true}]}]"#, "errorcode=X | a/b=1 | a/b=true"),
            (
                "<?xml version=\"1.0\"?>\n<e:Error id='1'><Code>AccessDenied</Code><br/><Msg>a &lt;b&gt;</Msg></e:Error>",
                "error/code=AccessDenied | error/msg=a <b>",
            ),
            ("<html><p>Not <b>yours&#33; &amp; &x; &</b></html", "html/p=Not | html/p/b=yours! & &x; &"),
            ("plain words", "=plain words"),
            ("event: message\ndata: {\"a\":\"b\"}\n\n", "a=b"),
            ("{\"cut\": off", "={\"cut\": off"),
            (r#"{"m":"{\"a\":\"b c\"}"}"#, "m/json/a=b c"),
            (r#"{"m":"{not"}"#, "m={not"),
            ("", ""),
        ] {
            assert_eq!(shown(body), expected, "{body}");
        }
    }

    #[test]
    fn codes_and_failures() {
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
    fn bounded_whatever_comes() {
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(Body::read(deep.as_bytes()).leaves.len(), 1);
        assert!(Body::read("<a>x".repeat(100_000).as_bytes()).leaves.len() <= MOST_LEAVES);
        assert!(Body::read(&vec![0xff; 300_000]).leaves.iter().all(|leaf| leaf.text.len() <= MOST_TEXT));
    }
}
