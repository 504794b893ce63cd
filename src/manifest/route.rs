//! From a method and a URL to the endpoint that answers it, the most specific first.

use std::collections::HashMap;

use thiserror::Error;
use url::Url;

use super::endpoint::{Piece, Segment, decode, is_dot_segment};
use super::{Api, Endpoint, Manifest};
use crate::text::nearest;

/// An index over the endpoints of one API: a trie over segments.
#[derive(Clone, Debug, Default)]
pub(super) struct Router {
    root: Node,
}

#[derive(Clone, Debug, Default)]
struct Node {
    literals: HashMap<String, Node>,
    /// Segments with a parameter, the most specific first.
    patterns: Vec<(Segment, Node)>,
    /// Templates of which the rest begins with a catch-all: their remaining segments and the endpoint.
    rests: Vec<(Vec<Segment>, usize)>,
    /// Endpoints whose template ends here.
    ends: Vec<usize>,
}

impl Router {
    pub(super) fn new(endpoints: &[Endpoint]) -> Self {
        let mut root = Node::default();
        for (index, endpoint) in endpoints.iter().enumerate() {
            root.insert(endpoint.template.segments(), index);
        }
        root.sort();
        Self { root }
    }
}

impl Node {
    fn insert(&mut self, segments: &[Segment], index: usize) {
        let Some((first, rest)) = segments.split_first() else {
            self.ends.push(index);
            return;
        };
        match first.0.as_slice() {
            [] => self.literals.entry(String::new()).or_default().insert(rest, index),
            [Piece::Literal(text)] => self.literals.entry(text.clone()).or_default().insert(rest, index),
            pieces if pieces.iter().any(|piece| matches!(piece, Piece::Rest(_))) => {
                self.rests.push((segments.to_vec(), index));
            }
            _ => {
                let same = |known: &Segment| shape(known) == shape(first);
                if let Some((_, node)) = self.patterns.iter_mut().find(|(known, _)| same(known)) {
                    node.insert(rest, index);
                } else {
                    let mut node = Self::default();
                    node.insert(rest, index);
                    self.patterns.push((first.clone(), node));
                }
            }
        }
    }

    /// More literal characters are more specific.
    fn sort(&mut self) {
        let literal = |segment: &Segment| -> usize {
            segment.0.iter().map(|piece| if let Piece::Literal(text) = piece { text.len() } else { 0 }).sum()
        };
        self.patterns.sort_by_key(|(segment, _)| std::cmp::Reverse(literal(segment)));
        self.rests.sort_by_key(|(segments, _)| std::cmp::Reverse(segments.iter().map(literal).sum::<usize>()));
        self.literals.values_mut().for_each(Self::sort);
        self.patterns.iter_mut().for_each(|(_, node)| node.sort());
    }

    /// The first endpoint by specificity that `accept` takes.
    fn find(&self, segments: &[String], accept: &impl Fn(usize) -> bool) -> Option<usize> {
        let Some((first, rest)) = segments.split_first() else {
            return self.ends.iter().copied().find(|index| accept(*index));
        };
        let literal = self.literals.get(first).and_then(|node| node.find(rest, accept));
        literal
            .or_else(|| {
                self.patterns
                    .iter()
                    .filter(|(segment, _)| bind(&segment.0, first).is_some())
                    .find_map(|(_, node)| node.find(rest, accept))
            })
            .or_else(|| {
                let fits = |pattern: &[Segment]| bind_all(pattern, segments).is_some();
                self.rests
                    .iter()
                    .filter(|(pattern, _)| fits(pattern))
                    .map(|(_, index)| *index)
                    .find(|index| accept(*index))
            })
    }
}

/// What tells two segments apart, whatever their parameters are called.
pub(super) fn shape(segment: &Segment) -> Vec<Option<&str>> {
    segment.0.iter().map(piece_shape).collect()
}

fn piece_shape(piece: &Piece) -> Option<&str> {
    match piece {
        Piece::Literal(text) => Some(text),
        Piece::Rest(_) => Some("/"),
        Piece::Parameter(_) => None,
    }
}

/// The values of a segment's parameters, none of them empty; the shortest that fit.
fn bind(pieces: &[Piece], text: &str) -> Option<Vec<(String, String)>> {
    match pieces {
        [] => text.is_empty().then(Vec::new),
        [Piece::Literal(literal), rest @ ..] => bind(rest, text.strip_prefix(literal.as_str())?),
        [Piece::Parameter(name) | Piece::Rest(name)] => {
            (!text.is_empty()).then(|| vec![(name.clone(), text.to_owned())])
        }
        [Piece::Parameter(name) | Piece::Rest(name), rest @ ..] => text.char_indices().skip(1).find_map(|(at, _)| {
            let (value, after) = text.split_at_checked(at)?;
            let mut bound = vec![(name.clone(), value.to_owned())];
            bound.extend(bind(rest, after)?);
            Some(bound)
        }),
    }
}

/// The values of all parameters of a template, catch-alls over as few segments as fit.
fn bind_all(pattern: &[Segment], segments: &[String]) -> Option<Vec<(String, String)>> {
    let Some((first, rest)) = pattern.split_first() else {
        return segments.is_empty().then(Vec::new);
    };
    let most = if first.0.iter().any(|piece| matches!(piece, Piece::Rest(_))) { segments.len() } else { 1 };
    (1..=most).find_map(|count| {
        let (taken, after) = segments.split_at_checked(count)?;
        let mut bound = bind(&first.0, &taken.join("/"))?;
        bound.extend(bind_all(rest, after)?);
        Some(bound)
    })
}

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
        let value = |name: &str| {
            // the last one given wins
            let found = self.parameters.iter().rev().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        };
        let path = self.endpoint.template.fill(value)?;
        let mut url = self.api.base_url.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        url.set_query(self.query.as_deref());
        Ok(url)
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
    /// catch-all. Both sides are percent-decoded segment by segment before they are compared; a path with dot segments
    /// is answered by nothing, since client and server may resolve them differently.
    ///
    /// # Errors
    /// See [`RouteError`].
    pub fn route(&self, request: &str, api: Option<&str>) -> Result<Route<'_>, RouteError> {
        let syntax = || RouteError::Syntax(request.to_owned());
        let (method, target) = request.trim().split_once(char::is_whitespace).ok_or_else(syntax)?;
        let (method, target) = (method.to_ascii_uppercase(), target.trim());
        let apis: Vec<&Api> = self.apis.iter().filter(|known| api.is_none_or(|name| known.name == name)).collect();
        let mut found: Vec<Route<'_>> = Vec::new();
        if target.starts_with('/') {
            let named = |endpoint: &&Endpoint| endpoint.method == method && endpoint.template.as_str() == target;
            for api in &apis {
                let route = api.endpoints.iter().find(named).map(|endpoint| Route {
                    api,
                    endpoint,
                    parameters: Vec::new(),
                    query: None,
                });
                found.extend(route.or_else(|| api.route(&method, target)).or_else(|| {
                    let base = api.base_url.path().trim_end_matches('/');
                    api.route(&method, target.strip_prefix(base).filter(|_| !base.is_empty())?)
                }));
            }
        } else {
            let url = Url::parse(target).map_err(|_| syntax())?;
            // the text's own path: a parsed URL has its dot segments resolved already
            let after = target.split_once("://").map_or("", |(_, after)| after);
            let path = after.find(['/', '?', '#']).and_then(|at| after.get(at..)).unwrap_or("/");
            for api in apis.iter().filter(|api| api.base_url.origin() == url.origin()) {
                let base = api.base_url.path().trim_end_matches('/');
                found.extend(path.strip_prefix(base).and_then(|path| api.route(&method, path)));
            }
        }
        match found.len() {
            1 => found.pop().ok_or_else(syntax),
            0 => {
                let names: Vec<String> = apis.iter().flat_map(|api| &api.endpoints).map(ToString::to_string).collect();
                let wanted = format!("{method} {target}");
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
}

impl Api {
    /// Finds the endpoint for a method and a path relative to the base URL. HEAD is answered by GET where there is no
    /// line of its own (RFC 9110 §9.3.2).
    #[must_use]
    pub fn route(&self, method: &str, path: &str) -> Option<Route<'_>> {
        let path = path.split('#').next().unwrap_or_default();
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (path, None),
        };
        let path = if path.is_empty() { "" } else { path.strip_prefix('/')? };
        if path.split('/').any(is_dot_segment) {
            return None;
        }
        let segments: Vec<String> = path.split('/').map(decode).collect();
        let by_method = |method: &str| {
            let accept = |index: usize| self.endpoints.get(index).is_some_and(|endpoint| endpoint.method == method);
            self.router.root.find(&segments, &accept)
        };
        let index = by_method(method).or_else(|| (method == "HEAD").then(|| by_method("GET")).flatten())?;
        let endpoint = self.endpoints.get(index)?;
        let parameters = bind_all(endpoint.template.segments(), &segments)?;
        Some(Route { api: self, endpoint, parameters, query })
    }
}
