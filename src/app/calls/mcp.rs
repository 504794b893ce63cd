//! Messages of the Model Context Protocol over streamable HTTP.
//!
//! Revision 2026-07-28 has no session: each request is a POST whose header fields repeat the method and name. Servers of
//! older revisions refuse it, and need `initialize` and `notifications/initialized` first.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use crate::app::{Error, ErrorKind};

/// The revision without sessions.
const STATELESS: &str = "2026-07-28";

/// Revisions with `initialize`, newest first.
const WITH_SESSIONS: &[&str] = &["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// JSON-RPC error of the stateless revision for a revision that the server does not support.
const UNSUPPORTED_VERSION: i64 = -32022;

/// Other JSON-RPC errors that only servers of the stateless revision send: header mismatch, missing capability.
const STATELESS_ONLY: &[i64] = &[-32020, -32021];

/// Words of a server that requires `initialize`, in lower case.
const NEEDS_INITIALIZE: &[&str] = &["protocol version", "protocolversion", "session", "initiali"];

/// A JSON-RPC request of an endpoint.
#[derive(Clone, Copy, Debug)]
pub(in crate::app) struct Operation<'e> {
    pub(in crate::app) method: &'e str,
    /// Name of the tool or prompt.
    pub(in crate::app) name: Option<&'e str>,
}

/// A session that `initialize` opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) struct Session {
    /// Negotiated revision.
    version: String,
    /// `Mcp-Session-Id`, if the server assigned one.
    id: Option<HeaderValue>,
}

impl Operation<'_> {
    /// Builds the JSON-RPC 2.0 body. `arguments`: a JSON object, of the tool or prompt, otherwise of the method.
    pub(in crate::app) fn body(self, arguments: Option<&[u8]>, session: Option<&Session>) -> Result<Vec<u8>, Error> {
        let arguments: Map<String, Value> = match arguments {
            None => Map::new(),
            Some(text) => serde_json::from_slice(text).map_err(|_| {
                Error::new(ErrorKind::Usage, "the arguments of a tool must be a JSON object")
                    .hint("for example `--data '{\"query\":\"tea\"}'`")
            })?,
        };
        let mut parameters = match self.name {
            Some(name) => {
                Map::from_iter([("name".to_owned(), json!(name)), ("arguments".to_owned(), json!(arguments))])
            }
            None => arguments,
        };
        if session.is_none() {
            parameters.insert(
                "_meta".to_owned(),
                json!({
                    "io.modelcontextprotocol/protocolVersion": STATELESS,
                    "io.modelcontextprotocol/clientInfo": client_info(),
                    "io.modelcontextprotocol/clientCapabilities": {},
                }),
            );
        }
        // `initialize` has the id 1
        Ok(message(Some(2), self.method, &Value::Object(parameters)))
    }

    /// Sets the header fields of the request.
    pub(in crate::app) fn headers(self, session: Option<&Session>, headers: &mut HeaderMap) -> Result<(), Error> {
        common_headers(headers);
        if let Some(session) = session {
            session.headers(headers);
            return Ok(());
        }
        headers.insert(VERSION, HeaderValue::from_static(STATELESS));
        let fields = [("mcp-method", Some(self.method)), ("mcp-name", self.name)];
        for (field, value) in fields.into_iter().filter_map(|(field, value)| Some((field, value?))) {
            headers.insert(HeaderName::from_static(field), header_value(value)?);
        }
        Ok(())
    }
}

impl Session {
    /// Reads the response to `initialize`. `None` if it is not a success, or has a revision that is not known here.
    pub(in crate::app) fn read(headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        let document = response(headers, body)?;
        let version = document.pointer("/result/protocolVersion")?.as_str()?;
        let is_known = WITH_SESSIONS.contains(&version);
        is_known.then(|| Self { version: version.to_owned(), id: headers.get(SESSION).cloned() })
    }

    /// Returns whether the server keeps something that ends with a DELETE.
    pub(in crate::app) fn has_id(&self) -> bool {
        self.id.is_some()
    }

    /// Sets the header fields of every message in the session.
    fn headers(&self, headers: &mut HeaderMap) {
        if let Ok(version) = HeaderValue::from_str(&self.version) {
            headers.insert(VERSION, version);
        }
        headers.extend(self.id.clone().map(|id| (SESSION, id)));
    }

    /// Returns the header fields and body of the notification that completes the handshake.
    pub(in crate::app) fn initialized(&self) -> (HeaderMap, Vec<u8>) {
        let mut headers = HeaderMap::new();
        common_headers(&mut headers);
        self.headers(&mut headers);
        (headers, message(None, "notifications/initialized", &Value::Null))
    }

    /// Returns the header fields of the DELETE that ends the session.
    pub(in crate::app) fn end(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        self.headers(&mut headers);
        headers
    }
}

/// Returns the header fields and body of `initialize`.
pub(in crate::app) fn initialize(version: &str) -> (HeaderMap, Vec<u8>) {
    let mut headers = HeaderMap::new();
    common_headers(&mut headers);
    let parameters = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": client_info() });
    (headers, message(Some(1), "initialize", &parameters))
}

/// Returns the revision for `initialize` if a response shows that the server needs it: the newest that it names, otherwise
/// the newest with sessions.
///
/// A server of the stateless revision reports its own errors by their codes; anything else of status 400 comes from an older
/// one. Some of those respond with 404, 406 or 422, or with status 200 and an error.
pub(in crate::app) fn older_revision(status: u16, headers: &HeaderMap, body: &[u8]) -> Option<&'static str> {
    let document = response(headers, body);
    let error = document.as_ref().and_then(|document| document.get("error"));
    let code = error.and_then(|error| error.get("code")).and_then(Value::as_i64);
    let text = match error {
        Some(error) => error.to_string(),
        None => String::from_utf8_lossy(body.get(..body.len().min(4096)).unwrap_or_default()).into_owned(),
    };
    let named = WITH_SESSIONS.iter().copied().find(|version| text.contains(version));
    let lower = text.to_ascii_lowercase();
    let needs_it = || NEEDS_INITIALIZE.iter().any(|word| lower.contains(word));
    let is_older = match (status, code) {
        (_, Some(code)) if STATELESS_ONLY.contains(&code) => false,
        (_, Some(UNSUPPORTED_VERSION)) => named.is_some(),
        (200, Some(_)) => needs_it(),
        // the credentials may be missing, unless the server says otherwise: rmcp answers 401 for a missing session
        (401 | 403, _) => !headers.contains_key(http::header::WWW_AUTHENTICATE) && lower.contains("session id"),
        (400..=499, _) => named.is_some() || needs_it() || (error.is_none() && [400, 406, 422].contains(&status)),
        _ => false,
    };
    is_older.then(|| named.or_else(|| WITH_SESSIONS.first().copied())).flatten()
}

/// Returns the JSON-RPC response in a body, which may be a stream of server-sent events with notifications before it.
pub(in crate::app) fn response(headers: &HeaderMap, body: &[u8]) -> Option<Value> {
    let is_stream = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    if !is_stream {
        return serde_json::from_slice(body).ok();
    }
    let text = String::from_utf8_lossy(body).replace("\r\n", "\n").replace('\r', "\n");
    let events = text.split("\n\n").map(|event| {
        let lines = event.lines().filter_map(|line| line.strip_prefix("data:"));
        lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    });
    let is_response = |message: &Value| message.get("result").is_some() || message.get("error").is_some();
    events.filter_map(|data| serde_json::from_str::<Value>(&data).ok()).find(is_response)
}

fn client_info() -> Value {
    json!({ "name": "tokscope", "version": env!("CARGO_PKG_VERSION") })
}

fn message(id: Option<u8>, method: &str, parameters: &Value) -> Vec<u8> {
    let mut document = json!({ "jsonrpc": "2.0", "method": method });
    if let Some(members) = document.as_object_mut() {
        members.extend(id.map(|id| ("id".to_owned(), json!(id))));
        members.extend((!parameters.is_null()).then(|| ("params".to_owned(), parameters.clone())));
    }
    document.to_string().into_bytes()
}

fn common_headers(headers: &mut HeaderMap) {
    headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
    headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
}

/// Encodes a name that is not printable ASCII, as the revision prescribes.
fn header_value(text: &str) -> Result<HeaderValue, Error> {
    let is_plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !text.starts_with("=?base64?");
    let value = if is_plain { text.to_owned() } else { format!("=?base64?{}?=", STANDARD.encode(text)) };
    HeaderValue::from_str(&value)
        .map_err(|_| Error::new(ErrorKind::Usage, format!("`{text}` is not a valid header value")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn of_type(kind: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))])
    }

    #[test]
    fn servers_of_older_revisions_are_recognized() {
        let json = of_type("application/json");
        // status, body, revision for `initialize`; as sent by PyPI mcp 1.30.0 and 2.3.0, npm SDK 1.32.2 and its examples
        for (status, body, version) in [
            (
                400,
                r#"{"jsonrpc":"2.0","id":"server-error","error":{"code":-32600,"message":"Bad Request: Missing session ID"}}"#,
                Some("2025-11-25"),
            ),
            (
                400,
                r#"{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: Unsupported protocol version: 2026-07-28 (supported versions: 2025-06-18, 2025-03-26)"},"id":null}"#,
                Some("2025-06-18"),
            ),
            (
                400,
                r#"{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: No valid session ID provided"},"id":null}"#,
                Some("2025-11-25"),
            ),
            (
                400,
                r#"{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: Server not initialized"},"id":null}"#,
                Some("2025-11-25"),
            ),
            (
                404,
                r#"{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}"#,
                Some("2025-11-25"),
            ),
            // rmcp
            (422, "Unexpected message, expect initialize request", Some("2025-11-25")),
            (401, "Unauthorized: Session ID is required", Some("2025-11-25")),
            // go-sdk
            (
                200,
                r#"{"jsonrpc":"2.0","id":2,"error":{"code":0,"message":"method \"tools/call\" is invalid during session initialization"}}"#,
                Some("2025-11-25"),
            ),
            (400, "Bad Request", Some("2025-11-25")),
            // a server of both eras, and one of newer revisions only
            (
                400,
                r#"{"jsonrpc":"2.0","id":2,"error":{"code":-32022,"message":"x","data":{"supported":["2025-11-25","2025-03-26"]}}}"#,
                Some("2025-11-25"),
            ),
            (
                400,
                r#"{"jsonrpc":"2.0","id":2,"error":{"code":-32022,"message":"x","data":{"supported":["2027-01-01"]}}}"#,
                None,
            ),
            (400, r#"{"jsonrpc":"2.0","id":2,"error":{"code":-32020,"message":"header mismatch in session"}}"#, None),
            // failures of the call itself
            (400, r#"{"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"unknown tool"}}"#, None),
            (200, r#"{"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"unknown tool"}}"#, None),
            (200, r#"{"jsonrpc":"2.0","id":2,"result":{"content":[{"type":"text","text":"no session"}]}}"#, None),
            (401, "", None),
            (403, r#"{"error":"insufficient_scope"}"#, None),
            (404, "<html>not found</html>", None),
            (500, "session", None),
        ] {
            assert_eq!(older_revision(status, &json, body.as_bytes()), version, "{status} {body}");
        }
        let mut challenge = json.clone();
        challenge.insert(http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        assert_eq!(older_revision(401, &challenge, b"Session ID is required"), None);
    }

    #[test]
    fn responses_are_read_from_streams() {
        let stream = of_type("text/event-stream; charset=utf-8");
        for body in [
            "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"a\":1}}\n\n",
            "event: message\r\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"a\":1}}\r\n\r\n",
            "id: 0\ndata: \n\n: ping\n\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\n\
             data:{\"jsonrpc\":\"2.0\",\ndata:\"id\":1,\"result\":{\"a\":1}}\n\n",
        ] {
            let read = response(&stream, body.as_bytes()).unwrap();
            assert_eq!(read.pointer("/result/a"), Some(&json!(1)), "{body}");
        }
        assert_eq!(response(&stream, b": ping\n\n"), None);
    }

    #[test]
    fn sessions_need_a_known_revision() {
        let mut headers = of_type("application/json");
        headers.insert(SESSION, HeaderValue::from_static("s1"));
        let body =
            |version: &str| json!({"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": version}}).to_string();
        let session = Session::read(&headers, body("2025-06-18").as_bytes()).unwrap();
        assert!(session.has_id());
        let (sent, notification) = session.initialized();
        assert_eq!(sent.get(SESSION).unwrap(), "s1");
        assert_eq!(sent.get(VERSION).unwrap(), "2025-06-18");
        assert_eq!(notification, br#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        assert_eq!(Session::read(&headers, body("2099-01-01").as_bytes()), None);
    }

    #[test]
    fn parameters_depend_on_the_method() {
        let list = Operation { method: "tools/list", name: None };
        let call = Operation { method: "tools/call", name: Some("s\u{e4}ge") };
        let session = Session { version: "2025-06-18".to_owned(), id: None };
        let read = |body: Vec<u8>| serde_json::from_slice::<Value>(&body).unwrap();
        let body = read(list.body(Some(b"{\"cursor\":\"c\"}"), Some(&session)).unwrap());
        assert_eq!(body["params"], json!({"cursor": "c"}));
        let body = read(call.body(Some(b"{\"a\":1}"), Some(&session)).unwrap());
        assert_eq!(body["params"], json!({"name": "s\u{e4}ge", "arguments": {"a": 1}}));
        let body = read(call.body(None, None).unwrap());
        assert_eq!(body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"], "2026-07-28");
        let mut headers = HeaderMap::new();
        call.headers(None, &mut headers).unwrap();
        assert_eq!(headers.get("mcp-name").unwrap(), "=?base64?c8OkZ2U=?=");
        assert!(call.body(Some(b"[]"), None).is_err());
        let mut headers = HeaderMap::new();
        list.headers(None, &mut headers).unwrap();
        assert!(headers.get("mcp-name").is_none() && headers.get("mcp-method").unwrap() == "tools/list");
    }
}
