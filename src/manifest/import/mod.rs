//! The map of endpoints to scopes, imported from the description of a real API.
//!
//! Pure: the bytes come in, and files beside the description come from a function that the caller gives. What can't be
//! imported is listed, and whatever was guessed is said.
//!
//! ```text
//! bytes -> parse -> openapi + security + servers ┐
//!                   google                       ├-> source -> reading -> assemble -> Import -> merge
//!                   graph, github                ┘
//! ```

mod assemble;
mod documents;
mod findings;
mod first;
mod github;
mod google;
mod graph;
mod merge;
mod node;
mod openapi;
mod parse;
mod paths;
mod reading;
mod risk;
mod security;
mod servers;
mod source;

use std::fmt;

use thiserror::Error;

use self::documents::Documents;
use super::{ListMeaning, Template};
use crate::diagnostic::Diagnostic;
use crate::scope::{Risk, Scope, ScopeSet};

pub use self::documents::Files;
pub use self::findings::ALL as CODES;
pub use self::first::First;
pub use self::merge::{Change, ChangeKind, Policy, Target, slug};
pub(super) use self::node::Node;
pub use self::parse::SyntaxError;
pub(super) use self::parse::parse;
pub use self::reading::ListReading;

/// What the caller decides about an import.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How lists of several scopes are read; `None`: guessed.
    pub reading: Option<ListMeaning>,
    /// What the paths are relative to, in place of the description's own server.
    pub base_url: Option<String>,
    /// For whom permissions are, where a source has them for several.
    pub principal: Principal,
}

/// For whom a permission of Microsoft Graph is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Principal {
    /// A user of an organization signed in.
    #[default]
    Delegated,
    /// A user with a personal account signed in.
    Personal,
    /// Nobody is signed in.
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

/// What came of a description.
#[derive(Clone, Debug)]
pub struct Import {
    /// Such as `OpenAPI 3.0.3`.
    pub format: String,
    /// The API's name for people.
    pub title: Option<String>,
    /// Where its tokens come from, if the description says so.
    pub issuer: Option<String>,
    /// How lists of several scopes were read.
    pub reading: ListReading,
    /// Whether paths that differ only by case are the same.
    pub ignore_case: bool,
    /// How many operations of the description were imported.
    pub operations: usize,
    /// How many of them name a scope.
    pub scoped: usize,
    /// One for each base URL: the first is that of the description's own server, the others are operations with a
    /// server of their own.
    pub apis: Vec<ImportedApi>,
    /// The operations that were left out, each with the reason as part of a sentence. Text from outside.
    pub skipped: Vec<(String, String)>,
    /// What is odd about the description, the worst first.
    pub findings: Vec<Diagnostic>,
}

/// The endpoints below one base URL.
#[derive(Clone, Debug)]
pub struct ImportedApi {
    /// A base URL as a manifest can have it. A host below `.invalid` stands for one that the description does not name.
    pub base_url: String,
    /// The scopes, in the order of the source.
    pub scopes: Vec<ImportedScope>,
    /// The endpoints, in the order of the source, no two of which answer the same requests.
    pub endpoints: Vec<ImportedEndpoint>,
}

/// A scope as it was imported.
#[derive(Clone, Debug)]
pub struct ImportedScope {
    /// The scope.
    pub scope: Scope,
    /// What it allows, in the source's words, on one line and escaped.
    pub description: Option<String>,
    /// How much harm it can do.
    pub risk: Option<Risk>,
    /// Whether the risk was inferred from its name or from the methods that need it.
    pub inferred: bool,
    /// What the source says that it implies.
    pub implies: Vec<Scope>,
}

/// An endpoint as it was imported.
#[derive(Clone, Debug)]
pub struct ImportedEndpoint {
    /// The method, in upper case.
    pub method: String,
    /// The path template.
    pub template: Template,
    /// One of these must be held whole; at least one. An empty one in front of others says that a token is optional.
    pub alternatives: Vec<ScopeSet>,
    /// What it does, in the source's words, on one line and escaped.
    pub summary: Option<String>,
}

/// `GET /orders/{id}`
impl fmt::Display for ImportedEndpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.template)
    }
}

/// Why nothing was imported.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ImportError {
    /// It is neither JSON nor YAML.
    #[error("`{name}` can't be parsed: {error}")]
    Syntax {
        /// The name of the description.
        name: String,
        /// What is wrong, and where.
        error: SyntaxError,
    },
    /// It parses, and is no description of a kind that is known.
    #[error("`{0}` is no description of an API that can be imported")]
    Unknown(String),
    /// It is a description in a version that is not known.
    #[error("`{name}` is OpenAPI `{version}`, which can't be imported")]
    Version {
        /// The name of the description.
        name: String,
        /// The version that it claims.
        version: String,
    },
}

/// Imports a description: OpenAPI 3.x and Swagger 2.0 in JSON or YAML, Google discovery documents, the permissions of
/// Microsoft Graph, GitHub's data on permissions.
///
/// `name` is the file's own name; `files` reads others beside it.
///
/// # Errors
/// When it can't be parsed, or is nothing that is known.
pub fn import(name: &str, bytes: &[u8], options: &Options, files: &mut Files<'_>) -> Result<Import, ImportError> {
    let syntax = |error| ImportError::Syntax { name: name.to_owned(), error };
    let root = parse(bytes).map_err(syntax)?;
    let version = root.text_of("openapi").or_else(|| root.text_of("swagger")).map(str::to_owned);
    let source = if let Some(version) = version {
        if !version.starts_with("3.") && !version.starts_with('2') && version != "3" {
            return Err(ImportError::Version { name: name.to_owned(), version });
        }
        let (mut documents, place) = Documents::new(name, root, files);
        openapi::read(&mut documents, &place, &version)
    } else if root.text_of("kind") == Some("discovery#restDescription") {
        google::read(&root)
    } else if graph::is_permissions(&root) {
        graph::read(&root, options.principal)
    } else if github::is_permissions(&root) {
        github::read(&root)
    } else {
        return Err(ImportError::Unknown(name.to_owned()));
    };
    Ok(assemble::assemble(source, options))
}

/// Imports the description at a path relative to a folder, which `files` reads from.
///
/// # Errors
/// A sentence: the path leads out of the folder, the file can't be read or parsed, or is nothing that is known.
pub(super) fn describe(path: &str, options: &Options, files: &mut Files<'_>) -> Result<Import, String> {
    let path = documents::join("", path)?;
    let bytes = files(&path)?;
    import(&path, &bytes, options, files).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
