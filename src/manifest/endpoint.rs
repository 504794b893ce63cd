//! An endpoint: a method and a path template.

use std::fmt;
use std::ops::Range;

use thiserror::Error;

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

/// `GET /orders/{id}`
impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.template)
    }
}

/// A path template: literals, `{parameter}`, `{+rest}` for several segments, literals around a parameter within a
/// segment such as `{id}:cancel`, and a `#fragment` that is part of the name only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
}

/// Why a text is no template.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub struct TemplateError {
    /// What is wrong.
    pub message: String,
    /// Where, in bytes of the template.
    pub offset: usize,
}

impl Template {
    /// Parses a template. It starts with `/`.
    ///
    /// # Errors
    /// When a brace is not closed, a parameter has no name or repeats, or the text does not start with `/`.
    pub fn parse(_text: &str) -> Result<Self, TemplateError> {
        todo!("manifest")
    }

    /// The template as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names of the parameters, in their order.
    #[must_use]
    pub fn parameters(&self) -> Vec<&str> {
        todo!("manifest")
    }

    /// The path with the parameters filled in, percent-encoded (RFC 3986 §3.3); a `{+rest}` keeps its slashes. The
    /// fragment is dropped. The name of the first parameter without a value is the error.
    ///
    /// # Errors
    /// When a parameter has no value.
    pub fn fill(&self, _value: impl Fn(&str) -> Option<String>) -> Result<String, String> {
        todo!("manifest")
    }
}

impl fmt::Display for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.text)
    }
}
