//! Both servers over real sockets, with a plain HTTP client.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod machine;

use reqwest::header::WWW_AUTHENTICATE;
use reqwest::{Method, StatusCode, redirect};
use serde_json::Value;

use super::Demo;

/// A client as dumb as possible: no redirects, no proxy.
fn http() -> reqwest::Client {
    reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap()
}

/// Posts a form to the authorization server.
async fn post(demo: &Demo, path: &str, form: &[(&str, &str)]) -> (StatusCode, Value) {
    let response = http().post(format!("{}{path}", demo.issuer)).form(form).send().await.unwrap();
    (response.status(), serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
}

/// An access token of the client `service`.
async fn service_token(demo: &Demo, scope: &str) -> String {
    let secret = demo.service_secret.expose();
    let form =
        [("grant_type", "client_credentials"), ("client_id", "service"), ("client_secret", secret), ("scope", scope)];
    let (status, answer) = post(demo, "/token", &form).await;
    assert_eq!(status, 200, "{answer}");
    answer["access_token"].as_str().unwrap().to_owned()
}

/// Calls the API: the status, the challenge, the body.
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
