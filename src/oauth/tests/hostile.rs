//! Hostile authorization servers: each attack ends in bounded time and memory with a clear error.

use std::time::Instant;

use tokio::net::TcpListener;

use super::*;

/// Answers every connection with these bytes, and then repeats `forever` until the client closes.
async fn raw(response: Vec<u8>, forever: Option<&'static [u8]>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let response = response.clone();
            // many at once, so that the caps are reached before the deadline even on a busy machine
            let more = forever.map(|more| more.repeat(512));
            tokio::spawn(async move {
                read(&mut stream).await;
                let _ = stream.write_all(&response).await;
                while let Some(more) = &more
                    && stream.write_all(more).await.is_ok()
                {}
            });
        }
    });
    base
}

/// Returns the error of a token request to a server at this address.
async fn token_error(base: &str) -> OAuthError {
    let issuer = Issuer::parse(base).unwrap();
    let document = json!({"token_endpoint": format!("{base}/token")});
    let metadata = Metadata::read(document.as_object().unwrap(), &issuer).unwrap();
    let (http, identity) = (http(), client());
    let party = Party { http: &http, metadata: &metadata, identity: &identity };
    let started = Instant::now();
    let error = party.client_credentials(&ScopeSet::new(), &[]).await.map(|_| ()).unwrap_err();
    assert!(started.elapsed() < Duration::from_mins(1), "{error} after {:?}", started.elapsed());
    error
}

fn response(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).into_bytes()
}

#[tokio::test]
async fn hostile_token_responses_are_refused_within_limits() {
    let json = "200 OK\r\nContent-Type: application/json";
    let token = r#"{"access_token":"t","token_type":"Bearer"}"#;
    let deep = format!("{{\"access_token\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    for (name, bytes, forever, said) in [
        (
            "an endless body",
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{".to_vec(),
            Some(&b"          "[..]),
            "more than 1048576 bytes",
        ),
        (
            "200 MB of JSON",
            b"HTTP/1.1 200 OK\r\nContent-Length: 209715200\r\n\r\n[".to_vec(),
            Some(b"1,1,1,1,"),
            "more than 1048576 bytes",
        ),
        (
            "endless chunks",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(),
            Some(b"8\r\nxxxxxxxx\r\n"),
            "more than 1048576 bytes",
        ),
        (
            "endless header fields",
            b"HTTP/1.1 200 OK\r\n".to_vec(),
            Some(b"X-Field: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n"),
            "can't be read",
        ),
        (
            "an endless header field",
            b"HTTP/1.1 200 OK\r\nX-Field: ".to_vec(),
            Some(b"xxxxxxxxxxxxxxxxxxxxxxxx"),
            "can't be read",
        ),
        ("less than announced", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}".to_vec(), None, "can't be read"),
        ("not HTTP", b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec(), None, "can't be read"),
        ("nothing", Vec::new(), None, "can't be read"),
        (
            "a page with 200",
            response("200 OK\r\nContent-Type: text/html", "<!doctype html><p>sign in"),
            None,
            "an HTML page",
        ),
        ("a redirect to itself", response("302 Found\r\nLocation: /token", ""), None, "a redirect"),
        ("a redirect to a file", response("302 Found\r\nLocation: file:///etc/passwd", ""), None, "a redirect"),
        (
            "a redirect to link-local",
            response("307 Temporary Redirect\r\nLocation: http://169.254.169.254/latest", token),
            None,
            "a redirect",
        ),
        (
            "a compressed response",
            response("200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip", "\u{1f}\u{8b}"),
            None,
            "it is not JSON",
        ),
        ("deeply nested JSON", response(json, &deep), None, "it is not JSON"),
        ("a byte order mark", response(json, &format!("\u{feff}{token}")), None, "it is not JSON"),
        ("NaN", response(json, r#"{"access_token":"t","expires_in":NaN}"#), None, "it is not JSON"),
        (
            "a token with a line break",
            response(json, r#"{"access_token":"t\r\nX: y"}"#),
            None,
            "characters that are not allowed",
        ),
        ("no token", response(json, r#"{"access_token":""}"#), None, "no `access_token`"),
        ("a token that is a number", response(json, r#"{"access_token":5}"#), None, "no `access_token`"),
        (
            "a delay of thirty years",
            response("429 Too Many Requests\r\nRetry-After: 1000000000", ""),
            None,
            "too many requests",
        ),
        (
            "an error with escapes",
            response(
                "400 Bad Request\r\nContent-Type: application/json",
                r#"{"error":"e","error_description":"\u001b[31mred"}"#,
            ),
            None,
            "refused: `e`",
        ),
    ] {
        let base = raw(bytes, forever).await;
        let error = token_error(&base).await.to_string();
        assert!(error.contains(said), "{name}: {error}");
        assert!(error.len() < 1000, "{name}");
    }
}

#[tokio::test]
async fn plain_text_on_a_port_for_tls_is_an_error() {
    // it speaks first, as a server of another protocol may
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(&response("200 OK", "{}")).await;
        }
    });
    let error = token_error(&base).await;
    assert!(matches!(error, OAuthError::Net(net::NetError::Unreachable { .. })), "{error}");
}

#[tokio::test]
async fn any_lifetime_is_accepted_without_overflow() {
    for lifetime in
        ["\"3600\"", "-1", "3600.5", "1e3", "18446744073709551615", "18446744073709551616", "null", "true", "[]"]
    {
        let body =
            format!(r#"{{"access_token":"t","token_type":"Bearer","expires_in":{lifetime},"scope":"a\u001b[2Jb c"}}"#);
        let server = Server::start(move |_, _| (JSON.to_owned(), body.clone())).await;
        let set = client_credentials(&server).await.unwrap();
        assert!(set.expires_in.is_none_or(|lifetime| lifetime.as_secs() <= 3600), "{lifetime}");
        assert_eq!(set.scope.unwrap().to_string(), "c", "a scope with control characters is dropped");
    }
}

#[tokio::test]
async fn a_code_is_sent_only_to_the_requested_server() {
    // mix-up (RFC 9700 §4.4): the user is sent to one server, and another one responds
    let honest = Server::start(|_, _| (JSON.to_owned(), TOKEN.to_owned())).await;
    let attacker = Server::start(|_, _| (JSON.to_owned(), TOKEN.to_owned())).await;
    let supported = json!({"authorization_response_iss_parameter_supported": true});
    let asked = pending(&attacker.metadata_with(supported)).await;
    let (host, path, state) = way_back(&asked);
    let target = format!("{path}?state={state}&code=honest&iss={}", honest.base);
    let http = http();
    let (result, _) = tokio::join!(asked.finish(&http), visit(&host, &target));
    assert_eq!(result.map(|_| ()).unwrap_err(), OAuthError::WrongIssuer);
    assert_eq!((honest.seen().len(), attacker.seen().len()), (0, 0));
}

#[tokio::test]
async fn a_server_without_s256_is_refused() {
    for (methods, message, hint) in [
        (json!(null), "PKCE with S256", "add `metadata = "),
        (json!([]), "PKCE with S256", "add `metadata = "),
        (json!(["plain"]), "PKCE with S256, but only `plain`", "enable S256 at the server"),
        (json!(["s256"]), "PKCE with S256, but only `s256`", "enable S256 at the server"),
        (json!("S256"), "PKCE with S256", "add `metadata = "),
    ] {
        let server = Server::start(|_, _| (JSON.to_owned(), TOKEN.to_owned())).await;
        let metadata = server.metadata_with(json!({"code_challenge_methods_supported": methods}));
        let (http, identity) = (http(), client());
        let begun = begin(Party { http: &http, metadata: &metadata, identity: &identity }, request()).await;
        let error = begun.map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), format!("the authorization server does not announce {message}"));
        assert!(error.hint().unwrap().contains(hint), "{methods}");
    }
}

#[tokio::test]
async fn verifier_and_state_are_new_for_each_request() {
    let server = Server::start(|_, _| (JSON.to_owned(), TOKEN.to_owned())).await;
    let metadata = server.metadata();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..100 {
        let pending = pending(&metadata).await;
        let of = |wanted: &str| pending.url().query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
        // 256 bits in base64url
        assert_eq!((of("state").len(), of("code_challenge").len()), (43, 43));
        assert_eq!(of("code_challenge_method"), "S256");
        assert!(seen.insert(of("state")) && seen.insert(of("code_challenge")));
    }
}

#[tokio::test]
async fn unsafe_device_responses_are_refused() {
    for (body, fine) in [
        (json!({"device_code": "d", "user_code": "U", "verification_uri": "https://a.test/d", "expires_in": 60}), true),
        (json!({"device_code": "d", "user_code": "U", "verification_url": "https://a.test/d"}), true),
        (
            json!({"device_code": "d", "user_code": "U", "verification_uri": "https://a.test/d", "interval": 1e12, "expires_in": 1e300}),
            true,
        ),
        (
            json!({"device_code": "d", "user_code": "U", "verification_uri": "file:///etc/passwd", "expires_in": 60}),
            false,
        ),
        (json!({"device_code": "d", "user_code": "U", "verification_uri": "http://a.test/", "expires_in": 60}), false),
        (
            json!({"device_code": "d", "user_code": "U", "verification_uri": "https://u:p@a.test/", "expires_in": 60}),
            false,
        ),
        (
            json!({"device_code": "d", "user_code": "U", "verification_uri": "https://a.test/d", "verification_uri_complete": "javascript:x"}),
            false,
        ),
        (json!({"device_code": "d", "verification_uri": "https://a.test/d"}), false),
        (json!({"user_code": "U", "verification_uri": "https://a.test/d"}), false),
    ] {
        let shown = body.to_string();
        let text = shown.clone();
        let server = Server::start(move |_, _| (JSON.to_owned(), text.clone())).await;
        let metadata =
            server.metadata_with(json!({"device_authorization_endpoint": format!("{}/device", server.base)}));
        let (http, identity) = (http(), client());
        let party = Party { http: &http, metadata: &metadata, identity: &identity };
        let begun = super::super::begin_device(party, &ScopeSet::new(), &[]).await;
        assert_eq!(begun.is_ok(), fine, "{shown}");
        if let Ok(pending) = begun {
            assert!(pending.expires_in <= Duration::from_mins(30));
        }
    }
}

#[tokio::test]
async fn polling_for_a_device_code_ends() {
    let server = Server::start(|line, base| match line.contains("/device") {
        true => (
            JSON.to_owned(),
            format!(
                r#"{{"device_code":"d","user_code":"U","verification_uri":"{base}/d","interval":1,"expires_in":3}}"#
            ),
        ),
        false => (
            "400 Bad Request\r\nContent-Type: application/json".to_owned(),
            r#"{"error":"authorization_pending"}"#.to_owned(),
        ),
    })
    .await;
    let metadata = server.metadata_with(json!({"device_authorization_endpoint": format!("{}/device", server.base)}));
    let (http, identity) = (http(), client());
    let party = Party { http: &http, metadata: &metadata, identity: &identity };
    let pending = super::super::begin_device(party, &ScopeSet::new(), &[]).await.unwrap();
    assert_eq!(pending.finish(&http).await.map(|_| ()).unwrap_err(), OAuthError::DeviceCodeExpired);
    assert!(server.seen().len() <= 4, "polled at most once a second: {}", server.seen().len());
}

#[tokio::test]
async fn pasted_text_is_checked_like_a_redirect() {
    for (supported, pasted, fine) in [
        (true, "REDIRECT?state=STATE&code=x&iss=ISSUER", true),
        (true, "  REDIRECT?state=STATE&code=x&iss=ISSUER\n", true),
        (true, "?state=STATE&code=x&iss=ISSUER", true),
        (true, "REDIRECT?state=STATE&code=x", false),
        (true, "4/0AX4XfWh-bare", false),
        (false, "4/0AX4XfWh-bare", true),
        (false, "yes", false),
        (false, "localhost", false),
        (false, "authorizationcode", false),
        (false, "code123", false),
        (false, "REDIRECT?state=other&code=x", false),
        (false, "REDIRECT?code=x", false),
        (false, "REDIRECT", false),
        (false, "state=STATE&error=access_denied", false),
        (false, "two words", false),
        (false, "", false),
    ] {
        let server = Server::start(|_, _| (JSON.to_owned(), TOKEN.to_owned())).await;
        let metadata = server.metadata_with(json!({"authorization_response_iss_parameter_supported": supported}));
        let pending = pending(&metadata).await;
        let (host, path, state) = way_back(&pending);
        let text = pasted.replace("REDIRECT", &format!("http://{host}{path}")).replace("STATE", &state);
        let text = Secret::new(text.replace("ISSUER", &server.base));
        let mut texts = vec![text];
        let result = pending.finish_pasted(&http(), async |_| texts.pop()).await;
        assert_eq!(result.is_ok(), fine, "{supported} {pasted}");
    }
}

#[tokio::test]
async fn a_wrong_paste_is_rejected_and_the_next_one_accepted() {
    let server = Server::start(|_, _| (JSON.to_owned(), TOKEN.to_owned())).await;
    let pending = pending(&server.metadata()).await;
    let (host, path, state) = way_back(&pending);
    let right = format!("http://{host}{path}?state={state}&code=x");
    let mut texts = vec![right.as_str(), "http://127.0.0.1/callback?state=other&code=x", "yes"];
    let mut rejections = Vec::new();
    let http = http();
    let result = pending.finish_pasted(&http, async |rejected| {
        rejections.push(rejected.map(ToString::to_string));
        texts.pop().map(Secret::new)
    });
    result.await.unwrap();
    assert_eq!(rejections.len(), 3, "{rejections:?}");
    assert!(rejections[0].is_none() && rejections[1].as_ref().unwrap().contains("neither a URL"), "{rejections:?}");
    assert!(rejections[2].as_ref().unwrap().contains("`state`"), "{rejections:?}");
}

#[tokio::test]
async fn a_revocation_is_confirmed_only_by_introspection() {
    for (active, status, expected) in [
        (Some("false"), "200 OK", Some(super::super::Revocation::Confirmed)),
        (Some("true"), "200 OK", Some(super::super::Revocation::StillActive)),
        (None, "200 OK", Some(super::super::Revocation::Accepted)),
        (None, "204 No Content", Some(super::super::Revocation::Accepted)),
        (Some("false"), "401 Unauthorized", None),
        (Some("false"), "302 Found", None),
        (Some("false"), "503 Service Unavailable\r\nRetry-After: 0", None),
    ] {
        // some send `{}` or `OK`, and times with a fraction
        let body = ["", "{}", "OK"][expected.map_or(0, |expected| expected as usize)];
        let server = Server::start(move |line, _| match line.contains("/introspect") {
            true => (JSON.to_owned(), format!(r#"{{"active":{},"exp":1795581106.25}}"#, active.unwrap_or("null"))),
            false => (status.to_owned(), body.to_owned()),
        })
        .await;
        let mut more = json!({"revocation_endpoint": format!("{}/revoke", server.base)});
        if active.is_some() {
            more["introspection_endpoint"] = json!(format!("{}/introspect", server.base));
        }
        let metadata = server.metadata_with(more);
        let (http, identity) = (http(), client());
        let party = Party { http: &http, metadata: &metadata, identity: &identity };
        let revoked = party.revoke(&Secret::new("needle"), super::super::TokenHint::RefreshToken).await;
        assert_eq!(revoked.as_ref().ok(), expected.as_ref(), "{status}");
        let asked = server.seen().iter().filter(|request| request.starts_with("POST /revoke")).count();
        assert_eq!(asked, if status.starts_with("503") { 2 } else { 1 }, "{status}");
    }
}

#[tokio::test]
async fn a_public_client_sends_an_empty_secret_if_required() {
    let server = Server::start(|_, _| ("401 Unauthorized".to_owned(), String::new())).await;
    let metadata = server.metadata_with(json!({"revocation_endpoint": format!("{}/revoke", server.base)}));
    let (http, identity) = (http(), ClientIdentity::new("c", None));
    let party = Party { http: &http, metadata: &metadata, identity: &identity };
    let error = party.revoke(&Secret::new("needle"), super::super::TokenHint::AccessToken).await.unwrap_err();
    assert_eq!(error, OAuthError::PublicRevocation);
    assert!(error.hint().unwrap().contains("tokscope tokens forget"), "{error}");
    let empty: Vec<bool> = server.seen().iter().map(|request| request.contains("client_secret=")).collect();
    assert_eq!(empty, [false, true], "tried without it first, and with it once");
    // a refusal of the token itself, and of a client with a secret, are other errors
    for (body, secret, public) in [
        (r#"{"error":"unauthorized_client"}"#, None, true),
        (r#"{"error":"unsupported_token_type"}"#, None, false),
        (r#"{"error":"invalid_client"}"#, Some(Secret::new("s")), false),
    ] {
        let server = Server::start(move |_, _| ("400 Bad Request".to_owned(), body.to_owned())).await;
        let metadata = server.metadata_with(json!({"revocation_endpoint": format!("{}/revoke", server.base)}));
        let identity = ClientIdentity::new("c", secret);
        let party = Party { http: &http, metadata: &metadata, identity: &identity };
        let error = party.revoke(&Secret::new("needle"), super::super::TokenHint::AccessToken).await.unwrap_err();
        assert_eq!(error == OAuthError::PublicRevocation, public, "{body}: {error}");
    }
    // and always, if the manifest configures it
    let server = Server::start(|_, _| (JSON.to_owned(), TOKEN.to_owned())).await;
    let authentication = Some(crate::manifest::ClientAuthentication::Post);
    let (metadata, identity) = (server.metadata(), ClientIdentity { authentication, ..ClientIdentity::new("c", None) });
    let party = Party { http: &http, metadata: &metadata, identity: &identity };
    party.refresh(&Secret::new("r"), None, &[], &std::collections::BTreeMap::new()).await.unwrap();
    let sent = server.seen().concat();
    assert!(sent.contains("client_id=c") && sent.ends_with("client_secret="), "{sent}");
}

#[tokio::test]
async fn a_nonce_challenge_does_not_use_up_the_refresh_token() {
    // refuses proofs without its nonce, and accepts a refresh token once
    let server = Server::start(|_, _| {
        (
            "400 Bad Request\r\nContent-Type: application/json\r\nDPoP-Nonce: n1".to_owned(),
            r#"{"error":"use_dpop_nonce"}"#.to_owned(),
        )
    })
    .await;
    let (http, metadata) = (http(), server.metadata());
    let identity =
        ClientIdentity { dpop: Some(std::sync::Arc::new(super::super::DpopKey::generate().unwrap())), ..client() };
    let party = Party { http: &http, metadata: &metadata, identity: &identity };
    let error = party
        .refresh(&Secret::new("used-once"), None, &[], &std::collections::BTreeMap::new())
        .await
        .map(|_| ())
        .unwrap_err();
    assert!(error.to_string().contains("use_dpop_nonce"));
    let seen = server.seen();
    assert_eq!(seen.len(), 2, "retried once, with the nonce");
    assert!(seen.iter().all(|request| request.to_lowercase().contains("\r\ndpop: ")), "each attempt has a proof");
}
