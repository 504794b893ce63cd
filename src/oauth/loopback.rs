//! Loopback listener (RFC 8252 §7.3). It binds a literal address, and checks the path, `Host` and state before anything
//! else. A request that does not match gets a 404, and the listener keeps waiting.

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

/// Maximum size of a request, in bytes.
const MOST_BYTES: usize = 16 << 10;

/// Maximum number of concurrent connections: more than a page in the browser can hold idle.
const MOST_CONNECTIONS: usize = 256;

/// Backlog of the listening socket.
const BACKLOG: i32 = 128;

/// Time limit for a request on one connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// Time that a browser gets to close the connection after the response.
const FAREWELL: Duration = Duration::from_millis(300);

/// Page for the browser. It repeats nothing of the request.
const FOUND: &str =
    "<!doctype html><meta charset=utf-8><title>tokscope</title><p>You can close this window and return to tokscope.";
const NOT_FOUND: &str = "<!doctype html><meta charset=utf-8><title>tokscope</title><p>Not found.";

/// A listening port that waits for one redirect.
#[derive(Debug)]
pub(super) struct Listener {
    sockets: Vec<TcpListener>,
    url: String,
    host: String,
    path: String,
    state: Secret,
}

/// Parameters of a redirect whose `state` was checked.
pub(super) struct Redirect(Vec<(String, String)>);

impl Redirect {
    /// Parses the query of a redirect; `None` if its `state` differs (RFC 6749 §10.12).
    pub(super) fn read(query: &str, state: &Secret) -> Option<Self> {
        let redirect = Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect());
        let sent = redirect.parameter("state")?;
        verify_slices_are_equal(sent.as_bytes(), state.expose().as_bytes()).ok()?;
        Some(redirect)
    }

    /// Wraps a code that was pasted without its redirect.
    pub(super) fn of_code(code: &str) -> Self {
        Self(vec![("code".to_owned(), code.to_owned())])
    }

    /// Returns the value of a parameter; `None` if it is absent or repeated (RFC 6749 §3.1).
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(known, _)| known == name);
        let value = values.next()?;
        values.next().is_none().then_some(value.1.as_str())
    }

    /// Whether a parameter is repeated.
    pub(super) fn is_repeated(&self, name: &str) -> bool {
        self.0.iter().filter(|(known, _)| known == name).nth(1).is_some()
    }
}

/// A loopback port that is held, so that a redirect URI with it can be registered. Nothing is accepted on it.
#[derive(Debug)]
pub struct LoopbackPort {
    listener: Listener,
}

impl LoopbackPort {
    /// Binds the port of a redirect URI, or one that the system chooses if it has none.
    ///
    /// # Errors
    /// If the port is in use.
    pub fn bind(redirect_uri: &RedirectUri) -> Result<Self, OAuthError> {
        Ok(Self { listener: Listener::bind(redirect_uri, &Secret::new(""))? })
    }

    /// Returns the redirect URI with the port.
    #[must_use]
    pub fn redirect_uri(&self) -> &str {
        self.listener.url()
    }
}

impl Listener {
    /// Binds the port of a redirect URI, or one that the system chooses if it has none; both address families for
    /// `localhost`, which a browser may resolve to either (RFC 8252 §7.3).
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
                // one family is enough if the other is disabled
                Err(_) if !sockets.is_empty() => {}
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(OAuthError::PortInUse(port)),
                Err(error) => return Err(OAuthError::Listener(error.to_string())),
            }
        }
        let host = format!("{host}:{port}");
        let path = url.path().to_owned();
        Ok(Self { sockets, url: format!("http://{host}{}", redirect_uri.path()), host, path, state: state.clone() })
    }

    /// Returns the redirect URI.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Waits for the redirect. Connections are served concurrently, so an idle one does not block the others.
    pub(super) async fn redirect(&self) -> Result<Redirect, OAuthError> {
        use futures_util::stream::{FuturesUnordered, StreamExt as _};
        let mut open = FuturesUnordered::new();
        loop {
            let accepting = self.sockets.iter().map(|socket| Box::pin(socket.accept()));
            tokio::select! {
                (accepted, ..) = select_all(accepting), if open.len() < MOST_CONNECTIONS => {
                    // ignore a connection that failed before it was accepted
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
        let response = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
             Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\nX-Content-Type-Options: nosniff\r\n\
             Referrer-Policy: no-referrer\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{page}",
            page.len()
        );
        // the redirect has arrived, whether or not the browser gets the page
        if stream.write_all(response.as_bytes()).await.is_ok() {
            // the browser should close first; otherwise the system keeps a fixed port in TIME_WAIT for a minute
            let _ = tokio::time::timeout(FAREWELL, stream.read(&mut chunk)).await;
        }
        let _ = stream.set_zero_linger();
        redirect
    }

    /// Returns the parameters if method, path, `Host` and `state` match.
    fn read(&self, request: &[u8]) -> Option<Redirect> {
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut parsed = httparse::Request::new(&mut fields);
        parsed.parse(request).ok()?;
        let (path, query) = parsed.path?.split_once('?')?;
        let mut hosts = parsed.headers.iter().filter(|field| field.name.eq_ignore_ascii_case("host"));
        let host = hosts.next()?;
        // a GET navigation has no `Origin`; a script of a web page sends one
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

/// Listens without `SO_REUSEADDR`, which tokio's `bind` sets: another program could bind the same port (RFC 8252
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
        let mut response = String::new();
        let mut chunk = [0; 2048];
        // the page ends with a full stop, and then the client closes
        while !response.ends_with('.') {
            let count = stream.read(&mut chunk).await.unwrap();
            response.push_str(std::str::from_utf8(&chunk[..count]).unwrap());
        }
        response
    }

    fn listener(redirect_uri: &str) -> Result<Listener, OAuthError> {
        Listener::bind(&RedirectUri::parse(redirect_uri).unwrap(), &Secret::new("state"))
    }

    #[tokio::test]
    async fn only_the_matching_request_ends_the_wait() {
        let listener = listener("http://127.0.0.1/path").unwrap();
        let host = listener.host.clone();
        let port = host.rsplit_once(':').unwrap().1.to_owned();
        let visits = async {
            // an idle connection, which must not block the others
            let _silent = TcpStream::connect(&host).await.unwrap();
            let own = format!("Host: {host}");
            for (line, fields) in [
                ("GET /path?state=wrong&code=marker", own.as_str()),
                ("GET /path?code=marker", &own),
                ("GET /path", &own),
                // an error without the state could come from anyone
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
                let response = send(&host, &format!("{line} HTTP/1.1\r\n{fields}\r\n\r\n")).await;
                assert!(response.starts_with("HTTP/1.1 404"), "{line} {fields}: {response}");
                assert!(!response.contains("marker") && !response.contains("script"), "{response}");
            }
            let good = format!("GET /path?state=state&code=marker%26&iss=i HTTP/1.1\r\n{own}\r\n\r\n");
            let response = send(&host, &good).await;
            assert!(response.starts_with("HTTP/1.1 200") && !response.contains("marker"), "{response}");
            for field in [
                "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
                "Referrer-Policy: no-referrer",
                "Cache-Control: no-store",
                "X-Content-Type-Options: nosniff",
            ] {
                assert!(response.contains(field), "{response}");
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
                let responses = futures_util::future::join_all(attempts).await;
                assert!(responses.iter().all(|response| response.starts_with("HTTP/1.1 404")));
            }
            send(&host, &format!("GET /path?state=state&code=right HTTP/1.1\r\nHost: {host}\r\n\r\n")).await
        };
        let (redirect, response) = tokio::join!(listener.redirect(), visits);
        assert!(response.starts_with("HTTP/1.1 200"));
        assert_eq!(redirect.unwrap().parameter("code"), Some("right"));
    }

    #[tokio::test]
    async fn it_listens_only_on_the_address_of_the_redirect_uri() {
        for (redirect_uri, shown, addresses) in [
            ("http://127.0.0.1/callback", "http://127.0.0.1:", &["127.0.0.1"][..]),
            ("http://[::1]/callback", "http://[::1]:", &["::1"]),
            ("http://localhost/cb", "http://localhost:", &["127.0.0.1", "::1"]),
        ] {
            let Ok(listener) = listener(redirect_uri) else {
                assert!(redirect_uri.contains("::1"), "{redirect_uri}: only IPv6 may be unavailable");
                continue;
            };
            assert!(listener.url().starts_with(shown), "{}", listener.url());
            let port = listener.sockets[0].local_addr().unwrap().port();
            let bound: Vec<SocketAddr> = listener.sockets.iter().map(|socket| socket.local_addr().unwrap()).collect();
            assert!(bound.iter().all(|bound| bound.ip().is_loopback()
                && addresses.contains(&bound.ip().to_string().as_str())
                && bound.port() == port));
        }
        // a second listener on the port is refused, and the error names the port
        let first = listener("http://127.0.0.1/callback").unwrap();
        let port = first.sockets[0].local_addr().unwrap().port();
        let error = listener(&format!("http://127.0.0.1:{port}/callback")).map(|_| ()).unwrap_err();
        assert_eq!(error, OAuthError::PortInUse(port));
    }
}
