//! Bodies stream in both directions, and end with the caller.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::sync::mpsc;
use std::time::Duration;

use super::World;

/// The resident memory of a process, in bytes.
fn memory(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

#[test]
fn events_arrive_one_by_one_and_trailers_at_the_end() {
    let world = World::new();
    let (next, go) = mpsc::channel::<()>();
    let go = std::sync::Mutex::new(go);
    world.upstream.respond("/v1/orders", move |_, stream| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        for number in 0..5 {
            // the next event is sent only when the caller has the last one
            go.lock().unwrap().recv().unwrap();
            let event = format!("data: {number}\n\n");
            stream.write_all(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes()).unwrap();
        }
        stream.write_all(b"0\r\nX-Sum: 5\r\n\r\n").unwrap();
    });
    let gateway = world.gateway(&[]);
    let mut stream = gateway.connect();
    write!(stream, "GET /v1/orders HTTP/1.1\r\n{}TE: trailers\r\n\r\n", gateway.own()).unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line).unwrap();
    }
    for number in 0..5 {
        next.send(()).unwrap();
        let mut event = String::new();
        while !event.ends_with("\n\n\r\n") {
            reader.read_line(&mut event).unwrap();
        }
        assert!(event.contains(&format!("data: {number}")), "{event}");
    }
    let mut rest = String::new();
    while !rest.ends_with("\r\n\r\n") {
        reader.read_line(&mut rest).unwrap();
    }
    assert_eq!(rest.to_ascii_lowercase(), "0\r\nx-sum: 5\r\n\r\n");
    gateway.end();
}

#[test]
fn large_bodies_take_no_memory() {
    const SIZE: u64 = 256 << 20;
    let mut world = World::new();
    // a passphrase takes 64 MiB
    world.home.variables.insert("TOKSCOPE_STORE", "memory".to_owned());
    world.upstream.respond("/v1/files/big", move |_, stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {SIZE}\r\n\r\n").unwrap();
        let chunk = vec![b'x'; 1 << 20];
        for _ in 0..SIZE >> 20 {
            if stream.write_all(&chunk).is_err() {
                return;
            }
        }
    });
    let gateway = world.gateway(&[]);
    let mut stream = gateway.connect();
    write!(stream, "GET /v1/files/big HTTP/1.1\r\n{}\r\n", gateway.own()).unwrap();
    let (mut buffer, mut read) = (vec![0; 1 << 16], 0);
    while read < SIZE {
        read += stream.read(&mut buffer).unwrap() as u64;
    }
    // the test's API keeps what it receives, so less is sent up
    let body = vec![b'x'; 64 << 20];
    assert_eq!(gateway.request("PUT", "/v1/files/up", "", &body).status, 200);
    assert_eq!(world.upstream.take().last().unwrap().body.len(), body.len());
    if let Some(peak) = memory(gateway.pid()) {
        assert!(peak < 64 << 20, "{peak} bytes");
    }
    gateway.end();
}

#[test]
fn a_caller_that_goes_away_ends_the_request_to_the_api() {
    let world = World::new();
    let (ended, end) = mpsc::channel();
    let (began, begin) = mpsc::channel();
    world.upstream.respond("/v1/orders", move |_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n").unwrap();
        began.send(()).unwrap();
        // the end of the connection is an end of its input
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let read = stream.read(&mut [0; 1]);
        ended
            .send(matches!(read, Ok(0)) || read.is_err_and(|error| error.kind() != std::io::ErrorKind::WouldBlock))
            .unwrap();
    });
    let gateway = world.gateway(&[]);
    let mut stream = gateway.connect();
    write!(stream, "GET /v1/orders HTTP/1.1\r\n{}\r\n", gateway.own()).unwrap();
    begin.recv_timeout(Duration::from_secs(30)).unwrap();
    stream.read_exact(&mut [0; 12]).unwrap();
    drop(stream);
    assert!(end.recv_timeout(Duration::from_secs(30)).unwrap(), "the connection to the API ends");
    gateway.end();
    let outcome = world.records().into_iter().find(|it| it["phase"] == "outcome").unwrap();
    assert_eq!(outcome["outcome"], "unknown", "{outcome}");
}

#[test]
fn a_silent_api_is_given_up() {
    let world = World::new();
    world.upstream.respond("/v1/orders", |_, stream| drop(stream.read(&mut [0; 1])));
    let gateway = world.gateway(&["--idle-timeout", "1"]);
    let response = gateway.get("/v1/orders");
    assert_eq!((response.status, response.code()), (504, "upstream-timeout"));
    gateway.end();
    assert_eq!(world.records().into_iter().find(|it| it["phase"] == "outcome").unwrap()["cause"], "upstream-timeout");
}

#[test]
fn bodies_keep_their_framing() {
    let world = World::new();
    let gateway = world.gateway(&[]);
    let head = |more: &str| format!("PUT /v1/files/a HTTP/1.1\r\n{}{more}\r\n", gateway.own());
    let continued = gateway.raw(format!("{}hello", head("Content-Length: 5\r\nExpect: 100-continue\r\n")).as_bytes());
    assert_eq!(continued.status, 200);
    let both = head("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n");
    gateway.raw(format!("{both}5\r\nhello\r\n0\r\n\r\n").as_bytes());
    let trailed = head("Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\nTE: trailers\r\n");
    gateway.raw(format!("{trailed}5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n").as_bytes());
    let received = world.upstream.take();
    assert_eq!(received.len(), 3);
    for request in &received {
        assert_eq!(request.body, b"hello");
        let framings = ["content-length", "transfer-encoding"].map(|name| request.field(name).is_some());
        assert_ne!(framings[0], framings[1], "exactly one framing: {request:?}");
    }
    assert_eq!(received[2].field("trailer:x-sum"), Some("5"));
    // a head that two servers may read differently
    let smuggled = gateway.raw(head("Content-Length: 5\r\nContent-Length: 6\r\n").as_bytes());
    assert_eq!(smuggled.status, 400);
    assert_eq!(world.upstream.take().len(), 0);
    gateway.end();
}
