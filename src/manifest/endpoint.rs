//! An endpoint: a method and a path template.

use std::fmt;
use std::ops::Range;

use super::Template;
use crate::scope::Requirement;

/// An entry of `[api.NAME.endpoints]`.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The method, in upper case.
    pub method: String,
    /// The path template, relative to the base URL.
    pub template: Template,
    /// Required scopes.
    pub requirement: Requirement,
    /// Whether the call also works without a token.
    pub optional: bool,
    /// Whether the gateway passes a WebSocket through.
    pub upgrade: bool,
    /// Summary of what it does.
    pub summary: Option<String>,
    /// Position of the entry, in bytes of the source.
    pub span: Range<usize>,
}

impl Endpoint {
    /// Whether the method only reads: it is safe (RFC 9110 §9.2.1), or it is a method of the Model Context Protocol that lists
    /// or reads.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        match self.mcp() {
            Some((method, _)) => method.ends_with("/list") || matches!(method, "resources/read" | "prompts/get"),
            None => matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE"),
        }
    }
}

/// `GET /orders/{id}`, `MCP tools/call search`
impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((method, name)) = self.mcp() {
            let name = name.map(|name| format!(" {name}")).unwrap_or_default();
            return write!(formatter, "{} {method}{name}", self.method);
        }
        write!(formatter, "{} {}", self.method, self.template)
    }
}
