//! Authorization server metadata (RFC 8414, OpenID Connect Discovery 1.0).

use std::time::Duration;

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value};
use url::Url;

use super::OAuthError;
use super::response::Answer;
use super::findings::{METADATA_CONTRADICTS, METADATA_ISSUER_DIFFERS};
use super::strict_json::{self, Fault};
use crate::diagnostic::Diagnostic;
use crate::manifest::Issuer;
use crate::net;
use crate::text::readable_url;

/// What a request to an authorization server may cost.
pub(super) const LIMITS: net::Limits = net::Limits { deadline: Duration::from_secs(8), body: 1 << 20 };

/// What all requests of one use case may take together, so that a server that answers none of them, or each of them just
/// in time, keeps nobody waiting for 10 s.
pub const USE_CASE: Duration = Duration::from_secs(8);

/// What discovery may take of that, however many documents it looks at: enough is left for a request that can be made only
/// once, such as a refresh.
const DISCOVERY: Duration = Duration::from_secs(5);

/// What an authorization server says about itself, as far as this program uses it.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// Identical to the one that was asked.
    pub issuer: Issuer,
    /// Where the browser goes.
    pub authorization_endpoint: Option<Url>,
    /// Where codes become tokens.
    pub token_endpoint: Option<Url>,
    /// Where its keys are.
    pub jwks_uri: Option<Url>,
    /// RFC 7662.
    pub introspection_endpoint: Option<Url>,
    /// RFC 7009.
    pub revocation_endpoint: Option<Url>,
    /// RFC 8628.
    pub device_authorization_endpoint: Option<Url>,
    /// RFC 9126.
    pub pushed_authorization_request_endpoint: Option<Url>,
    /// RFC 7591.
    pub registration_endpoint: Option<Url>,
    /// `scopes_supported`; `None` when it does not say.
    pub scopes_supported: Option<Vec<String>>,
    /// `grant_types_supported`; `None` when it does not say.
    pub grant_types_supported: Option<Vec<String>>,
    /// `code_challenge_methods_supported`; `None` when it does not say.
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// `token_endpoint_auth_methods_supported`; `None` when it does not say.
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// `dpop_signing_alg_values_supported` (RFC 9449 §5.1); `None` when it does not say.
    pub dpop_signing_alg_values_supported: Option<Vec<String>>,
    /// `authorization_response_iss_parameter_supported` (RFC 9207 §3).
    pub iss_parameter_supported: bool,
    /// `require_pushed_authorization_requests` (RFC 9126 §5).
    pub pushed_required: bool,
    /// `mtls_endpoint_aliases` (RFC 8705 §5): the endpoints to use instead with mutual TLS.
    mtls: Option<Box<Metadata>>,
}

/// What discovery brought.
#[derive(Clone, Debug)]
pub struct Discovered {
    /// The metadata.
    pub metadata: Metadata,
    /// Which documents it was read from.
    pub documents: Vec<Url>,
    /// What is odd about them.
    pub findings: Vec<Diagnostic>,
}

/// The names of the endpoints in a document.
const ENDPOINTS: &[&str] = &[
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "introspection_endpoint",
    "revocation_endpoint",
    "device_authorization_endpoint",
    "pushed_authorization_request_endpoint",
    "registration_endpoint",
];

/// Those that make a second document unnecessary: servers tend to leave them out of one of the two.
const SOUGHT: &[&str] = &[
    "authorization_endpoint",
    "token_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
    "device_authorization_endpoint",
];

/// Fetches the metadata of an issuer: RFC 8414 first, then OpenID Connect for what the first leaves out. `known`: what
/// the manifest says about the server; with a token endpoint in it, a server without any document will do.
///
/// # Errors
/// When no document is there, or the issuer in it is not identical to the one asked.
pub async fn discover(
    http: &net::Client,
    issuer: &Issuer,
    known: &Map<String, Value>,
) -> Result<Discovered, OAuthError> {
    let wrong = |reason: String| OAuthError::Metadata { issuer: issuer.to_string(), reason };
    let mut missing = wrong("it has no well-known document".to_owned());
    let http = &http.within(DISCOVERY);
    let mut merged = Map::new();
    let (mut documents, mut findings) = (Vec::new(), Vec::new());
    for url in locations(issuer) {
        if SOUGHT.iter().all(|name| merged.contains_key(*name)) {
            break;
        }
        let document = match fetch(http, url.clone()).await {
            Ok(Ok(document)) => document,
            Ok(Err(NoDocument::Unavailable(error))) => {
                missing = error;
                continue;
            }
            // an outage is the better reason: it passes
            Ok(Err(NoDocument::Missing(reason))) => {
                if !matches!(missing, OAuthError::Unavailable { .. }) {
                    missing = wrong(reason);
                }
                continue;
            }
            // a server that was not reached may have asked for more than the manifest knows
            Err(error) if documents.is_empty() => return Err(error.into()),
            Err(_) => continue,
        };
        match is_about(&document, issuer) {
            Ok(()) => {
                findings.extend(merge(&mut merged, document, &url));
                documents.push(url);
            }
            // another issuer's document ends the search: what comes after it can't be better
            Err(reason) if documents.is_empty() => return Err(wrong(reason)),
            Err(reason) => findings.push(Diagnostic::new(&METADATA_ISSUER_DIFFERS, format!("`{url}`: {reason}"))),
        }
    }
    if documents.is_empty() && !known.contains_key("token_endpoint") {
        return Err(missing);
    }
    fill_in(&mut merged, known);
    Ok(Discovered { metadata: Metadata::read(&merged, issuer).map_err(wrong)?, documents, findings })
}

/// Why a location has no metadata.
enum NoDocument {
    Missing(String),
    Unavailable(OAuthError),
}

/// One document; `Err` inside: why there is none.
async fn fetch(http: &net::Client, url: Url) -> Result<Result<Map<String, Value>, NoDocument>, net::NetError> {
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
    let answer = http.send(net::Request { method: Method::GET, url, headers, body: None }, LIMITS).await?;
    if answer.status != StatusCode::OK {
        let answer = Answer::new("metadata endpoint", answer, Vec::new());
        let reason = format!("the server answered {}", answer.status().as_u16());
        return Ok(Err(match answer.outage(answer.unreadable("it has no metadata")) {
            outage @ OAuthError::Unavailable { .. } => NoDocument::Unavailable(outage),
            _ => NoDocument::Missing(reason),
        }));
    }
    // a web application in front of the server answers 200 with a page for every path it does not know
    Ok(parse(&answer.body).map_err(NoDocument::Missing))
}

fn parse(document: &[u8]) -> Result<Map<String, Value>, String> {
    match strict_json::parse(document) {
        Ok(Value::Object(document)) => Ok(document),
        Ok(_) | Err(Fault::NotJson) => Err("the document is not a JSON object".to_owned()),
        Err(fault) => Err(fault.to_string()),
    }
}

/// RFC 8414 §3.1 puts the well-known part before the issuer's path, OpenID Connect Discovery §4 after it, and some
/// servers put the first one there too.
fn locations(issuer: &Issuer) -> Vec<Url> {
    let path = issuer.url().path().trim_end_matches('/').to_owned();
    let at = |path: String| {
        let mut url = issuer.url().clone();
        url.set_path(&path);
        url
    };
    let mut urls = vec![
        at(format!("/.well-known/oauth-authorization-server{path}")),
        at(format!("{path}/.well-known/openid-configuration")),
    ];
    if !path.is_empty() {
        urls.push(at(format!("{path}/.well-known/oauth-authorization-server")));
    }
    urls
}

/// RFC 8414 §3.3: the issuer is compared as text.
fn is_about(document: &Map<String, Value>, issuer: &Issuer) -> Result<(), String> {
    match document.get("issuer").and_then(Value::as_str) {
        Some(named) if named == issuer.as_str() => Ok(()),
        Some(named) => {
            let shown: String = named.chars().take(200).collect();
            let slash = named.trim_end_matches('/') == issuer.as_str().trim_end_matches('/');
            let hint = if slash { " (a slash at the end counts)" } else { "" };
            Err(format!("it names another issuer: `{shown}`{hint}"))
        }
        None => Err("it names no issuer".to_owned()),
    }
}

/// Adds what the server does not say. What it says is never replaced: a manifest could otherwise turn off a check that the
/// server asks for (RFC 9207), or send secrets to another endpoint than the server's.
fn fill_in(said: &mut Map<String, Value>, known: &Map<String, Value>) {
    for (name, value) in known {
        if said.get(name).is_none_or(Value::is_null) {
            said.insert(name.clone(), value.clone());
        }
    }
}

/// Adds what is new. An endpoint that is there already and differs is a finding; the first document counts.
fn merge(merged: &mut Map<String, Value>, document: Map<String, Value>, url: &Url) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, value) in document {
        match merged.get(&name) {
            None => {
                merged.insert(name, value);
            }
            Some(first) if *first != value && ENDPOINTS.contains(&name.as_str()) => findings.push(Diagnostic::new(
                &METADATA_CONTRADICTS,
                format!("`{url}` has another `{name}` than the document before"),
            )),
            Some(_) => {}
        }
    }
    findings
}

impl Metadata {
    /// Reads a metadata document of this issuer (RFC 8414 §3.2, §3.3).
    ///
    /// # Errors
    /// When it is not a JSON object without repeated members, is about another issuer, or names an endpoint that
    /// secrets must not be sent to.
    pub fn parse(document: &[u8], issuer: &Issuer) -> Result<Self, OAuthError> {
        let read = parse(document)
            .and_then(|document| is_about(&document, issuer).map(|()| document))
            .and_then(|document| Self::read(&document, issuer));
        read.map_err(|reason| OAuthError::Metadata { issuer: issuer.to_string(), reason })
    }

    /// Reads a document whose issuer was compared.
    pub(super) fn read(document: &Map<String, Value>, issuer: &Issuer) -> Result<Metadata, String> {
        let endpoint = |name: &str| {
            document.get(name).and_then(Value::as_str).map(|text| {
                let url = readable_url(text).map_err(|reason| format!("its `{name}` can't be used: {reason}"))?;
                let unusable = |reason: &str| {
                    let reason: String = reason.chars().take(200).collect();
                    format!("its `{name}` can't be used: {reason}")
                };
                net::is_permitted(&url).map_err(|reason| unusable(&reason))?;
                if url.scheme() != "https" && issuer.url().scheme() == "https" {
                    return Err(unusable(
                        "an issuer with `https` can't send us to a service of this machine by `http`",
                    ));
                }
                if url.fragment().is_some() {
                    return Err(unusable("an endpoint has no fragment (RFC 6749 §3.1, §3.2)"));
                }
                Ok::<Url, String>(url)
            })
        };
        let list = |name: &str| {
            let items = document.get(name)?.as_array()?;
            Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        };
        let flag = |name: &str| document.get(name) == Some(&Value::Bool(true));
        let mtls = match document.get("mtls_endpoint_aliases").and_then(Value::as_object) {
            Some(aliases) => {
                let mut document = document.clone();
                document.extend(aliases.clone());
                // aliases have no aliases of their own
                document.remove("mtls_endpoint_aliases");
                Some(Box::new(Self::read(&document, issuer)?))
            }
            None => None,
        };
        Ok(Metadata {
            issuer: issuer.clone(),
            authorization_endpoint: endpoint("authorization_endpoint").transpose()?,
            token_endpoint: endpoint("token_endpoint").transpose()?,
            jwks_uri: endpoint("jwks_uri").transpose()?,
            introspection_endpoint: endpoint("introspection_endpoint").transpose()?,
            revocation_endpoint: endpoint("revocation_endpoint").transpose()?,
            device_authorization_endpoint: endpoint("device_authorization_endpoint").transpose()?,
            pushed_authorization_request_endpoint: endpoint("pushed_authorization_request_endpoint").transpose()?,
            registration_endpoint: endpoint("registration_endpoint").transpose()?,
            scopes_supported: list("scopes_supported"),
            grant_types_supported: list("grant_types_supported"),
            code_challenge_methods_supported: list("code_challenge_methods_supported"),
            token_endpoint_auth_methods_supported: list("token_endpoint_auth_methods_supported"),
            dpop_signing_alg_values_supported: list("dpop_signing_alg_values_supported"),
            iss_parameter_supported: flag("authorization_response_iss_parameter_supported"),
            pushed_required: flag("require_pushed_authorization_requests"),
            mtls,
        })
    }

    /// The same with the endpoints for mutual TLS, where there are others.
    #[must_use]
    pub fn for_mutual_tls(mut self) -> Self {
        self.mtls.take().map_or(self, |aliases| *aliases)
    }

    /// Whether the server says that it has PKCE with S256 (RFC 7636 §4.2).
    #[must_use]
    pub fn has_pkce(&self) -> bool {
        self.code_challenge_methods_supported
            .as_ref()
            .is_some_and(|methods| methods.iter().any(|method| method == "S256"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn a_use_case_ends_within_ten_seconds_and_leaves_time_after_discovery() {
        assert!(LIMITS.deadline <= USE_CASE && USE_CASE < Duration::from_secs(10));
        assert!(USE_CASE >= DISCOVERY + Duration::from_secs(3));
    }

    #[test]
    fn the_locations_and_an_issuer_compared_exactly() {
        let issuer = Issuer::parse("https://a.test/tenant/").unwrap();
        let urls: Vec<String> = locations(&issuer).iter().map(Url::to_string).collect();
        assert_eq!(
            urls,
            [
                "https://a.test/.well-known/oauth-authorization-server/tenant",
                "https://a.test/tenant/.well-known/openid-configuration",
                "https://a.test/tenant/.well-known/oauth-authorization-server",
            ]
        );
        for (named, fine) in
            [("https://a.test/tenant/", true), ("https://a.test/tenant", false), ("https://A.test/tenant/", false)]
        {
            assert_eq!(is_about(&object(json!({"issuer": named})), &issuer).is_ok(), fine, "{named}");
        }
        assert!(is_about(&object(json!({"issuer": ["https://a.test/tenant/"]})), &issuer).is_err());
    }

    #[test]
    fn a_manifest_fills_in_metadata_and_overrides_none() {
        let mut said = object(json!({
            "token_endpoint": "https://a.test/token",
            "jwks_uri": null,
            "code_challenge_methods_supported": [],
            "authorization_response_iss_parameter_supported": true,
        }));
        let known = object(json!({
            "token_endpoint": "https://a.test/other",
            "jwks_uri": "https://a.test/keys",
            "revocation_endpoint": "https://a.test/revoke",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": false,
        }));
        fill_in(&mut said, &known);
        let issuer = Issuer::parse("https://a.test").unwrap();
        let metadata = Metadata::read(&said, &issuer).unwrap();
        assert_eq!(metadata.token_endpoint.unwrap().path(), "/token");
        assert_eq!(metadata.jwks_uri.unwrap().path(), "/keys");
        assert_eq!(metadata.revocation_endpoint.unwrap().path(), "/revoke");
        assert_eq!(metadata.code_challenge_methods_supported, Some(Vec::new()));
        assert!(metadata.iss_parameter_supported);
    }

    #[test]
    fn a_document_with_a_repeated_member_is_refused() {
        let issuer = Issuer::parse("https://a.test").unwrap();
        let parse = |document: &str| Metadata::parse(document.as_bytes(), &issuer).map_err(|error| error.to_string());
        assert!(parse(r#"{"issuer":"https://a.test","token_endpoint":"https://a.test/t"}"#).is_ok());
        for (document, reason) in [
            (
                r#"{"issuer":"https://a.test","token_endpoint":"https://a.test/t","token_endpoint":"https://b.test/t"}"#,
                "more than once",
            ),
            (r#"{"issuer":"https://b.test","issuer":"https://a.test"}"#, "more than once"),
            (r#"{"issuer":"https://b.test"}"#, "names another issuer"),
            ("[]", "not a JSON object"),
            ("<html>", "not a JSON object"),
        ] {
            let error = parse(document).unwrap_err();
            assert!(error.contains(reason), "{document}: {error}");
        }
    }

    #[test]
    fn endpoints_that_secrets_may_travel_to() {
        let issuer = Issuer::parse("https://a.test/tenant/").unwrap();
        for (token, fine) in [
            ("https://a.test/token", true),
            ("https://b.test/token", true),
            ("http://a.test/token", false),
            ("https://u:p@a.test/token", false),
            ("http://127.0.0.1:8080/token", false),
            ("https://a.test/token#fragment", false),
            ("file:///etc/passwd", false),
            ("http://169.254.169.254/latest", false),
            ("https://a.test/token\n", false),
            ("https://a.test\\@b.test/token", false),
            ("https://a.\u{200b}test/token", false),
        ] {
            for document in
                [json!({"token_endpoint": token}), json!({"mtls_endpoint_aliases": {"token_endpoint": token}})]
            {
                assert_eq!(Metadata::read(&object(document), &issuer).is_ok(), fine, "{token}");
            }
        }
        let nested = json!({"token_endpoint": "https://a.test/1", "mtls_endpoint_aliases": {"token_endpoint":
            "https://a.test/2", "mtls_endpoint_aliases": {"token_endpoint": "https://a.test/3"}}});
        let metadata = Metadata::read(&object(nested), &issuer).unwrap().for_mutual_tls();
        assert!(metadata.mtls.is_none() && metadata.token_endpoint.unwrap().path() == "/2");
        let document = json!({"token_endpoint": "https://a.test/1", "revocation_endpoint": "https://a.test/r",
            "mtls_endpoint_aliases": {"token_endpoint": "https://a.test/2"}});
        let metadata = Metadata::read(&object(document), &issuer).unwrap().for_mutual_tls();
        assert_eq!(metadata.token_endpoint.unwrap().path(), "/2");
        assert_eq!(metadata.revocation_endpoint.unwrap().path(), "/r");
    }
}
