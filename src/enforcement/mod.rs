//! Configuration of other engines from a manifest: the neutral model, and one exporter per engine.
//!
//! | module | content |
//! |---|---|
//! | `model` | which requests need which scopes, with implications expanded |
//! | `pattern` | regular expressions for paths and scopes |
//! | `text` | what the text formats have in common |
//! | `envoy` | bootstrap with a route tree, `jwt_authn` and RBAC per route |
//!
//! An exporter never writes a weaker rule than the manifest's: what an engine can't express is a finding.
//!
//! Pure: files and the command line are elsewhere.

mod apache;
mod envoy;
mod findings;
mod haproxy;
mod model;
mod nginx;
mod pattern;
mod text;

use std::collections::BTreeSet;

pub use self::findings::ALL as CODES;
pub use self::model::{Access, Alternative, Model, Rule, ScopeNeed};
use crate::diagnostic::Diagnostic;
use crate::manifest::Api;

/// Where an engine finds the keys that verify tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Path of a file, as the engine sees it.
    File(String),
    /// URL of a key set (JWKS).
    Url(url::Url),
}

/// Options of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportOptions {
    /// Name of the manifest, for references to its lines.
    pub manifest: String,
    /// Where the engine finds the keys.
    pub keys: Option<Keys>,
    /// Signature algorithm, for engines that do not take it from the key.
    pub algorithm: String,
    /// Address that the engine listens on.
    pub listen: String,
    /// URL of the API that the engine forwards to.
    pub upstream: Option<url::Url>,
    /// Claims with scopes, instead of the manifest's.
    pub claims: Vec<String>,
    /// Endpoints that are denied instead of exported, such as `POST /orders?action=close`.
    pub denied: BTreeSet<String>,
}

/// An engine whose configuration can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Envoy 1.30 or later: a bootstrap in JSON.
    Envoy,
    /// nginx with nginx-auth-jwt 0.14 or later: maps and a server.
    Nginx,
    /// HAProxy 2.6 or later: a frontend and a backend.
    Haproxy,
    /// Apache 2.4 with `mod_auth_openidc` 2.4.
    Apache,
}

impl Engine {
    /// Returns the name as on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Envoy => "envoy",
            Self::Nginx => "nginx",
            Self::Haproxy => "haproxy",
            Self::Apache => "apache",
        }
    }
}

/// Exports the configuration of an engine for an API. `source`: the manifest's source text.
///
/// # Errors
/// Everything that the engine can't express.
pub fn export(engine: Engine, api: &Api, source: &str, options: &ExportOptions) -> Result<String, Vec<Diagnostic>> {
    let model = Model::new(api, source, options)?;
    match engine {
        Engine::Envoy => envoy::export(&model),
        Engine::Nginx => nginx::export(&model),
        Engine::Haproxy => haproxy::export(&model),
        Engine::Apache => apache::export(&model),
    }
}
