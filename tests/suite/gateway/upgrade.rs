//! `WebSockets` pass through only where an endpoint says so.

use std::io::{Read as _, Write as _};

use super::World;
use crate::support::demand;

const HANDSHAKE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

const ACCEPTED: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// A world whose manifest has an endpoint for `WebSockets`.
fn live() -> World {
    let world = World::new();
    let manifest = std::fs::read_to_string(world.home.path().join("tokscope.toml")).unwrap();
    let live = "\"GET /live\" = { all_of = \"orders:read\", upgrade = true }\n\"GET /health\"";
    world.home.write("tokscope.toml", &manifest.replace("\"GET /health\"", live));
    demand(&world.home.run(&["trust", "--yes"]), 0);
    world
}

#[test]
fn a_web_socket_passes_where_the_endpoint_says_so() {
    let world = live();
    world.upstream.respond("/v1/live", |request, stream| {
        assert_eq!(request.field("upgrade"), Some("websocket"));
        assert!(request.field("connection").unwrap().eq_ignore_ascii_case("upgrade"));
        stream.write_all(ACCEPTED.as_bytes()).unwrap();
        // what comes is sent back, until the caller closes
        let mut buffer = [0; 64];
        while let Ok(read @ 1..) = stream.read(&mut buffer) {
            stream.write_all(&buffer[..read]).unwrap();
        }
    });
    let gateway = world.gateway(&[]);
    let refused = gateway.request("GET", "/v1/orders", HANDSHAKE, b"");
    assert_eq!((refused.status, refused.code()), (501, "upgrade-not-supported"));
    assert_eq!(world.upstream.take().len(), 0);
    let mut stream = gateway.connect();
    write!(stream, "GET /v1/live HTTP/1.1\r\n{}{HANDSHAKE}\r\n", gateway.own()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    assert!(
        head.starts_with("http/1.1 101 ") && head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="),
        "{head}"
    );
    for frame in [&b"\x81\x05hello"[..], b"\x00\xff\x00"] {
        stream.write_all(frame).unwrap();
        let mut echoed = vec![0; frame.len()];
        stream.read_exact(&mut echoed).unwrap();
        assert_eq!(echoed, frame);
    }
    drop(stream);
    assert!(world.upstream.take()[0].bearer().starts_with(&world.server.needle));
    // the record follows the end of the connection
    let began = std::time::Instant::now();
    let outcome = loop {
        let found = world.records().into_iter().find(|it| it["phase"] == "outcome" && it["status"] == 101);
        match found {
            Some(outcome) => break outcome,
            None => assert!(began.elapsed().as_secs() < 30, "no outcome was recorded"),
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    };
    assert_eq!((&outcome["endpoint"], &outcome["bytes"]), (&"GET /live".into(), &10.into()), "{outcome}");
    gateway.end();
}

#[test]
fn an_api_that_declines_a_web_socket_is_heard() {
    let world = live();
    world.upstream.answer("/v1/live", "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 4\r\n\r\nlate");
    let gateway = world.gateway(&[]);
    let response = gateway.request("GET", "/v1/live", HANDSHAKE, b"");
    assert_eq!((response.status, response.text().as_str()), (426, "late"));
    gateway.end();
}

#[test]
fn a_handshake_is_sent_again_with_another_token() {
    let world = live();
    let first = std::sync::Mutex::new(None::<String>);
    world.upstream.respond("/v1/live", move |request, stream| {
        let mut first = first.lock().unwrap();
        let is_first = first.get_or_insert_with(|| request.bearer().to_owned()) == request.bearer();
        let response = match is_first {
            true => "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"\r\nContent-Length: 0\r\n\r\n",
            false => ACCEPTED,
        };
        stream.write_all(response.as_bytes()).unwrap();
    });
    let gateway = world.gateway(&[]);
    assert_eq!(gateway.request("GET", "/v1/live", HANDSHAKE, b"").status, 101);
    gateway.end();
    let received = world.upstream.take();
    assert!(received.len() == 2 && received.iter().all(|it| it.field("upgrade") == Some("websocket")), "{received:?}");
    let intents = world.records().into_iter().filter(|it| it["phase"] == "intent").count();
    assert_eq!(intents, 2);
}
