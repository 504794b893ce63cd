//! Bound tokens (RFC 9449): the gateway makes the proofs, and fetches nonces, for a client that knows nothing of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::World;
use crate::support::Behavior;

/// Reads the claims of a proof.
fn claims(proof: &str) -> Value {
    let payload = proof.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[test]
fn a_plain_client_uses_a_bound_token() {
    let world = World::new();
    let body = r#"{"access_token":"bound-0123456789abcdef","token_type":"DPoP","expires_in":3600}"#;
    world.server.behave(Behavior::new().token_response(200, "application/json", body));
    let client = format!(
        "[client.bound]\nissuer = \"{}\"\nclient_id = \"bound\"\ngrants = [\"client_credentials\"]\ndpop = true\n\
         secret = {{ env = \"CLIENT_SECRET\" }}\n",
        world.server.origin
    );
    world.manifest(&client);
    world.upstream.respond("/v1/orders", |request, stream| {
        let nonce = claims(request.field("dpop").unwrap())["nonce"].as_str().map(str::to_owned);
        let response = match nonce.as_deref() {
            Some("nonce-1") => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            _ => {
                "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: DPoP error=\"use_dpop_nonce\"\r\nDPoP-Nonce: nonce-1\r\n\
                 Content-Length: 0\r\n\r\n"
            }
        };
        drop(std::io::Write::write_all(stream, response.as_bytes()));
    });
    let gateway = world.gateway(&["--client", "bound"]);
    // a proof of the caller is not passed on
    let response = gateway.request("GET", "/v1/orders?page=2", "DPoP: forged\r\n", b"");
    assert_eq!((response.status, response.text().as_str()), (200, "ok"), "{}", response.text());
    assert_eq!(gateway.get("/v1/orders").status, 200);
    gateway.end();
    let received = world.upstream.take();
    let nonces: Vec<Value> = received.iter().map(|it| claims(it.field("dpop").unwrap())["nonce"].clone()).collect();
    assert_eq!(nonces, [Value::Null, "nonce-1".into(), "nonce-1".into()], "one refusal teaches the nonce");
    for request in &received {
        assert_eq!(request.field("authorization"), Some("DPoP bound-0123456789abcdef"));
        let proof = claims(request.field("dpop").unwrap());
        let htu = format!("{}/v1/orders", world.upstream.origin);
        assert_eq!((&proof["htm"], &proof["htu"]), (&"GET".into(), &htu.into()));
        assert!(proof["ath"].is_string(), "the proof names the token");
    }
    let identifiers: std::collections::BTreeSet<String> =
        received.iter().map(|it| claims(it.field("dpop").unwrap())["jti"].to_string()).collect();
    assert_eq!(identifiers.len(), 3, "no proof is used twice");
}
