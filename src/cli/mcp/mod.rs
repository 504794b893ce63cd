//! `tokscope mcp`: a server of the Model Context Protocol over stdio, for coding agents.
//!
//! JSON-RPC 2.0, one message per line. The tools are read-only: they use no network and write nothing. No result holds a
//! token or a secret, and results are bounded.

mod tools;

use std::io::{self, BufRead, Read as _};
use std::path::Path;

use serde_json::{Value, json};

use super::print::Streams;
use crate::app::{Error, ErrorKind};

/// Protocol versions, the latest first.
const VERSIONS: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/// Maximum size of a message, in bytes.
const MOST_BYTES: u64 = 8 << 20;

/// Error codes of JSON-RPC 2.0, section 5.1.
const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;
const METHOD_NOT_FOUND: i32 = -32601;
const INVALID_PARAMS: i32 = -32602;

const INSTRUCTIONS: &str = "Reads OAuth tokens and the scopes that an API requires. Nothing is sent, and no token is returned. \
    If a call fails, use diagnose with the whole response; for the scopes to request, use minimal_scopes.";

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The tools are decode, explain, check, minimal_scopes, diagnose and lint_manifest. They read the manifest, use no network and write \
nothing. A token is masked in every result; check and diagnose use the token in TOKSCOPE_TOKEN, so that the agent need not see it.

Examples:
  tokscope mcp --manifest tokscope.toml")]
pub(super) struct Arguments {}

pub(super) fn run(
    _arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    serve(io::stdin().lock(), manifest, streams)?;
    Ok(None)
}

/// Answers messages until the input ends.
fn serve(mut input: impl BufRead, manifest: Option<&Path>, streams: &mut Streams) -> Result<(), Error> {
    let unreadable = |error: io::Error| Error::unreadable("stdin", &error);
    loop {
        let mut line = Vec::new();
        let read = input.by_ref().take(MOST_BYTES + 1).read_until(b'\n', &mut line).map_err(unreadable)?;
        if read == 0 || streams.is_closed() {
            return Ok(());
        }
        let reply = if u64::try_from(line.len()).is_ok_and(|length| length > MOST_BYTES) {
            if line.last() != Some(&b'\n') {
                skip_line(&mut input).map_err(unreadable)?;
            }
            Some(failure(&Value::Null, INVALID_REQUEST, "the message has more than 8 MiB"))
        } else if line.iter().all(u8::is_ascii_whitespace) {
            None
        } else {
            match serde_json::from_slice(&line) {
                Ok(message) => answer(&message, manifest),
                Err(_) => Some(failure(&Value::Null, PARSE_ERROR, "the message is not valid JSON")),
            }
        };
        if let Some(reply) = reply {
            streams.raw(format!("{reply}\n").as_bytes());
            if !streams.finish() {
                return Ok(());
            }
        }
    }
}

/// Skips the rest of a line in constant memory.
fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let (length, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(position) => (position + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(length);
        if ended {
            return Ok(());
        }
    }
}

/// Answers a message; `None` for a notification or a response.
fn answer(message: &Value, manifest: Option<&Path>) -> Option<Value> {
    let Some(method) = message.get("method").and_then(Value::as_str) else {
        let is_response = message.get("result").is_some() || message.get("error").is_some();
        return (!is_response).then(|| failure(&Value::Null, INVALID_REQUEST, "the message is not a JSON-RPC request"));
    };
    let id = message.get("id")?;
    if !(id.is_string() || id.is_number()) {
        return Some(failure(&Value::Null, INVALID_REQUEST, "`id` must be a string or a number"));
    }
    let nothing = json!({});
    let parameters = message.get("params").unwrap_or(&nothing);
    let result = match method {
        "initialize" => Ok(initialized(parameters)),
        "ping" => Ok(json!({})),
        "tools/list" => Ok(json!({ "tools": tools::list() })),
        "tools/call" => called(parameters, manifest),
        _ => Err((METHOD_NOT_FOUND, "the method is not supported".to_owned())),
    };
    Some(match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err((code, reason)) => failure(id, code, &reason),
    })
}

fn initialized(parameters: &Value) -> Value {
    let requested = parameters.get("protocolVersion").and_then(Value::as_str);
    let version = VERSIONS.into_iter().find(|version| Some(*version) == requested).unwrap_or(VERSIONS[0]);
    json!({
        "protocolVersion": version,
        "capabilities": { "tools": {} },
        "serverInfo": { "name": "tokscope", "version": env!("CARGO_PKG_VERSION") },
        "instructions": INSTRUCTIONS,
    })
}

/// Calls a tool. An error of the tool is a result, so that the agent sees it (MCP, tools, error handling).
fn called(parameters: &Value, manifest: Option<&Path>) -> Result<Value, (i32, String)> {
    let name = parameters.get("name").and_then(Value::as_str).unwrap_or_default();
    let nothing = json!({});
    let arguments = parameters.get("arguments").unwrap_or(&nothing);
    let outcome = tools::call(name, arguments, manifest)
        .ok_or_else(|| (INVALID_PARAMS, "no tool has this name; `tools/list` lists them".to_owned()))?;
    let (text, is_error) = match outcome {
        Ok(text) => (text, false),
        Err(text) => (text, true),
    };
    Ok(json!({ "content": [{ "type": "text", "text": text }], "isError": is_error }))
}

fn failure(id: &Value, code: i32, reason: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": reason } })
}
