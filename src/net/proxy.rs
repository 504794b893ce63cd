//! Detects the system's proxy, for diagnostics.

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

/// Returns the proxy for requests to this URL, as scheme, host and port, from the environment or the system.
/// `None` means a direct connection.
#[must_use]
pub fn proxy_for(url: &Url) -> Option<String> {
    if is_loopback(url) {
        return None;
    }
    through(&Matcher::from_system(), url)
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

/// Formats a proxy URL without user name and password.
fn through(matcher: &Matcher, url: &Url) -> Option<String> {
    let target: http::Uri = url.as_str().parse().ok()?;
    let proxy = matcher.intercept(&target)?;
    let uri = proxy.uri();
    let port = uri.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{}{port}", uri.scheme_str()?, uri.host()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_reported_without_its_password() {
        let matcher = Matcher::builder().all("http://user:needle@proxy.test:3128").no("internal.test").build();
        let name = |url: &str| through(&matcher, &Url::parse(url).unwrap());
        assert_eq!(name("https://a.test/x").as_deref(), Some("http://proxy.test:3128"));
        assert_eq!(name("https://internal.test/x"), None);
        assert_eq!(proxy_for(&Url::parse("http://127.0.0.1:1/").unwrap()), None);
    }
}
