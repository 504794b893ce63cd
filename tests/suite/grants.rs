//! Grants and extensions that none of the servers of `tests/servers` has, as a server of the test's own sees them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::sync::Arc;

use crate::support::{Behavior, Home, MockServer, demand, manifest, server, text};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

/// A home whose manifest has one client more.
fn home_with(server: &MockServer, client: &str) -> Home {
    let home = Home::new(server);
    let client = format!("\n[client.more]\nissuer = \"{}\"\nclient_id = \"more-id\"\n{client}\n", server.origin);
    home.write("tokscope.toml", &(manifest(&server.origin, &server.origin) + &client));
    demand(&home.run(&["trust", "--yes"]), 0);
    home
}

fn server_and_home(client: &str) -> (Arc<MockServer>, Home) {
    let server = server();
    let home = home_with(&server, client);
    (server, home)
}

const TOKEN: [&str; 5] = ["token", "-e", "GET /orders", "--client", "more"];
const LOGIN: [&str; 6] = ["login", "--no-browser", "-e", "GET /orders", "--client", "more"];

/// A claim set or header of a JWT.
fn part(text: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

#[test]
fn jwt_bearer_signs_an_assertion_that_can_be_verified() {
    let (server, home) = server_and_home(
        "grants = [\"jwt_bearer\"]\nkey = { file = \"key.pem\" }\nkey_id = \"k1\"\nsubject = \"alice\"",
    );
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    home.write_private("key.pem", &pem::encode(&pem::Pem::new("PRIVATE KEY", key.as_ref())));
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref()).unwrap();
    let before = Timestamp::now().as_second();
    assert_eq!(demand(&home.run(&TOKEN), 0), format!("{}-access-0\n", server.needle));
    let asked = server.token_requests()[0].clone();
    assert_eq!(asked["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
    assert_eq!(asked["scope"], "orders:read");
    let (input, signature) = asked["assertion"].rsplit_once('.').unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref())
        .verify(input.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap())
        .unwrap();
    let (header, claims) = input.split_once('.').unwrap();
    assert_eq!(part(header), json!({"alg": "ES256", "typ": "JWT", "kid": "k1"}));
    let claims = part(claims);
    // RFC 7523 §3: issuer, subject, audience, expiry
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!("more-id"), &json!("alice")));
    assert_eq!(claims["aud"], format!("{}/token", server.origin));
    let (issued, ends) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
    assert!(issued >= before && ends > issued && ends <= issued + 300, "{claims}");
    // the token is kept; another grant signs another assertion
    demand(&home.run(&TOKEN), 0);
    assert_eq!(server.token_requests().len(), 1);
    demand(&home.run(&["login", "-e", "GET /orders", "--client", "more"]), 0);
    assert_ne!(server.token_requests()[1]["assertion"], asked["assertion"]);
}

#[test]
fn jwt_bearer_sends_a_given_assertion() {
    let (server, home) = server_and_home("grants = [\"jwt_bearer\"]\nassertion = { file = \"assertion\" }");
    home.write_private("assertion", &format!("{}-assertion\n", server.needle));
    let output = home.run(&TOKEN);
    demand(&output, 0);
    assert_eq!(server.token_requests()[0]["assertion"], format!("{}-assertion", server.needle));
    assert!(!text(&output.stderr).contains("-assertion"));
}

#[test]
fn authorization_details_are_sent_with_every_request() {
    let details = json!([{"type": "payment", "actions": ["read"], "limit": 5}]);
    let (server, home) = server_and_home(
        "grants = [\"authorization_code\", \"client_credentials\"]\nsecret = { env = \"CLIENT_SECRET\" }\n\
         authorization_details = [{ type = \"payment\", actions = [\"read\"], limit = 5 }]",
    );
    server.behave(Behavior::new().granted_details(Some(details.clone())));
    let output = home.run_and_sign_in(&server, &LOGIN);
    demand(&output, 0);
    assert!(!text(&output.stderr).contains("authorization-details-differ"), "{}", text(&output.stderr));
    // RFC 9396 §2 and §6: in the authorization request and in the token request
    let sent = |text: &String| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(sent(&server.authorization_request()["authorization_details"]), details);
    let machine = [&LOGIN[..], &["--grant", "client_credentials"]].concat();
    demand(&home.run(&machine), 0);
    // what was granted is compared (§7)
    for granted in [Some(json!([{"type": "payment", "actions": ["read", "write"], "limit": 5}])), None] {
        server.behave(Behavior::new().granted_details(granted));
        let output = home.run(&machine);
        demand(&output, 0);
        assert!(text(&output.stderr).contains("warning[authorization-details-differ]"), "{}", text(&output.stderr));
    }
    let requests = server.token_requests();
    assert_eq!(requests.len(), 4);
    assert!(requests.iter().all(|request| sent(&request["authorization_details"]) == details), "{requests:?}");
}

#[test]
fn acr_values_and_max_age_are_requested() {
    let (server, home) = server_and_home("acr_values = \"urn:silver\"\nmax_age = \"1h\"\nprompt = \"consent\"");
    let asked = |more: &[&str]| {
        demand(&home.run_and_sign_in(&server, &[&LOGIN[..], more].concat()), 0);
        let with = server.authorization_request();
        ["acr_values", "max_age", "prompt"].map(|name| with.get(name).cloned().unwrap_or_default())
    };
    assert_eq!(asked(&[]), ["urn:silver", "3600", "consent"]);
    // what the API wants comes before what the client usually asks for (RFC 9470 §4)
    assert_eq!(asked(&["--acr-values", "urn:gold mfa", "--max-age", "0"]), ["urn:gold mfa", "0", "consent"]);
}

#[test]
fn always_request_does_not_count_as_broad() {
    let (server, home) = server_and_home("always_request = [\"offline_access\"]\nnarrow = \"refresh\"");
    demand(&home.run_and_sign_in(&server, &[&LOGIN[..], &["-e", "POST /orders"]].concat()), 0);
    assert_eq!(server.authorization_request()["scope"], "offline_access orders:read orders:write");
    let narrow = demand(&home.run(&[&TOKEN[..], &["--json"]].concat()), 0);
    let narrow: Value = serde_json::from_str(&narrow).unwrap();
    assert_eq!(narrow["granted"], json!(["orders:read"]));
    assert_eq!(server.token_requests()[1]["scope"], "orders:read");
}
