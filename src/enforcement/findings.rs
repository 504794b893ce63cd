//! Codes of the findings about engines.

use crate::diagnostic::Diagnostic;

crate::codes! {
    EXPORT_UNSUPPORTED = "export-unsupported", Error, "the engine can't express a part of the manifest", "docs/enforcement.md",
        "An export never writes a weaker rule than the manifest's. Deny the endpoint in the export, complete the manifest, or let the engine ask a decision endpoint.";
}

/// Creates a finding about a part of the manifest that an engine can't express.
pub(super) fn unsupported(message: impl Into<String>, hint: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&EXPORT_UNSUPPORTED, message).help(hint)
}
