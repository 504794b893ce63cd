//! From TOML to a [`Manifest`], with the place of everything that is wrong.

use super::Manifest;
use crate::diagnostic::Diagnostic;

/// What came of parsing.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The manifest, if there is no finding of severity error.
    pub manifest: Option<Manifest>,
    /// Everything that is wrong or odd, in the order of the file.
    pub findings: Vec<Diagnostic>,
}

/// Parses and validates a manifest.
#[must_use]
pub fn parse(_source: &str) -> Parsed {
    todo!("manifest")
}
