//! A call of a Model Context Protocol server over streamable HTTP (revision 2026-07-28): each request is a POST of its
//! own that says in its headers what it is about; there is no session.

use http::header::ACCEPT;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::{Error, Kind};

/// The revision that is spoken.
const VERSION: &str = "2026-07-28";

/// The body of a call: JSON-RPC 2.0. `arguments`: a JSON object; nothing is an empty one.
pub(super) fn body(method: &str, name: &str, arguments: Option<&[u8]>) -> Result<Vec<u8>, Error> {
    let arguments: Value = match arguments {
        None => json!({}),
        Some(text) => serde_json::from_slice(text).ok().filter(Value::is_object).ok_or_else(|| {
            Error::new(Kind::Usage, "the arguments of a tool are no JSON object")
                .hint("write them as `--data '{\"query\":\"tea\"}'`")
        })?,
    };
    let document = json!({
        "jsonrpc": "2.0",
        "id": 1,
        "method": method,
        "params": {
            "name": name,
            "arguments": arguments,
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": VERSION,
                "io.modelcontextprotocol/clientInfo": { "name": "tokscope", "version": env!("CARGO_PKG_VERSION") },
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    });
    Ok(document.to_string().into_bytes())
}

/// The header fields that every request has.
pub(super) fn headers(method: &str, name: &str, headers: &mut HeaderMap) -> Result<(), Error> {
    headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
    for (field, value) in [("mcp-protocol-version", VERSION), ("mcp-method", method), ("mcp-name", name)] {
        let value = HeaderValue::from_str(value)
            .map_err(|_| Error::new(Kind::Usage, format!("`{value}` fits into no header")))?;
        headers.insert(HeaderName::from_static(field), value);
    }
    Ok(())
}
