//! Metadata, keys, client credentials, and the API.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{call, http, post, service_token};
use crate::demo::start;

#[tokio::test]
async fn metadata_names_the_issuer_and_existing_endpoints() {
    let demo = start().await.unwrap();
    let mut documents = Vec::new();
    for name in ["oauth-authorization-server", "openid-configuration"] {
        let url = format!("{}/.well-known/{name}", demo.issuer);
        documents.push(http().get(url).send().await.unwrap().json::<Value>().await.unwrap());
    }
    assert_eq!(documents[0], documents[1]);
    assert_eq!(documents[0]["issuer"], json!(demo.issuer));
    for (name, url) in documents[0].as_object().unwrap().iter().filter(|(name, _)| name.ends_with("_endpoint")) {
        let response = http().post(url.as_str().unwrap()).send().await.unwrap();
        assert_ne!(response.status(), 404, "{name}");
    }
    let keys = http().get(documents[0]["jwks_uri"].as_str().unwrap()).send().await.unwrap();
    let keys = keys.json::<Value>().await.unwrap();
    let kinds: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|key| (&key["kty"], &key["alg"])).collect();
    assert_eq!(kinds, [(&json!("RSA"), &json!("RS256")), (&json!("EC"), &json!("ES256"))]);
    assert!(!keys.to_string().contains("\"d\""), "a private key is published");
}

#[tokio::test]
async fn client_credentials_with_post_and_basic_give_an_rfc_9068_token() {
    let demo = start().await.unwrap();
    let secret = demo.service_secret.expose();
    let form = [("grant_type", "client_credentials"), ("scope", "reports:read orders:read")];
    let url = format!("{}/token", demo.issuer);
    let response = http().post(&url).basic_auth("ci", Some(secret)).form(&form).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let response = response.json::<Value>().await.unwrap();
    assert_eq!(response["scope"], "orders:read reports:read");
    assert_eq!((&response["token_type"], &response["expires_in"]), (&json!("Bearer"), &json!(3600)));
    assert!(response.get("refresh_token").is_none());
    let token = response["access_token"].as_str().unwrap();
    let parts: Vec<Value> = token
        .split('.')
        .take(2)
        .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
        .collect();
    assert_eq!((&parts[0]["typ"], &parts[0]["alg"]), (&json!("at+jwt"), &json!("ES256")));
    assert_eq!(parts[1]["iss"], json!(demo.issuer));
    assert_eq!(parts[1]["aud"], json!(demo.api.as_str()));
    assert_eq!((&parts[1]["sub"], &parts[1]["client_id"]), (&json!("ci"), &json!("ci")));
    assert_eq!(parts[1]["scope"], "orders:read reports:read");
    assert_eq!(parts[1]["exp"].as_i64().unwrap() - parts[1]["iat"].as_i64().unwrap(), 3600);
    assert!(parts[1]["jti"].as_str().unwrap().len() > 20);
    service_token(&demo, "orders:read").await;
}

#[tokio::test]
async fn token_endpoint_rejects_bad_requests() {
    let demo = start().await.unwrap();
    let secret = demo.service_secret.expose();
    let good = [
        ("grant_type", "client_credentials"),
        ("client_id", "ci"),
        ("client_secret", secret),
        ("scope", "orders:read"),
    ];
    let with = |name: &'static str, value: &'static str| -> Vec<(&str, &str)> {
        good.iter().filter(|(known, _)| *known != name).copied().chain([(name, value)]).collect()
    };
    let twice: Vec<_> = good.iter().copied().chain([("scope", "orders:read")]).collect();
    let target: Vec<_> = good.iter().copied().chain([("resource", "https://elsewhere.example")]).collect();
    for (form, status, code) in [
        (with("client_secret", "wrong"), 401, "invalid_client"),
        (with("client_secret", ""), 401, "invalid_client"),
        (with("client_id", "unregistered"), 401, "invalid_client"),
        (with("scope", ""), 400, "invalid_scope"),
        (with("scope", "orders:fly"), 400, "invalid_scope"),
        (with("scope", "orders:admin"), 400, "invalid_scope"),
        (with("grant_type", ""), 400, "invalid_request"),
        (with("grant_type", "password"), 400, "unsupported_grant_type"),
        (with("grant_type", "authorization_code"), 400, "unauthorized_client"),
        (vec![("grant_type", "client_credentials"), ("client_id", "dev")], 400, "unauthorized_client"),
        (twice, 400, "invalid_request"),
        (target, 400, "invalid_target"),
    ] {
        let (returned, response) = post(&demo, "/token", &form).await;
        assert_eq!((returned.as_u16(), response["error"].as_str()), (status, Some(code)), "{response}");
    }
    let url = format!("{}/token", demo.issuer);
    let response = http().post(&url).basic_auth("ci", Some("wrong")).form(&good[..1]).send().await.unwrap();
    assert_eq!(response.status(), 401);
    assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Basic "));
    let response = http().post(&url).basic_auth("ci", Some(secret)).form(&good).send().await.unwrap();
    assert_eq!(response.json::<Value>().await.unwrap()["error"], "invalid_request");
}

#[tokio::test]
async fn api_enforces_scopes_as_in_rfc_6750() {
    let demo = start().await.unwrap();
    let (status, challenge, _) = call(&demo, "GET /orders", None).await;
    let url =
        challenge.strip_prefix("Bearer realm=\"orders\", resource_metadata=\"").unwrap().strip_suffix('"').unwrap();
    assert_eq!(status, 401);
    let metadata = http().get(url).send().await.unwrap().json::<Value>().await.unwrap();
    assert_eq!(metadata["resource"], json!(demo.api.as_str()));
    assert_eq!(metadata["authorization_servers"], json!([demo.issuer]));
    // RFC 9728 section 3.1: the well-known name goes between the host and the path of the resource
    assert_eq!(url, demo.api.join("/.well-known/oauth-protected-resource/v1").unwrap().as_str());
    let (status, challenge, _) = call(&demo, "GET /orders", Some("nonsense")).await;
    assert_eq!(status, 401);
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    assert_eq!(call(&demo, "GET /health", None).await.0, 200);

    let token = service_token(&demo, "orders:read").await;
    let (status, _, body) = call(&demo, "GET /orders/7", Some(&token)).await;
    assert_eq!((status.as_u16(), &body["id"]), (200, &json!(7)));
    let (status, challenge, body) = call(&demo, "POST /orders", Some(&token)).await;
    assert_eq!(status, 403);
    assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
    assert!(challenge.ends_with("scope=\"customers:read orders:write\""), "{challenge}");
    assert_eq!(body["error"], "insufficient_scope");

    let token = service_token(&demo, "orders:write customers:read").await;
    assert_eq!(call(&demo, "POST /orders", Some(&token)).await.0, 201);
    assert_eq!(call(&demo, "GET /orders/8", Some(&token)).await.0, 200, "write implies read");
    assert_eq!(call(&demo, "GET /orders/999", Some(&token)).await.0, 404);
    assert_eq!(call(&demo, "PUT /orders", Some(&token)).await.0, 405);
}

#[tokio::test]
async fn one_endpoint_of_the_manifest_is_out_of_date() {
    let demo = start().await.unwrap();
    let line = demo.manifest.lines().find(|line| line.starts_with("\"GET /reports/sales\"")).unwrap();
    assert!(line.contains("{ any_of = [\"orders:read\"], summary"), "{line}");
    let token = service_token(&demo, "orders:read").await;
    let (status, challenge, _) = call(&demo, "GET /reports/sales", Some(&token)).await;
    assert_eq!(status, 403);
    assert!(challenge.ends_with("scope=\"reports:read\""), "{challenge}");
    let token = service_token(&demo, "reports:read").await;
    assert_eq!(call(&demo, "GET /reports/sales", Some(&token)).await.0, 200);
}

#[tokio::test]
async fn another_host_is_rejected() {
    let demo = start().await.unwrap();
    for url in [format!("{}/jwks", demo.issuer), format!("{}/health", demo.api)] {
        let response = http().get(url).header("host", "rebound.example").send().await.unwrap();
        assert_eq!(response.status(), 421);
    }
}
