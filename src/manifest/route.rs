//! Routing of a method and URL to the most specific matching endpoint.

use std::borrow::Cow;

use thiserror::Error;
use url::Url;

use super::mcp;
use super::percent::{decode, is_dot_segment};
use super::router::{bind_all, fold};
use super::{Api, Endpoint, Manifest};
use crate::text::nearest;

/// An endpoint that matches a request.
#[derive(Clone, Debug)]
pub struct Route<'m> {
    /// API of the endpoint.
    pub api: &'m Api,
    /// The endpoint.
    pub endpoint: &'m Endpoint,
    /// Values of the path parameters, percent-decoded, in order. Empty if the endpoint was named by its template.
    pub parameters: Vec<(String, String)>,
    /// The given query, without the question mark.
    pub query: Option<String>,
}

impl Route<'_> {
    /// Returns the URL to call: base URL, template with its parameters filled in, and the query including what the
    /// template requires.
    ///
    /// # Errors
    /// Returns the name of the first parameter without a value.
    pub fn url(&self) -> Result<Url, String> {
        let value = |name: &str| {
            // the last value given wins
            let found = self.parameters.iter().rev().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        };
        let path = self.endpoint.template.fill(value)?;
        let query = self.endpoint.template.fill_query(self.query.as_deref(), value)?;
        let mut url = self.api.base_url.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        url.set_query(query.as_deref());
        Ok(url)
    }
}

/// Why a request has no route.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RouteError {
    /// Neither a path nor a URL, with or without a method.
    #[error("`{0}` is not a valid endpoint: expected a method and a path, such as `GET /orders/7`")]
    Syntax(String),
    /// A URL with user information. It may be a token, so it is not repeated.
    #[error("the URL has user information (`user:password@`), which is not sent")]
    UserInformation,
    /// No endpoint of any API matches.
    #[error("no endpoint in the manifest matches `{request}`")]
    Unknown {
        /// The request.
        request: String,
        /// Endpoints with similar names, most similar first.
        nearest: Vec<String>,
    },
    /// Endpoints of several APIs match.
    #[error("`{request}` matches endpoints of several APIs: {}", apis.join(", "))]
    Ambiguous {
        /// The request.
        request: String,
        /// Names of the APIs.
        apis: Vec<String>,
    },
}

impl Manifest {
    /// Finds the endpoint for `METHOD /path?query`, `METHOD https://host/path` or `METHOD /template/{id}`. A path is
    /// relative to the base URL, or starts with the base URL's own path; a URL is below the base URL or below one of
    /// the API's `servers`. `api` restricts the search to one API.
    ///
    /// The most specific template wins, segment by segment with backtracking: literal, literal around a parameter,
    /// parameter, catch-all; then the template that requires more of the query. Both sides are percent-decoded segment
    /// by segment before they are compared. A path with dot segments matches nothing, since client and server may
    /// resolve them differently.
    ///
    /// # Errors
    /// See [`RouteError`].
    pub fn route(&self, request: &str, api: Option<&str>) -> Result<Route<'_>, RouteError> {
        let syntax = || RouteError::Syntax(request.to_owned());
        let request = request.trim();
        // a path or URL alone means GET
        let (method, target) = match request.split_once(char::is_whitespace) {
            Some(parts) => parts,
            None if Target::parse(request).is_some() => ("GET", request),
            None => return Err(syntax()),
        };
        let (method, target) = (method.to_ascii_uppercase(), target.trim());
        let operation = (method == mcp::METHOD).then(|| mcp::path(target).ok_or_else(syntax)).transpose()?;
        let target = operation.as_deref().unwrap_or(target);
        let apis: Vec<&Api> = self.apis.iter().filter(|known| api.is_none_or(|name| known.name == name)).collect();
        let target = Target::parse(target).ok_or_else(syntax)?;
        if target.absolute.as_ref().is_some_and(|(url, _)| !url.username().is_empty() || url.password().is_some()) {
            return Err(RouteError::UserInformation);
        }
        let mut found: Vec<Route<'_>> = apis.iter().filter_map(|api| target.route(api, &method)).collect();
        match found.len() {
            1 => found.pop().ok_or_else(syntax),
            0 => {
                let names: Vec<String> = apis.iter().flat_map(|api| &api.endpoints).map(ToString::to_string).collect();
                let wanted = format!("{method} {}", target.text);
                let nearest = nearest(&wanted, names.iter().map(String::as_str), 3);
                let nearest = nearest.into_iter().map(str::to_owned).collect();
                Err(RouteError::Unknown { request: wanted, nearest })
            }
            _ => Err(RouteError::Ambiguous {
                request: request.to_owned(),
                apis: found.iter().map(|route| route.api.name.clone()).collect(),
            }),
        }
    }

    /// Returns the endpoints, at most one of each API, that match a request: the method as sent, and a path or URL.
    /// Does not search for similar names, so it is suitable for many requests.
    #[must_use]
    pub fn answers(&self, method: &str, target: &str) -> Vec<Route<'_>> {
        let target = Target::parse(target);
        target.map(|target| self.apis.iter().filter_map(|api| target.route(api, method)).collect()).unwrap_or_default()
    }

    /// Returns the same endpoints as [`Self::answers`], without the values of their parameters.
    #[must_use]
    pub fn endpoints_for(&self, method: &str, target: &str) -> Vec<(&Api, &Endpoint)> {
        let Some(target) = Target::parse(target) else { return Vec::new() };
        let found = self.apis.iter().filter_map(|api| {
            let named = target.named(api, method);
            let found = named.or_else(|| target.search(api, |path| Some(api.locate(method, path)?.endpoint)));
            Some((api, found?))
        });
        found.collect()
    }
}

/// An endpoint that matches a path, whose parameters are not bound yet.
struct Located<'m, 't> {
    /// Position of the endpoint.
    index: usize,
    endpoint: &'m Endpoint,
    /// Segments of the path, percent-decoded.
    segments: Vec<Cow<'t, str>>,
    query: Option<&'t str>,
}

/// Target of a request.
struct Target<'t> {
    text: &'t str,
    /// The URL, and its path, query and fragment as written: a parsed URL has its dot segments resolved.
    absolute: Option<(Url, &'t str)>,
}

impl<'t> Target<'t> {
    /// Returns `None` if the string is neither a path nor a URL.
    fn parse(text: &'t str) -> Option<Self> {
        if text.starts_with('/') {
            return Some(Self { text, absolute: None });
        }
        let url = Url::parse(text).ok()?;
        let after = text.split_once("://").map_or("", |(_, after)| after);
        let path = after.find(['/', '?', '#']).and_then(|at| after.get(at..)).unwrap_or("/");
        Some(Self { text, absolute: Some((url, path)) })
    }

    fn route<'m>(&self, api: &'m Api, method: &str) -> Option<Route<'m>> {
        let named = self.named(api, method);
        let named = named.map(|endpoint| Route { api, endpoint, parameters: Vec::new(), query: None });
        named.or_else(|| self.search(api, |path| api.route(method, path)))
    }

    /// Returns the endpoint that is named by its template.
    fn named<'m>(&self, api: &'m Api, method: &str) -> Option<&'m Endpoint> {
        api.named(method, self.text).filter(|_| self.absolute.is_none())
    }

    /// Searches with the paths that the target can have below the base URL.
    fn search<R>(&self, api: &Api, find: impl Fn(&'t str) -> Option<R>) -> Option<R> {
        let base = api.base_url.path().trim_end_matches('/');
        let Some((url, path)) = &self.absolute else {
            let below = || self.text.strip_prefix(base).filter(|_| !base.is_empty());
            return find(self.text).or_else(|| find(below()?));
        };
        let below_base = || path.strip_prefix(base).filter(|_| api.base_url.origin() == url.origin());
        let below_server = || api.servers.iter().find_map(|server| server.strip(url, path));
        find(below_base().or_else(below_server)?)
    }
}

impl Api {
    /// Returns the endpoint with that method and exactly that template.
    fn named(&self, method: &str, template: &str) -> Option<&Endpoint> {
        let is_named = |endpoint: &&Endpoint| endpoint.method == method && endpoint.template.as_str() == template;
        if template.contains('{') {
            return self.endpoints.iter().find(is_named);
        }
        // a template without a brace, question mark or fragment is found as a path
        if self.router.marked.is_empty() || !template.contains(['?', '#']) {
            return None;
        }
        self.router.marked.iter().filter_map(|index| self.endpoints.get(*index)).find(is_named)
    }

    /// Returns the positions of all endpoints in the order of routing: of those that match a path with one method, the first
    /// is the one that [`Self::route`] returns.
    #[must_use]
    pub fn routing_order(&self) -> Vec<usize> {
        self.router.order()
    }

    /// Finds the endpoint for a method and a path relative to the base URL. HEAD falls back to GET if the manifest has
    /// no entry for it (RFC 9110 §9.3.2). Among templates that differ only in their fragments, a path without one
    /// matches the first.
    #[must_use]
    pub fn route(&self, method: &str, path: &str) -> Option<Route<'_>> {
        let Located { endpoint, segments, query, .. } = self.locate(method, path)?;
        let template = &endpoint.template;
        // a match that ignored case binds without case, too
        let folded = || bind_all(&template.folded(), &segments.iter().map(|segment| fold(segment)).collect::<Vec<_>>());
        let mut parameters = bind_all(template.segments(), &segments).or_else(folded)?;
        template.bind_query(query, &mut parameters);
        Some(Route { api: self, endpoint, parameters, query: query.map(str::to_owned) })
    }

    /// Like [`Self::route`], but returns only the position of the endpoint.
    #[must_use]
    pub fn position(&self, method: &str, path: &str) -> Option<usize> {
        self.locate(method, path).map(|located| located.index)
    }

    fn locate<'t>(&self, method: &str, path: &'t str) -> Option<Located<'_, 't>> {
        let (path, fragment) = match path.split_once('#') {
            Some((path, fragment)) => (path, Some(fragment)),
            None => (path, None),
        };
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        let path = if path.is_empty() { "" } else { path.strip_prefix('/')? };
        let is_encoded = memchr::memchr(b'%', path.as_bytes()).is_some();
        if (is_encoded || path.contains('.')) && path.split('/').any(is_dot_segment) {
            return None;
        }
        let segments: Vec<Cow<'_, str>> = match is_encoded {
            true => path.split('/').map(decode).collect(),
            false => path.split('/').map(Cow::Borrowed).collect(),
        };
        let find = |method: &str, fragment: Option<&str>| {
            let accept = |endpoint: &Endpoint| {
                endpoint.template.accepts_query(query)
                    && (fragment.is_none() || endpoint.template.fragment() == fragment)
            };
            self.router.find(method, &segments, &self.endpoints, &accept)
        };
        let by_method = |method: &str| {
            let exactly = fragment.and_then(|fragment| find(method, Some(fragment)));
            exactly.or_else(|| find(method, None))
        };
        let index = by_method(method).or_else(|| (method == "HEAD").then(|| by_method("GET")).flatten())?;
        let endpoint = self.endpoints.get(index)?;
        Some(Located { index, endpoint, segments, query })
    }
}
