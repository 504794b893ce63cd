//! Authorization server metadata (RFC 8414, OpenID Connect Discovery 1.0).

use std::time::Duration;

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value};
use url::Url;

use super::OAuthError;
use super::findings::{METADATA_CONTRADICTS, METADATA_ISSUER_DIFFERS};
use super::response::ServerResponse;
use super::strict_json::{self, Fault};
use crate::diagnostic::Diagnostic;
use crate::manifest::Issuer;
use crate::net;
use crate::text::readable_url;

/// Limits for a request to an authorization server.
pub(super) const LIMITS: net::Limits = net::Limits { deadline: Duration::from_secs(8), body: 1 << 20 };

/// Time limit for all requests of one use case together, so that a server that answers none of them, or each of them
/// just in time, causes a delay of less than 10 s.
pub const USE_CASE: Duration = Duration::from_secs(8);

/// Share of that time for discovery, however many documents it reads: enough is left for a request that can be made
/// only once, such as a refresh.
const DISCOVERY: Duration = Duration::from_secs(5);

/// Authorization server metadata: the members that tokscope uses.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// Issuer, identical to the requested one.
    pub issuer: Issuer,
    /// Authorization endpoint.
    pub authorization_endpoint: Option<Url>,
    /// Token endpoint.
    pub token_endpoint: Option<Url>,
    /// URL of the JWK Set.
    pub jwks_uri: Option<Url>,
    /// Introspection endpoint (RFC 7662).
    pub introspection_endpoint: Option<Url>,
    /// Revocation endpoint (RFC 7009).
    pub revocation_endpoint: Option<Url>,
    /// Device authorization endpoint (RFC 8628).
    pub device_authorization_endpoint: Option<Url>,
    /// Pushed authorization request endpoint (RFC 9126).
    pub pushed_authorization_request_endpoint: Option<Url>,
    /// Registration endpoint (RFC 7591).
    pub registration_endpoint: Option<Url>,
    /// `scopes_supported`; `None` if absent.
    pub scopes_supported: Option<Vec<String>>,
    /// `grant_types_supported`; `None` if absent.
    pub grant_types_supported: Option<Vec<String>>,
    /// `code_challenge_methods_supported`; `None` if absent.
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// `token_endpoint_auth_methods_supported`; `None` if absent.
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// `dpop_signing_alg_values_supported` (RFC 9449 §5.1); `None` if absent.
    pub dpop_signing_alg_values_supported: Option<Vec<String>>,
    /// `authorization_response_iss_parameter_supported` (RFC 9207 §3).
    pub iss_parameter_supported: bool,
    /// `client_id_metadata_document_supported`: a URL may be used as the client identifier.
    pub client_id_documents: bool,
    /// `require_pushed_authorization_requests` (RFC 9126 §5).
    pub pushed_required: bool,
    /// `mtls_endpoint_aliases` (RFC 8705 §5): the endpoints to use instead with mutual TLS.
    mtls: Option<Box<Metadata>>,
}

/// Result of discovery.
#[derive(Clone, Debug)]
pub struct Discovered {
    /// Metadata of the server.
    pub metadata: Metadata,
    /// URLs of the documents that it was read from.
    pub documents: Vec<Url>,
    /// Findings about the documents.
    pub findings: Vec<Diagnostic>,
}

/// Names of the endpoint members.
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

/// Members that make a second document unnecessary; servers tend to omit them from one of the two.
const SOUGHT: &[&str] = &[
    "authorization_endpoint",
    "token_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
    "device_authorization_endpoint",
];

/// Fetches the metadata of an issuer: RFC 8414 first, then OpenID Connect for missing members. `known`: the members in
/// the manifest; with a token endpoint among them, a server without any document is accepted.
///
/// # Errors
/// If no document is found, or its issuer is not identical to the requested one.
pub async fn discover(
    http: &net::Client,
    issuer: &Issuer,
    known: &Map<String, Value>,
) -> Result<Discovered, OAuthError> {
    let wrong = |reason: String| OAuthError::Metadata { issuer: issuer.to_string(), reason };
    let mut missing = wrong("no well-known document found".to_owned());
    let http = &http.within(DISCOVERY);
    let mut merged = Map::new();
    let (mut documents, mut findings) = (Vec::new(), Vec::new());
    // whether a document names another issuer, which explains more than a missing one
    let mut is_foreign = false;
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
            // prefer to report an outage: it is temporary
            Ok(Err(NoDocument::Missing(reason))) => {
                if !matches!(missing, OAuthError::Unavailable { .. }) && !is_foreign {
                    missing = wrong(reason);
                }
                continue;
            }
            // a server that was not reached may require more than the manifest states
            Err(error) if documents.is_empty() => return Err(error.into()),
            Err(_) => continue,
        };
        match is_about(&document, issuer) {
            Ok(()) => {
                findings.extend(merge(&mut merged, document, &url));
                documents.push(url);
            }
            // not used, but another location may have the right one
            Err(reason) => {
                if !matches!(missing, OAuthError::Unavailable { .. }) && !is_foreign {
                    missing = wrong(reason.clone());
                    is_foreign = true;
                }
                findings.push(Diagnostic::new(&METADATA_ISSUER_DIFFERS, format!("`{url}`: {reason}")));
            }
        }
    }
    if documents.is_empty() && (is_foreign || !known.contains_key("token_endpoint")) {
        return Err(missing);
    }
    fill_in(&mut merged, known);
    Ok(Discovered { metadata: Metadata::read(&merged, issuer).map_err(wrong)?, documents, findings })
}

/// Reason why a location has no metadata.
enum NoDocument {
    Missing(String),
    Unavailable(OAuthError),
}

/// Fetches one document; the inner `Err` is the reason why there is none.
async fn fetch(http: &net::Client, url: Url) -> Result<Result<Map<String, Value>, NoDocument>, net::NetError> {
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
    let response = http.send(net::Request { method: Method::GET, url, headers, body: None }, LIMITS).await?;
    if response.status != StatusCode::OK {
        let response = ServerResponse::new("metadata endpoint", response, Vec::new());
        let reason = format!("the server returned status {}", response.status().as_u16());
        return Ok(Err(match response.outage(response.unreadable("it is not a metadata document")) {
            outage @ OAuthError::Unavailable { .. } => NoDocument::Unavailable(outage),
            _ => NoDocument::Missing(reason),
        }));
    }
    // a web application in front of the server may return 200 with a page for every unknown path
    Ok(parse(&response.body).map_err(NoDocument::Missing))
}

fn parse(document: &[u8]) -> Result<Map<String, Value>, String> {
    match strict_json::parse(document) {
        Ok(Value::Object(document)) => Ok(document),
        Ok(_) | Err(Fault::NotJson) => Err("the document is not a JSON object".to_owned()),
        Err(fault) => Err(fault.to_string()),
    }
}

/// Returns the locations to try. RFC 8414 §3.1 inserts the well-known part before the issuer's path, OpenID Connect
/// Discovery §4 appends it, and some servers append the former too.
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

/// Checks the issuer of a document, character by character (RFC 8414 §3.3).
fn is_about(document: &Map<String, Value>, issuer: &Issuer) -> Result<(), String> {
    match document.get("issuer").and_then(Value::as_str) {
        Some(named) if named == issuer.as_str() => Ok(()),
        Some(named) => {
            let shown: String = named.chars().take(200).collect();
            Err(format!("it names another issuer: `{shown}`{}", advice(named, issuer)))
        }
        None => Err("it has no `issuer`".to_owned()),
    }
}

/// Returns what to do about a document that names another issuer.
fn advice(named: &str, issuer: &Issuer) -> &'static str {
    let same = |one: &str, other: &str| one.trim_end_matches('/') == other.trim_end_matches('/');
    let host = |text: &str| Url::parse(text).ok().and_then(|url| url.host_str().map(str::to_owned));
    let (own, other) = (host(issuer.as_str()), host(named));
    let is_microsoft = |host: &Option<String>| {
        let domains = ["microsoftonline.com", "microsoftonline.us", "windows.net", "ciamlogin.com", "b2clogin.com"];
        host.as_ref().is_some_and(|host| domains.iter().any(|domain| host.ends_with(domain)))
    };
    if same(named, issuer.as_str()) {
        " (a trailing slash is significant)"
    } else if named.contains("{tenantid}") {
        ", a placeholder for the tenant: replace `common`, `organizations` or the domain in the issuer with the tenant's \
         ID (a GUID), or use `provider = \"entra\"`"
    } else if is_microsoft(&own) && is_microsoft(&other) {
        ", which has the tenant's ID (a GUID): write the issuer like that, or use `provider = \"entra\"`"
    } else if own == other || Issuer::parse(named).is_ok() {
        "; if that is the server you mean, use it as the issuer"
    } else {
        ""
    }
}

/// Adds members that the server omits. None is replaced: a manifest could otherwise turn off a check that the
/// server requires (RFC 9207), or redirect secrets to another endpoint.
fn fill_in(said: &mut Map<String, Value>, known: &Map<String, Value>) {
    for (name, value) in known {
        if said.get(name).is_none_or(Value::is_null) {
            said.insert(name.clone(), value.clone());
        }
    }
}

/// Adds new members. An endpoint that differs from an earlier document is a finding; the first document takes
/// precedence.
fn merge(merged: &mut Map<String, Value>, document: Map<String, Value>, url: &Url) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, value) in document {
        match merged.get(&name) {
            None => {
                merged.insert(name, value);
            }
            Some(first) if *first != value && ENDPOINTS.contains(&name.as_str()) => findings.push(Diagnostic::new(
                &METADATA_CONTRADICTS,
                format!("`{url}` has another `{name}` than the first document"),
            )),
            Some(_) => {}
        }
    }
    findings
}

impl Metadata {
    /// Parses a metadata document of this issuer (RFC 8414 §3.2, §3.3).
    ///
    /// # Errors
    /// If it is not a JSON object without duplicate members, has another issuer, or lists an endpoint that
    /// secrets must not be sent to.
    pub fn parse(document: &[u8], issuer: &Issuer) -> Result<Self, OAuthError> {
        let read = parse(document)
            .and_then(|document| is_about(&document, issuer).map(|()| document))
            .and_then(|document| Self::read(&document, issuer));
        read.map_err(|reason| OAuthError::Metadata { issuer: issuer.to_string(), reason })
    }

    /// Returns the metadata of a server that publishes none, or that of another product: what the manifest states.
    ///
    /// # Errors
    /// If an endpoint is not one that secrets may be sent to.
    pub fn configured(issuer: &Issuer, known: &Map<String, Value>) -> Result<Self, OAuthError> {
        let wrong = |reason| OAuthError::Metadata { issuer: issuer.to_string(), reason };
        Self::read(known, issuer).map_err(wrong)
    }

    /// Parses a document whose issuer was checked.
    pub(super) fn read(document: &Map<String, Value>, issuer: &Issuer) -> Result<Metadata, String> {
        let endpoint = |name: &str| {
            document.get(name).and_then(Value::as_str).map(|text| {
                let url = readable_url(text).map_err(|reason| format!("its `{name}` is not usable: {reason}"))?;
                let unusable = |reason: &str| {
                    let reason: String = reason.chars().take(200).collect();
                    format!("its `{name}` is not usable: {reason}")
                };
                net::is_permitted(&url).map_err(|reason| unusable(&reason))?;
                if url.scheme() != "https" && issuer.url().scheme() == "https" {
                    return Err(unusable("an `https` issuer must not refer to an `http` URL on this machine"));
                }
                if url.fragment().is_some() {
                    return Err(unusable("an endpoint must not have a fragment (RFC 6749 §3.1, §3.2)"));
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
                // aliases can't have aliases
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
            client_id_documents: flag("client_id_metadata_document_supported"),
            pushed_required: flag("require_pushed_authorization_requests"),
            mtls,
        })
    }

    /// Returns the metadata with the mutual-TLS aliases in place of the endpoints.
    #[must_use]
    pub fn for_mutual_tls(mut self) -> Self {
        self.mtls.take().map_or(self, |aliases| *aliases)
    }

    /// Whether the server announces PKCE with S256 (RFC 7636 §4.2).
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
    fn time_limits_add_up_to_less_than_ten_seconds() {
        assert!(LIMITS.deadline <= USE_CASE && USE_CASE < Duration::from_secs(10));
        assert!(USE_CASE >= DISCOVERY + Duration::from_secs(3));
    }

    #[test]
    fn locations_follow_the_rfcs_and_issuers_match_exactly() {
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
    fn manifest_metadata_adds_members_but_overrides_none() {
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
    fn a_document_with_a_duplicate_member_is_refused() {
        let issuer = Issuer::parse("https://a.test").unwrap();
        let parse = |document: &str| Metadata::parse(document.as_bytes(), &issuer).map_err(|error| error.to_string());
        assert!(parse(r#"{"issuer":"https://a.test","token_endpoint":"https://a.test/t"}"#).is_ok());
        for (document, reason) in [
            (
                r#"{"issuer":"https://a.test","token_endpoint":"https://a.test/t","token_endpoint":"https://b.test/t"}"#,
                "duplicate member",
            ),
            (r#"{"issuer":"https://b.test","issuer":"https://a.test"}"#, "duplicate member"),
            (r#"{"issuer":"https://b.test"}"#, "names another issuer"),
            ("[]", "not a JSON object"),
            ("<html>", "not a JSON object"),
        ] {
            let error = parse(document).unwrap_err();
            assert!(error.contains(reason), "{document}: {error}");
        }
    }

    #[test]
    fn only_safe_endpoints_are_accepted() {
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
