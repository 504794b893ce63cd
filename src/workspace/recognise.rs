//! From recorded requests to the endpoints that they are of.

use std::collections::{BTreeMap, HashSet};

use url::Url;

use super::{EndpointId, Error, Workspace};
use crate::manifest::recorded::Recorded;

/// The most different requests without an endpoint that are kept.
const MOST_UNMATCHED: usize = 10_000;

/// What came of recorded requests.
#[derive(Clone, Debug, Default)]
pub struct Recognised {
    /// How many requests there were.
    pub requests: u64,
    /// The endpoints that they are of, each once, in the order in which they were first seen.
    pub endpoints: Vec<EndpointId>,
    /// The requests that no endpoint answers, or endpoints of several APIs do, and how often each was seen: method and
    /// path or URL, without a query, a fragment or a user name, which may hold secrets.
    pub unmatched: BTreeMap<String, u64>,
    seen: HashSet<EndpointId>,
}

impl Recognised {
    /// Adds an endpoint that is known already.
    pub fn add(&mut self, endpoint: EndpointId) {
        if self.seen.insert(endpoint) {
            self.endpoints.push(endpoint);
        }
    }

    fn miss(&mut self, request: &Recorded) {
        let key = format!("{} {}", request.method, bare(&request.target));
        if self.unmatched.len() < MOST_UNMATCHED || self.unmatched.contains_key(&key) {
            *self.unmatched.entry(key).or_default() += 1;
        }
    }
}

impl Workspace {
    /// Finds the endpoint of a recorded request, and takes it down either way. `api` restricts the search to one API.
    ///
    /// # Errors
    /// When there is no manifest.
    pub fn recognise(&self, request: &Recorded, api: Option<&str>, recognised: &mut Recognised) -> Result<(), Error> {
        let manifest = self.require_manifest()?;
        recognised.requests += 1;
        let mut answers = manifest.answers(&request.method, &request.target);
        answers.retain(|route| api.is_none_or(|name| route.api.name == name));
        let id = match answers.as_slice() {
            [only] => manifest.apis.element_offset(only.api).and_then(|api| {
                let endpoint = only.api.endpoints.element_offset(only.endpoint)?;
                Some(EndpointId { api, endpoint })
            }),
            _ => None,
        };
        match id {
            Some(id) => recognised.add(id),
            None => recognised.miss(request),
        }
        Ok(())
    }
}

/// A target without what may be a secret.
fn bare(target: &str) -> String {
    if target.starts_with('/') {
        return target.split(['?', '#']).next().unwrap_or_default().to_owned();
    }
    match Url::parse(target) {
        Ok(mut url) => {
            url.set_query(None);
            url.set_fragment(None);
            // a URL that can't have a user name has none
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.to_string()
        }
        Err(_) => "a URL that can't be read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_of_endpoints_or_listed_without_their_secrets() {
        let source = "[api.a]\nbase_url = \"https://a.test/v1\"\nservers = [\"https://{t}.b.test\"]\n\
                      [api.a.endpoints]\n\"GET /x/{id}\" = []\n[api.b]\nbase_url = \"https://c.test\"\n\
                      [api.b.endpoints]\n\"GET /x/{id}\" = []\n";
        let workspace = Workspace::from_source("t", source).unwrap();
        let mut recognised = Recognised::default();
        for (method, target) in [
            ("GET", "https://a.test/v1/x/7?y"),
            ("GET", "https://me.b.test/x/8"),
            ("GET", "/x/7?code=s3cret"),
            ("GET", "https://u:s3cret@other.test/x?token=s3cret#s3cret"),
            ("GET", "https://u:s3cret@other.test/x?token=other"),
        ] {
            workspace.recognise(&Recorded::new(method, target).unwrap(), None, &mut recognised).unwrap();
        }
        assert_eq!(recognised.endpoints, [EndpointId { api: 0, endpoint: 0 }]);
        assert_eq!(recognised.requests, 5);
        let unmatched: Vec<String> = recognised.unmatched.iter().map(|(key, count)| format!("{key} {count}")).collect();
        assert_eq!(unmatched, ["GET /x/7 1", "GET https://other.test/x 2"]);
        workspace.recognise(&Recorded::new("GET", "/x/7").unwrap(), Some("b"), &mut recognised).unwrap();
        assert_eq!(recognised.endpoints[1], EndpointId { api: 1, endpoint: 0 });
    }
}
