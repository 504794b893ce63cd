//! Requests that a gateway must not forward, and what it must not pass on.

use std::io::Write as _;

use super::{Response, World};

#[test]
fn what_was_matched_is_what_the_api_receives() {
    let world = World::new();
    let gateway = world.gateway(&[]);
    for (target, expected) in [
        ("/v1/orders/7", "/v1/orders/7"),
        ("/v1/orders/%37", "/v1/orders/7"),
        ("/v1/%6F%72ders/7", "/v1/orders/7"),
        ("/v1/orders/a%20b", "/v1/orders/a%20b"),
        ("/v1/orders/%E2%82%AC", "/v1/orders/%E2%82%AC"),
        ("/v1/orders/a%3Fb", "/v1/orders/a%3Fb"),
        ("/v1/orders/a+b", "/v1/orders/a+b"),
        ("/v1/orders/{id}", "/v1/orders/%7Bid%7D"),
        ("/v1/orders/a:b@c", "/v1/orders/a:b@c"),
        ("/v1/files/a/b/c", "/v1/files/a/b/c"),
        ("/v1/orders?q=%41&x", "/v1/orders?q=A&x"),
        ("/v1/orders?", "/v1/orders?"),
        ("/v1/orders?a=b?c", "/v1/orders?a=b?c"),
    ] {
        let response = gateway.get(target);
        assert_eq!(response.status, 200, "{target}: {}", response.text());
        let received = world.upstream.take();
        assert_eq!(received.iter().map(|it| it.target.as_str()).collect::<Vec<_>>(), [expected], "{target}");
    }
    for (target, code) in [
        ("/v1/orders/..", "target-dot-segment"),
        ("/v1/orders/../admin", "target-dot-segment"),
        ("/v1/orders/%2e%2e/admin", "target-dot-segment"),
        ("/v1/orders/%2E./admin", "target-dot-segment"),
        ("/v1/orders/.", "target-dot-segment"),
        ("/v1/files/a/../../x", "target-dot-segment"),
        ("/v1/orders/..;/admin", "target-path-parameter"),
        ("/v1/orders;a=b", "target-path-parameter"),
        ("/v1/orders/7%3B", "target-path-parameter"),
        ("/v1//orders", "target-empty-segment"),
        ("//v1/orders", "target-empty-segment"),
        ("/v1/files/a//b", "target-empty-segment"),
        ("/v1/orders/a%2fb", "target-encoded-slash"),
        ("/v1/files/a%2F..%2Fb", "target-encoded-slash"),
        ("/v1/orders/a%5cb", "target-backslash"),
        ("/v1/orders\\7", "target-backslash"),
        ("/v1/orders/%252e%252e", "target-double-encoding"),
        ("/v1/orders/%2541", "target-double-encoding"),
        ("/v1/orders/%00", "target-control-character"),
        ("/v1/orders/%0d%0aHost:%20x", "target-control-character"),
        ("/v1/orders/%1F", "target-control-character"),
        ("/v1/orders/%7F", "target-control-character"),
        ("/v1/orders/%c0%ae", "target-encoding"),
        ("/v1/orders/%ff", "target-encoding"),
        ("/v1/orders/%zz", "target-encoding"),
        ("/v1/orders/%", "target-encoding"),
        ("/v1/orders/\u{e9}", "target-not-ascii"),
        ("/orders", "target-outside-base"),
        ("/", "target-outside-base"),
        ("/v1/orders?access_token=x", "credential-in-query"),
        ("/v1/orders?a=1&API-KEY=x", "credential-in-query"),
        ("/v1/orders?_method=DELETE", "method-override"),
        ("/v1/orders?a=%0a", "target-control-character"),
        ("/v1/Orders", "endpoint-unknown"),
        ("/v1/orders/", "endpoint-unknown"),
    ] {
        let response = gateway.get(target);
        assert_eq!(response.code(), code, "{target}: {response:?}");
        assert!(matches!(response.status, 400 | 403 | 404), "{target}");
        assert_eq!(world.upstream.take().len(), 0, "{target}");
    }
    let long = format!("/v1/orders/{}", "a".repeat(9_000));
    assert_eq!((gateway.get(&long).status, gateway.get(&long).code().to_owned()), (414, "target-too-long".to_owned()));
    gateway.end();
}

#[test]
fn only_the_program_of_this_run_may_call() {
    let world = World::new();
    let gateway = world.gateway(&["--origin", "https://tool.example"]);
    let (host, token) = (&gateway.authority, &gateway.token);
    let port = host.split(':').next_back().unwrap();
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let ask = |line: &str, fields: &str| gateway.raw(format!("{line}\r\n{fields}\r\n").as_bytes());
    let get = "GET /v1/orders HTTP/1.1";
    let own = format!("Host: {host}\r\n{bearer}");
    for (line, fields, status, code) in [
        (get, format!("Host: {host}\r\n"), 401, "placeholder-missing"),
        (get, format!("Host: {host}\r\nAuthorization: Bearer tokscope_gw_0\r\n"), 401, "placeholder-wrong"),
        (get, format!("Host: {host}\r\nAuthorization: Bearer {token}0\r\n"), 401, "placeholder-wrong"),
        (get, format!("Host: {host}\r\n{bearer}{bearer}"), 401, "placeholder-wrong"),
        (get, bearer.clone(), 421, "host-mismatch"),
        (get, format!("Host: {host}\r\nHost: {host}\r\n{bearer}"), 421, "host-mismatch"),
        (get, format!("Host: localhost:{port}\r\n{bearer}"), 421, "host-mismatch"),
        (get, format!("Host: rebound.example:{port}\r\n{bearer}"), 421, "host-mismatch"),
        ("GET http://evil.example/v1/orders HTTP/1.1", own.clone(), 421, "host-mismatch"),
        (get, format!("{own}Origin: https://evil.example\r\n"), 403, "origin-refused"),
        (get, format!("{own}Origin: null\r\n"), 403, "origin-refused"),
        (get, format!("{own}Sec-Fetch-Site: cross-site\r\n"), 403, "origin-refused"),
        (
            "OPTIONS /v1/orders HTTP/1.1",
            format!("Host: {host}\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\n"),
            403,
            "origin-refused",
        ),
        ("TRACE /v1/orders HTTP/1.1", own.clone(), 405, "method-refused"),
        ("get /v1/orders HTTP/1.1", own.clone(), 405, "method-refused"),
        ("BREW /v1/orders HTTP/1.1", own.clone(), 403, "endpoint-unknown"),
        (get, format!("{own}X-HTTP-Method-Override: DELETE\r\n"), 400, "method-override"),
        (get, format!("{own}X-Note: {token}\r\n"), 400, "placeholder-misplaced"),
        ("GET /v1/orders?t=TOKEN HTTP/1.1", own.clone(), 400, "placeholder-misplaced"),
        (get, format!("{own}Upgrade: websocket\r\nConnection: Upgrade\r\n"), 501, "upgrade-not-supported"),
    ] {
        let response = ask(&line.replace("TOKEN", token), &fields);
        assert_eq!((response.status, response.code()), (status, code), "{line} {fields}");
        let allows = response.fields.iter().any(|(name, _)| name.starts_with("access-control-"));
        assert!(!allows, "{response:?}");
        assert!(!response.text().contains(token.as_str()), "{line} {fields}");
    }
    // hyper reads the authority of CONNECT as a target; nothing is connected
    let response = ask("CONNECT 127.0.0.1:1 HTTP/1.1", &own);
    assert_eq!((response.status, response.code()), (405, "method-refused"));
    assert_eq!(world.upstream.take().len(), 0, "nothing was sent");
    let basic = base64(&format!("user:{token}"));
    for fields in [
        format!("{own}Origin: https://tool.example\r\n"),
        format!("Host: {host}\r\nAuthorization: token {token}\r\n"),
        format!("Host: {host}\r\nAuthorization: Basic {basic}\r\n"),
    ] {
        assert_eq!(ask(get, &fields).status, 200, "{fields}");
    }
    let absolute = ask(&format!("GET http://{host}/v1/orders HTTP/1.1"), &own);
    assert_eq!(absolute.status, 200);
    assert_eq!(ask("OPTIONS * HTTP/1.1", &own).status, 204);
    gateway.end();
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[test]
fn fields_that_change_meaning_or_carry_credentials_are_removed() {
    let world = World::new();
    world.upstream.answer(
        "/v1/orders",
        "HTTP/1.1 200 OK\r\nConnection: X-Secret, keep-alive\r\nX-Secret: 1\r\nKeep-Alive: timeout=5\r\n\
         Set-Cookie: a=b\r\nAlt-Svc: h3\r\nStrict-Transport-Security: max-age=1\r\nAccess-Control-Allow-Origin: *\r\n\
         X-Kept: 1\r\nContent-Length: 0\r\n\r\n",
    );
    let gateway = world.gateway(&[]);
    let more = "Connection: Authorization, X-Nominated\r\nX-Nominated: 1\r\nKeep-Alive: 1\r\nProxy-Authorization: Basic x\r\n\
                Cookie: a=b\r\nDPoP: x\r\nX-Forwarded-Host: evil\r\nX_Forwarded_For: evil\r\nForwarded: for=x\r\n\
                X-Original-URL: /admin\r\nX-Rewrite-URL: /admin\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\nX-Kept: 1\r\n";
    let response = gateway.request("GET", "/v1/orders", more, b"");
    let received = world.upstream.take();
    let names: Vec<&str> = received[0].fields.iter().map(|(name, _)| name.as_str()).collect();
    let expected = ["x-kept", "via", "authorization", "accept", "user-agent", "host"];
    assert!(names.iter().all(|name| expected.contains(name)), "{names:?}");
    assert!(names.contains(&"x-kept") && names.contains(&"authorization"), "{names:?}");
    assert_eq!(received[0].field("host"), world.upstream.origin.strip_prefix("http://"));
    assert!(received[0].field("via").unwrap().starts_with("1.1 tokscope-"));
    assert!(received[0].bearer().starts_with(&world.server.needle));
    let names: Vec<&str> = response.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"x-kept"), "{names:?}");
    for gone in ["x-secret", "keep-alive", "set-cookie", "alt-svc", "strict-transport-security"] {
        assert!(!names.contains(&gone), "{gone}");
    }
    assert!(!names.contains(&"access-control-allow-origin"));
    gateway.end();
}

#[test]
fn a_token_that_the_api_reflects_does_not_reach_the_program() {
    let world = World::new();
    for path in ["/v1/orders", "/v1/orders/7"] {
        let is_refusal = path == "/v1/orders/7";
        world.upstream.respond(path, move |request, stream| {
            let token = request.bearer();
            let status = if is_refusal { "403 Forbidden" } else { "200 OK" };
            let head = format!("HTTP/1.1 {status}\r\nX-Echo: Bearer {token}\r\nTransfer-Encoding: chunked\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            // split in the middle
            let text = format!("authorization: Bearer {token}; {token}\n");
            let (first, second) = text.split_at(30);
            for part in [first, second] {
                stream.write_all(format!("{:x}\r\n{part}\r\n", part.len()).as_bytes()).unwrap();
                stream.flush().unwrap();
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            stream.write_all(b"0\r\n\r\n").unwrap();
        });
        let gateway = world.gateway(&[]);
        let response = gateway.get(path);
        let needle = &world.server.needle;
        let fields = response.fields.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" ");
        assert!(!response.text().contains(needle.as_str()) && !fields.contains(needle.as_str()), "{response:?}");
        assert!(response.text().contains("authorization: Bearer ****"), "{}", response.text());
        assert!(fields.contains("Bearer ****"), "{fields}");
        gateway.end();
    }
}

#[test]
fn a_token_in_trailers_or_in_a_broken_refusal_does_not_reach_the_program() {
    let world = World::new();
    world.upstream.respond("/v1/orders", |request, stream| {
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nTrailer: X-Echo\r\n";
        let end = format!("\r\n2\r\nok\r\n0\r\nX-Echo: {}\r\n\r\n", request.bearer());
        stream.write_all(format!("{head}{end}").as_bytes()).unwrap();
    });
    world.upstream.respond("/v1/orders/7", |request, stream| {
        let head = "HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n";
        let end = format!("WWW-Authenticate: Bearer realm=\"{}\"\r\n\r\nbroken\r\n", request.bearer());
        stream.write_all(format!("{head}{end}").as_bytes()).unwrap();
    });
    let gateway = world.gateway(&[]);
    for (path, status, field) in [("/v1/orders", 200, "trailer:x-echo"), ("/v1/orders/7", 401, "www-authenticate")] {
        let response = gateway.request("GET", path, "TE: trailers\r\n", b"");
        assert_eq!(response.status, status, "{response:?}");
        let value = response.field(field).unwrap();
        assert!(value.contains("****") && !value.contains(&world.server.needle), "{value}");
    }
    gateway.end();
}

#[test]
fn the_placeholder_never_reaches_the_api() {
    let world = World::new();
    let gateway = world.gateway(&[]);
    let token = gateway.token.clone();
    let encoded = token.replace('_', "%5F");
    for body in [format!("t={token}"), format!("t={encoded}"), base64(&token)] {
        let response = gateway.request("POST", "/v1/orders", "", body.as_bytes());
        assert_eq!((response.status, response.code()), (400, "placeholder-misplaced"), "{body}");
    }
    assert_eq!(world.upstream.take().len(), 0);
    // a streamed body is cut before the placeholder
    let mut stream = gateway.connect();
    let head = format!("POST /v1/orders HTTP/1.1\r\n{}Transfer-Encoding: chunked\r\n\r\n", gateway.own());
    stream.write_all(head.as_bytes()).unwrap();
    let (start, end) = token.split_at(20);
    for part in ["x".repeat(70_000).as_str(), start, end] {
        stream.write_all(format!("{:x}\r\n{part}\r\n", part.len()).as_bytes()).unwrap();
    }
    let _ = stream.write_all(b"0\r\n\r\n");
    let response = Response::read(&mut stream);
    assert_eq!((response.status, response.code()), (400, "placeholder-misplaced"));
    gateway.end();
    for request in world.upstream.take() {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        assert!(request.cut && !body.contains("tokscope_gw_"), "{}", body.len());
    }
}

#[test]
fn redirects_are_not_followed_and_locations_below_the_base_url_lead_back() {
    let world = World::new();
    let own = format!("{}/v1/orders/9?x=1", world.upstream.origin);
    for (location, rewritten) in
        [(own.as_str(), true), ("https://elsewhere.example/v1/orders/9", false), ("/v1/orders/9", false)]
    {
        let response = format!("HTTP/1.1 303 See Other\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        world.upstream.answer("/v1/orders", &response);
        let gateway = world.gateway(&[]);
        let response = gateway.get("/v1/orders");
        assert_eq!(response.status, 303);
        let expected = match rewritten {
            true => format!("{}/orders/9?x=1", gateway.base_url),
            false => location.to_owned(),
        };
        assert_eq!(response.field("location"), Some(expected.as_str()));
        assert_eq!(world.upstream.take().len(), 1);
        gateway.end();
    }
}

#[test]
fn http_2_is_not_served_and_framing_that_two_servers_read_differently_ends_here() {
    let world = World::new();
    let gateway = world.gateway(&[]);
    let own = gateway.own();
    for request in [
        // with prior knowledge: an authority that is not checked against `Host` can't be sent
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        format!("POST /v1/orders HTTP/1.1\r\n{own}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
        format!("POST /v1/orders HTTP/1.1\r\n{own}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        format!("POST /v1/orders HTTP/1.0\r\n{own}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ] {
        let mut stream = gateway.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answered = Vec::new();
        let _ = std::io::Read::read_to_end(&mut stream, &mut answered);
        let answered = String::from_utf8_lossy(&answered).into_owned();
        assert!(answered.is_empty() || answered.starts_with("HTTP/1.1 4"), "{request}: {answered}");
    }
    assert_eq!(world.upstream.take().len(), 0, "nothing was sent");
    gateway.end();
}

#[test]
fn a_gateway_in_front_of_itself_is_refused() {
    let world = World::new();
    let gateway = world.gateway(&[]);
    assert_eq!(gateway.get("/v1/orders").status, 200);
    let via = world.upstream.take()[0].field("via").unwrap().to_owned();
    let response = gateway.request("GET", "/v1/orders", &format!("Via: {via}\r\n"), b"");
    assert_eq!((response.status, response.code()), (508, "gateway-loop"));
    assert_eq!(world.upstream.take().len(), 0);
    gateway.end();
}
