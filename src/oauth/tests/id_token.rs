//! ID tokens (OpenID Connect Core §3.1.3.7): proof that one belongs to another request ends the grant; a check that is
//! not possible is reported.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::signing::{SigningKey, hs256};
use super::*;

/// Signs in at a server whose ID token is built from its issuer and the nonce, and which publishes a key. Returns the
/// codes of the findings.
async fn signed_in(make: impl Fn(&str, &str) -> String, key: &SigningKey) -> Result<Vec<&'static str>, OAuthError> {
    let id_token = Arc::<Mutex<String>>::default();
    let (given, keys) = (Arc::clone(&id_token), json!({"keys": [key.p256_jwk().unwrap()]}).to_string());
    let server = Server::start(move |line, _| match line.contains("/keys") {
        true => (JSON.to_owned(), keys.clone()),
        false => {
            let response = json!({"access_token": "t", "token_type": "Bearer", "id_token": *given.lock().unwrap()});
            (JSON.to_owned(), response.to_string())
        }
    })
    .await;
    let metadata = server.metadata_with(json!({"jwks_uri": format!("{}/keys", server.base)}));
    let (http, identity) = (http(), client());
    let request = AuthorizationRequest { scopes: ScopeSet::parse("openid").unwrap(), ..request() };
    let pending = begin(Party { http: &http, metadata: &metadata, identity: &identity }, request).await.unwrap();
    let nonce = pending.url().query_pairs().find(|(name, _)| name == "nonce").unwrap().1.into_owned();
    *id_token.lock().unwrap() = make(&server.base, &nonce);
    let (host, path, state) = way_back(&pending);
    let target = format!("{path}?state={state}&code=x");
    let (result, _) = tokio::join!(pending.finish(&http), visit(&host, &target));
    result.map(|set| set.findings.iter().map(|finding| finding.code.name).collect())
}

/// Valid claims.
fn claims(issuer: &str, nonce: &str) -> Value {
    let now = jiff::Timestamp::now().as_second();
    json!({"iss": issuer, "aud": "c", "sub": "alice", "nonce": nonce, "iat": now, "exp": now + 300})
}

/// A change of header and claims, whether the server's own key signs, and the result: the number of findings, or
/// a part of the error.
type Case = (fn(&mut Value, &mut Value), bool, Result<usize, &'static str>);

#[tokio::test]
async fn an_id_token_of_another_request_ends_the_grant() {
    let (own, _) = SigningKey::generate().unwrap();
    let (other, _) = SigningKey::generate().unwrap();
    let header = || json!({"alg": "ES256", "typ": "JWT"});
    let cases: &[Case] = &[
        (|_, _| {}, true, Ok(0)),
        (|_, claims| claims["aud"] = json!(["c", "other"]), true, Ok(0)),
        (|_, claims| claims["at_hash"] = json!("45v4Th-ljqx7DFvZilXwTA"), true, Err("at_hash")),
        (|_, claims| claims["iss"] = json!("https://evil.test"), true, Err("another issuer")),
        (|_, claims| claims["iss"] = Value::Null, true, Err("another issuer")),
        (|_, claims| claims["aud"] = json!("other"), true, Err("another client")),
        (|_, claims| claims["aud"] = json!(["cc", "other"]), true, Err("another client")),
        (|_, claims| claims["aud"] = json!({"c": 1}), true, Err("another client")),
        (|_, claims| claims["azp"] = json!("other"), true, Err("another client")),
        (|_, claims| claims["nonce"] = json!("other"), true, Err("nonce")),
        (|_, claims| claims["nonce"] = Value::Null, true, Err("nonce")),
        (|header, _| header["crit"] = json!(["exp"]), true, Err("crit")),
        (|_, _| {}, false, Err("signature")),
        (|_, claims| claims["exp"] = json!(1000), true, Ok(1)),
        (|header, _| header["kid"] = json!("unknown"), true, Ok(1)),
    ];
    for (index, (change, by_own_key, expected)) in cases.iter().enumerate() {
        let make = |issuer: &str, nonce: &str| {
            let (mut header, mut claims) = (header(), claims(issuer, nonce));
            change(&mut header, &mut claims);
            let key = if *by_own_key { &own } else { &other };
            key.sign(&header, &claims).unwrap().expose().to_owned()
        };
        match (signed_in(make, &own).await, expected) {
            (Ok(codes), Ok(count)) => assert_eq!(codes, vec!["id-token-wrong"; *count], "{index}"),
            (Err(error), Err(said)) => {
                assert!(
                    matches!(error, OAuthError::IdToken(_)) && error.to_string().contains(said),
                    "{index}: {error}"
                );
            }
            (found, _) => panic!("{index}: {found:?} instead of {expected:?}"),
        }
    }
}

#[tokio::test]
async fn a_signature_that_proves_nothing_is_reported() {
    let (own, _) = SigningKey::generate().unwrap();
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let none = |issuer: &str, nonce: &str| {
        format!("{}.{}.", encoded(&json!({"alg": "none"})), encoded(&claims(issuer, nonce)))
    };
    assert_eq!(signed_in(none, &own).await.unwrap(), ["id-token-wrong"]);
    // the public key as a shared secret
    let public = Secret::new(own.p256_jwk().unwrap().to_string());
    let shared = |issuer: &str, nonce: &str| hs256(&public, &claims(issuer, nonce)).unwrap().expose().to_owned();
    assert_eq!(signed_in(shared, &own).await.unwrap(), ["id-token-wrong"]);
    for broken in ["", "a", "a.b", "a.b.c", "a.b.c.d.e"] {
        let found = signed_in(|_, _| broken.to_owned(), &own).await;
        let checked = broken.split('.').count() == 3;
        let fine = match found {
            Ok(codes) => !checked && (codes == ["id-token-wrong"] || broken.is_empty() && codes.is_empty()),
            Err(OAuthError::IdToken(_)) => checked,
            Err(_) => false,
        };
        assert!(fine, "{broken}");
    }
}
