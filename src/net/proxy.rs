//! Proxies of the environment or the system: which one a request uses, and why it failed.

use std::error::Error;
use std::time::Duration;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;
use zeroize::Zeroizing;

/// Time limit for asking a proxy again why it refused.
const PATIENCE: Duration = Duration::from_secs(5);

/// Maximum size of the part of a proxy's response that is read, in bytes.
const MOST_BYTES: usize = 512;

/// Schemes that work, besides none at all.
const SCHEMES: &[&str] = &["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// A proxy for a URL.
pub(super) struct Proxy {
    intercept: Intercept,
    variable: Option<&'static str>,
}

/// Returns the proxy for requests to this URL, as scheme, host and port, from the environment or the system.
/// `None` means a direct connection.
#[must_use]
pub fn proxy_for(url: &Url) -> Option<String> {
    Proxy::of(url).map(|proxy| proxy.shown())
}

/// Returns why the proxy that the environment names for a URL can't be used. The HTTP library would connect directly.
pub(super) fn unusable(url: &Url) -> Option<String> {
    let (variable, value) = setting(url, |name| std::env::var(name).ok())?;
    if is_loopback(url) || SCHEMES.iter().any(|scheme| has_scheme(&value, scheme)) || !value.contains("://") {
        return None;
    }
    // without `NO_PROXY`, any proxy would be used
    let excepted = Matcher::builder().all("http://proxy.invalid").no(no_proxy()).build();
    through(&excepted, url)?;
    let scheme = value.split("://").next().unwrap_or_default();
    Some(format!("the proxy in `{variable}` has the scheme `{scheme}`, which is not supported"))
}

fn no_proxy() -> String {
    ["NO_PROXY", "no_proxy"].into_iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default()
}

fn has_scheme(value: &str, scheme: &str) -> bool {
    value.split_once("://").is_some_and(|(found, _)| found.eq_ignore_ascii_case(scheme))
}

/// Returns the variable that names the proxy for a URL, and its value, in the order of the HTTP library.
fn setting(url: &Url, variable: impl Fn(&str) -> Option<String>) -> Option<(&'static str, String)> {
    let own: &[&'static str] = match url.scheme() {
        "https" => &["HTTPS_PROXY", "https_proxy"],
        _ => &["HTTP_PROXY", "http_proxy"],
    };
    let first = |names: &[&'static str]| {
        let found = names.iter().find_map(|name| Some((*name, variable(name)?)));
        found.filter(|(_, value)| !value.trim().is_empty())
    };
    first(own).or_else(|| first(&["ALL_PROXY", "all_proxy"]))
}

impl Proxy {
    pub(super) fn of(url: &Url) -> Option<Self> {
        if is_loopback(url) {
            return None;
        }
        let intercept = through(&Matcher::from_system(), url)?;
        let variable = setting(url, |name| std::env::var(name).ok()).map(|(name, _)| name);
        Some(Self { intercept, variable })
    }

    /// Formats the proxy's URL without user name and password.
    fn shown(&self) -> String {
        let uri = self.intercept.uri();
        let port = uri.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{}{port}", uri.scheme_str().unwrap_or("http"), uri.host().unwrap_or_default())
    }

    /// Returns why a connection to `url` through this proxy failed; `None` if the proxy is not the reason.
    pub(super) async fn failure(&self, url: &Url, error: &reqwest::Error) -> Option<String> {
        let mut causes = Vec::new();
        let mut cause: Option<&dyn Error> = error.source();
        while let Some(one) = cause {
            causes.push(one.to_string());
            cause = one.source();
        }
        let has = |start: &str| causes.iter().any(|cause| cause.starts_with(start));
        let last = causes.last().map(String::as_str).unwrap_or_default();
        let source = match self.variable {
            Some(name) => format!("`{name}`"),
            None => "the system's settings".to_owned(),
        };
        let name = format!("the proxy `{}` from {source}", self.shown());
        if has("tunnel error: proxy authorization required") {
            return Some(match self.intercept.basic_auth() {
                Some(_) => format!("{name} does not accept the user name and password (status 407)"),
                None => format!("{name} requires a user name and password (status 407)"),
            });
        }
        if has("tunnel error: unsuccessful") {
            let status = tokio::time::timeout(PATIENCE, self.status(url)).await.ok().flatten();
            let status = status.map(|status| format!(" with status {status}")).unwrap_or_default();
            return Some(format!("{name} refuses the connection{status}"));
        }
        // a direct connection is only made to the proxy itself
        if has("tcp connect error") || has("dns error") {
            return Some(format!("{name} can't be reached: {last}"));
        }
        let is_proxy =
            has("tunnel error") || has("error connecting to socks proxy") || has("error resolving for socks");
        is_proxy.then(|| format!("{name} failed: {last}"))
    }

    /// Repeats the request for a tunnel, and returns the status of the response, which the HTTP library does not.
    async fn status(&self, url: &Url) -> Option<u16> {
        let uri = self.intercept.uri();
        if uri.scheme_str() != Some("http") {
            return None;
        }
        let mut stream = TcpStream::connect((uri.host()?, uri.port_u16().unwrap_or(80))).await.ok()?;
        let target = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
        let mut request = Zeroizing::new(format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n"));
        if let Some(value) = self.intercept.basic_auth() {
            request.push_str(&format!("Proxy-Authorization: {}\r\n", value.to_str().ok()?));
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut start = Vec::new();
        let mut chunk = [0; MOST_BYTES];
        while !start.contains(&b'\n') && start.len() < MOST_BYTES {
            let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
            start.extend_from_slice(chunk.get(..count)?);
        }
        let text = String::from_utf8_lossy(&start);
        text.strip_prefix("HTTP/1.")?.split_ascii_whitespace().nth(1)?.parse().ok()
    }
}

/// Returns whether a URL is on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn through(matcher: &Matcher, url: &Url) -> Option<Intercept> {
    matcher.intercept(&url.as_str().parse::<http::Uri>().ok()?)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    fn proxy(address: &str, url: &str) -> Option<Proxy> {
        let matcher = Matcher::builder().all(address).no("internal.test").build();
        Some(Proxy { intercept: through(&matcher, &Url::parse(url).unwrap())?, variable: Some("HTTPS_PROXY") })
    }

    #[test]
    fn a_proxy_is_reported_without_its_password() {
        let name = |url: &str| proxy("http://user:needle@proxy.test:3128", url).map(|proxy| proxy.shown());
        assert_eq!(name("https://a.test/x").as_deref(), Some("http://proxy.test:3128"));
        assert_eq!(name("https://internal.test/x"), None);
        assert_eq!(proxy_for(&Url::parse("http://127.0.0.1:1/").unwrap()), None);
    }

    #[test]
    fn the_variable_of_a_proxy_is_the_one_that_the_library_reads() {
        let https = Url::parse("https://a.test/").unwrap();
        for (set, expected) in [
            (&[("HTTPS_PROXY", "a"), ("https_proxy", "b"), ("ALL_PROXY", "c")][..], Some("HTTPS_PROXY")),
            (&[("https_proxy", "b"), ("ALL_PROXY", "c")], Some("https_proxy")),
            (&[("HTTPS_PROXY", ""), ("https_proxy", "b"), ("all_proxy", "c")], Some("all_proxy")),
            (&[("HTTP_PROXY", "a")], None),
        ] {
            let value = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(setting(&https, value).map(|(name, _)| name), expected, "{set:?}");
        }
    }

    /// Accepts connections and sends this to each.
    async fn serve(response: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(response.as_bytes()).await;
            }
        });
        address.to_string()
    }

    #[tokio::test]
    async fn proxies_that_fail_are_named_with_their_variable_and_status() {
        let url = Url::parse("https://api.example.test/").unwrap();
        let forbidden = serve("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await;
        let unknown = serve("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n").await;
        let socks = serve("\u{5}\u{7f}").await;
        for (address, expected) in [
            (format!("http://{forbidden}"), "refuses the connection with status 403"),
            (format!("http://{unknown}"), "requires a user name and password (status 407)"),
            (format!("http://u:needle@{unknown}"), "does not accept the user name and password (status 407)"),
            ("http://127.0.0.1:1".to_owned(), "can't be reached: "),
            (format!("socks5h://{socks}"), "failed: "),
        ] {
            let client = reqwest::Client::builder().proxy(reqwest::Proxy::all(&address).unwrap()).build().unwrap();
            let error = client.get(url.as_str()).send().await.unwrap_err();
            let proxy = proxy(&address, url.as_str()).unwrap();
            let reason = proxy.failure(&url, &error).await.unwrap_or_else(|| format!("{error:?}"));
            let start = format!("the proxy `{}` from `HTTPS_PROXY` {expected}", proxy.shown());
            assert!(reason.starts_with(&start) && !reason.contains("needle"), "{reason}");
        }
    }

    #[tokio::test]
    async fn requests_go_through_socks_proxies() {
        // a SOCKS5 proxy that serves the response itself: no authentication, then any destination
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = [0; 1024];
            let _ = stream.read(&mut bytes).await.unwrap();
            stream.write_all(&[5, 0]).await.unwrap();
            let count = stream.read(&mut bytes).await.unwrap();
            stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 80]).await.unwrap();
            let named = String::from_utf8_lossy(&bytes[..count]).into_owned();
            let _ = stream.read(&mut bytes).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
            named
        });
        let proxy = reqwest::Proxy::all(format!("socks5h://{address}")).unwrap();
        let client = reqwest::Client::builder().proxy(proxy).build().unwrap();
        let response = client.get("http://api.example.test/").send().await.unwrap();
        assert_eq!(response.text().await.unwrap(), "ok");
        assert!(served.await.unwrap().contains("api.example.test"), "the proxy resolves the name");
    }
}
