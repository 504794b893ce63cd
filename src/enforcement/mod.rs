//! Configuration of other engines from a manifest: the neutral model, and one exporter per engine.
//!
//! | module | content |
//! |---|---|
//! | `model` | which requests need which scopes, with implications expanded |
//! | `pattern` | regular expressions for paths and scopes |
//! | `options` | the options of an export, as they stand in the file |
//! | `drift` | differences between a file and a fresh export |
//! | `text` | what the text formats have in common |
//! | `nginx`, `haproxy`, `apache` | text formats |
//! | `envoy` | bootstrap with a route tree, `jwt_authn` and RBAC per route |
//!
//! An exporter never writes a weaker rule than the manifest's: what an engine can't express is a finding.
//!
//! Pure: files and the command line are elsewhere.

mod apache;
mod drift;
mod envoy;
mod findings;
mod haproxy;
mod model;
mod nginx;
mod options;
mod pattern;
mod text;

use std::collections::BTreeSet;

pub use self::drift::{ExportedFile, compare};
pub use self::findings::ALL as CODES;
use self::findings::unsupported;
pub use self::model::{Access, Alternative, Model, Rule, ScopeNeed};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Api, Effect, Manifest};

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
    /// Exports the scopes although the manifest has a policy.
    pub without_policy: bool,
}

/// An engine whose configuration can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Envoy 1.30 or later: a bootstrap in JSON.
    Envoy,
    /// nginx with nginx-auth-jwt 0.14 or later: maps and a server.
    Nginx,
    /// `HAProxy` 2.6 or later: a frontend and a backend.
    Haproxy,
    /// Apache 2.4 with `mod_auth_openidc` 2.4.
    Apache,
}

impl Engine {
    /// Every engine.
    pub const ALL: [Self; 4] = [Self::Envoy, Self::Nginx, Self::Haproxy, Self::Apache];

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
pub fn export(
    engine: Engine,
    manifest: &Manifest,
    api: &Api,
    source: &str,
    options: &ExportOptions,
) -> Result<String, Vec<Diagnostic>> {
    let mut obstacles = policy(manifest, options);
    let model = Model::new(api, source, engine, options);
    obstacles.extend(model.as_ref().err().into_iter().flatten().cloned());
    let model = model.map_err(|_| Vec::<Diagnostic>::new());
    let Some(model) = model.ok().filter(|_| obstacles.is_empty()) else { return Err(obstacles) };
    match engine {
        Engine::Envoy => envoy::export(&model),
        Engine::Nginx => nginx::export(&model),
        Engine::Haproxy => haproxy::export(&model),
        Engine::Apache => apache::export(&model),
    }
}

/// Rules of a policy, which depend on circumstances that engines don't know.
fn policy(manifest: &Manifest, options: &ExportOptions) -> Vec<Diagnostic> {
    if options.without_policy {
        return Vec::new();
    }
    let hint = "use a decision endpoint (`tokscope gateway authorize`), or `--without-policy` if the policy is enforced elsewhere";
    let rules = manifest.policy.rules.iter().enumerate().filter(|(_, rule)| rule.effect != Effect::Allow);
    let mut found: Vec<Diagnostic> = rules
        .map(|(index, rule)| {
            unsupported(format!("policy rule {} can't be expressed by the engine", index + 1), hint)
                .at(rule.span.clone())
        })
        .collect();
    if manifest.policy.default_effect() != Effect::Allow {
        found.push(unsupported("the policy denies by default, which the engine can't express", hint));
    }
    found
}
