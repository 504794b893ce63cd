//! Where in a source text.
use crate::diagnostic::Diagnostic;
/// Line and column.
#[must_use]
pub fn line_column(_source: &str, _offset: usize) -> (usize, usize) {
    todo!("manifest")
}
/// Renders.
#[must_use]
pub fn render(_path: &str, _source: &str, _finding: &Diagnostic) -> String {
    todo!("manifest")
}
