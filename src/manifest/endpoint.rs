//! An endpoint: a method and a path template.

use std::fmt;
use std::ops::Range;

use super::Template;
use crate::scope::Requirement;

/// A line of `[api.NAME.endpoints]`.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The method, in upper case.
    pub method: String,
    /// The path template, relative to the base URL.
    pub template: Template,
    /// What it requires.
    pub requirement: Requirement,
    /// What it does, in words.
    pub summary: Option<String>,
    /// Where the line stands, in bytes of the source.
    pub span: Range<usize>,
}

/// `GET /orders/{id}`, `MCP tools/call search`
impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((method, name)) = self.mcp() {
            return write!(formatter, "{} {method} {name}", self.method);
        }
        write!(formatter, "{} {}", self.method, self.template)
    }
}
