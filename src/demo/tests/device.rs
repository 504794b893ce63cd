//! Device authorization grant.

use serde_json::Value;
use url::Url;

use super::{call, http, post, scopes, text, walk};
use crate::demo::state::DEVICE_CODE;
use crate::demo::{Consent, Demo, start};

async fn begin(demo: &Demo) -> Value {
    let form = [("client_id", "dev"), ("scope", "orders:read customers:read")];
    let (status, response) = post(demo, "/device_authorization", &form).await;
    assert_eq!(status, 200, "{response}");
    response
}

async fn poll(demo: &Demo, started: &Value) -> (u16, Value) {
    let form = [("grant_type", DEVICE_CODE), ("client_id", "dev"), ("device_code", text(started, "device_code"))];
    let (status, response) = post(demo, "/token", &form).await;
    (status.as_u16(), response)
}

fn page(started: &Value) -> Url {
    Url::parse(text(started, "verification_uri_complete")).unwrap()
}

#[tokio::test]
async fn a_device_gets_a_token_after_the_user_approves() {
    let demo = start().await.unwrap();
    let started = begin(&demo).await;
    assert_eq!((started["interval"].as_i64(), started["expires_in"].as_i64()), (Some(5), Some(600)));
    assert_eq!(text(&poll(&demo, &started).await.1, "error"), "authorization_pending");
    assert_eq!(text(&poll(&demo, &started).await.1, "error"), "slow_down");
    demo.advance(6);
    assert_eq!(text(&poll(&demo, &started).await.1, "error"), "slow_down", "the interval grows by 5 s");
    demo.advance(20);
    assert_eq!(text(&poll(&demo, &started).await.1, "error"), "authorization_pending");
    let left = walk(&page(&started), &Consent::Only(scopes("orders:read"))).await.unwrap();
    assert_eq!(left, None, "a device has no redirect");
    let (status, response) = poll(&demo, &started).await;
    assert_eq!(status, 200, "{response}");
    assert_eq!(response["scope"], "orders:read");
    assert_eq!(call(&demo, "GET /orders", Some(text(&response, "access_token"))).await.0, 200);
    assert_eq!(text(&poll(&demo, &started).await.1, "error"), "invalid_grant", "a device code is single-use");
    assert!(walk(&page(&started), &Consent::Everything).await.is_err(), "a user code is single-use");
}

#[tokio::test]
async fn denied_expired_and_unknown_device_codes_are_rejected() {
    let demo = start().await.unwrap();
    let refused = begin(&demo).await;
    walk(&page(&refused), &Consent::Refuse).await.unwrap();
    assert_eq!(text(&poll(&demo, &refused).await.1, "error"), "access_denied");
    let late = begin(&demo).await;
    demo.advance(601);
    assert_eq!(text(&poll(&demo, &late).await.1, "error"), "expired_token");
    assert!(walk(&page(&late), &Consent::Everything).await.is_err());
    let unknown = serde_json::json!({ "device_code": "nonsense" });
    assert_eq!(text(&poll(&demo, &unknown).await.1, "error"), "invalid_grant");
    let form = [("client_id", "ci"), ("client_secret", demo.service_secret.expose()), ("scope", "orders:read")];
    assert_eq!(text(&post(&demo, "/device_authorization", &form).await.1, "error"), "unauthorized_client");
}

#[tokio::test]
async fn user_codes_are_normalized_and_guesses_are_limited() {
    let demo = start().await.unwrap();
    let started = begin(&demo).await;
    let url = format!("{}/device", demo.issuer);
    let typed = text(&started, "user_code").to_lowercase().replace('-', " ");
    let enter = async |code: &str| http().post(&url).form(&[("user_code", code)]).send().await.unwrap().status();
    assert_eq!(enter(&typed).await, 200);
    for _ in 0..10 {
        assert_eq!(enter("BBBB-BBBB").await, 400);
    }
    assert_eq!(enter(&typed).await, 429);
    demo.advance(60);
    assert_eq!(enter(&typed).await, 200);
}
