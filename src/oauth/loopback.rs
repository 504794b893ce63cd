//! The loopback listener (RFC 8252 §7.3): a literal address, a random path, `Host` and state checked before anything
//! else is believed. What does not match is answered and forgotten, and it goes on listening.

use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::form_urlencoded;

use super::OAuthError;

/// The most bytes of a request that are read.
const MOST_BYTES: usize = 16 << 10;

/// The most connections that are served side by side: more than a page in the browser can hold idle.
const MOST_CONNECTIONS: usize = 256;

/// How long one connection may take for its request.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a browser is shown. Nothing of the request is repeated.
const FOUND: &str =
    "<!doctype html><meta charset=utf-8><title>tokscope</title><p>You can close this window and go back to tokscope.";
const NOT_FOUND: &str = "<!doctype html><meta charset=utf-8><title>tokscope</title><p>There is nothing here.";

/// A bound port that waits for one redirect.
#[derive(Debug)]
pub(super) struct Listener {
    socket: TcpListener,
    url: String,
    host: String,
    path: String,
    state: crate::secret::Secret,
}

/// The parameters of the redirect, whose state was right.
pub(super) struct Redirect(Vec<(String, String)>);

impl Redirect {
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
    pub(super) async fn bind(port: Option<u16>, path: &str, state: &str) -> Result<Self, OAuthError> {
        let failed = |error: std::io::Error| OAuthError::Listener(error.to_string());
        let socket = TcpListener::bind(("127.0.0.1", port.unwrap_or(0))).await.map_err(failed)?;
        let host = format!("127.0.0.1:{}", socket.local_addr().map_err(failed)?.port());
        // a fixed port comes with a fixed redirect URI at servers that compare it whole
        let path = if port.is_some() { "/callback".to_owned() } else { format!("/{path}") };
        Ok(Self { socket, url: format!("http://{host}{path}"), host, path, state: crate::secret::Secret::new(state) })
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
            tokio::select! {
                accepted = self.socket.accept(), if open.len() < MOST_CONNECTIONS => {
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
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
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
        if parsed.method != Some("GET")
            || path != self.path
            || host.value != self.host.as_bytes()
            || hosts.next().is_some()
        {
            return None;
        }
        let redirect = Redirect(form_urlencoded::parse(query.as_bytes()).into_owned().collect());
        let state = redirect.parameter("state")?;
        verify_slices_are_equal(state.as_bytes(), self.state.expose().as_bytes()).ok()?;
        Some(redirect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn send(host: &str, request: &str) -> String {
        let mut stream = TcpStream::connect(host).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn only_the_right_request_ends_the_wait() {
        let listener = Listener::bind(None, "path", "state").await.unwrap();
        let host = listener.host.clone();
        let visits = async {
            // says nothing, and holds up nobody
            let _silent = TcpStream::connect(&host).await.unwrap();
            for (line, host_field) in [
                ("GET /path?state=wrong&code=x", host.as_str()),
                ("GET /path?code=x", &host),
                ("GET /path?state=state&state=state&code=x", &host),
                ("GET /other?state=state&code=x", &host),
                ("POST /path?state=state&code=x", &host),
                ("GET /path?state=state&code=x", "evil.test"),
                ("GET /path?state=state&code=x", "localhost"),
            ] {
                let answer = send(&host, &format!("{line} HTTP/1.1\r\nHost: {host_field}\r\n\r\n")).await;
                assert!(answer.starts_with("HTTP/1.1 404"), "{line}: {answer}");
            }
            let good = format!("GET /path?state=state&code=right%26&iss=i HTTP/1.1\r\nHost: {host}\r\n\r\n");
            let answer = send(&host, &good).await;
            assert!(
                answer.starts_with("HTTP/1.1 200")
                    && answer.contains("default-src 'none'")
                    && !answer.contains("right")
            );
        };
        let (redirect, ()) = tokio::join!(listener.redirect(), visits);
        let redirect = redirect.unwrap();
        assert_eq!((redirect.parameter("code"), redirect.parameter("iss")), (Some("right&"), Some("i")));
    }
}
