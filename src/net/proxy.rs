//! Which proxy the system names, so that it can be said.

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use super::client::is_loopback;

/// The proxy that a request to this URL goes through, as scheme, host and port: what the environment or the system
/// names. `None`: it goes straight there.
#[must_use]
pub fn proxy_for(url: &Url) -> Option<String> {
    if is_loopback(url) {
        return None;
    }
    through(&Matcher::from_system(), url)
}

/// Without the user name and the password that a proxy's URL may hold.
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
    fn a_proxy_is_named_without_its_password() {
        let matcher = Matcher::builder().all("http://user:needle@proxy.test:3128").no("internal.test").build();
        let name = |url: &str| through(&matcher, &Url::parse(url).unwrap());
        assert_eq!(name("https://a.test/x").as_deref(), Some("http://proxy.test:3128"));
        assert_eq!(name("https://internal.test/x"), None);
        assert_eq!(proxy_for(&Url::parse("http://127.0.0.1:1/").unwrap()), None);
    }
}
