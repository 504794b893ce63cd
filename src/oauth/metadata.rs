//! Authorization server metadata (RFC 8414, OpenID Connect Discovery 1.0).

use std::time::Duration;

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::Value;
use url::Url;

use super::OAuthError;
use crate::manifest::Issuer;
use crate::net;

/// What a request to an authorization server may cost.
pub(super) const LIMITS: net::Limits = net::Limits { deadline: Duration::from_secs(20), body: 1 << 20 };

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
    /// `scopes_supported`; `None` when it does not say.
    pub scopes_supported: Option<Vec<String>>,
    /// `grant_types_supported`; `None` when it does not say.
    pub grant_types_supported: Option<Vec<String>>,
    /// `code_challenge_methods_supported`; `None` when it does not say.
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// `token_endpoint_auth_methods_supported`; `None` when it does not say.
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// `authorization_response_iss_parameter_supported` (RFC 9207 §3).
    pub iss_parameter_supported: bool,
}

/// Fetches the metadata of an issuer: RFC 8414 first, then OpenID Connect.
///
/// # Errors
/// When neither document is there, or the issuer in it is not identical to the one asked.
pub async fn discover(http: &net::Client, issuer: &Issuer) -> Result<Metadata, OAuthError> {
    let wrong = |reason: String| OAuthError::Metadata { issuer: issuer.to_string(), reason };
    let mut last = wrong("it has no well-known document".to_owned());
    for url in locations(issuer) {
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
        let request = net::Request { method: Method::GET, url, headers, body: None };
        let answer = http.send(request, LIMITS).await?;
        if answer.status != StatusCode::OK {
            last = wrong(format!("the server answered {}", answer.status.as_u16()));
            continue;
        }
        // a web application in front of the server answers 200 with a page for every path it does not know
        let Ok(document) = serde_json::from_slice::<Value>(&answer.body) else {
            last = wrong("the document is no JSON".to_owned());
            continue;
        };
        return read(&document, issuer).map_err(wrong);
    }
    Err(last)
}

/// RFC 8414 §3.1 puts the well-known part before the issuer's path, OpenID Connect Discovery §4 after it.
fn locations(issuer: &Issuer) -> [Url; 2] {
    let path = issuer.url().path().trim_end_matches('/').to_owned();
    let at = |path: String| {
        let mut url = issuer.url().clone();
        url.set_path(&path);
        url
    };
    [
        at(format!("/.well-known/oauth-authorization-server{path}")),
        at(format!("{path}/.well-known/openid-configuration")),
    ]
}

fn read(document: &Value, issuer: &Issuer) -> Result<Metadata, String> {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    match text("issuer") {
        Some(named) if named == issuer.as_str() => {}
        Some(named) => {
            let named: String = named.chars().take(200).collect();
            return Err(format!("it names another issuer: `{named}`"));
        }
        None => return Err("it names no issuer".to_owned()),
    }
    let endpoint = |name: &str| {
        text(name).map(|text| {
            let url = Url::parse(text).map_err(|error| format!("its `{name}` is no URL: {error}"))?;
            let unusable = |reason: &str| {
                let reason: String = reason.chars().take(200).collect();
                format!("its `{name}` can't be used: {reason}")
            };
            net::is_permitted(&url).map_err(|reason| unusable(&reason))?;
            if url.scheme() != "https" && issuer.url().scheme() == "https" {
                return Err(unusable("an issuer with `https` can't send us to a service of this machine by `http`"));
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
    Ok(Metadata {
        issuer: issuer.clone(),
        authorization_endpoint: endpoint("authorization_endpoint").transpose()?,
        token_endpoint: endpoint("token_endpoint").transpose()?,
        jwks_uri: endpoint("jwks_uri").transpose()?,
        introspection_endpoint: endpoint("introspection_endpoint").transpose()?,
        revocation_endpoint: endpoint("revocation_endpoint").transpose()?,
        device_authorization_endpoint: endpoint("device_authorization_endpoint").transpose()?,
        scopes_supported: list("scopes_supported"),
        grant_types_supported: list("grant_types_supported"),
        code_challenge_methods_supported: list("code_challenge_methods_supported"),
        token_endpoint_auth_methods_supported: list("token_endpoint_auth_methods_supported"),
        iss_parameter_supported: document.get("authorization_response_iss_parameter_supported")
            == Some(&Value::Bool(true)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_locations_and_an_issuer_compared_exactly() {
        let issuer = Issuer::parse("https://a.test/tenant/").unwrap();
        let urls = locations(&issuer).map(|url| url.to_string());
        assert_eq!(
            urls,
            [
                "https://a.test/.well-known/oauth-authorization-server/tenant",
                "https://a.test/tenant/.well-known/openid-configuration",
            ]
        );
        for (named, token, fine) in [
            ("https://a.test/tenant/", "https://a.test/token", true),
            ("https://a.test/tenant", "https://a.test/token", false),
            ("https://A.test/tenant/", "https://a.test/token", false),
            ("https://a.test/tenant/", "http://a.test/token", false),
            ("https://a.test/tenant/", "https://u:p@a.test/token", false),
            ("https://a.test/tenant/", "http://127.0.0.1:8080/token", false),
            ("https://a.test/tenant/", "https://a.test/token#fragment", false),
        ] {
            let document = serde_json::json!({"issuer": named, "token_endpoint": token});
            assert_eq!(read(&document, &issuer).is_ok(), fine, "{named} {token}");
        }
    }
}
