//! Discovery of a protected resource: the challenge to a request without a token (RFC 6750 §3), and its metadata
//! (RFC 9728).

use http::header::{ACCEPT, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::Value;
use url::Url;

use super::OAuthError;
use super::metadata::LIMITS;
use super::strict_json;
use crate::diagnosis::{Challenge, parse_challenges};
use crate::net;
use crate::text::readable_url;

/// Maximum number of authorization servers of one API, and maximum number of scopes.
const MOST_SERVERS: usize = 8;
const MOST_SCOPES: usize = 1000;

/// Response of an API to a request without a token.
#[derive(Clone, Debug)]
pub struct Unauthorized {
    /// HTTP status.
    pub status: u16,
    /// `WWW-Authenticate` header values, unparsed.
    pub headers: Vec<String>,
    /// Parsed challenges.
    pub challenges: Vec<Challenge>,
}

impl Unauthorized {
    /// Parses a response. `headers`: the values of `WWW-Authenticate`.
    #[must_use]
    pub fn read(status: u16, headers: Vec<String>) -> Self {
        let challenges = parse_challenges(headers.iter().map(String::as_str));
        Self { status, headers, challenges }
    }

    /// Returns a parameter of the first challenge that has it.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.challenges.iter().find_map(|challenge| challenge.parameter(name))
    }
}

/// Protected resource metadata: the members that tokscope uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtectedResource {
    /// URL of the document.
    pub at: Url,
    /// `resource`: the identifier that is a token's audience.
    pub resource: String,
    /// `authorization_servers`: issuers, verbatim.
    pub authorization_servers: Vec<String>,
    /// `scopes_supported`; `None` if absent.
    pub scopes_supported: Option<Vec<String>>,
    /// `bearer_methods_supported`; `None` if absent.
    pub bearer_methods_supported: Option<Vec<String>>,
    /// `dpop_bound_access_tokens_required`.
    pub dpop_required: bool,
}

/// Relation of the resource in the metadata to the requested URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Identical, as RFC 9728 §3.3 requires.
    Same,
    /// The URL is below the resource, as with most APIs.
    Below,
    /// Another resource; the metadata must not be used.
    Other,
}

impl ProtectedResource {
    /// Compares the resource with a URL.
    #[must_use]
    pub fn covers(&self, url: &Url) -> Coverage {
        let Ok(resource) = Url::parse(&self.resource) else { return Coverage::Other };
        if resource.origin() != url.origin() || resource.scheme() != url.scheme() {
            return Coverage::Other;
        }
        let (own, asked) = (resource.path().trim_end_matches('/'), url.path().trim_end_matches('/'));
        match asked.strip_prefix(own) {
            Some("") => Coverage::Same,
            Some(rest) if rest.starts_with('/') => Coverage::Below,
            _ => Coverage::Other,
        }
    }
}

/// Sends a request without a token to an API.
///
/// # Errors
/// If no response arrives.
pub async fn probe(http: &net::Client, url: &Url) -> Result<Unauthorized, OAuthError> {
    let response = get(http, url.clone()).await?;
    let headers: Vec<String> = response
        .headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    Ok(Unauthorized::read(response.status.as_u16(), headers))
}

/// Returns the locations of a resource's metadata: the one in the challenge, or the well-known ones (RFC 9728 §3.1,
/// §5.1).
///
/// # Errors
/// The reason why the location in the challenge is not usable.
pub fn places(url: &Url, named: Option<&str>) -> Result<Vec<Url>, String> {
    if let Some(named) = named {
        let place = readable_url(named).map_err(|reason| format!("its `resource_metadata` is not usable: {reason}"))?;
        permitted_from(url, &place)?;
        return Ok(vec![place]);
    }
    let at = |path: &str| {
        let mut place = url.clone();
        place.set_path(&format!("/.well-known/oauth-protected-resource{path}"));
        place.set_query(None);
        place.set_fragment(None);
        place
    };
    let path = url.path().trim_end_matches('/');
    let mut places = vec![at(path)];
    // the metadata of the API's root may cover all of it
    if let Some((parent, _)) = path.rsplit_once('/').filter(|(parent, _)| !parent.is_empty()) {
        places.push(at(parent));
    }
    if !path.is_empty() {
        places.push(at(""));
    }
    Ok(places)
}

/// Checks whether an API at `from` is allowed to refer to `to`: a remote server must not refer to a local service.
///
/// # Errors
/// The reason why it is not allowed.
pub fn permitted_from(from: &Url, to: &Url) -> Result<(), String> {
    net::is_permitted(to)?;
    match (from.scheme(), to.scheme()) {
        ("https", "http") => Err("an `https` server must not refer to an `http` URL on this machine".to_owned()),
        _ => Ok(()),
    }
}

/// Fetches the metadata at one location.
///
/// # Errors
/// The reason why there is none.
pub async fn protected_resource(http: &net::Client, at: &Url) -> Result<ProtectedResource, String> {
    let response = get(http, at.clone()).await.map_err(|error| error.to_string())?;
    if response.status != StatusCode::OK {
        return Err(format!("the server returned status {}", response.status.as_u16()));
    }
    let document = strict_json::parse(&response.body).map_err(|fault| fault.to_string())?;
    let list = |name: &str, most: usize| {
        let items = document.get(name)?.as_array()?;
        Some(items.iter().filter_map(Value::as_str).take(most).map(str::to_owned).collect::<Vec<_>>())
    };
    Ok(ProtectedResource {
        at: at.clone(),
        resource: document.get("resource").and_then(Value::as_str).ok_or("it has no `resource`")?.to_owned(),
        authorization_servers: list("authorization_servers", MOST_SERVERS).unwrap_or_default(),
        scopes_supported: list("scopes_supported", MOST_SCOPES),
        bearer_methods_supported: list("bearer_methods_supported", MOST_SERVERS),
        dpop_required: document.get("dpop_bound_access_tokens_required") == Some(&Value::Bool(true)),
    })
}

async fn get(http: &net::Client, url: Url) -> Result<net::Response, OAuthError> {
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
    Ok(http.send(net::Request { method: Method::GET, url, headers, body: None }, LIMITS).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_locations_follow_the_rfc() {
        let url = Url::parse("https://a.test/api/write?x=1").unwrap();
        let found: Vec<String> = places(&url, None).unwrap().iter().map(Url::to_string).collect();
        assert_eq!(
            found,
            [
                "https://a.test/.well-known/oauth-protected-resource/api/write",
                "https://a.test/.well-known/oauth-protected-resource/api",
                "https://a.test/.well-known/oauth-protected-resource",
            ]
        );
        for (named, fine) in [
            ("https://b.test/metadata", true),
            ("http://127.0.0.1:8080/metadata", false),
            ("http://b.test/metadata", false),
            ("file:///etc/passwd", false),
            ("nothing", false),
        ] {
            assert_eq!(places(&url, Some(named)).is_ok(), fine, "{named}");
        }
    }

    #[test]
    fn metadata_of_another_resource_is_recognized() {
        let url = Url::parse("https://a.test/api/write").unwrap();
        for (resource, coverage) in [
            ("https://a.test/api/write", Coverage::Same),
            ("https://a.test/api", Coverage::Below),
            ("https://a.test/", Coverage::Below),
            ("https://a.test", Coverage::Below),
            ("https://a.test/ap", Coverage::Other),
            ("https://a.test/api/write/more", Coverage::Other),
            ("https://b.test/api", Coverage::Other),
            ("http://a.test/api", Coverage::Other),
            ("https://a.test:8443/api", Coverage::Other),
            ("urn:api", Coverage::Other),
        ] {
            let metadata = ProtectedResource {
                at: url.clone(),
                resource: resource.to_owned(),
                authorization_servers: Vec::new(),
                scopes_supported: None,
                bearer_methods_supported: None,
                dpop_required: false,
            };
            assert_eq!(metadata.covers(&url), coverage, "{resource}");
        }
    }
}
