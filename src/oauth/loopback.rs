//! The loopback listener (RFC 8252 §7.3): a literal address, a random path, `Host` and state checked before anything
//! else is believed. What does not match is answered and forgotten, and it goes on listening.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use futures_util::future::select_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::form_urlencoded;

use super::OAuthError;
use crate::manifest::RedirectUri;
use crate::secret::Secret;

/// The most bytes of a request that are read.
const MOST_BYTES: usize = 16 << 10;

/// The most connections that are served side by side: more than a page in the browser can hold idle.
const MOST_CONNECTIONS: usize = 256;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 128;

/// How long one connection may take for its request.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a browser may take to hang up after its answer.
const FAREWELL: Duration = Duration::from_millis(300);

/// What a browser is shown. Nothing of the request is repeated.
const FOUND: &str =
    "<!doctype html><meta charset=utf-8><title>tokscope</title><p>You can close this window and go back to tokscope.";
const NOT_FOUND: &str = "<!doctype html><meta charset=utf-8><title>tokscope</title><p>There is nothing here.";

/// A bound port that waits for one redirect.
#[derive(Debug)]
pub(super) struct Listener {
    sockets: Vec<TcpListener>,
    url: String,
    host: String,
    path: String,
    state: Secret,
}

/// The parameters of the redirect, whose state was right.
pub(super) struct Redirect(Vec<(String, String)>);

impl Redirect {
    /// Reads the query of a redirect; `None` when its state is not this one (RFC 6749 §10.12).
    pub(super) fn read(query: &str, state: &Secret) -> Option<Self> {
        let redirect = Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect());
        let sent = redirect.parameter("state")?;
        verify_slices_are_equal(sent.as_bytes(), state.expose().as_bytes()).ok()?;
        Some(redirect)
    }

    /// A code that came without its redirect.
    pub(super) fn of_code(code: &str) -> Self {
        Self(vec![("code".to_owned(), code.to_owned())])
    }

    /// The value of a parameter; `None` too when it occurs twice (RFC 6749 §3.1).
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(known, _)| known == name);
        let value = values.next()?;
        values.next().is_none().then_some(value.1.as_str())
    }

    /// Whether a parameter occurs more than once.
    pub(super) fn is_repeated(&self, name: &str) -> bool {
        self.0.iter().filter(|(known, _)| known == name).nth(1).is_some()
    }
}

impl Listener {
    /// Binds the port of a redirect URI, or one that the system chooses where it names none; both address families for
    /// `localhost`, which a browser may look up as either (RFC 8252 §7.3).
    pub(super) fn bind(redirect_uri: &RedirectUri, state: &Secret) -> Result<Self, OAuthError> {
        let url = redirect_uri.url();
        let (host, addresses): (&str, &[IpAddr]) = match url.host() {
            Some(url::Host::Ipv6(_)) => ("[::1]", &[IpAddr::V6(Ipv6Addr::LOCALHOST)]),
            Some(url::Host::Domain(_)) => {
                ("localhost", &[IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)])
            }
            _ => ("127.0.0.1", &[IpAddr::V4(Ipv4Addr::LOCALHOST)]),
        };
        let mut port = url.port().unwrap_or(0);
        let mut sockets: Vec<TcpListener> = Vec::new();
        for address in addresses {
            match listen(SocketAddr::new(*address, port)) {
                Ok(socket) => {
                    port = socket.local_addr().map_or(port, |address| address.port());
                    sockets.push(socket);
                }
                // one family is enough where the other is switched off
                Err(_) if !sockets.is_empty() => {}
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(OAuthError::PortInUse(port)),
                Err(error) => return Err(OAuthError::Listener(error.to_string())),
            }
        }
        let host = format!("{host}:{port}");
        let path = url.path().to_owned();
        Ok(Self { sockets, url: format!("http://{host}{path}"), host, path, state: state.clone() })
    }

    /// The redirect URI.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Waits for the redirect. Connections are served side by side, so one that says nothing holds up no other.
    pub(super) async fn redirect(&self) -> Result<Redirect, OAuthError> {
        use futures_util::stream::{FuturesUnordered, StreamExt as _};
        let mut open = FuturesUnordered::new();
        loop {
            let accepting = self.sockets.iter().map(|socket| Box::pin(socket.accept()));
            tokio::select! {
                (accepted, ..) = select_all(accepting), if open.len() < MOST_CONNECTIONS => {
                    // a connection that failed before it began concerns nobody
                    if let Ok((stream, _)) = accepted {
                        open.push(tokio::time::timeout(PATIENCE, self.serve(stream)));
                    }
                }
                Some(served) = open.next() => {
                    if let Ok(Some(redirect)) = served {
                        return Ok(redirect);
                    }
                }
            }
        }
    }

    async fn serve(&self, mut stream: TcpStream) -> Option<Redirect> {
        let mut request = Vec::new();
        let mut chunk = [0; 2048];
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
            request.extend_from_slice(chunk.get(..count)?);
            if request.len() > MOST_BYTES {
                return None;
            }
        }
        let redirect = self.read(&request);
        let (status, page) = if redirect.is_some() { ("200 OK", FOUND) } else { ("404 Not Found", NOT_FOUND) };
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
             Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\nX-Content-Type-Options: nosniff\r\n\
             Referrer-Policy: no-referrer\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{page}",
            page.len()
        );
        // whether the browser sees the page or not, the redirect has come
        if stream.write_all(answer.as_bytes()).await.is_ok() {
            // the browser shall hang up first: else the system keeps a fixed port busy for a minute
            let _ = tokio::time::timeout(FAREWELL, stream.read(&mut chunk)).await;
        }
        let _ = stream.set_zero_linger();
        redirect
    }

    /// The parameters, when method, path, `Host` and state are right.
    fn read(&self, request: &[u8]) -> Option<Redirect> {
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut parsed = httparse::Request::new(&mut fields);
        parsed.parse(request).ok()?;
        let (path, query) = parsed.path?.split_once('?')?;
        let mut hosts = parsed.headers.iter().filter(|field| field.name.eq_ignore_ascii_case("host"));
        let host = hosts.next()?;
        // a navigation by GET has no `Origin`; what has one is a script of some page
        let scripted = parsed.headers.iter().any(|field| field.name.eq_ignore_ascii_case("origin"));
        if scripted
            || parsed.method != Some("GET")
            || path != self.path
            || host.value != self.host.as_bytes()
            || hosts.next().is_some()
        {
            return None;
        }
        Redirect::read(query, &self.state)
    }
}

/// Listens without `SO_REUSEADDR`, which tokio's own `bind` sets: another program could sit on the same port (RFC 8252
/// §B.5; on Windows this is `SO_EXCLUSIVEADDRUSE`'s default for a socket without it).
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let domain = if address.is_ipv6() { socket2::Domain::IPV6 } else { socket2::Domain::IPV4 };
    let socket = socket2::Socket::new(domain, socket2::Type::STREAM, Some(socket2::Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn send(host: &str, request: &str) -> String {
        let mut stream = TcpStream::connect(host).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let mut chunk = [0; 2048];
        // the page ends with a full stop, and then the visitor hangs up
        while !answer.ends_with('.') {
            let count = stream.read(&mut chunk).await.unwrap();
            answer.push_str(std::str::from_utf8(&chunk[..count]).unwrap());
        }
        answer
    }

    fn listener(redirect_uri: &str) -> Result<Listener, OAuthError> {
        Listener::bind(&RedirectUri::parse(redirect_uri).unwrap(), &Secret::new("state"))
    }

    #[tokio::test]
    async fn only_the_right_request_ends_the_wait() {
        let listener = listener("http://127.0.0.1/path").unwrap();
        let host = listener.host.clone();
        let port = host.rsplit_once(':').unwrap().1.to_owned();
        let visits = async {
            // says nothing, and holds up nobody
            let _silent = TcpStream::connect(&host).await.unwrap();
            let own = format!("Host: {host}");
            for (line, fields) in [
                ("GET /path?state=wrong&code=marker", own.as_str()),
                ("GET /path?code=marker", &own),
                ("GET /path", &own),
                // an error without the state is anybody's
                ("GET /path?error=access_denied", &own),
                ("GET /path?error=access_denied&state=wrong", &own),
                ("GET /path?state=state&state=state&code=marker", &own),
                ("GET /path?state=stat&code=marker", &own),
                ("GET /path?state=state1&code=marker", &own),
                ("GET /other?state=state&code=marker", &own),
                ("GET /path/?state=state&code=marker", &own),
                ("GET //path?state=state&code=marker", &own),
                ("GET /%70ath?state=state&code=marker", &own),
                ("POST /path?state=state&code=marker", &own),
                ("HEAD /path?state=state&code=marker", &own),
                ("OPTIONS /path?state=state&code=marker", &own),
                ("get /path?state=state&code=marker", &own),
                ("GET /path?state=state&code=marker", "Host: evil.test"),
                ("GET /path?state=state&code=marker", "Host: localhost"),
                ("GET /path?state=state&code=marker", "Host: 127.0.0.1"),
                ("GET /path?state=state&code=marker", &format!("Host: localhost:{port}")),
                ("GET /path?state=state&code=marker", &format!("Host: evil.test:{port}")),
                ("GET /path?state=state&code=marker", &format!("Host: 127.0.0.1.evil.test:{port}")),
                ("GET /path?state=state&code=marker", &format!("Host: [::1]:{port}")),
                ("GET /path?state=state&code=marker", "Host: 127.0.0.1:1"),
                ("GET /path?state=state&code=marker", &format!("{own}\r\n{own}")),
                ("GET /path?state=state&code=marker", "X: y"),
                ("GET /path?state=state&code=marker", &format!("{own}\r\nOrigin: https://evil.test")),
                ("GET /path?state=state&code=marker", &format!("{own}\r\norigin: null")),
                ("GET /path?state=state&code=<script>marker", "Host: evil.test"),
            ] {
                let answer = send(&host, &format!("{line} HTTP/1.1\r\n{fields}\r\n\r\n")).await;
                assert!(answer.starts_with("HTTP/1.1 404"), "{line} {fields}: {answer}");
                assert!(!answer.contains("marker") && !answer.contains("script"), "{answer}");
            }
            let good = format!("GET /path?state=state&code=marker%26&iss=i HTTP/1.1\r\n{own}\r\n\r\n");
            let answer = send(&host, &good).await;
            assert!(answer.starts_with("HTTP/1.1 200") && !answer.contains("marker"), "{answer}");
            for field in [
                "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
                "Referrer-Policy: no-referrer",
                "Cache-Control: no-store",
                "X-Content-Type-Options: nosniff",
            ] {
                assert!(answer.contains(field), "{answer}");
            }
        };
        let (redirect, ()) = tokio::join!(listener.redirect(), visits);
        let redirect = redirect.unwrap();
        assert_eq!((redirect.parameter("code"), redirect.parameter("iss")), (Some("marker&"), Some("i")));
    }

    #[tokio::test]
    async fn ten_thousand_wrong_states_do_not_end_the_wait() {
        let listener = listener("http://127.0.0.1/path").unwrap();
        let host = listener.host.clone();
        let visits = async {
            for batch in 0..100 {
                let attempts = (0..100).map(|number| {
                    let request = format!("GET /path?state={batch}.{number}&code=x HTTP/1.1\r\nHost: {host}\r\n\r\n");
                    let host = &host;
                    async move { send(host, &request).await }
                });
                let answers = futures_util::future::join_all(attempts).await;
                assert!(answers.iter().all(|answer| answer.starts_with("HTTP/1.1 404")));
            }
            send(&host, &format!("GET /path?state=state&code=right HTTP/1.1\r\nHost: {host}\r\n\r\n")).await
        };
        let (redirect, answer) = tokio::join!(listener.redirect(), visits);
        assert!(answer.starts_with("HTTP/1.1 200"));
        assert_eq!(redirect.unwrap().parameter("code"), Some("right"));
    }

    #[tokio::test]
    async fn it_listens_where_the_redirect_uri_says_and_nowhere_else() {
        for (redirect_uri, shown, addresses) in [
            ("http://127.0.0.1/callback", "http://127.0.0.1:", &["127.0.0.1"][..]),
            ("http://[::1]/callback", "http://[::1]:", &["::1"]),
            ("http://localhost/cb", "http://localhost:", &["127.0.0.1", "::1"]),
        ] {
            let Ok(listener) = listener(redirect_uri) else {
                assert!(redirect_uri.contains("::1"), "{redirect_uri}: only IPv6 may be missing on a machine");
                continue;
            };
            assert!(listener.url().starts_with(shown), "{}", listener.url());
            let port = listener.sockets[0].local_addr().unwrap().port();
            let bound: Vec<SocketAddr> = listener.sockets.iter().map(|socket| socket.local_addr().unwrap()).collect();
            assert!(bound.iter().all(|bound| bound.ip().is_loopback()
                && addresses.contains(&bound.ip().to_string().as_str())
                && bound.port() == port));
        }
        // a second listener on the port is refused, and the port is told
        let first = listener("http://127.0.0.1/callback").unwrap();
        let port = first.sockets[0].local_addr().unwrap().port();
        let error = listener(&format!("http://127.0.0.1:{port}/callback")).map(|_| ()).unwrap_err();
        assert_eq!(error, OAuthError::PortInUse(port));
    }
}
