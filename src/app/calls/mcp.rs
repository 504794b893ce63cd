//! Calls of Model Context Protocol servers over streamable HTTP (revision 2026-07-28): each request is a separate POST
//! whose headers repeat the method and name; there is no session.

use http::header::ACCEPT;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::app::{Error, ErrorKind};

/// Protocol version.
const VERSION: &str = "2026-07-28";

/// Builds the JSON-RPC 2.0 body of a call. `arguments`: a JSON object; empty input means an empty object.
pub(in crate::app) fn body(method: &str, name: &str, arguments: Option<&[u8]>) -> Result<Vec<u8>, Error> {
    let arguments: Value = match arguments {
        None => json!({}),
        Some(text) => serde_json::from_slice(text).ok().filter(Value::is_object).ok_or_else(|| {
            Error::new(ErrorKind::Usage, "the arguments of a tool must be a JSON object")
                .hint("for example `--data '{\"query\":\"tea\"}'`")
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

/// Returns the header fields of every request.
pub(in crate::app) fn headers(method: &str, name: &str, headers: &mut HeaderMap) -> Result<(), Error> {
    headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
    for (field, value) in [("mcp-protocol-version", VERSION), ("mcp-method", method), ("mcp-name", name)] {
        let value = HeaderValue::from_str(value)
            .map_err(|_| Error::new(ErrorKind::Usage, format!("`{value}` is not a valid header value")))?;
        headers.insert(HeaderName::from_static(field), value);
    }
    Ok(())
}
