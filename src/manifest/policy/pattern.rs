//! Patterns of a rule: names, endpoints and methods.

use std::fmt;

use crate::manifest::mcp;
use crate::manifest::{Endpoint, Template};
use crate::text::matches_pieces;

/// A name in which `*` stands for any characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wildcard(String);

impl Wildcard {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Returns the pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it contains `*`.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.contains('*')
    }

    /// Whether it matches the whole name, with regard to case.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        matches_pieces(self.0.split('*'), name)
    }
}

impl fmt::Display for Wildcard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// An endpoint or several: `DELETE /orders/{id}`, `* /admin/*`, `MCP tools/call *`, or `*` for every endpoint. The names
/// of parameters do not matter.
#[derive(Clone, Debug)]
pub struct EndpointPattern {
    text: String,
    /// `None`: any method.
    method: Option<String>,
    path: Path,
}

#[derive(Clone, Debug)]
enum Path {
    /// Exactly the endpoints with this shape.
    Shape(String),
    /// Pieces between wildcards.
    Pieces(Vec<String>),
}

impl PartialEq for EndpointPattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for EndpointPattern {}

impl EndpointPattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// Describes why it is not valid.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a valid method and path");
        let any = |method| Self { text: text.to_owned(), method, path: Path::Pieces(vec![String::new(); 2]) };
        if text == "*" {
            return Ok(any(None));
        }
        let (method, path) = text.split_once(' ').ok_or_else(wrong)?;
        let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
        if method != "*" && !is_method {
            return Err(wrong());
        }
        let method = (method != "*").then(|| method.to_owned());
        if path == "*" {
            return Ok(any(method));
        }
        let path = match method.as_deref() {
            Some(mcp::METHOD) => mcp::path(path).ok_or_else(wrong)?,
            _ => path.to_owned(),
        };
        if !path.starts_with('/') {
            return Err(wrong());
        }
        let pieces = pieces(&path);
        let path = match pieces.len() {
            1 => {
                Path::Shape(Template::parse(&path).map_err(|error| format!("{}: {}", wrong(), error.message))?.shape())
            }
            _ => Path::Pieces(pieces),
        };
        Ok(Self { text: text.to_owned(), method, path })
    }

    /// Whether it stands for several endpoints.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.method.is_none() || matches!(self.path, Path::Pieces(_))
    }

    /// Whether it matches an endpoint.
    #[must_use]
    pub fn matches(&self, endpoint: &Endpoint) -> bool {
        self.method.as_deref().is_none_or(|method| method == endpoint.method)
            && match &self.path {
                Path::Shape(shape) => *shape == endpoint.template.shape(),
                Path::Pieces(pieces) => matches_pieces(pieces.iter().map(String::as_str), endpoint.template.as_str()),
            }
    }
}

impl fmt::Display for EndpointPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.text)
    }
}

/// Splits a path at each `*` that is not part of a parameter, such as `{path*}`.
fn pieces(path: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut pieces = vec![String::new()];
    for character in path.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match pieces.last_mut() {
            Some(last) if character != '*' || depth > 0 => last.push(character),
            _ => pieces.push(String::new()),
        }
    }
    pieces
}

/// Methods: a class or one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MethodPattern {
    /// `read`: methods that are safe (RFC 9110 §9.2.1).
    Read,
    /// `write`: all others.
    Write,
    /// A method.
    Named(String),
}

impl MethodPattern {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "read" => Some(Self::Read),
            "write" => Some(Self::Write),
            _ => {
                let is_method = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
                is_method.then(|| Self::Named(text.to_owned()))
            }
        }
    }

    /// Whether it matches the method of an endpoint.
    #[must_use]
    pub fn matches(&self, endpoint: &Endpoint) -> bool {
        match self {
            Self::Read => endpoint.is_safe(),
            Self::Write => !endpoint.is_safe(),
            Self::Named(method) => *method == endpoint.method,
        }
    }
}

impl fmt::Display for MethodPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Named(method) => method,
        })
    }
}
