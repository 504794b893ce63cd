//! Tests of both servers over real sockets, with a plain HTTP client.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod code;
mod device;
mod machine;
mod management;
mod pages;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::WWW_AUTHENTICATE;
use reqwest::{Method, StatusCode, redirect};
use serde_json::Value;
use url::Url;

use super::visit::Visit;
use super::{Consent, Demo, DemoError};
use crate::scope::ScopeSet;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const REDIRECT: &str = "http://127.0.0.1:9/callback";

fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

fn scopes(list: &str) -> ScopeSet {
    ScopeSet::parse(list).unwrap()
}

/// Returns the URL of a valid authorization request, with changed or additional parameters.
fn authorization_url(demo: &Demo, scope: &str, changes: &[(&str, &str)]) -> Url {
    let challenge = challenge(VERIFIER);
    let usual = [
        ("response_type", "code"),
        ("client_id", "dev"),
        ("redirect_uri", REDIRECT),
        ("scope", scope),
        ("state", "s&t=a te"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let mut url = Url::parse(&format!("{}/authorize", demo.issuer)).unwrap();
    let kept = usual.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    url.query_pairs_mut().extend_pairs(kept).extend_pairs(changes.iter().filter(|(_, value)| !value.is_empty()));
    url
}

/// Completes the pages. Returns the URL at which the browser leaves the authorization server.
async fn walk(start: &Url, consent: &Consent) -> Result<Option<Url>, DemoError> {
    let http = http();
    let mut visit = Visit::new(start, consent);
    while let Some(request) = visit.next() {
        if request.url.origin() != start.origin() {
            return Ok(Some(request.url));
        }
        let mut sent = http.request(request.method, request.url).headers(request.headers);
        if let Some(body) = request.body {
            sent = sent.body(body);
        }
        let response = sent.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        visit.receive(status, &headers, &response.bytes().await.unwrap())?;
    }
    Ok(None)
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Obtains a code with the user's consent.
async fn obtain_code(demo: &Demo, scope: &str, consent: &Consent) -> String {
    let back = walk(&authorization_url(demo, scope, &[]), consent).await.unwrap().unwrap();
    parameter(&back, "code").unwrap()
}

async fn redeem(demo: &Demo, code: &str, changes: &[(&str, &str)]) -> (StatusCode, Value) {
    let usual = [
        ("grant_type", "authorization_code"),
        ("client_id", "dev"),
        ("redirect_uri", REDIRECT),
        ("code", code),
        ("code_verifier", VERIFIER),
    ];
    let kept = usual.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let form: Vec<_> = kept.chain(changes).copied().collect();
    post(demo, "/token", &form).await
}

/// Obtains the token response of the code grant, with everything granted.
async fn tokens(demo: &Demo, scope: &str) -> Value {
    let code = obtain_code(demo, scope, &Consent::Everything).await;
    let (status, response) = redeem(demo, &code, &[]).await;
    assert_eq!(status, 200, "{response}");
    response
}

async fn refresh(demo: &Demo, refresh_token: &str, scope: &str) -> (StatusCode, Value) {
    let form =
        [("grant_type", "refresh_token"), ("client_id", "dev"), ("refresh_token", refresh_token), ("scope", scope)];
    post(demo, "/token", &form).await
}

fn text<'a>(response: &'a Value, name: &str) -> &'a str {
    response[name].as_str().unwrap_or_else(|| panic!("no {name} in {response}"))
}

/// Decodes the claims of a JWT, without verification.
fn claims(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// Creates a client without redirects and proxy.
fn http() -> reqwest::Client {
    reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap()
}

/// Posts a form to the authorization server.
async fn post(demo: &Demo, path: &str, form: &[(&str, &str)]) -> (StatusCode, Value) {
    let response = http().post(format!("{}{path}", demo.issuer)).form(form).send().await.unwrap();
    (response.status(), serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
}

/// Obtains an access token of the client `service`.
async fn service_token(demo: &Demo, scope: &str) -> String {
    let secret = demo.service_secret.expose();
    let form = [("grant_type", "client_credentials"), ("client_id", "ci"), ("client_secret", secret), ("scope", scope)];
    let (status, response) = post(demo, "/token", &form).await;
    assert_eq!(status, 200, "{response}");
    response["access_token"].as_str().unwrap().to_owned()
}

/// Calls the API. Returns status, challenge and body.
async fn call(demo: &Demo, endpoint: &str, token: Option<&str>) -> (StatusCode, String, Value) {
    let (method, path) = endpoint.split_once(' ').unwrap();
    let mut request = http().request(Method::from_bytes(method.as_bytes()).unwrap(), format!("{}{path}", demo.api));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    let challenge = response.headers().get(WWW_AUTHENTICATE).map(|value| value.to_str().unwrap().to_owned());
    let status = response.status();
    (
        status,
        challenge.unwrap_or_default(),
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default(),
    )
}
