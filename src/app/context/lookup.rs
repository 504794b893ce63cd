//! Looks up endpoints and clients of the manifest.

use super::Context;
use crate::app::error::quoted;
use crate::app::{Error, ErrorKind};
use crate::manifest::{Api, Client, Endpoint, RouteError};

/// An endpoint of the manifest, as indices into `apis` and its `endpoints`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointId {
    /// Index of the API.
    pub api: usize,
    /// Index of the endpoint.
    pub endpoint: usize,
}

/// The endpoint that matches a request such as `GET /orders/7?full=1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointMatch {
    /// Endpoint.
    pub id: EndpointId,
    /// Values of the path parameters.
    pub parameters: Vec<(String, String)>,
    /// The query of the request.
    pub query: Option<String>,
}

impl Context {
    /// Returns an endpoint with its API.
    #[must_use]
    pub fn endpoint(&self, id: EndpointId) -> Option<(&Api, &Endpoint)> {
        let api = self.manifest.as_ref()?.apis.get(id.api)?;
        Some((api, api.endpoints.get(id.endpoint)?))
    }

    /// Returns an endpoint with its API.
    ///
    /// # Errors
    /// If the manifest has no such endpoint.
    pub(in crate::app) fn require_endpoint(&self, id: EndpointId) -> Result<(&Api, &Endpoint), Error> {
        self.require_manifest()?;
        self.endpoint(id).ok_or_else(|| Error::new(ErrorKind::Failed, "the endpoint is not in the manifest"))
    }

    /// Returns every endpoint, in the order of the manifest.
    #[must_use]
    pub fn endpoints(&self) -> Vec<EndpointId> {
        let apis = self.manifest.iter().flat_map(|manifest| manifest.apis.iter().enumerate());
        apis.flat_map(|(api, details)| (0..details.endpoints.len()).map(move |endpoint| EndpointId { api, endpoint }))
            .collect()
    }

    /// Returns the endpoints of an API, or of all of them.
    ///
    /// # Errors
    /// If the manifest has no such API.
    pub fn endpoints_of(&self, api: Option<&str>) -> Result<Vec<EndpointId>, Error> {
        self.require_api(api)?;
        let is_wanted =
            |id: &EndpointId| api.is_none_or(|name| self.endpoint(*id).is_some_and(|(api, _)| api.name == name));
        Ok(self.endpoints().into_iter().filter(is_wanted).collect())
    }

    /// Checks that the manifest has an API of this name, if one is given.
    ///
    /// # Errors
    /// If it has none, with a hint that lists its APIs.
    pub fn require_api(&self, name: Option<&str>) -> Result<(), Error> {
        let manifest = self.require_manifest()?;
        let Some(name) = name.filter(|name| manifest.api(name).is_none()) else { return Ok(()) };
        let names = manifest.apis.iter().map(|api| api.name.as_str());
        let error = Error::new(ErrorKind::Usage, format!("no API `{name}` in the manifest"));
        Err(error.hint(format!("it has {}", quoted(names))))
    }

    /// Finds the endpoint of a request: `GET /orders/7?full=1`, `GET https://…` or `GET /orders/{id}`.
    ///
    /// # Errors
    /// If none or several match, with the nearest endpoints as a hint.
    pub fn find(&self, request: &str, api: Option<&str>) -> Result<EndpointMatch, Error> {
        let manifest = self.require_manifest()?;
        self.require_api(api)?;
        let route = manifest.route(request, api).map_err(|error| {
            let hint = match &error {
                RouteError::Unknown { nearest, .. } if nearest.is_empty() => {
                    Some("`tokscope manifest show` lists the endpoints".to_owned())
                }
                RouteError::Unknown { nearest, .. } => {
                    Some(format!("similar endpoints: {}", quoted(nearest.iter().map(String::as_str))))
                }
                RouteError::Ambiguous { .. } => Some("select one with `--api`".to_owned()),
                RouteError::UserInformation => Some("pass a token with `--token -`, not in the URL".to_owned()),
                RouteError::Syntax(_) => None,
            };
            let failure = Error::new(ErrorKind::Usage, error.to_string());
            hint.into_iter().fold(failure, Error::hint)
        })?;
        let id = self
            .endpoint_id(route.endpoint)
            .ok_or_else(|| Error::new(ErrorKind::Failed, "the endpoint is not in the manifest"))?;
        Ok(EndpointMatch { id, parameters: route.parameters, query: route.query })
    }

    /// Returns the id of an endpoint of this manifest.
    pub(in crate::app) fn endpoint_id(&self, wanted: &Endpoint) -> Option<EndpointId> {
        self.manifest.as_ref()?.apis.iter().enumerate().find_map(|(index, api)| {
            let endpoint = api.endpoints.iter().position(|endpoint| std::ptr::eq(endpoint, wanted))?;
            Some(EndpointId { api: index, endpoint })
        })
    }

    /// Returns the endpoints that a scope can be required for, as the manifest writes them.
    #[must_use]
    pub fn endpoints_requiring(&self, scope: &str) -> Vec<String> {
        let endpoints = self.manifest.iter().flat_map(|manifest| &manifest.apis).flat_map(|api| &api.endpoints);
        let requiring = endpoints.filter(|endpoint| endpoint.requirement.scopes().contains(scope));
        requiring.map(ToString::to_string).collect()
    }

    /// Returns a client by name.
    ///
    /// # Errors
    /// If the manifest has no such client, with the names that it has.
    pub fn client(&self, name: &str) -> Result<&Client, Error> {
        let manifest = self.require_manifest()?;
        manifest.client(name).ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("no client `{name}` in the manifest"))
                .hint(format!("it has {}", quoted(manifest.clients.iter().map(|client| client.name.as_str()))))
        })
    }

    /// Whether another client of the manifest names this one as its identity provider.
    pub(in crate::app) fn is_identity_provider(&self, client: &Client) -> bool {
        let clients = self.manifest().map(|manifest| manifest.clients.as_slice()).unwrap_or_default();
        clients.iter().any(|other| other.identity_provider.as_ref() == Some(&client.name))
    }

    /// Returns the line of an endpoint in the manifest.
    #[must_use]
    pub fn line_of(&self, id: EndpointId) -> Option<u64> {
        let (_, endpoint) = self.endpoint(id)?;
        (!endpoint.span.is_empty()).then(|| self.source.line_at(endpoint.span.start))
    }

    pub(in crate::app) fn names(&self, endpoints: &[EndpointId]) -> Option<Vec<String>> {
        let names = endpoints.iter().filter_map(|id| Some(self.endpoint(*id)?.1.to_string()));
        Some(names.collect()).filter(|names: &Vec<String>| !names.is_empty())
    }
}
