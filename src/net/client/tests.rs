//! The client against servers on loopback that misbehave.

use std::sync::atomic::{AtomicUsize, Ordering};

use http::Version;
use reqwest::dns::Resolve as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

const LIMITS: Limits = Limits { deadline: Duration::from_millis(700), body: 1000 };

/// Sends these bytes on every connection, and then keeps it open.
async fn serve(answer: &'static [u8], endless: bool) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(answer).await;
                while endless && stream.write_all(&[b'x'; 512]).await.is_ok() {}
                tokio::time::sleep(Duration::from_secs(5)).await;
            });
        }
    });
    Url::parse(&format!("http://127.0.0.1:{port}/path?needle=1")).unwrap()
}

async fn get(url: Url) -> Result<Response, NetError> {
    let request = Request { method: Method::GET, url, headers: HeaderMap::new(), body: None };
    Client::new().unwrap().send(request, LIMITS).await
}

#[tokio::test]
async fn redirects_are_returned_and_not_followed() {
    let url = serve(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", false).await;
    assert_eq!(get(url).await.unwrap().status, 302);
}

#[tokio::test]
async fn hostile_responses_end_in_errors_without_the_query() {
    for (answer, endless, expected) in [
        (&b"HTTP/1.1 200 OK\r\n\r\n"[..], true, "has more than 1000 bytes"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab", false, "timed out after"),
        (b"", false, "timed out after"),
        (b"hello there\r\n\r\n", false, "can't be read"),
    ] {
        let error = get(serve(answer, endless).await).await.map(|_| ()).unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(said.contains(expected) && !said.contains("needle"), "{said}");
    }
    let error = get(Url::parse("http://127.0.0.1:1/?needle").unwrap()).await.map(|_| ()).unwrap_err();
    assert!(matches!(&error, NetError::Unreachable { .. }) && !error.to_string().contains("needle"), "{error}");
}

#[tokio::test]
async fn timing_has_no_connection_time_for_a_reused_connection() {
    let mut url = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", false).await;
    url.set_host(Some("localhost")).unwrap();
    let limits = Limits { deadline: Duration::from_secs(30), body: 10 };
    let request = Request { method: Method::GET, url, headers: HeaderMap::new(), body: None };
    let measured = Client::new().unwrap().send(request.clone(), limits).await.unwrap().timing;
    let spent = measured.dns.unwrap() + measured.connect.unwrap();
    assert!(spent <= measured.first_byte && measured.first_byte <= measured.total, "{measured:?}");
    // a literal address needs no name lookup
    let mut address = request.clone();
    address.url.set_host(Some("127.0.0.1")).unwrap();
    let measured = Client::new().unwrap().send(address, limits).await.unwrap().timing;
    assert_eq!((measured.dns, measured.connect.is_some()), (None, true));
}

#[tokio::test]
async fn an_unsupported_http_version_is_an_error() {
    let url = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", false).await;
    let request = Request { method: Method::GET, url, headers: HeaderMap::new(), body: None };
    let limits = Limits { deadline: Duration::from_secs(30), body: 10 };
    let client = Client::new().unwrap();
    let old = client.with_protocol(Protocol::Http1).unwrap().send(request.clone(), limits).await.unwrap();
    assert_eq!(old.version, Version::HTTP_11);
    let error = client.with_protocol(Protocol::Http2).unwrap().send(request, limits).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, NetError::Broken { .. }), "{error:?}");
}

#[tokio::test]
async fn a_slow_response_ends_at_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let gone = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        // always one more byte
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let error = get(url).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, NetError::TimedOut { .. }), "{error}");
    // the connection is closed, which the server notices
    tokio::time::timeout(Duration::from_mins(1), gone).await.unwrap().unwrap();
}

/// Counts connections and never answers.
async fn silent() -> (Url, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            open.push(stream);
        }
    });
    (url, connections)
}

#[tokio::test]
async fn requests_of_a_use_case_share_its_time_limit() {
    let (url, connections) = silent().await;
    let request = || Request { method: Method::GET, url: url.clone(), headers: HeaderMap::new(), body: None };
    let limits = Limits { deadline: Duration::from_secs(30), body: 10 };
    let whole = Client::new().unwrap().within(Duration::from_millis(200));
    let part = whole.within(Duration::from_secs(30));
    for client in [&part, &part, &whole, &whole.with_protocol(Protocol::Http1).unwrap()] {
        let error = client.send(request(), limits).await.map(|_| ()).unwrap_err();
        assert!(matches!(error, NetError::TimedOut { .. }), "{error}");
    }
    // the first used up the time of all of them, so the others were not sent
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    let afresh = Limits { deadline: Duration::from_millis(200), ..limits };
    assert!(whole.afresh().send(request(), afresh).await.is_err());
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_public_server_is_not_allowed_to_refer_to_local_addresses() {
    let (url, connections) = silent().await;
    let port = url.port().unwrap();
    let from = Url::parse("https://93.184.216.34/").unwrap();
    let followed = Client::new().unwrap().following(&from, Follow::Public);
    let to = |host: &str, scheme: &str| Url::parse(&format!("{scheme}://{host}:{port}/")).unwrap();
    let sent = async |client: &Client, url: Url| {
        let request = Request { method: Method::GET, url, headers: HeaderMap::new(), body: None };
        client.send(request, LIMITS).await.map(|_| ()).unwrap_err()
    };
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "x.localhost", "0.0.0.0"] {
        let url = to(host, "https");
        assert!(followed.may_be_sent_to(&url).await.is_err(), "{host}");
        let error = sent(&followed, url).await;
        assert!(matches!(error, NetError::TooNear { .. }), "{host}: {error}");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 0);
    // a name is refused by its resolved address: here the name of this machine, through the resolver
    let sender = Sender { from: from.clone(), follow: Follow::Public };
    let resolver = Resolver(Some(Arc::new(sender)));
    let error = resolver.resolve("localhost".parse().unwrap()).await.map(|_| ()).unwrap_err();
    assert!(error.downcast_ref::<TooNear>().is_some(), "{error}");
    // permitted origins are allowed, and so is the server itself
    let url = to("127.0.0.1", "http");
    assert!(matches!(sent(&followed.permitting(&url), url.clone()).await, NetError::TimedOut { .. }));
    let own = Client::new().unwrap().following(&url, Follow::Public);
    assert!(matches!(sent(&own, url).await, NetError::TimedOut { .. }));
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[test]
fn invalid_certificates_and_keys_are_refused() {
    let broken = "-----BEGIN PRIVATE KEY-----\nneedle\n-----END PRIVATE KEY-----\n";
    for options in [
        Options { authorities: Some(b"needle".to_vec()), ..Options::default() },
        Options { authorities: Some(Vec::new()), ..Options::default() },
        Options { identity: Some(Secret::new("needle")), ..Options::default() },
        Options { identity: Some(Secret::new(broken)), ..Options::default() },
    ] {
        let error = Client::with(options).map(|_| ()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("needle"), "{error:?}");
    }
}
