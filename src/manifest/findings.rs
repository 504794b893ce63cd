//! The codes of this room's findings.

crate::codes! {
    MANIFEST_SYNTAX = "manifest-syntax", Error, "the manifest is no TOML", "https://toml.io/en/v1.1.0";
}
