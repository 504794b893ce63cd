//! Matches recorded requests with the endpoints of the manifest.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use url::Url;

use crate::app::{Context, EndpointId, Error};
use crate::manifest::requests::{Mention, RecordedRequest};
use crate::manifest::{Endpoint, Manifest};

/// Limit for the distinct requests without an endpoint.
const MAX_UNMATCHED: usize = 10_000;

/// Result of matching recorded requests.
#[derive(Clone, Debug, Default)]
pub struct MatchedRequests {
    /// The number of requests.
    pub requests: u64,
    /// The distinct endpoints, in the order in which they were first seen.
    pub endpoints: Vec<EndpointId>,
    /// The requests that match no endpoint, or endpoints of several APIs, with their counts: method and path or URL,
    /// without query, fragment and user name, which may hold secrets.
    pub unmatched: BTreeMap<String, u64>,
    /// The number of strings in source code that look like a path but have no method and match no endpoint. Most of them
    /// are something else.
    pub passed_over: u64,
    seen: HashSet<EndpointId>,
}

/// The endpoint of one recorded request, or the request as it is listed if it matches none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestMatch(Result<EndpointId, String>);

impl RequestMatch {
    /// Matches a request. `api` restricts the match to one API.
    #[must_use]
    pub fn of(manifest: &Manifest, request: &RecordedRequest, api: Option<&str>) -> Self {
        match matching(manifest, &request.method, &request.target, api).as_slice() {
            [only] => Self(Ok(*only)),
            _ => Self(Err(unmatched_key(&request.method, &request.target))),
        }
    }
}

impl MatchedRequests {
    /// Adds a known endpoint.
    pub fn add(&mut self, endpoint: EndpointId) {
        if self.seen.insert(endpoint) {
            self.endpoints.push(endpoint);
        }
    }

    fn miss(&mut self, key: String) {
        if self.unmatched.len() < MAX_UNMATCHED || self.unmatched.contains_key(&key) {
            *self.unmatched.entry(key).or_default() += 1;
        }
    }

    /// Matches a recorded request and adds it to the result. `api` restricts the match to one API.
    ///
    /// # Errors
    /// If no manifest is open.
    pub fn add_request(
        &mut self,
        context: &Context,
        request: &RecordedRequest,
        api: Option<&str>,
    ) -> Result<(), Error> {
        self.add_match(RequestMatch::of(context.require_manifest()?, request, api));
        Ok(())
    }

    /// Adds a request that has been matched.
    pub fn add_match(&mut self, found: RequestMatch) {
        self.requests += 1;
        match found.0 {
            Ok(endpoint) => self.add(endpoint),
            Err(key) => self.miss(key),
        }
    }

    /// Matches a path or URL in source code and adds it to the result. Without a method it matches every endpoint with that
    /// path, provided that the path has a fixed segment. Returns the endpoints.
    ///
    /// # Errors
    /// If no manifest is open.
    pub fn add_mention(
        &mut self,
        context: &Context,
        mention: &Mention,
        api: Option<&str>,
    ) -> Result<Vec<EndpointId>, Error> {
        let manifest = context.require_manifest()?;
        let methods: BTreeSet<&str> = match mention.method {
            Some(method) => BTreeSet::from([method]),
            None => manifest.apis.iter().flat_map(|api| &api.endpoints).map(|endpoint| &*endpoint.method).collect(),
        };
        let mut found = Vec::new();
        for method in methods {
            let matching = matching(manifest, method, &mention.target, api);
            found.extend(matching.as_slice().first().filter(|_| matching.len() == 1));
        }
        found.retain(|id| {
            mention.method.is_some() || context.endpoint(*id).is_some_and(|(_, found)| has_fixed_part(found))
        });
        if !found.is_empty() {
            self.requests += 1;
            for id in &found {
                self.add(*id);
            }
        } else if mention.method.is_some() && !mention.relative {
            self.requests += 1;
            self.miss(unmatched_key(mention.method.unwrap_or_default(), &mention.target));
        } else {
            self.passed_over += 1;
        }
        Ok(found)
    }
}

fn unmatched_key(method: &str, target: &str) -> String {
    format!("{method} {}", bare(target))
}

/// Returns the endpoint that matches a recorded request; `None` if none or endpoints of several APIs do.
pub(in crate::app) fn endpoint_of(manifest: &Manifest, request: &RecordedRequest) -> Option<EndpointId> {
    match matching(manifest, &request.method, &request.target, None).as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// Returns the endpoints that match a request, at most one per API.
pub(super) fn matching(manifest: &Manifest, method: &str, target: &str, api: Option<&str>) -> Vec<EndpointId> {
    let found = manifest.endpoints_for(method, target).into_iter();
    let within = found.filter(|(found, _)| api.is_none_or(|name| found.name == name));
    let ids = within.filter_map(|(api, endpoint)| {
        let endpoint = api.endpoints.element_offset(endpoint)?;
        Some(EndpointId { api: manifest.apis.element_offset(api)?, endpoint })
    });
    ids.collect()
}

/// Returns whether a segment of the path has no parameter.
fn has_fixed_part(endpoint: &Endpoint) -> bool {
    endpoint.template.as_str().split('/').any(|segment| !segment.is_empty() && !segment.contains('{'))
}

/// Returns a target without the parts that may hold secrets.
fn bare(target: &str) -> String {
    if target.starts_with('/') {
        return target.split(['?', '#']).next().unwrap_or_default().to_owned();
    }
    match Url::parse(target) {
        Ok(mut url) => {
            url.set_query(None);
            url.set_fragment(None);
            // fails only for URLs that can't have a user name
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.to_string()
        }
        Err(_) => "a URL that is not valid".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_match_endpoints_or_are_listed_without_secrets() {
        let source = "[api.a]\nbase_url = \"https://a.test/v1\"\nservers = [\"https://{t}.b.test\"]\n\
                      [api.a.endpoints]\n\"GET /x/{id}\" = []\n[api.b]\nbase_url = \"https://c.test\"\n\
                      [api.b.endpoints]\n\"GET /x/{id}\" = []\n";
        let context = Context::from_source("t", source).unwrap();
        let mut matched = MatchedRequests::default();
        for (method, target) in [
            ("GET", "https://a.test/v1/x/7?y"),
            ("GET", "https://me.b.test/x/8"),
            ("GET", "/x/7?code=s3cret"),
            ("GET", "https://u:s3cret@other.test/x?token=s3cret#s3cret"),
            ("GET", "https://u:s3cret@other.test/x?token=other"),
        ] {
            matched.add_request(&context, &RecordedRequest::new(method, target).unwrap(), None).unwrap();
        }
        assert_eq!(matched.endpoints, [EndpointId { api: 0, endpoint: 0 }]);
        assert_eq!(matched.requests, 5);
        let unmatched: Vec<String> = matched.unmatched.iter().map(|(key, count)| format!("{key} {count}")).collect();
        assert_eq!(unmatched, ["GET /x/7 1", "GET https://other.test/x 2"]);
        matched.add_request(&context, &RecordedRequest::new("GET", "/x/7").unwrap(), Some("b")).unwrap();
        assert_eq!(matched.endpoints[1], EndpointId { api: 1, endpoint: 0 });
    }

    #[test]
    fn source_code_without_a_method_matches_every_method_of_the_path() {
        let source = "[api.a]\nbase_url = \"https://a.test/v1\"\n[api.a.endpoints]\n\"GET /x/{id}\" = []\n\
                      \"PUT /x/{id}\" = []\n\"GET /{any}\" = []\n\"POST /x\" = []\n";
        let context = Context::from_source("t", source).unwrap();
        let mut matched = MatchedRequests::default();
        for (method, target, relative, expected) in [
            (None, "/x/7", false, vec![0, 1]),
            (Some("PUT"), "/v1/x/7", false, vec![1]),
            // a string that only looks like a path
            (None, "/etc", false, vec![]),
            (Some("GET"), "/etc", false, vec![2]),
            (Some("POST"), "/x", true, vec![3]),
            (Some("POST"), "/y", true, vec![]),
            (Some("POST"), "/z?key=s3cret", false, vec![]),
        ] {
            let mention = Mention { line: 1, method, target: target.to_owned(), relative };
            let found = matched.add_mention(&context, &mention, None).unwrap();
            assert_eq!(found.iter().map(|id| id.endpoint).collect::<Vec<_>>(), expected, "{method:?} {target}");
        }
        assert_eq!((matched.requests, matched.passed_over), (5, 2));
        assert_eq!(matched.unmatched, BTreeMap::from([("POST /z".to_owned(), 1)]));
    }
}
