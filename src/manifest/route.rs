//! From a method and a URL to the endpoint that answers it, the most specific first.

use thiserror::Error;
use url::Url;

use super::{Api, Endpoint, Manifest};

/// An index over the endpoints of one API.
#[derive(Clone, Debug, Default)]
pub(super) struct Router {}

/// The endpoint that answers a request.
#[derive(Clone, Debug)]
pub struct Route<'m> {
    /// Its API.
    pub api: &'m Api,
    /// Itself.
    pub endpoint: &'m Endpoint,
    /// The values of the path's parameters, percent-decoded, in their order. Empty when the endpoint was named by
    /// its template.
    pub parameters: Vec<(String, String)>,
    /// The query that was given, without the question mark.
    pub query: Option<String>,
}

impl Route<'_> {
    /// The URL to call: the base URL, the template with its parameters filled in, the query.
    ///
    /// # Errors
    /// The name of the first parameter that has no value.
    pub fn url(&self) -> Result<Url, String> {
        todo!("manifest")
    }
}

/// Why no endpoint answers.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RouteError {
    /// Not `METHOD /path` nor `METHOD https://…`.
    #[error("`{0}` is no endpoint: expected a method and a path, such as `GET /orders/7`")]
    Syntax(String),
    /// No endpoint of any API answers.
    #[error("no endpoint of the manifest answers `{request}`")]
    Unknown {
        /// What was asked for.
        request: String,
        /// The endpoints with the nearest names, nearest first.
        nearest: Vec<String>,
    },
    /// Endpoints of several APIs answer.
    #[error("`{request}` is answered by several APIs: {}", apis.join(", "))]
    Ambiguous {
        /// What was asked for.
        request: String,
        /// The names of the APIs.
        apis: Vec<String>,
    },
}

impl Manifest {
    /// Finds the endpoint for `METHOD /path?query`, `METHOD https://host/path` or `METHOD /template/{id}`. A path is
    /// relative to the base URL, or begins with the base URL's own path. `api` restricts the search to one API.
    ///
    /// Most specific first, segment by segment with backtracking: literal, literal around a parameter, parameter,
    /// catch-all. Both sides are percent-decoded segment by segment before they are compared.
    ///
    /// # Errors
    /// See [`RouteError`].
    pub fn route(&self, _request: &str, _api: Option<&str>) -> Result<Route<'_>, RouteError> {
        todo!("manifest")
    }
}

impl Api {
    /// Finds the endpoint for a method and a path relative to the base URL.
    #[must_use]
    pub fn route(&self, _method: &str, _path: &str) -> Option<Route<'_>> {
        todo!("manifest")
    }
}
