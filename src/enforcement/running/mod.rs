//! What runs: configurations of engines and authorization servers, in one neutral model, compared with the manifest.
//!
//! | module | content |
//! |---|---|
//! | `tree` | JSON and YAML whose values know their place |
//! | `path` | which paths a route matches |
//! | `envoy`, `istio`, `api_gateway`, `template`, `terraform`, `kong`, `krakend` | readers of engines |
//! | `keycloak`, `auth0`, `okta`, `entra` | readers of authorization servers (also `terraform`) |
//! | `description` | routes as an API description, for an import |
//! | `routes` | compares routes with endpoints |
//! | `registry` | compares scopes and clients of an authorization server |
//!
//! A reader never guesses: what it can't read is listed, and an endpoint that depends on it is not compared.

mod api_gateway;
mod auth0;
mod description;
mod entra;
mod envoy;
mod findings;
mod istio;
mod keycloak;
mod kong;
mod krakend;
mod okta;
mod path;
mod registry;
mod routes;
mod template;
mod terraform;
mod tree;

use std::ops::Range;

pub use self::description::RunningDescription;
pub use self::findings::ALL as CODES;
use self::findings::RUNNING_UNREAD;
use self::path::PathMatch;
use self::tree::Tree;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Api, Manifest};

/// A place in the file, in bytes.
type Span = Range<usize>;

/// What a configuration enforces or offers.
#[derive(Debug, Default)]
pub struct Running {
    /// Format, such as `Envoy`.
    pub format: String,
    /// Which of several matching routes decides.
    precedence: Precedence,
    /// What happens to a request that no route matches.
    default: Fallback,
    routes: Vec<Route>,
    /// Claims that scopes are read from, with their place.
    claims: Vec<(String, Span)>,
    issuers: Vec<(String, Span)>,
    audiences: Vec<(String, Span)>,
    /// Place of a verification of tokens that accepts any audience.
    any_audience: Option<Span>,
    /// Scopes that an authorization server has; `None` for engines.
    scopes: Option<Vec<ServerScope>>,
    clients: Vec<ServerClient>,
    /// What can't be read.
    unread: Vec<(String, Option<Span>)>,
}

/// Which of several matching routes decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Precedence {
    /// The first.
    #[default]
    First,
    /// The most specific.
    MostSpecific,
    /// Any that allows the request, unless one denies it.
    Any,
}

/// What happens to a request that no route matches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Fallback {
    /// It is denied.
    #[default]
    Denied,
    /// It is allowed, with the place that says so, if there is one.
    Allowed(Option<Span>),
}

/// A rule for requests.
#[derive(Clone, Debug)]
struct Route {
    /// Name for messages, such as `GET /orders/{id}`.
    name: String,
    /// Methods; `None`: all.
    methods: Option<Vec<String>>,
    path: PathMatch,
    /// Paths that it does not match.
    excluded: Vec<PathMatch>,
    access: Access,
    span: Span,
}

impl Route {
    fn answers(&self, method: &str, path: &str) -> bool {
        self.methods.as_ref().is_none_or(|methods| methods.iter().any(|known| known.eq_ignore_ascii_case(method)))
            && self.path.matches(path)
            && !self.excluded.iter().any(|excluded| excluded.matches(path))
    }
}

/// What a route demands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Access {
    /// Nothing.
    Open,
    /// A valid token, whatever its scopes.
    Token,
    /// An OR of ANDs of scopes.
    Scopes(Vec<Vec<String>>),
    /// The request is denied.
    Denied,
    /// Something that the reader does not know: the reason.
    Unknown(String),
}

/// A scope of an authorization server.
#[derive(Clone, Debug)]
struct ServerScope {
    name: String,
    /// API that it belongs to, if the server tells APIs apart.
    audience: Option<String>,
    /// Whether clients that request no scope get it.
    is_default: bool,
    span: Span,
}

/// A client of an authorization server.
#[derive(Clone, Debug)]
struct ServerClient {
    /// `client_id`, or a name.
    id: String,
    /// Name, if it is another one.
    name: Option<String>,
    /// API that the ceiling is for, if the server tells APIs apart.
    audience: Option<String>,
    ceiling: Ceiling,
    /// Scopes that it gets whether or not it requests them.
    defaults: Vec<String>,
    span: Span,
}

/// What a client may request.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ceiling {
    /// These scopes.
    Scopes(Vec<String>),
    /// Every scope of the server.
    All,
}

/// How to detect a format, and how to read it.
type Format = (fn(&[Tree]) -> bool, fn(&[Tree]) -> Running);

/// Reads a configuration and detects its format.
///
/// # Errors
/// If it can't be parsed, or its format is not known.
pub fn read(name: &str, text: &str) -> Result<Running, String> {
    let documents = tree::parse(text)?;
    let Some(root) = documents.first() else { return Err("the file is empty".to_owned()) };
    let known: [Format; 10] = [
        (istio::is_policy, istio::read),
        (envoy::is_bootstrap, envoy::read),
        (terraform::is_state, terraform::read),
        (api_gateway::is_description, api_gateway::read),
        (kong::is_declarative, kong::read),
        (krakend::is_configuration, krakend::read),
        (keycloak::is_realm, keycloak::read),
        (auth0::is_tenant, auth0::read),
        (okta::is_server, okta::read),
        (entra::is_application, entra::read),
    ];
    if template::is_template(&documents) {
        return template::read(name, text, root);
    }
    match known.into_iter().find(|(is_it, _)| is_it(&documents)) {
        Some((_, read)) => Ok(read(&documents)),
        None => Err("its format is not known".to_owned()),
    }
}

/// Compares what runs with an API of the manifest. The findings have places in the file.
#[must_use]
pub fn compare_running(manifest: &Manifest, api: &Api, running: &Running) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if running.scopes.is_none() || !running.routes.is_empty() {
        findings.extend(routes::compare(api, running));
    }
    if running.scopes.is_some() || !running.clients.is_empty() {
        findings.extend(registry::compare(manifest, api, running));
    }
    findings.extend(running.unread.iter().map(|(what, span)| {
        let finding = Diagnostic::new(&RUNNING_UNREAD, format!("not compared: {what}"));
        span.iter().fold(finding, |finding, span| finding.at(span.clone()))
    }));
    findings
}
