//! Codes of the findings about engines.

use crate::diagnostic::Diagnostic;

crate::codes! {
    EXPORT_UNSUPPORTED = "export-unsupported", Error, "the engine can't express a part of the manifest", "docs/enforcement.md",
        "An export never writes a weaker rule than the manifest's. Deny the endpoint in the export, complete the manifest, or let the engine ask a decision endpoint.";
    ENGINE_OPEN = "engine-open", Error, "an endpoint is open in the engine, and requires a scope in the manifest", "docs/enforcement.md";
    ENGINE_REQUIREMENT = "engine-requirement", Error, "the engine requires other scopes than the manifest", "docs/enforcement.md";
    ENGINE_DEFAULT = "engine-default", Error, "the engine does not deny by default as exported", "docs/enforcement.md";
    ENGINE_RULE = "engine-rule", Error, "a rule of the engine differs from the manifest", "docs/enforcement.md";
    ENGINE_RULE_MISSING = "engine-rule-missing", Error, "a rule of the manifest is missing in the engine", "docs/enforcement.md";
    ENGINE_SETTING = "engine-setting", Error, "a setting of the engine differs from the export", "docs/enforcement.md";
}

/// Creates a finding about a part of the manifest that an engine can't express.
pub(super) fn unsupported(message: impl Into<String>, hint: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&EXPORT_UNSUPPORTED, message).help(hint)
}
