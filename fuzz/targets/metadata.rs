//! Whatever a server publishes about itself: nothing panics, and no endpoint is believed that secrets must not be sent to.

use tokscope::manifest::Issuer;
use tokscope::oauth::Metadata;

pub(crate) fn check(bytes: &[u8]) {
    let issuer = Issuer::parse("https://login.example.com").expect("an issuer");
    let Ok(metadata) = Metadata::parse(bytes, &issuer) else { return };
    assert_eq!(metadata.issuer, issuer);
    let aliases = metadata.clone().for_mutual_tls();
    for metadata in [metadata, aliases] {
        let _ = metadata.has_pkce();
        for endpoint in [
            metadata.authorization_endpoint,
            metadata.token_endpoint,
            metadata.jwks_uri,
            metadata.introspection_endpoint,
            metadata.revocation_endpoint,
            metadata.device_authorization_endpoint,
            metadata.pushed_authorization_request_endpoint,
            metadata.registration_endpoint,
        ]
        .into_iter()
        .flatten()
        {
            assert!(endpoint.scheme() == "https" && endpoint.username().is_empty() && endpoint.fragment().is_none());
        }
    }
}
