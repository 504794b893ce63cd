//! Introspection, revocation, and token validation by the API.

use serde_json::{Value, json};

use super::{call, http, post, refresh, scopes, service_token, text, tokens};
use crate::demo::{Demo, Mint, Signature, start};

async fn introspect(demo: &Demo, token: &str) -> Value {
    let form = [("client_id", "ci"), ("client_secret", demo.service_secret.expose()), ("token", token)];
    let (status, response) = post(demo, "/introspect", &form).await;
    assert_eq!(status, 200, "{response}");
    response
}

async fn revoke(demo: &Demo, token: &str) -> u16 {
    post(demo, "/revoke", &[("client_id", "dev"), ("token", token)]).await.0.as_u16()
}

#[tokio::test]
async fn introspection_distinguishes_active_and_inactive_tokens() {
    let demo = start().await.unwrap();
    let response = tokens(&demo, "orders:read").await;
    let (access, refresh_token) = (text(&response, "access_token"), text(&response, "refresh_token"));
    let response = introspect(&demo, access).await;
    assert_eq!((&response["active"], &response["scope"]), (&json!(true), &json!("orders:read")));
    assert_eq!((&response["client_id"], &response["sub"]), (&json!("dev"), &json!("alice")));
    assert_eq!(response["aud"], json!(demo.api.as_str()));
    assert_eq!(introspect(&demo, refresh_token).await["active"], true);
    let inactive = json!({ "active": false });
    assert_eq!(introspect(&demo, "nonsense").await, inactive);
    let (_, next) = refresh(&demo, refresh_token, "").await;
    assert_eq!(introspect(&demo, refresh_token).await, inactive, "rotated");
    demo.advance(3600);
    assert_eq!(introspect(&demo, text(&next, "access_token")).await, inactive, "expired");

    let (status, _) = post(&demo, "/introspect", &[("token", access)]).await;
    assert_eq!(status, 401, "introspection requires client authentication");
    let others = service_token(&demo, "orders:read").await;
    let (_, hidden) = post(&demo, "/introspect", &[("client_id", "dev"), ("token", &others)]).await;
    assert_eq!(hidden, inactive, "a public client sees only its own tokens");
    let (status, _) = post(&demo, "/introspect", &[("client_id", "dev")]).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn revoking_an_access_token_affects_only_that_token() {
    let demo = start().await.unwrap();
    let response = tokens(&demo, "orders:read").await;
    let access = text(&response, "access_token");
    assert_eq!(call(&demo, "GET /orders", Some(access)).await.0, 200);
    assert_eq!(revoke(&demo, access).await, 200);
    let (status, challenge, _) = call(&demo, "GET /orders", Some(access)).await;
    assert_eq!(status, 401);
    assert!(challenge.contains("revoked"), "{challenge}");
    assert_eq!(introspect(&demo, access).await["active"], false);
    assert_eq!(revoke(&demo, access).await, 200, "revoking again succeeds");
    assert_eq!(revoke(&demo, "nonsense").await, 200, "an unknown token succeeds as well");
    let (status, next) = refresh(&demo, text(&response, "refresh_token"), "").await;
    assert_eq!(status, 200);
    assert_eq!(call(&demo, "GET /orders", Some(text(&next, "access_token"))).await.0, 200);
}

#[tokio::test]
async fn revoking_a_refresh_token_revokes_its_access_tokens() {
    let demo = start().await.unwrap();
    let response = tokens(&demo, "orders:read").await;
    assert_eq!(revoke(&demo, text(&response, "refresh_token")).await, 200);
    assert_eq!(call(&demo, "GET /orders", Some(text(&response, "access_token"))).await.0, 401);
    assert_eq!(refresh(&demo, text(&response, "refresh_token"), "").await.0, 400);
    let others = service_token(&demo, "orders:read").await;
    assert_eq!(revoke(&demo, &others).await, 400, "another client's token");
    assert_eq!(call(&demo, "GET /orders", Some(&others)).await.0, 200);
}

#[tokio::test]
async fn api_accepts_only_valid_tokens() {
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
        (Mint { token_type: "JWT", ..good() }, 401, "not an access token"),
        (signed(Signature::None), 401, "algorithm"),
        (signed(Signature::Hs256("a key that the server does not have")), 401, "algorithm"),
        (signed(Signature::Nonsense("ES512")), 401, "algorithm"),
        (signed(Signature::Nonsense("RS256")), 401, "unknown key"),
        (signed(Signature::Broken), 401, "signature"),
        (good().claim("scope", "customers:read"), 403, "orders:read"),
        (good().claim("scope", Value::Null), 403, "orders:read"),
    ] {
        let token = demo.mint(&mint).await.unwrap();
        let (returned, challenge, _) = call(&demo, "GET /orders", Some(token.expose())).await;
        assert_eq!(returned.as_u16(), status, "{mint:?} {challenge}");
        assert!(challenge.contains(words), "{mint:?} {challenge}");
    }
}

#[tokio::test]
async fn one_of_several_alternatives_is_sufficient() {
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
        let (returned, challenge, _) = call(&demo, &endpoint, Some(token.expose())).await;
        assert_eq!(returned.as_u16(), status, "{held}");
        assert_eq!(challenge.contains("scope=\"orders:delete orders:write\""), status == 403, "{held}: {challenge}");
    }
}

#[tokio::test]
async fn malformed_authorization_is_a_bad_request_and_another_scheme_is_not_a_token() {
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
    assert_eq!(http().get(url).send().await.unwrap().status(), 401, "a token in the query is ignored");
}
