//! Import of endpoints and scopes from API descriptions.
//!
//! Pure: the bytes are passed in, and files next to the description are read through a function of the caller. What
//! can't be imported is listed, and whatever was inferred is reported.
//!
//! ```text
//! bytes -> parse -> openapi + security + servers ┐
//!                   google                       ├-> source -> list_meaning -> assemble -> Import -> merge
//!                   graph, github                ┘
//! ```

mod agent_card;
mod arazzo;
mod assemble;
mod asyncapi;
mod aws_template;
mod documents;
mod emitter;
mod findings;
mod github;
mod google;
mod graph;
mod graphql;
mod list_meaning;
mod merge;
mod new_manifest;
mod node;
mod openapi;
mod overlay;
mod parse;
mod paths;
mod prose;
mod risk;
mod security;
mod servers;
mod source;
mod well_known;
mod yaml_repair;

use std::fmt;

use thiserror::Error;

use self::documents::Documents;
use self::findings::{OVERLAY_UNMATCHED, SYNTAX_TOLERATED};
use super::{ListMeaning, Template};
use crate::diagnostic::Diagnostic;
use crate::scope::{Risk, Scope, ScopeSet};

pub use self::arazzo::{WorkflowCall, workflow_calls};
pub use self::documents::Files;
pub use self::findings::ALL as CODES;
pub use self::list_meaning::MeaningChoice;
pub use self::merge::{Change, ChangeKind, Policy, Target, slug};
pub use self::new_manifest::{ApiKey, NEW_CLIENT, NewClient, NewManifest};
pub(super) use self::node::Node;
pub use self::parse::SyntaxError;
pub(super) use self::parse::parse;
use self::parse::parse_leniently;

/// Options of an import.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Meaning of lists of several scopes; `None`: inferred.
    pub reading: Option<ListMeaning>,
    /// Base URL, instead of the description's own server.
    pub base_url: Option<String>,
    /// Kind of permissions, if a source has several.
    pub principal: Principal,
    /// GraphQL engine, which defines what nested lists mean; `None`: inferred.
    pub engine: Option<GraphqlEngine>,
    /// Overlays that are applied to the description, in order: name and contents.
    pub overlays: Vec<(String, Vec<u8>)>,
}

/// A GraphQL engine that enforces `@requiresScopes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphqlEngine {
    /// Apollo Router, `WunderGraph` Cosmo or Hive Router: any of the outer list, all of each inner one.
    Apollo,
    /// Grafbase: all of the outer list, any of each inner one.
    Grafbase,
}

/// Kind of a Microsoft Graph permission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Principal {
    /// A signed-in user with a work or school account.
    #[default]
    Delegated,
    /// A signed-in user with a personal account.
    Personal,
    /// An application without a signed-in user.
    Application,
}

impl Principal {
    fn scheme(self) -> &'static str {
        match self {
            Self::Delegated => "DelegatedWork",
            Self::Personal => "DelegatedPersonal",
            Self::Application => "Application",
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Delegated => "delegated",
            Self::Personal => "personal",
            Self::Application => "application",
        })
    }
}

/// Result of an import.
#[derive(Clone, Debug)]
pub struct Import {
    /// Format, such as `OpenAPI 3.0.3`.
    pub format: String,
    /// Display name of the API.
    pub title: Option<String>,
    /// Issuer of its tokens, if the description has one.
    pub issuer: Option<String>,
    /// Base URLs of all servers of the description.
    pub servers: Vec<String>,
    /// Audience of its tokens, if the description has one.
    pub audience: Option<String>,
    /// Meaning of lists of several scopes.
    pub reading: MeaningChoice,
    /// Whether paths are matched without regard to case.
    pub ignore_case: bool,
    /// Number of imported operations.
    pub operations: usize,
    /// Number of imported operations that name a scope.
    pub scoped: usize,
    /// APIs, one per base URL: first that of the description's own server, then those of operations with another
    /// server.
    pub apis: Vec<ImportedApi>,
    /// Skipped operations, each with the reason as part of a sentence. Untrusted text.
    pub skipped: Vec<(String, String)>,
    /// Findings about the description, the most severe first.
    pub findings: Vec<Diagnostic>,
}

impl Import {
    /// Whether the API can be at this base URL, according to the description: it names that server, or none that can be
    /// called.
    #[must_use]
    pub fn fits(&self, base_url: &str) -> bool {
        let same = |one: &str| one.trim_end_matches('/') == base_url.trim_end_matches('/');
        let mut apis = self.apis.iter().map(|api| api.base_url.as_str());
        let first = self.apis.first().is_none_or(|api| servers::is_placeholder(&api.base_url));
        first || apis.any(same) || self.servers.iter().any(|server| same(server))
    }
}

/// Endpoints below one base URL.
#[derive(Clone, Debug)]
pub struct ImportedApi {
    /// Base URL that is valid in a manifest. A host below `.invalid` is a placeholder for one that the description does
    /// not name.
    pub base_url: String,
    /// Scopes, in the order of the source.
    pub scopes: Vec<ImportedScope>,
    /// Endpoints, in the order of the source, no two of which match the same requests.
    pub endpoints: Vec<ImportedEndpoint>,
}

/// An imported scope.
#[derive(Clone, Debug)]
pub struct ImportedScope {
    /// The scope.
    pub scope: Scope,
    /// Description from the source, on one line and escaped.
    pub description: Option<String>,
    /// Risk, if known or inferred.
    pub risk: Option<Risk>,
    /// Whether the risk was inferred from its name or from the methods that require it.
    pub inferred: bool,
    /// Scopes that it implies, according to the source.
    pub implies: Vec<Scope>,
}

/// An imported endpoint.
#[derive(Clone, Debug)]
pub struct ImportedEndpoint {
    /// Method, in upper case.
    pub method: String,
    /// Path template.
    pub template: Template,
    /// Alternatives, at least one.
    pub alternatives: Vec<ScopeSet>,
    /// Whether the call also works without a token.
    pub optional: bool,
    /// Whether the source demands a valid token even if no scope is required.
    pub any_token: bool,
    /// Summary from the source, on one line and escaped.
    pub summary: Option<String>,
}

/// `GET /orders/{id}`
impl fmt::Display for ImportedEndpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.template)
    }
}

/// Why an import failed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ImportError {
    /// The document is neither JSON nor YAML.
    #[error("`{name}` can't be parsed: {error}")]
    Syntax {
        /// Name of the description.
        name: String,
        /// The syntax error.
        error: SyntaxError,
    },
    /// An overlay can't be applied.
    #[error("overlay `{name}` can't be applied: {reason}")]
    Overlay {
        /// Name of the overlay.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// The document is not a supported kind of API description.
    #[error("`{0}` is not a supported API description")]
    Unknown(String),
    /// The version of the description is not supported.
    #[error("`{name}` is {format} `{version}`, which is not supported")]
    Version {
        /// Name of the description.
        name: String,
        /// `OpenAPI`, `Swagger` or `AsyncAPI`.
        format: &'static str,
        /// Version of the format.
        version: String,
    },
}

/// Imports an API description: OpenAPI 3.x and Swagger 2.0 in JSON or YAML, `AsyncAPI` 3, GraphQL schemas, A2A agent cards,
/// AWS SAM and `CloudFormation` templates, Google discovery documents, the permissions of Microsoft Graph and of GitHub.
///
/// `name` is the file name; `files` reads files next to it.
///
/// # Errors
/// When it can't be parsed, or its format or version is not supported.
pub fn import(name: &str, bytes: &[u8], options: &Options, files: &mut Files<'_>) -> Result<Import, ImportError> {
    if let Ok(text) = std::str::from_utf8(bytes)
        && graphql::is_schema(name, text)
    {
        return Ok(assemble::assemble(graphql::read(text, options.engine), options));
    }
    let syntax = |error| ImportError::Syntax { name: name.to_owned(), error };
    let (mut root, tolerated) = parse_leniently(bytes).map_err(syntax)?;
    let mut unmatched = Vec::new();
    for (overlay, bytes) in &options.overlays {
        let wrong = |reason| ImportError::Overlay { name: overlay.clone(), reason };
        let (changed, applied) = overlay::apply(&root, bytes).map_err(wrong)?;
        root = changed;
        unmatched
            .extend(applied.unmatched.into_iter().map(|target| format!("`{target}` of `{overlay}` selects nothing")));
    }
    let openapi = root.text_of("openapi").map(|version| ("OpenAPI", version));
    let swagger = || root.text_of("swagger").map(|version| ("Swagger", version));
    let version = openapi.or_else(swagger).map(|(format, version)| (format, version.to_owned()));
    let source = if let Some((format, version)) = version {
        if !version.starts_with("3.") && !version.starts_with('2') && version != "3" {
            return Err(ImportError::Version { name: name.to_owned(), format, version });
        }
        let (mut documents, place) = Documents::new(name, root, files);
        openapi::read(&mut documents, &place, &version)
    } else if let Some(version) = root.text_of("asyncapi").map(str::to_owned) {
        if !version.starts_with('3') {
            return Err(ImportError::Version { name: name.to_owned(), format: "AsyncAPI", version });
        }
        let (mut documents, place) = Documents::new(name, root, files);
        asyncapi::read(&mut documents, &place, &version)
    } else if aws_template::is_template(&root) {
        aws_template::read(&root)
    } else if agent_card::is_card(&root) {
        let (mut documents, place) = Documents::new(name, root, files);
        agent_card::read(&mut documents, &place)
    } else if root.text_of("kind") == Some("discovery#restDescription") {
        google::read(&root)
    } else if graph::is_permissions(&root) {
        graph::read(&root, options.principal)
    } else if github::is_permissions(&root) {
        github::read(&root)
    } else {
        return Err(ImportError::Unknown(name.to_owned()));
    };
    let mut source = source;
    for what in unmatched {
        source.notes.add(&OVERLAY_UNMATCHED, what, None);
    }
    if let Some(error) = tolerated {
        source.notes.add(
            &SYNTAX_TOLERATED,
            format!("the YAML is not valid, but read as other parsers do: {error}"),
            None,
        );
    }
    Ok(assemble::assemble(source, options))
}

/// Imports the description at a path relative to a directory, which `files` reads from.
///
/// # Errors
/// Describes the error: the path is outside the directory, the file can't be read or parsed, or its format is not
/// supported.
pub(super) fn import_relative(path: &str, options: &Options, files: &mut Files<'_>) -> Result<Import, String> {
    let path = documents::join("", path)?;
    let bytes = files(&path)?;
    import(&path, &bytes, options, files).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
