//! The use cases of a manifest: open, import, review, compare with its sources, discover APIs.

mod arazzo;
mod discover;
mod draft;
mod drift;
mod export;
mod files;
mod git;
mod import;
mod open;
mod preset;
mod provide;
mod registration;
mod review;

pub use arazzo::arazzo;
pub use discover::{
    Consent, Discovery, DiscoveryStep, discover, discover_and_register, discover_from, register, unregister,
};
pub use draft::ManifestDraft;
pub use drift::{Drift, DriftSources, scopes_supported};
pub use export::{
    ExportError, engine_drift, export_configuration, export_server_configuration, is_current, running_drift,
    write_configuration,
};
pub(in crate::app) use files::read_manifest;
pub use import::{ImportRequest, ImportResult, import_description};
pub use open::{OpenError, check_manifest, check_manifest_text, find_manifest, open_manifest};
pub use preset::{PresetClient, PresetGuide, add_client, add_preset, context_of_record};
pub use provide::{ProvidedManifest, provide_manifest, provide_secret};
pub use registration::{ClientOrigin, RegisteredClient, RegistrationStore, client_for};
pub use review::{FormattedManifest, format_manifest, manifest_at_revision, write_manifest};
