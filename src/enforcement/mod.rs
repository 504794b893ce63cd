//! Configuration of other engines from a manifest: the neutral model, and one exporter per engine.
//!
//! | module | content |
//! |---|---|
//! | `model` | which requests need which scopes, with implications expanded |
//! | `pattern` | regular expressions for paths and scopes |
//! | `options` | the options of an export, as they stand in the file |
//! | `drift` | differences between a file and a fresh export |
//! | `running` | what runs, read from the files of engines and authorization servers, and compared |
//! | `server` | scopes and ceilings for authorization servers |
//! | `text` | what the text formats have in common |
//! | `nginx`, `haproxy`, `apache` | text formats |
//! | `overlap` | which endpoints share paths, for engines that do not take the first match |
//! | `istio`, `aws` | YAML: policies of a mesh, and the OpenAPI document of an API Gateway |
//! | `cedar` | policies for an application that finds the endpoint itself |
//! | `envoy` | bootstrap with a route tree, `jwt_authn` and RBAC per route |
//!
//! An exporter never writes a weaker rule than the manifest's: what an engine can't express is a finding.
//!
//! Pure: files and the command line are elsewhere.

mod apache;
mod aws;
mod cedar;
mod drift;
mod envoy;
mod findings;
mod haproxy;
mod istio;
mod model;
mod nginx;
mod options;
mod overlap;
mod pattern;
mod running;
mod server;
mod text;

use std::collections::BTreeSet;

pub use self::drift::{ExportedFile, compare};
pub use self::findings::ALL as CODES;
use self::findings::unsupported;
pub use self::model::{Access, Alternative, Model, Rule, ScopeNeed};
pub use self::running::{CODES as RUNNING_CODES, Running, RunningDescription, compare_running, read as read_running};
pub use self::server::{ServerFormat, TerraformProvider, export_server};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Api, Effect, Manifest};

/// Where an engine finds the keys that verify tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Path of a file, as the engine sees it.
    File(String),
    /// URL of a key set (JWKS).
    Url(url::Url),
    /// The engine finds them through the metadata of the issuer, or does not verify tokens.
    Issuer,
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
    /// Label of the workloads that an Istio policy is for, such as `app=orders`.
    pub selector: Option<String>,
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
    /// Istio: `RequestAuthentication` and `AuthorizationPolicy`.
    Istio,
    /// HTTP API of AWS API Gateway with a JWT authorizer: an OpenAPI document.
    Aws,
    /// Cedar: one policy per endpoint.
    Cedar,
}

impl Engine {
    /// Every engine.
    pub const ALL: [Self; 7] =
        [Self::Envoy, Self::Nginx, Self::Haproxy, Self::Apache, Self::Istio, Self::Aws, Self::Cedar];

    /// Returns the name as on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Envoy => "envoy",
            Self::Nginx => "nginx",
            Self::Haproxy => "haproxy",
            Self::Apache => "apache",
            Self::Istio => "istio",
            Self::Aws => "aws",
            Self::Cedar => "cedar",
        }
    }

    /// Returns how the engine gets its keys.
    fn key_source(self) -> KeySource {
        match self {
            Self::Envoy | Self::Nginx | Self::Haproxy | Self::Apache => KeySource::Named,
            Self::Istio => KeySource::NamedOrIssuer,
            Self::Aws | Self::Cedar => KeySource::Issuer,
        }
    }

    /// Returns the start of a comment in the engine's configuration.
    fn comment(self) -> &'static str {
        match self {
            Self::Cedar => "//",
            _ => "#",
        }
    }
}

/// How an engine gets its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeySource {
    /// They have to be named.
    Named,
    /// From a URL, if one is named.
    NamedOrIssuer,
    /// They can't be named.
    Issuer,
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
        Engine::Istio => istio::export(&model),
        Engine::Aws => aws::export(&model),
        Engine::Cedar => Ok(cedar::export(&model)),
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
