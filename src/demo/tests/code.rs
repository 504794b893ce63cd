//! Authorization code grant and refresh tokens.

use serde_json::json;

use super::{
    REDIRECT, VERIFIER, authorization_url, call, challenge, claims, obtain_code, parameter, redeem, refresh, scopes,
    text, tokens, walk,
};
use crate::demo::{Consent, Mint, Options, start, start_with};

#[tokio::test]
async fn a_granted_token_is_accepted_by_the_api() {
    let demo = start().await.unwrap();
    let url = authorization_url(&demo, "orders:read customers:read", &[("resource", demo.api.as_str())]);
    let back = walk(&url, &Consent::Everything).await.unwrap().unwrap();
    assert!(back.as_str().starts_with(REDIRECT), "{back}");
    assert_eq!(parameter(&back, "state").as_deref(), Some("s&t=a te"));
    assert_eq!(parameter(&back, "iss").as_deref(), Some(demo.issuer.as_str()));
    let code = parameter(&back, "code").unwrap();
    let (status, response) = redeem(&demo, &code, &[("resource", demo.api.as_str())]).await;
    assert_eq!(status, 200, "{response}");
    assert_eq!(response["scope"], "customers:read orders:read");
    let token = text(&response, "access_token");
    let claims = claims(token);
    assert_eq!((&claims["sub"], &claims["client_id"]), (&json!("alice"), &json!("dev")));
    assert_eq!(call(&demo, "GET /customers/1", Some(token)).await.0, 200);
}

#[tokio::test]
async fn a_deselected_scope_is_not_granted() {
    let demo = start().await.unwrap();
    let only = Consent::Only(scopes("orders:read orders:admin"));
    let code = obtain_code(&demo, "orders:read orders:delete", &only).await;
    let (_, response) = redeem(&demo, &code, &[]).await;
    assert_eq!(response["scope"], "orders:read", "neither a deselected scope nor one that was not requested");
    assert_eq!(claims(text(&response, "access_token"))["scope"], "orders:read");
}

#[tokio::test]
async fn denying_and_deselecting_everything_is_access_denied() {
    let demo = start().await.unwrap();
    for consent in [Consent::Refuse, Consent::Only(scopes(""))] {
        let back = walk(&authorization_url(&demo, "orders:read", &[]), &consent).await.unwrap().unwrap();
        assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));
        assert_eq!(parameter(&back, "state").as_deref(), Some("s&t=a te"));
        assert_eq!(parameter(&back, "iss").as_deref(), Some(demo.issuer.as_str()));
        assert_eq!(parameter(&back, "code"), None);
    }
}

#[tokio::test]
async fn errors_are_sent_to_the_client_with_a_redirect() {
    let demo = start().await.unwrap();
    for (changes, error) in [
        (&[("code_challenge", ""), ("code_challenge_method", "")][..], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge", "short")], "invalid_request"),
        (&[("response_type", "")], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("nonce", "1"), ("nonce", "2")], "invalid_request"),
        (&[("request_uri", "https://x.example")], "request_not_supported"),
        (&[("resource", "https://elsewhere.example")], "invalid_target"),
        (&[("scope", "")], "invalid_scope"),
        (&[("scope", "orders:fly")], "invalid_scope"),
        (&[("scope", "\"\u{1b}")], "invalid_scope"),
        (&[("client_id", "ci")], "unauthorized_client"),
    ] {
        let url = authorization_url(&demo, "orders:read", changes);
        let back = walk(&url, &Consent::Everything).await.unwrap().unwrap();
        assert!(back.as_str().starts_with(REDIRECT), "{back}");
        assert_eq!(parameter(&back, "error").as_deref(), Some(error), "{changes:?}");
        assert_eq!(parameter(&back, "iss").as_deref(), Some(demo.issuer.as_str()));
    }
}

#[tokio::test]
async fn errors_about_client_or_redirect_uri_are_shown_on_the_page() {
    let demo = start().await.unwrap();
    for changes in [
        &[("client_id", "")][..],
        &[("client_id", "unregistered")],
        &[("redirect_uri", "")],
        &[("redirect_uri", "https://attacker.example/")],
        &[("redirect_uri", "http://localhost:9/")],
        &[("redirect_uri", REDIRECT), ("redirect_uri", "http://127.0.0.1:10/")],
    ] {
        let url = authorization_url(&demo, "orders:read", changes);
        let error = walk(&url, &Consent::Everything).await.unwrap_err().to_string();
        assert!(error.contains("the page returned 400"), "{changes:?}: {error}");
    }
}

#[tokio::test]
async fn a_code_is_single_use_and_reuse_revokes_its_tokens() {
    let demo = start().await.unwrap();
    let code = obtain_code(&demo, "orders:read", &Consent::Everything).await;
    let (_, response) = redeem(&demo, &code, &[]).await;
    let token = text(&response, "access_token");
    assert_eq!(call(&demo, "GET /orders", Some(token)).await.0, 200);
    let (status, again) = redeem(&demo, &code, &[]).await;
    assert_eq!((status.as_u16(), text(&again, "error")), (400, "invalid_grant"));
    assert_eq!(call(&demo, "GET /orders", Some(token)).await.0, 401);
    assert_eq!(refresh(&demo, text(&response, "refresh_token"), "").await.0, 400);
}

#[tokio::test]
async fn a_code_is_bound_to_verifier_redirect_uri_and_expiry() {
    let demo = start_with(Options { clock_offset: -7200, ..Options::default() }).await.unwrap();
    let other = "x".repeat(43);
    for (changes, error) in [
        (&[("code_verifier", other.as_str())][..], "invalid_grant"),
        (&[("code_verifier", "short")], "invalid_grant"),
        (&[("code_verifier", "")], "invalid_request"),
        (&[("redirect_uri", "http://127.0.0.1:9/other")], "invalid_grant"),
        (&[("code", "nonsense")], "invalid_grant"),
        (&[("code", "")], "invalid_request"),
    ] {
        let code = obtain_code(&demo, "orders:read", &Consent::Everything).await;
        let (status, response) = redeem(&demo, &code, changes).await;
        assert_eq!((status.as_u16(), text(&response, "error")), (400, error), "{changes:?}");
    }
    let code = obtain_code(&demo, "orders:read", &Consent::Everything).await;
    demo.advance(61);
    assert_eq!(text(&redeem(&demo, &code, &[]).await.1, "error"), "invalid_grant");
    assert_eq!(challenge(VERIFIER), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "RFC 7636 appendix B");
}

#[tokio::test]
async fn openid_adds_an_id_token_that_the_api_rejects() {
    let demo = start().await.unwrap();
    let url = authorization_url(&demo, "openid orders:read", &[("nonce", "n-0S6")]);
    let back = walk(&url, &Consent::Everything).await.unwrap().unwrap();
    let (_, response) = redeem(&demo, &parameter(&back, "code").unwrap(), &[]).await;
    let id_token = text(&response, "id_token");
    let claims = claims(id_token);
    assert_eq!((&claims["aud"], &claims["nonce"], &claims["sub"]), (&json!("dev"), &json!("n-0S6"), &json!("alice")));
    assert_eq!(call(&demo, "GET /orders", Some(id_token)).await.0, 401);
    assert!(tokens(&demo, "orders:read").await.get("id_token").is_none());
}

#[tokio::test]
async fn refresh_tokens_rotate_and_reuse_revokes_the_family() {
    let demo = start().await.unwrap();
    let first = tokens(&demo, "orders:read customers:read").await;
    let (status, second) = refresh(&demo, text(&first, "refresh_token"), "").await;
    assert_eq!(status, 200, "{second}");
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!(second["scope"], "customers:read orders:read");
    let newest = text(&second, "access_token");
    assert_eq!(call(&demo, "GET /orders", Some(newest)).await.0, 200);

    let (status, reused) = refresh(&demo, text(&first, "refresh_token"), "").await;
    assert_eq!((status.as_u16(), text(&reused, "error")), (400, "invalid_grant"));
    assert_eq!(call(&demo, "GET /orders", Some(newest)).await.0, 401);
    let (status, _) = refresh(&demo, text(&second, "refresh_token"), "").await;
    assert_eq!(status, 400, "the successor is revoked as well");
}

#[tokio::test]
async fn a_refresh_never_widens_the_grant() {
    let demo = start().await.unwrap();
    let first = tokens(&demo, "orders:read customers:read").await;
    let (_, narrow) = refresh(&demo, text(&first, "refresh_token"), "orders:read").await;
    assert_eq!(narrow["scope"], "orders:read");
    let token = text(&narrow, "access_token");
    assert_eq!(call(&demo, "GET /customers", Some(token)).await.0, 403);
    for beyond in ["orders:write", "orders:read orders:write", "orders:fly"] {
        let (status, response) = refresh(&demo, text(&narrow, "refresh_token"), beyond).await;
        assert_eq!((status.as_u16(), text(&response, "error")), (400, "invalid_scope"), "{beyond}");
    }
    let (status, whole) = refresh(&demo, text(&narrow, "refresh_token"), "").await;
    assert_eq!(status, 200, "a rejected request does not use the refresh token up");
    assert_eq!(whole["scope"], "customers:read orders:read", "the grant itself is not narrowed");
}

#[tokio::test]
async fn refresh_tokens_expire_and_are_bound_to_their_client() {
    let demo = start().await.unwrap();
    let response = tokens(&demo, "orders:read").await;
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "ci"),
        ("client_secret", demo.service_secret.expose()),
        ("refresh_token", text(&response, "refresh_token")),
    ];
    assert_eq!(text(&super::post(&demo, "/token", &form).await.1, "error"), "unauthorized_client");
    demo.advance(8 * 60 * 60);
    assert_eq!(text(&refresh(&demo, text(&response, "refresh_token"), "").await.1, "error"), "invalid_grant");
}

#[tokio::test]
async fn expired_tokens_are_rejected_by_the_api() {
    let lifetime = std::time::Duration::from_mins(1);
    let demo = start_with(Options { access_lifetime: lifetime, ..Options::default() }).await.unwrap();
    let response = tokens(&demo, "orders:read").await;
    assert_eq!(response["expires_in"], 60);
    let token = text(&response, "access_token");
    assert_eq!(call(&demo, "GET /orders", Some(token)).await.0, 200);
    demo.advance(60);
    let (status, challenge, body) = call(&demo, "GET /orders", Some(token)).await;
    assert_eq!(status, 401);
    assert!(challenge.contains("error=\"invalid_token\"") && challenge.contains("expired"), "{challenge}");
    assert_eq!(body["error_description"], "the access token has expired");
    let fresh = demo.mint(&Mint::granting(&scopes("orders:read"))).await.unwrap();
    assert_eq!(call(&demo, "GET /orders", Some(fresh.expose())).await.0, 200);
}
