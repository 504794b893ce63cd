//! Issuers from the addresses of their metadata.

/// Names of metadata documents below `/.well-known/` that belong to an issuer.
const DOCUMENTS: &[&str] = &["oauth-authorization-server", "openid-configuration"];

/// Returns the issuer of a metadata address. The well-known part is appended to the issuer (OpenID Connect Discovery 1.0
/// §4), or stands between its host and its path (RFC 8414 §3.1).
pub(super) fn issuer_of(address: &str) -> Option<String> {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let (before, after) = address.split_once("/.well-known/")?;
    let (document, path) = after.split_once('/').unwrap_or((after, ""));
    if !DOCUMENTS.contains(&document) {
        return None;
    }
    let path = path.trim_end_matches('/');
    Some(if path.is_empty() { before.to_owned() } else { format!("{before}/{path}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuer_is_the_address_without_its_well_known_part() {
        for (address, issuer) in [
            ("https://a.test/.well-known/openid-configuration", Some("https://a.test")),
            ("https://a.test/t/v2.0/.well-known/openid-configuration", Some("https://a.test/t/v2.0")),
            ("https://a.test/.well-known/oauth-authorization-server", Some("https://a.test")),
            ("https://a.test/.well-known/oauth-authorization-server/", Some("https://a.test")),
            ("https://a.test/.well-known/oauth-authorization-server/t/x", Some("https://a.test/t/x")),
            ("https://a.test/.well-known/openid-configuration?v=1", Some("https://a.test")),
            ("https://a.test/.well-known/oauth-protected-resource", None),
            ("https://a.test/metadata", None),
        ] {
            assert_eq!(issuer_of(address).as_deref(), issuer, "{address}");
        }
    }
}
