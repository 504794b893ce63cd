//! Introspection, revocation, and tokens of every kind at the API.

use serde_json::{Value, json};

use super::{call, http, post, refresh, scopes, service_token, text, tokens};
use crate::demo::{Demo, Mint, Signature, start};

async fn introspect(demo: &Demo, token: &str) -> Value {
    let form = [("client_id", "service"), ("client_secret", demo.service_secret.expose()), ("token", token)];
    let (status, answer) = post(demo, "/introspect", &form).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn revoke(demo: &Demo, token: &str) -> u16 {
    post(demo, "/revoke", &[("client_id", "demo"), ("token", token)]).await.0.as_u16()
}

#[tokio::test]
async fn introspection_tells_active_from_inactive() {
    let demo = start().await.unwrap();
    let answer = tokens(&demo, "orders:read").await;
    let (access, refresh_token) = (text(&answer, "access_token"), text(&answer, "refresh_token"));
    let said = introspect(&demo, access).await;
    assert_eq!((&said["active"], &said["scope"]), (&json!(true), &json!("orders:read")));
    assert_eq!((&said["client_id"], &said["sub"]), (&json!("demo"), &json!("alice")));
    assert_eq!(said["aud"], json!(demo.api.as_str()));
    assert_eq!(introspect(&demo, refresh_token).await["active"], true);
    let inactive = json!({ "active": false });
    assert_eq!(introspect(&demo, "nonsense").await, inactive);
    let (_, next) = refresh(&demo, refresh_token, "").await;
    assert_eq!(introspect(&demo, refresh_token).await, inactive, "rotated");
    demo.advance(3600);
    assert_eq!(introspect(&demo, text(&next, "access_token")).await, inactive, "expired");

    let (status, _) = post(&demo, "/introspect", &[("token", access)]).await;
    assert_eq!(status, 401, "nobody may ask without saying who they are");
    let others = service_token(&demo, "orders:read").await;
    let (_, hidden) = post(&demo, "/introspect", &[("client_id", "demo"), ("token", &others)]).await;
    assert_eq!(hidden, inactive, "a public client sees its own tokens only");
    let (status, _) = post(&demo, "/introspect", &[("client_id", "demo")]).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_revoked_access_token_is_refused_and_nothing_else_is() {
    let demo = start().await.unwrap();
    let answer = tokens(&demo, "orders:read").await;
    let access = text(&answer, "access_token");
    assert_eq!(call(&demo, "GET /orders", Some(access)).await.0, 200);
    assert_eq!(revoke(&demo, access).await, 200);
    let (status, challenge, _) = call(&demo, "GET /orders", Some(access)).await;
    assert_eq!(status, 401);
    assert!(challenge.contains("revoked"), "{challenge}");
    assert_eq!(introspect(&demo, access).await["active"], false);
    assert_eq!(revoke(&demo, access).await, 200, "again is fine");
    assert_eq!(revoke(&demo, "nonsense").await, 200, "so is a stranger");
    let (status, next) = refresh(&demo, text(&answer, "refresh_token"), "").await;
    assert_eq!(status, 200);
    assert_eq!(call(&demo, "GET /orders", Some(text(&next, "access_token"))).await.0, 200);
}

#[tokio::test]
async fn a_revoked_refresh_token_takes_the_access_token_with_it() {
    let demo = start().await.unwrap();
    let answer = tokens(&demo, "orders:read").await;
    assert_eq!(revoke(&demo, text(&answer, "refresh_token")).await, 200);
    assert_eq!(call(&demo, "GET /orders", Some(text(&answer, "access_token"))).await.0, 401);
    assert_eq!(refresh(&demo, text(&answer, "refresh_token"), "").await.0, 400);
    let others = service_token(&demo, "orders:read").await;
    assert_eq!(revoke(&demo, &others).await, 400, "another client's token");
    assert_eq!(call(&demo, "GET /orders", Some(&others)).await.0, 200);
}

#[tokio::test]
async fn the_api_tells_good_tokens_from_bad_ones() {
    let demo = start().await.unwrap();
    let good = || Mint::granting(&scopes("orders:read"));
    let signed = |signature| Mint { signature, ..good() };
    for (mint, status, words) in [
        (good(), 200, ""),
        (signed(Signature::Es256), 200, ""),
        (Mint { token_type: "application/at+JWT", ..good() }, 200, ""),
        (good().claim("aud", json!(["https://other.example", demo.api.as_str()])), 200, ""),
        (good().claim("nbf", 0), 200, ""),
        (Mint { expires_in: -1, ..good() }, 401, "expired"),
        (good().claim("exp", Value::Null), 401, "no expiry"),
        (good().claim("exp", "soon"), 401, "no expiry"),
        (good().claim("nbf", i64::MAX), 401, "not yet valid"),
        (good().claim("aud", "https://other.example"), 401, "audience"),
        (good().claim("aud", Value::Null), 401, "audience"),
        (good().claim("iss", "https://other.example"), 401, "issuer"),
        (Mint { token_type: "JWT", ..good() }, 401, "no access token"),
        (signed(Signature::None), 401, "algorithm"),
        (signed(Signature::Hs256("a key that the server never had")), 401, "algorithm"),
        (signed(Signature::Nonsense("ES512")), 401, "algorithm"),
        (signed(Signature::Nonsense("RS256")), 401, "unknown key"),
        (signed(Signature::Broken), 401, "signature"),
        (good().claim("scope", "customers:read"), 403, "orders:read"),
        (good().claim("scope", Value::Null), 403, "orders:read"),
    ] {
        let token = demo.mint(&mint).await.unwrap();
        let (answered, challenge, _) = call(&demo, "GET /orders", Some(token.expose())).await;
        assert_eq!(answered.as_u16(), status, "{mint:?} {challenge}");
        assert!(challenge.contains(words), "{mint:?} {challenge}");
    }
}

#[tokio::test]
async fn one_of_several_alternatives_is_enough() {
    let demo = start().await.unwrap();
    for (held, order, status) in [
        ("orders:admin", 1, 204),
        ("orders:write orders:delete", 2, 204),
        ("orders:write", 7, 403),
        ("orders:delete", 7, 403),
        ("orders:read", 7, 403),
    ] {
        let token = demo.mint(&Mint::granting(&scopes(held))).await.unwrap();
        let endpoint = format!("DELETE /orders/{order}");
        let (answered, challenge, _) = call(&demo, &endpoint, Some(token.expose())).await;
        assert_eq!(answered.as_u16(), status, "{held}");
        assert_eq!(challenge.contains("scope=\"orders:delete orders:write\""), status == 403, "{held}: {challenge}");
    }
}

#[tokio::test]
async fn a_malformed_authorization_header_is_a_bad_request_and_another_scheme_is_no_token() {
    let demo = start().await.unwrap();
    for (header, status, challenge) in [
        ("Bearer", 400, "error=\"invalid_request\""),
        ("Bearer a b", 400, "error=\"invalid_request\""),
        ("Bearer \"x\"", 400, "error=\"invalid_request\""),
        ("Basic YTpi", 401, "Bearer realm=\"orders\""),
    ] {
        let response = http().get(format!("{}/orders", demo.api)).header("authorization", header).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{header}");
        assert!(response.headers()["www-authenticate"].to_str().unwrap().contains(challenge), "{header}");
    }
    let token = service_token(&demo, "orders:read").await;
    let url = format!("{}/orders?access_token={token}", demo.api);
    assert_eq!(http().get(url).send().await.unwrap().status(), 401, "a token in the query does not count");
}
